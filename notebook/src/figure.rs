//! A finished figure.

use std::fmt::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::display::Rich;
use crate::error::{Error, Kind, Result};
use crate::html;

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
        let texts: Vec<String> =
            self.panels.iter().map(|panel| format!("{}: {}", panel.title, panel.alt)).collect();
        texts.join("\n")
    }

    /// The SVG of the first panel.
    pub fn svg(&self) -> &str {
        self.panels.first().map_or("", |panel| panel.svg.as_str())
    }

    /// Writes the figure as SVG; several panels go to `NAME-1.svg`, `NAME-2.svg`.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        if path.extension().and_then(|ext| ext.to_str()) != Some("svg") {
            return Err(Error::request(format!("cannot save a figure as {}", path.display()))
                .hint("use a name that ends in .svg"));
        }
        for (index, panel) in self.panels.iter().enumerate() {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let file = if self.panels.len() == 1 {
                path.to_path_buf()
            } else {
                path.with_file_name(format!("{stem}-{}.svg", index + 1))
            };
            std::fs::write(&file, &panel.svg).map_err(|error| {
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
        write!(f, "figure {} ({} panels)\n{}", self.name, self.panels.len(), self.alt())?;
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

/// An SVG inside a page needs no XML declaration.
fn inline(svg: &str) -> &str {
    svg.find("<svg").and_then(|at| svg.get(at..)).unwrap_or(svg)
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
                // Data in an image element: its size is the page's, and nothing
                // in it can reach the page.
                None => inline(&panel.svg).to_owned(),
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
            None => ("image/svg+xml", panel.svg.clone()),
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
