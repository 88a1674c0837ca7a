//! `transfolio zoo`: pretrained models.

mod local;

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Exit, out};
use crate::spec::{Granularity, LOCAL_MODEL, Normalization};
use crate::zoo::{
    self, CatalogueError, Entry, FetchEvent, FetchOptions, Inspection, Local, Match, Source,
    TensorData,
};

/// Arguments of `zoo`.
#[derive(Debug, Args)]
pub struct ZooArgs {
    #[command(subcommand)]
    command: ZooCommand,
}

#[derive(Debug, Subcommand)]
enum ZooCommand {
    /// List the models of the catalogue
    List(ListArgs),
    /// Show what is known about a model
    Show {
        /// Model, as in `zoo list`
        id: String,
        /// Folder of fetched and local models [default: zoo in the user's cache folder]
        #[arg(long, value_name = "DIR")]
        store: Option<PathBuf>,
    },
    /// Download a model and verify it
    Fetch(FetchArgs),
    /// Say what a checkpoint on disk is and what it fits; nothing in it is executed
    Inspect(InspectArgs),
    /// Keep the weights of a run by name, for inits of any study and for `predict`
    Export(local::ExportArgs),
}

#[derive(Debug, Args)]
struct ListArgs {
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

#[derive(Debug, Args)]
struct FetchArgs {
    /// Models, as in `zoo list`
    #[arg(required = true)]
    ids: Vec<String>,
    /// Folder of fetched models [default: zoo in the user's cache folder]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// Lock file with the checksums of the first downloads [default: zoo.lock in the store]
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    /// Address that is tried first, as MIRROR/ID/FILE [default: $TRANSFOLIO_ZOO_MIRROR]
    #[arg(long, value_name = "URL")]
    mirror: Option<String>,
    /// A file that was downloaded by hand: it is verified and copied in
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct InspectArgs {
    /// Checkpoint: a file, or the folder of a TensorFlow checkpoint
    file: PathBuf,
    /// Key under which the tensors are, where it is an unusual one
    #[arg(long, value_name = "KEY")]
    nesting: Vec<String>,
    /// Show every tensor
    #[arg(long)]
    all: bool,
}

/// Runs the subcommand.
pub fn run(args: &ZooArgs) -> anyhow::Result<Exit> {
    match &args.command {
        ZooCommand::List(args) => out::text(list(args)?)?,
        ZooCommand::Show { id, store } => match id.strip_prefix(LOCAL_MODEL) {
            Some(name) => {
                let store = store.clone().map_or_else(default_store, Ok)?;
                out::text(local::show(&store, name)?)?;
            }
            None => out::text(show(id)?)?,
        },
        ZooCommand::Export(args) => out::text(local::export(args)?)?,
        ZooCommand::Fetch(args) => return fetch(args),
        ZooCommand::Inspect(args) => {
            let found = zoo::inspect(&args.file, &args.nesting)?;
            out::text(described(&found, args.all))?;
        }
    }
    Ok(Exit::Done)
}

fn list(args: &ListArgs) -> anyhow::Result<String> {
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

fn granularity(granularity: Granularity) -> &'static str {
    match granularity {
        Granularity::None => "none",
        Granularity::Coarse => "coarse",
        Granularity::Fine => "fine",
        Granularity::SelfSupervised => "self-supervised",
        Granularity::DomainAdaptive => "domain-adaptive",
    }
}

fn number(n: u64) -> String {
    if n == 0 { "-".into() } else { n.to_string() }
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

fn show(id: &str) -> anyhow::Result<String> {
    let entry = match zoo::find(id) {
        Ok(entry) => entry,
        // What cannot be used can be looked at all the same.
        Err(CatalogueError::Unresolved { .. } | CatalogueError::Random { .. }) => {
            &zoo::catalogue()?[id]
        }
        Err(error) => return Err(error.into()),
    };
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            text.push_str(&format!("{name:<15} {value}\n"));
        }
    };
    let place = |key: &String| if key.is_empty() { "top level".into() } else { key.clone() };
    line("id", &entry.id);
    line("title", &entry.title);
    line("backbone", &entry.backbone);
    if entry.known_backbone().is_none() && entry.source() != Source::Random {
        line("", "this build does not have this backbone");
    }
    line("data", &entry.data);
    line("objective", &entry.objective);
    line("family", &entry.family);
    line("granularity", granularity(entry.granularity));
    line("classes", &number(u64::from(entry.classes)));
    line("labels", &number(entry.labels));
    line("listed in", &entry.listed);
    line("source", entry.source().name());
    line("unresolved", &entry.unresolved);
    for url in &entry.urls {
        line("address", url);
    }
    line("files", &entry.files.join(", "));
    line("page", &entry.page);
    line("file", &entry.file);
    line("container", &entry.container);
    line("tensors under", &entry.nesting.iter().map(place).collect::<Vec<_>>().join(" or "));
    for rule in entry.rules() {
        line("keys", &rule);
    }
    line("normalization", entry.normalization.map_or("", Normalization::name));
    line("licence", if entry.licence.is_empty() { "not known" } else { &entry.licence });
    let recorded = "not published; recorded at the first download";
    line("sha256", if entry.sha256.is_empty() { recorded } else { &entry.sha256 });
    line("evidence", &entry.evidence);
    line("note", &entry.note);
    Ok(text)
}

fn fetch(args: &FetchArgs) -> anyhow::Result<Exit> {
    anyhow::ensure!(
        args.from.is_none() || args.ids.len() == 1,
        "--from is for one model, {} were named",
        args.ids.len()
    );
    let store = match &args.store {
        Some(store) => store.clone(),
        None => default_store()?,
    };
    let mirror = args.mirror.clone().or_else(|| {
        std::env::var("TRANSFOLIO_ZOO_MIRROR").ok().filter(|mirror| !mirror.is_empty())
    });
    // All names first: a slip in the third must not show after two downloads.
    let entries = args.ids.iter().map(|id| zoo::find(id)).collect::<Result<Vec<_>, _>>()?;
    for entry in entries {
        let options = FetchOptions {
            lock: args.lock.clone(),
            mirror: mirror.clone(),
            from: args.from.clone(),
            ..FetchOptions::new(store.clone())
        };
        let mut shown = Shown::new(&entry.id);
        let fetched = zoo::fetch(entry, &options, &mut |event| shown.show(&event));
        shown.end();
        let fetched = fetched?;
        let state = if fetched.known { "there already" } else { "fetched" };
        let path = fetched.path.display();
        out::line(format_args!("{}: {state}, verified: {path}", entry.id))?;
        let pinned = if fetched.pinned { " (now pinned)" } else { "" };
        out::line(format_args!("  sha256 {}{pinned}", fetched.sha256))?;
    }
    Ok(Exit::Done)
}

/// Where fetched models are kept.
pub(super) fn default_store() -> anyhow::Result<PathBuf> {
    Ok(super::run::default_cache()?.with_file_name("zoo"))
}

/// A bar on a terminal, plain lines elsewhere.
struct Shown {
    id: String,
    bar: Option<ProgressBar>,
}

impl Shown {
    fn new(id: &str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            let template = "{prefix}  {bar:30} {bytes}/{total_bytes}  {bytes_per_sec}  eta {eta}";
            let style = ProgressStyle::with_template(template);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(id.to_string());
            bar
        });
        Self { id: id.into(), bar }
    }

    fn show(&mut self, event: &FetchEvent<'_>) {
        let line = match event {
            FetchEvent::Trying(url) => format!("from {url}"),
            FetchEvent::Begun { at, total, .. } => {
                if let Some(bar) = &self.bar {
                    if let Some(total) = total {
                        bar.set_length(*total);
                    }
                    bar.set_position(*at);
                    bar.reset_eta();
                }
                if *at == 0 {
                    return;
                }
                format!("going on at byte {at}")
            }
            FetchEvent::At(at) => {
                if let Some(bar) = &self.bar {
                    bar.set_position(*at);
                }
                return;
            }
            FetchEvent::Again { reason } => format!("{reason}; trying again"),
            FetchEvent::Checking => "verifying".into(),
        };
        match &self.bar {
            Some(bar) => bar.println(format!("{}: {line}", self.id)),
            None => out::progress(format_args!("{}: {line}", self.id)),
        }
    }

    fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// How many tensors are shown unless all are asked for.
