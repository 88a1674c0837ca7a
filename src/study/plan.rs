//! From a study file to runs with names: data prepared, weights hashed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::data::{self, Finding, Severity, Split};
use crate::records::{
    self, Ancestor, DataFacts, FORMAT, RecordError, RunDir, StudyDir, StudyRecord, set_aside,
    write_json,
};
use crate::spec::{
    Fingerprints, Granularity, Init, LabelCount, Loaded, RunSpec, Study, Target, data_needed,
    expand, target_tasks,
};
use crate::zoo::{self, FetchOptions, Local, Origin};

use super::attendance::alone_since;
use super::error::StudyError;
use super::test_sets::also_tested;

/// Where things go while a study is planned.
#[derive(Clone, Debug)]
pub struct PlanOptions {
    /// The study folder.
    pub output: PathBuf,
    /// Folder of prepared data.
    pub cache_dir: PathBuf,
    /// Folder of fetched models of the catalogue.
    pub zoo_store: PathBuf,
    /// The command line, for the record.
    pub command: Vec<String>,
}

/// A study ready to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The study folder.
    pub dir: StudyDir,
    /// What `study.json` says.
    pub record: StudyRecord,
    /// All runs, those that others start from first.
    pub runs: Vec<RunSpec>,
    /// What the data check found, by task.
    pub findings: BTreeMap<String, Vec<Finding>>,
}

/// Prepares all data, checks all weights, names all runs and writes
/// `study.json` and each run's `spec.json`.
///
/// `note` is told what is being done; it takes a while for large data.
pub fn plan(
    loaded: &Loaded,
    options: &PlanOptions,
    note: &mut dyn FnMut(&str),
) -> Result<Plan, StudyError> {
    let study = &with_models(&loaded.study, &options.zoo_store)?;
    let dir = StudyDir::new(&options.output);
    refuse_other_study(&dir, study, note)?;
    sweep(&dir);
    let weights = hash_weights(study, note)?;
    let prepared = prepare_data(study, &options.cache_dir, note)?;
    let Prepared { hashes: data, findings, facts, train } = prepared;
    let prints = Fingerprints { data: data.clone(), weights: weights.hashes, train: train.clone() };
    let runs = expand(study, &prints);
    let record = StudyRecord {
        format: FORMAT,
        study: study.clone(),
        study_sha256: loaded.sha256.clone(),
        command: options.command.clone(),
        data_hashes: data
            .iter()
            .map(|((task, size), hash)| (format!("{task} ({size} px)"), hash.clone()))
            .collect(),
        data_notes: findings
            .iter()
            .map(|(task, list)| (task.clone(), list.iter().map(|f| f.text.clone()).collect()))
            .collect(),
        // Shares of labels need none.
        train_cases: if study.study.label_counts.is_empty() { BTreeMap::new() } else { train },
        data_facts: facts,
        ancestry: weights.ancestry,
        weights_notes: weights.notes,
        runs: runs.iter().map(RunSpec::id).collect(),
    };
    for spec in &runs {
        write_spec(&dir.run(&spec.id()), spec, note)?;
    }
    dir.write_study(&record)?;
    Ok(Plan { dir, record, runs, findings })
}

/// Joins a study that was planned already, as a slot does: nothing is written, and
/// what this machine has must be what the plan was made of.
///
/// # Errors
/// As [`plan`]; and where the runs would be others here.
pub fn join(options: &PlanOptions, note: &mut dyn FnMut(&str)) -> Result<Plan, StudyError> {
    let dir = StudyDir::new(&options.output);
    let record = dir.read_study()?;
    let study = &record.study;
    let weights = hash_weights(study, note)?;
    let (mut data, mut train) = (BTreeMap::new(), BTreeMap::new());
    for (name, size) in data_needed(study) {
        note(&format!("preparing data of task {name} at {size} px"));
        let fail = |source| StudyError::Data { task: name.clone(), source };
        let dataset =
            data::prepare(&name, &study.prepared(&name), size, &options.cache_dir, &|_, _| {})
                .map_err(fail)?;
        let planned = record.data_hashes.get(&format!("{name} ({size} px)"));
        if planned.is_some_and(|planned| *planned != dataset.data_hash) {
            return Err(StudyError::Elsewhere { what: format!("the data of task {name}") });
        }
        train.insert(name.clone(), dataset.indices(Split::Train).len());
        data.insert((name, size), dataset.data_hash.clone());
    }
    let runs = expand(study, &Fingerprints { data, weights: weights.hashes, train });
    if !runs.iter().map(RunSpec::id).eq(record.runs.iter().cloned()) {
        return Err(StudyError::Elsewhere { what: "checkpoints, or this version's runs,".into() });
    }
    Ok(Plan { dir, record, runs, findings: BTreeMap::new() })
}

