//! One prediction from its settings to its file.

use std::path::PathBuf;

use tch::Device;

use super::error::PredictError;
use super::forward::forward;
use super::input::Input;
use super::model;
use super::output::{self, Format, Table};
use crate::spec::{Backbone, Normalization, Precision, Target};
use crate::train::pixels::Normalizer;

/// What is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The network's outputs.
    Logits,
    /// Outputs after a softmax or a sigmoid.
    Probabilities,
    /// What the classifier sees.
    Features,
}

/// Whose weights are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Weights {
    /// A checkpoint, or the folder of a run.
    File(PathBuf),
    /// A model of the catalogue, or `local:NAME`.
    Zoo(String),
    /// Drawn as a training would draw them.
    Random(u64),
}

/// Outputs of the classifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Classes {
    /// So many.
    Count(usize),
    /// Those, in order.
    Names(Vec<String>),
}

impl Classes {
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Count(count) => *count,
            Self::Names(names) => names.len(),
        }
    }
}

/// Settings of a prediction; what is absent follows from the weights.
#[derive(Clone, Debug)]
pub struct Job {
    /// Network; not needed where the weights tell.
    pub backbone: Option<Backbone>,
    /// Weights.
    pub weights: Weights,
    /// A folder of images, a manifest (`.csv`), a list (`.txt`), an image, or
    /// a `.npy` array.
    pub input: PathBuf,
    /// Column of a manifest.
    pub image_column: String,
    /// A `.npy` or `.parquet` file.
    pub output: PathBuf,
    /// What is written.
    pub what: What,
    /// Device.
    pub device: Device,
    /// Arithmetic; that of the training, or f32, where it is absent.
    pub precision: Option<Precision>,
    /// Cases at a time.
    pub batch: usize,
    /// Normalisation of images. Float arrays are taken as they are unless this
    /// is set.
    pub normalization: Option<Normalization>,
    /// Side of the network's input; arrays of floats bring their own.
    pub image_size: Option<u32>,
    /// Side that images are scaled to before their centre is cut out.
    pub resize: Option<u32>,
    /// Outputs; must be as many as the weights have.
    pub classes: Option<Classes>,
    /// How logits become probabilities.
    pub target: Option<Target>,
    /// Folder of fetched and local models.
    pub zoo_store: PathBuf,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Cases predicted on.
    pub cases: usize,
    /// Values per case.
    pub columns: usize,
    /// Network.
    pub backbone: Backbone,
    /// Whose weights, in words.
    pub weights: String,
    /// Normalisation in effect; `None` where values were taken as they are.
    pub normalization: Option<Normalization>,
    /// Tables that were resampled for the size of the images.
    pub resized: Vec<String>,
    /// What a user should know of the weights.
    pub notes: Vec<String>,
}

/// Predicts and writes the output; `progress` is told cases done and in all.
///
/// # Errors
/// Before the first forward pass wherever that can be known then; nothing is
/// written in any case.
pub fn predict(job: &Job, progress: &mut dyn FnMut(usize, usize)) -> Result<Summary, PredictError> {
    let format = Format::of(&job.output)?;
    if Some(&job.output) == job.weights_file() || job.output == job.input {
        return Err(PredictError::Usage("the output would replace the input".into()));
    }
    let mut input = Input::open(&job.input, &job.image_column)?;
    let found = model::find(job)?;
    let square = found.shape(job)?;
    let has_shape = found.has_shape(job);
    let (sides, shape) = match &input {
        Input::Array(array) if !(array.is_bytes() && has_shape) => {
            if !array.is_bytes() && (job.image_size.is_some() || job.resize.is_some()) {
                return Err(PredictError::Usage(
                    "floats are the network's input and are not resized: leave --image-size and \
                     --resize out"
                        .into(),
                ));
            }
            let (height, width) = array.sides();
            ((height as u32, width as u32), None)
        }
        _ => ((square.crop, square.crop), Some(square)),
    };
    let model = found.build(job, sides)?;
    let as_given = matches!(&input, Input::Array(array) if !array.is_bytes());
    let normalized = !as_given || job.normalization.is_some();
    let normalizer = Normalizer::new(model.normalization, model.arithmetic);
    // Values that are no bytes are left alone unless this was asked for.
    let values_too = normalized && as_given;
    let values = forward(job, &model, &mut input, shape, (&normalizer, values_too), progress)?;
    let columns = values.columns();
    let cases = (0..input.len()).map(|index| input.case(index)).collect();
    let table = Table { cases, names: output::names(job.what, &model.classes, columns), values };
    output::write(&job.output, format, &table)?;
    Ok(Summary {
        cases: table.cases.len(),
        columns,
        backbone: model.backbone,
        weights: model.title,
        normalization: normalized.then_some(model.normalization),
        resized: model.resized,
        notes: model.notes,
    })
}
