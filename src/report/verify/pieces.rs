//! Files, drawings and words of two pages.

use std::collections::BTreeMap;

use super::compare::{COMPARED, drawn};
use super::hunks::hunks;
use super::lines::{MISSING, around};
use super::mend::{Mends, Pages};
use super::types::{Difference, Kind, Verification};
use crate::report::downloads::DATA;
use crate::report::reading::{Drawing, PageFacts, PageFile, Words, skeleton};

/// Characters of a text that are shown.
const LENGTH: usize = 80;

pub(super) fn files(pages: &Pages<'_>, same_look: bool, out: &mut Verification, mends: &mut Mends) {
    let (shown, computed) = (&pages.shown_facts.files, &pages.computed_facts.files);
    let mut ids: Vec<&String> = shown.keys().chain(computed.keys()).collect();
    ids.sort();
    ids.dedup();
    for id in ids {
        let (a, b) = (shown.get(id), computed.get(id));
        // Another look may leave files out or bring its own.
        if !same_look && (a.is_none() || b.is_none()) {
            continue;
        }
        let bytes = |file: Option<&PageFile>| file.and_then(|file| file.bytes.clone());
        let (was, is) = (bytes(a), bytes(b));
        if was == is {
            continue;
        }
        if let Some((a, b)) = a.zip(b) {
            mends.compared(pages, &a.range, &b.range, &["data-sha256"]);
        }
        let kind = if id == DATA { Kind::Data } else { Kind::File };
        let (place, shown, recomputed) = match (was, is) {
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
                let (a, b) = around(a.unwrap_or(MISSING), b.unwrap_or(MISSING), LENGTH);
                return (format!("line {line}"), a, b);
            }
        }
    }
}

/// Attributes of drawings that are compared as numbers.
const DRAWN: [&str; 3] = ["data-id", "data-row", "data-col"];

pub(super) fn drawings(
    pages: &Pages<'_>,
    same_look: bool,
    out: &mut Verification,
    mends: &mut Mends,
) {
    let group = |facts: &'_ PageFacts| {
        let mut map: BTreeMap<String, Vec<Drawing>> = BTreeMap::new();
        for drawing in &facts.drawings {
            map.entry(drawing.label.clone()).or_default().push(drawing.clone());
        }
        map
    };
    let (shown, computed) = (group(pages.shown_facts), group(pages.computed_facts));
    let mut labels: Vec<&String> = shown.keys().chain(computed.keys()).collect();
    labels.sort();
    labels.dedup();
    let attributes: Vec<&str> = COMPARED.into_iter().chain(DRAWN).collect();
    for label in labels {
        let none = Vec::new();
        let a = shown.get(label).unwrap_or(&none);
        let b = computed.get(label).unwrap_or(&none);
        if !same_look && (a.is_empty() || b.is_empty()) {
            continue;
        }
        for index in 0..a.len().max(b.len()) {
            let text = |list: &[Drawing]| {
                list.get(index).map_or(MISSING.into(), |drawing| drawing.svg.clone())
            };
            let (was, is) = (text(a), text(b));
            if was == is {
                continue;
            }
            if let Some((a, b)) = a.get(index).zip(b.get(index)) {
                mends.shown(pages, &a.range, &b.range);
            }
            // Numbers in words; whatever else differs as it stands.
            let said = drawn(&was, &is, label, out);
            if said && skeleton(&was, &attributes) == skeleton(&is, &attributes) {
                continue;
            }
            let (shown, recomputed) = around(&was, &is, LENGTH);
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

pub(super) fn words(pages: &Pages<'_>, out: &mut Verification, mends: &mut Mends) {
    let (a, b) = (&pages.shown_facts.words, &pages.computed_facts.words);
    for (x, y) in hunks(a, b) {
        let paired = x.len() == y.len();
        for index in 0..x.len().max(y.len()) {
            let (was, is) = (a[x.clone()].get(index), b[y.clone()].get(index));
            if was == is {
                continue;
            }
            if let Some((was, is)) = was.zip(is)
                && paired
            {
                mends.compared(pages, &was.range, &is.range, &[]);
            }
            let text = |words: Option<&Words>| {
                words.map_or(MISSING.to_string(), |words| words.text.clone())
            };
            let (shown, recomputed) = around(&text(was), &text(is), LENGTH);
            out.differences.push(Difference {
                kind: Kind::Text,
                id: format!("piece {}", x.start + index + 1),
                place: String::new(),
                shown,
                recomputed,
            });
        }
    }
}
