//! Where the numbers come from: a table of facts and the study in full.

use std::collections::{BTreeMap, BTreeSet};

use super::bound::{Origin, slug};
use super::bundle::{CaseFile, Source, sha256};
use super::checklist::checklist;
use super::checks::{checks, selfcheck_line};
use super::document::{Block, Section, TableBlock, Value};
use super::escape;
use super::fingerprint::short;
use super::load::ReportInput;
use crate::records::Provenance;
use crate::text::{Column, Table};

/// The versions that this program was built from.
const LOCK_FILE: &[u8] = include_bytes!("../../Cargo.lock");

/// The section with all that is needed to trace or repeat the numbers.
pub(super) fn section(input: &ReportInput) -> Section {
    let mut facts: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, value: String| {
        if !value.is_empty() {
            facts.push((name.into(), value));
        }
    };
    add("Report written by", format!("transfolio {}", env!("CARGO_PKG_VERSION")));
    add("Source", input.source.clone());
    for (about, words) in &input.understood {
        add(understood(about), words.clone());
    }
    let table = if input.study.is_some() { "Result table, SHA-256" } else { "Source, SHA-256" };
    add(table, input.source_sha256.clone());
    for file in tables(input) {
        add(&format!("{}, SHA-256", file.name), file.sha256.clone());
    }
    add("Data, fingerprint", format!("data {}", short(&input.data_sha256)));
    add("Data inside this page, SHA-256", sha256(&input.archive));
    add("Lock file of transfolio, SHA-256", sha256(LOCK_FILE));
    if let Some(study) = &input.study {
        add("Command", study.command.join(" "));
        add("Study file, SHA-256", study.study_sha256.clone());
        for (task, hash) in &study.data_hashes {
            add(&format!("Data of {task}"), hash.clone());
        }
        for (name, value) in super::lineage::facts(study) {
            add(&name, value);
        }
        let seeds: Vec<String> = study.study.study.seeds.iter().map(ToString::to_string).collect();
        add("Seeds", seeds.join(", "));
    }
    add("transfolio of the runs", distinct(input, |p| p.transfolio.clone()));
    add("Git state", distinct(input, |p| p.git.clone().unwrap_or_default()));
    add("libtorch", distinct(input, |p| p.libtorch.clone()));
    add("Device", distinct(input, |p| p.device.clone()));
    add("Threads per run", distinct(input, |p| p.threads.to_string()));
    add("Runs by device and threads", ways(input));
    add("Platform", distinct(input, |p| p.platform.clone()));
    // Failed runs have no time: they were not computed to the end.
    let how = |made: &Provenance| match &made.arithmetic {
        Some(arithmetic) => arithmetic.to_string(),
        None if made.seconds > 0.0 => "not recorded".into(),
        None => String::new(),
    };
    if records(input).any(|made| made.arithmetic.is_some()) {
        add("Arithmetic", distinct(input, how));
    }
    let seconds: f64 = records(input).map(|p| p.seconds).sum();
    if seconds > 0.0 {
        add("Time of all runs", format!("{seconds:.0} s ({:.2} device hours)", seconds / 3600.0));
    }
    let memory = records(input).map(|p| p.peak_memory).max().unwrap_or(0);
    if memory > 0 {
        add("Largest memory of a run", format!("{:.2} GiB", memory as f64 / 1024f64.powi(3)));
    }
    let mut blocks =
        vec![Block::Table(table_of(facts)), Block::Paragraph { text: selfcheck_line(input) }];
    if let Some(study) = &input.study {
        let text = toml::to_string_pretty(&study.study).unwrap_or_default();
        blocks.push(Block::Preformatted {
            summary: "The study with all defaults written out".into(),
            text,
        });
    }
    blocks.extend(checks(input).map(Block::Section));
    blocks.push(Block::Section(checklist(input)));
    Section { id: "provenance".into(), heading: "Provenance".into(), blocks, folded: true }
}

/// What a line of what was understood is about.
fn understood(about: &str) -> &'static str {
    match about {
        "read" => "Read as",
        "levels" => "Levels",
        "values" => "Values",
        "repeated" => "Replications",
        _ => "Columns that are not used",
    }
}

fn records(input: &ReportInput) -> impl Iterator<Item = &Provenance> {
    input.runs.iter().filter_map(|run| run.record.as_ref()).map(|record| &record.provenance)
}

fn distinct(input: &ReportInput, f: impl Fn(&Provenance) -> String) -> String {
    let values: BTreeSet<String> =
        records(input).map(f).filter(|v| !v.is_empty() && v != "0").collect();
    values.into_iter().collect::<Vec<_>>().join(", ")
}

/// How many runs were computed in which way, where there are several.
fn ways(input: &ReportInput) -> String {
    let mut ways: BTreeMap<String, usize> = BTreeMap::new();
    for way in records(input).filter_map(Provenance::made_with) {
        *ways.entry(way).or_default() += 1;
    }
    if ways.len() < 2 {
        return String::new();
    }
    let list: Vec<String> = ways.iter().map(|(way, runs)| format!("{runs} {way}")).collect();
    list.join(", ")
}

fn table_of(facts: Vec<(String, String)>) -> TableBlock {
    let head_row = ["fact".to_string(), "value".into()];
    let rows = std::iter::once(head_row).chain(facts.iter().map(|(n, v)| [n.clone(), v.clone()]));
    let csv = escape::csv(rows);
    let row = |(name, value): (String, String)| {
        // A fact is looked up by its name, so the row is one id.
        let origin = Origin::new(&["provenance"]);
        let id = slug(&name.to_lowercase().replace('.', "")).replace('-', "_");
        let bound = origin.bind(&id, value.as_str(), &value, "as recorded");
        vec![Value::text(name), Value::bound(bound)]
    };
    let columns = ["Fact", "Value"].map(Column::words).into();
    let grid = Table { columns, rows: facts.into_iter().map(row).collect() };
    TableBlock::new("tab-provenance", "What the numbers of this report come from.", grid)
        .with_csv(csv)
}
/// The tables of cases, where there are several.
fn tables(input: &ReportInput) -> &[CaseFile] {
    match &input.bundle.source {
        Source::Cases { files, .. } if files.len() > 1 => files,
        _ => &[],
    }
}
