//! What levels and panels are called, and in which order colours go.

use std::borrow::Cow;

use super::figures::{by_init, facets, levels, model_title, task_title};
use crate::compare::{CellSummary, Comparison, Factor};
use crate::spec::Study;

/// A metric as words and axes name it.
pub(super) fn metric_title(metric: &str) -> &str {
    if metric == "auc" { "AUC" } else { metric }
}

/// Titles of the compared levels, the same in every figure.
pub(super) struct Names<'a> {
    study: Option<&'a Study>,
    by_model: bool,
    levels: Vec<String>,
    titles: Vec<String>,
    /// The comparison with the compared levels as inits.
    pub(super) turned: Cow<'a, Comparison>,
}

impl<'a> Names<'a> {
    pub(super) fn of(main: &'a Comparison, study: Option<&'a Study>) -> Self {
        let turned = by_init(main);
        let by_model = main.options.factor == Some(Factor::Model);
        let (levels, mut titles) = levels(&turned.cells, study);
        if by_model {
            titles = levels.iter().map(|name| model_title(name, study)).collect();
        }
        Self { study, by_model, levels, titles, turned }
    }

    /// Index of a level's colour, and its title.
    pub(super) fn level(&self, name: &str) -> (usize, String) {
        let at = self.levels.iter().position(|level| level == name);
        let title = at.and_then(|at| self.titles.get(at)).cloned();
        (at.unwrap_or(self.levels.len()), title.unwrap_or_else(|| name.into()))
    }

    /// The compared levels and their titles.
    pub(super) fn levels(&self) -> (&[String], &[String]) {
        (&self.levels, &self.titles)
    }

    pub(super) fn task(&self, name: &str) -> String {
        task_title(name, self.study)
    }

    /// The factor that is not compared.
    pub(super) fn other(&self, name: &str) -> String {
        if !self.by_model {
            return model_title(name, self.study);
        }
        let title = self.study.and_then(|s| s.inits.get(name)?.title.clone());
        title.unwrap_or_else(|| name.into())
    }

    /// `Chest findings · ResNet-18`.
    pub(super) fn panel(&self, task: &str, other: &str) -> String {
        format!("{} · {}", self.task(task), self.other(other))
    }

    /// Whether there are several tasks.
    pub(super) fn has_tasks(&self) -> bool {
        let cells = &self.turned.cells;
        cells.iter().any(|c| cells.first().is_some_and(|f| f.cell.task != c.cell.task))
    }

    /// Whether the factor that is not compared has several levels.
    pub(super) fn has_others(&self) -> bool {
        let cells = &self.turned.cells;
        cells.iter().any(|c| cells.first().is_some_and(|f| f.cell.model != c.cell.model))
    }

    /// Task and other factor of each panel.
    pub(super) fn facets(&self) -> Vec<(String, String)> {
        facets(&self.turned.cells)
    }

    /// Cells of a panel at its largest label fraction.
    pub(super) fn full(&self, task: &str, other: &str) -> Vec<&CellSummary> {
        let of = |c: &&CellSummary| c.cell.task == task && c.cell.model == other;
        let cells: Vec<&CellSummary> = self.turned.cells.iter().filter(of).collect();
        let largest = cells.iter().map(|c| c.cell.label_fraction).fold(f64::NAN, f64::max);
        cells.into_iter().filter(|c| c.cell.label_fraction == largest).collect()
    }

    /// The metric as axes name it.
    pub(super) fn metric(&self) -> String {
        metric_title(&self.turned.options.metric).into()
    }
}
