//! Origins for numbers whose author gave none: of a cell in a numeric column,
//! its row and column.

use std::collections::BTreeSet;

use super::bound::{Bound, sentence_slug, slug};
use super::document::{Block, Document, TableBlock, Value};
use super::table_html::split;

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

/// Which columns hold numbers, and the names of all.
struct Heads {
    numeric: Vec<bool>,
    names: Vec<String>,
}

fn bind_table(table: &mut TableBlock) {
    let heads = Heads {
        numeric: table.head.iter().map(|head| head.numeric).collect(),
        names: table.head.iter().map(|head| column(&head.text)).collect(),
    };
    let label = table.label.strip_prefix("tab-").unwrap_or(&table.label).to_string();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for cells in &mut table.rows {
        bind_row(&label, cells, &heads);
        tell_apart(cells, &mut seen);
    }
}

fn bind_row(label: &str, cells: &mut [Value], heads: &Heads) {
    let given = cells.iter().find_map(|cell| cell.bound.as_deref()).cloned();
    let row = given
        .as_ref()
        .map_or_else(|| row_of(label, cells, heads), |bound| split(&bound.id).0.to_string());
    let given = given.unwrap_or_default();
    for (at, cell) in cells.iter_mut().enumerate() {
        let numeric = heads.numeric.get(at) == Some(&true);
        if cell.bound.is_some() || !numeric || !is_number(&cell.text) {
            continue;
        }
        let name = heads.names.get(at).map_or("", String::as_str);
        cell.bound = Some(Box::new(Bound {
            id: format!("{row}.{name}"),
            shown: cell.text.clone(),
            value: cell.text.clone(),
            of: given.of.clone(),
            n: given.n.clone(),
            ..Bound::default()
        }));
    }
}

/// Gives the ids of a row a suffix where one of them is taken already.
fn tell_apart(cells: &mut [Value], seen: &mut BTreeSet<String>) {
    let mut ids: Vec<&mut String> =
        cells.iter_mut().filter_map(|cell| cell.bound.as_mut()).map(|b| &mut b.id).collect();
    let with = |id: &str, times: usize| match times {
        1 => id.to_string(),
        _ => format!("{}~{times}.{}", split(id).0, split(id).1),
    };
    let taken = |times: usize| ids.iter().any(|id| seen.contains(&with(id, times)));
    let mut times = 1;
    while taken(times) {
        times += 1;
    }
    for id in &mut ids {
        **id = with(id, times);
        seen.insert((*id).clone());
    }
}

/// The row named by what stands before its first number (label fractions are
/// names too); where nothing does, by its texts.
fn row_of(label: &str, cells: &[Value], table: &Heads) -> String {
    let before =
        table.numeric.iter().zip(&table.names).take_while(|(n, name)| !**n || *name == "labels");
    let lead = before.count();
    let texts = cells.iter().zip(&table.numeric).enumerate();
    let named = texts.filter(|(at, (_, numeric))| if lead > 0 { *at < lead } else { !**numeric });
    let names = named.map(|(_, (cell, _))| sentence_slug(&cell.text)).filter(|name| name != "-");
    let mut parts = vec![label.to_string()];
    parts.extend(names.take(6));
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
        let head = [("Task", false), ("Mean", true), ("Raw p", true)].map(|(text, numeric)| Head {
            text: text.into(),
            numeric,
            ..Head::default()
        });
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
