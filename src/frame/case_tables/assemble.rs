//! Rows of all files, put together: per task its cases, and per run, metric and
//! class a number for each case, with the line it stands in.

use std::collections::HashMap;
use std::path::PathBuf;

use super::columns::Role;
use super::labels::Labels;
use super::sheet::{Book, Sheet};
use crate::frame::error::FrameError;

/// Further factors that a table may have.
pub(super) const MOST_FACTORS: usize = 4;
/// No place in a list.
const NONE: u32 = u32::MAX;

/// What a number is of, as codes in the book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) task: u32,
    pub(super) model: u32,
    pub(super) init: u32,
    pub(super) fraction: u32,
    pub(super) seed: u32,
    pub(super) others: [u32; MOST_FACTORS],
    pub(super) metric: u32,
    pub(super) class: u32,
}

impl Key {
    /// The same run, whatever metric and class.
    pub(super) fn run(self) -> Self {
        Self { metric: 0, class: 0, ..self }
    }

    /// The same levels, whatever seed.
    pub(super) fn place(self) -> Self {
        Self { seed: 0, ..self.run() }
    }
}

/// Where something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub(super) file: u16,
    pub(super) line: u32,
}

/// Numbers of one run, metric and class by case.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) key: Key,
    pub(super) file: u16,
    /// NaN where a case has none.
    pub(super) values: Vec<f64>,
    /// Line of each; 0 where a case has no row.
    pub(super) lines: Vec<u32>,
}

impl Draft {
    pub(super) fn at(&self, case: usize) -> At {
        At { file: self.file, line: self.lines.get(case).copied().unwrap_or(0) }
    }

    pub(super) fn value(&self, case: usize) -> f64 {
        self.values.get(case).copied().unwrap_or(f64::NAN)
    }
}

/// A task.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) code: u32,
    /// Codes of the cases, in order of first appearance.
    pub(super) cases: Vec<u32>,
    /// Where each case stands first.
    pub(super) first: Vec<At>,
    place_of: Vec<u32>,
    /// Patient of each case, and where it says so.
    pub(super) patients: Vec<Option<(u32, At)>>,
    pub(super) drafts: Vec<Draft>,
    index: HashMap<Key, usize>,
    last: usize,
    pub(super) labels: Labels,
}

impl Task {
    fn new(code: u32) -> Self {
        Self {
            code,
            cases: Vec::new(),
            first: Vec::new(),
            place_of: Vec::new(),
            patients: Vec::new(),
            drafts: Vec::new(),
            index: HashMap::new(),
            last: 0,
            labels: Labels::default(),
        }
    }

    /// The place of a case, new or known.
    pub(super) fn case(&mut self, code: u32, at: At) -> usize {
        let index = code as usize;
        if self.place_of.len() <= index {
            self.place_of.resize(index + 1, NONE);
        }
        if self.place_of[index] == NONE {
            self.place_of[index] = self.cases.len() as u32;
            self.cases.push(code);
            self.first.push(at);
            self.patients.push(None);
        }
        self.place_of[index] as usize
    }

    /// The place of a case that is known.
    pub(super) fn find(&self, code: u32) -> Option<usize> {
        self.place_of.get(code as usize).filter(|at| **at != NONE).map(|at| *at as usize)
    }
}

/// All files together.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    pub(super) book: Book,
    pub(super) files: Vec<PathBuf>,
    pub(super) tasks: Vec<Task>,
}

impl Assembly {
    /// The task of a code.
    pub(super) fn task(&mut self, code: u32) -> usize {
        self.tasks.iter().position(|task| task.code == code).unwrap_or_else(|| {
            self.tasks.push(Task::new(code));
            self.tasks.len() - 1
        })
    }

    /// An error at a place.
    pub(super) fn error(&self, at: At, reason: String) -> FrameError {
        let path = self.files.get(usize::from(at.file)).cloned().unwrap_or_default();
        FrameError::Case { path, line: u64::from(at.line), reason }
    }

    /// `line 7 of a.csv`.
    pub(super) fn words(&self, at: At) -> String {
        let path = self.files.get(usize::from(at.file));
        let name = path.and_then(|path| path.file_name()).unwrap_or_default();
        format!("line {} of {}", at.line, name.to_string_lossy())
    }

