//! Tables with several results in a row: a column per metric, or a column per level of a
//! factor.

use std::collections::{BTreeMap, BTreeSet};

use super::Step;
use super::draft::Tidy;
use super::history::History;
use super::mapping::Mapping;
use super::melt::{Entry, Melt};
use super::metric_names::{Measure, Split, Stat, measures, metric_name, number};
use super::synonyms::known_name;
use crate::frame::error::FrameError;
use crate::frame::runs::KNOWN;
use crate::table::names::plain;

impl Tidy {
    /// Turns a table without a column `value` or `mean` into one that has them.
    pub(super) fn widen(
        &mut self,
        mapping: &Mapping,
        state: Option<usize>,
        step: Step,
    ) -> Result<(), FrameError> {
        if let Some(factor) = mapping.spread(self.sheet.header()) {
            return self.spread(factor, state);
        }
        let stated = !mapping.values().is_empty();
        let (entries, read) = if stated {
            self.stated_values(mapping)?
        } else if let Some(word) = self.columns_are_runs() {
            let said = format!("each column {word} is a run: its number is the seed");
            self.understood.push(said);
            return self.spread("seed", state);
        } else if self.is_populations() {
            self.understood.push("each row is a task, each column of numbers a model".into());
            return self.spread("model", state);
        } else {
            self.found_values()?
        };
        if let Some(history) = self.history() {
            return self.reduce(&history, entries, &read, state, step);
        }
        let gone: Vec<usize> = self.unread(&read, state);
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
        // One column of values beside a column of metrics is of those.
        let long = mapping.values().len() == 1 && self.column("metric").is_some();
        for name in mapping.values() {
            let column = self.stated_column("value", name)?;
            let name = self.name(column).to_string();
            let found = metric_name(&name).map(|found| found.metric);
            let unnamed = known_name(&name) == Some("value");
            let metric = found.or_else(|| (!unnamed).then(|| name.clone()));
            let mut metric = metric.filter(|_| !long);
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
        let mut notes = Vec::new();
        if let Some(other) = others.iter().min_by_key(|measure| measure.name.split) {
            let splits: BTreeSet<&str> =
                others.iter().map(|measure| measure.name.split.word()).collect();
            notes.push(format!(
                "{} read, {} not read ({}): --map value={} reads it",
                names(&read),
                names(&others),
                splits.into_iter().collect::<Vec<_>>().join(", "),
                self.name(other.column)
            ));
        }
        if matches!(best, Split::Validation | Split::Train) {
            notes.push(format!(
                "{} {} of {} data: there is no column of a test set",
                names(&read),
                if read.len() == 1 { "is" } else { "are" },
                best.word()
            ));
        }
        self.notes.extend(notes);
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
    fn unread(&mut self, read: &[usize], state: Option<usize>) -> Vec<usize> {
        let mut gone = Vec::new();
        let all = measures(&self.sheet);
        for column in 0..self.sheet.header().len() {
            let name = self.name(column).to_string();
            if read.contains(&column) || Some(column) == state || KNOWN.contains(&name.as_str()) {
                continue;
            }
            if all.iter().any(|measure| measure.column == column) {
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
