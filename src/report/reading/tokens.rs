//! HTML as tags and texts; as much of the language as pages of this program
//! and changed copies of them need. Nothing is looked up and nothing is run.
//!
//! Browsers read more than this. Whether a page is genuine therefore never rests
//! on it: that is decided by bytes, and what is read here only says in words
//! what differs.

/// A tag or a text between tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `<name attributes>`; `at` is its place in the page.
    Open { name: &'a str, attributes: &'a str, at: usize },
    /// `</name>`; `end` is the place after it.
    Close { name: &'a str, end: usize },
    /// Text, with its entities.
    Text(&'a str),
}

/// Bytes that may be searched in vain for the end of a tag: in a page made for
/// it, every `<` opens a tag that never ends.
const PATIENCE: usize = 64 << 20;

/// Tags and texts of a page, in order. What is not well formed is text.
pub(super) fn tokens(page: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut patience = PATIENCE;
    while let Some(rest) = page.get(at..).filter(|rest| !rest.is_empty()) {
        let next = if rest.starts_with('<') { tag(page, at, &mut patience) } else { None };
        if let Some((token, end)) = next {
            at = end;
            out.extend(token);
            if let Some(Token::Open { name: name @ ("script" | "style"), .. }) = token {
                let end = raw_end(page, at, name);
                out.push(Token::Text(&page[at..end]));
                at = end;
            }
        } else {
            let skip = usize::from(rest.starts_with('<'));
            let length = rest[skip..].find('<').map_or(rest.len(), |found| found + skip);
            out.push(Token::Text(&rest[..length]));
            at += length;
        }
    }
    out
}

/// The tag at a place and where it ends; comments and `<!doctype>` give none.
fn tag<'a>(page: &'a str, at: usize, patience: &mut usize) -> Option<(Option<Token<'a>>, usize)> {
    let rest = &page[at..];
    if let Some(comment) = rest.strip_prefix("<!--") {
        return Some((None, at + 4 + comment_length(comment)));
    }
    if *patience == 0 {
        return None;
    }
    let Some(length) = tag_length(rest) else {
        *patience = patience.saturating_sub(rest.len());
        return None;
    };
    let end = at + length;
    let inner = page.get(at + 1..end - 1)?;
    if inner.starts_with(['!', '?']) {
        return Some((None, end));
    }
    if let Some(name) = inner.strip_prefix('/') {
        return Some((Some(Token::Close { name: name.trim(), end }), end));
    }
    if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let split = inner.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(inner.len());
    let (name, attributes) = inner.split_at(split);
    Some((Some(Token::Open { name, attributes, at }), end))
}

/// Up to and with the end of a comment as browsers see it: `<!-->` and `<!--->`
/// are whole ones, and `--!>` ends one too.
fn comment_length(comment: &str) -> usize {
    for whole in [">", "->"] {
        if comment.starts_with(whole) {
            return whole.len();
        }
    }
    let ends = ["-->", "--!>"].map(|end| Some(comment.find(end)? + end.len()));
    ends.into_iter().flatten().min().unwrap_or(comment.len())
}

/// Up to and with the `>` that is not inside quotes.
fn tag_length(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn raw_end(page: &str, at: usize, name: &str) -> usize {
    page[at..].find(&format!("</{name}")).map_or(page.len(), |found| at + found)
}

/// The value of an attribute, entities resolved; empty where it has none.
pub(super) fn attribute(attributes: &str, wanted: &str) -> Option<String> {
    let mut all = Attributes { rest: attributes.trim_start() };
    all.find(|(name, ..)| *name == wanted).map(|(_, value, _)| unescape(value))
}

/// Attributes one by one: name, value, and all of it as it stands.
struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let whole = self.rest;
        let first = whole.chars().next()?;
        let end = whole.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(whole.len());
        let (name, after) = whole.split_at(end);
        let after = after.trim_start();
        let (value, after) = match after.strip_prefix('=').map(str::trim_start) {
            None => ("", after),
            Some(quoted) if quoted.starts_with(['"', '\'']) => {
                let (quote, inner) = quoted.split_at(1);
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            Some(bare) => {
                let end = bare.find(char::is_whitespace).unwrap_or(bare.len());
                bare.split_at(end)
            }
        };
        // A lone `=` must not stop the walk.
        let after = if after.len() == whole.len() { &whole[first.len_utf8()..] } else { after };
        let length = whole.len() - after.len();
        self.rest = after.trim_start();
        Some((name, value, &whole[..length]))
    }
}

