//! `transfolio bench`: how fast the runs of a study would go on this machine.

mod words;

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use clap::Args;
use indexmap::IndexMap;

use self::words::{Row, Told};
use super::run::{default_cache, name_value, output_of};
use super::{Exit, out};
use crate::records::{RunState, StudyDir};
use crate::spec::{self, RunSpec};
use crate::study::{
    self, BenchOptions, Division, Forecast, Kind, Plan, PlanOptions, Speed, Speeds,
};
use crate::train::arithmetic;
use crate::train::device::{DeviceChoice, choose, label};
use crate::train::{Measured, machine};

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Study file
    study: PathBuf,
    /// Give a parameter of the study file another value
    #[arg(long, value_name = "NAME=VALUE", value_parser = name_value)]
    set: Vec<(String, String)>,
    /// Study folder, whose runs that ended are not forecast again [default: runs/NAME]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// auto, cpu, cuda or cuda:N
    #[arg(long, default_value = "auto")]
    device: DeviceChoice,
    /// Seconds that each kind of run is trained for, and evaluated for
    #[arg(long, default_value_t = 10.0, value_name = "SECONDS")]
    seconds: f64,
    /// Runs at a time, instead of the number that is found to be best
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// What an hour of this machine costs, in whatever money you count
    #[arg(long, value_name = "PRICE", allow_negative_numbers = true)]
    price: Option<f64>,
    /// Folder of decoded images [default: the user's cache folder]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
}

/// Measures, tells, and keeps what was found for later forecasts. Nothing of the study
/// is run.
pub fn run(args: &BenchArgs) -> anyhow::Result<Exit> {
    let hours = args.price.is_none_or(|price| price.is_finite() && price >= 0.0);
    ensure!(hours, "--price is an amount of 0 or more, got {}", args.price.unwrap_or_default());
    let sensible = args.seconds.is_finite() && (0.1..=3600.0).contains(&args.seconds);
    ensure!(sensible, "--seconds is a time from 0.1 to 3600, got {}", args.seconds);
    let set: IndexMap<_, _> = args.set.iter().cloned().collect();
    let loaded = spec::load(&args.study, &set)?;
    let device = choose(args.device)?;
    if let Some(slow) = arithmetic::check(loaded.study.recipe.precision, device)? {
        out::complain(format_args!("note: {slow}"));
    }
    let cache_dir = args.cache.clone().map_or_else(default_cache, Ok)?;
    // A folder of its own: a bench leaves no trace in the study's.
    let scratch = tempfile::tempdir().context("no folder for what is measured")?;
    let options = PlanOptions {
        output: scratch.path().to_path_buf(),
        cache_dir: cache_dir.clone(),
        zoo_store: super::zoo::default_store()?,
        command: Vec::new(),
    };
    let plan = study::plan(&loaded, &options, &mut |text| out::complain(format_args!("{text}")))?;
    let mut bench = Bench {
        options: BenchOptions {
            program: std::env::current_exe().context("cannot find this program's own file")?,
            cache_dir: cache_dir.clone(),
            device: label(device),
            seconds: args.seconds,
        },
        machine: machine::name(&label(device)),
        speeds: Speeds::read(&cache_dir, &machine::name(&label(device))),
        plan: &plan,
    };
    let told = bench.all(args, &StudyDir::new(output_of(&loaded, args.output.as_deref())))?;
    bench.speeds.write(&cache_dir)?;
    out::text(told)?;
    Ok(Exit::Done)
}

struct Bench<'a> {
    options: BenchOptions,
    machine: String,
    speeds: Speeds,
    plan: &'a Plan,
}

