//! Rust code as HTML with a class for each kind of token.

use crate::text::html_text as escape;

const KEYWORDS: [&str; 38] = [
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
    "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub",
    "ref", "return", "self", "Self", "static", "struct", "super", "trait", "true", "type",
    "unsafe", "use", "where", "while",
];

/// Code as HTML: keywords `k`, strings `s`, comments `c`, numbers `n`, macros and
/// calls `f`, types `t`; all else as it is.
pub(super) fn coloured(code: &str) -> String {
    let mut out = String::with_capacity(code.len() * 2);
    let mut rest = code;
    let mut line_begins = true;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = if line_begins && first == ':' {
            // A command of the kernel: `:dep`, `:use`.
            ("k", rest.find(char::is_whitespace).unwrap_or(rest.len()))
        } else {
            token(rest, first)
        };
        let (text, after) = rest.split_at(length.max(first.len_utf8()));
        match kind {
            "" => out += &escape(text),
            kind => out += &format!("<span class=\"{kind}\">{}</span>", escape(text)),
        }
        line_begins = text.ends_with('\n');
        rest = after;
    }
    out
}

/// The class and the length in bytes of the token at the head of a text.
fn token(rest: &str, first: char) -> (&'static str, usize) {
    match first {
        '/' if rest.starts_with("//") => ("c", rest.find('\n').unwrap_or(rest.len())),
        '/' if rest.starts_with("/*") => ("c", comment(rest)),
        '"' => ("s", quoted(rest, 0)),
        'r' | 'b' if let Some(length) = prefixed(rest) => ("s", length),
        '\'' => character(rest),
        '0'..='9' => ("n", number(rest)),
        c if c.is_alphabetic() || c == '_' => word(rest),
        '\n' => ("", 1),
        // Signs up to what may be a token again, or a new line.
        _ => {
            let end = rest
                .find(|c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '\'' | '/' | '\n'));
            ("", end.unwrap_or(rest.len()))
        }
    }
}

/// Comments in comments are one.
fn comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let here = &rest[at..];
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// A string that begins with the quote at `from`.
fn quoted(rest: &str, from: usize) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip_while(|(at, _)| *at <= from) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `b"..."`, `r"..."`, `r#"..."#`, `br"..."`; none where it is a word.
fn prefixed(rest: &str) -> Option<usize> {
    let prefix = rest.len() - rest.trim_start_matches(['b', 'r']).len();
    if prefix > 2 {
        return None;
    }
    let raw = rest[..prefix].contains('r');
    let hashes = rest[prefix..].chars().take_while(|c| *c == '#').count();
    if !rest[prefix + hashes..].starts_with('"') || (hashes > 0 && !raw) {
        return None;
    }
    let from = prefix + hashes;
    if !raw {
        return Some(quoted(rest, from));
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let found = rest[from + 1..].find(&end);
    Some(found.map_or(rest.len(), |at| from + 1 + at + end.len()))
}

/// A character, or a lifetime.
fn character(rest: &str) -> (&'static str, usize) {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            let end = rest[2..].char_indices().skip(1).find(|(_, c)| *c == '\'');
            ("s", end.map_or(rest.len(), |(at, _)| at + 3))
        }
        Some((_, _)) if matches!(chars.next(), Some((_, '\''))) => {
            ("s", rest.char_indices().nth(2).map_or(rest.len(), |(at, _)| at + 1))
        }
        _ => {
            let end = rest[1..].find(|c: char| !c.is_alphanumeric() && c != '_');
            ("t", end.map_or(rest.len(), |at| at + 1))
        }
    }
}

fn number(rest: &str) -> usize {
    let mut before = ' ';
    for (at, c) in rest.char_indices() {
        let exponent =
            matches!(c, '+' | '-') && matches!(before, 'e' | 'E') && !rest.starts_with("0x");
        // `1..3` is a range, `1.max(2)` a call.
        let point =
            c == '.' && rest[at + 1..].chars().next().is_some_and(|next| next.is_ascii_digit());
        if !(c.is_alphanumeric() || c == '_' || exponent || point) {
            return at;
        }
        before = c;
    }
    rest.len()
}

fn word(rest: &str) -> (&'static str, usize) {
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    let kind = if KEYWORDS.contains(&word) {
        "k"
    } else if after.starts_with('!') && !after.starts_with("!=") || after.starts_with('(') {
        if word.starts_with(char::is_uppercase) { "t" } else { "f" }
    } else if word.starts_with(char::is_uppercase) {
        "t"
    } else {
        ""
    };
    (kind, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `kind:text` of every token with a kind.
    fn tokens(code: &str) -> Vec<String> {
        let html = coloured(code);
        html.split("<span class=\"")
            .skip(1)
            .filter_map(|part| {
                let (kind, rest) = part.split_once("\">")?;
                Some(format!("{kind}:{}", rest.split_once("</span>")?.0))
            })
            .collect()
    }

    #[test]
    fn every_kind_of_token_has_its_class() {
        assert_eq!(tokens("let x: f64 = 1e-3; // a <b>"), ["k:let", "n:1e-3", "c:// a &lt;b&gt;"]);
        assert_eq!(
            tokens("Study::open(\"a\\\"b\")?"),
            ["t:Study", "f:open", "s:&quot;a\\&quot;b&quot;"]
        );
        assert_eq!(tokens("println!(\"{x}\")"), ["f:println", "s:&quot;{x}&quot;"]);
        assert_eq!(
            tokens("r#\"a\"b\"# + b\"c\" + rb"),
            ["s:r#&quot;a&quot;b&quot;#", "s:b&quot;c&quot;"]
        );
        assert_eq!(
            tokens("'a' '\\'' &'static str"),
            ["s:&#39;a&#39;", "s:&#39;\\&#39;&#39;", "t:&#39;static"]
        );
        assert_eq!(
            tokens("0..3 1.5 1.max(2) 0x1f_u8"),
            ["n:0", "n:3", "n:1.5", "n:1", "f:max", "n:2", "n:0x1f_u8"]
        );
        assert_eq!(tokens("/* a /* b */ c */ d"), ["c:/* a /* b */ c */"]);
        assert_eq!(tokens(":dep csv\nlet a = b::<u8>(1) != 2;"), ["k::dep", "k:let", "n:1", "n:2"]);
    }

    #[test]
    fn no_text_is_lost_and_none_panics() {
        let plain = |html: &str| {
            let mut text = String::new();
            let mut inside = false;
            for c in html.chars() {
                match c {
                    '<' => inside = true,
                    '>' if inside => inside = false,
                    c if !inside => text.push(c),
                    _ => {}
                }
            }
            text
        };
        for code in [
            "",
            "\"",
            "'",
            "r#\"",
            "/*",
            "b",
            "br",
            "'\\",
            "1.",
            "1e",
            "é\"ü\"'ß'",
            "r###x",
            "\u{1F600} 'x",
            ":",
            "a\n:use x\n\n  // b\r\n",
            "'a",
            "b'x'",
            "\\",
            "/",
            "//",
            "0x",
            "let\u{a0}x",
        ] {
            assert_eq!(plain(&coloured(code)), escape(code), "{code:?}");
        }
    }
}
