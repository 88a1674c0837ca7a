//! `.rs` with percent cells:
//!
//! ```text
//! // %% [markdown]
//! // # A title
//! //
//! // Some text.
//!
//! // %% tags=setup
//! let study = Study::open("results.csv")?;
//! ```
//!
//! Everything but outputs and execution counts survives the way there and
//! back. What a plain marker cannot say (ids that are not the default ones,
//! other metadata) stands behind it as JSON. A line of a cell that looks like
//! a marker gets a backslash before `%%`, and loses one on the way back.

use serde_json::{Map, Value, json};

use super::model::{Cell, CellKind, Notebook, default_id, default_metadata};

const MARK: &str = "// %%";
const HEADER: &str = "// transfolio-notebook: ";

/// Reads a `.rs` notebook; every text is one.
pub fn from_percent(text: &str) -> Result<Notebook, String> {
    let text = unix(text);
    let mut lines: Vec<&str> = text.split('\n').collect();
    if lines.last() == Some(&"") {
        lines.pop();
    }
    let mut metadata = default_metadata();
    if let Some(json) = lines.first().and_then(|line| line.strip_prefix(HEADER)) {
        metadata = serde_json::from_str(json)
            .map_err(|error| format!("line 1: the notebook's metadata: {error}"))?;
        lines.remove(0);
    }
    let mut cells: Vec<Cell> = Vec::new();
    let mut body: Vec<&str> = Vec::new();
    // What stands before the first marker is a cell of its own.
    let mut head: Option<Head> = None;
    let first = usize::from(text.starts_with(HEADER)) + 1;
    for (number, line) in lines.iter().enumerate() {
        let Some(rest) = marker(line) else {
            body.push(line);
            continue;
        };
        finish(&mut cells, head.take(), &mut body);
        head = Some(
            Head::parse(rest, cells.len())
                .map_err(|reason| format!("line {}: {reason}", number + first))?,
        );
    }
    finish(&mut cells, head, &mut body);
    Ok(Notebook { cells, metadata })
}

/// A file with Windows line ends throughout has none of its own.
fn unix(text: &str) -> std::borrow::Cow<'_, str> {
    let breaks = text.matches('\n').count();
    if breaks > 0 && text.matches("\r\n").count() == breaks {
        text.replace("\r\n", "\n").into()
    } else {
        text.into()
    }
}

/// What follows the mark, if the line is one.
fn marker(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(MARK).or_else(|| line.strip_prefix("//%%"))?;
    (rest.is_empty() || rest.starts_with([' ', '\t', '\r'])).then(|| rest.trim())
}

struct Head {
    kind: CellKind,
    id: String,
    metadata: Map<String, Value>,
    extra: Map<String, Value>,
}

impl Head {
    fn parse(rest: &str, index: usize) -> Result<Self, String> {
        let (words, json) = match rest.find('{') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let mut head = Self {
            kind: CellKind::Code,
            id: default_id(index),
            metadata: Map::new(),
            extra: Map::new(),
        };
        let mut title: Vec<&str> = Vec::new();
        for word in words.split_whitespace() {
            match word {
                "[markdown]" | "[md]" => head.kind = CellKind::Markdown,
                "[raw]" => head.kind = CellKind::Raw,
                _ => match word.strip_prefix("tags=") {
                    Some(tags) => {
                        let tags: Vec<&str> = tags.split(',').filter(|t| !t.is_empty()).collect();
                        head.metadata.insert("tags".into(), json!(tags));
                    }
                    None => title.push(word),
                },
            }
        }
        if !title.is_empty() {
            head.metadata.insert("title".into(), title.join(" ").into());
        }
        if !json.is_empty() {
            let json: Map<String, Value> = serde_json::from_str(json)
                .map_err(|error| format!("the JSON behind the marker: {error}"))?;
            for (name, value) in json {
                match (name.as_str(), value) {
                    ("id", Value::String(id)) => head.id = id,
                    ("metadata", Value::Object(metadata)) => head.metadata.extend(metadata),
                    ("extra", Value::Object(extra)) => head.extra = extra,
                    (other, _) => {
                        return Err(format!(
                            "the JSON behind the marker has {other:?}; expected id, metadata or extra"
                        ));
                    }
                }
            }
        }
        Ok(head)
    }
}

