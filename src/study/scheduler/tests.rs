use super::queue::TAKEN_UP;
use super::workers::spin_count;
use super::*;
use crate::records::Record;
use crate::spec::{InitSource, RunKind};
use crate::study::tests::{Quiet, planned};

fn options() -> RunOptions {
    RunOptions {
        program: "none".into(),
        cache_dir: "none".into(),
        jobs: 1,
        threads: 1,
        device: "cpu".into(),
        retry_failed: false,
        git: None,
        slot: None,
        only: None,
        gpus: Vec::new(),
    }
}

fn failed(permanent: bool) -> RunState {
    RunState::Failed { reason: "it diverged".into(), permanent }
}

/// Puts a run on record.
fn put(plan: &Plan, index: usize, state: RunState) {
    let run = &plan.runs[index];
    let dir = plan.dir.run(&run.id());
    record_failure(&dir, run, "for its form");
    let record = dir.read_record().expect("read").expect("a record");
    let files = (state == RunState::Done).then(Default::default);
    dir.write_record(&Record { state, files, ..record }).expect("written");
}

#[test]
fn runs_that_start_from_others_wait_for_them() {
    let (_dir, plan) = planned();
    let mut queue = Queue::new(&plan, &options()).expect("a queue");
    let next = |queue: &mut Queue| {
        let ready = queue.ready();
        for index in &ready {
            queue.begin(*index);
        }
        ready
    };
    let at_once: Vec<usize> = next(&mut queue);
    let free = |i: &usize| plan.runs[*i].init_source == InitSource::Random;
    assert!(at_once.iter().all(free) && queue.waiting.iter().all(|i| !free(i)));
    // The pretraining of the first seed is done: its runs are free, no others.
    assert_eq!(plan.runs[0].kind, RunKind::Pretraining);
    queue.done.insert(0);
    let then: Vec<usize> = next(&mut queue);
    assert!(!then.is_empty() && then.iter().all(|run| queue.source[run] == 0));
    assert!(!queue.waiting.is_empty());
}

#[test]
fn what_has_a_record_is_not_run_again() {
    let (_dir, plan) = planned();
    put(&plan, 0, RunState::Done);
    put(&plan, 1, failed(true));
    put(&plan, 2, failed(false));
    let weights = plan.dir.run(&plan.runs[0].id()).weights();
    std::fs::write(&weights, "weights").expect("written");
    let queue = Queue::new(&plan, &options()).expect("a queue");
    assert!(queue.waiting.contains(&2) && !queue.waiting.contains(&0));
    assert_eq!(queue.done.into_iter().collect::<Vec<_>>(), [0]);
    assert_eq!(queue.failed.into_iter().collect::<Vec<_>>(), [(1, "it diverged".to_string())]);
    // What may go better is run again, and its old record is gone once somebody has
    // the run: until then it may be that of others.
    let record = |index: usize| plan.dir.run(&plan.runs[index].id()).record();
    let mut queue = Queue::new(&plan, &options()).expect("a queue");
    assert!(record(2).is_file());
    let need = queue.prepare(&plan, 2, &mut Quiet::default()).expect("a look");
    assert!(need == Need::Run && !record(2).is_file());
    // A failure that somebody else had meanwhile is theirs to report.
    put(&plan, 2, RunState::Failed { reason: "of others".into(), permanent: false });
    let need = queue.prepare(&plan, 2, &mut Quiet::default()).expect("a look");
    assert!(need == Need::Failed("of others".into()) && record(2).is_file());
    put(&plan, 2, RunState::Done);
    let need = queue.prepare(&plan, 2, &mut Quiet::default()).expect("a look");
    assert!(need == Need::Nothing && record(2).is_file());
    std::fs::remove_file(record(2)).expect("removed");
    // Runs that wait start from these weights.
    std::fs::remove_file(&weights).expect("removed");
    let queue = Queue::new(&plan, &options()).expect("a queue");
    assert!(queue.waiting.contains(&0));
    let mut queue = queue;
    let need = queue.prepare(&plan, 0, &mut Quiet::default()).expect("a look");
    assert!(need == Need::Run && !record(0).is_file());
    let retry = RunOptions { retry_failed: true, ..options() };
    assert!(Queue::new(&plan, &retry).expect("a queue").waiting.contains(&1));
}

#[test]
fn a_damaged_record_counts_as_none_one_of_a_newer_version_does_not() {
    let (_dir, plan) = planned();
    let record = plan.dir.run(&plan.runs[0].id()).record();
    std::fs::write(&record, "{\"format\": 1, \"run\":").expect("written");
    let queue = Queue::new(&plan, &options()).expect("a queue");
    assert!(queue.waiting.contains(&0));
    let mut queue = queue;
    let need = queue.prepare(&plan, 0, &mut Quiet::default()).expect("a look");
    assert!(need == Need::Run && !record.is_file());
    std::fs::write(&record, "{\"format\": 99}").expect("written");
    assert!(Queue::new(&plan, &options()).is_err() && record.is_file());
}

#[test]
fn runs_whose_pretraining_failed_say_so() {
    let (_dir, plan) = planned();
    put(&plan, 0, failed(true));
    let mut queue = Queue::new(&plan, &options()).expect("a queue");
    let orphans = queue.source.values().filter(|source| **source == 0).count();
    let mut reporter = Quiet::default();
    queue.give_up_orphans(&plan, &mut reporter);
    assert!(orphans > 0 && reporter.ended.len() == orphans);
    let reason = format!("its pretraining run {} failed", plan.runs[0].id());
    assert!(reporter.ended.iter().all(|ended| *ended == reason));
    let outcome = queue.outcome(&plan);
    assert_eq!(outcome.failed.len(), orphans + 1);
    for (run, told) in outcome.failed.iter().filter(|(run, _)| *run != plan.runs[0].id()) {
        let record = plan.dir.run(run).read_record().expect("read").expect("a record");
        let expected = RunState::Failed { reason: told.clone(), permanent: false };
        assert_eq!((record.state, told), (expected, &reason));
    }
}

#[cfg(unix)]
#[test]
fn a_worker_that_a_signal_ends_is_taken_up_again_a_few_times() {
    use std::os::unix::process::ExitStatusExt;
    let status = std::process::ExitStatus::from_raw;
    assert_eq!((signal_of(status(9)), signal_of(status(15))), (Some(9), Some(15)));
    assert_eq!((signal_of(status(0)), signal_of(status(1 << 8))), (None, None));
    let (_dir, plan) = planned();
    let mut queue = Queue::new(&plan, &options()).expect("a queue");
    for _ in 0..TAKEN_UP {
        let next = queue.ready()[0];
        queue.begin(next);
        assert!(queue.starts_again(next));
    }
    let next = queue.ready()[0];
    queue.begin(next);
    assert!(!queue.starts_again(next) && !queue.waiting.contains(&next));
}

#[test]
fn too_little_memory_is_told_before_the_first_run() {
    let (_dir, mut plan) = planned();
    let queue = Queue::new(&plan, &options()).expect("a queue");
    for run in &mut plan.runs {
        run.recipe.batch_size = 4_000_000;
    }
    let error = check_memory(&plan, &queue, &options()).expect_err("an error").to_string();
    assert!(error.contains("GiB") && error.contains("recipe.batch_size"), "{error}");
    let cuda = RunOptions { device: "cuda:0".into(), ..options() };
    assert!(check_memory(&plan, &queue, &cuda).is_ok(), "the memory is another one there");
}

#[test]
fn jobs_that_share_cores_spin_less() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u32;
    assert_eq!(spin_count(1, cores), "100000");
    assert_eq!(spin_count(2, cores), "10000");
}
