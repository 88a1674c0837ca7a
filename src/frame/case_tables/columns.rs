//! What the columns of a table of cases are, by their names.

use crate::scores::known;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Case,
    Patient,
    Task,
    Model,
    Init,
    Fraction,
    Seed,
    Metric,
    Class,
    Label,
    Granularity,
    Direction,
    Value,
    Score,
    /// Anything else: scores of a class, a further factor, a note.
    Other,
}

/// What a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `value` per case.
    LongValues,
    /// A column per metric.
    WideValues,
    /// `score` per case, and class where there are several.
    LongPredictions,
    /// A column of scores per class.
    WidePredictions,
}

/// Names that mean a case wherever they stand.
pub(in crate::frame) const CASE: [&str; 8] =
    ["case", "case_id", "image", "image_id", "image_name", "filename", "study_id", "sample_id"];
/// Names that mean a case where there is no column of single values beside
/// them: in a table of results they may be anything.
const CASE_PERHAPS: [&str; 7] = ["study", "id", "sample", "file", "name", "path", "scan"];

/// A name as roles are found by: lower case, words joined by `_`.
pub(super) fn plain(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}

/// The role of a column, whatever else the table has.
fn named(name: &str) -> Role {
    match plain(name).as_str() {
        name if CASE.contains(&name) => Role::Case,
        "patient" | "patient_id" | "cluster" | "cluster_id" | "subject" | "subject_id" => {
            Role::Patient
        }
        "task" => Role::Task,
        "model" => Role::Model,
        "init" => Role::Init,
        "label_fraction" | "fraction" => Role::Fraction,
        "seed" => Role::Seed,
        "metric" => Role::Metric,
        "class" | "structure" => Role::Class,
        "label" | "target" | "truth" | "y_true" | "ground_truth" => Role::Label,
        "granularity" => Role::Granularity,
        "direction" => Role::Direction,
        "value" => Role::Value,
        "score" | "probability" | "prob" | "prediction" | "y_score" | "y_pred" | "logit" => {
            Role::Score
        }
        _ => Role::Other,
    }
}

/// The role of each column. The first of several columns that might be the cases
/// is it.
pub(super) fn roles(header: &[String]) -> Vec<Role> {
    let mut roles: Vec<Role> = header.iter().map(|name| named(name)).collect();
    if !roles.contains(&Role::Case) {
        let perhaps = |name: &String| CASE_PERHAPS.contains(&plain(name).as_str());
        if let Some(at) = header.iter().position(perhaps) {
            roles[at] = Role::Case;
        }
    }
    // What stands twice is known by its first column.
    for at in 1..roles.len() {
        if roles[at] != Role::Other && roles[..at].contains(&roles[at]) {
            roles[at] = Role::Other;
        }
    }
    roles
}

/// Whether a table is one of cases: its header says so.
pub(in crate::frame) fn is_case_table(header: &[String]) -> bool {
    let roles: Vec<Role> = header.iter().map(|name| named(name)).collect();
    let has = |role: Role| roles.contains(&role);
    if has(Role::Case) {
        return true;
    }
    let perhaps = header.iter().any(|name| CASE_PERHAPS.contains(&plain(name).as_str()));
    let results = has(Role::Value) || header.iter().any(|name| plain(name) == "mean");
    perhaps && !results
}

/// The form of a table with these columns.
pub(super) fn form(header: &[String], roles: &[Role]) -> Form {
    if roles.contains(&Role::Value) {
        return Form::LongValues;
    }
    if roles.contains(&Role::Score) {
        return Form::LongPredictions;
    }
    let mut others = header.iter().zip(roles).filter(|(_, role)| **role == Role::Other).peekable();
    let metrics = others.peek().is_some()
        && !roles.contains(&Role::Label)
        && others.all(|(name, _)| known::known(name).is_some());
    if metrics { Form::WideValues } else { Form::WidePredictions }
}

/// The class of `label_nodule`, where a column is one of labels.
pub(super) fn label_of(name: &str) -> Option<&str> {
    ["label_", "truth_", "target_"].iter().find_map(|mark| name.strip_prefix(mark))
}

/// The class of a column of scores: `score_nodule`, `prob_nodule`, `nodule`.
pub(super) fn class_of(name: &str) -> &str {
    ["score_", "prob_", "probability_", "pred_", "logit_"]
        .iter()
        .find_map(|mark| name.strip_prefix(mark))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Vec<String> {
        text.split(',').map(String::from).collect()
    }

    #[test]
    fn tables_of_cases_are_told_by_their_header() {
        for yes in ["case,value", "Study,Edema,Fracture", "image_id,model,dice", "id,label,score"] {
            assert!(is_case_table(&header(yes)), "{yes}");
        }
        for no in ["task,model,seed,value", "id,init,seed,metric,value", "study,mean,sd,n", "a,b"] {
            assert!(!is_case_table(&header(no)), "{no}");
        }
    }

    #[test]
    fn forms_follow_from_the_columns() {
        let of = |text: &str| form(&header(text), &roles(&header(text)));
        assert_eq!(of("case,metric,value"), Form::LongValues);
        assert_eq!(of("case,model,dice,HD95"), Form::WideValues);
        assert_eq!(of("case,label,score"), Form::LongPredictions);
        assert_eq!(of("Study,Edema,Fracture"), Form::WidePredictions);
        assert_eq!(of("case,label,dog,cat"), Form::WidePredictions);
    }
}
