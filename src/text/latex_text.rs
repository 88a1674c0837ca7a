//! Text from data in LaTeX: every character is shown, none is obeyed.

/// Text as LaTeX for text mode. Characters that pdfTeX's fonts do not have are
/// left as they are; see [`unsupported`].
///
/// A word that is longer than a line is likely to have room for (a hash, a
/// path, an id) may be broken behind its marks and after every eight letters.
pub fn latex_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = ' ';
    let (mut long, mut unbroken) = (false, 0);
    for (at, c) in text.char_indices() {
        if ends_word(c) {
            long = false;
        } else if ends_word(last) {
            let word = text[at..].chars().take_while(|c| !ends_word(*c));
            (long, unbroken) = (word.take(LONG_WORD + 1).count() > LONG_WORD, 0);
        }
        let full = unbroken >= UNBROKEN && !MARKS.contains(c);
        if long && unbroken > 0 && (MARKS.contains(last) || full) {
            out += "\\allowbreak{}";
            unbroken = 0;
        }
        unbroken += 1;
        // `--`, `,,` and `''` are ligatures.
        if c == last && matches!(c, '-' | ',' | '\'') {
            out += "{}";
        }
        last = c;
        match named(c) {
            Some(name) => out += name,
            None if c.is_control() => out.push(' '),
            None if matches!(c, '&' | '%' | '$' | '#' | '_' | '{' | '}') => {
                out.push('\\');
                out.push(c);
            }
            None => out.push(c),
        }
    }
    out
}

/// Longer words may be broken.
const LONG_WORD: usize = 24;
/// Letters of such a word that stay together.
const UNBROKEN: usize = 8;
/// Marks in such a word that a line may end with.
const MARKS: &str = "/_.:=,-";

fn ends_word(c: char) -> bool {
    c == ' ' || c == '\u{a0}' || c.is_control()
}

/// Characters with a name of their own. Brackets and stars are wrapped because
/// `\\` takes them as its arguments where they begin the next line.
fn named(c: char) -> Option<&'static str> {
    Some(match c {
        '\\' => "\\textbackslash{}",
        '~' => "\\textasciitilde{}",
        '^' => "\\textasciicircum{}",
        '<' => "\\textless{}",
        '>' => "\\textgreater{}",
        '|' => "\\textbar{}",
        '"' => "\\textquotedbl{}",
        '`' => "\\textasciigrave{}",
        '[' => "{[}",
        ']' => "{]}",
        '*' => "{*}",
        '\u{a0}' => "~",
        '\u{2013}' => "--",
        '\u{2014}' => "---",
        '\u{2020}' => "\\textdagger{}",
        '\u{2026}' => "\\ldots{}",
        '\u{2190}' => "$\\leftarrow$",
        '\u{2192}' => "$\\rightarrow$",
        '\u{2212}' => "$-$",
        '\u{2248}' => "$\\approx$",
        '\u{2260}' => "$\\neq$",
        '\u{2264}' => "$\\leq$",
        '\u{2265}' => "$\\geq$",
        '\u{221e}' => "$\\infty$",
        '\u{3b1}' => "$\\alpha$",
        '\u{3b2}' => "$\\beta$",
        '\u{3b3}' => "$\\gamma$",
        '\u{3b4}' => "$\\delta$",
        '\u{394}' => "$\\Delta$",
        '\u{3b5}' => "$\\varepsilon$",
        '\u{3ba}' => "$\\kappa$",
        '\u{3bb}' => "$\\lambda$",
        '\u{3bc}' => "$\\mu$",
        '\u{3c0}' => "$\\pi$",
        '\u{3c1}' => "$\\rho$",
        '\u{3c3}' => "$\\sigma$",
        '\u{3c4}' => "$\\tau$",
        '\u{3c7}' => "$\\chi$",
        _ => return None,
    })
}

/// Characters of LaTeX text that pdfTeX may have no glyph for: a document
/// declares a stand-in for each.
pub fn unsupported(latex: &str) -> Vec<char> {
    let mut found: Vec<char> = latex.chars().filter(|c| *c > '\u{ff}').collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_names_stay_text() {
        assert_eq!(latex_text("a_b & 5 %\\x"), "a\\_b \\& 5 \\%\\textbackslash{}x");
        assert_eq!(latex_text("\\input{x}"), "\\textbackslash{}input\\{x\\}");
        assert_eq!(latex_text("100%_a&b#$~^{}").matches('\\').count(), 9);
        assert_eq!(latex_text("*a\n[2]"), "{*}a {[}2{]}");
        assert_eq!(latex_text("a--b"), "a-{}-b");
    }

    #[test]
    fn long_words_may_be_broken_and_short_ones_not() {
        let hash = "0123456789abcdef0123456789abcdef";
        assert_eq!(
            latex_text(&format!("SHA-256 {hash} of x")),
            "SHA-256 01234567\\allowbreak{}89abcdef\\allowbreak{}01234567\\allowbreak{}89abcdef of x"
        );
        assert_eq!(
            latex_text("runs/0123456789abcdef/record.json"),
            "runs/\\allowbreak{}01234567\\allowbreak{}89abcdef/\\allowbreak{}record.\\allowbreak{}json"
        );
        let words = "differences-in-differences a b";
        assert!(latex_text(words).starts_with("differen\\allowbreak{}ces-\\allowbreak{}in-"));
        assert_eq!(latex_text("internationalisation"), "internationalisation");
    }

    #[test]
    fn what_pdftex_lacks_is_listed() {
        assert_eq!(unsupported(&latex_text("M\u{fc}ller \u{4e2d}\u{2264}\u{4e2d}")), ['\u{4e2d}']);
    }

    proptest! {
        #[test]
        fn no_command_and_no_comment_comes_from_text(text in "\\PC{0,30}") {
            let out = latex_text(&text);
            // What is left after the commands of this file has nothing special.
            let mut rest = out.replace("{}", "");
            for command in [
                "\\textbackslash", "\\textasciitilde", "\\textasciicircum", "\\textless",
                "\\textgreater", "\\textbar", "\\textquotedbl", "\\textasciigrave",
                "\\textdagger", "\\ldots", "{[}", "{]}", "{*}", "\\allowbreak",
                "\\&", "\\%", "\\$", "\\#", "\\_", "\\{", "\\}",
            ] {
                rest = rest.replace(command, "");
            }
            let maths = rest.matches('$').count();
            prop_assert_eq!(maths % 2, 0);
            let outside: String = rest.split('$').step_by(2).collect();
            prop_assert!(!outside.contains(['\\', '%', '&', '#', '_', '^', '{', '}']), "{}", out);
        }
    }
}
