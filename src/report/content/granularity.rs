//! Granularities of pretraining labels as a question of their own.

use super::arrange::{note, paragraph, section};
use super::efficiency::table;
use super::origins::pair;
use crate::compare::TestKind;
use crate::compare::granularity::{self, pooled_sentence};
use crate::report::bound::Origin;
use crate::report::document::{Block, Section};
use crate::report::load::ReportInput;
use crate::report::sentence::{Known, bound_sentence};

/// The section, where there are several granularities.
pub(super) fn granularity(input: &ReportInput) -> Option<Section> {
    let analysis = input.analysis.granularity.as_ref()?;
    if analysis.pooled.is_empty() {
        return None;
    }
    let overall = analysis.pooled.iter().filter(|pooled| pooled.scope.overall);
    let mut blocks: Vec<Block> = overall
        .map(|pooled| {
            let sentence = format!("Overall: {}.", pooled_sentence(pooled, &analysis.options));
            let pair = pair(&pooled.level, &pooled.reference);
            let origin = Origin::new(&["granularity", &pair]).n(format!("{} tasks", pooled.k));
            let ends = pooled.difference.bounds();
            let entry = &pooled.test.entry;
            let test = entry.test.map_or_else(String::new, TestKind::title);
            let pool = "random effects over tasks, Hartung-Knapp";
            let known = [
                Known::new("tasks", Some(pooled.k as f64), "tasks that were pooled"),
                Known::new("difference", pooled.difference.point(), pool),
                Known::new("low", ends.map(|i| i.low), pool),
                Known::new("high", ends.map(|i| i.high), pool),
                Known::new("adjusted_p", entry.adjusted_p.or(entry.p), &test),
                Known::new("tau", pooled.tau_squared.map(f64::sqrt), "spread between tasks"),
                Known::share("i_squared", pooled.i_squared, "share of variation between tasks"),
            ];
            paragraph(bound_sentence(&sentence, &origin, "contrast of granularities", &known))
        })
        .collect();
    blocks.push(table(
        "tab-granularity",
        "Granularities of the pretraining labels against each other: the contrast of each task, \
         and its random-effects summary over tasks.",
        &granularity::table(analysis),
    ));
    blocks.extend(analysis.footnotes().iter().map(|text| note(text)));
    Some(section("granularity", "Pretraining granularity", blocks))
}
