//! Label fractions as a question of their own.

use super::arrange::{paragraph, section};
use super::notes::notes;
use super::origins::pair;
use crate::compare::TestKind;
use crate::compare::fractions::{
    CurveRow, FractionAnalysis, PairRow, crossing_sentence, curve_table, efficiency_sentence,
    interaction_sentence, pair_table,
};
use crate::report::bound::Origin;
use crate::report::document::{Block, Section, TableBlock};
use crate::report::load::ReportInput;
use crate::report::sentence::{Known, bound_sentence};
use crate::scores::Better;

/// More pairs than this are in the table alone.
const MOST_SENTENCES: usize = 4;
/// Beyond this many rows a table is thinned, and says so.
pub(super) const MOST_ROWS: usize = 1000;

/// The section, where there are several label fractions.
pub(super) fn efficiency(input: &ReportInput) -> Option<Section> {
    let analysis = input.analysis.fractions.as_ref()?;
    if analysis.curves.is_empty() {
        return None;
    }
    let metric = &analysis.options.metric;
    let mut blocks = sentences(analysis);
    let caption = format!(
        "{} over label fractions: means, area under the curve over log10 of the fraction \
             (divided by its range), slope, and {}.",
        metric.in_full(),
        match metric.better {
            Better::Higher => "Page's test of a rise",
            Better::Lower => "Page's test of a fall",
            Better::Unknown => "no test of a trend, since which way is better is not known",
        }
    );
    let curves = TableBlock::new("tab-curves", caption, curve_table(analysis));
    let origins = analysis.curves.iter().map(curve_origin);
    blocks.push(Block::Table(curves.owned(MOST_ROWS, origins)));
    if !analysis.pairs.is_empty() {
        let caption = "Pairs over label fractions: whether the difference changes with the fraction \
             (interaction), where the curves cross, and what share of the labels reaches the \
             other's score.";
        let pairs = TableBlock::new("tab-efficiency", caption, pair_table(analysis));
        blocks.push(Block::Table(pairs.owned(MOST_ROWS, analysis.pairs.iter().map(origin))));
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

fn curve_origin(row: &CurveRow) -> Origin {
    let seeds: Vec<String> = row.seeds.iter().map(ToString::to_string).collect();
    let names = std::iter::once("curves").chain(row.block.levels()).chain([row.level.as_str()]);
    let place = format!("{} / {}", row.block.name(), row.level);
    Origin::new(&names.collect::<Vec<_>>())
        .of(&format!("{place}, seeds {}", seeds.join(", ")))
        .n(format!("{} seeds", row.seeds.len()))
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
