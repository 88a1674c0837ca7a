//! Histories: a row for each epoch or step, as Lightning's `metrics.csv`, Keras'
//! CSVLogger and TensorBoard write them. A run has one result: the last value, or that of
//! the best step.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Step;
use super::draft::Tidy;
use super::melt::Entry;
use super::metric_names::{Split, Stat, is_numeric, measures, metric_name, number};
use super::paths::{self, KINDS, Kind};
use crate::frame::error::FrameError;
use crate::frame::runs::KNOWN;
use crate::scores::Better;
use crate::scores::known::known;
use crate::table::missing::missing;
use crate::table::names::plain;

pub(super) const TENSORBOARD: &str = "TensorBoard scalars";
pub(super) const LIGHTNING: &str = "Lightning metrics";
pub(super) const HISTORY: &str = "training history";

/// Columns that count steps, the coarsest first.
const STEPS: [&str; 8] =
    ["epoch", "step", "_step", "global_step", "trainer/global_step", "iteration", "iter", "it"];

/// Columns of times, which tell no runs apart.
const TIMES: [&str; 9] = [
    "time",
    "timestamp",
    "date",
    "datetime",
    "wall_time",
    "created",
    "elapsed",
    "_timestamp",
    "duration",
];

/// Whether a column counts steps.
pub(super) fn is_step(name: &str) -> bool {
    STEPS.contains(&plain(name).as_str())
}

/// Rows of runs.
#[derive(Debug)]
pub(super) struct History {
    /// Columns that count steps.
    steps: Vec<usize>,
    /// Columns that tell runs apart.
    keys: Vec<usize>,
    /// Rows of each run.
    runs: Vec<Vec<usize>>,
}

impl Tidy {
    /// The table as a history, where some run has several steps.
    pub(super) fn history(&self) -> Option<History> {
        let header = self.sheet.header();
        let find = |name: &&str| header.iter().position(|column| plain(column) == **name);
        let steps: Vec<usize> = STEPS.iter().filter_map(find).collect();
        let first = *steps.first()?;
        let is_key = |column: &usize| {
            let name = self.name(*column);
            !steps.contains(column)
                && name != "value"
                && !TIMES.contains(&plain(name).as_str())
                && (KNOWN.contains(&name)
                    || !is_numeric(&self.sheet, *column)
                        && self.sheet.cells(*column).any(|cell| missing(cell).is_none()))
        };
        let keys: Vec<usize> = (0..header.len()).filter(is_key).collect();
        let mut at: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
        let mut runs: Vec<Vec<usize>> = Vec::new();
        for (row, cells) in self.sheet.rows().enumerate() {
            let key = keys.iter().map(|column| cells.cell(*column)).collect();
            let run = *at.entry(key).or_insert_with(|| {
                runs.push(Vec::new());
                runs.len() - 1
            });
            runs[run].push(row);
        }
        let several = |run: &Vec<usize>| {
            let seen: BTreeSet<&str> =
                run.iter().map(|row| self.sheet.row(*row).cell(first)).collect();
            // Seeds without a name repeat cells too, but steps do not come back as often.
            seen.len() > 1 && seen.len() * 4 >= run.len()
                || run.len() > 1 && self.counts_steps(run, &steps)
        };
        // A file with one row and nothing but metrics is the end of a history.
        let alone = self.sheet.len() == 1 && keys.is_empty();
        (alone || runs.iter().any(several)).then_some(History { steps, keys, runs })
    }

    /// Whether some column of steps goes up in a run.
    fn counts_steps(&self, run: &[usize], steps: &[usize]) -> bool {
        let style = self.sheet.style();
        steps.iter().any(|column| {
            let cells = run.iter().map(|row| number(style, self.sheet.row(*row).cell(*column)));
            let cells: Vec<f64> = cells.flatten().collect();
            cells.len() > 1 && cells.is_sorted() && cells.first() < cells.last()
        })
    }

    /// The row of each run that holds the result of each entry, and what is said of it.
    pub(super) fn results_of(
        &mut self,
        history: &History,
        entries: &[Entry],
        step: Step,
    ) -> Vec<BTreeSet<usize>> {
        let all = measures(&self.sheet);
        let mut chosen = Vec::new();
        let mut said: Vec<String> = Vec::new();
        for entry in entries {
            let column = entry.columns.iter().flatten().next().copied().unwrap_or_default();
            let metric = entry.metric.as_deref().unwrap_or_default();
            let better = known(metric).map_or(Better::Unknown, |known| known.better);
            let by = all.iter().find(|measure| {
                measure.name.metric == metric
                    && measure.name.split == Split::Validation
                    && measure.name.stat == Stat::Value
            });
            let by = by.map_or(column, |measure| measure.column);
            let best = step == Step::Best && better.sign().is_some();
            if step == Step::Best && !best {
                self.notes.push(format!(
                    "nothing says which end of {metric:?} is good: its last value is read"
                ));
            }
            let rows = history.runs.iter().filter_map(|run| {
                let sign = better.sign().filter(|_| best);
                self.result_of(run, column, by, &history.steps, sign)
            });
            chosen.push(rows.collect());
            let words = match (best, self.name(by)) {
                (false, _) => "the last value of each metric".to_string(),
                (true, by) => {
                    format!("{} at its {} {by}", self.name(column), better.best().unwrap_or("best"))
                }
            };
            if !said.contains(&words) {
                said.push(words);
            }
        }
        let rows = self.sheet.len();
        let runs = history.runs.len();
        if rows == 1 {
            return chosen;
        }
        let words = said.join(", ");
        self.understood.push(if runs == 1 {
            format!("{rows} steps of one run: read is {words}")
        } else {
            format!("{rows} steps of {runs} runs: read is {words}")
        });
        chosen
    }

