//! Two readings of a page, piece by piece.

use std::collections::BTreeMap;

use super::types::{Difference, Kind, Verification};
use crate::report::downloads::DATA;
use crate::report::reading::{PageFacts, PageFile, Shown, drawn_numbers};

const MISSING: &str = "(nothing)";

/// Compares everything; text outside of numbers only where both pages were
/// made with the same templates.
pub(super) fn facts(
    shown: &PageFacts,
    computed: &PageFacts,
    same_look: bool,
    out: &mut Verification,
) {
    numbers(shown, computed, same_look, out);
    files(shown, computed, same_look, out);
    drawings(shown, computed, same_look, out);
    if same_look {
        words(&shown.words, &computed.words, out);
    }
    // Stable: within a kind the order in which they were found.
    out.differences.sort_by_key(|difference| difference.kind);
}

/// By id; an id that stands several times is compared in order, with other
/// templates with all of its texts.
fn numbers(shown: &PageFacts, computed: &PageFacts, same_look: bool, out: &mut Verification) {
    let group = |facts: &'_ PageFacts| {
        let mut map: BTreeMap<String, Vec<Shown>> = BTreeMap::new();
        for value in &facts.values {
            map.entry(value.id.clone()).or_default().push(value.clone());
        }
        map
    };
    let (shown, mut computed) = (group(shown), group(computed));
    for (id, list) in &shown {
        let right = computed.remove(id).unwrap_or_default();
        out.numbers += list.len();
        for (index, value) in list.iter().enumerate() {
            let twin = if same_look {
                right.get(index)
            } else {
                let same = |r: &&Shown| r.text == value.text && r.origin == value.origin;
                let alike = |r: &&Shown| r.text == value.text;
                right.iter().find(same).or_else(|| right.iter().find(alike)).or(right.first())
            };
            number(value, twin, out);
        }
        if same_look && let Some(lost) = right.get(list.len()) {
            out.differences.push(difference(Kind::Number, lost, MISSING, &lost.text));
        }
    }
    if same_look {
        for lost in computed.values().flatten() {
            out.differences.push(difference(Kind::Number, lost, MISSING, &lost.text));
        }
    }
}

fn number(value: &Shown, twin: Option<&Shown>, out: &mut Verification) {
    let Some(twin) = twin else {
        // A mark has no text.
        let text = if value.text.is_empty() { &value.value } else { &value.text };
        out.differences.push(difference(Kind::Number, value, text, MISSING));
        return;
    };
    if value.text != twin.text {
        out.differences.push(difference(Kind::Number, value, &value.text, &twin.text));
    } else if value.value != twin.value {
        let id = format!("{} (full precision)", value.id);
        let named = Shown { id, ..value.clone() };
        out.differences.push(difference(Kind::Number, &named, &value.value, &twin.value));
    }
    let names = ["method", "inputs", "n", "seed"];
    for ((name, a), b) in names.iter().zip(&value.origin).zip(&twin.origin) {
        if a != b {
            let named = Shown { id: format!("{} ({name})", value.id), ..value.clone() };
            out.differences.push(difference(Kind::Number, &named, a, b));
        }
    }
}

fn difference(kind: Kind, value: &Shown, shown: &str, recomputed: &str) -> Difference {
    Difference {
        kind,
        id: value.id.clone(),
        place: value.place.clone(),
        shown: shown.into(),
        recomputed: recomputed.into(),
    }
}

fn files(shown: &PageFacts, computed: &PageFacts, same_look: bool, out: &mut Verification) {
    let mut ids: Vec<&String> = shown.files.keys().chain(computed.files.keys()).collect();
    ids.sort();
    ids.dedup();
    for id in ids {
        let (a, b) = (shown.files.get(id), computed.files.get(id));
        // Another look may leave files out or bring its own.
        if !same_look && (a.is_none() || b.is_none()) {
            continue;
        }
        out.files += 1;
        let bytes = |file: Option<&PageFile>| file.and_then(|file| file.bytes.clone());
        let (a, b) = (bytes(a), bytes(b));
        if a == b {
            continue;
        }
        let kind = if id == DATA { Kind::Data } else { Kind::File };
        let (place, shown, recomputed) = match (a, b) {
            (Some(a), Some(b)) if id != DATA => {
                let (a, b) = (String::from_utf8_lossy(&a), String::from_utf8_lossy(&b));
                first_line(&a, &b)
            }
            (Some(a), Some(b)) => {
                (String::new(), format!("{} bytes", a.len()), format!("{} others", b.len()))
            }
            (a, _) => {
                let word = |there: bool| if there { "(a file)" } else { MISSING };
                (String::new(), word(a.is_some()).into(), word(a.is_none()).into())
            }
        };
        out.differences.push(Difference { kind, id: id.clone(), place, shown, recomputed });
    }
}

