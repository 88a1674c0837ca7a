//! Results do not depend on the number of threads, bit for bit.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use transfolio::compare::format::{Format, write};
use transfolio::compare::{Analysis, CompareOptions};
use transfolio::scores::{
    Block, CaseRun, CaseSource, CaseTable, Cell, Factors, Metric, MetricCells, MetricRules, RunKey,
};
use transfolio::spec::{Claim, FamilyAdjustment, Side, TestFamily};
use transfolio::stats::adjust::Adjustment;
use transfolio::stats::auc_bootstrap::{Sampling, auc_bootstrap};
use transfolio::stats::bootstrap::{Bootstrap, Method, paired_difference, studentized_mean};
use transfolio::stats::coverage::{Setting, Shape, simulate};
use transfolio::stats::delong_matrix::auc_matrix;
use transfolio::stats::describe::median;
use transfolio::stats::mean_interval::IntervalMethod;
use transfolio::stats::ranking::{Rules, Scheme};
use transfolio::stats::rliable::{self, Scores};
use transfolio::stats::{bayes_sign, bayes_signed_rank, permutation, ranking_stability};

const POOLS: [usize; 3] = [1, 2, 5];
const LEVELS: [(&str, &str, f64); 4] = [
    ("random", "none", 0.60),
    ("coarse", "coarse", 0.66),
    ("fine", "fine", 0.68),
    ("fine2", "fine", 0.68),
];
const SEEDS: u64 = 4;

/// The same text on every pool.
fn same(what: &str, text: impl Fn() -> String + Sync) {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(&text)
    };
    let first = on(POOLS[0]);
    assert!(first.len() > 100, "{what} says nothing: {first}");
    for threads in &POOLS[1..] {
        let other = on(*threads);
        let at = first.bytes().zip(other.bytes()).position(|(a, b)| a != b);
        let around = |text: &str| -> String {
            text.chars().skip(at.unwrap_or(0).saturating_sub(60)).take(120).collect()
        };
        assert!(
            first == other,
            "{what} differs on {threads} threads:\n{}\n{}",
            around(&first),
            around(&other)
        );
    }
}

