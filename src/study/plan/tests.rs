use super::*;
use crate::spec::{RunId, RunKind};
use crate::study::tests::{STUDY, options, parsed, planned};

fn ids(plan: &Plan) -> Vec<RunId> {
    plan.runs.iter().map(RunSpec::id).collect()
}

#[test]
fn a_plan_writes_what_was_asked_for() {
    let (dir, plan) = planned();
    assert_eq!(plan.dir.read_study().expect("a record"), plan.record);
    assert_eq!(plan.record.runs, ids(&plan));
    assert_eq!(plan.runs.iter().filter(|run| run.kind == RunKind::Pretraining).count(), 2);
    for run in &plan.runs {
        let folder = plan.dir.run(&run.id());
        assert_eq!(folder.read_spec().expect("a specification"), *run);
        assert_eq!(run.data_hash.len(), 64, "prepared, not guessed");
    }
    assert_eq!(plan.record.data_hashes.len(), 2);
    assert!(dir.path().join("cache").is_dir());
}

#[test]
fn a_second_plan_gives_the_same_runs() {
    let (dir, first) = planned();
    let mut notes = Vec::new();
    let mut note = |text: &str| notes.push(text.to_string());
    let again = plan(&parsed(STUDY), &options(dir.path()), &mut note).expect("a plan");
    assert_eq!(ids(&again), ids(&first));
    assert_eq!(notes.len(), 2, "{notes:?}");
}

#[test]
fn a_changed_study_keeps_the_runs_it_shares() {
    let (dir, first) = planned();
    let planned = |text: &str| plan(&parsed(text), &options(dir.path()), &mut |_| {});
    let more = planned(&STUDY.replace("seeds = [1, 2]", "seeds = [1, 2, 3]")).expect("a plan");
    assert!(ids(&first).iter().all(|id| ids(&more).contains(id)));
    assert_eq!(more.runs.len(), first.runs.len() / 2 * 3);
    let other = planned(&STUDY.replace("epochs = 1", "epochs = 2")).expect("a plan");
    assert!(ids(&first).iter().all(|id| !ids(&other).contains(id)));
}

#[test]
fn a_folder_of_another_study_is_refused() {
    let (dir, _) = planned();
    let other = parsed(&STUDY.replace("name = \"s\"", "name = \"t\""));
    let error = plan(&other, &options(dir.path()), &mut |_| {}).expect_err("an error").to_string();
    assert!(error.contains("\"s\"") && error.contains("\"t\""), "{error}");
}

#[test]
fn data_that_cannot_be_learned_from_stop_the_plan() {
    let dir = tempfile::tempdir().expect("a folder");
    // One training image cannot show all four groups.
    let few = parsed(&STUDY.replace("train = 24", "train = 1"));
    let error = plan(&few, &options(dir.path()), &mut |_| {}).expect_err("an error").to_string();
    assert!(error.contains("task source") && error.contains("cannot be learned"), "{error}");
    assert!(!dir.path().join("s/study.json").exists());
}

#[test]
fn missing_weights_and_models_are_named() {
    let dir = tempfile::tempdir().expect("a folder");
    for (init, part) in [
        ("weights = \"gone.pth\"", "gone.pth"),
        ("zoo = \"swav\"", "zoo fetch swav"),
        ("zoo = \"local:mine\"", "mine"),
    ] {
        let study = parsed(&STUDY.replace("random = true", init));
        let error = plan(&study, &options(dir.path()), &mut |_| {}).expect_err("an error");
        let error = error.to_string();
        assert!(error.contains("init random") && error.contains(part), "{error}");
    }
}
