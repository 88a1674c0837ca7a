//! The first sentence: who wins.

use super::Answer;
use super::finding::Ground;
use super::pair::PairAnswer;
use super::voice::Voice;
use crate::scores::Verdict;
use crate::text::{Phrase, phrase};

/// Who is better than whom, in one sentence.
pub(super) fn headline(answer: &Answer, voice: &Voice<'_>) -> Phrase {
    if answer.pairs.iter().all(|pair| pair.overall.is_none()) {
        return untested(answer, voice);
    }
    let place = answer.place(voice);
    let said = match (&answer.pairs[..], voice.options.baseline()) {
        ([pair], _) => of_two(pair, voice),
        (pairs, Some(baseline)) => against_baseline(pairs, &baseline, voice),
        _ => of_several(answer, voice),
    };
    phrase![said.0, place, said.1, "."]
}

/// What stands before the place, and what after it.
type Said = (Phrase, Phrase);

fn of_two(pair: &PairAnswer, voice: &Voice<'_>) -> Said {
    let [level, reference] = [&pair.level, &pair.reference].map(|name| (voice.level)(name));
    let metric = voice.options.metric.title();
    let said = match pair.verdict() {
        Some(verdict) if verdict.is_decided() => {
            format!("{level} is {} than {reference} in {metric}", verdict.word())
        }
        Some(Verdict::Equivalent) => {
            format!("{level} and {reference} are equivalent in {metric}")
        }
        Some(_) => {
            let wins = voice.wins();
            format!("Whether {level} or {reference} is {wins} in {metric} stays open")
        }
        None => {
            format!(
                "In {metric} the mean of {level} is {} that of {reference}, untested",
                voice.ahead()
            )
        }
    };
    (said.into(), Phrase::default())
}

fn against_baseline(pairs: &[PairAnswer], baseline: &str, voice: &Voice<'_>) -> Said {
    let of = |wanted: fn(Option<Verdict>) -> bool| -> Vec<&str> {
        let chosen = pairs.iter().filter(|pair| wanted(pair.verdict()));
        chosen.map(|pair| pair.level.as_str()).collect()
    };
    let directed = voice.options.metric.is_directed();
    let words = if directed { ["better", "worse"] } else { ["higher", "lower"] };
    let groups = [
        (of(|v| matches!(v, Some(Verdict::Better | Verdict::Higher))), words[0]),
        (of(|v| matches!(v, Some(Verdict::Worse | Verdict::Lower))), words[1]),
        (of(|v| v == Some(Verdict::Equivalent)), "equivalent"),
        (of(|v| v == Some(Verdict::Inconclusive)), "open"),
        (of(|v| v.is_none()), "untested"),
    ];
    let metric = voice.options.metric.title();
    let mut said = phrase![format!("Against {}, in {metric}: ", (voice.level)(baseline))];
    let mut first = true;
    for (levels, word) in groups.into_iter().filter(|(levels, _)| !levels.is_empty()) {
        let verb = if levels.len() == 1 { " is " } else { " are " };
        said.push(if first { "" } else { "; " });
        said.push(phrase![voice.names(&levels), verb, word]);
        first = false;
    }
    (said, Phrase::default())
}

fn of_several(answer: &Answer, voice: &Voice<'_>) -> Said {
    let standings = &answer.standings;
    let n = standings.levels.len();
    let (metric, wins) = (voice.options.metric.title(), voice.wins());
    let unbeaten = standings.unbeaten();
    let all = || voice.of_all(n);
    if unbeaten.len() == n {
        let said = if standings.are_equivalent(&unbeaten) {
            phrase!["All ", all(), format!(" are equivalent in {metric}")]
        } else {
            phrase!["None ", all(), format!(" is shown to be {wins} than another in {metric}")]
        };
        return (said, Phrase::default());
    }
    let beaten: Vec<usize> = (0..n).filter(|at| !unbeaten.contains(at)).collect();
    let by_all = |at: &usize| unbeaten.iter().all(|w| standings.beaten_by(*w).contains(at));
    let names = |places: &[usize]| -> Phrase {
        let names: Vec<&str> = places.iter().map(|at| standings.levels[*at].as_str()).collect();
        voice.names(&names)
    };
    if !beaten.iter().all(by_all) || unbeaten.len() > MOST_TOP {
        return leading(answer, voice, &unbeaten);
    }
    if unbeaten.len() == 1 {
        let head = format!(" is the {} ", superlative(wins));
        let rest = format!(" in {metric}: {wins} than ");
        return (phrase![names(&unbeaten), head, all(), rest, names(&beaten)], Phrase::default());
    }
    let (both, which) = match (unbeaten.len(), standings.are_equivalent(&unbeaten)) {
        (2, true) => (" are both ", "; the two are equivalent".into()),
        (2, false) => (" are both ", format!("; which of the two is {wins} stays open")),
        (_, true) => (" are each ", "; they are equivalent to each other".into()),
        (_, false) => {
            (" are each ", format!("; which of them is {} stays open", superlative(wins)))
        }
    };
    let than = format!("{both}{wins} than ");
    (phrase![names(&unbeaten), than, names(&beaten), format!(" in {metric}")], which.into())
}

