//! From the code that was compiled to the lines of the cell.
//!
//! evcxr puts the statements of a cell into a file of its own, items of earlier
//! cells before them. They stand there as they were written, which is how they
//! are found again.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

/// What evcxr prints when a cell has panicked, as a literal.
const MARK: &str = "\"EVCXR_PANIC_NOTIFICATION\"";
/// The same text in another literal, which no macro takes for evcxr's.
const NO_MARK: &str = "\"EVCXR\\u{5f}PANIC_NOTIFICATION\"";

/// Characters of a line that are quoted.
const LONGEST: usize = 100;

/// The code of the cells so far.
#[derive(Clone, Default)]
pub struct Lines {
    cells: Arc<Mutex<BTreeMap<u32, String>>>,
}

impl Lines {
    /// Remembers a cell; gives its code as it is to be compiled.
    pub fn keep(&self, cell: u32, code: &str) -> String {
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        cells.insert(cell, code.to_owned());
        code.replace(MARK, NO_MARK)
    }

    /// The text of a failure, with the line of the cell where it is known.
    pub fn told(&self, failure: &Value, cell: u32) -> String {
        let text = failure["text"].as_str().unwrap_or_default().trim_end();
        match self.place(&failure["place"], cell) {
            Some(place) => format!("{text}\n  {place}"),
            None => text.to_owned(),
        }
    }

    /// A place in words.
    fn place(&self, place: &Value, cell: u32) -> Option<String> {
        let file = place["file"].as_str()?;
        let line = usize::try_from(place["line"].as_u64()?).ok()?;
        if is_of_crate(file) {
            return None;
        }
        if !matches!(file, "src/lib.rs" | "ctx/src/lib.rs") {
            let short =
                file.split_once("/registry/src/").and_then(|(_, rest)| rest.split_once('/'));
            let short = short.map_or(file, |(_, rest)| rest);
            return Some(format!("in {short}:{line}"));
        }
        let source = std::fs::read_to_string(compiled()?).ok()?;
        let cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, at) = find(&source, line, &cells, cell)?;
        let code = shortened(cells.get(&of)?.lines().nth(at)?.trim());
        let whose = if of == cell { "" } else { " of an earlier cell" };
        Some(format!("at line {}{whose}: {code}", at + 1))
    }
}

/// Whether a file is of the crate for cells: a place in it tells a user nothing.
fn is_of_crate(file: &str) -> bool {
    file.contains("/kernel/") && file.contains("/crate/src/")
}

/// The beginning of a line of code.
fn shortened(code: &str) -> String {
    match code.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{} \u{2026}", &code[..at]),
        None => code.to_owned(),
    }
}

/// The file that evcxr compiles.
fn compiled() -> Option<PathBuf> {
    std::env::var_os("EVCXR_TMPDIR").map(|folder| PathBuf::from(folder).join("src/lib.rs"))
}

/// The cell and its line, from 0, that stand at a line, from 1, of the source:
/// where most neighbours agree, in the current cell before earlier ones, and
/// among equals in the same order.
fn find(
    source: &str,
    line: usize,
    cells: &BTreeMap<u32, String>,
    current: u32,
) -> Option<(u32, usize)> {
    let source: Vec<&str> = source.lines().map(str::trim).collect();
    let at = line.checked_sub(1)?;
    let text = source.get(at).filter(|text| !text.is_empty())?;
    let before = source[..at].iter().filter(|other| *other == text).count();
    let mut best: Option<((usize, bool, usize), u32, usize)> = None;
    for (cell, code) in cells.iter().filter(|(cell, _)| **cell <= current) {
        let code: Vec<&str> = code.lines().map(str::trim).collect();
        let places = (0..code.len()).filter(|place| code[*place].contains(text));
        for (order, place) in places.enumerate() {
            let agree = agreeing(&source, at, &code, place);
            // Of equals the one of the same order, else the last before it.
            let order = if order <= before { order + 1 } else { 0 };
            let score = (agree, *cell == current, order);
            if best.as_ref().is_none_or(|(known, ..)| score >= *known) {
                best = Some((score, *cell, place));
            }
        }
    }
    best.map(|(_, cell, place)| (cell, place))
}

/// Lines around that are the same in both.
fn agreeing(source: &[&str], at: usize, code: &[&str], place: usize) -> usize {
    let same = |a: Option<&&str>, b: Option<&&str>| matches!((a, b), (Some(a), Some(b)) if !a.is_empty() && b.contains(*a));
    let up = (1..=at.min(place))
        .take_while(|step| same(source.get(at - step), code.get(place - step)))
        .count();
    let down = (1..).take_while(|step| same(source.get(at + step), code.get(place + step))).count();
    up + down
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "#![allow(x)]\nfn twice(x: i32) -> i32 {\n    assert!(x > 0);\n    x * 2\n}\n\
        pub extern \"C\" fn run() {\nlet a = twice(1);\nassert!(a > 2);\nassert!(a > 2);\n(\ntwice(-1)\n)\n}\n";

    fn found(line: usize) -> Option<(u32, usize)> {
        let cells = BTreeMap::from([
            (
                1,
                "// a function\nfn twice(x: i32) -> i32 {\n    assert!(x > 0);\n    x * 2\n}"
                    .to_owned(),
            ),
            (
                2,
                "let a = twice(1); // first\nassert!(a > 2); assert!(a > 2);\ntwice(-1)".to_owned(),
            ),
        ]);
        find(SOURCE, line, &cells, 2)
    }

    #[test]
    fn a_line_is_found_in_its_cell() {
        assert_eq!(found(3), Some((1, 2)));
        assert_eq!(found(7), Some((2, 0)));
        assert_eq!(found(8), Some((2, 1)));
        assert_eq!(found(11), Some((2, 2)));
        assert_eq!(found(1), None);
        assert_eq!((found(0), found(99)), (None, None));
    }

    #[test]
    fn lines_that_are_the_same_are_told_by_their_order() {
        let cells = BTreeMap::from([(1, "f();\ng();\n\nf();\ng();".to_owned())]);
        let source = "{\nf();\ng();\nf();\ng();\n}";
        let all: Vec<_> = (2..=5).map(|line| find(source, line, &cells, 1)).collect();
        assert_eq!(all, [Some((1, 0)), Some((1, 1)), Some((1, 3)), Some((1, 4))]);
    }

    #[test]
    fn a_mark_in_a_cell_is_another_literal_of_the_same_text() {
        let lines = Lines::default();
        assert_eq!(
            lines.keep(1, "println!(\"EVCXR_PANIC_NOTIFICATION\");"),
            "println!(\"EVCXR\\u{5f}PANIC_NOTIFICATION\");"
        );
    }
}
