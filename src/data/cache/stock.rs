//! What the cache holds: for people who run out of disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::format;
use crate::data::error::DataError;

/// One file of decoded images.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The file.
    pub path: PathBuf,
    /// Its size on disk.
    pub bytes: u64,
    /// When it was last read or written, as far as the file system keeps it: most
    /// note reads once a day.
    pub used: Option<SystemTime>,
    /// What is in it, or why that cannot be said.
    pub what: Result<KeptData, String>,
}

/// What a file of decoded images is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptData {
    /// Key of the task that it was made for.
    pub name: String,
    /// Number of images.
    pub images: usize,
    /// Their side in pixels.
    pub size: u32,
    /// 1 or 3.
    pub channels: u32,
    /// Whether it has masks.
    pub masks: bool,
}

impl Kept {
    /// Whether it was not used for so long.
    pub fn is_idle(&self, now: SystemTime, least: Duration) -> bool {
        let idle = self.used.and_then(|used| now.duration_since(used).ok());
        idle.unwrap_or_default() >= least
    }
}

/// Everything in a cache folder, the largest first; what is being written is left out.
///
/// # Errors
/// The folder cannot be read; one that does not exist is empty.
pub fn kept(cache_dir: &Path) -> Result<Vec<Kept>, DataError> {
    let entries = match fs::read_dir(cache_dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(DataError::io("read", cache_dir)(error)),
    };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        let Some(hash) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".u8"))
        else {
            continue;
        };
        // Whoever removed it meanwhile is welcome.
        let Ok(meta) = entry.metadata() else { continue };
        let what = format::open(&path, hash).map_err(|error| error.to_string());
        let what = what.map(|data| KeptData {
            images: data.len(),
            size: data.size,
            channels: data.channels,
            masks: data.masks.is_some(),
            name: data.name,
        });
        let used = [meta.accessed().ok(), meta.modified().ok()].into_iter().flatten().max();
        found.push(Kept { bytes: meta.len(), used, what, path });
    }
    found.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.path.cmp(&b.path)));
    Ok(found)
}

/// Removes a file of decoded images. Runs that have it open go on; later ones decode
/// their images again.
///
/// # Errors
/// The file system refuses.
pub fn remove(kept: &Kept) -> Result<(), DataError> {
    match fs::remove_file(&kept.path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(DataError::io("remove", &kept.path)(error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::prepare;
    use crate::spec::{PhantomLabels, PhantomSpec, Source, Target, Task};

    #[test]
    fn files_are_told_by_what_they_hold() {
        let dir = tempfile::tempdir().expect("a folder");
        assert!(kept(&dir.path().join("none")).expect("nothing").is_empty());
        let phantom = PhantomSpec {
            labels: PhantomLabels::Anatomy,
            size: 16,
            train: 2,
            val: 1,
            test: 1,
            ..PhantomSpec::default()
        };
        let task =
            Task { phantom: Some(phantom), ..Task::new(Source::Phantom, Target::Segmentation) };
        prepare("lungs", &task, 16, dir.path(), &|_, _| {}).expect("data");
        fs::write(dir.path().join("ab.u8"), "no cache").expect("written");
        fs::write(dir.path().join("index.json"), "another file").expect("written");
        let found = kept(dir.path()).expect("a folder");
        assert_eq!(found.len(), 2);
        let data = found[0].what.as_ref().expect("data");
        assert_eq!(
            (data.name.as_str(), data.images, data.size, data.masks),
            ("lungs", 4, 16, true)
        );
        assert!(found[1].what.is_err());
        let now = SystemTime::now();
        assert!(!found[0].is_idle(now, Duration::from_hours(1)));
        assert!(found[0].is_idle(now + Duration::from_hours(2), Duration::from_hours(1)));
        for file in &found {
            remove(file).expect("removed");
            remove(file).expect("gone already");
        }
        assert!(kept(dir.path()).expect("a folder").is_empty());
    }
}
