//! What results say by themselves: scores, spread, tests, what is missing.

use std::collections::BTreeSet;

use super::known::{Known, Labels};
use crate::compare::interval_title;
use crate::report::load::ReportInput;
use crate::scores::{TestSets, Unit};
use crate::spec::FamilyAdjustment;
use crate::text::{listed, percent};

fn has(labels: &Labels, label: &str) -> bool {
    labels.contains(label)
}

fn counted(n: usize, one: &str, several: &str) -> String {
    if n == 1 { format!("one {one}") } else { format!("{n} {several}") }
}

pub(super) fn objectives(input: &ReportInput) -> Known {
    let claims = input.analysis.claims.len();
    let compared = &input.comparisons[0].options.factors;
    if claims == 0 {
        return Known::unknown(format!(
            "the input states no claim; compared are {}",
            compared.plural()
        ));
    }
    Known::whole(
        format!("{} with a verdict each", counted(claims, "stated claim", "stated claims")),
        &["claims", "tab-claims"],
    )
    .leaving("the aim of the study")
}

/// Least and most of some counts: `5`, `4 to 5`.
fn range(counts: impl Iterator<Item = usize> + Clone) -> Option<String> {
    match (counts.clone().min(), counts.max()) {
        (Some(least), Some(most)) if least == most => Some(most.to_string()),
        (Some(least), Some(most)) => Some(format!("{least} to {most}")),
        _ => None,
    }
}

pub(super) fn sample_size(input: &ReportInput) -> Known {
    let main = &input.comparisons[0];
    let metric = &main.options.metric;
    let Some(n) = range(main.cells.iter().map(|cell| cell.n).filter(|n| *n > 0)) else {
        return Known::unknown(format!("no result has a value of {}", metric.title()));
    };
    let unit = if n == "1" { main.unit().singular() } else { main.unit().word() };
    let mut said = format!("each mean rests on {n} {unit}");
    let found = || main.rows.iter().filter_map(|row| row.detectable);
    let (least, most) =
        (found().fold(f64::INFINITY, f64::min), found().fold(f64::NEG_INFINITY, f64::max));
    if least.is_finite() && most.is_finite() {
        let shown = [least, most].map(|value| metric.with_unit(Some(value)));
        let from_to = if shown[0] == shown[1] {
            shown[0].clone()
        } else {
            format!("from {} to {}", shown[0], shown[1])
        };
        said += &format!(
            "; the smallest difference in {} that a comparison finds with {} power is {from_to}",
            metric.title(),
            percent(crate::compare::POWER)
        );
    }
    let never = main.rows.iter().filter(|row| row.cannot.is_some()).count();
    if never > 0 {
        said += &format!(
            "; in {} no difference, however large, could become significant",
            counted(never, "comparison", "comparisons")
        );
    }
    Known::whole(said, &["tab-summary", "tab-tests"]).leaving("how this size came about")
}

pub(super) fn missing(input: &ReportInput) -> Known {
    let mut said = Vec::new();
    let (missing, problems) = (input.missing(), input.problems.len());
    if input.study.is_some() {
        said.push(match problems {
            0 => format!("each of the {} runs of the study has results", input.runs.len()),
            n => format!(
                "{} of {} have no results; their means rest on the others, and nothing is put in \
                 their place",
                counted(n, "run", "runs"),
                input.runs.len()
            ),
        });
    }
    if missing > 0 {
        said.push(format!(
            "{} without a value, left out of the means and named",
            counted(missing, "result", "results")
        ));
    } else if input.study.is_none() {
        said.push("every result that counts has a value".into());
    }
    let unequal = unequal(input);
    if unequal > 0 {
        said.push(format!(
            "{} rest on fewer values than the others",
            counted(unequal, "mean", "means")
        ));
    }
    Known::whole(said.join("; "), &["failures", "results"])
        .leaving("missing images, labels and clinical data before the results")
}

/// Cells with fewer values than the fullest.
fn unequal(input: &ReportInput) -> usize {
    let main = &input.comparisons[0];
    if main.unit() == Unit::Cases {
        return 0;
    }
    let most = main.cells.iter().map(|cell| cell.n).max().unwrap_or(0);
    main.cells.iter().filter(|cell| cell.n < most).count()
}

fn metric_words(input: &ReportInput) -> String {
    let metrics: Vec<String> =
        input.comparisons.iter().map(|c| c.options.metric.in_full()).collect();
    metrics.join("; ")
}

pub(super) fn metrics(input: &ReportInput) -> Known {
    Known::whole(metric_words(input), &["methods", "definitions", "other-metrics"])
        .leaving("why these suit the clinical question")
}

