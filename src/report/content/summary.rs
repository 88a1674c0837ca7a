//! The first paragraphs: what was found, and how far to trust it.

use super::arrange::{paragraph, section};
use crate::compare::format::{self, fixed, percent};
use crate::report::document::Section;
use crate::report::load::ReportInput;
use crate::spec::Study;

pub(super) fn summary(input: &ReportInput, study: Option<&Study>) -> Section {
    let main = &input.comparisons[0];
    let mut blocks = Vec::new();
    if let Some(description) = study.and_then(|s| s.study.description.clone()) {
        blocks.push(paragraph(description));
    }
    let alpha = main.options.alpha;
    let tested: Vec<_> =
        main.rows.iter().filter_map(|row| row.adjusted_p.map(|p| (row, p))).collect();
    let significant: Vec<_> = tested.iter().filter(|(_, p)| *p < alpha).collect();
    blocks.push(paragraph(if tested.is_empty() {
        "No comparison could be tested; [[tab-summary]] has the means.".into()
    } else if significant.is_empty() {
        format!(
            "None of the {} comparisons of {} is significant after {} adjustment at alpha {alpha}. \
             That is no evidence of equality: the intervals in [[tab-tests]] show which \
             differences the data leave open.",
            tested.len(),
            main.options.metric,
            main.adjustment
        )
    } else {
        let list: Vec<String> = significant
            .iter()
            .take(6)
            .map(|(row, p)| {
                format!(
                    "{} against {} on {} at {} ({}, adjusted p {})",
                    row.level,
                    row.reference,
                    row.task,
                    percent(row.label_fraction),
                    signed(row.difference),
                    format::p_value(Some(*p))
                )
            })
            .collect();
        let rest = significant.len().saturating_sub(6);
        let more =
            if rest > 0 { format!("; and {rest} more in [[tab-tests]]") } else { String::new() };
        format!(
            "{} of the {} comparisons of {} are significant after {} adjustment at alpha {alpha}: \
             {}{more}. All are in [[tab-tests]].",
            significant.len(),
            tested.len(),
            main.options.metric,
            main.adjustment,
            list.join("; ")
        )
    }));
    let fewest = main.cells.iter().map(|cell| cell.n).min().unwrap_or(0);
    if fewest < 5 && !tested.is_empty() {
        blocks.push(paragraph(format!(
            "With as few as {fewest} seeds per cell only large effects can become significant; \
             [[tab-tests]] shows at each verdict what could have been found. Read the seeds \
             themselves in the figures."
        )));
    }
    section("summary", "Summary", blocks)
}

fn signed(value: Option<f64>) -> String {
    match value {
        Some(v) if v > 0.0 => format!("+{}", fixed(value, 4)),
        _ => fixed(value, 4),
    }
}
