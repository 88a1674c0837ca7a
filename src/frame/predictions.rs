//! `predictions.parquet`: one row per test case, written and read.

use std::path::Path;
use std::sync::Arc;

use polars::prelude::*;

use super::error::{FrameError, Operation};
use crate::records::{Answer, Prediction, write_atomic};
use crate::scores::{CaseRun, CaseTable};
use crate::spec::Target;

/// Writes predictions: `case`, `patient`, the labels and a score per class.
pub fn write_predictions(
    path: &Path,
    classes: &[String],
    target: Target,
    rows: &[Prediction],
) -> Result<(), FrameError> {
    let mut frame = to_frame(classes, target, rows)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).op("write predictions of")?;
    write_atomic(path, |out| std::io::Write::write_all(out, &bytes))?;
    Ok(())
}

/// Reads predictions as runs of a case comparison see them: scores per class,
/// and the table of their cases, which is `known` where the cases are those.
pub fn read_predictions(
    path: &Path,
    known: Option<&Arc<CaseTable>>,
) -> Result<CaseRun, FrameError> {
    let fail = |reason: String| FrameError::Read { path: path.to_path_buf(), reason };
    let file = std::fs::File::open(path).map_err(|error| fail(error.to_string()))?;
    // Callers read many files at once: threads of its own would be too many.
    let reader = ParquetReader::new(file).read_parallel(ParallelStrategy::None);
    let columns = Columns { frame: reader.finish().op("read predictions of")? };
    let classes = columns.classes();
    if let Some((class, unknown)) = columns.unknown(&classes)? {
        return Err(fail(format!(
            "{unknown} test cases have no label of `{class}` (`ignore` or `soft` in the study file); what \
             is made of single cases needs every label"
        )));
    }
    let scores = classes
        .iter()
        .map(|class| columns.numbers(&format!("score_{class}")))
        .collect::<Result<_, FrameError>>()?;
    let table = match known {
        Some(known) if columns.are_of(known, &classes)? => Arc::clone(known),
        _ => Arc::new(columns.table(classes)?),
    };
    Ok(CaseRun { table, scores })
}

/// Reads predictions row by row, with the names of their classes: for metrics,
/// which pass over labels that nobody knows.
pub fn read_prediction_rows(path: &Path) -> Result<(Vec<String>, Vec<Prediction>), FrameError> {
    let fail = |reason: String| FrameError::Read { path: path.to_path_buf(), reason };
    let file = std::fs::File::open(path).map_err(|error| fail(error.to_string()))?;
    let reader = ParquetReader::new(file).read_parallel(ParallelStrategy::None);
    let columns = Columns { frame: reader.finish().op("read predictions of")? };
    let classes = columns.classes();
    let of_classes = |prefix: &str| -> Result<Vec<Vec<Option<f32>>>, FrameError> {
        let names = classes.iter().map(|class| format!("{prefix}_{class}"));
        names.map(|name| Ok(columns.floats(&name)?.iter().collect())).collect()
    };
    let scores = of_classes("score")?;
    let score = |row: usize| scores.iter().map(|of| of[row].unwrap_or(f32::NAN)).collect();
    let mut answers = Vec::with_capacity(columns.frame.height());
    if columns.exclusive() {
        for (row, label) in columns.floats("label")?.iter().enumerate() {
            let class = label.map_or(usize::MAX, |label| label as usize);
            answers.push(Answer::Class { class, scores: score(row) });
        }
    } else {
        let labels = of_classes("label")?;
        for row in 0..columns.frame.height() {
            let labels = labels.iter().map(|of| of[row].map(|label| label > 0.5)).collect();
            answers.push(Answer::Labels { labels, scores: score(row) });
        }
    }
    let rows = columns.texts("case")?.iter().zip(columns.texts("patient")?.iter()).zip(answers);
    let row = |((case, patient), answer): ((Option<&str>, Option<&str>), Answer)| Prediction {
        case: case.unwrap_or_default().into(),
        patient: patient.unwrap_or_default().into(),
        answer,
    };
    let rows = rows.map(row).collect();
    Ok((classes, rows))
}