/// Intervals and tests in words; none where there is neither.
fn uncertainty(input: &ReportInput) -> Option<String> {
    let main = &input.comparisons[0];
    let options = &main.options;
    let mut said = Vec::new();
    if main.cells.iter().any(|cell| cell.interval.is_some()) {
        let how = match main.unit() {
            Unit::Cases => main.interval_words(),
            _ => interval_title(options.interval).to_string(),
        };
        said.push(format!(
            "{} intervals ({how}) over {}",
            percent(options.confidence),
            main.unit().word()
        ));
    }
    if main.family_size > 0 {
        let tests = counted(main.family_size, "test", "tests");
        let adjusted = match options.adjustment {
            FamilyAdjustment::None => "not adjusted".into(),
            other => format!("adjusted after {}", other.title()),
        };
        said.push(format!(
            "{tests} of {}, {adjusted}, alpha {}",
            options.metric.title(),
            options.alpha
        ));
    }
    (!said.is_empty()).then(|| said.join("; "))
}

pub(super) fn statistics(input: &ReportInput) -> Known {
    match uncertainty(input) {
        Some(said) => Known::whole(said, &["methods", "ledger"]),
        None => Known::unknown(
            "the input has one value of each and no spread: there is no interval and no test",
        ),
    }
}

pub(super) fn evaluation(input: &ReportInput, labels: &Labels) -> Known {
    let mut said = vec![metric_words(input)];
    if has(labels, "curves") {
        said.push("ROC and precision-recall curves".into());
    }
    let calibrated = has(labels, "calibration");
    if calibrated {
        said.push("calibration: reliability diagrams with the expected calibration error".into());
    }
    said.extend(uncertainty(input));
    let at = ["methods", "definitions", "curves", "calibration", "ledger"];
    let left = if calibrated {
        "clinical utility, where it was looked at, and why these measures"
    } else {
        "calibration (the input has no probabilities to judge it by) and clinical utility, where \
         they were looked at, and why these measures"
    };
    Known::whole(said.join("; "), &at).leaving(left)
}

pub(super) fn robustness(input: &ReportInput) -> Known {
    let analysis = &input.analysis;
    let panels: usize = analysis.claims.iter().map(|claim| claim.panel.alternatives.len()).sum();
    let mut said = Vec::new();
    if panels > 0 {
        said.push(format!(
            "{} of {} by another test, adjustment, metric or without a task",
            counted(panels, "further analysis", "further analyses"),
            counted(analysis.claims.len(), "claim", "claims")
        ));
    }
    let others = input.comparisons.len() - 1;
    if others > 0 {
        said.push(format!(
            "the same comparisons by {}",
            counted(others, "other metric", "other metrics")
        ));
    }
    if !analysis.cases.is_empty() {
        said.push("differences by source of variance, seeds and test cases".into());
    }
    if said.is_empty() {
        return Known::nothing();
    }
    Known::whole(said.join("; "), &["claims", "other-metrics", "variance"])
        .leaving("robustness to other images")
}

/// What results say of groups: those of classes and of test sets, and none of
/// patients.
pub(super) fn subgroups(input: &ReportInput, labels: &Labels) -> Known {
    const PATIENTS: &str = "results by groups of patients (age, sex, site) and fairness: the input \
                            has none";
    let mut said = Vec::new();
    if !input.classes.is_empty() {
        said.push(format!(
            "means of {} for {}",
            input.comparisons[0].options.metric.title(),
            counted(input.classes.len(), "class", "classes")
        ));
    }
    if !input.analysis.classes.is_empty() {
        said.push("comparisons on single classes".into());
    }
    let sets = further_sets(input);
    if !sets.is_empty() {
        said.push(format!("results on further test sets: {}", listed(&sets)));
    }
    if said.is_empty() {
        return Known::unknown(PATIENTS);
    }
    let at: Vec<&'static str> = ["tab-classes", "variance", "test-sets"]
        .into_iter()
        .filter(|label| has(labels, label))
        .collect();
    Known::whole(said.join("; "), &at).leaving(PATIENTS)
}

/// Test sets that stand beside the tasks' own.
fn further_sets(input: &ReportInput) -> Vec<String> {
    let main = &input.comparisons[0];
    let cells = || main.cells.iter().map(|summary| &summary.cell);
    let sets = TestSets::of(cells(), &main.options.factors);
    let found: BTreeSet<String> = cells()
        .filter(|cell| !sets.is_own(cell))
        .filter_map(|cell| sets.further(&main.options.factors.block(cell)).map(String::from))
        .collect();
    found.into_iter().collect()
}

