//! Tables with several results in a row: a column per metric, or a column per level of a
//! factor.

use std::collections::{BTreeMap, BTreeSet};

use super::Step;
use super::draft::Tidy;
use super::history::History;
use super::mapping::Mapping;
use super::melt::{Entry, HELD, Melt};
use super::metric_names::{
    Measure, MetricName, Split, Stat, is_numeric, measures, metric_name, number,
};
use super::synonyms::known_name;
use crate::frame::error::FrameError;
use crate::frame::runs::KNOWN;
use crate::table::names::plain;

/// Names of columns that say which case a row is of; their numbers are no results.
const OF_CASES: [&str; 21] = [
    "case",
    "case_id",
    "image",
    "image_id",
    "image_name",
    "filename",
    "study_id",
    "sample_id",
    "study",
    "id",
    "sample",
    "file",
    "name",
    "path",
    "scan",
    "patient",
    "patient_id",
    "subject",
    "subject_id",
    "cluster",
    "label",
];
/// Words before a number in the names of columns that are runs.
const RUNS: [&str; 10] =
    ["seed", "run", "rep", "repeat", "repetition", "replicate", "trial", "fold", "split", "s"];

impl Tidy {
    /// Turns a table without a column `value` or `mean` into one that has them.
    pub(super) fn widen(
        &mut self,
        mapping: &Mapping,
        state: Option<usize>,
        step: Step,
    ) -> Result<(), FrameError> {
        if let Some(factor) = mapping.spread(self.sheet.header()) {
            return self.spread(factor);
        }
        let stated = !mapping.values().is_empty();
        let (entries, read) = if stated {
            self.stated_values(mapping)?
        } else if let Some(word) = self.columns_are_runs() {
            let said = format!("each column {word} is a run: its number is the seed");
            self.understood.push(said);
            return self.spread("seed");
        } else if self.is_populations() {
            self.understood.push("each row is a task, each column of numbers a model".into());
            return self.spread("model");
        } else {
            self.found_values()?
        };
        if let Some(history) = self.history() {
            return self.reduce(&history, entries, &read, state, step);
        }
        let gone: Vec<usize> = self.unread(&read, state, stated);
        let keep: Vec<usize> = (0..self.sheet.header().len())
            .filter(|column| !read.contains(column) && !gone.contains(column))
            .filter(|column| Some(*column) != state)
            .collect();
        self.melt(&Melt { keep, entries, state, ..Melt::default() })
    }

    /// One result of each run out of its history.
    fn reduce(
        &mut self,
        history: &History,
        entries: Vec<Entry>,
        read: &[usize],
        state: Option<usize>,
        step: Step,
    ) -> Result<(), FrameError> {
        self.name_history();
        let only = self.results_of(history, &entries, step);
        let (mut keep, gone) = self.shared(history, read);
        keep.retain(|column| Some(*column) != state);
        // Names of runs tell their rows apart; of one row each they say no more.
        let is_name = |column: &usize| plain(self.name(*column)) == "name";
        if keep.iter().any(|column| !is_name(column)) && self.kind == Some(super::wandb::KIND) {
            keep.retain(|column| !is_name(column));
        }
        let names: Vec<String> = gone.iter().map(|column| self.name(*column).to_string()).collect();
        self.ignored.extend(names);
        self.melt(&Melt { keep, entries, state, only: Some(only), ..Melt::default() })
    }

    /// The columns that somebody said hold values.
    fn stated_values(&mut self, mapping: &Mapping) -> Result<(Vec<Entry>, Vec<usize>), FrameError> {
        let (mut entries, mut read) = (Vec::<Entry>::new(), Vec::new());
        for name in mapping.values() {
            let column = self.stated_column("value", name)?;
            let name = self.name(column).to_string();
            let found = metric_name(&name).map(|found| found.metric);
            let unnamed = known_name(&name) == Some("value");
            let mut metric = found.or_else(|| (!unnamed).then(|| name.clone()));
            if entries.iter().any(|entry| entry.metric == metric) {
                self.notes.push(format!(
                    "{name:?} is read as a metric of that name: {} is in another column already",
                    metric.as_deref().unwrap_or("value")
                ));
                metric = Some(name.clone());
            }
            self.say_metric(metric.as_deref(), column);
            entries.push(Entry {
                metric,
                columns: [Some(column), None, None, None],
                ..Entry::default()
            });
            read.push(column);
        }
        Ok((entries, read))
    }

