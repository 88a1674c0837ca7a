//! What a metric's direction turns, all of it together: a metric and its negative
//! with the other direction are the same results.

use proptest::prelude::*;

use super::standing::{Standing, standings};
use crate::compare::claims::ClaimVerdict;
use crate::compare::fractions::{crossing_sentence, efficiency_sentence};
use crate::compare::ranking::{TaskRanking, rank_over_tasks};
use crate::compare::{Analysis, CompareOptions};
use crate::figures::{PodiumInput, podium_plot};
use crate::scores::known::KNOWN;
use crate::scores::{Baselines, Better, Cell, Metric, MetricCells, MetricRules, Verdict};
use crate::spec::Claim;

const TASKS: [&str; 3] = ["s", "t", "u"];
const INITS: [&str; 3] = ["a", "b", "c"];
const FRACTIONS: [f64; 2] = [0.1, 1.0];
const SEEDS: usize = 4;
const VALUES: usize = TASKS.len() * INITS.len() * FRACTIONS.len() * SEEDS;

/// A value for each task, init, share of labels and seed.
fn cells(metric: &str, values: &[f64]) -> Vec<Cell> {
    let mut runs = values.chunks(SEEDS);
    let mut cells = Vec::new();
    for task in TASKS {
        for init in INITS {
            for label_fraction in FRACTIONS {
                let values = runs.next().unwrap_or_default().to_vec();
                cells.push(Cell {
                    task: task.into(),
                    model: "m".into(),
                    init: init.into(),
                    label_fraction,
                    metric: metric.into(),
                    seeds: (0..values.len() as u64).collect(),
                    values,
                    ..Cell::default()
                });
            }
        }
    }
    cells
}

/// Everything that is asked of the cells of one metric.
fn analysed(
    cells: Vec<Cell>,
    rules: &MetricRules,
    baseline: Option<&str>,
    margin: f64,
) -> Analysis {
    let metric = Metric::of(&cells[0].metric, rules, &cells);
    let claims = ["better", "not_worse", "equivalent"].map(|relation| {
        let other = if relation == "equivalent" { "to" } else { "than" };
        let text =
            format!("text = \"x\"\n{relation} = {{ init = \"b\" }}\n{other} = {{ init = \"a\" }}");
        toml::from_str::<Claim>(&text).expect("a claim")
    });
    let options = CompareOptions {
        metric: metric.clone(),
        rules: rules.clone(),
        baselines: baseline.map(Baselines::level).unwrap_or_default(),
        margin: Some(margin),
        resamples: 99,
        ..CompareOptions::default()
    };
    Analysis::of(&[MetricCells { metric, cells }], &claims, &options).expect("an analysis")
}

fn directed(name: &str, better: Better) -> MetricRules {
    let mut rules = MetricRules::default();
    rules.direct(name, better);
    rules
}

fn ranking(analysis: &Analysis) -> TaskRanking {
    let cells: Vec<Cell> =
        analysis.comparison.cells.iter().map(|summary| summary.cell.clone()).collect();
    rank_over_tasks(&cells, &analysis.comparison.options).expect("a ranking")
}

/// Names in the order of a podium, block by block.
fn podium(ranking: &TaskRanking) -> (Vec<String>, String) {
    let blocks = ranking.blocks.iter().enumerate();
    let input = PodiumInput {
        names: ranking.levels.clone(),
        blocks: blocks.map(|(at, block)| (at.to_string(), block.scores.clone())).collect(),
        blocks_are: "runs".into(),
        metric: String::new(),
        smaller_is_better: ranking.smaller_is_better,
    };
    let csv = input.csv();
    let places = csv.lines().skip(1).filter_map(|line| line.rsplit_once(','));
    let places = places.map(|(place, _)| place.to_string()).collect();
    (places, podium_plot(&input).expect("a podium").alt)
}

