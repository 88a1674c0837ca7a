//! Claims from cells to verdicts and panels.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::compare::{CompareOptions, TestKind, compare};
use crate::scores::{Better, Cell, Metric, MetricCells, MetricRules, Unit, Verdict};
use crate::spec::{Claim, FamilyAdjustment, Levels, Relation, Side, TestFamily};

type Runs<'a> = &'a [(u64, f64)];

fn cell(task: &str, init: &str, runs: Runs<'_>) -> Cell {
    let (seeds, values) = runs.iter().copied().unzip();
    Cell {
        task: task.into(),
        model: "m".into(),
        init: init.into(),
        label_fraction: 1.0,
        metric: "auc".into(),
        seeds,
        values,
        ..Cell::default()
    }
}

/// Values of seeds 0, 1, 2, ...
fn seeded(task: &str, init: &str, values: &[f64]) -> Cell {
    let runs: Vec<(u64, f64)> = (0..).zip(values.iter().copied()).collect();
    cell(task, init, &runs)
}

fn claim(relation: Relation, side: &Side, than: Side) -> Claim {
    let named = |wanted| (relation == wanted).then(|| side.clone());
    Claim {
        text: format!("{relation:?}: {}", side.words()),
        better: named(Relation::Better),
        not_worse: named(Relation::NotWorse),
        equivalent: named(Relation::Equivalent),
        than,
        at: Levels::default(),
        metric: None,
        margin: None,
    }
}

fn inits(relation: Relation, first: &str, second: &str) -> Claim {
    claim(relation, &Side::init(first), Side::init(second))
}

fn judged(claims: &[Claim], cells: Vec<Cell>, options: &CompareOptions) -> Vec<ClaimResult> {
    judge_claims(claims, &[MetricCells { metric: Metric::named("auc"), cells }], options)
}

fn one(claim: Claim, cells: Vec<Cell>, margin: Option<f64>) -> ClaimResult {
    let options = CompareOptions { margin, ..CompareOptions::default() };
    judged(&[claim], cells, &options).remove(0)
}

fn close(got: Option<f64>, want: f64, tolerance: f64) {
    assert!(got.is_some_and(|v| (v - want).abs() <= tolerance), "{got:?} {want}");
}

fn rows<'a>(result: &'a ClaimResult, axis: &str) -> Vec<&'a Alternative> {
    result.panel.alternatives.iter().filter(|row| row.axis == axis).collect()
}

fn verdict(relation: Relation, first: &str, margin: Option<f64>) -> ClaimResult {
    let cells = vec![
        seeded("t", "low", &[0.50, 0.52, 0.49, 0.51]),
        seeded("t", "high", &[0.70, 0.73, 0.69, 0.72]),
        seeded("t", "like low", &[0.501, 0.519, 0.491, 0.509]),
    ];
    one(inits(relation, first, "low"), cells, margin)
}

#[test]
fn a_claim_is_supported_contradicted_or_undecided() {
    let of = |relation, first, margin| verdict(relation, first, margin).verdict;
    assert_eq!(of(Relation::Better, "high", None), Some(ClaimVerdict::Supported));
    assert_eq!(of(Relation::Better, "like low", None), Some(ClaimVerdict::Undecided));
    assert_eq!(of(Relation::Equivalent, "high", Some(0.02)), Some(ClaimVerdict::Contradicted));
    assert_eq!(of(Relation::Equivalent, "like low", Some(0.02)), Some(ClaimVerdict::Supported));
    assert_eq!(of(Relation::NotWorse, "like low", Some(0.02)), Some(ClaimVerdict::Supported));
}

#[test]
fn without_a_margin_or_results_it_is_not_tested_and_says_why() {
    let result = verdict(Relation::Equivalent, "high", None);
    assert!(result.verdict.is_none() && result.notes[0].contains("--margin"));
    let result = verdict(Relation::Better, "nowhere", None);
    assert!(result.verdict.is_none() && !result.notes.is_empty());
    assert!(result.panel.alternatives.is_empty());
}

