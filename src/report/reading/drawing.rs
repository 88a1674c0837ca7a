//! The numbers of a drawing.

use std::rc::Rc;

use super::facts::Shown;
use super::tokens::{Token, attribute, tokens, unescape};

/// Every number that marks and words of a drawing show, in its order: a text
/// is that of the words, empty for marks alone. `place` is where it stands.
pub(in crate::report) fn drawn_numbers(svg: &str, place: &str) -> Vec<Shown> {
    let mut out = Vec::new();
    // Groups that are open, with the row that each is in and the number in
    // `out` that it shows.
    let mut open: Vec<(Option<Rc<str>>, Option<usize>)> = Vec::new();
    for token in tokens(svg) {
        match token {
            Token::Open { attributes, .. } => {
                let text = |name| attribute(attributes, name);
                let (row, within) = open.last().cloned().unwrap_or_default();
                let id = text("data-id").or_else(|| {
                    let row = row.as_deref().unwrap_or_default();
                    Some(format!("{row}.{}", text("data-col")?))
                });
                let shown = id.zip(text("data-v")).map(|(id, value)| {
                    let place = place.to_string();
                    out.push(Shown { id, value, place, ..Shown::default() });
                    out.len() - 1
                });
                if !attributes.ends_with('/') {
                    let row = text("data-row").map(Rc::from).or(row);
                    open.push((row, shown.or(within)));
                }
            }
            Token::Close { .. } => {
                open.pop();
            }
            Token::Text(text) => {
                let shown = open.last().and_then(|(_, shown)| *shown);
                if let Some(shown) = shown.and_then(|at| out.get_mut(at)) {
                    shown.text.push_str(unescape(text).trim_matches('\n'));
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_marks_groups_and_rows() {
        let svg = "<svg tabindex=\"0\" data-n=\"5\"><title>t</title>\n<path d=\"\"/>\
                   <circle data-id=\"a.mean\" data-v=\"0.5\"/>\n<g data-row=\"b.c\">\
                   <g fill=\"x\"><rect data-col=\"x\" data-v=\"1 2\"/></g>\
                   <g data-col=\"y\" data-v=\"3\"><line/><text x=\"1\">3 &lt; 4</text></g></g>\
                   <text>0.7</text></svg>";
        let found = drawn_numbers(svg, "fig-a");
        let told: Vec<[&str; 3]> =
            found.iter().map(|n| [n.id.as_str(), &n.value, &n.text]).collect();
        assert_eq!(told, [["a.mean", "0.5", ""], ["b.c.x", "1 2", ""], ["b.c.y", "3", "3 < 4"]]);
        assert_eq!(found[0].place, "fig-a");
    }
}
