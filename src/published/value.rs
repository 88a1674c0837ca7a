//! A published number and how it is known.

use serde::Serialize;

/// How a published number is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Kind {
    /// Read as text.
    Printed,
    /// Measured in the pixels of a figure.
    Digitised {
        /// Half width within which the number is thought to lie.
        uncertainty: f64,
    },
    /// Stated elsewhere, and not by the benchmark.
    Reference,
}

impl Kind {
    /// The word for tables: `PRINTED`, `DIGITISED`, `REFERENCE`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Printed => "PRINTED",
            Self::Digitised { .. } => "DIGITISED",
            Self::Reference => "REFERENCE",
        }
    }

    /// The kind in a sentence, with its uncertainty.
    pub fn sentence(self) -> String {
        match self {
            Self::Printed => "printed".into(),
            Self::Digitised { uncertainty } => {
                format!("digitised from a figure, \u{b1}{uncertainty}")
            }
            Self::Reference => "stated by the model's own publication".into(),
        }
    }
}

/// A published number: it cannot be had without its kind.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Published {
    value: f64,
    decimals: usize,
    kind: Kind,
}

impl Published {
    /// A number as written, `None` when it is none.
    pub fn parse(text: &str, kind: Kind) -> Option<Self> {
        let value: f64 = text.parse().ok().filter(|v: &f64| v.is_finite())?;
        Some(Self { value, decimals: decimals(text), kind })
    }

    /// The number.
    pub fn value(self) -> f64 {
        self.value
    }

    /// Decimals it was written with.
    pub fn decimals(self) -> usize {
        self.decimals
    }

    /// How it is known.
    pub fn kind(self) -> Kind {
        self.kind
    }

    /// How far the true number may lie from it: half a unit of the last decimal
    /// of a printed one, the uncertainty of a digitised one.
    pub fn half_width(self) -> f64 {
        match self.kind {
            Kind::Digitised { uncertainty } => uncertainty,
            Kind::Printed | Kind::Reference => half_unit(self.decimals),
        }
    }

    /// The difference to another published number. It is digitised as soon as
    /// one of the two is; half widths add up.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        let kind = match (self.kind, other.kind) {
            (Kind::Printed, Kind::Printed) => Kind::Printed,
            (Kind::Digitised { .. }, _) | (_, Kind::Digitised { .. }) => {
                Kind::Digitised { uncertainty: self.half_width() + other.half_width() }
            }
            _ => Kind::Reference,
        };
        let decimals = self.decimals.min(other.decimals);
        Self { value: self.value - other.value, decimals, kind }
    }

    /// The number as shown; a digitised one has `≈` before it.
    pub fn text(self) -> String {
        let number = format!("{:.*}", self.decimals, self.value);
        match self.kind {
            Kind::Digitised { .. } => format!("\u{2248}{number}"),
            Kind::Printed | Kind::Reference => number,
        }
    }
}

/// Decimals of a number as written; those of `1.9e-1` are two.
pub(super) fn decimals(text: &str) -> usize {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let places = mantissa.split_once('.').map_or(0, |(_, tail)| tail.len() as i64);
    (places - exponent.parse::<i64>().unwrap_or(0)).clamp(0, 300) as usize
}

/// Half a unit of the last of so many decimals.
pub(super) fn half_unit(decimals: usize) -> f64 {
    0.5 * 10f64.powi(-(decimals as i32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_kind() {
        let printed = Published::parse("81.70", Kind::Printed).expect("a number");
        let read = Published::parse("82.17", Kind::Digitised { uncertainty: 0.02 }).expect("one");
        assert_eq!((printed.text(), read.text()), ("81.70".into(), "\u{2248}82.17".into()));
        assert_eq!(printed.half_width(), 0.005);
        assert_eq!(printed.minus(printed).kind(), Kind::Printed);
        let gap = read.minus(printed);
        assert_eq!(gap.text(), "\u{2248}0.47");
        assert!((gap.half_width() - 0.025).abs() < 1e-12);
        assert!(Published::parse("NaN", Kind::Printed).is_none());
    }

    #[test]
    fn decimals_of_numbers_as_written() {
        for (text, expected) in [("81", 0), ("81.70", 2), ("1.9e-1", 2), ("1e-5", 5), ("2.0e1", 0)]
        {
            assert_eq!(decimals(text), expected, "{text}");
        }
    }
}
