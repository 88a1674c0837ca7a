//! Models of one's own: `zoo export`, and their part of `list` and `show`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::records::{RunDir, RunState, StudyDir};
use crate::spec::{RunId, RunSpec};
use crate::study;
use crate::zoo::{self, Local};

/// Arguments of `zoo export`.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// Folder of a run, or of a study with one run that fits the options below
    run: PathBuf,
    /// Name of the model: `zoo = "local:NAME"` in an init
    #[arg(long)]
    name: String,
    /// Only runs on this task
    #[arg(long)]
    task: Option<String>,
    /// Only runs of this model
    #[arg(long)]
    model: Option<String>,
    /// Only runs of this init, or of this pretraining
    #[arg(long)]
    init: Option<String>,
    /// Only runs with this seed
    #[arg(long)]
    seed: Option<u64>,
    /// Folder of fetched and local models [default: zoo in the user's cache folder]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

/// Puts the weights of a run into the store.
pub(super) fn export(args: &ExportArgs) -> anyhow::Result<String> {
    let store = args.store.clone().map_or_else(super::default_store, Ok)?;
    let weights = chosen(args)?.weights();
    let local = zoo::export(&weights, &store, &args.name)?;
    let sha256 = local.sha256()?;
    Ok(format!(
        "local:{}: {}\n  sha256 {sha256}\n{}",
        local.name,
        local.path.display(),
        lineage(&local, &sha256)
    ))
}

/// The run that is meant: it has ended well and has its weights.
fn chosen(args: &ExportArgs) -> anyhow::Result<RunDir> {
    let dir = StudyDir::new(&args.run);
    if !dir.study().is_file() {
        let run = RunDir::at(&args.run);
        anyhow::ensure!(
            run.spec().is_file(),
            "{} is neither a run's folder nor a study's: it has no spec.json and no study.json",
            args.run.display()
        );
        return whole(run);
    }
    let same = |wanted: &Option<String>, got: &str| wanted.as_ref().is_none_or(|w| w == got);
    let mut fitting: Vec<(RunId, RunSpec)> = Vec::new();
    for id in dir.read_study()?.runs {
        let spec = dir.run(&id).read_spec()?;
        if same(&args.task, &spec.task)
            && same(&args.model, &spec.model)
            && same(&args.init, &spec.init)
            && args.seed.is_none_or(|seed| seed == spec.seed)
            && dir.run(&id).weights().is_file()
        {
            fitting.push((id, spec));
        }
    }
    match fitting.as_slice() {
        [(id, _)] => whole(dir.run(id)),
        [] => anyhow::bail!(
            "no run of {} fits and has weights: pretraining runs keep them, and all runs of a \
             study with `keep_weights = true`",
            args.run.display()
        ),
        several => {
            let list: String = several
                .iter()
                .map(|(id, spec)| format!("\n  {id}  {}", study::title(spec)))
                .collect();
            anyhow::bail!(
                "{} runs fit; choose one with --task, --model, --init and --seed, or name its \
                 folder:{list}",
                several.len()
            )
        }
    }
}

fn whole(run: RunDir) -> anyhow::Result<RunDir> {
    let state = run.read_record()?.map(|record| record.state);
    anyhow::ensure!(
        state == Some(RunState::Done),
        "the run {} has not ended well; `transfolio status` says more",
        run.root().display()
    );
    anyhow::ensure!(
        run.weights().is_file(),
        "the run {} has no weights: pretraining runs keep them, and all runs of a study with \
         `keep_weights = true`",
        run.root().display()
    );
    Ok(run)
}

/// What is known of a local model.
pub(super) fn show(store: &Path, name: &str) -> anyhow::Result<String> {
    let local = zoo::find_local(store, name)?;
    let sha256 = local.sha256()?;
    let origin = &local.origin;
    let spec = &origin.spec;
    let mut text = String::new();
    let mut line = |name: &str, value: &str| text.push_str(&format!("{name:<15} {value}\n"));
    line("local model", &local.name);
    line("file", &local.path.display().to_string());
    line("sha256", &sha256);
    line("backbone", spec.backbone.name());
    line("image size", &format!("{} px", spec.recipe.image_size));
    line("normalization", spec.normalization.name());
    line("outputs", &format!("{}: {}", origin.classes.len(), origin.classes.join(", ")));
    line("run", &format!("{} ({})", origin.run, study::title(spec)));
    line("data", &spec.data_hash);
    line(
        "trained with",
        &format!("transfolio {}, libtorch {}", origin.transfolio, origin.libtorch),
    );
    Ok(text + &lineage(&local, &sha256))
}

/// The chain of pretrainings, oldest first.
fn lineage(local: &Local, sha256: &str) -> String {
    let mut text = String::new();
    let chain = local.origin.chain(sha256);
    let random = local.origin.ancestors.is_empty();
    if random {
        text.push_str("comes from      random weights\n");
    }
    for (index, step) in chain.iter().enumerate() {
        let what = if index == 0 && !random { "comes from" } else { "then" };
        let run = step.run.as_ref().map_or(String::new(), |run| format!(", run {run}"));
        text.push_str(&format!(
            "{what:<15} {}{run}\n{:<15} sha256 {}\n",
            step.title, "", step.sha256
        ));
    }
    text
}