#[test]
fn not_tested_is_counted_as_itself() {
    let cells = || vec![seeded("t", "x", &[0.5, 0.52, 0.49]), seeded("t", "y", &[0.7, 0.73, 0.69])];
    let claims = [
        inits(Relation::Better, "y", "x"),
        inits(Relation::Better, "x", "y"),
        inits(Relation::Better, "z", "x"),
    ];
    let counts = ClaimCounts::of(&judged(&claims, cells(), &CompareOptions::default()));
    assert_eq!(counts.words(), "3 claims: 1 supported, 1 contradicted, 0 undecided, 1 not tested");
}

/// pitfall: one lost run makes a claim over three tasks untested, and it is
/// counted as undecided.
#[test]
fn one_lost_run_costs_its_block() {
    let cells = vec![
        seeded("a", "x", &[0.70, 0.71, 0.72]),
        seeded("a", "y", &[0.80, 0.815, 0.81]),
        seeded("b", "x", &[0.60, 0.61, 0.63]),
        seeded("b", "y", &[0.70, 0.72, 0.72]),
        seeded("c", "x", &[0.60]),
        seeded("c", "y", &[0.70, 0.72, 0.72]),
    ];
    let result = one(inits(Relation::Better, "y", "x"), cells, None);
    assert_eq!(result.verdict, Some(ClaimVerdict::Supported));
    assert_eq!((result.n.as_str(), result.blocks.len()), ("3", 2));
    assert!(result.notes[0].contains("c / m / 100 % (3 and 1 runs)"), "{:?}", result.notes);
    close(result.estimate, 0.595 / 6.0, 1e-12);
}

/// pitfall: the table calls equivalent what a claim leaves undecided.
#[test]
fn tables_and_claims_agree_on_equivalence() {
    let cells = vec![
        seeded("a", "x", &[0.800, 0.803, 0.799, 0.802, 0.801]),
        seeded("a", "y", &[0.804, 0.797, 0.806, 0.796, 0.803]),
    ];
    let options = CompareOptions { margin: Some(0.008), ..CompareOptions::default() };
    let claims = [inits(Relation::Equivalent, "y", "x"), inits(Relation::Better, "y", "x")];
    let results = judged(&claims, cells.clone(), &options);
    let table = compare(&cells, &options).expect("a comparison");
    let row = &table.rows[0];
    assert_eq!(row.verdict, Some(Verdict::Equivalent));
    assert_eq!(results[0].verdict, Some(ClaimVerdict::Supported));
    assert_eq!(results[1].verdict, Some(ClaimVerdict::Undecided));
    // scipy 1.17.1: ttest_1samp(d, 0.008, alternative = "less") with d = y - x.
    close(results[0].p, 0.021_200_148_6, 1e-9);
    assert_eq!(
        (results[0].p, results[0].adjusted_p),
        (row.equivalence_p, row.adjusted_equivalence_p)
    );
}

/// pitfall: a row of the panel shows the estimate of another analysis.
#[test]
fn each_analysis_shows_its_own_estimate() {
    let cells = vec![
        seeded("a", "r", &[0.700, 0.701, 0.702]),
        seeded("a", "i", &[0.710, 0.712, 0.713]),
        seeded("b", "r", &[0.70, 0.74, 0.78]),
        seeded("b", "i", &[0.85, 0.80, 0.90]),
    ];
    let result = one(inits(Relation::Better, "i", "r"), cells, None);
    close(result.estimate, 0.060_333, 1e-6);
    let pooled = rows(&result, "pooling")[0];
    assert_eq!((pooled.test, pooled.n.as_str()), (Some(TestKind::RandomEffects), "2 blocks"));
    close(pooled.estimate, 0.0568, 5e-5);
    let ranks = rows(&result, "test")[0];
    assert_eq!(ranks.estimand, "Hodges-Lehmann shift");
    let without = rows(&result, "leave one seed out");
    assert!(without.iter().all(|row| row.n == "2") && without.len() == 3);
}

