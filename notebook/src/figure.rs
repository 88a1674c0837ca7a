//! A finished figure.

use std::fmt::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::connection::Connection;
use crate::display::{Bundle, Rich};
use crate::error::{Error, Kind, Result};
use crate::html;
use crate::screen;

/// A figure of one or more panels, as SVG, with a PNG for viewers that show no
/// SVG; a panel whose SVG is larger than 256 KiB is shown as PNG alone.
#[derive(Clone)]
pub struct Figure {
    name: Arc<str>,
    caption: Arc<str>,
    panels: Arc<[Panel]>,
}

#[derive(Clone, Default)]
struct Panel {
    title: String,
    svg: String,
    /// Shown in the place of the SVG.
    png: Option<String>,
    /// Goes beside the SVG, for viewers that show none.
    fallback: Option<String>,
    alt: String,
    note: Option<String>,
}

impl Figure {
    pub(crate) fn of_json(json: &Json) -> Result<Self> {
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let panels: Vec<Panel> = json["panels"]
            .as_array()
            .ok_or_else(|| Error::new(Kind::Worker, "the worker sent a figure without panels"))?
            .iter()
            .map(|panel| Panel {
                title: text(&panel["title"]),
                svg: text(&panel["svg"]),
                png: panel["png"].as_str().map(str::to_owned),
                fallback: panel["fallback"].as_str().map(str::to_owned),
                alt: text(&panel["alt"]),
                note: panel["note"].as_str().map(str::to_owned),
            })
            .collect();
        Ok(Self {
            name: text(&json["name"]).into(),
            caption: text(&json["caption"]).into(),
            panels: panels.into(),
        })
    }

    fn with_panels(&self, panels: Vec<Panel>) -> Self {
        Self { panels: panels.into(), ..self.clone() }
    }

    /// Number of panels: one per task and model.
    pub fn panels(&self) -> usize {
        self.panels.len()
    }

    /// One panel alone, by its place or title.
    pub fn panel(&self, index: usize) -> Result<Self> {
        let panel = self.panels.get(index).ok_or_else(|| {
            let titles: Vec<&str> = self.panels.iter().map(|p| p.title.as_str()).collect();
            Error::request(format!("there is no panel {index}"))
                .hint(format!("the panels are, from 0: {}", titles.join("; ")))
        })?;
        Ok(self.with_panels(vec![panel.clone()]))
    }

    /// The panels whose titles hold these words, in any case:
    /// `figure.only("chest")?`.
    pub fn only(&self, words: &str) -> Result<Self> {
        let wanted = words.to_lowercase();
        let fits = |panel: &&Panel| panel.title.to_lowercase().contains(&wanted);
        let panels: Vec<Panel> = self.panels.iter().filter(fits).cloned().collect();
        if panels.is_empty() {
            let titles: Vec<&str> = self.panels.iter().map(|p| p.title.as_str()).collect();
            return Err(Error::request(format!("no panel has {words:?} in its title"))
                .hint(format!("the titles are {}", titles.join("; "))));
        }
        Ok(self.with_panels(panels))
    }

    /// What its marks are, in words; empty for a figure of one's own.
    pub fn caption(&self) -> &str {
        &self.caption
    }

    /// Without the caption below it.
    #[must_use]
    pub fn without_caption(&self) -> Self {
        Self { caption: "".into(), ..self.clone() }
    }

    /// What the figure shows, in words and numbers.
    pub fn alt(&self) -> String {
        let text = |panel: &Panel| match panel.title.as_str() {
            "" => panel.alt.clone(),
            title => format!("{title}: {}", panel.alt),
        };
        self.panels.iter().map(text).collect::<Vec<_>>().join("\n")
    }

    /// The SVG of the first panel.
    pub fn svg(&self) -> &str {
        self.panels.first().map_or("", |panel| panel.svg.as_str())
    }

    /// A figure of an SVG that something else has drawn.
    pub fn from_svg(svg: impl Into<String>) -> Result<Self> {
        let svg = svg.into();
        if !svg.contains("<svg") || !svg.contains("</svg>") {
            return Err(Error::request("this text is no SVG: it has no <svg> … </svg>")
                .hint("for other content use Html or Image"));
        }
        let panel = Panel { svg, ..Panel::default() };
        Ok(Self { name: "svg".into(), caption: "".into(), panels: vec![panel].into() })
    }

