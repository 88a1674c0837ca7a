//! What a report says of how cases were divided: no more than was found.

use crate::records::{DataFacts, Division};
use crate::spec::{Source, Task};
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
        (Source::Manifest | Source::Folder, None) => {
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
        Source::Manifest | Source::Phantom => "splits as in its manifest",
    };
    match division {
        Division::Shares => {
            format!("divided at random, {val} for validation and {test} for testing")
        }
        Division::Own => own.into(),
        Division::OwnWithoutVal => {
            format!("{own}, with {val} of the training cases for validation")
        }
    }
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
