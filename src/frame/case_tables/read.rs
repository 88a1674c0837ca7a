//! Files in, results out.

use std::sync::Arc;

use super::assemble::{Assembly, At, Key, MOST_FACTORS};
use super::columns::{Form, Role, class_of, form, label_of};
use super::labels::yes;
use super::notes;
use super::sheet::{Book, Sheet};
use super::{predictions, values};
use crate::frame::error::FrameError;
use crate::frame::reading::Reading;
use crate::frame::results::Results;
use crate::frame::runs::filter;
use crate::records::ResultRow;
use crate::scores::{Better, CaseData, MetricRules, canonical};
use crate::table::Sheet as Table;

/// What comes out beside the cases.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) data: CaseData,
    pub(super) rows: Vec<ResultRow>,
    pub(super) notes: Vec<String>,
}

/// Reads tables of cases; the first file with labels is the truth.
pub(in crate::frame) fn read(
    mut files: Vec<Table>,
    names: &[String],
    reading: &Reading,
) -> Result<Results, FrameError> {
    filter(&mut files, reading)?;
    let factors: Vec<String> =
        reading.factors.iter().filter(|name| is_further(name)).cloned().collect();
    if factors.len() > MOST_FACTORS {
        let reason = format!(
            "{} further factors were asked for; a table of cases has {MOST_FACTORS} at most",
            factors.len()
        );
        return Err(FrameError::Inputs { reason });
    }
    let mut book = Book::default();
    // Code 0 is no class and no level of a further factor.
    for role in [Role::Class, Role::Other] {
        book.names(role).code("");
    }
    let sheets: Vec<Sheet> = files
        .iter()
        .map(|file| Sheet::of(file, &mut book, reading, &factors))
        .collect::<Result<_, _>>()?;
    let forms: Vec<Form> = sheets.iter().map(|sheet| form(&sheet.header, &sheet.roles)).collect();
    check(&sheets, &forms, &factors)?;
    let of_values = |form: &Form| matches!(form, Form::LongValues | Form::WideValues);
    let (first, source) = (of_values(&forms[0]), files[0].path());
    if let Some(other) = forms.iter().position(|form| of_values(form) != first) {
        let kind = |values: bool| if values { "values per case" } else { "predictions" };
        return Err(FrameError::Inputs {
            reason: format!(
                "{} holds {} and {} holds {}; give files of one kind",
                files[0].path().display(),
                kind(first),
                files[other].path().display(),
                kind(!first)
            ),
        });
    }
    let paths = files.iter().map(|file| file.path().to_path_buf()).collect();
    let mut all = Assembly { book, files: paths, tasks: Vec::new() };
    let said = files.iter().flat_map(|file| file.notes().iter().cloned());
    let mut notes: Vec<String> = said.collect();
    notes.extend(notes::of_columns(&sheets, &forms, &factors));
    let rules = directions(&mut all, &sheets, reading)?;
    let truth = truth(&sheets, &forms);
    notes.extend(
        truth
            .filter(|_| sheets.len() > 1)
            .map(|at| format!("the truth that all other files are held against: {}", names[at])),
    );
    for (at, (sheet, form)) in sheets.iter().zip(&forms).enumerate() {
        let model = if sheets.len() > 1 { names[at].clone() } else { "model".into() };
        let keys = all.keys(sheet, &model, &factors);
        let feed = Feed { sheet, file: at as u16, keys: &keys, truth: truth == Some(at) };
        match form {
            Form::LongValues => feed.long(&mut all, Role::Value)?,
            Form::WideValues => feed.wide_values(&mut all)?,
            Form::LongPredictions => feed.long(&mut all, Role::Score)?,
            Form::WidePredictions => feed.wide_predictions(&mut all)?,
        }
    }
    let lacking = lacking(&sheets);
    drop(sheets);
    let mut found = if first {
        values::finish(&all, reading, &rules, &factors)?
    } else {
        predictions::finish(&all, reading, &factors)?
    };
    found.data.forget(&lacking);
    let mut results = Results::of_rows(&found.rows, factors, source)?;
    results.lacking = lacking;
    results.notes = notes;
    results.notes.extend(found.notes);
    results.rules = rules;
    results.reading = reading.clone();
    results.inputs = files.iter().map(|file| file.path().to_path_buf()).collect();
    results.cases = Some(Arc::new(found.data));
    Ok(results)
}

/// Columns that no file has, and that nothing stands in for that is worth
/// reading; several files are several models.
fn lacking(sheets: &[Sheet]) -> Vec<String> {
    let columns = [(Role::Task, "task"), (Role::Model, "model"), (Role::Init, "init")];
    let has = |role: Role| {
        sheets.iter().any(|sheet| sheet.role(role).is_some())
            || (role == Role::Model && sheets.len() > 1)
    };
    columns.into_iter().filter(|(role, _)| !has(*role)).map(|(_, name)| name.into()).collect()
}

/// Whether a factor has no column of its own in every table.
fn is_further(name: &str) -> bool {
    !["task", "model", "init", "label_fraction"].contains(&name)
}

