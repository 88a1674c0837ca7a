//! An attempt at a run has a folder of its own, and the first one whose record is
//! published is the run: a link that fails if a record is there decides. What the
//! record vouches for is then put beside it. Whoever is killed in between has left
//! everything that is needed, and readers find it either way.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::exclusive::{publish, withdraw};
use super::process::token;
use super::{Record, RecordError, RunDir, RunState};

/// Folder of the attempts at a run, gone once it has ended.
pub(super) const ATTEMPTS: &str = "attempts";

impl RunDir {
    /// The folder of an attempt.
    #[must_use]
    pub fn attempt(&self, name: &str) -> Self {
        // A name is of the folder, whatever a record says.
        let name = Path::new(name).file_name().unwrap_or_default();
        Self::at(self.root().join(ATTEMPTS).join(name))
    }

    /// A file of the run: in its place, or where the attempt that made the record
    /// left it.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        let place = self.root().join(name);
        if place.exists() { place } else { self.unplaced(name).unwrap_or(place) }
    }

    fn unplaced(&self, name: &str) -> Option<PathBuf> {
        if !self.root().join(ATTEMPTS).is_dir() {
            return None;
        }
        let attempt = self.read_record().ok()??.provenance.attempt?;
        let left = self.attempt(&attempt).root().join(name);
        left.is_file().then_some(left)
    }

    /// Makes what an attempt left the outcome of the run, if it is the first;
    /// whether it was. `own` is the record that lies in its folder. Afterwards that
    /// folder is gone.
    ///
    /// # Errors
    /// Whatever the file system says; the next one that works on the run goes on.
    pub fn publish(&self, attempt: &Self, own: &Record) -> Result<bool, RecordError> {
        let mut first = self.link(attempt)?;
        // A failure ends nothing: results that come after it stand in its place.
        if !first
            && own.state == RunState::Done
            && let Ok(Some(there)) = self.read_record()
            && matches!(there.state, RunState::Failed { .. })
            && self.withdraw_record(&there)?
        {
            first = self.link(attempt)?;
        }
        if first {
            self.place_of(own)?;
        } else {
            let _ = fs::remove_dir_all(attempt.root());
        }
        // Unless others are at it.
        let _ = fs::remove_dir(self.root().join(ATTEMPTS));
        Ok(first)
    }

    fn link(&self, attempt: &Self) -> Result<bool, RecordError> {
        let published = publish(&attempt.record(), &self.record());
        published.map_err(RecordError::io("publish", &self.record()))
    }

    /// Publishes a failure, unless the run has a record.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn publish_failure(&self, record: Record) -> Result<bool, RecordError> {
        let name = token();
        let attempt = self.attempt(&name);
        let mut record = record;
        record.provenance.attempt = Some(name);
        attempt.write_record(&record)?;
        self.publish(&attempt, &record)
    }

    /// Takes a record away if it is this one; whether it was.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn withdraw_record(&self, record: &Record) -> Result<bool, RecordError> {
        let is_it = |text: &[u8]| {
            serde_json::from_slice::<Record>(text).is_ok_and(|there| there == *record)
        };
        let place = withdraw(&self.record(), is_it);
        let place = place.map_err(RecordError::io("remove", &self.record()))?;
        if let Some(place) = &place {
            fs::remove_file(place).map_err(RecordError::io("remove", place))?;
        }
        Ok(place.is_some())
    }

    /// Puts what the record vouches for beside it, where that has not been done, and
    /// removes what attempts left.
    ///
    /// # Errors
    /// The record cannot be read, or the file system refuses.
    pub fn place(&self) -> Result<(), RecordError> {
        if !self.root().join(ATTEMPTS).is_dir() {
            return Ok(());
        }
        match self.read_record()? {
            Some(record) => self.place_of(&record),
            None => Ok(()),
        }
    }

    fn place_of(&self, record: &Record) -> Result<(), RecordError> {
        let Some(name) = &record.provenance.attempt else { return Ok(()) };
        let attempt = self.attempt(name);
        for file in record.files.iter().flatten().map(|(file, _)| file) {
            let file = Path::new(file).file_name().unwrap_or_default();
            let (from, to) = (attempt.root().join(file), self.root().join(file));
            match fs::rename(&from, &to) {
                // Put there by somebody else, or before.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                other => other.map_err(RecordError::io("write", &to))?,
            }
        }
        // The record has another name by now; as a rule nothing else is left, and a
        // folder that is empty need not be read.
        let _ = fs::remove_file(attempt.record());
        if fs::remove_dir(attempt.root()).is_err() {
            let _ = fs::remove_dir_all(attempt.root());
        }
        let _ = fs::remove_dir(self.root().join(ATTEMPTS));
        Ok(())
    }

    /// Removes the folders of all attempts; for who holds the claim of a run without
    /// a record.
    pub fn forget_attempts(&self) {
        let _ = fs::remove_dir_all(self.root().join(ATTEMPTS));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::records::{
        Depth, FORMAT, Provenance, Record, RunState, StudyDir, marks, write_atomic,
    };
    use crate::spec::RunId;

    fn run() -> (tempfile::TempDir, RunDir) {
        let dir = tempfile::tempdir().expect("a folder");
        let run = StudyDir::new(dir.path()).run(&RunId("0123456789abcdef".into()));
        (dir, run)
    }

    /// What an attempt of this name leaves.
    fn attempted(run: &RunDir, name: &str) -> RunDir {
        let attempt = run.attempt(name);
        for path in [attempt.predictions(), attempt.history()] {
            write_atomic(&path, |file| std::io::Write::write_all(file, name.as_bytes()))
                .expect("written");
        }
        let record = Record {
            state: RunState::Done,
            files: Some(marks(&attempt, &[]).expect("marks")),
            provenance: Provenance { attempt: Some(name.into()), ..Provenance::default() },
            ..Record::failed(RunId("0123456789abcdef".into()), "", false)
        };
        assert_eq!(record.format, FORMAT);
        attempt.write_record(&record).expect("written");
        attempt
    }

    fn published(run: &RunDir, attempt: &RunDir) -> bool {
        let own = attempt.read_record().expect("read").expect("a record");
        run.publish(attempt, &own).expect("tried")
    }

    fn text(path: PathBuf) -> String {
        fs::read_to_string(path).expect("read")
    }

    #[test]
    fn the_first_attempt_is_the_run_and_the_second_changes_nothing() {
        let (_dir, run) = run();
        let (first, second) = (attempted(&run, "aa"), attempted(&run, "bb"));
        assert!(published(&run, &first));
        let record = fs::read(run.record()).expect("read");
        assert!(!published(&run, &second));
        assert_eq!(fs::read(run.record()).expect("read"), record);
        assert_eq!((text(run.predictions()), text(run.history())), ("aa".into(), "aa".into()));
        assert!(!run.root().join(ATTEMPTS).exists());
        assert_eq!(fs::read_dir(run.root()).expect("a folder").count(), 3);
    }

    /// Killed between the record and the files, anywhere.
    #[test]
    fn what_was_published_and_not_placed_is_found_and_placed() {
        for placed in 0..2 {
            let (_dir, run) = run();
            let (first, late) = (attempted(&run, "aa"), attempted(&run, "bb"));
            assert!(publish(&first.record(), &run.record()).expect("linked"));
            if placed == 1 {
                fs::rename(first.history(), run.root().join("history.csv")).expect("moved");
            }
            // Left by a version that wrote files before the record.
            assert_eq!((text(run.predictions()), text(run.history())), ("aa".into(), "aa".into()));
            let planned = BTreeMap::from([(run.predictions(), "aa")]);
            assert!(planned.keys().all(|path| path.starts_with(first.root())));
            assert!(!published(&run, &late));
            run.place().expect("placed");
            run.place().expect("nothing to do");
            assert_eq!((text(run.predictions()), text(run.history())), ("aa".into(), "aa".into()));
            assert!(run.predictions().parent() == Some(run.root()));
            assert!(!run.root().join(ATTEMPTS).exists());
        }
        let _ = Depth::Usual;
    }

    #[test]
    fn a_name_of_an_attempt_leads_nowhere_else() {
        let (_dir, run) = run();
        for name in ["../../x", "/etc/x", "x"] {
            assert_eq!(run.attempt(name).root(), run.root().join(ATTEMPTS).join("x"));
        }
    }
}
