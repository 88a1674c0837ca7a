//! What processes that were killed left half-written.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// How the names of files begin that [`write_atomic`](super::write_atomic) has
/// not renamed yet.
pub(super) const PREFIX: &str = ".tmp";
/// Characters that make such a name one of its own.
pub(super) const RANDOM: usize = 6;

/// Removes unfinished files from a folder and gives their number. For whoever
/// knows that nobody else writes there.
pub fn sweep(folder: &Path) -> usize {
    sweep_those(folder, |_| true)
}

/// The same where others write, too: only what is older than any of theirs, by the
/// clock of the file server.
pub fn sweep_before(folder: &Path, time: SystemTime) -> usize {
    sweep_those(folder, |file| {
        file.metadata().and_then(|meta| meta.modified()).is_ok_and(|written| written < time)
    })
}

fn sweep_those(folder: &Path, is_old: impl Fn(&fs::DirEntry) -> bool) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let ours = |entry: &fs::DirEntry| {
        is_unfinished(&entry.file_name().to_string_lossy())
            && entry.file_type().is_ok_and(|kind| kind.is_file())
    };
    let found = entries.flatten().filter(|entry| ours(entry) && is_old(entry));
    found.filter(|entry| fs::remove_file(entry.path()).is_ok()).count()
}

/// Whether a file has the name of an unfinished one.
pub fn is_unfinished(name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(|rest| {
        rest.len() == RANDOM && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::records::write_atomic;

    #[test]
    fn unfinished_files_are_swept_and_nothing_else_is() {
        let dir = tempfile::tempdir().expect("a folder");
        let here = dir.path();
        let mut seen = String::new();
        write_atomic(&here.join("whole"), |file| {
            let names = fs::read_dir(here)?.flatten().map(|entry| entry.file_name());
            seen = names.map(|name| name.to_string_lossy().into_owned()).collect();
            file.write_all(b"x")
        })
        .expect("written");
        assert!(is_unfinished(&seen), "{seen}");
        for name in [".tmpAb12Cd", ".tmp0000zz"] {
            fs::write(here.join(name), "half").expect("written");
        }
        let kept = [".tmp", ".tmpAb12C", ".tmpAb12Cde", ".tmp-b12Cd", "tmpAb12Cd", ".lock"];
        for name in kept {
            fs::write(here.join(name), "kept").expect("written");
        }
        fs::create_dir(here.join(".tmpFolder")).expect("a folder");
        // Of others who are at it, only what is old.
        let file = fs::File::options().write(true).open(here.join(".tmp0000zz"));
        let long_ago = SystemTime::now() - std::time::Duration::from_hours(1);
        file.expect("opened").set_modified(long_ago).expect("dated");
        let lately = SystemTime::now() - std::time::Duration::from_mins(1);
        assert_eq!((sweep_before(here, lately), sweep_before(here, lately)), (1, 0));
        fs::write(here.join(".tmp0000zz"), "half").expect("written");
        assert_eq!(sweep(here), 2);
        assert!(kept.iter().all(|name| here.join(name).is_file()));
        assert!(here.join("whole").is_file() && here.join(".tmpFolder").is_dir());
        assert_eq!(sweep(&here.join("none")), 0);
    }
}
