//! A comparison of the levels of a factor.

use std::fmt;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::display::{Bundle, Rich};
use crate::error::Result;
use crate::figure::Figure;
use crate::html;
use crate::options::Compare;
use crate::study::Study;
use crate::table::Table;

/// A comparison: the answer in sentences, its tests with verdicts, and every table
/// beside them.
#[derive(Clone)]
pub struct Comparison {
    study: Study,
    options: Arc<Compare>,
    answer: Arc<[String]>,
    figure: Option<Figure>,
    tests: Table,
}

impl Comparison {
    pub(crate) fn new(study: Study, options: Compare) -> Result<Self> {
        let tests = study.compared_table("tests", &options)?;
        let mut request = study.request();
        request.insert("options".into(), Json::Object(options.fields.clone()));
        let found = study.ask("answer", request)?;
        let sentences = found["sentences"].as_array().into_iter().flatten();
        let answer = sentences.filter_map(|line| line.as_str().map(str::to_owned)).collect();
        let figure = &found["figure"];
        let figure = if figure.is_null() { None } else { Some(Figure::of_json(figure)?) };
        Ok(Self { study, options: Arc::new(options), answer, figure, tests })
    }

    /// Who wins where: one sentence, then one per pair of levels, then what would
    /// decide what is open. Empty where nothing was compared.
    pub fn answer(&self) -> &[String] {
        &self.answer
    }

    /// The tests: one row per pair of levels, with estimate, interval, adjusted
    /// p and verdict.
    pub fn tests(&self) -> Table {
        self.tests.clone()
    }

    /// The figure beside the answer: every pair with its interval; none where
    /// nothing was compared.
    pub fn answer_figure(&self) -> Option<Figure> {
        self.figure.clone()
    }

    /// The tests of every metric of the results, the asked one first.
    pub fn tests_of_all_metrics(&self) -> Result<Table> {
        self.table("tests_of_all_metrics")
    }

    /// A figure of the report by name; [`Self::contents`] lists them.
    pub fn figure(&self, name: &str) -> Result<Figure> {
        crate::figures::named(self, name)
    }

    /// Every figure and table of the report, by the names to ask for.
    pub fn contents(&self) -> Result<Table> {
        self.study.contents_of(&self.options)
    }

    /// A table by name: those of [`Study::table`], of this comparison.
    pub fn table(&self, name: &str) -> Result<Table> {
        self.study.compared_table(name, &self.options)
    }

    /// Everything that was asked of the results, claims and test cases too, in a
    /// format: `text`, `md`, `latex`, `csv` or `json`. Takes longer than the
    /// tests alone where there are predictions.
    pub fn write(&self, format: &str) -> Result<String> {
        let mut request = self.study.request();
        request.insert("format".into(), format.into());
        request.insert("options".into(), Json::Object(self.options.fields.clone()));
        let answer = self.study.ask("compare", request)?;
        Ok(answer["text"].as_str().unwrap_or_default().to_owned())
    }

    /// Shown by the kernel when a comparison is the last expression of a cell.
    pub fn evcxr_display(&self) {
        crate::display::result(self);
    }

    pub(crate) fn options(&self) -> &Compare {
        &self.options
    }

    pub(crate) fn study(&self) -> &Study {
        &self.study
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for sentence in self.answer.iter() {
            writeln!(f, "{sentence}\n")?;
        }
        fmt::Display::fmt(&self.tests, f)
    }
}

impl fmt::Debug for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if crate::display::is_last(f) {
            self.evcxr_display();
            return Ok(());
        }
        fmt::Display::fmt(self, f)
    }
}

impl Rich for Comparison {
    fn plain(&self) -> String {
        self.to_string().trim_end().into()
    }

    fn html(&self) -> String {
        let mut out = String::new();
        for (at, sentence) in self.answer.iter().enumerate() {
            let sentence = html::escape(sentence);
            out += &match at {
                0 => format!("<p><strong>{sentence}</strong></p>"),
                _ => format!("<p>{sentence}</p>"),
            };
        }
        out + &self.tests.html()
    }

    /// The answer first, then the figure, then the rest: as on the page.
    fn outputs(&self) -> Vec<Bundle> {
        let paragraph = |text: &str| format!("<p>{}</p>", html::escape(text));
        let mut outputs = Vec::new();
        let (head, more) = match self.answer.as_ref() {
            [head, more @ ..] => (Some(head), more),
            [] => (None, &[][..]),
        };
        if let Some(head) = head {
            let html = format!("<p><strong>{}</strong></p>", html::escape(head));
            outputs.push(vec![("text/html", html), ("text/plain", head.clone())]);
        }
        outputs.extend(self.figure.iter().flat_map(Rich::outputs));
        let text: String = more.iter().map(|line| paragraph(line)).collect();
        let html = format!("{text}<div style=\"margin-top:1em\">{}</div>", self.tests.html());
        let plain = format!("{}\n\n{}", more.join("\n\n"), self.tests);
        outputs.push(vec![("text/html", html), ("text/plain", plain.trim().to_owned())]);
        outputs
    }
}
