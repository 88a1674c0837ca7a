//! Every number of a table gets an id: of a row whose author named none, it is made
//! of the label and the cells that tell rows apart.

use std::collections::BTreeSet;

use super::bound::{Bound, Origin, sentence_slug};
use super::document::{Block, Document, TableBlock};
use super::table_html::split;
use crate::text::{Column, Value};

/// So many names are enough to name a row.
const MOST_NAMES: usize = 6;

impl Document {
    /// Gives the numbers of tables that have no id yet one, and tells rows apart that
    /// have the same names.
    pub(super) fn bind(&mut self) {
        self.each_block(|block| {
            if let Block::Table(table) = block {
                bind_table(table);
            }
        });
    }
}

fn bind_table(table: &mut TableBlock) {
    let label = table.label.strip_prefix("tab-").unwrap_or(&table.label);
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for cells in &mut table.grid.rows {
        if bounds(cells).any(|bound| bound.id.is_empty()) {
            row_of(label, &table.grid.columns, cells).own(&table.grid.columns, cells);
        }
        tell_apart(cells, &mut seen);
    }
}

fn bounds(cells: &mut [Value]) -> impl Iterator<Item = &mut Bound> {
    cells.iter_mut().filter_map(|cell| cell.bound.as_deref_mut())
}

/// The row of numbers that have an id already; else one named by the table.
fn row_of(label: &str, columns: &[Column], cells: &[Value]) -> Origin {
    let mut bounds = cells.iter().filter_map(|cell| cell.bound.as_deref());
    if let Some(given) = bounds.find(|bound| !bound.id.is_empty()) {
        return Origin::named(split(&given.id).0.into()).of(&given.of).n(&given.n);
    }
    let named = columns.iter().zip(cells).filter(|(column, _)| column.is_name());
    let names = named.map(|(_, cell)| sentence_slug(&cell.text)).filter(|name| name != "-");
    let names = std::iter::once(label.to_string()).chain(names.take(MOST_NAMES));
    Origin::named(names.collect::<Vec<String>>().join("."))
}

/// Gives the ids of a row a suffix where one of them is taken already.
fn tell_apart(cells: &mut [Value], seen: &mut BTreeSet<String>) {
    let with = |id: &str, times: usize| match times {
        1 => id.to_string(),
        _ => format!("{}~{times}.{}", split(id).0, split(id).1),
    };
    let ids: Vec<String> = bounds(cells).map(|bound| bound.id.clone()).collect();
    let taken = |times: &usize| ids.iter().any(|id| seen.contains(&with(id, *times)));
    let times = (1..=seen.len() + 1).find(|times| !taken(times)).unwrap_or(1);
    for bound in bounds(cells) {
        bound.id = with(&bound.id, times);
        seen.insert(bound.id.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::Section;
    use crate::text::{Kind, Table};

    fn ids(table: TableBlock) -> Vec<String> {
        let section = Section { blocks: vec![Block::Table(table)], ..Section::default() };
        let mut document = Document { sections: vec![section], ..Document::default() };
        document.bind();
        let table = document.blocks().find_map(Block::table).expect("a table").clone();
        let cells = table.grid.rows.into_iter().flatten();
        cells.filter_map(|cell| Some(cell.bound?.id)).collect()
    }

    #[test]
    fn every_number_of_a_table_gets_an_id_of_its_own() {
        let columns = [
            Column::name("Task"),
            Column::titled(Kind::Number, "Mean"),
            Column::titled(Kind::P, "Raw p"),
        ];
        let row = |p: Value| vec![Value::text("a b"), Value::number(0.5, "0.50", "mean"), p];
        let mut grid = Table::new(columns);
        grid.rows = vec![row(Value::shown("0.01")), row(Value::none())];
        let ids = ids(TableBlock::new("tab-x", "", grid));
        assert_eq!(ids, ["x.a-b.mean", "x.a-b.raw_p", "x.a-b~2.mean"]);
    }

    #[test]
    fn numbers_beside_a_named_one_are_of_its_row() {
        let mut grid = Table::new([Column::labels(), Column::titled(Kind::Number, "Mean")]);
        let mean = Origin::new(&["cells", "t"]).n("5 seeds").bind("mean", 0.5, "0.50", "mean");
        grid.rows = vec![vec![Value::share(Some(0.1)), Value::bound(mean)]];
        let ids = ids(TableBlock::new("tab-x", "", grid));
        assert_eq!(ids, ["cells.t.labels", "cells.t.mean"]);
    }
}
