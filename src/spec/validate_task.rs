//! Settings of a task that contradict each other.

use super::label_policy::LabelPolicy;
use super::reading::{Duplicates, Orientation};
use super::task::{Source, Target, Task};
use super::validate::Faults;
use super::validate_segmentation::segmentation;

/// All faults of one task.
pub(super) fn task(name: &str, task: &Task, faults: &mut Faults) {
    source(name, task, faults);
    labels(name, task, faults);
    policies(name, task, faults);
    images(name, task, faults);
    shares(name, task, faults);
    segmentation(name, task, faults);
}

fn source(name: &str, task: &Task, faults: &mut Faults) {
    let at = |key: &'static str| ["tasks", name, key];
    match task.source {
        Source::Phantom => {
            faults.require(task.path.is_none(), &at("path"), || {
                format!("tasks.{name}: the phantom is generated and takes no `path`")
            });
            let spec = task.phantom.clone().unwrap_or_default();
            let expected = spec.labels.target();
            faults.require(task.target == expected, &at("target"), || {
                format!(
                    "tasks.{name}.target is {:?}, but these phantom labels are {expected:?}",
                    task.target
                )
            });
            faults.require((16..=1024).contains(&spec.size), &at("phantom"), || {
                format!("tasks.{name}.phantom.size is {}, expected 16 to 1024", spec.size)
            });
            for (key, count) in [("train", spec.train), ("val", spec.val), ("test", spec.test)] {
                faults.require(count > 0, &["tasks", name, "phantom", key], || {
                    format!("tasks.{name}.phantom.{key} is 0, expected at least one image")
                });
            }
        }
        Source::List => list(name, task, faults),
        Source::Manifest | Source::Npz | Source::Folder => {
            if task.path.is_none() {
                faults.add(
                    &["tasks", name],
                    format!("tasks.{name} has no `path`"),
                    Some(match task.source {
                        Source::Folder => "name the folder that holds a folder per class",
                        _ => "name the manifest (.csv) or the archive (.npz)",
                    }),
                );
            }
            faults.require(task.phantom.is_none(), &at("phantom"), || {
                format!("tasks.{name}.phantom is only for `source = \"phantom\"`")
            });
        }
    }
}

/// A task of published lists.
fn list(name: &str, task: &Task, faults: &mut Faults) {
    let at = |key: &'static str| ["tasks", name, key];
    if task.path.is_some() {
        faults.add(
            &at("path"),
            format!("tasks.{name}: lists are named in `list` and take no `path`"),
            Some("write the folder of the images as `images`"),
        );
    }
    if task.images.is_none() {
        faults.add(
            &["tasks", name],
            format!("tasks.{name} has no `images`"),
            Some("name the folder that the images of the lists lie in"),
        );
    }
    let Some(list) = &task.list else {
        return faults.add(
            &["tasks", name],
            format!("tasks.{name} has no `list`"),
            Some("write [tasks.NAME.list] with its format and the lists"),
        );
    };
    let masks = list.format.is_of_masks();
    if masks != (task.target == Target::Segmentation) {
        let (tells, target) = if masks {
            ("masks", "\"segmentation\"")
        } else {
            ("labels", "\"binary\" or \"multi-label\"")
        };
        faults.add(
            &at("target"),
            format!("tasks.{name}: lists of this format tell {tells}"),
            Some(&format!("set target = {target}")),
        );
    }
}

fn labels(name: &str, task: &Task, faults: &mut Faults) {
    let at = |key: &'static str| ["tasks", name, key];
    faults.require(task.list.is_none() || task.source == Source::List, &at("list"), || {
        format!("tasks.{name}.list is only for `source = \"list\"`")
    });
    if task.source == Source::Manifest {
        if !task.target.takes_label_columns(task.labels.len()) {
            faults.add(
                &at("labels"),
                format!(
                    "tasks.{name}.labels names {} columns, expected {}",
                    task.labels.len(),
                    task.target.label_columns()
                ),
                Some("write e.g. labels = [\"pneumonia\"]"),
            );
        }
    } else if !task.labels.is_empty() && task.source != Source::List {
        faults.add(
            &at("labels"),
            format!("tasks.{name}.labels is only for `source = \"manifest\"` and lists"),
            None,
        );
    }
    if task.source == Source::Folder && task.target == Target::MultiLabel {
        faults.add(
            &at("target"),
            format!("tasks.{name}: an image in a folder per class has one class, not several"),
            Some("set target = \"multi-class\" (or \"binary\"), or list the images in a manifest"),
        );
    }
    let Some(positive) = &task.positive else { return };
    if task.target != Target::Binary {
        faults.add(
            &at("positive"),
            format!("tasks.{name}.positive is only for `target = \"binary\"`"),
            Some("leave it out, or set target = \"binary\""),
        );
    } else if matches!(task.source, Source::Phantom | Source::Npz) {
        faults.add(
            &at("positive"),
            format!("tasks.{name}.positive is for manifests and folders: the labels are numbers"),
            Some("leave it out"),
        );
    } else if task.classes.len() == 2 && *positive != task.classes[1] {
        faults.add(
            &at("positive"),
            format!(
                "tasks.{name}: `positive` is {positive:?}, but `classes` names the negative class \
                 first and then {:?}",
                task.classes[1]
            ),
            Some("leave one of the two out"),
        );
    }
}

