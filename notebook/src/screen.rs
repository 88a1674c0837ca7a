//! Figures on a screen: as wide as a cell, light and dark.

/// Pixels that a figure is wide at most: a cell of JupyterLab has some 850, and
/// a figure is drawn at about one and a half times this.
const WIDE: f64 = 640.0;

/// Colours of Transfolio's figures, and what they are in the dark.
const DARK: [(&str, &str); 12] = [
    ("#222224", "#E9E9EC"),
    ("#6B6B70", "#A8A8AE"),
    ("#DCDCE0", "#3B3B41"),
    ("#FEFEFF", "#17181B"),
    ("#0072B2", "#4BA3DB"),
    ("#D55E00", "#EE7F33"),
    ("#009E73", "#2BBE93"),
    ("#CC79A7", "#DB97BD"),
    ("#E69F00", "#EDB336"),
    ("#56B4E9", "#7CC6F0"),
    ("#8A6F3C", "#BFA166"),
    ("#7A7A80", "#A6A6AD"),
];

/// An SVG as a notebook shows it: without a declaration, no wider than a cell,
/// and, where it is one of Transfolio's, in the colours of a dark screen on one.
pub(crate) fn shown(svg: &str) -> String {
    let svg = svg.find("<svg").map_or(svg, |at| &svg[at..]);
    let Some(end) = svg.find('>') else { return svg.to_owned() };
    let (head, body) = svg.split_at(end);
    let head = fitted(head);
    let own = body.contains("<rect width=\"100%\" height=\"100%\" fill=\"#FEFEFF\"/>");
    if !own {
        return head + body;
    }
    // The style stands behind the title, which must come first.
    let at = body.find("</title>").map_or(1, |at| at + "</title>".len());
    format!("{head}{}{}{}", &body[..at], style(), &body[at..])
}

/// An SVG with a title above its drawing; without a `viewBox` it stays as it is.
pub(crate) fn titled(svg: &str, title: &str) -> String {
    /// Height of the line.
    const LINE: f64 = 30.0;
    let from = svg.find("<svg").unwrap_or(0);
    let view = svg.get(from..).and_then(|svg| svg.find('>').map(|end| &svg[..end]));
    let numbers: Vec<f64> = view
        .and_then(|head| attribute(head, "viewBox"))
        .map(|text| text.split_whitespace().filter_map(|part| part.parse().ok()).collect())
        .unwrap_or_default();
    let (Some(head), [x, y, width, height]) = (view, numbers.as_slice()) else {
        return svg.to_owned();
    };
    if title.is_empty() {
        return svg.to_owned();
    }
    let mut grown = head.to_owned();
    let tall = height + LINE;
    grown = set(&grown, "viewBox", &format!("{x} {} {width} {tall}", y - LINE));
    if let Some(old) = attribute(head, "height").and_then(|text| text.parse::<f64>().ok()) {
        grown = set(&grown, "height", &(old * tall / height).round().to_string());
    }
    let end = from + head.len();
    // What the SVG begins with may be its title, which must stay first.
    let body = &svg[end..];
    let at = body.find("</title>").map_or(1, |at| at + "</title>".len());
    let top = y - LINE;
    format!(
        "{}{grown}{}<rect x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"{LINE}\" fill=\"#FEFEFF\"/>\
         <text x=\"{}\" y=\"{}\" font-family=\"sans-serif\" font-size=\"16\" font-weight=\"600\" \
         fill=\"#222224\">{}</text>{}",
        &svg[..from],
        &body[..at],
        x + 12.0,
        y - 8.0,
        crate::html::escape(title),
        &body[at..]
    )
}

fn style() -> String {
    let mut style = String::from("<style>@media(prefers-color-scheme:dark){");
    for (light, dark) in DARK {
        style += &format!("[fill=\"{light}\"]{{fill:{dark}}}[stroke=\"{light}\"]{{stroke:{dark}}}");
    }
    style + "}</style>"
}

/// The opening tag with a size that fits.
fn fitted(head: &str) -> String {
    let number = |name: &str| attribute(head, name)?.trim_end_matches("px").parse::<f64>().ok();
    let (Some(width), Some(height)) = (number("width"), number("height")) else {
        return head.to_owned();
    };
    let mut out = head.to_owned();
    if attribute(head, "viewBox").is_none() {
        out += &format!(" viewBox=\"0 0 {width} {height}\"");
    }
    if width > WIDE {
        let tall = (height * WIDE / width).round();
        out = set(&out, "width", &WIDE.to_string());
        out = set(&out, "height", &tall.to_string());
    }
    out + " style=\"max-width:100%;height:auto\""
}

fn attribute<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let from = head.find(&format!(" {name}=\""))? + name.len() + 3;
    let length = head[from..].find('"')?;
    Some(&head[from..from + length])
}

fn set(head: &str, name: &str, value: &str) -> String {
    match attribute(head, name) {
        Some(old) => {
            head.replacen(&format!(" {name}=\"{old}\""), &format!(" {name}=\"{value}\""), 1)
        }
        None => head.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_figures_fit_and_small_ones_keep_their_size() {
        let wide = shown(
            "<?xml version=\"1.0\"?>\n<svg xmlns=\"x\" width=\"960\" height=\"660\" viewBox=\"0 0 960 660\"><g/></svg>",
        );
        assert!(
            wide.starts_with(
                "<svg xmlns=\"x\" width=\"640\" height=\"440\" viewBox=\"0 0 960 660\""
            ),
            "{wide}"
        );
        let small = shown("<svg width=\"90px\" height=\"9px\"><g/></svg>");
        assert!(
            small.contains("width=\"90px\"") && small.contains("viewBox=\"0 0 90 9\""),
            "{small}"
        );
        assert_eq!(
            shown("<svg viewBox=\"0 0 1 1\"><g/></svg>"),
            "<svg viewBox=\"0 0 1 1\"><g/></svg>"
        );
        assert_eq!(shown("<svg"), "<svg");
    }

    #[test]
    fn a_title_stands_above_the_drawing() {
        let svg = "<?xml?>\n<svg width=\"100\" height=\"60\" viewBox=\"0 0 100 60\"><title>a</title><g/></svg>";
        let with = titled(svg, "A & B");
        assert!(with.contains("height=\"90\" viewBox=\"0 -30 100 90\"><title>a</title>"), "{with}");
        assert!(with.contains(">A &amp; B</text><g/>"), "{with}");
        assert_eq!(titled(svg, ""), svg);
        assert_eq!(titled("<svg><g/></svg>", "A"), "<svg><g/></svg>");
    }

    #[test]
    fn only_own_figures_change_in_the_dark() {
        let paper = "<svg width=\"9\" height=\"9\"><title>t</title><rect width=\"100%\" height=\"100%\" fill=\"#FEFEFF\"/></svg>";
        let dark = shown(paper);
        assert!(
            dark.contains("</title><style>@media") && dark.contains("[fill=\"#FEFEFF\"]"),
            "{dark}"
        );
        assert!(!shown("<svg><rect fill=\"#222224\"/></svg>").contains("style"));
    }
}