    /// The columns that hold known metrics.
    fn found_values(&mut self) -> Result<(Vec<Entry>, Vec<usize>), FrameError> {
        let found = measures(&self.sheet);
        let found: Vec<Measure> = found
            .into_iter()
            .filter(|measure| !KNOWN.contains(&self.name(measure.column)))
            .collect();
        let found = self.of_best_split(self.told_train(found));
        let found = self.named_apart(found);
        let mut groups: BTreeMap<(String, Stat), Vec<Measure>> = BTreeMap::new();
        let mut order: Vec<String> = Vec::new();
        for measure in paired(found) {
            let metric = measure.name.metric.clone();
            if !order.contains(&metric) {
                order.push(metric.clone());
            }
            groups.entry((metric, measure.name.stat)).or_default().push(measure);
        }
        let (mut entries, mut read) = (Vec::new(), Vec::new());
        for metric in order {
            let mut columns = [None; 4];
            for (at, stat) in [Stat::Value, Stat::Mean, Stat::Sd, Stat::Se].into_iter().enumerate()
            {
                columns[at] = groups
                    .get(&(metric.clone(), stat))
                    .and_then(|same| self.plainest(&metric, same));
            }
            // The value beside a spread is a mean.
            if columns[1].is_none() && columns[0].is_some() && columns[2..] != [None, None] {
                columns.swap(0, 1);
            }
            if columns[0].is_none() && columns[1].is_none() {
                continue;
            }
            // One of a value and a mean: the mean is of the values, or of something else.
            if columns[1].is_some() {
                columns[0] = None;
            }
            read.extend(columns.iter().flatten());
            if let Some(column) = columns[0].or(columns[1]) {
                self.say_metric(Some(&metric), column);
            }
            entries.push(Entry { metric: Some(metric), columns, ..Entry::default() });
        }
        if let [entry] = entries.as_mut_slice()
            && ["sd", "se", "population_sd"].iter().any(|name| self.column(name).is_some())
            && entry.columns[1].is_none()
        {
            entry.columns.swap(0, 1);
        }
        if entries.is_empty() { Err(self.nothing_found()) } else { Ok((entries, read)) }
    }

    /// Keras names what it measures on training data without a word and puts `val_`
    /// before the rest: `loss` beside `val_loss`, or any such pair in a history.
    fn told_train(&self, mut found: Vec<Measure>) -> Vec<Measure> {
        let has = |split: Split, metric: &str| {
            found.iter().any(|measure| measure.name.split == split && measure.name.metric == metric)
        };
        let pair = |metric: &str| has(Split::Unsaid, metric) && has(Split::Validation, metric);
        let keras = pair("loss")
            || self.history().is_some() && found.iter().any(|measure| pair(&measure.name.metric));
        if keras && !found.iter().any(|measure| measure.name.split == Split::Test) {
            for measure in found.iter_mut().filter(|measure| measure.name.split == Split::Unsaid) {
                measure.name.split = Split::Train;
            }
        }
        found
    }

    /// The columns of the best split that there is, and of none; what others there are
    /// is noted.
    fn of_best_split(&mut self, found: Vec<Measure>) -> Vec<Measure> {
        let Some(best) = found.iter().map(|measure| measure.name.split).min() else {
            return found;
        };
        let (read, others): (Vec<_>, Vec<_>) = found
            .into_iter()
            .partition(|measure| measure.name.split == best || measure.name.split == Split::Unsaid);
        let names = |of: &[Measure]| {
            of.iter().map(|measure| self.name(measure.column)).collect::<Vec<_>>().join(", ")
        };
        if let Some(other) = others.iter().min_by_key(|measure| measure.name.split) {
            let other = self.name(other.column);
            let note = format!(
                "{} read, {} not read ({}): --map value={other} reads it",
                names(&read),
                names(&others),
                others
                    .iter()
                    .map(|measure| measure.name.split.word())
                    .collect::<BTreeSet<_>>()
                    .into_iter()
                    .collect::<Vec<_>>()
                    .join(", ")
            );
            self.notes.push(note);
        } else if matches!(best, Split::Validation | Split::Train) {
            let note = format!(
                "{} {} of {} data: there is no column of a test set",
                names(&read),
                if read.len() == 1 { "is" } else { "are" },
                best.word()
            );
            self.notes.push(note);
        }
        read
    }

