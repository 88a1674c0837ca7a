//! Every test that was computed, in the order it was: what was asked, of what,
//! how often, and what came out. What stands in no ledger was not tested.

use serde::{Deserialize, Serialize};

use super::cases::{CaseRow, ClassRow};
use super::claims::ClaimResult;
use super::family::sizes;
use super::format::columns::{both_p, count, number, p_cell};
use super::test_kind::TestKind;
use super::types::{CompareOptions, Comparison, ComparisonRow};
use crate::scores::Unit;
use crate::spec::Relation;
use crate::text::{Column, Table, Value, estimate};

/// One test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The family it is adjusted in.
    pub family: String,
    /// What was asked: `fine against random on findings at 10 %`.
    pub question: String,
    /// The test; absent where nothing could be tested.
    pub test: Option<TestKind>,
    /// Unit of replication.
    pub unit: Unit,
    /// Number of units, per side where they differ.
    pub n: String,
    /// Estimate, in words of the test: a difference, a slope, a tau.
    pub estimate: Option<f64>,
    /// p of this test alone; two-sided unless `test` says otherwise.
    pub p: Option<f64>,
    /// Adjusted p within the family.
    pub adjusted_p: Option<f64>,
    /// `Holm`, ...; `no` where p is raw.
    pub adjustment: String,
    /// Why there is no p, or what should be known about it.
    pub note: String,
}

/// All tests of an analysis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// In the order they were computed.
    pub entries: Vec<LedgerEntry>,
}

impl Ledger {
    /// Adds the tests of a comparison, one family.
    pub fn add_comparison(&mut self, comparison: &Comparison) {
        let metric = &comparison.options.metric.key;
        self.entries.extend(comparison.rows.iter().map(|row| LedgerEntry {
            family: format!("{metric}: levels against each other; {}", row.family),
            question: question(row),
            test: Some(row.test),
            unit: row.unit,
            n: sizes(row.n),
            estimate: row.difference,
            p: row.p,
            adjusted_p: row.adjusted_p,
            adjustment: comparison.adjustment.clone(),
            note: row.notes.join("; "),
        }));
        self.add_equivalence(comparison);
    }

    /// The tests of equivalence of a comparison, a family of their own.
    fn add_equivalence(&mut self, comparison: &Comparison) {
        let options = &comparison.options;
        let tested = comparison.rows.iter().filter(|row| row.equivalence_p.is_some());
        self.entries.extend(tested.map(|row| LedgerEntry {
            family: format!("{}: levels within the margin of each other", options.metric.key),
            question: format!(
                "{} within {} of {} on {} (two one-sided tests)",
                row.level,
                options.metric.text(options.margin),
                row.reference,
                row.block.words()
            ),
            test: Some(row.test),
            unit: Unit::Seeds,
            n: sizes(row.n),
            estimate: row.difference,
            p: row.equivalence_p,
            adjusted_p: row.adjusted_equivalence_p,
            adjustment: comparison.adjustment.clone(),
            note: String::new(),
        }));
    }

    /// Adds claims: those of a difference are one family, those of equivalence
    /// another.
    pub fn add_claims(&mut self, claims: &[ClaimResult], adjustment: &str) {
        self.entries.extend(claims.iter().map(|claim| LedgerEntry {
            family: match claim.relation {
                Relation::Equivalent => "claims of equivalence".into(),
                Relation::Better | Relation::NotWorse => "claims of a difference".into(),
            },
            question: claim.text.clone(),
            test: claim.test,
            unit: claim.unit,
            n: claim.n.clone(),
            estimate: claim.estimate,
            p: claim.p,
            adjusted_p: claim.adjusted_p,
            adjustment: adjustment.into(),
            note: claim.notes.join("; "),
        }));
    }

    /// Adds DeLong's tests over cases, one family; rows without one are not
    /// tests and stand in their table alone.
    pub fn add_cases(&mut self, rows: &[CaseRow], options: &CompareOptions) {
        let tested = rows.iter().filter(|row| row.delong_p.is_some());
        self.entries.extend(tested.map(|row| LedgerEntry {
            family: format!("{}: over test cases, the runs fixed", options.metric.key),
            question: format!("{} against {} on {}", row.level, row.reference, row.block.words()),
            test: row.test,
            unit: Unit::Cases,
            n: row.cases.to_string(),
            estimate: row.difference,
            p: row.delong_p,
            adjusted_p: row.adjusted_p,
            adjustment: options.adjustment.title().into(),
            note: row.notes.join("; "),
        }));
    }

    /// Adds the tests on single classes: two families, over seeds and over
    /// cases.
    pub fn add_classes(&mut self, rows: &[ClassRow], options: &CompareOptions) {
        let entry = |row: &ClassRow, unit: Unit| {
            let seeds = unit == Unit::Seeds;
            let over = if seeds { "over seeds" } else { "over test cases, the runs fixed" };
            LedgerEntry {
                family: format!("{} of each class: {over}", options.metric.key),
                question: format!(
                    "{} against {} on {} of {}",
                    row.level,
                    row.reference,
                    row.class,
                    row.block.words()
                ),
                test: Some(if seeds {
                    TestKind::PairedT
                } else {
                    TestKind::DeLong { classes: 1, patients: row.patients < row.cases }
                }),
                unit,
                n: if seeds { row.seeds } else { row.cases }.to_string(),
                estimate: row.difference,
                p: if seeds { row.seeds_p } else { row.cases_p },
                adjusted_p: if seeds { row.seeds_adjusted_p } else { row.cases_adjusted_p },
                adjustment: options.adjustment.title().into(),
                note: row.note.clone(),
            }
        };
        for unit in [Unit::Seeds, Unit::Cases] {
            // One run a side has no test over seeds.
            let tested = rows.iter().filter(|row| unit == Unit::Cases || row.seeds > 1);
            self.entries.extend(tested.map(|row| entry(row, unit)));
        }
    }

    /// Adds the tests of another analysis, whose families are its own.
    pub fn add(&mut self, entries: impl IntoIterator<Item = LedgerEntry>) {
        self.entries.extend(entries);
    }

    /// The ledger as a table.
    pub fn table(&self) -> Table {
        let mut table = Table::new([
            count("no", "No."),
            Column::name("Family"),
            Column::name("Question"),
            Column::words("Test"),
            Column::words("Unit"),
            count("n", "n"),
            number("estimate", "Estimate"),
        ]);
        table.columns.extend(both_p());
        table.columns.push(Column::words("Adjustment"));
        for (index, entry) in self.entries.iter().enumerate() {
            let test = entry.test.map_or_else(String::new, TestKind::title);
            let adjusted = format!("p, {} adjustment within the family", entry.adjustment);
            table.rows.push(vec![
                Value::count(index + 1),
                Value::text(&entry.family),
                Value::text(&entry.question),
                Value::text(&test),
                Value::text(entry.unit.word()),
                Value::shown(&entry.n),
                Value::number(entry.estimate, estimate(entry.estimate), &test),
                p_cell(entry.adjusted_p, adjusted).with_note(&entry.note),
                p_cell(entry.p, &test),
                Value::text(&entry.adjustment),
            ]);
        }
        table
    }
}

/// `fine against random on findings / resnet18 at 10 %`.
fn question(row: &ComparisonRow) -> String {
    format!("{} against {} on {}", row.level, row.reference, row.block.words())
}
