//! The same drawing in fewer bytes.
//!
//! The backend writes every attribute of every mark. For a page, neighbours
//! that look alike share a group that says it once, lines of one look become
//! one path, and what is the default is left out. Nothing moves, and nothing
//! changes its place in the order of painting. Marks that let others shine
//! through stay marks of their own: as one path they would shine through once.
//! Numbers stay with the marks that show them, see [`super::numbers`].

use std::fmt::Write;

use super::numbers::{Numbers, Shown};
use crate::text::html_text as escape;

/// Attributes that a group hands down to its marks.
const LOOK: [&str; 9] = [
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-opacity",
    "stroke-width",
    "font-family",
    "font-size",
    "font-weight",
    "text-anchor",
];

/// The marks between `<svg ...>` and `</svg>`, shortened. What is not a list
/// of marks as the backend writes them comes back as it is.
pub(super) fn compact(svg: &str, shown: &[Shown], numbers: &Numbers) -> String {
    let Some((head, marks, tail)) = parts(svg) else { return svg.to_string() };
    let Some(units) = parse(marks) else { return svg.to_string() };
    let mut out = String::with_capacity(svg.len() / 2);
    out.push_str(head);
    let items = items(units, shown, &numbers.rows(shown));
    let mut at = 0;
    while at < items.len() {
        at += write_item(&mut out, &items[at..]);
    }
    out.push_str(tail);
    out
}

/// Marks that show one number, or a mark that shows none.
struct Unit<'a> {
    marks: Vec<Mark<'a>>,
    /// Place of the number in the drawing's list.
    shown: Option<usize>,
}

/// What is written, in order.
enum Item<'a> {
    Mark(Mark<'a>),
    /// `<g ...>`.
    Open(String),
    /// `</g>`.
    Close,
}

/// Numbers as attributes of marks, as groups of marks, and neighbours of one
/// row in a group of the row.
fn items<'a>(units: Vec<Unit<'a>>, shown: &[Shown], rows: &[String]) -> Vec<Item<'a>> {
    let row = |unit: &Unit<'a>| rows.get(unit.shown?).cloned();
    let rows: Vec<Option<String>> = units.iter().map(row).collect();
    let mut out = Vec::new();
    let mut grouped = false;
    for (at, unit) in units.into_iter().enumerate() {
        let number = unit.shown.and_then(|place| shown.get(place));
        let (Some(row_id), Some(number)) = (&rows[at], number) else {
            out.extend(unit.marks.into_iter().map(Item::Mark));
            continue;
        };
        let followed = rows.get(at + 1) == Some(&rows[at]);
        if followed && !grouped {
            out.push(Item::Open(format!("<g data-row=\"{row_id}\">")));
            grouped = true;
        }
        let name = if grouped {
            ("data-col", number.column.clone())
        } else {
            ("data-id", format!("{row_id}.{}", number.column))
        };
        said(&mut out, unit.marks, [name, ("data-v", escape(&number.value))]);
        if grouped && !followed {
            out.push(Item::Close);
            grouped = false;
        }
    }
    out
}

