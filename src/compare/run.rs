//! From cells to summaries and tests.

use rayon::prelude::*;

use super::case_test::{self, CaseTest};
use super::decision::decide;
use super::design::{Samples, Sides, samples};
use super::equivalence;
use super::error::CompareError;
use super::families::{adjust_families, cannot_be_found, family_of};
use super::pairs::{decided, nothing_to_compare, pairs};
use super::seed_test::seed_test;
use super::summary::summarize;
use super::types::{CompareOptions, Comparison, ComparisonRow, Design, Interval};
use crate::scores::Cell;
use crate::stats::effect_interval::{
    hedges_g_interval, hedges_g_of_summaries, hedges_g_paired_interval,
};
use crate::stats::effect_size::hedges_g;

/// Compares the levels of a factor within every combination of the others.
///
/// All tests together are one family, adjusted as the options say. A test that cannot
/// be done stays in the table with its reason and does not count.
pub fn compare(cells: &[Cell], options: &CompareOptions) -> Result<Comparison, CompareError> {
    if !(options.alpha > 0.0 && options.alpha < 1.0) {
        return Err(CompareError::Alpha { got: options.alpha });
    }
    let options = decided(cells, options)?;
    let tested: Vec<(ComparisonRow, Sided<'_>, bool)> =
        pairs(cells, &options.factors, &options.baselines)
            .into_par_iter()
            .map(|(level, reference)| {
                let samples = case_test::samples_of(level, reference)
                    .unwrap_or_else(|| samples(level, reference, options.design, options.test));
                let sided = Sided::new(level, reference, samples, &options);
                let (row, counts) = test(&sided, &options);
                (row, sided, counts)
            })
            .collect();
    let counts: Vec<bool> = tested.iter().map(|(.., counts)| *counts).collect();
    let (mut rows, sides): (Vec<_>, Vec<_>) =
        tested.into_iter().map(|(row, sided, _)| (row, sided)).unzip();
    let families = adjust_families(&mut rows, &counts, &options);
    let family_size = families.iter().map(|(_, size)| size).sum();
    let each = rows.par_iter_mut().zip(&sides);
    each.for_each(|(row, sided)| {
        row.simultaneous = simultaneous(row, sided, &options);
        decide(row, &sided.samples, &options);
        case_test::outlook(row, sided.over.as_ref(), &options);
    });
    let mut notes: Vec<String> = options.metric.undirected().into_iter().collect();
    if rows.is_empty() {
        notes.push(nothing_to_compare(cells, &options));
    }
    let missing = rows.iter().filter(|row| row.p.is_none()).count();
    if missing > 0 {
        notes.push(format!(
            "{missing} of {} comparisons have no p; their notes say why",
            rows.len()
        ));
    }
    notes.extend(cannot_be_found(&rows));
    Ok(Comparison {
        cells: cells.iter().map(|cell| summarize(cell, &options)).collect(),
        rows,
        adjustment: options.adjustment.title().into(),
        family_size,
        families,
        notes,
        options,
    })
}

/// A pair of cells and what is compared of them.
struct Sided<'a> {
    level: &'a Cell,
    reference: &'a Cell,
    samples: Samples,
    /// The test over cases, where theirs is another one than that over seeds.
    over: Option<CaseTest>,
}

impl<'a> Sided<'a> {
    fn new(
        level: &'a Cell,
        reference: &'a Cell,
        samples: Samples,
        options: &CompareOptions,
    ) -> Self {
        let mut sided = Self { level, reference, samples, over: None };
        sided.over = sided.over_cases(options.confidence, options);
        sided
    }

    /// It, with intervals of another confidence.
    fn over_cases(&self, confidence: f64, options: &CompareOptions) -> Option<CaseTest> {
        case_test::tested([self.level, self.reference], &self.samples, options, confidence)
    }
}

fn test(sided: &Sided<'_>, options: &CompareOptions) -> (ComparisonRow, bool) {
    let Sided { level: cell, reference, samples, .. } = sided;
    let over_cases = sided.over.clone();
    let by_default = over_cases.is_none();
    let equivalence_p = match &over_cases {
        Some(found) => found.equivalence_p(options),
        None => None,
    };
    let result = over_cases
        .map_or_else(|| seed_test(samples, options.test, options.confidence), |found| found.test);
    let mut notes = samples.notes.clone();
    notes.extend(result.notes);
    let (mut hedges_g, mut hedges_g_interval) = (None, None);
    if by_default {
        notes.extend(same_values(samples));
        (hedges_g, hedges_g_interval) = effect(samples, options.confidence, &mut notes);
    }
    let block = options.factors.block(cell);
    let sides = [options.factors.level(cell), options.factors.level(reference)];
    let row = ComparisonRow {
        family: family_of(&block, [&sides[0], &sides[1]], options),
        family_size: 0,
        block,
        level: sides[0].clone(),
        reference: sides[1].clone(),
        design: samples.design,
        unit: samples.unit,
        test: result.kind,
        n: case_test::counted(cell, reference).unwrap_or_else(|| samples.sides.n()),
        difference: result.estimate,
        estimand: result.estimand.into(),
        interval: result.interval.map(|bounds| Interval {
            low: bounds.low,
            high: bounds.high,
            confidence: options.confidence,
            method: result.interval_method,
        }),
        statistic_name: result.statistic_name.into(),
        statistic: result.statistic,
        df: result.df,
        p: result.p,
        adjusted_p: None,
        simultaneous: None,
        // What gives no p of a difference shows no equivalence either.
        equivalence_p: if by_default {
            result.p.and_then(|_| equivalence::of_samples(samples, result.kind, options))
        } else {
            equivalence_p
        },
        adjusted_equivalence_p: None,
        verdict: None,
        detectable: None,
        cannot: None,
        further_runs: None,
        hedges_g,
        hedges_g_interval,
        why: samples.why.clone(),
        notes,
    };
    (row, result.counts)
}

