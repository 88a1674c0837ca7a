//! The first paragraphs: what was found, and how far to trust it.

use super::answer::answers;
use super::arrange::{paragraph, section};
use super::origins::Origins;
use crate::compare::{Comparison, ComparisonRow};
use crate::report::bound::Origin;
use crate::report::document::Section;
use crate::report::load::ReportInput;
use crate::report::text::{Text, prose};
use crate::scores::Metric;
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
    blocks.extend(answers(input));
    let tested: Vec<&ComparisonRow> =
        main.rows.iter().filter(|row| row.adjusted_p.is_some()).collect();
    blocks.push(paragraph(found(main, &tested, origins)));
    let fewest = main.cells.iter().map(|cell| cell.n).min().unwrap_or(0);
    if fewest < FEW_SEEDS && !tested.is_empty() {
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
fn found(main: &Comparison, tested: &[&ComparisonRow], origins: &Origins<'_>) -> Text {
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
    let metric = Text::plain(main.options.metric.title());
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
        " are significant after ",
        main.adjustment.as_str(),
        " adjustment at alpha ",
        alpha,
        ": ",
    ];
    for (at, row) in significant.iter().take(MOST_TOLD).enumerate() {
        text.push(if at > 0 { "; " } else { "" });
        text.push(told(row, &main.options.metric, &origins.test(row, main)));
    }
    if significant.len() > MOST_TOLD {
        text.push("; and ");
        text.push(count("untold", significant.len() - MOST_TOLD, how));
        text.push(" more in [[tab-tests]]");
    }
    text.push(". All are in [[tab-tests]].");
    text
}

/// One comparison in words.
fn told(row: &ComparisonRow, metric: &Metric, origin: &Origin) -> Text {
    let fraction = row.block.label_fraction;
    let place = row.block.task().to_string();
    prose![
        Text::plain(&row.level),
        " against ",
        Text::plain(&row.reference),
        " on ",
        Text::plain(place),
        " at ",
        origin.bind(
            "label_fraction",
            fraction,
            fraction.map_or_else(|| "all fractions".into(), percent),
            "share of the training labels"
        ),
        " (",
        origin.bind("difference", row.difference, metric.signed(row.difference), &row.estimand),
        ", adjusted p ",
        origin.bind(
            "adjusted_p",
            row.adjusted_p,
            crate::text::p_value(row.adjusted_p),
            row.test.name()
        ),
        ")",
    ]
}
