//! Several study folders, and files of results beside them, as one table.
//!
//! Each is written as a table of results with one more column, `origin`, and those
//! tables are read like any others: what a page carries of them is read again in the
//! same way. What is not of the same task, or was told twice, is refused before.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::*;

use super::error::{FrameError, Operation};
use super::reading::Reading;
use super::results::Results;
use crate::records::StudyDir;
use crate::scores::{INTERNAL, TEST_SET};

/// The column that tells where a row comes from.
const ORIGIN: &str = "origin";

/// One input, with the name that tells it from the others.
struct Part {
    origin: String,
    path: PathBuf,
    results: Results,
}

/// Reads and joins.
///
/// # Errors
/// One cannot be read, or they do not fit together; the message says why.
pub(super) fn join(paths: &[PathBuf], reading: &Reading) -> Result<Results, FrameError> {
    // Whoever names a folder means a study: that it is none is the cause, whatever
    // is odd about the tables beside it.
    let no_study = |path: &&PathBuf| path.is_dir() && !StudyDir::new(path).study().is_file();
    if let Some(folder) = paths.iter().find(no_study) {
        return Err(FrameError::Inputs {
            reason: format!(
                "{} is no study folder: it has no study.json; several inputs are study folders \
                 and tables of results with a row per run, or files alone",
                folder.display()
            ),
        });
    }
    let mut parts = Vec::with_capacity(paths.len());
    for path in paths {
        parts.push(part(path, reading)?);
    }
    name_apart(&mut parts);
    tasks_fit(&parts)?;
    let mut said = told_of(&parts);
    let twice = drop_repeated(&mut parts)?;
    said.extend(twice);
    let mut reading = reading.clone();
    let typed = std::mem::take(&mut reading.rules);
    for part in &parts {
        reading.rules.extend(&part.results.rules_with(&typed));
    }
    reading.rules.extend(&typed);
    let test_sets = parts.iter().any(Part::has_test_sets);
    let mut kept: Vec<(PathBuf, Arc<[u8]>)> = Vec::with_capacity(parts.len());
    for part in parts.iter().filter(|part| part.results.frame.height() > 0) {
        let name = PathBuf::from(format!("{}.csv", part.origin));
        kept.push((name, part.table(test_sets)?.into()));
    }
    let files: Vec<(&Path, &[u8])> =
        kept.iter().map(|(path, bytes)| (path.as_path(), &**bytes)).collect();
    let mut results = Results::from_bytes(&files, &reading)?;
    results.kept = kept;
    results.said = said;
    Ok(results)
}

fn part(path: &Path, reading: &Reading) -> Result<Part, FrameError> {
    // What is asked of columns is asked of all parts together, and of the origin.
    let own = Reading { factors: Vec::new(), filters: Vec::new(), ..reading.clone() };
    let results = Results::open(path, &own)?;
    let refuse = |reason: String| Err(FrameError::Inputs { reason });
    if results.cases.is_some() {
        return refuse(format!(
            "{} is a table of test cases; beside study folders stand tables of results, with a \
             row per run",
            path.display()
        ));
    }
    if !results.summaries.is_empty() {
        return refuse(format!(
            "{} has means without single runs; beside study folders stand tables with a row per run",
            path.display()
        ));
    }
    if results.others.iter().any(|other| other == ORIGIN) {
        return refuse(format!(
            "{} has a column `{ORIGIN}` of its own; give it another name",
            path.display()
        ));
    }
    let own = match &results.study {
        Some(study) => study.study.study.name.clone(),
        None => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
    };
    Ok(Part { origin: own, path: path.to_path_buf(), results })
}

/// Studies of one name get those of their folders, and numbers where that is not
/// enough.
fn name_apart(parts: &mut [Part]) {
    let count = |parts: &[Part], name: &str| parts.iter().filter(|p| p.origin == name).count();
    for at in 0..parts.len() {
        if count(parts, &parts[at].origin) > 1 {
            let name = std::path::absolute(&parts[at].path).unwrap_or_default();
            let name = name.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if !name.is_empty() && count(parts, &name) == 0 {
                parts[at].origin = name;
            }
        }
    }
    for at in 1..parts.len() {
        let mut number = 2;
        let name = parts[at].origin.clone();
        while parts[..at].iter().any(|part| part.origin == parts[at].origin) {
            parts[at].origin = format!("{name} ({number})");
            number += 1;
        }
    }
}

