//! Where the numbers of a report come from: ids, inputs and counts of cells,
//! tests and runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compare::format::UniqueIds;
use crate::compare::format::percent;
use crate::compare::{Cell, CellSummary, Comparison, ComparisonRow, Factor};
use crate::figures::{KnownRows, cell_row, test_row};
use crate::records::RunState;
use crate::report::bound::{Origin, id, slug};
use crate::report::load::ReportInput;
use crate::spec::RunKind;
use crate::stats::mean_interval::IntervalMethod;

/// Finds the runs behind a cell.
pub(super) struct Origins<'a> {
    main: &'a str,
    runs: BTreeMap<(&'a str, &'a str, &'a str, u64), Vec<(u64, String)>>,
    /// Of cells and tests, in the order of their tables.
    ids: UniqueIds,
}

impl<'a> Origins<'a> {
    pub(super) fn of(input: &'a ReportInput) -> Self {
        let mut runs: BTreeMap<_, Vec<(u64, String)>> = BTreeMap::new();
        for run in &input.runs {
            let (spec, done) = (&run.spec, run.record.as_ref());
            if spec.kind == RunKind::Target && done.is_some_and(|r| r.state == RunState::Done) {
                let key = (
                    spec.task.as_str(),
                    spec.model.as_str(),
                    spec.init.as_str(),
                    spec.label_fraction.to_bits(),
                );
                runs.entry(key).or_default().push((spec.seed, spec.id().0));
            }
        }
        let main = &input.comparisons[0].options.metric;
        let mut origins = Self { main, runs, ids: UniqueIds::default() };
        for comparison in &input.comparisons {
            for summary in &comparison.cells {
                let key = origins.cell_key(&summary.cell);
                let wanted = id(&key);
                origins.ids.add(key, &wanted);
            }
            for row in &comparison.rows {
                let key = origins.test_key(row, comparison);
                let wanted = test_id(&key);
                origins.ids.add(key, &wanted);
            }
        }
        origins
    }

    /// `cells`, or `cells-accuracy` of a metric that is not the main one.
    fn kind(&self, kind: &str, metric: &str) -> String {
        if metric == self.main { kind.into() } else { format!("{kind}-{}", slug(metric)) }
    }

    /// A cell: mean, spread and interval over its seeds.
    pub(super) fn cell(&self, summary: &CellSummary, comparison: &Comparison) -> Origin {
        let cell = &summary.cell;
        let origin = Origin::named(self.cell_id(cell))
            .of(&self.inputs(cell))
            .n(format!("{} seeds", summary.n));
        // Only a bootstrap draws.
        match comparison.options.interval {
            IntervalMethod::T => origin,
            _ => origin.seed(comparison.options.seed),
        }
    }

    /// Names that tell a cell from others: the parts of its id.
    fn cell_key(&self, cell: &Cell) -> Vec<String> {
        let kind = self.kind("cells", &cell.metric);
        let fraction = cell.label_fraction.to_string();
        vec![kind, cell.task.clone(), cell.model.clone(), cell.init.clone(), fraction]
    }

    fn cell_id(&self, cell: &Cell) -> String {
        let key = self.cell_key(cell);
        self.ids.get(&key).map_or_else(|| id(&key), ToString::to_string)
    }

    /// Names that tell a test from others, level and reference last.
    fn test_key(&self, row: &ComparisonRow, comparison: &Comparison) -> Vec<String> {
        let options = &comparison.options;
        let by_model = options.factor == Some(Factor::Model);
        let other = if by_model { &row.init } else { &row.model };
        let fraction = row.label_fraction.to_string();
        let kind = self.kind("tests", &options.metric);
        let [level, reference] = [&row.level, &row.reference].map(Clone::clone);
        vec![kind, row.task.clone(), other.clone(), fraction, level, reference]
    }