/// Writes `spec.json` where there is none; one that names another run, or none,
/// is set aside.
fn write_spec(dir: &RunDir, spec: &RunSpec, note: &mut dyn FnMut(&str)) -> Result<(), RecordError> {
    if dir.spec().is_file() {
        match dir.read_spec() {
            Ok(found) if found.id() == spec.id() => return Ok(()),
            Ok(_) | Err(RecordError::Malformed { .. }) => {}
            Err(error) => return Err(error),
        }
        let place = set_aside(&dir.spec())?;
        note(&format!(
            "{} is not the specification of its folder and is written again; the old one lies in {}",
            dir.spec().display(),
            place.display()
        ));
    }
    write_json(&dir.spec(), spec)
}

/// Inits that name a catalogue or local model get its file and what is known
/// of its labels and its input; what the study file says itself stays.
fn with_models(study: &Study, store: &Path) -> Result<Study, StudyError> {
    let mut study = study.clone();
    for (name, init) in &mut study.inits {
        if let Some(local) = init.local() {
            let model = zoo::find_local(store, local)
                .map_err(|source| StudyError::Local { init: name.clone(), source })?;
            with_local(init, model);
            continue;
        }
        let Some(id) = &init.zoo else { continue };
        let entry = zoo::find(id)?;
        init.granularity.get_or_insert(entry.granularity);
        if entry.classes > 0 {
            init.source_classes.get_or_insert(entry.classes);
        }
        if let Some(normalization) = entry.normalization {
            init.normalization.get_or_insert(normalization);
        }
        if init.weights.is_none() {
            let found = zoo::fetched(entry, &FetchOptions::new(store))?;
            let fetched = found
                .ok_or_else(|| StudyError::NotFetched { init: name.clone(), id: id.clone() })?;
            init.weights = Some(fetched.path);
        }
    }
    Ok(study)
}

fn with_local(init: &mut Init, model: Local) {
    let Origin { spec, classes, ancestors, .. } = model.origin;
    init.weights = Some(model.path);
    init.normalization.get_or_insert(spec.normalization);
    match spec.task_spec.target {
        // Its one output is one of two classes.
        Target::Binary => {}
        Target::MultiClass | Target::MultiLabel | Target::Segmentation => {
            init.source_classes.get_or_insert(classes.len() as u32);
        }
    }
    // What is continued on another task is adapted to it; how fine the labels
    // of a first pretraining are is for the study to say.
    if !ancestors.is_empty() {
        init.granularity.get_or_insert(Granularity::DomainAdaptive);
    }
}

/// Removes what an earlier start left half-written, unless others are at the study:
/// what is half-written may be theirs. The folder of a run is swept by who claims it.
fn sweep(dir: &StudyDir) {
    // One that starts just now writes what is younger than our own arrival.
    let Ok(Some(since)) = alone_since(dir) else { return };
    records::sweep_before(dir.root(), since);
    let runs = std::fs::read_dir(dir.runs()).into_iter().flatten().flatten();
    for run in runs.map(|entry| RunDir::at(entry.path())).filter(|run| run.root().is_dir()) {
        if !run.claim().exists() {
            records::sweep_before(run.root(), since);
        }
    }
}

