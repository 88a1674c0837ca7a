//! Two steps that only one of many processes can take, on any file system that
//! several machines share: putting a file where none is, and taking a certain
//! file away. Neither uses locks, which fail or lie on many of them.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::process::token;

/// Gives a file a second name unless that name is taken; whether it has it now.
///
/// # Errors
/// Whatever the file system says.
pub fn publish(from: &Path, to: &Path) -> io::Result<bool> {
    match fs::hard_link(from, to) {
        Ok(()) => Ok(true),
        // Also where the answer to a link that was made got lost, as on NFS: what
        // is there tells.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(same_file(from, to)),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(error),
        Err(_) if same_file(from, to) => Ok(true),
        // File systems without a second name for a file (exFAT, some of FUSE).
        Err(error) if without_links(&error) => copied_exclusively(from, to),
        Err(error) => Err(error),
    }
}

fn without_links(error: &io::Error) -> bool {
    const EPERM: i32 = 1;
    const EMLINK: i32 = 31;
    error.kind() == ErrorKind::Unsupported
        || matches!(error.raw_os_error(), Some(EPERM | EMLINK | 38 | 95))
}

/// The same for file systems without links: a file that is only there while this
/// happens decides who is first.
fn copied_exclusively(from: &Path, to: &Path) -> io::Result<bool> {
    let mut name = to.file_name().unwrap_or_default().to_os_string();
    name.push(".first");
    let first = to.with_file_name(name);
    match fs::File::create_new(&first) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists && to.exists() => return Ok(false),
        Err(error) => {
            // Of somebody who was killed at it: in the way once and no more.
            let dates = (fs::metadata(from), fs::metadata(&first));
            let age = match dates {
                (Ok(from), Ok(first)) => from.modified()?.duration_since(first.modified()?),
                _ => return Err(error),
            };
            if age.is_ok_and(|age| age > super::claim::stale_after()) {
                let _ = fs::remove_file(&first);
            }
            return Err(error);
        }
    }
    let free = fs::symlink_metadata(to).is_err();
    let beside = to.with_file_name(format!(".tmp{}", &token()[..super::leftovers::RANDOM]));
    let copied = if free {
        fs::copy(from, &beside).and_then(|_| fs::rename(&beside, to)).map(|()| true)
    } else {
        Ok(false)
    };
    let _ = fs::remove_file(&first);
    copied
}

/// Whether two names are of one file.
#[cfg(unix)]
pub(super) fn same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |path| fs::symlink_metadata(path).map(|meta| (meta.dev(), meta.ino())).ok();
    id(a).is_some_and(|first| id(b) == Some(first))
}

#[cfg(not(unix))]
pub(super) fn same_file(_: &Path, _: &Path) -> bool {
    false
}

/// Whether a name is of a file that is open; nothing where names do not tell.
#[cfg(unix)]
pub(super) fn is_name_of(path: &Path, file: &fs::File) -> io::Result<Option<bool>> {
    use std::os::unix::fs::MetadataExt;
    let id = |meta: fs::Metadata| (meta.dev(), meta.ino());
    Ok(Some(id(fs::symlink_metadata(path)?) == id(file.metadata()?)))
}

#[cfg(not(unix))]
pub(super) fn is_name_of(_: &Path, _: &fs::File) -> io::Result<Option<bool>> {
    Ok(None)
}

/// Takes the file at `path` away if it is the one that `is_it` means, and gives its
/// new place. Of several processes that try, one succeeds: a file can be renamed
/// once. One that was put there since is put back.
///
/// # Errors
/// Whatever the file system says.
pub fn withdraw(path: &Path, is_it: impl Fn(&[u8]) -> bool) -> io::Result<Option<PathBuf>> {
    withdraw_after(path, |path| fs::read(path).map(|there| is_it(&there)), &is_it)
}

