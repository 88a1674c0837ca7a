//! The README's study file and CSV are what the program takes.

use std::path::Path;

use crate::program::run;

/// The fenced block that follows a marker in the README.
fn block(marker: &str) -> String {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"))
        .expect("a README");
    let after = text.split_once(marker).expect("the marker").1;
    let fenced = after.split_once("```").expect("a block").1;
    let body = fenced.split_once('\n').expect("a line").1;
    body.split_once("```").expect("an end").0.to_string()
}

#[test]
fn the_csv_of_the_readme_is_compared() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("results.csv"), block("<!-- csv -->")).expect("written");
    run(dir.path(), &["compare", "results.csv"]).expect(0).mentions(&["paired t test"]);
}

#[test]
fn the_claims_of_the_readme_are_judged() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("results.csv"), block("<!-- csv -->")).expect("written");
    std::fs::write(dir.path().join("claims.toml"), block("<!-- claims -->")).expect("written");
    run(dir.path(), &["compare", "results.csv", "--claims", "claims.toml"])
        .expect(0)
        .mentions(&["supported", "leave one seed out"]);
}

#[cfg(feature = "torch")]
#[test]
fn the_study_file_of_the_readme_is_a_study() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("study.toml"), block("<!-- study -->")).expect("written");
    run(dir.path(), &["run", "study.toml", "--dry-run"]).expect(0).mentions(&["runs", "target"]);
}
