//! One sentence per contrast, for a report: lower case, without a full stop.

use super::contrast::Contrast;
use super::scope::Scope;
use super::summary::Pooled;
use crate::compare::TestKind;
use crate::compare::estimate::Estimate;
use crate::compare::family::{Test, p_words};
use crate::compare::types::{CompareOptions, Interval};
use crate::scores::Metric;
use crate::scores::Verdict;
use crate::text::percent_rounded;

/// "fine is better than coarse by 0.0210 [0.0040, 0.0380] on findings / resnet18
/// at 10 % of the labels (paired t test, adjusted p 0.020)".
pub fn contrast_sentence(contrast: &Contrast, options: &CompareOptions) -> String {
    let Contrast { level, reference, difference, verdict, test, .. } = contrast;
    let found = finding(level, reference, difference, *verdict, options);
    let tested = tested(test);
    // Results without tasks have one contrast, on all of them.
    let task = if contrast.task.is_empty() { "all results" } else { &contrast.task };
    format!("{found} on {task}{} ({tested})", place(&contrast.scope, " / "))
}

/// "pooled over 4 tasks (in 3 of which it is so), fine is better than coarse by 0.0210 [0.0040, 0.0380],
/// resnet18 at 10 % of the labels (...; tau 0.0100, I^2 34 %; on a further task
/// [-0.0100, 0.0520])"; where nothing can be pooled, why, and the single contrast.
pub fn pooled_sentence(pooled: &Pooled, options: &CompareOptions) -> String {
    let metric = &options.metric;
    if pooled.difference.point().is_none() {
        let reason = pooled.difference.note().unwrap_or("there is nothing to pool");
        return match &pooled.tasks[..] {
            [only] => format!("{}; {reason}", contrast_sentence(only, options)),
            _ => format!(
                "{} against {} is not pooled over tasks ({}): {reason}",
                pooled.level,
                pooled.reference,
                place(&pooled.scope, "").trim_start_matches([',', ' '])
            ),
        };
    }
    let found =
        finding(&pooled.level, &pooled.reference, &pooled.difference, pooled.verdict, options);
    let spread = match (pooled.tau_squared, pooled.i_squared) {
        (Some(tau_squared), Some(i_squared)) => format!(
            "; tau {}, I^2 {}",
            metric.text(Some(tau_squared.sqrt())),
            percent_rounded(i_squared)
        ),
        _ => String::new(),
    };
    let further = pooled
        .prediction
        .as_ref()
        .map_or(String::new(), |i| format!("; on a further task {}", metric.ends(i.low, i.high)));
    let found = format!("pooled over {} tasks, {found}", pooled.k);
    let test = format!("{}{spread}{further}", tested(&pooled.test));
    format!("{found}{}{} ({test})", agreeing(pooled, metric), place(&pooled.scope, ", "))
}

/// "fine is better than coarse by 0.0210 [0.0040, 0.0380] over 4 tasks (adjusted p
/// 0.020; with this sign on 3 of 4 tasks; on a further task [-0.0100, 0.0520])":
/// the answer at a glance; of a single task, the contrast on it.
pub fn answer_sentence(pooled: &Pooled, options: &CompareOptions) -> String {
    let metric = &options.metric;
    let Pooled { level, reference, difference, .. } = pooled;
    if let Some(only) = pooled.only().filter(|only| only.difference.point().is_some()) {
        let found = finding(level, reference, &only.difference, only.verdict, options);
        let task = if only.task.is_empty() { "all results" } else { &only.task };
        return format!("{found} on {task} ({})", tested(&only.test));
    }
    if difference.point().is_none() {
        return pooled_sentence(pooled, options);
    }
    let found = finding(level, reference, difference, pooled.verdict, options);
    let value = difference.point().unwrap_or_default();
    let (same, all) = pooled.favourable(value.signum());
    let p = match pooled.test.entry.p {
        Some(_) => p_words(&pooled.test.entry),
        None => "no test".into(),
    };
    let further = pooled.prediction.as_ref();
    let further = further
        .map_or(String::new(), |i| format!("; on a further task {}", metric.ends(i.low, i.high)));
    format!(
        "{found} over {} tasks ({p}; with this sign on {same} of {all} tasks{further})",
        pooled.k
    )
}