    fn result_of(
        &self,
        run: &[usize],
        column: usize,
        by: usize,
        steps: &[usize],
        sign: Option<f64>,
    ) -> Option<usize> {
        let style = self.sheet.style();
        let value = |row: usize, column: usize| number(style, self.sheet.row(row).cell(column));
        let order = |row: &usize| {
            let at = |step: &usize| value(*row, *step).unwrap_or(f64::NEG_INFINITY);
            (steps.iter().map(at).fold(f64::NEG_INFINITY, f64::max), *row)
        };
        let later = |a: &usize, b: &usize| {
            let (a, b) = (order(a), order(b));
            a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
        };
        let with_value = || run.iter().copied().filter(|row| value(*row, column).is_some());
        let last = with_value().max_by(later).or_else(|| run.iter().copied().max_by(later));
        let Some(sign) = sign else { return last };
        let best = run
            .iter()
            .filter_map(|row| Some((*row, sign * value(*row, by)?)))
            // The first of equals.
            .fold(None, |best: Option<(usize, f64)>, (row, value)| match best {
                Some((_, most)) if most >= value => best,
                _ => Some((row, value)),
            });
        let Some((best, _)) = best else { return last };
        if value(best, column).is_some() {
            return Some(best);
        }
        // Test values stand in rows of their own.
        let step = steps.first().map(|step| self.sheet.row(best).cell(*step));
        let same = |row: &usize| steps.first().map(|at| self.sheet.row(*row).cell(*at)) == step;
        with_value().find(same).or(last)
    }

    /// Columns of a history that every row of a run shares.
    pub(super) fn shared(&self, history: &History, read: &[usize]) -> (Vec<usize>, Vec<usize>) {
        let shared = |column: &usize| {
            history.keys.contains(column)
                || !history.steps.contains(column)
                    && history.runs.iter().all(|run| {
                        let cell = |row: &usize| self.sheet.row(*row).cell(*column);
                        run.iter().all(|row| cell(row) == cell(&run[0]))
                    })
        };
        let columns = 0..self.sheet.header().len();
        columns.filter(|column| !read.contains(column)).partition(shared)
    }

    /// Takes the levels that a path says, where it names a seed or an init and the table
    /// has no such column.
    pub(super) fn levels_of_path(&mut self, path: &Path) {
        let told = paths::levels_of_path(path);
        let place = format!("{}", path.display());
        self.levels_of(&told, &place);
    }

    pub(super) fn levels_of(&mut self, told: &paths::Levels, place: &str) {
        if told.get(Kind::Seed).is_none() && told.get(Kind::Init).is_none() {
            return;
        }
        for (known, kind) in KINDS {
            let Some(level) = told.get(kind).filter(|_| !self.means(known)) else { continue };
            self.understood.push(format!("{known} {level} is taken from the name {place}"));
            self.add_column(known, &level);
        }
    }

    /// Whether this is one scalar of TensorBoard.
    pub(super) fn is_scalar(&self) -> bool {
        let mut names: Vec<String> = self.sheet.header().iter().map(|name| plain(name)).collect();
        names.sort();
        names == ["step", "value", "wall_time"]
    }

    /// One scalar of one run: metric and levels stand in the name of the file,
    /// `run-imagenet_seed0-tag-test_auc.csv`.
    pub(super) fn of_scalar(&mut self, path: &Path, step: Step) -> Result<(), FrameError> {
        self.kind = Some(TENSORBOARD);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let stem = name.split_once(".csv").map_or(name.as_str(), |(stem, _)| stem);
        let (run, tag) = match stem.split_once("-tag-") {
            Some((run, tag)) => (run.strip_prefix("run-").unwrap_or(run), Some(tag)),
            None => (stem, None),
        };
        let found = tag.and_then(metric_name);
        let metric = match (&found, tag) {
            (Some(found), _) => Some(found.metric.clone()),
            (None, tag) => tag.map(Into::into),
        };
        if let Some(tag) = tag {
            self.understood.push(format!("metric is the tag {tag:?} in the name of the file"));
        } else {
            self.notes.push(
                "the name of the file says no metric, expected run-NAME-tag-METRIC.csv as \
                 TensorBoard writes it"
                    .into(),
            );
        }
        if let Some(split) = found.map(|found| found.split).filter(|split| *split > Split::Unsaid) {
            self.notes.push(format!("the values are of {} data", split.word()));
        }
        let value = self.sheet.column_like("value").unwrap_or_default();
        let at = self.sheet.column_like("step").unwrap_or_default();
        let entry = Entry { metric, columns: [Some(value), None, None, None], ..Entry::default() };
        let runs = vec![(0..self.sheet.len()).collect()];
        let history = History { steps: vec![at], keys: Vec::new(), runs };
        let only = self.results_of(&history, std::slice::from_ref(&entry), step);
        self.ignored.extend(["Wall time".into(), "Step".into()]);
        self.melt(&super::melt::Melt {
            entries: vec![entry],
            only: Some(only),
            ..super::melt::Melt::default()
        })?;
        let told = paths::levels(run);
        self.levels_of(&told, run);
        if told.get(Kind::Seed).is_none() && told.get(Kind::Init).is_none() {
            self.levels_of_path(path);
        }
        Ok(())
    }

    /// What wrote a history.
    pub(super) fn name_history(&mut self) {
        let header = self.sheet.header();
        let has = |name: &str| header.iter().any(|column| column == name);
        if self.kind.is_none() {
            self.kind = Some(if has("epoch") && has("step") { LIGHTNING } else { HISTORY });
        }
    }
}
