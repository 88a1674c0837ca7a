//! What becomes of a difference on further test sets, which count in no average.

use super::pair::{PairAnswer, Tally};
use super::voice::Voice;
use crate::text::{Phrase, phrase};

/// More sets than this are counted together.
const MOST_NAMED: usize = 3;

/// ` On further test sets, single comparisons: better in 3 of 4 on hospital B, open
/// in 2 of 2 on ward.`
pub(super) fn elsewhere(
    pair: &PairAnswer,
    of_pair: &str,
    counts: impl Fn(&[&str], &Tally, &Voice<'_>) -> Phrase,
    voice: &Voice<'_>,
) -> Phrase {
    let tested: Vec<&(String, Tally)> =
        pair.elsewhere.iter().filter(|(_, tally)| tally.tested() > 0).collect();
    let mut text = Phrase::default();
    if tested.is_empty() {
        return text;
    }
    if tested.len() > MOST_NAMED {
        let mut all = Tally::default();
        for (_, tally) in &tested {
            all.add(tally);
        }
        let row = ["answer", of_pair, "further sets"];
        let sets = Voice::count(&row, "sets", tested.len(), "further test sets");
        return phrase![" On ", sets, " further test sets: ", counts(&row, &all, voice), "."];
    }
    for (at, (set, tally)) in tested.into_iter().enumerate() {
        text.push(if at == 0 { " On further test sets: " } else { "; " });
        let row = ["answer", of_pair, set];
        text.push(phrase![counts(&row, tally, voice), format!(" on {}", (voice.task)(set))]);
    }
    text.push(".");
    text
}
