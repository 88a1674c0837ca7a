//! Which columns of a manifest a task uses.

use std::path::Path;

use csv::StringRecord;

use super::{Table, files};
use crate::data::class_names::form;
use crate::data::dataset::Split;
use crate::data::error::DataError;
use crate::data::names;
use crate::spec::{SplitSpec, Task};

/// Where the columns that a task uses are.
pub(super) struct Columns {
    pub(super) image: usize,
    pub(super) labels: Vec<usize>,
    pub(super) patient: Option<usize>,
    pub(super) split: Option<usize>,
    /// Masks of the field of view.
    pub(super) field_of_view: Option<usize>,
    pub(super) notes: Vec<String>,
}

impl Columns {
    pub(super) fn find(table: &Table, task: &Task, folder: &Path) -> Result<Self, DataError> {
        let image = image(table, task, folder)?;
        let labels: Vec<usize> =
            task.labels.iter().map(|name| label(table, name)).collect::<Result<_, _>>()?;
        if !task.target.takes_label_columns(labels.len()) {
            let wanted = task.target.label_columns();
            return Err(table.fail(format!(
                "`labels` names {} columns, target {:?} needs {wanted}; the columns are {}",
                labels.len(),
                task.target,
                names::quoted(&table.header)
            )));
        }
        let field_of_view = match task.segmentation().field_of_view {
            Some(name) => Some(table.column(&name, "segmentation.field_of_view")?),
            None => None,
        };
        let used: Vec<usize> = labels.iter().copied().chain([image]).chain(field_of_view).collect();
        let defaults = SplitSpec::default();
        let mut notes = Vec::new();
        let patient = Optional {
            name: &task.split.patient_column,
            default: &defaults.patient_column,
            key: "patient_column",
            meant: "the patient",
            without: task.without_patients(),
        };
        let patient = patient.find(table, &used, &|index| is_patient(table, index), &mut notes)?;
        let split = Optional {
            name: &task.split.column,
            default: &defaults.column,
            key: "column",
            meant: "the split",
            without: if task.role.is_test_only() {
                "all of its cases are for tests"
            } else {
                "the cases are divided by shares"
            },
        };
        let split = split.find(table, &used, &|index| is_split(table, index), &mut notes)?;
        Ok(Self { image, labels, patient, split, field_of_view, notes })
    }
}

fn image(table: &Table, task: &Task, folder: &Path) -> Result<usize, DataError> {
    let missing = match table.column(&task.image_column, "image_column") {
        Ok(index) => return Ok(index),
        Err(missing) => missing,
    };
    let Some((_, first)) = table.rows.first() else { return Err(missing) };
    let there = |index: &usize| {
        first.get(*index).is_some_and(|cell| {
            !cell.is_empty()
                && files::Finder::new(folder, false).file(cell).is_ok_and(|f| f.is_file())
        })
    };
    match (0..table.header.len()).find(there) {
        Some(index) => Err(table.fail(format!(
            "has no column `{}` (asked for by `image_column`), but `{}` names files that are \
             there; write image_column = {:?} in the task",
            task.image_column, table.header[index], table.header[index]
        ))),
        None => Err(missing),
    }
}

/// A label column; where the name is a label in the cells of another column,
/// that is said.
fn label(table: &Table, name: &str) -> Result<usize, DataError> {
    let missing = match table.column(name, "labels") {
        Ok(index) => return Ok(index),
        Err(missing) => missing,
    };
    let names_it = |cell: &str| cell.split(['|', ';']).any(|part| form(part) == form(name));
    let holds =
        |index: &usize| table.rows.iter().any(|(_, cells)| cells.get(*index).is_some_and(names_it));
    match (0..table.header.len()).find(holds) {
        Some(index) => Err(table.fail(format!(
            "has no column `{name}` (asked for by `labels`), but cells of column `{}` name it; write \
             labels = [{:?}] and list {name:?} in `classes`",
            table.header[index], table.header[index]
        ))),
        None => Err(missing),
    }
}

/// A column that may be missing where its name is the default.
struct Optional<'a> {
    name: &'a str,
    default: &'a str,
    /// Its key below `split`.
    key: &'a str,
    /// What it tells.
    meant: &'a str,
    /// What is done without.
    without: &'a str,
}

