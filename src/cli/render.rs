//! `transfolio render`: a notebook, executed, as a page.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::{Exit, out};
use crate::notebook::NotebookError;
use crate::notebook::format;
use crate::notebook::kernel::Places;
use crate::notebook::render::{
    CellState, ExecuteOptions, Executed, Standby, document, execute, for_writing, load_parameters,
    page, parse_parameter,
};
use crate::records::write_atomic;

/// Arguments of `render`.
#[derive(Debug, Args)]
pub struct RenderArgs {
    /// Notebook: .ipynb, or .rs with percent cells
    notebook: PathBuf,
    /// Page to write [default: NOTEBOOK.html beside the notebook]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Value of a parameter of the cell tagged `parameters` (repeatable)
    #[arg(long, short, value_name = "NAME=VALUE", value_parser = parse_parameter)]
    parameter: Vec<(String, String)>,
    /// TOML file of parameters; -p wins over it
    #[arg(long, value_name = "FILE")]
    parameters: Option<PathBuf>,
    /// Seconds that each cell has
    #[arg(long, value_name = "SECONDS", default_value_t = 600.0, value_parser = seconds)]
    timeout: f64,
    /// Memory that the cells may use, in MiB [default: four fifths of what is free]
    #[arg(long, value_name = "MIB")]
    memory: Option<u64>,
    /// Run every cell, whatever is kept of earlier runs
    #[arg(long)]
    no_cache: bool,
    /// Write the executed notebook to this .ipynb [default: an .ipynb keeps its
    /// outputs itself]
    #[arg(long, value_name = "FILE")]
    notebook_out: Option<PathBuf>,
    /// Render again whenever the notebook or a file that it names changes, until
    /// Ctrl-C; a host stands by, so that a changed cell takes its own time alone
    #[arg(long)]
    watch: bool,
    /// Template (Tera) in the place of the built-in one
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value <= 1e7 => Ok(value),
        _ => Err(format!("{text:?} is not a number of seconds above 0")),
    }
}

/// How often the files are looked at while nothing happens.
const LOOK: Duration = Duration::from_millis(150);

/// Executes, writes the page and the notebook; exit code 5 when a cell failed.
pub fn run(args: &RenderArgs) -> anyhow::Result<Exit> {
    let places = Places::of_user()?;
    if !args.watch {
        return Ok(render(args, &places, &mut None)?.0);
    }
    let mut standby = None;
    loop {
        let before = stamp(&args.notebook);
        let files = match render(args, &places, &mut standby) {
            Ok((_, files)) => files,
            Err(error) => {
                out::complain(format_args!("error: {error:#}"));
                Vec::new()
            }
        };
        // An .ipynb was written here.
        let own = args.notebook.extension().is_some_and(|ext| ext == "ipynb");
        let notebook = if own { stamp(&args.notebook) } else { before };
        if standby.is_none() {
            standby = Some(Standby::start(&places, &args.notebook, &options(args)?));
        }
        out::line("watching; Ctrl-C ends it")?;
        let folder = args.notebook.parent().unwrap_or(Path::new(""));
        let named: Vec<PathBuf> = files.iter().map(|name| folder.join(name)).collect();
        let of_files = || named.iter().map(|path| stamp(path)).collect::<Vec<_>>();
        let known = of_files();
        while stamp(&args.notebook) == notebook && of_files() == known {
            std::thread::sleep(LOOK);
        }
        // An editor may be in the middle of writing it.
        let mut written = (stamp(&args.notebook), of_files());
        loop {
            std::thread::sleep(LOOK / 3);
            let now = (stamp(&args.notebook), of_files());
            if now == written {
                break;
            }
            written = now;
        }
    }
}

/// Changes when a file does: its size and the time of its last change.
fn stamp(path: &Path) -> Option<(u64, std::time::SystemTime)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

fn options(args: &RenderArgs) -> anyhow::Result<ExecuteOptions> {
    let mut parameters = match &args.parameters {
        Some(path) => load_parameters(path)?,
        None => std::collections::BTreeMap::new(),
    };
    parameters.extend(args.parameter.iter().cloned());
    Ok(ExecuteOptions {
        parameters,
        timeout: Duration::from_secs_f64(args.timeout),
        no_cache: args.no_cache,
        memory: args.memory.map(|mib| mib * 1024 * 1024),
    })
}

/// One time; gives the files that cells name, too.
fn render(
    args: &RenderArgs,
    places: &Places,
    standby: &mut Option<Standby>,
) -> anyhow::Result<(Exit, Vec<String>)> {
    let original = format::read(&args.notebook)?;
    let template = args.template.as_deref().map(read).transpose()?;
    let options = options(args)?;
    let notebook = original.clone();
    let mut executed = execute(places, &args.notebook, notebook, &options, standby, &mut |text| {
        out::progress(text);
    })?;
    let files = std::mem::take(&mut executed.files);
    let folder = args.notebook.parent().unwrap_or(Path::new(""));
    let name = args.notebook.file_name().unwrap_or_default().to_string_lossy();
    let document = document(&executed, &name, folder);
    let html = page(&document, template.as_deref())?;
    let output = args.output.clone().unwrap_or_else(|| args.notebook.with_extension("html"));
    write_atomic(&output, |file| file.write_all(html.as_bytes()))?;
    if let Some(path) = &args.notebook_out {
        format::write(&for_writing(&executed, None), path)?;
        out::line(format_args!("notebook: {}", path.display()))?;
    } else if args.notebook.extension().is_some_and(|ext| ext == "ipynb") {
        format::write(&for_writing(&executed, Some(&original)), &args.notebook)?;
    }
    out::line(counts(&executed))?;
    out::line(format_args!("page: {}", output.display()))?;
    if let Some((at, _)) = executed.failure() {
        out::complain(format_args!("error: {}", document.failure));
        for line in complaint(&executed, at) {
            out::complain(format_args!("  {line}"));
        }
        return Ok((Exit::RunsFailed, files));
    }
    for name in &document.missing {
        out::complain(format_args!("error: the text refers to {name:?}, which no cell gave"));
    }
    Ok((if document.missing.is_empty() { Exit::Done } else { Exit::RunsFailed }, files))
}

fn read(path: &Path) -> Result<String, NotebookError> {
    std::fs::read_to_string(path).map_err(NotebookError::io("read", path))
}

fn counts(executed: &Executed) -> String {
    let count =
        |wanted: fn(&CellState) -> bool| executed.states.iter().filter(|s| wanted(s)).count();
    let ran = count(|state| matches!(state, CellState::Ran(_)));
    let cached = count(|state| matches!(state, CellState::Cached | CellState::Rebuilt));
    let mut text = format!("{ran} cells ran, {cached} unchanged");
    let rebuilt = count(|state| *state == CellState::Rebuilt);
    if rebuilt > 0 {
        text += &format!(" ({rebuilt} of them ran for what they define)");
    }
    let left = count(|state| *state == CellState::NotRun);
    if left > 0 {
        text += &format!(", {left} not run");
    }
    text
}

/// The end of what the failed cell said.
fn complaint(executed: &Executed, at: usize) -> Vec<String> {
    let outputs = &executed.notebook.cells[at].outputs;
    let lines = outputs.iter().filter(|output| output["output_type"] == "error");
    lines
        .flat_map(|output| output["traceback"].as_array().cloned().unwrap_or_default())
        .filter_map(|line| line.as_str().map(str::to_owned))
        .collect()
}
