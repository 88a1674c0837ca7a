//! Maths: LaTeX notation in, MathML out, so that a page needs no script and no
//! font from elsewhere.

use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::{Parser, Storage, push_mathml};

use super::escape::escape;

/// Longest formula in bytes; longer ones are refused, not drawn.
const LONGEST: usize = 10_000;

/// Inside a line or on a line of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Inline,
    Display,
}

/// The MathML of a formula; its LaTeX is kept as an annotation, which is what
/// a reader copies.
///
/// # Errors
/// The reason in words where it is no LaTeX maths.
pub(crate) fn mathml(formula: &str, place: Place) -> Result<String, String> {
    if formula.len() > LONGEST {
        return Err(format!("it has {} bytes, more than {LONGEST}", formula.len()));
    }
    if formula.contains("\\char") {
        return Err("characters by number are not taken; write the character".into());
    }
    let hidden = hide(formula)?;
    let storage = Storage::new();
    let events: Result<Vec<_>, _> = Parser::new(&hidden, &storage).collect();
    let events = events.map_err(|error| first_line(&error.to_string()))?;
    let config = RenderConfig {
        display_mode: match place {
            Place::Inline => DisplayMode::Inline,
            Place::Display => DisplayMode::Block,
        },
        ..RenderConfig::default()
    };
    let mut raw = String::new();
    let events = events.into_iter().map(Ok::<_, std::convert::Infallible>);
    push_mathml(&mut raw, events, config).map_err(|error| error.to_string())?;
    let shown = show(&raw);
    if let Some(foreign) = foreign_tag(&shown) {
        return Err(format!("it would put {foreign:?} into the page"));
    }
    annotated(&shown, formula).ok_or_else(|| "it makes no MathML".into())
}

/// The renderer writes characters as they are, so those of markup go through it
/// in disguise: as characters of the private use area.
const DISGUISED: [(&str, char, &str); 4] = [
    ("\\&", '\u{e002}', "&amp;"),
    ("<", '\u{e000}', "&lt;"),
    (">", '\u{e001}', "&gt;"),
    ("\"", '\u{e003}', "&quot;"),
];

fn hide(formula: &str) -> Result<String, String> {
    if formula.contains(|c| ('\u{e000}'..='\u{f8ff}').contains(&c)) {
        return Err("it has characters of the private use area".into());
    }
    let hidden = DISGUISED.iter().fold(formula.to_string(), |text, (plain, disguise, _)| {
        text.replace(plain, &disguise.to_string())
    });
    Ok(hidden)
}

fn show(raw: &str) -> String {
    // Relations are operators, whether typed or named.
    let mut shown = raw.replace("><</mo>", ">&lt;</mo>").replace(">></mo>", ">&gt;</mo>");
    for (_, disguise, entity) in DISGUISED {
        if matches!(disguise, '\u{e000}' | '\u{e001}') {
            let operator = format!("<mo>{entity}</mo>");
            shown = shown.replace(&format!("<mi>{disguise}</mi>"), &operator);
        }
        shown = shown.replace(disguise, entity);
    }
    shown
}

/// Elements that the renderer makes.
const ELEMENTS: &[&str] = &[
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "mtext",
    "mspace",
    "mfrac",
    "msqrt",
    "mroot",
    "msub",
    "msup",
    "msubsup",
    "munder",
    "mover",
    "munderover",
    "mtable",
    "mtr",
    "mtd",
    "mstyle",
    "mpadded",
    "mphantom",
    "menclose",
    "mmultiscripts",
    "mprescripts",
    "none",
    "ms",
    "semantics",
    "merror",
];

/// Attributes that the renderer makes: none that runs or loads.
const ATTRIBUTES: &[&str] = &[
    "display",
    "displaystyle",
    "scriptlevel",
    "mathvariant",
    "stretchy",
    "symmetric",
    "separator",
    "fence",
    "form",
    "lspace",
    "rspace",
    "minsize",
    "maxsize",
    "movablelimits",
    "largeop",
    "accent",
    "accentunder",
    "linethickness",
    "width",
    "height",
    "depth",
    "voffset",
    "class",
    "style",
    "columnalign",
    "notation",
    "intent",
    "dir",
    "rowspan",
    "columnspan",
];

