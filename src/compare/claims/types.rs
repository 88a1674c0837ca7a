//! What a claim comes to.

use serde::{Deserialize, Serialize};

use crate::compare::TestKind;
use crate::compare::types::Interval;
use crate::scores::{Metric, Unit};
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
    /// Seeds or cases behind it; per side where they differ.
    pub n: String,
    /// What they are.
    #[serde(default)]
    pub unit: Unit,
    /// First side minus second.
    pub estimate: Option<f64>,
    /// What the estimate is: `mean difference`, `Hodges-Lehmann shift`.
    #[serde(default)]
    pub estimand: String,
    /// Its interval.
    pub interval: Option<Interval>,
    /// p of the claim or of its contrary, whichever the data favour. Of *better*
    /// and *not worse* and of the contrary of *equivalent* twice the one-sided p,
    /// so that it compares with a two-sided alpha; of *equivalent* the larger of
    /// two one-sided p, as in tables.
    pub p: Option<f64>,
    /// Adjusted within its family: claims of a difference, or of equivalence.
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
    /// How: `Wilcoxon signed-rank test`, `without task lung`.
    pub variant: String,
    /// Its verdict; absent where it cannot come to one.
    pub verdict: Option<ClaimVerdict>,
    /// Its adjusted p, where it has one.
    pub p: Option<f64>,
    /// Its own estimate.
    pub estimate: Option<f64>,
    /// What that is.
    #[serde(default)]
    pub estimand: String,
    /// Its test.
    #[serde(default)]
    pub test: Option<TestKind>,
    /// Its number of seeds or blocks, per side where they differ.
    #[serde(default)]
    pub n: String,
    /// The metric that the estimate is of.
    pub metric: Metric,
    /// Why it cannot come to a verdict.
    pub note: Option<String>,
}

impl Panel {
    /// Analyses with the verdict given, and all that come to one. Analyses that
    /// are the same for a claim are one.
    pub fn agreement(&self, verdict: ClaimVerdict) -> (usize, usize) {
        let done = || self.alternatives.iter().filter_map(|a| a.verdict);
        (done().filter(|v| *v == verdict).count(), done().count())
    }

    /// Whether every other analysis decides the claim as it was decided. What
    /// nobody decides is not robust.
    pub fn is_robust(&self, verdict: ClaimVerdict) -> bool {
        let (same, all) = self.agreement(verdict);
        verdict != ClaimVerdict::Undecided && all > 0 && same == all
    }

    /// `5 of 7`, `7 of 7, robust`; a dash where no other analysis was possible.
    pub fn words(&self, verdict: ClaimVerdict) -> String {
        match self.agreement(verdict) {
            (_, 0) => "\u{2013}".into(),
            (same, all) if self.is_robust(verdict) => format!("{same} of {all}, robust"),
            (same, all) => format!("{same} of {all}"),
        }
    }
}

/// How many claims came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimCounts {
    /// All claims.
    pub stated: usize,
    /// Supported.
    pub supported: usize,
    /// Contradicted.
    pub contradicted: usize,
    /// Undecided: tested, and neither.
    pub undecided: usize,
    /// Not tested.
    pub not_tested: usize,
}

impl ClaimCounts {
    /// Counts claims.
    pub fn of(claims: &[ClaimResult]) -> Self {
        let count = |verdict| claims.iter().filter(|claim| claim.verdict == verdict).count();
        Self {
            stated: claims.len(),
            supported: count(Some(ClaimVerdict::Supported)),
            contradicted: count(Some(ClaimVerdict::Contradicted)),
            undecided: count(Some(ClaimVerdict::Undecided)),
            not_tested: count(None),
        }
    }

    /// `3 claims: 1 supported, 0 contradicted, 1 undecided, 1 not tested`.
    pub fn words(&self) -> String {
        format!(
            "{} claim{}: {} supported, {} contradicted, {} undecided, {} not tested",
            self.stated,
            if self.stated == 1 { "" } else { "s" },
            self.supported,
            self.contradicted,
            self.undecided,
            self.not_tested
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(verdicts: &[Option<ClaimVerdict>]) -> Panel {
        let alternative = |verdict: &Option<ClaimVerdict>| Alternative {
            axis: "test".into(),
            variant: String::new(),
            verdict: *verdict,
            p: None,
            estimate: None,
            estimand: String::new(),
            test: None,
            n: String::new(),
            metric: Metric::default(),
            note: None,
        };
        Panel { alternatives: verdicts.iter().map(alternative).collect() }
    }

    #[test]
    fn only_what_all_decide_is_robust() {
        use ClaimVerdict::{Supported, Undecided};
        let words = |verdicts: &[_], main| panel(verdicts).words(main);
        assert_eq!(words(&[Some(Supported), None], Supported), "1 of 1, robust");
        assert_eq!(words(&[Some(Supported), Some(Undecided)], Supported), "1 of 2");
        assert_eq!(words(&[Some(Undecided), Some(Undecided)], Undecided), "2 of 2");
        assert_eq!(words(&[None], Supported), "\u{2013}");
    }
}
