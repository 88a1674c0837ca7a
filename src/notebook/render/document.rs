//! An executed notebook as the blocks of a page: finished strings for the
//! template.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Map, Value};

use super::bound::{self};
use super::colour::coloured;
use super::execute::{CellState, Executed};
use super::markdown::{Found, Heading, Scope, to_html};
use super::outputs::{VALUE, data};
use crate::notebook::client::Status;
use crate::notebook::format::{Cell, CellKind, joined};
use crate::text::html_text as escape;

/// A notebook for the template.
#[derive(Clone, Debug, Default, Serialize)]
pub struct NotebookDocument {
    /// First heading, or the file's name.
    pub title: String,
    /// Parameters with the values in effect.
    pub parameters: Vec<ShownParameter>,
    /// What went wrong, in a sentence; empty when nothing did.
    pub failure: String,
    /// Headings of all levels.
    pub contents: Vec<Heading>,
    /// When cells last ran, and with what: a sentence.
    pub made: String,
    /// The notebook's file.
    pub file: String,
    /// Blocks in order.
    pub blocks: Vec<Block>,
    /// Values and labels that texts name and no cell gave.
    pub missing: Vec<String>,
}

/// One cell on the page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Block {
    /// `text` or `code`.
    pub kind: &'static str,
    /// Place of the cell, from 1.
    pub number: usize,
    /// Finished HTML of a text.
    pub html: String,
    /// Code as HTML, empty where it is hidden.
    pub code: String,
    /// Its lines.
    pub lines: usize,
    /// Finished HTML of each output.
    pub outputs: Vec<String>,
    /// `ok`, `failed` or `not-run`.
    pub state: &'static str,
    /// What the state means, in words.
    pub note: String,
    /// Label of a figure or table; empty without.
    pub label: String,
    /// `Figure 1`, `Table 2`.
    pub name: String,
    /// Caption, as HTML.
    pub caption: String,
}

/// A parameter as a page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ShownParameter {
    /// Its name.
    pub name: String,
    /// Its value without the quotes of a text.
    pub value: String,
    /// `number`, `checkbox` or `text`.
    pub input: &'static str,
}

impl ShownParameter {
    fn of((name, literal): &(String, String)) -> Self {
        let text = literal.strip_prefix("String::from(").and_then(|rest| rest.strip_suffix(')'));
        let text = text.unwrap_or(literal);
        let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let (value, input) = match quoted {
            Some(inner) => (unescaped(inner), "text"),
            None if matches!(text, "true" | "false") => (text.to_owned(), "checkbox"),
            None if text.parse::<f64>().is_ok() => (text.to_owned(), "number"),
            None => (text.to_owned(), "text"),
        };
        Self { name: name.clone(), value, input }
    }
}

/// The text that a literal of Rust stands for, as far as parameters have them.
fn unescaped(literal: &str) -> String {
    let mut out = String::new();
    let mut chars = literal.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => {}
            },
            (c, _) => out.push(c),
        }
    }
    out
}

/// The page of an executed notebook; `folder` holds its images.
pub fn document(executed: &Executed, file: &str, folder: &Path) -> NotebookDocument {
    let cells = &executed.notebook.cells;
    let values = bound::values(cells);
    let options: Vec<CellOptions> = cells.iter().map(CellOptions::of).collect();
    let labels = number(&options);
    let none = Map::new();
    let mut document = NotebookDocument {
        title: executed.notebook.title().unwrap_or_else(|| file.to_owned()),
        parameters: executed.parameters.iter().map(ShownParameter::of).collect(),
        failure: executed.failure().map_or(String::new(), |(at, status)| failure(at, status)),
        made: executed.made.clone(),
        file: file.to_owned(),
        ..NotebookDocument::default()
    };
    let mut found = Found::default();
    for (at, cell) in cells.iter().enumerate() {
        let attachments = cell.extra.get("attachments").and_then(Value::as_object);
        let scope = Scope {
            values: &values,
            labels: &labels,
            folder,
            attachments: attachments.unwrap_or(&none),
        };
        let block = match cell.kind {
            CellKind::Raw => continue,
            CellKind::Markdown => text(cell, document.blocks.is_empty(), &scope, &mut found),
            CellKind::Code if options[at].hide_cell => continue,
            CellKind::Code => {
                let caption = to_html(&options[at].caption, &scope, &mut found);
                let state = &executed.states[at];
                let state = if executed.allowed(at) { &CellState::Cached } else { state };
                code(cell, state, &options[at], caption, &scope, &mut found)
            }
        };
        document.blocks.push(Block { number: at + 1, ..block });
    }
    document.missing = found.missing;
    document.contents = found.headings;
    document
}

fn failure(at: usize, status: Status) -> String {
    let what = match status {
        Status::Ok => "ended",
        Status::Compile => "does not compile",
        Status::Panic => "panicked",
        Status::Error => "ended with an error",
        Status::Interrupted => "was interrupted",
        Status::Died => "ended its process",
        Status::TimedOut => "took too long",
    };
    format!("Cell {} {what}; the cells after it were not run.", at + 1)
}

/// What a cell asks of its page: tags, and lines `//| key: value` at its head.
#[derive(Default)]
struct CellOptions {
    label: String,
    caption: String,
    hide_code: bool,
    hide_output: bool,
    hide_cell: bool,
}

