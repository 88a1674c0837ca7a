//! The recheck of printed p-values and stars.

use super::blocks::table;
use crate::published::PublishedError;
use crate::published::recheck::{
    Format, PrintedP, Rechecked, Tally, Test, key as column_of, published, published_stars,
    recheck, table as rows_of, tally, write,
};
use crate::report::content::arrange::{paragraph, section};
use crate::report::document::{Block, Section};

pub(super) fn recheck_section() -> Result<Section, PublishedError> {
    let numbers: Vec<Rechecked> = published()?.iter().map(recheck).collect();
    let stars: Vec<Rechecked> = published_stars()?.iter().map(recheck).collect();
    let mut blocks = vec![
        paragraph(
            "Each printed p-value recomputed from the means and standard deviations of its two bars \
             by three tests: Welch's and Student's t test, both two-sided, and Student's one-sided \
             towards the observed difference. A printed p agrees with a test when the range that its \
             rounding stands for meets the range of p that the precision of the bars leaves open. \
             The number of runs is taken to be ten throughout, the benchmark's protocol: recorded so \
             for the figures of 2021, assumed for those of 2025; \
             standard deviations are read as divided by n - 1, and by n where that alone \
             agrees. The tests are Transfolio's own choice of what may have been used; the \
             articles' text was not read.",
        ),
        paragraph(format!("Printed p-values ([[tab-recheck]]): {}.", sentence(&tally(&numbers)))),
    ];
    blocks.extend(repeats(&numbers).map(paragraph));
    blocks.push(block(
        "tab-recheck",
        "Printed p-values against p recomputed from mean (SD). \u{2248} marks DIGITISED means; p \
         under Printed p are PRINTED.",
        &numbers,
    ));
    blocks.push(paragraph(format!(
        "Stars ([[tab-recheck-stars]]), read as the figures define them, *** as below 0.001: {}. \
         A star is a wide range and excludes little; stars above bars without a readable error bar \
         are left out.",
        sentence(&tally(&stars))
    )));
    blocks.push(block(
        "tab-recheck-stars",
        "Printed stars against p recomputed from mean (SD). \u{2248} marks DIGITISED means; stars \
         are PRINTED.",
        &stars,
    ));
    Ok(section("recheck", "Recheck of printed p-values", blocks))
}

fn block(label: &str, caption: &str, rows: &[Rechecked]) -> Block {
    let mut grid = rows_of(rows);
    for test in Test::ALL {
        for (cell, row) in grid.cells_mut(column_of(test)).zip(rows) {
            let of = row.tests.iter().filter(|t| t.test == test);
            let ranges: Vec<String> = of
                .map(|t| format!("SD {:?}: p {:.2e} to {:.2e}", t.reading, t.low, t.high))
                .collect();
            cell.title = ranges.join("; ").to_lowercase();
            cell.best = row.tests.first().is_some_and(|first| {
                row.tests.iter().any(|t| t.test == test && t.reading == first.reading && t.agrees)
            });
        }
    }
    for cell in grid.cells_mut("compared") {
        cell.text = cell.text.replace("->", "\u{2192}");
    }
    for (cell, row) in grid.cells_mut("n").zip(rows) {
        cell.title.clone_from(&row.claim.note);
    }
    let caption = format!("{caption} Bold: agrees with the printed one.");
    table(label, caption, grid.columns, grid.rows, Some(write(rows, Format::Csv)))
}

/// The counts in words.
fn sentence(tally: &Tally) -> String {
    let parts: Vec<String> = Test::ALL
        .into_iter()
        .enumerate()
        .map(|(i, test)| {
            format!(
                "{} agree with the {} test ({} with it alone)",
                tally.with[i],
                test.words(),
                tally.only[i]
            )
        })
        .collect();
    let undefined = match tally.undefined {
        0 => String::new(),
        n => format!(", {n} cannot be recomputed"),
    };
    format!("of {}, {}; {} agree with none{undefined}", tally.all, parts.join(", "), tally.none)
}

/// A p that two figures print for the same task, though the bars differ.
fn repeats(rows: &[Rechecked]) -> impl Iterator<Item = String> {
    let pairs = rows.iter().enumerate().flat_map(|(index, a)| {
        let later = rows[index + 1..].iter();
        later.map(move |b| (a, b))
    });
    let same = |p: &PrintedP, q: &PrintedP| p.text == q.text;
    pairs
        .filter(move |(a, b)| {
            a.claim.source != b.claim.source
                && a.claim.context == b.claim.context
                && same(&a.claim.printed, &b.claim.printed)
        })
        .map(|(a, b)| {
            format!(
                "On {} the figures {} and {} print the same p, {}, for different pairs of bars: the \
                 first agrees with {}, the second with {}.",
                a.claim.context,
                a.claim.source,
                b.claim.source,
                a.claim.printed.text.trim_start_matches("p="),
                a.words(),
                b.words()
            )
        })
        .collect::<Vec<_>>()
        .into_iter()
}