/// In [-1, 1), by formula.
fn noise(of: &[u64]) -> f64 {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    for part in of {
        state = (state ^ part).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        state ^= state >> 29;
    }
    (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

/// Two tasks, two models, four inits of three granularities, three fractions.
fn metrics() -> Vec<MetricCells> {
    let mut metrics: BTreeMap<String, Vec<Cell>> = BTreeMap::new();
    for (m, metric) in ["accuracy", "auc"].into_iter().enumerate() {
        for (t, task) in ["chest", "skin"].into_iter().enumerate() {
            for (k, model) in ["resnet50", "swin_base"].into_iter().enumerate() {
                for (i, (init, granularity, base)) in LEVELS.into_iter().enumerate() {
                    for (f, fraction) in [0.01, 0.1, 1.0].into_iter().enumerate() {
                        let value = |seed: u64| {
                            let of = [m, t, k, i, f].map(|part| part as u64);
                            let own = 0.02 * noise(&[&of[..], &[seed]].concat());
                            base + 0.08 * f as f64 + 0.01 * noise(&[seed, of[1]]) + own
                        };
                        metrics.entry(metric.into()).or_default().push(Cell {
                            task: task.into(),
                            model: model.into(),
                            init: init.into(),
                            label_fraction: fraction,
                            metric: metric.into(),
                            seeds: (0..SEEDS).collect(),
                            values: (0..SEEDS).map(value).collect(),
                            granularity: Some(granularity.into()),
                            ..Cell::default()
                        });
                    }
                }
            }
        }
    }
    let with_metric = |(name, cells): (String, Vec<Cell>)| MetricCells {
        metric: Metric::of(&name, &MetricRules::default(), &cells),
        cells,
    };
    metrics.into_iter().map(with_metric).collect()
}

fn claims() -> Vec<Claim> {
    let side = |init: &str| Side::init(init);
    let claim = |text: &str, than: &str| Claim {
        text: text.into(),
        better: None,
        not_worse: None,
        equivalent: None,
        than: side(than),
        at: transfolio::spec::Scope::default(),
        metric: None,
        margin: None,
    };
    vec![
        Claim { better: Some(side("fine")), ..claim("Fine labels beat coarse ones", "coarse") },
        Claim { not_worse: Some(side("coarse")), ..claim("Coarse labels do no harm", "random") },
        Claim { equivalent: Some(side("fine")), ..claim("Both fine inits are alike", "fine2") },
    ]
}

/// Predictions of `cases` cases of `patients` patients.
struct Predictions {
    table: Arc<CaseTable>,
}

impl Predictions {
    fn of(cases: usize, patients: usize, classes: usize) -> Self {
        let label = |class: usize, case: usize| noise(&[class as u64, case as u64]) > 0.4;
        let table = CaseTable {
            cases: (0..cases).map(|case| case.to_string()).collect(),
            patients: (0..cases).map(|case| (case % patients).to_string()).collect(),
            classes: (0..classes).map(|class| format!("finding{class}")).collect(),
            labels: (0..classes).map(|c| (0..cases).map(|case| label(c, case)).collect()).collect(),
            exclusive: false,
        };
        Self { table: Arc::new(table) }
    }
}

impl CaseSource for Predictions {
    fn runs(&self, _: &Factors, block: &Block, _: &str) -> Result<Vec<RunKey>, String> {
        let run = |(level, seed): (&str, u64)| RunKey {
            level: level.into(),
            seed,
            id: format!("{} {level} {seed}", block.levels().join(" ")),
        };
        let all = LEVELS.iter().flat_map(|level| (0..SEEDS).map(move |seed| (level.0, seed)));
        Ok(all.map(run).collect())
    }

    fn load(&self, run: &RunKey, known: Option<&Arc<CaseTable>>) -> Result<CaseRun, String> {
        let of_run: u64 =
            run.id.bytes().fold(7, |hash, byte| hash * 31 % 1_000_003 + u64::from(byte));
        let score = |(class, case): (usize, usize)| {
            let label = f64::from(u8::from(self.table.labels[class][case]));
            let (class, case) = (class as u64, case as u64);
            let score = 0.5 * label + noise(&[class, case, 3]) + noise(&[of_run, class, case]);
            // As records hold them: in single precision.
            f64::from(score as f32)
        };
        let cases = self.table.cases.len();
        Ok(CaseRun {
            table: Arc::clone(known.unwrap_or(&self.table)),
            scores: (0..self.table.labels.len())
                .map(|class| (0..cases).map(|case| score((class, case))).collect())
                .collect(),
        })
    }
}

fn options() -> CompareOptions {
    CompareOptions {
        margin: Some(0.02),
        resamples: 200,
        per_class: true,
        seed: 11,
        ..CompareOptions::default()
    }
}

fn written(analysis: &Analysis) -> String {
    let formats = [Format::Text, Format::Csv, Format::Markdown, Format::Latex, Format::Json];
    formats.map(|format| write(analysis, format)).concat()
}

#[test]
fn comparisons_by_every_family_and_interval() {
    use FamilyAdjustment::{BenjaminiYekutieli, Holm, Hommel};
    let metrics = metrics();
    for (test, adjustment, intervals) in [
        (TestFamily::T, Holm, &IntervalMethod::ALL[..]),
        (TestFamily::Wilcoxon, Hommel, &IntervalMethod::ALL[..1]),
        (TestFamily::Permutation, BenjaminiYekutieli, &IntervalMethod::ALL[3..4]),
    ] {
        for interval in intervals {
            let options = CompareOptions { test, adjustment, interval: *interval, ..options() };
            same(&format!("{test:?} with {interval:?}"), || {
                let analysis = Analysis::of(&metrics, &claims(), &options).expect("an analysis");
                assert_eq!(analysis.claims.len(), 3);
                assert!(analysis.fractions.is_some() && analysis.granularity.is_some());
                written(&analysis)
            });
        }
    }
}

/// `full`: the model and task that have predictions are compared at one label
/// fraction, in blocks that are scored again or expanded to first order.
fn with_cases(source: &Predictions, metric: &str) -> String {
    let mut metrics = metrics();
    for of in &mut metrics {
        of.cells.retain(|c| c.task == "chest" && c.model == "resnet50" && c.label_fraction == 1.0);
    }
    let options = CompareOptions { metric: Metric::named(metric), ..options() };
    let mut analysis = Analysis::of(&metrics, &[], &options).expect("an analysis");
    analysis.add_cases(source);
    assert!(analysis.cases.iter().all(|row| row.over_both.is_some()), "{:?}", analysis.cases[0]);
    assert_eq!(analysis.classes.is_empty(), metric != "auc");
    written(&analysis)
}

#[test]
fn cases_scored_again() {
    let source = Predictions::of(60, 20, 2);
    same("AUC over cases", || with_cases(&source, "auc"));
    same("accuracy over cases", || with_cases(&source, "accuracy"));
}

#[test]
fn cases_to_first_order() {
    // 16 runs x 2 classes x 70,000 cases are more than is scored again.
    let source = Predictions::of(70_000, 500, 2);
    same("AUC to first order", || {
        let text = with_cases(&source, "auc");
        assert!(text.contains("first order in the cases"));
        text
    });
}

#[test]
fn methods_that_resample() {
    let x: Vec<f64> = (0..40).map(|i| noise(&[1, i])).collect();
    let y: Vec<f64> = (0..40).map(|i| noise(&[2, i]) + 0.2).collect();
    let labels: Vec<bool> = (0..40).map(|i| i % 3 == 0).collect();
    let rows: Vec<Vec<f64>> = (0..12).map(|i| (0..5).map(|j| noise(&[i, j])).collect()).collect();
    same("the methods of stats", || {
        let mut text = String::new();
        let mut say = |what: &dyn std::fmt::Debug| {
            let _ = writeln!(text, "{what:?}");
        };
        say(&Bootstrap::draw(&x, 300, 1, median).interval(Method::Bca, 0.95));
        say(&Bootstrap::draw_mean(&x, 300, 1).interval(Method::Basic, 0.95));
        say(&paired_difference(&x, &y, 300, 2, median).interval(Method::Percentile, 0.9));
        say(&studentized_mean(&x, 300, 3, 0.95));
        let effort = permutation::Effort { exact_up_to: 1000, draws: 2000, seed: 5 };
        say(&permutation::paired(&x, &y, &effort));
        say(&permutation::independent(&x, &y, &effort));
        say(&permutation::paired(&x[..9], &y[..9], &effort));
        for sampling in [Sampling::AllCases, Sampling::WithinClasses] {
            let drawn = auc_bootstrap(&[&x, &y], &labels, sampling, 300, 6);
            say(&drawn);
            say(&drawn.any().map(|drawn| drawn.difference(0, 1, Method::Bca, 0.95)));
        }
        say(&auc_matrix(&[&x, &y], &labels));
        let rules = Rules { smaller_is_better: false, missing: 0.0, alpha: 0.05 };
        for scheme in [Scheme::RankThenMean, Scheme::TestThenRank(Some(Adjustment::Holm))] {
            say(&ranking_stability::stability(&rows, &rules, scheme, 100, 7));
        }
        say(&bayes_sign::bayes_sign(&x, &y, 0.05, 500, 8));
        say(&bayes_signed_rank::bayes_signed_rank(&x, &y, 0.05, 500, 8));
        if let Some(scores) = Scores::of_runs(&rows).any() {
            say(&rliable::intervals(scores, 1.0, 200, 9, 0.95));
            say(&rliable::profile_band(scores, &[-0.5, 0.0, 0.5], 200, 9, 0.95));
            say(&rliable::improvement_interval(scores, scores, 200, 9, 0.95));
        }
        let setting = Setting {
            shape: Shape::Exponential,
            n: 6,
            confidence: 0.95,
            simulations: 40,
            resamples: 60,
            seed: 10,
        };
        say(&simulate(&setting));
        text
    });
}
