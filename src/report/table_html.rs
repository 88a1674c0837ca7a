//! A table as HTML: each cell's number carries little, row and column the rest.
//!
//! A cell's id is its row's (`data-row`) and its column's (`data-col`) joined by
//! a dot. What most cells of a column share (the method) stands at the column's
//! head, what most cells of a row share (inputs, n, seed) at the row; a cell
//! that differs says so itself. `data-v` marks a bound cell and holds the value
//! at full precision where that is not what is shown.

use std::collections::BTreeMap;

use super::bound::Bound;
use super::document::{TableBlock, Value};
use super::escape::{attribute, escape};
pub(super) use crate::text::split_id as split;

/// `<thead>` and `<tbody>` of a table.
pub(super) fn table_html(table: &TableBlock) -> String {
    let columns: Vec<Column> =
        (0..table.grid.columns.len()).map(|at| Column::of(table, at)).collect();
    let mut html = String::from("<thead>");
    html += &groups(table);
    html += "<tr>";
    for (head, column) in table.grid.columns.iter().zip(&columns) {
        html += "<th scope=\"col\"";
        if head.kind.is_numeric() {
            html += " class=\"n\"";
        }
        attribute(&mut html, "data-col", &column.name);
        attribute(&mut html, "data-how", &column.how);
        html += ">";
        html += &escape(&head.title);
        html += "</th>";
    }
    html += "</tr></thead>\n<tbody>\n";
    for cells in &table.grid.rows {
        let row = Row::of(cells);
        html += "<tr";
        attribute(&mut html, "data-row", row.id);
        attribute(&mut html, "data-of", row.of);
        attribute(&mut html, "data-n", row.n);
        if let Some(seed) = row.seed {
            attribute(&mut html, "data-seed", &seed.to_string());
        }
        html += ">";
        for (at, cell) in cells.iter().enumerate() {
            let numeric = table.grid.columns.get(at).is_some_and(|head| head.kind.is_numeric());
            cell_html(&mut html, cell, numeric, &row, columns.get(at));
        }
        html += "</tr>\n";
    }
    html += "</tbody>";
    html
}

/// A row of heads above the heads, where they stand in groups.
fn groups(table: &TableBlock) -> String {
    if table.grid.columns.iter().all(|head| head.over.is_empty()) {
        return String::new();
    }
    let mut html = String::from("<tr class=\"over\">");
    for group in table.grid.columns.chunk_by(|a, b| a.over == b.over) {
        match group[0].over.as_str() {
            "" => html += &"<td></td>".repeat(group.len()),
            over => {
                html += &format!(
                    "<th scope=\"colgroup\" colspan=\"{}\">{}</th>",
                    group.len(),
                    escape(over)
                );
            }
        }
    }
    html + "</tr>"
}

fn cell_html(
    html: &mut String,
    cell: &Value,
    numeric: bool,
    row: &Row<'_>,
    column: Option<&Column>,
) {
    *html += "<td";
    let class = [if numeric { "n" } else { "" }, cell.tone.class()];
    attribute(html, "class", class.join(" ").trim());
    let shared = column.map_or("", |column| column.how.as_str());
    if let Some(bound) = &cell.bound {
        let (prefix, name) = split(&bound.id);
        if prefix != row.id || column.is_none_or(|column| column.name != name) {
            attribute(html, "data-id", &bound.id);
        }
        *html += " data-v";
        if bound.value != bound.shown {
            *html += &format!("=\"{}\"", escape(&bound.value));
        }
        let how = how(bound, cell);
        if how != shared {
            *html += &format!(" data-how=\"{}\"", escape(&how));
        }
        if *bound.of != *row.of {
            *html += &format!(" data-of=\"{}\"", escape(&bound.of));
        }
        if *bound.n != *row.n {
            *html += &format!(" data-n=\"{}\"", escape(&bound.n));
        }
        if bound.seed != row.seed {
            let seed = bound.seed.map_or(String::new(), |seed| seed.to_string());
            *html += &format!(" data-seed=\"{seed}\"");
        }
    } else {
        attribute(html, "data-how", &cell.title);
    }
    *html += ">";
    if cell.best {
        *html += "<strong>";
    }
    if cell.link.is_empty() {
        *html += &escape(&cell.text);
    } else {
        *html += &format!("<a href=\"#{}\">{}</a>", escape(&cell.link), escape(&cell.text));
    }
    *html += if cell.best { "</strong>" } else { "" };
    if !cell.mark.is_empty() {
        *html += &format!("<sup class=\"mark\">{}</sup>", escape(&cell.mark));
    }
    *html += "</td>";
}

/// Method and note of a cell.
fn how(bound: &Bound, cell: &Value) -> String {
    match (bound.how.as_str(), cell.title.as_str()) {
        (how, "") => how.into(),
        ("", title) => title.into(),
        (how, title) => format!("{how}; {title}"),
    }
}

struct Column {
    name: String,
    how: String,
}

impl Column {
    fn of(table: &TableBlock, at: usize) -> Self {
        let cells = || table.grid.rows.iter().filter_map(move |row| row.get(at));
        let bound = || cells().filter_map(|cell| Some((cell.bound.as_deref()?, cell)));
        Self {
            name: most_common(bound().map(|(bound, _)| split(&bound.id).1.to_string())),
            how: most_common(bound().map(|(bound, cell)| how(bound, cell))),
        }
    }
}

struct Row<'a> {
    id: &'a str,
    of: &'a str,
    n: &'a str,
    seed: Option<u64>,
}

impl<'a> Row<'a> {
    fn of(cells: &'a [Value]) -> Self {
        let bound = || cells.iter().filter_map(|cell| cell.bound.as_deref());
        Self {
            id: most_common(bound().map(|bound| split(&bound.id).0)),
            of: most_common(bound().map(|bound| &*bound.of)),
            n: most_common(bound().map(|bound| &*bound.n)),
            seed: most_common(bound().map(|bound| bound.seed)),
        }
    }
}

/// The most common item, the smallest of equally common ones.
fn most_common<T: Ord + Default>(items: impl Iterator<Item = T>) -> T {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    counts.into_iter().find(|(_, count)| *count == most).map(|(item, _)| item).unwrap_or_default()
}
