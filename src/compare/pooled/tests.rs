//! Small cells where the answer is known, and whatever else may come in.

use proptest::prelude::*;

use super::*;
use crate::compare::{CompareOptions, Design, Ledger, TestKind};
use crate::scores::{Cell, Unit, Verdict};
use crate::scores::{Factor, Factors};
use crate::stats::random_effects::random_effects;

fn cell(task: &str, granularity: &str, fraction: f64, values: &[f64]) -> Cell {
    Cell {
        task: task.into(),
        model: "resnet18".into(),
        init: format!("{granularity}-init"),
        label_fraction: fraction,
        metric: "auc".into(),
        seeds: (0..values.len() as u64).collect(),
        values: values.to_vec(),
        granularity: Some(granularity.into()),
        ..Cell::default()
    }
}

/// Coarse at 0.7 in every seed, fine above it by these.
fn task(name: &str, fraction: f64, above: &[f64]) -> [Cell; 2] {
    let fine: Vec<f64> = above.iter().map(|d| 0.7 + d).collect();
    [cell(name, "fine", fraction, &fine), cell(name, "coarse", fraction, &vec![0.7; above.len()])]
}

fn of(tasks: &[[Cell; 2]]) -> PooledAnalysis {
    granularity(&tasks.concat(), &CompareOptions::default())
}

#[test]
fn three_tasks_are_pooled_as_by_hand() {
    let got = of(&[
        task("a", 1.0, &[0.01, 0.02, 0.03]),
        task("b", 1.0, &[0.02, 0.03, 0.07]),
        task("c", 1.0, &[0.04, 0.05, 0.06]),
    ]);
    let [pooled] = &got.pooled[..] else { panic!("one scope: {got:?}") };
    assert_eq!((pooled.level.as_str(), pooled.reference.as_str()), ("fine", "coarse"));
    let first = &pooled.tasks[0];
    assert_eq!((first.design, first.n), (Design::Paired, [3, 3]));
    assert!((first.difference.point().expect("a difference") - 0.02).abs() < 1e-12);
    let error = 0.01 / 3f64.sqrt();
    assert!((first.standard_error.expect("an error") - error).abs() < 1e-12);
    assert_eq!(first.test.statistic.as_deref(), Some("t(2) = 3.464"));

    let middle = (0.0007f64 / 3.0).sqrt();
    let want =
        random_effects(&[0.02, 0.04, 0.05], &[error * error, middle * middle, error * error], 0.95);
    let want = want.value().expect("a summary");
    assert!((pooled.difference.point().expect("a summary") - want.estimate).abs() < 1e-12);
    let interval = pooled.difference.bounds().expect("an interval");
    assert!((interval.low - want.hartung_knapp.low).abs() < 1e-12);
    assert!((pooled.tau_squared.expect("tau") - want.tau_squared).abs() < 1e-12);
    assert!(pooled.prediction.as_ref().is_some_and(|p| p.low < interval.low));
    assert!((pooled.test.entry.p.expect("a p") - want.hartung_knapp_p).abs() < 1e-12);
    assert_eq!(pooled.test.entry.unit, Unit::Tasks);
    let text = pooled_sentence(pooled, &got.options);
    assert!(text.contains("pooled over 3 tasks") && text.contains("on a further task ["), "{text}");
}

#[test]
fn one_task_stands_for_itself() {
    let got = of(&[task("findings", 1.0, &[0.021, 0.020, 0.024, 0.019])]);
    let pooled = &got.pooled[0];
    assert!(pooled.test.entry.p.is_none() && pooled.difference.point().is_none());
    assert_eq!(pooled.tasks[0].verdict, Some(Verdict::Better));
    let text = pooled_sentence(pooled, &got.options);
    assert!(text.starts_with("fine is better than coarse by 0.0210 ["), "{text}");
    assert!(text.contains("at 100 % of the labels (paired t test, adjusted p"), "{text}");
    assert!(text.ends_with(
        "findings is the only task with both: its contrast stands for that task alone \
         and cannot be pooled"
    ));
    let rows = table(&got).rows;
    assert_eq!((rows.len(), rows[1][4].text.as_str()), (2, "not pooled"));
}

