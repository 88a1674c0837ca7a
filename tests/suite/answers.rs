//! Tables that version 0.1.0 answered wrongly, with the right answers.
//!
//! The tables lie in `tests/golden/cases`; p-values and differences were computed
//! with scipy or by enumeration, as the comments say.

use std::path::{Path, PathBuf};

use transfolio::compare::claims::ClaimVerdict;
use transfolio::compare::{Analysis, ComparisonRow, Design, TestKind};
use transfolio::frame::{Reading, Results};
use transfolio::prelude::{Compare, DesignChoice, FamilyScope, TestFamily, Verdict};
use transfolio::report;
use transfolio::scores::MetricRules;
use transfolio::spec::load_claims;

fn case(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/cases").join(name)
}

fn compare(name: &str) -> Compare {
    Compare::from_csv(case(name)).expect("read")
}

fn with_claims(name: &str, compare: impl Fn(Compare) -> Compare) -> Analysis {
    let claims = load_claims(&case(&format!("{name}.toml"))).expect("claims");
    let table = self::compare(&format!("{name}.csv")).claims(claims);
    compare(table).run().expect("compared")
}

fn row<'a>(analysis: &'a Analysis, level: &str, reference: &str) -> &'a ComparisonRow {
    analysis.row(level, reference).expect("the pair")
}

fn near(got: Option<f64>, want: f64, tolerance: f64) {
    let got = got.expect("a number");
    assert!((got - want).abs() <= tolerance, "{got} is not {want}");
}

/// scipy: `ttest_rel` of hd95.
#[test]
fn a_smaller_distance_is_better() {
    let analysis = compare("lower-is-better.csv").run().expect("compared");
    let row = row(&analysis, "imagenet", "random");
    assert_eq!(row.verdict, Some(Verdict::Better));
    near(row.difference, -3.70, 1e-9);
    near(row.p, 0.000_74, 5e-6);
    let text = analysis.to_string();
    assert!(text.contains("lower is better") && text.contains("-3.70"), "{text}");
}

/// By enumeration: all blocks agree, 6 of 36 and 6 of 216 arrangements.
#[test]
fn friedman_of_few_tasks_is_exact() {
    for (name, p) in
        [("friedman-two-tasks.csv", 1.0 / 6.0), ("friedman-three-tasks.csv", 1.0 / 36.0)]
    {
        let results = Results::open(&case(name), &Reading::default()).expect("read");
        let options = report::options(&results, None, &MetricRules::default()).expect("options");
        let input = report::load(&results, &options, &[]).expect("computed");
        let ranking = input.ranking.expect("a ranking");
        near(ranking.test_number().map(|(_, p)| p), p, 1e-12);
        assert_eq!(ranking.entries[0].test, Some(TestKind::FriedmanExact));
        assert!(!ranking.test_words(0.05).contains("0.0001"), "{}", ranking.test_words(0.05));
    }
}

/// 2 / 2^5 = 0.0625 is the least p of five pairs; six could be significant.
#[test]
fn a_test_that_cannot_become_significant_says_so() {
    let analysis =
        compare("wilcoxon-five-seeds.csv").test(TestFamily::Wilcoxon).run().expect("run");
    let row = row(&analysis, "y", "x");
    assert_eq!((row.p, row.detectable), (Some(0.0625), None));
    assert_eq!(row.further_runs, Some(1));
    let why = row.cannot.as_deref().expect("a reason");
    assert!(why.contains("it takes 6 pairs"), "{why}");
    assert!(analysis.comparison.notes.iter().any(|note| note.contains("it takes 6 pairs")));
    // A t test of the same seeds has no such limit.
    let by_t = compare("wilcoxon-five-seeds.csv").run().expect("run");
    assert!(by_t.row("y", "x").is_some_and(|row| row.cannot.is_none() && row.detectable.is_some()));
}

#[test]
fn a_lost_run_costs_its_block_and_not_the_claim() {
    let analysis = with_claims("claim-one-lost-run", |compare| compare);
    let claim = &analysis.claims[0];
    assert_eq!(claim.verdict, Some(ClaimVerdict::Supported));
    assert_eq!(claim.blocks.len(), 2);
    assert!(claim.notes.iter().any(|note| note.contains("c / m")), "{:?}", claim.notes);
}

#[test]
fn table_and_claim_call_the_same_difference_equivalent() {
    let analysis = with_claims("equivalence", |compare| compare.margin(0.008));
    let row = row(&analysis, "y", "x");
    assert_eq!(row.verdict, Some(Verdict::Equivalent));
    assert_eq!(analysis.claims[0].verdict, Some(ClaimVerdict::Supported));
    assert_eq!(row.adjusted_equivalence_p, analysis.claims[0].adjusted_p);
}

#[test]
fn each_analysis_of_the_panel_shows_its_own_estimate() {
    let analysis = with_claims("hartung-knapp", |compare| compare);
    let panel = &analysis.claims[0].panel;
    let pooled = panel.alternatives.iter().find(|a| a.variant.contains("Hartung"));
    near(pooled.and_then(|pooled| pooled.estimate), 0.0568, 5e-5);
    near(analysis.claims[0].estimate, 0.0603, 5e-5);
}