/// Marks with the attributes of their number; one mark has them itself.
fn said<'a>(
    out: &mut Vec<Item<'a>>,
    mut marks: Vec<Mark<'a>>,
    attributes_of: [(&'static str, String); 2],
) {
    if let [mark] = marks.as_mut_slice() {
        mark.own.extend(attributes_of);
        return out.extend(marks.into_iter().map(Item::Mark));
    }
    let mut open = String::from("<g");
    attributes(&mut open, attributes_of.iter().map(|(name, value)| (*name, value.as_str())));
    out.push(Item::Open(open + ">"));
    out.extend(marks.into_iter().map(Item::Mark));
    out.push(Item::Close);
}

/// Head with `<svg ...>`, marks, and `</svg>`.
fn parts(svg: &str) -> Option<(&str, &str, &str)> {
    let start = svg.find("<svg ")?;
    let head = start + svg[start..].find('>')? + 1;
    let tail = svg.rfind("</svg>")?;
    Some((svg.get(..head)?, svg.get(head..tail)?, svg.get(tail..)?))
}

/// One mark: what it looks like, and where it is.
struct Mark<'a> {
    name: &'a str,
    /// What a group can say for it.
    look: Vec<(&'static str, String)>,
    /// The rest of its attributes, in order.
    own: Vec<(&'a str, String)>,
    /// The words of a text.
    text: Option<&'a str>,
}

fn parse(source: &str) -> Option<Vec<Unit<'_>>> {
    let mut units: Vec<Unit<'_>> = Vec::new();
    // Whether marks belong to the last unit.
    let mut open = false;
    let mut rest = source.trim_start();
    while !rest.is_empty() {
        let (tag, after) = rest.strip_prefix('<')?.split_once('>')?;
        let (tag, closed) = match tag.strip_suffix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if tag == "/g" && open || name == "g" && !open {
            open = name == "g";
            if open {
                units.push(Unit { marks: Vec::new(), shown: Some(place(attributes)?) });
            } else if units.last().is_some_and(|unit| unit.marks.is_empty()) {
                units.pop();
            }
            rest = after.trim_start();
            continue;
        }
        let (text, after) = if closed {
            (None, after)
        } else {
            let (text, after) = after.split_once("</")?;
            let (end, after) = after.split_once('>')?;
            if end != name || name != "text" {
                return None;
            }
            (Some(text.trim_matches('\n')), after)
        };
        let mark = mark(name, attributes, text)?;
        match units.last_mut().filter(|_| open) {
            Some(unit) => unit.marks.push(mark),
            None => units.push(Unit { marks: vec![mark], shown: None }),
        }
        rest = after.trim_start();
    }
    Some(units)
}

/// The place that a group names.
fn place(attributes: &str) -> Option<usize> {
    attributes.strip_prefix("data-at=\"")?.strip_suffix('"')?.parse().ok()
}

fn mark<'a>(name: &'a str, attributes: &'a str, text: Option<&'a str>) -> Option<Mark<'a>> {
    let mut pairs = Vec::new();
    let mut rest = attributes.trim();
    while !rest.is_empty() {
        let (key, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        pairs.push((key, value));
        rest = after.trim_start();
    }
    let value = |key: &str| pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
    let filled = value("fill").is_some_and(|fill| fill != "none");
    let stroked = value("stroke").is_some_and(|stroke| stroke != "none");
    let mut mark = Mark { name, look: Vec::new(), own: Vec::new(), text };
    for (key, value) in pairs {
        match key {
            "opacity" if value == "1" => {}
            // Of a mark that is filled or has a line, but not both, opacity is
            // that of the fill or the line, which a group can hand down.
            "opacity" if filled && !stroked => mark.look.push(("fill-opacity", value.into())),
            "opacity" if stroked && !filled => mark.look.push(("stroke-opacity", value.into())),
            "stroke" if value == "none" => {}
            "stroke-width" if !stroked => {}
            "font-size" => mark.look.push(("font-size", short(value))),
            "points" => mark.own.push((key, value.trim().into())),
            _ => match LOOK.iter().find(|name| **name == key) {
                Some(name) => mark.look.push((name, value.into())),
                None => mark.own.push((key, value.into())),
            },
        }
    }
    mark.look.sort_unstable();
    Some(mark)
}

/// A size with two digits behind the point at most.
fn short(number: &str) -> String {
    match number.parse::<f64>() {
        Ok(size) if size.is_finite() => ((size * 100.0).round() / 100.0).to_string(),
        _ => number.to_string(),
    }
}

/// Writes the first item, with those behind it that look alike; gives their
/// number.
fn write_item(out: &mut String, items: &[Item<'_>]) -> usize {
    let first = match items.first() {
        Some(Item::Mark(mark)) => mark,
        Some(Item::Open(tag)) => {
            out.push_str(tag);
            return 1;
        }
        _ => {
            out.push_str("</g>\n");
            return 1;
        }
    };
    let alike = |item: &'_ Item<'_>| matches!(item, Item::Mark(mark) if mark.look == first.look);
    let count = items.iter().take_while(|item| alike(item)).count();
    let run: Vec<&Mark<'_>> = items[..count]
        .iter()
        .filter_map(|item| if let Item::Mark(mark) = item { Some(mark) } else { None })
        .collect();
    write_run(out, first, &run);
    count
}

fn write_run(out: &mut String, first: &Mark<'_>, run: &[&Mark<'_>]) {
    let lines = run.iter().all(|mark| is_line(mark));
    if lines && run.len() > 1 && !first.look.iter().any(|(name, _)| *name == "stroke-opacity") {
        out.push_str("<path");
        attributes(out, first.look.iter().map(|(name, value)| (*name, value.as_str())));
        out.push_str(" d=\"");
        for (_, points) in run.iter().flat_map(|mark| &mark.own) {
            out.push('M');
            out.push_str(points);
        }
        out.push_str("\"/>");
    } else if run.len() > 1 {
        out.push_str("<g");
        attributes(out, first.look.iter().map(|(name, value)| (*name, value.as_str())));
        out.push('>');
        for mark in run {
            write_mark(out, mark, false);
        }
        out.push_str("</g>");
    } else {
        write_mark(out, first, true);
    }
    out.push('\n');
}

