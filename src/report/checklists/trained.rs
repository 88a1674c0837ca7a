//! What a study knows of its data, networks and training; tables of results know
//! nothing of these.

use std::collections::{BTreeMap, BTreeSet};

use super::known::Known;
use crate::records::{RunState, StudyRecord};
use crate::report::bundle::Source;
use crate::report::data_words::division;
use crate::report::load::ReportInput;
use crate::report::methods;
use crate::spec::{Recipe, Source as DataSource, Target, target_tasks};
use crate::text::listed;

/// What is said where the input is results alone.
const RESULTS_ALONE: &str = "the input has results alone, and nothing of how they were made";

fn study(input: &ReportInput) -> Result<&StudyRecord, Known> {
    input.study.as_ref().ok_or_else(|| Known::unknown(RESULTS_ALONE))
}

/// The answer of a study.
fn of_study(input: &ReportInput, answer: impl FnOnce(&StudyRecord) -> Known) -> Known {
    study(input).map_or_else(|unknown| unknown, answer)
}

fn title<'a>(record: &'a StudyRecord, task: &'a str) -> &'a str {
    record.study.tasks.get(task).and_then(|task| task.title.as_deref()).unwrap_or(task)
}

pub(super) fn sources(input: &ReportInput) -> Known {
    of_study(input, |record| {
        let tasks: Vec<String> = target_tasks(&record.study)
            .map(|name| {
                let hash = record.data_hashes.get(name);
                let hash = hash.map_or_else(String::new, |hash| format!(", SHA-256 {hash}"));
                let kind = methods::kind(&record.study.tasks[name], record.data_facts.get(name));
                format!("{} ({kind}{hash})", title(record, name))
            })
            .collect();
        Known::whole(tasks.join("; "), &["methods", "tab-provenance"])
            .leaving("where the images come from, why these, and whom they represent")
    })
}

pub(super) fn preparation(input: &ReportInput) -> Known {
    of_study(input, |record| {
        let findings: usize = record.data_notes.values().map(Vec::len).sum();
        let found = match findings {
            0 => "the data check found nothing to say".to_string(),
            1 => "the data check has one finding or note".into(),
            n => format!("the data check has {n} findings and notes"),
        };
        Known::whole(
            format!("size, augmentation and masks of the images are in the methods; {found}"),
            &["methods", "failures"],
        )
        .leaving("what was done to the images before, and whether alike in all groups")
    })
}

pub(super) fn partitions(input: &ReportInput) -> Known {
    divided(input, "why they were divided so")
}

pub(super) fn disjoint(input: &ReportInput) -> Known {
    divided(input, "")
}

/// How each task's cases were divided.
fn divided(input: &ReportInput, left: &str) -> Known {
    of_study(input, |record| {
        let mut left = vec![left];
        // Folders of before version 0.2 do not say it of files.
        if target_tasks(&record.study).any(|name| {
            let files = !matches!(record.study.tasks[name].source, DataSource::Phantom);
            files && !record.data_facts.contains_key(name)
        }) {
            left.insert(0, "at which level the sets share nothing");
        }
        left.retain(|left| !left.is_empty());
        let words: Vec<String> = target_tasks(&record.study)
            .map(|name| {
                let task = &record.study.tasks[name];
                let facts = record.data_facts.get(name);
                format!("{}: {}", title(record, name), division(task, facts))
            })
            .collect();
        Known::whole(words.join("; "), &["methods"]).leaving(left.join("; "))
    })
}

/// Cases of the largest training set, of validation and of test sets, by task.
pub(super) fn sizes(input: &ReportInput) -> Known {
    of_study(input, |record| {
        let mut most: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
        for run in &input.runs {
            let Some(done) = run.record.as_ref().filter(|r| r.state == RunState::Done) else {
                continue;
            };
            let entry = most.entry(run.spec.task.as_str()).or_insert(done.cases);
            for (most, cases) in entry.iter_mut().zip(done.cases) {
                *most = (*most).max(cases);
            }
        }
        if most.is_empty() {
            return Known::unknown("no run of the study has ended");
        }
        let words: Vec<String> = most
            .iter()
            .map(|(task, [train, val, test])| {
                let task = title(record, task);
                format!("{task}: {train} for training, {val} for validation, {test} for testing")
            })
            .collect();
        Known::whole(words.join("; "), &["runs", "methods"])
            .leaving("participants behind the cases, and events among them")
    })
}

pub(super) fn model(input: &ReportInput) -> Known {
    of_study(input, |record| {
        let models: Vec<String> =
            record.study.models.values().map(|model| model.backbone.title().to_string()).collect();
        let models: BTreeSet<String> = models.into_iter().collect();
        let models: Vec<String> = models.into_iter().collect();
        Known::whole(listed(&models), &["methods", "provenance"])
            .leaving("inputs, layers and outputs in full, and where trained weights can be had")
    })
}

pub(super) fn software(input: &ReportInput) -> Known {
    let analysis = format!("analysed with transfolio {}", env!("CARGO_PKG_VERSION"));
    let Some(_) = &input.study else {
        return Known::whole(analysis, &["tab-provenance"])
            .leaving(format!("software of the networks, and devices: {RESULTS_ALONE}"));
    };
    let made: BTreeSet<String> = input
        .runs
        .iter()
        .filter_map(|run| Some(&run.record.as_ref()?.provenance))
        .map(|p| format!("transfolio {}, libtorch {}, {}", p.transfolio, p.libtorch, p.device))
        .collect();
    if made.is_empty() {
        return Known::whole(analysis, &["tab-provenance"])
            .leaving("software of the networks: no run of the study has ended");
    }
    let made: Vec<String> = made.into_iter().collect();
    Known::whole(format!("runs made with {}; {analysis}", made.join("; ")), &["tab-provenance"])
        .leaving("devices that captured the images")
}

