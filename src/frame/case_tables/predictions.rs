//! Predictions: scores joined with what is true, and the metrics they define.

use std::sync::Arc;

use super::assemble::{Assembly, Draft, Key, Task};
use super::columns::Role;
use super::labels::Truth;
use super::notes::{equal_groups, join};
use super::policy::common;
use super::read::Found;
use super::values::{patients, place, result_row, seed, unit, unit_note};
use crate::frame::error::FrameError;
use crate::frame::reading::{MissingCases, Reading};
use crate::records::ResultRow;
use crate::scores::prediction::{METRICS, Prepared};
use crate::scores::{CaseRun, CaseTable, CaseTask, PredictedRun, ScoreKind, Unit};

/// Joins scores and labels, checks them, and computes the metrics of each run.
pub(super) fn finish(
    all: &Assembly,
    reading: &Reading,
    factors: &[String],
) -> Result<Found, FrameError> {
    if reading.missing_cases == MissingCases::Worst {
        return Err(FrameError::Inputs {
            reason: "--missing-cases worst is for values per case; a missing prediction has no \
                     worst score: say common or refuse"
                .into(),
        });
    }
    if all.tasks.iter().all(|task| task.labels.is_empty()) {
        return Err(no_labels(all));
    }
    let mut found = Found::default();
    for (at, task) in all.tasks.iter().enumerate() {
        if !task.drafts.is_empty() {
            let made = joined(all, at, reading, factors, &mut found.notes)?;
            found.data.tasks.push(made);
        }
    }
    if found.data.tasks.is_empty() {
        return Err(FrameError::Inputs {
            reason: format!(
                "{} has labels and no scores; give the files of predictions after it",
                all.files[0].display()
            ),
        });
    }
    found.data.unit = unit(all, reading);
    if found.data.tasks.iter().any(|task| !task.clusters.is_empty())
        && found.data.unit == Unit::Cases
    {
        found.notes.push("patients have several cases: whole patients are the units".into());
    }
    found.notes.push(unit_note(found.data.unit, all, reading));
    found.rows = rows(&found.data.tasks);
    Ok(found)
}

fn no_labels(all: &Assembly) -> FrameError {
    let path = all.files[0].clone();
    FrameError::Case {
        path,
        line: 1,
        reason: "there are scores and no labels: add a column label (or label_<class> per class), \
                 or give a file of truth first: transfolio compare TRUTH.csv MODELS/*.csv"
            .into(),
    }
}

/// A task with its cases, labels and runs.
fn joined(
    all: &Assembly,
    at: usize,
    reading: &Reading,
    factors: &[String],
    notes: &mut Vec<String>,
) -> Result<CaseTask, FrameError> {
    let task = &all.tasks[at];
    let runs = runs(task);
    let (scored, left_out) = classes(all, &runs);
    let truth = all.truth(at, &scored)?;
    let place_name = all.book.get(Role::Task, task.code);
    if truth.classes.is_empty() {
        return Err(FrameError::Inputs {
            reason: format!(
                "no class has both labels and scores of every model; scores of all: {}; labels: \
                     {}",
                scored.join(", "),
                labelled(all).join(", ")
            ),
        });
    }
    notes.extend(unlabelled(&all.on_task(task.code), &scored, &left_out, &truth, all));
    let kept: Vec<Vec<&Draft>> =
        runs.iter().map(|(_, drafts)| of_classes(all, drafts, &truth)).collect();
    let flat: Vec<&Draft> = kept.iter().flatten().copied().collect();
    let labelled = |case: usize| match truth.has.iter().position(|of| of[case].is_none()) {
        None => Ok(()),
        Some(class) => Err(format!("the truth of {}", truth.classes[class])),
    };
    let common = common(all, task, &flat, labelled, "scores", reading.missing_cases)?;
    notes.extend(common.note);
    let counted: Vec<usize> = (0..task.cases.len()).filter(|case| common.counts[*case]).collect();
    let names: Vec<String> =
        task.cases.iter().map(|code| all.book.get(Role::Case, *code).into()).collect();
    let (patients, clusters) = patients(task, all, &names, &common.counts);
    let label = |of: &Vec<Option<bool>>| counted.iter().map(|at| of[*at] == Some(true)).collect();
    let table = Arc::new(CaseTable {
        cases: counted.iter().map(|at| names[*at].clone()).collect(),
        patients,
        classes: truth.classes.clone(),
        labels: truth.has.iter().map(label).collect(),
        exclusive: truth.exclusive,
    });
    let mut made = CaseTask::new(place_name.to_string(), Arc::clone(&table), clusters);
    for ((key, _), drafts) in runs.iter().zip(&kept) {
        let mut scores: Vec<Vec<f64>> = drafts
            .iter()
            .map(|draft| counted.iter().map(|case| draft.value(*case)).collect())
            .collect();
        let no_probabilities = check_scores(all, drafts, &counted, reading.scores)?;
        if let Some(kind) = reading.scores {
            kind.probabilities(&mut scores, truth.exclusive);
        }
        made.runs.push(PredictedRun {
            place: place(all, *key, factors, "")?,
            seed: seed(all, drafts[0])?,
            run: CaseRun { table: Arc::clone(&table), scores },
            no_probabilities,
        });
    }
    notes.extend(not_probable(&made));
    notes.extend(equal(&made, &all.on_task(task.code)));
    Ok(made)
}