    /// Columns of one metric that differ by a further word: the one without it is the
    /// metric; where there is none and they are several, each is a metric of its own.
    fn named_apart(&mut self, found: Vec<Measure>) -> Vec<Measure> {
        let mut further: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for measure in &found {
            further.entry(&measure.name.metric).or_default().insert(&measure.name.qualifier);
        }
        let apart: BTreeSet<String> = further
            .iter()
            .filter(|(_, words)| words.len() > 1 && !words.contains(""))
            .map(|(metric, _)| (*metric).to_string())
            .collect();
        let plain_too: BTreeSet<String> = further
            .iter()
            .filter(|(_, words)| words.len() > 1 && words.contains(""))
            .map(|(metric, _)| (*metric).to_string())
            .collect();
        let mut kept = Vec::new();
        let mut own: Vec<String> = Vec::new();
        for mut measure in found {
            if apart.contains(&measure.name.metric) {
                own.push(self.name(measure.column).to_string());
                measure.name.metric = format!("{}_{}", measure.name.metric, measure.name.qualifier);
            } else if plain_too.contains(&measure.name.metric) && !measure.name.qualifier.is_empty()
            {
                continue;
            }
            kept.push(measure);
        }
        if !own.is_empty() {
            self.notes.push(format!(
                "{} are read as metrics of their own; where they are classes, say --map \
                 class=columns, where they are data sets, --map task=columns",
                own.join(", ")
            ));
        }
        kept
    }

    /// Which of several columns of the same is read: the one with the plainest name.
    fn plainest(&mut self, metric: &str, same: &[Measure]) -> Option<usize> {
        let first = same.iter().min_by_key(|measure| (measure.name.split, measure.name.extra))?;
        let others: Vec<&str> = same
            .iter()
            .filter(|measure| measure.column != first.column)
            .filter(|measure| !self.sheet.cells(measure.column).eq(self.sheet.cells(first.column)))
            .map(|measure| self.name(measure.column))
            .collect();
        if let Some(other) = others.first() {
            let note = format!(
                "{metric} is the column {:?}, {} not read: --map value={other} reads it",
                self.name(first.column),
                others.join(", ")
            );
            self.notes.push(note);
        }
        Some(first.column)
    }

    /// Columns that hold metrics but are not read, and numbers that were measured of
    /// each row; they are of no use beside the values.
    fn unread(&mut self, read: &[usize], state: Option<usize>, stated: bool) -> Vec<usize> {
        let mut gone = Vec::new();
        let all = measures(&self.sheet);
        for column in 0..self.sheet.header().len() {
            let name = self.name(column).to_string();
            if read.contains(&column) || Some(column) == state || KNOWN.contains(&name.as_str()) {
                if read.contains(&column) || Some(column) == state || name != "metric" || stated {
                    continue;
                }
                self.ignored.push(format!("{name} (the metrics are columns)"));
            } else if all.iter().any(|measure| measure.column == column) {
                self.ignored.push(format!("{name} (a metric that is not read)"));
            } else if self.is_measured(column) {
                self.ignored.push(format!(
                    "{name} (a number of each row; where it is a result, say --map value={name})"
                ));
            } else {
                continue;
            }
            gone.push(column);
        }
        gone
    }

    /// Whether a column holds numbers with decimals that are others in each row: a
    /// setting comes back.
    pub(super) fn is_measured(&self, column: usize) -> bool {
        /// Of fewer rows a setting may differ in each.
        const ROWS: usize = 4;
        let style = self.sheet.style();
        let mut seen = BTreeSet::new();
        let mut decimals = false;
        let all = self.sheet.cells(column).all(|cell| {
            let value = number(style, cell);
            decimals |= value.is_some_and(|value| value.fract() != 0.0);
            value.is_some_and(|value| seen.insert(value.to_bits()))
        });
        all && decimals && seen.len() >= ROWS
    }

