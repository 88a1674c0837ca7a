//! The contrast on these tasks: averaged over tasks before anything is tested.
//!
//! Random effects ask about tasks like these ([`super::summary`]); this asks about
//! the tasks that were studied, which are taken as they are. Where runs of one
//! seed are pairs on every task, the differences of a seed are averaged over the
//! tasks and the paired t test is over seeds: seeds stay the replications. Where
//! the replications of tasks are not the same (seeds of their own, test cases),
//! tasks are independent strata: the mean of their differences, its standard
//! error from theirs, and degrees of freedom after Welch and Satterthwaite.
//!
//! Tasks weigh alike. A task without standard error over its replications is left
//! out of strata, by name. Below two tasks there is nothing to average. Cost
//! O(tasks seeds).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::contrast::{Asked, Contrast};
use super::scope::Scope;
use crate::compare::TestKind;
use crate::compare::equivalence;
use crate::compare::estimate::{Estimate, scale, settled};
use crate::compare::family::{Test, t_words};
use crate::scores::{Unit, Verdict};
use crate::stats::Outcome;
use crate::stats::describe::mean;
use crate::stats::strata::{Stratum, mean_of_strata};
use crate::stats::t_test::{Alternative, TTest, one_sample};

/// The mean over the tasks that were studied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Within {
    /// Tasks in the mean.
    pub tasks: usize,
    /// Replications: seeds that all tasks share, or of all strata together.
    pub n: usize,
    /// What they are.
    pub unit: Unit,
    /// Mean difference with its interval.
    pub difference: Estimate,
    /// Its test.
    pub test: Test,
    /// Adjusted p of equivalence within the margin; absent without a margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equivalence_p: Option<f64>,
    /// What interval, margin and adjusted p say together.
    pub verdict: Option<Verdict>,
}

/// Averages the contrasts of one scope over their tasks; none below two tasks.
pub(super) fn within(asked: &Asked, scope: &Scope, tasks: &[Contrast]) -> Option<Within> {
    if tasks.len() < 2 {
        return None;
    }
    let seeds = common(tasks);
    let by_seed = seeds.len() > 1 && tasks.iter().all(|task| task.unit == Unit::Seeds);
    let (kind, outcome, used, n) = if by_seed {
        let means: Vec<f64> = seeds.iter().map(|seed| mean_over(tasks, *seed)).collect();
        let test = one_sample(&means, 0.0, Alternative::TwoSided, asked.options.confidence);
        (TestKind::PairedT, settled(test, scale(&means)), tasks.len(), means.len())
    } else {
        let weighed: Vec<&Contrast> =
            tasks.iter().filter(|task| task.standard_error.is_some()).collect();
        let n = weighed.iter().map(|task| task.n[0].min(task.n[1])).sum();
        (TestKind::MeanOfTasks, strata(&weighed, asked.options.confidence), weighed.len(), n)
    };
    let unit = tasks.first().map(|task| task.unit).unwrap_or_default();
    let question =
        format!("{} against {} {}", asked.level, asked.reference, scope.of_task("on these tasks"));
    let family = scope.family(asked, "mean over the tasks studied");
    let mut test = Test::new(&family, question, kind, unit, n.to_string())
        .estimating(outcome.any().map(|t| t.estimate))
        .noting(outcome.note());
    if let Some(t) = outcome.value() {
        test = test.found(t.p, t_words(t));
    }
    Some(Within {
        tasks: used,
        n,
        unit,
        difference: Estimate::of_t(&outcome, asked.options.confidence, &kind.name()),
        test,
        equivalence_p: equivalence::of_t(&outcome, asked.options),
        verdict: None,
    })
}

/// Seeds with a paired difference on every task.
fn common(tasks: &[Contrast]) -> Vec<u64> {
    let Some((first, rest)) = tasks.split_first() else { return Vec::new() };
    let everywhere = |seed: &u64| rest.iter().all(|task| task.by_seed.contains_key(seed));
    first.by_seed.keys().copied().filter(everywhere).collect()
}

fn mean_over(tasks: &[Contrast], seed: u64) -> f64 {
    let of = |by_seed: &BTreeMap<u64, f64>| by_seed.get(&seed).copied();
    mean(&tasks.iter().filter_map(|task| of(&task.by_seed)).collect::<Vec<f64>>())
}

/// The mean over tasks as strata.
fn strata(tasks: &[&Contrast], confidence: f64) -> Outcome<TTest> {
    let stratum = |task: &&Contrast| {
        Some(Stratum {
            difference: task.difference.point()?,
            variance: task.standard_error?.powi(2),
            df: task.df?,
        })
    };
    let strata: Vec<Stratum> = tasks.iter().filter_map(stratum).collect();
    mean_of_strata(&strata, confidence)
}
