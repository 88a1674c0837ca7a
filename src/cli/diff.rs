//! `transfolio diff`: two reports against each other.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Exit, out};
use crate::report::{self, DiffSide};

/// What the long help says of the answer.
pub const HELP: &str = "\
What it says, in ten lines:
  the first sentence of the answer, where it is another one; which verdicts changed
  and why (the values of the two sides moved; only their adjustment did, because the
  family changed; alpha, margin, test or direction are others); which values of the
  input changed, came and went; which settings are others; how many numbers differ.
  --all lists all of these, and every number by its id.

A study folder or a table in the place of a page is asked what the other page was
asked.

Exit codes: 0 nothing differs but noise and environment; 6 something does, or a page
is not what its data give; 3 a page holds no data, or records cannot be read.";

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// Report before; or a study folder or table
    pub old: PathBuf,
    /// Report after; or a study folder or table
    pub new: PathBuf,
    /// Everything: each value, verdict and sentence, and every number by its id
    #[arg(long)]
    pub all: bool,
    /// How differences are written; json and html hold everything
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
    let (old, new) = (DiffSide::read(&args.old)?, DiffSide::read(&args.new)?);
    let found = report::diff_of(&old, &new)?;
    match args.format {
        Form::Text if args.all => out::text(found.everything())?,
        Form::Text => out::text(&found)?,
        Form::Json => out::line(serde_json::to_string_pretty(&found)?)?,
        Form::Html => out::text(found.html())?,
    }
    Ok(if found.differs() { Exit::Differs } else { Exit::Done })
}
