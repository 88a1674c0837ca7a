//! scikit-learn's `classification_report`: as JSON, as a frame either way round, as
//! printed; and tables in which its averages stand among the classes.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::draft::Tidy;
use super::long::distinct;
use super::metric_names::metric_name;
use crate::frame::error::FrameError;
use crate::scores::canonical;
use crate::scores::known::known;
use crate::table::names::plain;
use crate::table::{Document, Sheet};

pub(super) const KIND: &str = "scikit-learn classification report";

/// What it counts of each class.
const MEASURES: [&str; 3] = ["precision", "recall", "f1-score"];

/// A row that is no class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Average {
    Macro,
    Weighted,
    Micro,
    Samples,
    Accuracy,
}

impl Average {
    fn of(class: &str) -> Option<Self> {
        match plain(class).trim_end_matches('.') {
            "macro_avg" | "macro_average" | "avg_macro" => Some(Self::Macro),
            "weighted_avg" | "weighted_average" | "avg_weighted" | "avg_/_total" | "avg/total" => {
                Some(Self::Weighted)
            }
            "micro_avg" | "micro_average" | "avg_micro" => Some(Self::Micro),
            "samples_avg" | "samples_average" => Some(Self::Samples),
            "accuracy" => Some(Self::Accuracy),
            _ => None,
        }
    }

    /// The name of a metric averaged in this way, where there is one.
    fn metric(self, name: &str) -> Option<String> {
        let key = canonical(name);
        let known = known(&key).filter(|known| known.key == key);
        let over_classes = known.filter(|known| known.averaging.contains("over classes"));
        let variant = |word: &str| {
            let name = format!("{word}_{key}");
            over_classes?.variants.contains(&name.as_str()).then_some(name)
        };
        match self {
            Self::Macro => over_classes.map(|known| known.key.into()),
            Self::Weighted => variant("weighted"),
            Self::Micro => variant("micro"),
            Self::Samples => None,
            Self::Accuracy => Some("accuracy".into()),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Macro => "macro avg",
            Self::Weighted => "weighted avg",
            Self::Micro => "micro avg",
            Self::Samples => "samples avg",
            Self::Accuracy => "accuracy",
        }
    }
}

/// The report as JSON (`output_dict=True`).
pub(super) fn of_document(path: &Path, document: &Document) -> Option<Sheet> {
    let object = document.value.as_object()?;
    let is_class = |value: &Value| MEASURES.iter().all(|name| value.get(name).is_some());
    if !object.values().any(is_class) {
        return None;
    }
    let mut rows = Vec::new();
    for (class, value) in object {
        let support = value.get("support").map(number).unwrap_or_default();
        if let Some(share) = value.as_f64() {
            rows.push(vec![class.clone(), class.clone(), share.to_string(), String::new()]);
        }
        for name in MEASURES.iter().filter(|_| value.is_object()) {
            let share = value.get(name).map(number).unwrap_or_default();
            rows.push(vec![class.clone(), canonical_measure(name), share, support.clone()]);
        }
    }
    Some(document.sheet(path, header(), "JSON", rows))
}

fn header() -> Vec<String> {
    ["class", "metric", "value", "n"].map(String::from).into()
}

