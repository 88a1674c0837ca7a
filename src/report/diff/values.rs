//! Which values of the input changed, came and went.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::frame::{CASE, JOINT, Listed, Listing, OF, SEED};
use crate::scores::{Factor, Metric};
use crate::text::listed;

/// So many names of a column are told, more are counted.
const MOST_NAMES: usize = 3;

/// What became of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It is another one.
    Changed,
    /// The second input alone has it.
    Added,
    /// The first input alone has it.
    Gone,
}

/// One value of the input that is not the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ValueChange {
    /// What became of it.
    pub fate: Fate,
    /// Where it stands: `chest / resnet50 / fine / 10 %, seed 3, AUC`.
    pub place: String,
    /// Before; none where there was no value.
    pub old: Option<f64>,
    /// After; none where there is no value.
    pub new: Option<f64>,
    /// Its levels, column by column.
    #[serde(skip)]
    levels: Vec<String>,
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ValueChanges {
    /// Changed ones first, then those that came, then those that went.
    pub values: Vec<ValueChange>,
    /// Values that are the same.
    pub same: usize,
    #[serde(skip)]
    columns: Vec<String>,
    /// Number of levels that both inputs together have, by column.
    #[serde(skip)]
    counts: Vec<usize>,
}

/// Values of one place before and after; several where runs have no seeds.
#[derive(Default)]
struct Pair {
    at: usize,
    old: Vec<Option<f64>>,
    new: Vec<Option<f64>>,
}

/// Compares two inputs.
pub(super) fn value_changes(old: &Listing, new: &Listing) -> ValueChanges {
    let columns = columns(old, new);
    let mut places: BTreeMap<String, Pair> = BTreeMap::new();
    for (listing, is_old) in [(old, true), (new, false)] {
        let order: Vec<Option<usize>> = columns
            .iter()
            .map(|name| listing.columns.iter().position(|column| column == name))
            .collect();
        for Listed { place, value } in &listing.values {
            let at = places.len();
            let pair = places
                .entry(reordered(place, &order))
                .or_insert_with(|| Pair { at, ..Pair::default() });
            if is_old { &mut pair.old } else { &mut pair.new }.push(*value);
        }
    }
    let mut counted: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); columns.len()];
    for place in places.keys() {
        for (known, level) in counted.iter_mut().zip(place.split(JOINT)) {
            known.insert(level);
        }
    }
    let counts: Vec<usize> = counted.iter().map(BTreeSet::len).collect();
    let mut out = ValueChanges { columns, counts, ..ValueChanges::default() };
    let mut found: Vec<(usize, ValueChange)> = Vec::new();
    for (place, pair) in &places {
        out.same += out.differing(place, pair, &mut found);
    }
    found.sort_by_key(|(at, change)| (change.fate, *at));
    out.values = found.into_iter().map(|(_, change)| change).collect();
    out
}

/// The columns of both, in the order of the first, what only the second has before
/// the label fraction.
fn columns(old: &Listing, new: &Listing) -> Vec<String> {
    let mut columns = old.columns.clone();
    let at = columns.iter().position(|name| name == Factor::LABEL_FRACTION);
    let more = new.columns.iter().filter(|name| !old.columns.contains(name)).cloned();
    let at = at.unwrap_or(columns.len());
    columns.splice(at..at, more.collect::<Vec<_>>());
    columns
}

fn reordered(place: &str, order: &[Option<usize>]) -> String {
    let levels: Vec<&str> = place.split(JOINT).collect();
    let level = |at: &Option<usize>| at.and_then(|at| levels.get(at)).copied().unwrap_or_default();
    order.iter().map(level).collect::<Vec<_>>().join(&JOINT.to_string())
}

