//! Cases that one model has and another lacks.

use super::assemble::{Assembly, At, Draft, Task};
use super::columns::Role;
use crate::frame::error::FrameError;
use crate::frame::reading::MissingCases;

/// Which cases count for a set of drafts.
pub(super) struct Common {
    /// Per case of the task.
    pub(super) counts: Vec<bool>,
    /// What is said of the others.
    pub(super) note: Option<String>,
}

/// The cases with a number in every draft and for which `also` holds; others are
/// left out, or refused. `what` is what is counted: `dice`, `predictions`.
pub(super) fn common(
    all: &Assembly,
    task: &Task,
    drafts: &[&Draft],
    also: impl Fn(usize) -> Result<(), String>,
    what: &str,
    policy: MissingCases,
) -> Result<Common, FrameError> {
    let cases = task.cases.len();
    let mut counts = vec![true; cases];
    let mut lacking: Vec<(String, usize, usize)> = Vec::new();
    let mut lack =
        |name: String, case: usize| match lacking.iter_mut().find(|(known, _, _)| *known == name) {
            Some((_, count, _)) => *count += 1,
            None => lacking.push((name, 1, case)),
        };
    for draft in drafts {
        for (case, counts) in counts.iter_mut().enumerate() {
            if draft.value(case).is_nan() {
                *counts = false;
                lack(all.key_words(draft.key), case);
            }
        }
    }
    for (case, counts) in counts.iter_mut().enumerate() {
        if let Err(reason) = also(case) {
            *counts = false;
            lack(reason, case);
        }
    }
    let name = |case: usize| all.book.get(Role::Case, task.cases[case]).to_string();
    let Some((who, _, first)) = lacking.first().cloned() else {
        return Ok(Common { counts, note: None });
    };
    let place = all.on_task(task.code);
    if policy == MissingCases::Refuse {
        let at = found(task, drafts, first);
        return Err(all.error(
            at,
            format!(
                "case {:?} has no value of {who} ({what}); all must have the same cases, or say \
                 --missing-cases common and the cases that all have are compared",
                name(first)
            ),
        ));
    }
    let left = counts.iter().filter(|counts| !**counts).count();
    if left == cases {
        let at = found(task, drafts, first);
        return Err(all.error(
            at,
            format!(
                "no case{place} has {what} of every model: {who} lacks {:?}; are the names of \
                 the cases the same in all files?",
                name(first)
            ),
        ));
    }
    let mut words: Vec<String> = lacking
        .iter()
        .take(5)
        .map(|(who, count, first)| format!("{who} lacks {count}, first {}", name(*first)))
        .collect();
    if lacking.len() > words.len() {
        words.push(format!("and {} more", lacking.len() - words.len()));
    }
    let note = format!(
        "{left} of {cases} cases are left out of {what}{place}, because not all have them ({}); \
         compared are the {} that all have (--missing-cases refuse makes this an error)",
        words.join("; "),
        cases - left
    );
    Ok(Common { counts, note: Some(note) })
}

/// A line that has the case.
fn found(task: &Task, drafts: &[&Draft], case: usize) -> At {
    let row = drafts.iter().map(|draft| draft.at(case)).find(|at| at.line > 0);
    row.unwrap_or(task.first[case])
}
