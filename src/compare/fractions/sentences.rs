//! One sentence per finding, for a report: lower case, without a full stop.
//!
//! Every sentence stands for itself: what cannot be said is said in words, with
//! the reason.

use super::censored::{Censored, CensoredInterval};
use super::crossing::Crossing;
use super::curves::CurveRow;
use super::efficiency::DataEfficiency;
use super::pair::PairRow;
use crate::compare::TestKind;
use crate::compare::estimate::Estimate;
use crate::compare::family::p_words;
use crate::compare::types::CompareOptions;
use crate::scores::{Better, Metric};
use crate::stats::Outcome;
use crate::text::{percent, percent_rounded};

/// "the score of fine rises with the labels on findings / resnet18: 0.0520
/// [0.0400, 0.0640] per tenfold labels (Page's trend test, adjusted p 0.003)".
pub fn trend_sentence(row: &CurveRow, options: &CompareOptions) -> String {
    let CurveRow { block, level, .. } = row;
    let (place, turns) = (block.name(), better_turn(options));
    let Some(p) = row.trend.entry.adjusted_p.or(row.trend.entry.p) else {
        return format!(
            "whether the score of {level} {turns} with the labels on {place} is not tested: {}",
            row.trend.entry.note
        );
    };
    let slope = written(&options.metric, &row.slope);
    let test = format!("Page's trend test, {}", p_words(&row.trend.entry));
    if p < options.alpha {
        format!(
            "the score of {level} {turns} with the labels on {place}: {slope} per tenfold labels \
             ({test})"
        )
    } else {
        format!(
            "that the score of {level} {turns} with the labels on {place} is not shown: {slope} per \
             tenfold labels ({test})"
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

/// "random leads below 23 % [12 %, 41 %] of the labels and fine above"; where
/// nobody knows which end is good, who lies above.
pub fn crossing_sentence(row: &PairRow, options: &CompareOptions) -> String {
    let (level, reference) = (&row.level, &row.reference);
    match &row.crossing {
        Outcome::Undefined { reason } => {
            format!("whether {level} and {reference} cross cannot be said: {reason}")
        }
        Outcome::Value { value } | Outcome::Degenerate { value, .. } => {
            let leads = value.level_leads_first;
            let (first, second) = if leads { (level, reference) } else { (reference, level) };
            let leads = if options.metric.is_directed() { "leads" } else { "lies above" };
            crosses(first, second, leads, value)
        }
    }
}

fn crosses(first: &str, second: &str, leads: &str, found: &Crossing) -> String {
    let Some(fraction) = found.fraction else {
        let [low, high] = found.studied.map(percent);
        return format!(
            "{first} {leads} {second} throughout the studied range ({low} to {high} of the labels)"
        );
    };
    let at = percent_rounded(fraction);
    let interval = share_interval(found.interval.value());
    let again = match found.crossings {
        1 => String::new(),
        n => format!(" (the first of {n} crossings)"),
    };
    if leads == "leads" {
        return format!(
            "{first} leads below {at}{interval} of the labels and {second} above{again}"
        );
    }
    format!(
        "{first} {leads} {second} at fewer than {at}{interval} of the labels and below it at \
         more{again}"
    )
}

/// "for the score 0.8123 random needs 4.2 [1.8, 9.5] times the labels of fine".
pub fn ratio_sentence(row: &PairRow, options: &CompareOptions) -> String {
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
    let score = options.metric.with_unit(Some(ratio.score));
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
    let name = test.entry.test.map_or_else(String::new, TestKind::name);
    let found = if p < options.alpha { "depends" } else { "is not shown to depend" };
    let slope = row.interaction.slope_difference.point().map_or(String::new(), |slope| {
        let by = magnitude(&options.metric, &row.interaction.slope_difference, slope);
        slopes_differ(level, reference, slope, &by, options)
    });
    format!(
        "the difference between {level} and {reference} {found} on the labels{slope} ({name}, {})",
        p_words(&test.entry)
    )
}

/// Scores that should rise do so by more or less; slopes of others are just
/// higher or lower.
fn slopes_differ(
    level: &str,
    reference: &str,
    slope: f64,
    by: &str,
    options: &CompareOptions,
) -> String {
    let less = slope < 0.0;
    if options.metric.better == Better::Higher {
        let less = if less { "less" } else { "more" };
        return format!(
            ": the score of {level} rises by {by} per tenfold labels {less} than that of {reference}"
        );
    }
    let lower = if less { "lower" } else { "higher" };
    format!(": the slope of {level} per tenfold labels is {by} {lower} than that of {reference}")
}

/// What a score does that gets better.
fn better_turn(options: &CompareOptions) -> &'static str {
    match options.metric.better {
        Better::Higher => "rises",
        Better::Lower => "falls",
        Better::Unknown => "changes",
    }
}

/// Without its sign, the interval turned with it.
fn magnitude(metric: &Metric, estimate: &Estimate, value: f64) -> String {
    let ends = |low, high| format!(" {}", metric.ends(low, high));
    let interval = estimate.bounds().map_or(String::new(), |i| {
        if value < 0.0 { ends(-i.high, -i.low) } else { ends(i.low, i.high) }
    });
    format!("{}{interval}", metric.text(Some(value.abs())))
}

/// `0.0520 [0.0400, 0.0640]`.
fn written(metric: &Metric, estimate: &Estimate) -> String {
    let ends = |i: &crate::compare::types::Interval| format!(" {}", metric.ends(i.low, i.high));
    let interval = estimate.bounds().map_or(String::new(), ends);
    format!("{}{interval}", metric.text(estimate.point()))
}
