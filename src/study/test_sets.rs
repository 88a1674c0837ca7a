//! Test sets beside a task's own, checked against the task before anything is trained.

use std::collections::BTreeMap;

use super::error::StudyError;
use crate::data::{self, DataError, Dataset, Finding};
use crate::spec::{Study, target_tasks};

/// What is odd about the sets that tasks are tested on beside their own, by task.
///
/// # Errors
/// A set has other classes than its task.
pub fn also_tested(
    study: &Study,
    sets: &BTreeMap<(String, u32), Dataset>,
) -> Result<BTreeMap<String, Vec<Finding>>, StudyError> {
    let mut found: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    for name in target_tasks(study) {
        let task = &study.tasks[name];
        for set in &task.also_test {
            let mut sizes = sets.keys().filter(|(other, _)| other == name).map(|(_, size)| *size);
            let Some(size) = sizes.next() else { continue };
            let Some(own) = sets.get(&(name.clone(), size)) else { continue };
            let Some(data) = sets.get(&(set.clone(), size)) else { continue };
            found.entry(name.clone()).or_default().extend(data::shared(
                own,
                data,
                set,
                task.duplicates,
            ));
            data.places_of(&own.classes).map_err(|reason| StudyError::Data {
                task: name.clone(),
                source: DataError::Task { task: set.clone(), reason },
            })?;
        }
    }
    Ok(found)
}
