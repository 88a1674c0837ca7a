//! `transfolio report`: the HTML report.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::compare::{Selection, claims, options};
use crate::frame::Results;
use crate::records::{StudyDir, write_atomic};
use crate::report::{self, Templates};

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Study folder, or CSV file with the columns task, model, init,
    /// `label_fraction`, seed, metric, value
    pub input: PathBuf,
    /// File to write [default: report.html in the study folder, or NAME.report.html beside the CSV]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Look of the page: paper, ranking or card; or a folder whose files stand
    /// for built-in templates of the same name (repeatable)
    #[arg(long = "template", value_name = "NAME|FOLDER")]
    pub templates: Vec<String>,
    /// What is compared.
    #[command(flatten)]
    pub selection: Selection,
}

impl ReportArgs {
    /// The report of a study folder, at its usual place.
    pub fn for_folder(folder: &Path) -> Self {
        Self {
            input: folder.to_path_buf(),
            output: None,
            templates: Vec::new(),
            selection: Selection::default(),
        }
    }
}

/// Writes the report and gives its path.
pub fn run(args: &ReportArgs) -> anyhow::Result<PathBuf> {
    let templates = Templates::chosen(&args.templates)?;
    let results = Results::open(&args.input, &args.selection.filters)?;
    let options = options(&results, &args.selection)?;
    let input = report::load(&results, &options, &claims(&results, &args.selection)?)?;
    let page = report::render(&input, &templates)?;
    let output = args.output.clone().unwrap_or_else(|| default_output(&args.input));
    write_atomic(&output, |file| file.write_all(page.as_bytes()))?;
    Ok(output)
}

fn default_output(input: &Path) -> PathBuf {
    if input.is_dir() { StudyDir::new(input).report() } else { input.with_extension("report.html") }
}