impl ValueChanges {
    /// Adds what differs at one place, and counts what is the same. Values that have
    /// no seed to tell them apart are the same where they are equal, in whatever order.
    fn differing(&self, place: &str, pair: &Pair, found: &mut Vec<(usize, ValueChange)>) -> usize {
        let bits = |value: &Option<f64>| value.map(f64::to_bits);
        let mut left = pair.new.clone();
        let mut gone: Vec<Option<f64>> = Vec::new();
        for value in &pair.old {
            match left.iter().position(|other| bits(other) == bits(value)) {
                Some(at) => drop(left.remove(at)),
                None => gone.push(*value),
            }
        }
        let same = pair.old.len() - gone.len();
        let levels: Vec<String> = place.split(JOINT).map(String::from).collect();
        let words = self.words(&levels);
        for at in 0..gone.len().max(left.len()) {
            let (old, new) = (gone.get(at), left.get(at));
            let fate = match (old, new) {
                (Some(_), Some(_)) => Fate::Changed,
                (None, _) => Fate::Added,
                (_, None) => Fate::Gone,
            };
            found.push((
                pair.at,
                ValueChange {
                    fate,
                    place: words.clone(),
                    old: old.copied().flatten(),
                    new: new.copied().flatten(),
                    levels: levels.clone(),
                },
            ));
        }
        same
    }

    /// `chest / resnet50 / fine / 10 %, seed 3, AUC`: without a label fraction and a
    /// seed that all values share.
    fn words(&self, levels: &[String]) -> String {
        let (mut factors, mut rest, mut class, mut of) =
            (Vec::new(), Vec::new(), String::new(), String::new());
        for ((column, level), count) in self.columns.iter().zip(levels).zip(&self.counts) {
            match column.as_str() {
                _ if level.is_empty() => {}
                SEED | Factor::LABEL_FRACTION if *count < 2 => {}
                SEED | CASE => rest.push(format!("{column} {level}")),
                "class" => class.clone_from(level),
                OF => of = title(level),
                _ => factors.push(level.clone()),
            }
        }
        if !class.is_empty() {
            of = format!("{of} of {class}");
        }
        let mut parts = if factors.is_empty() { Vec::new() } else { vec![factors.join(" / ")] };
        parts.extend(rest);
        parts.push(of);
        parts.join(", ")
    }

    /// Those of one fate.
    pub(super) fn of(&self, fate: Fate) -> impl Iterator<Item = &ValueChange> {
        self.values.iter().filter(move |change| change.fate == fate)
    }

    /// What those of one fate have in common: `seed 5; 4 tasks, 3 models`.
    pub(super) fn common(&self, fate: Fate) -> String {
        let (mut named, mut counted) = (Vec::new(), Vec::new());
        for (at, column) in self.columns.iter().enumerate() {
            let mut levels: Vec<&str> = Vec::new();
            for change in self.of(fate) {
                let level = change.levels.get(at).map(String::as_str).unwrap_or_default();
                if !level.is_empty() && !levels.contains(&level) && levels.len() <= COUNTED {
                    levels.push(level);
                }
            }
            if levels.is_empty() || self.counts[at] < 2 {
                continue;
            }
            let noun = noun(column, levels.len());
            // What all of them are is no news.
            if levels.len() <= MOST_NAMES && levels.len() < self.counts[at] {
                let names: Vec<String> = levels
                    .iter()
                    .map(|level| if column == OF { title(level) } else { (*level).to_string() })
                    .collect();
                let noun = if column == OF { String::new() } else { format!("{noun} ") };
                named.push(format!("{noun}{}", listed(&names)));
            } else if levels.len() > COUNTED {
                counted.push(format!("more than {COUNTED} {noun}"));
            } else {
                counted.push(format!("{} {noun}", levels.len()));
            }
        }
        if !counted.is_empty() {
            named.push(format!("over {}", listed(&counted)));
        }
        named.join("; ")
    }
}

/// Levels of a column are counted up to here.
const COUNTED: usize = 1000;

/// `task`, `seeds`.
fn noun(column: &str, n: usize) -> String {
    let (one, several) = match column {
        OF => ("metric", "metrics".to_string()),
        Factor::LABEL_FRACTION => ("label fraction", "label fractions".into()),
        "class" => ("class", "classes".into()),
        other => (other, format!("{}s", other.replace('_', " "))),
    };
    if n == 1 { one.replace('_', " ") } else { several }
}