/// Two names for the same runs are no finding.
fn same_values(samples: &Samples) -> Option<String> {
    let [x, y] = samples.sides.values()?;
    (x.len() > 1 && x == y).then(|| {
        format!(
            "both sides have the same value in every {}: the same runs under two names?",
            samples.unit.singular()
        )
    })
}

/// Hedges' g with its interval, by the design.
fn effect(
    samples: &Samples,
    confidence: f64,
    notes: &mut Vec<String>,
) -> (Option<f64>, Option<Interval>) {
    let found = match &samples.sides {
        Sides::Summaries { level, reference } => {
            hedges_g_of_summaries(*level, *reference, confidence)
        }
        Sides::Values { level, reference } if samples.design == Design::Paired => {
            hedges_g_paired_interval(level, reference, confidence)
        }
        sides => {
            let [level, reference] = sides.values().unwrap_or_default();
            hedges_g_interval(&level, &reference, confidence)
        }
    };
    let plain = || samples.sides.values().map(|[x, y]| hedges_g(&x, &y));
    let g = match (found.any(), plain()) {
        (Some(found), _) => Some(found.estimate),
        (None, Some(effect)) => {
            notes.extend(effect.note().map(|note| format!("Hedges' g: {note}")));
            effect.any().copied()
        }
        (None, None) => None,
    };
    let interval = found.value().map(|found| Interval {
        low: found.bounds.low,
        high: found.bounds.high,
        confidence,
        method: "noncentral t".into(),
    });
    let finite = |i: &Interval| i.low.is_finite() && i.high.is_finite();
    (g.filter(|g| g.is_finite()), interval.filter(finite))
}

