//! Whether the device computes what the CPU computes, and the same thing twice.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Check, studies};

/// Largest relative difference of a loss after two steps in f32 (TF32 off).
const TOLERANCE: f64 = 2e-3;

/// Losses of two steps and of what is validated after them, of every network.
pub(super) fn networks(check: &Check) -> Result<()> {
    let reduced = !check.is_gpu();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut worst: Vec<(f64, String)> = Vec::new();
    for (name, text) in
        [("networks", studies::networks(reduced)), ("masks", studies::masks(reduced))]
    {
        let here = check.study(name, &text, "cpu", (cores / 2).max(1), &format!("{name}-cpu"))?;
        // Without a GPU other threads stand for another device: their sums have
        // another order, too.
        let there = if reduced {
            let threads = text.replace("seeds = [1]", "seeds = [1]\nthreads = 2");
            check.study(name, &threads, "cpu", 1, &format!("{name}-device"))?
        } else {
            check.study(name, &text, &check.device, 4, &format!("{name}-device"))?
        };
        let (here, there) = (losses(&here)?, losses(&there)?);
        ensure!(here.len() == there.len(), "{} runs and {}", here.len(), there.len());
        for (run, ours) in here {
            let theirs = there.get(&run).with_context(|| format!("{run} did not run"))?;
            worst.push((apart(&ours, theirs), format!("{name}: {run}")));
        }
    }
    worst.sort_by(|a, b| b.0.total_cmp(&a.0));
    check.say("| network | largest relative difference of a loss |\n|---|---|");
    for (apart, run) in &worst {
        check.say(&format!("| {run} | {apart:.1e} |"));
    }
    // A NaN is beyond, too.
    let within = worst.iter().filter(|(apart, _)| *apart <= TOLERANCE).count();
    let beyond = worst.len() - within;
    ensure!(beyond == 0, "{beyond} of {} networks beyond {TOLERANCE:.0e}", worst.len());
    Ok(())
}

/// The same study twice, in each precision: predictions and histories byte by byte.
pub(super) fn twice(check: &Check) -> Result<()> {
    let mut other = Vec::new();
    for precision in precisions(check) {
        let text = studies::longer(!check.is_gpu(), precision);
        let run =
            |to: &str| check.study("longer", &text, &check.device, 2, &format!("{precision}-{to}"));
        let (first, second) = (run("first")?, run("second")?);
        let equal = same_files(&first, &second)?;
        check
            .say(&format!("{precision}: {}", if equal { "the same bytes" } else { "other bytes" }));
        other.extend((!equal).then_some(precision));
    }
    ensure!(other.is_empty(), "not the same twice: {}", other.join(", "));
    Ok(())
}

/// Killed in the middle, and run to its end: as if nobody had.
pub(super) fn resumed(check: &Check) -> Result<()> {
    let text = studies::longer(!check.is_gpu(), "f32");
    let begun = Instant::now();
    let whole = check.study("longer", &text, &check.device, 2, "whole")?;
    let pause = begun.elapsed().mul_f64(0.6).max(Duration::from_millis(500));
    let mut child = Command::new(&check.program)
        .args([
            "run",
            "longer.toml",
            "--jobs",
            "2",
            "--output",
            "killed",
            "--device",
            &check.device,
        ])
        .current_dir(&check.scratch)
        .env("TRANSFOLIO_CACHE", check.scratch.join("cache"))
        .env("TRANSFOLIO_SAVE_SECONDS", "0")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    sleep(pause);
    child.kill()?;
    child.wait()?;
    let half = ids(&check.scratch.join("killed"))?.len();
    let done = records(&check.scratch.join("killed"));
    let killed = check.study("longer", &text, &check.device, 2, "killed")?;
    check.say(&format!(
        "killed after {:.1} s, with {done} of {half} runs ended",
        pause.as_secs_f64()
    ));
    ensure!(same_files(&whole, &killed)?, "the resumed study has other bytes");
    check.say("resumed: the same bytes");
    Ok(())
}

/// Those that the device computes itself.
pub(super) fn precisions(check: &Check) -> Vec<&'static str> {
    if check.is_gpu() {
        return vec!["bf16", "f32", "tf32"];
    }
    if crate::peer::processor_has_bf16() { vec!["f32", "bf16"] } else { vec!["f32"] }
}

fn ids(study: &Path) -> Result<Vec<String>> {
    let folder = study.join("runs");
    let entries = fs::read_dir(&folder).with_context(|| format!("no {}", folder.display()))?;
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

fn records(study: &Path) -> usize {
    let ids = ids(study).unwrap_or_default();
    ids.iter().filter(|id| study.join("runs").join(id).join("record.json").is_file()).count()
}

/// Losses of each run, by model; of studies whose runs have other names.
fn losses(study: &Path) -> Result<BTreeMap<String, Vec<f64>>> {
    let mut found = BTreeMap::new();
    for id in ids(study)? {
        let run = study.join("runs").join(&id);
        let spec: Value = serde_json::from_slice(&fs::read(run.join("spec.json"))?)?;
        let model = spec["model"].as_str().context("a run without a model")?.to_string();
        let history = fs::read_to_string(run.join("history.csv"))?;
        let mut lines = history.lines();
        let head: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
        let wanted: Vec<usize> =
            (0..head.len()).filter(|at| head[*at].ends_with("_loss")).collect();
        ensure!(!wanted.is_empty(), "history.csv has no losses: {}", head.join(", "));
        let values = lines.flat_map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            wanted.iter().map(|at| cells[*at].parse().unwrap_or(f64::NAN)).collect::<Vec<f64>>()
        });
        found.insert(model, values.collect());
    }
    Ok(found)
}

fn apart(here: &[f64], there: &[f64]) -> f64 {
    if here.len() != there.len() || here.is_empty() {
        return f64::NAN;
    }
    let apart = |(a, b): (&f64, &f64)| (a - b).abs() / a.abs().max(f64::MIN_POSITIVE);
    // A NaN stays one: `f64::max` would lose it.
    let worse = |worst: f64, next: f64| if next > worst || next.is_nan() { next } else { worst };
    here.iter().zip(there).map(apart).fold(0.0, worse)
}

/// Whether two runs of one study left the same predictions and histories.
fn same_files(a: &Path, b: &Path) -> Result<bool> {
    let runs = ids(a)?;
    ensure!(runs == ids(b)? && !runs.is_empty(), "the two have other runs");
    for run in runs {
        for file in ["predictions.parquet", "history.csv"] {
            let read = |study: &Path| {
                let path = study.join("runs").join(&run).join(file);
                fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
            };
            if read(a)? != read(b)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_as_far_apart_as_the_worst_of_them() {
        assert!((apart(&[1.0, 2.0], &[1.0, 2.2]) - 0.1).abs() < 1e-12);
        assert_eq!(apart(&[1.0], &[1.0]), 0.0);
        for (a, b) in [(&[1.0][..], &[][..]), (&[], &[]), (&[1.0, f64::NAN], &[1.0, 2.0])] {
            assert!(apart(a, b).is_nan());
        }
    }
}