const TENSORS: usize = 12;

fn described(found: &Inspection, all: bool) -> String {
    let checkpoint = &found.checkpoint;
    let path: &Path = &checkpoint.path;
    let mut text = format!("{}: {}\n", path.display(), checkpoint.container.name());
    for group in &checkpoint.groups {
        let name = if group.path.is_empty() { "(top level)" } else { &group.path };
        let count = group.tensors.len();
        text.push_str(&format!("  {name}: {count} tensors, {} values\n", group.values()));
    }
    let nesting = checkpoint.nesting.as_deref().unwrap_or("(top level)");
    text.push_str(&format!("tensors of {nesting} ({}):\n", dtypes(&checkpoint.tensors)));
    let shown = if all { usize::MAX } else { TENSORS };
    for (name, tensor) in checkpoint.tensors.iter().take(shown) {
        text.push_str(&format!("  {name} {:?} {}\n", tensor.shape(), tensor.dtype().name()));
    }
    let rest = checkpoint.tensors.len().saturating_sub(shown);
    if rest > 0 {
        text.push_str(&format!("  and {rest} more (--all shows them)\n"));
    }
    text + &fits(&found.matches)
}

fn dtypes(tensors: &BTreeMap<String, TensorData>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for tensor in tensors.values() {
        *counts.entry(tensor.dtype().name()).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(name, n)| format!("{n} {name}")).collect();
    counts.join(", ")
}

