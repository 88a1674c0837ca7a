//! Values per case: of each metric, and class where there are several.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::assemble::{Assembly, Draft, Key, Task};
use super::columns::Role;
use super::notes::{equal_groups, join};
use super::policy::common;
use super::read::Found;
use crate::frame::error::FrameError;
use crate::frame::reading::{MissingCases, Reading};
use crate::records::ResultRow;
use crate::scores::{
    Better, CaseColumn, CaseTable, CaseTask, Cell, Metric, MetricRules, Scale, Unit,
};

/// Checks what was put together, and makes cells' worth of it.
pub(super) fn finish(
    all: &Assembly,
    reading: &Reading,
    rules: &MetricRules,
    factors: &[String],
) -> Result<Found, FrameError> {
    let mut found = Found::default();
    check_scales(all, rules)?;
    for task in &all.tasks {
        let mut made = of_task(task, all);
        for (metric, drafts) in by_metric(task) {
            let name = all.book.get(Role::Metric, metric);
            let worst = worst(name, rules, &drafts);
            let whole = whole(&drafts);
            let drafts: Vec<&Draft> = drafts.into_iter().chain(&whole).collect();
            for class in classes(&drafts) {
                let of: Vec<&Draft> =
                    drafts.iter().copied().filter(|draft| draft.key.class == class).collect();
                let words = match all.book.get(Role::Class, class) {
                    "" => name.to_string(),
                    class => format!("{name} of {class}"),
                };
                let columns = columns(all, task, &of, &words, reading.missing_cases, worst)?;
                found.notes.extend(columns.note);
                found.notes.extend(equal(all, &of, &columns.values, &words));
                for (draft, values) in of.iter().zip(columns.values) {
                    let place = place(all, draft.key, factors, name)?;
                    let seed = seed(all, draft)?;
                    let class = Some(all.book.get(Role::Class, class).to_string());
                    let class = class.filter(|name| !name.is_empty());
                    found.rows.push(row(&place, seed, class.clone(), &values));
                    made.values.push(CaseColumn { place, seed, class, values });
                }
            }
        }
        if !made.values.is_empty() {
            found.data.tasks.push(made);
        }
    }
    found.data.unit = unit(all, reading);
    let clustered = found.data.tasks.iter().any(|task| !task.clusters.is_empty());
    if clustered && found.data.unit == Unit::Cases {
        found.notes.push(
            "patients have several cases and are the units: pairs are tested with cluster-robust \
             variances, claims and answers over tasks use the mean of each patient"
                .into(),
        );
    }
    found.notes.push(unit_note(found.data.unit, all, reading));
    Ok(found)
}

/// The cases with their patients.
pub(super) fn of_task(task: &Task, all: &Assembly) -> CaseTask {
    let cases: Vec<String> =
        task.cases.iter().map(|code| all.book.get(Role::Case, *code).to_string()).collect();
    let (patients, clusters) = patients(task, all, &cases, &vec![true; cases.len()]);
    let table = CaseTable { cases, patients, ..CaseTable::default() };
    let name = all.book.get(Role::Task, task.code).to_string();
    CaseTask::new(name, Arc::new(table), clusters)
}

/// Patients of the cases that count, and their numbers: none where each case is
/// a patient of its own. A case without a patient is one by itself.
pub(super) fn patients(
    task: &Task,
    all: &Assembly,
    cases: &[String],
    counts: &[bool],
) -> (Vec<String>, Vec<u32>) {
    let name = |case: usize| match task.patients[case] {
        Some((patient, _)) => all.book.get(Role::Patient, patient).to_string(),
        None => cases[case].clone(),
    };
    let kept = (0..cases.len()).filter(|case| counts[*case]);
    let names: Vec<String> = kept.map(name).collect();
    let mut known: BTreeMap<&str, u32> = BTreeMap::new();
    let mut clusters = Vec::with_capacity(names.len());
    for name in &names {
        let next = known.len() as u32;
        clusters.push(*known.entry(name.as_str()).or_insert(next));
    }
    let several = known.len() < names.len();
    (names, if several { clusters } else { Vec::new() })
}

/// Drafts by metric, in order of first appearance.
fn by_metric(task: &Task) -> Vec<(u32, Vec<&Draft>)> {
    let mut metrics: Vec<(u32, Vec<&Draft>)> = Vec::new();
    for draft in &task.drafts {
        match metrics.iter_mut().find(|(metric, _)| *metric == draft.key.metric) {
            Some((_, drafts)) => drafts.push(draft),
            None => metrics.push((draft.key.metric, vec![draft])),
        }
    }
    metrics
}

