//! All tests as a forest plot.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::arrange::paragraph;
use super::figures::cell_numbers;
use super::names::Names;
use super::origins::Origins;
use super::panels::Panels;
use crate::compare::{Comparison, ComparisonRow};
use crate::figures::{ForestGroup, ForestPlotInput, ForestRow, forest_plot};
use crate::report::document::Block;
use crate::scores::{Better, Metric};
use crate::text::percent;

/// More tests than this are a list, not a picture.
const MOST_TESTS: usize = 24;

/// The tests of the main metric, a group per pair of levels; none of more tests
/// than a drawing holds, which the map of verdicts shows.
pub(super) fn forest(names: &Names<'_>, main: &Comparison, origins: &Origins<'_>) -> Vec<Block> {
    // One test of each pair stands in the figure of the answer.
    let blocks = main.rows.chunk_by(|a, b| a.block == b.block).count();
    if main.rows.len() > MOST_TESTS || blocks < 2 {
        return Vec::new();
    }
    let options = &main.options;
    let mut groups: Vec<ForestGroup> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut rows = BTreeMap::new();
    for row in &main.rows {
        let [level, reference] = [&row.level, &row.reference].map(|name| names.level(name).1);
        let title = format!("{level} against {reference}");
        let at = *places.entry(title).or_insert_with_key(|title| {
            groups.push(ForestGroup { title: title.clone(), ..ForestGroup::default() });
            groups.len() - 1
        });
        let drawn = forest_row(row, names);
        let of = origins.test(row, main);
        let names = vec![groups[at].title.clone(), drawn.label.clone()];
        rows.insert(names, of.row().to_string());
        groups[at].rows.push(drawn);
    }
    let input = ForestPlotInput {
        axis: format!("difference of {}", names.metric().axis()),
        decimals: names.metric().decimals,
        confidence: options.confidence,
        margin: options.margin,
        groups,
    };
    let mut panels =
        Panels::new("fig-forest").telling(|_| cell_numbers("forest", main, Arc::new(rows)));
    panels.add(names.metric().title(), forest_plot(&input), input.csv());
    let band = if options.margin.is_some() {
        " The band is the margin within which differences do not matter."
    } else {
        ""
    };
    let caption = format!(
        "Differences of {} with {} intervals, those of the tests in their table; {}verdicts rest \
         on adjusted p and interval.{band}",
        names.metric().in_full(),
        percent(options.confidence),
        favours(names.metric())
    );
    let block = panels.block(&caption);
    let text = paragraph("[[fig-forest]] shows the tests of [[tab-tests]] as differences.");
    block.into_iter().flat_map(|block| [text.clone(), block]).collect()
}

/// Which side of no difference speaks for the level.
fn favours(metric: &Metric) -> &'static str {
    match metric.better {
        Better::Higher => "positive ones speak for the level that is named first; ",
        Better::Lower => "negative ones speak for the level that is named first; ",
        Better::Unknown => "",
    }
}

fn forest_row(row: &ComparisonRow, names: &Names<'_>) -> ForestRow {
    let share = row.block.label_fraction.map_or_else(String::new, percent);
    let label = match (names.has_tasks(), names.has_others()) {
        (false, false) if share.is_empty() => names.panel(&row.block),
        (false, false) => format!("{share} of the labels"),
        (false, true) => format!("{share} {}", names.other(&row.block)),
        (true, false) => format!("{share} {}", names.task(row.block.task())),
        (true, true) => format!("{share} {}", names.panel(&row.block)),
    };
    let label = label.trim().to_string();
    let verdict = row.verdict.map(|verdict| verdict.word().to_string());
    ForestRow {
        label,
        difference: row.difference.unwrap_or(f64::NAN),
        interval: row.interval.as_ref().map(|i| (i.low, i.high)),
        verdict: verdict.unwrap_or_else(|| row.notes.join("; ")),
    }
}