/// The columns of a file of predictions.
struct Columns {
    frame: DataFrame,
}

impl Columns {
    fn names(&self) -> impl Iterator<Item = &str> {
        self.frame.get_column_names().into_iter().map(PlSmallStr::as_str)
    }

    fn classes(&self) -> Vec<String> {
        self.names().filter_map(|name| name.strip_prefix("score_")).map(Into::into).collect()
    }

    /// Whether one class alone is right.
    fn exclusive(&self) -> bool {
        self.names().any(|name| name == "label")
    }

    fn texts(&self, name: &str) -> Result<&StringChunked, FrameError> {
        self.frame.column(name).op("read")?.str().op("read")
    }

    fn floats(&self, name: &str) -> Result<&Float32Chunked, FrameError> {
        self.frame.column(name).op("read")?.f32().op("read")
    }

    fn numbers(&self, name: &str) -> Result<Vec<f64>, FrameError> {
        let column = self.floats(name)?;
        Ok(match column.cont_slice() {
            Ok(values) => values.iter().copied().map(f64::from).collect(),
            Err(_) => column.iter().map(|v| v.map_or(f64::NAN, f64::from)).collect(),
        })
    }

    /// Whether each case has class `index`.
    fn labels(&self, class: &str, index: usize) -> Result<impl Iterator<Item = bool>, FrameError> {
        let exclusive = self.exclusive();
        let column =
            self.floats(&if exclusive { "label".into() } else { format!("label_{class}") })?;
        let wanted = index as f32;
        let has = move |v: f32| if exclusive { v == wanted } else { v > 0.5 };
        Ok(column.iter().map(move |v| v.is_some_and(has)))
    }

    /// The first class that cases have no label of, with their number.
    fn unknown(&self, classes: &[String]) -> Result<Option<(String, usize)>, FrameError> {
        if self.exclusive() {
            return Ok(None);
        }
        for class in classes {
            let missing = self.floats(&format!("label_{class}"))?.null_count();
            if missing > 0 {
                return Ok(Some((class.clone(), missing)));
            }
        }
        Ok(None)
    }

    fn table(&self, classes: Vec<String>) -> Result<CaseTable, FrameError> {
        let texts = |name: &str| -> Result<Vec<String>, FrameError> {
            Ok(self.texts(name)?.iter().map(|v| v.unwrap_or_default().into()).collect())
        };
        let labels = classes
            .iter()
            .enumerate()
            .map(|(index, class)| Ok(self.labels(class, index)?.collect()))
            .collect::<Result<_, FrameError>>()?;
        Ok(CaseTable {
            cases: texts("case")?,
            patients: texts("patient")?,
            labels,
            exclusive: self.exclusive(),
            classes,
        })
    }

