//! What can go wrong with the data of a task.

use std::io;
use std::path::{Path, PathBuf};

/// Most entries that an error or a finding lists by name.
pub(crate) const LISTED: usize = 20;

/// An error in the data of a task. Messages are whole: operation, what was
/// found, what was expected, the file and the way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The file system said no.
    #[error("cannot {op} {path}: {source}")]
    Io {
        /// What was attempted.
        op: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Its reason.
        source: io::Error,
    },
    /// The settings of the task contradict each other or the data.
    #[error("task `{task}`: {}", visible(reason))]
    Task {
        /// Key of the task.
        task: String,
        /// What is wrong and the way out.
        reason: String,
    },
    /// The manifest as a whole or its header is not usable.
    #[error("{}: {}", visible(path.display()), visible(reason))]
    Manifest {
        /// The CSV file.
        path: PathBuf,
        /// What is wrong and the way out.
        reason: String,
    },
    /// One cell or row of the manifest is not usable.
    #[error("{}:{line}:{column}: {}", visible(path.display()), visible(reason))]
    Cell {
        /// The CSV file.
        path: PathBuf,
        /// Line in the file, from 1.
        line: u64,
        /// Column of the table, from 1.
        column: usize,
        /// What is wrong and the way out.
        reason: String,
    },
    /// Rows of the manifest name the same image.
    #[error(
        "{}: {count} images appear more than once; keep one row of each: {}",
        visible(path.display()), visible(listed)
    )]
    DuplicateRows {
        /// The CSV file.
        path: PathBuf,
        /// Number of images that appear more than once.
        count: usize,
        /// The first of them with their lines.
        listed: String,
    },
    /// Image files that are missing, truncated or of a kind that is not read.
    #[error("{count} of {total} images cannot be read:{}", visible(listed))]
    Unreadable {
        /// Number of files.
        count: usize,
        /// Number of images of the task.
        total: usize,
        /// One line per file, capped.
        listed: String,
    },
    /// A folder of class folders is not what it should be.
    #[error("{}: {}", visible(path.display()), visible(reason))]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What is wrong and the way out.
        reason: String,
    },
    /// The archive is not what it should be.
    #[error("{}: {}", visible(path.display()), visible(reason))]
    Npz {
        /// The `.npz` file.
        path: PathBuf,
        /// Array, what is wrong, the way out.
        reason: String,
    },
    /// The cases cannot be divided into train, val and test.
    #[error("task `{task}`: cannot divide the cases: {reason}")]
    Split {
        /// Key of the task.
        task: String,
        /// Why, and the way out.
        reason: String,
    },
    /// A share or number of labels that keeps nothing, or that there is not.
    #[error("cannot take {labels} of {cases} training cases: {reason}")]
    Labels {
        /// What was asked for: `10 %`, `50 labels`.
        labels: String,
        /// Number of training cases.
        cases: usize,
        /// Why not.
        reason: String,
    },
    /// There is no room for the cache.
    #[error(
        "disk full while writing {needed_mib} MiB of decoded images to {path}; free some space \
         or name another cache folder"
    )]
    DiskFull {
        /// The cache folder.
        path: PathBuf,
        /// Size of the whole file in MiB.
        needed_mib: u64,
    },
    /// A cache file that cannot be used.
    #[error("cache file {path} {reason}; run the study again to rebuild it")]
    Cache {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl DataError {
    pub(crate) fn io(op: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { op, path, source }
    }

    pub(crate) fn task(task: &str, reason: impl Into<String>) -> Self {
        Self::Task { task: task.to_owned(), reason: reason.into() }
    }
}

/// A text for the terminal: control characters that data put into it are
/// written out, line ends are kept.
pub(crate) fn visible(text: impl std::fmt::Display) -> String {
    let plain = |c: char| !c.is_control() || c == '\n' || c == '\t';
    let text = text.to_string();
    if text.chars().all(plain) {
        return text;
    }
    text.chars()
        .map(|c| if plain(c) { c.to_string() } else { c.escape_default().to_string() })
        .collect()
}

/// The first entries of a list, with a count of the rest.
pub(crate) fn listed<T: AsRef<str>>(items: &[T], separator: &str) -> String {
    let mut text = items.iter().take(LISTED).map(AsRef::as_ref).collect::<Vec<_>>().join(separator);
    if items.len() > LISTED {
        text.push_str(&format!("{separator}and {} more", items.len() - LISTED));
    }
    text
}
