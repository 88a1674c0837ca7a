//! `data list`, `data show`, `data fetch` and `data check CARD DIR`.

use std::path::Path;

use anyhow::{Context, bail};

use crate::cli::transfer::Shown;
use crate::cli::{Exit, out};
use crate::data::{self, Dataset, Split};
use crate::spec::{self, Card, Counts};
use crate::study::StudyError;

fn find(id: &str) -> anyhow::Result<&'static Card> {
    match spec::card(id) {
        Ok(card) => Ok(card),
        Err(hint) => bail!("there is no card {id:?}; {hint}"),
    }
}

/// All cards, a line each.
pub(super) fn list() -> anyhow::Result<Exit> {
    let all = spec::cards();
    let widest = |of: fn(&Card) -> &str| all.iter().map(|c| of(c).chars().count()).max();
    let id = widest(|card| &card.id).unwrap_or(0);
    let title = widest(|card| &card.title).unwrap_or(0);
    let metric = widest(|card| &card.metric).unwrap_or(0);
    for card in all {
        let way = if card.files.is_empty() { "by hand" } else { "fetch" };
        out::line(format_args!(
            "{:id$}  {:title$}  {:metric$}  {way}",
            card.id, card.title, card.metric
        ))?;
    }
    Ok(Exit::Done)
}

/// What is known of a data set.
pub(super) fn show(id: &str) -> anyhow::Result<Exit> {
    let card = find(id)?;
    out::line(format_args!("{}: {}", card.id, card.title))?;
    let labels = match card.task.get("classes").or(card.task.get("labels")) {
        Some(toml::Value::Array(names)) => {
            names.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(", ")
        }
        _ => "those of the lists, in their order".into(),
    };
    let target = card.task.get("target").and_then(toml::Value::as_str).unwrap_or("");
    for (what, words) in [
        ("what", card.what.as_str()),
        ("target", target),
        ("labels", &labels),
        ("metric", &card.metric),
        ("benchmark", &card.code),
        ("splits", &card.splits),
        ("page", &card.page),
        ("obtain", &card.obtain),
        ("terms", &card.terms),
        ("known from", &card.evidence),
        ("note", &card.note),
    ] {
        if !words.is_empty() {
            out::line(format_args!("  {what}: {words}"))?;
        }
    }
    for layout in &card.layouts {
        out::line(format_args!("  layout: {}: {}", layout.what, layout.needs.join(", ")))?;
        if layout.expected != Counts::default() {
            out::line(format_args!("    {}", counted(layout.expected)))?;
        }
    }
    for file in &card.files {
        let sum = match (file.md5.as_str(), file.sha256.as_str()) {
            ("", "") => "no checksum is published".to_owned(),
            (md5, "") => format!("MD5 {md5}"),
            (_, sha256) => format!("SHA-256 {sha256}"),
        };
        out::line(format_args!("  file: {} ({sum})\n    {}", file.name, file.url))?;
    }
    out::line(format_args!(
        "  in a study file:\n    [tasks.{}]\n    card = \"{}\"\n    root = \"DIR\"",
        card.id, card.id
    ))?;
    Ok(Exit::Done)
}

fn counted(counts: Counts) -> String {
    let one = |count: Option<usize>, what: &str| count.map(|count| format!("{count} {what}"));
    let parts = [
        one(counts.all, "images"),
        one(counts.train, "train"),
        one(counts.val, "val"),
        one(counts.test, "test"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Fetches the files of a card.
pub(super) fn fetch(id: &str, folder: &Path, files: &[String]) -> anyhow::Result<Exit> {
    let card = find(id)?;
    out::progress(format_args!("{}: {}", card.title, card.terms));
    let mut shown: Option<(String, Shown)> = None;
    let fetched = data::fetch_card(card, files, folder, &mut |name, event| {
        if shown.as_ref().is_none_or(|(known, _)| known != name) {
            if let Some((_, mut before)) = shown.take() {
                before.end();
            }
            shown = Some((name.to_owned(), Shown::new(name)));
        }
        if let Some((_, shown)) = &mut shown {
            shown.show(&event);
        }
    });
    if let Some((_, mut last)) = shown {
        last.end();
    }
    for file in fetched? {
        let state = if file.known { "there already" } else { "fetched" };
        let how = if file.published {
            "verified"
        } else if file.known {
            "as at the first download"
        } else {
            "no checksum is published; this one is noted"
        };
        out::line(format_args!("{}: {state}, {how}", file.path.display()))?;
        out::line(format_args!("  sha256 {}", file.sha256))?;
        if let Some(count) = file.unpacked {
            out::line(format_args!("  {count} files unpacked into {}", folder.display()))?;
        }
    }
    Ok(Exit::Done)
}

/// Decodes and checks the data of a card in a folder.
pub(super) fn check(id: &str, folder: &Path, cache: Option<&Path>) -> anyhow::Result<Exit> {
    let card = find(id)?;
    if !folder.is_dir() {
        bail!("there is no folder {}", folder.display());
    }
    let root =
        std::path::absolute(folder).with_context(|| format!("cannot find {}", folder.display()))?;
    let Some(layout) = card.layout_of(&root) else {
        out::line(format_args!(
            "{id}: {} has none of its layouts; expected {}",
            root.display(),
            card.expects()
        ))?;
        for layout in &card.layouts {
            let missing: Vec<&str> = (layout.needs.iter().map(String::as_str))
                .filter(|path| !root.join(path).exists())
                .collect();
            out::line(format_args!("  error: {}: missing {}", layout.what, missing.join(", ")))?;
        }
        return Ok(Exit::Data);
    };
    out::line(format_args!("{id}: {} ({})", card.title, layout.what))?;
    let task = spec::card_task(card, &root)?;
    let cache =
        cache.map_or_else(crate::cli::run::default_cache, |cache| Ok(cache.to_path_buf()))?;
    let dataset = data::prepare(id, &task, SIDE, &cache, &|_, _| {})
        .map_err(|source| StudyError::Data { task: id.to_owned(), source })?;
    let mut exit = super::report(id, &task, &dataset)?;
    for (what, got, expected) in compared(&dataset, layout.expected) {
        if got == expected {
            out::line(format_args!("  {what}: {got}, as expected"))?;
        } else {
            out::line(format_args!("  error: {what}: {got}, expected {expected}"))?;
            exit = Exit::Data;
        }
    }
    Ok(exit)
}

/// Side at which images are looked at, in pixels.
const SIDE: u32 = 224;

/// Numbers of cases that are known beforehand.
fn compared(dataset: &Dataset, expected: Counts) -> Vec<(&'static str, usize, usize)> {
    let of = |split| dataset.indices(split).len();
    let all = [
        ("images", dataset.len(), expected.all),
        ("train", of(Split::Train), expected.train),
        ("val", of(Split::Val), expected.val),
        ("test", of(Split::Test), expected.test),
    ];
    all.into_iter().filter_map(|(what, got, wanted)| Some((what, got, wanted?))).collect()
}