pub(super) fn internal(input: &ReportInput) -> Known {
    if input.study.is_none() {
        return Known::unknown("the input does not say what its test cases are");
    }
    let tasks: BTreeSet<&str> =
        input.comparisons[0].cells.iter().map(|summary| summary.cell.task.as_str()).collect();
    Known::whole(
        format!(
            "each network was tested on the test cases of its own task ({})",
            counted(tasks.len(), "task", "tasks")
        ),
        &["results", "tab-summary"],
    )
}

pub(super) fn external(input: &ReportInput) -> Known {
    let sets = further_sets(input);
    if !sets.is_empty() {
        return Known::whole(
            format!("results on further test sets: {}", listed(&sets)),
            &["test-sets", "results"],
        )
        .leaving("how these differ from the training data");
    }
    Known::unknown(if input.study.is_some() {
        "no further test set was given: all results are on the tasks' own test cases"
    } else {
        "the input does not say whether its test cases come from elsewhere"
    })
}

pub(super) fn performance(input: &ReportInput, labels: &Labels) -> Known {
    let main = &input.comparisons[0];
    let metric = main.options.metric.title();
    let cells = main.cells.iter().filter(|cell| cell.mean.is_some()).count();
    if cells == 0 {
        return Known::unknown(format!("no result has a value of {metric}"));
    }
    let with = main.cells.iter().filter(|cell| cell.interval.is_some()).count();
    let means = if main.of_test_set() {
        counted(cells, "score", "scores")
    } else {
        counted(cells, "mean", "means")
    };
    let mut said = if with == cells {
        format!(
            "{means} of {metric}, each with its {} interval over {}",
            percent(main.options.confidence),
            main.unit().word()
        )
    } else if with == 0 {
        format!("{means} of {metric}, without an interval")
    } else {
        format!("{means} of {metric}, {with} of them with an interval")
    };
    if has(labels, "curves") {
        said += "; ROC curves";
    }
    if has(labels, "calibration") {
        said += "; calibration";
    }
    let mut left = vec!["performance in key subgroups of patients"];
    if main.unit() != Unit::Cases && input.analysis.cases.is_empty() {
        left.push("uncertainty over test cases: these intervals are over runs");
    }
    Known::whole(said, &["tab-summary", "tab-tests", "curves", "calibration"])
        .leaving(left.join("; "))
}

pub(super) fn cross_tabulation(labels: &Labels) -> Known {
    if has(labels, "fig-confusion") {
        return Known::whole("calls by truth, class by class", &["fig-confusion"]);
    }
    Known::unknown("the input has no calls of single cases to tabulate")
}

pub(super) fn failures(input: &ReportInput, labels: &Labels) -> Known {
    let mut said = Vec::new();
    if has(labels, "fig-confusion") {
        said.push("calls by truth, class by class".to_string());
    }
    if !input.problems.is_empty() {
        said.push(format!(
            "{} without results, with the reasons",
            counted(input.problems.len(), "run", "runs")
        ));
    }
    if said.is_empty() {
        return Known::nothing();
    }
    Known::whole(said.join("; "), &["fig-confusion", "tab-failures"])
        .leaving("what misclassified cases have in common")
}

pub(super) fn limits(input: &ReportInput) -> Known {
    let main = &input.comparisons[0];
    let open = main
        .rows
        .iter()
        .filter(|row| row.verdict == Some(crate::scores::Verdict::Inconclusive))
        .count();
    let mut said = Vec::new();
    if open > 0 {
        said.push(format!("{open} of {} comparisons stay open", main.rows.len()));
    }
    match main.unit() {
        Unit::Cases => said.push(
            "intervals are over test cases and say nothing of what further training runs would give"
                .into(),
        ),
        _ if main.cells.iter().any(|cell| cell.interval.is_some()) => said.push(
            "intervals of means are over runs and say nothing of other patients, hospitals or devices".into(),
        ),
        _ => {}
    }
    if said.is_empty() {
        return Known::nothing();
    }
    Known::whole(said.join("; "), &["tab-tests", "results"])
        .leaving("bias in the data, and how far the results carry")
}

pub(super) fn protocol(input: &ReportInput) -> Known {
    match &input.study {
        Some(record) => Known::whole(
            format!(
                "the study file with all defaults is in the page (SHA-256 {})",
                record.study_sha256
            ),
            &["provenance"],
        )
        .leaving("where a study protocol is, or that there is none"),
        None => Known::nothing(),
    }
}
