//! `transfolio report`: the HTML report.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::compare::{Selection, claims, options};
use super::keygen::password;
use super::out;
use crate::frame::Results;
use crate::records::{StudyDir, refuse_link, write_atomic};
use crate::report::{
    self, Bundle, ChecklistName, FilledChecklist, Manner, Print, Rendered, SigningKey, Templates,
    signature_path,
};

/// Arguments of `report`.
#[derive(Debug, Default, Args)]
pub struct ReportArgs {
    /// Study folders (several are joined by their tasks, with a column `origin`, and
    /// with CSV files beside them); CSV files with the columns task, model, init,
    /// `label_fraction`, seed, metric, value; or tables of cases as CSV or Parquet (a column case,
    /// and a value, a score or a score per class), the file of truth first
    #[arg(required_unless_present = "published")]
    pub inputs: Vec<PathBuf>,
    /// The five studies of the published benchmark (A1 to A5), the article before
    /// it (DART) and the recheck of their printed p-values, from the numbers
    /// built in; with an input, beside it, with a table of reproduction gaps
    #[arg(long)]
    pub published: bool,
    /// File to write [default: report.html in the study folder, NAME.report.html
    /// beside the CSV, joined.report.html of several folders, published.report.html
    /// without an input]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Look of the page: paper, ranking or card; or a folder whose files stand
    /// for built-in templates of the same name (repeatable)
    #[arg(long = "template", value_name = "NAME|FOLDER")]
    pub templates: Vec<String>,
    /// The model that a card is of: a level of the factor that is compared
    #[arg(long, value_name = "LEVEL")]
    pub subject: Option<String>,
    /// BibTeX file with what the study's texts cite (repeatable)
    #[arg(long = "bibliography", value_name = "FILE")]
    pub bibliographies: Vec<PathBuf>,
    /// CSL style of citations: a name (ieee, apa, vancouver, ...) or a .csl file
    /// [default: numbers in order of citation]
    #[arg(long, value_name = "NAME|FILE")]
    pub citation_style: Option<String>,
    /// Folder to write tables (CSV, LaTeX, Markdown), figures (SVG, CSV) and a
    /// paper.tex to, beside the page; where the helper transfolio-typeset is there,
    /// figures as PNG and a paper.docx for Word too
    #[arg(long, value_name = "FOLDER")]
    pub export: Option<PathBuf>,
    /// With --export: no export without PNG of every figure
    #[arg(long, requires = "export")]
    pub png: bool,
    /// Sign the page with this secret key of minisign (`transfolio keygen` or
    /// `minisign -G` makes one): writes PAGE.minisig, which `transfolio verify
    /// --key` and `minisign -V` check. A password is asked for on the terminal,
    /// or taken from TRANSFOLIO_KEY_PASSWORD
    #[arg(long, value_name = "KEY")]
    pub sign: Option<PathBuf>,
    /// What is printed of the page: short (long tables and appendices are left out
    /// while they are closed) or full (everything) [default: short]
    #[arg(long, value_enum, default_value_t = Printing::Short, hide_default_value = true)]
    pub print: Printing,
    /// Checklist of a reporting guideline to fill in from the results, as CSV and
    /// Markdown beside the page (repeatable): tripod-ai (TRIPOD+AI 2024), claim-2024
    /// (CLAIM 2024) or stard-ai (STARD-AI 2025)
    #[arg(long = "checklist", value_name = "NAME", requires = "inputs")]
    pub checklists: Vec<ChecklistName>,
    /// Run the statistics against golden values and say so in the report
    #[arg(long)]
    pub selfcheck: bool,
    /// What is compared.
    #[command(flatten)]
    pub selection: Selection,
}

/// What is printed of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Printing {
    #[default]
    Short,
    Full,
}

impl ReportArgs {
    /// The report of a study folder, at its usual place.
    pub fn for_folder(folder: &Path) -> Self {
        Self { inputs: vec![folder.to_path_buf()], ..Self::default() }
    }
}

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// The page.
    pub page: PathBuf,
    /// Its signature.
    pub signature: Option<PathBuf>,
    /// Checklists that were filled in, with what they came to.
    pub checklists: Vec<String>,
}

impl Written {
    /// What is said of it.
    pub fn said(&self) -> String {
        let mut said = format!("report: {}\n", self.page.display());
        if let Some(signature) = &self.signature {
            said += &format!("signature: {}\n", signature.display());
        }
        for checklist in &self.checklists {
            said += &format!("checklist: {checklist}\n");
        }
        said
    }
}