/// The first tag that is no MathML element with harmless attributes.
fn foreign_tag(text: &str) -> Option<&str> {
    text.split('<').skip(1).find(|part| !is_harmless(part))
}

fn is_harmless(part: &str) -> bool {
    let Some((tag, content)) = part.split_once('>') else { return false };
    if content.contains('>') {
        return false;
    }
    let tag = tag.trim_start_matches('/').trim_end_matches('/').trim_end();
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    while let Some((attribute, after)) = rest.trim_start().split_once("=\"") {
        let Some((value, after)) = after.split_once('"') else { return false };
        if !ATTRIBUTES.contains(&attribute) || value.contains("url(") || value.contains('\\') {
            return false;
        }
        rest = after;
    }
    rest.trim().is_empty() && ELEMENTS.contains(&name)
}

/// The formula's own text inside it.
fn annotated(mathml: &str, formula: &str) -> Option<String> {
    let (open, inner) = mathml.strip_suffix("</math>")?.split_once('>')?;
    Some(format!(
        "{open}><semantics><mrow>{inner}</mrow><annotation encoding=\"application/x-tex\">{}\
         </annotation></semantics></math>",
        escape(formula)
    ))
}

fn first_line(text: &str) -> String {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_become_mathml_and_keep_their_source() {
        let made = mathml("t = \\frac{\\bar d}{s_d / \\sqrt{n}}", Place::Display).expect("made");
        assert!(made.starts_with("<math") && made.ends_with("</math>"), "{made}");
        for part in ["display=\"block\"", "<mfrac", "<msqrt", "annotation", "\\frac{\\bar d}"] {
            assert!(made.contains(part), "{part}: {made}");
        }
        assert!(!mathml("x", Place::Inline).expect("made").contains("block"));
    }

    #[test]
    fn what_is_no_formula_is_refused_with_the_reason() {
        for wrong in ["\\frac{1}", "\\nosuchcommand", "{", "a^b^c"] {
            let reason = mathml(wrong, Place::Inline).expect_err(wrong);
            assert!(!reason.is_empty(), "{wrong}");
        }
        assert!(mathml(&"x".repeat(LONGEST + 1), Place::Inline).is_err());
    }

    #[test]
    fn no_markup_gets_through() {
        for hostile in [
            "<img src=x onerror=alert(1)>",
            "\\text{<script>alert(1)</script>}",
            "\\mathrm{<b onclick=\"x\">}",
            "\\operatorname{</math><script>}",
            "a]]>b",
            "\\&lt;",
        ] {
            let made = mathml(hostile, Place::Inline).unwrap_or_default();
            for tag in ["<img", "<script", "<b ", "</math><"] {
                assert!(!made.contains(tag), "{hostile}: {made}");
            }
        }
        assert!(mathml("\\text{\\char60 script\\char62}", Place::Inline).is_err());
        for foreign in
            ["<script>", "<mi onclick=\"x\">", "<mo style=\"a:url(x)\">", "<mi", "<mi>a>b"]
        {
            assert!(foreign_tag(foreign).is_some(), "{foreign}");
        }
    }

    #[test]
    fn relations_are_operators() {
        for source in ["a < b", "a \\lt b"] {
            let made = mathml(source, Place::Inline).expect(source);
            assert!(made.contains("<mo>&lt;</mo>"), "{made}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_made_or_refused(text in "[a-c0-3\\\\{}^_&$#%<>\"' ]{0,40}") {
            if let Ok(made) = mathml(&text, Place::Inline) {
                prop_assert_eq!(made.matches("<math").count(), 1);
                prop_assert!(foreign_tag(&made.replace("<annotation encoding=\"application/x-tex\">", "<ms>")
                    .replace("</annotation>", "</ms>")).is_none(), "{}", made);
            }
        }
    }
}