/// Whether the mark is a line that has nothing but points of its own.
fn is_line(mark: &Mark<'_>) -> bool {
    mark.name == "polyline"
        && mark.own.len() == 1
        && mark.own[0].0 == "points"
        && mark.own[0].1.contains(' ')
}

fn write_mark(out: &mut String, mark: &Mark<'_>, with_look: bool) {
    out.push('<');
    out.push_str(mark.name);
    if with_look {
        attributes(out, mark.look.iter().map(|(name, value)| (*name, value.as_str())));
    }
    attributes(out, mark.own.iter().map(|(name, value)| (*name, value.as_str())));
    match mark.text {
        Some(text) => {
            out.push('>');
            out.push_str(text);
            out.push_str("</text>");
        }
        None => out.push_str("/>"),
    }
}

fn attributes<'a>(out: &mut String, pairs: impl Iterator<Item = (&'a str, &'a str)>) {
    for (name, value) in pairs {
        // Writing to a String cannot fail.
        let _ = write!(out, " {name}=\"{value}\"");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::canvas::{Anchor, draw};
    use crate::figures::theme::{INK, MUTED};
    use proptest::prelude::*;

    #[test]
    fn neighbours_share_what_they_look_like() {
        let svg = draw(|canvas| {
            canvas.line((1, 2), (3, 4), INK, 2);
            canvas.line((5, 6), (7, 8), INK, 2);
            canvas.marker(0, (9, 9), 3, INK, 0.5);
            canvas.marker(1, (9, 9), 3, INK, 0.5);
            canvas.text("a < \"b\"", (1, 1), 20, Anchor::Left, MUTED);
        })
        .svg;
        let short = compact(&svg, &[], &Numbers::default());
        assert!(short.contains(" d=\"M1,2 3,4M5,6 7,8\"/>"), "{short}");
        assert_eq!(short.matches("fill-opacity=\"0.5\"").count(), 1, "{short}");
        assert!(short.contains("<circle") && short.contains("<polygon"), "{short}");
        assert!(short.contains(">a &lt; &quot;b&quot;</text>"), "{short}");
        assert!(short.len() * 4 < svg.len() * 3, "{} of {}", short.len(), svg.len());
    }

    #[test]
    fn what_shines_through_is_not_joined() {
        let svg = draw(|canvas| {
            canvas.faint(vec![(0, 0), (9, 9)], INK, 2, 0.3);
            canvas.faint(vec![(0, 9), (9, 0)], INK, 2, 0.3);
        })
        .svg;
        let short = compact(&svg, &[], &Numbers::default());
        assert!(!short.contains("<path") && short.matches("<polyline").count() == 2, "{short}");
    }

    #[test]
    fn what_is_no_list_of_marks_stays() {
        for svg in ["<svg a=\"b\"><g><rect/></g></svg>", "<svg >words</svg>", "no drawing"] {
            assert_eq!(compact(svg, &[], &Numbers::default()), svg);
        }
    }

    proptest! {
        #[test]
        fn no_word_is_lost(words in prop::collection::vec("[ -~\u{e9}]{1,8}", 0..6)) {
            let svg = draw(|canvas| {
                for (at, word) in words.iter().enumerate() {
                    canvas.text(word, (9, 9 * at as i32), 20, Anchor::Left, INK);
                }
            })
            .svg;
            let texts = |svg: &str| -> Vec<String> {
                let parts = svg.split("<text").skip(1);
                let text = parts.filter_map(|part| part.split_once('>')?.1.split_once("</text>"));
                text.map(|(text, _)| text.trim_matches('\n').to_string()).collect()
            };
            prop_assert_eq!(texts(&compact(&svg, &[], &Numbers::default())), texts(&svg));
        }
    }
}