/// Writes the report and its signature.
pub fn run(args: &ReportArgs) -> anyhow::Result<Written> {
    // Asked for before anything is computed: who is asked is still there.
    if args.png {
        report::check_helper().map_err(report::ReportError::NoPictures)?;
    }
    let key = args.sign.as_deref().map(|path| SigningKey::read(path, password())).transpose()?;
    let templates = Templates::chosen(&args.templates)?;
    // Built-in templates are checked by the tests.
    if !templates.is_builtin() {
        for literal in report::lint(&templates) {
            out::complain(format_args!(
                "warning: {}: a number typed into a template does not follow the data: {:?}",
                literal.place, literal.text
            ));
        }
    }
    let bundle = match args.inputs.as_slice() {
        [] => Bundle::of_published(),
        paths => {
            let results = Results::open_all(paths, &args.selection.reading()?)?;
            super::inspect::say(&results, &args.selection)?;
            let options = options(&results, &args.selection)?;
            report::gather(&results, &options, &claims(&results, &args.selection)?)?
        }
    };
    let input = report::compute(bundle)?.presented(manner(args)?)?;
    let Rendered { page, fingerprint } = report::rendered(&input, &templates)?;
    let joined = args.inputs.len() > 1 && args.inputs.iter().any(|input| input.is_dir());
    let output = args.output.clone().unwrap_or_else(|| match args.inputs.first() {
        // Not in the place of the report that a study folder has of its own.
        Some(_) if joined => PathBuf::from("joined.report.html"),
        Some(input) => default_output(input),
        None => PathBuf::from("published.report.html"),
    });
    let lists = args.checklists.iter().flat_map(|name| checklist_paths(&output, *name));
    let paths = [Some(output.clone()), key.is_some().then(|| signature_path(&output))];
    for path in paths.into_iter().flatten().chain(lists) {
        refuse_link(&path).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if let Some(folder) = output.parent().filter(|folder| !folder.as_os_str().is_empty())
        && !folder.exists()
    {
        out::complain(format_args!("note: the folder {} is made", folder.display()));
    }
    write_atomic(&output, |file| file.write_all(page.as_bytes()))?;
    let signature = match key {
        Some(key) => {
            let name = output.file_name().unwrap_or_default().to_string_lossy();
            let signature = key.sign(&page, &name, &fingerprint)?;
            let path = signature_path(&output);
            write_atomic(&path, |file| file.write_all(signature.as_bytes()))?;
            Some(path)
        }
        None => None,
    };
    if let Some(folder) = &args.export {
        let exported = report::export(&input, &templates, folder)?;
        for note in exported.notes {
            out::complain(format_args!("note: {note}"));
        }
    }
    let mut checklists = Vec::new();
    for name in &args.checklists {
        let filled = report::fill_checklist(*name, &input, &templates)?;
        checklists.push(write_checklist(&filled, &output)?);
    }
    Ok(Written { page: output, signature, checklists })
}

/// The files of a checklist: `NAME.report.tripod-ai.csv` and `.md`.
fn checklist_paths(page: &Path, name: ChecklistName) -> [PathBuf; 2] {
    ["csv", "md"].map(|end| page.with_extension(format!("{}.{end}", name.slug())))
}

/// Writes a checklist beside the page, and says what it came to.
fn write_checklist(filled: &FilledChecklist, page: &Path) -> anyhow::Result<String> {
    let paths = checklist_paths(page, filled.name);
    for (path, text) in paths.iter().zip([&filled.csv, &filled.markdown]) {
        write_atomic(path, |file| file.write_all(text.as_bytes()))?;
    }
    let [all, answered, part] = filled.counts;
    let [csv, md] = paths.each_ref().map(|path| path.display());
    Ok(format!(
        "{csv} and {md} ({}: of {all} items {answered} answered, {part} in part; the others are for \
         the authors)",
        filled.name.checklist().title
    ))
}

fn manner(args: &ReportArgs) -> anyhow::Result<Manner> {
    let mut manner = Manner {
        subject: args.subject.clone(),
        selfcheck: args.selfcheck,
        published: args.published,
        print: match args.print {
            Printing::Short => Print::Short,
            Printing::Full => Print::Full,
        },
        ..Manner::default()
    };
    for file in &args.bibliographies {
        manner.add_bibliography(file)?;
    }
    if let Some(style) = &args.citation_style {
        manner.set_style(style)?;
    }
    Ok(manner)
}

fn default_output(input: &Path) -> PathBuf {
    if input.as_os_str() == "-" {
        return PathBuf::from("report.html");
    }
    if input.is_dir() { StudyDir::new(input).report() } else { input.with_extension("report.html") }
}
