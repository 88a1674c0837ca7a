//! The methods paragraph, written from the specification.

mod recipes;
mod segmentation;

pub(super) use recipes::recipe;

use super::data_words;
use crate::compare::{
    CompareOptions, Comparison, POWER, TestKind, equivalence_rule, interval_title,
};
use crate::records::{DataFacts, StudyRecord};
use crate::scores::{Better, Metric, Unit};
use crate::spec::{FamilyAdjustment, Init, Study, SubsetRule, Target, Task, target_tasks};
use crate::stats::mean_interval::IntervalMethod;
use crate::text::{listed, percent};

/// How the runs were made: one paragraph per topic.
pub(super) fn training(record: &StudyRecord) -> Vec<String> {
    let study = &record.study;
    let mut out = vec![tasks(record), design(study), inits(study)];
    out.extend(segmentation::paragraph(study));
    if study.trains() {
        out.extend(recipes::paragraphs(study));
    } else {
        out.push(format!(
            "Images came to the networks at {0} x {0} pixels.",
            study.recipe.image_size
        ));
    }
    out
}

fn tasks(record: &StudyRecord) -> String {
    let list: Vec<String> = target_tasks(&record.study)
        .map(|name| {
            let task = &record.study.tasks[name];
            let kind = kind(task, record.data_facts.get(name));
            format!("{} ({kind})", task.title.as_deref().unwrap_or(name))
        })
        .collect();
    let done =
        if record.study.trains() { "fine-tuned and tested" } else { "tested, without training," };
    format!("Networks were {done} on {}.{}", listed(&list), also_tested(record))
}

/// ` Those of tb were tested on hospital (binary; for tests alone) too.`
fn also_tested(record: &StudyRecord) -> String {
    let tasks = &record.study.tasks;
    let title = |name: &String| {
        tasks.get(name).and_then(|task| task.title.clone()).unwrap_or_else(|| name.clone())
    };
    let of = |name: &String| {
        let sets = tasks[name].also_test.iter().filter_map(|set| Some((set, tasks.get(set)?)));
        let sets: Vec<String> = sets
            .map(|(set, task)| {
                if task.role.is_test_only() {
                    format!("{} ({})", title(set), kind(task, record.data_facts.get(set)))
                } else {
                    format!("the test cases of {}", title(set))
                }
            })
            .collect();
        (!sets.is_empty())
            .then(|| format!(" Those of {} were also tested on {}.", title(name), listed(&sets)))
    };
    target_tasks(&record.study).filter_map(of).collect()
}

pub(super) fn kind(task: &Task, facts: Option<&DataFacts>) -> String {
    let target = task.target.name();
    let labels = data_words::labels(task).map_or(String::new(), |labels| format!("; {labels}"));
    format!("{target}; {}{labels}", data_words::division(task, facts))
}

fn design(study: &Study) -> String {
    let models: Vec<String> = study
        .models
        .iter()
        .map(|(name, model)| {
            model.title.clone().unwrap_or_else(|| {
                let title = model.backbone.title();
                if name == model.backbone.name() {
                    title.into()
                } else {
                    format!("{name} ({title})")
                }
            })
        })
        .collect();
    let (_, fractions) = study.study.labels_in_words();
    let seeds: Vec<String> = study.study.seeds.iter().map(ToString::to_string).collect();
    let published = study.tasks.values().any(|task| task.subset == SubsetRule::Published);
    let subset = match (published, study.study.label_counts.is_empty()) {
        (true, _) => "Subsets of the published rule are the same for every seed.",
        (false, true) => {
            "Subsets are stratified by label and nested (a smaller one lies inside a larger one of \
             the same seed)."
        }
        (false, false) => {
            "Subsets are stratified by label, nested (a smaller one lies inside a larger one of \
             the same seed) and as near to the number as whole patients allow."
        }
    };
    let networks = match models.as_slice() {
        [one] => format!("one network ({one})"),
        _ => listed(&models),
    };
    if !study.trains() {
        return format!("Tested were {networks}, each as its file has it.");
    }
    format!(
        "The design crosses {networks} with {} of the training labels and {} ({}). A seed decides the \
         labelled subset, the initial weights of what is not pretrained, the order of the cases \
         and their augmentation, and is shared by all initialisations, so their runs are \
         compared seed by seed. {subset}",
        listed(&fractions),
        plural(seeds.len(), "seed"),
        seeds.join(", ")
    )
}

fn inits(study: &Study) -> String {
    let list: Vec<String> = study
        .inits
        .iter()
        .map(|(name, init)| {
            let title = init.title.as_deref().unwrap_or(name);
            format!("{title} ({})", source_of(init, study))
        })
        .collect();
    let masks = target_tasks(study).map(|name| study.tasks[name].target == Target::Segmentation);
    let masks: Vec<bool> = masks.collect();
    let rest = match (masks.contains(&true), masks.contains(&false)) {
        (true, false) => "Decoders",
        (true, true) => "Classification heads and decoders",
        _ => "Classification heads",
    };
    if !study.trains() {
        return format!("Weights, heads and decoders included, are those of {}.", listed(&list));
    }
    format!("Weights started from {}. {rest} started at random.", listed(&list))
}

pub(super) fn source_of(init: &Init, study: &Study) -> String {
    if let Some(name) = &init.pretrain
        && let Some(pretraining) = study.pretraining.get(name)
    {
        let task = &study.tasks[&pretraining.task];
        let model = study.models.keys().find(|model| init.is_for(model));
        let recipe = study.pretraining_recipe(pretraining, model.map_or("", String::as_str));
        let seeds = if pretraining.per_seed { "one per seed" } else { "one for all seeds" };
        return format!(
            "pretrained within the study{} on {} for {}, {seeds}",
            continued(study, name),
            task.title.as_deref().unwrap_or(&pretraining.task),
            plural(recipe.epochs as usize, "epoch")
        );
    }
    match (&init.weights, init.source_classes) {
        (Some(_), Some(classes)) => format!("a checkpoint of {classes} source classes"),
        (Some(_), None) => "a checkpoint".into(),
        _ => "random weights".into(),
    }
}

