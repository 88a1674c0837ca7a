//! Small cells where the answer is known, and whatever else may come in.

use proptest::prelude::*;

use super::*;
use crate::compare::{CompareOptions, Design, Ledger};
use crate::scores::{Baselines, Cell, Factor, Factors};
use crate::spec::FamilyAdjustment;

fn cell(init: &str, fraction: f64, values: &[f64]) -> Cell {
    Cell {
        task: "findings".into(),
        model: "resnet18".into(),
        init: init.into(),
        label_fraction: fraction,
        metric: "auc".into(),
        seeds: (0..values.len() as u64).collect(),
        values: values.to_vec(),
        ..Cell::default()
    }
}

/// Per fraction, the score of every seed.
fn init(name: &str, curve: &[(f64, &[f64])]) -> Vec<Cell> {
    curve.iter().map(|(fraction, values)| cell(name, *fraction, values)).collect()
}

fn options() -> CompareOptions {
    CompareOptions {
        resamples: 300,
        factors: Factors::one(Factor::init()),
        baselines: Baselines::level("random"),
        ..CompareOptions::default()
    }
}

/// fine rises from 0.6 to 0.8 and random from 0.35 to 0.75, every seed with an
/// offset; fine reaches 0.75 at 10^-0.5.
fn study() -> Vec<Cell> {
    let mut cells = init(
        "random",
        &[(0.01, &[0.35, 0.37, 0.31]), (0.1, &[0.55, 0.58, 0.53]), (1.0, &[0.75, 0.77, 0.73])],
    );
    cells.extend(init(
        "fine",
        &[(0.01, &[0.60, 0.62, 0.58]), (0.1, &[0.70, 0.72, 0.68]), (1.0, &[0.80, 0.82, 0.78])],
    ));
    cells
}

#[test]
fn a_study_with_known_answers() {
    let got = fractions(&study(), &options());
    let fine = &got.curves[1];
    assert_eq!((fine.level.as_str(), fine.seeds.len(), fine.points.len()), ("fine", 3, 3));
    assert!((fine.area.point().expect("an area") - 0.7).abs() < 1e-12);
    assert!((fine.slope.point().expect("a slope") - 0.1).abs() < 1e-12);
    // Three rises in a row in each of three seeds, one order of six each.
    let p = fine.trend.entry.p.expect("a p");
    assert!((p - 1.0 / 216.0).abs() < 1e-12, "{p}");
    assert!((fine.trend.entry.adjusted_p.expect("adjusted") - 2.0 / 216.0).abs() < 1e-12);

    let [pair] = &got.pairs[..] else { panic!("one pair") };
    assert_eq!((pair.design, pair.n), (Design::Paired, [3, 3]));
    let interaction = &pair.interaction;
    assert_eq!(interaction.decides, Decider::Slopes);
    // Slopes of random are 0.2, 0.2 and 0.21: differences -0.1, -0.1, -0.11.
    let slope = interaction.slope_difference.point().expect("a slope");
    assert!((slope + 0.31 / 3.0).abs() < 1e-12);
    assert!((interaction.slopes.entry.p.expect("a p") - 0.001_037).abs() < 1e-5, "{interaction:?}");
    // Its seeds recur: an ANOVA would take their scores for independent.
    assert!(interaction.anova.entry.p.is_none());
    assert!(interaction.anova.entry.note.contains("independent"));
    let efficiency = pair.efficiency.value().expect("an efficiency");
    let fraction = efficiency.fraction.exactly().expect("reached");
    assert!((fraction - 10f64.powf(-0.5)).abs() < 1e-9);
    assert_eq!(
        efficiency_sentence(pair),
        "fine with 32 % [32 %, 32 %] of the labels reaches what random reaches with all"
    );
    assert_eq!(
        crossing_sentence(pair, &options()),
        "fine leads random throughout the studied range (1 % to 100 % of the labels)"
    );
    // Halfway between 0.6 (fine, lowest) and 0.75 (random, highest).
    let ratio = pair.ratio.value().expect("a ratio");
    assert!((ratio.score - 0.675).abs() < 1e-12);
}

