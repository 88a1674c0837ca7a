//! What a self-check found.

use std::fmt;

/// One golden file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileReport {
    /// Name of the statistic.
    pub name: String,
    /// Cases that agree.
    pub passed: usize,
    /// All cases.
    pub total: usize,
    /// Why the file was not checked.
    pub skipped: Option<String>,
    /// The first disagreements: case, key, got, want.
    pub mismatches: Vec<String>,
}

/// All golden files of a folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// In name order.
    pub files: Vec<FileReport>,
}

impl Report {
    /// Whether every checked case agrees and at least one was checked.
    pub fn passed(&self) -> bool {
        let checked = || self.files.iter().filter(|file| file.skipped.is_none());
        checked().count() > 0 && checked().all(|file| file.passed == file.total)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.files.iter().map(|file| file.name.len()).max().unwrap_or(0);
        for file in &self.files {
            let name = &file.name;
            match &file.skipped {
                Some(reason) => writeln!(f, "{name:width$}  skipped: {reason}")?,
                None => writeln!(f, "{name:width$}  {}/{} passed", file.passed, file.total)?,
            }
            for mismatch in &file.mismatches {
                writeln!(f, "    {mismatch}")?;
            }
        }
        Ok(())
    }
}
