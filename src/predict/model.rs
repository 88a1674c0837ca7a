//! The network of a prediction: which, with whose weights, for what input.

use std::path::{Path, PathBuf};

use tch::nn;

use super::error::{Operation, PredictError};
use super::input::Shape;
use super::job::{Classes, Job, Weights, What};
use crate::data::Reading;
use crate::models::{self, BuildOptions, Network};
use crate::records::RunDir;
use crate::spec::{
    Backbone, LOCAL_MODEL, MemoryFormat, Normalization, Precision, Target, stored_size,
};
use crate::train::arithmetic::Arithmetic;
use crate::train::objective::Link;
use crate::zoo::{self, Checkpoint, CheckpointError, Entry, FetchOptions, Head, Origin};

/// A network ready to predict.
pub(super) struct Model {
    pub(super) network: Network,
    pub(super) backbone: Backbone,
    pub(super) arithmetic: Arithmetic,
    pub(super) normalization: Normalization,
    /// Turns logits into probabilities.
    pub(super) link: Link,
    /// Names of the outputs; empty where there are only features.
    pub(super) classes: Vec<String>,
    /// Whose weights they are, in words.
    pub(super) title: String,
    /// Tables that were resampled for the size of the images.
    pub(super) resized: Vec<String>,
    /// What a user should know of the weights.
    pub(super) notes: Vec<String>,
}

