//! Citations in order of appearance, and the list at the end.

use std::collections::BTreeMap;

use serde::Serialize;

use super::error::BibliographyError;
use super::library::Library;
use super::plain;
use super::runs::{Run, html};
use crate::report::escape::escape;
use crate::report::typeset::{self, CiteRequest};

/// One citation of a text: one key or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::report) struct Group {
    pub(in crate::report) keys: Vec<String>,
    /// Where it stands, for messages: `study.toml:7`.
    pub(in crate::report) place: String,
}

/// How citations and references look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::report) enum Style {
    /// `[1, 2]`, references in order of first citation.
    #[default]
    Numbered,
    /// A CSL style: a name of the archive, or the XML of a style.
    Csl { name: String, text: String },
}

/// Finished citations.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Cited {
    /// HTML of each group, in order; links to the references.
    pub(in crate::report) html: Vec<String>,
    /// The list, in the order of the style.
    pub(in crate::report) references: Vec<Reference>,
}

/// An entry of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::report) struct Reference {
    pub(in crate::report) key: String,
    /// `[1]`; empty where the style has none.
    pub(in crate::report) label: String,
    pub(in crate::report) text: Vec<Run>,
    /// Anchors of the citations of it.
    pub(in crate::report) back: Vec<String>,
}

/// The anchor of a reference.
pub(in crate::report) fn anchor(key: &str) -> String {
    format!("bib-{key}")
}

/// Numbers or formats the citations of a text, given in order.
///
/// # Errors
/// A key that no entry has, with the place of the citation; a style that is
/// none or cannot be had.
pub(in crate::report) fn cite(
    library: &Library,
    groups: &[Group],
    style: &Style,
) -> Result<Cited, BibliographyError> {
    let order = keys(library, groups)?;
    match style {
        Style::Numbered => Ok(numbered(library, groups, &order)),
        Style::Csl { name, text } => {
            let request = CiteRequest {
                bibliography: library.bibtex(&order),
                style: text.clone(),
                groups: groups.iter().map(|group| group.keys.clone()).collect(),
            };
            let fail = |reason| BibliographyError::Style { style: name.clone(), reason };
            let citations = typeset::cite(&request).map_err(fail)?;
            Ok(styled(groups, citations))
        }
    }
}

/// Keys in order of first citation.
fn keys<'a>(library: &Library, groups: &'a [Group]) -> Result<Vec<&'a str>, BibliographyError> {
    let mut order: Vec<&str> = Vec::new();
    for group in groups {
        for key in &group.keys {
            if library.get(key).is_none() {
                let near = library.near(key).map(|n| format!(" (is {n:?} meant?)"));
                return Err(BibliographyError::UnknownKey {
                    place: group.place.clone(),
                    key: key.clone(),
                    near: near.unwrap_or_default(),
                });
            }
            if !order.contains(&key.as_str()) {
                order.push(key);
            }
        }
    }
    Ok(order)
}

fn numbered(library: &Library, groups: &[Group], order: &[&str]) -> Cited {
    let mut anchors = Anchors::default();
    let number = |key: &str| order.iter().position(|other| *other == key).unwrap_or(0) + 1;
    let html = groups
        .iter()
        .map(|group| {
            let links: Vec<String> = group
                .keys
                .iter()
                .map(|key| link(key, &anchors.next(key), &number(key).to_string()))
                .collect();
            format!("[{}]", links.join(", "))
        })
        .collect();
    let references = order
        .iter()
        .map(|key| Reference {
            key: (*key).into(),
            label: format!("[{}]", number(key)),
            text: library.get(key).map(plain::reference).unwrap_or_default(),
            back: anchors.of(key),
        })
        .collect();
    Cited { html, references }
}

fn styled(groups: &[Group], citations: typeset::Citations) -> Cited {
    let mut anchors = Anchors::default();
    let html = groups
        .iter()
        .zip(&citations.groups)
        .map(|(group, runs)| linked(group, runs, &mut anchors))
        .collect();
    let references = citations
        .references
        .into_iter()
        .map(|reference| Reference {
            label: reference.label.iter().map(|run| run.text.as_str()).collect(),
            text: reference.text,
            back: anchors.of(&reference.key),
            key: reference.key,
        })
        .collect();
    Cited { html, references }
}

