//! Rows that a reader finds.

use std::path::{Path, PathBuf};

use csv::StringRecord;

use crate::data::dataset::Split;

pub(super) const IMAGE: &str = "image";
pub(super) const SPLIT: &str = "split";
pub(super) const FIELD_OF_VIEW: &str = "field of view";

/// A line number has these bits; above them stands which list it is of.
pub(super) const LINE_BITS: u32 = 40;
pub(super) const LINE: u64 = (1 << LINE_BITS) - 1;

/// A table in the making: image, labels (or masks), and what else there is.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) header: Vec<String>,
    /// Columns of labels or masks.
    pub(super) labels: Vec<String>,
    /// Names of classes where they are not those of the columns.
    pub(super) classes: Vec<String>,
    pub(super) lines: Vec<(u64, StringRecord)>,
    /// The lists that lines are of.
    pub(super) files: Vec<PathBuf>,
    /// The column that tells patients, named after where it is from.
    pub(super) patient: Option<String>,
    pub(super) split: bool,
    pub(super) field_of_view: bool,
    pub(super) notes: Vec<String>,
}

/// One row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Row<'a> {
    pub(super) line: u64,
    pub(super) image: &'a str,
    pub(super) labels: &'a [String],
    pub(super) patient: Option<&'a str>,
    pub(super) split: Option<Split>,
    pub(super) field_of_view: Option<&'a str>,
}

impl Rows {
    /// A table with columns of labels, of the patient by where it is from, and
    /// of the split.
    pub(super) fn new(labels: Vec<String>, patient: Option<&str>, split: bool) -> Self {
        let mut header = vec![IMAGE.to_owned()];
        header.extend(labels.iter().cloned());
        header.extend(patient.map(str::to_owned));
        if split {
            header.push(SPLIT.into());
        }
        Self { header, labels, patient: patient.map(str::to_owned), split, ..Self::default() }
    }

    /// With a column of the field of view.
    pub(super) fn seen(mut self) -> Self {
        self.header.push(FIELD_OF_VIEW.into());
        self.field_of_view = true;
        self
    }

    /// Lines that follow are of this list.
    pub(super) fn list(&mut self, path: &Path) {
        self.files.push(path.to_path_buf());
    }

    pub(super) fn push(&mut self, row: &Row<'_>) {
        let mut cells = StringRecord::new();
        cells.push_field(row.image);
        row.labels.iter().for_each(|label| cells.push_field(label));
        if self.patient.is_some() {
            cells.push_field(row.patient.unwrap_or_default());
        }
        if self.split {
            cells.push_field(row.split.map_or("", Split::name));
        }
        if self.field_of_view {
            cells.push_field(row.field_of_view.unwrap_or_default());
        }
        let list = self.files.len().saturating_sub(1) as u64;
        self.lines.push(((list << LINE_BITS) | (row.line & LINE), cells));
    }
}