#[test]
fn an_analysis_that_cannot_reach_the_level_says_so() {
    let cells = vec![
        seeded("a", "x", &[0.700, 0.710, 0.705, 0.702, 0.708]),
        seeded("a", "y", &[0.801, 0.812, 0.804, 0.803, 0.807]),
    ];
    let result = one(inits(Relation::Better, "y", "x"), cells.clone(), None);
    let ranks = rows(&result, "test")[0];
    let note = ranks.note.as_deref().expect("a note");
    assert!(note.contains("with 5 seeds its p is 0.0625 at the least"), "{note}");
    assert!(note.contains("6 are the fewest") && ranks.verdict.is_none(), "{note}");
    let options = CompareOptions { test: TestFamily::Wilcoxon, ..CompareOptions::default() };
    let main = judged(&[inits(Relation::Better, "y", "x")], cells, &options).remove(0);
    assert_eq!(main.verdict, Some(ClaimVerdict::Undecided));
    assert!(main.notes[0].contains("0.0625"), "{:?}", main.notes);
    assert!(rows(&main, "leave one seed out").iter().all(|row| row.verdict.is_none()));
}

#[test]
fn analyses_that_are_the_same_for_a_claim_are_one_row() {
    let x = [0.700, 0.710, 0.705, 0.702, 0.708, 0.701];
    let cells = |y: [f64; 6]| vec![seeded("a", "x", &x), seeded("a", "y", &y)];
    let better = || inits(Relation::Better, "y", "x");
    let tests = |y| -> Vec<String> {
        let result = one(better(), cells(y), None);
        rows(&result, "test").iter().map(|row| row.variant.clone()).collect()
    };
    let plain = ["Wilcoxon signed-rank test", "sign test", "sign-flip permutation test"];
    let apart = [0.801, 0.812, 0.804, 0.803, 0.807, 0.802];
    assert_eq!(tests(apart), plain);
    // Two differences of zero: each rule for them is a test of its own.
    let touching = [0.699, 0.708, 0.710, 0.708, 0.708, 0.701];
    assert!(tests(touching).iter().any(|name| name.contains("after Pratt")));
    // One claim needs no adjustment; of several, equal adjusted p are one row.
    let result = one(better(), cells(apart), None);
    assert!(rows(&result, "adjustment").is_empty());
    let claims = [better(), inits(Relation::Better, "x", "y"), better()];
    let results = judged(&claims, cells(touching), &CompareOptions::default());
    let rows = rows(&results[0], "adjustment");
    let mut p: Vec<f64> = rows.iter().filter_map(|row| row.p).collect();
    p.extend(results[0].adjusted_p);
    let distinct: BTreeMap<u64, f64> = p.iter().map(|p| ((p * 1e9) as u64, *p)).collect();
    assert_eq!(distinct.len(), p.len());
    assert!(rows.iter().all(|row| !row.variant.is_empty()));
}

