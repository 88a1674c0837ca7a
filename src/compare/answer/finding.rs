//! One difference with all that a sentence says of it.

use crate::compare::estimate::Estimate;
use crate::compare::pooled::{Contrast, Pooled, Within};
use crate::compare::types::{ComparisonRow, Interval};
use crate::scores::Verdict;

/// What a difference is said of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Tasks like those studied: random effects.
    TasksLikeThese,
    /// The tasks that were studied, and no others.
    TheseTasks,
    /// One task, over the other factors; or one test.
    OneTask,
}

/// A difference between two levels, with its verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What it holds for.
    pub ground: Ground,
    /// Level minus reference.
    pub difference: f64,
    /// Ends of its interval.
    pub interval: Option<(f64, f64)>,
    /// p adjusted in its family.
    pub adjusted_p: Option<f64>,
    /// What interval, margin and adjusted p say together.
    pub verdict: Option<Verdict>,
    /// The method, in words.
    pub how: String,
    /// Whether tasks weigh by their standard errors, as random effects do.
    pub weighted: bool,
    /// Number of tasks in it.
    pub tasks: usize,
    /// Its standard error, where the method has one.
    pub standard_error: Option<f64>,
}

impl Finding {
    /// The difference over tasks like those studied; none where it was not pooled.
    pub(super) fn pooled(pooled: &Pooled) -> Option<Self> {
        Some(Self {
            tasks: pooled.k,
            standard_error: pooled.standard_error,
            ..Self::of(Ground::TasksLikeThese, &pooled.difference, &pooled.test, pooled.verdict)?
        })
    }

    /// The mean over the tasks that were studied.
    pub(super) fn within(within: &Within) -> Option<Self> {
        let Within { difference, test, verdict, .. } = within;
        Some(Self {
            tasks: within.tasks,
            ..Self::of(Ground::TheseTasks, difference, test, *verdict)?
        })
    }

    /// The difference on one task.
    pub(super) fn contrast(contrast: &Contrast) -> Option<Self> {
        let Contrast { difference, test, verdict, standard_error, .. } = contrast;
        let standard_error = *standard_error;
        Some(Self { standard_error, ..Self::of(Ground::OneTask, difference, test, *verdict)? })
    }

    fn of(
        ground: Ground,
        difference: &Estimate,
        test: &crate::compare::Test,
        verdict: Option<Verdict>,
    ) -> Option<Self> {
        let how = test.entry.test.map_or_else(String::new, crate::compare::TestKind::title);
        Some(Self {
            ground,
            difference: difference.point()?,
            interval: difference.bounds().map(ends),
            adjusted_p: test.entry.adjusted_p,
            verdict,
            how,
            weighted: test.entry.test == Some(crate::compare::TestKind::RandomEffects),
            tasks: 1,
            standard_error: None,
        })
    }

    /// One test of the comparison.
    pub(super) fn row(row: &ComparisonRow) -> Option<Self> {
        Some(Self {
            ground: Ground::OneTask,
            difference: row.difference?,
            interval: row.interval.as_ref().map(ends),
            adjusted_p: row.adjusted_p,
            verdict: row.verdict,
            how: row.test.title(),
            weighted: false,
            tasks: 1,
            standard_error: None,
        })
    }

    /// Seen from the other side.
    #[must_use]
    pub(super) fn turned(self) -> Self {
        Self {
            difference: -self.difference,
            interval: self.interval.map(|(low, high)| (-high, -low)),
            verdict: self.verdict.map(Verdict::turned),
            ..self
        }
    }

    /// Whether the two sides were told apart, or shown to be equivalent.
    pub(super) fn is_settled(&self) -> bool {
        self.verdict.is_some_and(|verdict| verdict != Verdict::Inconclusive)
    }
}

fn ends(interval: &Interval) -> (f64, f64) {
    (interval.low, interval.high)
}
