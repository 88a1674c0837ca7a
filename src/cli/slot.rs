//! `transfolio slot`: one slot of a submission.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;

use super::exit::code_of;
use super::progress::Terminal;
use super::signals::Signals;
use super::{Exit, out};
use crate::cluster::{Submission, submission};
use crate::data::DataError;
use crate::data::node::{Place, Places};
use crate::records::runner::Runner;
use crate::records::{RecordError, ServerClock, StudyDir};
use crate::study::{self, PlanOptions, RESERVE, Reporter, RunOptions, Slot};
use crate::train::device::{DeviceChoice, choose, label};
use crate::train::{arithmetic, memory};

/// Arguments of `slot`.
#[derive(Debug, Args)]
pub struct SlotArgs {
    /// Study folder
    dir: PathBuf,
    #[arg(long, value_name = "ID")]
    submission: String,
    #[arg(long, default_value_t = 0)]
    number: u32,
    #[arg(long)]
    job: Option<String>,
    /// Seconds that the slot has in all
    #[arg(long, value_parser = seconds)]
    time_limit: Option<Limit>,
    /// Seconds of it that are spent
    #[arg(long, default_value_t = 0)]
    spent: u64,
    /// Seconds at its end for stopping and saving
    #[arg(long, default_value_t = RESERVE.as_secs())]
    reserve: u64,
    #[arg(long, default_value = "auto")]
    device: DeviceChoice,
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    runs_per_gpu: Option<u16>,
    #[arg(long)]
    cache: Option<PathBuf>,
}

/// A number of seconds, or nothing where the scheduler sets no limit.
#[derive(Clone, Copy, Debug)]
struct Limit(Option<u64>);

fn seconds(text: &str) -> Result<Limit, String> {
    if text.trim().is_empty() {
        return Ok(Limit(None));
    }
    let limit = text.trim().parse().map_err(|_| format!("{text:?} is no number of seconds"))?;
    Ok(Limit(Some(limit)))
}

/// How far clocks may be apart before it is said.
const CLOCKS: f64 = 30.0;

/// Takes runs until time is short or nothing is left. What may go better another
/// time ends with 75, what will not with 42.
pub fn run(args: &SlotArgs) -> anyhow::Result<Exit> {
    let signals = Signals::listen()?;
    signals.wait();
    let begun = Instant::now();
    match work(args, &signals, begun) {
        Ok(exit) => Ok(exit),
        Err(error) => {
            let exit = match code_of(&error) {
                Exit::Usage => Exit::Never,
                _ if error.chain().any(<dyn std::error::Error>::is::<Never>) => Exit::Never,
                _ => Exit::Again,
            };
            out::complain(format_args!("error: slot {}: {error:#}", args.number));
            Ok(exit)
        }
    }
}

/// What no other try of a slot would change.
#[derive(Debug, thiserror::Error)]
enum Never {
    #[error(
        "{dir} has no submission {id}: this machine does not see the study folder that was \
         submitted; it has to lie where every machine sees it"
    )]
    NotSeen { dir: PathBuf, id: String },
    #[error(
        "this is transfolio {here}, and the study was submitted by {there}: results of two \
         versions would be mixed; put {there} on this machine, or submit with {here}"
    )]
    Version { here: &'static str, there: String },
    #[error("{0}")]
    TooShort(String),
}

