//! `transfolio collect`: the table and the report of what has ended.

use std::path::PathBuf;

use clap::Args;

use super::{Exit, out};
use crate::records::StudyDir;
use crate::study;

/// Arguments of `collect`.
#[derive(Debug, Args)]
pub struct CollectArgs {
    /// Study folder
    dir: PathBuf,
}

/// Writes `results.csv` and `report.html`; exit code 5 when runs failed, 75 when some
/// have not ended.
pub fn run(args: &CollectArgs) -> anyhow::Result<Exit> {
    let dir = StudyDir::new(&args.dir);
    let status = study::status(&dir, &super::run::speeds)?;
    study::write_results(&dir)?;
    out::text(&status)?;
    // Pretraining runs end first and are no results.
    let table = std::fs::read_to_string(dir.results()).unwrap_or_default();
    if table.lines().nth(1).is_some() {
        let report = super::report::run(&super::report::ReportArgs::for_folder(&args.dir))?;
        out::text(report.said())?;
    }
    Ok(if status.begun + status.waiting > 0 {
        Exit::Again
    } else if status.failed.is_empty() {
        Exit::Done
    } else {
        Exit::RunsFailed
    })
}