/// What a pretraining went on from.
fn continued(study: &Study, pretraining: &str) -> String {
    study.continued(pretraining).map_or(String::new(), |(name, init)| {
        format!(", going on from {},", init.title.as_deref().unwrap_or(name))
    })
}

/// How the numbers were compared.
pub(super) fn statistics(comparison: &Comparison) -> String {
    let options = &comparison.options;
    let (against, over) = (against(options), comparison.unit().word());
    let interval = match options.interval {
        IntervalMethod::T => "t".into(),
        method => format!("{} bootstrap", interval_title(method)),
    };
    let resamples = match options.interval {
        IntervalMethod::T => String::new(),
        _ => format!(" ({} resamples)", options.resamples),
    };
    // Cells over cases say themselves how their intervals are made.
    let interval = match comparison.unit() {
        Unit::Cases => format!("interval of the mean ({})", comparison.interval_words()),
        _ => format!("{interval} interval of the mean{resamples}"),
    };
    let confidence = percent(options.confidence);
    let most = comparison.cells.iter().map(|summary| summary.n).max().unwrap_or(0);
    let scores = if most <= 1 {
        format!("Scores are of one {} each, without a spread.", comparison.unit().singular())
    } else if comparison.of_test_set() {
        let how = comparison.interval_words();
        format!("Scores are of the whole test set, each with a {confidence} interval ({how}).")
    } else {
        format!(
            "Means are over {over}, with the sample standard deviation (n - 1) and a {confidence} \
             {interval}."
        )
    };
    let effects = if comparison.rows.iter().any(|row| row.hedges_g.is_some()) {
        " Effect sizes are Hedges' g with the exact small-sample correction."
    } else {
        ""
    };
    let families = match comparison.families.len() {
        0 | 1 => "form one family and were".to_string(),
        several => format!("form {several} families and within each were"),
    };
    let adjusted = match options.adjustment {
        FamilyAdjustment::None => format!("{families} not adjusted"),
        _ => format!("{families} adjusted after {}", comparison.adjustment),
    };
    if comparison.family_size == 0 {
        let why = comparison.rows.iter().flat_map(|row| &row.notes).next();
        let why = why.map_or_else(String::new, |why| format!(": {}", why.trim_end_matches('.')));
        return format!(
            "{scores} {} No difference between {} could be tested{why}.",
            direction(&options.metric),
            options.factors.plural()
        );
    }
    let family = match comparison.family_size {
        1 => format!("There is one test of {} (alpha {}).", options.metric.title(), options.alpha),
        n => format!(
            "The {n} p-values of {} {adjusted} (alpha {}).",
            options.metric.title(),
            options.alpha
        ),
    };
    format!(
        "{scores} {} Between {}, {against} where all other factors are the same{}; all tests are \
         two-sided. {family}{effects} {}",
        direction(&options.metric),
        options.factors.plural(),
        tests_used(comparison),
        verdicts(comparison)
    )
}

/// Which end of the metric is good.
fn direction(metric: &Metric) -> String {
    match metric.better {
        Better::Unknown => format!(
            "Whether higher or lower values of {} are better was not stated, so they are \
             only called higher or lower.",
            metric.title()
        ),
        better if metric.known().is_some_and(|known| known.better == better) => {
            format!("Of {}, {}.", metric.axis(), better.words())
        }
        better => format!("Of {}, {}, as was stated.", metric.axis(), better.words()),
    }
}

/// What each level was tested against.
fn against(options: &CompareOptions) -> String {
    if let Some(baseline) = options.baseline() {
        return format!("each was tested against {baseline}");
    }
    let stated = options.baselines.by_factor.iter();
    let stated: Vec<String> = stated
        .filter(|(factor, _)| options.factors.has(factor.name()))
        .map(|(factor, level)| format!("{} {level}", factor.name().replace('_', " ")))
        .collect();
    if stated.is_empty() {
        return "every pair was tested".into();
    }
    format!("each was tested against the same with {}", listed(&stated))
}

/// Each test with the reason for it, in order of first use.
fn tests_used(comparison: &Comparison) -> String {
    let mut used: Vec<(TestKind, &str)> = Vec::new();
    for row in &comparison.rows {
        if !used.iter().any(|(test, _)| *test == row.test) {
            used.push((row.test, &row.why));
        }
    }
    let words: Vec<String> =
        used.iter().map(|(test, why)| format!("by {} ({why})", test.in_prose())).collect();
    if words.is_empty() { String::new() } else { format!(", {}", words.join(" or ")) }
}

/// How a verdict came about.
fn verdicts(comparison: &Comparison) -> String {
    let metric = &comparison.options.metric;
    let confidence = percent(comparison.options.confidence);
    let equivalent = comparison.options.margin.map_or_else(
        || "no margin was stated, so nothing could be called equivalent".into(),
        |margin| {
            format!(
                "equivalent within {margin}{}, the margin that was stated, by {}; claims of \
                 equivalence are decided by the same rule",
                metric.unit().map_or_else(String::new, |unit| format!(" {unit}")),
                equivalence_rule(&comparison.options)
            )
        },
    );
    format!(
        "One is called {} than the other when its {confidence} interval excludes no difference and \
         the adjusted p is below alpha; {equivalent}; all else is inconclusive. Beside a verdict \
         stands the difference that the design finds with {} power.",
        if metric.is_directed() { "better or worse" } else { "higher or lower" },
        percent(POWER)
    )
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