    fn say_metric(&mut self, metric: Option<&str>, column: usize) {
        let name = self.name(column);
        let metric = metric.unwrap_or("value");
        if plain(name) != metric {
            self.understood.push(format!("{metric} is the column {name:?}"));
        }
    }

    /// Columns that are levels of a factor.
    pub(super) fn spread(&mut self, factor: &str) -> Result<(), FrameError> {
        if let Some(column) = self.column(factor) {
            self.ignored.push(format!("{factor} (its levels are columns, as stated)"));
            self.drop_columns(&[column]);
        }
        let mut levels: Vec<usize> = self.numeric_columns();
        if levels.is_empty() {
            return Err(self.nothing_found());
        }
        if factor == "seed" {
            let runs: Vec<usize> =
                levels.iter().copied().filter(|at| run_number(self.name(*at)).is_some()).collect();
            if !runs.is_empty() {
                levels = runs;
            }
        }
        let names: Vec<Option<MetricName>> =
            levels.iter().map(|column| metric_name(self.name(*column))).collect();
        let one = one_metric(&names);
        let entries: Vec<Entry> = levels
            .iter()
            .zip(&names)
            .map(|(column, found)| Entry {
                level: Some(match found.as_ref().filter(|_| one.is_some()) {
                    Some(found) => level_of(factor, &found.qualifier),
                    None => level_of(factor, self.name(*column)),
                }),
                metric: one.clone(),
                columns: [Some(*column), None, None, None],
            })
            .collect();
        let keep: Vec<usize> = (0..self.sheet.header().len())
            .filter(|column| !levels.contains(column))
            .filter(|column| one.is_none() || self.name(*column) != "metric")
            .collect();
        let number_rows = factor != "seed" && self.column("seed").is_none() && self.repeats(&keep);
        let list: Vec<&str> = entries.iter().filter_map(|entry| entry.level.as_deref()).collect();
        let said = format!("levels of {factor} are the columns {}", list.join(", "));
        self.understood.push(said);
        if number_rows {
            self.understood.push("each row is a run of every level: its number is the seed".into());
        }
        self.melt(&Melt { keep, factor: Some(factor), entries, number_rows, ..Melt::default() })
    }

    /// The word before the numbers of columns that are runs: `seed 0`, `seed 1`.
    fn columns_are_runs(&self) -> Option<&'static str> {
        if self.column("seed").is_some() {
            return None;
        }
        let numeric = self.numeric_columns();
        let runs: Vec<(&'static str, u64)> =
            numeric.iter().filter_map(|column| run_number(self.name(*column))).collect();
        let (word, _) = *runs.first()?;
        let numbers: BTreeSet<u64> = runs.iter().map(|(_, number)| *number).collect();
        let same = runs.iter().all(|(other, _)| *other == word);
        (runs.len() > 1 && same && numbers.len() == runs.len()).then_some(word)
    }

    /// Whether rows are data sets and columns models, as autorank has them: one column of
    /// names, which are tasks, and numbers of one scale under names that are no metrics.
    fn is_populations(&mut self) -> bool {
        /// How far apart the columns of one scale may lie.
        const SCALE: f64 = 10.0;
        let numeric = self.numeric_columns();
        let others: Vec<usize> =
            (0..self.sheet.header().len()).filter(|column| !numeric.contains(column)).collect();
        let [names] = others[..] else { return false };
        let tasks = matches!(self.name(names), "task" | "column 1" | "index");
        if !tasks || numeric.len() < 2 || self.repeats(&others) || !measures(&self.sheet).is_empty()
        {
            return false;
        }
        let style = self.sheet.style();
        let mean = |column: &usize| {
            let cells: Vec<f64> =
                self.sheet.cells(*column).filter_map(|cell| number(style, cell)).collect();
            cells.iter().sum::<f64>() / cells.len() as f64
        };
        let means: Vec<f64> = numeric.iter().map(mean).collect();
        let (least, most) =
            means.iter().fold((f64::INFINITY, 0.0_f64), |(a, b), m| (a.min(*m), b.max(*m)));
        // Whole numbers alone are counts of something.
        let decimals = numeric.iter().all(|column| {
            self.sheet
                .cells(*column)
                .any(|cell| number(style, cell).is_some_and(|v| v.fract() != 0.0))
        });
        let alike = least > 0.0 && most <= SCALE * least && decimals;
        if alike {
            self.rename(names, "task");
        }
        alike
    }

