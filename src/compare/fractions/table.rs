//! The two tables of the analysis, as finished strings.

use super::analysis::FractionAnalysis;
use super::censored::Censored;
use super::crossing::Crossing;
use super::curves::CurveRow;
use super::efficiency::DataEfficiency;
use super::interaction::Decider;
use super::pair::PairRow;
use super::ratio::EfficiencyRatio;
use crate::compare::TestKind;
use crate::compare::estimate::Estimate;
use crate::compare::family::sizes;
use crate::scores::{Block, Metric};
use crate::stats::Outcome;
use crate::text::{Table, p_value, percent, percent_rounded};

const NONE: &str = "\u{2013}";

/// One row per block and level: mean at every fraction, area, slope, trend.
pub fn curve_table(analysis: &FractionAnalysis) -> Table {
    let fractions = studied(&analysis.curves);
    let shares: Vec<String> = fractions.iter().map(|f| format!("#{}", percent(*f))).collect();
    let metric = &analysis.options.metric;
    let names = block_heads(analysis.curves.first().map(|row| &row.block));
    let title = analysis.options.factors.title();
    let mut head: Vec<&str> = names.iter().map(String::as_str).collect();
    head.extend([title.as_str(), "#n"]);
    head.extend(shares.iter().map(String::as_str));
    head.extend([
        "#Area",
        "#Interval of area",
        "#Slope per tenfold labels",
        "#Interval of slope",
        "#Adjusted p of trend",
        "#Raw p",
    ]);
    let mut table = Table::new(&head);
    for row in &analysis.curves {
        let mut fields: Vec<String> = row.block.levels().into_iter().map(String::from).collect();
        fields.extend([row.level.clone(), row.seeds.len().to_string()]);
        fields.extend(fractions.iter().map(|fraction| {
            let point = row.points.iter().find(|point| point.fraction == *fraction);
            metric.text(point.map(|point| point.mean))
        }));
        fields.extend([
            metric.text(row.area.point()),
            ends(metric, &row.area),
            metric.text(row.slope.point()),
            ends(metric, &row.slope),
            p_value(row.trend.entry.adjusted_p),
            p_value(row.trend.entry.p),
        ]);
        table.rows.push(fields);
    }
    table
}

/// One row per block and pair of levels.
pub fn pair_table(analysis: &FractionAnalysis) -> Table {
    let metric = &analysis.options.metric;
    let names = block_heads(analysis.pairs.first().map(|row| &row.block));
    let mut head: Vec<&str> = names.iter().map(String::as_str).collect();
    head.extend([
        "Level",
        "Reference",
        "#n",
        "#Difference of slopes",
        "#Interval",
        "#Adjusted p of interaction",
        "#Raw p",
        "Deciding test",
        "#Crossover",
        "#Labels for the reference's score",
        "#Ratio of labels",
    ]);
    let mut table = Table::new(&head);
    for row in &analysis.pairs {
        let entry = &row.interaction.deciding().entry;
        let mut fields: Vec<String> = row.block.levels().into_iter().map(String::from).collect();
        fields.extend([
            row.level.clone(),
            row.reference.clone(),
            sizes(row.n),
            metric.text(row.interaction.slope_difference.point()),
            ends(metric, &row.interaction.slope_difference),
            p_value(entry.adjusted_p),
            p_value(entry.p),
            deciding(row),
            or_none(&row.crossing, crossover),
            or_none(&row.efficiency, labels),
            or_none(&row.ratio, ratio),
        ]);
        table.rows.push(fields);
    }
    table
}

/// All fractions of all curves, ascending.
fn studied(curves: &[CurveRow]) -> Vec<f64> {
    let points = curves.iter().flat_map(|row| &row.points);
    let mut fractions: Vec<f64> = points.map(|point| point.fraction).collect();
    fractions.sort_by(f64::total_cmp);
    fractions.dedup();
    fractions
}

/// Heads for the factors that are not compared.
fn block_heads(block: Option<&Block>) -> Vec<String> {
    block.iter().flat_map(|block| &block.factors).map(|(factor, _)| factor.title()).collect()
}

fn ends(metric: &Metric, estimate: &Estimate) -> String {
    estimate.bounds().map_or(NONE.into(), |interval| metric.ends(interval.low, interval.high))
}

fn deciding(row: &PairRow) -> String {
    match row.interaction.decides {
        Decider::Slopes | Decider::Anova => {
            row.interaction.deciding().entry.test.map_or_else(String::new, TestKind::name)
        }
        Decider::Neither => NONE.into(),
    }
}

fn or_none<T>(outcome: &Outcome<T>, words: fn(&T) -> String) -> String {
    outcome.any().map_or(NONE.into(), words)
}

fn crossover(found: &Crossing) -> String {
    match (found.fraction, found.interval.value()) {
        (Some(at), Some(interval)) => format!("{} {}", percent_rounded(at), interval.share()),
        (Some(at), None) => percent_rounded(at),
        (None, _) => "none in the studied range".into(),
    }
}

fn labels(found: &DataEfficiency) -> String {
    let share = found.fraction.share();
    match (found.fraction, found.interval.value()) {
        (at @ (Censored::Exactly(_) | Censored::AtMost(_)), Some(i)) if i.adds_to(at) => {
            format!("{share} {}", i.share())
        }
        // What is not reached has its limit already.
        _ => share,
    }
}

fn ratio(found: &EfficiencyRatio) -> String {
    let times = found.ratio.times();
    found.interval.value().map_or(times.clone(), |interval| format!("{times} {}", interval.times()))
}
