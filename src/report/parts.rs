//! The figures and tables of a report one by one, by name: for notebooks.

use super::document::{Block, Document, FigureBlock, Section, TableBlock, Value};
use super::error::ReportError;
use super::html;
use super::load::ReportInput;
use super::templates::Templates;
use super::text::{Piece, Text};

/// What a report says at its head, and everything it shows, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts {
    /// Headline first, then what qualifies it.
    pub answer: Vec<String>,
    /// Figures.
    pub figures: Vec<FigurePart>,
    /// Tables.
    pub tables: Vec<TablePart>,
}

/// A figure.
#[derive(Clone, Debug, PartialEq)]
pub struct FigurePart {
    /// The label without `fig-`.
    pub name: String,
    /// Heading of its section.
    pub section: String,
    /// What it shows.
    pub caption: String,
    /// Title and SVG of each panel, in fixed colours.
    pub panels: Vec<(String, String)>,
}

/// A table with its numbers at full precision.
#[derive(Clone, Debug, PartialEq)]
pub struct TablePart {
    /// The label without `tab-`.
    pub name: String,
    /// Heading of its section.
    pub section: String,
    /// What it holds.
    pub caption: String,
    /// Columns.
    pub columns: Vec<PartColumn>,
    /// One cell per column.
    pub rows: Vec<Vec<PartCell>>,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct PartColumn {
    /// Its head.
    pub name: String,
    /// What it holds.
    pub kind: PartKind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// Words.
    Text,
    /// Numbers.
    Number,
    /// Whole numbers.
    Integer,
    /// Shares, shown in percent.
    Share,
    /// p-values.
    P,
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum PartCell {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// A number.
    Number(f64),
}

/// The parts of a report.
///
/// # Errors
/// What keeps the report from being written.
pub fn parts(input: &ReportInput) -> Result<Parts, ReportError> {
    let (document, ..) = html::document(input, &Templates::default())?;
    let mut parts = Parts { answer: answer(&document), ..Parts::default() };
    for section in &document.sections {
        collect(section, &section.heading, &mut parts);
    }
    Ok(parts)
}

fn collect(section: &Section, heading: &str, parts: &mut Parts) {
    for block in &section.blocks {
        match block {
            Block::Section(inner) => collect(inner, &inner.heading, parts),
            Block::Figure(block) => parts.figures.push(figure(block, heading)),
            Block::Table(block) => parts.tables.push(table(block, heading)),
            _ => {}
        }
    }
}

/// The sentences of the first section.
fn answer(document: &Document) -> Vec<String> {
    let Some(first) = document.sections.first() else { return Vec::new() };
    let said = |block: &Block| match block {
        Block::Lead { text } | Block::Paragraph { text } | Block::Note { text } => {
            Some(words(text, document))
        }
        _ => None,
    };
    first.blocks.iter().filter_map(said).collect()
}

/// Prose as words; a reference names the part as a cell asks for it.
fn words(text: &Text, document: &Document) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Plain(words) | Piece::Emphasis(words) | Piece::Code(words) | Piece::Maths(words) => {
            words.clone()
        }
        Piece::Value(bound) => bound.shown.clone(),
        Piece::Reference { label, .. } => named(label, document),
        Piece::Citation { keys, .. } => keys.join(", "),
    };
    text.pieces.iter().map(piece).collect()
}

fn named(label: &str, document: &Document) -> String {
    if let Some(name) = label.strip_prefix("fig-") {
        return format!("figure \"{name}\"");
    }
    if let Some(name) = label.strip_prefix("tab-") {
        return format!("table \"{name}\"");
    }
    let section = document.sections.iter().find(|section| section.id == label);
    section.map_or_else(|| label.into(), |section| format!("section {:?}", section.heading))
}

pub(super) fn figure(block: &FigureBlock, section: &str) -> FigurePart {
    FigurePart {
        name: block.label.trim_start_matches("fig-").into(),
        section: section.into(),
        caption: block.full_caption(),
        panels: (block.panels.iter())
            .map(|panel| (panel.title.clone(), panel.file.clone()))
            .collect(),
    }
}

fn table(block: &TableBlock, section: &str) -> TablePart {
    let mut part = TablePart {
        name: block.label.trim_start_matches("tab-").into(),
        section: section.into(),
        caption: block.full_caption(),
        columns: Vec::new(),
        rows: vec![Vec::new(); block.rows.len()],
    };
    for (at, head) in block.head.iter().enumerate() {
        let cells: Vec<&Value> = block.rows.iter().filter_map(|row| row.get(at)).collect();
        let name = match head.over.as_str() {
            "" => head.text.clone(),
            over => format!("{over}: {}", head.text),
        };
        let columns = if head.numeric { numbers(&name, &cells) } else { None };
        for (column, cells) in columns.unwrap_or_else(|| vec![texts(&name, &cells)]) {
            part.columns.push(column);
            part.rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell));
        }
    }
    part
}

type Filled = (PartColumn, Vec<PartCell>);

