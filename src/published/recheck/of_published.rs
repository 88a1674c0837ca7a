//! The printed p-values and stars of the benchmark.

use super::printed_p::PrintedP;
use super::types::{Claim, Side, Spread};
use crate::published::{Annotation, PublishedError, Row, Table, annotations};

/// Runs behind a mean where none are stated: the protocol of the articles.
pub const RUNS: usize = 10;

/// Every printed p-value of the figures, with the two bars it belongs to.
pub fn published() -> Result<Vec<Claim>, PublishedError> {
    brackets(|study| ["A3", "A5 left", "DART iNat2021"].contains(&study))
}

/// Every printed star: those at the brackets of A5, right, and those above the
/// bars of the DART figure of self-supervised models whose error bars could be
/// read.
pub fn published_stars() -> Result<Vec<Claim>, PublishedError> {
    let mut claims = brackets(|study| study == "A5 right")?;
    let rows = Table::DartSelfSupervised.rows()?;
    for row in rows.iter().filter(|row| !row.label.is_empty() && !row.is_baseline()) {
        let line = rows.iter().find(|other| other.is_baseline() && other.task == row.task);
        if let Some(claim) = line.and_then(|line| {
            let study = Table::DartSelfSupervised.study();
            claim(study, line, row, &row.label, &line.init, &row.init, "")
        }) {
            claims.push(claim);
        }
    }
    Ok(claims)
}

fn brackets(wanted: impl Fn(&str) -> bool) -> Result<Vec<Claim>, PublishedError> {
    let mut claims = Vec::new();
    let all = annotations()?;
    for table in Table::ALL.into_iter().filter(|table| wanted(table.study())) {
        let rows = table.rows()?;
        let end = |annotation: &Annotation, (model, init): &(String, String)| {
            rows.iter()
                .find(|r| r.task == annotation.task && r.model == *model && r.init == *init)
                .cloned()
        };
        // Two models on one panel need both names.
        let several = rows.iter().any(|row| row.model != rows[0].model);
        let name = |row: &Row| {
            if several { format!("{} {}", row.model, row.init) } else { row.init.clone() }
        };
        for annotation in all.iter().filter(|a| a.study == table.study()) {
            if let Some((a, b)) =
                end(annotation, &annotation.from).zip(end(annotation, &annotation.to))
                && let Some(claim) = claim(
                    table.study(),
                    &a,
                    &b,
                    &annotation.text,
                    &name(&a),
                    &name(&b),
                    &annotation.note,
                )
            {
                claims.push(claim);
            }
        }
    }
    Ok(claims)
}

fn claim(
    study: &str,
    a: &Row,
    b: &Row,
    printed: &str,
    name_a: &str,
    name_b: &str,
    note: &str,
) -> Option<Claim> {
    let mut notes: Vec<String> = Vec::new();
    if a.n.is_none() || b.n.is_none() {
        notes.push(format!("number of runs not stated, taken as {RUNS}"));
    }
    notes.extend((!note.is_empty()).then(|| note.to_string()));
    Some(Claim {
        source: study.into(),
        context: a.task.clone(),
        a: side(a, name_a)?,
        b: side(b, name_b)?,
        spread: Spread::Sd,
        printed: PrintedP::parse(printed)?,
        note: notes.join("; "),
    })
}

fn side(row: &Row, name: &str) -> Option<Side> {
    let sd = row.sd?;
    let digitised = |v: crate::published::Published| {
        matches!(v.kind(), crate::published::Kind::Digitised { .. })
    };
    Some(Side {
        name: name.into(),
        n: row.n.unwrap_or(RUNS),
        mean: row.mean.value(),
        mean_half: row.mean.half_width(),
        sd: sd.value(),
        sd_half: sd.half_width(),
        decimals: row.mean.decimals(),
        mean_digitised: digitised(row.mean),
        sd_digitised: digitised(sd),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::published::recheck::{SdReading, Test, recheck};

    /// `p_value_recheck.csv` was computed with scipy 1.17 (`ttest_ind_from_stats`)
    /// from the same digitised numbers, and printed with two digits.
    const GOLDEN: &str = include_str!("../../../tests/golden/published/p_value_recheck.csv");

    #[test]
    fn every_line_of_the_reference_recheck_is_met() {
        let claims = published().expect("claims");
        assert_eq!(claims.len(), 28);
        let mut reader = csv::Reader::from_reader(GOLDEN.as_bytes());
        let mut lines = 0;
        for record in reader.records() {
            let record = record.expect("a record");
            let number = |i: usize| record[i].parse::<f64>().expect("a number");
            let init = record[3].replace("CXR14", "ChestX-ray14");
            let (figure, inat) = (&record[0], record[3].starts_with("iNat"));
            let claim = claims
                .iter()
                .find(|c| {
                    figure.contains(c.source.trim_end_matches("2021"))
                        && c.context == record[1]
                        && c.b.name
                            == if inat { format!("{init} supervised") } else { init.clone() }
                })
                .unwrap_or_else(|| panic!("{record:?}"));
            assert_eq!(
                [claim.a.mean, claim.a.sd, claim.b.mean, claim.b.sd],
                [4, 5, 6, 7].map(number)
            );
            assert_eq!(claim.printed.text, format!("p={}", &record[8]));
            let reading = match &record[9] {
                "sample std" => SdReading::Sample,
                _ => SdReading::Population,
            };
            let checked = recheck(claim);
            for (test, column) in [(Test::Pooled, 11), (Test::OneSided, 12), (Test::Welch, 13)] {
                let got = checked.tests.iter().find(|t| t.test == test && t.reading == reading);
                let got = got.expect("a test");
                let (p, t) = (got.p.expect("p"), got.t.expect("t"));
                let expected = number(column);
                // The reference has two digits.
                let unit = 10f64.powf(expected.log10().floor() - 1.0);
                assert!((p - expected).abs() <= 0.5001 * unit, "{record:?}: {p}");
                assert!((t - number(10)).abs() <= 0.005_001, "{record:?}: {t}");
            }
            lines += 1;
        }
        assert_eq!(lines, 56);
    }

    #[test]
    fn stars_have_their_bars() {
        let stars = published_stars().expect("claims");
        assert_eq!(stars.iter().filter(|c| c.source == "A5 right").count(), 18);
        let rows = Table::DartSelfSupervised.rows().expect("rows");
        let labelled = |r: &&Row| !r.label.is_empty() && !r.is_baseline();
        let all = rows.iter().filter(labelled).count();
        // Four bars have no readable error bar.
        let readable = rows.iter().filter(labelled).filter(|r| r.sd.is_some()).count();
        assert_eq!((all, readable), (75, 71));
        assert_eq!(stars.len(), 18 + readable);
    }

    /// What the recheck is known to find.
    #[test]
    fn known_disagreements() {
        let all: Vec<_> = published().expect("claims").iter().map(recheck).collect();
        let words = |source: &str, task: &str, to: &str| {
            let row = all.iter().find(|r| {
                r.claim.source == source && r.claim.context == task && r.claim.b.name.contains(to)
            });
            row.expect("a row").words()
        };
        assert!(words("DART iNat2021", "PXS", "iNat").contains("one-sided only"));
        assert!(words("A5 left", "HXS", "CheXpert").contains("one-sided"));
        assert!(words("A3", "ECC", "22K").starts_with("none"));
        assert!(words("A3", "HXS", "22K").starts_with("none"));
    }
}