/// The same with a first look that need not read the file: what it says is looked at
/// once it has its new place, and nobody else can change it.
///
/// # Errors
/// Whatever the file system says.
pub(super) fn withdraw_after(
    path: &Path,
    look: impl Fn(&Path) -> io::Result<bool>,
    is_it: impl Fn(&[u8]) -> bool,
) -> io::Result<Option<PathBuf>> {
    match look(path) {
        Ok(true) => {}
        Ok(false) => return Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Under the name of an unfinished file, which is swept if we are killed here.
    let place = path.with_file_name(format!(".tmp{}", &token()[..super::leftovers::RANDOM]));
    match fs::rename(path, &place) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound && !place.exists() => return Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // Renamed, and the answer was lost.
            drop(error);
        }
        Err(error) => return Err(error),
    }
    if is_it(&fs::read(&place)?) {
        return Ok(Some(place));
    }
    // Another one, which came in between: it belongs there. Where a third has
    // come since, that one stands and this one is nobody's any more.
    if !publish(&place, path)? {
        let kept = path.with_file_name(format!("{name}.{}", token()));
        return fs::rename(&place, &kept).map(|()| None);
    }
    fs::remove_file(&place)?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn place() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    #[test]
    fn of_many_that_publish_one_is_first_and_its_file_stays() {
        let dir = place();
        let to = dir.path().join("record.json");
        let firsts = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for number in 0..16 {
                let (to, firsts, dir) = (&to, &firsts, dir.path());
                scope.spawn(move || {
                    let own = dir.join(format!("own-{number}"));
                    fs::write(&own, number.to_string()).expect("written");
                    if publish(&own, to).expect("tried") {
                        firsts.fetch_add(1, Ordering::Relaxed);
                        assert_eq!(fs::read_to_string(to).expect("read"), number.to_string());
                    }
                });
            }
        });
        assert_eq!(firsts.load(Ordering::Relaxed), 1);
        // Told twice, as after an answer that got lost.
        let first = fs::read_to_string(&to).expect("read");
        assert!(publish(&dir.path().join(format!("own-{first}")), &to).expect("tried"));
    }

    #[test]
    fn without_links_one_is_first_too() {
        let dir = place();
        let (a, b, to) = (dir.path().join("a"), dir.path().join("b"), dir.path().join("to"));
        fs::write(&a, "a").expect("written");
        fs::write(&b, "b").expect("written");
        assert!(copied_exclusively(&a, &to).expect("tried"));
        assert!(!copied_exclusively(&b, &to).expect("tried"));
        assert_eq!(fs::read_to_string(&to).expect("read"), "a");
        assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 3);
    }

    #[test]
    fn of_many_that_withdraw_one_has_it() {
        let dir = place();
        let path = dir.path().join("claim.json");
        for _ in 0..20 {
            fs::write(&path, "stale").expect("written");
            let winners = AtomicUsize::new(0);
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        let taken = withdraw(&path, |bytes| bytes == b"stale").expect("tried");
                        winners.fetch_add(usize::from(taken.is_some()), Ordering::Relaxed);
                    });
                }
            });
            assert_eq!(winners.load(Ordering::Relaxed), 1);
            assert!(!path.exists());
        }
    }

    #[test]
    fn what_is_not_meant_stays_where_it_is() {
        let dir = place();
        let path = dir.path().join("claim.json");
        assert_eq!(withdraw(&path, |_| true).expect("tried"), None);
        fs::write(&path, "fresh").expect("written");
        assert_eq!(withdraw(&path, |bytes| bytes == b"stale").expect("tried"), None);
        // Exchanged between the look and the rename: the second look says no.
        let looks = AtomicUsize::new(0);
        let once = |_: &[u8]| looks.fetch_add(1, Ordering::Relaxed) == 0;
        assert_eq!(withdraw(&path, once).expect("tried"), None);
        assert_eq!(fs::read(&path).expect("read"), b"fresh");
        assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 1);
    }
}
