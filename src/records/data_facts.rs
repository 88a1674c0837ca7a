//! How the cases of a task were put together and divided.

use serde::{Deserialize, Serialize};

/// What a report says of the data of a task, as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFacts {
    /// Column that tells the patients; absent where every image counts as a
    /// patient of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient_column: Option<String>,
    /// Number of patients, or of images where nothing tells the patients.
    pub patients: u64,
    /// Patients with cases in more than one split.
    pub straddling: u64,
    /// Where the splits come from.
    pub division: Division,
    /// Training images that were left out because they are in the test set.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropped: u64,
}

/// Where the splits of a task come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Division {
    /// The shares of the study file, by patient.
    Shares,
    /// The source: a column, an archive, folders.
    Own,
    /// The source, which has no validation cases: these were taken from its
    /// training cases.
    OwnWithoutVal,
    /// None: all cases are for tests.
    TestsOnly,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(count: &u64) -> bool {
    *count == 0
}
