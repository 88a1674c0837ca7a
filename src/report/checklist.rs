//! What reporting guidelines ask for, answered where the records answer it.
//!
//! Items are those of CLAIM, TRIPOD+AI and Metrics Reloaded that concern a
//! comparison of trained models, in short words; what only the authors know
//! stays open and is listed as such.

use super::bound::Origin;
use super::data_words::division;
use super::document::{Block, Section, TableBlock, Value};
use super::load::ReportInput;
use super::text::prose;
use crate::compare::interval_title;
use crate::records::{RunState, StudyRecord};
use crate::spec::{Source, target_tasks};
use crate::text::{Column, Kind, Table, percent};

/// One item: guidelines, what is asked, the answer; open where there is none.
struct Item {
    from: &'static str,
    asks: &'static str,
    answer: Option<String>,
}

/// What was found of each task's sets; open where folders of before version
/// 0.2 do not say.
fn disjoint(record: &StudyRecord) -> Option<String> {
    let words: Vec<String> = target_tasks(&record.study)
        .filter_map(|name| {
            let task = record.study.tasks.get(name)?;
            let facts = record.data_facts.get(name);
            let known = facts.is_some() || matches!(task.source, Source::Phantom | Source::Npz);
            known.then(|| format!("{name}: {}", division(task, facts)))
        })
        .collect();
    (!words.is_empty()).then(|| words.join("; "))
}

/// The checklist as a section.
pub(super) fn checklist(input: &ReportInput) -> Section {
    let items = items(input);
    let open = items.iter().filter(|item| item.answer.is_none()).count();
    let origin = Origin::new(&["checklist"]);
    let count =
        |name: &str, n: usize| origin.bind(name, n, n.to_string(), "items of the checklist");
    let text = prose![
        "Of ",
        count("items", items.len()),
        " items that guidelines ask for the records answer ",
        count("answered", items.len() - open),
        "; ",
        count("open", open),
        " are open and for the authors ([[tab-checklist]]).",
    ];
    Section {
        id: "checklist".into(),
        heading: "Checklist".into(),
        blocks: vec![Block::Paragraph { text }, table(&items)],
        folded: true,
    }
}

fn table(items: &[Item]) -> Block {
    let state = Column::new(Kind::Words, "verdict", "State");
    let columns = [Column::name("Item"), Column::words("Asked by"), state, Column::words("Answer")];
    let mut table = Table::new(columns);
    table.rows = items
        .iter()
        .map(|item| {
            let state = if item.answer.is_some() { "answered" } else { "open" };
            let state = Value::number(state, state, "whether the records answer it");
            let answer = item.answer.as_deref().unwrap_or("for the authors");
            vec![Value::text(item.asks), Value::text(item.from), state, Value::text(answer)]
        })
        .collect();
    let caption = "Items of CLAIM, TRIPOD+AI and Metrics Reloaded, answered from the records.";
    let origins = items.iter().map(|item| Origin::new(&["checklist", item.asks]));
    Block::Table(TableBlock::new("tab-checklist", caption, table).owned(usize::MAX, origins))
}