#[test]
fn the_families_are_pooled_and_single() {
    let got = of(&[task("a", 1.0, &[0.01, 0.02, 0.03]), task("b", 1.0, &[0.02, 0.03, 0.07])]);
    let mut ledger = Ledger::default();
    ledger.add(got.entries());
    let families: Vec<&str> = ledger.entries.iter().map(|e| e.family.as_str()).collect();
    let single = "auc: contrast of granularities, single tasks, overall";
    let pooled = "auc: contrast of granularities, pooled over tasks, overall";
    let studied = "auc: contrast of granularities, mean over the tasks studied, overall";
    assert_eq!(families, [pooled, studied, single, single]);
    // One pooled test stays as it is, two single ones are adjusted.
    assert_eq!(ledger.entries[0].adjusted_p, ledger.entries[0].p);
    assert!(ledger.entries[2].adjusted_p > ledger.entries[2].p);
    assert!(got.pooled[0].prediction.is_none());
    assert!(got.notes.iter().any(|note| note.contains("needs three")));
}

#[test]
fn fractions_are_averaged_per_seed_before_the_test() {
    let got = of(&[
        task("a", 0.1, &[0.01, 0.02, 0.03]),
        task("a", 1.0, &[0.03, 0.04, 0.08]),
        task("b", 0.1, &[0.02, 0.02, 0.03]),
    ]);
    let scopes: Vec<String> = got.pooled.iter().map(|p| p.scope.fraction_words()).collect();
    assert_eq!(scopes, ["10 %", "100 %", "all fractions"]);
    let all = &got.pooled[2].tasks[0];
    // Per seed 0.02, 0.03, 0.055.
    assert!((all.difference.point().expect("a difference") - 0.035).abs() < 1e-12);
    assert_eq!(all.n, [3, 3]);
    let overall: Vec<bool> = got.pooled.iter().map(|p| p.scope.overall).collect();
    assert_eq!(overall, [false, false, true]);
    // Task b has no 100 %.
    assert_eq!(got.pooled[1].tasks.len(), 1);
}

#[test]
fn models_are_averaged_for_all_models() {
    let mut cells = task("a", 1.0, &[0.01, 0.02, 0.03]).to_vec();
    cells.extend(task("a", 1.0, &[0.05, 0.02, 0.03]).map(|c| Cell { model: "vit".into(), ..c }));
    let got = granularity(&cells, &CompareOptions::default());
    let models: Vec<String> = got.pooled.iter().map(|p| p.scope.other_words()).collect();
    assert_eq!(models, ["resnet18", "vit", "all models"]);
    let all = got.pooled[2].tasks[0].difference.point().expect("a difference");
    assert!((all - 0.08 / 3.0).abs() < 1e-12);
}

#[test]
fn several_inits_of_a_granularity_are_averaged_and_said() {
    let mut cells = task("a", 1.0, &[0.01, 0.02, 0.03]).to_vec();
    let mut other = cell("a", "fine", 1.0, &[0.73, 0.74]);
    other.init = "fine-b".into();
    cells.push(other);
    let got = granularity(&cells, &CompareOptions::default());
    let task = &got.pooled[0].tasks[0];
    // Seeds 0 and 1: (0.71 + 0.73) / 2 and (0.72 + 0.74) / 2, minus 0.7.
    assert_eq!(task.n, [2, 2]);
    assert!((task.difference.point().expect("a difference") - 0.025).abs() < 1e-12);
    assert!(task.notes[0].contains("fine is the mean of fine-init and fine-b per seed"));
    assert!(task.notes.iter().any(|note| note.contains("seed 2 of the reference")));
}

#[test]
fn one_seed_and_constant_differences_are_not_weighed() {
    let got = of(&[
        task("a", 1.0, &[0.01, 0.02, 0.03]),
        task("b", 1.0, &[0.02]),
        task("c", 1.0, &[0.02, 0.02, 0.02]),
    ]);
    let pooled = &got.pooled[0];
    assert_eq!(pooled.k, 1);
    assert!(pooled.difference.note().is_some_and(|note| note.contains("1 of 3 tasks")));
    let [_, b, c] = &pooled.tasks[..] else { panic!("three tasks") };
    assert!((b.difference.point().expect("a difference") - 0.02).abs() < 1e-12);
    assert!(b.test.entry.p.is_none() && b.standard_error.is_none());
    assert!(c.test.entry.p.is_none() && c.verdict.is_none());
    assert!(c.notes.iter().any(|note| note.contains("zero variance")), "{:?}", c.notes);
}

