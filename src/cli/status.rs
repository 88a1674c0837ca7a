//! `transfolio status`: what ran, what failed and why.

use std::path::PathBuf;

use clap::Args;

use super::{Exit, out};
use crate::records::StudyDir;
use crate::study;

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Study folder
    dir: PathBuf,
}

/// Prints the state; exit code 5 when runs failed.
pub fn run(args: &StatusArgs) -> anyhow::Result<Exit> {
    let status = study::status(&StudyDir::new(&args.dir))?;
    out::text(&status)?;
    Ok(if status.failed.is_empty() { Exit::Done } else { Exit::RunsFailed })
}