fn policies(name: &str, task: &Task, faults: &mut Faults) {
    for (key, policy) in [("uncertain", Some(task.uncertain)), ("blank", task.blank)] {
        let Some(policy) = policy.filter(|policy| *policy != LabelPolicy::Error) else { continue };
        let at = ["tasks", name, key];
        if task.target == Target::Segmentation {
            let text = format!("tasks.{name}.{key} says nothing of masks; leave it out");
            faults.add(&at, text, None);
        } else if !matches!(task.source, Source::Manifest | Source::List) {
            let text = format!("tasks.{name}.{key} is only for `source = \"manifest\"` and lists");
            faults.add(&at, text, None);
        } else if task.target == Target::MultiClass && policy != LabelPolicy::Ignore {
            faults.add(
                &at,
                format!("tasks.{name}.{key} is {}, which says nothing where a case has one class of several",
                    policy.in_toml()),
                Some("write \"ignore\": rows without a class are left out"),
            );
        } else if key == "blank" && policy == LabelPolicy::Ones {
            faults.add(
                &at,
                format!(
                    "tasks.{name}.blank is \"ones\": what nobody mentioned would count as found"
                ),
                Some("write \"zeros\" or \"ignore\""),
            );
        } else if let LabelPolicy::Soft(soft) = policy {
            if key == "blank" {
                faults.add(
                    &at,
                    format!(
                        "tasks.{name}.blank is {}: what nobody mentioned would count as half found",
                        policy.in_toml()
                    ),
                    Some("write \"zeros\" or \"ignore\""),
                );
            } else if task.target != Target::MultiLabel {
                faults.add(
                    &at,
                    format!(
                        "tasks.{name}.uncertain is {}, but soft labels are for targets with a label \
                         per class",
                        policy.in_toml()
                    ),
                    Some("set target = \"multi-label\" (one label column will do)"),
                );
            } else if let Some((what, way)) = soft.fault() {
                let text =
                    format!("tasks.{name}.uncertain: {what}, expected a value between 0 and 1");
                faults.add(&at, text, Some(way));
            }
        }
    }
}

fn images(name: &str, task: &Task, faults: &mut Faults) {
    let files = matches!(task.source, Source::Manifest | Source::List | Source::Folder);
    for (key, set) in [
        ("orientation", task.orientation != Orientation::Ignore),
        ("range", task.range.is_some()),
        ("raw", task.raw.is_some()),
    ] {
        faults.require(files || !set, &["tasks", name, key], || {
            format!("tasks.{name}.{key} is only for images in files: a manifest, lists or a folder")
        });
    }
    if let Some(fault) = task.raw.and_then(|raw| raw.fault()) {
        faults.add(&["tasks", name, "raw"], format!("tasks.{name}.raw {fault}"), None);
    }
    let set = task.duplicates != Duplicates::Error;
    faults.require(task.source != Source::Phantom || !set, &["tasks", name, "duplicates"], || {
        format!("tasks.{name}.duplicates: the phantom has no images twice")
    });
}

fn shares(name: &str, task: &Task, faults: &mut Faults) {
    let split = &task.split;
    for (key, share) in [("val", split.val), ("test", split.test)] {
        faults.require(share > 0.0 && share < 1.0, &["tasks", name, "split", key], || {
            format!("tasks.{name}.split.{key} is {share}, expected a share in (0, 1)")
        });
    }
    faults.require(split.val + split.test < 1.0, &["tasks", name, "split"], || {
        format!("tasks.{name}.split leaves no training cases: val + test is at least 1")
    });
}