fn finish(cells: &mut Vec<Cell>, head: Option<Head>, body: &mut Vec<&str>) {
    let mut lines = std::mem::take(body);
    let Some(head) = head else {
        if lines.iter().any(|line| !line.trim().is_empty()) {
            while lines.last().is_some_and(|line| line.trim().is_empty()) {
                lines.pop();
            }
            cells.push(Cell::new(CellKind::Code, cells.len(), lines.join("\n")));
        }
        return;
    };
    // One empty line parts a cell from the next.
    if lines.last() == Some(&"") {
        lines.pop();
    }
    let source: Vec<String> = lines
        .iter()
        .map(|line| match head.kind {
            CellKind::Code => unguarded(line),
            CellKind::Markdown | CellKind::Raw => uncommented(&unguarded(line)).to_owned(),
        })
        .collect();
    cells.push(Cell {
        kind: head.kind,
        id: head.id,
        source: source.join("\n"),
        metadata: head.metadata,
        extra: head.extra,
        outputs: Vec::new(),
        execution_count: None,
    });
}

fn uncommented(line: &str) -> &str {
    line.strip_prefix("// ").or_else(|| line.strip_prefix("//")).unwrap_or(line)
}

/// Writes a notebook without its outputs.
pub fn to_percent(notebook: &Notebook) -> String {
    let mut text = String::new();
    if notebook.metadata != default_metadata() {
        text += &format!("{HEADER}{}\n", Value::Object(notebook.metadata.clone()));
    }
    let last = notebook.cells.len().saturating_sub(1);
    for (index, cell) in notebook.cells.iter().enumerate() {
        text += &head_line(cell, index);
        text.push('\n');
        let mut empty = true;
        for line in cell.source.split('\n') {
            let line = match cell.kind {
                CellKind::Code => line.to_owned(),
                _ if line.is_empty() => "//".to_owned(),
                _ => format!("// {line}"),
            };
            empty = line.is_empty();
            text += &guarded(&line);
            text.push('\n');
        }
        // The reader takes one empty line away.
        if index < last || empty {
            text.push('\n');
        }
    }
    text
}

fn head_line(cell: &Cell, index: usize) -> String {
    let mut line = MARK.to_owned();
    match cell.kind {
        CellKind::Code => {}
        CellKind::Markdown => line += " [markdown]",
        CellKind::Raw => line += " [raw]",
    }
    let mut metadata = cell.metadata.clone();
    if let Some(tags) = simple_tags(&metadata) {
        line += &format!(" tags={tags}");
        metadata.remove("tags");
    }
    let mut json = Map::new();
    if cell.id != default_id(index) {
        json.insert("id".into(), cell.id.clone().into());
    }
    if !metadata.is_empty() {
        json.insert("metadata".into(), metadata.into());
    }
    if !cell.extra.is_empty() {
        json.insert("extra".into(), cell.extra.clone().into());
    }
    if !json.is_empty() {
        line += &format!(" {}", Value::Object(json));
    }
    line
}

