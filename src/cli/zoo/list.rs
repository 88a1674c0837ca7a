//! `zoo list`.

use std::path::PathBuf;

use clap::Args;

use super::{default_store, granularity, number};
use crate::spec::{Granularity, LOCAL_MODEL};
use crate::zoo::{self, Entry, Local};

/// Arguments of `zoo list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Only models of this backbone
    #[arg(long)]
    backbone: Option<String>,
    /// Only models of a family whose name has this in it
    #[arg(long)]
    family: Option<String>,
    /// Only models with this kind of labels: none, coarse, fine, self-supervised, domain-adaptive
    #[arg(long)]
    granularity: Option<String>,
    /// Folder of fetched and local models [default: zoo in the user's cache folder]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

/// The models that fit, as a table.
pub(super) fn list(args: &ListArgs) -> anyhow::Result<String> {
    let all = zoo::catalogue()?;
    let same = |wanted: &Option<String>, got: &str| {
        wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(got))
    };
    let within = |wanted: &Option<String>, got: &str| {
        wanted.as_ref().is_none_or(|w| got.to_lowercase().contains(&w.to_lowercase()))
    };
    let chosen: Vec<&Entry> = all
        .values()
        .filter(|entry| same(&args.backbone, &entry.backbone))
        .filter(|entry| within(&args.family, &entry.family))
        .filter(|entry| same(&args.granularity, granularity(entry.granularity)))
        .collect();
    let store = args.store.clone().map_or_else(default_store, Ok)?;
    let own: Vec<Local> = zoo::local_models(&store)?
        .into_iter()
        .filter(|model| same(&args.backbone, model.origin.spec.backbone.name()))
        .filter(|_| within(&args.family, OWN))
        .filter(|model| same(&args.granularity, own_granularity(model)))
        .collect();
    anyhow::ensure!(
        !(chosen.is_empty() && own.is_empty()),
        "no model of the catalogue fits; backbones: {}; families: {}",
        distinct(all.values().map(|entry| entry.backbone.as_str())),
        distinct(all.values().map(|entry| entry.family.as_str()))
    );
    let heads = ["id", "backbone", "data", "family", "granularity", "classes", "labels", "source"];
    let mut rows = vec![heads.map(String::from)];
    rows.extend(chosen.iter().map(|entry| {
        [
            entry.id.clone(),
            entry.backbone.clone(),
            entry.data.clone(),
            entry.family.clone(),
            granularity(entry.granularity).into(),
            number(u64::from(entry.classes)),
            number(entry.labels),
            entry.source().name().into(),
        ]
    }));
    rows.extend(own.iter().map(|model| {
        let spec = &model.origin.spec;
        [
            format!("{LOCAL_MODEL}{}", model.name),
            spec.backbone.name().into(),
            spec.task.clone(),
            OWN.into(),
            own_granularity(model).into(),
            model.origin.classes.len().to_string(),
            "-".into(),
            "local".into(),
        ]
    }));
    let local = if own.is_empty() { String::new() } else { format!(", {} local", own.len()) };
    Ok(table(&rows) + &format!("{} of {} models{local}\n", chosen.len(), all.len()))
}

/// The family of local models.
const OWN: &str = "own";

/// What a study would take a local model's labels for, where it can tell.
fn own_granularity(model: &Local) -> &'static str {
    if model.origin.ancestors.is_empty() { "-" } else { granularity(Granularity::DomainAdaptive) }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: std::collections::BTreeSet<&str> = names.collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

/// Columns as wide as they must be, two spaces between them.
fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..N).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &[String; N]| {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(backbone: &str, family: &str, granularity: &str) -> ListArgs {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_string());
        ListArgs {
            backbone: some(backbone),
            family: some(family),
            granularity: some(granularity),
            store: Some("/nonexistent".into()),
        }
    }

    #[test]
    fn the_list_is_filtered() {
        let all = list(&filter("", "", "")).expect("a list");
        assert!(all.ends_with("51 of 51 models\n"), "{all}");
        let clustering = list(&filter("resnet50", "clustering", "self-supervised")).expect("some");
        assert!(clustering.ends_with("5 of 51 models\n"), "{clustering}");
        assert!(clustering.contains("\nswav "), "{clustering}");
        let error = list(&filter("alexnet", "", "")).expect_err("none").to_string();
        assert!(error.contains("swin_base") && error.contains("contrastive"), "{error}");
    }
}
