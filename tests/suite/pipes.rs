//! Readers that leave, and disks that are full.

use std::fs::File;
use std::process::Stdio;

use crate::csv::results;
use crate::program::{command, run, said};

/// Commands that print, with the exit code that each has by itself.
fn commands() -> Vec<(Vec<&'static str>, i32)> {
    let mut all = vec![
        (vec!["verify", "a.html"], 0),
        (vec!["verify", "a.html", "--format", "json"], 0),
        (vec!["verify", "forged.html"], 6),
        (vec!["diff", "a.html", "a.html"], 0),
        (vec!["diff", "a.html", "forged.html", "--format", "html"], 6),
        (vec!["compare", "r.csv"], 0),
        (vec!["compare", "r.csv", "--format", "json"], 0),
        (vec!["report", "r.csv"], 0),
        (vec!["selfcheck"], 0),
        (vec!["kernel", "--help"], 0),
        (vec!["--version"], 0),
    ];
    if cfg!(feature = "torch") {
        all.push((vec!["zoo", "list"], 0));
        all.push((vec!["status", "study"], 0));
        all.push((vec!["run", "study/study.toml", "--dry-run"], 0));
    }
    all
}

fn place() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("r.csv"), results()).expect("written");
    run(dir.path(), &["report", "r.csv", "-o", "a.html"]).expect(0);
    let page = std::fs::read_to_string(dir.path().join("a.html")).expect("a page");
    std::fs::write(dir.path().join("forged.html"), page + "0.99").expect("written");
    #[cfg(unix)]
    {
        let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        std::os::unix::fs::symlink(golden.join("study-0.1.0"), dir.path().join("study"))
            .expect("linked");
    }
    dir
}

#[test]
fn a_reader_that_leaves_ends_nothing_and_changes_no_exit_code() {
    let dir = place();
    for (args, code) in commands() {
        let mut command = command(dir.path(), &args);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // Closed before anything is written.
        drop(child.stdout.take());
        let told = said(&child.wait_with_output().expect("it ends"));
        assert_eq!(told.code, Some(code), "{args:?}: {}", told.err);
        assert!(!told.err.contains("panic"), "{args:?}: {}", told.err);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_in_words() {
    let dir = place();
    let full = || Stdio::from(File::options().write(true).open("/dev/full").expect("a device"));
    for (args, _) in commands() {
        let output = command(dir.path(), &args).stdout(full()).output().expect("it starts");
        let told = said(&output);
        assert!(!told.err.contains("panic"), "{args:?}: {}", told.err);
        assert_eq!(told.code, Some(1), "{args:?}: {}", told.err);
        let help = args.contains(&"--help") || args.contains(&"--version");
        assert!(help || told.err.contains("cannot write to standard output"), "{args:?}");
    }
    // Nowhere to complain: no panic either.
    let output = command(dir.path(), &["compare", "none.csv"]).stderr(full()).output();
    assert_eq!(output.expect("it starts").status.code(), Some(3));
}

#[cfg(unix)]
#[test]
fn reports_and_exports_have_the_usual_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let dir = place();
    run(dir.path(), &["report", "r.csv", "-o", "b.html", "--export", "out"]).expect(0);
    let mode = |name: &str| {
        let meta = std::fs::metadata(dir.path().join(name)).expect("a file");
        meta.permissions().mode() & 0o777
    };
    let usual = mode("r.csv");
    for name in ["b.html", "out/paper.tex"] {
        assert_eq!(mode(name), usual, "{name}");
    }
    run(dir.path(), &["keygen", "k", "--no-password"]).expect(0);
    assert_eq!((mode("k"), mode("k.pub")), (0o600, usual), "a secret is one");
}