/// Tasks of one name have to be one task: of the same data, with the same test cases.
fn tasks_fit(parts: &[Part]) -> Result<(), FrameError> {
    let refuse = |reason: String| Err(FrameError::Inputs { reason });
    let tasks: Vec<BTreeMap<String, TestSet>> =
        parts.iter().map(Part::tasks).collect::<Result<_, _>>()?;
    for (at, (part, own)) in parts.iter().zip(&tasks).enumerate() {
        for (other, others) in parts.iter().zip(&tasks).take(at) {
            for (task, here) in own {
                let Some(there) = others.get(task) else { continue };
                if let Some(how) = here.differs(there) {
                    return refuse(format!(
                        "the task {task} of {} is another one than that of {}: {how}; compare \
                         studies of the same data, or call the tasks differently",
                        part.path.display(),
                        other.path.display()
                    ));
                }
            }
        }
        let metrics: BTreeSet<&String> = own.values().flat_map(|set| set.cases.keys()).collect();
        let shared = |others: &BTreeMap<String, TestSet>| {
            own.keys().any(|task| others.contains_key(task))
                && others.values().any(|set| set.cases.keys().any(|m| metrics.contains(m)))
        };
        let fits = tasks.iter().enumerate().any(|(other, set)| other != at && shared(set));
        if !fits {
            let list = |set: &BTreeMap<String, TestSet>| {
                set.keys().cloned().collect::<Vec<_>>().join(", ")
            };
            let rest: Vec<String> = (tasks.iter().enumerate())
                .filter(|(other, _)| *other != at)
                .map(|(other, set)| format!("{} has {}", parts[other].path.display(), list(set)))
                .collect();
            return refuse(format!(
                "{} has no task and metric in common with the others: it has the tasks {}, {}",
                part.path.display(),
                list(own),
                rest.join(", ")
            ));
        }
    }
    Ok(())
}

/// What a task is tested on.
#[derive(Default)]
struct TestSet {
    /// Hashes of the data, by size of image.
    hashes: BTreeMap<String, String>,
    /// Test cases by metric, where all rows have the same number.
    cases: BTreeMap<String, u64>,
    classes: BTreeSet<String>,
}

impl TestSet {
    /// How two differ, if they do.
    fn differs(&self, other: &Self) -> Option<String> {
        for (size, hash) in &self.hashes {
            if let Some(there) = other.hashes.get(size).filter(|there| *there != hash) {
                let short = |hash: &str| hash.chars().take(8).collect::<String>();
                return Some(format!(
                    "its data {size} have the hash {}..., there {}...",
                    short(hash),
                    short(there)
                ));
            }
        }
        for (metric, cases) in &self.cases {
            if let Some(there) = other.cases.get(metric)
                && cases != there
                && *cases > 0
                && *there > 0
            {
                return Some(format!("{metric} is of {cases} test cases, there of {there}"));
            }
        }
        if !self.classes.is_empty() && !other.classes.is_empty() && self.classes != other.classes {
            let list = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(", ");
            return Some(format!(
                "its classes are {}, there {}",
                list(&self.classes),
                list(&other.classes)
            ));
        }
        None
    }
}

impl Part {
    fn tasks(&self) -> Result<BTreeMap<String, TestSet>, FrameError> {
        let mut tasks: BTreeMap<String, TestSet> = BTreeMap::new();
        let frame = &self.results.frame;
        let text = |name: &str| texts(frame, name);
        let (task, metric, class) = (text("task")?, text("metric")?, text("class")?);
        let n = frame.column("n").op("read n of")?.cast(&DataType::UInt64).op("read n of")?;
        let n = n.u64().op("read n of")?;
        for row in 0..frame.height() {
            let Some(name) = task.get(row) else { continue };
            let set = tasks.entry(name.into()).or_default();
            if let Some(class) = class.get(row) {
                set.classes.insert(class.into());
                continue;
            }
            let metric = metric.get(row).unwrap_or_default().to_owned();
            set.cases.entry(metric).or_insert(n.get(row).unwrap_or(0));
        }
        if let Some(study) = &self.results.study {
            for (key, hash) in &study.data_hashes {
                let Some((task, size)) = key.rsplit_once(" (") else { continue };
                if let Some(set) = tasks.get_mut(task) {
                    set.hashes.insert(format!("at {}", size.trim_end_matches(')')), hash.clone());
                }
            }
        }
        Ok(tasks)
    }

