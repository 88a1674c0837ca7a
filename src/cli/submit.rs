//! `transfolio submit`: asks a scheduler for slots.

mod arms;
mod site;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use indexmap::IndexMap;

use super::run::output_of;
use super::{Exit, out};
use crate::cluster::{Asked, ClusterError, Launcher, Span, Submission, Written};
use crate::records::{Planned, RunState, StudyDir, token};
use crate::spec::{self, Fingerprints, Loaded, RunId, RunSpec, Site};
use crate::study::{self, Forecast, PlanOptions, RESERVE, duration};
use arms::Arms;
use site::SiteArgs;

/// Arguments of `submit`.
#[derive(Debug, Args)]
pub struct SubmitArgs {
    /// Study file
    study: PathBuf,
    /// Folder of the records, which every machine sees [default: runs/NAME]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Give a parameter of the study file another value
    #[arg(long, value_name = "NAME=VALUE", value_parser = super::run::name_value)]
    set: Vec<(String, String)>,
    /// Show the scripts and the forecast, and ask for nothing
    #[arg(long)]
    dry_run: bool,
    /// Time of runs that may be spent, all slots together: whole seeds of all arms
    /// first, as many as fit by the forecast
    #[arg(long, value_name = "TIME")]
    budget: Option<String>,
    /// Submit only these: `failed`, also those that failed for good
    #[arg(long, value_name = "WHICH")]
    retry: Option<Retry>,
    #[command(flatten)]
    site: SiteArgs,
}

/// What is submitted again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Retry {
    /// Runs that failed.
    Failed,
}

/// Plans, writes scripts, submits.
pub fn run(args: &SubmitArgs) -> anyhow::Result<Exit> {
    let set: IndexMap<_, _> = args.set.iter().cloned().collect();
    let loaded = spec::load(&args.study, &set)?;
    let site = args.site.site(&loaded.study.cluster)?;
    let launcher: Launcher = site.launcher.as_deref().unwrap_or("print").parse()?;
    let output = std::path::absolute(output_of(&loaded, args.output.as_deref()))?;
    let dir = StudyDir::new(&output);
    let runs = if args.dry_run { runs_now(&loaded, &dir) } else { planned(&loaded, &dir, args)? };
    let work = Work::of(runs, &dir, &site, args)?;
    if work.left.is_empty() {
        out::line(if args.retry.is_some() {
            "no run has failed"
        } else {
            "nothing is left to run"
        })?;
        return Ok(Exit::Done);
    }
    let asked = asked(&loaded, &output, site, &work)?;
    let files = launcher.files(&asked);
    if args.dry_run {
        for Written { name, text } in &files {
            out::text(format_args!("=== {}\n{text}", asked.path(name).display()))?;
        }
        out::text(work.told(&asked, launcher))?;
        return Ok(Exit::Done);
    }
    submit(launcher, &asked, &files, &work, &dir)
}

fn submit(
    launcher: Launcher,
    asked: &Asked,
    files: &[Written],
    work: &Work,
    dir: &StudyDir,
) -> anyhow::Result<Exit> {
    // Before anything is written: who cannot be asked leaves nothing behind.
    launcher.check(asked)?;
    let mut submission = Submission::new(asked, launcher.name());
    submission.only = work.is_part.then(|| work.left.iter().map(|run| run.id.clone()).collect());
    submission.retry_failed = work.retries;
    submission.write(dir)?;
    for Written { name, text } in files {
        let path = asked.path(name);
        crate::records::write_atomic(&path, |file| {
            std::io::Write::write_all(file, text.as_bytes())
        })?;
    }
    match launcher.submit(asked) {
        Ok((job, report_job)) => {
            submission.job = job;
            submission.report_job = report_job;
            submission.write(dir)?;
        }
        Err(error) => {
            let _ = fs::remove_dir_all(asked.path(""));
            let _ = fs::remove_dir(dir.root().join("cluster"));
            return Err(error.into());
        }
    }
    out::text(work.told(asked, launcher))?;
    match &submission.job {
        Some(job) => {
            let report = submission.report_job.as_ref();
            let report = report.map_or(String::new(), |job| format!(", its report as job {job}"));
            out::line(format_args!("submitted as job {job}{report} (submission {})", asked.id))?;
        }
        None => out::line(format_args!(
            "nothing was asked for; the files are in {}",
            asked.path("").display()
        ))?,
    }
    if let Some(text) = site::note(&asked.folder) {
        out::complain(format_args!("note: {text}"));
    }
    out::line(format_args!("`transfolio status {}` says how far it is", dir.root().display()))?;
    Ok(Exit::Done)
}