fn texts(name: &str, cells: &[&Value]) -> Filled {
    let cell = |value: &&Value| match value.text.trim() {
        "" | "\u{2013}" => PartCell::Empty,
        _ => PartCell::Text(value.text.clone()),
    };
    let column = PartColumn { name: name.into(), kind: PartKind::Text };
    (column, cells.iter().map(cell).collect())
}

/// One column of numbers, or two where the cells are intervals; none where a cell
/// says something that is no number.
fn numbers(name: &str, cells: &[&Value]) -> Option<Vec<Filled>> {
    let read: Vec<Vec<f64>> = cells.iter().map(|value| full(value)).collect::<Option<_>>()?;
    let width = read.iter().map(Vec::len).max().filter(|width| *width > 0)?;
    if width > 2 || read.iter().any(|found| !found.is_empty() && found.len() != width) {
        return None;
    }
    let names = match width {
        1 => vec![name.to_string()],
        _ => ["low", "high"].map(|end| format!("{name} {end}")).into(),
    };
    let filled = names.into_iter().enumerate().map(|(at, name)| {
        let values: Vec<Option<f64>> = read.iter().map(|found| found.get(at).copied()).collect();
        let column = PartColumn { kind: kind(&name, cells, &values), name };
        let cell = |value: Option<f64>| value.map_or(PartCell::Empty, PartCell::Number);
        (column, values.into_iter().map(cell).collect())
    });
    Some(filled.collect())
}

/// The numbers behind a cell: none where it is empty, `None` where it has words.
fn full(value: &Value) -> Option<Vec<f64>> {
    let text = value.text.trim();
    if text.is_empty() || text == "\u{2013}" {
        return Some(Vec::new());
    }
    let full = value.bound.as_ref().map_or("", |bound| bound.value.as_str());
    let full = if full.is_empty() { text } else { full };
    let found: Option<Vec<f64>> =
        full.split_whitespace().map(|number| number.parse().ok()).collect();
    found.filter(|found| !found.is_empty())
}

fn kind(name: &str, cells: &[&Value], values: &[Option<f64>]) -> PartKind {
    let shown = || cells.iter().map(|value| value.text.trim()).filter(|text| text.len() > 1);
    let is_p = name == "p" || name.ends_with(" p") || name.starts_with("p (");
    let present = || values.iter().flatten();
    if shown().next().is_some() && shown().all(|text| text.ends_with('%')) {
        PartKind::Share
    } else if is_p && present().all(|p| (0.0..=1.0).contains(p)) {
        PartKind::P
    } else if present().all(|number| number.fract() == 0.0)
        && cells.iter().all(|value| !value.text.contains('.'))
    {
        PartKind::Integer
    } else {
        PartKind::Number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::bound::Origin;
    use crate::report::document::Head;

    fn head(text: &str, numeric: bool) -> Head {
        Head { text: text.into(), numeric, ..Head::default() }
    }

    #[test]
    fn tables_keep_numbers_and_intervals_become_two_columns() {
        let origin = Origin::new(&["x"]);
        let row = |name: &str, n: usize, difference: f64, p: Value| {
            vec![
                Value::text(name),
                Value::bound(origin.bind("n", n, n.to_string(), "")),
                Value::bound(origin.bind("d", difference, format!("{difference:.2}"), "")),
                Value::bound(origin.bind("i", (difference - 0.1, difference + 0.1), "[..]", "")),
                p,
                Value::text("some 3"),
            ]
        };
        let p = Value::bound(origin.bind("p", 0.0301, "0.030", ""));
        let block = TableBlock {
            label: "tab-tests".into(),
            head: vec![
                head("level", false),
                head("n", true),
                head("difference", true),
                head("95 % interval", true),
                head("adjusted p", true),
                head("words", true),
            ],
            rows: vec![row("a", 5, 0.123_456, p), row("b", 6, 0.25, Value::text("\u{2013}"))],
            ..TableBlock::default()
        };
        let part = table(&block, "Results");
        let kinds: Vec<(&str, PartKind)> =
            part.columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
        assert_eq!(part.name, "tests");
        assert_eq!(
            kinds,
            [
                ("level", PartKind::Text),
                ("n", PartKind::Integer),
                ("difference", PartKind::Number),
                ("95 % interval low", PartKind::Number),
                ("95 % interval high", PartKind::Number),
                ("adjusted p", PartKind::P),
                ("words", PartKind::Text),
            ]
        );
        assert_eq!(part.rows[0][2], PartCell::Number(0.123_456));
        assert_eq!(part.rows[1][3], PartCell::Number(0.15));
        assert_eq!(part.rows[1][5], PartCell::Empty);
        assert_eq!(part.rows[0][6], PartCell::Text("some 3".into()));
    }

    #[test]
    fn references_name_what_a_cell_asks_for() {
        let section =
            Section { id: "other".into(), heading: "Other metrics".into(), ..Section::default() };
        let document = Document { sections: vec![section], ..Document::default() };
        let text = Text::from("See [[tab-map]], [[fig-roc]] and [[other]].");
        assert_eq!(
            words(&text, &document),
            "See table \"map\", figure \"roc\" and section \"Other metrics\"."
        );
    }
}