    fn has_test_sets(&self) -> bool {
        self.results.others.iter().any(|other| other == TEST_SET)
    }

    /// The table with its origin; beside results on further test sets those of others
    /// are of their tasks' own.
    fn table(&self, test_sets: bool) -> Result<Vec<u8>, FrameError> {
        let mut frame = self.results.frame.clone();
        if test_sets && !self.has_test_sets() {
            let own = vec![INTERNAL; frame.height()];
            frame.with_column(Column::new(TEST_SET.into(), own)).op("name the test set of")?;
        }
        let origin = vec![self.origin.as_str(); frame.height()];
        frame.with_column(Column::new(ORIGIN.into(), origin)).op("name the origin of")?;
        let mut bytes = Vec::new();
        CsvWriter::new(&mut bytes).include_header(true).finish(&mut frame).op("write")?;
        Ok(bytes)
    }
}

fn texts(frame: &DataFrame, name: &str) -> Result<StringChunked, FrameError> {
    let column = frame.column(name).op("read a column of")?;
    let column = column.cast(&DataType::String).op("read a column of")?;
    Ok(column.str().op("read a column of")?.clone())
}

/// Runs that lie in several folders, as where one study was split, count once. A run
/// that has other values elsewhere is refused: its name says that it has the same.
fn drop_repeated(parts: &mut [Part]) -> Result<Vec<String>, FrameError> {
    let mut seen: BTreeMap<String, (usize, Vec<String>)> = BTreeMap::new();
    let mut said = Vec::new();
    for at in 0..parts.len() {
        if parts[at].results.study.is_none() {
            continue;
        }
        let rows = rows_by_run(&parts[at].results.frame)?;
        let mut again = BTreeSet::new();
        for (run, values) in rows {
            match seen.get(&run) {
                None => drop(seen.insert(run, (at, values))),
                Some((_, there)) if *there == values => drop(again.insert(run)),
                Some((other, _)) => {
                    return Err(FrameError::Inputs {
                        reason: format!(
                            "the run {run} has other values in {} than in {}, and is the same run; \
                             `transfolio check` says which folder is damaged, or they were made \
                             with other threads or on another kind of device",
                            parts[at].path.display(),
                            parts[*other].path.display()
                        ),
                    });
                }
            }
        }
        if again.is_empty() {
            continue;
        }
        said.push(format!(
            "{} runs of {} are in another folder, too, and count there",
            again.len(),
            parts[at].path.display()
        ));
        let runs = texts(&parts[at].results.frame, "run")?;
        let keep: BooleanChunked = (0..runs.len())
            .map(|row| Some(runs.get(row).is_none_or(|run| !again.contains(run))))
            .collect();
        parts[at].results.frame =
            parts[at].results.frame.filter(&keep).op("leave out repeated runs of")?;
    }
    Ok(said)
}

/// The values of each run, as text to the last digit.
fn rows_by_run(frame: &DataFrame) -> Result<BTreeMap<String, Vec<String>>, FrameError> {
    let (run, metric, class) =
        (texts(frame, "run")?, texts(frame, "metric")?, texts(frame, "class")?);
    let value = frame.column("value").op("read values of")?.f64().op("read values of")?.clone();
    let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in 0..frame.height() {
        let Some(run) = run.get(row) else { continue };
        let bits = value.get(row).map_or(0, f64::to_bits);
        let (metric, class) = (metric.get(row).unwrap_or(""), class.get(row).unwrap_or(""));
        rows.entry(run.into()).or_default().push(format!("{metric}/{class}/{bits:x}"));
    }
    Ok(rows)
}

/// What a user should know of the parts, and what the joined table does not hold.
fn told_of(parts: &[Part]) -> Vec<String> {
    let mut said = Vec::new();
    for part in parts {
        let missing = part.results.problems.len();
        if missing > 0 {
            said.push(format!(
                "{missing} runs of {} have no results; `transfolio status` says why",
                part.path.display()
            ));
        }
        let stated = part.results.study.as_ref().is_some_and(|study| {
            study.study.comparison != crate::spec::ComparisonSpec::default()
                || !study.study.claims.is_empty()
        });
        if stated {
            said.push(format!(
                "[comparison] and claims of {} are of that study alone and are not taken; say here \
                 what is compared (--baseline, --margin, --claims)",
                part.path.display()
            ));
        }
    }
    said
}
