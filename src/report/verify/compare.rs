//! Two readings of a page, piece by piece: what differs, in words.

use std::collections::BTreeMap;

use super::lines::MISSING;
use super::mend::{Mends, Pages};
use super::pieces;
use super::types::{Difference, Kind, Verification};
use crate::report::reading::{PageFacts, Shown, drawn_numbers};

/// Attributes whose values are compared with the number that they are of.
pub(super) const COMPARED: [&str; 6] =
    ["value", "data-v", "data-how", "data-of", "data-n", "data-seed"];

/// Names every difference that words are found for; text outside of numbers only
/// where both pages were made with the same templates.
pub(super) fn facts(pages: &Pages<'_>, same_look: bool, out: &mut Verification) -> Mends {
    let mut mends = Mends::default();
    numbers(pages, same_look, out, &mut mends);
    pieces::files(pages, same_look, out, &mut mends);
    pieces::drawings(pages, same_look, out, &mut mends);
    if same_look {
        pieces::words(pages, out, &mut mends);
    }
    mends
}

/// By id; an id that stands several times is compared in order, with other
/// templates with all of its texts.
fn numbers(pages: &Pages<'_>, same_look: bool, out: &mut Verification, mends: &mut Mends) {
    let group = |facts: &'_ PageFacts| {
        let mut map: BTreeMap<String, Vec<Shown>> = BTreeMap::new();
        for value in &facts.values {
            map.entry(value.id.clone()).or_default().push(value.clone());
        }
        map
    };
    let (shown, mut computed) = (group(pages.shown_facts), group(pages.computed_facts));
    for (id, list) in &shown {
        let right = computed.remove(id).unwrap_or_default();
        for (index, value) in list.iter().enumerate() {
            let twin = if same_look {
                right.get(index)
            } else {
                let same = |r: &&Shown| r.text == value.text && r.origin == value.origin;
                let alike = |r: &&Shown| r.text == value.text;
                right.iter().find(same).or_else(|| right.iter().find(alike)).or(right.first())
            };
            let before = out.differences.len();
            number(value, twin, out);
            if let Some(twin) = twin
                && out.differences.len() > before
            {
                mends.compared(pages, &value.range, &twin.range, &COMPARED);
            }
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

/// The numbers of two drawings, where those are among what differs.
pub(super) fn drawn(shown: &str, computed: &str, label: &str, out: &mut Verification) -> bool {
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