/// A metric as words name it: `AUC`; else as it is.
fn title(of: &str) -> String {
    Metric::named(of).title().to_string()
}

impl ValueChange {
    /// `chest / resnet50 / fine / 10 %, seed 3, AUC: 0.712 -> 0.733`.
    pub(super) fn line(&self) -> String {
        let value = |value: Option<f64>| value.map_or_else(|| "no value".into(), |v| v.to_string());
        let place = &self.place;
        match self.fate {
            Fate::Changed => format!("{place}: {} -> {}", value(self.old), value(self.new)),
            Fate::Added => format!("{place}: {}", value(self.new)),
            Fate::Gone => format!("{place}: {}", value(self.old)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(rows: &[([&str; 5], f64)]) -> Listing {
        Listing {
            columns: ["task", "init", "label_fraction", SEED, OF].map(String::from).to_vec(),
            values: rows
                .iter()
                .map(|(levels, value)| Listed {
                    place: levels.join(&JOINT.to_string()),
                    value: Some(*value),
                })
                .collect(),
        }
    }

    #[test]
    fn a_value_is_found_by_its_place_and_not_by_its_line() {
        let rows = [(["t", "a", "10 %", "0", "auc"], 0.5), (["t", "b", "10 %", "1", "auc"], 0.6)];
        let turned = [rows[1], rows[0]];
        let found = value_changes(&listing(&rows), &listing(&turned));
        assert_eq!((found.values.len(), found.same), (0, 2));
        let other = [(rows[0].0, 0.51), (["t", "b", "10 %", "2", "auc"], 0.6)];
        let found = value_changes(&listing(&rows), &listing(&other));
        let lines: Vec<(Fate, String)> = found.values.iter().map(|c| (c.fate, c.line())).collect();
        assert_eq!(
            lines,
            [
                (Fate::Changed, "t / a, seed 0, AUC: 0.5 -> 0.51".into()),
                (Fate::Added, "t / b, seed 2, AUC: 0.6".into()),
                (Fate::Gone, "t / b, seed 1, AUC: 0.6".into()),
            ]
        );
    }

    #[test]
    fn runs_without_seeds_are_the_same_in_any_order() {
        let row = |value| (["t", "a", "10 %", "", "auc"], value);
        let found = value_changes(
            &listing(&[row(0.1), row(0.2), row(0.2)]),
            &listing(&[row(0.2), row(0.3), row(0.1)]),
        );
        assert_eq!((found.same, found.values.len()), (2, 1));
        assert_eq!(found.values[0].line(), "t / a, AUC: 0.2 -> 0.3");
    }

    #[test]
    fn many_values_are_told_by_what_they_share() {
        let of = |seeds: &[&'static str]| -> Vec<([&'static str; 5], f64)> {
            let mut rows = Vec::new();
            for task in ["a", "b", "c", "d"] {
                for seed in seeds {
                    rows.push(([task, "x", "10 %", *seed, "auc"], 0.5));
                    rows.push(([task, "x", "10 %", *seed, "dice"], 0.5));
                }
            }
            rows
        };
        let found = value_changes(&listing(&of(&["0"])), &listing(&of(&["0", "1"])));
        assert_eq!(found.of(Fate::Added).count(), 8);
        assert_eq!(found.common(Fate::Added), "seed 1; over 4 tasks and 2 metrics");
    }

    #[test]
    fn a_new_column_leaves_nothing_in_its_place() {
        let old = listing(&[(["t", "a", "10 %", "0", "auc"], 0.5)]);
        let mut new = old.clone();
        new.columns.insert(2, "optimizer".into());
        new.values[0].place = ["t", "a", "adam", "10 %", "0", "auc"].join(&JOINT.to_string());
        let found = value_changes(&old, &new);
        let lines: Vec<String> = found.values.iter().map(ValueChange::line).collect();
        assert_eq!(lines, ["t / a / adam, AUC: 0.5", "t / a, AUC: 0.5"]);
    }
}