#[test]
fn sides_and_scopes_name_any_factor() {
    let with = |init: &str, optimizer: &str, backbone: &str, values: &[f64]| {
        let mut cell = seeded("t", init, values);
        cell.others =
            vec![("optimizer".into(), optimizer.into()), ("backbone".into(), backbone.into())];
        cell
    };
    let cells = vec![
        with("r", "sgd", "x", &[0.70, 0.71, 0.72]),
        with("r", "adam", "x", &[0.80, 0.815, 0.81]),
        with("i", "sgd", "x", &[0.60, 0.61, 0.63]),
        with("i", "adam", "x", &[0.70, 0.72, 0.72]),
        with("i", "adam", "z", &[0.10, 0.12, 0.12]),
        with("i", "sgd", "z", &[0.70, 0.72, 0.72]),
    ];
    let by = |side: Levels, than: Levels, at: Levels| {
        one(Claim { at, ..claim(Relation::Better, &side, than) }, cells.clone(), None)
    };
    let optimizer = |name: &str| Levels::one("optimizer", name);
    let scope = Levels::one("backbone", "x").and("label_fraction", 1.0);
    let result = by(optimizer("adam"), optimizer("sgd"), scope.clone());
    assert_eq!(result.blocks, ["t / m / r / x / 100 %", "t / m / i / x / 100 %"]);
    assert_eq!(result.verdict, Some(ClaimVerdict::Supported));
    assert_eq!(result.formal, "better: optimizer adam against optimizer sgd at backbone x / 100 %");
    // What one side names holds for the other.
    let result = by(optimizer("adam").and("init", "r"), optimizer("sgd"), scope);
    assert_eq!(result.blocks, ["t / m / r / x / 100 %"]);
    // Sides without a common column compare nothing.
    let result = by(optimizer("adam"), Levels::init("r"), Levels::default());
    assert!(result.verdict.is_none());
}

#[test]
fn other_metrics_need_a_direction() {
    let cells = |metric: &str| {
        let named = |cell: Cell| Cell { metric: metric.into(), ..cell };
        vec![
            named(seeded("a", "x", &[0.50, 0.52, 0.49])),
            named(seeded("a", "y", &[0.70, 0.73, 0.69])),
        ]
    };
    let metrics = ["auc", "accuracy", "volume"]
        .map(|name| MetricCells { metric: Metric::named(name), cells: cells(name) });
    let claims = [inits(Relation::Better, "y", "x")];
    let result = judge_claims(&claims, &metrics, &CompareOptions::default()).remove(0);
    let others: Vec<&str> = rows(&result, "metric").iter().map(|r| r.variant.as_str()).collect();
    assert_eq!(others, ["accuracy"]);
    // A claim of its own metric is asked of the main one too.
    let own = Claim { metric: Some("accuracy".into()), ..claims[0].clone() };
    let result = judge_claims(&[own], &metrics, &CompareOptions::default()).remove(0);
    assert_eq!(rows(&result, "metric")[0].variant, "auc");
}

/// pitfall: cases of patients counted one by one, or case 3 of one task averaged
/// with case 3 of another.
#[test]
fn claims_over_cases_are_tested_as_their_rows_of_the_table() {
    let over_cases = |task: &str, init: &str, shift: f64, clusters: &[u32]| {
        let values: Vec<f64> = (0..12u32)
            .map(|i| 0.6 + shift * f64::from(i % 5) + 0.01 * f64::from(i * 7 % 11))
            .collect();
        let cell = seeded(task, init, &values);
        Cell { unit: Unit::Cases, clusters: clusters.to_vec(), ..cell }
    };
    let patients: Vec<u32> = (0..12).map(|i| i / 2).collect();
    for clusters in [&[][..], &patients] {
        let cells =
            vec![over_cases("a", "x", 0.01, clusters), over_cases("a", "y", 0.03, clusters)];
        let options = CompareOptions { margin: Some(0.2), ..CompareOptions::default() };
        let table = compare(&cells, &options).expect("a comparison");
        let claims = [inits(Relation::Better, "y", "x"), inits(Relation::Equivalent, "y", "x")];
        let results = judged(&claims, cells, &options);
        let row = &table.rows[0];
        assert_eq!(results[0].test, Some(row.test));
        close(results[0].p, row.p.expect("a p"), 1e-9);
        close(results[1].p, row.equivalence_p.expect("a p"), 1e-9);
        assert_eq!((results[0].unit, results[0].n.as_str()), (Unit::Cases, "12"));
        assert!(rows(&results[0], "leave one seed out").is_empty());
    }
    let cells = ["a", "b"].iter().flat_map(|task| {
        [over_cases(task, "x", 0.01, &patients), over_cases(task, "y", 0.03, &patients)]
    });
    let result = one(inits(Relation::Better, "y", "x"), cells.collect(), None);
    assert_eq!((result.test, result.n.as_str()), (Some(TestKind::MeanOfTasks), "2 blocks"));
}

