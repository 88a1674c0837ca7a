//! Finds what differs between two pages.

use std::collections::{BTreeMap, BTreeSet};

use super::story::{Story, input_of};
use super::types::{Change, Diff, Side, Weight};
use crate::report::bundle::sha256;
use crate::report::downloads::DATA;
use crate::report::error::ReportError;
use crate::report::reading::{Drawing, Opened, PageFacts, Shown};

/// Columns that name an estimate; its interval stands in the same row.
const ESTIMATES: [&str; 6] = ["mean", "difference", "slope", "estimate", "slope_difference", "tau"];
/// Facts of provenance that are about the data.
const DATA_FACTS: [&str; 7] =
    ["sha-256", "sha_256", "data_of", "fingerprint", "seeds", "source", "study_file"];

/// Compares two pages; `names` are those of their files.
pub fn diff(old: &[u8], new: &[u8], names: [&str; 2]) -> Result<Diff, ReportError> {
    let [old, new] = [old, new].map(|page| PageFacts::read(&Opened::of(page).text));
    compared([&old, &new], names)
}

/// The same of pages that were read.
pub(super) fn compared([old, new]: [&PageFacts; 2], names: [&str; 2]) -> Result<Diff, ReportError> {
    let sides = [side(old, names[0])?, side(new, names[1])?];
    let (before, after) = (old.by_id(), new.by_id());
    let mut out = Diff { sides, ..Diff::default() };
    match (input_of(old), input_of(new)) {
        (Ok(old), Ok(new)) => out.story = Some(Story::of(&old, &new)),
        (Err(why), _) | (_, Err(why)) => {
            out.untold = Some(format!("compared are the numbers alone that the pages show: {why}"));
        }
    }
    let mut seen = BTreeSet::new();
    for shown in &old.values {
        if !seen.insert(shown.id.as_str()) {
            continue;
        }
        let Some(twin) = after.get(shown.id.as_str()) else { continue };
        out.compared += 1;
        if shown.text != twin.text || shown.value != twin.value {
            out.changes.push(change(shown, twin, &before, &after));
        }
    }
    // Stable: within a weight the order of the page.
    out.changes.sort_by_key(|change| change.weight);
    out.added = alone(&after, &before);
    out.removed = alone(&before, &after);
    out.figures = figures(old, new);
    Ok(out)
}

fn side(facts: &PageFacts, name: &str) -> Result<Side, ReportError> {
    let file = facts.files.get(DATA).ok_or(ReportError::NoData)?;
    Ok(Side {
        name: name.into(),
        written_by: facts.generator.clone(),
        data_sha256: file.bytes.as_deref().map_or(String::new(), sha256),
        ..Side::default()
    })
}

type ById<'a> = BTreeMap<&'a str, &'a Shown>;

fn change(old: &Shown, new: &Shown, before: &ById<'_>, after: &ById<'_>) -> Change {
    let intervals = interval(old, before).zip(interval(new, after)).map(|(a, b)| [a, b]);
    Change {
        id: old.id.clone(),
        weight: weight(old, new, before, after),
        old: old.text.clone(),
        new: new.text.clone(),
        intervals,
        overlap: intervals.and_then(|[a, b]| overlap(a, b)),
    }
}

fn weight(old: &Shown, new: &Shown, before: &ById<'_>, after: &ById<'_>) -> Weight {
    let column = old.column();
    if old.row() == "provenance" {
        let data = DATA_FACTS.iter().any(|part| column.contains(part));
        return if data { Weight::Data } else { Weight::Environment };
    }
    if old.row().starts_with("methods") {
        return Weight::Setting;
    }
    if column == "verdict" {
        return Weight::Verdict;
    }
    if matches!(column, "n" | "seeds" | "cases" | "train_cases" | "labels") {
        return if old.text == new.text { Weight::Noise } else { Weight::Data };
    }
    if old.row().starts_with("runs.") && matches!(column, "seconds" | "images_per_second") {
        return Weight::Environment;
    }
    if old.text == new.text || row_is_noise(old, new, before, after) {
        return Weight::Noise;
    }
    Weight::Number
}

/// Whether the estimate of a number's row moved within both intervals.
fn row_is_noise(old: &Shown, new: &Shown, before: &ById<'_>, after: &ById<'_>) -> bool {
    let Some((a, b)) = interval(old, before).zip(interval(new, after)) else { return false };
    let estimate = |row: &str, map: &ById<'_>| {
        ESTIMATES
            .iter()
            .find_map(|name| map.get(format!("{row}.{name}").as_str())?.value.parse::<f64>().ok())
    };
    let points = estimate(old.row(), before).zip(estimate(new.row(), after));
    points.is_some_and(|(x, y)| within(x, b) && within(y, a))
}

fn within(value: f64, [low, high]: [f64; 2]) -> bool {
    (low..=high).contains(&value)
}

