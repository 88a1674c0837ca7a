//! Levels of factors: names that are one whatever nobody sees, names that may be one.

use std::collections::HashMap;

use super::stack::{Coder, Codes, Stack};
use crate::frame::error::FrameError;
use crate::frame::reading::{Reading, Rename};
use crate::table::names;

/// Levels of a column that are compared with each other for likeness; a column with
/// more is no list of names.
const MOST_COMPARED: usize = 400;

/// Reads the levels of a column; what was done with empty cells goes into the notes.
pub(super) fn read(
    stack: &Stack,
    column: usize,
    reading: &Reading,
    notes: &mut Vec<String>,
) -> Codes {
    let name = &stack.header[column];
    let mut coder = Coder::default();
    let mut empty: Option<(u64, usize)> = None;
    let mut codes = Vec::with_capacity(stack.len());
    let nothing = format!("(no {})", name.replace('_', " "));
    // Most cells repeat: a cell is cleaned and renamed once.
    let mut known: HashMap<&str, u32> = HashMap::new();
    for row in stack.rows() {
        let cell = row.cell(column);
        if cell.is_empty() {
            empty.get_or_insert((row.line(), 0)).1 += 1;
        }
        let code = *known.entry(cell).or_insert_with(|| {
            let clean = names::clean(cell);
            let level = if clean.is_empty() { nothing.as_str() } else { clean.as_ref() };
            coder.code(renamed(level, &reading.renames))
        });
        codes.push(code);
    }
    if let Some((line, count)) = empty {
        notes.push(format!(
            "the column {name:?} is empty in {count} of {} rows, first in line {line}: they count \
             as a level of their own, {nothing:?}; --rename {} gives it a name",
            stack.len(),
            quoted(&format!("{nothing}=NAME")),
        ));
    }
    coder.with(codes)
}

fn renamed<'a>(level: &'a str, renames: &'a [Rename]) -> &'a str {
    renames.iter().find(|rename| rename.from == level).map_or(level, |rename| &rename.to)
}

/// Refuses a rename of what no column has.
pub(super) fn check_renames(
    stack: &Stack,
    renames: &[Rename],
    columns: &[usize],
) -> Result<(), FrameError> {
    for rename in renames {
        let has =
            |column: &usize| stack.cells(*column).any(|cell| names::clean(cell) == rename.from);
        let stands_in = rename.from.starts_with("(no ");
        if stands_in || columns.iter().any(has) {
            continue;
        }
        let hint = match stack.column(&rename.from) {
            Some(_) => format!("; it is a column: say --map {}={}", rename.to, rename.from),
            None => String::new(),
        };
        let reason =
            format!("--rename {}={}: no cell says {:?}{hint}", rename.from, rename.to, rename.from);
        return Err(FrameError::Inputs { reason });
    }
    Ok(())
}

/// Names of a column that may be one: a question for each pair of them.
pub(super) fn alike(name: &str, codes: &Codes) -> Vec<String> {
    if codes.names.len() > MOST_COMPARED {
        return Vec::new();
    }
    let mut counts = vec![0_usize; codes.names.len()];
    codes.codes.iter().for_each(|code| counts[*code as usize] += 1);
    let mut notes = Vec::new();
    for (at, a) in codes.names.iter().enumerate() {
        for (to, b) in codes.names.iter().enumerate().skip(at + 1) {
            let Some(how) = likeness(a, b) else { continue };
            let (rare, common) = if counts[at] < counts[to] { (at, to) } else { (to, at) };
            let rename = format!("{}={}", codes.names[rare], codes.names[common]);
            let rows = |at: usize| {
                if counts[at] == 1 { "1 row".into() } else { format!("{} rows", counts[at]) }
            };
            notes.push(format!(
                "the column {name:?} has {a:?} ({}) and {b:?} ({}), which differ {how}: they count \
                 as two; if they are one, say --rename {}",
                rows(at),
                rows(to),
                quoted(&rename),
            ));
        }
    }
    notes
}

/// An argument as a shell takes it.
fn quoted(text: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "=_-./:+,".contains(letter);
    if text.chars().all(plain) { text.into() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// How two names differ that may be one.
fn likeness(a: &str, b: &str) -> Option<&'static str> {
    let fold = |name: &str| name.to_lowercase();
    if fold(a) == fold(b) {
        return Some("in capitals alone");
    }
    let bare = |name: &str| -> String {
        fold(name).chars().filter(|letter| letter.is_alphanumeric()).collect()
    };
    let (bare_a, bare_b) = (bare(a), bare(b));
    if bare_a == bare_b && !bare_a.is_empty() {
        return Some("in blanks and marks alone");
    }
    is_slip(&fold(a), &fold(b)).then_some("by one letter")
}

/// Whether one letter makes the difference, within a word of five letters at least:
/// `imagenet` and `imagnet`, but not `vit-s` and `vit-b`, nor `fold1` and `fold2`.
fn is_slip(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let tail =
        a[same..].iter().rev().zip(b[same..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (left_a, left_b) = (&a[same..a.len() - tail], &b[same..b.len() - tail]);
    let swapped =
        left_a.len() == 2 && left_b.len() == 2 && left_a[0] == left_b[1] && left_a[1] == left_b[0];
    let one = left_a.len() <= 1 && left_b.len() <= 1;
    let letters = left_a.iter().chain(left_b).all(|letter| letter.is_alphabetic());
    let longer = if a.len() < b.len() { &b } else { &a };
    let is_letter = |letter: &&char| letter.is_alphabetic();
    let word = longer[..same].iter().rev().take_while(is_letter).count()
        + longer[same..].iter().take_while(is_letter).count();
    (one || swapped) && letters && word >= 5 && !is_plural(&a, &b)
}

/// Two words that a letter makes another of, and which are seldom meant for one.
fn is_plural(a: &[char], b: &[char]) -> bool {
    let ends = |long: &[char], short: &[char]| {
        long.len() == short.len() + 1 && long.starts_with(short) && long.ends_with(&['s'])
    };
    ends(a, b) || ends(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_may_be_one_are_told_from_names_that_are_two() {
        assert_eq!(likeness("Chest", "chest"), Some("in capitals alone"));
        assert_eq!(likeness("ResNet-50", "resnet50"), Some("in blanks and marks alone"));
        assert_eq!(likeness("image net", "image_net"), Some("in blanks and marks alone"));
        for (a, b) in [("imagenet", "imagnet"), ("imagenet", "iamgenet"), ("random", "ramdom")] {
            assert_eq!(likeness(a, b), Some("by one letter"), "{a} {b}");
        }
        for (a, b) in [
            ("vit-s", "vit-b"),
            ("fold1", "fold2"),
            ("resnet18", "resnet50"),
            ("t1", "t2"),
            ("imagenet1k", "imagenet21k"),
            ("lung", "lungs"),
            ("imagenet", "insects"),
            ("a", "b"),
        ] {
            assert_eq!(likeness(a, b), None, "{a} {b}");
        }
    }

    #[test]
    fn a_question_has_counts_and_the_rarer_name_is_renamed() {
        let codes = Codes::of(["imagenet", "imagenet", "imagnet", "random"].into_iter());
        let notes = alike("init", &codes);
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].contains("\"imagenet\" (2 rows) and \"imagnet\" (1 row)"), "{notes:?}");
        assert!(notes[0].ends_with("say --rename imagnet=imagenet"), "{notes:?}");
        assert_eq!(quoted("a b=c"), "'a b=c'");
    }
}