#[test]
fn every_test_is_in_the_ledger_with_its_family() {
    let analysis = fractions(&study(), &options());
    let mut ledger = Ledger::default();
    ledger.add(analysis.entries());
    let families: Vec<&str> = ledger.entries.iter().map(|e| e.family.as_str()).collect();
    assert_eq!(
        families,
        [
            "auc: trend over label fractions",
            "auc: trend over label fractions",
            "auc: interaction of label fraction and init",
        ]
    );
    assert!(ledger.entries.iter().all(|e| e.adjusted_p >= e.p && e.adjustment == "Holm"));
    let raw = CompareOptions { adjustment: FamilyAdjustment::None, ..options() };
    let analysis = fractions(&study(), &raw);
    assert!(analysis.entries().iter().all(|e| e.adjusted_p == e.p && e.adjustment == "no"));
}

#[test]
fn what_is_not_reached_is_said_from_both_sides() {
    let options = CompareOptions { baselines: Baselines::level("fine"), ..options() };
    let got = fractions(&study(), &options);
    let pair = &got.pairs[0];
    assert_eq!((pair.level.as_str(), pair.reference.as_str()), ("random", "fine"));
    let text = efficiency_sentence(pair);
    assert!(
        text.starts_with(
            "random does not reach what fine reaches with all in the studied range (1 % to 100 % \
             of the labels)"
        ) && text.ends_with(
            "; fine with 32 % [32 %, 32 %] of the labels reaches what random \
             reaches with all"
        ),
        "{text}"
    );
    let table = pair_table(&got);
    let shown = |key| table.cell(0, key).map(|cell| cell.text.as_str());
    assert_eq!(shown("labels_for_the_reference_s_score"), Some("more than 100 %"));
    assert_eq!(shown("crossover"), Some("none in the studied range"));
}

#[test]
fn a_crossover_with_a_known_place() {
    let mut cells = init("random", &[(0.01, &[0.5, 0.52]), (1.0, &[0.9, 0.92])]);
    cells.extend(init("fine", &[(0.01, &[0.6, 0.62]), (1.0, &[0.8, 0.82])]));
    let got = fractions(&cells, &options());
    let pair = &got.pairs[0];
    assert_eq!(
        crossing_sentence(pair, &options()),
        "fine leads below 10 % [10 %, 10 %] of the labels and random above"
    );
    // Parallel offsets: each seed has the same difference of slopes, and no
    // other test takes over for its p.
    assert_eq!(pair.interaction.decides, Decider::Slopes);
    assert!(pair.interaction.slopes.entry.p.is_none());
    assert!(got.notes.iter().any(|n| n.contains("too narrow")), "{:?}", got.notes);
}

#[test]
fn a_missing_seed_and_a_score_that_is_not_finite_are_left_out_and_named() {
    let mut cells = study();
    cells[0].seeds.pop();
    cells[0].values.pop();
    cells[4].values[0] = f64::NAN;
    let got = fractions(&cells, &options());
    assert_eq!(got.curves[0].seeds, [0, 1]);
    assert!(got.curves[0].notes[0].contains("seeds 2 of random"), "{:?}", got.curves[0].notes);
    assert_eq!(got.curves[1].seeds, [1, 2]);
    // One seed is left to pair by, so the sides are independent.
    assert_eq!((got.pairs[0].design, got.pairs[0].n), (Design::Independent, [2, 2]));
    assert!(got.pairs[0].interaction.why.contains("independent samples"));
    assert!(got.footnotes().iter().any(|note| note.contains("seeds 0 of fine")));
}

#[test]
fn one_fraction_is_no_curve() {
    let mut cells = init("random", &[(1.0, &[0.7, 0.72, 0.74])]);
    cells.extend(init("fine", &[(1.0, &[0.8, 0.83, 0.85])]));
    let got = fractions(&cells, &options());
    assert!(got.curves.iter().all(|row| row.trend.entry.p.is_none() && row.area.point().is_none()));
    let pair = &got.pairs[0];
    assert_eq!(pair.interaction.decides, Decider::Neither);
    assert!(efficiency_sentence(pair).contains("one label fraction"));
    assert!(crossing_sentence(pair, &options()).contains("cannot be said"));
    assert!(trend_sentence(&got.curves[0], &got.options).contains("one label fraction"));
}

