//! `transfolio run`: runs what has not run yet of a study.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use indexmap::IndexMap;

use super::progress::Terminal;
use super::signals::Signals;
use super::{Exit, out};
use crate::records::runner::Runner;
use crate::records::{RunState, StudyDir};
use crate::spec::{self, Fingerprints, Loaded, RunKind};
use crate::study::{self, Forecast, PlanOptions, Reporter, RunOptions, Speeds, duration};
use crate::train::device::{DeviceChoice, choose, label};
use crate::train::{arithmetic, machine};

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Study file
    pub study: PathBuf,
    /// Where and how it runs.
    #[command(flatten)]
    pub options: StudyArgs,
    /// Print the matrix of runs and stop
    #[arg(long)]
    pub dry_run: bool,
}

/// Arguments that `run` and `demo` share.
#[derive(Debug, Clone, Args)]
#[allow(missing_docs)]
pub struct StudyArgs {
    /// Folder of the records [default: runs/NAME, by the name of the study]
    #[arg(long, short, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Give a parameter of the study file another value
    #[arg(long, value_name = "NAME=VALUE", value_parser = name_value)]
    pub set: Vec<(String, String)>,
    /// Runs at a time, each in a process of its own; results do not depend on it
    /// [default: as many as cores and memory allow, one on a GPU]
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Compute threads of each run, instead of those that the study states: the
    /// last digits of results depend on them [default: study.threads, else 1]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// auto, cpu, cuda or cuda:N
    #[arg(long, default_value = "auto")]
    pub device: DeviceChoice,
    /// Run those again that failed for good
    #[arg(long)]
    pub retry_failed: bool,
    /// Folder of decoded images [default: the user's cache folder]
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
}

pub(super) fn name_value(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .ok_or_else(|| format!("{text:?} is not NAME=VALUE"))
}

/// Runs the study file; exit code 5 when runs failed.
pub fn run(args: &RunArgs) -> anyhow::Result<Exit> {
    let set: IndexMap<_, _> = args.options.set.iter().cloned().collect();
    let loaded = spec::load(&args.study, &set)?;
    if args.dry_run {
        out::text(matrix(&loaded))?;
        out::text(forecast(&loaded, &args.options)?)?;
        return Ok(Exit::Done);
    }
    run_loaded(&loaded, &args.options).map(|(exit, _)| exit)
}

/// Runs a study that is read already; also gives the study folder.
pub fn run_loaded(loaded: &Loaded, args: &StudyArgs) -> anyhow::Result<(Exit, PathBuf)> {
    let signals = Signals::listen()?;
    let device = choose(args.device)?;
    let slow = arithmetic::check(loaded.study.recipe.precision, device)?;
    let output = output_of(loaded, args.output.as_deref());
    let cache_dir = args.cache.clone().map_or_else(default_cache, Ok)?;
    let dir = StudyDir::new(&output);
    let runner = Runner::new(None, false, &label(device));
    let attendance = study::attend(&dir, runner)?;
    let mut terminal = Terminal::new();
    let options = PlanOptions {
        output: output.clone(),
        cache_dir: cache_dir.clone(),
        zoo_store: super::zoo::default_store()?,
        command: std::env::args().collect(),
    };
    let plan = study::plan(loaded, &options, &mut |text| terminal.note(text))?;
    for (task, findings) in &plan.findings {
        for finding in findings {
            terminal.note(&format!("data check of {task}: {}", finding.text));
        }
    }
    for (init, notes) in &plan.record.weights_notes {
        for text in notes {
            terminal.note(&format!("weights of {init}: {text}"));
        }
    }
    for text in slow.into_iter().chain(study::mixed_arithmetic(&plan, device)?) {
        terminal.note(&text);
    }
    let threads = args.threads.map_or(plan.record.study.study.threads, u32::from);
    let device = label(device);
    let jobs = args.jobs.map_or_else(|| study::usual_jobs(&plan, &device, threads), usize::from);
    let run_options = RunOptions {
        program: std::env::current_exe().context("cannot find this program's own file")?,
        cache_dir,
        jobs,
        threads,
        device,
        retry_failed: args.retry_failed,
        git: super::commit::state(Path::new(".")),
        slot: None,
        only: None,
        gpus: Vec::new(),
    };
    signals.wait();
    terminal.note(&format!(
        "{} runs on {}, {jobs} at a time with {threads} threads each, records in {}",
        plan.runs.len(),
        run_options.device,
        output.display()
    ));
    let on_cpu = run_options.device == "cpu";
    if let Some(text) = idle(jobs, threads, plan.runs.len()).filter(|_| on_cpu) {
        terminal.note(&text);
    }
    for text in study::mixture(&plan, &run_options)? {
        terminal.note(&text);
    }
    let outcome = study::run(&plan, &run_options, &attendance, signals.stop(), &mut terminal)?;
    terminal.end();
    study::write_results(&plan.dir)?;
    out::line(format_args!(
        "{} of {} runs done, results in {}",
        outcome.done,
        plan.runs.len(),
        plan.dir.results().display()
    ))?;
    if outcome.interrupted {
        out::line("interrupted; the same command goes on where it stopped")?;
        return Ok((signals.exit(), output));
    }
    if outcome.failed.is_empty() {
        return Ok((Exit::Done, output));
    }
    out::line(format_args!(
        "{} runs failed; `transfolio status {}` says why",
        outcome.failed.len(),
        output.display()
    ))?;
    Ok((Exit::RunsFailed, output))
}

