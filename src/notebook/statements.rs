//! The last expression of a cell, which a kernel shows.

/// Code up to the last expression, and that expression if there is one.
pub(super) fn split_last(code: &str) -> (&str, Option<&str>) {
    let Some((start, end)) = last_statement(code) else { return (code, None) };
    let statement = &code[start..end];
    let first = statement
        .trim_start()
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
        .unwrap_or_default();
    let no_value = [
        "let",
        "fn",
        "struct",
        "enum",
        "union",
        "trait",
        "impl",
        "mod",
        "use",
        "const",
        "static",
        "type",
        "macro_rules",
        "pub",
        "for",
        "while",
        "loop",
        "async",
        "extern",
    ];
    let attribute = statement.trim_start().starts_with('#');
    if no_value.contains(&first) || attribute || statement.trim_end().ends_with(';') {
        return (code, None);
    }
    (&code[..start], Some(statement))
}

/// Where the last statement begins, after comments, and ends.
fn last_statement(code: &str) -> Option<(usize, usize)> {
    let bytes = code.as_bytes();
    let (mut at, mut depth) = (0, 0_i32);
    let mut start: Option<usize> = None;
    let mut end = 0;
    let mut closed = false;
    while at < bytes.len() {
        if let Some(after) = skip_comment(code, at) {
            at = after;
            continue;
        }
        let c = bytes[at];
        if c.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        // A block ends a statement unless something takes its value up.
        if closed && depth == 0 && !continues(&code[at..]) {
            start = None;
        }
        closed = false;
        let begin = at;
        at = skip_literal(code, at).unwrap_or(at + 1);
        if at == begin + 1 {
            match c {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' => depth -= 1,
                b'}' => {
                    depth -= 1;
                    closed = depth == 0;
                }
                _ => {}
            }
        }
        if start.is_none() {
            start = Some(begin);
        }
        end = at;
        if c == b';' && depth == 0 {
            // The next sign begins another statement.
            if code[at..].trim().is_empty() {
                return start.map(|start| (start, end));
            }
            start = None;
        }
    }
    start.filter(|_| code.is_char_boundary(end)).map(|start| (start, end))
}

/// Whether what follows a block belongs to the same expression.
fn continues(rest: &str) -> bool {
    rest.starts_with(['.', '?', ',', ';', ')'])
        || rest.starts_with("else")
        || rest.starts_with("as ")
        || ["+", "/", "%", "==", "!=", "<=", ">=", "||", "=>"]
            .iter()
            .any(|sign| rest.starts_with(sign))
}

fn skip_comment(code: &str, at: usize) -> Option<usize> {
    let rest = code.get(at..)?;
    if rest.starts_with("//") {
        return Some(at + rest.find('\n').unwrap_or(rest.len()));
    }
    if !rest.starts_with("/*") {
        return None;
    }
    let (mut depth, mut inner) = (0, 0);
    loop {
        let tail = rest.get(inner..)?;
        if tail.starts_with("/*") {
            (depth, inner) = (depth + 1, inner + 2);
        } else if tail.starts_with("*/") {
            (depth, inner) = (depth - 1, inner + 2);
            if depth == 0 {
                return Some(at + inner);
            }
        } else {
            match tail.chars().next() {
                Some(c) => inner += c.len_utf8(),
                None => return Some(code.len()),
            }
        }
    }
}

/// The end of the string, character or other sign of several bytes at `at`.
fn skip_literal(code: &str, at: usize) -> Option<usize> {
    let rest = code.get(at..)?;
    let before = code[..at].chars().next_back();
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if !in_word && rest.starts_with('r') {
        let hashes = rest[1..].len() - rest[1..].trim_start_matches('#').len();
        if rest[1 + hashes..].starts_with('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let body = 2 + hashes;
            let end = rest[body..].find(&close).map(|found| body + found + close.len());
            return Some(at + end.unwrap_or(rest.len()));
        }
    }
    if rest.starts_with('"') {
        return Some(at + quoted(rest, '"'));
    }
    if rest.starts_with('\'') {
        // A lifetime has no closing quote two signs on.
        let mut signs = rest.chars().skip(1);
        let first = signs.next();
        if first == Some('\\') || signs.next() == Some('\'') {
            return Some(at + quoted(rest, '\''));
        }
    }
    rest.chars().next().map(|c| at + c.len_utf8())
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_expression_is_found() {
        for (code, last) in [
            ("x + 1", Some("x + 1")),
            ("let a = 1;\na", Some("a")),
            ("let a = 1;", None),
            ("f();", None),
            ("f(); // done\n", None),
            ("fn f() { 1 }\nf()", Some("f()")),
            ("fn f() { 1 }", None),
            ("if a { 1 } else { 2 }", Some("if a { 1 } else { 2 }")),
            ("match a { _ => 1 }.to_string()", Some("match a { _ => 1 }.to_string()")),
            ("for i in 0..2 { g(i) }", None),
            ("let s = \"a;}\"; s // ;\n", Some("s")),
            ("let c = ';'; let r = r#\"\";\"#; &c", Some("&c")),
            ("let x: &'static str = \"é\"; x", Some("x")),
            ("study\n    .results()?\n    .head(3)", Some("study\n    .results()?\n    .head(3)")),
            ("/* a; /* b */ */ c", Some("c")),
            ("", None),
            ("// only words", None),
        ] {
            assert_eq!(split_last(code).1.map(str::trim), last, "{code}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_split_without_a_panic_or_loss(text in "[a-z\"'r#(){};/*\\\\ é\n]{0,40}") {
            let (head, last) = split_last(&text);
            prop_assert!(text.starts_with(head));
            if let Some(last) = last {
                prop_assert!(text[head.len()..].starts_with(last));
            }
        }
    }
}
