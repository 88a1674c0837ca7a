//! `transfolio verify`: a report, computed again.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::page::read_page;
use super::{Exit, out};
use crate::report::{self, Against, Templates};

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Report that `transfolio report` wrote
    pub page: PathBuf,
    /// Compute from this study folder or CSV file, or from these tables of cases
    /// (in the order the report was made of), not from the data inside the page
    #[arg(long, value_name = "FOLDER|FILE", num_args = 1..)]
    pub records: Vec<PathBuf>,
    /// Templates that the page was made with, where they are not built in
    #[arg(long = "template", value_name = "NAME|FOLDER")]
    pub templates: Vec<String>,
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
}

/// Prints every difference; fails where there is one.
pub fn run(args: &VerifyArgs) -> anyhow::Result<Exit> {
    let page = read_page(&args.page)?;
    let against = match args.records.as_slice() {
        [] => Against::Embedded,
        paths => Against::Records(paths.to_vec()),
    };
    let templates = match args.templates.as_slice() {
        [] => None,
        chosen => Some(Templates::chosen(chosen)?),
    };
    let found = report::verify(&page, &against, templates.as_ref())?;
    match args.format {
        Form::Text => out::text(&found)?,
        Form::Json => out::line(serde_json::to_string_pretty(&found)?)?,
    }
    Ok(if found.agrees() { Exit::Done } else { Exit::Differs })
}