impl CellOptions {
    fn of(cell: &Cell) -> Self {
        let tagged = |names: &[&str]| names.iter().any(|name| cell.has_tag(name));
        let mut options = Self {
            hide_code: tagged(&["hide-code", "hide-input", "remove-input"]),
            hide_output: tagged(&["hide-output", "remove-output"]),
            hide_cell: tagged(&["hide-cell", "remove-cell"]),
            ..Self::default()
        };
        for line in cell.source.lines().map_while(|line| line.strip_prefix("//|")) {
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim().to_owned();
            match key.trim() {
                "label" => options.label = value,
                "caption" => options.caption = value,
                "hide" => match value.as_str() {
                    "code" => options.hide_code = true,
                    "output" => options.hide_output = true,
                    _ => options.hide_cell = true,
                },
                _ => {}
            }
        }
        options
    }
}

/// `Figure 1` and `Table 1` by label, in the order of the cells.
pub(super) fn names(cells: &[Cell]) -> BTreeMap<String, String> {
    let options: Vec<CellOptions> = cells.iter().map(CellOptions::of).collect();
    number(&options)
}

fn number(options: &[CellOptions]) -> BTreeMap<String, String> {
    let (mut figures, mut tables) = (0, 0);
    let mut names = BTreeMap::new();
    for label in options.iter().filter(|o| !o.label.is_empty()).map(|o| &o.label) {
        let name = if label.starts_with("tab") {
            tables += 1;
            format!("Table {tables}")
        } else {
            figures += 1;
            format!("Figure {figures}")
        };
        names.insert(label.clone(), name);
    }
    names
}

fn text(cell: &Cell, first: bool, scope: &Scope<'_>, found: &mut Found) -> Block {
    let mut source = cell.source.as_str();
    // The title stands in the head of the page.
    if first && let Some(rest) = source.strip_prefix("# ") {
        source = rest.split_once('\n').map_or("", |(_, rest)| rest);
    }
    let html = to_html(source, scope, found);
    Block { kind: "text", html, state: "ok", ..Block::default() }
}

fn code(
    cell: &Cell,
    state: &CellState,
    options: &CellOptions,
    caption: String,
    scope: &Scope<'_>,
    found: &mut Found,
) -> Block {
    let (state, note) = match state {
        CellState::Failed(status) => ("failed", failed_note(*status)),
        CellState::NotRun => ("not-run", "Not run: an earlier cell failed.".to_owned()),
        _ => ("ok", String::new()),
    };
    let hide_code = options.hide_code && state == "ok";
    let hide_output = options.hide_output && state == "ok";
    let lines: Vec<&str> = cell.source.lines().skip_while(|line| line.starts_with("//|")).collect();
    Block {
        kind: "code",
        code: if hide_code { String::new() } else { coloured(lines.join("\n").trim()) },
        lines: lines.len(),
        outputs: if hide_output {
            Vec::new()
        } else {
            cell.outputs.iter().filter_map(|shown| output(shown, scope, found)).collect()
        },
        state,
        note,
        name: scope.labels.get(&options.label).cloned().unwrap_or_default(),
        label: options.label.clone(),
        caption,
        ..Block::default()
    }
}

fn failed_note(status: Status) -> String {
    match status {
        Status::Compile => "This cell does not compile.",
        Status::Panic => "This cell panicked.",
        Status::Error => "This cell ended with an error.",
        Status::Interrupted => "This cell was interrupted.",
        Status::Died => "This cell ended its process.",
        Status::TimedOut => "This cell took too long and was stopped.",
        Status::Ok => "",
    }
    .to_owned()
}

/// The richest form of an output as HTML.
fn output(output: &Value, scope: &Scope<'_>, found: &mut Found) -> Option<String> {
    match output["output_type"].as_str()? {
        "stream" => {
            let text = joined(&output["text"])?;
            let name = if output["name"] == "stderr" { "stderr" } else { "stdout" };
            Some(format!("<pre class=\"{name}\">{}</pre>", escape(text.trim_end())))
        }
        "error" => {
            let lines = output["traceback"].as_array()?;
            let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
            Some(format!("<pre class=\"error\">{}</pre>", escape(&lines.join("\n"))))
        }
        _ => rich(output, scope, found),
    }
}

fn rich(output: &Value, scope: &Scope<'_>, found: &mut Found) -> Option<String> {
    let alt = || escape(&data(output, "text/plain").unwrap_or_default());
    let image = |mime: &str, base64: &str| {
        format!("<img alt=\"{}\" src=\"data:{mime};base64,{base64}\">", alt())
    };
    if let Some(html) = data(output, "text/html") {
        return Some(html);
    }
    if let Some(text) = data(output, "text/markdown") {
        return Some(to_html(&text, scope, found));
    }
    if let Some(svg) = data(output, "image/svg+xml") {
        return Some(image("image/svg+xml", &STANDARD.encode(svg)));
    }
    for mime in ["image/png", "image/jpeg"] {
        if let Some(content) = data(output, mime) {
            let content: String = content.split_whitespace().collect();
            return Some(image(mime, &escape(&content)));
        }
    }
    let text = data(output, "text/plain")?;
    // A bound value is shown where the text names it.
    let bound = output["data"].as_object()?.keys().any(|mime| mime.starts_with(VALUE));
    (!bound).then(|| format!("<pre>{}</pre>", escape(&text)))
}
