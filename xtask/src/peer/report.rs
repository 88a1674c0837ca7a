//! A report of 1,000 runs against nbconvert on a notebook with the same figures.
//!
//! Both sides start from the same CSV file and end with one HTML page: ours by
//! `transfolio report`, theirs by executing a notebook that draws with
//! matplotlib and converting it. A third figure leaves their execution out.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::ratio::{Better, Figure};
use super::{Options, python};
use crate::tasks::{cargo, target_dir};

/// Tasks, initialisations, label fractions and seeds: 1,000 runs, of which a
/// report draws more than 50 figures (two for each task, and those over tasks).
const SIZE: [usize; 4] = [20, 5, 2, 5];

pub(super) fn run(root: &Path, options: &Options) -> Result<()> {
    let python = python::notebooks()?;
    cargo(root, &["build", "--release", "--no-default-features", "--bin", "transfolio"])?;
    let scratch = std::env::temp_dir().join(format!("transfolio-report-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let done = measured(root, &python, &scratch, options);
    let _ = fs::remove_dir_all(&scratch);
    done
}

fn measured(root: &Path, python: &Path, scratch: &Path, options: &Options) -> Result<()> {
    let file = |name: &str| scratch.join(name).to_string_lossy().into_owned();
    let script = root.join("benches/peer/report.py");
    let (results, page, notebook) =
        (file("results.csv"), file("page.html"), file("notebook.ipynb"));
    fs::write(&results, runs())?;
    let made = python::json(python, &script, &["make", &results, &notebook])?;
    let program = target_dir(root).join("release/transfolio").to_string_lossy().into_owned();
    let ours = [program.as_str(), "report", &results, "-o", &page];
    let convert = Convert { python: python.to_path_buf(), folder: scratch.to_path_buf() };
    let (executed, done) = (file("executed.ipynb"), file("executed.html"));
    let whole = convert.command(&["html", "--execute", "--output", "whole.html", &notebook]);
    let run = convert.command(&["notebook", "--execute", "--output", "executed.ipynb", &notebook]);
    let only = convert.command(&["html", "--output", &done, &executed]);
    // Not timed: it gives the notebook that is converted alone.
    seconds_and_memory(python, &script, &run)?;
    let mut time = Figure::new("report of 1,000 runs", "s", Better::Lower);
    let mut memory = Figure::new("its peak memory", "MiB", Better::Less);
    let mut converted = Figure::new("beside the conversion alone", "s", Better::Lower);
    for _ in 0..options.rounds {
        let ours = seconds_and_memory(python, &script, &ours)?;
        let theirs = seconds_and_memory(python, &script, &whole)?;
        let alone = seconds_and_memory(python, &script, &only)?;
        time.add(ours.0, theirs.0);
        memory.add(ours.1, theirs.1);
        converted.add(ours.0, alone.0);
    }
    let drawn = fs::read_to_string(&page)?.matches("<svg ").count();
    ensure!(
        made["figures"].as_u64() == Some(drawn as u64),
        "the report has {drawn} drawings and the notebook {}: they must be the same",
        made["figures"]
    );
    for figure in [&time, &memory, &converted] {
        println!("{figure}");
    }
    println!(
        "({drawn} drawings on each side; against {}; median of {} rounds)",
        python::notebook_packages(),
        options.rounds
    );
    Ok(())
}

/// Calls of nbconvert.
struct Convert {
    python: PathBuf,
    folder: PathBuf,
}

impl Convert {
    fn command(&self, args: &[&str]) -> Vec<String> {
        let python = self.python.to_string_lossy().into_owned();
        let mut out = vec![python, "-m".into(), "nbconvert".into(), "--log-level=ERROR".into()];
        out.push(format!("--output-dir={}", self.folder.display()));
        out.push("--to".into());
        out.extend(args.iter().map(ToString::to_string));
        out
    }
}

fn seconds_and_memory(
    python: &Path,
    script: &Path,
    command: &[impl AsRef<str>],
) -> Result<(f64, f64)> {
    let mut args = vec!["measure"];
    args.extend(command.iter().map(AsRef::as_ref));
    let said = python::json(python, script, &args)?;
    let read = |name: &str| {
        said.get(name).and_then(Value::as_f64).with_context(|| format!("{name} is not in {said}"))
    };
    Ok((read("seconds")?, read("mib")?))
}

/// The results of [`SIZE`] as CSV: scores by formula.
fn runs() -> String {
    let [tasks, inits, fractions, seeds] = SIZE;
    let mut csv = String::from("task,model,init,label_fraction,seed,metric,value\n");
    let mut number = 0usize;
    for task in 0..tasks {
        for init in 0..inits {
            for fraction in [0.1, 1.0].iter().take(fractions) {
                for seed in 0..seeds {
                    let noise = (number * 7919 % 1009) as f64 / 10_090.0;
                    let value = 0.6 + 0.02 * init as f64 + 0.1 * fraction + noise;
                    // Writing to a String cannot fail.
                    let _ = writeln!(csv, "t{task},m,i{init},{fraction},{seed},auc,{value:.4}");
                    number += 1;
                }
            }
        }
    }
    csv
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_a_thousand_runs_within_the_range_of_a_score() {
        let csv = runs();
        let values: Vec<f64> = csv
            .lines()
            .skip(1)
            .map(|line| line.rsplit(',').next().and_then(|v| v.parse().ok()).expect("a number"))
            .collect();
        assert_eq!(values.len(), 1000);
        assert!(values.iter().all(|value| (0.5..1.0).contains(value)));
    }
}
