//! Two levels side by side: their curves, and whether seeds pair them.

use super::series::Series;
use crate::compare::design::pairs_up;
use crate::compare::types::CompareOptions;
use crate::spec::DesignChoice;
use crate::stats::Outcome;
use crate::stats::learning_curve::{Curve, CurvePair, Resampling};

/// Curves of the level and of the reference.
pub(super) struct Sides {
    pub(super) level: Outcome<Curve>,
    pub(super) reference: Outcome<Curve>,
    /// Run `i` of both has one seed.
    pub(super) paired: bool,
    /// Runs on each side.
    pub(super) n: [usize; 2],
    /// Seeds that are not used, in words.
    pub(super) notes: Vec<String>,
}

/// What the questions about both curves share.
pub(super) struct Asked<'a> {
    /// The curves, or why one is missing.
    pub(super) curves: Result<&'a CurvePair<'a>, &'a String>,
    /// The bootstrap in words.
    pub(super) method: String,
    /// What turns the curves' scores into those of the metric: -1 where lower is
    /// better, for questions about who leads are asked of curves that rise.
    pub(super) sign: f64,
    pub(super) options: &'a CompareOptions,
}

impl Asked<'_> {
    /// Why nobody can reach a score: which end is good is not known.
    pub(super) fn undirected(&self) -> Option<String> {
        let title = self.options.metric.title();
        let known = self.options.metric.is_directed();
        (!known).then(|| format!("whether higher or lower {title} is better is not known"))
    }
}

impl Sides {
    /// Each side over fractions of its own, scores times `sign`; with the shared
    /// seeds alone where the design has pairs.
    pub(super) fn of(
        level: &Series,
        reference: &Series,
        fractions: [&[f64]; 2],
        sign: f64,
        choice: DesignChoice,
    ) -> Self {
        let mut seeds =
            [level.complete_seeds(fractions[0]), reference.complete_seeds(fractions[1])];
        let shared: Vec<u64> = seeds[0].iter().copied().filter(|s| seeds[1].contains(s)).collect();
        let paired = pairs_up(choice, shared.len(), [seeds[0].len(), seeds[1].len()]);
        if paired {
            seeds = [shared.clone(), shared];
        }
        let [a, b] = &seeds;
        let notes = [level.left_out(fractions[0], a), reference.left_out(fractions[1], b)];
        Self {
            level: level.curve(fractions[0], a, sign),
            reference: reference.curve(fractions[1], b, sign),
            paired,
            n: [a.len(), b.len()],
            notes: notes.into_iter().flatten().collect(),
        }
    }

    /// Both curves, or why one is missing.
    pub(super) fn curves(&self) -> Result<(&Curve, &Curve), String> {
        let side = |name: &str, side: &Outcome<Curve>| {
            format!("{name}: {}", side.note().unwrap_or("there is no curve"))
        };
        let level = self.level.any().ok_or_else(|| side("the level", &self.level))?;
        let reference =
            self.reference.any().ok_or_else(|| side("the reference", &self.reference))?;
        Ok((level, reference))
    }

    /// The curves for everything that is asked of both, or why one is missing.
    pub(super) fn pair(&self, options: &CompareOptions) -> Result<CurvePair<'_>, String> {
        let (level, reference) = self.curves()?;
        Ok(CurvePair::new(level, reference, self.resampling(options)))
    }

    fn resampling(&self, options: &CompareOptions) -> Resampling {
        Resampling {
            resamples: options.resamples,
            seed: options.seed,
            confidence: options.confidence,
            paired_runs: self.paired,
        }
    }

    /// The bootstrap in words.
    pub(super) fn method(&self, options: &CompareOptions) -> String {
        let drawn = if self.paired { "shared seeds" } else { "the seeds of each side" };
        let how = match self.resampling(options).all_of(self.n[0], self.n[1]) {
            Some(all) => format!("all {all} different resamples"),
            None => format!("{} resamples, seed {}", options.resamples, options.seed),
        };
        format!("percentile bootstrap over {drawn}, {how}")
    }
}