fn check(sheets: &[Sheet], forms: &[Form], factors: &[String]) -> Result<(), FrameError> {
    for (sheet, form) in sheets.iter().zip(forms) {
        if sheet.role(Role::Case).is_none() {
            return Err(FrameError::MissingColumn {
                path: sheet.path.clone(),
                column: "case".into(),
                found: sheet.header.join(", "),
                hint: "; several files are read as tables of cases, joined by it".into(),
            });
        }
        let scored = (0..sheet.header.len()).any(|at| sheet.is_numeric(at));
        if *form == Form::WidePredictions && !scored && sheet.role(Role::Label).is_none() {
            return Err(FrameError::MissingColumn {
                path: sheet.path.clone(),
                column: "value".into(),
                found: sheet.header.join(", "),
                hint: "; a table of cases has a value per case, a score, or a column of scores \
                       per class"
                    .into(),
            });
        }
    }
    let has = |name: &String| sheets.iter().any(|sheet| sheet.header.contains(name));
    match factors.iter().find(|name| !has(name)) {
        None => Ok(()),
        Some(column) => Err(FrameError::NoFactor {
            path: sheets[0].path.clone(),
            column: column.clone(),
            found: sheets[0].header.join(", "),
        }),
    }
}

/// The file of truth: the first that has labels and no scores; where no file
/// names labels, the first whose numbers are all 0 or 1.
fn truth(sheets: &[Sheet], forms: &[Form]) -> Option<usize> {
    if sheets.len() < 2
        || forms.iter().any(|form| *form != Form::WidePredictions && *form != Form::LongPredictions)
    {
        return None;
    }
    let others = |sheet: &Sheet| -> Vec<usize> {
        let other = |at: &usize| sheet.roles[*at] == Role::Other && sheet.is_numeric(*at);
        (0..sheet.header.len()).filter(other).collect()
    };
    let labels_alone = |(sheet, form): (&Sheet, &Form)| {
        let plain = others(sheet).iter().any(|at| label_of(&sheet.header[*at]).is_none());
        let labels = others(sheet).iter().any(|at| label_of(&sheet.header[*at]).is_some());
        *form == Form::WidePredictions && !plain && (labels || sheet.role(Role::Label).is_some())
    };
    let named = sheets.iter().zip(forms).position(labels_alone);
    let labelled = |sheet: &Sheet| {
        sheet.role(Role::Label).is_some()
            || sheet.header.iter().any(|name| label_of(name).is_some())
    };
    if named.is_some() || sheets.iter().any(labelled) {
        return named;
    }
    sheets.iter().position(|sheet| {
        let columns = others(sheet);
        let binary = |at: &usize| {
            sheet.numbers(*at).is_ok_and(|v| v.iter().all(|v| v.is_nan() || *v == 0.0 || *v == 1.0))
        };
        !columns.is_empty() && sheet.role(Role::Model).is_none() && columns.iter().all(binary)
    })
}

/// Directions that a column states, and what the reader was told.
fn directions(
    all: &mut Assembly,
    sheets: &[Sheet],
    reading: &Reading,
) -> Result<MetricRules, FrameError> {
    let mut rules = MetricRules::default();
    for (file, sheet) in sheets.iter().enumerate() {
        let (Some(codes), Some(metrics)) =
            (sheet.codes(Role::Direction), sheet.codes(Role::Metric))
        else {
            continue;
        };
        let mut last = None;
        for (row, pair) in codes.iter().zip(metrics).enumerate() {
            if last == Some(pair) {
                continue;
            }
            last = Some(pair);
            let text = all.book.get(Role::Direction, *pair.0);
            if text.is_empty() {
                continue;
            }
            let Some(better) = crate::frame::runs::direction(text) else {
                let at = At { file: file as u16, line: sheet.lines[row] };
                return Err(
                    all.error(at, format!("the direction is {text:?}, expected higher or lower"))
                );
            };
            if better != Better::Unknown {
                rules.direct(all.book.get(Role::Metric, *pair.1), better);
            }
        }
    }
    rules.extend(&reading.rules);
    Ok(rules)
}

/// One file on its way into the assembly.
struct Feed<'a> {
    sheet: &'a Sheet,
    file: u16,
    keys: &'a [Key],
    truth: bool,
}