/// Where the weights are and what is known of them.
pub(super) struct Found {
    weights: Option<(Checkpoint, Option<&'static Entry>)>,
    backbone: Backbone,
    normalization: Option<Normalization>,
    /// As in the training, where a study trained it.
    shape: Option<Shape>,
    arithmetic: (Precision, MemoryFormat),
    target: Option<Target>,
    classes: Vec<String>,
    title: String,
}

/// Of weights that no study trained.
const PLAIN: (Precision, MemoryFormat) = (Precision::F32, MemoryFormat::Auto);

/// Finds the weights without building anything.
pub(super) fn find(job: &Job) -> Result<Found, PredictError> {
    match &job.weights {
        Weights::Random(seed) => Ok(Found {
            weights: None,
            backbone: job.backbone.ok_or_else(|| {
                PredictError::Usage("random weights need a network: name it with --arch".into())
            })?,
            normalization: None,
            shape: None,
            arithmetic: PLAIN,
            target: None,
            classes: Vec::new(),
            title: format!("random weights, seed {seed}"),
        }),
        Weights::Zoo(id) => match id.strip_prefix(LOCAL_MODEL) {
            Some(name) => {
                let local = zoo::find_local(&job.zoo_store, name)?;
                trained(job, &local.path, local.origin, format!("local model {name}"))
            }
            None => catalogued(job, id),
        },
        Weights::File(path) if path.join("spec.json").is_file() => {
            let weights = RunDir::at(path).weights();
            if !weights.is_file() {
                return Err(PredictError::NoWeights { path: path.clone() });
            }
            file(job, &weights)
        }
        Weights::File(path) => file(job, path),
    }
}

fn catalogued(job: &Job, id: &str) -> Result<Found, PredictError> {
    let entry = zoo::find(id)?;
    let fetched = zoo::fetched(entry, &FetchOptions::new(&job.zoo_store))?;
    let path = fetched.ok_or_else(|| PredictError::NotFetched { id: id.into() })?.path;
    let backbone = entry.known_backbone().ok_or_else(|| zoo::CatalogueError::Backbone {
        id: id.into(),
        backbone: entry.backbone.clone(),
    })?;
    same_backbone(job, backbone, &format!("the catalogue's {id}"))?;
    let checkpoint = zoo::read_nested(&path, &entry.nesting)?;
    zoo::check_entry(backbone, entry, &checkpoint)?;
    Ok(Found {
        weights: Some((checkpoint, Some(entry))),
        backbone,
        normalization: entry.normalization,
        shape: None,
        arithmetic: PLAIN,
        target: None,
        classes: Vec::new(),
        title: format!("{} of the catalogue", entry.title),
    })
}

fn file(job: &Job, path: &Path) -> Result<Found, PredictError> {
    if let Some(origin) = zoo::origin(path)? {
        let title = format!("{}, run {}", path.display(), origin.run);
        return trained(job, path, origin, title);
    }
    let (checkpoint, entry, backbone) = match job.backbone {
        Some(backbone) => {
            let (checkpoint, entry) = fitted(path, backbone)?;
            (checkpoint, entry, backbone)
        }
        None => told_by_fit(path)?,
    };
    Ok(Found {
        normalization: entry.and_then(|entry| entry.normalization),
        weights: Some((checkpoint, entry)),
        backbone,
        shape: None,
        arithmetic: PLAIN,
        target: None,
        classes: Vec::new(),
        title: path.display().to_string(),
    })
}

/// Weights that a study trained: the file says all that is needed.
fn trained(job: &Job, path: &Path, origin: Origin, title: String) -> Result<Found, PredictError> {
    let Origin { spec, classes, .. } = origin;
    if spec.task_spec.target == Target::Segmentation {
        return Err(PredictError::input(
            path,
            "is a network for masks, and `predict` gives scores of whole images; the masks that a \
             study predicted lie in case_masks.parquet of its runs",
        ));
    }
    same_backbone(job, spec.backbone, &path.display().to_string())?;
    let shape = Shape {
        resize: stored_size(spec.task_spec.target, &spec.recipe),
        crop: spec.recipe.image_size,
        reading: Reading::of(&spec.task_spec),
    };
    Ok(Found {
        weights: Some((zoo::read(path)?, None)),
        backbone: spec.backbone,
        normalization: Some(spec.normalization),
        shape: Some(shape),
        arithmetic: (spec.recipe.precision, spec.recipe.memory_format),
        target: Some(spec.task_spec.target),
        classes,
        title,
    })
}

fn same_backbone(job: &Job, is: Backbone, what: &str) -> Result<(), PredictError> {
    match job.backbone {
        Some(asked) if asked != is => Err(PredictError::Usage(format!(
            "--arch {} was asked for, but {what} is a {}; leave --arch out",
            asked.name(),
            is.name()
        ))),
        _ => Ok(()),
    }
}

type Fitted = (Checkpoint, Option<&'static Entry>);

/// The file as the backbone's own, or by the catalogue entry that it fits.
fn fitted(path: &Path, backbone: Backbone) -> Result<Fitted, PredictError> {
    let plain = zoo::read(path).and_then(|checkpoint| {
        zoo::check_backbone(backbone, &checkpoint)?;
        Ok(checkpoint)
    });
    let fault = match plain {
        Ok(checkpoint) => return Ok((checkpoint, None)),
        Err(fault @ (CheckpointError::Mismatch { .. } | CheckpointError::Nesting { .. })) => fault,
        Err(error) => return Err(error.into()),
    };
    for found in zoo::inspect(path, &[])?.matches {
        if found.mismatch.is_none() && found.backbone == backbone.name() {
            return by_match(path, found.entry.as_deref());
        }
    }
    Err(fault.into())
}

/// The one backbone that a file fits.
fn told_by_fit(
    path: &Path,
) -> Result<(Checkpoint, Option<&'static Entry>, Backbone), PredictError> {
    let inspection = zoo::inspect(path, &[])?;
    let exact: Vec<_> = inspection.matches.iter().filter(|m| m.mismatch.is_none()).collect();
    let mut names: Vec<&str> = exact.iter().map(|found| found.backbone).collect();
    names.sort_unstable();
    names.dedup();
    let backbone = match names.as_slice() {
        [one] => Backbone::ALL.into_iter().find(|backbone| backbone.name() == *one),
        _ => None,
    };
    let (Some(backbone), Some(found)) = (backbone, exact.first()) else {
        let fits = if names.is_empty() { "no network".into() } else { names.join(", ") };
        return Err(PredictError::Usage(format!(
            "{} fits {fits}; name the network with --arch (`transfolio zoo inspect` says more)",
            path.display()
        )));
    };
    // Its own names first: an entry of the catalogue says what other files are.
    if exact.iter().any(|found| found.entry.is_none()) {
        return Ok((inspection.checkpoint, None, backbone));
    }
    let (checkpoint, entry) = by_match(path, found.entry.as_deref())?;
    Ok((checkpoint, entry, backbone))
}

fn by_match(path: &Path, entry: Option<&str>) -> Result<Fitted, PredictError> {
    let Some(entry) = entry.map(zoo::find).transpose()? else {
        return Ok((zoo::read(path)?, None));
    };
    Ok((zoo::read_nested(path, &entry.nesting)?, Some(entry)))
}

impl Found {
    /// How images are brought to the network.
    pub(super) fn shape(&self, job: &Job) -> Result<Shape, PredictError> {
        let trained = self.shape;
        let native = self.backbone.native_image_size();
        let crop = job.image_size.or(trained.map(|s| s.crop)).unwrap_or(native);
        let with_border = trained.filter(|trained| trained.crop == crop).map(|s| s.resize);
        let resize = job.resize.or(with_border).unwrap_or(crop);
        if resize < crop {
            return Err(PredictError::Usage(format!(
                "--resize {resize} is less than the image size {crop} that is cut out of it"
            )));
        }
        let reading = trained.map(|shape| shape.reading).unwrap_or_default();
        Ok(Shape { resize, crop, reading })
    }

    /// Whether arrays of bytes are brought to that shape, too.
    pub(super) fn has_shape(&self, job: &Job) -> bool {
        self.shape.is_some() || job.image_size.is_some() || job.resize.is_some()
    }

    /// Builds the network for images of those sides and fills it.
    pub(super) fn build(self, job: &Job, sides: (u32, u32)) -> Result<Model, PredictError> {
        let backbone = self.backbone;
        for side in [sides.0, sides.1] {
            backbone
                .check_image_size(side)
                .map_err(|takes| models::ModelError::ImageSize { size: side, takes })?;
        }
        let head = match &self.weights {
            Some((checkpoint, entry)) if job.what != What::Features => {
                Some(self.head(checkpoint, *entry)?)
            }
            _ => None,
        };
        let outputs = match (&head, &job.classes, job.what) {
            (Some(head), ..) => head.weight.shape().first().copied().unwrap_or(1),
            (None, _, What::Features) => 1,
            (None, Some(classes), _) => classes.count(),
            (None, None, _) => {
                return Err(PredictError::Usage(
                    "random weights have as many outputs as you say: add --classes N".into(),
                ));
            }
        };
        let mut store = nn::VarStore::new(job.device);
        if let Weights::Random(seed) = job.weights {
            tch::manual_seed(seed as i64);
        }
        let options = BuildOptions { image_size: Some(sides.0), ..BuildOptions::default() };
        let network = models::build_with(&store.root(), backbone, outputs as i64, &options)?;
        // Before the file is read: doubles of a file stay doubles.
        let (precision, format) = self.arithmetic;
        let asked = (job.precision.unwrap_or(precision), format);
        let arithmetic = Arithmetic::new(asked, backbone, job.device)?;
        store.set_kind(arithmetic.kind());
        let (mut resized, mut notes) = (Vec::new(), Vec::new());
        if let Some((checkpoint, entry)) = &self.weights {
            let report = match entry {
                Some(entry) => zoo::load_entry(&mut store, backbone, entry, checkpoint)?,
                None => zoo::load_backbone(&mut store, backbone, checkpoint)?,
            };
            (resized, notes) = (report.resized, report.notes);
            if let Some(head) = &head {
                zoo::load_head(&mut store, backbone, head, checkpoint)?;
            }
        }
        arithmetic.prepare(&mut store).op("order the weights in memory")?;
        let asked = job.target.or(self.target);
        let guessed = asked.is_none() && job.what == What::Probabilities;
        notes.extend(head.as_ref().filter(|_| guessed).and_then(link_note));
        let sigmoid = head.as_ref().is_some_and(|head| head.sigmoid);
        Ok(Model {
            network,
            backbone,
            arithmetic,
            normalization: job
                .normalization
                .or(self.normalization)
                .unwrap_or(Normalization::Imagenet),
            link: match asked {
                Some(target) => Link::of(target),
                None if outputs == 1 || sigmoid => Link::Sigmoid,
                None => Link::Softmax,
            },
            classes: names(job, self.classes, outputs)?,
            title: self.title,
            resized,
            notes,
        })
    }

    fn head(&self, checkpoint: &Checkpoint, entry: Option<&Entry>) -> Result<Head, PredictError> {
        let none = || PredictError::NoHead {
            path: checkpoint.path.clone(),
            backbone: self.backbone.name(),
        };
        // What self-supervised training leaves there is no classifier.
        if entry.is_some_and(|entry| entry.classes == 0) {
            return Err(none());
        }
        let head = zoo::head(self.backbone, checkpoint, entry).ok_or_else(none)?;
        // The network gets as many outputs as the head has rows.
        head.weight.check_held().map_err(|reason| PredictError::Input {
            path: checkpoint.path.clone(),
            reason: format!("the weights of its classifier are not read: {reason}"),
        })?;
        Ok(head)
    }
}

/// What stands behind a classifier is not in the file: a sigmoid or a softmax.
fn link_note(head: &Head) -> Option<String> {
    let outputs = *head.weight.shape().first()?;
    let path = head.nested.as_ref().filter(|_| outputs > 1)?;
    Some(format!(
        "the classifier is one of several layers ({path}), and a file does not say which come after \
         it; taken as {outputs} classes of which one is right (softmax). --target multi-label if each \
         stands for itself"
    ))
}

/// Names of the outputs: asked for, known from the training, or numbers.
fn names(job: &Job, known: Vec<String>, outputs: usize) -> Result<Vec<String>, PredictError> {
    if job.what == What::Features {
        return Ok(Vec::new());
    }
    let numbers = || (0..outputs).map(|index| index.to_string()).collect();
    let names = match &job.classes {
        Some(classes) if classes.count() != outputs => {
            return Err(PredictError::Usage(format!(
                "--classes has {}, but the classifier has {outputs} outputs",
                classes.count()
            )));
        }
        Some(Classes::Names(names)) => names.clone(),
        _ if known.len() == outputs => known,
        _ => numbers(),
    };
    Ok(names)
}

impl Job {
    /// The file of weights, where it is one.
    pub(super) fn weights_file(&self) -> Option<&PathBuf> {
        match &self.weights {
            Weights::File(path) => Some(path),
            _ => None,
        }
    }
}
