//! How fast the runs of a study would go on this machine: some steps of each kind of
//! run, alone and beside others, in processes of their own as runs are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::data::{Dataset, Split};
use crate::spec::{Labels, RunSpec};
use crate::train::{Measured, memory};

use super::error::StudyError;
use super::plan::Plan;
use super::scheduler::spin_count;
use super::speeds::Kind;

/// Where and how long it is measured.
#[derive(Clone, Debug)]
pub struct BenchOptions {
    /// The program that processes are started from.
    pub program: PathBuf,
    /// Folder of prepared data.
    pub cache_dir: PathBuf,
    /// Device, as a label.
    pub device: String,
    /// Seconds of training, and as many of evaluation.
    pub seconds: f64,
}

/// So many runs at a time, and compute threads of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Division {
    pub jobs: usize,
    pub threads: u32,
}

/// One run of each kind in a plan, with the number of its kind.
pub fn kinds(plan: &Plan) -> Vec<(&RunSpec, usize)> {
    let mut found: Vec<(Kind, &RunSpec, usize)> = Vec::new();
    for run in &plan.runs {
        let kind = Kind::of(run);
        match found.iter_mut().find(|(known, ..)| *known == kind) {
            // The one with most to train on is least likely to run out of batches.
            Some((_, known, count)) => {
                *count += 1;
                if most_labels(run) > most_labels(known) {
                    *known = run;
                }
            }
            None => found.push((kind, run, 1)),
        }
    }
    found.into_iter().map(|(_, run, count)| (run, count)).collect()
}

/// The share of the labels, then their number, for an order; all are most.
fn most_labels(run: &RunSpec) -> f64 {
    match run.labels() {
        Labels::Share(share) => share * f64::from(u32::MAX),
        Labels::Count(count) => f64::from(count),
    }
}

/// Cases of each task of a plan for training, validation and tests.
///
/// # Errors
/// Prepared data are gone.
pub fn count_cases(
    plan: &Plan,
    cache_dir: &Path,
) -> Result<BTreeMap<String, [usize; 3]>, StudyError> {
    let mut counts = BTreeMap::new();
    for run in &plan.runs {
        if counts.contains_key(&run.task) {
            continue;
        }
        let fail = |source| StudyError::Data { task: run.task.clone(), source };
        let data = Dataset::open(cache_dir, &run.data_hash).map_err(fail)?;
        counts.insert(run.task.clone(), Split::ALL.map(|split| data.indices(split).len()));
    }
    Ok(counts)
}

/// Divisions of this machine that are worth a look, with the reason against those that
/// cannot be had. `stated` are the threads of the study.
pub fn divisions(
    run: &RunSpec,
    runs: usize,
    device: &str,
    stated: u32,
) -> (Vec<Division>, Vec<String>) {
    if device.starts_with("cuda") {
        let jobs = [1, 2, 4].into_iter().filter(|jobs| *jobs <= runs.max(1));
        return (jobs.map(|jobs| Division { jobs, threads: stated }).collect(), Vec::new());
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut all: Vec<Division> = std::iter::successors(Some(1), |jobs| Some(jobs * 2))
        .take_while(|jobs| *jobs <= cores.min(runs.max(1)))
        .map(|jobs| Division { jobs, threads: (cores / jobs) as u32 })
        .collect();
    let own =
        Division { jobs: (cores / stated.max(1) as usize).clamp(1, runs.max(1)), threads: stated };
    if !all.contains(&own) {
        all.push(own);
    }
    let (needed, free) = (memory::estimate(run), memory::available());
    let fits = |division: &Division| division.jobs == 1 || needed * division.jobs as u64 <= free;
    let gib = |bytes: u64| bytes as f64 / 1024f64.powi(3);
    let (kept, dropped): (Vec<_>, Vec<_>) = all.into_iter().partition(fits);
    let reasons = dropped.iter().map(|division| {
        let needed = gib(needed * division.jobs as u64);
        format!(
            "{} at a time would need about {needed:.1} GiB of the {:.1} GiB that are free",
            division.jobs,
            gib(free)
        )
    });
    (kept, reasons.collect())
}

/// Measures a run of a plan beside copies of itself; what one of them does on average.
/// The reason in words where one of them cannot run.
///
/// # Errors
/// A process cannot be started.
pub fn measure_beside(
    plan: &Plan,
    run: &RunSpec,
    division: Division,
    options: &BenchOptions,
) -> Result<Result<Measured, String>, StudyError> {
    let started: Vec<Child> = (0..division.jobs)
        .map(|_| start(plan, run, division, options))
        .collect::<Result<_, _>>()?;
    let ended: Vec<Result<Measured, String>> = started.into_iter().map(heard).collect();
    Ok(ended.into_iter().collect::<Result<Vec<_>, _>>().map(|each| mean(&each)))
}

fn start(
    plan: &Plan,
    run: &RunSpec,
    division: Division,
    options: &BenchOptions,
) -> Result<Child, StudyError> {
    let mut command = Command::new(&options.program);
    command
        .arg("worker")
        .arg("--run-dir")
        .arg(plan.dir.run(&run.id()).root())
        .arg("--cache")
        .arg(&options.cache_dir)
        .args(["--device", &options.device])
        .args(["--threads", &division.threads.to_string()])
        .args(["--measure", &options.seconds.to_string()]);
    if ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT"].iter().all(|name| std::env::var_os(name).is_none()) {
        command.env("GOMP_SPINCOUNT", spin_count(division.jobs, division.threads));
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(StudyError::Spawn)
}

/// What a process found, or its last words.
fn heard(child: Child) -> Result<Measured, String> {
    let ended = child.wait_with_output().map_err(|error| error.to_string())?;
    if let Ok(measured) = serde_json::from_slice(&ended.stdout) {
        return Ok(measured);
    }
    let complaint = String::from_utf8_lossy(&ended.stderr);
    let last = complaint.lines().rev().find(|line| !line.trim().is_empty());
    Err(last.map_or(ended.status.to_string(), |line| line.trim_start_matches("error: ").into()))
}

fn mean(each: &[Measured]) -> Measured {
    let n = each.len().max(1) as f64;
    let of = |value: fn(&Measured) -> f64| each.iter().map(value).sum::<f64>() / n;
    Measured {
        trained_per_second: of(|m| m.trained_per_second),
        waiting: of(|m| m.waiting),
        evaluated_per_second: of(|m| m.evaluated_per_second),
        peak_memory: each.iter().map(|m| m.peak_memory).max().unwrap_or(0),
        steps: each.iter().map(|m| m.steps).min().unwrap_or(0),
    }
}
