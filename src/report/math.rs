//! Maths: LaTeX notation in, MathML out, so that a page needs no script and no
//! font from elsewhere.

use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::{Parser, Storage, push_mathml};

/// Longest formula in bytes; longer ones are refused, not drawn.
const LONGEST: usize = 10_000;

/// Inside a line or on a line of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Inline,
    Display,
}

/// The MathML of a formula; its LaTeX is kept as an annotation, which is what
/// a reader copies.
///
/// # Errors
/// The reason in words where it is no LaTeX maths.
pub(super) fn mathml(formula: &str, place: Place) -> Result<String, String> {
    if formula.len() > LONGEST {
        return Err(format!("it has {} bytes, more than {LONGEST}", formula.len()));
    }
    let storage = Storage::new();
    let events: Result<Vec<_>, _> = Parser::new(formula, &storage).collect();
    let events = events.map_err(|error| first_line(&error.to_string()))?;
    let config = RenderConfig {
        display_mode: match place {
            Place::Inline => DisplayMode::Inline,
            Place::Display => DisplayMode::Block,
        },
        annotation: Some(formula),
        xml: false,
        ..RenderConfig::default()
    };
    let mut out = String::new();
    let events = events.into_iter().map(Ok::<_, std::convert::Infallible>);
    push_mathml(&mut out, events, config).map_err(|error| error.to_string())?;
    Ok(out)
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
        for hostile in
            ["<img src=x onerror=alert(1)>", "\\text{<script>alert(1)</script>}", "a]]>b"]
        {
            if let Ok(made) = mathml(hostile, Place::Inline) {
                assert!(!made.contains("<img") && !made.contains("<script"), "{made}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_made_or_refused(text in "[a-z0-9\\\\{}^_&$#%<> ]{0,40}") {
            if let Ok(made) = mathml(&text, Place::Inline) {
                prop_assert!(!made.contains("<script"));
                prop_assert_eq!(made.matches("<math").count(), 1);
            }
        }
    }
}