/// A citation of a style: each item's runs link to its reference; what a style
/// merged (`[1]-[3]`) keeps an anchor for every key.
fn linked(group: &Group, runs: &[Run], anchors: &mut Anchors) -> String {
    let mut out = String::new();
    let mut done = vec![false; group.keys.len()];
    for piece in runs.chunk_by(|a, b| a.item == b.item) {
        let plain: Vec<Run> = piece.iter().map(|run| Run { url: None, ..run.clone() }).collect();
        let text = html(&plain);
        let item = piece.first().and_then(|run| run.item);
        match item.and_then(|item| Some((item, group.keys.get(item)?))) {
            Some((item, key)) => {
                let first = !std::mem::replace(&mut done[item], true);
                let id = first.then(|| anchors.next(key));
                out += &match id {
                    Some(id) => {
                        format!("<a id=\"{id}\" href=\"#{}\">{text}</a>", anchor(key))
                    }
                    None => format!("<a href=\"#{}\">{text}</a>", anchor(key)),
                };
            }
            None => out += &text,
        }
    }
    for (key, _) in group.keys.iter().zip(&done).filter(|(_, done)| !**done) {
        out += &format!("<span id=\"{}\"></span>", anchors.next(key));
    }
    out
}

fn link(key: &str, id: &str, text: &str) -> String {
    format!("<a id=\"{id}\" href=\"#{}\">{}</a>", anchor(key), escape(text))
}

/// Anchors of citations: `cite-holm1979-1`, `cite-holm1979-2`.
#[derive(Default)]
struct Anchors {
    counts: BTreeMap<String, usize>,
}

impl Anchors {
    fn next(&mut self, key: &str) -> String {
        let count = self.counts.entry(key.to_string()).or_default();
        *count += 1;
        format!("cite-{key}-{count}")
    }

    fn of(&self, key: &str) -> Vec<String> {
        let count = self.counts.get(key).copied().unwrap_or(0);
        (1..=count).map(|n| format!("cite-{key}-{n}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(keys: &[&str]) -> Group {
        Group { keys: keys.iter().map(ToString::to_string).collect(), place: "study.toml:7".into() }
    }

    #[test]
    fn citations_are_numbered_by_appearance_and_linked_both_ways() {
        let library = Library::built_in().expect("read");
        let groups = [group(&["welch1947"]), group(&["holm1979", "welch1947"])];
        let cited = cite(&library, &groups, &Style::Numbered).expect("cited");
        assert_eq!(cited.html[0], "[<a id=\"cite-welch1947-1\" href=\"#bib-welch1947\">1</a>]");
        assert!(
            cited.html[1].starts_with("[<a id=\"cite-holm1979-1\" href=\"#bib-holm1979\">2</a>")
        );
        let keys: Vec<&str> = cited.references.iter().map(|r| r.key.as_str()).collect();
        assert_eq!(keys, ["welch1947", "holm1979"]);
        assert_eq!(cited.references[0].back, ["cite-welch1947-1", "cite-welch1947-2"]);
        assert!(
            html(&cited.references[1].text).contains("<em>Scandinavian Journal of Statistics</em>")
        );
    }

    #[test]
    fn an_unknown_key_is_named_with_its_place() {
        let library = Library::built_in().expect("read");
        let error = cite(&library, &[group(&["holm1978"])], &Style::Numbered).expect_err("unknown");
        let said = error.to_string();
        for part in ["study.toml:7", "\"holm1978\"", "holm1979", "--bibliography"] {
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn a_style_may_merge_items() {
        let of_first = |text| Run { item: Some(0), ..Run::plain(text) };
        let runs = [Run::plain("("), of_first("Ho"), of_first("lm"), Run::plain(")")];
        let html = linked(&group(&["a", "b"]), &runs, &mut Anchors::default());
        assert_eq!(
            html,
            "(<a id=\"cite-a-1\" href=\"#bib-a\">Holm</a>)<span id=\"cite-b-1\"></span>"
        );
    }
}
