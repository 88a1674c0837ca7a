//! The tables that are part of the program.

use sha2::{Digest, Sha256};

use super::error::PublishedError;
use super::row::{self, Row};

/// A table of published means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// A1: architectures.
    Architectures,
    /// A2, upper: two sizes on four tasks.
    Sizes,
    /// A2, lower: Swin minus ConvNeXt against labels.
    LabelEfficiency,
    /// A3: granularity of the pretraining labels.
    Granularity,
    /// A4: self-supervised pretraining.
    SelfSupervised,
    /// A5, left: domain-adaptive pretraining of ResNet-50.
    DomainAdaptiveResnet,
    /// A5, right: of Swin-B and ConvNeXt-B.
    DomainAdaptiveBase,
    /// DART: ImageNet against iNat2021.
    DartInat,
    /// DART: self-supervised pretraining.
    DartSelfSupervised,
    /// DART: table of domain adaptation.
    DartDomainAdaptive,
}

macro_rules! file {
    ($name:literal) => {
        ($name, include_str!(concat!("../../dataset/published/", $name)))
    };
}

pub(super) const ANNOTATIONS: (&str, &str) = file!("annotations.printed.csv");
pub(super) const ARCHITECTURES: (&str, &str) = file!("architectures.reference.csv");
pub(super) const ALIASES: (&str, &str) = file!("aliases.csv");

impl Table {
    /// All tables, in the order of the studies.
    pub const ALL: [Self; 10] = [
        Self::Architectures,
        Self::Sizes,
        Self::LabelEfficiency,
        Self::Granularity,
        Self::SelfSupervised,
        Self::DomainAdaptiveResnet,
        Self::DomainAdaptiveBase,
        Self::DartInat,
        Self::DartSelfSupervised,
        Self::DartDomainAdaptive,
    ];

    /// Name of the study it stands in.
    pub fn study(self) -> &'static str {
        match self {
            Self::Architectures => "A1",
            Self::Sizes | Self::LabelEfficiency => "A2",
            Self::Granularity => "A3",
            Self::SelfSupervised => "A4",
            Self::DomainAdaptiveResnet => "A5 left",
            Self::DomainAdaptiveBase => "A5 right",
            Self::DartInat => "DART iNat2021",
            Self::DartSelfSupervised => "DART self-supervised",
            Self::DartDomainAdaptive => "DART domain-adaptive",
        }
    }

    fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::Architectures => file!("a1_architectures.digitised.csv"),
            Self::Sizes => file!("a2_sizes.digitised.csv"),
            Self::LabelEfficiency => file!("a2_label_efficiency.printed.csv"),
            Self::Granularity => file!("a3_granularity.digitised.csv"),
            Self::SelfSupervised => file!("a4_self_supervised.digitised.csv"),
            Self::DomainAdaptiveResnet => file!("a5_domain_adaptive_resnet.digitised.csv"),
            Self::DomainAdaptiveBase => file!("a5_domain_adaptive_base.digitised.csv"),
            Self::DartInat => file!("dart_inat.digitised.csv"),
            Self::DartSelfSupervised => file!("dart_self_supervised.digitised.csv"),
            Self::DartDomainAdaptive => file!("dart_domain_adaptive.printed.csv"),
        }
    }

    /// The rows, in the order of the original.
    pub fn rows(self) -> Result<Vec<Row>, PublishedError> {
        let (name, text) = self.file();
        row::read(name, text)
    }
}

/// Name and SHA-256 of every file of published numbers.
pub fn files() -> Vec<(&'static str, String)> {
    let tables = Table::ALL.into_iter().map(Table::file);
    tables
        .chain([ANNOTATIONS, ARCHITECTURES, ALIASES])
        .map(|(name, text)| {
            let hash = Sha256::digest(text.as_bytes());
            (name, hash.iter().map(|b| format!("{b:02x}")).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::published::Kind;

    #[test]
    fn every_table_reads_and_has_its_rows() {
        let counts = Table::ALL.map(|table| table.rows().expect("rows").len());
        assert_eq!(counts, [96, 24, 10, 25, 115, 22, 24, 21, 105, 26]);
    }

    /// The name of a file promises the kind of what is in it.
    #[test]
    fn kinds_are_kept_apart() {
        for table in Table::ALL {
            let (name, _) = table.file();
            for row in table.rows().expect("rows") {
                let digitised = |v: &crate::published::Published| matches!(v.kind(), Kind::Digitised { uncertainty } if uncertainty > 0.0);
                let values: Vec<_> = std::iter::once(row.mean).chain(row.sd).collect();
                if name.contains(".printed.") {
                    assert!(values.iter().all(|v| v.kind() == Kind::Printed), "{name}: {row:?}");
                } else {
                    assert!(values.iter().any(digitised), "{name}: {row:?}");
                }
            }
        }
    }

    #[test]
    fn a_printed_cell_of_the_dart_table() {
        let rows = Table::DartDomainAdaptive.rows().expect("rows");
        let best = rows.iter().find(|r| r.task == "TXC" && r.label.contains("best"));
        let best = best.expect("a best row");
        for task in ["DXC14", "DXC5", "TXC", "PXS", "LXS"] {
            let of = |r: &&Row| r.task == task;
            let marked = rows.iter().filter(of).filter(|r| r.label.contains("best"));
            let marked: Vec<_> = marked.map(|r| r.mean.value()).collect();
            let highest = rows.iter().filter(of).map(|r| r.mean.value()).fold(0.0, f64::max);
            assert_eq!(marked, [highest], "{task}");
        }
        assert_eq!(
            (best.init.as_str(), best.mean.text()),
            ("ImageNet->ChestX-ray14", "98.47".into())
        );
    }
}
