//! `transfolio worker`: one run in a process of its own.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::records;
use crate::study;
use crate::train::TrainOptions;
use crate::train::allocator;
use crate::train::device::{DeviceChoice, choose};

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
    let attempt = args.attempt.clone().unwrap_or_else(records::token);
    let code = study::work(&options, &attempt, stop, &mut io::stdout().lock());
    ExitCode::from(code as u8)
}
