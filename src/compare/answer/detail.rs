//! One pair of levels in two or three sentences.

use super::elsewhere::elsewhere;
use super::finding::{Finding, Ground};
use super::pair::{PairAnswer, Tally};
use super::voice::{Voice, listed};
use crate::compare::types::{Comparison, ComparisonRow};
use crate::scores::Verdict;
use crate::text::{Phrase, percent, phrase};

/// More exceptions than this are counted.
const MOST_EXCEPTIONS: usize = 3;

/// The difference, where it holds and where it does not.
pub(super) fn detail(pair: &PairAnswer, main: &Comparison, voice: &Voice<'_>) -> Phrase {
    let [level, reference] = [&pair.level, &pair.reference].map(|name| (voice.level)(name));
    let Some(found) = &pair.overall else { return tallied(pair, voice) };
    let of_pair = name(pair);
    let row = ["answer", &of_pair];
    let mut text = phrase![
        format!("{level} against {reference}: "),
        voice.by(&row, found),
        voice.evidence(&row, found)
    ];
    text.push(match (found.verdict, voice.options.margin) {
        (Some(Verdict::Equivalent), Some(margin)) => {
            phrase![", equivalent within ", Voice::margin(&row, margin), "."]
        }
        (Some(Verdict::Inconclusive), _) => ", which leaves it open.".into(),
        (None, _) => ", without a verdict.".into(),
        _ => ".".into(),
    });
    if let Some(beside) = &pair.beside {
        let row = ["answer", &of_pair, "beside"];
        text.push(match beside.ground {
            Ground::TheseTasks => phrase![
                " On the tasks studied alone ",
                voice.by(&row, beside),
                voice.evidence(&row, beside),
                "."
            ],
            _ if beside.verdict.is_none() => " For other tasks like these there is no test.".into(),
            _ => {
                phrase![" For other tasks like these it is open", voice.evidence(&row, beside), "."]
            }
        });
    }
    text.push(by_fraction(pair, voice));
    text.push(by_task(pair, found, voice));
    text.push(singles(pair, found, main, voice));
    text.push(elsewhere(pair, &of_pair, counts, voice));
    text
}

/// `fine-coarse`.
fn name(pair: &PairAnswer) -> String {
    super::pair_slug(&pair.level, &pair.reference)
}

fn word(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::Inconclusive) => "open",
        Some(verdict) => verdict.word(),
        None => "without a verdict",
    }
}

/// ` Better at every label fraction, most at 5 % (+0.170), least at 100 % (+0.055).`
fn by_fraction(pair: &PairAnswer, voice: &Voice<'_>) -> Phrase {
    let Some(first) = pair.parts.first() else { return Phrase::default() };
    if pair.parts.len() < 2 {
        return Phrase::default();
    }
    let same = pair.parts.iter().all(|(_, found)| found.verdict == first.1.verdict);
    let head = if same {
        format!("{} at every label fraction", word(first.1.verdict)).into()
    } else {
        let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
        for (fraction, found) in &pair.parts {
            let word = word(found.verdict);
            match groups.iter_mut().find(|(known, _)| *known == word) {
                Some((_, fractions)) => fractions.push(percent(*fraction)),
                None => groups.push((word, vec![percent(*fraction)])),
            }
        }
        let mut said = Phrase::default();
        for (word, at) in groups {
            said.push(if said.is_empty() { "" } else { ", " });
            said.push(phrase![format!("{word} at "), listed(at)]);
        }
        said
    };
    let size = |(_, found): &&(f64, Finding)| found.difference;
    let most = pair.parts.iter().max_by(|a, b| size(a).abs().total_cmp(&size(b).abs()));
    let least = pair.parts.iter().min_by(|a, b| size(a).abs().total_cmp(&size(b).abs()));
    let of_pair = name(pair);
    let mut text = phrase![" ", head.capital()];
    for (word, part) in [(", largest", most), (", smallest", least)] {
        if let Some((fraction, found)) = part {
            let at = percent(*fraction);
            let row = ["answer", &of_pair, &at];
            text.push(phrase![format!("{word} at {at} ("), voice.signed(&row, found), ")"]);
        }
    }
    text.push(".");
    text
}

