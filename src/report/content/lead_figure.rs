//! The figure of the answer: few pairs as a forest over the label fractions, many
//! levels ranked against the first of them or against the baseline.

use super::names::Names;
use super::panels::Panels;
use crate::compare::answer::{Answer, Finding, Ground, PairAnswer};
use crate::compare::pooled::PooledAnalysis;
use crate::figures::{ForestGroup, ForestPlotInput, ForestRow, forest_plot};
use crate::report::document::Block;
use crate::text::percent;

/// More pairs than this are not a forest that can be read.
const MOST_PAIRS: usize = 6;
/// Levels of a ranking that are drawn.
const MOST_RANKED: usize = 24;

/// The figure; none where no pair has a difference overall.
pub(super) fn lead_figure(
    answer: &Answer,
    names: &Names<'_>,
    pooled: Option<&PooledAnalysis>,
) -> Option<Block> {
    let baseline = names.main.options.baseline();
    let few = answer.pairs.len() <= MOST_PAIRS;
    let groups = if few { by_pair(answer, names) } else { ranked(answer, names) };
    let metric = names.metric();
    let grounds: Vec<Ground> =
        answer.pairs.iter().filter_map(|pair| Some(pair.overall.as_ref()?.ground)).collect();
    let input = ForestPlotInput {
        axis: format!("difference of {}", metric.axis()),
        decimals: metric.decimals,
        confidence: names.main.options.confidence,
        margin: names.main.options.margin,
        groups,
    };
    let how = "difference of the pair, as its table says";
    let interval = format!("{} interval", percent(names.main.options.confidence));
    let mut panels = Panels::new("fig-answer").telling(|numbers| {
        let of = "the contrasts of the pair, averaged over the other factors";
        numbers.how("difference", how).how("interval", &interval).of(of)
    });
    panels.add(metric.title(), forest_plot(&input), input.csv());
    let which = match (few, baseline) {
        (true, _) if names.has_fractions() => {
            "Every pair by label fraction, and over all of them (diamond)".to_string()
        }
        (true, _) => "Every pair".into(),
        (false, Some(base)) => format!("Every level against {}", names.level(&base).1),
        (false, None) => format!(
            "{} against the next ones, in the order of their scores",
            answer.standings.levels.first().map_or(String::new(), |name| names.level(name).1)
        ),
    };
    let ground = if grounds.contains(&Ground::TheseTasks) {
        ": random effects over tasks; of pairs that are open for tasks like these and decided on \
         those studied, the mean over the tasks studied"
    } else if answer.pairs.iter().all(|p| p.overall.as_ref().is_none_or(|f| !f.weighted)) {
        if grounds.contains(&Ground::TasksLikeThese) { ": paired t tests over tasks" } else { "" }
    } else if grounds.contains(&Ground::TasksLikeThese) {
        ": random effects over tasks"
    } else {
        ""
    };
    let shown = input.groups.iter().map(|group| group.rows.len()).sum::<usize>();
    let rest = match (few, answer.standings.levels.len().saturating_sub(shown + 1)) {
        (true, _) | (_, 0) => String::new(),
        (false, _) if pooled.is_some() => " The rest is in the table over all tasks.".into(),
        (false, _) => " The rest is in the table of tests.".into(),
    };
    let caption = format!(
        "{which}{ground}, with {interval}s. {}{rest}",
        match metric.better.best() {
            Some(_) => "Blue: the first one is better; orange: worse; grey: open.",
            None => "Blue: the first one is higher; orange: lower; grey: open.",
        }
    );
    panels.block(&caption)
}

/// A group per pair: its label fractions, and all of them together.
fn by_pair(answer: &Answer, names: &Names<'_>) -> Vec<ForestGroup> {
    let of = |pair: &PairAnswer| {
        let overall = pair.overall.as_ref()?;
        let whole = if pair.parts.is_empty() { "overall" } else { "all fractions" };
        let rows: Vec<ForestRow> =
            pair.parts.iter().map(|(at, found)| row(percent(*at), found)).collect();
        let pooled = Some(row(whole.into(), overall));
        Some(ForestGroup { title: against(pair, names), rows, pooled })
    };
    answer.pairs.iter().filter_map(of).collect()
}

/// One group: the first level, or the baseline, against the others.
fn ranked(answer: &Answer, names: &Names<'_>) -> Vec<ForestGroup> {
    let baseline = names.main.options.baseline();
    let first = baseline.as_ref().or(answer.standings.levels.first());
    let of = |level: &String| {
        let pair = answer.pair(first?, level)?;
        let label = names.level(level).1;
        Some(row(label, pair.overall.as_ref()?))
    };
    let rows = answer.standings.levels.iter().filter(|level| Some(*level) != first);
    let rows: Vec<ForestRow> = rows.filter_map(of).take(MOST_RANKED).collect();
    let name = first.map_or_else(String::new, |first| names.level(first).1);
    let title =
        if baseline.is_some() { format!("against {name}") } else { format!("{name} against") };
    vec![ForestGroup { title, rows, pooled: None }]
}

fn against(pair: &PairAnswer, names: &Names<'_>) -> String {
    let [level, reference] = [&pair.level, &pair.reference].map(|name| names.level(name).1);
    format!("{level} against {reference}")
}

fn row(label: String, found: &Finding) -> ForestRow {
    ForestRow {
        label,
        difference: found.difference,
        interval: found.interval,
        verdict: found.verdict.map_or_else(String::new, |verdict| verdict.word().into()),
    }
}
