//! The report of a study, from a cell.

use std::fmt;

use serde_json::Value as Json;

use crate::display::Rich;
use crate::error::Result;
use crate::figures::Drawn;
use crate::html;
use crate::options::Compare;

/// Where a report goes and what it compares.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportOptions {
    output: Option<String>,
    compare: Compare,
}

impl ReportOptions {
    /// File to write.
    pub fn output(mut self, path: impl Into<String>) -> Self {
        self.output = Some(path.into());
        self
    }

    /// Level that the others are compared with.
    pub fn baseline(mut self, name: impl Into<String>) -> Self {
        self.compare = self.compare.baseline(name);
        self
    }

    /// Metric.
    pub fn metric(mut self, name: impl Into<String>) -> Self {
        self.compare = self.compare.metric(name);
        self
    }
}

/// A report that was written.
#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    /// The page.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Writes the HTML report of a study or of a comparison.
pub fn report(of: &impl Drawn, options: ReportOptions) -> Result<Report> {
    let (study, mut compare) = of.parts();
    for (name, value) in options.compare.fields {
        compare.fields.insert(name, value);
    }
    let mut request = study.request();
    request.insert("options".into(), Json::Object(compare.fields));
    if let Some(output) = options.output {
        request.insert("output".into(), output.into());
    }
    let answer = study.ask("report", request)?;
    Ok(Report {
        path: answer["path"].as_str().unwrap_or_default().into(),
        bytes: answer["bytes"].as_u64().unwrap_or_default(),
    })
}

/// Writes the report: `report!(study)?`, or
/// `report!(study, output: "report.html", baseline: "random")?`.
#[macro_export]
macro_rules! report {
    ($of:expr $(, $name:ident : $value:expr)* $(,)?) => {
        $crate::report(&$of, $crate::ReportOptions::default()$(.$name($value))*)
    };
}

impl Report {
    /// Shown by the kernel when a report is the last expression of a cell.
    pub fn evcxr_display(&self) {
        crate::display::result(self);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = html::shown_path(&self.path);
        write!(f, "report: {path} ({:.0} kB)", (self.bytes as f64 / 1e3).ceil())
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if crate::display::is_last(f) {
            self.evcxr_display();
            return Ok(());
        }
        fmt::Display::fmt(self, f)
    }
}

impl Rich for Report {
    fn plain(&self) -> String {
        self.to_string()
    }

    fn html(&self) -> String {
        let path = html::escape(&html::shown_path(&self.path));
        format!(
            "<p class=\"transfolio\">report: <a href=\"{path}\" target=\"_blank\">{path}</a> ({:.0} kB)</p>",
            (self.bytes as f64 / 1e3).ceil()
        )
    }
}
