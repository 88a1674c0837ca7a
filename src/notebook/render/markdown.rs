//! Markdown as HTML, with bound values and references.
//!
//! HTML of the author is shown as text, and images come from files beside the
//! notebook or from its attachments: the page loads nothing from elsewhere.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pulldown_cmark::{
    CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeStream, html,
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::bound::Bound;
use crate::report::{Place, mathml};
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

/// What was found in texts, over all of a notebook.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What a text refers to and is not there, and formulas that are none.
    pub(super) missing: Vec<String>,
    /// Headings in order.
    pub(super) headings: Vec<Heading>,
}

/// A heading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Heading {
    /// Its anchor.
    pub id: String,
    /// Its words.
    pub text: String,
    /// 2 for the outer ones.
    pub level: usize,
}

impl Found {
    /// A heading's anchor, made of its words, unlike those before.
    fn heading(&mut self, level: HeadingLevel, text: &str) -> String {
        let slug = crate::text::slug(&text.to_lowercase());
        let slug = if slug.is_empty() { "section".to_owned() } else { slug };
        let taken = |id: &str| self.headings.iter().any(|heading| heading.id == id);
        let mut id = format!("section-{slug}");
        let mut count = 1;
        while taken(&id) {
            count += 1;
            id = format!("section-{slug}-{count}");
        }
        let heading = Heading { id: id.clone(), text: text.to_owned(), level: level as usize };
        self.headings.push(heading);
        id
    }
}

/// Text as HTML.
pub(super) fn to_html(text: &str, scope: &Scope<'_>, found: &mut Found) -> String {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH;
    let mut events = Vec::new();
    let mut image: Option<(String, String)> = None;
    let mut in_code = false;
    // Where the heading at hand begins, and its words.
    let mut heading: Option<(usize, HeadingLevel, String)> = None;
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
                    events.push(Event::InlineHtml(picture(&source, &alt, scope, found).into()));
                }
            }
            Event::Text(text) | Event::Code(text) if image.is_some() => {
                if let Some((_, alt)) = &mut image {
                    *alt += &text;
                }
            }
            Event::Start(Tag::Heading { level, .. }) => {
                heading = Some((events.len(), level, String::new()));
                // Put in its place when the words are known.
                events.push(Event::Text("".into()));
            }
            Event::End(TagEnd::Heading(level)) => {
                if let Some((at, _, words)) = heading.take() {
                    let id = found.heading(level, words.trim());
                    let start = format!("<{level} id=\"{id}\">");
                    events[at] = Event::InlineHtml(start.into());
                    let anchor = format!(
                        " <a class=\"anchor\" href=\"#{id}\" aria-label=\"Link to this section\">#</a>\
                         </{level}>\n"
                    );
                    events.push(Event::InlineHtml(anchor.into()));
                }
            }
            Event::InlineMath(source) => {
                if let Some((_, _, words)) = &mut heading {
                    *words += &source;
                }
                events.push(Event::InlineHtml(formula(&source, Place::Inline, found).into()));
            }
            Event::DisplayMath(source) => {
                events.push(Event::InlineHtml(formula(&source, Place::Display, found).into()));
            }
            Event::Code(text) => {
                if let Some((_, _, words)) = &mut heading {
                    *words += &text;
                }
                events.push(Event::Code(text));
            }
            Event::Text(text) if !in_code => {
                let from = events.len();
                refer(&text, scope, found, &mut events);
                if let Some((_, _, words)) = &mut heading {
                    for event in &events[from..] {
                        match event {
                            Event::Text(text) => *words += text,
                            Event::InlineHtml(html) => *words += &without_tags(html),
                            _ => {}
                        }
                    }
                }
            }
            other => events.push(other),
        }
    }
    let mut out = String::new();
    html::push_html(&mut out, events.into_iter());
    out
}

/// Splits a text at `{{ value }}` and `[[label]]`.
fn refer(text: &str, scope: &Scope<'_>, found: &mut Found, events: &mut Vec<Event<'_>>) {
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
            found.missing.push(name.to_owned());
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

/// A formula as MathML; one that is none is marked and named.
fn formula(source: &str, place: Place, found: &mut Found) -> String {
    mathml(source, place).unwrap_or_else(|reason| {
        found.missing.push(format!("${source}$ ({reason})"));
        format!("<mark>{}</mark>", escape(source))
    })
}

/// The words of a piece of HTML of our own, which has no signs to escape in its
/// tags.
fn without_tags(html: &str) -> String {
    let mut words = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => words.push(c),
            _ => {}
        }
    }
    words
}

fn picture(source: &str, alt: &str, scope: &Scope<'_>, found: &mut Found) -> String {
    let data = match source.strip_prefix("attachment:") {
        Some(name) => attachment(name, scope.attachments),
        None if source.contains("://") => None,
        None => file(&scope.folder.join(source)),
    };
    if let Some(data) = data {
        return format!("<img alt=\"{}\" src=\"{data}\">", escape(alt));
    }
    found.missing.push(source.to_owned());
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
        let mut found = Found::default();
        (to_html(text, &scope, &mut found), found.missing)
    }

    #[test]
    fn values_and_references_are_filled_in_and_escaped() {
        let (html, missing) = render("# AUC {{ auc }}\n\nsee [[fig-a]] and `{{ auc }}`");
        assert!(html.contains("title=\"a &quot;mean&quot;\">&lt;0.9&gt;</span> <a"), "{html}");
        assert!(html.contains("<a href=\"#fig-a\">Figure 1</a>"), "{html}");
        assert!(html.contains("<code>{{ auc }}</code>"), "{html}");
        assert!(missing.is_empty());
    }

    #[test]
    fn headings_of_all_levels_have_anchors_and_maths_is_set() {
        let scope = Scope {
            values: &BTreeMap::new(),
            labels: &BTreeMap::new(),
            folder: Path::new("/nowhere"),
            attachments: &Map::new(),
        };
        let mut found = Found::default();
        let html = to_html(
            "## A `b` & $x^2$\n\n### A\n\n### A\n\n$$\\frac{1}{n}$$\n\n$\\char9$",
            &scope,
            &mut found,
        );
        let of = |at: usize| {
            let heading = &found.headings[at];
            (heading.id.as_str(), heading.text.as_str(), heading.level)
        };
        assert_eq!(of(0), ("section-a-b-x-2", "A b & x^2", 2));
        assert_eq!(of(1), ("section-a", "A", 3));
        assert_eq!(of(2), ("section-a-2", "A", 3));
        assert!(html.contains("<h3 id=\"section-a-2\">A <a"), "{html}");
        assert!(html.contains("<mfrac") && html.contains("<msup"), "{html}");
        assert_eq!(found.missing.len(), 1, "{:?}", found.missing);
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
