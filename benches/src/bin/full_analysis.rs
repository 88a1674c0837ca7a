//! The full analysis of a large study, as `transfolio compare` does it: models x
//! tasks x classes x seeds with per-image predictions, from records on disk.
//!
//! `cargo xtask bench-scale` runs it; alone it takes `--models 30 --tasks 10
//! --classes 14 --seeds 10 --cases 25000 --images-per-patient 1 --folder DIR`. A
//! folder that holds a study is used as it is, else its records are made first,
//! by a process of its own whose time and memory do not count.
#![allow(clippy::disallowed_macros, clippy::print_stdout)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use transfolio::compare::CompareOptions;
use transfolio::compare::format::{Format, write};
use transfolio::frame::{Reading, Results};
use transfolio::report;
use transfolio::scores::{Factor, Factors};
use transfolio_benches::memory::peak_mib;
use transfolio_benches::synthetic::{Size, write_study};

type Failure = Box<dyn Error + Send + Sync>;

struct Arguments {
    size: Size,
    folder: Option<PathBuf>,
    only_generate: bool,
}

fn arguments(given: &[String]) -> Result<Arguments, Failure> {
    let mut size = Size {
        models: 30,
        tasks: 10,
        classes: 14,
        seeds: 10,
        cases: 25_000,
        images_per_patient: 1,
    };
    let (mut folder, mut only_generate) = (None, false);
    let mut given = given.iter();
    while let Some(name) = given.next() {
        if name == "--only-generate" {
            only_generate = true;
            continue;
        }
        let value = given.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<usize>().map_err(|e| format!("{name} {value}: {e}"));
        match name.as_str() {
            "--models" => size.models = number()?,
            "--tasks" => size.tasks = number()?,
            "--classes" => size.classes = number()?,
            "--seeds" => size.seeds = number()?,
            "--cases" => size.cases = number()?,
            "--images-per-patient" => size.images_per_patient = number()?.max(1),
            "--folder" => folder = Some(PathBuf::from(value)),
            other => return Err(format!("there is no option {other}").into()),
        }
    }
    Ok(Arguments { size, folder, only_generate })
}

fn main() -> Result<(), Failure> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let arguments = arguments(&given)?;
    let temporary = tempfile::tempdir()?;
    let folder = arguments.folder.unwrap_or_else(|| temporary.path().to_path_buf());
    if arguments.only_generate {
        return write_study(&folder, arguments.size);
    }
    if !folder.join("study.json").is_file() {
        let begin = Instant::now();
        let status = Command::new(std::env::current_exe()?)
            .args(&given)
            .arg("--folder")
            .arg(&folder)
            .arg("--only-generate")
            .status()?;
        if !status.success() {
            return Err("the records could not be made".into());
        }
        println!("records made in {:.1} s (not counted)", begin.elapsed().as_secs_f64());
    }
    analyse(&folder, arguments.size)
}

fn analyse(folder: &Path, size: Size) -> Result<(), Failure> {
    let begin = Instant::now();
    let results = Results::open(folder, &Reading::default())?;
    println!("{:7.1} s  records read", begin.elapsed().as_secs_f64());
    let study = results.study.as_ref().ok_or("not a study")?;
    let options = CompareOptions {
        factors: Factors::one(Factor::model()),
        per_class: true,
        ..CompareOptions::of(&study.study.comparison)
    };
    let claims = study.study.claims.clone();
    let analysis = report::analyse(&results, &options, &claims)?;
    println!("{:7.1} s  analysed", begin.elapsed().as_secs_f64());
    let text = write(&analysis, Format::Json);
    let seconds = begin.elapsed().as_secs_f64();
    println!("{seconds:7.1} s  written as JSON ({:.1} MiB)", text.len() as f64 / 1_048_576.0);
    let over_cases = analysis.cases.iter().filter(|row| row.over_both.is_some()).count();
    println!(
        "{} runs of {} cases and {} classes on {} threads: {seconds:.1} s, {} MiB at most; {} tests \
         in the ledger; {over_cases} of {} pairs with intervals over seeds and cases",
        size.runs(),
        size.cases,
        size.classes,
        std::thread::available_parallelism().map_or(1, usize::from),
        peak_mib().map_or("unknown".into(), |mib| format!("{mib:.0}")),
        analysis.ledger.entries.len(),
        analysis.cases.len(),
    );
    Ok(())
}
