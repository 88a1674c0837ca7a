//! One of each figure as a reviewed snapshot, with names that would run or break
//! something if they were not escaped.

use transfolio::figures::*;

/// A method called as if to attack the page.
const HOSTILE: &str = "<img src=x onerror=alert(1)> ]]>";

fn names() -> Vec<String> {
    ["random", "ImageNet-1K", HOSTILE, "iNat2021, fine labels"].map(String::from).to_vec()
}

/// The picture, a tag to a line.
fn picture(figure: Option<Figure>) -> String {
    let svg = figure.expect("a figure").inline("figure", &Numbers::new("figure"));
    assert!(!svg.contains("<img") && !svg.contains("NaN"), "not escaped, or no number");
    svg.replace("><", ">\n<")
}

/// A wave between 0 and 1 that looks like noise and is the same everywhere.
fn wave(i: usize) -> f64 {
    let turned = (i * 7919 + 104_729) % 1009;
    turned as f64 / 1009.0
}

fn forest() -> ForestPlotInput {
    let row = |label: &str, difference: f64, half: f64, verdict: &str| ForestRow {
        label: label.into(),
        difference,
        interval: Some((difference - half, difference + half)),
        verdict: verdict.into(),
    };
    let none = ForestRow {
        label: "retina at 1 %".into(),
        difference: f64::NAN,
        interval: None,
        verdict: "one seed: no interval".into(),
    };
    ForestPlotInput {
        decimals: 3,
        axis: "difference of AUC".into(),
        confidence: 0.95,
        margin: Some(0.01),
        groups: vec![
            ForestGroup {
                title: format!("{HOSTILE} against random"),
                rows: vec![
                    row("chest at 10 %", 0.052, 0.018, "better"),
                    row("chest at 100 %", 0.004, 0.005, "equivalent"),
                    row("breast ultrasound, the long name of it", -0.031, 0.044, "inconclusive"),
                    none,
                ],
                pooled: Some(row("pooled over 3 tasks", 0.017, 0.021, "inconclusive")),
            },
            ForestGroup {
                title: "fine against coarse".into(),
                rows: vec![row("chest", -0.02, 0.012, "worse")],
                pooled: None,
            },
        ],
    }
}

fn ranks() -> Vec<f64> {
    vec![3.6, 2.4, 1.4, 2.6]
}

fn critical() -> CriticalDifferenceInput {
    CriticalDifferenceInput {
        names: names(),
        average_ranks: ranks(),
        critical_difference: Some(1.48),
        groups: vec![vec![2, 1, 3], vec![1, 3, 0]],
        test: "Friedman p 0.012 over 10 tasks; Nemenyi at alpha 0.05".into(),
        test_number: Some(("friedman_p".into(), 0.0123)),
    }
}

fn heat_map() -> RankHeatMapInput {
    RankHeatMapInput {
        names: names(),
        counts: vec![vec![0, 2, 5, 23], vec![6, 12, 9, 3], vec![22, 5, 3, 0], vec![2, 11, 13, 4]],
        blocks: "30 runs of one seed on one task".into(),
    }
}

fn significance() -> SignificanceMapInput {
    let p = [
        [1.0, 0.16, 0.000_8, 0.31],
        [0.16, 1.0, 0.31, 0.99],
        [0.000_8, 0.31, 1.0, 0.16],
        [0.31, 0.99, 0.16, 1.0],
    ];
    SignificanceMapInput {
        names: names(),
        ranks: ranks(),
        p: p.map(Vec::from).to_vec(),
        alpha: 0.05,
        test: "Nemenyi over 10 tasks".into(),
    }
}

fn blob() -> BlobPlotInput {
    BlobPlotInput {
        names: names(),
        ranks: vec![4, 2, 1, 3],
        shares: vec![
            vec![0.0, 0.0, 0.08, 0.92],
            vec![0.1, 0.6, 0.28, 0.02],
            vec![0.88, 0.1, 0.02, 0.0],
            vec![0.02, 0.3, 0.62, 0.06],
        ],
        intervals: vec![(3.0, 4.0), (1.0, 3.0), (1.0, 2.0), (2.0, 4.0)],
        confidence: 0.95,
        resamples: "1000 resamples of the seeds of each task".into(),
    }
}

