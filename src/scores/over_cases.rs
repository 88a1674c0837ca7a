//! How the one score of a run would vary with its test cases.

/// A score of a whole test set, by the independent units behind it: cases, or
/// patients where cases belong to patients. Cells of one task share their units,
/// and their resamples are of the same draws, so that differences are paired.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OverCases {
    /// Test cases.
    pub cases: usize,
    /// Independent units.
    pub units: usize,
    /// Classes that the score is a mean over.
    pub classes: usize,
    /// What each unit contributes ([`crate::stats::contributions`]); empty of a
    /// score without contributions.
    pub parts: Vec<f64>,
    /// The score of each resample of the units; NaN where it has none.
    pub redrawn: Vec<f64>,
    /// Number of the first unit among those of all tasks.
    pub offset: u64,
    /// What resamples were drawn with.
    pub seed: u64,
}

impl OverCases {
    /// Whether units are patients with several cases.
    pub fn by_patient(&self) -> bool {
        self.units < self.cases
    }

    /// The word for a unit.
    pub fn unit_word(&self) -> &'static str {
        if self.by_patient() { "patients" } else { "cases" }
    }
}
