//! HTML as tags and texts; as much of the language as pages of this program
//! and changed copies of them need. Nothing is looked up and nothing is run.

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

/// Tags and texts of a page, in order. What is not well formed is text.
pub(super) fn tokens(page: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(rest) = page.get(at..).filter(|rest| !rest.is_empty()) {
        let next = if rest.starts_with('<') { tag(page, at) } else { None };
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
fn tag(page: &str, at: usize) -> Option<(Option<Token<'_>>, usize)> {
    let rest = &page[at..];
    if let Some(comment) = rest.strip_prefix("<!--") {
        let end = comment.find("-->").map_or(page.len(), |found| at + 4 + found + 3);
        return Some((None, end));
    }
    let end = at + tag_length(rest)?;
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
    let mut rest = attributes.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
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
        if name == wanted {
            return Some(unescape(value));
        }
        // A lone `=` or `/` must not stop the walk.
        rest = if name.is_empty() && after.len() == rest.len() {
            after.get(1..).unwrap_or_default().trim_start()
        } else {
            after.trim_start()
        };
    }
    None
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
        }
    }
}
