//! MLflow: the export of its page of runs, and the table of `search_runs`.

use super::draft::Tidy;
use crate::table::names::plain;

pub(super) const KIND: &str = "MLflow export";

/// What it notes of each run.
const NOTED: [&str; 22] = [
    "start_time",
    "end_time",
    "duration",
    "run_id",
    "run_uuid",
    "name",
    "run_name",
    "source_type",
    "source_name",
    "source",
    "source_version",
    "entry_point",
    "user",
    "user_id",
    "status",
    "experiment_id",
    "artifact_uri",
    "lifecycle_stage",
    "version",
    "models",
    "created",
    "registered_models",
];
/// What nothing else writes beside runs.
const OWN: [&str; 6] =
    ["artifact_uri", "experiment_id", "source_type", "source_name", "lifecycle_stage", "run_uuid"];

/// Whether a table is its export.
pub(super) fn is_export(tidy: &Tidy) -> bool {
    let header = tidy.sheet.header();
    let names: Vec<String> = header.iter().map(|name| plain(name)).collect();
    let has = |name: &str| names.iter().any(|known| known == name);
    let marked = |mark: &str| header.iter().any(|name| name.starts_with(mark));
    let own = OWN.iter().filter(|name| has(name)).count();
    let run = has("run_id") || has("run_uuid");
    run && (own > 0 || marked("metrics.") || marked("tags.mlflow.") || has("status"))
        || marked("metrics.") && marked("params.")
        || own >= 2
}

/// Whether it notes a column of each run.
pub(super) fn is_noted(name: &str) -> bool {
    NOTED.contains(&plain(name).as_str()) || name.starts_with("tags.mlflow.")
}