/// ` Ahead on 3 of 4 tasks, behind on skin (-0.020).`
fn by_task(pair: &PairAnswer, overall: &Finding, voice: &Voice<'_>) -> Phrase {
    if pair.tasks.len() < 2 || overall.ground == Ground::OneTask {
        return Phrase::default();
    }
    let sign = overall.difference.signum();
    let contrary: Vec<&(String, Finding)> =
        pair.tasks.iter().filter(|(_, found)| sign * found.difference < 0.0).collect();
    let of_pair = name(pair);
    let row = ["answer", &of_pair];
    let n = pair.tasks.len();
    let same = pair.tasks.iter().filter(|(_, found)| sign * found.difference > 0.0).count();
    let all = Voice::count(&row, "all_tasks", n, "tasks with a difference");
    if contrary.is_empty() && same == n {
        return phrase![" The difference has this sign on all ", all, " tasks."];
    }
    let how = "tasks whose own difference has the sign of the overall one";
    let mut text = phrase![
        " The difference has this sign on ",
        Voice::count(&row, "same_sign", same, how),
        " of ",
        all,
        " tasks"
    ];
    if contrary.len() > MOST_EXCEPTIONS {
        let names: Vec<&str> = contrary.iter().map(|(task, _)| task.as_str()).collect();
        text.push(phrase!["; not on ", voice.tasks(&names)]);
    } else {
        for (at, (task, found)) in contrary.iter().enumerate() {
            text.push(if at == 0 { "; not on " } else { ", " });
            text.push(format!("{} (", (voice.task)(task)));
            text.push(voice.signed(&["answer", &of_pair, task], found));
            let decided = found.verdict.filter(|verdict| verdict.is_decided());
            text.push(decided.map_or_else(String::new, |verdict| format!(", {verdict}")));
            text.push(")");
        }
    }
    text.push(".");
    text
}

/// ` Single comparisons: better in 30 of 36, worse in 1 (chest with Swin-T at 5 %).`
fn singles(pair: &PairAnswer, overall: &Finding, main: &Comparison, voice: &Voice<'_>) -> Phrase {
    if pair.tally.all < 2 || pair.tally.tested() == 0 {
        return Phrase::default();
    }
    let mut text = phrase![
        " Single comparisons: ",
        counts(&["answer", &name(pair), "single"], &pair.tally, voice)
    ];
    let contrary = |row: &&ComparisonRow| {
        let facing = if row.level == pair.level && row.reference == pair.reference {
            row.difference
        } else if row.level == pair.reference && row.reference == pair.level {
            row.difference.map(|d| -d)
        } else {
            None
        };
        let decided = row.verdict.is_some_and(Verdict::is_decided);
        decided && facing.is_some_and(|d| d * overall.difference < 0.0)
    };
    let exceptions: Vec<String> =
        main.rows.iter().filter(contrary).map(|row| (voice.place)(&row.block)).collect();
    if !exceptions.is_empty() && overall.verdict.is_some_and(Verdict::is_decided) {
        text.push(phrase!["; the other way round on ", listed(exceptions)]);
    }
    text.push(".");
    text
}

/// `better in 30 of 36, worse in 1, open in 5`.
fn counts(row: &[&str], tally: &Tally, voice: &Voice<'_>) -> Phrase {
    let words =
        if voice.options.metric.is_directed() { ["better", "worse"] } else { ["higher", "lower"] };
    let untested = tally.all - tally.tested();
    let groups = [
        ("better", words[0], tally.better),
        ("worse", words[1], tally.worse),
        ("equivalent", "equivalent", tally.equivalent),
        ("open", "open", tally.open),
        ("untested", "without a verdict", untested),
    ];
    let mut text = Phrase::default();
    for (name, word, n) in groups.into_iter().filter(|(_, _, n)| *n > 0) {
        let first = text.is_empty();
        text.push(if first { "" } else { ", " });
        let n = Voice::count(row, name, n, "single tests by their verdict");
        text.push(phrase![format!("{word} in "), n]);
        if first {
            let all = Voice::count(row, "all", tally.all, "single comparisons of the pair");
            text.push(phrase![" of ", all]);
        }
    }
    text
}

/// A pair of which nothing is known overall.
pub(super) fn tallied(pair: &PairAnswer, voice: &Voice<'_>) -> Phrase {
    let [level, reference] = [&pair.level, &pair.reference].map(|name| (voice.level)(name));
    let metric = voice.options.metric.title();
    let of_pair = name(pair);
    if pair.tally.tested() > 0 {
        return phrase![
            format!("{level} against {reference}, in {metric}: "),
            counts(&["answer", &of_pair, "single"], &pair.tally, voice),
            " single comparisons.",
            elsewhere(pair, &of_pair, counts, voice)
        ];
    }
    if pair.tally.ahead + pair.tally.behind == 0 {
        return Phrase::default();
    }
    let row = ["answer", &of_pair, "single"];
    let ahead = if voice.options.metric.is_directed() { "better" } else { "higher" };
    let how = "comparisons in which the mean of the level is on this side";
    phrase![
        format!("{level} has the {ahead} mean in "),
        Voice::count(&row, "ahead", pair.tally.ahead, how),
        " of ",
        Voice::count(&row, "all", pair.tally.all, "single comparisons of the pair"),
        format!(
            "{} with {reference}.",
            if pair.tally.all == 1 { " comparison" } else { " comparisons" }
        )
    ]
}