    fn test_id(&self, row: &ComparisonRow, comparison: &Comparison) -> String {
        let key = self.test_key(row, comparison);
        self.ids.get(&key).map_or_else(|| test_id(&key), ToString::to_string)
    }

    /// Ids of the rows of cells and tests, by their rows in a drawing, in which
    /// the compared levels stand as inits.
    pub(super) fn drawn(&self, turned: &Comparison, main: &Comparison) -> KnownRows {
        let cells = turned.cells.iter().zip(&main.cells);
        let cells = cells.map(|(drawn, cell)| self.drawn_cell(drawn, cell));
        let tests = turned
            .rows
            .iter()
            .zip(&main.rows)
            .map(|(drawn, row)| (test_row(drawn), self.test_id(row, main)));
        Arc::new(cells.chain(tests).collect())
    }

    /// The same of a few cells.
    pub(super) fn drawn_cells(&self, turned: &[&CellSummary], own: &[&CellSummary]) -> KnownRows {
        let cells = turned.iter().zip(own);
        Arc::new(cells.map(|(drawn, cell)| self.drawn_cell(drawn, cell)).collect())
    }

    fn drawn_cell(&self, turned: &CellSummary, own: &CellSummary) -> (Vec<String>, String) {
        (cell_row(&turned.cell), self.cell_id(&own.cell))
    }

    /// A test: one level against another.
    pub(super) fn test(&self, row: &ComparisonRow, comparison: &Comparison) -> Origin {
        let options = &comparison.options;
        let by_model = options.factor == Some(Factor::Model);
        let n = if row.n[0] == row.n[1] {
            format!("{} seeds on each side", row.n[0])
        } else {
            format!("{} and {} seeds", row.n[0], row.n[1])
        };
        Origin::named(self.test_id(row, comparison))
            .of(&self.sides(row, by_model, &options.metric))
            .n(n)
    }

    /// The cells of both sides of a test, by their ids.
    fn sides(&self, row: &ComparisonRow, by_model: bool, metric: &str) -> String {
        let (kind, fraction) = (self.kind("cells", metric), row.label_fraction.to_string());
        let side = |name: &str| {
            let (model, init) =
                if by_model { (name, row.init.as_str()) } else { (row.model.as_str(), name) };
            let key = [&kind, &row.task, model, init, &fraction].map(String::from).to_vec();
            self.ids.get(&key).map_or_else(|| id(&key), ToString::to_string)
        };
        format!("{} minus {}", side(&row.level), side(&row.reference))
    }

    /// What a cell is made of, in words, with the runs where they are known.
    fn inputs(&self, cell: &Cell) -> String {
        let seeds: Vec<String> = cell.seeds.iter().map(ToString::to_string).collect();
        let key = (
            cell.task.as_str(),
            cell.model.as_str(),
            cell.init.as_str(),
            cell.label_fraction.to_bits(),
        );
        let runs: Vec<&str> = self
            .runs
            .get(&key)
            .into_iter()
            .flatten()
            .filter(|(seed, _)| cell.seeds.contains(seed))
            .map(|(_, id)| id.as_str())
            .collect();
        let place = format!(
            "{} / {} / {} at {}",
            cell.task,
            cell.model,
            cell.init,
            percent(cell.label_fraction)
        );
        match (runs.is_empty(), cell.summary.is_some()) {
            (_, true) => format!("{place}: mean, spread and n as published"),
            (true, _) => format!("{place}: seeds {}", seeds.join(", ")),
            (false, _) => format!("{place}: runs {}", runs.join(", ")),
        }
    }
}

/// The id of a test's key: level and reference are one part.
fn test_id(key: &[String]) -> String {
    match key {
        [names @ .., level, reference] => format!("{}.{}", id(names), pair(level, reference)),
        names => id(names),
    }
}

/// Two levels as one name.
pub(super) fn pair(level: &str, reference: &str) -> String {
    format!("{}-{}", slug(level), slug(reference))
}
