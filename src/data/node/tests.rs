use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const HASH: &str = "aa";

fn places(usual: &Path, node: &Path) -> Places {
    let node = node.to_path_buf();
    Places::among(usual, [HASH.to_owned()], u64::MAX, &move |name| {
        (name == "TRANSFOLIO_NODE_CACHE").then(|| node.clone())
    })
}

/// A usual folder with data, and a folder of the machine.
fn folders() -> (tempfile::TempDir, tempfile::TempDir) {
    let usual = tempfile::tempdir().expect("a folder");
    fs::write(file_of(usual.path(), HASH), vec![7; 100_000]).expect("written");
    (usual, tempfile::tempdir().expect("a folder"))
}

#[test]
fn data_are_copied_once_shared_and_removed_by_the_last() {
    let (usual, node) = folders();
    let mut notes = Vec::new();
    let mut next = || places(usual.path(), node.path()).next(&mut |text| notes.push(text.into()));
    let mut first = next();
    assert!(first.is_near());
    first.is_ready();
    let mut second = next();
    second.is_ready();
    assert_eq!(first.dir, second.dir);
    let file = file_of(&first.dir, HASH);
    assert_eq!(fs::read(&file).expect("copied"), vec![7; 100_000]);
    drop(first);
    assert!(file.is_file(), "the second still reads it");
    drop(second);
    assert_eq!(fs::read_dir(node.path()).expect("a folder").count(), 0);
    let notes: Vec<String> = notes;
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[0].contains("0.1 MB of them copied from"), "{notes:?}");
    assert!(!notes[1].contains("copied"), "{notes:?}");
}

/// Each brings alone: what the first one brings, none of the others does.
#[test]
fn slots_that_come_at_once_bring_data_once() {
    let (usual, node) = folders();
    let (copied, bringing) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut note = |text: &str| {
                    copied.fetch_add(usize::from(text.contains("copied")), Ordering::SeqCst);
                };
                let mut place = places(usual.path(), node.path()).next(&mut note);
                assert_eq!(bringing.fetch_add(1, Ordering::SeqCst), 0, "alone");
                std::thread::sleep(std::time::Duration::from_millis(5));
                bringing.fetch_sub(1, Ordering::SeqCst);
                place.is_ready();
                assert!(file_of(&place.dir, HASH).is_file());
                std::thread::sleep(std::time::Duration::from_millis(100));
            });
        }
    });
    assert_eq!(copied.into_inner(), 1);
    assert_eq!(fs::read_dir(node.path()).expect("a folder").count(), 0);
}

#[test]
fn what_does_not_do_is_told_and_the_next_one_is_taken() {
    let (usual, node) = folders();
    let file = node.path().join("file");
    fs::write(&file, "").expect("written");
    for (node, told) in [
        (node.path().join("nowhere"), "there is no such folder"),
        (file, "there is no such folder"),
        (PathBuf::from("/proc"), "not of this machine"),
    ] {
        let mut notes = Vec::new();
        let place = places(usual.path(), &node).next(&mut |text| notes.push(text.to_owned()));
        assert!(!place.is_near());
        assert_eq!(place.dir, usual.path());
        assert!(notes.len() == 1 && notes[0].contains(told), "{notes:?}");
    }
    let mut off = places(usual.path(), Path::new("off"));
    assert!(!off.next(&mut |text| panic!("{text}")).is_near());
}

/// Where the usual folder is of this machine, nothing is copied to another.
#[test]
fn nothing_is_nearer_than_a_disk_of_this_machine() {
    let (usual, node) = folders();
    if FileSystem::of(usual.path()).is_none_or(|system| !system.is_local()) {
        eprintln!("skipped: temporary folders do not lie on this machine");
        return;
    }
    let variable = |name: &str| (name == "TMPDIR").then(|| node.path().to_path_buf());
    let mut places = Places::among(usual.path(), [HASH.to_owned()], u64::MAX, &variable);
    assert!(!places.next(&mut |text| panic!("{text}")).is_near());
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_can_write_to_is_not_used() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (usual, node) = folders();
    let root = node.path().join(format!("{NAME}{}", user().expect("a user")));
    let refused = || {
        let mut notes = Vec::new();
        let place = places(usual.path(), node.path()).next(&mut |text| notes.push(text.to_owned()));
        assert!(!place.is_near());
        assert!(notes[0].contains("somebody else"), "{notes:?}");
    };
    fs::create_dir(&root).expect("a folder");
    fs::set_permissions(&root, fs::Permissions::from_mode(0o777)).expect("opened");
    refused();
    fs::remove_dir(&root).expect("removed");
    symlink(usual.path(), &root).expect("a link");
    refused();
}

/// A small file system in memory would do; here the memory that is said to be free does.
#[test]
fn memory_that_runs_need_is_left_to_them() {
    let memory = Path::new("/dev/shm");
    if FileSystem::of(memory).is_none_or(|system| !system.is_memory()) {
        eprintln!("skipped: there is no /dev/shm");
        return;
    }
    let (usual, _) = folders();
    let node = tempfile::tempdir_in(memory).expect("a folder");
    let variable =
        |name: &str| (name == "TRANSFOLIO_NODE_CACHE").then(|| node.path().to_path_buf());
    for (free, near) in [(100_000, false), (300_000, true)] {
        let mut places = Places::among(usual.path(), [HASH.to_owned()], free, &variable);
        assert_eq!(places.next(&mut |_| {}).is_near(), near, "{free}");
    }
    assert_eq!(fs::read_dir(node.path()).expect("a folder").count(), 0);
}