fn podium() -> PodiumInput {
    let score = |block: usize, method: usize| {
        0.7 + 0.05 * [0.0, 0.5, 1.0, 0.4][method] + 0.06 * wave(block * 4 + method)
    };
    let block = |b: usize| {
        (format!("task {}, seed {}", b / 5, b % 5), (0..4).map(|m| score(b, m)).collect())
    };
    PodiumInput {
        names: names(),
        blocks: (0..20).map(block).collect(),
        blocks_are: "runs of one seed on one task".into(),
        metric: "AUC".into(),
        smaller_is_better: false,
    }
}

fn profile() -> PerformanceProfileInput {
    let line = |(index, name): (usize, String)| {
        let levels: Vec<f64> = (0..=60).map(|i| 0.6 + f64::from(i) / 150.0).collect();
        let middle = 0.74 + 0.04 * index as f64;
        let share = |x: f64| (1.0 / (1.0 + ((x - middle) * 45.0).exp()) * 20.0).round() / 20.0;
        let shares: Vec<f64> = levels.iter().map(|x| share(*x)).collect();
        let band =
            shares.iter().map(|s| Some(((s - 0.08).max(0.0), (s + 0.08).min(1.0)))).collect();
        ProfileSeries { name, levels, shares, band }
    };
    PerformanceProfileInput {
        smaller_is_better: false,
        metric: "AUC".into(),
        decimals: 3,
        confidence: 0.95,
        runs: "20 runs over 4 tasks".into(),
        series: names().into_iter().enumerate().map(line).collect(),
    }
}

fn curves(kind: OperatingCurveKind) -> OperatingCurvesInput {
    let curve = |(index, name): (usize, String)| {
        let x: Vec<f64> = (0..=1000).map(|i| f64::from(i) / 1000.0).collect();
        let power = 0.16 + 0.1 * index as f64;
        let mean: Vec<f64> = match kind {
            OperatingCurveKind::Roc => x.iter().map(|v| v.powf(power)).collect(),
            OperatingCurveKind::PrecisionRecall => {
                x.iter().map(|v| 1.0 - 0.8 * v.powf(0.5 / power)).collect()
            }
        };
        let band =
            mean.iter().zip(&x).map(|(y, x)| (y - 0.2 * x * (1.0 - x), y + 0.05 * (1.0 - y)));
        OperatingCurve {
            name,
            band: band.collect(),
            x,
            mean,
            area: Some(0.93 - 0.07 * index as f64),
            seeds: 3,
        }
    };
    OperatingCurvesInput {
        kind,
        prevalence: Some(0.2),
        cases: 25_000,
        series: names().into_iter().enumerate().map(curve).collect(),
    }
}

fn reliability() -> ReliabilityInput {
    let line = |(index, name): (usize, String)| {
        let bin = |i: usize| {
            let (low, high) = (i as f64 / 10.0, (i + 1) as f64 / 10.0);
            let confidence = low + 0.05;
            let accuracy = confidence.powf(1.0 + 0.35 * index as f64);
            ReliabilityPoint {
                low,
                high,
                cases: 8 + 40 * i.abs_diff(4) * (index + 1),
                confidence,
                accuracy,
            }
        };
        ReliabilitySeries {
            name,
            expected_error: Some(0.03 * index as f64),
            seeds: 3,
            bins: (0..10).map(bin).collect(),
        }
    };
    ReliabilityInput {
        confidence: "probability of the label".into(),
        series: names().into_iter().enumerate().map(line).collect(),
    }
}

fn confusion() -> ConfusionMatrixInput {
    ConfusionMatrixInput {
        classes: vec!["normal".into(), "bacterial pneumonia".into(), HOSTILE.into()],
        counts: vec![vec![212, 18, 4], vec![31, 190, 65], vec![0, 44, 61]],
        seeds: 3,
    }
}

fn seeds(shape: SeedShape) -> SeedDistributionInput {
    let value = |group: usize, seed: usize| {
        0.72 + 0.03 * group as f64 + 0.05 * (wave(group * 97 + seed) + wave(group + seed * 31))
    };
    let group = |(index, name): (usize, String)| SeedGroup {
        name,
        series: index,
        values: (0..if index == 3 { 3 } else { 10 }).map(|s| (s as u64, value(index, s))).collect(),
    };
    SeedDistributionInput {
        shape,
        metric: "AUC".into(),
        decimals: 3,
        unit: transfolio::scores::Unit::Seeds,
        reference: Some(("published: 0.81".into(), 0.81)),
        groups: names().into_iter().enumerate().map(group).collect(),
    }
}

