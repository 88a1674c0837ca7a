//! The commit of the working folder, read from git's files.
//!
//! Git itself is not asked: what `git status` starts is told by the repository
//! (`core.fsmonitor`, filters, hooks), so in somebody else's folder it would run
//! what they wrote there. Whether files differ from the commit cannot be told
//! without that, and is not.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Component, Path, PathBuf};

/// Digits of a commit that are kept.
const DIGITS: usize = 12;
/// Most bytes of a file that names one thing.
const MOST: u64 = 4096;

/// The commit of the repository that a folder is in, as records keep it.
pub(super) fn state(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let git = folder.ancestors().find_map(|folder| git_folder(&folder.join(".git")))?;
    let common = match first_line(&git.join("commondir")) {
        Some(path) => git.join(path),
        None => git.clone(),
    };
    let head = first_line(&git.join("HEAD"))?;
    let commit = match head.strip_prefix("ref:") {
        None => hash(&head)?,
        Some(name) => {
            let name = plain(name.trim())?;
            let loose = [&git, &common].into_iter().find_map(|at| first_line(&at.join(name)));
            loose.as_deref().and_then(hash).or_else(|| packed(&common, name))?
        }
    };
    Some(format!("{} (changes not looked for)", &commit[..DIGITS]))
}

/// `.git` itself, or the folder that a file of that name leads to.
fn git_folder(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        return Some(path.to_path_buf());
    }
    let line = first_line(path)?;
    let target = line.strip_prefix("gitdir:")?.trim();
    Some(path.parent()?.join(target))
}

fn first_line(path: &Path) -> Option<String> {
    if !path.metadata().ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    File::open(path).ok()?.take(MOST).read_to_string(&mut text).ok()?;
    text.lines().next().map(|line| line.trim().to_owned())
}

/// The name of a ref, if it stays below the folder of git.
fn plain(name: &str) -> Option<&Path> {
    let path = Path::new(name);
    let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    (inside && name.starts_with("refs/")).then_some(path)
}

fn packed(common: &Path, name: &Path) -> Option<String> {
    let path = common.join("packed-refs");
    if !path.metadata().ok()?.is_file() {
        return None;
    }
    let file = File::open(path).ok()?;
    let lines = BufReader::new(file.take(1 << 28)).lines().map_while(Result::ok);
    let mut refs = lines.filter_map(|line| {
        let (commit, of) = line.split_once(' ')?;
        (Path::new(of.trim()) == name).then(|| commit.to_owned())
    });
    hash(&refs.next()?)
}

/// The name of a commit, by SHA-1 or SHA-256.
fn hash(text: &str) -> Option<String> {
    let known = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    known.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;

    fn git(folder: &Path, args: &[&str]) -> Option<String> {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"])
            .args(args)
            .current_dir(folder)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .ok()?;
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(said)
    }

    #[test]
    fn the_commit_is_the_one_that_git_names_and_nothing_of_the_folder_runs() {
        let dir = tempfile::tempdir().expect("a folder");
        let here = dir.path().join("repository");
        fs::create_dir(&here).expect("a folder");
        assert_eq!(state(&here).filter(|_| git(&here, &["rev-parse"]).is_none()), None);
        let commit = |message| git(&here, &["commit", "--allow-empty", "-qm", message]);
        if git(&here, &["init", "-q"]).is_none() || commit("a").is_none() {
            eprintln!("skipped: no git on this machine");
            return;
        }
        let expected = |folder: &Path| {
            let commit = git(folder, &["rev-parse", "--short=12", "HEAD"]).expect("a commit");
            Some(format!("{commit} (changes not looked for)"))
        };
        assert_eq!(state(&here), expected(&here));
        let below = here.join("a/b");
        fs::create_dir_all(&below).expect("a folder");
        assert_eq!(state(&below), expected(&here));
        git(&here, &["pack-refs", "--all"]).expect("packed");
        assert_eq!(state(&here), expected(&here));
        commit("b").expect("a commit");
        assert_eq!(state(&here), expected(&here), "a loose ref stands before a packed one");
        let other = dir.path().join("other");
        let tree = other.to_string_lossy().into_owned();
        git(&here, &["worktree", "add", "-q", "-b", "x", &tree]).expect("a worktree");
        assert_eq!(state(&other), expected(&other));
        git(&here, &["checkout", "-q", "--detach"]).expect("detached");
        assert_eq!(state(&here), expected(&here));
        // A monitor and a hook that would leave a trace.
        let trace = dir.path().join("trace");
        let script = here.join("evil.sh");
        fs::write(&script, format!("#!/bin/sh\ntouch {}\n", trace.display())).expect("written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("runs");
        }
        let script = script.to_string_lossy().into_owned();
        git(&here, &["config", "core.fsmonitor", &script]).expect("set");
        git(&here, &["config", "filter.x.clean", &script]).expect("set");
        assert!(state(&here).is_some() && !trace.exists());
    }

    #[test]
    fn what_is_no_commit_is_none() {
        let dir = tempfile::tempdir().expect("a folder");
        let git = dir.path().join(".git");
        fs::create_dir_all(git.join("refs")).expect("a folder");
        fs::write(dir.path().join("secret"), "a".repeat(40)).expect("written");
        for head in [
            "ref: refs/heads/.invalid",
            "ref: ../secret",
            "ref: refs/../../secret",
            "ref: /etc/hostname",
            "ref: secret",
            "abc",
            "",
            "\u{1b}[2J",
        ] {
            fs::write(git.join("HEAD"), head).expect("written");
            assert_eq!(state(dir.path()), None, "{head}");
        }
        fs::write(git.join("HEAD"), "A".repeat(40)).expect("written");
        assert_eq!(state(dir.path()).expect("a commit"), "aaaaaaaaaaaa (changes not looked for)");
    }
}
