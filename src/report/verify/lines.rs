//! Differences as they stand, for what words do not cover.

use super::hunks::hunks;
use super::mend::Mended;
use super::types::{Difference, Kind};

/// Lines that are shown at most.
const MOST: usize = 20;
/// Characters of a line that are shown.
const LENGTH: usize = 160;

/// In the place of what is not there.
pub(super) const MISSING: &str = "(nothing)";

/// The lines in which a page still differs once all was put right that was said
/// before.
pub(super) fn lines(page: &str, mended: &Mended, computed: &str) -> Vec<Difference> {
    let split =
        |text: &'_ str| -> Vec<String> { text.split_inclusive('\n').map(str::to_string).collect() };
    let (a, b) = (split(&mended.text), split(computed));
    let mut starts = Vec::with_capacity(a.len() + 1);
    let mut at = 0;
    for line in &a {
        starts.push(at);
        at += line.len();
    }
    starts.push(at);
    let mut pairs: Vec<(usize, String, String)> = Vec::new();
    let mut all = 0;
    for (x, y) in hunks(&a, &b) {
        for k in 0..x.len().max(y.len()) {
            let (was, is) = (a[x.clone()].get(k), b[y.clone()].get(k));
            if was == is {
                continue;
            }
            all += 1;
            if pairs.len() < MOST {
                let text = |line: Option<&String>| line.map_or(MISSING.into(), Clone::clone);
                pairs.push((starts[(x.start + k).min(x.end)], text(was), text(is)));
            }
        }
    }
    let more = all - pairs.len();
    let mut out: Vec<Difference> = pairs
        .into_iter()
        .map(|(start, shown, right)| {
            let number = mended.line(page, start);
            let (shown, recomputed) = around(&shown, &right, LENGTH);
            line(&number.to_string(), shown, recomputed)
        })
        .collect();
    if more > 0 {
        out.push(line("further", format!("{more} more lines"), "others".into()));
    }
    out
}

fn line(id: &str, shown: String, recomputed: String) -> Difference {
    Difference { kind: Kind::Line, id: id.into(), place: String::new(), shown, recomputed }
}

/// Both texts around their first difference.
pub(super) fn around(a: &str, b: &str, length: usize) -> (String, String) {
    const BEFORE: usize = 24;
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let cut = |text: &str| {
        let from = same.saturating_sub(BEFORE);
        let mut rest = text.chars().skip(from);
        let part: String = rest.by_ref().take(length).collect();
        let more = rest.next().is_some();
        format!(
            "{}{part}{}",
            if from > 0 { "\u{2026}" } else { "" },
            if more { "\u{2026}" } else { "" }
        )
    };
    (cut(a), cut(b))
}

#[cfg(test)]
mod tests {
    use super::super::mend::Mends;
    use super::*;

    fn found(page: &str, computed: &str) -> Vec<(String, String, String)> {
        let mended = Mends::default().applied(page);
        let found = lines(page, &mended, computed);
        found.into_iter().map(|d| (d.id, d.shown, d.recomputed)).collect()
    }

    #[test]
    fn lines_are_named_by_their_number_and_shown_around_the_difference() {
        let long = "x".repeat(300);
        let page = format!("a\nb\n{long}1{long}\nc\nd");
        let right = format!("a\nb\n{long}2{long}\nc\nd");
        let got = found(&page, &right);
        assert_eq!(got.len(), 1);
        assert_eq!(got[0].0, "3");
        assert!(got[0].1.contains("xx1xx") && got[0].1.chars().count() < 170, "{got:?}");
        assert_eq!(found("a\nb\n", "a\nb"), [("2".into(), "b\n".into(), "b".into())]);
        let got = found("a\n<b>\nb\nc\n", "a\nb\nc\n");
        assert_eq!(got, [("2".into(), "<b>\n".into(), MISSING.into())]);
    }

    #[test]
    fn more_than_a_screen_of_lines_is_counted() {
        let page: String = (0..1000).map(|n| format!("{n}\n")).collect();
        let right: String = (0..1000).map(|n| format!("_{n}\n")).collect();
        let got = found(&page, &right);
        assert_eq!(got.len(), MOST + 1);
        assert_eq!(got[MOST].1, "980 more lines");
    }
}
