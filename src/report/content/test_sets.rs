//! The same networks on further test sets.

use super::arrange::{paragraph, section};
use super::names::Names;
use crate::compare::format::columns;
use crate::compare::test_sets::{OnTestSet, on_test_sets};
use crate::report::bound::{Full, Origin};
use crate::report::document::{Block, Section, TableBlock, Value};
use crate::report::escape;
use crate::report::load::ReportInput;
use crate::scores::{Cell, Factor, TEST_SET};
use crate::spec::Study;
use crate::text::{Column, Table, percent};

/// The section, where networks were tested on further sets.
pub(super) fn test_sets(input: &ReportInput, study: Option<&Study>) -> Option<Section> {
    let main = &input.comparisons[0];
    let cells: Vec<Cell> = main.cells.iter().map(|summary| summary.cell.clone()).collect();
    let found = on_test_sets(&cells, &main.options);
    if found.is_empty() {
        return None;
    }
    let text = "Networks were tested on further sets, on which nothing was trained and nothing \
                chosen. [[tab-test-sets]] has the score of the same runs there and on their task's \
                own test cases (internal). The differences are estimates and not tested; who is \
                better than whom on each set stands among the other comparisons.";
    let names = Names::of(main, study);
    Some(section(
        "test-sets",
        "Further test sets",
        vec![paragraph(text), table(input, &names, &found)],
    ))
}

fn table(input: &ReportInput, titles: &Names<'_>, found: &[OnTestSet]) -> Block {
    let metric = &input.comparisons[0].options.metric;
    let factors: Vec<Factor> = Factor::of_all(found.iter().map(|on| &on.cell))
        .into_iter()
        .filter(|factor| factor.name() != TEST_SET)
        .collect();
    let mut table = Table::new(columns::factors(&factors));
    table.columns.extend([
        Column::name("Test set"),
        Column::labels(),
        columns::count("n", "n"),
        columns::number("internal", "Internal"),
        columns::number("there", "There"),
        columns::number("difference", "Difference"),
        columns::interval("interval", "Interval"),
    ]);
    let names =
        ["test_set", "label_fraction", "n", "internal", "there", "difference", "low", "high"];
    let names = factors.iter().map(Factor::name).chain(names);
    let mut csv: Vec<Vec<String>> = vec![names.map(String::from).collect()];
    for on in found {
        let fraction = on.cell.label_fraction.to_string();
        let levels: Vec<String> = factors.iter().map(|factor| factor.level(&on.cell)).collect();
        let place = ["test sets", &on.test_set, &fraction].map(String::from);
        let place: Vec<&str> = place.iter().chain(&levels).map(String::as_str).collect();
        let origin = Origin::new(&place).n(format!("{} seeds", on.n));
        let ends = on.interval.as_ref().map(|interval| (interval.low, interval.high));
        let bind = |name: &str, value: f64, shown: String, how: &str| {
            Value::bound(origin.bind(name, Some(value), shown, how))
        };
        let mut row: Vec<Value> = levels.iter().map(Value::text).collect();
        row.push(Value::text(titles.task(&on.test_set)));
        row.push(Value::share(Some(on.cell.label_fraction)));
        row.push(bind("n", on.n as f64, on.n.to_string(), "seeds with a score on both sets"));
        row.push(bind("internal", on.internal, metric.text(Some(on.internal)), "mean over seeds"));
        row.push(bind("there", on.there, metric.text(Some(on.there)), "mean over seeds"));
        let difference = metric.signed(Some(on.difference));
        row.push(bind("difference", on.difference, difference, "there minus internal, by seed"));
        let interval = ends.map_or("–".into(), |(low, high)| metric.ends(low, high));
        let how = on.interval.as_ref().map_or("no interval below two seeds", |i| &i.method);
        row.push(Value::bound(origin.bind("interval", ends, interval, how)));
        table.rows.push(row);
        let numbers = [
            on.test_set.clone(),
            fraction,
            on.n.to_string(),
            on.internal.full(),
            on.there.full(),
            on.difference.full(),
            ends.map(|(low, _)| low).full(),
            ends.map(|(_, high)| high).full(),
        ];
        csv.push(levels.into_iter().chain(numbers).collect());
    }
    let caption = format!(
        "{} on further test sets beside the task's own: means over the seeds that have both, and {} \
         intervals of the difference, paired by seed.",
        metric.in_full(),
        percent(input.comparisons[0].options.confidence)
    );
    let block = TableBlock::new("tab-test-sets", caption, table);
    Block::Table(block.with_csv(escape::csv(csv)))
}
