//! `transfolio zoo`: pretrained models.

mod fetch;
mod inspect;
mod list;
mod local;
mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Exit, out};
use crate::spec::{Granularity, LOCAL_MODEL};

/// Arguments of `zoo`.
#[derive(Debug, Args)]
pub struct ZooArgs {
    #[command(subcommand)]
    command: ZooCommand,
}

#[derive(Debug, Subcommand)]
enum ZooCommand {
    /// List the models of the catalogue
    List(list::ListArgs),
    /// Show what is known about a model
    Show {
        /// Model, as in `zoo list`
        id: String,
        /// Folder of fetched and local models [default: zoo in the user's cache folder]
        #[arg(long, value_name = "DIR")]
        store: Option<PathBuf>,
    },
    /// Download a model and verify it
    Fetch(fetch::FetchArgs),
    /// Say what a checkpoint on disk is and what it fits; nothing in it is executed
    Inspect(inspect::InspectArgs),
    /// Keep the weights of a run by name, for inits of any study and for `predict`
    Export(local::ExportArgs),
}

/// Runs the subcommand.
pub fn run(args: &ZooArgs) -> anyhow::Result<Exit> {
    match &args.command {
        ZooCommand::List(args) => out::text(list::list(args)?)?,
        ZooCommand::Show { id, store } => match id.strip_prefix(LOCAL_MODEL) {
            Some(name) => {
                let store = store.clone().map_or_else(default_store, Ok)?;
                out::text(local::show(&store, name)?)?;
            }
            None => out::text(show::show(id)?)?,
        },
        ZooCommand::Export(args) => out::text(local::export(args)?)?,
        ZooCommand::Fetch(args) => return fetch::fetch(args),
        ZooCommand::Inspect(args) => out::text(inspect::inspect(args)?)?,
    }
    Ok(Exit::Done)
}

/// Where fetched models are kept.
pub(super) fn default_store() -> anyhow::Result<PathBuf> {
    Ok(super::run::default_cache()?.with_file_name("zoo"))
}

/// The name of a kind of labels in study files.
fn granularity(granularity: Granularity) -> &'static str {
    match granularity {
        Granularity::None => "none",
        Granularity::Coarse => "coarse",
        Granularity::Fine => "fine",
        Granularity::SelfSupervised => "self-supervised",
        Granularity::DomainAdaptive => "domain-adaptive",
    }
}

fn number(n: u64) -> String {
    if n == 0 { "-".into() } else { n.to_string() }
}
