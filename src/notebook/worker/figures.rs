//! The figures of a comparison, by name.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::compare::Comparison;
use crate::figures::{self, ChartInput, ChartKind};
use crate::notebook::NotebookError;
use crate::report::{FacetFigure, FigurePart, Parts, PictureRequest, draw, facet_panels};
use crate::spec::Study;

/// Bytes of an SVG beyond which a notebook shows a PNG: a page with a few such
/// figures is slow to scroll, and its notebook slow to open.
const LARGE: usize = 256 * 1024;
/// Pixels of a PNG to a unit of its SVG: sharp on screens of twice the density.
const SCALE: f32 = 2.0;
/// The same of one beside an SVG: enough for the width of a page.
const FALLBACK: f32 = 1.25;

/// Whether a figure needs the comparison alone, and not the whole report.
pub(super) fn is_quick(name: &str) -> bool {
    FacetFigure::ALL.iter().any(|(known, _)| *known == name)
}

/// A figure of the report by its name there; `seed_distribution` and
/// `seed-distribution` are one.
pub(super) fn of_report(name: &str, parts: &Parts) -> Result<Value, NotebookError> {
    let wanted = name.trim_start_matches("fig-").replace('_', "-");
    if let Some(part) = parts.figures.iter().find(|part| part.name == wanted) {
        return Ok(of_part(part));
    }
    let drawn = FacetFigure::ALL.iter().map(|(name, _)| *name);
    let known: Vec<&str> = drawn.chain(parts.figures.iter().map(|p| p.name.as_str())).collect();
    Err(NotebookError::setup(
        format!("there is no figure {name:?} of these results"),
        format!("there are {}", known.join(", ")),
    ))
}

/// A figure of the report, for a cell.
pub(super) fn of_part(part: &FigurePart) -> Value {
    let panels = part
        .panels
        .iter()
        .map(|(title, svg)| json!({ "title": title, "svg": svg, "alt": alt_of(svg) }));
    let panels = with_pictures(panels.collect(), LARGE);
    json!({ "name": part.name, "caption": part.caption, "panels": panels })
}

