//! The first paragraphs: what was found, and how far to trust it.

use super::answer::answers;
use super::arrange::{note, paragraph, section};
use super::names::Names;
use super::origins::Origins;
use crate::compare::ComparisonRow;
use crate::report::bound::Origin;
use crate::report::document::Section;
use crate::report::load::ReportInput;
use crate::report::text::{Text, prose};
use crate::scores::{Unit, Verdict};
use crate::spec::Study;
use crate::text::percent;

/// More significant comparisons than this are in the table alone.
const MOST_TOLD: usize = 6;
/// With fewer seeds only large effects can be found, which is said.
const FEW_SEEDS: usize = 5;

pub(super) fn summary(
    input: &ReportInput,
    study: Option<&Study>,
    origins: &Origins<'_>,
) -> Section {
    let main = &input.comparisons[0];
    let mut blocks = Vec::new();
    if let Some(description) = study.and_then(|s| s.study.description.clone()) {
        blocks.push(paragraph(Text::markup(&description, "study.description", 1)));
    }
    blocks.extend(main.options.metric.undirected().map(|why| note(&why)));
    blocks.extend(answers(input));
    let tested: Vec<&ComparisonRow> =
        main.rows.iter().filter(|row| row.adjusted_p.is_some()).collect();
    let mut text = found(&Names::of(main, study), &tested, origins);
    text.push(untested(main.rows.len() - tested.len(), !tested.is_empty()));
    blocks.push(paragraph(text));
    let fewest = main.cells.iter().map(|cell| cell.n).min().unwrap_or(0);
    if main.unit() == Unit::Cases {
        blocks.push(paragraph(
            "Test cases are the replications: intervals and p-values say what these trained models \
             would do on other cases of the kind, and nothing of what further training runs would \
             give.",
        ));
    } else if fewest < FEW_SEEDS && !tested.is_empty() {
        let origin = Origin::new(&["summary"]);
        blocks.push(paragraph(prose![
            "With as few as ",
            origin.bind("fewest_seeds", fewest, fewest.to_string(), "seeds of the smallest cell"),
            " seeds per cell only large effects can become significant; [[tab-tests]] shows at \
             each verdict what could have been found. Read the seeds themselves in the figures.",
        ]));
    }
    section("summary", "Summary", blocks)
}

/// How many comparisons are significant, and which.
fn found(names: &Names<'_>, tested: &[&ComparisonRow], origins: &Origins<'_>) -> Text {
    let main = names.main;
    if tested.is_empty() {
        return "No comparison could be tested; [[tab-summary]] has the means.".into();
    }
    let alpha = main.options.alpha;
    let is_significant = |row: &&&ComparisonRow| row.adjusted_p.is_some_and(|p| p < alpha);
    let significant: Vec<&&ComparisonRow> = tested.iter().filter(is_significant).collect();
    let origin = Origin::new(&["summary"]).of("the tests of the main metric");
    let how = "tests whose adjusted p is below alpha";
    let count = |name: &str, n: usize, how: &str| origin.bind(name, n, n.to_string(), how);
    let all = count("tested", tested.len(), "tests with a p");
    let alpha = origin.bind("alpha", alpha, alpha.to_string(), "level that the options state");
    let metric = Text::plain(main.options.metric.in_full());
    if significant.is_empty() {
        return prose![
            "None of the ",
            all,
            " single comparisons of ",
            metric,
            " is significant after ",
            main.adjustment.as_str(),
            " adjustment at alpha ",
            alpha,
            ". That is no evidence of equality: the intervals in [[tab-tests]] show which \
             differences the data leave open.",
        ];
    }
    let mut text = prose![
        count("significant", significant.len(), how),
        " of the ",
        all,
        " single comparisons of ",
        metric,
        if significant.len() == 1 { " is" } else { " are" },
        " significant after ",
        main.adjustment.as_str(),
        " adjustment at alpha ",
        alpha,
        ": ",
    ];
    for (at, row) in significant.iter().take(MOST_TOLD).enumerate() {
        text.push(if at > 0 { "; " } else { "" });
        text.push(told(row, names, &origins.test(row, main)));
    }
    if significant.len() > MOST_TOLD {
        text.push("; and ");
        text.push(count("untold", significant.len() - MOST_TOLD, how));
        text.push(" more");
    }
    text.push(". All are in [[tab-tests]].");
    text
}

/// Comparisons without p beside those with one; they are nowhere counted as decided.
fn untested(count: usize, beside: bool) -> Text {
    if count == 0 || !beside {
        return Text::default();
    }
    let origin = Origin::new(&["summary"]).of("the tests of the main metric");
    let bound = origin.bind("untested", count, count.to_string(), "comparisons without a p");
    let rest = if count == 1 { " further one has" } else { " further ones have" };
    prose![" ", bound, rest, " no p; the notes of [[tab-tests]] say why."]
}

/// One comparison in words: which side is better, or higher where nobody knows
/// what that means.
fn told(row: &ComparisonRow, names: &Names<'_>, origin: &Origin) -> Text {
    let metric = names.metric();
    let relation = match row.verdict {
        Some(verdict) if verdict.is_decided() => format!(" is {} than ", verdict.word()),
        Some(Verdict::Equivalent) => " is equivalent to ".into(),
        _ => " against ".into(),
    };
    let [level, reference] =
        [&row.level, &row.reference].map(|level| Text::plain(names.level(level).1));
    let place = names.place(&row.block);
    let mut text = prose![level, relation.as_str(), reference];
    if !place.is_empty() {
        text.push(" on ");
        text.push(Text::plain(place));
    }
    if let Some(fraction) = row.block.label_fraction {
        let how = "share of the training labels";
        text.push(" at ");
        text.push(origin.bind("label_fraction", fraction, percent(fraction), how));
    }
    let difference = metric.signed(row.difference);
    let p = crate::text::p_value(row.adjusted_p);
    text.push(" (");
    text.push(origin.bind("difference", row.difference, difference, &row.estimand));
    text.push(", adjusted p ");
    text.push(origin.bind("adjusted_p", row.adjusted_p, p, row.test.name()));
    text.push(")");
    text
}
