//! The twelve architectures of A1: facts about the models themselves.

use serde::Serialize;

use super::csv_text::CsvText;
use super::error::PublishedError;
use super::tables::ARCHITECTURES;
use super::value::{Kind, Published};

/// An architecture with its size and its score on ImageNet-1K.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Architecture {
    /// Name, as A1 has it.
    pub model: String,
    /// `ConvNeXt`, `Swin`, `DeiT` or `ResNet`.
    pub family: String,
    /// `large`, `medium` or `small` within its family.
    pub size: String,
    /// Parameters with the 1000-class head, in millions.
    pub parameters: Published,
    /// Top-1 accuracy on ImageNet-1K in percent, as its authors state it.
    pub top1: Published,
}

/// The architectures, in the order of A1.
pub fn architectures() -> Result<Vec<Architecture>, PublishedError> {
    let table = CsvText::read(ARCHITECTURES.0, ARCHITECTURES.1.as_bytes())?;
    table.needs(&["model", "family", "size", "parameters", "top1"])?;
    table
        .lines()
        .map(|line| {
            let count = line.count("parameters", "a number of parameters")?;
            let millions = format!("{:.1}", count as f64 / 1e6);
            let number = |text: &str, column| {
                Published::parse(text, Kind::Reference)
                    .ok_or_else(|| line.wrong(column, "a number"))
            };
            Ok(Architecture {
                model: line.text("model").into(),
                family: line.text("family").into(),
                size: line.text("size").into(),
                parameters: number(&millions, "parameters")?,
                top1: number(line.text("top1"), "top1")?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_in_four_families() {
        let all = architectures().expect("architectures");
        assert_eq!(all.len(), 12);
        assert_eq!(all[0].parameters.text(), "88.6");
        assert!(all.iter().all(|a| a.top1.kind() == Kind::Reference));
    }
}
