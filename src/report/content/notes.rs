//! Notes under a result: few as they are, many behind one line that counts them.

use std::collections::{BTreeMap, BTreeSet};

use super::arrange::note;
use crate::compare::Comparison;
use crate::report::bound::{Origin, sentence_slug};
use crate::report::document::{Block, NoteItem};
use crate::report::text::{Text, prose};
use crate::scores::Factor;

/// So many notes stand as they are.
const FEW: usize = 2;

/// The notes; those that say the same of other levels or tasks stand behind the
/// first of them.
pub(super) fn notes(label: &str, main: &Comparison, said: Vec<String>) -> Vec<Block> {
    if said.len() <= FEW {
        return said.iter().map(|text| note(text)).collect();
    }
    let names = names(main);
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut items: Vec<NoteItem> = Vec::new();
    let count = said.len();
    for text in said {
        let of = kind(&text, &names);
        let text = as_text(&text);
        let at = *places.entry(of).or_insert(items.len());
        match items.get_mut(at) {
            Some(item) => item.alike.push(text),
            None => items.push(NoteItem { text, alike: Vec::new() }),
        }
    }
    let origin = Origin::new(&["notes", label]);
    let bound = origin.bind("count", count, count.to_string(), "notes on these results");
    vec![Block::Notes { summary: prose![bound, " notes"], items }]
}

fn as_text(text: &str) -> Text {
    match note(text) {
        Block::Note { text } => text,
        _ => Text::default(),
    }
}

/// Levels of all factors.
fn names(main: &Comparison) -> BTreeSet<String> {
    let factors = Factor::of_all(main.cells.iter().map(|summary| &summary.cell));
    let levels = main.cells.iter().flat_map(|summary| {
        factors.iter().map(|factor| factor.level(&summary.cell)).collect::<Vec<_>>()
    });
    levels.collect()
}

/// What a note says, whatever it is said of: names and numbers become marks, and a
/// list of places becomes one.
fn kind(text: &str, names: &BTreeSet<String>) -> String {
    let split = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '(' | ')' | '/');
    let mut parts: Vec<String> = Vec::new();
    for segment in text.split(';') {
        let words = segment.split(split).filter(|word| !word.is_empty());
        let mark = |word: &str| match word {
            word if names.contains(word) => "@".to_string(),
            word if word.contains(|c: char| c.is_ascii_digit()) => "#".into(),
            word => sentence_slug(word),
        };
        let mut marks: Vec<String> = words.map(mark).collect();
        marks.dedup();
        let segment = marks.join(" ");
        if parts.last() != Some(&segment) {
            parts.push(segment);
        }
    }
    // Of a list of places the last one leads to what is said.
    let said = parts.pop().unwrap_or_default();
    let same = |part: &String| said.starts_with(part.as_str()) || part.starts_with('@');
    parts.retain(|part| !same(part));
    parts.push(said);
    parts.join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_of_one_kind_stand_together() {
        let names: BTreeSet<String> = ["a", "b", "chest"].map(String::from).into();
        let of = |text| kind(text, &names);
        assert_eq!(
            of("a against b, chest / all models at 5 %: seeds 1, 4 of a lack a score"),
            of("b against a, chest / all models at 100 %: seeds 2 of b lack a score")
        );
        assert_eq!(
            of("a against b, chest at 5 %; a against b, chest at 25 %: seed 2 of a lacks a score"),
            of("a against b, chest at 5 %: seed 2 of a lacks a score")
        );
        assert_ne!(of("a has 3 seeds"), of("a has 3 cases"));
    }
}
