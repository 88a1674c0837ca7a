//! Copies of folders that keep the times of their files, which cargo goes by.

use std::fs::{self, File, FileTimes};
use std::io;
use std::path::Path;

/// Copies a folder and all below it.
pub(super) fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_folder(&source, &target)?;
        } else if kind.is_file() {
            fs::copy(&source, &target)?;
            let times = FileTimes::new().set_modified(entry.metadata()?.modified()?);
            // The copy may have the source's mode, without the right to write.
            File::open(&target)?.set_times(times)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn times_are_kept() {
        let dir = tempfile::tempdir().expect("a folder");
        let (from, to) = (dir.path().join("a"), dir.path().join("b"));
        fs::create_dir_all(from.join("deep")).expect("a folder");
        let file = from.join("deep/x.rs");
        fs::write(&file, "x").expect("written");
        let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let open = File::options().write(true).open(&file).expect("opened");
        open.set_times(FileTimes::new().set_modified(then)).expect("set");
        copy_folder(&from, &to).expect("copied");
        let copied = fs::metadata(to.join("deep/x.rs")).expect("there");
        assert_eq!(copied.modified().expect("a time"), then);
    }
}