/// A piece of a page without its texts and without the values of some
/// attributes: two pieces that are the same so far differ in these alone.
pub(in crate::report) fn skeleton(piece: &str, without: &[&str]) -> String {
    let mut out = String::with_capacity(piece.len());
    let mut from = 0;
    let start = |part: &str| part.as_ptr() as usize - piece.as_ptr() as usize;
    for token in tokens(piece) {
        match token {
            Token::Open { attributes, .. } => {
                let at = start(attributes);
                out += &piece[from..at];
                from = at + attributes.len();
                let kept = Attributes { rest: attributes };
                for (name, _, whole) in kept {
                    out += if without.contains(&name) { name } else { whole };
                    out.push(' ');
                }
            }
            // What looks like a tag to somebody is no mere text.
            Token::Text(text) if !text.contains('<') => {
                let at = start(text);
                out += &piece[from..at];
                from = at + text.len();
            }
            Token::Text(_) | Token::Close { .. } => {}
        }
    }
    out + &piece[from..]
}

/// Text without the entities that pages of this program use.
pub(super) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_string();
    }
    let mut out = text.to_string();
    for (entity, c) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x2F;", "/"),
        // Last, so that `&amp;lt;` stays `&lt;`.
        ("&amp;", "&"),
    ] {
        out = out.replace(entity, c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_attributes_and_texts_are_told_apart() {
        let page = "<!doctype html><!-- <p> --><p class='a>b' data-v>1 < 2 &amp;lt;</p>\
                    <script>if (a < b) {}</script>";
        let tokens = tokens(page);
        let Token::Open { name, attributes, .. } = tokens[0] else { panic!("a tag") };
        assert_eq!(name, "p");
        assert_eq!(attribute(attributes, "class").as_deref(), Some("a>b"));
        assert_eq!(attribute(attributes, "data-v").as_deref(), Some(""));
        assert_eq!(attribute(attributes, "id"), None);
        let texts: Vec<&str> = tokens
            .iter()
            .filter_map(|t| if let Token::Text(text) = t { Some(*text) } else { None })
            .collect();
        assert_eq!(texts, ["1 ", "< 2 &amp;lt;", "if (a < b) {}"]);
        assert_eq!(unescape(texts[1]), "< 2 &lt;");
    }

    #[test]
    fn comments_end_where_browsers_end_them() {
        for page in ["<!-->9<p>", "<!--->9<p>", "<!-- a --!>9<p>", "<!-- a -->9<p>"] {
            let tokens = tokens(page);
            assert!(matches!(tokens[0], Token::Text("9")), "{page}: {tokens:?}");
        }
    }

    #[test]
    fn a_skeleton_has_all_but_texts_and_named_values() {
        let cell = "<td data-v=\"0.5\" class=n>0.5<sup>a</sup></td>";
        let other = "<td data-v=\"0.9\" class=n>0.9<sup>b</sup></td>";
        assert_eq!(skeleton(cell, &["data-v"]), skeleton(other, &["data-v"]));
        assert_ne!(skeleton(cell, &[]), skeleton(other, &[]));
        for changed in [
            "<td data-v=\"0.5\" class=n>0.5<!-->9<sup>a</sup></td>",
            "<td data-v=\"0.5\" class=n onclick=x>0.5<sup>a</sup></td>",
            "<td data-v=\"0.5\" class=m>0.5<sup>a</sup></td>",
            "<td data-v=\"0.5\" class=n>0.5<sup>a</sup></td><b>",
        ] {
            assert_ne!(skeleton(cell, &["data-v"]), skeleton(changed, &["data-v"]), "{changed}");
        }
    }

    #[test]
    fn a_page_of_open_tags_is_read_in_time() {
        let page = "<a\"'".repeat(1 << 20);
        assert!(!tokens(&page).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_text_ends(page in "[<>/a-z\"'= !&;-]{0,80}") {
            let length: usize = tokens(&page).iter().map(|t| match t {
                Token::Text(text) => text.len(),
                Token::Open { attributes, .. } => {
                    attribute(attributes, "q");
                    0
                }
                Token::Close { .. } => 0,
            }).sum();
            proptest::prop_assert!(length <= page.len());
            proptest::prop_assert!(skeleton(&page, &["a"]).len() <= 3 * page.len() + 1);
        }
    }
}
