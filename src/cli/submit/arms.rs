//! The forecast by arm.

use std::fmt;

use indexmap::IndexMap;

use crate::spec::{RunKind, RunSpec};
use crate::study::duration;

/// Runs and seconds by what is compared: model and init, pretrainings by themselves.
pub(super) struct Arms(IndexMap<String, (usize, f64)>);

impl Arms {
    pub(super) fn of<'a>(runs: impl Iterator<Item = (&'a RunSpec, f64)>) -> Self {
        let mut arms: IndexMap<String, (usize, f64)> = IndexMap::new();
        for (run, seconds) in runs {
            let kind = if run.kind == RunKind::Pretraining { "pretraining " } else { "" };
            let arm = arms.entry(format!("{kind}{} / {}", run.model, run.init)).or_default();
            arm.0 += 1;
            arm.1 += seconds;
        }
        Self(arms)
    }
}

impl fmt::Display for Arms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.keys().map(|arm| arm.chars().count()).max().unwrap_or(0);
        for (arm, (runs, seconds)) in &self.0 {
            writeln!(f, "  {arm:width$}  {runs:>6} runs  {:>9}", duration(*seconds))?;
        }
        Ok(())
    }
}
