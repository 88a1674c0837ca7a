//! Combinations of levels that a nearly complete design lacks.

use std::collections::HashSet;

use super::body::{Body, codes_of};
use crate::text::percent;

/// Combinations that are named; more are counted.
const MOST_NAMED: usize = 4;
/// A design of more combinations is not gone through.
const MOST_COMBINATIONS: usize = 100_000;

/// Says which combinations of levels have no results, where most have some: a lost run
/// is easily overlooked, and what it belongs to is compared with less. A design that was
/// never crossed has no holes.
pub(super) fn holes(body: &Body) -> Option<String> {
    let fractions = codes_of(&body.fraction);
    let mut shares: Vec<String> = Vec::new();
    for (code, fraction) in fractions.iter().zip(&body.fraction) {
        if *code as usize == shares.len() {
            shares.push(percent(*fraction));
        }
    }
    let mut factors: Vec<(&str, &[u32], &[String])> = vec![
        ("task", &body.task.codes, &body.task.names),
        ("model", &body.model.codes, &body.model.names),
        ("init", &body.init.codes, &body.init.names),
        ("label fraction", &fractions, &shares),
    ];
    factors.extend(
        body.others
            .iter()
            .map(|(name, of)| (name.as_str(), of.codes.as_slice(), of.names.as_slice())),
    );
    factors.retain(|(_, _, names)| names.len() > 1);
    let all = factors.iter().try_fold(1_usize, |all, (_, _, names)| {
        all.checked_mul(names.len()).filter(|all| *all <= MOST_COMBINATIONS)
    })?;
    let of = |row: usize| -> Vec<u32> { factors.iter().map(|(_, codes, _)| codes[row]).collect() };
    let found: HashSet<Vec<u32>> = (0..body.len()).map(of).collect();
    if found.len() == all || found.len() * 3 < all * 2 {
        return None;
    }
    let mut named = Vec::new();
    for number in 0..all {
        let combination = combination(number, &factors);
        if !found.contains(&combination) && named.len() < MOST_NAMED {
            let levels = combination.iter().zip(&factors);
            let levels: Vec<&str> =
                levels.map(|(code, (_, _, names))| names[*code as usize].as_str()).collect();
            named.push(levels.join(" / "));
        }
    }
    let missing = all - found.len();
    let names: Vec<&str> = factors.iter().map(|(name, ..)| *name).collect();
    let more = missing.saturating_sub(named.len());
    let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
    let have = if missing == 1 { "has" } else { "have" };
    Some(format!(
        "{missing} of {all} combinations of {} {have} no results: {}{rest}",
        crate::text::listed(&names.iter().map(ToString::to_string).collect::<Vec<_>>()),
        named.join("; ")
    ))
}

/// The combination of this number, the last factor going round first.
fn combination(mut number: usize, factors: &[(&str, &[u32], &[String])]) -> Vec<u32> {
    let mut codes: Vec<u32> = Vec::with_capacity(factors.len());
    for (_, _, names) in factors.iter().rev() {
        codes.push((number % names.len()) as u32);
        number /= names.len();
    }
    codes.reverse();
    codes
}