/// Sentences about labels, and what a trend came to.
fn label_words(analysis: &Analysis) -> Vec<String> {
    let fractions = analysis.fractions.as_ref().expect("label fractions");
    let pairs = fractions
        .pairs
        .iter()
        .flat_map(|pair| [efficiency_sentence(pair), crossing_sentence(pair, &fractions.options)]);
    let trends = fractions.curves.iter().map(|row| format!("{:?}", row.trend.entry.adjusted_p));
    pairs.chain(trends).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn negating_a_metric_and_its_direction_changes_nothing(
        // Few distinct values: ties are what goes wrong.
        values in prop::collection::vec((-20i32..20).prop_map(|v| f64::from(v) / 8.0), VALUES),
        baseline in prop::option::of(prop::sample::select(&INITS[..])),
    ) {
        let turned: Vec<f64> = values.iter().map(|v| -v).collect();
        let high = analysed(cells("x", &values), &directed("x", Better::Higher), baseline, 0.5);
        let low = analysed(cells("x", &turned), &directed("x", Better::Lower), baseline, 0.5);
        prop_assert_eq!(high.comparison.rows.len(), low.comparison.rows.len());
        for (a, b) in high.comparison.rows.iter().zip(&low.comparison.rows) {
            prop_assert_eq!(a.verdict, b.verdict);
            prop_assert_eq!((a.p, a.adjusted_p, a.further_runs), (b.p, b.adjusted_p, b.further_runs));
            prop_assert_eq!(a.difference, b.difference.map(|d| 0.0 - d));
        }
        prop_assert_eq!(standings(&high.comparison), standings(&low.comparison));
        for (a, b) in high.claims.iter().zip(&low.claims) {
            prop_assert_eq!((a.verdict, a.adjusted_p), (b.verdict, b.adjusted_p));
            let agreement = a.verdict.map(|verdict| a.panel.agreement(verdict));
            prop_assert_eq!(agreement, b.verdict.map(|verdict| b.panel.agreement(verdict)));
        }
        let (first, second) = (ranking(&high), ranking(&low));
        prop_assert_eq!(&first.average_ranks, &second.average_ranks);
        prop_assert_eq!(&first.groups, &second.groups);
        prop_assert_eq!(first.rank_counts(), second.rank_counts());
        prop_assert_eq!(podium(&first), podium(&second));
        prop_assert_eq!(label_words(&high), label_words(&low));
    }
}

/// pitfall: a table of distances or errors read as if larger were better. `c` has
/// the smallest values of every metric here, on every run.
#[test]
fn the_smallest_is_the_best_of_every_metric_whose_lower_values_are() {
    let lower = KNOWN.iter().filter(|known| known.better == Better::Lower);
    let names: Vec<&str> = lower.map(|known| known.key).chain(["fid", "wer"]).collect();
    assert!(names.len() >= 14, "{names:?}");
    let values: Vec<f64> = (0..VALUES)
        .map(|at| {
            let (seed, fraction) = (at % SEEDS, at / SEEDS % FRACTIONS.len());
            let init = at / SEEDS / FRACTIONS.len() % INITS.len();
            0.8 - 0.2 * init as f64 - 0.05 * fraction as f64 + 0.001 * (seed * (init + 1)) as f64
        })
        .collect();
    for name in names {
        // Names of no field are stated.
        let stated = matches!(name, "fid" | "wer");
        let rules = if stated { directed(name, Better::Lower) } else { MetricRules::default() };
        let found = analysed(cells(name, &values), &rules, None, 0.01);
        for row in &found.comparison.rows {
            // Later inits have smaller values.
            assert_eq!(
                row.verdict,
                Some(Verdict::Better),
                "{name}: {} {}",
                row.level,
                row.reference
            );
        }
        let standings = standings(&found.comparison);
        for (summary, standing) in found.comparison.cells.iter().zip(standings) {
            let best = standing == Standing::Best;
            assert_eq!(best, summary.cell.init == "c", "{name}: {}", summary.cell.words());
        }
        let ranking = ranking(&found);
        assert_eq!(ranking.average_ranks, [3.0, 2.0, 1.0], "{name}");
        let (places, alt) = podium(&ranking);
        assert!(places.iter().filter(|place| place.ends_with("c,1")).count() == 12, "{places:?}");
        assert!(alt.contains("c: place 1 12 times"), "{name}: {alt}");
        assert!(label_words(&found)[0].starts_with("b with"), "{name}: {:?}", label_words(&found));
        assert_eq!(found.claims[0].verdict, Some(ClaimVerdict::Supported), "{name}");
    }
}
