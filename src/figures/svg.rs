//! A finished figure.

use super::canvas::Drawing;
use super::compact::compact;
use super::numbers::{Numbers, Shown, without_groups};
use super::theme;
use crate::text::html_text as escape;

/// One panel of a figure, as SVG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    svg: String,
    shown: Vec<Shown>,
    /// What the figure shows, with its numbers, for those who cannot see it.
    pub alt: String,
}

impl Figure {
    pub(super) fn new(drawing: Drawing, alt: String) -> Self {
        Self { svg: drawing.svg, shown: drawing.shown, alt }
    }

    /// For a page: colours follow the page's variables, size its column, marks
    /// carry the numbers that they show. `id` must be unique in the page.
    pub fn inline(&self, id: &str, numbers: &Numbers) -> String {
        let mut svg = compact(&self.svg, &self.shown, numbers);
        for (color, name) in theme::names() {
            let hex = format!("#{:02X}{:02X}{:02X}", color.0, color.1, color.2);
            svg = svg.replace(&format!("\"{hex}\""), &format!("\"var({name},{hex})\""));
        }
        let title = format!(
            "{} role=\"img\" aria-labelledby=\"{id}-alt\"><title id=\"{id}-alt\">{}</title>",
            if self.shown.is_empty() { String::new() } else { numbers.attributes() },
            escape(&self.alt)
        );
        let svg = unsized_svg(&svg);
        // A page gives wide figures the whole column.
        let svg =
            if is_wide(&svg) { replace_first(&svg, "<svg ", "<svg class=\"wide\" ") } else { svg };
        replace_first(&svg, ">", &title)
    }

    /// For a file: fixed colours on paper.
    pub fn standalone(&self) -> String {
        let paper = theme::PAPER;
        let extra = format!(
            "><title>{}</title><rect width=\"100%\" height=\"100%\" fill=\"#{:02X}{:02X}{:02X}\"/>",
            escape(&self.alt),
            paper.0,
            paper.1,
            paper.2
        );
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        format!("{head}{}", replace_first(&without_groups(&self.svg), ">", &extra))
    }
}

/// The full stop that a text still needs at its end: `n.s.` needs none.
pub(super) fn full_stop(text: &str) -> &'static str {
    if text.ends_with('.') { "" } else { "." }
}

fn is_wide(svg: &str) -> bool {
    let view = svg.split_once("viewBox=\"0 0 ").and_then(|(_, rest)| rest.split_once(' '));
    view.and_then(|(width, _)| width.parse::<i32>().ok()).is_some_and(|width| width > theme::WIDTH)
}

/// Without `width` and `height` an SVG fills its column.
fn unsized_svg(svg: &str) -> String {
    let Some((from, to)) = svg.find("width=\"").zip(svg.find("viewBox=")) else {
        return svg.to_string();
    };
    format!("{}{}", &svg[..from], svg.get(to..).unwrap_or_default())
}

fn replace_first(text: &str, from: &str, to: &str) -> String {
    text.replacen(from, to, 1)
}
