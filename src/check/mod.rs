//! `transfolio check`: whether a study folder is what was written, and what to
//! do where it is not. Everything that carries a checksum is read in full, and
//! what follows from other files (metrics from predictions, the table of results
//! from the records) is computed again.

mod folder;
mod masks;
mod run;
#[cfg(test)]
pub(crate) mod tests;

pub use folder::check;

use std::fmt;
use std::path::PathBuf;

/// What was found in a study folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Name of the study; empty where `study.json` does not tell.
    pub name: String,
    /// Runs of the study.
    pub runs: usize,
    /// Runs with results that nothing contradicts.
    pub sound: usize,
    /// Those of them whose records are of an earlier version and carry no
    /// checksums; their metrics were computed again.
    pub unchecked: usize,
    /// Runs that failed.
    pub failed: usize,
    /// Runs that have not ended.
    pub waiting: usize,
    /// What is wrong.
    pub damage: Vec<Damage>,
    /// What is not wrong and good to know.
    pub notes: Vec<String>,
}

/// Something in a study folder that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Where.
    pub path: PathBuf,
    /// What is wrong with it, as the rest of a sentence.
    pub reason: String,
    /// What to do.
    pub way: Way,
}

/// What to do about damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `transfolio run` sets the file aside and makes it again.
    Run,
    /// `transfolio run` believes the file; it has to be moved away first.
    MoveAndRun,
    /// The file is of no use and can be deleted.
    Delete,
}

impl Way {
    fn words(self) -> &'static str {
        match self {
            Self::Run => "`transfolio run` of the same study file sets it aside and makes it again",
            Self::MoveAndRun => {
                "move record.json of this folder away; `transfolio run` then makes the run again"
            }
            Self::Delete => "nothing needs it: delete it",
        }
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.name.is_empty() { "study" } else { &self.name };
        writeln!(
            f,
            "{name}: {} runs, {} with sound results, {} failed, {} not ended",
            self.runs, self.sound, self.failed, self.waiting
        )?;
        if self.unchecked > 0 {
            writeln!(
                f,
                "not checked: the files of {} records of an earlier version, which carry no \
                 checksums; their metrics follow from their predictions",
                self.unchecked
            )?;
        }
        for damage in &self.damage {
            writeln!(f, "damaged: {} {}", damage.path.display(), damage.reason)?;
            writeln!(f, "    {}", damage.way.words())?;
        }
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        match self.damage.len() {
            0 => writeln!(f, "nothing is damaged"),
            1 => writeln!(f, "1 thing is damaged"),
            count => writeln!(f, "{count} things are damaged"),
        }
    }
}