/// ", with the same sign on 3 of 4 tasks": how far single tasks agree.
fn agreeing(pooled: &Pooled, metric: &Metric) -> String {
    let Some(value) = pooled.difference.point().filter(|value| *value != 0.0) else {
        return String::new();
    };
    let (same, all) = pooled.favourable(value.signum());
    let decided = |word: Verdict| pooled.tasks.iter().filter(|t| t.verdict == Some(word)).count();
    let [better, worse] = if metric.is_directed() {
        [Verdict::Better, Verdict::Worse]
    } else {
        [Verdict::Higher, Verdict::Lower]
    };
    format!(
        ", with this sign on {same} of {all} tasks ({} {better} and {} {worse} by their own tests)",
        decided(better),
        decided(worse)
    )
}

/// "on the 4 tasks studied, fine is better than coarse by 0.0210 [0.0040,
/// 0.0380] (paired t test over 5 seeds, adjusted p 0.020)".
pub fn within_sentence(pooled: &Pooled, options: &CompareOptions) -> Option<String> {
    let within = pooled.within.as_ref()?;
    let (level, reference) = (&pooled.level, &pooled.reference);
    let found = finding(level, reference, &within.difference, within.verdict, options);
    Some(format!("on the {} tasks studied, {found} ({})", within.tasks, tested(&within.test)))
}

fn finding(
    level: &str,
    reference: &str,
    difference: &Estimate,
    verdict: Option<Verdict>,
    options: &CompareOptions,
) -> String {
    let Some(value) = difference.point() else {
        let reason = difference.note().unwrap_or("there is no difference");
        return format!("{level} against {reference} has no number: {reason}");
    };
    let metric = &options.metric;
    let signed = format!("{}{}", metric.text(Some(value)), spaced(metric, difference.bounds()));
    match verdict {
        Some(word) if word.is_decided() => {
            let turned =
                difference.bounds().map(|i| Interval { low: -i.high, high: -i.low, ..i.clone() });
            let turned = spaced(metric, turned.as_ref());
            let by =
                if value < 0.0 { format!("{}{turned}", metric.text(Some(-value))) } else { signed };
            format!("{level} is {word} than {reference} by {by}")
        }
        Some(Verdict::Equivalent) => format!(
            "{level} and {reference} are equivalent within {}: {signed}",
            options.margin.unwrap_or(0.0)
        ),
        Some(_) if metric.is_directed() => {
            format!("whether {level} or {reference} is better is open: {signed}")
        }
        Some(_) => format!("whether {level} or {reference} is higher is open: {signed}"),
        None => format!("{level} minus {reference} is {signed}, without a verdict"),
    }
}

/// `resnet18 at 10 % of the labels`.
/// Where a scope looks, after what leads to its model; a table without models has
/// none.
fn place(scope: &Scope, lead: &str) -> String {
    let other = scope.other_words();
    let other = if other.is_empty() { other } else { format!("{lead}{other}") };
    match scope.label_fraction {
        Some(_) => format!("{other} at {} of the labels", scope.fraction_words()),
        None => format!("{other}, mean over the label fractions"),
    }
}

fn tested(test: &Test) -> String {
    if test.entry.p.is_none() {
        return format!("no test: {}", test.entry.note);
    }
    let name = test.entry.test.map_or_else(String::new, TestKind::name);
    format!("{name}, {}", p_words(&test.entry))
}

fn spaced(metric: &Metric, interval: Option<&Interval>) -> String {
    interval.map_or(String::new(), |i| format!(" {}", metric.ends(i.low, i.high)))
}
