//! `transfolio diff`: two reports against each other.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::page::read_page;
use super::{Exit, out};
use crate::report;

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// Report before
    pub old: PathBuf,
    /// Report after
    pub new: PathBuf,
    /// How differences are written
    #[arg(long, value_enum, default_value_t = Form::Text)]
    pub format: Form,
}

/// How differences are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Form {
    Text,
    Json,
    Html,
}

/// Prints what differs; fails where more than noise and environment does.
pub fn run(args: &DiffArgs) -> anyhow::Result<Exit> {
    let (old, new) = (read_page(&args.old)?, read_page(&args.new)?);
    let names = [args.old.display().to_string(), args.new.display().to_string()];
    let found = report::diff(&old, &new, [&names[0], &names[1]])?.verified([&old, &new])?;
    match args.format {
        Form::Text => out::text(&found)?,
        Form::Json => out::line(serde_json::to_string_pretty(&found)?)?,
        Form::Html => out::text(found.html())?,
    }
    Ok(if found.differs() { Exit::Differs } else { Exit::Done })
}
