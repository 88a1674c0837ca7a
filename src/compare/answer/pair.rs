//! Two levels: the difference overall, by label fraction, by task, and how the
//! single tests came out.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Finding;
use crate::compare::pooled::{Pooled, PooledAnalysis};
use crate::compare::types::{Comparison, ComparisonRow};
use crate::scores::Verdict;

/// Tests and contrasts by their pair of levels: a study of 200 levels has 20,000.
pub(super) struct Sources<'a> {
    pub(super) main: &'a Comparison,
    rows: BTreeMap<(&'a str, &'a str), Vec<&'a ComparisonRow>>,
    /// Those on further test sets.
    further: BTreeMap<(&'a str, &'a str), Vec<(&'a str, &'a ComparisonRow)>>,
    parts: BTreeMap<(&'a str, &'a str), Vec<&'a Pooled>>,
    /// By block and level.
    means: BTreeMap<(Vec<String>, String), f64>,
}

impl<'a> Sources<'a> {
    pub(super) fn of(main: &'a Comparison, pooled: Option<&'a PooledAnalysis>) -> Self {
        let factors = &main.options.factors;
        let means = main.cells.iter().filter_map(|summary| {
            let block = factors.block(&summary.cell).key();
            Some(((block, factors.level(&summary.cell)), summary.mean?))
        });
        let means = means.collect();
        let mut sources = Self {
            main,
            rows: BTreeMap::new(),
            further: BTreeMap::new(),
            parts: BTreeMap::new(),
            means,
        };
        let sets = super::test_sets(main);
        for row in &main.rows {
            let pair = (row.level.as_str(), row.reference.as_str());
            match sets.further(&row.block) {
                Some(set) => sources.further.entry(pair).or_default().push((set, row)),
                None => sources.rows.entry(pair).or_default().push(row),
            }
        }
        let pooled = pooled.into_iter().flat_map(|analysis| &analysis.pooled);
        for part in pooled.filter(|pooled| !pooled.scope.overall) {
            let pair = (part.level.as_str(), part.reference.as_str());
            sources.parts.entry(pair).or_default().push(part);
        }
        sources
    }

    fn rows_of<'b>(&'b self, level: &'b str, reference: &'b str) -> &'b [&'b ComparisonRow] {
        self.rows.get(&(level, reference)).map_or(&[], Vec::as_slice)
    }

    fn parts_of<'b>(&'b self, level: &'b str, reference: &'b str) -> &'b [&'b Pooled] {
        self.parts.get(&(level, reference)).map_or(&[], Vec::as_slice)
    }

    fn tally(&self, level: &str, reference: &str) -> Tally {
        let sign = self.main.options.metric.sign().unwrap_or(1.0);
        let mut tally = Tally::of(self.rows_of(level, reference));
        for row in self.rows_of(level, reference) {
            let mean = |level: &str| self.means.get(&(row.block.key(), level.to_string()));
            let (Some(one), Some(other)) = (mean(level), mean(reference)) else { continue };
            tally.ahead += usize::from(sign * (one - other) > 0.0);
            tally.behind += usize::from(sign * (one - other) < 0.0);
        }
        tally
    }

    /// How the tests on further test sets came out, by set.
    fn elsewhere(&self, level: &str, reference: &str) -> Vec<(String, Tally)> {
        let mut found: Vec<(String, Tally)> = Vec::new();
        for (set, row) in self.further.get(&(level, reference)).into_iter().flatten() {
            let one = Tally::of(&[*row]);
            match found.iter_mut().find(|(known, _)| known == set) {
                Some((_, tally)) => tally.add(&one),
                None => found.push(((*set).to_string(), one)),
            }
        }
        found
    }

    /// The first test of each pair, in their order.
    pub(super) fn firsts(&self) -> Vec<&'a ComparisonRow> {
        let mut known = BTreeSet::new();
        let rows = self.main.rows.iter();
        rows.filter(|row| known.insert((&row.level, &row.reference))).collect()
    }
}

/// Single tests by what they say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All comparisons, tested or not.
    pub all: usize,
    /// The level is better; of a metric without direction, higher.
    pub better: usize,
    /// The level is worse; of a metric without direction, lower.
    pub worse: usize,
    /// Equivalent within the margin.
    pub equivalent: usize,
    /// Tested, and open.
    pub open: usize,
    /// Both sides have a mean, and the level's is on the better side; without
    /// direction, above.
    pub ahead: usize,
    /// Its mean is on the other side.
    pub behind: usize,
}

/// Two levels, seen from the one that is ahead.
#[derive(Clone, Debug, PartialEq)]
pub struct PairAnswer {
    /// The level.
    pub level: String,
    /// What it is compared with.
    pub reference: String,
    /// The difference overall: for tasks like those studied, or for those alone.
    pub overall: Option<Finding>,
    /// The other one of the two, where it says something else.
    pub beside: Option<Finding>,
    /// By label fraction, where there are several.
    pub parts: Vec<(f64, Finding)>,
    /// By task, where there are several.
    pub tasks: Vec<(String, Finding)>,
    /// The single tests.
    pub tally: Tally,
    /// Those on further test sets, by set.
    pub elsewhere: Vec<(String, Tally)>,
}