    /// Notes the patient of a case.
    pub(super) fn patient(
        &mut self,
        task: usize,
        case: usize,
        patient: u32,
        at: At,
    ) -> Result<(), FrameError> {
        match self.tasks[task].patients[case] {
            None => self.tasks[task].patients[case] = Some((patient, at)),
            Some((known, first)) if known != patient => {
                let name = self.book.get(Role::Case, self.tasks[task].cases[case]);
                return Err(self.error(
                    at,
                    format!(
                        "case {name:?} is of patient {:?} here and of patient {:?} in {}; a case \
                         belongs to one patient: correct one of the rows, or give the two images \
                         names of their own",
                        self.book.get(Role::Patient, patient),
                        self.book.get(Role::Patient, known),
                        self.words(first)
                    ),
                ));
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Adds a number; a case has one per run, metric and class.
    pub(super) fn add(
        &mut self,
        task: usize,
        key: Key,
        case: usize,
        value: f64,
        at: At,
    ) -> Result<(), FrameError> {
        let of = &mut self.tasks[task];
        let draft = if of.drafts.get(of.last).is_some_and(|draft| draft.key == key) {
            of.last
        } else {
            let drafts = &mut of.drafts;
            *of.index.entry(key).or_insert_with(|| {
                let (values, lines) = (Vec::new(), Vec::new());
                drafts.push(Draft { key, file: at.file, values, lines });
                drafts.len() - 1
            })
        };
        of.last = draft;
        let draft = &mut of.drafts[draft];
        if draft.lines.len() <= case {
            draft.lines.resize(case + 1, 0);
            draft.values.resize(case + 1, f64::NAN);
        }
        if draft.lines[case] != 0 {
            let first = At { file: draft.file, line: draft.lines[case] };
            return Err(self.twice(task, key, case, at, first));
        }
        draft.lines[case] = at.line;
        draft.values[case] = value;
        Ok(())
    }

    fn twice(&self, task: usize, key: Key, case: usize, at: At, first: At) -> FrameError {
        let name = self.book.get(Role::Case, self.tasks[task].cases[case]);
        self.error(
            at,
            format!(
                "case {name:?} of {} stands in {} too; keep one of them, or say what tells them \
                 apart: a column seed, metric or class, or --factor COLUMN, or pick one with \
                 --where COLUMN=VALUE",
                self.key_words(key),
                self.words(first)
            ),
        )
    }

    /// `t / m / i / dice / liver`, without what stands in for a missing column.
    pub(super) fn key_words(&self, key: Key) -> String {
        let parts = [
            (Role::Task, key.task, "task"),
            (Role::Model, key.model, "model"),
            (Role::Init, key.init, "init"),
            (Role::Metric, key.metric, "score"),
            (Role::Class, key.class, ""),
        ];
        let named = parts.iter().map(|(role, code, plain)| (self.book.get(*role, *code), *plain));
        let names = named.filter(|(name, plain)| name != plain).map(|(name, _)| name);
        let others = key.others.iter().map(|code| self.book.get(Role::Other, *code));
        let parts: Vec<&str> = names.chain(others).filter(|name| !name.is_empty()).collect();
        if parts.is_empty() { "the model".into() } else { parts.join(" / ") }
    }

    /// ` on chest`; nothing where no column names the task.
    pub(super) fn on_task(&self, code: u32) -> String {
        match self.book.get(Role::Task, code) {
            "task" => String::new(),
            name => format!(" on {name}"),
        }
    }

    /// The codes of a row but those of metric and class; `model` names rows of a
    /// file that does not.
    pub(super) fn keys(&mut self, sheet: &Sheet, model: &str, factors: &[String]) -> Vec<Key> {
        let rows = sheet.lines.len();
        let mut keys = vec![Key::default(); rows];
        let defaults = [
            (Role::Task, "task"),
            (Role::Model, model),
            (Role::Init, "init"),
            (Role::Fraction, "1"),
            (Role::Seed, "0"),
        ];
        for (role, default) in defaults {
            let empty = self.book.names(role).code("");
            let default = self.book.names(role).code(default);
            let codes = sheet.codes(role);
            for (row, key) in keys.iter_mut().enumerate() {
                let code = codes.map_or(default, |codes| codes[row]);
                let code = if code == empty { default } else { code };
                match role {
                    Role::Task => key.task = code,
                    Role::Model => key.model = code,
                    Role::Init => key.init = code,
                    Role::Fraction => key.fraction = code,
                    _ => key.seed = code,
                }
            }
        }
        for (at, factor) in factors.iter().take(MOST_FACTORS).enumerate() {
            let Some(column) = sheet.header.iter().position(|name| name == factor) else {
                continue;
            };
            if let super::sheet::Column::Names(codes) = &sheet.columns[column] {
                for (key, code) in keys.iter_mut().zip(codes) {
                    key.others[at] = *code;
                }
            }
        }
        keys
    }
}
