//! The methods a report used, each with its source and its formula.
//!
//! What was used is read off the ledger of tests and the options of the
//! comparison, so a paper is cited when its method made a number, and not else.

use super::document::{Block, EquationBlock, Section};
use super::load::ReportInput;
use super::test_definitions::{Words, definition};
use super::text::{Piece, Text};
use crate::compare::CellSummary;
use crate::scores::{Known, Metric, Unit};
use crate::spec::FamilyAdjustment;
use crate::stats::mean_interval::IntervalMethod;
use crate::text::listed;

/// A method: when it counts as used, words with citations, and a formula.
struct Definition {
    used: fn(&ReportInput) -> bool,
    words: &'static str,
    /// Label and LaTeX; empty where words say it all.
    formula: (&'static str, &'static str),
}

/// The section inside the methods, where anything was computed.
pub(super) fn section(input: &ReportInput) -> Option<Section> {
    let tests = tests(input).into_iter().flat_map(|(words, formula)| blocks(words, formula));
    let used = DEFINITIONS.iter().filter(|definition| (definition.used)(input));
    let methods = used.flat_map(|definition| blocks(definition.words, definition.formula));
    let blocks: Vec<Block> = metrics(input).into_iter().chain(tests).chain(methods).collect();
    (!blocks.is_empty()).then(|| Section {
        id: "definitions".into(),
        heading: "Definitions".into(),
        blocks,
        folded: true,
    })
}

/// What the metrics of the field are that the report has, the main one first.
fn metrics(input: &ReportInput) -> Vec<Block> {
    let mut known: Vec<&'static Known> = Vec::new();
    for metric in input.comparisons.iter().filter_map(|c| c.options.metric.known()) {
        if !metric.words.is_empty() && !known.iter().any(|other| other.key == metric.key) {
            known.push(metric);
        }
    }
    let defined = known.into_iter().flat_map(|metric| blocks(metric.words, metric.formula));
    defined.chain(stated(input)).collect()
}

/// Metrics that only their source defines, in one paragraph: what is known of
/// each is its direction, or not even that.
fn stated(input: &ReportInput) -> Option<Block> {
    let of_source = |metric: &&Metric| metric.known().is_none_or(|known| known.words.is_empty());
    let metrics = input.comparisons.iter().map(|c| &c.options.metric).filter(of_source);
    let names: Vec<String> = metrics.map(Metric::in_full).collect();
    if names.is_empty() || input.comparisons.iter().all(|c| c.cells.is_empty()) {
        return None;
    }
    let mut text = Text::from("Defined where the values were computed, not here: ");
    text.push(Text::plain(listed(&names)));
    text.push(".");
    Some(Block::Paragraph { text })
}

fn blocks(source: &str, (label, formula): (&str, &str)) -> Vec<Block> {
    let mut blocks = vec![Block::Paragraph { text: words(source) }];
    if !label.is_empty() {
        blocks.push(Block::Equation(EquationBlock {
            label: label.into(),
            number: 0,
            maths: formula.into(),
        }));
    }
    blocks
}

/// Words with `[@key]`, `[[label]]` and `$maths$`.
fn words(source: &str) -> Text {
    let mut text = Text::default();
    for (index, part) in source.split('$').enumerate() {
        if index % 2 == 0 {
            text.push(part);
        } else {
            text.push(Piece::Maths(part.into()));
        }
    }
    text
}

/// The tests that gave a p, each definition once, in order of first use.
fn tests(input: &ReportInput) -> Vec<Words> {
    let with_p = input.analysis.ledger.entries.iter().filter(|entry| entry.p.is_some());
    let mut used: Vec<Words> = Vec::new();
    for words in with_p.filter_map(|entry| entry.test).map(definition) {
        if !used.contains(&words) {
            used.push(words);
        }
    }
    used
}

fn adjusted(input: &ReportInput, adjustment: FamilyAdjustment) -> bool {
    let main = &input.comparisons[..];
    let tests = input.analysis.ledger.entries.iter().any(|entry| entry.p.is_some());
    tests && main.iter().any(|comparison| comparison.options.adjustment == adjustment)
}

fn interval(input: &ReportInput, methods: &[IntervalMethod]) -> bool {
    input.comparisons.iter().any(|comparison| {
        let used = |cell: &CellSummary| match &cell.interval {
            // Cells over cases have intervals of other kinds too.
            Some(interval) if cell.cell.unit == Unit::Cases => {
                interval.method.starts_with("t over") || interval.method.contains("bootstrap over")
            }
            interval => interval.is_some(),
        };
        methods.contains(&comparison.options.interval) && comparison.cells.iter().any(used)
    })
}

