//! The two tables of the analysis.

use super::analysis::FractionAnalysis;
use super::censored::Censored;
use super::crossing::Crossing;
use super::curves::CurveRow;
use super::efficiency::DataEfficiency;
use super::interaction::Decider;
use super::pair::PairRow;
use super::ratio::EfficiencyRatio;
use crate::compare::TestKind;
use crate::compare::family::sizes;
use crate::compare::format::columns::{
    block_cells, block_columns, count, ends, interval, number, p, p_cell, pair, score,
};
use crate::stats::Outcome;
use crate::text::{Column, Kind, Table, Value, percent, percent_rounded};

const NONE: &str = "\u{2013}";

/// One row per block and level: mean at every fraction, area, slope, trend.
pub fn curve_table(analysis: &FractionAnalysis) -> Table {
    let fractions = studied(&analysis.curves);
    let metric = &analysis.options.metric;
    let mut table = Table::new(block_columns(analysis.curves.first().map(|row| &row.block)));
    table.columns.extend([Column::name(analysis.options.factors.title()), count("n", "n")]);
    table.columns.extend(fractions.iter().map(|f| Column::titled(Kind::Number, percent(*f))));
    table.columns.extend([
        number("area", "Area"),
        interval("area_interval", "Interval of area"),
        number("slope", "Slope per tenfold labels"),
        interval("interval", "Interval of slope"),
        p("adjusted_p", "Adjusted p of trend"),
        p("p", "Raw p"),
    ]);
    let (area, slope) = ("area under the mean curve", "mean slope over seeds");
    for row in &analysis.curves {
        let entry = &row.trend.entry;
        let test = entry.test.map_or_else(String::new, TestKind::title);
        let mut cells = block_cells(&row.block);
        cells.extend([Value::text(&row.level), Value::count(row.seeds.len())]);
        cells.extend(fractions.iter().map(|fraction| {
            let point = row.points.iter().find(|point| point.fraction == *fraction);
            point.map_or_else(Value::none, |point| score(metric, Some(point.mean), ""))
        }));
        cells.extend([
            score(metric, row.area.point(), area),
            ends(metric, row.area.bounds(), area),
            score(metric, row.slope.point(), slope),
            ends(metric, row.slope.bounds(), slope),
            p_cell(entry.adjusted_p, &test),
            p_cell(entry.p, test),
        ]);
        table.rows.push(cells);
    }
    table
}

/// One row per block and pair of levels.
pub fn pair_table(analysis: &FractionAnalysis) -> Table {
    let metric = &analysis.options.metric;
    let mut table = Table::new(block_columns(analysis.pairs.first().map(|row| &row.block)));
    table.columns.extend(pair());
    table.columns.extend([
        count("n", "n"),
        number("difference", "Difference of slopes"),
        interval("interval", "Interval"),
        p("adjusted_p", "Adjusted p of interaction"),
        p("p", "Raw p"),
        Column::words("Deciding test"),
        Column::titled(Kind::Share, "Crossover"),
        Column::titled(Kind::Share, "Labels for the reference's score"),
        Column::titled(Kind::Number, "Ratio of labels"),
    ]);
    for row in &analysis.pairs {
        let entry = &row.interaction.deciding().entry;
        let test = entry.test.map_or_else(String::new, TestKind::title);
        let slope = &row.interaction.slope_difference;
        let how = "difference of slopes";
        let mut cells = block_cells(&row.block);
        cells.extend([
            Value::text(&row.level),
            Value::text(&row.reference),
            Value::shown(sizes(row.n)),
            score(metric, slope.point(), how),
            ends(metric, slope.bounds(), how),
            p_cell(entry.adjusted_p, &test),
            p_cell(entry.p, test),
            Value::text(deciding(row)),
            row.crossing.any().map_or_else(Value::none, crossover),
            Value::shown(or_none(&row.efficiency, labels)),
            Value::shown(or_none(&row.ratio, ratio)),
        ]);
        table.rows.push(cells);
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

fn crossover(found: &Crossing) -> Value {
    match (found.fraction, found.interval.value()) {
        (Some(at), Some(i)) => Value::shown(format!("{} {}", percent_rounded(at), i.share())),
        (Some(at), None) => Value::shown(percent_rounded(at)),
        (None, _) => Value::text("none in the studied range"),
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