/// That most cores would be idle, and the line that changes it.
fn idle(jobs: usize, threads: u32, runs: usize) -> Option<String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let used = jobs.min(runs) * threads as usize;
    (used * 2 <= cores).then(|| {
        format!(
            "{used} of {cores} cores are used; more --jobs take more memory, and `threads = {}` in \
             [study] gives each run more cores (results differ in their last digits, and runs have \
             other names)",
            (cores / jobs.min(runs).max(1)).max(2)
        )
    })
}

pub(super) fn output_of(loaded: &Loaded, typed: Option<&Path>) -> PathBuf {
    typed
        .map(Path::to_path_buf)
        .or_else(|| loaded.study.study.output.clone())
        .unwrap_or_else(|| Path::new("runs").join(&loaded.study.study.name))
}

/// `TRANSFOLIO_CACHE`, else `transfolio` in the user's cache folder.
pub(super) fn default_cache() -> anyhow::Result<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let base = set("TRANSFOLIO_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|dir| dir.join("transfolio")))
        .or_else(|| set("HOME").map(|dir| dir.join(".cache/transfolio")))
        .context("no folder for decoded images: set HOME or pass --cache")?;
    Ok(base.join("data"))
}

/// What was measured here of a device; nothing where there is no cache.
pub(super) fn speeds(device: &str) -> Speeds {
    default_cache()
        .map_or_else(|_| Speeds::default(), |cache| Speeds::read(&cache, &machine::name(device)))
}

/// The matrix of a study with counts.
fn matrix(loaded: &Loaded) -> String {
    let study = &loaded.study;
    let runs = spec::expand(study, &Fingerprints::default());
    let pretraining = runs.iter().filter(|run| run.kind == RunKind::Pretraining).count();
    let list = |names: Vec<&str>| format!("{:>3}  {}", names.len(), names.join(", "));
    let keys = |names: &mut dyn Iterator<Item = &String>| list(names.map(String::as_str).collect());
    let (labels, fractions) = study.study.labels_in_words();
    let seeds: Vec<_> = study.study.seeds.iter().map(ToString::to_string).collect();
    let mut text = format!("study            {}\n", study.study.name);
    for (name, line) in [
        ("tasks", keys(&mut spec::target_tasks(study))),
        ("models", keys(&mut study.models.keys())),
        ("inits", keys(&mut study.inits.keys())),
        (labels, list(fractions.iter().map(String::as_str).collect())),
        ("seeds", list(seeds.iter().map(String::as_str).collect())),
        ("pretraining", keys(&mut study.pretraining.keys())),
    ] {
        text += &format!("{name:<15} {line}\n");
    }
    let targets = runs.len() - pretraining;
    text += &format!(
        "runs            {:>3}  {pretraining} pretraining + {targets} target\n",
        runs.len()
    );
    let mut last = String::new();
    for run in &runs {
        let kind = if run.kind == RunKind::Pretraining { "pretraining" } else { "target" };
        let cell = format!("  {kind}  {} / {} / {}", run.task, run.model, run.init);
        if cell != last {
            text += &format!("{cell}\n");
            last = cell;
        }
    }
    text
}

/// How long the runs of a study will take that have not ended, as far as anything is
/// known; of a study that nothing was prepared of.
fn forecast(loaded: &Loaded, args: &StudyArgs) -> anyhow::Result<String> {
    let device = label(choose(args.device)?);
    let speeds = match &args.cache {
        Some(cache) => Speeds::read(cache, &machine::name(&device)),
        None => speeds(&device),
    };
    let mut forecast = Forecast::with(&device, speeds);
    let dir = StudyDir::new(output_of(loaded, args.output.as_deref()));
    // Runs are named by their data, which only a study that was planned has at hand.
    let planned = if dir.study().is_file() { dir.read_study()?.runs } else { Vec::new() };
    let mut ended = BTreeSet::new();
    for id in &planned {
        let run = dir.run(id);
        let Some(record) = run.read_record()? else { continue };
        let spec = run.read_spec()?;
        forecast.learn(&spec, &record);
        if record.state == RunState::Done {
            ended.insert(study::title(&spec));
        }
    }
    let mut runs = spec::expand(&loaded.study, &Fingerprints::default());
    let all = runs.len();
    runs.retain(|run| !ended.contains(&study::title(run)));
    let seconds: f64 = runs.iter().map(|run| forecast.seconds(run)).sum();
    Ok(format!(
        "forecast         {} of one run at a time for {} of {all} runs ({})\n",
        duration(seconds),
        runs.len(),
        forecast.basis(&runs)
    ))
}