/// The title of an SVG, which says what it shows.
fn alt_of(svg: &str) -> String {
    let title = svg.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    let title = title.map_or("", |(title, _)| title);
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(title.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// A figure by its name.
pub(super) fn figure(
    name: &str,
    comparison: &Comparison,
    study: Option<&Study>,
) -> Result<Value, NotebookError> {
    let Some((_, kind)) = FacetFigure::ALL.iter().find(|(known, _)| *known == name) else {
        return Err(NotebookError::Request(format!("there is no figure {name:?}")));
    };
    let panels: Vec<Value> = facet_panels(*kind, comparison, study)
        .into_iter()
        .map(|panel| {
            json!({
                "title": panel.title, "svg": panel.figure.standalone(), "alt": panel.figure.alt,
            })
        })
        .collect();
    if panels.is_empty() {
        let metric = &comparison.options.metric;
        return Err(NotebookError::Request(format!("there is no value of {metric} to draw")));
    }
    Ok(json!({ "name": name, "panels": with_pictures(panels, LARGE) }))
}

/// A chart of columns that a cell sends.
pub(super) fn chart(request: &Value) -> Result<Value, NotebookError> {
    let refused = |message: String| NotebookError::Request(message);
    let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
    let numbers = |name: &str| -> Vec<Option<f64>> {
        request[name].as_array().into_iter().flatten().map(Value::as_f64).collect()
    };
    let texts = |name: &str| -> Vec<String> {
        let all = request[name].as_array().into_iter().flatten();
        all.map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
    };
    let name = text("kind");
    let Some((_, kind)) = ChartKind::ALL.iter().find(|(known, _)| *known == name) else {
        return Err(refused(format!("there is no chart {name:?}")));
    };
    let input = ChartInput {
        title: text("title"),
        x_name: text("x_name"),
        y_name: text("y_name"),
        x: numbers("x"),
        categories: texts("categories"),
        y: numbers("y"),
        groups: texts("groups"),
        bins: request["bins"].as_u64().and_then(|bins| usize::try_from(bins).ok()),
        logarithmic: request["logarithmic"] == true,
        logarithmic_y: request["logarithmic_y"] == true,
    };
    let figure = figures::chart(*kind, &input).map_err(refused)?;
    let panel = json!({ "title": "", "svg": figure.standalone(), "alt": figure.alt });
    Ok(json!({ "name": name, "panels": with_pictures(vec![panel], LARGE) }))
}

/// An SVG as PNG.
pub(super) fn picture(request: &Value) -> Result<Value, NotebookError> {
    let svg = request["svg"].as_str().unwrap_or_default().to_owned();
    let scale = request["scale"].as_f64().unwrap_or(2.0) as f32;
    if !(scale > 0.0 && scale <= 10.0) {
        return Err(NotebookError::Request(format!("the scale is {scale}, expected 0 to 10")));
    }
    let drawn = draw(&[PictureRequest { svg, scale }]);
    let picture =
        drawn.and_then(|all| all.into_iter().next().unwrap_or(Err("nothing came".into())));
    match picture {
        Ok(picture) => Ok(json!({ "png": STANDARD.encode(picture.png) })),
        Err(reason) => Err(NotebookError::Request(format!("cannot draw the PNG: {reason}"))),
    }
}

/// Adds a PNG to each panel. Of one whose SVG is larger than `limit` it is what is
/// shown, or a note says why there is none; of the others it is for viewers of
/// notebooks that show no SVG, and nobody misses it where there is a drawing.
fn with_pictures(mut panels: Vec<Value>, limit: usize) -> Vec<Value> {
    let is_large: Vec<bool> = panels.iter().map(|panel| size(panel) > limit).collect();
    let request = |(panel, large): (&Value, &bool)| PictureRequest {
        svg: panel["svg"].as_str().unwrap_or_default().to_owned(),
        scale: if *large { SCALE } else { FALLBACK },
    };
    let requests: Vec<PictureRequest> = panels.iter().zip(&is_large).map(request).collect();
    let pictures = match draw(&requests) {
        Ok(pictures) => pictures,
        Err(reason) => requests.iter().map(|_| Err(reason.clone())).collect(),
    };
    for (at, picture) in pictures.into_iter().enumerate() {
        let bytes = size(&panels[at]);
        match picture {
            Ok(picture) => {
                let place = if is_large[at] { "png" } else { "fallback" };
                panels[at][place] = STANDARD.encode(picture.png).into();
            }
            Err(_) if !is_large[at] => {}
            Err(reason) => {
                panels[at]["note"] = format!(
                    "this SVG has {} KiB; above {} KiB a PNG is shown, and it could not be drawn: \
                     {reason}",
                    bytes / 1024,
                    limit / 1024
                )
                .into();
            }
        }
    }
    panels
}

fn size(panel: &Value) -> usize {
    panel["svg"].as_str().map_or(0, str::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_panel_has_a_picture_or_says_why_not_and_a_small_one_neither() {
        let svg = |marks: usize| {
            let marks: String =
                (0..marks).map(|x| format!("<rect x='{x}' width='1' height='9'/>")).collect();
            format!("<svg xmlns='http://www.w3.org/2000/svg' width='90' height='9'>{marks}</svg>")
        };
        let panels = vec![json!({ "svg": svg(1) }), json!({ "svg": svg(90) })];
        let panels = with_pictures(panels, 2000);
        assert!(panels[0]["png"].is_null() && panels[0]["note"].is_null(), "{}", panels[0]);
        assert_eq!(panels[0]["fallback"].is_null(), panels[1]["png"].is_null());
        // With the helper a picture, without it the way to it.
        if let Some(png) = panels[1]["png"].as_str() {
            let png = STANDARD.decode(png).expect("base64");
            assert!(png.starts_with(b"\x89PNG"), "{} bytes", png.len());
        } else {
            let note = panels[1]["note"].as_str().expect("a note");
            assert!(note.contains("transfolio-typeset"), "{note}");
        }
    }
}
