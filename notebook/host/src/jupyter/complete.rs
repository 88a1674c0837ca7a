//! Whether a cell is whole, for clients that run it at the end of a line: a console
//! goes on to the next line where a bracket, a text or a comment is still open.

/// What a line may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complete {
    Yes,
    /// More is to come, behind so many blanks.
    No(usize),
    /// No further line can make it right.
    Never,
}

/// Whether code is whole.
pub fn complete(code: &str) -> Complete {
    let mut open: Vec<char> = Vec::new();
    let mut rest = code;
    let mut last = String::new();
    while let Some(letter) = rest.chars().next() {
        let length = match token(rest, letter, &last) {
            Some(length) => length,
            // It has no end.
            None => return Complete::No(0),
        };
        let (text, after) = rest.split_at(length);
        rest = after;
        match letter {
            '(' | '[' | '{' => open.push(letter),
            ')' | ']' | '}' => {
                let wanted = match letter {
                    ')' => '(',
                    ']' => '[',
                    _ => '{',
                };
                if open.pop() != Some(wanted) {
                    return Complete::Never;
                }
            }
            _ => {}
        }
        if !letter.is_whitespace() && !text.starts_with("//") && !text.starts_with("/*") {
            last = text.to_owned();
        }
    }
    if !open.is_empty() {
        return Complete::No(4 * open.len());
    }
    let line = code.lines().rev().map(str::trim).find(|line| !line.is_empty());
    let line = line.unwrap_or_default();
    let goes_on = ["=", "+", "-", "*", "|", "&", ",", ".", "->", "=>"];
    let attribute = line.starts_with("#[") && line.ends_with(']');
    if !line.starts_with(':') && (attribute || goes_on.contains(&last.as_str())) {
        return Complete::No(if attribute { 0 } else { 4 });
    }
    Complete::Yes
}

/// Length of what begins here; `None` where its end is not there.
fn token(rest: &str, letter: char, last: &str) -> Option<usize> {
    let after_word = last.chars().next_back().is_some_and(is_word);
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return comment(rest);
    }
    match letter {
        '"' => text(rest),
        '\'' => Some(character(rest)),
        _ if is_word(letter) => {
            let word: String = rest.chars().take_while(|c| is_word(*c)).collect();
            let behind = &rest[word.len()..];
            let raw = matches!(word.as_str(), "r" | "br" | "cr") && !after_word;
            let hashes = behind.chars().take_while(|c| *c == '#').count();
            if raw && behind[hashes..].starts_with('"') {
                let end = format!("\"{}", "#".repeat(hashes));
                let from = hashes + 1;
                return behind[from..].find(&end).map(|at| word.len() + from + at + end.len());
            }
            Some(word.len())
        }
        '-' | '=' if rest[1..].starts_with('>') => Some(2),
        _ => Some(letter.len_utf8()),
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// A comment, others within it.
fn comment(rest: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    None
}

fn text(rest: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// A character, else the mark of a lifetime alone.
fn character(rest: &str) -> usize {
    let mut letters = rest.char_indices().skip(1);
    let Some((_, first)) = letters.next() else { return 1 };
    if first == '\\' {
        // `'\''`, `'\u{e9}'`
        let behind = letters.next().map_or(rest.len(), |(at, c)| at + c.len_utf8());
        let end = rest[behind..].find('\'').map(|at| behind + at + 1);
        return end.filter(|end| !rest[..*end].contains('\n')).unwrap_or(1);
    }
    match letters.next() {
        Some((at, '\'')) => at + 1,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_goes_on() {
        for (code, blanks) in [
            ("fn f() {", 4),
            ("let x = vec![(1,", 8),
            ("let x =", 4),
            ("a\n    .b()\n    .", 4),
            ("let f = |x: f64| ->", 4),
            ("println!(\"{", 0),
            ("let s = r#\"a\"", 0),
            ("/* a /* b */", 0),
            ("#[derive(Debug)]", 0),
            ("match x { Some('}') => {", 8),
            ("let a = 1 + // and", 4),
        ] {
            assert_eq!(complete(code), Complete::No(blanks), "{code}");
        }
    }

    #[test]
    fn what_is_whole_is_run() {
        for code in [
            "",
            "1 + 1",
            "let x = 5;",
            "fn f<'a>(s: &'a str) -> char { '\\'' }",
            "println!(\"}} {{ \\\" )\");",
            "let s = r#\"( \" {\"#;",
            "// (\n/* { */ 1",
            ":dep csv = \"1\"",
            ":use plotters,",
            "let c = '{';",
            "b'(' as char",
            "let t = (1, 2,);",
            "'a: loop { break 'a; }",
            "#[derive(Debug)]\nstruct A;",
            "\u{e9}.len()",
        ] {
            assert_eq!(complete(code), Complete::Yes, "{code}");
        }
        assert_eq!(complete("}"), Complete::Never);
        assert_eq!(complete("(]"), Complete::Never);
    }
}
