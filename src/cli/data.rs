//! `transfolio data`: look at data before training on it.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use indexmap::IndexMap;

use super::{Exit, out};
use crate::data::{self, Severity, Split};
use crate::spec::{self, data_needed};

/// Arguments of `data`.
#[derive(Debug, Args)]
pub struct DataArgs {
    #[command(subcommand)]
    command: DataCommand,
}

#[derive(Debug, Subcommand)]
enum DataCommand {
    /// Decode and check the data of a study file
    Check {
        /// Study file
        study: PathBuf,
        /// Give a parameter of the study file another value
        #[arg(long, value_name = "NAME=VALUE", value_parser = super::run::name_value)]
        set: Vec<(String, String)>,
        /// Folder of decoded images [default: the user's cache folder]
        #[arg(long, value_name = "DIR")]
        cache: Option<PathBuf>,
    },
}

/// Runs the subcommand; exit code 3 when the check finds an error.
pub fn run(args: &DataArgs) -> anyhow::Result<Exit> {
    let DataCommand::Check { study, set, cache } = &args.command;
    let set: IndexMap<_, _> = set.iter().cloned().collect();
    let loaded = spec::load(study, &set)?;
    let cache = cache.clone().map_or_else(super::run::default_cache, Ok)?;
    let mut exit = Exit::Done;
    for (name, size) in data_needed(&loaded.study) {
        let task = &loaded.study.tasks[&name];
        let dataset = data::prepare(&name, task, size, &cache, &|_, _| {})
            .map_err(|source| crate::study::StudyError::Data { task: name.clone(), source })?;
        let count = |split| dataset.indices(split).len();
        out::line(format_args!(
            "{name}: {} train, {} val, {} test, {} classes, stored at {size} px",
            count(Split::Train),
            count(Split::Val),
            count(Split::Test),
            dataset.classes.len()
        ))?;
        for finding in data::check(&dataset) {
            let mark = if finding.severity == Severity::Error { "error" } else { "note" };
            out::line(format_args!("  {mark}: {}", finding.text))?;
            if finding.severity == Severity::Error {
                exit = Exit::Data;
            }
        }
    }
    Ok(exit)
}
