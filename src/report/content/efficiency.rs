//! Label fractions as a question of their own.

use super::arrange::{heads, paragraph, section};
use super::claims::csv_of;
use super::notes::notes;
use super::origins::pair;
use crate::compare::fractions::{
    CurveRow, FractionAnalysis, PairRow, crossing_sentence, curve_table, efficiency_sentence,
    interaction_sentence, pair_table,
};
use crate::compare::{Estimate, TestKind};
use crate::report::bound::{Full, Origin};
use crate::report::document::{Block, Section, TableBlock, Value};
use crate::report::load::ReportInput;
use crate::report::sentence::{Known, bound_sentence};
use crate::scores::Better;
use crate::text::Table;

/// More pairs than this are in the table alone.
const MOST_SENTENCES: usize = 4;
/// Beyond this many rows a table is thinned, and says so.
const MOST_ROWS: usize = 1000;

/// The section, where there are several label fractions.
pub(super) fn efficiency(input: &ReportInput) -> Option<Section> {
    let analysis = input.analysis.fractions.as_ref()?;
    if analysis.curves.is_empty() {
        return None;
    }
    let metric = &analysis.options.metric;
    let mut blocks = sentences(analysis);
    let mut curves = table(
        "tab-curves",
        &format!(
            "{} over label fractions: means, area under the curve over log10 of the fraction \
             (divided by its range), slope, and {}.",
            metric.in_full(),
            match metric.better {
                Better::Higher => "Page's test of a rise",
                Better::Lower => "Page's test of a fall",
                Better::Unknown => "no test of a trend, since which way is better is not known",
            }
        ),
        &curve_table(analysis),
    );
    bind_rows(&mut curves, analysis.curves.iter().map(curve_values));
    blocks.push(curves);
    if !analysis.pairs.is_empty() {
        let mut pairs = table(
            "tab-efficiency",
            "Pairs over label fractions: whether the difference changes with the fraction \
             (interaction), where the curves cross, and what share of the labels reaches the \
             other's score.",
            &pair_table(analysis),
        );
        bind_rows(&mut pairs, analysis.pairs.iter().map(pair_values));
        blocks.push(pairs);
    }
    blocks.extend(notes("efficiency", &input.comparisons[0], analysis.footnotes()));
    Some(section("efficiency", "Label efficiency", blocks))
}

fn sentences(analysis: &FractionAnalysis) -> Vec<Block> {
    let (pairs, metric) = (&analysis.pairs, &analysis.options.metric);
    let told = pairs.iter().take(MOST_SENTENCES).map(|pair| {
        // Without a direction no score is there to be reached.
        let reached = metric.is_directed().then(|| efficiency_sentence(pair));
        let others = [
            interaction_sentence(pair, &analysis.options),
            crossing_sentence(pair, &analysis.options),
        ];
        let parts: Vec<String> = reached.into_iter().chain(others).collect();
        let place = pair.block.place();
        let sentence = format!("On {place}: {}.", parts.join("; "));
        let slope = &pair.interaction.slope_difference;
        let entry = &pair.interaction.deciding().entry;
        let crossing = pair.crossing.any().and_then(|c| c.fraction);
        let reach = pair.efficiency.any().and_then(|e| e.fraction.exactly());
        let test = title(entry.test);
        let how = "difference of slopes over log10 of the label fraction";
        let known = [
            Known::share("labels", reach, "share of the labels that reaches the other's score"),
            Known::new("slope_difference", slope.point(), how),
            Known::new("slope_low", slope.bounds().map(|i| i.low), how),
            Known::new("slope_high", slope.bounds().map(|i| i.high), how),
            Known::new("adjusted_p", entry.adjusted_p.or(entry.p), &test),
            Known::share("crossing", crossing, "where the mean curves cross"),
        ];
        paragraph(bound_sentence(&sentence, &origin(pair), "curves over label fractions", &known))
    });
    let mut blocks: Vec<Block> = told.collect();
    if pairs.len() > MOST_SENTENCES {
        blocks.push(paragraph("[[tab-efficiency]] has the other pairs."));
    }
    blocks
}

