//! Reads golden files and applies their pass rule.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::case::{Got, number};
use super::report::{FileReport, Report};
use super::statistics;

/// What can go wrong before a case is checked.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum SelfcheckError {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path} holds no golden file (*.json with schema golden/1)")]
    Empty { path: PathBuf },
}

#[derive(Deserialize)]
struct File {
    schema: String,
    statistic: String,
    default_tolerance: Tolerance,
    cases: Vec<Case>,
}

#[derive(Clone, Copy, Deserialize)]
struct Tolerance {
    #[serde(default)]
    rtol: f64,
    #[serde(default)]
    atol: f64,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    input: Value,
    #[serde(default)]
    options: Value,
    status: String,
    expected: Map<String, Value>,
    tolerance: Option<Tolerance>,
}

/// In name order; a golden file that is part of the program has its line here.
const BUILTIN: &[&str] = &[
    include_str!("../../tests/golden/stats/bayes_signed_rank.json"),
    include_str!("../../tests/golden/stats/bootstrap_ci.json"),
    include_str!("../../tests/golden/stats/bootstrap_mc.json"),
    include_str!("../../tests/golden/stats/calibration.json"),
    include_str!("../../tests/golden/stats/cd_cliques.json"),
    include_str!("../../tests/golden/stats/challenge_ranking.json"),
    include_str!("../../tests/golden/stats/classification.json"),
    include_str!("../../tests/golden/stats/clustered_test.json"),
    include_str!("../../tests/golden/stats/concordance.json"),
    include_str!("../../tests/golden/stats/correlation.json"),
    include_str!("../../tests/golden/stats/delong_test.json"),
    include_str!("../../tests/golden/stats/distributions.json"),
    include_str!("../../tests/golden/stats/effect_sizes.json"),
    include_str!("../../tests/golden/stats/fairness.json"),
    include_str!("../../tests/golden/stats/friedman_exact.json"),
    include_str!("../../tests/golden/stats/friedman_posthoc.json"),
    include_str!("../../tests/golden/stats/hedges_g_interval.json"),
    include_str!("../../tests/golden/stats/hodges_lehmann_ci.json"),
    include_str!("../../tests/golden/stats/kruskal_levene_shapiro.json"),
    include_str!("../../tests/golden/stats/learning_curve.json"),
    include_str!("../../tests/golden/stats/mann_whitney_u.json"),
    include_str!("../../tests/golden/stats/mcnemar_cochran.json"),
    include_str!("../../tests/golden/stats/multiclass_auc.json"),
    include_str!("../../tests/golden/stats/nadeau_bengio_bayes_ttest.json"),
    include_str!("../../tests/golden/stats/p_adjust.json"),
    include_str!("../../tests/golden/stats/page_trend.json"),
    include_str!("../../tests/golden/stats/partially_overlapping.json"),
    include_str!("../../tests/golden/stats/permutation_tests.json"),
    include_str!("../../tests/golden/stats/proportion_ci.json"),
    include_str!("../../tests/golden/stats/random_effects.json"),
    include_str!("../../tests/golden/stats/regression_errors.json"),
    include_str!("../../tests/golden/stats/rliable.json"),
    include_str!("../../tests/golden/stats/roc_pr.json"),
    include_str!("../../tests/golden/stats/segmentation.json"),
    include_str!("../../tests/golden/stats/shaffer_pairwise.json"),
    include_str!("../../tests/golden/stats/shapiro_wilk.json"),
    include_str!("../../tests/golden/stats/sign_quade.json"),
    include_str!("../../tests/golden/stats/t_tests.json"),
    include_str!("../../tests/golden/stats/tost.json"),
    include_str!("../../tests/golden/stats/two_way_anova.json"),
    include_str!("../../tests/golden/stats/wilcoxon_signed_rank.json"),
];

/// Checks the cases that are part of the program.
pub fn builtin() -> Report {
    Report { files: BUILTIN.iter().map(|text| check(text, "built-in")).collect() }
}