#[test]
fn seeds_shared_in_part_are_used_by_a_stated_design() {
    let of = |design| {
        let analysis = compare("partly-shared-seeds.csv").design(design).run().expect("compared");
        let row = row(&analysis, "imagenet", "random");
        (row.design, row.test, row.n)
    };
    assert_eq!(of(DesignChoice::Auto), (Design::Partial, TestKind::PartlyPairedT, [5, 5]));
    assert_eq!(of(DesignChoice::Partial), (Design::Partial, TestKind::PartlyPairedT, [5, 5]));
    assert_eq!(of(DesignChoice::Independent), (Design::Independent, TestKind::WelchT, [5, 5]));
    assert_eq!(of(DesignChoice::Shared), (Design::Paired, TestKind::PairedT, [2, 2]));
    let ranks = compare("partly-shared-seeds.csv").test(TestFamily::Wilcoxon).run().expect("run");
    assert_eq!(row(&ranks, "imagenet", "random").n, [5, 5]);
}

#[test]
fn percent_is_known_as_such() {
    let analysis = compare("percent-scale.csv").run().expect("compared");
    let metric = &analysis.comparison.options.metric;
    assert_eq!((metric.axis().as_str(), metric.decimals), ("accuracy (%)", 2));
    let mean = analysis.comparison.cells[0].mean;
    assert_eq!(metric.text(mean).split('.').nth(1).map(str::len), Some(2));
}

/// An effect of four standard deviations on sixty tasks: no single test of three
/// seeds survives 720 of them, the answer over tasks does.
#[test]
fn the_answer_over_tasks_comes_before_single_tests() {
    let mut csv = String::from("task,model,init,seed,metric,value\n");
    for at in 0..60 * 4 * 3 {
        let (task, init, seed) = (at / 12, at / 3 % 4, at % 3);
        let noise = 0.001 * f64::from((at * at + 7 * at) % 101) / 50.0;
        let value = 0.6 + 0.002 * f64::from(task) + 0.01 * f64::from(init) + noise;
        csv += &format!("t{task},m,i{init},{seed},auc,{value}\n");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sixty.csv");
    std::fs::write(&path, csv).expect("written");
    let analysis = Compare::from_csv(&path).expect("read").run().expect("compared");
    let pooled = &analysis.pooled.as_ref().expect("an answer").pooled;
    assert_eq!(pooled.len(), 6);
    assert!(pooled.iter().all(|p| p.k == 60 && p.verdict == Some(Verdict::Better)));
    assert!(pooled.iter().all(|p| p.favourable(1.0) == (60, 60)));
    let page = page_of(&path);
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is nowhere"));
    assert!(at("i3 is the best of the") < at("id=\"tab-tests\""));
    assert!(at("random effects over") < at("id=\"tab-map\""));
}

/// Every label of the program's words was resolved.
fn page_of(path: &Path) -> String {
    let results = Results::open(path, &Reading::default()).expect("read");
    let options = report::options(&results, None, &MetricRules::default()).expect("options");
    let input = report::load(&results, &options, &[]).expect("computed");
    let page = report::render(&input, &report::Templates::default()).expect("a page");
    let text = page.split("<script").next().unwrap_or_default();
    assert!(!text.contains("[[tab-") && !text.contains("[[fig-"), "a label stands as text");
    page
}

/// One task and four models: nothing to pool, yet the mean over models answers.
#[test]
fn a_single_task_has_an_answer_too() {
    let mut csv = String::from("task,model,init,seed,metric,value\n");
    for at in 0..4 * 3 * 4 {
        let (model, init, seed) = (at / 12, at / 4 % 3, at % 4);
        let noise = 0.001 * f64::from((at * at + 7 * at) % 101) / 50.0;
        let value = 0.6 + 0.01 * f64::from(model) + 0.01 * f64::from(init) + noise;
        csv += &format!("t,m{model},i{init},{seed},auc,{value}\n");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("one.csv");
    std::fs::write(&path, csv).expect("written");
    let analysis = Compare::from_csv(&path).expect("read").run().expect("compared");
    let answer = analysis.pooled.as_ref().expect("an answer");
    assert_eq!(answer.heading(), "Overall");
    assert!(answer.pooled.iter().all(|p| p.verdict.is_none()));
    assert!(answer.pooled.iter().all(|p| p.overall_verdict() == Some(Verdict::Better)));
    let told = answer.footnotes();
    assert_eq!(told.iter().filter(|note| note.contains("the only task")).count(), 1, "{told:?}");
    let page = page_of(&path);
    assert!(page.contains("i2 is the best of the") && !page.contains("Over all tasks"));
}

#[test]
fn families_are_what_the_user_declares() {
    let sizes = |family| {
        let analysis = compare("partly-shared-seeds.csv").family(family).run().expect("compared");
        analysis.comparison.families
    };
    assert_eq!(sizes(FamilyScope::Metric), [("AUC, all comparisons".to_string(), 36)]);
    let of_tasks = sizes(FamilyScope::Task);
    assert_eq!((of_tasks.len(), of_tasks[0].1), (6, 6));
    let questions = sizes(FamilyScope::Question);
    assert_eq!((questions.len(), questions[0].1), (3, 12));
    let one = compare("partly-shared-seeds.csv").family(FamilyScope::Question).run().expect("run");
    let all = compare("partly-shared-seeds.csv").run().expect("run");
    let (one, all) = (row(&one, "own", "imagenet"), row(&all, "own", "imagenet"));
    assert!(one.adjusted_p < all.adjusted_p && one.p == all.p);
    let width = |row: &ComparisonRow| row.simultaneous.as_ref().map(|i| i.high - i.low);
    assert!(width(one) < width(all));
}
