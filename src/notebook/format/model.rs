//! A notebook as data.

use serde_json::{Map, Value, json};

/// A notebook.
#[derive(Clone, Debug, PartialEq)]
pub struct Notebook {
    /// Cells in order.
    pub cells: Vec<Cell>,
    /// Metadata of the whole: kernel, language, whatever else was there.
    pub metadata: Map<String, Value>,
}

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Rust.
    Code,
    /// Markdown.
    Markdown,
    /// Text for a converter, kept as it is.
    Raw,
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// What it is.
    pub kind: CellKind,
    /// Identity within the notebook.
    pub id: String,
    /// Text.
    pub source: String,
    /// Tags and whatever else was there.
    pub metadata: Map<String, Value>,
    /// Images of a Markdown cell, and any member this version does not know.
    pub extra: Map<String, Value>,
    /// What the cell gave, as nbformat has it.
    pub outputs: Vec<Value>,
    /// In which place it ran.
    pub execution_count: Option<u64>,
}

impl Notebook {
    /// An empty notebook of the Transfolio kernel.
    pub fn new(cells: Vec<Cell>) -> Self {
        Self { cells, metadata: default_metadata() }
    }

    /// Takes over the outputs of another version of this notebook, cell by
    /// cell, where id and text are the same.
    pub fn take_outputs(&mut self, old: &Self) {
        for cell in self.cells.iter_mut().filter(|cell| cell.outputs.is_empty()) {
            let same = |known: &&Cell| known.id == cell.id && known.source == cell.source;
            if let Some(known) = old.cells.iter().find(same) {
                cell.outputs.clone_from(&known.outputs);
                cell.execution_count = known.execution_count;
            }
        }
    }

    /// The first heading, else nothing.
    pub fn title(&self) -> Option<String> {
        let markdown = self.cells.iter().filter(|cell| cell.kind == CellKind::Markdown);
        markdown
            .flat_map(|cell| cell.source.lines())
            .find_map(|line| line.strip_prefix("# ").map(|title| title.trim().to_string()))
    }
}

impl Cell {
    /// A cell with nothing but text.
    pub fn new(kind: CellKind, index: usize, source: impl Into<String>) -> Self {
        Self {
            kind,
            id: default_id(index),
            source: source.into(),
            metadata: Map::new(),
            extra: Map::new(),
            outputs: Vec::new(),
            execution_count: None,
        }
    }

    /// Whether the cell has a tag.
    pub fn has_tag(&self, tag: &str) -> bool {
        self.metadata
            .get("tags")
            .and_then(Value::as_array)
            .is_some_and(|tags| tags.iter().any(|known| known.as_str() == Some(tag)))
    }
}

/// The id of a cell that was given none.
pub(super) fn default_id(index: usize) -> String {
    format!("cell-{}", index + 1)
}

/// The metadata of a notebook that was given none.
pub(super) fn default_metadata() -> Map<String, Value> {
    let mut metadata = Map::new();
    metadata.insert(
        "kernelspec".into(),
        json!({ "display_name": "Transfolio (Rust)", "language": "rust", "name": "transfolio" }),
    );
    metadata.insert("language_info".into(), json!({ "file_extension": ".rs", "name": "rust" }));
    metadata
}