/// Where values are of classes alone, their mean case by case: that of a case is
/// over the classes that it has a value of.
fn whole(drafts: &[&Draft]) -> Vec<Draft> {
    let none = Key::default().class;
    let no_class = |draft: &&Draft| draft.key.class == none;
    if drafts.iter().any(no_class) {
        return Vec::new();
    }
    let mut runs: Vec<(Key, Vec<&Draft>)> = Vec::new();
    for draft in drafts {
        match runs.iter_mut().find(|(run, _)| *run == draft.key.run()) {
            Some((_, list)) => list.push(draft),
            None => runs.push((draft.key.run(), vec![draft])),
        }
    }
    runs.into_iter()
        .map(|(_, list)| {
            let cases = list.iter().map(|draft| draft.values.len()).max().unwrap_or(0);
            let mean = |case: usize| {
                let values = list.iter().map(|draft| draft.value(case));
                let values: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
                values.iter().sum::<f64>() / values.len() as f64
            };
            let line = |case: usize| list.iter().map(|draft| draft.at(case).line).max();
            Draft {
                key: Key { class: none, ..list[0].key },
                file: list[0].file,
                values: (0..cases).map(mean).collect(),
                lines: (0..cases).map(|case| line(case).unwrap_or(0)).collect(),
            }
        })
        .collect()
}

fn classes(drafts: &[&Draft]) -> Vec<u32> {
    let mut classes: Vec<u32> = Vec::new();
    for draft in drafts {
        if !classes.contains(&draft.key.class) {
            classes.push(draft.key.class);
        }
    }
    classes
}

/// Columns of all models on the cases that count.
struct Columns {
    values: Vec<Vec<f64>>,
    note: Option<String>,
}

fn columns(
    all: &Assembly,
    task: &Task,
    drafts: &[&Draft],
    what: &str,
    policy: MissingCases,
    worst: Option<f64>,
) -> Result<Columns, FrameError> {
    let cases = task.cases.len();
    let full = |draft: &&Draft| (0..cases).map(|case| draft.value(case)).collect::<Vec<f64>>();
    let mut values: Vec<Vec<f64>> = drafts.iter().map(full).collect();
    if policy == MissingCases::Worst {
        let missing = values.iter().flatten().filter(|v| v.is_nan()).count();
        if missing == 0 {
            return Ok(Columns { values, note: None });
        }
        let Some(worst) = worst else {
            let at =
                task.first.first().copied().unwrap_or(super::assemble::At { file: 0, line: 1 });
            return Err(all.error(
                at,
                format!(
                    "{missing} values of {what} are missing and there is no worst {what} that \
                     could stand for them: its direction or its end is not known; say \
                     --missing-cases common, or give a range in [metrics]"
                ),
            ));
        };
        values.iter_mut().flatten().filter(|v| v.is_nan()).for_each(|v| *v = worst);
        let place = all.on_task(task.code);
        let note = format!(
            "{missing} missing values of {what}{place} count as {worst}, the worst there can be \
             (--missing-cases worst)"
        );
        return Ok(Columns { values, note: Some(note) });
    }
    let common = common(all, task, drafts, |_| Ok(()), what, policy)?;
    for column in &mut values {
        for (value, counts) in column.iter_mut().zip(&common.counts) {
            if !counts {
                *value = f64::NAN;
            }
        }
    }
    Ok(Columns { values, note: common.note })
}

/// The bad end of a metric, in the scale of its values.
fn worst(name: &str, rules: &MetricRules, drafts: &[&Draft]) -> Option<f64> {
    let values = drafts.iter().flat_map(|draft| draft.values.iter().copied());
    let values: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
    let cell = Cell { values, ..Cell::default() };
    let metric = Metric::of(name, rules, &[cell]);
    let (low, high) = match rules.of(&metric.key).range {
        Some([low, high]) => (low, high),
        None => metric.known()?.range.ends(),
    };
    let end = match metric.better {
        Better::Higher => low,
        Better::Lower => high,
        Better::Unknown => return None,
    };
    let end = if metric.scale == Scale::Percent { end * 100.0 } else { end };
    end.is_finite().then_some(end)
}

/// Refuses values that cannot be values of their metric.
fn check_scales(all: &Assembly, rules: &MetricRules) -> Result<(), FrameError> {
    let mut metrics: BTreeMap<u32, Vec<&Draft>> = BTreeMap::new();
    for draft in all.tasks.iter().flat_map(|task| &task.drafts) {
        metrics.entry(draft.key.metric).or_default().push(draft);
    }
    for (metric, drafts) in metrics {
        let name = all.book.get(Role::Metric, metric);
        let values: Vec<f64> = drafts
            .iter()
            .flat_map(|draft| draft.values.iter().copied().filter(|value| !value.is_nan()))
            .collect();
        let Err(fault) = Scale::of(name, &rules.of(name), &values) else { continue };
        let mut places = drafts.iter().flat_map(|draft| {
            let there = (0..draft.values.len()).filter(|case| !draft.values[*case].is_nan());
            there.map(|case| draft.at(case))
        });
        let at = places.nth(fault.at).unwrap_or(super::assemble::At { file: 0, line: 0 });
        return Err(FrameError::Scale {
            path: all.files[usize::from(at.file)].clone(),
            line: u64::from(at.line),
            metric: name.into(),
            got: values[fault.at],
            expected: fault.expected,
        });
    }
    Ok(())
}