/// A count without decimals, any other number as it is.
fn number(value: &Value) -> String {
    match value.as_f64() {
        Some(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        Some(number) => number.to_string(),
        None => String::new(),
    }
}

fn canonical_measure(name: &str) -> String {
    metric_name(name).map_or_else(|| name.into(), |found| found.metric)
}

/// The report as it is printed, if a text holds one: rows with their lines, and how
/// many reports there are. The last is read.
pub(super) fn of_text(text: &str) -> Option<(Vec<(u32, Vec<String>)>, usize)> {
    let mut reports: Vec<Vec<(u32, Vec<String>)>> = Vec::new();
    let mut within = false;
    for (at, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words == ["precision", "recall", "f1-score", "support"] {
            reports.push(Vec::new());
            within = true;
            continue;
        }
        let Some(rows) = reports.last_mut().filter(|_| within) else { continue };
        if words.is_empty() {
            continue;
        }
        match printed_row(&words) {
            Some(cells) => rows.extend(cells.into_iter().map(|cells| (at as u32 + 1, cells))),
            None => within = false,
        }
    }
    let count = reports.len();
    reports.pop().filter(|rows| !rows.is_empty()).map(|rows| (rows, count))
}

fn printed_row(words: &[&str]) -> Option<Vec<Vec<String>>> {
    let numbers = words.iter().rev().take_while(|word| word.parse::<f64>().is_ok()).count();
    let of = |take: usize| {
        let (name, cells) = words.split_at_checked(words.len().checked_sub(take)?)?;
        (!name.is_empty()).then(|| (name.join(" "), cells.to_vec()))
    };
    if numbers >= 4 {
        let (class, cells) = of(4)?;
        let row = |(at, name): (usize, &&str)| {
            vec![class.clone(), canonical_measure(name), cells[at].into(), cells[3].into()]
        };
        return Some(MEASURES.iter().enumerate().map(row).collect());
    }
    let (class, cells) = of(2).filter(|(name, _)| numbers == 2 && name == "accuracy")?;
    Some(vec![vec![class.clone(), class, cells[0].into(), cells[1].into()]])
}

/// The sheet of a printed report.
pub(super) fn printed(path: &Path, document: &Document) -> Option<Tidy> {
    let text = document.value.as_str()?;
    let (rows, count) = of_text(text)?;
    let mut tidy = Tidy::of(document.sheet_of_lines(path, header(), "text", rows));
    tidy.kind = Some(KIND);
    if count > 1 {
        tidy.notes.push(format!("the file holds {count} reports: the last is read"));
    }
    tidy.notes.push(
        "values have as many digits as were printed; output_dict=True gives all of them".into(),
    );
    Some(tidy)
}

impl Tidy {
    /// Whether the table is a report as a frame with a row per class.
    pub(super) fn is_report(&self) -> bool {
        let has = |name: &str| self.sheet.column_like(name).is_some();
        has("precision") && has("recall") && has("f1-score") && has("support")
    }

    /// Turns a frame with a column per class round: rows are measures.
    pub(super) fn turn_report(&mut self) {
        let header = self.sheet.header();
        if self.sheet.len() != 4 {
            return;
        }
        let mut names: Vec<String> = self.sheet.cells(0).map(str::to_lowercase).collect();
        names.sort();
        if names != ["f1-score", "precision", "recall", "support"] || header.len() < 2 {
            return;
        }
        let old = &self.sheet;
        let mut turned = vec!["class".to_string()];
        turned.extend(old.cells(0).map(str::to_lowercase));
        let made = old.with(turned, |out| {
            for column in 1..old.header().len() {
                let cells = old.cells(column);
                let name = old.header()[column].as_str();
                out.push(1, std::iter::once(name).chain(cells));
            }
        });
        self.sheet = made;
    }

    /// Names the columns of a report: its classes, its counts.
    pub(super) fn name_report(&mut self) {
        self.kind = Some(KIND);
        if self.column("class").is_none() {
            let text = |column: &usize| {
                ["column_1", "index", "label", "class", "name", "labels", "classes"]
                    .contains(&plain(self.name(*column)).as_str())
            };
            if let Some(column) = (0..self.sheet.header().len()).find(text) {
                self.rename(column, "class");
            }
        }
        if let Some(support) =
            self.sheet.column_like("support").filter(|_| self.column("n").is_none())
        {
            self.rename(support, "n");
        }
    }

    /// Counts of a report that are no counts: those of accuracy, and `25.0`.
    pub(super) fn mend_counts(&mut self) -> Result<(), FrameError> {
        let Some(n) = self.column("n") else { return Ok(()) };
        let style = self.sheet.style();
        let whole = |cell: &str| style.parse(cell).ok();
        if self.sheet.cells(n).all(|cell| cell.bytes().all(|byte| byte.is_ascii_digit())) {
            return Ok(());
        }
        self.rewrite(n, |cell| match whole(cell) {
            Some(number) if number.fract() == 0.0 && number >= 0.0 => Some(format!("{number:.0}")),
            Some(_) => Some(String::new()),
            None => None,
        })
    }

    /// Averages that stand among the classes become metrics over all classes, or are left
    /// out where no metric has a name for them.
    pub(super) fn name_averages(&mut self) {
        let (Some(class), Some(metric)) = (self.column("class"), self.column("metric")) else {
            return;
        };
        let averages: BTreeSet<Average> =
            distinct(&self.sheet, class).into_iter().filter_map(Average::of).collect();
        // A class may be called accuracy, but hardly.
        if averages.is_empty()
            || averages.iter().eq([&Average::Accuracy]) && self.kind != Some(KIND)
        {
            return;
        }
        let overall: BTreeSet<String> = self
            .sheet
            .rows()
            .filter(|row| row.cell(class).is_empty())
            .map(|row| canonical(row.cell(metric)))
            .collect();
        let held: Vec<usize> = ["value", "n", "mean", "sd", "se"]
            .iter()
            .filter_map(|name| self.column(name))
            .collect();
        let old = &self.sheet;
        let mut seen = BTreeSet::new();
        let (mut named, mut left) = (BTreeSet::new(), BTreeSet::new());
        let made = old.with(old.header().to_vec(), |out| {
            for row in old.rows() {
                let Some(average) = Average::of(row.cell(class)) else {
                    out.push(row.line() as u32, row.cells());
                    continue;
                };
                let name = average.metric(row.cell(metric));
                let Some(name) = name.filter(|name| !overall.contains(name)) else {
                    left.insert((average, canonical(row.cell(metric))));
                    continue;
                };
                let place: Vec<&str> = (0..old.header().len())
                    .filter(|column| *column != metric && !held.contains(column))
                    .map(|column| row.cell(column))
                    .collect();
                // Accuracy stands once in each column of a report.
                if seen.insert((place.join("\u{1f}"), name.clone())) {
                    named.insert((average, name.clone()));
                    let cells = row.cells().enumerate().map(|(at, cell)| match at {
                        _ if at == class => "",
                        _ if at == metric => name.as_str(),
                        _ => cell,
                    });
                    out.push(row.line() as u32, cells);
                }
            }
        });
        self.sheet = made;
        self.say_averages(&named, &left);
    }

    fn say_averages(
        &mut self,
        named: &BTreeSet<(Average, String)>,
        left: &BTreeSet<(Average, String)>,
    ) {
        let list = |of: &BTreeSet<(Average, String)>, average: Average| {
            let names: Vec<&str> =
                of.iter().filter(|(known, _)| *known == average).map(|(_, m)| m.as_str()).collect();
            names.join(", ")
        };
        for average in
            [Average::Macro, Average::Weighted, Average::Micro, Average::Samples, Average::Accuracy]
        {
            let (named, left) = (list(named, average), list(left, average));
            if !named.is_empty() {
                let word = average.word();
                let what = match average {
                    Average::Macro => "the unweighted mean over classes",
                    Average::Accuracy => "of all cases",
                    _ => "over classes",
                };
                self.understood.push(format!("{word:?} is no class but {named}, {what}"));
            }
            if !left.is_empty() {
                self.ignored.push(format!("{} of {left} (an average, no class)", average.word()));
            }
        }
    }
}
