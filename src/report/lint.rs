//! Numbers typed into templates: they would stay when the data change.

use super::templates::Templates;

/// A digit in the text of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiteralNumber {
    /// File and line.
    pub place: String,
    /// The text around it.
    pub text: String,
}

/// Every literal number in the prose of the templates. Tags, comments, Tera's
/// own marks, scripts and styles are no prose; a number inside a `data` element
/// is bound.
pub fn lint(templates: &Templates) -> Vec<LiteralNumber> {
    let mut found = Vec::new();
    for (place, text) in templates.html() {
        for (line, words) in literals(text) {
            found.push(LiteralNumber { place: format!("{place}:{line}"), text: words });
        }
    }
    found
}

/// Lines with literal numbers in them, and their prose.
fn literals(source: &str) -> Vec<(usize, String)> {
    let prose = without_elements(&without_marks(source), &["script", "style", "data"]);
    let prose = blanked(&prose, "<", ">");
    let lines = prose.lines().enumerate();
    lines
        .filter(|(_, line)| has_number(line))
        .map(|(index, line)| (index + 1, line.split_whitespace().collect::<Vec<_>>().join(" ")))
        .collect()
}

/// A digit that is no part of a name (`h2`) or of an entity (`&#39;`).
fn has_number(line: &str) -> bool {
    let mut before = ' ';
    for c in line.chars() {
        if c.is_ascii_digit() && !(before.is_alphanumeric() || before == '#') {
            return true;
        }
        before = c;
    }
    false
}

/// Without what Tera or a reader of HTML takes out; lines stay where they are.
fn without_marks(source: &str) -> String {
    let marks = [("{#", "#}"), ("<!--", "-->"), ("{%", "%}"), ("{{", "}}")];
    marks.iter().fold(source.to_string(), |text, (open, close)| blanked(&text, open, close))
}

fn without_elements(source: &str, names: &[&str]) -> String {
    names.iter().fold(source.to_string(), |text, name| {
        blanked(&text, &format!("<{name}"), &format!("</{name}>"))
    })
}

/// Everything between two marks as blanks, line breaks kept.
fn blanked(source: &str, open: &str, close: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find(open) {
        let (before, inside) = rest.split_at(at);
        out += before;
        let end =
            inside[open.len()..].find(close).map_or(inside.len(), |e| open.len() + e + close.len());
        out.extend(inside[..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &inside[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_templates_have_no_number_of_their_own() {
        assert_eq!(lint(&Templates::default()), []);
    }

    #[test]
    fn a_typed_number_is_found_with_its_line() {
        let source = "<h2 id=\"x1\">{{ a.0 }} resnet18</h2>\n<!-- 7 -->{# 8 #}\n\
                      <p>we found\n0.81 in all</p>\n<data value=\"1\">1</data>&#39;";
        assert_eq!(literals(source), [(4, "0.81 in all".to_string())]);
    }

    #[test]
    fn files_of_a_user_are_named() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::write(dir.path().join("paper.html"), "<p>\n5 runs</p>").expect("written");
        let templates = Templates::chosen(&[dir.path().display().to_string()]).expect("templates");
        let found = lint(&templates);
        assert!(found[0].place.ends_with("paper.html:2") && found[0].text == "5 runs", "{found:?}");
    }
}
