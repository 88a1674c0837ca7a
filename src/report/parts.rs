//! The figures and tables of a report one by one, by name: for notebooks.

use super::document::{Block, Document, FigureBlock, Section, TableBlock, Value};
use super::error::ReportError;
use super::html;
use super::load::ReportInput;
use super::templates::Templates;
use super::text::{Piece, Text};
use crate::text::{Column, Kind, Table};

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
    pub kind: Kind,
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
    let Table { columns, rows } = &block.grid;
    let mut part = TablePart {
        name: block.label.trim_start_matches("tab-").into(),
        section: section.into(),
        caption: block.full_caption(),
        columns: Vec::new(),
        rows: vec![Vec::new(); rows.len()],
    };
    for (at, column) in columns.iter().enumerate() {
        let cells: Vec<&Value> = rows.iter().filter_map(|row| row.get(at)).collect();
        let numbers = if column.kind.is_numeric() { numbers(column, &cells) } else { None };
        for (column, cells) in numbers.unwrap_or_else(|| vec![texts(column, &cells)]) {
            part.columns.push(column);
            part.rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell));
        }
    }
    part
}

type Filled = (PartColumn, Vec<PartCell>);

fn texts(column: &Column, cells: &[&Value]) -> Filled {
    let cell = |value: &&Value| {
        if value.is_empty() { PartCell::Empty } else { PartCell::Text(value.text.clone()) }
    };
    let column = PartColumn { name: column.full_title(": "), kind: Kind::Words };
    (column, cells.iter().map(cell).collect())
}

/// One column of numbers, or two where the cells are intervals; none where a cell
/// says something that is no number.
fn numbers(column: &Column, cells: &[&Value]) -> Option<Vec<Filled>> {
    let read: Vec<Vec<f64>> = cells.iter().map(|value| full(value)).collect::<Option<_>>()?;
    let width = read.iter().map(Vec::len).max().filter(|width| *width > 0)?;
    if width > 2 || read.iter().any(|found| !found.is_empty() && found.len() != width) {
        return None;
    }
    let name = column.full_title(": ");
    let names = match width {
        1 => vec![name],
        _ => ["low", "high"].map(|end| format!("{name} {end}")).into(),
    };
    let filled = names.into_iter().enumerate().map(|(at, name)| {
        let values: Vec<Option<f64>> = read.iter().map(|found| found.get(at).copied()).collect();
        let cell = |value: &Option<f64>| value.map_or(PartCell::Empty, PartCell::Number);
        let found = values.iter().map(cell).collect();
        (PartColumn { kind: kind(column.kind, cells, &values), name }, found)
    });
    Some(filled.collect())
}

/// The numbers behind a cell: none where it is empty, `None` where it has words.
fn full(value: &Value) -> Option<Vec<f64>> {
    if value.is_empty() {
        return Some(Vec::new());
    }
    let full = value.bound.as_ref().map_or("", |bound| bound.value.as_str());
    let found: Option<Vec<f64>> =
        full.split_whitespace().map(|number| number.parse().ok()).collect();
    found.filter(|found| !found.is_empty())
}

/// The kind of a column; whole numbers are counts.
fn kind(kind: Kind, cells: &[&Value], values: &[Option<f64>]) -> Kind {
    let whole = values.iter().flatten().all(|number| number.fract() == 0.0)
        && cells.iter().all(|value| !value.text.contains('.'));
    match kind {
        Kind::Share | Kind::P => kind,
        _ if whole => Kind::Count,
        _ => Kind::Number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::bound::Origin;

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
        let mut grid = Table::new([
            Column::name("level"),
            Column::titled(Kind::Count, "n"),
            Column::titled(Kind::Number, "difference"),
            Column::titled(Kind::Interval, "95 % interval"),
            Column::titled(Kind::P, "adjusted p"),
            Column::titled(Kind::Number, "words"),
        ]);
        grid.rows = vec![row("a", 5, 0.123_456, p), row("b", 6, 0.25, Value::none())];
        let block = TableBlock::new("tab-tests", "", grid);
        let part = table(&block, "Results");
        let kinds: Vec<(&str, Kind)> =
            part.columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
        assert_eq!(part.name, "tests");
        assert_eq!(
            kinds,
            [
                ("level", Kind::Words),
                ("n", Kind::Count),
                ("difference", Kind::Number),
                ("95 % interval low", Kind::Number),
                ("95 % interval high", Kind::Number),
                ("adjusted p", Kind::P),
                ("words", Kind::Words),
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
