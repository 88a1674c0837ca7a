//! Every single verdict at a glance: places down, pairs and label fractions across.

use super::names::Names;
use crate::compare::ComparisonRow;
use crate::compare::answer::{Answer, PairAnswer};
use crate::report::bound::Origin;
use crate::report::document::{Block, TableBlock, Tone, Value};
use crate::report::escape;
use crate::scores::{Factor, Metric, Verdict};
use crate::text::{Column, Table, UniqueIds, percent};

/// So many columns of verdicts can be read.
const MOST_COLUMNS: usize = 12;
/// The map is for a glance: the table of tests has all decimals.
const MOST_DECIMALS: usize = 3;
/// More rows than this are in the table of tests alone.
const MOST_ROWS: usize = 200;

/// The map, where there are two tests or more to show.
pub(super) fn verdict_map(answer: &Answer, names: &Names<'_>) -> Option<Block> {
    let main = names.main;
    let tested = main.rows.iter().filter(|row| row.verdict.is_some());
    if tested.take(2).count() < 2 {
        return None;
    }
    let fractions = fractions(&main.rows);
    let pairs = shown_pairs(answer, fractions.len());
    let places = places(&main.rows);
    let mut grid = Table::new(columns(names, &pairs, &fractions, &places));
    let varying = varying(&places);
    let mut ids = UniqueIds::default();
    for place in places.iter().take(MOST_ROWS) {
        let mut cells: Vec<Value> = labels(names, place, &varying);
        let shown = ids.add(place.clone(), &place.join(" ")).to_string();
        for pair in &pairs {
            for fraction in &fractions {
                let row = find(&main.rows, pair, place, *fraction);
                let origin = Origin::new(&["map", &shown]);
                cells.push(cell(names, pair, *fraction, row, &origin));
            }
        }
        grid.rows.push(cells);
    }
    let left_out = answer.pairs.len() - pairs.len();
    let csv = csv(&grid);
    let block = TableBlock::new("tab-map", caption(names, left_out, places.len()), grid);
    Some(Block::Table(TableBlock { all: places.len(), ..block.with_csv(csv) }))
}

/// All pairs where they fit; else the first level against the others.
fn shown_pairs(answer: &Answer, fractions: usize) -> Vec<&PairAnswer> {
    let room = (MOST_COLUMNS / fractions.max(1)).max(1);
    if answer.pairs.len() <= room {
        return answer.pairs.iter().collect();
    }
    let first = answer.standings.levels.first();
    let of_first =
        answer.pairs.iter().filter(|p| Some(&p.level) == first || Some(&p.reference) == first);
    let of_first: Vec<&PairAnswer> = of_first.take(room).collect();
    if of_first.is_empty() { answer.pairs.iter().take(room).collect() } else { of_first }
}

fn fractions(rows: &[ComparisonRow]) -> Vec<Option<f64>> {
    let mut found: Vec<Option<f64>> = Vec::new();
    for row in rows {
        if !found.contains(&row.block.label_fraction) {
            found.push(row.block.label_fraction);
        }
    }
    found.sort_by(|a, b| a.unwrap_or(0.0).total_cmp(&b.unwrap_or(0.0)));
    found
}

/// The levels of the factors that are not compared, in order of appearance.
fn places(rows: &[ComparisonRow]) -> Vec<Vec<String>> {
    let mut known = std::collections::BTreeSet::new();
    let all = rows.iter().map(key);
    all.filter(|place| known.insert(place.clone())).collect()
}

fn key(row: &ComparisonRow) -> Vec<String> {
    row.block.factors.iter().map(|(_, level)| level.clone()).collect()
}

fn columns(
    names: &Names<'_>,
    pairs: &[&PairAnswer],
    fractions: &[Option<f64>],
    places: &[Vec<String>],
) -> Vec<Column> {
    let factors = names.main.rows.first().map(|row| &row.block.factors);
    let varying = varying(places);
    let mut columns: Vec<Column> = factors
        .into_iter()
        .flatten()
        .enumerate()
        .filter(|(at, _)| varying.contains(at))
        .map(|(_, (factor, _))| Column::name(factor.title()))
        .collect();
    if columns.is_empty() {
        let noun = names.main.rows.first().map_or("", |row| row.block.task());
        columns.push(Column::name(if noun.is_empty() { "" } else { "Task" }));
    }
    for pair in pairs {
        let [level, reference] = [&pair.level, &pair.reference].map(|name| names.level(name).1);
        let (over, reference) = match fractions.len() {
            1 => (format!("{level} against"), reference),
            _ => (format!("{level} against {reference}"), String::new()),
        };
        for fraction in fractions {
            let title = match fraction {
                Some(fraction) if fractions.len() > 1 => percent(*fraction),
                _ => reference.clone(),
            };
            let column = Column { key: key_of(pair, *fraction).into(), ..Column::words(title) };
            columns.push(column.under(&over));
        }
    }
    columns
}