#[test]
fn equal_contrasts_have_no_interval_of_no_width() {
    let got = of(&[task("a", 1.0, &[0.01, 0.02, 0.03]), task("b", 1.0, &[0.01, 0.02, 0.03])]);
    let pooled = &got.pooled[0];
    assert!((pooled.difference.point().expect("a summary") - 0.02).abs() < 1e-12);
    assert!(pooled.difference.bounds().is_none() && pooled.test.entry.p.is_none());
    assert!(pooled.test.entry.note.contains("equal") && pooled.verdict.is_none());
}

#[test]
fn tasks_closer_than_their_errors_are_warned_of() {
    let above: [&[f64]; 3] = [&[0.01, 0.02, 0.03], &[0.011, 0.02, 0.03], &[0.01, 0.02, 0.031]];
    let got = of(&[task("a", 1.0, above[0]), task("b", 1.0, above[1]), task("c", 1.0, above[2])]);
    assert!(got.footnotes().iter().any(|note| note.contains("DerSimonian and Laird")));
}

#[test]
fn other_granularities_follow_and_unknown_ones_are_left_out() {
    let mut cells = task("a", 1.0, &[0.01, 0.02, 0.03]).to_vec();
    cells.insert(0, cell("a", "self-supervised", 1.0, &[0.7, 0.8, 0.75]));
    cells.push(cell("a", "none", 1.0, &[0.5, 0.6, 0.55]));
    cells.push(Cell { granularity: None, ..cells[0].clone() });
    let got = granularity(&cells, &CompareOptions::default());
    let pairs: Vec<(&str, &str)> =
        got.pooled.iter().map(|p| (p.level.as_str(), p.reference.as_str())).collect();
    assert_eq!(pairs[0], ("fine", "coarse"));
    assert_eq!(pairs.len(), 6);
    assert!(pairs.contains(&("self-supervised", "none")) && pairs.contains(&("coarse", "none")));
    assert!(got.notes[0].contains("1 of 5 cells do not say"));
}

#[test]
fn seeds_that_are_not_shared_are_independent() {
    let [fine, mut coarse] = task("a", 1.0, &[0.01, 0.02, 0.03]);
    coarse.seeds = vec![7, 8, 9];
    coarse.values = vec![0.69, 0.7, 0.71];
    let got = granularity(&[fine, coarse], &CompareOptions::default());
    let task = &got.pooled[0].tasks[0];
    assert_eq!((task.design, task.test.entry.test), (Design::Independent, Some(TestKind::WelchT)));
    let error = (2.0 * 1e-4 / 3.0f64).sqrt();
    assert!((task.standard_error.expect("an error") - error).abs() < 1e-12);
}

/// Two models on three tasks: a gain of 0.02, 0.03 and 0.04, the same of both
/// models, with a wobble of the seeds.
fn of_inits(sign: f64) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (t, task) in ["a", "b", "c"].into_iter().enumerate() {
        for (m, model) in ["small", "large"].into_iter().enumerate() {
            for (init, gain) in [("random", 0.0), ("fine", 0.02 + 0.01 * t as f64)] {
                let wobble = |seed: u64| 0.002 * ((seed * 7 + t as u64 * 3) % 5) as f64;
                let base = 0.6 + 0.1 * m as f64 + gain;
                let value = |seed: u64| sign * (base + if gain > 0.0 { wobble(seed) } else { 0.0 });
                cells.push(Cell {
                    task: task.into(),
                    model: model.into(),
                    init: init.into(),
                    label_fraction: 1.0,
                    metric: "auc".into(),
                    seeds: (0..4).collect(),
                    values: (0..4).map(value).collect(),
                    ..Cell::default()
                });
            }
        }
    }
    cells
}

fn init_options() -> CompareOptions {
    CompareOptions { factors: Factors::one(Factor::init()), ..CompareOptions::default() }
}

#[test]
fn levels_of_any_factor_are_pooled_over_tasks_and_averaged_within_seeds() {
    let got = over_tasks(&of_inits(1.0), &init_options()).expect("an analysis");
    let [pooled] = &got.pooled[..] else { panic!("one pair, one scope") };
    assert_eq!((pooled.scope.other_words().as_str(), pooled.k), ("all models", 3));
    assert_eq!(pooled.favourable(1.0), (3, 3));
    let within = pooled.within.as_ref().expect("three tasks");
    // Gains 0.02, 0.03, 0.04, and the mean wobble of each seed over the tasks.
    let wobble =
        |seed: u64| (0..3).map(|t| 0.002 * ((seed * 7 + t * 3) % 5) as f64).sum::<f64>() / 3.0;
    let mean = 0.03 + (0..4).map(wobble).sum::<f64>() / 4.0;
    assert!((within.difference.point().expect("a mean") - mean).abs() < 1e-12);
    assert_eq!((within.n, within.unit, within.tasks), (4, Unit::Seeds, 3));
    assert_eq!((pooled.verdict, within.verdict), (Some(Verdict::Better), Some(Verdict::Better)));
    let words = within_sentence(pooled, &init_options()).expect("a sentence");
    assert!(words.starts_with("on the 3 tasks studied, fine is better than random"), "{words}");
    let lower = CompareOptions { metric: crate::scores::Metric::named("loss"), ..init_options() };
    let turned = over_tasks(&of_inits(-1.0), &lower).expect("an analysis");
    assert_eq!(turned.pooled[0].verdict, Some(Verdict::Better));
}

