//! Seven checks of reproducibility, after those of the R package workflowr:
//! results up to date, clean environment, seeds, session information, nothing
//! from a cache, paths, version of the repository.

use super::bound::Origin;
use super::bundle::{RunRow, StudySource};
use super::document::{Block, Section, TableBlock, Value};
use super::load::ReportInput;
use super::text::{Piece, Text, prose};
use crate::records::Provenance;
use crate::text::{Column, Kind, Table};

/// One check.
struct Check {
    name: &'static str,
    /// `None` where the records do not say.
    passed: Option<bool>,
    found: String,
}

/// The checks as a section of a study's report.
pub(super) fn checks(input: &ReportInput) -> Option<Section> {
    let study = input.bundle.study()?;
    let checks = [
        up_to_date(study),
        environment(study),
        seeds(study),
        session(study),
        cache(study),
        paths(study),
        repository(study),
    ];
    let passed = checks.iter().filter(|check| check.passed == Some(true)).count();
    let origin = Origin::new(&["checks"]);
    let count = |name: &str, n: usize| origin.bind(name, n, n.to_string(), "checks of the records");
    let text = prose![
        count("passed", passed),
        " of ",
        count("all", checks.len()),
        " checks of reproducibility pass ([[tab-checks]]).",
    ];
    Some(Section {
        id: "checks".into(),
        heading: "Checks".into(),
        blocks: vec![Block::Paragraph { text }, table(&checks)],
        folded: true,
    })
}

fn table(checks: &[Check]) -> Block {
    let verdict = Column::new(Kind::Words, "verdict", "Result");
    let mut table = Table::new([Column::name("Check"), verdict, Column::words("Found")]);
    table.rows = checks
        .iter()
        .map(|check| {
            let result = match check.passed {
                Some(true) => "pass",
                Some(false) => "fail",
                None => "not known",
            };
            let result = Value::number(result, result, "check of the records");
            vec![Value::text(check.name), result, Value::text(&check.found)]
        })
        .collect();
    let caption = "Checks of reproducibility, made on the records of the runs.";
    let origins = checks.iter().map(|check| Origin::new(&["checks", check.name]));
    Block::Table(TableBlock::new("tab-checks", caption, table).owned(usize::MAX, origins))
}

fn done(study: &StudySource) -> impl Iterator<Item = (&RunRow, &Provenance)> {
    study.runs.iter().filter_map(|run| Some((run, &run.record.as_ref()?.provenance)))
}

fn up_to_date(study: &StudySource) -> Check {
    let open = study.runs.iter().filter(|run| run.record.is_none()).count();
    let failed = study.runs.iter().filter(|run| run.state() == "failed").count();
    Check {
        name: "Results are up to date",
        passed: Some(open == 0 && failed == 0),
        found: match (open, failed) {
            (0, 0) => format!("all {} runs of the study have results", study.runs.len()),
            _ => format!("{open} runs have not ended and {failed} failed"),
        },
    }
}

fn environment(study: &StudySource) -> Check {
    let again = done(study).filter(|(_, made)| made.attempts > 1).count();
    let resumed = match again {
        0 => String::new(),
        n => format!("; {n} were resumed, which changes no result"),
    };
    Check {
        name: "Clean environment",
        passed: (done(study).count() > 0).then_some(true),
        found: format!("every run had a process of its own{resumed}"),
    }
}

fn seeds(study: &StudySource) -> Check {
    let wanted = &study.record.study.study.seeds;
    let strange = study.runs.iter().filter(|run| !wanted.contains(&run.spec.seed)).count();
    Check {
        name: "Seeds are set",
        passed: Some(strange == 0),
        found: if strange == 0 {
            format!("every run has one of the {} seeds of the study", wanted.len())
        } else {
            format!("{strange} runs have a seed that the study does not name")
        },
    }
}

fn session(study: &StudySource) -> Check {
    let silent = done(study)
        .filter(|(_, made)| {
            [&made.transfolio, &made.libtorch, &made.device, &made.platform]
                .iter()
                .any(|text| text.is_empty())
        })
        .count();
    Check {
        name: "Session information is recorded",
        passed: (done(study).count() > 0).then_some(silent == 0),
        found: if silent == 0 {
            "version, libtorch, device and platform stand in every record".into()
        } else {
            format!("{silent} records lack version, libtorch, device or platform")
        },
    }
}

fn cache(study: &StudySource) -> Check {
    let runs = study.record.runs.iter().zip(&study.runs);
    let other = runs.filter(|(id, run)| run.spec.id() != **id).count();
    Check {
        name: "Nothing comes from elsewhere",
        passed: Some(other == 0),
        found: if other == 0 {
            "every run is named by the hash of what it was made from".into()
        } else {
            format!("{other} runs have a specification that their name is not the hash of")
        },
    }
}

fn paths(study: &StudySource) -> Check {
    let tasks = study.record.study.tasks.iter();
    let absolute: Vec<&str> = tasks
        .filter(|(_, task)| {
            [&task.path, &task.images].into_iter().flatten().any(|path| path.is_absolute())
        })
        .map(|(name, _)| name.as_str())
        .collect();
    Check {
        name: "Paths are relative",
        passed: Some(absolute.is_empty()),
        found: if absolute.is_empty() {
            "no task names a path of one machine".into()
        } else {
            format!("absolute paths: {}; a parameter can stand for them", absolute.join(", "))
        },
    }
}

fn repository(study: &StudySource) -> Check {
    let states: Vec<Option<&str>> =
        done(study).map(|(_, made)| made.git.as_deref().filter(|git| !git.is_empty())).collect();
    let unknown = states.iter().filter(|state| state.is_none()).count();
    let changed = states.iter().flatten().filter(|state| state.ends_with('+')).count();
    let mut commits: Vec<&str> =
        states.iter().flatten().map(|state| state.trim_end_matches('+')).collect();
    commits.sort_unstable();
    commits.dedup();
    Check {
        name: "Version of the repository is known",
        passed: (!states.is_empty()).then_some(unknown == 0 && changed == 0),
        found: match (unknown, changed) {
            (0, 0) => format!("runs were made at {}", commits.join(", ")),
            (0, n) => format!("{n} runs were made with changes that are in no commit"),
            (n, _) => format!("{n} runs were made outside of a repository"),
        },
    }
}

/// The line that says whether the statistics of this program are as they
/// should be, or how that is found out.
pub(super) fn selfcheck_line(input: &ReportInput) -> Text {
    if !input.bundle.manner.selfcheck {
        let command = Piece::Code("transfolio selfcheck".into());
        return prose![
            "The statistics of this program were not run against their golden values for this \
             page; ",
            command,
            " does so."
        ];
    }
    let report = crate::selfcheck::builtin();
    let checked = || report.files.iter().filter(|file| file.skipped.is_none());
    let (passed, total): (usize, usize) =
        (checked().map(|f| f.passed).sum(), checked().map(|f| f.total).sum());
    let origin = Origin::new(&["selfcheck"]).of("golden values inside the program");
    let count = |name: &str, n: usize| origin.bind(name, n, n.to_string(), "transfolio selfcheck");
    prose![
        "Self-check: ",
        count("passed", passed),
        " of ",
        count("cases", total),
        " golden cases of ",
        count("statistics", checked().count()),
        " statistics agree with their reference.",
    ]
}