impl Bench<'_> {
    fn all(&mut self, args: &BenchArgs, dir: &StudyDir) -> anyhow::Result<Told> {
        for (task, cases) in study::count_cases(self.plan, &self.options.cache_dir)? {
            if let Some(run) = self.plan.runs.iter().find(|run| run.task == task) {
                self.speeds.counted(&run.task_spec, cases);
            }
        }
        let stated = self.plan.record.study.study.threads;
        let kinds = study::kinds(self.plan);
        let (dearest, _) = self.dearest(&kinds).context("the study has no runs")?;
        let (divisions, left_out) = self.divisions(dearest, args.jobs, stated);
        let mut tried = Vec::new();
        for division in divisions {
            let row = self.row(dearest, division)?;
            tried.push(row);
        }
        // Of the threads that the study states, for others would be other runs.
        let best =
            best(&tried, |row| row.division.threads == stated).or_else(|| best(&tried, |_| true));
        let Some(best) = best else {
            let reason = tried.first().and_then(|row| row.found.clone().err()).unwrap_or_default();
            bail!("no run of this study could be measured here: {reason}");
        };
        let division = Division { jobs: best.division.jobs, threads: stated };
        let mut rows = Vec::new();
        for (run, runs) in &kinds {
            let known = tried
                .iter()
                .find(|row| Kind::of(row.run) == Kind::of(run) && row.division == division);
            let row = match known {
                Some(row) => row.clone(),
                None => self.row(run, division)?,
            };
            rows.push((row, *runs));
        }
        let forecast = self.forecast(dir, division.jobs)?;
        Ok(Told {
            study: self.plan.record.study.study.name.clone(),
            machine: self.machine.clone(),
            rows: rows.into_iter().map(|(row, runs)| row.told(runs)).collect(),
            tried: tried.into_iter().map(|row| row.told(0)).collect(),
            left_out,
            jobs: division.jobs,
            stated,
            left: forecast,
            price: args.price,
        })
    }

    /// The kind of run that takes most of the study's time, as it looks before anything
    /// was measured.
    fn dearest<'r>(&self, kinds: &[(&'r RunSpec, usize)]) -> Option<(&'r RunSpec, usize)> {
        let forecast = Forecast::on(&self.options.device);
        let cost = |(run, runs): &(&RunSpec, usize)| forecast.seconds(run) * *runs as f64;
        kinds.iter().copied().max_by(|a, b| cost(a).total_cmp(&cost(b)))
    }

    fn divisions(
        &self,
        run: &RunSpec,
        jobs: Option<u16>,
        stated: u32,
    ) -> (Vec<Division>, Vec<String>) {
        match jobs {
            Some(jobs) => (vec![Division { jobs: usize::from(jobs), threads: stated }], Vec::new()),
            None => study::divisions(run, self.plan.runs.len(), &self.options.device, stated),
        }
    }

    /// Measures and keeps one row.
    fn row<'r>(&mut self, run: &'r RunSpec, division: Division) -> anyhow::Result<Tried<'r>> {
        out::complain(format_args!(
            "measuring {} at {} px, {} at a time with {}",
            spec_name(run),
            run.recipe.image_size,
            division.jobs,
            words::threads(division.threads)
        ));
        let found = study::measure_beside(self.plan, run, division, &self.options)?;
        if let Ok(each) = found {
            self.speeds.insert(Speed {
                machine: self.machine.clone(),
                kind: Kind::of(run),
                jobs: division.jobs,
                threads: division.threads,
                each,
            });
        }
        Ok(Tried { run, division, found })
    }

    /// Seconds of all runs that have not ended yet, each beside so many, and their number.
    fn forecast(&self, dir: &StudyDir, jobs: usize) -> anyhow::Result<(f64, usize)> {
        let speeds = self.speeds.clone().beside(jobs);
        let forecast = Forecast::with(&self.options.device, speeds);
        let mut left = (0.0, 0);
        for run in &self.plan.runs {
            let record = dir.run(&run.id()).read_record()?;
            if !record.is_some_and(|record| record.state == RunState::Done) {
                left.0 += forecast.seconds(run);
                left.1 += 1;
            }
        }
        Ok(left)
    }
}

/// What was measured of a kind of run.
#[derive(Clone)]
struct Tried<'a> {
    run: &'a RunSpec,
    division: Division,
    found: Result<Measured, String>,
}

impl Tried<'_> {
    /// Images that all together train on in a second.
    fn together(&self) -> Option<f64> {
        let each = self.found.as_ref().ok()?;
        // Where nothing is trained, what is only looked at decides.
        let speed =
            if each.steps == 0 { each.evaluated_per_second } else { each.trained_per_second };
        Some(speed * self.division.jobs as f64)
    }

    fn told(self, runs: usize) -> Row {
        Row {
            network: spec_name(self.run),
            size: self.run.recipe.image_size,
            batch: self.run.recipe.batch_size,
            division: self.division,
            runs,
            found: self.found,
        }
    }
}

fn best<'a, 'r>(
    tried: &'a [Tried<'r>],
    counts: impl Fn(&Tried<'r>) -> bool,
) -> Option<&'a Tried<'r>> {
    let together = |row: &&Tried<'r>| row.together().unwrap_or(0.0);
    (tried.iter())
        .filter(|row| row.found.is_ok() && counts(row))
        .max_by(|a, b| together(a).total_cmp(&together(b)))
}

fn spec_name(run: &RunSpec) -> String {
    let backbone = run.backbone.name();
    match run.task_spec.target {
        spec::Target::Segmentation => format!("{backbone}, masks"),
        _ => backbone.to_string(),
    }
}
