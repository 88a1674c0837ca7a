//! A study, or a table of results from elsewhere.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::comparison::Comparison;
use crate::connection::Connection;
use crate::display::Rich;
use crate::error::Result;
use crate::figure::Figure;
use crate::html;
use crate::options::{Compare, RunOptions};
use crate::run::Run;
use crate::table::Table;

/// A handle of a study: cheap to clone, kept between cells.
///
/// It holds a path and a connection, no results: those are read anew by each
/// question, so that a cell sees what a run that goes on has written.
#[derive(Clone)]
pub struct Study {
    pub(crate) connection: Connection,
    path: Arc<PathBuf>,
    filters: Arc<Vec<String>>,
    reading: Arc<Vec<[String; 2]>>,
    about: Arc<Value>,
}

impl Study {
    /// Opens a study file (`study.toml`), the folder of a study, or a CSV of
    /// results (`task, model, init, label_fraction, seed, metric, value`).
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let connection = Connection::open()?;
        let about = connection.call("open", json!({ "path": path.as_ref().to_string_lossy() }))?;
        let path = about["path"].as_str().map_or_else(|| path.as_ref().into(), PathBuf::from);
        Ok(Self {
            connection,
            path: Arc::new(path),
            filters: Arc::default(),
            reading: Arc::default(),
            about: Arc::new(about),
        })
    }

    /// Only rows of a CSV whose column has this value.
    pub fn filter(&self, column: &str, value: &str) -> Self {
        let mut filters = self.filters.as_ref().clone();
        filters.push(format!("{column}={value}"));
        Self { filters: Arc::new(filters), ..self.clone() }
    }

    fn read(&self, name: &str, value: &str) -> Self {
        let mut reading = self.reading.as_ref().clone();
        reading.push([name.into(), value.into()]);
        Self { reading: Arc::new(reading), ..self.clone() }
    }

    /// Says which column of a table holds what: `study.map("value=test/auc")`.
    pub fn map(&self, column: &str) -> Self {
        self.read("map", column)
    }

    /// Gives a level another name: `study.rename("imgnet=ImageNet")`.
    pub fn rename(&self, level: &str) -> Self {
        self.read("rename", level)
    }

    /// Says which mark stands before decimals, `point` or `comma`, where a table does
    /// not show it.
    pub fn decimal(&self, mark: &str) -> Self {
        self.read("decimal", mark)
    }

    /// The sheet of a workbook; unless said, the first with content.
    pub fn sheet(&self, name: &str) -> Self {
        self.read("sheet", name)
    }

    /// What is drawn independently where a table of cases has several seeds: `seeds`
    /// or `cases`.
    pub fn unit(&self, unit: &str) -> Self {
        self.read("unit", unit)
    }

    /// What becomes of cases that one model has and another lacks: `common`, `refuse`
    /// or `worst`.
    pub fn missing_cases(&self, rule: &str) -> Self {
        self.read("missing_cases", rule)
    }

    /// What the scores of predictions are: `probabilities`, `logits` or `ranks`.
    pub fn scores(&self, kind: &str) -> Self {
        self.read("scores", kind)
    }

    /// Which step of a history of training is the result: `last` or `best`.
    pub fn step(&self, step: &str) -> Self {
        self.read("step", step)
    }

    /// Name of the study, or of the file.
    pub fn name(&self) -> &str {
        self.about["name"].as_str().unwrap_or_default()
    }

    /// The file or folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs what has not run yet, in processes of its own. Each run that ends
    /// prints a line. Interrupting the kernel stops the study after the steps
    /// at hand and keeps all variables; `run` again goes on from there.
    pub fn run(&self) -> Result<Run> {
        self.run_with(RunOptions::default())
    }

    /// [`Study::run`] with a device, a number of jobs, other parameters.
    pub fn run_with(&self, options: RunOptions) -> Result<Run> {
        let mut request = self.request();
        request.insert("options".into(), Value::Object(options.fields));
        request.insert("set".into(), Value::Object(options.set));
        Ok(Run::of(self.ask("run", request)?))
    }

    /// All results: one row per run, metric and class.
    pub fn results(&self) -> Result<Table> {
        self.table("results")
    }

    /// A table by name: `results`, `runs`, `histories`, `predictions`,
    /// `case_values`, `metrics`, `summary`, `tests`, `tests_of_all_metrics`,
    /// `ledger`, and every table of the report, where these results have it:
    /// `claims`, `robustness`, `efficiency`, `granularity`, `answers`, `cases` ...
    /// [`Self::contents`] lists those.
    pub fn table(&self, name: &str) -> Result<Table> {
        self.compared_table(name, &Compare::default())
    }

    /// Every figure and table of the report, by the names to ask for.
    pub fn contents(&self) -> Result<Table> {
        self.contents_of(&Compare::default())
    }

    pub(crate) fn contents_of(&self, options: &Compare) -> Result<Table> {
        let mut request = self.request();
        request.insert("options".into(), Value::Object(options.fields.clone()));
        Ok(Table::of_json(&self.ask("parts", request)?)?.show_all_rows())
    }

    /// A figure of the report by its name.
    pub fn figure(&self, name: &str) -> Result<Figure> {
        crate::figures::named(self, name)
    }

    /// Every metric of the results: which end is good, and what its comparisons
    /// came to.
    pub fn metrics(&self) -> Result<Table> {
        self.table("metrics")
    }

    /// One row per epoch of every run, pretraining too.
    pub fn histories(&self) -> Result<Table> {
        self.table("histories")
    }

    /// One row per test case and class of every run: what is true, and the score.
    pub fn predictions(&self) -> Result<Table> {
        self.table("predictions")
    }

    /// One row per test case, metric and class of every run, where cases have
    /// metrics of their own (masks).
    pub fn case_values(&self) -> Result<Table> {
        self.table("case_values")
    }

    /// The claims of the study with their verdicts.
    pub fn claims(&self) -> Result<Table> {
        self.table("claims")
    }

    /// Pairs over label fractions: where curves cross, what share of the labels
    /// reaches the other's score.
    pub fn label_efficiency(&self) -> Result<Table> {
        self.table("efficiency")
    }

    /// Granularities of the pretraining labels against each other.
    pub fn granularity(&self) -> Result<Table> {
        self.table("granularity")
    }

    pub(crate) fn compared_table(&self, name: &str, options: &Compare) -> Result<Table> {
        let mut request = self.request();
        request.insert("name".into(), name.into());
        request.insert("options".into(), Value::Object(options.fields.clone()));
        Table::of_json(&self.ask("table", request)?)
    }

    /// Compares the levels of a factor: `study.compare("random")` against a
    /// baseline, `study.compare(())` as the study says, or a [`Compare`].
    pub fn compare(&self, options: impl Into<Compare>) -> Result<Comparison> {
        Comparison::new(self.clone(), options.into())
    }

    /// The request that names this study.
    pub(crate) fn request(&self) -> Map<String, Value> {
        let mut request = Map::new();
        request.insert("path".into(), self.path.to_string_lossy().into());
        request.insert("filters".into(), json!(self.filters.as_ref()));
        request.insert("reading".into(), json!(self.reading.as_ref()));
        request
    }

    pub(crate) fn ask(&self, op: &str, request: Map<String, Value>) -> Result<Value> {
        self.connection.call(op, Value::Object(request))
    }

    fn shown(&self) -> String {
        html::shown_path(&self.path.to_string_lossy())
    }

    fn lines(&self) -> Vec<(String, String)> {
        let about = self.about["about"].as_array().cloned().unwrap_or_default();
        about
            .iter()
            .filter_map(|pair| {
                Some((pair.get(0)?.as_str()?.to_owned(), html::shown_path(pair.get(1)?.as_str()?)))
            })
            .collect()
    }

    /// Shown by the kernel when a study is the last expression of a cell.
    pub fn evcxr_display(&self) {
        crate::display::result(self);
    }
}

impl fmt::Display for Study {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.shown())?;
        for (name, text) in self.lines() {
            write!(f, "\n  {name:<16} {text}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Study {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if crate::display::is_last(f) {
            self.evcxr_display();
            return Ok(());
        }
        fmt::Display::fmt(self, f)
    }
}

impl Rich for Study {
    fn plain(&self) -> String {
        self.to_string()
    }

    fn html(&self) -> String {
        let rows: String = self
            .lines()
            .iter()
            .map(|(name, text)| {
                let (name, text) = (html::escape(name), html::escape(text));
                format!(
                    "<tr><th style=\"text-align:left\">{name}</th><td style=\"text-align:left\">{text}</td></tr>"
                )
            })
            .collect();
        format!(
            "<div class=\"transfolio\"><p><b>{}</b> <code>{}</code></p><table>{rows}</table></div>",
            html::escape(self.name()),
            html::escape(&self.shown())
        )
    }
}