fn training() -> TrainingCurvesInput {
    let run = |method: usize, seed: usize| {
        let loss = |e: usize| {
            0.2 + 0.5 * (-(e as f64) / (4.0 + method as f64 * 2.0)).exp()
                + 0.04 * wave(e * 3 + seed * 11 + method)
        };
        let train: Vec<f64> = (0..20).map(loss).collect();
        let val = train.iter().enumerate().map(|(e, v)| v + 0.004 * e as f64).collect();
        TrainingRun {
            seed: seed as u64,
            train_loss: train,
            val_loss: val,
            best_epoch: Some(12 + seed as u32),
        }
    };
    let line = |(index, name): (usize, String)| TrainingSeries {
        name,
        runs: (0..3).map(|s| run(index, s)).collect(),
    };
    TrainingCurvesInput { series: names().into_iter().enumerate().map(line).collect() }
}

fn dose() -> DoseResponseInput {
    let level = |name: &str, classes, is_dose| DoseLevel { name: name.into(), classes, is_dose };
    let point = |mean: f64| {
        let values = vec![mean - 0.01, mean + 0.002, mean + 0.008];
        Some(DosePoint { mean, interval: Some((mean - 0.02, mean + 0.02)), values })
    };
    let line = |name: &str, means: [f64; 4]| DoseSeries {
        name: name.into(),
        points: means.map(point).to_vec(),
    };
    DoseResponseInput {
        metric: "AUC".into(),
        decimals: 3,
        confidence: 0.95,
        levels: vec![
            level("none", None, true),
            level("coarse", Some(2), true),
            level("fine", Some(14), true),
            level("self-supervised", None, false),
        ],
        series: vec![
            line("1 % of the labels", [0.62, 0.68, 0.74, 0.73]),
            line("10 % of the labels", [0.7, 0.75, 0.79, 0.8]),
            line("100 % of the labels", [0.8, 0.82, 0.83, 0.85]),
        ],
    }
}

fn cost() -> CostScoreInput {
    let point = |(index, name): (usize, String)| CostPoint {
        name,
        series: index,
        cost: [40.0, 55.0, 900.0, 420.0][index],
        score: [0.71, 0.78, 0.84, 0.77][index],
        interval: Some((
            [0.71, 0.78, 0.84, 0.77][index] - 0.02,
            [0.71, 0.78, 0.84, 0.77][index] + 0.02,
        )),
    };
    CostScoreInput {
        cost: "training time of a run in seconds".into(),
        metric: "AUC".into(),
        decimals: 3,
        smaller_is_better: false,
        points: names().into_iter().enumerate().map(point).collect(),
    }
}

#[test]
fn each_figure_is_as_reviewed() {
    let figures = [
        ("forest_plot", forest_plot(&forest())),
        ("critical_difference", critical_difference(&critical())),
        ("rank_heat_map", rank_heat_map(&heat_map())),
        ("significance_map", significance_map(&significance())),
        ("blob_plot", blob_plot(&blob())),
        ("podium_plot", podium_plot(&podium())),
        ("performance_profile", performance_profile(&profile())),
        ("roc", operating_curves(&curves(OperatingCurveKind::Roc))),
        ("precision_recall", operating_curves(&curves(OperatingCurveKind::PrecisionRecall))),
        ("reliability_diagram", reliability_diagram(&reliability())),
        ("confusion_matrix", confusion_matrix(&confusion())),
        ("seed_box", seed_distribution(&seeds(SeedShape::Box))),
        ("seed_violin", seed_distribution(&seeds(SeedShape::Violin))),
        ("seed_raincloud", seed_distribution(&seeds(SeedShape::Raincloud))),
        ("training_curves", training_curves(&training())),
        ("dose_response", dose_response(&dose())),
        ("cost_score", cost_score(&cost())),
    ];
    for (name, figure) in figures {
        insta::assert_snapshot!(name, picture(figure));
    }
}