/// More levels than this at the top are no group that a sentence names.
const MOST_TOP: usize = 4;

/// Where some pairs are settled and others not: who comes first, and what that one
/// is shown to be better than.
fn leading(answer: &Answer, voice: &Voice<'_>, unbeaten: &[usize]) -> Said {
    let standings = &answer.standings;
    let (metric, wins) = (voice.options.metric.title(), voice.wins());
    let name = |at: &usize| standings.levels[*at].as_str();
    let names = |places: &[usize]| voice.names(&places.iter().map(name).collect::<Vec<_>>());
    let first = unbeaten[0];
    let won = standings.beaten_by(first);
    let lead = phrase![
        format!(
            "{} {} ",
            (voice.level)(name(&first)),
            if voice.options.metric.is_directed() { "comes first" } else { "has the highest mean" }
        ),
        voice.of_all(standings.levels.len()),
        format!(" in {metric}")
    ];
    let shown = format!("; it is shown to be {wins} than ");
    if !won.is_empty() {
        let mut rest = phrase![shown, names(&won)];
        if unbeaten.len() > 1 {
            rest.push(phrase![", but not than ", names(&unbeaten[1..])]);
        }
        return (lead, rest);
    }
    let mut rest = phrase![format!("; it is not shown to be {wins} than any other")];
    if let Some(at) = unbeaten.iter().find(|at| !standings.beaten_by(**at).is_empty()) {
        let level = (voice.level)(name(at));
        rest.push(format!(", but {level} is shown to be {wins} than "));
        rest.push(names(&standings.beaten_by(*at)));
    }
    (lead, rest)
}

fn superlative(wins: &str) -> &'static str {
    if wins == "better" { "best" } else { "highest" }
}

/// Where nothing is known overall: how the single comparisons came out, or the
/// means alone.
fn untested(answer: &Answer, voice: &Voice<'_>) -> Phrase {
    let metric = voice.options.metric.title();
    let levels = &answer.standings.levels;
    let order = match &levels[..] {
        [one, other] => {
            let [one, other] = [one, other].map(|level| (voice.level)(level));
            Phrase::from(format!("the mean of {one} is {} that of {other}", voice.ahead()))
        }
        [first, .., last] => {
            let [first, last] = [first, last].map(|level| (voice.level)(level));
            phrase![
                if voice.options.metric.is_directed() {
                    format!("by their means {first} comes first and {last} last ")
                } else {
                    format!("{first} has the highest mean and {last} the lowest ")
                },
                voice.of_all(levels.len())
            ]
        }
        _ => return Phrase::default(),
    };
    if answer.pairs.iter().any(|pair| pair.tally.tested() > 0) {
        return phrase![
            format!("In {metric} "),
            order,
            "; there is no test over all of them, only single ones",
            answer.place(voice),
            "."
        ];
    }
    let moved = answer.pairs.iter().any(|pair| pair.tally.ahead + pair.tally.behind > 0);
    if !moved {
        return format!("No difference in {metric} could be tested, and no means differ.").into();
    }
    phrase![format!("No difference in {metric} could be tested; "), order, answer.place(voice), "."]
}

impl Answer {
    /// `, over 4 tasks, 3 models and 3 label fractions`.
    fn place(&self, voice: &Voice<'_>) -> Phrase {
        let row = ["answer", "place"];
        let decided = self
            .pairs
            .iter()
            .filter(|pair| pair.verdict().is_some_and(|v| v != Verdict::Inconclusive))
            .filter_map(|pair| pair.overall.as_ref());
        let here: Vec<usize> = decided
            .filter(|found| found.ground == Ground::TheseTasks)
            .map(|found| found.tasks)
            .collect();
        let mut parts: Vec<Phrase> = Vec::new();
        for (name, n, plural) in &self.averaged {
            let count = Voice::count(&[row[0], row[1], plural], name, *n, "levels in the results");
            parts.push(if *name == "tasks" && here.iter().any(|tasks| tasks != n) {
                // Some pairs lack results on some of the tasks.
                "the tasks studied".into()
            } else if *name == "tasks" && !here.is_empty() {
                phrase!["the ", count, " tasks studied"]
            } else {
                phrase![count, format!(" {plural}")]
            });
        }
        let mut out = Phrase::default();
        let last = parts.len();
        for (at, part) in parts.into_iter().enumerate() {
            out.push(match at {
                0 => ", over ",
                at if at + 1 == last => " and ",
                _ => ", ",
            });
            out.push(part);
        }
        match (&self.only_task, out.is_empty()) {
            (Some(task), true) => format!(", on {}", (voice.task)(task)).into(),
            (Some(task), false) => phrase![format!(", on {}", (voice.task)(task)), out],
            (None, _) => out,
        }
    }
}