    /// Whether cases and labels are those of a table; compared in place.
    fn are_of(&self, table: &CaseTable, classes: &[String]) -> Result<bool, FrameError> {
        if self.frame.height() != table.cases.len()
            || classes != table.classes
            || self.exclusive() != table.exclusive
        {
            return Ok(false);
        }
        let same = |name: &str, known: &[String]| -> Result<bool, FrameError> {
            Ok(self.texts(name)?.iter().zip(known).all(|(v, known)| v.unwrap_or_default() == known))
        };
        if !same("case", &table.cases)? || !same("patient", &table.patients)? {
            return Ok(false);
        }
        for (index, (class, known)) in classes.iter().zip(&table.labels).enumerate() {
            if !self.labels(class, index)?.eq(known.iter().copied()) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn to_frame(
    classes: &[String],
    target: Target,
    rows: &[Prediction],
) -> Result<DataFrame, FrameError> {
    let text = |name: &str, f: fn(&Prediction) -> &str| {
        Column::new(name.into(), rows.iter().map(f).collect::<Vec<_>>())
    };
    let number = |name: String, f: &dyn Fn(&Prediction) -> Option<f32>| {
        Column::new(name.into(), rows.iter().map(f).collect::<Vec<_>>())
    };
    let mut columns = vec![text("case", |r| &r.case), text("patient", |r| &r.patient)];
    match target {
        Target::MultiClass => columns.push(number("label".into(), &index)),
        Target::Binary | Target::MultiLabel | Target::Segmentation => {
            for (i, class) in classes.iter().enumerate() {
                columns.push(number(format!("label_{class}"), &|r| label(r, i)));
            }
        }
    }
    for (i, class) in classes.iter().enumerate() {
        columns.push(number(format!("score_{class}"), &|r| r.answer.scores().get(i).copied()));
    }
    DataFrame::new(rows.len(), columns).op("build predictions of")
}

/// Index of the right class, where there is one.
fn index(row: &Prediction) -> Option<f32> {
    match &row.answer {
        Answer::Class { class, .. } => Some(*class as f32),
        Answer::Labels { .. } => None,
    }
}

/// 0 or 1 for one class, where each is by itself; null where nobody knows.
fn label(row: &Prediction, class: usize) -> Option<f32> {
    match &row.answer {
        Answer::Labels { labels, .. } => {
            labels.get(class).copied().flatten().map(|label| f32::from(u8::from(label)))
        }
        Answer::Class { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prediction(case: &str, answer: Answer) -> Prediction {
        Prediction { case: case.into(), patient: format!("p{case}"), answer }
    }

    fn row(case: &str, labels: [bool; 2], scores: [f32; 2]) -> Prediction {
        let labels = labels.into_iter().map(Some).collect();
        let answer = Answer::Labels { labels, scores: scores.to_vec() };
        prediction(case, answer)
    }

    #[test]
    fn runs_of_the_same_cases_share_their_table() {
        let dir = tempfile::tempdir().expect("a folder");
        let classes = ["x".to_string(), "y".to_string()];
        let write = |name: &str, rows: &[Prediction]| {
            let path = dir.path().join(name);
            write_predictions(&path, &classes, Target::MultiLabel, rows).expect("written");
            path
        };
        let none = [false; 2];
        let first = write("a", &[row("1", [true, false], [0.9, 0.1]), row("2", none, [0.2; 2])]);
        let same = write("b", &[row("1", [true, false], [0.5, 0.4]), row("2", none, [0.3; 2])]);
        let other = write("c", &[row("1", [true, true], [0.9, 0.1]), row("2", none, [0.2; 2])]);
        let a = read_predictions(&first, None).expect("read");
        assert_eq!(a.table.labels, [[true, false], [false, false]]);
        assert_eq!((a.table.patients[1].as_str(), a.scores[1][0]), ("p2", f64::from(0.1f32)));
        let b = read_predictions(&same, Some(&a.table)).expect("read");
        assert!(Arc::ptr_eq(&a.table, &b.table) && b.scores[0] == [0.5, f64::from(0.3f32)]);
        let c = read_predictions(&other, Some(&a.table)).expect("read");
        assert!(c.table != a.table);
    }

    #[test]
    fn unknown_labels_are_written_as_null_and_are_no_table_of_cases() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("p");
        let classes = ["x".to_string(), "y".to_string()];
        let labels = vec![Some(false), None];
        let rows = [
            prediction("1", Answer::Labels { labels, scores: vec![0.5, 0.5] }),
            row("2", [true; 2], [0.5; 2]),
        ];
        write_predictions(&path, &classes, Target::MultiLabel, &rows).expect("written");
        let error = read_predictions(&path, None).expect_err("an error").to_string();
        assert!(error.contains("1 test cases have no label of `y`"), "{error}");
    }

    #[test]
    fn one_label_column_is_one_class_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("p");
        let classes = ["x".to_string(), "y".to_string()];
        let row = |case, class, scores: [f32; 2]| {
            prediction(case, Answer::Class { class, scores: scores.to_vec() })
        };
        let rows = [row("1", 1, [0.3, 0.7]), row("2", 0, [0.6, 0.4])];
        write_predictions(&path, &classes, Target::MultiClass, &rows).expect("written");
        let run = read_predictions(&path, None).expect("read");
        assert!(run.table.exclusive);
        assert_eq!(run.table.labels, [[false, true], [true, false]]);
        let again = read_predictions(&path, Some(&run.table)).expect("read");
        assert!(Arc::ptr_eq(&again.table, &run.table));
    }
}