#[test]
fn tasks_with_seeds_of_their_own_are_strata() {
    let mut cells = of_inits(1.0);
    for cell in &mut cells {
        let shift = if cell.task == "a" { 0 } else { 100 };
        cell.seeds.iter_mut().for_each(|seed| *seed += shift);
    }
    let got = over_tasks(&cells, &init_options()).expect("an analysis");
    let within = got.pooled[0].within.as_ref().expect("three tasks");
    assert_eq!(within.test.entry.test, Some(TestKind::MeanOfTasks));
    assert!(within.test.entry.p.is_some_and(|p| p < 0.05));
}

#[test]
fn one_task_and_one_model_have_nothing_to_pool() {
    let mut cells = of_inits(1.0);
    cells.retain(|cell| cell.task == "a" && cell.model == "small");
    assert!(over_tasks(&cells, &init_options()).is_none());
}

fn any_cell() -> impl Strategy<Value = Cell> {
    (
        prop::sample::select(&["a", "b", "c"][..]),
        prop::sample::select(&["none", "coarse", "fine", "other"][..]),
        prop_oneof![Just(0.1), Just(1.0), any::<f64>()],
        prop::collection::vec((0u64..4, any::<f64>()), 0..4),
    )
        .prop_map(|(task, granularity, fraction, runs)| {
            let (seeds, values): (Vec<u64>, Vec<f64>) = runs.into_iter().unzip();
            Cell { seeds, ..cell(task, granularity, fraction, &values) }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn swapping_the_names_mirrors_the_summary(
        a in prop::collection::vec(-1.0..1.0f64, 3), b in prop::collection::vec(-1.0..1.0f64, 3),
    ) {
        let tasks = [task("a", 1.0, &a), task("b", 1.0, &b)].concat();
        let swapped: Vec<Cell> = tasks
            .iter()
            .map(|cell| {
                let fine = cell.granularity.as_deref() == Some("fine");
                Cell { granularity: Some(if fine { "coarse" } else { "fine" }.into()), ..cell.clone() }
            })
            .collect();
        let of = |cells: &[Cell]| granularity(cells, &CompareOptions::default()).pooled[0].clone();
        let (x, y) = (of(&tasks), of(&swapped));
        if let (Some(x), Some(y)) = (x.difference.point(), y.difference.point()) {
            prop_assert!((x + y).abs() < 1e-9);
        }
        if let (Some(x), Some(y)) = (x.test.entry.p, y.test.entry.p) {
            prop_assert!((x - y).abs() < 1e-6);
        }
    }

    #[test]
    fn nothing_panics_and_no_nan_reaches_a_table(
        cells in prop::collection::vec(any_cell(), 0..14),
        confidence in prop_oneof![Just(0.95), any::<f64>()],
    ) {
        let options = CompareOptions { confidence, margin: Some(0.01), ..CompareOptions::default() };
        let got = granularity(&cells, &options);
        let table = table(&got);
        for field in table.rows.iter().flatten() {
            prop_assert!(!field.text.contains("NaN") && !field.text.contains("inf"), "{}", field.text);
        }
        prop_assert!(table.rows.iter().all(|row| row.len() == table.columns.len()));
        for pooled in &got.pooled {
            let _ = pooled_sentence(pooled, &options);
            for task in &pooled.tasks {
                let _ = contrast_sentence(task, &options);
            }
        }
        let _ = got.footnotes();
        for entry in got.entries() {
            prop_assert!(entry.p.is_none_or(|p| (0.0..=1.0).contains(&p)));
            prop_assert!(entry.estimate.is_none_or(f64::is_finite));
            prop_assert!(entry.p.is_some() || !entry.note.is_empty());
        }
    }
}
