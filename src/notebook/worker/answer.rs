//! What each request is answered with.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::analyses::Analyses;
use super::options::Asked;
use super::study_run::{self, Running};
use super::{figures, reading, sheets, statistics, tables};
use crate::frame::{Filter, Reading};
use crate::notebook::NotebookError;
use crate::records::{StudyDir, write_atomic};
use crate::spec::{self, Fingerprints};
use crate::{compare, report};

/// Version of the protocol.
const PROTOCOL: u64 = 1;

/// What the connections of one process share.
#[derive(Clone, Default)]
pub(super) struct Worker {
    analyses: Arc<Mutex<Analyses>>,
    running: Running,
}

impl Worker {
    /// Ends the studies that run.
    pub(super) fn stop(&self) {
        self.running.stop();
    }

    pub(super) fn answer(
        &self,
        request: &Value,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Value, NotebookError> {
        match text(request, "op")? {
            "hello" => Ok(json!({ "protocol": PROTOCOL, "version": env!("CARGO_PKG_VERSION") })),
            "open" => open(&path(request)?, &folder(request)),
            "write_study" => write_study(&path(request)?, text(request, "text")?),
            "run" => study_run::run(&path(request)?, request, &self.running, progress),
            "table" => self.table(request),
            "answer" => self.lead(request),
            "parts" => self.parts(request),
            "compare" => self.compare(request),
            "figure" => self.figure(request),
            "report" => self.report(request),
            "sheet" => sheets::sheet(&path(request)?, request),
            "chart" => figures::chart(request),
            "picture" => figures::picture(request),
            "statistic" => statistics::statistic(request),
            other => Err(NotebookError::Request(format!(
                "there is no request {other:?}; expected hello, open, write_study, run, table, answer, parts, compare, figure, sheet, chart, picture, report or statistic"
            ))),
        }
    }

    /// Runs `what` on the analyses. A panic in one request spoils no state: an
    /// entry is put in when it is whole.
    fn with<T>(
        &self,
        what: impl FnOnce(&mut Analyses) -> Result<T, NotebookError>,
    ) -> Result<T, NotebookError> {
        what(&mut self.analyses.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn table(&self, request: &Value) -> Result<Value, NotebookError> {
        let (source, reading, asked) = parts(request)?;
        let name = text(request, "name")?;
        self.with(|analyses| tables::table(analyses, &source, &reading, &asked, name))
    }

    fn lead(&self, request: &Value) -> Result<Value, NotebookError> {
        let (source, reading, asked) = parts(request)?;
        self.with(|analyses| {
            let (sentences, figure) = analyses.answer(&source, &reading, &asked)?;
            let figure = figure.as_ref().map(figures::of_part);
            Ok(json!({ "sentences": sentences, "figure": figure }))
        })
    }

    /// What there is to be asked for.
    fn parts(&self, request: &Value) -> Result<Value, NotebookError> {
        let (source, reading, asked) = parts(request)?;
        self.with(|analyses| {
            let parts = analyses.parts(&source, &reading, &asked)?;
            Ok(tables::contents(&parts).json())
        })
    }

    fn compare(&self, request: &Value) -> Result<Value, NotebookError> {
        let (source, reading, asked) = parts(request)?;
        let format = text(request, "format")?.parse()?;
        self.with(|analyses| {
            let analysis = analyses.full(&source, &reading, &asked)?;
            Ok(json!({ "text": compare::format::write(&analysis, format) }))
        })
    }

    fn figure(&self, request: &Value) -> Result<Value, NotebookError> {
        let (source, reading, asked) = parts(request)?;
        let name = text(request, "name")?;
        self.with(|analyses| {
            if !figures::is_quick(name) {
                return figures::of_report(name, &*analyses.parts(&source, &reading, &asked)?);
            }
            let comparison = analyses.comparison(&source, &reading, &asked)?;
            let results = analyses.results(&source, &reading)?;
            let study = results.study.as_ref().map(|record| &record.study);
            figures::figure(name, &comparison, study)
        })
    }

    fn report(&self, request: &Value) -> Result<Value, NotebookError> {
        let (source, reading, asked) = parts(request)?;
        let page = self.with(|analyses| {
            let results = analyses.results(&source, &reading)?;
            let options = asked.resolve(&results)?;
            let claims = analyses.claims(&source, &reading)?;
            let input = report::load(&results, &options, &claims)?;
            Ok(report::render(&input, &report::Templates::default())?)
        })?;
        let output = match request["output"].as_str() {
            Some(name) => folder(request).join(name),
            None if source.is_dir() => StudyDir::new(&source).report(),
            None => source.with_extension("report.html"),
        };
        write_atomic(&output, |file| std::io::Write::write_all(file, page.as_bytes()))?;
        Ok(json!({ "path": output.to_string_lossy(), "bytes": page.len() }))
    }
}

fn text<'a>(request: &'a Value, name: &str) -> Result<&'a str, NotebookError> {
    request[name]
        .as_str()
        .ok_or_else(|| NotebookError::Request(format!("the request has no {name:?}")))
}

/// The folder of the notebook.
fn folder(request: &Value) -> PathBuf {
    request["folder"].as_str().map(PathBuf::from).unwrap_or_default()
}

fn path(request: &Value) -> Result<PathBuf, NotebookError> {
    Ok(folder(request).join(text(request, "path")?))
}

fn parts(request: &Value) -> Result<(PathBuf, Reading, Asked), NotebookError> {
    let filters = request["filters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let filters: Vec<Filter> = filters
        .iter()
        .filter_map(Value::as_str)
        .map(|text| text.parse().map_err(NotebookError::Request))
        .collect::<Result<_, _>>()?;
    let source = results_of(&path(request)?, &folder(request))?;
    let asked = Asked::of(&request["options"])?;
    let reading = reading::stated(&request["reading"], asked.reading(&filters))?;
    Ok((source, reading, asked))
}

/// Writes a study file that a cell describes. One that nobody's cell wrote is left
/// alone; the same text leaves the file as it is.
fn write_study(path: &Path, text: &str) -> Result<Value, NotebookError> {
    let mark = text.lines().next().unwrap_or_default();
    let written = |old: &str| !mark.is_empty() && old.lines().next() == Some(mark);
    if path.extension().and_then(|ext| ext.to_str()) != Some("toml") {
        return Err(NotebookError::setup(
            format!("{} is no name of a study file", path.display()),
            "use a name that ends in .toml",
        ));
    }
    match std::fs::read_to_string(path) {
        Ok(old) if old == text => {}
        Ok(old) if !written(&old) => {
            return Err(NotebookError::setup(
                format!("{} is there and was not written by a cell", path.display()),
                "save under another name, or remove the file first",
            ));
        }
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(NotebookError::io("read", path)(error));
        }
        _ => {
            spec::parse(path, text, &indexmap::IndexMap::new())?;
            write_atomic(path, |file| std::io::Write::write_all(file, text.as_bytes()))?;
        }
    }
    Ok(json!({}))
}

/// Where the results of what was opened are: a study file stands for the
/// folder that it runs into.
fn results_of(path: &Path, notebook: &Path) -> Result<PathBuf, NotebookError> {
    if path.is_dir() || path.extension().and_then(|ext| ext.to_str()) != Some("toml") {
        return Ok(path.to_path_buf());
    }
    let folder = study_run::output_of(path, notebook)?;
    if folder.join("study.json").is_file() {
        return Ok(folder);
    }
    Err(NotebookError::setup(
        format!(
            "the study {} has no results yet: {} is not there",
            path.display(),
            folder.display()
        ),
        "call .run() first",
    ))
}

/// What was opened, in a few lines.
fn open(path: &Path, notebook: &Path) -> Result<Value, NotebookError> {
    let metadata = std::fs::metadata(path).map_err(NotebookError::io("open", path))?;
    let mut about: Vec<[String; 2]> = Vec::new();
    let mut line = |name: &str, text: String| about.push([name.to_string(), text]);
    let name = if metadata.is_dir() {
        let record = StudyDir::new(path).read_study()?;
        line("kind", "study folder".into());
        of_study(&record.study, &mut line);
        line("runs", count_runs(path, &record.runs));
        record.study.study.name.clone()
    } else if path.extension().and_then(|ext| ext.to_str()) == Some("toml") {
        let loaded = spec::load(path, &indexmap::IndexMap::new())?;
        line("kind", "study file".into());
        of_study(&loaded.study, &mut line);
        let runs = spec::expand(&loaded.study, &Fingerprints::default()).len();
        line("runs", format!("{runs} in all"));
        line("records", study_run::output_of(path, notebook)?.display().to_string());
        loaded.study.study.name.clone()
    } else {
        line("kind", "table of results".into());
        line("size", format!("{} bytes", metadata.len()));
        path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    };
    Ok(json!({ "path": path.to_string_lossy(), "name": name, "about": about }))
}

fn of_study(study: &spec::Study, line: &mut impl FnMut(&str, String)) {
    let names = |keys: &mut dyn Iterator<Item = &String>| {
        keys.map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    let (labels, levels) = study.study.labels_in_words();
    if let Some(title) = &study.study.title {
        line("title", title.clone());
    }
    line("tasks", names(&mut study.tasks.keys()));
    line("models", names(&mut study.models.keys()));
    line("inits", names(&mut study.inits.keys()));
    line(labels, levels.join(", "));
    line("seeds", study.study.seeds.len().to_string());
}

fn count_runs(path: &Path, runs: &[spec::RunId]) -> String {
    let dir = StudyDir::new(path);
    let ended = runs.iter().filter(|id| dir.run(id).record().is_file()).count();
    format!("{ended} of {} ended", runs.len())
}
