//! `transfolio data`: look at data before training on it.

mod cache;
mod cards;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use indexmap::IndexMap;

use super::{Exit, out};
use crate::data::{self, Dataset, Finding, Severity, Split, visible};
use crate::records::write_atomic;
use crate::spec::{self, Source, Study, Target, Task, data_needed};

/// Arguments of `data`.
#[derive(Debug, Args)]
pub struct DataArgs {
    #[command(subcommand)]
    command: DataCommand,
}

#[derive(Debug, Subcommand)]
enum DataCommand {
    /// List the dataset cards
    List,
    /// Show a dataset card
    Show {
        /// Card, as in `data list`
        card: String,
    },
    /// Fetch the files of a card that have a public direct address
    Fetch {
        /// Card, as in `data list`
        card: String,
        /// Folder that they go to
        folder: PathBuf,
        /// Files, as in `data show`; those that everybody needs where absent
        files: Vec<String>,
    },
    /// Show the files of decoded images, or remove what is not used
    Cache {
        /// Remove what was not used for so many days; 0 removes everything
        #[arg(long, value_name = "DAYS")]
        prune: Option<u32>,
        /// Folder of decoded images [default: the user's cache folder]
        #[arg(long, value_name = "DIR")]
        cache: Option<PathBuf>,
    },
    /// Decode and check the data of a study file, or of a card in a folder
    Check {
        /// Study file, or a card as in `data list`
        study: PathBuf,
        /// Folder of the card's data
        folder: Option<PathBuf>,
        /// Give a parameter of the study file another value
        #[arg(long, value_name = "NAME=VALUE", value_parser = super::run::name_value)]
        set: Vec<(String, String)>,
        /// Folder of decoded images [default: the user's cache folder]
        #[arg(long, value_name = "DIR")]
        cache: Option<PathBuf>,
        /// Write the manifest without the training images that are in the test
        /// set, exactly or nearly
        #[arg(long, value_name = "FILE")]
        write_clean: Option<PathBuf>,
        /// The task whose manifest is cleaned, where there are several
        #[arg(long, value_name = "NAME", requires = "write_clean")]
        task: Option<String>,
    },
}

/// Runs the subcommand; exit code 3 when the check finds an error.
pub fn run(args: &DataArgs) -> anyhow::Result<Exit> {
    let (study, set, cache, write_clean, task) = match &args.command {
        DataCommand::List => return cards::list(),
        DataCommand::Show { card } => return cards::show(card),
        DataCommand::Cache { prune, cache } => {
            let folder = cache.clone().map_or_else(super::run::default_cache, Ok)?;
            return cache::run(&folder, *prune);
        }
        DataCommand::Fetch { card, folder, files } => return cards::fetch(card, folder, files),
        DataCommand::Check { study, folder: Some(folder), cache, set, write_clean, .. } => {
            if !set.is_empty() || write_clean.is_some() {
                bail!("--set and --write-clean are for study files, not for cards");
            }
            return cards::check(&study.to_string_lossy(), folder, cache.as_deref());
        }
        DataCommand::Check { study, folder: None, set, cache, write_clean, task } => {
            let name = study.to_string_lossy();
            if !study.is_file() && spec::card(&name).is_ok() {
                bail!("`{name}` is a card: name the folder of its data too, data check {name} DIR");
            }
            (study, set, cache, write_clean, task)
        }
    };
    let set: IndexMap<_, _> = set.iter().cloned().collect();
    let loaded = spec::load(study, &set)?;
    let cleaned = match write_clean {
        Some(file) => {
            let folder = folder_of(file);
            if !folder.is_dir() {
                bail!("--write-clean {}: there is no folder {}", file.display(), folder.display());
            }
            Some(cleaned_task(&loaded.study, task.as_deref())?)
        }
        None => None,
    };
    let cache = cache.clone().map_or_else(super::run::default_cache, Ok)?;
    let mut exit = Exit::Done;
    let mut sets = BTreeMap::new();
    for (name, size) in data_needed(&loaded.study) {
        let task = &loaded.study.tasks[&name];
        let dataset = data::prepare(&name, &loaded.study.prepared(&name), size, &cache, &|_, _| {})
            .map_err(|source| crate::study::StudyError::Data { task: name.clone(), source })?;
        if report(&name, task, &dataset)? == Exit::Data {
            exit = Exit::Data;
        }
        sets.insert((name.clone(), size), dataset);
        let dataset = &sets[&(name.clone(), size)];
        if let (Some(file), Some(cleaned)) = (write_clean, &cleaned)
            && *cleaned == name
        {
            out::line(format_args!("  {}", clean(&name, &loaded.study, dataset, file)?))?;
        }
    }
    for (name, found) in crate::study::also_tested(&loaded.study, &sets)? {
        if !found.is_empty() {
            out::line(format_args!("{name} and the sets that it is tested on too"))?;
            if print(&found)? == Exit::Data {
                exit = Exit::Data;
            }
        }
    }
    Ok(exit)
}

