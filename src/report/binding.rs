//! Origins for numbers whose author gave none: of a cell in a numeric column,
//! its row and column.

use std::collections::BTreeMap;

use super::bound::{Bound, slug};
use super::document::{Block, Document, TableBlock, Value};

impl Document {
    /// Binds every number in a numeric column that is not bound yet, and tells
    /// rows apart that have the same names.
    pub(super) fn bind(&mut self) {
        self.each_block(|block| {
            if let Block::Table(table) = block {
                bind_table(table);
            }
        });
    }
}

fn bind_table(table: &mut TableBlock) {
    let numeric: Vec<bool> = table.head.iter().map(|head| head.numeric).collect();
    let names: Vec<String> = table.head.iter().map(|head| column(&head.text)).collect();
    let label = table.label.strip_prefix("tab-").unwrap_or(&table.label).to_string();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for cells in &mut table.rows {
        let given = cells.iter().find_map(|cell| cell.bound.as_ref()).cloned();
        let row = given.as_ref().map_or_else(
            || row_of(&label, cells, &numeric),
            |bound| super::table_html::split(&bound.id).0.to_string(),
        );
        let times = seen.entry(row.clone()).or_default();
        *times += 1;
        let unique = if *times == 1 { row.clone() } else { format!("{row}~{times}") };
        for (at, cell) in cells.iter_mut().enumerate() {
            if let Some(bound) = &mut cell.bound {
                if *times > 1
                    && let Some(rest) = bound.id.strip_prefix(&format!("{row}."))
                {
                    bound.id = format!("{unique}.{rest}");
                }
            } else if numeric.get(at) == Some(&true) && is_number(&cell.text) {
                let name = names.get(at).map_or("", String::as_str);
                let of = given.as_ref().map_or_else(|| "".into(), |bound| bound.of.clone());
                let n = given.as_ref().map_or_else(|| "".into(), |bound| bound.n.clone());
                cell.bound = Some(Box::new(Bound {
                    id: format!("{unique}.{name}"),
                    shown: cell.text.clone(),
                    value: cell.text.clone(),
                    of,
                    n,
                    ..Bound::default()
                }));
            }
        }
    }
}

/// The row named by its texts.
fn row_of(label: &str, cells: &[Value], numeric: &[bool]) -> String {
    let mut parts = vec![label.to_string()];
    let texts = cells.iter().zip(numeric).filter(|(_, numeric)| !**numeric);
    let names = texts.map(|(cell, _)| slug(&cell.text)).filter(|name| name != "-");
    // Long texts are sentences, which are no names.
    parts.extend(names.filter(|name| name.chars().count() <= 40).take(5));
    parts.join(".")
}

/// A column head as the last part of an id.
fn column(head: &str) -> String {
    let name = slug(&head.to_lowercase().replace('.', ""));
    if name == "-" { "value".into() } else { name.replace('-', "_") }
}

fn is_number(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::{Head, Section};

    #[test]
    fn every_number_of_a_table_gets_an_id_of_its_own() {
        let head = [("Task", false), ("Mean", true), ("Raw p", true)]
            .map(|(text, numeric)| Head { text: text.into(), numeric });
        let row = |p: &str| vec![Value::text("a b"), Value::text("0.5"), Value::text(p)];
        let table = TableBlock {
            label: "tab-x".into(),
            head: head.to_vec(),
            rows: vec![row("0.01"), row("\u{2013}")],
            ..TableBlock::default()
        };
        let section = Section { blocks: vec![Block::Table(table)], ..Section::default() };
        let mut document = Document { sections: vec![section], ..Document::default() };
        document.bind();
        let table = document.blocks().find_map(Block::table).expect("a table").clone();
        let ids: Vec<&str> = table
            .rows
            .iter()
            .flatten()
            .filter_map(|cell| cell.bound.as_ref().map(|b| b.id.as_str()))
            .collect();
        assert_eq!(ids, ["x.a-b.mean", "x.a-b.raw_p", "x.a-b~2.mean"]);
    }
}