#[test]
fn a_reference_with_all_labels_only_can_be_reached() {
    let mut cells = init("random", &[(1.0, &[0.7, 0.7, 0.7])]);
    cells.extend(init("fine", &[(0.1, &[0.6, 0.6, 0.6]), (1.0, &[0.8, 0.8, 0.8])]));
    let got = fractions(&cells, &options());
    assert_eq!(
        efficiency_sentence(&got.pairs[0]),
        "fine with 32 % [32 %, 32 %] of the labels reaches what random reaches with all"
    );
    assert!(got.pairs[0].interaction.deciding().entry.p.is_none());
}

#[test]
fn reached_with_the_fewest_labels_already_is_a_limit() {
    let mut cells = init("random", &[(0.1, &[0.4, 0.42]), (1.0, &[0.5, 0.52])]);
    cells.extend(init("fine", &[(0.1, &[0.6, 0.62]), (1.0, &[0.8, 0.81])]));
    let got = fractions(&cells, &options());
    let pair = &got.pairs[0];
    assert!(efficiency_sentence(pair).starts_with("fine with at most 10 % of the labels"));
    assert_eq!(
        ratio_sentence(pair, &options()),
        "for the score 0.6100 random needs more than 10 times the labels of fine"
    );
}

#[test]
fn one_seed_has_curves_and_no_tests() {
    let mut cells = init("random", &[(0.1, &[0.5]), (1.0, &[0.7])]);
    cells.extend(init("fine", &[(0.1, &[0.6]), (1.0, &[0.8])]));
    let got = fractions(&cells, &options());
    let row = &got.curves[1];
    assert!((row.slope.point().expect("a slope") - 0.2).abs() < 1e-12);
    assert!(row.slope.bounds().is_none() && row.area.bounds().is_none());
    assert!(row.trend.entry.note.contains("one seed"));
    let pair = &got.pairs[0];
    assert_eq!(
        efficiency_sentence(pair),
        "fine with 32 % of the labels reaches what random reaches with all"
    );
    assert_eq!(pair.interaction.decides, Decider::Neither);
    assert!(pair.notes.iter().any(|note| note.contains("no spread")), "{:?}", pair.notes);
}

#[test]
fn seeds_that_never_recur_leave_the_anova_to_decide() {
    let mut cells = study();
    for (at, cell) in cells.iter_mut().enumerate() {
        cell.seeds = (0..3).map(|seed| 10 * at as u64 + seed).collect();
    }
    let got = fractions(&cells, &options());
    assert!(got.curves[0].notes[1].contains("no seed has a score"), "{:?}", got.curves[0].notes);
    let interaction = &got.pairs[0].interaction;
    assert_eq!(interaction.decides, Decider::Anova);
    assert!(interaction.why.contains("no seed recurs"));
    assert!(interaction.deciding().entry.p.is_some_and(|p| p < 0.05));
    assert!(interaction_sentence(&got.pairs[0], &got.options).contains("two-way ANOVA"));
}

#[test]
fn constants_are_degenerate_and_not_significant() {
    let flat: &[f64] = &[0.5, 0.5, 0.5];
    let mut cells = init("random", &[(0.1, flat), (1.0, flat)]);
    cells.extend(init("fine", &[(0.1, flat), (1.0, flat)]));
    let got = fractions(&cells, &options());
    assert!(got.entries().iter().all(|entry| entry.p.is_none() && !entry.note.is_empty()));
    assert_eq!(got.curves[0].slope.point(), Some(0.0));
    assert!(got.pairs[0].crossing.any().is_none() && got.pairs[0].ratio.any().is_none());
}

#[test]
fn ties_within_seeds_keep_the_trend_exact() {
    let cells = init("fine", &[(0.1, &[0.5, 0.5]), (0.3, &[0.5, 0.5]), (1.0, &[0.8, 0.7])]);
    let got = fractions(&cells, &options());
    // Three orders of 1.5, 1.5, 3 in each seed.
    let p = got.curves[0].trend.entry.p.expect("a p");
    assert!((p - 1.0 / 9.0).abs() < 1e-12, "{p}");
    assert!(got.pairs.is_empty());
}

