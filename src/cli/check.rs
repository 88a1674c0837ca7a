//! `transfolio check`: whether a study folder is what was written.

use std::path::PathBuf;

use clap::Args;

use super::{Exit, out};
use crate::check;
use crate::records::StudyDir;

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Study folder
    pub folder: PathBuf,
}

/// Prints what was found; exit code 6 where something is damaged.
pub fn run(args: &CheckArgs) -> anyhow::Result<Exit> {
    let checked = check::check(&StudyDir::new(&args.folder))?;
    out::text(&checked)?;
    Ok(if checked.damage.is_empty() { Exit::Done } else { Exit::Differs })
}
