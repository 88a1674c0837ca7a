//! `transfolio report`: the HTML report.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::compare::{Selection, claims, options};
use crate::frame::Results;
use crate::records::{StudyDir, write_atomic};
use crate::report;

/// Arguments of `report`.
#[derive(Debug, Default, Args)]
pub struct ReportArgs {
    /// Study folder, or CSV file with the columns task, model, init,
    /// `label_fraction`, seed, metric, value
    #[arg(required_unless_present = "published")]
    pub input: Option<PathBuf>,
    /// The five studies of the published benchmark (A1 to A5), the article before
    /// it (DART) and the recheck of their printed p-values, from the numbers
    /// built in; with an input, beside it, with a table of reproduction gaps
    #[arg(long)]
    pub published: bool,
    /// File to write [default: report.html in the study folder, NAME.report.html
    /// beside the CSV, published.report.html without an input]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// What is compared.
    #[command(flatten)]
    pub selection: Selection,
}

impl ReportArgs {
    /// The report of a study folder, at its usual place.
    pub fn for_folder(folder: &Path) -> Self {
        Self { input: Some(folder.to_path_buf()), ..Self::default() }
    }
}

/// Writes the report and gives its path.
pub fn run(args: &ReportArgs) -> anyhow::Result<PathBuf> {
    let page = match &args.input {
        None => report::render_published(None)?,
        Some(path) => {
            let results = Results::open(path, &args.selection.filters)?;
            let options = options(&results, &args.selection)?;
            let input = report::load(&results, &options, &claims(&results, &args.selection)?)?;
            if args.published {
                report::render_published(Some(&input))?
            } else {
                report::render(&input)?
            }
        }
    };
    let output = args.output.clone().unwrap_or_else(|| match &args.input {
        Some(input) => default_output(input),
        None => PathBuf::from("published.report.html"),
    });
    write_atomic(&output, |file| file.write_all(page.as_bytes()))?;
    Ok(output)
}

fn default_output(input: &Path) -> PathBuf {
    if input.is_dir() { StudyDir::new(input).report() } else { input.with_extension("report.html") }
}
