//! Results of one study that were computed in different ways.

use std::collections::BTreeSet;

use tch::Device;

use crate::records::{RecordError, RunState};
use crate::train::arithmetic::Arithmetic;

use super::error::StudyError;
use super::plan::Plan;

/// What a user should know where results that are there were computed otherwise
/// than the others are or will be: their differences hold rounding, too.
pub fn mixed_arithmetic(plan: &Plan, device: Device) -> Result<Option<String>, StudyError> {
    let mut others = BTreeSet::new();
    let mut ids = Vec::new();
    for run in &plan.runs {
        let record = match plan.dir.run(&run.id()).read_record() {
            Ok(record) => record.filter(|record| record.state == RunState::Done),
            // Cut off by a dying disk: it will be run again.
            Err(RecordError::Malformed { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let Some(made) = record.map(|record| record.provenance) else { continue };
        let asked = (run.recipe.precision, run.recipe.memory_format);
        // A precision that this device lacks is an error elsewhere.
        let Ok(here) = Arithmetic::new(asked, run.backbone, device) else { continue };
        if made.arithmetic.as_ref() != Some(&here.record()) {
            let how = made.arithmetic.map_or("parameter by parameter".into(), |a| a.to_string());
            others.insert(format!("{how}, by transfolio {}", made.transfolio));
            ids.push(run.id());
        }
    }
    let (Some(first), true) = (ids.first(), ids.len() < plan.runs.len()) else { return Ok(None) };
    Ok(Some(format!(
        "{} of {} results were computed otherwise ({}) than the rest, from which they differ by \
         rounding as by another seed; to have all alike, delete the folders of those runs ({}{})",
        ids.len(),
        plan.runs.len(),
        others.into_iter().collect::<Vec<_>>().join("; "),
        plan.dir.run(first).root().display(),
        if ids.len() > 1 { ", ..." } else { "" }
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{self, Provenance, Record, write_json};
    use crate::spec::RunSpec;
    use crate::study::Plan;
    use crate::study::tests::planned;

    /// A record of a run, as some version left it.
    fn done(plan: &Plan, run: &RunSpec, arithmetic: Option<records::Arithmetic>) {
        let dir = plan.dir.run(&run.id());
        std::fs::create_dir_all(dir.root()).expect("a folder");
        let record = Record {
            format: records::FORMAT,
            run: run.id(),
            state: RunState::Done,
            metrics: Vec::new(),
            validation: Vec::new(),
            decision: None,
            also_tested: Vec::new(),
            cases: [1; 3],
            best_epoch: 1,
            epochs: 1,
            loaded: None,
            spec_sha256: None,
            files: None,
            sha256: None,
            provenance: Provenance {
                transfolio: "0.1.0".into(),
                arithmetic,
                ..Provenance::default()
            },
        };
        write_json(&dir.record(), &record).expect("written");
    }

    fn of_this_version(run: &RunSpec) -> records::Arithmetic {
        let asked = (run.recipe.precision, run.recipe.memory_format);
        Arithmetic::new(asked, run.backbone, Device::Cpu).expect("of the CPU").record()
    }

    fn note(plan: &Plan) -> Option<String> {
        mixed_arithmetic(plan, Device::Cpu).expect("records are read")
    }

    #[test]
    fn results_of_an_older_version_beside_new_ones_are_told() {
        let (_dir, plan) = planned();
        assert_eq!(note(&plan), None, "nothing is there yet");
        done(&plan, &plan.runs[0], Some(of_this_version(&plan.runs[0])));
        assert_eq!(note(&plan), None, "all alike");
        done(&plan, &plan.runs[1], None);
        let text = note(&plan).expect("a note");
        assert!(text.contains(&format!("1 of {}", plan.runs.len())), "{text}");
        assert!(text.contains("by transfolio 0.1.0"), "{text}");
        assert!(text.contains(&plan.runs[1].id().0), "{text}");
        let other = records::Arithmetic {
            memory_format: "contiguous".into(),
            ..of_this_version(&plan.runs[2])
        };
        done(&plan, &plan.runs[2], Some(other));
        let text = note(&plan).expect("a note");
        assert!(text.contains(", ...") && text.contains("f32 contiguous with fused"), "{text}");
    }

    #[test]
    fn a_finished_study_of_an_older_version_is_one_arithmetic() {
        let (_dir, plan) = planned();
        plan.runs.iter().for_each(|run| done(&plan, run, None));
        assert_eq!(note(&plan), None);
    }
}
