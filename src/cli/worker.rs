//! `transfolio worker`: one run in a process of its own.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::records;
use crate::study;
use crate::train::device::{DeviceChoice, choose};
use crate::train::{self, TrainOptions, allocator};

use super::{Exit, out};

/// Arguments of `worker`.
#[derive(Debug, Args)]
pub struct WorkerArgs {
    #[arg(long)]
    run_dir: PathBuf,
    #[arg(long)]
    cache: PathBuf,
    #[arg(long, default_value = "cpu")]
    device: DeviceChoice,
    #[arg(long, default_value_t = 1)]
    threads: u32,
    #[arg(long)]
    git: Option<String>,
    #[arg(long)]
    keep_weights: bool,
    #[arg(long)]
    attempt: Option<String>,
    /// Seconds for which it is measured how fast the run goes, instead of running it
    #[arg(long)]
    measure: Option<f64>,
}

/// Trains and records one run.
pub fn run(args: &WorkerArgs) -> ExitCode {
    let stop = super::signals::of_a_worker();
    allocator::keep_freed_memory();
    let device = match choose(args.device) {
        Ok(device) => device,
        Err(error) => {
            out::complain(format_args!("error: {error}"));
            return Exit::Device.into();
        }
    };
    let options = TrainOptions {
        run_dir: args.run_dir.clone(),
        cache_dir: args.cache.clone(),
        device,
        threads: args.threads,
        git: args.git.clone(),
        keep_weights: args.keep_weights,
    };
    if let Some(seconds) = args.measure {
        train::stop::when(stop);
        return measured(&options, seconds);
    }
    let attempt = args.attempt.clone().unwrap_or_else(records::token);
    let code = study::work(&options, &attempt, stop, &mut io::stdout().lock());
    ExitCode::from(code as u8)
}

/// Says how fast the run goes, as a line of JSON.
fn measured(options: &TrainOptions, seconds: f64) -> ExitCode {
    let said = train::measure(options, seconds)
        .map_err(anyhow::Error::new)
        .and_then(|measured| Ok(serde_json::to_string(&measured)?))
        .and_then(out::line);
    match said {
        Ok(()) => Exit::Done.into(),
        Err(error) => {
            out::complain(format_args!("error: {error:#}"));
            Exit::Other.into()
        }
    }
}