fn work(args: &SlotArgs, signals: &Signals, begun: Instant) -> anyhow::Result<Exit> {
    let dir = StudyDir::new(&args.dir);
    let submission = ticket(&dir, &args.submission)?;
    if submission.is_cancelled(&dir) {
        out::line("cancelled before it began")?;
        return Ok(Exit::Done);
    }
    let slot = slot(args, begun);
    if let Some(text) = slot.too_short() {
        return Err(Never::TooShort(text).into());
    }
    let device = choose(args.device)?;
    let mut terminal = Terminal::new();
    let job = args.job.clone().unwrap_or_else(|| format!("slot {}", args.number));
    let attendance = study::attend(&dir, Runner::new(Some(job), true, &label(device)))?;
    let clock = ServerClock::of(dir.root()).map_err(|source| RecordError::Io {
        op: "write to",
        path: dir.root().to_path_buf(),
        source,
    })?;
    if let Some(text) = clocks(clock.ahead()) {
        terminal.note(&text);
    }
    let (plan, place) = join(args, &dir, &mut terminal)?;
    if let Some(text) = arithmetic::check(plan.record.study.recipe.precision, device)? {
        terminal.note(&text);
    }
    let threads = plan.record.study.study.threads;
    let device = label(device);
    let gpus = if device.starts_with("cuda") { gpus() } else { Vec::new() };
    let usual = || match args.runs_per_gpu.map(usize::from) {
        Some(runs) if device.starts_with("cuda") => runs * gpus.len().max(1),
        _ => study::usual_jobs(&plan, &device, threads).max(gpus.len()),
    };
    let jobs = args.jobs.map_or_else(usual, usize::from);
    let run_options = RunOptions {
        program: std::env::current_exe().context("cannot find this program's own file")?,
        cache_dir: place.dir.clone(),
        jobs,
        threads,
        device,
        retry_failed: submission.retry_failed,
        git: super::commit::state(Path::new(".")),
        slot: Some(slot),
        only: submission.only.map(|only| only.into_iter().collect()),
        gpus,
    };
    terminal.note(&format!(
        "slot {} of {}: {} runs in the study, {jobs} at a time on {}",
        args.number,
        submission.id,
        plan.runs.len(),
        run_options.device
    ));
    let outcome = study::run(&plan, &run_options, &attendance, signals.stop(), &mut terminal)?;
    terminal.end();
    let (done, all) = (outcome.done, plan.runs.len());
    if outcome.interrupted {
        let why = if signals.was_asked() { "asked to stop" } else { "its time is short" };
        out::line(format_args!("{done} of {all} runs done; {why}, and what was begun is saved"))?;
        return Ok(Exit::Again);
    }
    out::line(format_args!("{done} of {all} runs done; nothing is left for this slot"))?;
    Ok(if outcome.failed.is_empty() { Exit::Done } else { Exit::RunsFailed })
}

/// What is said of clocks that are far apart.
fn clocks(ahead: f64) -> Option<String> {
    (ahead.abs() > CLOCKS).then(|| {
        format!(
            "the clock of this machine is {:.0} s {} that of the file server; claims go by the \
             server's, and nothing rests on this one",
            ahead.abs(),
            if ahead > 0.0 { "ahead of" } else { "behind" }
        )
    })
}

/// Joins the study, with its decoded data as near as there is room for them.
fn join(
    args: &SlotArgs,
    dir: &StudyDir,
    terminal: &mut Terminal,
) -> anyhow::Result<(study::Plan, Place)> {
    let usual = args.cache.clone().map_or_else(super::run::default_cache, Ok)?;
    let hashes = dir.read_study()?.data_hashes.into_values();
    let mut places = Places::of(&usual, hashes, memory::available());
    loop {
        let mut place = places.next(&mut |text| terminal.note(text));
        let options = PlanOptions {
            output: args.dir.clone(),
            cache_dir: place.dir.clone(),
            zoo_store: super::zoo::default_store()?,
            command: Vec::new(),
        };
        match study::join(&options, &mut |text| terminal.note(text)) {
            Err(study::StudyError::Data { source: DataError::DiskFull { .. }, .. })
                if place.is_near() =>
            {
                terminal.note(&format!("there is no room to decode in {}", place.dir.display()));
            }
            plan => {
                place.is_ready();
                return Ok((plan?, place));
            }
        }
    }
}

/// The submission that this is a slot of.
fn ticket(dir: &StudyDir, id: &str) -> anyhow::Result<Submission> {
    let submission = match submission::read(dir, id) {
        Err(RecordError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            return Err(Never::NotSeen { dir: dir.root().into(), id: id.into() }.into());
        }
        other => other?,
    };
    let here = env!("CARGO_PKG_VERSION");
    if submission.transfolio != here {
        return Err(Never::Version { here, there: submission.transfolio }.into());
    }
    Ok(submission)
}

fn slot(args: &SlotArgs, begun: Instant) -> Slot {
    let limit = args.time_limit.and_then(|limit| limit.0);
    let left = limit.map(|limit| Duration::from_secs(limit.saturating_sub(args.spent)));
    Slot { until: left.map(|left| begun + left), reserve: Duration::from_secs(args.reserve) }
}

/// The GPUs that this slot was given, where they are several.
fn gpus() -> Vec<String> {
    let given = std::env::var("CUDA_VISIBLE_DEVICES").unwrap_or_default();
    let given: Vec<String> =
        given.split(',').map(str::trim).filter(|gpu| !gpu.is_empty()).map(String::from).collect();
    if given.len() > 1 { given } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_are_far_apart_are_told() {
        assert!(clocks(120.4).expect("told").contains("120 s ahead of that of the file server"));
        assert!(clocks(-121.0).expect("told").contains("121 s behind"));
        assert!(clocks(3.0).is_none() && clocks(-29.0).is_none() && clocks(f64::NAN).is_none());
    }
}
