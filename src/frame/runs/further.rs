//! Columns that nobody knows by name: factors, facts, notes.

use super::columns::{KNOWN, Known};
use super::levels;
use super::stack::{Codes, Stack};
use crate::frame::error::FrameError;
use crate::frame::factors::{Role, Rows, names_rows};
use crate::frame::reading::Reading;

/// What the known columns of a table say, as numbers.
pub(super) struct Places<'a> {
    /// Task, model, init, label fraction.
    pub(super) cells: Vec<u32>,
    /// Metric and class.
    pub(super) metrics: Vec<u32>,
    pub(super) seeds: Option<&'a [u32]>,
}

/// The further factors of a table with their levels, in the order of its columns; what
/// the other columns are goes into the notes.
pub(super) fn factors(
    stack: &Stack,
    mut places: Places<'_>,
    reading: &Reading,
    notes: &mut Vec<String>,
) -> Result<(Vec<(String, Codes)>, Vec<String>), FrameError> {
    asked(stack, reading)?;
    let further = stack.header.iter().enumerate();
    let further = further.filter(|(_, name)| !KNOWN.contains(&name.as_str()));
    let mut all: Vec<(usize, &String, Codes)> =
        further.map(|(at, name)| (at, name, Codes::of(stack.cells(at)))).collect();
    // A name of each row tells every two rows apart: first all else is asked.
    all.sort_by_key(|(_, name, codes)| {
        (!reading.factors.contains(name), names_rows(&places.metrics, &codes.codes))
    });
    let (mut factors, mut unused) = (Vec::new(), Vec::new());
    for (at, name, codes) in all {
        let rows = Rows { cells: &places.cells, metrics: &places.metrics, seeds: places.seeds };
        let role = rows.role(&codes.codes);
        if reading.factors.contains(name) || role == Role::Factor {
            places.cells = Codes::joint(&[&places.cells, &codes.codes], stack.len());
            factors.push(at);
        } else {
            unused.push(name.clone());
            if role != Role::Constant {
                notes.push(unused_words(name, role));
            }
        }
    }
    factors.sort_unstable();
    let factors: Vec<(String, Codes)> = factors
        .into_iter()
        .map(|at| (stack.header[at].clone(), levels::read(stack, at, reading, notes)))
        .collect();
    if !factors.is_empty() {
        let names: Vec<&str> = factors.iter().map(|(name, _)| name.as_str()).collect();
        notes.push(format!("read as further factors: {}", names.join(", ")));
    }
    Ok((factors, unused))
}

/// Refuses a factor that was asked for and is no column.
fn asked(stack: &Stack, reading: &Reading) -> Result<(), FrameError> {
    let usual = [Known::Task, Known::Model, Known::Init, Known::Fraction].map(Known::name);
    let lacks = |name: &&String| !usual.contains(&name.as_str()) && stack.column(name).is_none();
    match reading.factors.iter().find(lacks) {
        None => Ok(()),
        Some(column) => Err(FrameError::NoFactor {
            path: stack.path().into(),
            column: column.clone(),
            found: stack.header.join(", "),
        }),
    }
}

/// What is said of a further column that is no factor.
fn unused_words(name: &str, role: Role) -> String {
    match role {
        Role::Fact => format!(
            "the column {name:?} is the same within each task, model, init and label fraction: it \
             is a fact about them and no factor"
        ),
        Role::Seed => format!("the column {name:?} follows the seed and is not used"),
        _ => format!(
            "the column {name:?} varies from run to run and is not used; if it is a factor, say \
             --factor {name}"
        ),
    }
}
