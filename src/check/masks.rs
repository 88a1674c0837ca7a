//! The metrics of a run again, from the masks that it left.

use crate::data::Planes;
use crate::frame::{Ruler, case_metrics_of, mask_metrics_of, read_case_masks, read_case_metrics};
use crate::records::{Metric, RunDir};
use crate::spec::Task;

/// The metrics that the masks of a run give.
///
/// # Errors
/// With what is wrong with its file of masks, as the end of a sentence.
pub(super) fn again(run: &RunDir, task: &Task) -> Result<Vec<Metric>, String> {
    let masks = read_case_masks(&run.case_masks())
        .map_err(|error| format!("cannot be read: {error}"))?
        .ok_or("is missing")?;
    let rows = read_case_metrics(&run.case_metrics())
        .map_err(|error| format!("stands beside metrics that cannot be read: {error}"))?
        .ok_or("stands without the metrics of its cases")?;
    let mut classes: Vec<String> = Vec::new();
    for class in rows.iter().filter_map(|row| row.class.as_ref()) {
        if !classes.contains(class) {
            classes.push(class.clone());
        }
    }
    if classes.is_empty() {
        // A single structure has no rows of its own, and its name changes nothing.
        classes.push("structure".into());
    }
    let spec = task.segmentation();
    let mut found = Vec::new();
    for mask in &masks {
        let of = |runs: &[u8]| {
            Planes::from_runs(mask.size.0, mask.size.1, runs)
                .map_err(|reason| format!("holds a mask of case {} that {reason}", mask.case))
        };
        let pair = (&of(&mask.truth)?, &of(&mask.predicted)?);
        let ruler = Ruler::of(&spec, mask.spacing);
        found.extend(case_metrics_of((&mask.case, ""), &classes, pair, ruler)?);
    }
    Ok(mask_metrics_of(&found, &classes))
}