impl Optional<'_> {
    /// Finds the column; without one, what happens is noted.
    ///
    /// # Errors
    /// Where a stated column is missing, or where another one looks like the
    /// default one: nobody wants to do without it unknowingly.
    fn find(
        &self,
        table: &Table,
        used: &[usize],
        looks_like: &dyn Fn(usize) -> bool,
        notes: &mut Vec<String>,
    ) -> Result<Option<usize>, DataError> {
        let Self { name, default, key, meant, without } = self;
        if *name == SplitSpec::NONE {
            notes.push(format!("the study file says that no column names {meant}: {without}"));
            return Ok(None);
        }
        if name != default || table.header.iter().any(|column| column == name) {
            return table.column(name, &format!("split.{key}")).map(Some);
        }
        let near: Vec<&str> = (0..table.header.len())
            .filter(|index| !used.contains(index) && looks_like(*index))
            .map(|index| table.header[index].as_str())
            .collect();
        if let Some(first) = near.first() {
            let reason = format!(
                "has no column `{name}`, but {} may name {meant}; write split.{key} = {first:?} in \
                 the task to use it, or split.{key} = \"none\" if no column does",
                names::quoted(&near)
            );
            return Err(table.fail(reason));
        }
        notes.push(format!("the manifest has no column `{name}`: {without}"));
        Ok(None)
    }
}

/// Whether a header names patients: a word for a person, alone or with a word
/// for an identity. `Patient Age` does not.
fn is_patient(table: &Table, index: usize) -> bool {
    const PERSONS: [&str; 14] = [
        "patients",
        "patienten",
        "patient",
        "subjects",
        "subject",
        "participants",
        "participant",
        "persons",
        "person",
        "individual",
        "proband",
        "pt",
        "pat",
        "p",
    ];
    const IDS: [&str; 15] = [
        "identifier",
        "identity",
        "number",
        "name",
        "code",
        "hash",
        "anon",
        "uuid",
        "uid",
        "num",
        "key",
        "ids",
        "id",
        "no",
        "nr",
    ];
    let name: String = form(&table.header[index]).chars().filter(|c| c.is_alphanumeric()).collect();
    if matches!(name.as_str(), "mrn" | "medicalrecordnumber" | "ptid" | "pid") {
        return true;
    }
    let ids = |mut rest: &str| {
        while let Some(short) = IDS.iter().find_map(|id| rest.strip_prefix(id)) {
            rest = short;
        }
        rest.is_empty()
    };
    let told = PERSONS.iter().any(|person| {
        let alone = person.len() < 4;
        let rest = name.strip_prefix(person).or_else(|| name.strip_suffix(person));
        rest.is_some_and(|rest| ids(rest) && !(alone && rest.is_empty()))
    });
    told || strsim::levenshtein(&name, "patientid") <= 1
}

/// Whether a column looks like that of the splits, by its header or because
/// all of its cells are names of splits.
fn is_split(table: &Table, index: usize) -> bool {
    let name: String = form(&table.header[index]).chars().filter(|c| c.is_alphanumeric()).collect();
    let named = ["split", "splits", "datasplit", "splitname", "splitset", "datasetsplit"];
    if named.contains(&name.as_str()) || strsim::levenshtein(&name, "split") <= 1 {
        return true;
    }
    let cells = || table.rows.iter().map(|(_, cells)| cells.get(index).unwrap_or(""));
    let all = cells().all(|cell| split_named(cell).is_some());
    all && cells().any(|cell| split_named(cell) != split_named(cells().next().unwrap_or("")))
}

/// The split of a name, in any case.
pub(in crate::data) fn split_named(name: &str) -> Option<Split> {
    match name.to_lowercase().as_str() {
        "train" | "training" => Some(Split::Train),
        "val" | "valid" | "validation" => Some(Split::Val),
        "test" | "testing" => Some(Split::Test),
        _ => None,
    }
}

pub(super) fn split_of(
    table: &Table,
    line: u64,
    cells: &StringRecord,
    column: usize,
) -> Result<Split, DataError> {
    const KNOWN: [&str; 7] = ["train", "training", "val", "valid", "validation", "test", "testing"];
    let cell = table.filled(line, cells, column)?;
    split_named(cell).ok_or_else(|| {
        let hint = names::hint(cell, KNOWN);
        let reason = format!("unknown split `{cell}`, expected train, val or test{hint}");
        table.cell(line, column, reason)
    })
}
