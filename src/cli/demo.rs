//! `transfolio demo`: the built-in study, end to end.

use std::path::Path;

use clap::Args;
use indexmap::IndexMap;
use sha2::{Digest, Sha256};

use super::run::{StudyArgs, run_loaded};
use super::{Exit, out};
use crate::spec::{self, Loaded};

/// The study file of the demo, which is also the template for a first own one.
const STUDY: &str = include_str!("../../reports/phantom-granularity.toml");

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    #[command(flatten)]
    options: StudyArgs,
}

/// Runs the phantom study and writes its report.
pub fn run(args: &DemoArgs) -> anyhow::Result<Exit> {
    let study = spec::parse(Path::new("phantom-granularity.toml"), STUDY, &IndexMap::new())?;
    let sha256 = Sha256::digest(STUDY.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
    let (exit, output) = run_loaded(&Loaded { study, sha256 }, &args.options)?;
    if matches!(exit, Exit::Interrupted | Exit::Terminated | Exit::HungUp | Exit::Again) {
        return Ok(exit);
    }
    let report = super::report::run(&super::report::ReportArgs::for_folder(&output))?;
    out::text(report.said())?;
    Ok(exit)
}
