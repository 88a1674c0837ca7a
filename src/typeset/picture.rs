//! SVG to PNG. Text is set in DejaVu Sans, which is inside the program; other
//! scripts are looked up in the fonts of the machine.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{FontResolver, ImageHrefResolver, Options, Tree};

use crate::protocol::{Outcome, Picture, PictureRequest};

/// Longest side of a picture in pixels: 400 MB of memory at most.
const LONGEST: f32 = 10_000.0;

/// Draws all.
pub(crate) fn all(requests: &[PictureRequest]) -> Vec<Outcome<Picture>> {
    if requests.is_empty() {
        return Vec::new();
    }
    let fonts = Arc::new(fonts());
    let outcome = |request| match draw(request, &fonts) {
        Ok(picture) => Outcome::Done(picture),
        Err(reason) => Outcome::Failed(reason),
    };
    requests.iter().map(outcome).collect()
}

fn fonts() -> Database {
    let mut fonts = Database::new();
    for font in [dejavu::sans::regular(), dejavu::sans::bold(), dejavu::sans::oblique()] {
        fonts.load_font_source(resvg::usvg::fontdb::Source::Binary(Arc::new(font)));
    }
    fonts.load_system_fonts();
    for set in [
        Database::set_sans_serif_family::<String>,
        Database::set_serif_family,
        Database::set_monospace_family,
        Database::set_cursive_family,
        Database::set_fantasy_family,
    ] {
        set(&mut fonts, "DejaVu Sans".into());
    }
    fonts
}

fn draw(request: &PictureRequest, fonts: &Arc<Database>) -> Result<Picture, String> {
    let missing = Mutex::new(BTreeSet::new());
    let tree = {
        let fallback = FontResolver::default_fallback_selector();
        let options = Options {
            fontdb: Arc::clone(fonts),
            font_family: "DejaVu Sans".into(),
            font_resolver: FontResolver {
                select_font: FontResolver::default_font_selector(),
                select_fallback: Box::new(|c, used, fonts| {
                    let found = fallback(c, used, fonts);
                    if found.is_none()
                        && let Ok(mut missing) = missing.lock()
                    {
                        missing.insert(c);
                    }
                    found
                }),
            },
            // A figure is whole: nothing is read from the disk for it.
            image_href_resolver: ImageHrefResolver {
                resolve_data: Box::new(|_, _, _| None),
                resolve_string: Box::new(|_, _| None),
            },
            ..Options::default()
        };
        Tree::from_str(&request.svg, &options).map_err(|e| format!("this is no SVG: {e}"))?
    };
    let size = tree.size();
    let longest = size.width().max(size.height());
    let scale = request.scale.clamp(0.01, (LONGEST / longest).max(0.01));
    let side = |length: f32| (length * scale).round().max(1.0) as u32;
    let mut picture = Pixmap::new(side(size.width()), side(size.height()))
        .ok_or_else(|| format!("a picture of {} x {} is too large", size.width(), size.height()))?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut picture.as_mut());
    let png = picture.encode_png().map_err(|e| format!("cannot write the PNG: {e}"))?;
    let missing = missing.into_inner().unwrap_or_default().into_iter().collect();
    Ok(Picture { png: STANDARD.encode(png), missing })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(svg: &str, scale: f32) -> Outcome<Picture> {
        all(&[PictureRequest { svg: svg.into(), scale }]).remove(0)
    }

    fn svg(inner: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"60\" height=\"20\" \
             viewBox=\"0 0 60 20\">{inner}</svg>"
        )
    }

    fn pixels(outcome: &Outcome<Picture>) -> Pixmap {
        let Outcome::Done(picture) = outcome else { panic!("no picture: {outcome:?}") };
        let png = STANDARD.decode(&picture.png).expect("base64");
        Pixmap::decode_png(&png).expect("a PNG")
    }

    #[test]
    fn text_is_drawn_at_the_size_asked_for() {
        let text =
            "<text x=\"2\" y=\"15\" font-size=\"14\" font-family=\"sans-serif\">Ab\u{e9}</text>";
        let drawn = pixels(&picture(&svg(text), 2.0));
        assert_eq!((drawn.width(), drawn.height()), (120, 40));
        let ink = drawn.pixels().iter().filter(|p| p.alpha() > 128).count();
        assert!((100..2000).contains(&ink), "{ink} pixels of ink");
    }

    #[test]
    fn characters_without_a_font_are_named() {
        // A private character of the supplementary planes is in no font.
        let text = "<text x=\"2\" y=\"15\" font-size=\"14\">a\u{10FFFD}</text>";
        let Outcome::Done(picture) = picture(&svg(text), 1.0) else { panic!("a picture") };
        assert_eq!(picture.missing, "\u{10FFFD}");
    }

    #[test]
    fn what_is_no_svg_is_refused_and_pictures_have_a_largest_size() {
        assert!(matches!(picture("<svg", 1.0), Outcome::Failed(_)));
        let drawn = pixels(&picture(&svg("<rect width=\"9\" height=\"9\"/>"), 1e9));
        assert_eq!(drawn.width(), 10_000);
    }

    #[test]
    fn no_file_is_read_for_a_picture() {
        let image = "<image href=\"/etc/hostname.svg\" width=\"9\" height=\"9\"/>";
        let drawn = pixels(&picture(&svg(image), 1.0));
        assert!(drawn.pixels().iter().all(|p| p.alpha() == 0));
    }
}