/// Names models whose values are equal, value for value.
fn equal(all: &Assembly, drafts: &[&Draft], values: &[Vec<f64>], what: &str) -> Vec<String> {
    let filled: Vec<Vec<u64>> =
        values.iter().map(|column| column.iter().map(|v| (v + 0.0).to_bits()).collect()).collect();
    let names = drafts.iter().map(|draft| run_words(all, draft.key));
    equal_groups(names.zip(&filled))
        .iter()
        .map(|names| {
            format!(
                "equal values of {what}, case for case: {}; there is nothing to test between them; \
                 are they one model under several names?",
                join(names)
            )
        })
        .collect()
}

fn run_words(all: &Assembly, key: Key) -> String {
    let seed = all.book.get(Role::Seed, key.seed);
    let words = all.key_words(key.run());
    if seed == "0" { words } else { format!("{words}, seed {seed}") }
}

/// The levels of a run as a cell without values.
pub(super) fn place(
    all: &Assembly,
    key: Key,
    factors: &[String],
    metric: &str,
) -> Result<Cell, FrameError> {
    let text = |role, code| all.book.get(role, code).to_string();
    let fraction = text(Role::Fraction, key.fraction);
    let (number, percent) = match fraction.strip_suffix('%') {
        Some(number) => (number.trim(), true),
        None => (fraction.as_str(), false),
    };
    let share = number.parse::<f64>().ok().map(|v| if percent || v > 1.0 { v / 100.0 } else { v });
    let label_fraction =
        share.filter(|v| *v > 0.0 && *v <= 1.0).ok_or_else(|| FrameError::Inputs {
            reason: format!(
                "the label fraction {fraction:?} of {} is no share in (0, 1] and no percentage",
                all.key_words(key.run())
            ),
        })?;
    Ok(Cell {
        task: text(Role::Task, key.task),
        model: text(Role::Model, key.model),
        init: text(Role::Init, key.init),
        label_fraction,
        others: factors
            .iter()
            .zip(key.others)
            .map(|(name, code)| (name.clone(), text(Role::Other, code)))
            .collect(),
        metric: metric.into(),
        ..Cell::default()
    })
}

pub(super) fn seed(all: &Assembly, draft: &Draft) -> Result<u64, FrameError> {
    let text = all.book.get(Role::Seed, draft.key.seed);
    let line = draft.lines.iter().find(|line| **line > 0).copied().unwrap_or(0);
    text.parse().map_err(|_| FrameError::Value {
        path: all.files[usize::from(draft.file)].clone(),
        line: u64::from(line),
        column: "seed".into(),
        got: text.into(),
        expected: "a whole number of 0 or more",
    })
}

/// The run's row in the long table: the mean over the cases that count.
fn row(place: &Cell, seed: u64, class: Option<String>, values: &[f64]) -> ResultRow {
    let counted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    let mean = counted.iter().sum::<f64>() / counted.len() as f64;
    let value = mean.is_finite().then_some(mean);
    result_row(place, seed, &place.metric, class, value, None, counted.len())
}

/// A row of the long table.
pub(super) fn result_row(
    place: &Cell,
    seed: u64,
    metric: &str,
    class: Option<String>,
    value: Option<f64>,
    undefined: Option<String>,
    n: usize,
) -> ResultRow {
    ResultRow {
        task: place.task.clone(),
        model: place.model.clone(),
        init: place.init.clone(),
        granularity: None,
        label_fraction: place.label_fraction,
        seed,
        metric: metric.into(),
        class,
        value,
        undefined,
        n: n as u64,
        run: String::new(),
        others: place.others.clone(),
    }
}

/// Most seeds that a level has on a task.
fn most_seeds(all: &Assembly) -> usize {
    let mut seeds: BTreeMap<Vec<u32>, Vec<u32>> = BTreeMap::new();
    for draft in all.tasks.iter().flat_map(|task| &task.drafts) {
        let key = draft.key.place();
        let name: Vec<u32> =
            [key.task, key.model, key.init, key.fraction].into_iter().chain(key.others).collect();
        let list = seeds.entry(name).or_default();
        if !list.contains(&draft.key.seed) {
            list.push(draft.key.seed);
        }
    }
    seeds.values().map(Vec::len).max().unwrap_or(0)
}

/// Seeds where there are several, else cases; or what the reader was told.
pub(super) fn unit(all: &Assembly, reading: &Reading) -> Unit {
    match reading.unit {
        Some(unit) => unit,
        None if most_seeds(all) > 1 => Unit::Seeds,
        None => Unit::Cases,
    }
}

/// Which replications were chosen, and why.
pub(super) fn unit_note(unit: Unit, all: &Assembly, reading: &Reading) -> String {
    let seeds = most_seeds(all);
    match (unit, reading.unit.is_some()) {
        (Unit::Cases, false) => {
            "each model has one run: test cases are the replications, and what \
                                 is found holds for these trained models on other cases of the \
                                 kind"
                .into()
        }
        (Unit::Cases, true) => "test cases are the replications, as asked (--unit cases): of \
                                several seeds the mean is compared, and what is found holds for \
                                these trained models"
            .into(),
        (_, false) => format!(
            "models have up to {seeds} seeds: runs are the replications, and cases the second \
             source of variance; --unit cases compares over cases alone"
        ),
        (_, true) => "seeds are the replications, as asked (--unit seeds)".into(),
    }
}