fn title(test: Option<TestKind>) -> String {
    test.map_or_else(String::new, TestKind::title)
}

/// Names and values of some columns of a row.
pub(super) type Named = (Origin, Vec<(&'static str, &'static str, String, String)>);

/// Binds columns by their heads, row by row.
pub(super) fn bind_rows(block: &mut Block, rows: impl Iterator<Item = Named>) {
    let Block::Table(table) = block else { return };
    table.keep(MOST_ROWS);
    let heads: Vec<String> = table.head.iter().map(|head| head.text.clone()).collect();
    for (cells, (origin, named)) in table.rows.iter_mut().zip(rows) {
        for (head, name, value, how) in named {
            if let Some(at) = heads.iter().position(|text| text == head)
                && let Some(cell) = cells.get_mut(at)
            {
                let shown = cell.text.clone();
                cell.bind(origin.bind(name, value, shown, how));
            }
        }
    }
}

fn curve_values(row: &CurveRow) -> Named {
    let seeds: Vec<String> = row.seeds.iter().map(ToString::to_string).collect();
    let names = std::iter::once("curves").chain(row.block.levels()).chain([row.level.as_str()]);
    let place = format!("{} / {}", row.block.name(), row.level);
    let origin = Origin::new(&names.collect::<Vec<_>>())
        .of(&format!("{place}, seeds {}", seeds.join(", ")))
        .n(format!("{} seeds", row.seeds.len()));
    let ends = |estimate: &Estimate| estimate.bounds().map(|i| (i.low, i.high)).full();
    let (area, slope) = ("area under the mean curve", "mean slope over seeds");
    let entry = &row.trend.entry;
    let values = vec![
        ("Area", "area", row.area.point().full(), area.into()),
        ("Interval of area", "area_interval", ends(&row.area), area.into()),
        ("Slope per tenfold labels", "slope", row.slope.point().full(), slope.into()),
        ("Interval of slope", "interval", ends(&row.slope), slope.into()),
        ("Adjusted p of trend", "adjusted_p", entry.adjusted_p.full(), title(entry.test)),
        ("Raw p", "p", entry.p.full(), title(entry.test)),
    ];
    (origin, values)
}

fn pair_values(row: &PairRow) -> Named {
    let slope = &row.interaction.slope_difference;
    let entry = &row.interaction.deciding().entry;
    let how = "difference of slopes";
    let ends = slope.bounds().map(|i| (i.low, i.high)).full();
    let values = vec![
        ("Difference of slopes", "difference", slope.point().full(), how.into()),
        ("Interval", "interval", ends, how.into()),
        ("Adjusted p of interaction", "adjusted_p", entry.adjusted_p.full(), title(entry.test)),
        ("Raw p", "p", entry.p.full(), title(entry.test)),
    ];
    (origin(row), values)
}

fn origin(row: &PairRow) -> Origin {
    let pair = pair(&row.level, &row.reference);
    let n = if row.n[0] == row.n[1] {
        format!("{} seeds on each side", row.n[0])
    } else {
        format!("{} and {} seeds", row.n[0], row.n[1])
    };
    let names = std::iter::once("efficiency").chain(row.block.levels()).chain([pair.as_str()]);
    Origin::new(&names.collect::<Vec<_>>())
        .of(&format!("curves of {} and {}", row.level, row.reference))
        .n(n)
}

/// A table of finished strings as a block.
pub(super) fn table(label: &str, caption: &str, table: &Table) -> Block {
    Block::Table(TableBlock {
        label: label.into(),
        number: 0,
        fold: String::new(),
        all: 0,
        caption: caption.into(),
        head: heads(table),
        rows: table.rows.iter().map(|row| row.iter().map(Value::text).collect()).collect(),
        csv: csv_of(table),
    })
}
