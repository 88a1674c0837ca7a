//! Starts the program and looks at what it says.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program with arguments, in a working folder.
pub(crate) fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_transfolio"));
    command.args(args).current_dir(dir).env("TRANSFOLIO_CACHE", dir.join("cache"));
    command
}

/// What a finished program said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) fn run(dir: &Path, args: &[&str]) -> Said {
    said(&command(dir, args).output().expect("the program starts"))
}

/// The same with an input through a pipe.
pub(crate) fn run_with_input(dir: &Path, args: &[&str], input: &[u8]) -> Said {
    let mut command = command(dir, args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // Small enough for the pipe to hold it.
    child.stdin.take().expect("a pipe").write_all(input).expect("written");
    said(&child.wait_with_output().expect("the program ends"))
}

pub(crate) fn said(output: &Output) -> Said {
    Said {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Said {
    /// Fails with everything that was said unless the code is the expected one.
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// Fails unless the program did, with a message and no panic.
    pub(crate) fn fails(self) -> Self {
        assert!(self.code.is_some_and(|code| code != 0 && code != 101), "{}{}", self.out, self.err);
        assert!(self.err.starts_with("error: ") || self.err.contains("\nerror: "), "{}", self.err);
        self
    }

    /// Fails unless each part was said.
    pub(crate) fn mentions(self, parts: &[&str]) -> Self {
        let all = format!("{}{}", self.out, self.err);
        for part in parts {
            assert!(all.contains(part), "{part:?} is not in: {all}");
        }
        self
    }
}

#[test]
fn wrong_usage_has_its_exit_code() {
    let dir = tempfile::tempdir().expect("a folder");
    run(dir.path(), &["frobnicate"]).expect(2);
    run(dir.path(), &["--version"]).expect(0).mentions(&["transfolio"]);
}

#[test]
fn selfcheck_passes_and_lists_what_it_skips() {
    let dir = tempfile::tempdir().expect("a folder");
    run(dir.path(), &["selfcheck"]).expect(0).mentions(&["t_tests", "66/66 passed"]);
    let golden = dir.path().join("golden");
    std::fs::create_dir(&golden).expect("a folder");
    let unknown =
        r#"{"schema":"golden/1","statistic":"tea_leaves","default_tolerance":{},"cases":[]}"#;
    std::fs::write(golden.join("tea_leaves.json"), unknown).expect("written");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/stats/p_adjust.json");
    std::fs::copy(own, golden.join("p_adjust.json")).expect("copied");
    run(dir.path(), &["selfcheck", "--golden", "golden"]).expect(0).mentions(&[
        "p_adjust",
        "12/12 passed",
        "tea_leaves",
        "skipped",
    ]);
    run(dir.path(), &["selfcheck", "--golden", "nowhere"]).expect(1).mentions(&["nowhere"]);
}
