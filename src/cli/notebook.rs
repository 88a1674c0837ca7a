//! `transfolio notebook` and the worker behind the cells.
#![allow(clippy::print_stdout)]

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use crate::notebook::worker;

/// Arguments of `notebook-worker`.
#[derive(Debug, Args)]
pub struct WorkerArgs {
    /// Listen on this socket until the parent process ends, instead of talking
    /// on standard input and output
    #[arg(long)]
    socket: Option<PathBuf>,
}

/// Answers cells until the other side is gone.
pub fn work(args: &WorkerArgs) -> anyhow::Result<()> {
    // An interrupt reaches the whole process group. It is for the study that
    // runs, which listens itself, and not for what the cells hold on to.
    ctrlc::set_handler(|| {}).context("cannot listen to Ctrl-C")?;
    match &args.socket {
        Some(path) => worker::serve_socket(path)?,
        None => worker::serve_standard()?,
    }
    Ok(())
}
