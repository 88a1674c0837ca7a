//! `transfolio selfcheck`: the statistics against golden values.

use std::path::PathBuf;

use clap::Args;

use super::{Exit, out};
use crate::selfcheck;

/// Arguments of `selfcheck`.
#[derive(Debug, Args)]
pub struct SelfcheckArgs {
    /// Folder of golden files (schema golden/1); the built-in cases where absent
    #[arg(long, value_name = "FOLDER")]
    golden: Option<PathBuf>,
}

/// Prints one line per file; fails when a case fails.
pub fn run(args: &SelfcheckArgs) -> anyhow::Result<Exit> {
    let report = match &args.golden {
        Some(folder) => selfcheck::run(folder)?,
        None => selfcheck::builtin(),
    };
    out::text(&report)?;
    Ok(if report.passed() { Exit::Done } else { Exit::Data })
}
