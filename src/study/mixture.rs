//! Runs that were made otherwise than those to come.

use std::collections::BTreeMap;

use super::error::StudyError;
use super::plan::Plan;
use super::scheduler::RunOptions;
use crate::records::{Provenance, RunState};

/// What should be said before a study goes on with other threads or on another
/// kind of device than the runs on record: last digits differ between them.
pub fn mixture(plan: &Plan, options: &RunOptions) -> Result<Vec<String>, StudyError> {
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    let (device, threads) = (options.device.clone(), options.threads);
    let here = Provenance { device, threads, ..Provenance::default() };
    let here = here.made_with().unwrap_or_default();
    let mut left = 0;
    for id in &plan.record.runs {
        match plan.dir.run(id).read_record() {
            Ok(Some(record)) if record.state == RunState::Done => {
                // Some early records do not say.
                if let Some(made) = record.provenance.made_with().filter(|made| *made != here) {
                    *others.entry(made).or_default() += 1;
                }
            }
            _ => left += 1,
        }
    }
    let mut said = Vec::new();
    if left > 0 && !others.is_empty() {
        let list: Vec<String> =
            others.iter().map(|(made, count)| format!("{count} {made}")).collect();
        said.push(format!(
            "runs on record were made otherwise ({}) than the {left} to come ({here}): their last \
             digits may differ, which the report says; --device and --threads make them alike",
            list.join(", ")
        ));
    }
    let stated = plan.record.study.study.threads;
    if left > 0 && options.threads != stated {
        said.push(format!(
            "--threads {} stands for the {} of the study: last digits may differ from those of \
             others who run it",
            options.threads,
            counted(stated)
        ));
    }
    Ok(said)
}

fn counted(threads: u32) -> String {
    if threads == 1 { "1 thread".into() } else { format!("{threads} threads") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{FORMAT, Record, write_json};
    use crate::study::tests::planned;

    #[test]
    fn records_of_other_threads_and_devices_are_named_before_a_run() {
        let (_dir, plan) = planned();
        let put = |index: usize, device: &str, threads: u32| {
            let run = plan.runs[index].id();
            let provenance = Provenance { device: device.into(), threads, ..Provenance::default() };
            let record = Record {
                format: FORMAT,
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
                provenance,
                run: run.clone(),
            };
            write_json(&plan.dir.run(&run).record(), &record).expect("written");
        };
        let options = |device: &str, threads: u32| RunOptions {
            program: "none".into(),
            cache_dir: "none".into(),
            jobs: 1,
            threads,
            device: device.into(),
            retry_failed: false,
            git: None,
            slot: None,
            only: None,
            gpus: Vec::new(),
        };
        let said = |device: &str, threads| {
            mixture(&plan, &options(device, threads)).expect("read").join("\n")
        };
        assert_eq!(said("cpu", 1), "");
        assert!(said("cpu", 2).contains("--threads 2 stands for the 1 thread of the study"));
        put(0, "cpu", 1);
        assert_eq!(said("cpu", 1), "");
        put(1, "cpu", 8);
        put(2, "cuda:1 (NVIDIA X)", 1);
        put(3, "cpu", 0);
        let text = said("cpu", 1);
        let parts = "(1 on NVIDIA X with 1 thread, 1 on cpu with 8 threads)";
        assert!(text.contains(parts), "{text}");
        assert!(text.contains("the 2 to come (on cpu with 1 thread)"), "{text}");
        let on_gpu = said("cuda:0 (NVIDIA X)", 1);
        assert!(on_gpu.contains("(1 on cpu with 1 thread, 1 on cpu with 8"), "{on_gpu}");
        // Nothing is left: nothing is mixed by this start.
        put(4, "cpu", 1);
        put(5, "cpu", 1);
        assert_eq!(said("cpu", 1), "");
    }
}
