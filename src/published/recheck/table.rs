//! The recheck as a table.

use super::agreement::{short, tally};
use super::ranges::{SdReading, Test};
use super::types::{Rechecked, Side};
use crate::compare::format::write_table;
use crate::published::csv_text::guarded;
use crate::text::{Column, Kind, Table, Value};

pub use crate::compare::format::Format;

/// The recheck in a format. CSV and JSON hold every test, reading and range at
/// full precision; the others the table that is read.
pub fn write(rows: &[Rechecked], format: Format) -> String {
    match format {
        Format::Csv => csv(rows),
        Format::Json => {
            // Plain structs with string keys always serialise.
            let text = serde_json::to_string_pretty(rows).unwrap_or_default();
            format!("{text}\n")
        }
        other => write_table(&table(rows), &notes(rows), other),
    }
}

/// One row per printed p: the numbers, the recomputed p, the verdict.
pub fn table(rows: &[Rechecked]) -> Table {
    let mut table = Table::new([
        Column::name("Source"),
        Column::name("On"),
        Column::name("Compared"),
        Column::titled(Kind::P, "Printed p"),
        Column::words("Agrees with"),
    ]);
    table.columns.extend(Test::ALL.map(|test| Column::new(Kind::P, key(test), head(test))));
    table.columns.extend([
        Column::titled(Kind::Number, "Mean (SD)"),
        Column::titled(Kind::Number, "Reference (SD)"),
        Column::titled(Kind::Count, "n"),
    ]);
    for row in rows {
        let claim = &row.claim;
        let runs = if claim.a.n == claim.b.n {
            claim.a.n.to_string()
        } else {
            format!("{}, {}", claim.b.n, claim.a.n)
        };
        let mut cells = vec![
            Value::text(&claim.source),
            Value::text(&claim.context),
            Value::text(format!("{} against {}", claim.b.name, claim.a.name)),
            Value::shown(claim.printed.text.trim_start_matches("p=")),
            Value::text(row.words()),
        ];
        cells.extend(Test::ALL.map(|test| {
            let p = recomputed(row, test, first_reading(row));
            p.map_or_else(Value::none, |p| Value::number(p, short(p), ""))
        }));
        cells.extend([
            Value::shown(claim.b.numbers()),
            Value::shown(claim.a.numbers()),
            Value::shown(runs),
        ]);
        table.rows.push(cells);
    }
    table
}

/// The key of a column of p by one test.
pub fn key(test: Test) -> &'static str {
    match test {
        Test::Welch => "welch",
        Test::Pooled => "pooled",
        Test::OneSided => "one_sided",
    }
}

fn head(test: Test) -> &'static str {
    match test {
        Test::Welch => "Welch",
        Test::Pooled => "Pooled",
        Test::OneSided => "One-sided",
    }
}

fn first_reading(row: &Rechecked) -> SdReading {
    row.tests.first().map_or(SdReading::Sample, |t| t.reading)
}

fn recomputed(row: &Rechecked, test: Test, reading: SdReading) -> Option<f64> {
    row.tests.iter().find(|t| t.test == test && t.reading == reading).and_then(|t| t.p)
}

/// What was done, and what came out, in sentences.
pub(super) fn notes(rows: &[Rechecked]) -> Vec<String> {
    let tally = tally(rows);
    let counts: Vec<String> = Test::ALL
        .into_iter()
        .enumerate()
        .map(|(i, test)| {
            format!(
                "{} agree with the {} test ({} with it alone)",
                tally.with[i],
                test.words(),
                tally.only[i]
            )
        })
        .collect();
    let mut notes = vec![
        format!(
            "Of {} printed p, {}; {} agree with none{}.",
            tally.all,
            counts.join(", "),
            tally.none,
            if tally.undefined > 0 {
                format!(", {} cannot be recomputed", tally.undefined)
            } else {
                String::new()
            }
        ),
        "A printed p agrees with a test when the range that its rounding stands for meets the range \
         of p that rounding (or reading) of means and spreads leaves open; the p shown are those of \
         the numbers as printed, spreads read as divided by n - 1 unless they are given otherwise."
            .into(),
        "One-sided means towards the difference that was observed: half the two-sided p.".into(),
    ];
    if rows.iter().any(|r| r.claim.a.is_digitised() || r.claim.b.is_digitised()) {
        notes.push("\u{2248} marks numbers digitised from a figure.".into());
    }
    notes
}

fn csv(rows: &[Rechecked]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record([
        "source",
        "on",
        "reference",
        "n1",
        "mean1",
        "mean1_half_width",
        "sd1",
        "sd1_half_width",
        "against_it",
        "n2",
        "mean2",
        "mean2_half_width",
        "sd2",
        "sd2_half_width",
        "digitised",
        "printed_p",
        "sd_read_as",
        "test",
        "t",
        "p",
        "p_low",
        "p_high",
        "agrees",
        "verdict",
        "note",
    ]);
    for row in rows {
        let claim = &row.claim;
        let numbers = |s: &Side| {
            [
                s.n.to_string(),
                s.mean.to_string(),
                s.mean_half.to_string(),
                s.sd.to_string(),
                s.sd_half.to_string(),
            ]
        };
        for test in &row.tests {
            let mut record =
                vec![guarded(&claim.source), guarded(&claim.context), guarded(&claim.a.name)];
            record.extend(numbers(&claim.a));
            record.push(guarded(&claim.b.name));
            record.extend(numbers(&claim.b));
            let reading = match test.reading {
                SdReading::Sample => "n - 1",
                SdReading::Population => "n",
            };
            let number = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
            let defined = test.p.is_some();
            record.extend([
                (claim.a.is_digitised() || claim.b.is_digitised()).to_string(),
                guarded(&claim.printed.text),
                reading.to_string(),
                test.test.words().to_string(),
                number(test.t),
                number(test.p),
                number(defined.then_some(test.low)),
                number(defined.then_some(test.high)),
                test.agrees.to_string(),
                row.words(),
                guarded(&claim.note),
            ]);
            let _ = writer.write_record(record);
        }
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::published::recheck::{csv_in, recheck};

    fn rows() -> Vec<Rechecked> {
        let text =
            "task,init,mean,sd,n,printed_p\nT,=1+1,95.62,0.63,10,\nT,b|c,97.00,0.60,8,<0.001\n";
        csv_in::claims("t.csv", text.as_bytes()).expect("claims").iter().map(recheck).collect()
    }

    #[test]
    fn every_format_says_the_same() {
        for format in [Format::Text, Format::Markdown, Format::Latex] {
            let text = write(&rows(), format);
            assert!(text.contains("95.62 (0.63)") && text.contains("8, 10"), "{text}");
        }
        let csv = write(&rows(), Format::Csv);
        assert_eq!(csv.lines().count(), 7);
        assert!(csv.contains("'=1+1") && csv.contains("one-sided pooled"), "{csv}");
        let json: serde_json::Value =
            serde_json::from_str(&write(&rows(), Format::Json)).expect("JSON");
        assert_eq!(json[0]["tests"].as_array().map(Vec::len), Some(6));
    }
}
