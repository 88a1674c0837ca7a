use std::time::SystemTime;

use super::*;
use crate::records::StudyDir;
use crate::spec::RunId;

fn folder() -> (tempfile::TempDir, RunDir) {
    let dir = tempfile::tempdir().expect("a folder");
    let run = StudyDir::new(dir.path()).run(&RunId("0123456789abcdef".into()));
    (dir, run)
}

fn ours(run: &RunDir) -> Claim {
    match take(run, None).expect("tried") {
        Taken::Ours(claim, _) => *claim,
        Taken::Busy(owner) => panic!("held by {owner:?}"),
    }
}

/// A claim of another machine, written so long ago.
fn of_another(run: &RunDir, age: Duration) -> Owner {
    let mut owner = Owner::new(Some("17_4".into()));
    owner.process.host = "node2".into();
    fs::create_dir_all(run.root()).expect("a folder");
    fs::write(run.claim(), serde_json::to_vec(&owner).expect("JSON")).expect("written");
    let file = File::options().write(true).open(run.claim()).expect("opened");
    file.set_modified(SystemTime::now() - age).expect("dated");
    owner
}

#[test]
fn a_claim_says_who_and_is_nobody_elses_until_it_is_released() {
    let (_dir, run) = folder();
    let claim = match take(&run, Some("17_3")).expect("tried") {
        Taken::Ours(claim, None) => claim,
        other => panic!("{other:?}"),
    };
    let said = seen(&run).expect("read").expect("a claim").owner.expect("an owner");
    assert_eq!(said, claim.owner);
    assert_eq!((said.job.as_deref(), said.fallen), (Some("17_3"), 0));
    assert_eq!(said.process, Process::this());
    match take(&run, None).expect("tried") {
        Taken::Busy(Some(owner)) => assert_eq!(owner, said),
        other => panic!("{other:?}"),
    }
    claim.release();
    assert!(seen(&run).expect("read").is_none());
    let again = ours(&run);
    assert_ne!(again.owner.attempt, said.attempt);
    again.release();
    assert_eq!(fs::read_dir(run.root()).expect("a folder").count(), 0, "nothing is left");
}

#[test]
fn of_many_that_claim_one_has_the_run() {
    let (_dir, run) = folder();
    for stale in [false, true, true, true] {
        if stale {
            of_another(&run, stale_after() * 2);
        }
        let held = std::sync::Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(|| {
                    if let Taken::Ours(claim, fallen) = take(&run, None).expect("tried") {
                        held.lock().expect("held").push((claim, fallen));
                    }
                });
            }
        });
        // Where a dead claim is taken away, a second one may come in while a third is
        // looked at and put back: two work for a moment, and at its next heartbeat
        // one of them sees that the run is not its own.
        let mut held = held.into_inner().expect("held");
        assert!(held.len() == 1 || stale, "{held:?}");
        let kept = held.iter_mut().map(|(claim, _)| claim.beat().expect("a heartbeat"));
        assert_eq!(kept.filter(|kept| *kept).count(), 1, "stale: {stale}");
        for (claim, _) in held {
            claim.release();
        }
    }
}

#[test]
fn a_silent_owner_loses_the_run_and_a_slow_one_does_not() {
    let (_dir, run) = folder();
    let owner = of_another(&run, stale_after() / 2);
    assert!(matches!(take(&run, None).expect("tried"), Taken::Busy(Some(o)) if o == owner));
    of_another(&run, stale_after() * 2);
    match take(&run, None).expect("tried") {
        Taken::Ours(claim, Some(fallen)) => {
            assert_eq!(fallen.owner.expect("an owner").process.host, "node2");
            assert_eq!(claim.owner.fallen, 1);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_owner_that_ended_on_this_machine_loses_the_run_at_once() {
    let (_dir, run) = folder();
    let mut owner = Owner::new(None);
    owner.process.began += 1;
    fs::create_dir_all(run.root()).expect("a folder");
    fs::write(run.claim(), serde_json::to_vec(&owner).expect("JSON")).expect("written");
    let gone = cfg!(target_os = "linux");
    assert_eq!(matches!(take(&run, None).expect("tried"), Taken::Ours(..)), gone);
}

#[test]
fn a_claim_that_cannot_be_read_holds_until_it_is_old() {
    for text in ["", "{", "[]", "{\"format\": 1}"] {
        let (_dir, run) = folder();
        fs::create_dir_all(run.root()).expect("a folder");
        fs::write(run.claim(), text).expect("written");
        assert!(matches!(take(&run, None).expect("tried"), Taken::Busy(None)), "{text}");
        let file = File::options().write(true).open(run.claim()).expect("opened");
        file.set_modified(SystemTime::now() - stale_after() * 2).expect("dated");
        assert!(matches!(take(&run, None).expect("tried"), Taken::Ours(..)), "{text}");
    }
}

#[test]
fn a_heartbeat_keeps_a_claim_young_and_notices_its_loss() {
    let (_dir, run) = folder();
    let mut claim = ours(&run);
    let text = fs::read(run.claim()).expect("read");
    let file = File::options().write(true).open(run.claim()).expect("opened");
    file.set_modified(SystemTime::now() - stale_after() * 2).expect("dated");
    assert!(claim.beat().expect("a beat"));
    assert_eq!(fs::read(run.claim()).expect("read"), text);
    assert!(matches!(take(&run, None).expect("tried"), Taken::Busy(Some(_))));
    // Taken over meanwhile: neither a beat nor the end touches the new one.
    let other = of_another(&run, Duration::ZERO);
    assert!(!claim.beat().expect("a look"));
    claim.release();
    assert_eq!(seen(&run).expect("read").expect("a claim").owner, Some(other));
    let mut again = {
        fs::remove_file(run.claim()).expect("removed");
        ours(&run)
    };
    fs::remove_file(run.claim()).expect("removed");
    assert!(!again.beat().expect("a look"));
}
