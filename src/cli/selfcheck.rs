//! `transfolio selfcheck`: the statistics against golden values.
#![allow(clippy::print_stdout)]

use std::path::PathBuf;

use clap::Args;

use super::Exit;
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
    print!("{report}");
    Ok(if report.passed() { Exit::Done } else { Exit::Data })
}
