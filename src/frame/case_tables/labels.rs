//! What is true of the cases: a label per class, or the one class of a case.

use super::assemble::{Assembly, At};
use super::columns::Role;
use crate::frame::error::FrameError;

/// Labels of a task as they stand in its files.
#[derive(Debug, Default)]
pub(super) struct Labels {
    /// Per class (code in the book) by case: code of the label's text and where
    /// it stands.
    pub(super) columns: Vec<(u32, Vec<Option<(u32, At)>>)>,
}

/// Labels of a task, understood.
#[derive(Debug)]
pub(super) struct Truth {
    /// Names of the classes.
    pub(super) classes: Vec<String>,
    /// Per class whether each case has it; absent where nobody says.
    pub(super) has: Vec<Vec<Option<bool>>>,
    /// One class alone is right.
    pub(super) exclusive: bool,
}

/// Yes or no, as people write it.
pub(super) fn yes(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "1" | "1.0" | "true" | "yes" | "positive" | "pos" => Some(true),
        "0" | "0.0" | "false" | "no" | "negative" | "neg" => Some(false),
        _ => None,
    }
}

fn is_missing(text: &str) -> bool {
    matches!(text, "" | "NA" | "NaN" | "nan" | "null" | "None")
}

impl Labels {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    fn column(&mut self, class: u32) -> &mut Vec<Option<(u32, At)>> {
        let at = self.columns.iter().position(|(known, _)| *known == class).unwrap_or_else(|| {
            self.columns.push((class, Vec::new()));
            self.columns.len() - 1
        });
        &mut self.columns[at].1
    }
}

impl Assembly {
    /// Notes a label; every file that has it must say the same.
    pub(super) fn label(
        &mut self,
        task: usize,
        class: u32,
        case: usize,
        label: u32,
        at: At,
    ) -> Result<(), FrameError> {
        if is_missing(self.book.get(Role::Label, label)) {
            return Ok(());
        }
        let column = self.tasks[task].labels.column(class);
        if column.len() <= case {
            column.resize(case + 1, None);
        }
        let Some((known, first)) = column[case] else {
            column[case] = Some((label, at));
            return Ok(());
        };
        let [here, there] = [label, known].map(|code| self.book.get(Role::Label, code));
        if here == there || (yes(here).is_some() && yes(here) == yes(there)) {
            return Ok(());
        }
        let name = self.book.get(Role::Case, self.tasks[task].cases[case]);
        let of = match self.book.get(Role::Class, class) {
            "" => String::new(),
            class => format!(" for {class}"),
        };
        Err(self.error(
            at,
            format!(
                "case {name:?} has the label {here:?}{of} here and {there:?} in {}; all files must \
                 agree on what is true: correct one of them, or give the truth once, in a file of \
                 its own before the others",
                self.words(first)
            ),
        ))
    }

    /// The labels of a task for the classes that `scored` names. `one` says that
    /// a label names the class of its case.
    pub(super) fn truth(&self, task: usize, scored: &[String]) -> Result<Truth, FrameError> {
        let (of, cases) = self.labelled(task);
        let labels = &of.labels;
        let text = |code: u32| self.book.get(Role::Label, code);
        let binary = |column: &[Option<(u32, At)>]| {
            column.iter().flatten().all(|(label, _)| yes(text(*label)).is_some())
        };
        let single =
            labels.columns.iter().find(|(class, _)| self.book.get(Role::Class, *class).is_empty());
        if let Some((_, column)) = single {
            if scored.len() > 1 || !binary(column) {
                return self.one_class(column, &cases, scored);
            }
            let classes = vec![
                scored
                    .first()
                    .filter(|name| !name.is_empty())
                    .cloned()
                    .unwrap_or_else(|| "positive".into()),
            ];
            let has = vec![self.has(column, &cases)?];
            return Ok(Truth { classes, has, exclusive: false });
        }
        let (mut classes, mut has) = (Vec::new(), Vec::new());
        for (class, column) in &labels.columns {
            let name = self.book.get(Role::Class, *class);
            if scored.iter().any(|scored| scored == name) {
                classes.push(name.to_string());
                has.push(self.has(column, &cases)?);
            }
        }
        Ok(Truth { classes, has, exclusive: false })
    }

    /// The task whose labels count, and per case of `task` its place there: a
    /// file of truth without tasks is that of all.
    fn labelled(&self, task: usize) -> (&super::assemble::Task, Vec<Option<usize>>) {
        let own = &self.tasks[task];
        if !own.labels.is_empty() {
            return (own, (0..own.cases.len()).map(Some).collect());
        }
        let other = self.tasks.iter().find(|task| !task.labels.is_empty()).unwrap_or(own);
        (other, own.cases.iter().map(|code| other.find(*code)).collect())
    }

    fn has(
        &self,
        column: &[Option<(u32, At)>],
        cases: &[Option<usize>],
    ) -> Result<Vec<Option<bool>>, FrameError> {
        let of = |case: &Option<usize>| {
            let Some((label, at)) = case.and_then(|case| column.get(case).copied().flatten())
            else {
                return Ok(None);
            };
            let text = self.book.get(Role::Label, label);
            yes(text).map(Some).ok_or_else(|| {
                self.error(
                    at,
                    format!(
                        "the label is {text:?}, expected 0 or 1 (or NA, and the case is left out)"
                    ),
                )
            })
        };
        cases.iter().map(of).collect()
    }

    /// A label names the class of its case, by name or by place among the
    /// classes.
    fn one_class(
        &self,
        column: &[Option<(u32, At)>],
        cases: &[Option<usize>],
        scored: &[String],
    ) -> Result<Truth, FrameError> {
        let by_name = |text: &str| scored.iter().position(|name| name == text);
        let all_named = column
            .iter()
            .flatten()
            .all(|(label, _)| by_name(self.book.get(Role::Label, *label)).is_some());
        let mut has = vec![vec![None; cases.len()]; scored.len()];
        for (to, case) in cases.iter().enumerate() {
            let Some((label, at)) = case.and_then(|case| column.get(case).copied().flatten())
            else {
                continue;
            };
            let text = self.book.get(Role::Label, label);
            let by_place = || {
                let place = text.strip_suffix(".0").unwrap_or(text).parse::<usize>().ok()?;
                (place < scored.len()).then_some(place)
            };
            let class = if all_named { by_name(text) } else { by_place() };
            let class = class.ok_or_else(|| {
                self.error(
                    at,
                    format!(
                        "the label is {text:?}, expected one of the classes that have scores ({}), \
                         by name or by place from 0 on",
                        scored.join(", ")
                    ),
                )
            })?;
            for (k, of) in has.iter_mut().enumerate() {
                of[to] = Some(k == class);
            }
        }
        Ok(Truth { classes: scored.to_vec(), has, exclusive: scored.len() > 1 })
    }
}
