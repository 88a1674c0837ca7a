//! What a claim comes to.

use serde::{Deserialize, Serialize};

use crate::compare::TestKind;
use crate::compare::types::Interval;
use crate::scores::Metric;
use crate::spec::Relation;

/// What the data say of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimVerdict {
    /// The data support it at the level of the comparison.
    Supported,
    /// The data support its contrary.
    Contradicted,
    /// Neither.
    Undecided,
}

impl ClaimVerdict {
    /// The word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Contradicted => "contradicted",
            Self::Undecided => "undecided",
        }
    }
}

/// One claim, judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimResult {
    /// The claim in words.
    pub text: String,
    /// Its formal part in words: `better: fine against coarse`.
    pub formal: String,
    /// What it says.
    pub relation: Relation,
    /// Metric.
    pub metric: Metric,
    /// Margin of equivalence or non-inferiority.
    pub margin: Option<f64>,
    /// Task, model, init and label fraction of each block.
    pub blocks: Vec<String>,
    /// The test; absent where the claim could not be tested.
    pub test: Option<TestKind>,
    /// Seeds behind it; per side where they differ.
    pub n: String,
    /// Mean difference, first side minus second.
    pub estimate: Option<f64>,
    /// Its interval.
    pub interval: Option<Interval>,
    /// p of the claim or of its contrary, whichever the data favour: twice the
    /// one-sided p, so that it compares with a two-sided alpha.
    pub p: Option<f64>,
    /// Adjusted over the claims, which are one family.
    pub adjusted_p: Option<f64>,
    /// The verdict; absent where the claim could not be tested.
    pub verdict: Option<ClaimVerdict>,
    /// The other analyses.
    pub panel: Panel,
    /// Why there is no verdict, what was left out.
    pub notes: Vec<String>,
}

/// What other reasonable analyses say of the same claim.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Panel {
    /// Every analysis, in a fixed order.
    pub alternatives: Vec<Alternative>,
}

/// One other analysis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// What was changed: `test`, `adjustment`, `metric`, `leave one task out`.
    pub axis: String,
    /// How: `Wilcoxon signed-rank, zeros after Pratt`.
    pub variant: String,
    /// Its verdict; absent where it could not be done.
    pub verdict: Option<ClaimVerdict>,
    /// Its p, where it has one.
    pub p: Option<f64>,
    /// Its estimate.
    pub estimate: Option<f64>,
    /// The metric that the estimate is of.
    pub metric: Metric,
    /// Why it could not be done.
    pub note: Option<String>,
}

impl Panel {
    /// Analyses with the verdict given, and all that could be done.
    pub fn agreement(&self, verdict: ClaimVerdict) -> (usize, usize) {
        let done = || self.alternatives.iter().filter_map(|a| a.verdict);
        (done().filter(|v| *v == verdict).count(), done().count())
    }
}
