//! Label efficiency of all compared levels, with its tests adjusted by family.
//!
//! Families: *trend* (Page's test of every level), *interaction* (the deciding
//! test of every pair of inits), and the interaction's other tests, which do not
//! decide. Each is adjusted by itself, because each answers a question of its own.
//!
//! Pairs are those of [`crate::compare::compare`]: each level against the
//! baseline, or every later one against every earlier one. Published rows (mean,
//! standard deviation, n) have no runs to follow over fractions and stay without
//! numbers. Cost: per pair one bootstrap of paired seeds, or two of unpaired ones,
//! O(B seeds fractions).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::curves::{CurveRow, curve_row};
use super::interaction::Decider;
use super::pair::{PairRow, pair_row};
use super::series::{Series, series};
use crate::compare::family::{Test, adjust_tests};
use crate::compare::ledger::LedgerEntry;
use crate::compare::pairs::pairs;
use crate::compare::types::CompareOptions;
use crate::scores::Cell;
use crate::stats::coverage::undercovers;
use crate::stats::mean_interval::IntervalMethod;

/// Label efficiency of one metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FractionAnalysis {
    /// What was asked for.
    pub options: CompareOptions,
    /// One row per block and level.
    pub curves: Vec<CurveRow>,
    /// One row per block and pair of levels.
    pub pairs: Vec<PairRow>,
    /// What should be said about the whole analysis.
    pub notes: Vec<String>,
}

/// Analyses the cells of one metric over their label fractions.
pub fn fractions(cells: &[Cell], options: &CompareOptions) -> FractionAnalysis {
    let factors = options.factors.or_varying(cells);
    let options = &CompareOptions { factors, ..options.clone() };
    let (all, notes) = series(cells, options);
    let heads: Vec<Cell> = all.iter().map(|series| series.head.clone()).collect();
    let mut analysis = FractionAnalysis {
        curves: all.par_iter().map(|series| curve_row(series, options)).collect(),
        pairs: pairs(&heads, &options.factors, &options.baselines)
            .into_par_iter()
            .filter_map(|(level, reference)| {
                Some(pair_row(of(&all, level)?, of(&all, reference)?, options))
            })
            .collect(),
        options: options.clone(),
        notes,
    };
    adjust_families(&mut analysis);
    analysis.notes.extend(too_narrow(&analysis.pairs));
    analysis
}

/// What to say of bootstrap intervals of few seeds, once.
fn too_narrow(pairs: &[PairRow]) -> Option<String> {
    let bootstrapped = pairs.iter().filter(|pair| pair.bootstrapped());
    let n = bootstrapped.flat_map(|pair| pair.n).min()?;
    undercovers(IntervalMethod::Percentile, n).map(|text| {
        format!(
            "intervals of crossovers, data efficiencies and ratios of labels are too narrow with \
             {n} seeds: {text}"
        )
    })
}

/// The series of a head.
fn of<'a, 'b>(all: &'b [Series<'a>], head: &Cell) -> Option<&'b Series<'a>> {
    all.iter().find(|series| series.head == *head)
}

fn adjust_families(analysis: &mut FractionAnalysis) {
    let adjustment = analysis.options.adjustment;
    let trends = adjust_tests(analysis.curves.iter_mut().map(|row| &mut row.trend), adjustment);
    let mut deciding: Vec<&mut Test> = Vec::new();
    let mut others: Vec<&mut Test> = Vec::new();
    for row in &mut analysis.pairs {
        let interaction = &mut row.interaction;
        match interaction.decides {
            Decider::Slopes => {
                deciding.push(&mut interaction.slopes);
                others.push(&mut interaction.anova);
            }
            Decider::Anova => {
                deciding.push(&mut interaction.anova);
                others.push(&mut interaction.slopes);
            }
            Decider::Neither => deciding.extend([&mut interaction.slopes, &mut interaction.anova]),
        }
    }
    let interactions = adjust_tests(deciding, adjustment);
    adjust_tests(others, adjustment);
    analysis.notes.push(format!(
        "{} adjustment within each family: {trends} tests of a trend, {interactions} of an \
         interaction",
        adjustment.title()
    ));
}

impl FractionAnalysis {
    /// Every test, for the ledger.
    pub fn entries(&self) -> Vec<LedgerEntry> {
        let trends = self.curves.iter().map(|row| &row.trend);
        let interactions = self.pairs.iter().map(|row| row.interaction.deciding());
        let others = self.pairs.iter().map(|row| row.interaction.other());
        // What decides stands in the ledger with or without a p, the rest if tested.
        let others = others.filter(|test| test.entry.p.is_some());
        trends.chain(interactions).chain(others).map(|test| test.entry.clone()).collect()
    }

    /// What was done and what should be known, row by row.
    pub fn footnotes(&self) -> Vec<String> {
        let curves = self.curves.iter().flat_map(|row| {
            let place = format!("{} / {}", row.block.name(), row.level);
            row.notes.iter().map(move |note| format!("{place}: {note}"))
        });
        let pairs = self.pairs.iter().flat_map(|row| {
            row.notes.iter().map(move |note| {
                let PairRow { block, level, reference, .. } = row;
                format!("{}: {level} against {reference}: {note}", block.name())
            })
        });
        self.notes.iter().cloned().chain(curves).chain(pairs).collect()
    }
}