/// A run that slots would take.
struct Left {
    id: RunId,
    spec: RunSpec,
    seconds: f64,
}

/// What is to be done.
struct Work {
    left: Vec<Left>,
    /// Runs of the study, and those of them that have ended.
    all: usize,
    ended: usize,
    /// Left out for want of budget.
    over: usize,
    /// Whether the slots take these runs and no others.
    is_part: bool,
    retries: bool,
    /// What the forecast rests on.
    basis: String,
}

impl Work {
    fn of(
        runs: Vec<(RunId, RunSpec)>,
        dir: &StudyDir,
        site: &Site,
        args: &SubmitArgs,
    ) -> anyhow::Result<Self> {
        let gpu = site.device.as_deref().is_some_and(|device| device.starts_with("cuda"))
            || (site.device.is_none() && site.gres.as_ref().is_some_and(|g| g.starts_with("gpu")));
        // A node's GPU is not seen from where slots are asked for.
        let mut forecast = if gpu {
            Forecast::on("cuda")
        } else {
            Forecast::with("cpu", super::run::speeds("cpu"))
        };
        let retries = args.retry.is_some();
        let all = runs.len();
        let mut waiting = Vec::new();
        for (id, spec) in runs {
            let record = dir.run(&id).read_record()?;
            if let Some(record) = &record {
                forecast.learn(&spec, record);
            }
            let taken = match record.map(|record| record.state) {
                None => !retries,
                Some(RunState::Done) => false,
                Some(RunState::Failed { permanent, .. }) => retries || !permanent,
            };
            if taken {
                waiting.push((id, spec));
            }
        }
        let ended = all - waiting.len();
        let left = waiting.into_iter().map(|(id, spec)| {
            let seconds = forecast.seconds(&spec);
            Left { id, spec, seconds }
        });
        let left: Vec<Left> = left.collect();
        let basis = forecast.basis(left.iter().map(|left| &left.spec));
        let mut work = Self { left, all, ended, over: 0, is_part: retries, retries, basis };
        if let Some(budget) = &args.budget {
            work.fit(budget.parse::<Span>()?.0 as f64)?;
        }
        Ok(work)
    }

    /// Keeps whole seeds of all arms, as many as fit: with half of the arms of a seed
    /// nothing can be compared. What runs start from comes along.
    fn fit(&mut self, budget: f64) -> anyhow::Result<()> {
        let mut seeds: Vec<u64> = Vec::new();
        for run in &self.left {
            if !seeds.contains(&run.spec.seed) {
                seeds.push(run.spec.seed);
            }
        }
        let mut kept = BTreeSet::new();
        let mut spent = 0.0;
        for seed in &seeds {
            let cost: f64 =
                self.left.iter().filter(|run| run.spec.seed == *seed).map(|run| run.seconds).sum();
            if spent + cost > budget {
                break;
            }
            spent += cost;
            kept.insert(*seed);
        }
        let least = self.left.iter().filter(|run| seeds.first() == Some(&run.spec.seed));
        let least: f64 = least.map(|run| run.seconds).sum();
        ensure!(
            !kept.is_empty() || self.left.is_empty(),
            "the budget of {} is less than one seed of all arms takes, about {}; give more \
             --budget, or compare less",
            duration(budget),
            duration(least)
        );
        let before = self.left.len();
        self.left.retain(|run| kept.contains(&run.spec.seed));
        self.over = before - self.left.len();
        self.is_part |= self.over > 0;
        Ok(())
    }

    fn seconds(&self) -> f64 {
        self.left.iter().map(|run| run.seconds).sum()
    }

    /// What is asked for, in words.
    fn told(&self, asked: &Asked, launcher: Launcher) -> String {
        let mut text = format!(
            "{}: {} of {} runs to do, {} ended{}\n",
            asked.study,
            self.left.len(),
            self.all,
            self.ended,
            match self.over {
                0 => String::new(),
                over => format!(", {over} beyond the budget"),
            }
        );
        text += &Arms::of(self.left.iter().map(|run| (&run.spec, run.seconds))).to_string();
        let basis = &self.basis;
        let at_a_time = f64::from(asked.slots * asked.jobs.unwrap_or(1));
        text += &format!(
            "forecast: {} of one run at a time, {} with these slots ({basis})\n",
            duration(self.seconds()),
            duration(self.seconds() / at_a_time)
        );
        let time = asked.time.map_or("as long as the partition gives".into(), |time| {
            format!("{} each", duration(time.0 as f64))
        });
        text += &format!(
            "{}: {} slots, {time}, {} cores{}\n",
            launcher.name(),
            asked.slots,
            asked.cpus,
            asked.jobs.map_or(String::new(), |jobs| format!(", {jobs} runs at a time")),
        );
        text
    }
}

