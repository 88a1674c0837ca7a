//! One sentence per finding, for a report: lower case, without a full stop.
//!
//! Every sentence stands for itself: what cannot be said is said in words, with
//! the reason.

use super::censored::{Censored, CensoredInterval};
use super::crossing::Crossing;
use super::curves::CurveRow;
use super::efficiency::DataEfficiency;
use super::pair::PairRow;
use crate::compare::estimate::Estimate;
use crate::compare::family::p_words;
use crate::compare::format::{fixed, percent, percent_rounded};
use crate::compare::types::CompareOptions;
use crate::stats::Outcome;

/// "the score of fine rises with the labels on findings / resnet18: 0.0520
/// [0.0400, 0.0640] per tenfold labels (Page's trend test, adjusted p 0.003)".
pub fn trend_sentence(row: &CurveRow, options: &CompareOptions) -> String {
    let CurveRow { task, model, init, .. } = row;
    let Some(p) = row.trend.entry.adjusted_p.or(row.trend.entry.p) else {
        return format!(
            "whether the score of {init} rises with the labels on {task} / {model} is not tested: \
             {}",
            row.trend.entry.note
        );
    };
    let slope = written(&row.slope);
    let test = format!("Page's trend test, {}", p_words(&row.trend.entry));
    if p < options.alpha {
        format!(
            "the score of {init} rises with the labels on {task} / {model}: {slope} per tenfold \
             labels ({test})"
        )
    } else {
        format!(
            "that the score of {init} rises with the labels on {task} / {model} is not shown: \
             {slope} per tenfold labels ({test})"
        )
    }
}

/// "fine with 23 % [12 %, 41 %] of the labels reaches what random reaches with
/// all"; where it does not, also what the reference needs for the level's score.
pub fn efficiency_sentence(row: &PairRow) -> String {
    let PairRow { level, reference, .. } = row;
    let forward = match &row.efficiency {
        Outcome::Undefined { reason } => {
            return format!(
                "how many labels {level} needs for the score of {reference} cannot be said: \
                 {reason}"
            );
        }
        Outcome::Value { value } | Outcome::Degenerate { value, .. } => value,
    };
    let sentence = reaches(level, reference, forward);
    match (forward.fraction, row.reverse.any()) {
        (Censored::MoreThan(_), Some(back)) if !matches!(back.fraction, Censored::MoreThan(_)) => {
            format!("{sentence}; {}", reaches(reference, level, back))
        }
        _ => sentence,
    }
}

fn reaches(who: &str, whom: &str, found: &DataEfficiency) -> String {
    let all = found.target_fraction == 1.0;
    let target = if all { "all".into() } else { percent(found.target_fraction) };
    let what = format!("what {whom} reaches with {target}");
    let interval = found.interval.value();
    match found.fraction {
        Censored::MoreThan(_) | Censored::Open => {
            let [low, high] = found.studied.map(percent);
            let share = match interval {
                Some(i) => {
                    format!(" (it does in {} of the resamples)", percent_rounded(i.share_found))
                }
                None => String::new(),
            };
            format!(
                "{who} does not reach {what} in the studied range ({low} to {high} of the \
                 labels){share}"
            )
        }
        at => {
            let interval = share_interval(interval.filter(|i| i.adds_to(at)));
            format!("{who} with {}{interval} of the labels reaches {what}", at.share())
        }
    }
}

fn share_interval(interval: Option<&CensoredInterval>) -> String {
    interval.map_or(String::new(), |interval| format!(" {}", interval.share()))
}

/// "random leads below 23 % [12 %, 41 %] of the labels and fine above".
pub fn crossing_sentence(row: &PairRow) -> String {
    let (level, reference) = (&row.level, &row.reference);
    match &row.crossing {
        Outcome::Undefined { reason } => {
            format!("whether {level} and {reference} cross cannot be said: {reason}")
        }
        Outcome::Value { value } | Outcome::Degenerate { value, .. } => {
            let leads = value.level_leads_first;
            let (first, second) = if leads { (level, reference) } else { (reference, level) };
            crosses(first, second, value)
        }
    }
}

fn crosses(first: &str, second: &str, found: &Crossing) -> String {
    let Some(fraction) = found.fraction else {
        let [low, high] = found.studied.map(percent);
        return format!(
            "{first} leads {second} throughout the studied range ({low} to {high} of the labels)"
        );
    };
    let at = percent_rounded(fraction);
    let interval = share_interval(found.interval.value());
    let again = match found.crossings {
        1 => String::new(),
        n => format!(" (the first of {n} crossings)"),
    };
    format!("{first} leads below {at}{interval} of the labels and {second} above{again}")
}

/// "for the score 0.8123 random needs 4.2 [1.8, 9.5] times the labels of fine".
pub fn ratio_sentence(row: &PairRow) -> String {
    let (level, reference) = (&row.level, &row.reference);
    let ratio = match &row.ratio {
        Outcome::Undefined { reason } => {
            return format!(
                "how many times the labels of {level} {reference} needs cannot be said: {reason}"
            );
        }
        Outcome::Value { value } | Outcome::Degenerate { value, .. } => value,
    };
    let interval = ratio.interval.value().map_or(String::new(), |i| format!(" {}", i.times()));
    let score = fixed(Some(ratio.score), 4);
    format!(
        "for the score {score} {reference} needs {}{interval} times the labels of {level}",
        ratio.ratio.times()
    )
}

/// "the score of fine rises by 0.0210 [0.0100, 0.0320] per tenfold labels less
/// than that of random (paired t test of slopes, adjusted p 0.012)".
pub fn interaction_sentence(row: &PairRow, options: &CompareOptions) -> String {
    let (level, reference) = (&row.level, &row.reference);
    let test = row.interaction.deciding();
    let Some(p) = test.entry.adjusted_p.or(test.entry.p) else {
        return format!(
            "whether the difference between {level} and {reference} depends on the labels is not \
             tested: {}",
            test.entry.note
        );
    };
    let name = test.entry.test.split([',', ';']).next().unwrap_or_default();
    let found = if p < options.alpha { "depends" } else { "is not shown to depend" };
    let slope = match row.interaction.slope_difference.point() {
        Some(slope) => {
            let less = if slope < 0.0 { "less" } else { "more" };
            let by = magnitude(&row.interaction.slope_difference, slope);
            format!(
                ": the score of {level} rises by {by} per tenfold labels {less} than that of \
                     {reference}"
            )
        }
        None => String::new(),
    };
    format!(
        "the difference between {level} and {reference} {found} on the labels{slope} ({name}, {})",
        p_words(&test.entry)
    )
}

/// Without its sign, the interval turned with it.
fn magnitude(estimate: &Estimate, value: f64) -> String {
    let ends = |low, high| format!(" [{}, {}]", fixed(Some(low), 4), fixed(Some(high), 4));
    let interval = estimate.bounds().map_or(String::new(), |i| {
        if value < 0.0 { ends(-i.high, -i.low) } else { ends(i.low, i.high) }
    });
    format!("{}{interval}", fixed(Some(value.abs()), 4))
}

/// `0.0520 [0.0400, 0.0640]`.
fn written(estimate: &Estimate) -> String {
    let interval = estimate.bounds().map_or(String::new(), |i| {
        format!(" [{}, {}]", fixed(Some(i.low), 4), fixed(Some(i.high), 4))
    });
    format!("{}{interval}", fixed(estimate.point(), 4))
}