/// A folder belongs to one study by name; a changed study file of the same
/// name keeps the runs it shares with the old one.
fn refuse_other_study(
    dir: &StudyDir,
    study: &Study,
    note: &mut dyn FnMut(&str),
) -> Result<(), StudyError> {
    if !dir.study().is_file() {
        return Ok(());
    }
    let found = match dir.read_study() {
        Ok(record) => record.study.study.name,
        Err(error @ (RecordError::Malformed { .. } | RecordError::Changed { .. })) => {
            let place = set_aside(&dir.study())?;
            note(&format!("{error}; the old one lies in {}", place.display()));
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    if found == study.study.name {
        return Ok(());
    }
    let path = dir.root().to_path_buf();
    Err(StudyError::OtherStudy { path, found, expected: study.study.name.clone() })
}

/// What is known of the checkpoints of a study.
#[derive(Default)]
struct Weights {
    /// SHA-256 by file.
    hashes: BTreeMap<PathBuf, String>,
    /// What the file of an init comes from.
    ancestry: BTreeMap<String, Vec<Ancestor>>,
    /// How the file of an init was read.
    notes: BTreeMap<String, Vec<String>>,
}

fn hash_weights(study: &Study, note: &mut dyn FnMut(&str)) -> Result<Weights, StudyError> {
    let Weights { mut hashes, mut ancestry, mut notes } = Weights::default();
    for (name, init) in &study.inits {
        let Some(path) = &init.weights else { continue };
        note(&format!("checking weights of init {name}"));
        let fail = |source| StudyError::Weights { init: name.clone(), source };
        let id = init.zoo.as_ref().filter(|_| init.local().is_none());
        let entry = id.map(|id| zoo::find(id)).transpose()?;
        let checkpoint = match entry {
            Some(entry) => zoo::read_nested(path, &entry.nesting).map_err(fail)?,
            None => zoo::read_as(path, init.weights_from.as_deref(), init.keys.as_ref())
                .map_err(fail)?,
        };
        let sha256 = checkpoint.sha256().map_err(fail)?;
        if let Some(expected) = &init.sha256
            && !expected.eq_ignore_ascii_case(&sha256)
        {
            return Err(StudyError::WeightsHash {
                init: name.clone(),
                path: path.clone(),
                got: sha256,
                expected: expected.clone(),
            });
        }
        for (model, settings) in &study.models {
            if init.is_for(model) {
                let said = match entry {
                    Some(entry) => {
                        zoo::check_entry(settings.backbone, entry, &checkpoint).map(|()| Vec::new())
                    }
                    None => zoo::check_backbone(settings.backbone, &checkpoint),
                };
                for text in said.map_err(fail)? {
                    let list: &mut Vec<String> = notes.entry(name.clone()).or_default();
                    if !list.contains(&text) {
                        list.push(text);
                    }
                }
            }
        }
        ancestry.insert(name.clone(), zoo::ancestry(path, entry, &sha256).map_err(fail)?);
        hashes.insert(path.clone(), sha256);
    }
    Ok(Weights { hashes, ancestry, notes })
}

/// What the data of a study came to.
#[derive(Default)]
struct Prepared {
    hashes: BTreeMap<(String, u32), String>,
    findings: BTreeMap<String, Vec<Finding>>,
    facts: BTreeMap<String, DataFacts>,
    /// Number of training cases, by task.
    train: BTreeMap<String, usize>,
}

/// Every number of labels that the study states has to be there in every task.
fn enough_labels(study: &Study, task: &str, cases: usize) -> Result<(), StudyError> {
    let counts = study.study.label_counts.iter().filter_map(|count| match count {
        LabelCount::Count(count) => Some(*count),
        LabelCount::All => None,
    });
    let is_target = target_tasks(study).any(|name| name == task);
    match counts.max().filter(|most| is_target && *most as usize > cases) {
        Some(most) => Err(StudyError::FewLabels { task: task.to_owned(), most, cases }),
        None => Ok(()),
    }
}

fn prepare_data(
    study: &Study,
    cache_dir: &Path,
    note: &mut dyn FnMut(&str),
) -> Result<Prepared, StudyError> {
    let mut prepared = Prepared::default();
    let mut sets = BTreeMap::new();
    for (name, size) in data_needed(study) {
        note(&format!("preparing data of task {name} at {size} px"));
        let fail = |source| StudyError::Data { task: name.clone(), source };
        let task = &study.prepared(&name);
        let dataset = data::prepare(&name, task, size, cache_dir, &|_, _| {}).map_err(fail)?;
        let found = data::check_with(&dataset, task.duplicates);
        if let Some(error) = found.iter().find(|f| f.severity == Severity::Error) {
            return Err(StudyError::DataCheck { task: name.clone(), reason: error.text.clone() });
        }
        let train = dataset.indices(Split::Train).len();
        enough_labels(study, &name, train)?;
        prepared.train.insert(name.clone(), train);
        prepared.hashes.insert((name.clone(), size), dataset.data_hash.clone());
        prepared.facts.extend(dataset.facts.clone().map(|facts| (name.clone(), facts)));
        prepared.findings.insert(name.clone(), found);
        sets.insert((name, size), dataset);
    }
    for (name, found) in also_tested(study, &sets)? {
        if let Some(error) = found.iter().find(|f| f.severity == Severity::Error) {
            return Err(StudyError::DataCheck { task: name, reason: error.text.clone() });
        }
        prepared.findings.entry(name).or_default().extend(found);
    }
    Ok(prepared)
}

#[cfg(test)]
mod tests;
