//! One model's card: what it is, its data, its scores with intervals, and what
//! speaks against trusting them.

use super::arrange::{note, paragraph, section};
use super::card_scores::scores_of;
use super::names::Names;
use crate::compare::Comparison;
use crate::compare::answer::answer;
use crate::records::{Record, RunState};
use crate::report::bundle::RunRow;
use crate::report::document::{Block, Document, TableBlock, Value};
use crate::report::load::ReportInput;
use crate::report::methods;
use crate::report::text::Text;
use crate::scores::{Cell, Factor, Unit};
use crate::spec::{RunKind, Study, target_tasks};
use crate::text::{Column, Kind, Table, listed};

/// The sections of a card; the title names its subject.
pub(in crate::report) fn card(input: &ReportInput) -> Document {
    let main = &input.comparisons[0];
    let subject = subject(input);
    let study = input.study.as_ref().map(|record| &record.study);
    let title = title(main, &subject, study);
    let sections = vec![
        section("card", "What it is", identity(input, &subject, study)),
        section("card-data", "Data", data(input, &subject, study)),
        section("card-scores", "Scores", scores_of(input, &subject, &title)),
        section("card-caveats", "Caveats", caveats(input, &subject)),
    ];
    Document { title: format!("Card: {title}"), subtitle: String::new(), sections }
}

/// The level that a comparison's cell belongs to.
pub(super) fn level_of(main: &Comparison, cell: &Cell) -> String {
    main.options.factors.level(cell)
}

/// The levels that a card can be of, in order of appearance.
pub(in crate::report) fn subjects(input: &ReportInput) -> Vec<String> {
    let main = &input.comparisons[0];
    let mut levels: Vec<String> = Vec::new();
    for summary in &main.cells {
        let level = level_of(main, &summary.cell);
        if !levels.contains(&level) {
            levels.push(level);
        }
    }
    levels
}

/// The level asked for; else the one with the best scores that is not the baseline,
/// or the first one where nobody knows which scores are better.
fn subject(input: &ReportInput) -> String {
    if let Some(subject) = &input.bundle.manner.subject {
        return subject.clone();
    }
    let main = &input.comparisons[0];
    let baseline = main.options.baseline();
    let ranked = answer(main, input.analysis.pooled.as_ref())
        .filter(|_| main.options.metric.is_directed())
        .map(|found| found.standings.levels);
    let levels = ranked.unwrap_or_else(|| subjects(input));
    let other = levels.iter().find(|level| Some(*level) != baseline.as_ref());
    other.or(levels.first()).cloned().unwrap_or_default()
}

fn title(main: &Comparison, subject: &str, study: Option<&Study>) -> String {
    Names::of(main, study).level(subject).1
}

/// Runs of the subject that ended well.
fn records<'a>(
    input: &'a ReportInput,
    subject: &str,
) -> impl Iterator<Item = (&'a RunRow, &'a Record)> {
    let factors = &input.comparisons[0].options.factors;
    let subject = subject.to_string();
    input.runs.iter().filter_map(move |run| {
        let level = factors.level(&run.place());
        let record = run.record.as_ref().filter(|record| record.state == RunState::Done)?;
        (level == subject && run.spec.kind != RunKind::Pretraining).then_some((run, record))
    })
}

/// What people call a factor.
fn fact_name(title: &str) -> String {
    match title {
        "Init" => "Initial weights".into(),
        "Model" => "Network".into(),
        other => other.into(),
    }
}

fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut known = Vec::new();
    for name in names {
        if !known.contains(&name) {
            known.push(name);
        }
    }
    known
}

fn identity(input: &ReportInput, subject: &str, study: Option<&Study>) -> Vec<Block> {
    let main = &input.comparisons[0];
    let factors = &main.options.factors;
    let mut table = Table::new(["Fact", "Value"].map(Column::words));
    let mut add = |name: &str, value: String| {
        if !value.is_empty() {
            table.rows.push(vec![Value::text(name), Value::text(value)]);
        }
    };
    add(&fact_name(&factors.title()), subject.into());
    for factor in Factor::of_all(main.cells.iter().map(|summary| &summary.cell)) {
        if !factors.has(factor.name()) && factor.name() != Factor::TASK {
            let own = main.cells.iter().filter(|s| level_of(main, &s.cell) == subject);
            let levels = distinct(own.map(|summary| factor.level(&summary.cell)));
            add(&fact_name(&factor.title()), levels.join(", "));
        }
    }
    if let Some(study) = study {
        let init = study.inits.get(subject).filter(|_| factors.is(Factor::INIT));
        if let Some(init) = init {
            add("Pretraining", methods::source_of(init, study));
            add("Catalogue entry", init.zoo.clone().unwrap_or_default());
            add("Checkpoint, SHA-256", init.sha256.clone().unwrap_or_default());
        }
        let backbone = study.models.get(subject).filter(|_| factors.is(Factor::MODEL));
        add("Architecture", backbone.map_or(String::new(), |m| m.backbone.title().into()));
        add("Trained", methods::recipe(&study.recipe, study));
        let seeds: Vec<String> = study.study.seeds.iter().map(ToString::to_string).collect();
        add("Seeds", seeds.join(", "));
    }
    let runs = records(input, subject).count();
    add("Runs", if runs > 0 { runs.to_string() } else { String::new() });
    add("Results from", input.source.clone());
    add("Report written by", format!("transfolio {}", env!("CARGO_PKG_VERSION")));
    vec![Block::Table(TableBlock::new("tab-card", "What it is and how it was made.", table))]
}