/// Key of the column of a pair at a fraction. A dot in the last part of an id would
/// make it two.
fn key_of(pair: &PairAnswer, fraction: Option<f64>) -> String {
    let pair = crate::compare::answer::pair_slug(&pair.level, &pair.reference);
    let key = fraction.map_or_else(|| pair.clone(), |fraction| format!("{pair}-{fraction}"));
    key.replace('.', "_")
}

/// Factors of the places that differ.
fn varying(places: &[Vec<String>]) -> Vec<usize> {
    let first = places.first().map_or(0, Vec::len);
    (0..first).filter(|at| places.iter().any(|place| place[*at] != places[0][*at])).collect()
}

fn labels(names: &Names<'_>, place: &[String], varying: &[usize]) -> Vec<Value> {
    let factors = names.main.rows.first().map(|row| &row.block.factors);
    let titled = |at: usize| {
        let factor = factors.and_then(|factors| factors.get(at)).map(|(factor, _)| factor.clone());
        factor.map_or_else(|| place[at].clone(), |factor| names.title(&factor, &place[at]))
    };
    if varying.is_empty() {
        let task = place.first().map_or_else(String::new, |_| titled(0));
        return vec![Value::text(task)];
    }
    varying.iter().map(|at| Value::text(titled(*at))).collect()
}

fn find<'a>(
    rows: &'a [ComparisonRow],
    pair: &PairAnswer,
    place: &[String],
    fraction: Option<f64>,
) -> Option<(&'a ComparisonRow, bool)> {
    rows.iter().filter(|row| row.block.label_fraction == fraction && key(row) == place).find_map(
        |row| {
            let straight = row.level == pair.level && row.reference == pair.reference;
            let turned = row.level == pair.reference && row.reference == pair.level;
            (straight || turned).then_some((row, turned))
        },
    )
}

fn cell(
    names: &Names<'_>,
    pair: &PairAnswer,
    fraction: Option<f64>,
    found: Option<(&ComparisonRow, bool)>,
    origin: &Origin,
) -> Value {
    let Some((row, turned)) = found else { return Value::text("") };
    let sign = if turned { -1.0 } else { 1.0 };
    let difference = row.difference.map(|d| sign * d);
    let verdict = row.verdict.map(|v| if turned { v.turned() } else { v });
    let (mark, tone) = match verdict {
        Some(Verdict::Better | Verdict::Higher) => ("\u{25b2}", Tone::Better),
        Some(Verdict::Worse | Verdict::Lower) => ("\u{25bc}", Tone::Worse),
        Some(Verdict::Equivalent) => ("=", Tone::Equal),
        Some(Verdict::Inconclusive) => ("\u{25cb}", Tone::Open),
        None => ("\u{2013}", Tone::Plain),
    };
    let metric = names.metric();
    let shown = match difference {
        Some(_) => {
            let mut short: Metric = metric.clone();
            short.decimals = short.decimals.min(MOST_DECIMALS);
            format!("{mark} {}", short.signed(difference))
        }
        None => mark.to_string(),
    };
    let how = verdict.map_or_else(|| row.notes.join("; "), |verdict| verdict.word().into());
    let bound = origin.bind(&key_of(pair, fraction), difference, shown, how);
    Value { tone, link: "tab-tests".into(), ..Value::bound(bound) }
}

fn caption(names: &Names<'_>, left_out: usize, places: usize) -> String {
    let metric = names.metric();
    let words = match metric.better.best() {
        Some(_) => "\u{25b2} better, \u{25bc} worse",
        None => "\u{25b2} higher, \u{25bc} lower",
    };
    let equal = match names.main.options.margin {
        Some(margin) => format!(", = equivalent within {margin}"),
        None => String::new(),
    };
    let adjusted = &names.main.adjustment;
    let mut text = format!(
        "Every single comparison: difference of {} and its verdict ({words}{equal}, \u{25cb} open; \
         {adjusted}-adjusted, at alpha {}).",
        metric.in_full(),
        names.main.options.alpha
    );
    if left_out > 0 {
        text += &format!(" {left_out} further pairs are in the table of tests.");
    }
    if places > MOST_ROWS {
        text += " The table of tests has the other places too.";
    }
    text
}

fn csv(table: &Table) -> String {
    let texts = |row: &Vec<Value>| row.iter().map(|value| value.text.clone()).collect();
    let head: Vec<String> = table.columns.iter().map(|column| column.full_title(", ")).collect();
    escape::csv(std::iter::once(head).chain(table.rows.iter().map(texts)))
}

impl Names<'_> {
    /// A level of any factor as the study titles it.
    pub(super) fn title(&self, factor: &Factor, level: &str) -> String {
        super::names::level_title(factor, level, self.study())
    }
}
