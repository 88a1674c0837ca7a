//! The methods a report used, each with its source and its formula.
//!
//! What was used is read off the ledger of tests and the options of the
//! comparison, so a paper is cited when its method made a number, and not else.

use super::document::{Block, EquationBlock, Section};
use super::load::ReportInput;
use super::text::{Piece, Text};
use crate::compare::{CellSummary, TestKind};
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
    let used = DEFINITIONS.iter().filter(|definition| (definition.used)(input));
    let methods = used.flat_map(|definition| blocks(definition.words, definition.formula));
    let blocks: Vec<Block> = metrics(input).into_iter().chain(methods).collect();
    (!blocks.is_empty()).then(|| Section {
        id: "definitions".into(),
        heading: "Definitions".into(),
        blocks,
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

/// Whether such a test gave a p.
fn tested(input: &ReportInput, is_it: fn(TestKind) -> bool) -> bool {
    let with_p = input.analysis.ledger.entries.iter().filter(|entry| entry.p.is_some());
    with_p.filter_map(|entry| entry.test).any(is_it)
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
        used: |input| {
            tested(input, |test| matches!(test, TestKind::PairedT | TestKind::PairedTOfSlopes))
        },
        words: "Both sides share their seeds or cases, so the paired t test [@student1908] is of the \
                differences $d_i$ one by one, with mean $\\bar d$ and standard deviation $s_d$.",
        formula: ("eq-paired-t", "t = \\frac{\\bar d}{s_d / \\sqrt{n}}, \\qquad \\nu = n - 1"),
    },
    Definition {
        used: |input| {
            tested(input, |test| {
                matches!(
                    test,
                    TestKind::WelchT | TestKind::WelchTFromSummaries | TestKind::WelchTOfSlopes
                )
            })
        },
        words: "Where the sides are independent samples, means are compared by Welch's t test \
                [@welch1947].",
        formula: (
            "eq-welch",
            "t = \\frac{\\bar x - \\bar y}{\\sqrt{s_x^2/n_x + s_y^2/n_y}}, \\qquad \
             \\nu = \\frac{(s_x^2/n_x + s_y^2/n_y)^2}{\\frac{(s_x^2/n_x)^2}{n_x - 1} + \
             \\frac{(s_y^2/n_y)^2}{n_y - 1}}",
        ),
    },
    Definition {
        used: |input| tested(input, |test| matches!(test, TestKind::SignedRank(_))),
        words: "Wilcoxon's signed-rank test [@wilcoxon1945] sums the ranks $R_i$ of the magnitudes \
                of the positive differences; differences of zero are dropped. The estimate beside \
                it is the shift of Hodges and Lehmann [@hodges1963].",
        formula: ("eq-wilcoxon", "W^+ = \\sum_{d_i > 0} R_i"),
    },
    Definition {
        used: |input| tested(input, |test| matches!(test, TestKind::MannWhitney)),
        words: "The test of Mann and Whitney [@mann1947] counts the pairs in which one side is \
                larger, ties as one half. The estimate beside it is the shift of Hodges and Lehmann \
                [@hodges1963].",
        formula: (
            "eq-mann-whitney",
            "U = \\sum_{i, j} \\left( [x_i > y_j] + \\tfrac{1}{2} [x_i = y_j] \\right)",
        ),
    },
    Definition {
        used: |input| {
            tested(input, |test| {
                matches!(
                    test,
                    TestKind::SignFlip
                        | TestKind::ClusteredSignFlip
                        | TestKind::TwoSamplePermutation
                )
            })
        },
        words: "The permutation test [@pitman1937] asks how many of the arrangements $g$ that the \
                hypothesis makes equally likely (signs of the differences, or groups) give a \
                statistic as far from zero as the observed one.",
        formula: (
            "eq-permutation",
            "p = \\frac{1}{|G|} \\sum_{g \\in G} [\\, |T_g| \\geq |T| \\,]",
        ),
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
        words: "Equivalence is judged by the interval and the margin, as two one-sided tests do \
                [@schuirmann1987].",
        formula: ("", ""),
    },
    Definition {
        used: |input| tested(input, |test| matches!(test, TestKind::Page)),
        words: "A trend towards better values over the label fractions, in order $j = 1, \\dots, k$, \
                is tested by Page's trend test [@page1963], with $R_j$ the sum of ranks within seeds.",
        formula: ("eq-page", "L = \\sum_{j=1}^{k} j\\, R_j"),
    },
    Definition {
        used: |input| input.analysis.granularity.as_ref().is_some_and(|g| !g.pooled.is_empty()),
        words: "Contrasts $y_i$ of the tasks, with variances $v_i$, are summarised by random \
                effects: the variance between tasks $\\tau^2$ after DerSimonian and Laird \
                [@dersimonian1986], interval and test after Hartung and Knapp [@hartung2001].",
        formula: (
            "eq-random-effects",
            "\\hat\\mu = \\frac{\\sum_i w_i y_i}{\\sum_i w_i}, \\qquad \
             w_i = \\frac{1}{v_i + \\hat\\tau^2}",
        ),
    },
    Definition {
        used: |input| tested(input, |test| matches!(test, TestKind::ClusteredT)),
        words: "Where patients have several cases, the variance of the mean difference over $N$ \
                cases is that of the sums of the residuals $e_i$ within $G$ patients of $n_g$ \
                cases (CR2), held against t with the degrees of freedom of Bell and McCaffrey \
                [@pustejovsky2018].",
        formula: (
            "eq-clustered-t",
            "V = \\frac{1}{N^2} \\sum_{g=1}^{G} \\frac{\\left( \\sum_{i \\in g} e_i \\right)^2}{1 - n_g / N}",
        ),
    },
    Definition {
        used: |input| tested(input, |test| matches!(test, TestKind::PairedBootstrap { .. })),
        words: "Scores of a whole test set other than the AUC are compared by the paired bootstrap \
                [@efron1993]: cases (or whole patients) are drawn with replacement, the same for \
                both sides; the interval holds the percentiles of the resampled differences, and p \
                is that of a normal $z$, the difference over their standard deviation.",
        formula: ("", ""),
    },
    Definition {
        used: |input| !input.analysis.case_rankings.is_empty(),
        words: "Levels are ranked on the cases of a task by both schemes of challenges \
                [@maierhein2018]: means over cases, ranked; and ranks within each case, averaged. \
                The stability of either is that over resamples of the cases [@wiesenfarth2021].",
        formula: ("", ""),
    },
    Definition {
        used: |input| tested(input, |test| matches!(test, TestKind::DeLong { .. })),
        words: "AUCs on the same cases are compared over cases by the test of DeLong, DeLong and \
                Clarke-Pearson [@delong1988], with $S$ the covariance of the AUCs over the cases.",
        formula: (
            "eq-delong",
            "z = \\frac{L \\hat\\theta}{\\sqrt{L S L^{\\mathsf T}}}, \\qquad \
             S = \\frac{S_{10}}{m} + \\frac{S_{01}}{n}",
        ),
    },
    Definition {
        used: |input| {
            tested(input, |test| {
                matches!(
                    test,
                    TestKind::FriedmanExact | TestKind::FriedmanF | TestKind::FriedmanChiSquared
                )
            })
        },
        words: "Methods are compared over tasks by Friedman's test [@friedman1937]: exactly, over \
                all arrangements of the ranks within tasks, where there are few, else in the form \
                of Iman and Davenport [@iman1980], as advised for classifiers [@demsar2006].",
        formula: (
            "eq-friedman",
            "F = \\frac{(N - 1)\\, \\chi^2_F}{N (k - 1) - \\chi^2_F}, \\qquad \
             \\chi^2_F = \\frac{12 N}{k (k + 1)} \\sum_{j=1}^{k} \\left( \\bar R_j - \
             \\frac{k + 1}{2} \\right)^2",
        ),
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
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
        for (source, (label, formula)) in methods.chain(metrics) {
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