/// Two tasks, three inits, five seeds; the same with every value negated and
/// the other end good.
fn both_ways(values: &[f64]) -> [Vec<MetricCells>; 2] {
    let mut cells = Vec::new();
    for (i, part) in values.chunks(5).enumerate() {
        cells.push(seeded(["a", "b"][i % 2], ["x", "y", "z"][i / 2], part));
    }
    let negated = cells.iter().map(|cell| {
        let values = cell.values.iter().map(|v| -v).collect();
        Cell { values, ..cell.clone() }
    });
    let negated: Vec<Cell> = negated.collect();
    [(cells, Better::Higher), (negated, Better::Lower)].map(|(cells, better)| {
        let mut rules = MetricRules::default();
        rules.direct("score", better);
        vec![MetricCells { metric: Metric::of("score", &rules, &cells), cells }]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn turning_values_and_direction_changes_no_verdict(
        values in prop::collection::vec((0i32..40).prop_map(|v| f64::from(v) * 0.01), 30),
        family in prop::sample::select(vec![TestFamily::T, TestFamily::Wilcoxon, TestFamily::Permutation]),
    ) {
        let [up, down] = both_ways(&values);
        let claims = [
            inits(Relation::Better, "y", "x"),
            inits(Relation::NotWorse, "z", "x"),
            inits(Relation::Equivalent, "z", "y"),
        ];
        let judge = |metrics: &[MetricCells]| {
            let metric = metrics[0].metric.clone();
            let margin = Some(0.05);
            let options = CompareOptions { metric, margin, test: family, ..CompareOptions::default() };
            judge_claims(&claims, metrics, &options)
        };
        let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-9,
            (a, b) => a == b,
        };
        for (a, b) in judge(&up).iter().zip(&judge(&down)) {
            prop_assert_eq!(a.verdict, b.verdict);
            prop_assert!(near(a.p, b.p) && near(a.estimate, b.estimate.map(|v| -v)));
            prop_assert_eq!(a.panel.alternatives.len(), b.panel.alternatives.len());
            for (a, b) in a.panel.alternatives.iter().zip(&b.panel.alternatives) {
                prop_assert_eq!((&a.variant, a.verdict, &a.n), (&b.variant, b.verdict, &b.n));
                prop_assert!(near(a.p, b.p) && near(a.estimate, b.estimate.map(|v| -v)));
            }
        }
    }

    /// One pair, one claim: whatever the margin and the test, table and claim are
    /// equivalent together.
    #[test]
    fn table_and_claim_are_equivalent_together(
        x in prop::collection::vec(0.0..0.02f64, 6), y in prop::collection::vec(0.0..0.02f64, 4..9),
        margin in 0.002..0.02f64, offset in prop::sample::select(vec![0u64, 3, 100]),
        family in prop::sample::select(vec![TestFamily::T, TestFamily::Wilcoxon, TestFamily::Permutation]),
        adjustment in prop::sample::select(vec![FamilyAdjustment::Holm, FamilyAdjustment::None]),
    ) {
        let mut second = seeded("t", "y", &y);
        second.seeds.iter_mut().for_each(|seed| *seed += offset);
        let cells = vec![seeded("t", "x", &x), second];
        let options = CompareOptions {
            margin: Some(margin), test: family, adjustment, ..CompareOptions::default()
        };
        let table = compare(&cells, &options).expect("a comparison");
        let claims = [inits(Relation::Equivalent, "y", "x"), inits(Relation::Better, "y", "x")];
        let results = judged(&claims, cells, &options);
        prop_assert_eq!(
            table.rows[0].verdict == Some(Verdict::Equivalent),
            results[0].verdict == Some(ClaimVerdict::Supported)
        );
        prop_assert_eq!(table.rows[0].equivalence_p.is_some(), results[0].p.is_some());
    }
}
