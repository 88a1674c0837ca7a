//! A finished figure.

use std::fmt::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::connection::Connection;
use crate::display::Rich;
use crate::error::{Error, Kind, Result};
use crate::html;
use crate::screen;

/// A figure of one or more panels, as SVG; a panel whose SVG is larger than
/// 256 KiB also comes as PNG, and is shown as that.
#[derive(Clone)]
pub struct Figure {
    name: Arc<str>,
    panels: Arc<[Panel]>,
}

#[derive(Clone)]
struct Panel {
    title: String,
    svg: String,
    png: Option<String>,
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
                alt: text(&panel["alt"]),
                note: panel["note"].as_str().map(str::to_owned),
            })
            .collect();
        Ok(Self { name: text(&json["name"]).into(), panels: panels.into() })
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
        Ok(Self { name: self.name.clone(), panels: vec![panel.clone()].into() })
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
        let panel = Panel { title: String::new(), svg, png: None, alt: String::new(), note: None };
        Ok(Self { name: "svg".into(), panels: vec![panel].into() })
    }

    /// With a text for those who cannot see it.
    #[must_use]
    pub fn with_alt(&self, alt: &str) -> Self {
        let mut panels = self.panels.to_vec();
        panels.iter_mut().for_each(|panel| panel.alt = alt.to_owned());
        Self { name: self.name.clone(), panels: panels.into() }
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
            std::fs::write(&file, bytes).map_err(|error| {
                Error::new(Kind::File, format!("cannot write {}: {error}", file.display()))
            })?;
        }
        Ok(self.clone())
    }

    /// Shown by the kernel when a figure is the last expression of a cell.
    pub fn evcxr_display(&self) {
        crate::display::result(self);
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let panels = match self.panels.len() {
            1 => String::new(),
            n => format!(" ({n} panels)"),
        };
        write!(f, "figure: {}{panels}\n{}", self.name, self.alt())?;
        for note in self.panels.iter().filter_map(|panel| panel.note.as_ref()) {
            write!(f, "\nnote: {note}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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

    fn image(&self) -> Option<(&'static str, String)> {
        let [panel] = self.panels.as_ref() else { return None };
        // A note stands in the HTML, beside the drawing.
        if panel.note.is_some() {
            return None;
        }
        Some(match &panel.png {
            Some(png) => ("image/png", png.clone()),
            None => ("image/svg+xml", screen::shown(&panel.svg)),
        })
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
    fn a_panel_is_shown_as_svg_as_png_or_with_the_reason() {
        let mime = |figure: &Figure| figure.image().map(|(mime, _)| mime);
        assert_eq!(mime(&figure("")), Some("image/svg+xml"));
        let drawn = figure(",\"png\":\"aGk=\"");
        assert_eq!(mime(&drawn), Some("image/png"));
        assert!(drawn.html().contains("data:image/png;base64,aGk="));
        let kept = figure(",\"note\":\"no <helper>\"");
        assert_eq!(mime(&kept), None);
        assert!(kept.html().contains("<svg>") && kept.html().contains("no &lt;helper&gt;"));
        assert!(kept.plain().contains("note: no <helper>"));
    }
}
