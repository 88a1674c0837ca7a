//! What is rechecked.

use serde::Serialize;

use super::agreement::Agreement;
use super::printed_p::PrintedP;
use super::ranges::TestP;

/// What a printed spread is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spread {
    /// A standard deviation; by n or n - 1 is not said.
    Sd,
    /// A standard deviation, divided by n.
    PopulationSd,
    /// A standard error of the mean.
    StandardError,
}

/// One side of a comparison as printed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Side {
    /// What it is called.
    pub name: String,
    /// Number of runs.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// How far the true mean may lie from it (rounding, reading).
    pub mean_half: f64,
    /// Spread.
    pub sd: f64,
    /// How far the true spread may lie from it.
    pub sd_half: f64,
    /// Decimals to show them with.
    pub decimals: usize,
    /// Whether the mean was digitised from a figure.
    pub mean_digitised: bool,
    /// Whether the spread was.
    pub sd_digitised: bool,
}

impl Side {
    /// Mean and spread: `67.93 (≈1.45)`, `≈68.42 (0.90)`; one mark before the mean
    /// covers both.
    pub fn numbers(&self) -> String {
        let mark = |digitised: bool| if digitised { "\u{2248}" } else { "" };
        let places = self.decimals;
        format!(
            "{}{:.places$} ({}{:.places$})",
            mark(self.mean_digitised),
            self.mean,
            mark(self.sd_digitised && !self.mean_digitised),
            self.sd
        )
    }

    /// Whether mean or spread was digitised.
    pub fn is_digitised(&self) -> bool {
        self.mean_digitised || self.sd_digitised
    }
}

/// A printed p and the two sides it belongs to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Claim {
    /// Where it is printed: `MedIA A3`, a file.
    pub source: String,
    /// What was compared on: the task and the like.
    pub context: String,
    /// The reference.
    pub a: Side,
    /// What is compared with it.
    pub b: Side,
    /// What the spreads are.
    pub spread: Spread,
    /// The p as printed.
    pub printed: PrintedP,
    /// What should be known.
    pub note: String,
}

/// A claim with the recomputed p-values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rechecked {
    /// The claim.
    pub claim: Claim,
    /// p by every test and reading of the spread.
    pub tests: Vec<TestP>,
    /// Which of them the printed p agrees with.
    pub agreement: Agreement,
}

impl Rechecked {
    /// What the printed p agrees with, in words.
    pub fn words(&self) -> String {
        self.agreement.words(&self.tests)
    }
}