/// The interval in the row of a number.
fn interval(shown: &Shown, map: &ById<'_>) -> Option<[f64; 2]> {
    let row = shown.row();
    let value = map.get(format!("{row}.interval").as_str()).map(|shown| shown.value.clone())?;
    let (low, high) = value.split_once(' ')?;
    Some([low.parse().ok()?, high.parse().ok()?])
}

/// Shared length over the shorter interval's; 1 for a point inside.
fn overlap([a, b]: [f64; 2], [c, d]: [f64; 2]) -> Option<f64> {
    let shared = b.min(d) - a.max(c);
    let shorter = (b - a).min(d - c);
    if !shared.is_finite() || shorter < 0.0 {
        return None;
    }
    if shorter == 0.0 {
        return Some(f64::from(u8::from(shared >= 0.0)));
    }
    Some((shared / shorter).clamp(0.0, 1.0))
}

/// Rows of ids that one page alone has.
fn alone(of: &ById<'_>, other: &ById<'_>) -> Vec<String> {
    let rows: BTreeSet<&str> = other.values().map(|shown| shown.row()).collect();
    let mut out: BTreeSet<String> = BTreeSet::new();
    for shown in of.values().filter(|shown| !other.contains_key(shown.id.as_str())) {
        // A new number of a known row is named itself, a new row as a row.
        let known = rows.contains(shown.row());
        out.insert(if known { shown.id.clone() } else { shown.row().to_string() });
    }
    out.into_iter().collect()
}

fn figures(old: &PageFacts, new: &PageFacts) -> Vec<String> {
    let group = |facts: &PageFacts| {
        let mut map: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for Drawing { label, svg, .. } in &facts.drawings {
            map.entry(label.clone()).or_default().push(svg.clone());
        }
        map
    };
    let (old, new) = (group(old), group(new));
    let labels: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    labels.into_iter().filter(|label| old.get(*label) != new.get(*label)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page with one row: a mean with its interval, a p and a verdict.
    fn page(mean: &str, interval: &str, p: &str, verdict: &str) -> String {
        format!(
            "<table><thead><tr><th data-col=mean><th data-col=interval><th data-col=p>\
             <th data-col=verdict></tr></thead><tr data-row=\"t.a\"><td data-v>{mean}</td>\
             <td data-v=\"{interval}\">[..]</td><td data-v>{p}</td><td data-v>{verdict}</td></tr>\
             </table><script id=\"data-zip\" data-sha256=\"\">AAAA</script>"
        )
    }

    fn weights(old: &str, new: &str) -> Vec<(String, Weight)> {
        let found = diff(old.as_bytes(), new.as_bytes(), ["a", "b"]).expect("a diff");
        found.changes.iter().map(|c| (c.id.clone(), c.weight)).collect()
    }

    #[test]
    fn what_moves_inside_the_intervals_is_noise_and_verdicts_are_not() {
        let old = page("0.80", "0.75 0.85", "0.04", "better");
        let near = page("0.82", "0.77 0.87", "0.06", "inconclusive");
        assert_eq!(
            weights(&old, &near),
            [
                ("t.a.verdict".into(), Weight::Verdict),
                ("t.a.mean".into(), Weight::Noise),
                ("t.a.interval".into(), Weight::Noise),
                ("t.a.p".into(), Weight::Noise),
            ]
        );
        let far = page("0.90", "0.88 0.92", "0.04", "better");
        let found = diff(old.as_bytes(), far.as_bytes(), ["a", "b"]).expect("a diff");
        assert_eq!(found.changes[0].weight, Weight::Number);
        assert_eq!(found.changes[0].overlap, Some(0.0));
        assert!(
            found.differs()
                && !diff(old.as_bytes(), old.as_bytes(), ["a", "b"]).expect("a diff").differs()
        );
    }

    #[test]
    fn overlap_is_of_the_shorter_interval() {
        assert_eq!(overlap([0.0, 1.0], [0.5, 0.75]), Some(1.0));
        assert_eq!(overlap([0.0, 1.0], [0.5, 1.5]), Some(0.5));
        assert_eq!(overlap([0.0, 1.0], [2.0, 3.0]), Some(0.0));
        assert_eq!(overlap([0.0, 1.0], [1.0, 1.0]), Some(1.0));
    }

    #[test]
    fn what_one_page_alone_has_is_named() {
        let old = page("0.80", "0.75 0.85", "0.04", "better");
        let new = old.replace("t.a", "t.b");
        let found = diff(old.as_bytes(), new.as_bytes(), ["a", "b"]).expect("a diff");
        assert_eq!((found.added, found.removed), (vec!["t.b".into()], vec!["t.a".to_string()]));
        assert!(diff(b"<p>", old.as_bytes(), ["a", "b"]).is_err());
    }
}
