//! What a level costs against what it scores.

use super::arrange::{paragraph, section};
use super::names::Names;
use super::panels::Panels;
use crate::figures::{CostPoint, CostScoreInput, cost_score};
use crate::report::document::Section;
use crate::report::load::ReportInput;
use crate::report::predictions::{OnSet, facets};
use crate::report::text::Text;
use crate::scores::Better;
use crate::spec::Study;

/// The section, where there are records of runs.
pub(super) fn cost(input: &ReportInput, study: Option<&Study>) -> Option<Section> {
    let names = Names::of(&input.comparisons[0], study);
    // Without a direction nobody knows what a cost buys.
    let better = input.comparisons[0].options.metric.better;
    if better == Better::Unknown {
        return None;
    }
    let facets = facets(&input.runs, &input.comparisons[0].options.factors);
    let mut tasks: Vec<&str> = Vec::new();
    for facet in &facets {
        if !tasks.contains(&facet.block.task()) {
            tasks.push(facet.block.task());
        }
    }
    let mut panels = Panels::new("fig-cost").telling(|numbers| {
        numbers
            .how("cost_score", "mean wall seconds of a run, mean score over seeds")
            .how("interval", "interval of the mean score over seeds")
            .of("the runs at the largest share of labels")
    });
    for task in tasks {
        let of_task = facets.iter().filter(|facet| facet.block.task() == task);
        let points = of_task.flat_map(|facet| {
            let cells = names.full(&facet.block);
            let point = |(level, runs): &(String, Vec<OnSet<'_>>)| {
                let cell = cells.iter().find(|c| names.level_of(&c.cell) == *level)?;
                let (series, title) = names.level(level);
                let name = if names.has_others() {
                    format!("{title}, {}", names.other(&facet.block))
                } else {
                    title
                };
                Some(CostPoint {
                    name,
                    series,
                    cost: mean_seconds(runs)?,
                    score: cell.mean?,
                    interval: cell.interval.as_ref().map(|i| (i.low, i.high)),
                })
            };
            facet.levels.iter().filter_map(point).collect::<Vec<_>>()
        });
        let figure = CostScoreInput {
            cost: "seconds of a run".into(),
            metric: names.metric().axis(),
            decimals: names.metric().decimals,
            smaller_is_better: better == Better::Lower,
            points: points.collect(),
        };
        panels.add(&names.task(task), cost_score(&figure), figure.csv());
    }
    let block = panels.block(
        "Mean score against mean wall time of a run (training and testing) at the largest share of \
         labels; the scale of the time is logarithmic. Outlined points are the Pareto front: nothing \
         that costs no more scores better. Pretraining is not counted.",
    )?;
    Some(section("cost", "Cost against score", vec![paragraph(Text::plain(devices(input))), block]))
}

/// Times compare only on one kind of device.
fn devices(input: &ReportInput) -> String {
    let mut kinds: Vec<&str> = Vec::new();
    for record in input.runs.iter().filter_map(|run| run.record.as_ref()) {
        let device = record.provenance.device.as_str();
        if !device.is_empty() && !kinds.contains(&device) {
            kinds.push(device);
        }
    }
    match kinds.as_slice() {
        [] => "The device of the runs is not known.".into(),
        [one] => format!("All runs were made on one kind of device ({one})."),
        several => format!(
            "The runs were made on different devices ({}): their times do not compare.",
            several.join(", ")
        ),
    }
}

fn mean_seconds(runs: &[OnSet<'_>]) -> Option<f64> {
    let seconds: Vec<f64> =
        runs.iter().filter_map(|on| Some(on.run.record.as_ref()?.provenance.seconds)).collect();
    let mean = seconds.iter().sum::<f64>() / seconds.len() as f64;
    (mean > 0.0 && mean.is_finite()).then_some(mean)
}
