//! What would decide what is open.
//!
//! Of a difference pooled over tasks: further tasks, by the t interval of their
//! mean with the standard error after Hartung and Knapp, if estimate and spread
//! between tasks stayed as they are. Of one task: further runs, as the tests say.
//! Lower limits for planning, not promises ([`crate::stats::power`]).

use super::Answer;
use super::finding::{Finding, Ground};
use super::pair::PairAnswer;
use super::voice::Voice;
use crate::compare::types::Comparison;
use crate::scores::{Unit, Verdict};
use crate::stats::power::further_pairs;
use crate::text::{Phrase, phrase};

/// More than this nobody runs.
const MOST: usize = 100;

/// What it would take, for the open pair that is nearest to the top.
pub(super) fn outlook(answer: &Answer, main: &Comparison, voice: &Voice<'_>) -> Option<Phrase> {
    let open = |pair: &&PairAnswer| pair.verdict() == Some(Verdict::Inconclusive);
    let place = |name: &str| answer.standings.levels.iter().position(|level| level == name);
    let pair = answer
        .pairs
        .iter()
        .filter(open)
        .min_by_key(|pair| (place(&pair.level), place(&pair.reference)))?;
    let found = pair.overall.as_ref()?;
    let margin = voice.options.margin.unwrap_or(0.0);
    let (n, what) = match found.ground {
        Ground::TasksLikeThese => {
            (further_tasks(found, answer, margin, voice)?, "tasks like these")
        }
        Ground::OneTask => (further_runs(pair, main)?, runs(main)),
        Ground::TheseTasks => return None,
    };
    let [level, reference] = [&pair.level, &pair.reference].map(|name| (voice.level)(name));
    let between = format!("between {level} and {reference}");
    if n > MOST {
        let most = Voice::count(&["answer", "outlook"], "more_than", MOST, "what nobody runs");
        return Some(phrase![
            "More than ",
            most,
            format!(
                " further {what} would be needed to decide {between}, with the difference and its \
                 spread as they are."
            )
        ]);
    }
    let how = "lower limit, if estimate and spread stayed as they are";
    let row = ["answer", "outlook"];
    let n_bound = Voice::count(&row, "further", n, how);
    let (head, what) = match (n, what.strip_suffix('s')) {
        (1, Some(one)) if found.ground == Ground::OneTask => ("One", one.to_string()),
        _ => ("", what.to_string()),
    };
    let mut text = Phrase::default();
    if head.is_empty() {
        text.push("About ");
        text.push(n_bound);
        text.push(format!(" further {what} would decide {between}"));
    } else {
        text.push(format!("{head} further {what} would decide {between}"));
    }
    Some(phrase![text, ", if the difference and its spread stayed as they are."])
}

fn further_tasks(
    found: &Finding,
    answer: &Answer,
    margin: f64,
    voice: &Voice<'_>,
) -> Option<usize> {
    let spread = found.standard_error? * (found.tasks as f64).sqrt();
    let family = match voice.options.adjustment {
        crate::spec::FamilyAdjustment::None => 1,
        _ => answer.pairs.len(),
    };
    let confidence = 1.0 - voice.options.alpha / family as f64;
    further_pairs(found.tasks, found.difference, spread, margin, confidence)
        .any()
        .copied()
        .filter(|n| *n > 0)
}

/// Of a pair with one test: what it says.
fn further_runs(pair: &PairAnswer, main: &Comparison) -> Option<usize> {
    let sides = [&pair.level, &pair.reference];
    let mut rows = main
        .rows
        .iter()
        .filter(|row| sides.contains(&&row.level) && sides.contains(&&row.reference));
    let row = rows.next()?;
    if rows.next().is_some() {
        return None;
    }
    row.further_runs.filter(|n| *n > 0)
}

fn runs(main: &Comparison) -> &'static str {
    match main.unit() {
        Unit::Cases => "test cases",
        _ => "runs per side",
    }
}