/// Runs of a task with their drafts, one per class.
fn runs(task: &Task) -> Vec<(Key, Vec<&Draft>)> {
    let mut runs: Vec<(Key, Vec<&Draft>)> = Vec::new();
    for draft in &task.drafts {
        match runs.iter_mut().find(|(run, _)| *run == draft.key.run()) {
            Some((_, drafts)) => drafts.push(draft),
            None => runs.push((draft.key.run(), vec![draft])),
        }
    }
    runs
}

/// Classes that all runs score, and those that some do not.
fn classes(all: &Assembly, runs: &[(Key, Vec<&Draft>)]) -> (Vec<String>, Vec<String>) {
    let mut codes: Vec<u32> = Vec::new();
    for draft in runs.iter().flat_map(|(_, drafts)| drafts) {
        if !codes.contains(&draft.key.class) {
            codes.push(draft.key.class);
        }
    }
    let in_all = |code: &u32| {
        runs.iter().all(|(_, drafts)| drafts.iter().any(|draft| draft.key.class == *code))
    };
    let (kept, rest): (Vec<u32>, Vec<u32>) = codes.into_iter().partition(in_all);
    let names = |codes: Vec<u32>| {
        codes.iter().map(|code| all.book.get(Role::Class, *code).to_string()).collect()
    };
    (names(kept), names(rest))
}

/// Classes that any file has labels of.
fn labelled(all: &Assembly) -> Vec<String> {
    let columns = all.tasks.iter().flat_map(|task| &task.labels.columns);
    columns.map(|(class, _)| all.book.get(Role::Class, *class).to_string()).collect()
}

/// The drafts of a run in the order of the classes that count.
fn of_classes<'a>(all: &Assembly, drafts: &[&'a Draft], truth: &Truth) -> Vec<&'a Draft> {
    let find = |class: &String| {
        let of = |draft: &&&Draft| all.book.get(Role::Class, draft.key.class) == class;
        // A single score without a class is of the only one there is.
        drafts.iter().find(of).or_else(|| drafts.first()).copied()
    };
    truth.classes.iter().filter_map(find).collect()
}

/// Classes that are not compared, and why.
fn unlabelled(
    task: &str,
    scored: &[String],
    left_out: &[String],
    truth: &Truth,
    all: &Assembly,
) -> Vec<String> {
    let mut notes = Vec::new();
    if !left_out.is_empty() {
        notes.push(format!(
            "classes{task} without scores of every model are left out: {}",
            join(left_out)
        ));
    }
    let no_label: Vec<String> = scored
        .iter()
        .filter(|name| !name.is_empty() && !truth.classes.contains(name))
        .cloned()
        .collect();
    if !no_label.is_empty() {
        notes.push(format!(
            "classes{task} with scores and without labels are left out: {}",
            join(&no_label)
        ));
    }
    let unscored: Vec<String> = labelled(all)
        .into_iter()
        .filter(|name| !name.is_empty() && !truth.classes.contains(name))
        .collect();
    if !unscored.is_empty() && !truth.exclusive {
        notes.push(format!(
            "{} of {} labelled classes{task} are compared: {}; the models have no scores of the \
             others",
            truth.classes.len(),
            truth.classes.len() + unscored.len(),
            join(&truth.classes)
        ));
    }
    notes
}

/// Why the scores of a run are no probabilities; an error where it was said that
/// they are.
fn check_scores(
    all: &Assembly,
    drafts: &[&Draft],
    cases: &[usize],
    kind: Option<ScoreKind>,
) -> Result<Option<String>, FrameError> {
    match kind {
        Some(ScoreKind::Logits) => return Ok(None),
        Some(ScoreKind::Ranks) => {
            return Ok(Some("scores order the cases and are no probabilities, as stated".into()));
        }
        Some(ScoreKind::Probabilities) | None => {}
    }
    let outside = |draft: &&&Draft| {
        cases.iter().copied().find(|case| !(0.0..=1.0).contains(&draft.value(*case)))
    };
    let Some((draft, case)) = drafts.iter().find_map(|d| Some((*d, outside(&d)?))) else {
        return Ok(None);
    };
    let (value, at) = (draft.value(case), draft.at(case));
    let class = match all.book.get(Role::Class, draft.key.class) {
        "" => String::new(),
        class => format!(" of {class}"),
    };
    if kind == Some(ScoreKind::Probabilities) {
        return Err(all.error(
            at,
            format!(
                "the score{class} is {value}, expected a probability from 0 to 1; if scores are \
                 logits say --scores logits, and if only their order counts --scores ranks"
            ),
        ));
    }
    let path = all.files[usize::from(at.file)].display();
    Ok(Some(format!("its score{class} is {value} ({path}:{})", at.line)))
}

