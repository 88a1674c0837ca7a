//! Speed and memory beside the tools people use today, measured in one run.
//!
//! The peers live in a Python environment of their own in the per-user cache;
//! their versions are pinned. Ours and theirs run in alternation, so that both
//! see the same machine, and each figure is printed as a ratio.

mod decoding;
mod loading;
pub(crate) mod masks;
pub(crate) mod parity;
pub(crate) mod python;
mod ratio;
mod report;
mod statistics;
pub(crate) mod steps;
mod training;

pub(crate) use training::processor_has_bf16;

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

/// What every benchmark is given.
struct Options {
    rounds: usize,
    threads: usize,
    /// Networks of the training benchmark; all where empty.
    networks: Vec<String>,
    /// Batch of the training benchmark, in place of that of its files.
    batch: Option<usize>,
}

impl Options {
    /// Whether something was asked for that the other benchmarks do not have.
    fn is_of_training(&self) -> bool {
        !self.networks.is_empty() || self.batch.is_some()
    }
}

/// Runs the named benchmarks, or all.
pub(crate) fn run(root: &Path, args: &[&str]) -> Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut options = Options { rounds: 3, threads: cores, networks: Vec::new(), batch: None };
    let mut named = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match *arg {
            "--rounds" => options.rounds = number(arg, rest.next())?,
            "--threads" => options.threads = number(arg, rest.next())?,
            "--batch" => options.batch = Some(number(arg, rest.next())?),
            "--network" => {
                let name = rest.next().context("--network needs a name")?;
                options.networks.push((*name).to_string());
            }
            "training" | "statistics" | "loading" | "decoding" | "report" => named.push(*arg),
            other => {
                bail!(
                    "there is no benchmark {other:?}; there are training, statistics, loading, \
                     decoding and report"
                )
            }
        }
    }
    ensure!(
        !options.is_of_training() || named.iter().all(|name| *name == "training"),
        "--network and --batch are for the benchmark of training"
    );
    if options.is_of_training() && named.is_empty() {
        named.push("training");
    }
    let wanted = |name| named.is_empty() || named.contains(&name);
    if wanted("report") {
        report::run(root, &options)?;
    }
    if ["training", "statistics", "decoding"].iter().any(|name| wanted(name)) {
        let python = python::ensure_present()?;
        if wanted("training") {
            training::run(root, &python, &options)?;
        }
        if wanted("statistics") {
            statistics::run(root, &python, &options)?;
        }
        if wanted("decoding") {
            decoding::run(root, &python, &options)?;
        }
    }
    if wanted("loading") {
        loading::run(root, &options)?;
    }
    Ok(())
}

fn number(name: &str, value: Option<&&str>) -> Result<usize> {
    let value = value.with_context(|| format!("{name} needs a number"))?;
    let number = value.parse().with_context(|| format!("{name} {value:?} is not a number"))?;
    ensure!(number > 0, "{name} must be at least 1");
    Ok(number)
}
