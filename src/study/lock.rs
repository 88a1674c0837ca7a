//! One runner per study folder.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::error::StudyError;
use crate::records::{RecordError, open_own};

/// Held while a runner works; the system releases it however the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock or says who holds it.
    pub(crate) fn take(path: &Path) -> Result<Self, StudyError> {
        let mut file = open(path)?;
        match file.try_lock() {
            Ok(()) => {
                // For the message of the next one; the lock itself is the file's.
                let _ = file.set_len(0);
                let _ = file.rewind();
                let _ = write!(file, "{}", std::process::id());
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                let holder = if holder.is_empty() { "unknown".into() } else { holder };
                Err(StudyError::Locked { path: path.to_path_buf(), holder })
            }
            Err(TryLockError::Error(error)) => Err(RecordError::io("lock", path)(error).into()),
        }
    }

    /// Whether nobody holds the lock.
    pub(crate) fn is_free(path: &Path) -> bool {
        match open(path) {
            Ok(file) => file.try_lock().is_ok(),
            Err(_) => false,
        }
    }

    /// Waits for the lock: for a worker whose predecessor is just dying.
    pub(crate) fn wait(path: &Path) -> Result<Self, RecordError> {
        let file = open(path)?;
        file.lock().map_err(RecordError::io("lock", path))?;
        Ok(Self { _file: file })
    }
}

fn open(path: &Path) -> Result<File, RecordError> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(RecordError::io("create", parent))?;
    }
    open_own(path, File::options().read(true).write(true).create(true).truncate(false))
        .map_err(RecordError::io("open", path))
}