pub(super) fn initialisation(input: &ReportInput) -> Known {
    of_study(input, |record| {
        let study = &record.study;
        let inits: Vec<String> = study
            .inits
            .iter()
            .map(|(name, init)| {
                let title = init.title.as_deref().unwrap_or(name);
                format!("{title}: {}", methods::source_of(init, study))
            })
            .collect();
        Known::whole(inits.join("; "), &["methods", "tab-provenance"])
    })
}

pub(super) fn training(input: &ReportInput) -> Known {
    of_study(input, |record| {
        if !record.study.trains() {
            return Known::whole(
                "nothing was trained: networks were tested as they are",
                &["methods"],
            );
        }
        Known::whole(methods::recipe(&record.study.recipe, &record.study), &["methods"])
            .leaving("how the settings were chosen")
    })
}

pub(super) fn selection(input: &ReportInput) -> Known {
    of_study(input, |record| {
        if !record.study.trains() {
            return Known::whole("nothing was trained, so nothing was selected", &["methods"]);
        }
        let by = match record.study.recipe.selection {
            crate::spec::Selection::Loss => "lowest validation loss",
            crate::spec::Selection::Metric => "best validation metric",
        };
        Known::whole(
            format!("of each run the weights with the {by} were tested, once"),
            &["methods"],
        )
    })
}

pub(super) fn ensembles(input: &ReportInput) -> Known {
    of_study(input, |_| {
        Known::whole(
            "none: each result is of one network; means over seeds are means of scores, not of \
             predictions",
            &["methods"],
        )
    })
}

pub(super) fn output(input: &ReportInput) -> Known {
    of_study(input, |record| {
        let mut kinds: Vec<&str> = Vec::new();
        for name in target_tasks(&record.study) {
            let words = match record.study.tasks[name].target {
                Target::Segmentation => "masks of structures",
                _ => "a probability per class",
            };
            if !kinds.contains(&words) {
                kinds.push(words);
            }
        }
        let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
        Known::whole(format!("networks give {}", listed(&kinds)), &["methods", "definitions"])
            .leaving("thresholds in use, and how they were found")
    })
}

pub(super) fn imbalance(input: &ReportInput) -> Known {
    of_study(input, |record| {
        let study = &record.study;
        let weighs =
            |recipe: &Recipe| recipe.pos_weight.is_some() || recipe.class_weights.is_some();
        let some = study.tasks.keys().any(|task| {
            study.cells().any(|(model, init)| weighs(&study.recipe_of(task, model, init)))
        });
        if some {
            Known::whole("classes have weights in the loss, as the methods say", &["methods"])
                .leaving("why, and any recalibration after it")
        } else {
            Known::whole("none was used: no class has a weight in the loss", &["methods"])
        }
    })
}

/// Whether the page holds what it was computed from.
fn held(input: &ReportInput) -> String {
    match &input.bundle.source {
        Source::Csv { .. } => "the table of results is inside the page, byte for byte".into(),
        Source::Cases { files, .. } if files.iter().all(|file| file.bytes.is_some()) => {
            "the tables of cases are inside the page, byte for byte".into()
        }
        Source::Cases { .. } => {
            "the tables of cases are too large for the page, which has their SHA-256 and what was \
             computed from them"
                .into()
        }
        Source::Study(_) => {
            "specification, record and results of every run are inside the page, images and \
             predictions are not"
                .into()
        }
        Source::Published => "the published numbers are part of the program".into(),
    }
}

pub(super) fn data(input: &ReportInput) -> Known {
    Known::whole(held(input), &["provenance"]).leaving("whether the images can be had, and how")
}

fn analysis_code(input: &ReportInput) -> String {
    let commits: BTreeSet<&str> = input
        .runs
        .iter()
        .filter_map(|run| run.record.as_ref()?.provenance.git.as_deref())
        .filter(|git| !git.is_empty())
        .collect();
    let commits: Vec<String> = commits.into_iter().map(String::from).collect();
    let made = if commits.is_empty() {
        String::new()
    } else {
        format!("; runs were made at commit {}", listed(&commits))
    };
    format!(
        "the analysis is that of transfolio {}, which computes the page again from what is inside \
         it (`transfolio verify`){made}",
        env!("CARGO_PKG_VERSION")
    )
}

pub(super) fn code(input: &ReportInput) -> Known {
    let left = if input.study.is_some() { "" } else { "code of the training" };
    Known::whole(analysis_code(input), &["tab-provenance"]).leaving(left)
}

pub(super) fn data_and_code(input: &ReportInput) -> Known {
    Known::whole(format!("{}; {}", held(input), analysis_code(input)), &["provenance"])
        .leaving("whether images and trained networks can be had, and under which conditions")
}

pub(super) fn audit(input: &ReportInput) -> Known {
    let hashed = input.bundle.carried.prediction_hashes.len();
    let page = "every number of the page can be computed again from what is inside it \
                (`transfolio verify`)";
    if hashed > 0 {
        return Known::whole(
            format!(
                "{page}; predictions of {hashed} runs and test sets are in the study folder, their \
                 SHA-256 in the page"
            ),
            &["provenance"],
        );
    }
    Known::whole(page, &["provenance"]).leaving("whether outputs of the networks are stored")
}
