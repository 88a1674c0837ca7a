//! Which test a p comes from.
//!
//! Titles, definitions, the words of the methods section and the ledger follow
//! from this type: nothing asks an English title what it means. To add a test,
//! add a variant; the compiler then asks for its name and its definition, and
//! whoever computes it decides the rest.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::stats::wilcoxon::Zeros;

/// A test, with what tells its forms apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestKind {
    /// Student's t of paired differences.
    PairedT,
    /// Welch's t of independent samples.
    WelchT,
    /// The same from means, standard deviations and sizes.
    WelchTFromSummaries,
    /// t of samples of which a part is paired (Derrick, Toher and White 2017).
    PartlyPairedT,
    /// Wilcoxon's signed-rank test.
    SignedRank(Zeros),
    /// Mann and Whitney's test.
    MannWhitney,
    /// The sign test.
    Sign,
    /// Permutation by flipping the signs of paired differences.
    SignFlip,
    /// Permutation of two independent samples.
    TwoSamplePermutation,
    /// Random effects after Hartung and Knapp.
    RandomEffects,
    /// t of the mean over tasks that are strata of their own.
    MeanOfTasks,
    /// DeLong's test of areas on the same cases.
    DeLong {
        /// Classes whose areas are averaged.
        classes: usize,
        /// Whether whole patients are the units.
        patients: bool,
    },
    /// Difference over the standard deviation of its paired resamples.
    PairedBootstrap {
        /// Whether whole patients are drawn.
        patients: bool,
    },
    /// t of paired differences with a cluster-robust variance (CR2).
    ClusteredT,
    /// Permutation by flipping the signs of whole patients.
    ClusteredSignFlip,
    /// Page's test of a trend over label fractions.
    Page,
    /// Paired t of the seeds' slopes over label fractions.
    PairedTOfSlopes,
    /// Welch's t of the seeds' slopes over label fractions.
    WelchTOfSlopes,
    /// Interaction term of a two-way analysis of variance.
    TwoWayAnova,
    /// Friedman's test by its exact distribution.
    FriedmanExact,
    /// Friedman's test as F of Iman and Davenport.
    FriedmanF,
    /// Friedman's test as chi-square.
    FriedmanChiSquared,
    /// Nemenyi's test of pairs of mean ranks.
    Nemenyi,
}

impl TestKind {
    /// `the paired t test`, `the test of DeLong, mean of 5 classes`.
    pub fn in_prose(self) -> String {
        let name = self.name();
        match name.strip_prefix("DeLong") {
            Some(rest) => format!("the test of DeLong{rest}"),
            None => format!("the {name}"),
        }
    }

    /// The name as papers write it.
    pub fn name(self) -> String {
        let plain = match self {
            Self::PairedT => "paired t test",
            Self::WelchT => "Welch t test",
            Self::WelchTFromSummaries => "Welch t test from summaries",
            Self::PartlyPairedT => "partially overlapping samples t test",
            Self::SignedRank(Zeros::Wilcox) => "Wilcoxon signed-rank test",
            Self::SignedRank(Zeros::Pratt) => "Wilcoxon signed-rank test, zeros after Pratt",
            Self::SignedRank(Zeros::Split) => "Wilcoxon signed-rank test, zeros split",
            Self::MannWhitney => "Mann-Whitney test",
            Self::Sign => "sign test",
            Self::SignFlip => "sign-flip permutation test",
            Self::TwoSamplePermutation => "two-sample permutation test",
            Self::RandomEffects => "random effects (Hartung-Knapp)",
            Self::MeanOfTasks => "t test of the mean over tasks",
            Self::DeLong { classes, patients } => return de_long(classes, patients),
            Self::PairedBootstrap { patients: false } => "paired bootstrap over cases",
            Self::PairedBootstrap { patients: true } => "paired bootstrap over patients",
            Self::ClusteredT => "cluster-robust t test",
            Self::ClusteredSignFlip => "sign-flip permutation test of patients",
            Self::Page => "Page's trend test",
            Self::PairedTOfSlopes => "paired t test of slopes",
            Self::WelchTOfSlopes => "Welch t test of slopes",
            Self::TwoWayAnova => "two-way ANOVA",
            Self::FriedmanExact => "Friedman, exact",
            Self::FriedmanF => "Friedman, F of Iman and Davenport",
            Self::FriedmanChiSquared => "Friedman, chi-square",
            Self::Nemenyi => "Nemenyi",
        };
        plain.into()
    }

    /// The name with what the estimate beside it is, where that is no difference.
    pub fn title(self) -> String {
        let estimate = match self {
            Self::Page => ", one-sided, seeds as blocks; estimate: slope per tenfold labels",
            Self::TwoWayAnova => {
                ", interaction with the label fraction; estimate: partial eta squared"
            }
            Self::FriedmanExact | Self::FriedmanF | Self::FriedmanChiSquared => {
                "; the estimate is Kendall's W"
            }
            Self::Nemenyi => "; the estimate is the difference of mean ranks",
            _ => "",
        };
        format!("{}{estimate}", self.name())
    }

    /// One of each kind.
    #[cfg(test)]
    pub(crate) fn all() -> Vec<Self> {
        let zeros = [Zeros::Wilcox, Zeros::Pratt, Zeros::Split];
        let signed = zeros.map(Self::SignedRank);
        let others = [
            Self::PairedT,
            Self::PairedTOfSlopes,
            Self::WelchT,
            Self::WelchTFromSummaries,
            Self::WelchTOfSlopes,
            Self::PartlyPairedT,
            Self::MannWhitney,
            Self::Sign,
            Self::SignFlip,
            Self::TwoSamplePermutation,
            Self::ClusteredSignFlip,
            Self::RandomEffects,
            Self::MeanOfTasks,
            Self::DeLong { classes: 1, patients: false },
            Self::PairedBootstrap { patients: false },
            Self::ClusteredT,
            Self::Page,
            Self::TwoWayAnova,
            Self::FriedmanExact,
            Self::FriedmanF,
            Self::FriedmanChiSquared,
            Self::Nemenyi,
        ];
        signed.into_iter().chain(others).collect()
    }

    /// Whether it compares ranks or permutes, so that p has a least value that
    /// depends on the number of values alone.
    pub fn has_least_p(self) -> bool {
        matches!(
            self,
            Self::SignedRank(_)
                | Self::MannWhitney
                | Self::Sign
                | Self::SignFlip
                | Self::ClusteredSignFlip
                | Self::TwoSamplePermutation
        )
    }
}

fn de_long(classes: usize, patients: bool) -> String {
    let mut words = vec!["DeLong".to_string()];
    if classes > 1 {
        words.push(format!("mean of {classes} classes"));
    }
    if patients {
        words.push("patients as units".into());
    }
    words.join(", ")
}

impl fmt::Display for TestKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.title())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_tells_forms_apart() {
        let delong = TestKind::DeLong { classes: 14, patients: true };
        assert_eq!(delong.name(), "DeLong, mean of 14 classes, patients as units");
        assert_eq!(TestKind::SignedRank(Zeros::Wilcox).to_string(), "Wilcoxon signed-rank test");
        assert!(TestKind::Page.title().starts_with(&TestKind::Page.name()));
        let json = serde_json::to_string(&delong).expect("json");
        assert_eq!(serde_json::from_str::<TestKind>(&json).expect("back"), delong);
    }
}
