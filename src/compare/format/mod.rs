//! A comparison as text, CSV, Markdown, LaTeX or JSON.

mod analysis;
mod answer;
mod cases;
mod claims;
pub(crate) mod columns;
mod csv;
mod json;
mod latex;
mod latex_table;
mod markdown;
mod summary_table;
mod test_table;
mod text;

pub use answer::answer_sentences;
pub use cases::{cases_table, classes_table};
pub use claims::{claims_table, robustness_table};
pub use latex_table::{longtable, tabular};
pub use markdown::{escape as markdown_text, table as markdown_table};
pub use summary_table::summary_table;
pub use test_table::test_table;

use std::str::FromStr;

use super::analysis::Analysis;
use super::error::CompareError;
use super::types::Comparison;
use crate::scores::Factor;
use crate::text::{Table, listed, percent};

/// How a comparison is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Format {
    Text,
    Csv,
    Markdown,
    Latex,
    Json,
}

impl FromStr for Format {
    type Err = CompareError;

    fn from_str(text: &str) -> Result<Self, CompareError> {
        match text {
            "text" => Ok(Self::Text),
            "csv" => Ok(Self::Csv),
            "md" | "markdown" => Ok(Self::Markdown),
            "latex" | "tex" => Ok(Self::Latex),
            "json" => Ok(Self::Json),
            other => Err(CompareError::UnknownFormat { got: other.into() }),
        }
    }
}

/// The analysis in a format, ending in a line break; CSV holds the tests of the
/// comparison alone.
pub fn write(analysis: &Analysis, format: Format) -> String {
    match format {
        Format::Text => text::write(analysis),
        Format::Csv => comparison_csv(&analysis.comparison),
        Format::Markdown => markdown::write(analysis),
        Format::Latex => latex::write(analysis),
        Format::Json => json::write(analysis),
    }
}

/// A table of its own with notes under it, as text, Markdown or LaTeX. CSV and
/// JSON have forms of their own: text is written for them.
pub fn write_table(table: &Table, notes: &[String], format: Format) -> String {
    let (mut out, mark) = match format {
        Format::Markdown => (markdown::table(table), "- "),
        Format::Latex => (format!("% needs \\usepackage{{booktabs}}\n{}", tabular(table)), "% "),
        Format::Text | Format::Csv | Format::Json => (table.aligned(), ""),
    };
    out.push('\n');
    for note in notes {
        out += &format!("{mark}{}\n", note.replace('\n', " "));
    }
    out
}

/// The tests of a comparison as CSV.
pub fn comparison_csv(comparison: &Comparison) -> String {
    csv::write(comparison)
}

/// The metric with its direction and what a row is; then why nothing is called
/// better, where nobody knows which end is good.
fn heading(comparison: &Comparison) -> Vec<String> {
    let metric = &comparison.options.metric;
    let cells = comparison.cells.iter().map(|summary| &summary.cell);
    let mut per = Factor::of_all(cells);
    per.push(Factor::new(Factor::LABEL_FRACTION));
    let per: Vec<String> = per.iter().map(|factor| factor.name().replace('_', " ")).collect();
    let first = format!("{} per {}", metric.in_full(), listed(&per));
    std::iter::once(first).chain(metric.undirected()).collect()
}

/// Footnotes of all tables.
fn all_footnotes(analysis: &Analysis) -> Vec<String> {
    let options = &analysis.comparison.options;
    let mut notes = footnotes(&analysis.comparison);
    notes.extend(claims::claim_notes(&analysis.claims, options));
    notes.extend(analysis.further_notes());
    notes
}

/// Footnotes: what was done, and what should be known.
fn footnotes(comparison: &Comparison) -> Vec<String> {
    let options = &comparison.options;
    let families = match &comparison.families[..] {
        [] | [_] => "one family".to_string(),
        several => format!("{} families", several.len()),
    };
    let mut notes = vec![format!(
        "{} adjustment over {} {} ({families}); two-sided, alpha {}; {}; single intervals at {}.",
        comparison.adjustment,
        comparison.family_size,
        if comparison.family_size == 1 { "test" } else { "tests" },
        options.alpha,
        options.metric.better.words(),
        percent(options.confidence)
    )];
    if let Some(margin) = options.margin {
        notes.push(format!("Equivalent within {margin}: {}.", super::equivalence_rule(options)));
    }
    notes.extend(comparison.further_notes().cloned());
    for row in &comparison.rows {
        for note in &row.notes {
            notes.push(format!(
                "{}: {} against {}: {note}.",
                row.block.words(),
                row.level,
                row.reference
            ));
        }
    }
    for summary in &comparison.cells {
        let cell = &summary.cell;
        for note in &summary.notes {
            notes.push(format!("{}: {note}.", cell.words()));
        }
    }
    notes
}