/// Prints what a data set has and what is found of it.
fn report(name: &str, task: &Task, dataset: &Dataset) -> anyhow::Result<Exit> {
    out::text(summary(name, dataset))?;
    print(&data::check_with(dataset, task.duplicates))
}

fn print(findings: &[Finding]) -> anyhow::Result<Exit> {
    let mut exit = Exit::Done;
    for finding in findings {
        let mark = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        out::line(format_args!("  {mark}: {}", finding.text))?;
        if finding.severity == Severity::Error {
            exit = Exit::Data;
        }
    }
    Ok(exit)
}

/// Cases per split, and the classes with the number of cases of each.
fn summary(name: &str, dataset: &Dataset) -> String {
    let count = |split| dataset.indices(split).len();
    let classes: Vec<String> = (dataset.classes.iter().enumerate())
        .map(|(class, title)| {
            let cases = dataset.cases.iter().filter(|case| case.truth.has(class)).count();
            let positive = dataset.target == Target::Binary && class == 1;
            format!("{title} ({cases}{})", if positive { ", positive" } else { "" })
        })
        .collect();
    let shown = 20;
    let more = if classes.len() > shown {
        format!(" and {} more", classes.len() - shown)
    } else {
        String::new()
    };
    let list = classes.iter().take(shown).cloned().collect::<Vec<_>>().join(", ");
    visible(format!(
        "{name}: {} train, {} val, {} test, {} classes, stored at {} px\n  classes: {list}{more}\n",
        count(Split::Train),
        count(Split::Val),
        count(Split::Test),
        dataset.classes.len(),
        dataset.size
    ))
}

/// The one task whose manifest can be cleaned.
fn cleaned_task(study: &Study, asked: Option<&str>) -> anyhow::Result<String> {
    let manifests: Vec<&String> = study
        .tasks
        .iter()
        .filter(|(_, task)| task.source == Source::Manifest)
        .map(|(name, _)| name)
        .collect();
    match (asked, manifests.as_slice()) {
        (Some(asked), all) => match all.iter().find(|name| **name == asked) {
            Some(name) => Ok((*name).clone()),
            None => bail!("--task {asked}: no such task has a manifest; tasks that have: {all:?}"),
        },
        (None, [one]) => Ok((*one).clone()),
        (None, []) => bail!(
            "--write-clean: no task of this study has a manifest; write duplicates = \
             \"drop-from-train\" in the task instead"
        ),
        (None, several) => {
            bail!("--write-clean: several tasks have a manifest; name one with --task: {several:?}")
        }
    }
}

/// Writes the manifest of a task without the training images that leak, and
/// says what to do with it.
fn clean(name: &str, study: &Study, dataset: &Dataset, file: &Path) -> anyhow::Result<String> {
    let task = &study.tasks[name];
    if task.path.as_deref().is_some_and(|own| same_file(own, file)) {
        bail!("--write-clean {}: is the manifest itself; name another file", file.display());
    }
    let (leaks, words) = data::leaking(dataset);
    let (text, kept) = data::write_clean(name, task, &leaks)?;
    write_atomic(file, |out| std::io::Write::write_all(out, text.as_bytes()))
        .with_context(|| format!("cannot write {}", file.display()))?;
    let own = task.images.clone().or_else(|| task.path.as_ref()?.parent().map(Path::to_path_buf));
    let images = match own {
        Some(own) if !same_file(&own, folder_of(file)) => {
            format!(" and images = {:?}", own.display().to_string())
        }
        _ => String::new(),
    };
    Ok(visible(format!(
        "wrote {}: {} training images that are in the test set left out ({words}), {kept} rows kept; \
         write path = {:?}{images} in the task to use it",
        file.display(),
        leaks.len(),
        file.display().to_string()
    )))
}

/// The folder that a file lies in.
fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn same_file(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}