/// Tags that can stand behind `tags=` and be read back.
fn simple_tags(metadata: &Map<String, Value>) -> Option<String> {
    let tags = metadata.get("tags")?.as_array().filter(|tags| !tags.is_empty())?;
    let simple = |tag: &&str| {
        !tag.is_empty() && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    let tags: Option<Vec<&str>> = tags.iter().map(|tag| tag.as_str().filter(simple)).collect();
    tags.map(|tags| tags.join(","))
}

/// Where a line, but for backslashes, starts like a marker: the place of `%%`.
fn like_a_marker(line: &str) -> Option<usize> {
    let rest = line.strip_prefix("//")?;
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    let unescaped = rest.trim_start_matches('\\');
    unescaped.starts_with("%%").then(|| line.len() - unescaped.len())
}

fn guarded(line: &str) -> String {
    match like_a_marker(line) {
        Some(at) => format!("{}\\{}", &line[..at], &line[at..]),
        None => line.to_owned(),
    }
}

fn unguarded(line: &str) -> String {
    match like_a_marker(line) {
        Some(at) if line[..at].ends_with('\\') => format!("{}{}", &line[..at - 1], &line[at..]),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::notebook::format::{from_ipynb, to_ipynb};

    #[test]
    fn a_plain_file_reads_as_it_looks() {
        let text = "use transfolio_notebook::prelude::*;\n\n// %% [markdown]\n// # Title\n//\n// text\n\n// %% A chart tags=hide-code,figure\nlet x = 1;\n\n\n// %%\nx\n";
        let notebook = from_percent(text).expect("a notebook");
        let sources: Vec<&str> = notebook.cells.iter().map(|c| c.source.as_str()).collect();
        assert_eq!(
            sources,
            ["use transfolio_notebook::prelude::*;", "# Title\n\ntext", "let x = 1;\n", "x"]
        );
        assert!(notebook.cells[2].has_tag("hide-code") && notebook.cells[2].has_tag("figure"));
        assert_eq!(notebook.cells[2].metadata["title"], "A chart");
        assert_eq!(notebook.title().as_deref(), Some("Title"));
        let windows = text.replace('\n', "\r\n");
        assert_eq!(from_percent(&windows).expect("a notebook"), notebook);
    }

    #[test]
    fn errors_name_the_line() {
        let error = from_percent("// %%\nx\n// %% {\"id\": 3\ny\n").expect_err("no JSON");
        assert!(error.starts_with("line 3:"), "{error}");
        let error = from_percent("// %% {\"idd\": \"3\"}\n").expect_err("no such member");
        assert!(error.contains("idd"), "{error}");
    }

    fn source() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            "[ -~]{0,12}",
            Just("// %%".to_owned()),
            Just("//%% [markdown]".to_owned()),
            Just("%%".to_owned()),
            Just("\\%% x".to_owned()),
            Just("// \\\\%%".to_owned()),
            Just(HEADER.to_owned()),
            Just(String::new()),
            Just("a\r".to_owned()),
            "\\PC{0,6}",
        ];
        proptest::collection::vec(line, 0..5).prop_map(|lines| lines.join("\n"))
    }

    prop_compose! {
        fn cell()(
            kind in prop_oneof![Just(CellKind::Code), Just(CellKind::Markdown), Just(CellKind::Raw)],
            source in source(),
            id in proptest::option::of("[a-zA-Z0-9_-]{1,12}"),
            tags in proptest::collection::vec("[a-z, \"{-]{0,6}", 0..3),
            extra in proptest::option::of("\\PC{0,6}"),
        ) -> Cell {
            let mut cell = Cell::new(kind, 0, source);
            cell.id = id.unwrap_or_default();
            if !tags.is_empty() {
                cell.metadata.insert("tags".into(), json!(tags));
            }
            if let Some(text) = extra {
                cell.extra.insert("attachments".into(), json!({ "a.png": { "image/png": text } }));
            }
            cell
        }
    }

    fn notebook() -> impl Strategy<Value = Notebook> {
        let cells = proptest::collection::vec(cell(), 0..6);
        (cells, proptest::bool::ANY).prop_map(|(mut cells, plain)| {
            for (index, cell) in cells.iter_mut().enumerate() {
                // Ids differ, as in every valid notebook.
                cell.id = if cell.id.is_empty() {
                    default_id(index)
                } else {
                    format!("{}-x{index}", cell.id)
                };
            }
            let mut notebook = Notebook::new(cells);
            if !plain {
                notebook.metadata = Map::new();
            }
            notebook
        })
    }

    proptest! {
        #[test]
        fn nothing_is_lost_there_and_back(notebook in notebook()) {
            let text = to_percent(&notebook);
            let back = from_percent(&text).map_err(TestCaseError::fail)?;
            prop_assert_eq!(&back, &notebook, "{}", text);
            prop_assert_eq!(to_percent(&back), text);
            let json = to_ipynb(&notebook);
            let back = from_ipynb(&json).map_err(TestCaseError::fail)?;
            prop_assert_eq!(&back, &notebook, "{}", json);
            prop_assert_eq!(to_ipynb(&back), json);
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC{0,60}") {
            let _ = from_percent(&text);
            let _ = from_ipynb(&text);
        }
    }
}