fn data(input: &ReportInput, subject: &str, study: Option<&Study>) -> Vec<Block> {
    let Some(study) = study else {
        return vec![paragraph(Text::plain(format!(
            "The scores come from {} as they are; the data behind them are not known to this \
             report.",
            input.source
        )))];
    };
    let mut table = Table::new(["Task", "Kind"].map(Column::name));
    let counts = ["Training", "Validation", "Test"];
    table.columns.extend(counts.map(|title| Column::titled(Kind::Count, title)));
    table.columns.push(Column::words("Data, SHA-256"));
    for name in target_tasks(study) {
        let task = &study.tasks[name];
        // The runs with most labels say how many there are.
        let cases = records(input, subject)
            .filter(|(run, _)| run.spec.task == *name)
            .map(|(_, record)| record.cases)
            .max_by_key(|cases| cases[0]);
        let count =
            |at: usize| cases.map_or_else(Value::none, |cases| Value::shown(cases[at].to_string()));
        // A task decoded at several sizes has a hash of each: `findings (48 px)`.
        let hashes: Vec<&str> = input
            .study
            .iter()
            .flat_map(|record| &record.data_hashes)
            .filter(|(key, _)| *key == name || key.starts_with(&format!("{name} (")))
            .map(|(_, hash)| hash.as_str())
            .collect();
        table.rows.push(vec![
            Value::text(task.title.as_ref().unwrap_or(name)),
            Value::text(methods::kind(
                task,
                input.study.as_ref().and_then(|r| r.data_facts.get(name)),
            )),
            count(0),
            count(1),
            count(2),
            Value::text(hashes.join(", ")),
        ]);
    }
    let (_, labels) = study.study.labels_in_words();
    let caption = format!(
        "Cases of each task, with the most labels that runs had; they were trained with {} of them.",
        listed(&labels)
    );
    vec![Block::Table(TableBlock::new("tab-card-data", caption, table))]
}

fn caveats(input: &ReportInput, subject: &str) -> Vec<Block> {
    let main = &input.comparisons[0];
    let mut blocks = Vec::new();
    let own = || main.cells.iter().filter(|s| level_of(main, &s.cell) == subject);
    let fewest = own().map(|summary| summary.n).min().unwrap_or(0);
    blocks.push(paragraph(if main.unit() == Unit::Cases {
        format!(
            "Intervals are over test cases, of which there are {fewest} at least: they say how much \
             the score would differ on other cases of the kind, and nothing about other training \
             runs, hospitals or devices."
        )
    } else {
        format!(
            "Intervals are over seeds, of which there are {fewest} at least: they say how much \
             another training run would differ on the same test cases, and nothing about other \
             patients, hospitals or devices."
        )
    }));
    for summary in own() {
        for text in &summary.notes {
            let cell = &summary.cell;
            blocks.push(note(&format!("{}: {text}", cell.words())));
        }
    }
    let failed = input
        .runs
        .iter()
        .filter(|run| main.options.factors.level(&run.place()) == subject && run.state() != "done");
    let failed = failed.count();
    if failed > 0 {
        blocks.push(paragraph(format!(
            "{failed} of its runs have no results; [[failures]] says why."
        )));
    }
    if let Some(record) = &input.study {
        for (task, texts) in &record.data_notes {
            for text in texts {
                blocks.push(note(&format!("Data check of {task}: {text}")));
            }
        }
    }
    blocks.push(paragraph(
        "The scores are a benchmark's, on its test sets; they are no evidence of use in care.",
    ));
    blocks
}

/// Whether a card can be of this level, else what it can be of.
pub(in crate::report) fn known(input: &ReportInput, subject: &str) -> Result<(), Vec<String>> {
    let levels = subjects(input);
    if levels.iter().any(|level| level == subject) { Ok(()) } else { Err(levels) }
}