    /// Whether two rows are the same in these columns.
    fn repeats(&self, columns: &[usize]) -> bool {
        let mut seen = BTreeSet::new();
        !self.sheet.rows().all(|row| {
            seen.insert(columns.iter().map(|column| row.cell(*column)).collect::<Vec<_>>())
        })
    }

    /// Columns of numbers without a known name.
    pub(super) fn numeric_columns(&self) -> Vec<usize> {
        let unknown = |column: &usize| {
            let name = self.name(*column);
            !KNOWN.contains(&name) && !OF_CASES.contains(&plain(name).as_str())
        };
        let columns = 0..self.sheet.header().len();
        columns.filter(unknown).filter(|column| is_numeric(&self.sheet, *column)).collect()
    }

    /// The error of a table in which no result was found.
    pub(super) fn nothing_found(&self) -> FrameError {
        let numeric = self.numeric_columns();
        let names: Vec<&str> = numeric.iter().map(|column| self.name(*column)).collect();
        let hint = match names[..] {
            [] => "; no column holds numbers; a table has one result per line, the score in \
                   \"value\" and what it is in \"metric\", or a column for each metric"
                .to_string(),
            [name] => format!("; if {name:?} holds the results, say --map value={name}"),
            [name, ..] if names.iter().all(|name| super::paths::is_init(name)) => format!(
                "; columns of numbers: {}. Where each of them is an init, say --map init=columns \
                 (--map value={name}, where one holds the results)",
                names.join(", ")
            ),
            [name, ..] => format!(
                "; columns of numbers: {}. Say which holds the results (--map value={name}), or, \
                 where each of them is a model, --map model=columns (init=columns, where each is an \
                 init)",
                names.join(", ")
            ),
        };
        FrameError::MissingColumn {
            path: self.sheet.path().into(),
            column: HELD[0].into(),
            found: self.sheet.header().join(", "),
            hint,
        }
    }
}

/// Columns with the means of `mean_auc` beside `auc_sd` told as means of `auc`.
fn paired(mut found: Vec<Measure>) -> Vec<Measure> {
    let spreads: BTreeSet<String> = found
        .iter()
        .filter(|measure| matches!(measure.name.stat, Stat::Sd | Stat::Se))
        .map(|measure| measure.name.metric.clone())
        .collect();
    for measure in &mut found {
        let base = measure.name.metric.strip_prefix("mean_").map(crate::scores::canonical);
        if let Some(base) = base.filter(|base| spreads.contains(base))
            && measure.name.stat == Stat::Value
        {
            measure.name.metric = base;
            measure.name.stat = Stat::Mean;
        }
    }
    found
}

/// A level as the factor writes it: the number of a seed, a name else.
fn level_of(factor: &str, name: &str) -> String {
    match run_number(name).filter(|_| factor == "seed") {
        Some((_, number)) => number.to_string(),
        None => name.into(),
    }
}

/// The word and the number of `seed 0`, `run_3`, `s2`.
fn run_number(name: &str) -> Option<(&'static str, u64)> {
    let name = plain(name);
    let letters = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let number = name[letters.len()..].parse().ok()?;
    let word = letters.trim_end_matches(['_', '=', '#']);
    RUNS.iter().find(|run| **run == word).map(|run| (*run, number))
}

/// The one metric of columns that differ by their further words.
fn one_metric(names: &[Option<MetricName>]) -> Option<String> {
    let first = names.first()?.as_ref()?;
    let mut words = BTreeSet::new();
    let same = names.iter().all(|name| {
        name.as_ref().is_some_and(|name| {
            name.metric == first.metric
                && name.stat == Stat::Value
                && !name.qualifier.is_empty()
                && words.insert(name.qualifier.as_str())
        })
    });
    (same && names.len() > 1).then(|| first.metric.clone())
}
