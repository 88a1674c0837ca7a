//! The answer over all tasks: what a study was made for.

use super::answers_table::answers_block;
use super::arrange::{paragraph, section};
use super::notes::notes;
use super::origins::pair;
use crate::compare::TestKind;
use crate::compare::pooled::{Pooled, PooledAnalysis, Question, pooled_sentence, within_sentence};
use crate::report::bound::Origin;
use crate::report::document::{Block, Section};
use crate::report::load::ReportInput;
use crate::report::sentence::{Known, bound_sentence};
use crate::scores::Unit;

/// The section, where there is something to pool.
pub(super) fn over_tasks(input: &ReportInput) -> Option<Section> {
    let analysis = input.analysis.pooled.as_ref()?;
    let main = &input.comparisons[0];
    let within = match main.unit() {
        _ if main.cells.iter().any(|cell| cell.cell.summary.is_some()) => "",
        unit => &format!(" within each {}", unit.singular()),
    };
    let several = analysis.pooled.iter().any(|pooled| pooled.tasks.len() > 1);
    let is_of_tasks = |pooled: &Pooled| pooled.test.entry.test == Some(TestKind::PairedT);
    let (text, caption) = if analysis.pooled.iter().any(is_of_tasks) {
        (
            "Each task has one run of a side, so tasks are the replications: contrasts are taken \
             per task, averaged over the other factors, and tested over tasks ([[tab-answers]])."
                .to_string(),
            "Every pair over all tasks, by paired t tests over tasks. Same sign: tasks whose own \
             difference has the sign of their mean.",
        )
    } else if several {
        (
            format!(
                "Contrasts are taken per task, averaged over the other factors{within}. Random \
                 effects over tasks ask what holds for tasks like these; the mean over the tasks \
                 studied asks what holds on these. [[tab-answers]] has both."
            ),
            if main.unit() == Unit::Seeds && !within.is_empty() { SEEDS } else { STRATA },
        )
    } else {
        (
            format!(
                "There is one task. [[tab-answers]] has the contrasts on it, averaged over the other \
                 factors{within}."
            ),
            "Every pair over the other factors, on the only task.",
        )
    };
    let mut blocks = vec![paragraph(text), answers_block(analysis, caption)];
    blocks.extend(notes("answer", &input.comparisons[0], analysis.footnotes()));
    Some(section("answer", analysis.heading(), blocks))
}

/// What the columns of the table are, where runs of one seed are pairs on all tasks.
const SEEDS: &str = "Every pair over all tasks. Tasks like these: random effects over tasks \
                     (Hartung-Knapp), with the standard deviation between tasks (tau), its share of \
                     the variation (I^2) and the interval of the difference on a further task. \
                     These tasks: the mean over the tasks studied, within seeds where all tasks \
                     share them. Same sign: tasks whose own difference has the sign of the summary.";
/// The same where tasks are independent strata.
const STRATA: &str = "Every pair over all tasks. Tasks like these: random effects over tasks \
                      (Hartung-Knapp), with the standard deviation between tasks (tau), its share \
                      of the variation (I^2) and the interval of the difference on a further task. \
                      These tasks: the mean over the tasks studied, each a stratum. Same sign: \
                      tasks whose own difference has the sign of the summary.";

/// One pooled contrast in words, with every number bound.
pub(super) fn in_words(pooled: &Pooled, analysis: &PooledAnalysis) -> Block {
    let options = &analysis.options;
    let within = within_sentence(pooled, options).map_or(String::new(), |text| format!("; {text}"));
    bound(&format!("Overall: {}{within}.", pooled_sentence(pooled, options)), pooled, analysis)
}

/// A sentence about a pooled contrast with its numbers bound.
fn bound(sentence: &str, pooled: &Pooled, analysis: &PooledAnalysis) -> Block {
    let kind = match analysis.question {
        Question::Granularity => "granularity",
        Question::Factors => "answer",
    };
    let origin = Origin::new(&[kind, &pair(&pooled.level, &pooled.reference)]).n(format!(
        "{} {}",
        pooled.k,
        if pooled.k == 1 { "task" } else { "tasks" }
    ));
    let title =
        |test: &crate::compare::Test| test.entry.test.map_or_else(String::new, TestKind::title);
    let (pool, ends) = (title(&pooled.test), pooled.difference.bounds());
    let entry = &pooled.test.entry;
    let studied = pooled.studied();
    let mean = studied.map_or_else(String::new, |(_, test)| title(test));
    let of_mean = studied.and_then(|(difference, _)| difference.bounds());
    let mean_p = studied.and_then(|(_, test)| test.entry.adjusted_p.or(test.entry.p));
    let known = [
        Known::new("tasks", Some(pooled.k as f64), "tasks that were pooled"),
        Known::new("difference", pooled.difference.point(), &pool),
        Known::new("low", ends.map(|i| i.low), &pool),
        Known::new("high", ends.map(|i| i.high), &pool),
        Known::new("adjusted_p", entry.adjusted_p.or(entry.p), &pool),
        Known::new("tau", pooled.tau_squared.map(f64::sqrt), "spread between tasks"),
        Known::share("i_squared", pooled.i_squared, "share of variation between tasks"),
        Known::new("studied", studied.and_then(|(difference, _)| difference.point()), &mean),
        Known::new("studied_low", of_mean.map(|i| i.low), &mean),
        Known::new("studied_high", of_mean.map(|i| i.high), &mean),
        Known::new("studied_p", mean_p, &mean),
    ];
    paragraph(bound_sentence(sentence, &origin, "contrast over tasks", &known))
}