/// The first line that differs, and what differs in it.
fn first_line(a: &str, b: &str) -> (String, String, String) {
    let (mut left, mut right) = (a.lines(), b.lines());
    let mut line = 0;
    loop {
        line += 1;
        match (left.next(), right.next()) {
            (None, None) => return ("line ends".into(), a.len().to_string(), b.len().to_string()),
            (a, b) if a == b => {}
            (a, b) => {
                let (a, b) = around(a.unwrap_or(MISSING), b.unwrap_or(MISSING));
                return (format!("line {line}"), a, b);
            }
        }
    }
}

/// Both texts around their first difference.
fn around(a: &str, b: &str) -> (String, String) {
    const BEFORE: usize = 24;
    const LENGTH: usize = 80;
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let cut = |text: &str| {
        let from = same.saturating_sub(BEFORE);
        let part: String = text.chars().skip(from).take(LENGTH).collect();
        let more = text.chars().count() > from + LENGTH;
        format!(
            "{}{part}{}",
            if from > 0 { "\u{2026}" } else { "" },
            if more { "\u{2026}" } else { "" }
        )
    };
    (cut(a), cut(b))
}

fn drawings(shown: &PageFacts, computed: &PageFacts, same_look: bool, out: &mut Verification) {
    let group = |facts: &PageFacts| {
        let mut map: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (label, svg) in &facts.drawings {
            map.entry(label.clone()).or_default().push(svg.clone());
        }
        map
    };
    let (shown, computed) = (group(shown), group(computed));
    let mut labels: Vec<&String> = shown.keys().chain(computed.keys()).collect();
    labels.sort();
    labels.dedup();
    for label in labels {
        let none = Vec::new();
        let a = shown.get(label).unwrap_or(&none);
        let b = computed.get(label).unwrap_or(&none);
        if !same_look && (a.is_empty() || b.is_empty()) {
            continue;
        }
        for index in 0..a.len().max(b.len()) {
            out.drawings += 1;
            out.drawn += a.get(index).map_or(0, |svg| svg.matches(" data-v=\"").count());
            let text = |list: &[String]| list.get(index).map_or(MISSING.into(), String::clone);
            let (a, b) = (text(a), text(b));
            if a == b {
                continue;
            }
            if drawn(&a, &b, label, out) {
                continue;
            }
            let (shown, recomputed) = around(&a, &b);
            out.differences.push(Difference {
                kind: Kind::Drawing,
                id: label.clone(),
                place: format!("panel {}", index + 1),
                shown,
                recomputed,
            });
        }
    }
}

/// The numbers of two drawings, where those are what differs.
fn drawn(shown: &str, computed: &str, label: &str, out: &mut Verification) -> bool {
    let before = out.differences.len();
    let [shown, computed] = [shown, computed].map(|svg| drawn_numbers(svg, label));
    let mut twins: BTreeMap<&str, Vec<&Shown>> = BTreeMap::new();
    for twin in computed.iter().rev() {
        twins.entry(&twin.id).or_default().push(twin);
    }
    for value in &shown {
        let twin = twins.get_mut(value.id.as_str()).and_then(Vec::pop);
        number(value, twin, out);
    }
    for lost in twins.values().flatten() {
        out.differences.push(difference(Kind::Number, lost, MISSING, &lost.value));
    }
    out.differences.len() > before
}

/// Pieces of text in order; what is alike at both ends is left out.
fn words(a: &[String], b: &[String], out: &mut Verification) {
    out.texts = Some(a.len());
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
    for index in 0..a.len().max(b.len()) {
        let text = |list: &[String]| list.get(index).map_or(MISSING.into(), String::clone);
        let (left, right) = (text(a), text(b));
        if left == right {
            continue;
        }
        let (shown, recomputed) = around(&left, &right);
        out.differences.push(Difference {
            kind: Kind::Text,
            id: format!("piece {}", start + index + 1),
            place: String::new(),
            shown,
            recomputed,
        });
    }
}
