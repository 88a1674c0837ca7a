//! How a claim is tested on its evidence: the test, its tails, its estimate.

use super::evidence::{Basis, Evidence, effects};
use crate::compare::TestKind;
use crate::compare::design::Sides;
use crate::compare::shifted::{
    self, Sample, SeedMethod, Tails, error_half, error_tails, pooled_tails, strata_tails, undefined,
};
use crate::scores::Unit;
use crate::spec::TestFamily;
use crate::stats::describe::{mean, median};
use crate::stats::partially_overlapping::partially_overlapping;
use crate::stats::random_effects::{RandomEffects, random_effects};
use crate::stats::strata::mean_of_strata;
use crate::stats::t_test::{self, Alternative, TTest};
use crate::stats::wilcoxon::Zeros;
use crate::stats::{Bounds, Outcome, hodges_lehmann, t_summary};

/// How a claim is tested.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Method {
    /// Seeds are the replications; of strata it is their mean whatever the method.
    Seeds(SeedMethod),
    /// Blocks are.
    RandomEffects,
}

/// What a test estimates.
#[derive(Clone, Debug, Default)]
pub(super) struct Estimated {
    pub(super) value: Option<f64>,
    pub(super) bounds: Option<Bounds>,
    /// `mean difference`, `Hodges-Lehmann shift`.
    pub(super) estimand: &'static str,
    /// Method of the interval.
    pub(super) how: &'static str,
}

impl Method {
    pub(super) fn of(family: TestFamily) -> Self {
        Self::Seeds(SeedMethod::of(family))
    }

    /// The family that decides about pairs.
    pub(super) fn family(self) -> TestFamily {
        match self {
            Self::Seeds(SeedMethod::T) | Self::RandomEffects => TestFamily::T,
            Self::Seeds(SeedMethod::Wilcoxon(_) | SeedMethod::Sign) => TestFamily::Wilcoxon,
            Self::Seeds(SeedMethod::Permutation) => TestFamily::Permutation,
        }
    }

    /// Whether it is a method for such evidence at all.
    pub(super) fn fits(self, basis: &Basis) -> bool {
        match (self, &basis.evidence) {
            // Of cases no effect of a block alone is known here.
            (Self::RandomEffects, _) => basis.blocks.len() > 1 && basis.unit() == Unit::Seeds,
            (Self::Seeds(SeedMethod::Sign), evidence) => matches!(evidence, Evidence::Seeds { .. }),
            _ => true,
        }
    }

    /// The test that the method comes to.
    pub(super) fn kind(self, evidence: &Evidence) -> TestKind {
        match (self, sample(evidence)) {
            (Self::RandomEffects, _) => TestKind::RandomEffects,
            (Self::Seeds(_), None) if let Evidence::Estimate { kind, .. } = evidence => *kind,
            (Self::Seeds(method), Some(sample)) => method.kind(sample),
            (Self::Seeds(_), None) => TestKind::MeanOfTasks,
        }
    }

    /// What it counts: seeds, per side where they differ, or blocks.
    pub(super) fn n(self, basis: &Basis) -> String {
        match self {
            Self::Seeds(_) => basis.evidence.n(),
            Self::RandomEffects => format!("{} blocks", basis.blocks.len()),
        }
    }

    /// The smallest two-sided p that as many seeds can give.
    pub(super) fn least_p(self, evidence: &Evidence) -> f64 {
        match (self, sample(evidence)) {
            (Self::Seeds(method), Some(sample)) => method.least_p(sample),
            _ => 0.0,
        }
    }

    /// The fewest seeds that can give a p below a level.
    pub(super) fn fewest(self, evidence: &Evidence, level: f64) -> Option<usize> {
        match (self, sample(evidence)) {
            (Self::Seeds(method), Some(sample)) => method.fewest(sample, level),
            _ => None,
        }
    }

    /// Tests the difference against `shift`; or why that cannot be done.
    pub(super) fn tails(self, basis: &Basis, shift: f64) -> Result<Tails, String> {
        match (self, &basis.evidence, sample(&basis.evidence)) {
            (Self::RandomEffects, ..) => {
                let outcome = pooled(basis, ANY);
                pooled_tails(outcome.value().ok_or_else(|| undefined(&outcome))?, shift)
            }
            (_, Evidence::Strata(strata), _) => strata_tails(strata, shift),
            (_, Evidence::Estimate { value, error, df, .. }, _) => {
                Ok(error_tails(*value - shift, *error, *df))
            }
            (Self::Seeds(method), _, Some(sample)) => shifted::tails(method, sample, shift),
            (Self::Seeds(_), _, None) => Err("there is nothing to test".into()),
        }
    }