impl Feed<'_> {
    fn at(&self, row: usize) -> At {
        At { file: self.file, line: self.sheet.lines[row] }
    }

    /// Task and place of the case of a row.
    fn place(&self, all: &mut Assembly, row: usize) -> Result<(usize, usize), FrameError> {
        let (codes, at) = (self.sheet.codes(Role::Case).unwrap_or_default(), self.at(row));
        let code = codes[row];
        if all.book.get(Role::Case, code).is_empty() {
            return Err(all.error(at, "the name of the case is empty".into()));
        }
        let task = match all.tasks.first().filter(|task| task.code == self.keys[row].task) {
            Some(_) => 0,
            None => all.task(self.keys[row].task),
        };
        let case = all.tasks[task].case(code, at);
        let patient = self.sheet.codes(Role::Patient).map(|patients| patients[row]);
        let named = |code: &u32| !all.book.get(Role::Patient, *code).is_empty();
        if let Some(patient) = patient.filter(named) {
            all.patient(task, case, patient, at)?;
        }
        Ok((task, case))
    }

    /// A value or a score per row.
    fn long(&self, all: &mut Assembly, role: Role) -> Result<(), FrameError> {
        let Some(column) = self.sheet.role(role) else { return Ok(()) };
        let numbers = self.sheet.numbers(column)?;
        let name = if role == Role::Value { "value" } else { "score" };
        let default = all.book.names(Role::Metric).code(name);
        let none = all.book.names(Role::Class).code("");
        let metrics = self.sheet.codes(Role::Metric).filter(|_| role == Role::Value);
        let classes = self.sheet.codes(Role::Class);
        let metrics = metrics.map(|codes| canonical_codes(all, codes, default));
        let labels = self.sheet.codes(Role::Label);
        for (row, value) in numbers.iter().enumerate() {
            let (task, case) = self.place(all, row)?;
            let class = classes.map_or(none, |codes| codes[row]);
            let metric = metrics.as_ref().map_or(default, |codes| codes[row]);
            let key = Key { metric, class, ..self.keys[row] };
            all.add(task, key, case, *value, self.at(row))?;
            if let Some(labels) = labels.filter(|_| role == Role::Score) {
                let named = yes(all.book.get(Role::Label, labels[row])).is_none();
                let class = if named { none } else { class };
                all.label(task, class, case, labels[row], self.at(row))?;
            }
        }
        Ok(())
    }

    /// A column per metric.
    fn wide_values(&self, all: &mut Assembly) -> Result<(), FrameError> {
        let none = all.book.names(Role::Class).code("");
        let classes = self.sheet.codes(Role::Class);
        for column in 0..self.sheet.header.len() {
            if self.sheet.roles[column] != Role::Other {
                continue;
            }
            let numbers = self.sheet.numbers(column)?;
            let metric = all.book.names(Role::Metric).code(&canonical(&self.sheet.header[column]));
            for (row, value) in numbers.iter().enumerate() {
                let (task, case) = self.place(all, row)?;
                let class = classes.map_or(none, |codes| codes[row]);
                let key = Key { metric, class, ..self.keys[row] };
                all.add(task, key, case, *value, self.at(row))?;
            }
        }
        Ok(())
    }

    /// A column of scores, or of labels, per class.
    fn wide_predictions(&self, all: &mut Assembly) -> Result<(), FrameError> {
        let none = all.book.names(Role::Class).code("");
        if let Some(labels) = self.sheet.codes(Role::Label) {
            let classes = self.sheet.codes(Role::Class);
            for (row, label) in labels.iter().enumerate() {
                let (task, case) = self.place(all, row)?;
                let class = classes.map_or(none, |codes| codes[row]);
                all.label(task, class, case, *label, self.at(row))?;
            }
        }
        let metric = all.book.names(Role::Metric).code("score");
        let scored: Vec<String> = self
            .sheet
            .header
            .iter()
            .filter(|name| class_of(name) != name.as_str())
            .map(|name| class_of(name).to_string())
            .collect();
        for column in 0..self.sheet.header.len() {
            let name = &self.sheet.header[column];
            let other = self.sheet.roles[column] == Role::Other && self.sheet.is_numeric(column);
            if !other {
                continue;
            }
            let label = label_of(name)
                .map(String::from)
                .or_else(|| (self.truth || scored.contains(name)).then(|| name.clone()));
            // Beside columns named as scores a plain one is neither.
            if label.is_none() && !scored.is_empty() && class_of(name) == name.as_str() {
                continue;
            }
            let numbers = self.sheet.numbers(column)?;
            let class = label.as_deref().unwrap_or_else(|| class_of(name));
            let class = all.book.names(Role::Class).code(class);
            for (row, value) in numbers.iter().enumerate() {
                let (task, case) = self.place(all, row)?;
                let at = self.at(row);
                if label.is_some() {
                    let text = if value.is_nan() { String::new() } else { value.to_string() };
                    let code = all.book.names(Role::Label).code(&text);
                    all.label(task, class, case, code, at)?;
                } else {
                    let key = Key { metric, class, ..self.keys[row] };
                    all.add(task, key, case, *value, at)?;
                }
            }
        }
        Ok(())
    }
}

/// Metrics by the names that the field has for them.
fn canonical_codes(all: &mut Assembly, codes: &[u32], default: u32) -> Vec<u32> {
    let names: Vec<String> =
        all.book.names(Role::Metric).list().iter().map(|name| canonical(name)).collect();
    let known: Vec<u32> = names
        .iter()
        .map(|name| if name.is_empty() { default } else { all.book.names(Role::Metric).code(name) })
        .collect();
    codes.iter().map(|code| known[*code as usize]).collect()
}
