//! Files that are written where they lie: locks and logs.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a file of a study folder that is written in place. A symbolic link is
/// refused: whoever made the folder would choose a file of somebody else's.
///
/// # Errors
/// A link, or whatever the file system says.
pub fn open_own(path: &Path, options: &OpenOptions) -> io::Result<File> {
    refuse_link(path)?;
    let file = options.open(path)?;
    // Put there in between: nothing has been written yet.
    refuse_link(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let (opened, there) = (file.metadata()?, fs::symlink_metadata(path)?);
        if (opened.dev(), opened.ino()) != (there.dev(), there.ino()) {
            return Err(io::Error::other("it was exchanged while it was opened"));
        }
    }
    Ok(file)
}

/// Fails where a path is a symbolic link.
///
/// # Errors
/// It is one; the message says where it leads.
pub fn refuse_link(path: &Path) -> io::Result<()> {
    let linked = fs::symlink_metadata(path).is_ok_and(|meta| meta.file_type().is_symlink());
    if !linked {
        return Ok(());
    }
    let target = fs::read_link(path).unwrap_or_default();
    Err(io::Error::other(format!(
        "it is a symbolic link to {}, and links are not followed; name that file itself or remove \
         the link",
        target.display()
    )))
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn links_are_refused_and_what_they_lead_to_stays() {
        let dir = tempfile::tempdir().expect("a folder");
        let here = dir.path();
        fs::write(here.join("precious"), "mine").expect("written");
        let append = || File::options().create(true).append(true).clone();
        for (link, target) in [("a", "precious"), ("b", "dangling"), ("c", "a")] {
            std::os::unix::fs::symlink(here.join(target), here.join(link)).expect("a link");
            let error = open_own(&here.join(link), &append()).expect_err("refused").to_string();
            assert!(error.contains(target) && error.contains("remove the link"), "{error}");
        }
        assert_eq!(fs::read(here.join("precious")).expect("read"), b"mine");
        assert!(!here.join("dangling").exists());
        let mut own = open_own(&here.join("own"), &append()).expect("opened");
        own.write_all(b"x").expect("written");
        assert_eq!(fs::read(here.join("own")).expect("read"), b"x");
    }
}