impl PairAnswer {
    /// The pair of a pooled analysis.
    pub(super) fn pooled(overall: &Pooled, sources: &Sources<'_>) -> Self {
        let (level, reference) = (&overall.level, &overall.reference);
        let parts = sources.parts_of(level, reference).iter();
        let parts = parts.filter(|p| p.scope.other.is_none() || overall.scope.other.is_some());
        let (found, beside) = best(overall);
        let tasks = overall.tasks.iter().filter(|_| overall.tasks.len() > 1);
        Self {
            level: level.clone(),
            reference: reference.clone(),
            overall: found,
            beside,
            parts: parts.filter_map(|p| Some((p.scope.label_fraction?, best(p).0?))).collect(),
            tasks: tasks.filter_map(|t| Some((t.task.clone(), Finding::contrast(t)?))).collect(),
            tally: sources.tally(level, reference),
            elsewhere: sources.elsewhere(level, reference),
        }
        .facing_ahead(sources.main)
    }

    /// The pair where nothing is pooled: its only test.
    pub(super) fn single(row: &ComparisonRow, sources: &Sources<'_>) -> Self {
        let alone = sources.rows_of(&row.level, &row.reference).len() == 1;
        Self {
            level: row.level.clone(),
            reference: row.reference.clone(),
            overall: Finding::row(row).filter(|_| alone),
            beside: None,
            parts: Vec::new(),
            tasks: Vec::new(),
            tally: sources.tally(&row.level, &row.reference),
            elsewhere: sources.elsewhere(&row.level, &row.reference),
        }
        .facing_ahead(sources.main)
    }

    /// Seen from the level with the better values, or the higher ones where nobody
    /// knows which are better. A baseline stays the reference.
    fn facing_ahead(self, main: &Comparison) -> Self {
        let sign = main.options.metric.sign().unwrap_or(1.0);
        let behind = match &self.overall {
            Some(found) => sign * found.difference < 0.0,
            None => self.tally.ahead < self.tally.behind,
        };
        let is_baseline = main.options.baseline().is_some_and(|base| base == self.reference);
        if behind && !is_baseline { self.turned() } else { self }
    }

    fn turned(self) -> Self {
        Self {
            level: self.reference,
            reference: self.level,
            overall: self.overall.map(Finding::turned),
            beside: self.beside.map(Finding::turned),
            parts: self.parts.into_iter().map(|(at, found)| (at, found.turned())).collect(),
            tasks: self.tasks.into_iter().map(|(at, found)| (at, found.turned())).collect(),
            tally: self.tally.turned(),
            elsewhere: self.elsewhere.into_iter().map(|(set, t)| (set, t.turned())).collect(),
        }
    }

    /// What is said overall.
    pub fn verdict(&self) -> Option<Verdict> {
        self.overall.as_ref()?.verdict
    }
}

/// The difference for tasks like those studied. Where that is open, but every task
/// studied has it with one sign and their mean is settled: that mean, which says
/// nothing of other tasks. Beside it the other one of the two.
fn best(pooled: &Pooled) -> (Option<Finding>, Option<Finding>) {
    let like = Finding::pooled(pooled);
    let these = pooled.within.as_ref().and_then(Finding::within);
    let only = pooled.only().and_then(Finding::contrast);
    let agree = |found: &Finding| {
        let (same, all) = pooled.favourable(found.difference.signum());
        same == all
    };
    match (like, these) {
        (Some(like), Some(these)) if !like.is_settled() && these.is_settled() => {
            if agree(&these) {
                (Some(these), Some(like))
            } else {
                (Some(like), Some(these))
            }
        }
        (Some(like), _) => (Some(like), None),
        (None, these) => (these.or(only), None),
    }
}

impl Tally {
    fn of(rows: &[&ComparisonRow]) -> Self {
        let mut tally = Self::default();
        for row in rows {
            tally.all += 1;
            match row.verdict {
                Some(Verdict::Better | Verdict::Higher) => tally.better += 1,
                Some(Verdict::Worse | Verdict::Lower) => tally.worse += 1,
                Some(Verdict::Equivalent) => tally.equivalent += 1,
                Some(Verdict::Inconclusive) => tally.open += 1,
                None => {}
            }
        }
        tally
    }

    /// Seen from the other side.
    fn turned(self) -> Self {
        let Self { better, worse, ahead, behind, .. } = self;
        Self { better: worse, worse: better, ahead: behind, behind: ahead, ..self }
    }

    /// Adds further tests.
    pub(super) fn add(&mut self, more: &Self) {
        self.all += more.all;
        self.better += more.better;
        self.worse += more.worse;
        self.equivalent += more.equivalent;
        self.open += more.open;
        self.ahead += more.ahead;
        self.behind += more.behind;
    }

    /// Tests that came to anything.
    pub fn tested(&self) -> usize {
        self.better + self.worse + self.equivalent + self.open
    }
}
