//! What a report is computed from.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::compare::CompareOptions;
use crate::compare::cases::CaseRow;
use crate::frame::{Filter, FrameError, Results};
use crate::records::{Record, RunState, StudyRecord};
use crate::spec::{Claim, RunSpec};

/// All that a report is computed from.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// File or folder name of the input.
    pub name: String,
    /// The results.
    pub source: Source,
    /// What is compared and how.
    pub options: CompareOptions,
    /// Claims to judge.
    pub claims: Vec<Claim>,
    /// Results of what is too large to be carried.
    pub carried: Carried,
    /// Whether the report runs the statistics against golden values.
    pub selfcheck: bool,
    /// How they are presented.
    pub manner: Manner,
}

/// How results are presented, as far as templates do not say it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Manner {
    /// The level that a card is of; the first that is not the baseline where
    /// absent.
    pub subject: Option<String>,
    /// BibTeX files: name and text.
    pub bibliographies: Vec<(String, String)>,
    /// CSL style: name, and XML or the name again.
    pub style: Option<(String, String)>,
}

/// Where the results come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A CSV file, byte for byte.
    Csv {
        /// The file's content.
        bytes: Vec<u8>,
        /// The rows that count.
        filters: Vec<Filter>,
    },
    /// A study with the records of its runs.
    Study(Box<StudySource>),
}

/// A study with the records of its runs.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct StudySource {
    pub record: StudyRecord,
    /// In the order of the study.
    pub runs: Vec<RunRow>,
    /// SHA-256 of the result table on disk; empty where there was none.
    pub results_sha256: String,
}

/// One run and how it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRow {
    /// What was run.
    pub spec: RunSpec,
    /// How it ended; `None` when it has not.
    pub record: Option<Record>,
}

/// Results that were computed from files which the page does not hold; they
/// can be computed again from the records alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Carried {
    /// Comparisons by source of variance, from predictions.
    pub cases: Vec<CaseRow>,
    /// SHA-256 of the predictions of each run.
    pub prediction_hashes: BTreeMap<String, String>,
}

impl Bundle {
    /// The table of results, read as at the first time.
    pub(in crate::report) fn results(&self) -> Result<Results, FrameError> {
        let name = Path::new(&self.name);
        match &self.source {
            Source::Csv { bytes, filters } => Results::from_csv(bytes, name, filters),
            Source::Study(study) => {
                let runs: Vec<(RunSpec, Option<Record>)> =
                    study.runs.iter().map(|run| (run.spec.clone(), run.record.clone())).collect();
                Results::from_records(study.record.clone(), &runs, name)
            }
        }
    }

    /// The study, where the results come from one.
    pub(in crate::report) fn study(&self) -> Option<&StudySource> {
        match &self.source {
            Source::Study(study) => Some(study),
            Source::Csv { .. } => None,
        }
    }
}

impl RunRow {
    /// Done, failed or not run.
    pub(in crate::report) fn state(&self) -> &'static str {
        match self.record.as_ref().map(|record| &record.state) {
            Some(RunState::Done) => "done",
            Some(RunState::Failed { .. }) => "failed",
            None => "not run",
        }
    }
}
