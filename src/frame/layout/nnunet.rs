//! nnU-Net's `summary.json`, of version 1 (`results.all`) and 2 (`metric_per_case`): a row
//! for each case, structure and metric.

use std::path::Path;

use serde_json::{Map, Value};

use super::draft::Tidy;
use crate::scores::Per;
use crate::scores::known::{Known, known};
use crate::table::Document;

pub(super) const KIND: &str = "nnU-Net summary";

/// One structure of one case.
struct Structure<'a> {
    case: String,
    class: &'a str,
    metrics: &'a Map<String, Value>,
}

/// The table of a summary.
pub(super) fn of_document(path: &Path, document: &Document) -> Option<Tidy> {
    let version_2 = document.value.get("metric_per_case").and_then(Value::as_array);
    let version_1 = document.value.pointer("/results/all").and_then(Value::as_array);
    let (cases, inner, files) = match (version_2, version_1) {
        (Some(cases), _) => (cases, Some("metrics"), ["reference_file", "prediction_file"]),
        (None, Some(cases)) => (cases, None, ["reference", "test"]),
        (None, None) => return None,
    };
    let mut structures: Vec<Structure<'_>> = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let labels = inner.map_or(Some(case), |inner| case.get(inner)).and_then(Value::as_object);
        if let Some(labels) = labels {
            structures.extend(structures_of(labels, &case_name(case, files, at)));
        }
    }
    let mut left: Vec<&str> = Vec::new();
    let mut rows = Vec::new();
    let background = structures.iter().any(|structure| structure.class == "0");
    for structure in structures.iter().filter(|structure| structure.class != "0") {
        for (name, value) in structure.metrics {
            match of_masks(name) {
                Some(metric) => rows.push(vec![
                    structure.case.clone(),
                    structure.class.to_string(),
                    metric.key.to_string(),
                    value.as_f64().map_or_else(|| "nan".into(), |value| value.to_string()),
                ]),
                None if !left.iter().any(|known| known == name) => left.push(name),
                None => {}
            }
        }
    }
    let header = ["case", "class", "metric", "value"].map(String::from);
    let mut tidy = Tidy::of(document.sheet(path, header.into(), "JSON", rows));
    tidy.kind = Some(KIND);
    tidy.understood
        .push("each case and structure is a row; classes are the numbers of labels".into());
    tidy.ignored.extend(left.iter().map(|name| (*name).to_string()));
    if background {
        tidy.ignored.push("class 0 (the background)".into());
    }
    Some(tidy)
}

fn structures_of<'a>(labels: &'a Map<String, Value>, case: &str) -> Vec<Structure<'a>> {
    let of = |(class, value): (&'a String, &'a Value)| {
        Some(Structure { case: case.into(), class, metrics: value.as_object()? })
    };
    labels.iter().filter_map(of).collect()
}

/// The name of a case: that of its file without folders and endings.
fn case_name(case: &Value, keys: [&str; 2], at: usize) -> String {
    let file = keys.iter().find_map(|key| case.get(key).and_then(Value::as_str));
    let Some(file) = file else { return format!("case {}", at + 1) };
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let ending = [".nii.gz", ".nii", ".nrrd", ".mha", ".tif", ".tiff", ".png", ".npz"];
    ending.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name).into()
}

/// A metric of masks, which has a value for each case; counts and shares of voxels are
/// none.
fn of_masks(name: &str) -> Option<&'static Known> {
    let name = name.replace("Avg. ", "average ").replace("Avg ", "average ");
    known(&name).filter(|known| {
        known.per == Per::Case && known.averaging.contains("each structure on its own")
    })
}
