//! The answer over all tasks: what a study was made for.

use super::arrange::{note, paragraph, section};
use super::efficiency::table;
use super::names::Names;
use super::origins::pair;
use super::panels::Panels;
use crate::compare::TestKind;
use crate::compare::pooled::{
    Pooled, PooledAnalysis, Question, Scope, answer_sentence, answers_table, pooled_sentence,
    within_sentence,
};
use crate::figures::{ForestGroup, ForestPlotInput, ForestRow, forest_plot};
use crate::report::bound::Origin;
use crate::report::document::{Block, Section};
use crate::report::load::ReportInput;
use crate::report::sentence::{Known, bound_sentence};
use crate::report::text::prose;
use crate::scores::Verdict;
use crate::spec::Study;
use crate::text::percent;

/// More pairs than this are in the table alone.
const MOST_TOLD: usize = 6;

/// The answers in words, overall: who leads, then the pairs, those that are decided
/// first.
pub(super) fn answers(input: &ReportInput) -> Vec<Block> {
    let Some(analysis) = &input.analysis.pooled else { return Vec::new() };
    let options = &analysis.options;
    let mut overall: Vec<&Pooled> = analysis.pooled.iter().filter(|p| p.scope.overall).collect();
    let decided = |p: &Pooled| p.overall_verdict().is_some_and(Verdict::is_decided);
    let size = |p: &Pooled| p.difference.point().map_or(0.0, f64::abs);
    overall.sort_by(|a, b| decided(b).cmp(&decided(a)).then(size(b).total_cmp(&size(a))));
    let mut blocks: Vec<Block> = leader(&overall, analysis).into_iter().collect();
    for pooled in overall.iter().take(MOST_TOLD) {
        let sentence = format!(
            "{}, {}: {}.",
            opening(&pooled.scope),
            pooled.scope.fraction_words(),
            answer_sentence(pooled, options)
        );
        blocks.push(bound(&sentence, pooled, analysis));
    }
    if overall.len() > MOST_TOLD {
        let rest = overall.len() - MOST_TOLD;
        blocks.push(paragraph(format!("[[tab-answers]] has {rest} further pairs of levels.")));
    }
    blocks
}

/// The level that is better than every other one, where there are three or more.
fn leader(overall: &[&Pooled], analysis: &PooledAnalysis) -> Option<Block> {
    let levels = distinct(overall.iter().flat_map(|p| [&p.level, &p.reference]));
    if levels.len() < 3 || analysis.options.baseline().is_some() {
        return None;
    }
    let beats = |level: &String| {
        let won = |p: &&&Pooled| {
            (p.level == *level && p.overall_verdict() == Some(Verdict::Better))
                || (p.reference == *level && p.overall_verdict() == Some(Verdict::Worse))
        };
        overall.iter().filter(won).count() == levels.len() - 1
    };
    let text = match levels.iter().find(|level| beats(level)) {
        Some(best) => format!(
            "Overall {best} is better than each of the {} other {}",
            levels.len() - 1,
            analysis.options.factors.plural()
        ),
        None => format!(
            "Overall none of the {} {} is shown to be better than every other one",
            levels.len(),
            analysis.options.factors.plural()
        ),
    };
    let origin = Origin::new(&["answer", "leader"]);
    analysis.options.metric.is_directed().then(|| {
        let text = bound_sentence(&text, &origin, "verdicts of the contrasts over tasks", &[]);
        paragraph(prose![text, " ([[tab-answers]])."])
    })
}

fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a String> {
    let mut known = Vec::new();
    for name in names {
        if !known.contains(&name) {
            known.push(name);
        }
    }
    known
}

/// Words that begin a sentence; names of models stay as they are.
fn opening(scope: &Scope) -> String {
    let words = scope.other_words();
    let mut rest = words.chars();
    match scope.other {
        Some(_) => words,
        None => rest.next().map(char::to_uppercase).into_iter().flatten().chain(rest).collect(),
    }
}

/// The section, where there is something to pool.
pub(super) fn answer(input: &ReportInput, study: Option<&Study>) -> Option<Section> {
    let analysis = input.analysis.pooled.as_ref()?;
    let names = Names::of(&input.comparisons[0], study);
    let mut blocks = vec![paragraph(
        "Contrasts are taken per task, averaged over the other factors within each seed. Random \
         effects over tasks ask what holds for tasks like these; the mean over the tasks studied \
         asks what holds on these. [[tab-answers]] has both.",
    )];
    blocks.extend(forest(analysis, &names));
    blocks.push(table(
        "tab-answers",
        "The compared levels over all tasks. Difference, interval and adjusted p: random effects \
         over tasks (Hartung-Knapp), with the standard deviation between tasks (tau), its share of \
         the variation (I^2) and the interval of the difference on a further task; last the mean \
         over the tasks studied, within seeds where all tasks share them. Same sign: tasks whose \
         own difference has the sign of the summary.",
        &answers_table(analysis),
    ));
    blocks.extend(analysis.footnotes().iter().map(|text| note(text)));
    Some(section("answer", analysis.heading(), blocks))
}