// A list of items, one after the other.
#[expect(clippy::too_many_lines)]
fn items(input: &ReportInput) -> Vec<Item> {
    const ALL: &str = "CLAIM, TRIPOD+AI";
    let main = &input.comparisons[0];
    let options = &main.options;
    let study = input.bundle.study();
    let of_study = |f: &dyn Fn(&crate::report::bundle::StudySource) -> Option<String>| {
        study.and_then(f).filter(|answer| !answer.is_empty())
    };
    let item = |from, asks, answer| Item { from, asks, answer };
    let said = |answer: &str| Some(answer.to_string());
    let seeds = main.cells.iter().map(|cell| cell.n).max().unwrap_or(0);
    vec![
        item(
            ALL,
            "Sources of the data",
            of_study(&|s| {
                let hashes = s.record.data_hashes.iter();
                Some(
                    hashes
                        .map(|(task, hash)| format!("{task}: {hash}"))
                        .collect::<Vec<_>>()
                        .join("; "),
                )
            }),
        ),
        item(ALL, "Eligibility, dates and places of the data", None),
        item(ALL, "Demographic and clinical characteristics", None),
        item(ALL, "Reference standard and who set it", None),
        item(ALL, "Sizes of training, validation and test sets", of_study(&partitions)),
        item(ALL, "How the sets are disjoint", of_study(&|s| disjoint(&s.record))),
        item(
            ALL,
            "Model, initialisation and training",
            of_study(&|_| Some("see the methods and the study with all defaults".into())),
        ),
        item(ALL, "Software and hardware", of_study(&|_| Some("see the provenance".into()))),
        item(
            ALL,
            "Missing data",
            Some(match study {
                Some(s) => format!(
                    "{} findings and notes of the data check; {} runs without results",
                    s.record.data_notes.values().map(Vec::len).sum::<usize>(),
                    input.problems.len()
                ),
                None => match input.missing() {
                    0 => "no result is missing".into(),
                    n => format!("{n} results without a value, left out of means and named"),
                },
            }),
        ),
        item(
            "CLAIM, Metrics Reloaded",
            "Metrics",
            Some(
                input
                    .comparisons
                    .iter()
                    .map(|c| c.options.metric.in_full())
                    .collect::<Vec<_>>()
                    .join("; "),
            ),
        ),
        item("Metrics Reloaded", "Why these metrics suit the problem", None),
        item("Metrics Reloaded", "Class imbalance and prevalence in use", None),
        item(
            "CLAIM, Metrics Reloaded",
            "Results per class",
            (!input.classes.is_empty())
                .then(|| format!("mean of {} for {} classes", options.metric, input.classes.len())),
        ),
        item(
            ALL,
            "Uncertainty of every result",
            (seeds > 1).then(|| {
                format!(
                    "{} {} intervals over up to {seeds} {}",
                    percent(options.confidence),
                    interval_title(options.interval),
                    main.unit().word()
                )
            }),
        ),
        item(
            ALL,
            "Uncertainty over test cases",
            (!input.analysis.cases.is_empty())
                .then(|| "intervals over cases and over both sources of variance".to_string()),
        ),
        item(
            ALL,
            "Tests and their adjustment",
            (main.family_size > 0).then(|| {
                let families = match main.families.len() {
                    0 | 1 => "one family".to_string(),
                    n => format!("{n} families"),
                };
                let tests = match main.family_size {
                    1 => "one test".to_string(),
                    n => format!("{n} tests in {families}, {} adjustment", main.adjustment),
                };
                format!("{tests}; every test stands in the ledger")
            }),
        ),
        item("TRIPOD+AI", "Calibration of the predictions", None),
        item(ALL, "Results in subgroups, fairness", None),
        item("CLAIM", "Failures and what they have in common", None),
        item(ALL, "Test on data of other places", None),
        item(
            ALL,
            "Claims stated beforehand",
            (!input.analysis.claims.is_empty())
                .then(|| format!("{} claims, judged in the text", input.analysis.claims.len())),
        ),
        item(ALL, "Data available to readers", said("the results are inside this page")),
        item(ALL, "Code available to readers", of_study(&commits)),
        item(ALL, "Ethics, registration, protocol, funding", None),
        item("TRIPOD+AI", "Involvement of patients and the public", None),
    ]
}

/// Cases of each set, by task.
fn partitions(study: &crate::report::bundle::StudySource) -> Option<String> {
    let mut out: std::collections::BTreeMap<&str, [u64; 3]> = std::collections::BTreeMap::new();
    for run in &study.runs {
        let Some(record) = run.record.as_ref().filter(|r| r.state == RunState::Done) else {
            continue;
        };
        // Of several label fractions the largest training set is the whole.
        let entry = out.entry(run.spec.task.as_str()).or_insert(record.cases);
        for (most, cases) in entry.iter_mut().zip(record.cases) {
            *most = (*most).max(cases);
        }
    }
    let texts: Vec<String> = out
        .iter()
        .map(|(task, [train, val, test])| format!("{task}: {train} / {val} / {test}"))
        .collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

fn commits(study: &crate::report::bundle::StudySource) -> Option<String> {
    let commits: std::collections::BTreeSet<&str> = study
        .runs
        .iter()
        .filter_map(|run| run.record.as_ref()?.provenance.git.as_deref())
        .filter(|git| !git.is_empty())
        .collect();
    (!commits.is_empty())
        .then(|| format!("commit {}", commits.into_iter().collect::<Vec<_>>().join(", ")))
}
