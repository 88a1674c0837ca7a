//! What a report says of how cases were divided: no more than was found.

use crate::records::{DataFacts, Division};
use crate::spec::{LabelPolicy, SoftLabel, Source, Target, Task};
use crate::text::percent;

/// How the cases of a task were divided, in words; `facts` are absent in
/// folders of before version 0.2.
pub(super) fn division(task: &Task, facts: Option<&DataFacts>) -> String {
    match (task.source, facts) {
        (Source::Phantom, _) => {
            let seed = task.phantom.clone().unwrap_or_default().seed;
            format!("images generated from seed {seed}")
        }
        (Source::Npz, None) => "splits as published with the data".into(),
        (Source::Manifest | Source::List | Source::Folder, None) => {
            "how patients were divided was not recorded".into()
        }
        (source, Some(facts)) => {
            let mut words = vec![splits(source, task, facts.division), patients(facts)];
            if facts.dropped > 0 {
                words.push(format!(
                    "{} images left out of training because they are in the test set",
                    facts.dropped
                ));
            }
            words.join("; ")
        }
    }
}

fn splits(source: Source, task: &Task, division: Division) -> String {
    let (val, test) = (percent(task.split.val), percent(task.split.test));
    let own = match source {
        Source::Npz => "splits as published with the data",
        Source::Folder => "splits as in its folders",
        Source::List => "splits as in its lists",
        Source::Manifest | Source::Phantom => "splits as in its manifest",
    };
    match division {
        Division::Shares => {
            format!("divided at random, {val} for validation and {test} for testing")
        }
        Division::Own => own.into(),
        Division::TestsOnly => "for tests alone".into(),
        Division::OwnWithoutVal => {
            format!("{own}, with {val} of the training cases for validation")
        }
    }
}

/// What labels that say nothing counted as, where the task states it.
pub(super) fn labels(task: &Task) -> Option<String> {
    let policies = [("uncertain", task.uncertain), ("blank", task.blank_policy())];
    let said =
        policies.map(|(what, policy)| Some(format!("{what} labels {}", counted(task, policy)?)));
    let words: Vec<String> = said.into_iter().flatten().collect();
    (matches!(task.source, Source::Manifest | Source::List) && !words.is_empty())
        .then(|| words.join("; "))
}

fn counted(task: &Task, policy: LabelPolicy) -> Option<String> {
    Some(match policy {
        LabelPolicy::Error => return None,
        LabelPolicy::Ones => "counted as present".into(),
        LabelPolicy::Zeros => "counted as absent".into(),
        LabelPolicy::Ignore if task.target == Target::MultiLabel => {
            "counted neither in the loss nor in any metric".into()
        }
        LabelPolicy::Ignore => "were left out with their cases".into(),
        LabelPolicy::Soft(soft) => {
            let what = match soft {
                SoftLabel::Fixed(value) => format!("counted as {value}"),
                SoftLabel::Drawn(low, high) => format!(
                    "counted as values between {low} and {high}, drawn once for each case and class,"
                ),
            };
            format!("{what} in the training loss and not at all in validation and testing")
        }
    })
}

/// Whether patients were kept together.
pub(super) fn patients(facts: &DataFacts) -> String {
    match (&facts.patient_column, facts.straddling) {
        (Some(column), 0) => {
            format!("cases of one patient (column `{column}`) stay in one split")
        }
        (Some(column), straddling) => format!(
            "{straddling} of {} patients (column `{column}`) have cases in more than one split",
            facts.patients
        ),
        (None, _) => "patients are not told, so cases of one may be in several splits".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Target;

    fn facts(column: Option<&str>, straddling: u64, division: Division) -> DataFacts {
        DataFacts {
            patient_column: column.map(Into::into),
            patients: 40,
            straddling,
            division,
            dropped: 0,
        }
    }

    #[test]
    fn what_labels_count_as_is_said_where_it_is_stated() {
        let mut task = Task::new(Source::Manifest, Target::MultiLabel);
        assert_eq!(labels(&task), None);
        task.uncertain = LabelPolicy::Soft(SoftLabel::DEFAULT);
        assert_eq!(
            labels(&task).as_deref(),
            Some(
                "uncertain labels counted as 0.7 in the training loss and not at all in validation \
                 and testing; blank labels counted as absent"
            )
        );
        task.uncertain = LabelPolicy::Soft(SoftLabel::Drawn(0.55, 0.85));
        let drawn = labels(&task).expect("stated");
        assert!(drawn.contains("between 0.55 and 0.85, drawn once for each case"), "{drawn}");
        task.uncertain = LabelPolicy::Ignore;
        task.blank = Some(LabelPolicy::Error);
        let ignored = labels(&task).expect("stated");
        assert_eq!(ignored, "uncertain labels counted neither in the loss nor in any metric");
        task.target = Target::Binary;
        assert_eq!(
            labels(&task).as_deref(),
            Some("uncertain labels were left out with their cases")
        );
        task.source = Source::Phantom;
        assert_eq!(labels(&task), None);
    }

    #[test]
    fn patients_stay_together_only_where_that_was_checked() {
        let task = Task::new(Source::Manifest, Target::Binary);
        let of = |facts: Option<&DataFacts>| division(&task, facts);
        let stays = "stay in one split";
        let read = facts(Some("pid"), 0, Division::Shares);
        assert_eq!(
            of(Some(&read)),
            "divided at random, 15 % for validation and 25 % for testing; cases of one patient \
             (column `pid`) stay in one split"
        );
        let leaking = of(Some(&facts(Some("pid"), 3, Division::Own)));
        assert!(leaking.contains("3 of 40 patients") && !leaking.contains(stays), "{leaking}");
        let untold = of(Some(&facts(None, 0, Division::OwnWithoutVal)));
        assert!(untold.contains("patients are not told") && !untold.contains(stays), "{untold}");
        assert!(!of(None).contains(stays));
        let folder = Task::new(Source::Folder, Target::Binary);
        let own = division(&folder, Some(&facts(None, 0, Division::Own)));
        assert!(own.starts_with("splits as in its folders"), "{own}");
        let dropped = DataFacts { dropped: 7, ..read };
        assert!(of(Some(&dropped)).contains("7 images left out of training"));
    }
}