/// One pooled contrast in words, with every number bound.
pub(super) fn in_words(pooled: &Pooled, analysis: &PooledAnalysis) -> Block {
    let options = &analysis.options;
    let within = within_sentence(pooled, options).map_or(String::new(), |text| format!("; {text}"));
    bound(&format!("Overall: {}{within}.", pooled_sentence(pooled, options)), pooled, analysis)
}

/// A sentence about a pooled contrast with its numbers bound.
fn bound(sentence: &str, pooled: &Pooled, analysis: &PooledAnalysis) -> Block {
    let kind = match analysis.question {
        Question::Granularity => "granularity",
        Question::Factors => "answer",
    };
    let origin = Origin::new(&[kind, &pair(&pooled.level, &pooled.reference)]).n(format!(
        "{} {}",
        pooled.k,
        if pooled.k == 1 { "task" } else { "tasks" }
    ));
    let title =
        |test: &crate::compare::Test| test.entry.test.map_or_else(String::new, TestKind::title);
    let (pool, ends) = (title(&pooled.test), pooled.difference.bounds());
    let entry = &pooled.test.entry;
    let studied = pooled.studied();
    let mean = studied.map_or_else(String::new, |(_, test)| title(test));
    let of_mean = studied.and_then(|(difference, _)| difference.bounds());
    let mean_p = studied.and_then(|(_, test)| test.entry.adjusted_p.or(test.entry.p));
    let known = [
        Known::new("tasks", Some(pooled.k as f64), "tasks that were pooled"),
        Known::new("difference", pooled.difference.point(), &pool),
        Known::new("low", ends.map(|i| i.low), &pool),
        Known::new("high", ends.map(|i| i.high), &pool),
        Known::new("adjusted_p", entry.adjusted_p.or(entry.p), &pool),
        Known::new("tau", pooled.tau_squared.map(f64::sqrt), "spread between tasks"),
        Known::share("i_squared", pooled.i_squared, "share of variation between tasks"),
        Known::new("studied", studied.and_then(|(difference, _)| difference.point()), &mean),
        Known::new("studied_low", of_mean.map(|i| i.low), &mean),
        Known::new("studied_high", of_mean.map(|i| i.high), &mean),
        Known::new("studied_p", mean_p, &mean),
    ];
    paragraph(bound_sentence(sentence, &origin, "contrast over tasks", &known))
}

/// Pairs of levels, overall and at each fraction, with their summaries.
fn forest(analysis: &PooledAnalysis, names: &Names<'_>) -> Option<Block> {
    let mut groups: Vec<ForestGroup> = Vec::new();
    for pooled in &analysis.pooled {
        let Some(difference) = pooled.difference.point() else { continue };
        let [level, reference] =
            [&pooled.level, &pooled.reference].map(|level| names.level(level).1);
        let title = format!("{level} against {reference}");
        let row = ForestRow {
            label: pooled.scope.fraction_words(),
            difference,
            interval: pooled.difference.bounds().map(|i| (i.low, i.high)),
            verdict: pooled.verdict.map_or_else(String::new, |verdict| verdict.word().into()),
        };
        let found = groups.iter().position(|group| group.title == title);
        let at = found.unwrap_or_else(|| {
            groups.push(ForestGroup { title, ..ForestGroup::default() });
            groups.len() - 1
        });
        if pooled.scope.overall {
            groups[at].pooled = Some(row);
        } else {
            groups[at].rows.push(row);
        }
    }
    let metric = names.metric();
    let figure = ForestPlotInput {
        axis: format!("difference of {}", metric.axis()),
        decimals: metric.decimals,
        confidence: analysis.options.confidence,
        margin: analysis.options.margin,
        groups,
    };
    let confidence = percent(analysis.options.confidence);
    let mut panels = Panels::new("fig-answer").telling(|numbers| {
        numbers
            .how("difference", "random effects over tasks")
            .how("interval", format!("{confidence} interval after Hartung and Knapp"))
            .of("contrasts of single tasks, averaged over the other factors")
    });
    panels.add(metric.title(), forest_plot(&figure), figure.csv());
    panels.block(&format!(
        "Every pair of levels over all tasks, by random effects with {confidence} intervals, at each \
         share of labels and (diamonds) over all of them; {}.",
        metric.better.words()
    ))
}
