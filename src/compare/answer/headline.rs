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
            format!("In {metric} the mean of {level} is ahead of that of {reference}, untested")
        }
    };
    (said.into(), Phrase::default())
}

fn against_baseline(pairs: &[PairAnswer], baseline: &str, voice: &Voice<'_>) -> Said {
    let of = |wanted: fn(Option<Verdict>) -> bool| -> Vec<&str> {
        let chosen = pairs.iter().filter(|pair| wanted(pair.verdict()));
        chosen.map(|pair| pair.level.as_str()).collect()
    };
    let wins = of(|v| matches!(v, Some(Verdict::Better | Verdict::Higher)));
    let loses = of(|v| matches!(v, Some(Verdict::Worse | Verdict::Lower)));
    let equal = of(|v| v == Some(Verdict::Equivalent));
    let open = of(|v| v == Some(Verdict::Inconclusive));
    let untested = of(|v| v.is_none());
    let directed = voice.options.metric.is_directed();
    let words = if directed { ["better", "worse"] } else { ["higher", "lower"] };
    let groups = [
        (wins, words[0]),
        (loses, words[1]),
        (equal, "equivalent"),
        (open, "open"),
        (untested, "untested"),
    ];
    let said: Vec<String> = groups
        .into_iter()
        .filter(|(levels, _)| !levels.is_empty())
        .map(|(levels, word)| {
            let verb = if levels.len() == 1 { "is" } else { "are" };
            format!("{} {verb} {word}", voice.names(&levels))
        })
        .collect();
    let baseline = (voice.level)(baseline);
    let metric = voice.options.metric.title();
    (format!("Against {baseline}, in {metric}: {}", said.join("; ")).into(), Phrase::default())
}

fn of_several(answer: &Answer, voice: &Voice<'_>) -> Said {
    let standings = &answer.standings;
    let (levels, plural) = (&standings.levels, voice.options.factors.plural());
    let name = |at: &usize| levels[*at].as_str();
    let (metric, wins) = (voice.options.metric.title(), voice.wins());
    let unbeaten = standings.unbeaten();
    let is_beaten_by_all =
        |at: &usize| unbeaten.iter().all(|w| standings.beaten_by(*w).contains(at));
    let beaten: Vec<usize> = (0..levels.len()).filter(|at| !unbeaten.contains(at)).collect();
    let n = levels.len();
    if unbeaten.len() == n {
        let said = if standings.are_equivalent(&unbeaten) {
            format!("The {n} {plural} are equivalent in {metric}")
        } else {
            format!("None of the {n} {plural} is shown to be {wins} than another in {metric}")
        };
        return (said.into(), Phrase::default());
    }
    if let [best] = unbeaten[..] {
        let superlative = if wins == "better" { "best" } else { "highest" };
        if standings.beaten_by(best).len() == n - 1 {
            let others: Vec<&str> = beaten.iter().map(name).collect();
            let said = format!(
                "{} is the {superlative} of the {n} {plural} in {metric}: {wins} than {}",
                (voice.level)(name(&best)),
                voice.names(&others)
            );
            return (said.into(), Phrase::default());
        }
    }
    if unbeaten.len() <= 4 && beaten.iter().all(is_beaten_by_all) {
        let top: Vec<&str> = unbeaten.iter().map(name).collect();
        let others: Vec<&str> = beaten.iter().map(name).collect();
        let (both, which) = match top.len() {
            1 => (" is", String::new()),
            2 if standings.are_equivalent(&unbeaten) => {
                (" are both", "; the two are equivalent".into())
            }
            2 => (" are both", format!("; which of the two is {wins} stays open")),
            _ if standings.are_equivalent(&unbeaten) => {
                (" are each", "; between them they are equivalent".into())
            }
            _ => (" are each", format!("; which of them is {} stays open", superlative(wins))),
        };
        let said =
            format!("{}{both} {wins} than {} in {metric}", voice.names(&top), voice.names(&others));
        return (said.into(), which.into());
    }
    let first = unbeaten[0];
    let won: Vec<&str> = standings.beaten_by(first).iter().map(|at| levels[*at].as_str()).collect();
    let open: Vec<&str> = unbeaten[1..].iter().map(name).collect();
    let lead =
        format!("{} comes first of the {n} {plural} in {metric}", (voice.level)(name(&first)));
    let rest = match (won.is_empty(), open.is_empty()) {
        (true, _) => {
            let shown = unbeaten.iter().find(|at| !standings.beaten_by(**at).is_empty());
            let but = shown.map_or_else(String::new, |at| {
                let beaten = standings.beaten_by(*at);
                let beaten: Vec<&str> = beaten.iter().map(name).collect();
                let level = (voice.level)(name(at));
                format!(", but {level} is shown to be {wins} than {}", voice.names(&beaten))
            });
            format!("; it is not shown to be {wins} than any other{but}")
        }
        (false, true) => format!("; it is shown to be {wins} than {}", voice.names(&won)),
        (false, false) => format!(
            "; it is shown to be {wins} than {}, but not than {}",
            voice.names(&won),
            voice.names(&open)
        ),
    };
    (lead.into(), rest.into())
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
            format!(
                "the mean of {} is ahead of that of {}",
                (voice.level)(one),
                (voice.level)(other)
            )
        }
        [first, .., last] => format!(
            "by their means {} comes first and {} last of the {} {}",
            (voice.level)(first),
            (voice.level)(last),
            levels.len(),
            voice.options.factors.plural()
        ),
        _ => return Phrase::default(),
    };
    if answer.pairs.iter().any(|pair| pair.tally.tested() > 0) {
        return phrase![
            format!("In {metric} {order}; there is no test over all of them, only single ones"),
            answer.place(voice),
            "."
        ];
    }
    let moved = answer.pairs.iter().any(|pair| pair.tally.ahead + pair.tally.behind > 0);
    if !moved {
        return format!("No difference in {metric} could be tested, and no means differ.").into();
    }
    phrase![format!("No difference in {metric} could be tested; {order}"), answer.place(voice), "."]
}

impl Answer {
    /// `, over 4 tasks, 3 models and 3 label fractions`.
    fn place(&self, voice: &Voice<'_>) -> Phrase {
        let row = ["answer", "place"];
        let studied = self
            .pairs
            .iter()
            .filter(|pair| pair.verdict().is_some_and(|v| v != Verdict::Inconclusive))
            .filter_map(|pair| pair.overall.as_ref())
            .any(|found| found.ground == Ground::TheseTasks);
        let mut parts: Vec<Phrase> = Vec::new();
        for (name, n, plural) in &self.averaged {
            let count = Voice::count(&[row[0], row[1], plural], name, *n, "levels in the results");
            parts.push(if *name == "tasks" && studied {
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