/// Checks every `*.json` of a folder, in name order.
pub fn run(folder: &Path) -> Result<Report, SelfcheckError> {
    let read = |source| SelfcheckError::Read { path: folder.to_path_buf(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        if path.extension().is_some_and(|e| e == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(SelfcheckError::Empty { path: folder.to_path_buf() });
    }
    let mut report = Report::default();
    for path in paths {
        let text = std::fs::read_to_string(&path)
            .map_err(|source| SelfcheckError::Read { path: path.clone(), source })?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        report.files.push(check(&text, &name));
    }
    Ok(report)
}

fn check(text: &str, name: &str) -> FileReport {
    let skip = |reason: String| FileReport {
        name: name.to_string(),
        skipped: Some(reason),
        ..FileReport::default()
    };
    let file: File = match serde_json::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            // A file that cannot be read was not checked: that is no pass.
            return FileReport {
                name: name.to_string(),
                total: 1,
                mismatches: vec![format!("not a golden file: {error}")],
                ..FileReport::default()
            };
        }
    };
    if file.schema != "golden/1" {
        return skip(format!("schema {:?}, expected \"golden/1\"", file.schema));
    }
    let Some(evaluate) = statistics::evaluator(&file.statistic) else {
        return FileReport {
            name: file.statistic,
            ..skip("this statistic is not there yet".into())
        };
    };
    let mut report = FileReport { name: file.statistic, ..FileReport::default() };
    for case in &file.cases {
        report.total += 1;
        let tolerance = case.tolerance.unwrap_or(file.default_tolerance);
        let got = evaluate(&case.input, &case.options);
        match disagreement(case, &got, tolerance) {
            None => report.passed += 1,
            Some(text) if report.mismatches.len() < 5 => {
                report.mismatches.push(format!("{}: {text}", case.id));
            }
            Some(_) => {}
        }
    }
    report
}

fn disagreement(case: &Case, got: &Got, tolerance: Tolerance) -> Option<String> {
    let flagged = match case.status.as_str() {
        "undefined" => got.undefined,
        "degenerate" => got.undefined || got.degenerate,
        _ => !got.undefined && !got.degenerate,
    };
    if !flagged {
        return Some(format!("expected to be {}, and is not", case.status));
    }
    if case.status == "undefined" {
        return None;
    }
    case.expected.iter().find_map(|(key, want)| {
        let Some(value) = got.values.get(key) else { return Some(format!("{key} is missing")) };
        (!agree(value, want, tolerance)).then(|| format!("{key}: got {value}, want {want}"))
    })
}

/// `|got - want| <= atol + rtol |want|`, element by element, field by field.
fn agree(got: &Value, want: &Value, tolerance: Tolerance) -> bool {
    match (got, want) {
        (Value::Array(got), Value::Array(want)) => {
            got.len() == want.len() && got.iter().zip(want).all(|(g, w)| agree(g, w, tolerance))
        }
        (Value::Object(got), Value::Object(want)) => {
            want.iter().all(|(name, w)| got.get(name).is_some_and(|g| agree(g, w, tolerance)))
        }
        _ => match (number(got), number(want)) {
            (Some(g), Some(w)) if w.is_finite() => {
                (g - w).abs() <= tolerance.atol + tolerance.rtol * w.abs()
            }
            (Some(g), Some(w)) => g == w || (g.is_nan() && w.is_nan()),
            _ => got == want,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builtin_cases_pass() {
        let report = builtin();
        assert!(report.passed(), "{report}");
        assert_eq!(report.files.len(), BUILTIN.len());
        assert!(report.files.iter().all(|file| file.skipped.is_none() && file.total > 0));
    }

    #[test]
    fn a_wrong_number_is_found() {
        let adjusted = BUILTIN.iter().find(|text| text.contains("\"statistic\":\"p_adjust\""));
        let adjusted = adjusted.expect("p_adjust is built in");
        let spoilt = adjusted.replacen("\"holm\":[0.55", "\"holm\":[0.56", 1);
        assert!(spoilt != *adjusted);
        let report = check(&spoilt, "x");
        assert_eq!(report.passed + 1, report.total, "{:?}", report.mismatches);
    }

    #[test]
    fn an_unknown_statistic_is_skipped_by_name() {
        let text =
            r#"{"schema": "golden/1", "statistic": "new", "default_tolerance": {}, "cases": []}"#;
        let report = check(text, "file");
        assert_eq!((report.name.as_str(), report.skipped.is_some()), ("new", true));
    }
}