    /// What the test estimates, with its interval.
    pub(super) fn estimate(self, basis: &Basis, confidence: f64) -> Estimated {
        match (self, &basis.evidence, sample(&basis.evidence)) {
            (Self::RandomEffects, ..) => of_blocks(&pooled(basis, confidence)),
            (_, Evidence::Strata(strata), _) => {
                let of = of_t(&mean_of_strata(strata, confidence), "t over blocks as strata");
                Estimated { estimand: "mean difference of blocks", ..of }
            }
            (_, Evidence::Estimate { value, error, df, .. }, _) => {
                let half = error_half(*error, *df, confidence);
                Estimated {
                    value: Some(*value),
                    bounds: Some(Bounds { low: value - half, high: value + half }),
                    estimand: "difference over test cases",
                    how: "from the standard error over test cases",
                }
            }
            (Self::Seeds(method), _, Some(sample)) => of_seeds(method, sample, confidence),
            (Self::Seeds(_), _, None) => Estimated::default(),
        }
    }
}

/// Confidence of intervals that are not used.
const ANY: f64 = 0.95;

/// None for several blocks without common seeds.
fn sample(evidence: &Evidence) -> Option<Sample<'_>> {
    match evidence {
        Evidence::Seeds { differences, .. } => Some(Sample::Pairs(differences)),
        Evidence::Apart(sides) => Some(Sample::Apart(sides)),
        Evidence::Strata(_) | Evidence::Estimate { .. } => None,
    }
}

fn pooled(basis: &Basis, confidence: f64) -> Outcome<RandomEffects> {
    let (effects, variances): (Vec<f64>, Vec<f64>) =
        effects(&basis.blocks).iter().map(|of| (of.difference, of.variance)).unzip();
    random_effects(&effects, &variances, confidence)
}

fn of_blocks(outcome: &Outcome<RandomEffects>) -> Estimated {
    Estimated {
        value: outcome.any().map(|r| r.estimate).filter(|v| v.is_finite()),
        bounds: outcome.value().map(|r| r.hartung_knapp),
        estimand: "random-effects mean of blocks",
        how: "Hartung-Knapp",
    }
}

fn of_seeds(method: SeedMethod, sample: Sample<'_>, confidence: f64) -> Estimated {
    let two = Alternative::TwoSided;
    match (method, sample) {
        (_, Sample::Apart(Sides::Summaries { level, reference })) => {
            of_t(&t_summary::welch(*level, *reference, two, confidence), "Welch t")
        }
        (_, Sample::Apart(Sides::Partial { level, reference, only_level, only_reference })) => {
            let outcome = partially_overlapping(
                level,
                reference,
                only_level,
                only_reference,
                two,
                confidence,
            );
            of_t(&outcome.map(|found| found.test), "partially overlapping samples t")
        }
        (SeedMethod::Sign, Sample::Pairs(d)) => Estimated {
            value: Some(median(d)).filter(|v| v.is_finite()),
            estimand: "median difference",
            ..Estimated::default()
        },
        (SeedMethod::Wilcoxon(_), Sample::Pairs(d)) => {
            of_ranks(&hodges_lehmann::paired(d, &vec![0.0; d.len()], confidence))
        }
        (SeedMethod::Wilcoxon(_), Sample::Apart(Sides::Values { level, reference })) => {
            of_ranks(&hodges_lehmann::two_sample(level, reference, confidence))
        }
        (_, Sample::Pairs(d)) => {
            let of = of_t(&t_test::one_sample(d, 0.0, two, confidence), "paired t");
            Estimated { value: Some(mean(d)).filter(|v| v.is_finite()), ..of }
        }
        (_, Sample::Apart(Sides::Values { level, reference })) => {
            of_t(&t_test::welch(level, reference, two, confidence), "Welch t")
        }
    }
}

fn of_t(outcome: &Outcome<TTest>, how: &'static str) -> Estimated {
    Estimated {
        value: outcome.any().map(|r| r.estimate).filter(|v| v.is_finite()),
        bounds: outcome.value().map(|r| Bounds { low: r.ci_low, high: r.ci_high }),
        estimand: "mean difference",
        how,
    }
}

fn of_ranks(outcome: &Outcome<hodges_lehmann::HodgesLehmann>) -> Estimated {
    Estimated {
        value: outcome.any().map(|r| r.estimate),
        bounds: outcome.value().map(|r| Bounds { low: r.ci_low, high: r.ci_high }),
        estimand: "Hodges-Lehmann shift",
        how: "Hodges-Lehmann",
    }
}

/// Whether two tests differ in their rule for zeros at most.
pub(super) fn is_same_test(a: TestKind, b: TestKind) -> bool {
    let plain = |kind| match kind {
        TestKind::SignedRank(_) => TestKind::SignedRank(Zeros::Wilcox),
        other => other,
    };
    plain(a) == plain(b)
}