    /// With a text for those who cannot see it.
    #[must_use]
    pub fn with_alt(&self, alt: &str) -> Self {
        let mut panels = self.panels.to_vec();
        panels.iter_mut().for_each(|panel| panel.alt = alt.to_owned());
        self.with_panels(panels)
    }

    /// Writes the figure as SVG or PNG, by the end of the name; several panels go
    /// to `NAME-1.svg`, `NAME-2.svg`.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let kind = path.extension().and_then(|ext| ext.to_str()).unwrap_or_default();
        if kind != "svg" && kind != "png" {
            return Err(Error::request(format!("cannot save a figure as {}", path.display()))
                .hint("use a name that ends in .svg or .png"));
        }
        for (index, panel) in self.panels.iter().enumerate() {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let file = if self.panels.len() == 1 {
                path.to_path_buf()
            } else {
                path.with_file_name(format!("{stem}-{}.{kind}", index + 1))
            };
            let bytes =
                if kind == "svg" { panel.svg.clone().into_bytes() } else { png(&panel.svg)? };
            std::fs::write(&file, bytes).map_err(|error| Error::file("write", &file, &error))?;
        }
        Ok(self.clone())
    }

    /// Shown by the kernel when a figure is the last expression of a cell.
    pub fn evcxr_display(&self) {
        crate::display::result(self);
    }
}

impl Figure {
    /// A panel in words.
    fn words(&self, panel: &Panel) -> String {
        let title = match panel.title.as_str() {
            "" => String::new(),
            title => format!(" ({title})"),
        };
        format!("figure: {}{title}\n{}", self.name, panel.alt)
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let panels = match self.panels.len() {
            1 => String::new(),
            n => format!(" ({n} panels)"),
        };
        write!(f, "figure: {}{panels}\n{}", self.name, self.alt())?;
        if !self.caption.is_empty() {
            write!(f, "\n{}", self.caption)?;
        }
        for note in self.panels.iter().filter_map(|panel| panel.note.as_ref()) {
            write!(f, "\nnote: {note}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if crate::display::is_last(f) {
            self.evcxr_display();
            return Ok(());
        }
        fmt::Display::fmt(self, f)
    }
}

/// An SVG as PNG, two pixels to a unit; the program draws it.
fn png(svg: &str) -> Result<Vec<u8>> {
    let request = serde_json::json!({ "svg": svg, "scale": 2.0 });
    let drawn = Connection::open()?.call("picture", request)?;
    decoded(drawn["png"].as_str().unwrap_or_default())
        .ok_or_else(|| Error::new(Kind::Worker, "the worker sent a picture that is no base64"))
}

/// Bytes of base64.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for c in text.bytes().take_while(|c| *c != b'=') {
        bits = (bits << 6) | u32::from(digit(c)?);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

impl Rich for Figure {
    fn plain(&self) -> String {
        self.to_string()
    }

    fn html(&self) -> String {
        let mut out = String::new();
        for panel in self.panels.iter() {
            let image = match &panel.png {
                Some(png) => format!(
                    "<img alt=\"{}\" style=\"max-width:100%\" src=\"data:image/png;base64,{png}\">",
                    html::escape(&panel.alt)
                ),
                None => screen::shown(&panel.svg),
            };
            let note = panel.note.as_ref().map_or_else(String::new, |note| {
                format!("<p style=\"font-size:85%\">Note: {}</p>", html::escape(note))
            });
            let _ = write!(
                out,
                "<figure class=\"transfolio\" style=\"margin:0;max-width:48em\">\
                 <figcaption>{}</figcaption>{image}{note}</figure>",
                html::escape(&panel.title)
            );
        }
        out
    }