/// Names runs whose scores are no probabilities.
fn not_probable(task: &CaseTask) -> Vec<String> {
    let reasons: Vec<String> = task
        .runs
        .iter()
        .filter_map(|run| Some(format!("{}: {}", words(run), run.no_probabilities.as_ref()?)))
        .collect();
    if reasons.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "scores outside of 0 to 1 are no probabilities, so only metrics of their order (AUC, \
         average precision) are computed of these runs; if scores are logits, say --scores logits \
         (sigmoid, or softmax where one class is right): {}",
        reasons.join("; ")
    )]
}

fn words(run: &PredictedRun) -> String {
    let init = if run.place.init == "init" { "" } else { &run.place.init };
    let names = [run.place.model.as_str(), init];
    let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    let seed = if run.seed == 0 { String::new() } else { format!(", seed {}", run.seed) };
    format!("{}{seed}", names.join(" / "))
}

/// Names models whose scores are equal value for value: of all classes, else of
/// some.
fn equal(task: &CaseTask, on: &str) -> Vec<String> {
    let names = || task.runs.iter().map(words);
    let cases = task.table.cases.len();
    let whole = equal_groups(names().zip(task.runs.iter().map(|run| &run.run.scores)));
    let mut notes: Vec<String> = whole
        .iter()
        .map(|names| {
            format!(
                "equal scores, value for value, on all {cases} cases{on}: {}; there is nothing to test \
                 between them; are they one model under several names?",
                join(names)
            )
        })
        .collect();
    if task.table.classes.len() < 2 {
        return notes;
    }
    let mut known: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for (at, class) in task.table.classes.iter().enumerate() {
        let of = names().zip(task.runs.iter().map(|run| &run.run.scores[at]));
        for names in equal_groups(of).into_iter().filter(|names| !whole.contains(names)) {
            match known.iter_mut().find(|(group, _)| *group == names) {
                Some((_, classes)) => classes.push(class.clone()),
                None => known.push((names, vec![class.clone()])),
            }
        }
    }
    notes.extend(known.iter().map(|(names, classes)| {
        format!(
            "equal scores of {}, value for value, on all {cases} cases{on}: {}; on these classes there is \
             nothing to test between them",
            join(classes),
            join(names)
        )
    }));
    notes
}

/// The metrics of every run, overall and per class; a metric that no run has is
/// left out.
fn rows(tasks: &[CaseTask]) -> Vec<ResultRow> {
    let runs = || tasks.iter().flat_map(|task| task.runs.iter().map(move |run| (task, run)));
    let prepared: Vec<Prepared> =
        runs().map(|(_, run)| Prepared::new(&run.run, run.no_probabilities.is_none())).collect();
    let all: Vec<[f64; METRICS.len()]> = runs()
        .zip(&prepared)
        .map(|((task, _), of)| of.weighted(&vec![1; task.table.cases.len()]))
        .collect();
    let by_class: Vec<Vec<[f64; METRICS.len()]>> =
        prepared.iter().map(Prepared::by_class).collect();
    let mut rows = Vec::new();
    for (at, metric) in METRICS.iter().enumerate() {
        if all.iter().all(|values| values[at].is_nan()) {
            continue;
        }
        for ((task, run), (values, classes)) in runs().zip(all.iter().zip(&by_class)) {
            let n = task.table.cases.len();
            let undefined = |value: f64, class: Option<usize>| match &run.no_probabilities {
                Some(reason) if value.is_nan() && Prepared::needs_probabilities(at) => {
                    Some(format!("it needs probabilities: {reason}"))
                }
                _ if value.is_nan() => Some(Prepared::reason(at).to_string()),
                _ if class.is_none() => without(&task.table.classes, classes, at),
                _ => None,
            };
            let value = |value: f64| (!value.is_nan()).then_some(value);
            rows.push(result_row(
                &run.place,
                run.seed,
                metric,
                None,
                value(values[at]),
                undefined(values[at], None),
                n,
            ));
            if task.table.classes.len() < 2 || classes.iter().all(|of| of[at].is_nan()) {
                continue;
            }
            for (k, class) in task.table.classes.iter().enumerate() {
                let of = classes[k][at];
                let class = Some(class.clone());
                rows.push(result_row(
                    &run.place,
                    run.seed,
                    metric,
                    class,
                    value(of),
                    undefined(of, Some(k)),
                    n,
                ));
            }
        }
    }
    rows
}

/// Classes that a mean is without.
fn without(names: &[String], classes: &[[f64; METRICS.len()]], at: usize) -> Option<String> {
    let missing: Vec<String> = names
        .iter()
        .zip(classes)
        .filter(|(_, values)| values[at].is_nan())
        .map(|(name, _)| name.clone())
        .collect();
    let some = !missing.is_empty() && missing.len() < names.len();
    some.then(|| format!("mean without {}: {}", join(&missing), Prepared::reason(at)))
}
