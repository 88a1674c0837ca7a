//! `transfolio predict`: forward passes outside of a study.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde::de::DeserializeOwned;
use serde::de::value::{Error, StrDeserializer};

use super::{Exit, out};
use crate::predict::{self, Classes, Job, Weights, What};
use crate::spec::{Backbone, Normalization, Precision, Target};
use crate::train::allocator;
use crate::train::device::{DeviceChoice, choose};

/// Arguments of `predict`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("source").required(true).args(["weights", "zoo"])))]
pub struct PredictArgs {
    /// Network, as `backbone` in a study file [default: told by the weights]
    #[arg(long, value_parser = named::<Backbone>)]
    arch: Option<Backbone>,
    /// Checkpoint of any kind that `zoo inspect` reads, folder of a run, or random:SEED
    #[arg(long, value_name = "FILE", value_parser = weights)]
    weights: Option<Weights>,
    /// Model of the catalogue, or local:NAME, as in `zoo list`
    #[arg(long, value_name = "ID")]
    zoo: Option<String>,
    /// Folder of images, manifest (.csv), list (.txt), one image, or .npy array: floats [N, C, H, W]
    /// as the network's input, or uint8 images [N, H, W] and [N, H, W, C]
    #[arg(long)]
    input: PathBuf,
    /// Column of a manifest with the image paths
    #[arg(long, default_value = "image")]
    image_column: String,
    /// File that is written: .npy, or .parquet with the cases and the names of the columns
    #[arg(long)]
    output: PathBuf,
    /// What is written
    #[arg(long, default_value = "probabilities")]
    what: WhatArg,
    /// auto, cpu, cuda or cuda:N
    #[arg(long, default_value = "auto")]
    device: DeviceChoice,
    /// f32, f64, bf16 or, on CUDA, tf32 [default: that of the training, else f32]
    #[arg(long, value_parser = named::<Precision>)]
    dtype: Option<Precision>,
    /// Cases at a time
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,
    /// Compute threads [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// imagenet, half, chest-xray, swav or none [default: that of the weights, else imagenet;
    /// float arrays are taken as they are]
    #[arg(long, value_parser = named::<Normalization>)]
    normalization: Option<Normalization>,
    /// Side of the network's input in pixels [default: that of the training, else of the network]
    #[arg(long, value_name = "PX")]
    image_size: Option<u32>,
    /// Side that images are scaled to before their centre is cut out [default: as in the training,
    /// else the image size]
    #[arg(long, value_name = "PX")]
    resize: Option<u32>,
    /// Number of outputs, or their names [default: those of the weights]
    #[arg(long, value_name = "N|NAME,...", value_parser = classes)]
    classes: Option<Classes>,
    /// binary, multi-class or multi-label: how logits become probabilities [default: that of the
    /// training, else multi-class for more than one output]
    #[arg(long, value_parser = named::<Target>)]
    target: Option<Target>,
    /// Folder of fetched and local models [default: zoo in the user's cache folder]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum WhatArg {
    Logits,
    Probabilities,
    Features,
}

/// A value by its name in study files.
fn named<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    T::deserialize(StrDeserializer::<Error>::new(text)).map_err(|error| error.to_string())
}

fn weights(text: &str) -> Result<Weights, String> {
    match text.strip_prefix("random:") {
        Some(seed) => seed
            .parse()
            .map(Weights::Random)
            .map_err(|_| format!("{seed:?} is no seed, expected a number: random:0")),
        None => Ok(Weights::File(text.into())),
    }
}

fn classes(text: &str) -> Result<Classes, String> {
    if let Ok(count) = text.parse::<usize>() {
        return if count > 0 {
            Ok(Classes::Count(count))
        } else {
            Err("expected at least 1".into())
        };
    }
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_string()).collect();
    let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
    if names.iter().any(String::is_empty) || distinct.len() != names.len() {
        return Err("expected a number, or distinct names with commas between them".into());
    }
    Ok(Classes::Names(names))
}

/// Predicts and says what with.
pub fn run(args: &PredictArgs) -> anyhow::Result<Exit> {
    let device = choose(args.device)?;
    let threads = args
        .threads
        .map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    allocator::keep_freed_memory();
    tch::set_num_threads(threads as i32);
    let weights = match (&args.weights, &args.zoo) {
        (Some(weights), _) => weights.clone(),
        (None, Some(id)) => Weights::Zoo(id.clone()),
        (None, None) => anyhow::bail!("either --weights or --zoo is needed"),
    };
    let job = Job {
        backbone: args.arch,
        weights,
        input: args.input.clone(),
        image_column: args.image_column.clone(),
        output: args.output.clone(),
        what: match args.what {
            WhatArg::Logits => What::Logits,
            WhatArg::Probabilities => What::Probabilities,
            WhatArg::Features => What::Features,
        },
        device,
        precision: args.dtype,
        batch: args.batch as usize,
        normalization: args.normalization,
        image_size: args.image_size,
        resize: args.resize,
        classes: args.classes.clone(),
        target: args.target,
        zoo_store: args.store.clone().map_or_else(super::zoo::default_store, Ok)?,
    };
    let bar = std::io::stderr().is_terminal().then(|| {
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} cases  eta {eta}");
        ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    });
    let done = predict::predict(&job, &mut |done, total| {
        if let Some(bar) = &bar {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        }
    });
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let done = done?;
    let input = done.normalization.map_or("as given", Normalization::name);
    out::line(format_args!(
        "{}: {} cases, {} {} each, by {} ({}), input normalised: {input}",
        job.output.display(),
        done.cases,
        done.columns,
        format!("{:?}", args.what).to_lowercase(),
        done.backbone.title(),
        done.weights
    ))?;
    if !done.resized.is_empty() {
        let resized = done.resized.len();
        out::line(format_args!("{resized} tables were resampled for the size of the images"))?;
    }
    for note in &done.notes {
        out::complain(format_args!("note: {note}"));
    }
    Ok(Exit::Done)
}