    /// A picture for each panel, so that every viewer of notebooks shows it, and
    /// what is said of it below.
    fn outputs(&self) -> Vec<Bundle> {
        let mut outputs = Vec::new();
        for panel in self.panels.iter() {
            let mut bundle = Vec::new();
            let title = if self.panels.len() > 1 { panel.title.as_str() } else { "" };
            match &panel.png {
                Some(png) => bundle.push(("image/png", png.clone())),
                None => {
                    bundle
                        .push(("image/svg+xml", screen::shown(&screen::titled(&panel.svg, title))));
                    bundle.extend(panel.fallback.clone().map(|png| ("image/png", png)));
                }
            }
            bundle.push(("text/plain", self.words(panel)));
            outputs.push(bundle);
        }
        let notes = self.panels.iter().filter_map(|panel| panel.note.as_ref());
        let notes: Vec<String> = notes.map(|note| format!("Note: {note}")).collect();
        let caption = (!self.caption.is_empty()).then(|| self.caption.to_string());
        for said in caption.into_iter().chain(notes) {
            let html = format!(
                "<p class=\"transfolio caption\" style=\"font-size:87%;opacity:.8;max-width:48em\">{}</p>",
                html::escape(&said)
            );
            outputs.push(vec![("text/html", html), ("text/plain", said)]);
        }
        outputs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(more: &str) -> Figure {
        let json = format!(
            "{{\"name\":\"f\",\"panels\":[{{\"title\":\"t\",\"svg\":\"<svg></svg>\",\"alt\":\"a\"{more}}}]}}"
        );
        Figure::of_json(&serde_json::from_str(&json).expect("JSON")).expect("a figure")
    }

    #[test]
    fn base64_is_bytes_and_what_is_none_is_refused() {
        assert_eq!(decoded("aGk="), Some(b"hi".to_vec()));
        assert_eq!(decoded("/+8A"), Some(vec![0xff, 0xef, 0]));
        assert_eq!(decoded(""), Some(Vec::new()));
        assert_eq!(decoded("a!"), None);
        assert!(Figure::from_svg("no").is_err());
        let own = Figure::from_svg("<svg></svg>").expect("a figure").with_alt("words");
        assert!(own.plain().contains("words") && own.save("x.pdf").is_err());
    }

    #[test]
    fn panels_are_chosen_by_their_titles_and_the_caption_stands_below_all() {
        let panel = |title: &str| {
            serde_json::json!({
                "title": title, "alt": "",
                "svg": "<svg width=\"90\" height=\"40\" viewBox=\"0 0 90 40\"><g/></svg>",
            })
        };
        let json = serde_json::json!({
            "name": "f", "caption": "Bars are <means>.", "panels": [panel("Chest"), panel("Hand")],
        });
        let figure = Figure::of_json(&json).expect("a figure");
        let outputs = figure.outputs();
        assert_eq!(outputs.len(), 3);
        assert!(outputs[0][0].1.contains(">Chest</text>"), "{}", outputs[0][0].1);
        assert!(outputs[2][0].1.contains("Bars are &lt;means&gt;."), "{}", outputs[2][0].1);
        let hand = figure.only("hand").expect("one").without_caption();
        assert_eq!((hand.panels(), hand.outputs().len()), (1, 1));
        assert!(!hand.outputs()[0][0].1.contains("</text>"));
        let error = figure.only("foot").expect_err("none").to_string();
        assert!(error.contains("Chest; Hand"), "{error}");
    }

    #[test]
    fn a_panel_is_shown_as_svg_as_png_or_with_the_reason() {
        let mimes = |figure: &Figure| -> Vec<Vec<&str>> {
            figure.outputs().iter().map(|b| b.iter().map(|(mime, _)| *mime).collect()).collect()
        };
        assert_eq!(mimes(&figure("")), [["image/svg+xml", "text/plain"]]);
        let both = figure(",\"fallback\":\"aGk=\"");
        assert_eq!(mimes(&both), [["image/svg+xml", "image/png", "text/plain"]]);
        let drawn = figure(",\"png\":\"aGk=\"");
        assert_eq!(mimes(&drawn), [["image/png", "text/plain"]]);
        assert!(drawn.html().contains("data:image/png;base64,aGk="));
        let kept = figure(",\"note\":\"no <helper>\"");
        assert_eq!(mimes(&kept)[1], ["text/html", "text/plain"]);
        assert!(kept.html().contains("<svg>") && kept.html().contains("no &lt;helper&gt;"));
        assert!(kept.plain().contains("note: no <helper>"));
    }
}
