//! Markdown as HTML, with bound values and references.
//!
//! HTML of the author is shown as text, and images come from files beside the
//! notebook or from its attachments: the page loads nothing from elsewhere.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, TextMergeStream, html};
use serde_json::{Map, Value};

use super::bound::Bound;
use crate::text::html_text as escape;

/// What a text may refer to.
pub(super) struct Scope<'a> {
    pub(super) values: &'a BTreeMap<String, Bound>,
    /// `Figure 1` by label.
    pub(super) labels: &'a BTreeMap<String, String>,
    pub(super) folder: &'a Path,
    /// Attachments of the cell.
    pub(super) attachments: &'a Map<String, Value>,
}

/// Text as HTML; what it refers to and is not there goes into `missing`.
pub(super) fn to_html(text: &str, scope: &Scope<'_>, missing: &mut Vec<String>) -> String {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let mut events = Vec::new();
    let mut image: Option<(String, String)> = None;
    let mut in_code = false;
    for event in TextMergeStream::new(Parser::new_ext(text, options)) {
        match event {
            // HTML of the author, as text.
            Event::Html(text) | Event::InlineHtml(text) => events.push(Event::Text(text)),
            Event::Start(Tag::CodeBlock(kind)) => {
                in_code = true;
                events.push(Event::Start(Tag::CodeBlock(kind)));
            }
            Event::End(TagEnd::CodeBlock) => {
                in_code = false;
                events.push(Event::End(TagEnd::CodeBlock));
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                image = Some((dest_url.into_string(), String::new()));
            }
            Event::End(TagEnd::Image) => {
                if let Some((source, alt)) = image.take() {
                    events.push(Event::InlineHtml(picture(&source, &alt, scope, missing).into()));
                }
            }
            Event::Text(text) | Event::Code(text) if image.is_some() => {
                if let Some((_, alt)) = &mut image {
                    *alt += &text;
                }
            }
            Event::Text(text) if !in_code => refer(&text, scope, missing, &mut events),
            other => events.push(other),
        }
    }
    let mut out = String::new();
    html::push_html(&mut out, events.into_iter());
    out
}

/// Splits a text at `{{ value }}` and `[[label]]`.
fn refer(text: &str, scope: &Scope<'_>, missing: &mut Vec<String>, events: &mut Vec<Event<'_>>) {
    let mut rest = text;
    loop {
        let next = [("{{", "}}"), ("[[", "]]")]
            .into_iter()
            .filter_map(|(open, close)| {
                let from = rest.find(open)?;
                let to = from + rest[from..].find(close)?;
                Some((from, to, open))
            })
            .min_by_key(|(from, _, _)| *from);
        let Some((from, to, open)) = next else { break };
        let name = rest[from + 2..to].trim();
        events.push(Event::Text(CowStr::from(rest[..from].to_owned())));
        let html = if open == "{{" { value(name, scope) } else { reference(name, scope) };
        let html = html.unwrap_or_else(|| {
            missing.push(name.to_owned());
            format!("<mark>{}</mark>", escape(&rest[from..to + 2]))
        });
        events.push(Event::InlineHtml(html.into()));
        rest = &rest[to + 2..];
    }
    events.push(Event::Text(CowStr::from(rest.to_owned())));
}

fn value(name: &str, scope: &Scope<'_>) -> Option<String> {
    let bound = scope.values.get(name)?;
    Some(format!(
        "<span class=\"value\" title=\"{}\">{}</span>",
        escape(&bound.about),
        escape(&bound.text)
    ))
}

fn reference(label: &str, scope: &Scope<'_>) -> Option<String> {
    let name = scope.labels.get(label)?;
    Some(format!("<a href=\"#{}\">{}</a>", escape(label), escape(name)))
}

fn picture(source: &str, alt: &str, scope: &Scope<'_>, missing: &mut Vec<String>) -> String {
    let data = match source.strip_prefix("attachment:") {
        Some(name) => attachment(name, scope.attachments),
        None if source.contains("://") => None,
        None => file(&scope.folder.join(source)),
    };
    if let Some(data) = data {
        return format!("<img alt=\"{}\" src=\"{data}\">", escape(alt));
    }
    missing.push(source.to_owned());
    format!("<mark>image {} is not beside the notebook</mark>", escape(source))
}

fn attachment(name: &str, attachments: &Map<String, Value>) -> Option<String> {
    let (mime, content) = attachments.get(name)?.as_object()?.iter().next()?;
    mime.starts_with("image/").then_some(())?;
    let content: String = content.as_str()?.split_whitespace().collect();
    STANDARD.decode(&content).ok()?;
    Some(format!("data:{};base64,{content}", escape(mime)))
}

fn file(path: &Path) -> Option<String> {
    let mime = match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "svg" => "image/svg+xml",
        _ => return None,
    };
    Some(format!("data:{mime};base64,{}", STANDARD.encode(std::fs::read(path).ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(text: &str) -> (String, Vec<String>) {
        let bound = Bound { text: "<0.9>".into(), about: "a \"mean\"".into() };
        let scope = Scope {
            values: &BTreeMap::from([("auc".to_owned(), bound)]),
            labels: &BTreeMap::from([("fig-a".to_owned(), "Figure 1".to_owned())]),
            folder: Path::new("/nowhere"),
            attachments: &Map::new(),
        };
        let mut missing = Vec::new();
        (to_html(text, &scope, &mut missing), missing)
    }

    #[test]
    fn values_and_references_are_filled_in_and_escaped() {
        let (html, missing) = render("# AUC {{ auc }}\n\nsee [[fig-a]] and `{{ auc }}`");
        assert!(html.contains("title=\"a &quot;mean&quot;\">&lt;0.9&gt;</span></h1>"), "{html}");
        assert!(html.contains("<a href=\"#fig-a\">Figure 1</a>"), "{html}");
        assert!(html.contains("<code>{{ auc }}</code>"), "{html}");
        assert!(missing.is_empty());
    }

    #[test]
    fn what_is_not_there_is_marked_and_named() {
        let (html, missing) =
            render("{{ auk }} [[fig-b]] ![x](https://a.b/c.png)\n\n<script>1</script>");
        assert_eq!(missing, ["auk", "fig-b", "https://a.b/c.png"]);
        assert!(html.contains("<mark>{{ auk }}</mark>") && !html.contains("<script"), "{html}");
        assert!(!html.contains("src=\"http"), "{html}");
    }
}