fn fits(matches: &[Match]) -> String {
    /// As many near misses as help.
    const NEAR: usize = 3;
    if matches.is_empty() {
        return "fits: no backbone and no entry of the catalogue\n".into();
    }
    let name = |found: &Match| match &found.entry {
        Some(id) => format!("zoo entry {id} ({})", found.backbone),
        None => format!("backbone {}", found.backbone),
    };
    let exact: Vec<&Match> = matches.iter().filter(|found| found.mismatch.is_none()).collect();
    if exact.is_empty() {
        let near = matches.iter().take(NEAR).map(|found| {
            let share = found.share * 100.0;
            let why = found.mismatch.as_deref().unwrap_or_default();
            format!("nearly fits {}: {share:.1} % of its tensors; {why}\n", name(found))
        });
        return near.collect();
    }
    let how = |found: &&Match| match found.resized {
        0 => "fits exactly".into(),
        n => format!("fits with {n} tables resampled"),
    };
    exact.iter().map(|found| format!("{}: {}\n", how(found), name(found))).collect()
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

    #[test]
    fn a_model_is_shown_with_its_rules() {
        let text = show("moco_v2").expect("an entry");
        assert!(text.contains("keep only module.encoder_q.*"), "{text}");
        assert!(text.contains("recorded at the first download"), "{text}");
        let text = show("imagenet22k").expect("unresolved, but shown");
        assert!(text.contains("source          unresolved"), "{text}");
        let error = show("moco_v3").expect_err("unknown").to_string();
        assert!(error.contains("did you mean `moco_v"), "{error}");
    }

    #[test]
    fn an_unresolved_model_is_not_fetched() {
        let args = FetchArgs {
            ids: vec!["coco".into()],
            store: Some("/nonexistent".into()),
            lock: None,
            mirror: None,
            from: None,
        };
        let error = fetch(&args).expect_err("an error").to_string();
        assert!(error.contains("unresolved"), "{error}");
    }
}
