//! Where things lie in a study folder, and the sealed files there.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::files::{read_json, write_atomic, write_json};
use super::{Record, RecordError, StudyRecord, WEIGHTS, seal};
use crate::spec::{RunId, RunSpec};

/// Paths inside a study folder.
#[derive(Clone, Debug)]
pub struct StudyDir {
    root: PathBuf,
}

#[allow(missing_docs)]
impl StudyDir {
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }
    pub fn root(&self) -> &Path {
        &self.root
    }
    pub fn study(&self) -> PathBuf {
        self.root.join("study.json")
    }
    pub fn results(&self) -> PathBuf {
        self.root.join("results.csv")
    }
    pub fn report(&self) -> PathBuf {
        self.root.join("report.html")
    }
    pub fn lock(&self) -> PathBuf {
        self.root.join(".lock")
    }
    pub fn runs(&self) -> PathBuf {
        self.root.join("runs")
    }
    pub fn runners(&self) -> PathBuf {
        self.root.join("runners")
    }
    pub fn run(&self, id: &RunId) -> RunDir {
        RunDir::at(self.runs().join(&id.0))
    }

    /// Writes `study.json`, sealed.
    pub fn write_study(&self, study: &StudyRecord) -> Result<(), RecordError> {
        let malformed = |error: serde_json::Error| RecordError::Malformed {
            path: self.study(),
            what: "study record",
            reason: error.to_string(),
        };
        let seal = seal::of_json(&serde_json::to_value(study).map_err(malformed)?);
        // Appended to the text: the seal is of the file and not of the study.
        let text = serde_json::to_string_pretty(study).map_err(malformed)?;
        let body = text.trim_end_matches(['}', '\n']);
        let text = format!("{body},\n  \"{}\": \"{seal}\"\n}}\n", seal::KEY);
        write_atomic(&self.study(), |file| file.write_all(text.as_bytes()))
    }

    /// Reads `study.json`.
    ///
    /// # Errors
    /// There is none, it cannot be read, or it is not as it was written.
    pub fn read_study(&self) -> Result<StudyRecord, RecordError> {
        let path = self.study();
        if !path.is_file() {
            return Err(RecordError::NotAStudy { path: self.root.clone() });
        }
        let study: StudyRecord = read_json(&path, "study record")?;
        study.study.check_references().map_err(|reason| RecordError::Malformed {
            path: path.clone(),
            what: "study record",
            reason,
        })?;
        let text = fs::read(&path).map_err(RecordError::io("read", &path))?;
        match serde_json::from_slice(&text).map(|value| seal::check_json(&value)) {
            Ok(seal::Seal::Broken) => Err(RecordError::Changed { path }),
            _ => Ok(study),
        }
    }
}

/// Paths inside a run's folder.
#[derive(Clone, Debug)]
pub struct RunDir {
    root: PathBuf,
    /// What the names of files of test cases begin with.
    of: String,
}

#[allow(missing_docs)]
impl RunDir {
    /// A run's folder wherever it lies (workers are given the folder alone).
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), of: String::new() }
    }
    /// The same folder, with the files of a further test set in the place of those
    /// of the task's own test cases.
    #[must_use]
    pub fn of_test_set(&self, name: &str) -> Self {
        Self { root: self.root.clone(), of: format!("{name}.") }
    }
    pub fn root(&self) -> &Path {
        &self.root
    }
    pub fn spec(&self) -> PathBuf {
        self.root.join("spec.json")
    }
    pub fn record(&self) -> PathBuf {
        self.root.join("record.json")
    }
    pub fn predictions(&self) -> PathBuf {
        self.of_cases("predictions")
    }
    pub fn case_metrics(&self) -> PathBuf {
        self.of_cases("case_metrics")
    }
    pub fn case_masks(&self) -> PathBuf {
        self.of_cases("case_masks")
    }
    fn of_cases(&self, what: &str) -> PathBuf {
        self.file(&format!("{}{what}.parquet", self.of))
    }
    pub fn history(&self) -> PathBuf {
        self.file("history.csv")
    }
    pub fn weights(&self) -> PathBuf {
        self.file(WEIGHTS)
    }
    pub fn resume(&self) -> PathBuf {
        self.root.join("resume.safetensors")
    }
    pub fn log(&self) -> PathBuf {
        self.root.join("log.txt")
    }

    /// Writes `record.json`, sealed.
    pub fn write_record(&self, record: &Record) -> Result<(), RecordError> {
        let mut record = Record { sha256: None, ..record.clone() };
        let value = serde_json::to_value(&record).map_err(|error| RecordError::Malformed {
            path: self.record(),
            what: "run record",
            reason: error.to_string(),
        })?;
        record.sha256 = Some(seal::of_json(&value));
        write_json(&self.record(), &record)
    }

    /// Reads `spec.json`.
    pub fn read_spec(&self) -> Result<RunSpec, RecordError> {
        read_json(&self.spec(), "run specification")
    }

    /// Reads `record.json`; `None` while the run has not ended.
    pub fn read_record(&self) -> Result<Option<Record>, RecordError> {
        if !self.record().is_file() {
            return Ok(None);
        }
        read_json(&self.record(), "run record").map(Some)
    }
}