/// The interval at the level that Bonferroni leaves a test of this family.
fn simultaneous(
    row: &ComparisonRow,
    sided: &Sided<'_>,
    options: &CompareOptions,
) -> Option<Interval> {
    let together = 1.0 - (1.0 - options.confidence) / row.family_size.max(1) as f64;
    row.interval.as_ref()?;
    let over = sided.over.as_ref().map(|found| {
        found.at(together).or_else(|| Some(sided.over_cases(together, options)?.test))
    });
    let result = over.unwrap_or_else(|| Some(seed_test(&sided.samples, options.test, together)))?;
    result.interval.map(|bounds| Interval {
        low: bounds.low,
        high: bounds.high,
        confidence: options.confidence,
        method: format!("{}, Bonferroni over {} tests", result.interval_method, row.family_size),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::Baselines;
    use crate::scores::Verdict;
    use crate::spec::FamilyAdjustment;

    fn cell(init: &str, fraction: f64, seeds: &[u64], values: &[f64]) -> Cell {
        Cell {
            task: "t".into(),
            model: "m".into(),
            init: init.into(),
            label_fraction: fraction,
            metric: "auc".into(),
            seeds: seeds.to_vec(),
            values: values.to_vec(),
            ..Cell::default()
        }
    }

    #[test]
    fn shared_seeds_are_paired_and_others_are_not() {
        let a = cell("a", 1.0, &[0, 1, 2], &[0.5, 0.6, 0.7]);
        let b = cell("b", 1.0, &[0, 1, 2, 3], &[0.6, 0.72, 0.8, 0.1]);
        let c = cell("c", 1.0, &[7, 8], &[0.5, 0.7]);
        let result = compare(&[a, b, c], &CompareOptions::default()).expect("a comparison");
        let row = |level: &str, reference: &str| {
            result
                .rows
                .iter()
                .find(|r| r.level == level && r.reference == reference)
                .expect("a row")
        };
        let paired = row("b", "a");
        assert_eq!((paired.design, paired.n), (Design::Paired, [3, 3]));
        assert!(
            paired.notes[0].contains("seed 3 of the reference")
                || paired.notes[0].contains("seed 3 of the level")
        );
        assert_eq!(row("c", "a").design, Design::Independent);
        assert_eq!(result.family_size, 3);
        for row in &result.rows {
            assert!(row.adjusted_p >= row.p);
        }
    }

    /// pitfall: the raw p decides, or is shown with a star, where an adjustment is declared.
    #[test]
    fn the_adjusted_p_decides_and_is_the_one_shown() {
        let base = [0.70, 0.71, 0.72, 0.70, 0.71];
        let steps = [0.010, 0.012, 0.001, 0.016, 0.002];
        let mut cells = vec![cell("base", 1.0, &[0, 1, 2, 3, 4], &base)];
        for (k, name) in ["a", "b", "c", "d", "e", "f"].into_iter().enumerate() {
            let values: Vec<f64> = (0..5).map(|i| base[i] + steps[(i + k) % 5]).collect();
            cells.push(cell(name, 1.0, &[0, 1, 2, 3, 4], &values));
        }
        let decide = |adjustment| {
            let options = CompareOptions {
                baselines: Baselines::level("base"),
                adjustment,
                ..CompareOptions::default()
            };
            compare(&cells, &options).expect("a comparison")
        };
        let raw = &decide(FamilyAdjustment::None).rows[0];
        let holm = decide(FamilyAdjustment::Holm);
        let row = &holm.rows[0];
        assert_eq!((row.p, raw.verdict), (raw.p, Some(Verdict::Better)));
        assert!(row.p.is_some_and(|p| p < 0.05) && row.adjusted_p.is_some_and(|p| p > 0.05));
        assert_eq!(row.verdict, Some(Verdict::Inconclusive));
        let shown = crate::compare::format::test_table(&holm);
        let cell = shown.cell(0, "adjusted_p").expect("a cell");
        assert_eq!(cell.text, crate::text::p_value(row.adjusted_p));
    }

    /// pitfall: pairs, p-values and one-sided orders mixed up between rows.
    #[test]
    fn a_row_keeps_its_own_numbers_whatever_the_order() {
        let a = cell("a", 1.0, &[0, 1, 2], &[0.5, 0.6, 0.7]);
        let b = cell("b", 1.0, &[0, 1, 2], &[0.6, 0.72, 0.8]);
        let c = cell("c", 1.0, &[0, 1, 2], &[0.4, 0.61, 0.65]);
        let row = |cells: [&Cell; 3], level: &str, reference: &str| {
            let cells = cells.map(Clone::clone);
            let found = compare(&cells, &CompareOptions::default()).expect("a comparison");
            found.rows.into_iter().find(|r| r.level == level && r.reference == reference)
        };
        let forward = row([&a, &b, &c], "b", "a").expect("a row");
        let other = row([&c, &a, &b], "b", "a").expect("a row");
        assert_eq!((forward.difference, forward.p), (other.difference, other.p));
        let turned = row([&b, &a, &c], "a", "b").expect("a row");
        assert_eq!(forward.difference.map(|d| -d), turned.difference);
        assert_eq!((forward.p, forward.adjusted_p), (turned.p, turned.adjusted_p));
    }

    /// pitfall: 1.96 instead of the quantile of t, or cases counted as runs: the n of
    /// a test over seeds is the number of seeds.
    #[test]
    fn intervals_of_few_seeds_use_t() {
        let a = cell("a", 1.0, &[0, 1, 2], &[0.50, 0.61, 0.70]);
        let b = cell("b", 1.0, &[0, 1, 2], &[0.60, 0.72, 0.84]);
        let result = compare(&[a, b], &CompareOptions::default()).expect("a comparison");
        let row = &result.rows[0];
        let interval = row.interval.as_ref().expect("an interval");
        let half = (interval.high - interval.low) / 2.0;
        let se = row.difference.expect("one") / row.statistic.expect("t");
        assert!((half / se - 4.302_652_7).abs() < 1e-6 && row.df == Some(2.0), "{row:?}");
    }

    #[test]
    fn one_value_has_no_test_but_a_row() {
        let cells = [cell("a", 1.0, &[0], &[0.5]), cell("b", 1.0, &[0], &[0.6])];
        let result = compare(&cells, &CompareOptions::default()).expect("a comparison");
        assert_eq!((result.rows.len(), result.family_size), (1, 0));
        assert!(result.rows[0].notes[0].contains("two values"));
    }

    #[test]
    fn equal_values_are_undefined_and_not_p_zero() {
        let cells = [cell("a", 1.0, &[0, 1], &[0.5, 0.5]), cell("b", 1.0, &[0, 1], &[0.5, 0.5])];
        let result = compare(&cells, &CompareOptions::default()).expect("a comparison");
        assert_eq!(result.rows[0].p, None);
    }

    #[test]
    fn an_unknown_baseline_lists_the_known_ones() {
        let options =
            CompareOptions { baselines: Baselines::level("x"), ..CompareOptions::default() };
        let cells = [cell("a", 1.0, &[0], &[0.5]), cell("b", 1.0, &[0], &[0.6])];
        let error = compare(&cells, &options).expect_err("an error").to_string();
        assert!(error.contains("a, b"), "{error}");
    }
}