#[test]
fn a_rise_in_ranks_alone_is_said_to_be_open() {
    let low = [0.5, 0.5, 0.5, 0.5, 0.2];
    let cells = init("fine", &[(0.1, &low), (1.0, &[0.501, 0.501, 0.502, 0.501, 0.8])]);
    let got = fractions(&cells, &options());
    let trend = &got.curves[0].trend.entry;
    assert!((trend.p.expect("a p") - 1.0 / 32.0).abs() < 1e-12);
    assert!(trend.note.contains("take the trend for open"), "{}", trend.note);
}

#[test]
fn published_rows_and_double_cells_have_no_curve() {
    let mut cells = study();
    cells[0].summary = Some(cells[0].summarized());
    cells.push(cells[5].clone());
    let got = fractions(&cells, &options());
    assert!(got.curves[0].notes[0].contains("standard deviation and n alone"));
    assert!(got.curves[1].notes.iter().any(|n| n.contains("two cells at 100 %")));
    assert_eq!(got.pairs[0].interaction.decides, Decider::Neither);
}

fn any_cell() -> impl Strategy<Value = Cell> {
    let name = |names: &'static [&'static str]| prop::sample::select(names);
    (
        name(&["random", "coarse", "fine"]),
        prop_oneof![Just(0.1), Just(0.3), Just(1.0), any::<f64>()],
        prop::collection::vec((0u64..4, any::<f64>()), 0..4),
        any::<bool>(),
    )
        .prop_map(|(init, fraction, mut runs, sorted)| {
            if sorted {
                runs.sort_by_key(|run| run.0);
            }
            let (seeds, values): (Vec<u64>, Vec<f64>) = runs.into_iter().unzip();
            Cell { seeds, ..cell(init, fraction, &values) }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn nothing_panics_and_no_nan_reaches_a_table(
        cells in prop::collection::vec(any_cell(), 0..10),
        confidence in prop_oneof![Just(0.95), any::<f64>()],
        all_pairs: bool,
    ) {
        let baselines =
            if all_pairs { Baselines::default() } else { Baselines::level("random") };
        let options = CompareOptions { resamples: 20, confidence, baselines, ..options() };
        let got = fractions(&cells, &options);
        for table in [curve_table(&got), pair_table(&got)] {
            for field in table.rows.iter().flatten() {
                prop_assert!(!field.text.contains("NaN") && !field.text.contains("inf"), "{}", field.text);
            }
            prop_assert!(table.rows.iter().all(|row| row.len() == table.columns.len()));
        }
        for pair in &got.pairs {
            let _ = (efficiency_sentence(pair), crossing_sentence(pair, &options), ratio_sentence(pair, &options));
            let _ = interaction_sentence(pair, &options);
        }
        for row in &got.curves {
            let _ = trend_sentence(row, &options);
        }
        let _ = got.footnotes();
        for entry in got.entries() {
            prop_assert!(entry.p.is_none_or(|p| (0.0..=1.0).contains(&p)));
            prop_assert!(entry.estimate.is_none_or(f64::is_finite));
            prop_assert!(entry.p.is_some() || !entry.note.is_empty());
        }
    }
}

/// pitfall: intervals by the percentile bootstrap of a few seeds are too short.
#[test]
fn bootstrap_intervals_of_few_seeds_are_warned_of() {
    let notes = fractions(&study(), &options()).notes;
    let warning = notes.iter().find(|note| note.contains("too narrow")).expect("a warning");
    assert!(warning.contains("3 seeds") && warning.contains("covers 75 %"), "{warning}");
    // One curve has no interval of that kind, and thirty seeds no warning.
    let alone = fractions(&study()[..3], &options());
    assert!(!alone.notes.iter().any(|note| note.contains("too narrow")));
    let many = |cell: Cell| {
        let values: Vec<f64> = (0..30).map(|i| cell.values[0] + 0.01 * f64::from(i % 5)).collect();
        Cell { seeds: (0..30).collect(), values, ..cell }
    };
    let cells: Vec<Cell> = study().into_iter().map(many).collect();
    let got = fractions(&cells, &options());
    assert!(got.pairs[0].efficiency.any().is_some_and(|e| e.interval.any().is_some()));
    assert!(!got.notes.iter().any(|note| note.contains("too narrow")), "{:?}", got.notes);
}