/// The runs of a study as its folder knows them, without touching data: those of
/// `study.json` where it is of this very file, else those of the file.
fn runs_now(loaded: &Loaded, dir: &StudyDir) -> Vec<(RunId, RunSpec)> {
    if dir.study().is_file()
        && let Ok(record) = dir.read_study()
        && record.study_sha256 == loaded.sha256
    {
        let planned = Planned::of(&record);
        let spec = |id: &RunId| Some((id.clone(), planned.spec(id)?));
        return record.runs.iter().filter_map(spec).collect();
    }
    let runs = spec::expand(&loaded.study, &Fingerprints::default());
    // Names of runs that nobody has prepared yet: numbers do.
    let numbered = runs.into_iter().enumerate();
    numbered.map(|(number, run)| (RunId(format!("unplanned-{number}")), run)).collect()
}

/// The runs after planning: data prepared here, weights checked.
fn planned(
    loaded: &Loaded,
    dir: &StudyDir,
    args: &SubmitArgs,
) -> anyhow::Result<Vec<(RunId, RunSpec)>> {
    // Without what a site was asked for: accounts are nobody's business who reads the
    // report.
    let mut command: Vec<String> = std::env::args().take(1).collect();
    command.extend(["submit".into(), args.study.to_string_lossy().into_owned()]);
    command.extend(
        args.set.iter().flat_map(|(name, value)| ["--set".to_owned(), format!("{name}={value}")]),
    );
    let options = PlanOptions {
        output: dir.root().to_path_buf(),
        cache_dir: super::run::default_cache()?,
        zoo_store: super::zoo::default_store()?,
        command,
    };
    let plan = study::plan(loaded, &options, &mut |text| out::progress(text))?;
    Ok(plan.record.runs.into_iter().zip(plan.runs).collect())
}

/// What scripts are made of, with what nobody said.
fn asked(loaded: &Loaded, output: &Path, site: Site, work: &Work) -> anyhow::Result<Asked> {
    site::check(&site)?;
    let time: Option<Span> = site.time.as_deref().map(str::parse).transpose()?;
    let reserve = site.reserve.as_deref().map(str::parse).transpose()?;
    let reserve = reserve.unwrap_or(Span(RESERVE.as_secs()));
    if let Some(time) = time.filter(|time| time.0 <= reserve.0) {
        let (time, reserve) = (duration(time.0 as f64), duration(reserve.0 as f64));
        return Err(ClusterError::TooShort { time, reserve }.into());
    }
    let threads = loaded.study.study.threads;
    let jobs = site.jobs.or((!site.whole_nodes && site.runs_per_gpu.is_none())
        .then(|| site.cpus.map_or(1, |cpus| (cpus / threads.max(1)).max(1))));
    let slots = site.slots.unwrap_or_else(|| usual_slots(time, reserve, jobs, work));
    ensure!(slots > 0, "--slots is 0, expected at least 1");
    let program = match &site.program {
        Some(program) => program.clone(),
        None => std::env::current_exe()
            .context("cannot find this program's own file; name it with --program")?
            .to_string_lossy()
            .into_owned(),
    };
    Ok(Asked {
        id: token()[..8].into(),
        study: loaded.study.study.name.clone(),
        folder: output.to_path_buf(),
        program,
        slots,
        jobs,
        cpus: site.cpus.unwrap_or(jobs.unwrap_or(1) * threads).max(1),
        time,
        reserve,
        requeues: site.requeues.unwrap_or(20),
        site,
    })
}

/// Slots that end the work in about one turn each, by the forecast; no more than
/// there are runs, nor than a site would mind.
fn usual_slots(time: Option<Span>, reserve: Span, jobs: Option<u32>, work: &Work) -> u32 {
    const MOST: f64 = 50.0;
    let jobs = f64::from(jobs.unwrap_or(1));
    let useful = time.map_or(8.0 * 3600.0, |time| (time.0 - reserve.0) as f64) * jobs;
    let by_time = (work.seconds() * 1.2 / useful).ceil();
    let by_runs = (work.left.len() as f64 / jobs).ceil();
    by_time.min(by_runs).clamp(1.0, MOST) as u32
}
