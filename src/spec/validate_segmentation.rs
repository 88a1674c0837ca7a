//! Settings of `[tasks.NAME.segmentation]` that contradict each other or the
//! rest of the task.

use super::segmentation::{Decision, Spacing};
use super::task::{Source, Target, Task};
use super::validate::Faults;

pub(super) fn segmentation(name: &str, task: &Task, faults: &mut Faults) {
    let at = |key: &'static str| ["tasks", name, "segmentation", key];
    if task.target != Target::Segmentation {
        faults.require(task.segmentation.is_none(), &["tasks", name, "segmentation"], || {
            format!("tasks.{name}.segmentation is only for `target = \"segmentation\"`")
        });
        return;
    }
    if !matches!(task.source, Source::Manifest | Source::List | Source::Phantom) {
        faults.add(
            &["tasks", name, "source"],
            format!("tasks.{name}: masks are named by a manifest or by lists"),
            Some("set source = \"manifest\" and name the columns of the masks in `labels`"),
        );
    }
    let spec = task.segmentation();
    let structures =
        if spec.mask_values.is_empty() { task.labels.len() } else { spec.mask_values.len() };
    let most = Target::MOST_STRUCTURES;
    faults.require(structures <= most, &["tasks", name, "labels"], || {
        format!("tasks.{name} has {structures} structures, expected at most {most}")
    });
    if !spec.mask_values.is_empty() {
        one_mask_of_all(name, task, &spec.mask_values, faults);
    } else if !task.classes.is_empty() && task.source == Source::Manifest {
        faults.require(task.classes.len() == structures, &["tasks", name, "classes"], || {
            format!(
                "tasks.{name}.classes names {} structures, but `labels` names {structures} columns \
                 of masks",
                task.classes.len()
            )
        });
    }
    faults.require(spec.threshold > 0, &at("threshold"), || {
        format!("tasks.{name}.segmentation.threshold is 0: every pixel would be inside")
    });
    faults.require(spec.tolerance > 0.0 && spec.tolerance.is_finite(), &at("tolerance"), || {
        format!("tasks.{name}.segmentation.tolerance is {}, expected above 0", spec.tolerance)
    });
    let spaced = |value: &f64| (1e-6..=1e6).contains(value);
    let stated = spec.spacing.and_then(Spacing::stated);
    faults.require(stated.is_none_or(|s| s.iter().all(spaced)), &at("spacing"), || {
        format!(
            "tasks.{name}.segmentation.spacing is {:?}, expected height and width of a pixel in \
             millimetres, or \"files\"",
            stated.unwrap_or_default()
        )
    });
    let files = task.source != Source::Phantom;
    faults.require(files || !spec.has_own_spacing(), &at("spacing"), || {
        format!("tasks.{name}.segmentation.spacing is \"files\", and the phantom has none")
    });
    if let Decision::Stated(value) = spec.decision {
        faults.require(value > 0.0 && value < 1.0, &at("decision"), || {
            format!(
                "tasks.{name}.segmentation.decision is {value}, expected a probability in (0, 1), \
                 or \"validation\""
            )
        });
    }
}

fn one_mask_of_all(name: &str, task: &Task, values: &[u8], faults: &mut Faults) {
    let at = ["tasks", name, "segmentation", "mask_values"];
    faults.require(task.labels.len() == 1, &["tasks", name, "labels"], || {
        format!(
            "tasks.{name}.labels names {} columns, but `mask_values` is for one column with a mask \
             of all structures",
            task.labels.len()
        )
    });
    if task.classes.len() != values.len() {
        faults.add(
            &at,
            format!(
                "tasks.{name}: `mask_values` gives {} values for {} `classes`",
                values.len(),
                task.classes.len()
            ),
            Some("name the structures in `classes`, and the value of each in the same order"),
        );
    }
    faults.require(!values.contains(&0), &at, || {
        format!("tasks.{name}.segmentation.mask_values has 0, which is the background")
    });
    let twice = (1..values.len()).find(|&i| values[..i].contains(&values[i]));
    if let Some(twice) = twice {
        faults.add(
            &at,
            format!("tasks.{name}.segmentation.mask_values has {} twice", values[twice]),
            None,
        );
    }
}
