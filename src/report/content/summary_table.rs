//! Means and intervals per cell.

use super::origins::Origins;
use super::standing::{NOT_TOLD_APART, Standing, standings};
use crate::compare::format::summary_table;
use crate::compare::{CellSummary, Comparison};
use crate::report::bound::Full;
use crate::report::document::{Block, TableBlock};
use crate::report::escape;
use crate::scores::Factor;
use crate::text::{listed, percent};

pub(super) fn summary_block(comparison: &Comparison, label: &str, origins: &Origins<'_>) -> Block {
    let mut table = summary_table(comparison);
    for (cell, standing) in table.cells_mut("mean").zip(standings(comparison)) {
        cell.best = standing == Standing::Best;
        if standing == Standing::NotToldApart {
            cell.mark = NOT_TOLD_APART.into();
        }
    }
    let caption = format!(
        "{} per {}: {}. {}",
        comparison.options.metric.in_full(),
        listed(&per(&comparison.cells)),
        shown(comparison),
        marks(comparison)
    );
    let rows = comparison.cells.iter().map(|summary| origins.cell(summary, comparison));
    let block = TableBlock::new(label, caption, table).with_csv(cells_csv(&comparison.cells));
    Block::Table(block.owned(usize::MAX, rows))
}

/// What stands in a row.
fn shown(comparison: &Comparison) -> String {
    let interval = percent(comparison.options.confidence);
    if comparison.of_test_set() {
        let how = comparison.interval_words();
        return format!("score of the whole test set and its {interval} interval ({how})");
    }
    let over = comparison.unit().word();
    if comparison.cells.iter().all(|summary| summary.n <= 1) {
        return format!("score of one {}", comparison.unit().singular());
    }
    format!("mean, sample standard deviation and {interval} interval of the mean over {over}")
}

/// What a row of the table is of.
fn per(cells: &[CellSummary]) -> Vec<String> {
    let factors = Factor::of_all(cells.iter().map(|summary| &summary.cell));
    let names = factors.iter().map(|factor| factor.name().replace('_', " "));
    names.chain(["share of labels".into()]).collect()
}

/// What bold and the mark say.
fn marks(comparison: &Comparison) -> String {
    let Some(best) = comparison.options.metric.better.best() else {
        return "None is bold: which end of the metric is good is not known.".into();
    };
    let factors = &comparison.options.factors;
    let no_task = comparison.cells.iter().all(|summary| summary.cell.task.is_empty());
    let tasks = no_task || factors.has(Factor::TASK);
    let within = match (tasks, factors.has(Factor::LABEL_FRACTION)) {
        (true, true) => "",
        (true, false) => " of each share",
        (false, true) => " of each task",
        (false, false) => " of each task and share",
    };
    format!(
        "The {best} mean{within}, which is the best, is bold; {NOT_TOLD_APART} marks means that do \
         not differ significantly from it (adjusted p of {} or more). A mean that was not tested \
         against it has no mark.",
        comparison.options.alpha
    )
}

/// The cells with their values, as the CSV behind table and figures.
pub(super) fn cells_csv(cells: &[CellSummary]) -> String {
    let list = |items: Vec<String>| items.join(" ");
    let factors = Factor::of_all(cells.iter().map(|summary| &summary.cell));
    let head = std::iter::once("metric").chain(factors.iter().map(Factor::name)).chain([
        "label_fraction",
        "n",
        "mean",
        "sd",
        "ci_low",
        "ci_high",
        "seeds",
        "values",
    ]);
    let mut rows: Vec<Vec<String>> = vec![head.map(String::from).collect()];
    for summary in cells {
        let cell = &summary.cell;
        let levels = factors.iter().map(|factor| factor.level(cell));
        let names = std::iter::once(cell.metric.clone()).chain(levels);
        let numbers = [
            cell.label_fraction.to_string(),
            summary.n.to_string(),
            summary.mean.full(),
            summary.sd.full(),
            summary.interval.as_ref().map(|i| i.low).full(),
            summary.interval.as_ref().map(|i| i.high).full(),
            list(cell.seeds.iter().map(ToString::to_string).collect()),
            list(cell.values.iter().map(ToString::to_string).collect()),
        ];
        rows.push(names.chain(numbers).collect());
    }
    escape::csv(rows)
}