const DEFINITIONS: &[Definition] = &[
    Definition {
        used: |input| interval(input, &[IntervalMethod::T]),
        words: "The interval of a mean of $n$ seeds or cases is that of Student [@student1908], with $s$ the \
                sample standard deviation.",
        formula: (
            "eq-interval",
            "\\bar x \\pm t_{1-\\alpha/2,\\, n-1} \\, \\frac{s}{\\sqrt{n}}, \\qquad \
             s^2 = \\frac{1}{n-1} \\sum_{i=1}^{n} (x_i - \\bar x)^2",
        ),
    },
    Definition {
        used: |input| interval(input, &[IntervalMethod::Bca]),
        words: "The interval of a mean is the bias-corrected and accelerated bootstrap [@efron1987]: \
                its lower end is the quantile $\\alpha_1$ of the resampled means, with the bias \
                $z_0$ and the acceleration $a$ from the jackknife.",
        formula: (
            "eq-bca",
            "\\alpha_1 = \\Phi\\left( z_0 + \\frac{z_0 + z_{\\alpha/2}}{1 - a (z_0 + z_{\\alpha/2})} \
             \\right)",
        ),
    },
    Definition {
        used: |input| {
            let others =
                [IntervalMethod::Percentile, IntervalMethod::Basic, IntervalMethod::Studentized];
            interval(input, &others)
        },
        words: "The interval of a mean is a bootstrap over seeds or cases [@efron1993].",
        formula: ("", ""),
    },
    Definition {
        used: |input| adjusted(input, FamilyAdjustment::Holm),
        words: "The $m$ p-values of a family, in ascending order, are adjusted after Holm \
                [@holm1979].",
        formula: (
            "eq-holm",
            "\\tilde p_{(i)} = \\max_{j \\leq i} \\min\\left( 1,\\, (m - j + 1)\\, p_{(j)} \\right)",
        ),
    },
    Definition {
        used: |input| adjusted(input, FamilyAdjustment::Hochberg),
        words: "The $m$ p-values of a family, in ascending order, are adjusted after Hochberg \
                [@hochberg1988].",
        formula: (
            "eq-hochberg",
            "\\tilde p_{(i)} = \\min_{j \\geq i} \\min\\left( 1,\\, (m - j + 1)\\, p_{(j)} \\right)",
        ),
    },
    Definition {
        used: |input| adjusted(input, FamilyAdjustment::Hommel),
        words: "The p-values of a family are adjusted after Hommel [@hommel1988].",
        formula: ("", ""),
    },
    Definition {
        used: |input| adjusted(input, FamilyAdjustment::Bonferroni),
        words: "The $m$ p-values of a family are adjusted by Bonferroni's inequality [@dunn1961].",
        formula: ("eq-bonferroni", "\\tilde p_i = \\min(1,\\, m\\, p_i)"),
    },
    Definition {
        used: |input| adjusted(input, FamilyAdjustment::BenjaminiHochberg),
        words: "The $m$ p-values of a family, in ascending order, are adjusted for the false \
                discovery rate after Benjamini and Hochberg [@benjamini1995].",
        formula: (
            "eq-benjamini-hochberg",
            "\\tilde p_{(i)} = \\min_{j \\geq i} \\min\\left( 1,\\, \\frac{m}{j}\\, p_{(j)} \\right)",
        ),
    },
    Definition {
        used: |input| adjusted(input, FamilyAdjustment::BenjaminiYekutieli),
        words: "The $m$ p-values of a family, in ascending order, are adjusted for the false \
                discovery rate under any dependence after Benjamini and Yekutieli [@benjamini2001].",
        formula: (
            "eq-benjamini-yekutieli",
            "\\tilde p_{(i)} = \\min_{j \\geq i} \\min\\left( 1,\\, \\frac{m}{j}\\, p_{(j)} \
             \\sum_{k=1}^{m} \\frac{1}{k} \\right)",
        ),
    },
    Definition {
        used: |input| {
            input.comparisons.iter().flat_map(|c| &c.rows).any(|row| row.hedges_g.is_some())
        },
        words: "The effect size is Hedges' g [@hedges1981], the difference of means over the pooled \
                standard deviation $s_p$ with the exact correction for small samples.",
        formula: (
            "eq-hedges",
            "g = \\frac{\\bar x - \\bar y}{s_p} \\cdot \\frac{\\Gamma(\\nu/2)}{\\sqrt{\\nu/2} \\; \
             \\Gamma((\\nu - 1)/2)}, \\qquad \\nu = n_x + n_y - 2",
        ),
    },
    Definition {
        used: |input| input.comparisons.iter().any(|c| c.options.margin.is_some()),
        words: "Two sides are equivalent where two one-sided tests [@schuirmann1987], of the same \
                kind as the test of their difference, show that it lies within the margin.",
        formula: ("", ""),
    },
    Definition {
        used: |input| !input.analysis.case_rankings.is_empty(),
        words: "Levels are ranked on the cases of a task by both schemes of challenges \
                [@maierhein2018]: means over cases, ranked; and ranks within each case, averaged. \
                The stability of either is that over resamples of the cases [@wiesenfarth2021].",
        formula: ("", ""),
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::compare::TestKind;
    use crate::report::bibliography::{Group, Library, Style, cite};
    use crate::report::math::{Place, mathml};
    use crate::scores::known::KNOWN;

    #[test]
    fn every_formula_is_drawn_and_every_source_is_known() {
        let library = Library::built_in().expect("read");
        let mut labels = BTreeSet::new();
        let metrics = KNOWN.iter().filter(|metric| !metric.words.is_empty());
        let metrics = metrics.map(|metric| (metric.words, metric.formula));
        let methods = DEFINITIONS.iter().map(|definition| (definition.words, definition.formula));
        let mut tests: Vec<Words> = TestKind::all().into_iter().map(definition).collect();
        tests.dedup();
        for (source, (label, formula)) in methods.chain(metrics).chain(tests) {
            if !label.is_empty() {
                assert!(labels.insert(label), "{label} is there twice");
                mathml(formula, Place::Display).unwrap_or_else(|e| panic!("{label}: {e}"));
            }
            let mut cited = 0;
            for piece in words(source).pieces {
                match piece {
                    Piece::Maths(maths) => {
                        mathml(&maths, Place::Inline).unwrap_or_else(|e| panic!("{maths}: {e}"));
                    }
                    Piece::Citation { keys, .. } => {
                        cited += 1;
                        let groups = [Group { keys, place: String::new() }];
                        cite(&library, &groups, &Style::Numbered).expect("a known key");
                    }
                    _ => {}
                }
            }
            assert!(cited > 0, "no source: {source}");
        }
    }
}
