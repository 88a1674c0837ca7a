//! What a report is computed from.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::look::Look;
use crate::compare::CompareOptions;
use crate::compare::cases::{CaseRow, ClassRow};
use crate::frame::{FrameError, Reading, Results, RunIn};
use crate::records::{FurtherMetrics, Record, RunState, StudyRecord};
use crate::report::histories::LevelHistory;
use crate::report::masks::MaskFacet;
use crate::report::predictions::PredictedLevel;
use crate::report::reduced::Reduced;
use crate::scores::Cell;
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
    /// How they are presented.
    pub manner: Manner,
}

/// How results are presented.
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
    /// Whether the statistics are run against golden values.
    pub selfcheck: bool,
    /// Whether the published studies stand beside the results.
    pub published: bool,
    /// How much of the page is printed.
    #[serde(skip_serializing_if = "Print::is_short")]
    pub print: Print,
    /// The templates of the page.
    pub look: Look,
}

/// How much of a page is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Print {
    /// What is open: tables and sections to look things up in are left out while they
    /// are closed.
    #[default]
    Short,
    /// All of it.
    Full,
}

impl Print {
    /// As the command line and templates name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Full => "full",
        }
    }

    // serde hands a reference.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    fn is_short(&self) -> bool {
        *self == Self::Short
    }
}

/// Where the results come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A CSV file, byte for byte.
    Csv {
        /// The file's content.
        bytes: Vec<u8>,
        /// How it is read.
        reading: Reading,
    },
    /// Tables of cases.
    Cases {
        /// In the order they were given.
        files: Vec<CaseFile>,
        /// How they are read.
        reading: Reading,
    },
    /// A study with the records of its runs.
    Study(Box<StudySource>),
    /// The numbers of the published benchmark, which the program holds, alone.
    Published,
}

/// A table of cases, byte for byte where all of them are small enough for a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFile {
    /// Name of the file.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its bytes; absent where the page carries results in their place.
    #[serde(skip)]
    pub bytes: Option<Vec<u8>>,
}

impl CaseFile {
    /// The hash of one file, or of the hashes of several.
    pub(in crate::report) fn joint_sha256(files: &[Self]) -> String {
        match files {
            [one] => one.sha256.clone(),
            files => {
                let all: String = files.iter().map(|file| file.sha256.as_str()).collect();
                super::archive::sha256(all.as_bytes())
            }
        }
    }
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
    /// Metrics that were asked for beside those of the study.
    pub asked: Vec<String>,
}

/// One run and how it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRow {
    /// What was run.
    pub spec: RunSpec,
    /// How it ended; `None` when it has not.
    pub record: Option<Record>,
    /// Metrics that follow from its predictions and that were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<FurtherMetrics>,
}

/// Results that were computed from files which the page does not hold; they
/// can be computed again from the records alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Carried {
    /// Comparisons by source of variance, from predictions.
    pub cases: Vec<CaseRow>,
    /// The same on every class, where it was asked for.
    #[serde(default)]
    pub classes: Vec<ClassRow>,
    /// What the predictions say level by level: curves, calibration, confusion.
    #[serde(default)]
    pub predictions: Vec<PredictedLevel>,
    /// Losses per epoch of the runs behind training curves.
    #[serde(default)]
    pub histories: Vec<LevelHistory>,
    /// What the masks of the test cases say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub masks: Vec<MaskFacet>,
    /// Files of the above that could not be read, and why.
    #[serde(default)]
    pub unread: Vec<String>,
    /// SHA-256 of the predictions of each run.
    pub prediction_hashes: BTreeMap<String, String>,
    /// All that was computed from tables of cases which the page does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reduced: Option<Box<Reduced>>,
}

impl Bundle {
    /// The table of results, read as at the first time.
    pub(in crate::report) fn results(&self) -> Result<Results, FrameError> {
        let name = Path::new(&self.name);
        match &self.source {
            Source::Csv { bytes, reading } => Results::from_bytes(&[(name, bytes)], reading),
            Source::Cases { files, reading } => {
                let file = |file: &'_ CaseFile| {
                    Some((std::path::PathBuf::from(&file.name), file.bytes.clone()?))
                };
                let held: Option<Vec<_>> = files.iter().map(file).collect();
                let held = held.ok_or_else(|| FrameError::NoResults { path: name.into() })?;
                let held: Vec<(&Path, &[u8])> =
                    held.iter().map(|(path, bytes)| (path.as_path(), bytes.as_slice())).collect();
                Results::from_bytes(&held, reading)
            }
            Source::Published => Err(FrameError::NoResults { path: name.into() }),
            Source::Study(study) => {
                let of = |run: &RunRow| (run.spec.clone(), run.record.clone(), run.further.clone());
                let runs: Vec<RunIn> = study.runs.iter().map(of).collect();
                Results::from_records(study.record.clone(), &runs, name)
            }
        }
    }

    /// The bundle of a report of the published studies alone.
    pub fn of_published() -> Self {
        Self {
            name: "published".into(),
            source: Source::Published,
            options: CompareOptions::default(),
            claims: Vec::new(),
            carried: Carried::default(),
            manner: Manner { published: true, ..Manner::default() },
        }
    }

    /// The study, where the results come from one.
    pub(in crate::report) fn study(&self) -> Option<&StudySource> {
        match &self.source {
            Source::Study(study) => Some(study),
            Source::Csv { .. } | Source::Cases { .. } | Source::Published => None,
        }
    }
}

impl RunRow {
    /// Where it stands in the design.
    pub(in crate::report) fn place(&self) -> Cell {
        Cell {
            task: self.spec.task.clone(),
            model: self.spec.model.clone(),
            init: self.spec.init.clone(),
            label_fraction: self.spec.label_fraction,
            ..Cell::default()
        }
    }

    /// Done, failed or not run.
    pub(in crate::report) fn state(&self) -> &'static str {
        match self.record.as_ref().map(|record| &record.state) {
            Some(RunState::Done) => "done",
            Some(RunState::Failed { .. }) => "failed",
            None => "not run",
        }
    }
}
