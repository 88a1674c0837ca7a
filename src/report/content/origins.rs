//! Where the numbers of a report come from: ids, inputs and counts of cells,
//! tests and runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compare::{CellSummary, Comparison, ComparisonRow};
use crate::figures::{KnownRows, cell_row, test_row};
use crate::records::RunState;
use crate::report::bound::{Origin, id, slug};
use crate::report::load::ReportInput;
use crate::scores::{Block, Cell, Unit};
use crate::spec::RunKind;
use crate::stats::mean_interval::IntervalMethod;
use crate::text::UniqueIds;
use crate::text::percent;

/// Finds the runs behind a cell.
pub(super) struct Origins<'a> {
    main: &'a str,
    runs: BTreeMap<Vec<String>, Vec<(u64, String)>>,
    /// Of cells and tests, in the order of their tables.
    ids: UniqueIds,
    /// Ids of cells by metric, level and block: the sides of tests.
    sides: BTreeMap<Vec<String>, String>,
}

impl<'a> Origins<'a> {
    pub(super) fn of(input: &'a ReportInput) -> Self {
        let mut runs: BTreeMap<_, Vec<(u64, String)>> = BTreeMap::new();
        for run in &input.runs {
            let (spec, done) = (&run.spec, run.record.as_ref());
            if spec.kind == RunKind::Target && done.is_some_and(|r| r.state == RunState::Done) {
                runs.entry(cell_row(&run.place())).or_default().push((spec.seed, spec.id().0));
            }
        }
        let main = &input.comparisons[0].options.metric.key;
        let (ids, sides) = (UniqueIds::default(), BTreeMap::new());
        let mut origins = Self { main, runs, ids, sides };
        for comparison in &input.comparisons {
            let factors = &comparison.options.factors;
            for summary in &comparison.cells {
                let key = origins.cell_key(&summary.cell);
                let wanted = id(&key);
                let given = origins.ids.add(key, &wanted).to_string();
                let (level, block) = (factors.level(&summary.cell), factors.block(&summary.cell));
                origins.sides.insert(side_key(comparison, &level, &block), given);
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
        let origin = Origin::named(self.cell_id(cell)).of(&self.inputs(cell)).n(format!(
            "{} {}",
            summary.n,
            cell.unit.word()
        ));
        // Only a bootstrap draws.
        match comparison.options.interval {
            IntervalMethod::T => origin,
            _ => origin.seed(comparison.options.seed),
        }
    }

    /// Names that tell a cell from others: the parts of its id.
    fn cell_key(&self, cell: &Cell) -> Vec<String> {
        let kind = self.kind("cells", &cell.metric);
        std::iter::once(kind).chain(cell_row(cell)).collect()
    }

    fn cell_id(&self, cell: &Cell) -> String {
        let key = self.cell_key(cell);
        self.ids.get(&key).map_or_else(|| id(&key), ToString::to_string)
    }

    /// Names that tell a test from others, level and reference last.
    fn test_key(&self, row: &ComparisonRow, comparison: &Comparison) -> Vec<String> {
        let kind = self.kind("tests", &comparison.options.metric.key);
        std::iter::once(kind).chain(test_row(row)).collect()
    }

    fn test_id(&self, row: &ComparisonRow, comparison: &Comparison) -> String {
        let key = self.test_key(row, comparison);
        self.ids.get(&key).map_or_else(|| test_id(&key), ToString::to_string)
    }

    /// Ids of the rows of cells and tests, by their rows in a drawing.
    pub(super) fn drawn(&self, main: &Comparison) -> KnownRows {
        let cells = main.cells.iter().map(|summary| self.drawn_cell(summary));
        let tests = main.rows.iter().map(|row| (test_row(row), self.test_id(row, main)));
        Arc::new(cells.chain(tests).collect())
    }

    /// The same of a few cells.
    pub(super) fn drawn_cells(&self, cells: &[&CellSummary]) -> KnownRows {
        Arc::new(cells.iter().map(|summary| self.drawn_cell(summary)).collect())
    }

    fn drawn_cell(&self, summary: &CellSummary) -> (Vec<String>, String) {
        (cell_row(&summary.cell), self.cell_id(&summary.cell))
    }

    /// A test: one level against another.
    pub(super) fn test(&self, row: &ComparisonRow, comparison: &Comparison) -> Origin {
        let n = if row.n[0] == row.n[1] {
            format!("{} {} on each side", row.n[0], row.unit.word())
        } else {
            format!("{} and {} {}", row.n[0], row.n[1], row.unit.word())
        };
        Origin::named(self.test_id(row, comparison)).of(&self.sides(row, comparison)).n(n)
    }

    /// The cells of both sides of a test, by their ids.
    fn sides(&self, row: &ComparisonRow, comparison: &Comparison) -> String {
        let side = |level: &str| {
            let id = self.sides.get(&side_key(comparison, level, &row.block));
            id.cloned().unwrap_or_else(|| level.to_string())
        };
        format!("{} minus {}", side(&row.level), side(&row.reference))
    }

    /// What a cell is made of, in words, with the runs where they are known.
    fn inputs(&self, cell: &Cell) -> String {
        if cell.unit == Unit::Cases {
            let place =
                format!("{} at {}", cell.levels().join(" / "), percent(cell.label_fraction));
            return format!("{place}: the test cases of one model");
        }
        let seeds: Vec<String> = cell.seeds.iter().map(ToString::to_string).collect();
        let runs: Vec<&str> = self
            .runs
            .get(&cell_row(cell))
            .into_iter()
            .flatten()
            .filter(|(seed, _)| cell.seeds.contains(seed))
            .map(|(_, id)| id.as_str())
            .collect();
        let levels = cell.levels().join(" / ");
        let place = format!("{levels} at {}", percent(cell.label_fraction));
        match (runs.is_empty(), cell.summary.is_some()) {
            (_, true) => format!("{place}: mean, spread and n as published"),
            (true, _) => format!("{place}: seeds {}", seeds.join(", ")),
            (false, _) => format!("{place}: runs {}", runs.join(", ")),
        }
    }
}

fn side_key(comparison: &Comparison, level: &str, block: &Block) -> Vec<String> {
    let head = [comparison.options.metric.key.clone(), level.to_string()];
    head.into_iter().chain(block.key()).collect()
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
