//! Classes: one of two, one of several, or several at a time.

use tch::nn::{self, ModuleT};
use tch::{Device, Kind, Reduction, TchError, Tensor};

use super::asked::{Objective, Step};
use super::link::Link;
use super::mask_loss::mask_loss;
use crate::data::{Case, Dataset, Truth};
use crate::frame;
use crate::models::{self, BuildOptions, ModelError};
use crate::records::{Answer, Metric, Prediction, RunDir, Tested};
use crate::spec::{RunSpec, Target};
use crate::train::error::{Operation, TrainError};
use crate::train::sample::Sampler;
use crate::zoo::{self, Checkpoint, CheckpointError, Entry, LoadReport};

/// Classification of whole images by a linear layer on pooled features.
pub(super) struct Classification {
    /// Of the link, of the columns of the predictions and of the metrics.
    target: Target,
    /// The classes, or the positive one alone for a binary target.
    outputs: Vec<String>,
    loss: Loss,
    /// Whether every label of the data is known; then the loss needs no mask.
    all_known: bool,
    /// Whether what is known well counts less.
    focal: bool,
    /// Of the outputs, where they differ: of what is there, or of each class.
    weights: Option<Vec<f64>>,
}

/// Negative log-likelihood of the classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loss {
    /// Binary cross-entropy with logits `[N, K]` and labels `[N, K]` in 0..1,
    /// mean over cases and classes. A label that nobody knows adds nothing to
    /// the sum and counts in the mean, so that batches can be summed up.
    EachClass,
    /// Cross-entropy with logits `[N, K]` and class indices `[N, 1]`, mean over
    /// cases.
    OneClass,
}

impl Classification {
    /// One output, for the second of two classes.
    pub(super) fn binary(classes: &[String], focal: bool, weights: Option<Vec<f64>>) -> Self {
        let outputs = classes.get(1..).unwrap_or_default().to_vec();
        let (target, loss) = (Target::Binary, Loss::EachClass);
        Self { target, outputs, loss, all_known: true, focal, weights }
    }

    /// An output per class, of which one is right.
    pub(super) fn multi_class(classes: &[String], weights: Option<Vec<f64>>) -> Self {
        let outputs = classes.to_vec();
        let (target, loss) = (Target::MultiClass, Loss::OneClass);
        Self { target, outputs, loss, all_known: true, focal: false, weights }
    }

    /// An output per class, each by itself; labels of a case may be unknown.
    pub(super) fn multi_label(
        classes: &[String],
        all_known: bool,
        focal: bool,
        weights: Option<Vec<f64>>,
    ) -> Self {
        let outputs = classes.to_vec();
        let (target, loss) = (Target::MultiLabel, Loss::EachClass);
        Self { target, outputs, loss, all_known, focal, weights }
    }

    /// The weights of the outputs beside their logits.
    fn weights_for(&self, output: &Tensor) -> Result<Option<Tensor>, TchError> {
        let weights = self.weights.as_ref().map(|weights| {
            Tensor::f_from_slice(weights)?.f_to_kind(output.kind())?.f_to_device(output.device())
        });
        weights.transpose()
    }

    fn each_class(&self, output: &Tensor, truth: &Tensor) -> Result<Tensor, TchError> {
        let weights = self.weights_for(output)?;
        if self.all_known {
            let none: Option<&Tensor> = None;
            let (weights, mean) = (weights.as_ref(), Reduction::Mean);
            return output.f_binary_cross_entropy_with_logits(truth, none, weights, mean);
        }
        let known = truth.f_ge(0.0)?.f_to_kind(output.kind())?;
        output.f_binary_cross_entropy_with_logits(
            &truth.f_clamp_min(0.0)?,
            Some(&known),
            weights.as_ref(),
            Reduction::Mean,
        )
    }

    fn one_class(&self, output: &Tensor, truth: &Tensor) -> Result<Tensor, TchError> {
        let classes = truth.f_view(-1)?.f_to_kind(Kind::Int64)?;
        let Some(weights) = self.weights_for(output)? else {
            return output.f_cross_entropy_loss::<Tensor>(
                &classes,
                None,
                Reduction::Mean,
                -100,
                0.0,
            );
        };
        // Over the number of cases and not over the sum of their weights, which differs
        // from batch to batch: so losses of batches can be summed up.
        let sum = Reduction::Sum;
        let sum = output.f_cross_entropy_loss(&classes, Some(&weights), sum, -100, 0.0)?;
        sum.f_div_scalar(classes.size1()? as f64)
    }

    fn prediction(&self, case: &Case, scores: Vec<f32>) -> Prediction {
        let answer = match (self.loss, &case.truth) {
            (Loss::OneClass, Truth::Class(class)) => Answer::Class { class: *class, scores },
            // The one output of a binary target is its class 1.
            (Loss::EachClass, Truth::Class(class)) => {
                Answer::Labels { labels: vec![Some(*class == 1)], scores }
            }
            (_, Truth::Classes(there)) => {
                Answer::Labels { labels: there.iter().map(|label| label.known()).collect(), scores }
            }
        };
        Prediction { case: case.id.clone(), patient: case.patient.clone(), answer }
    }
}

impl Objective for Classification {
    fn outputs(&self) -> &[String] {
        &self.outputs
    }

    fn link(&self) -> Link {
        Link::of(self.target)
    }

    fn network(&self, root: &nn::Path<'_>, spec: &RunSpec) -> Result<Box<dyn ModuleT>, ModelError> {
        let options =
            BuildOptions { image_size: Some(spec.recipe.image_size), ..BuildOptions::default() };
        let outputs = self.outputs.len() as i64;
        Ok(Box::new(models::build_with(root, spec.backbone, outputs, &options)?))
    }

    fn load(
        &self,
        store: &mut nn::VarStore,
        spec: &RunSpec,
        entry: Option<&Entry>,
        checkpoint: &Checkpoint,
    ) -> Result<LoadReport, CheckpointError> {
        match entry {
            Some(entry) => zoo::load_entry(store, spec.backbone, entry, checkpoint),
            None => zoo::load_backbone(store, spec.backbone, checkpoint),
        }
    }

    /// Labels `[N, K]`, of which unknown ones are -1 and soft ones between 0 and 1, or class indices `[N, 1]`.
    fn truth(
        &self,
        data: &Dataset,
        cases: &[usize],
        _: &Sampler<'_>,
        (kind, device): (Kind, Device),
    ) -> Result<Tensor, TrainError> {
        let mut labels: Vec<f32> = Vec::with_capacity(cases.len() * self.outputs.len());
        for case in cases {
            match &data.cases[*case].truth {
                // 0 or 1 is also the label of a binary target's one output.
                Truth::Class(class) => labels.push(*class as f32),
                Truth::Classes(there) => labels.extend(there.iter().map(|label| label.number())),
            }
        }
        Tensor::f_from_slice(&labels)
            .and_then(|t| t.f_view([cases.len() as i64, -1])?.f_to_kind(kind))
            .and_then(|t| t.f_to_device(device))
            .op("make a batch of labels")
    }

    fn loss(&self, output: &Tensor, truth: &Tensor) -> Result<Tensor, TrainError> {
        let loss = match self.loss {
            Loss::EachClass if self.focal => focal(output, truth),
            Loss::EachClass => self.each_class(output, truth),
            Loss::OneClass => self.one_class(output, truth),
        };
        loss.op("compute the loss")
    }

    fn tested(&self, step: &Step<'_>, _: f64) -> Result<Tested, TrainError> {
        let Step { data, cases, output, .. } = step;
        let scores = self
            .link()
            .apply(output)
            .and_then(|t| t.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float))
            .and_then(Vec::<Vec<f32>>::try_from)
            .op("read predictions")?;
        let rows = cases.iter().zip(scores);
        let predictions = rows.map(|(case, scores)| self.prediction(&data.cases[*case], scores));
        Ok(Tested { predictions: predictions.collect(), ..Tested::default() })
    }

    /// The AUC, the mean over classes where there are several.
    fn score(&self, watched: &Tested) -> Option<f64> {
        self.metrics(watched).first().and_then(|auc| auc.value)
    }

    fn metrics(&self, tested: &Tested) -> Vec<Metric> {
        frame::metrics_of(&tested.predictions, &self.outputs, self.target)
    }

    fn record(&self, dir: &RunDir, _: &Dataset, tested: &Tested) -> Result<(), TrainError> {
        let rows = &tested.predictions;
        Ok(frame::write_predictions(&dir.predictions(), &self.outputs, self.target, rows)?)
    }
}

/// Focal loss of each class, in which labels that nobody knows (below 0) add
/// nothing: the same as for pixels, with classes in the place of structures.
fn focal(output: &Tensor, truth: &Tensor) -> Result<Tensor, TchError> {
    // As maps of one pixel, each class a case of its own.
    let flat = |tensor: &Tensor| tensor.f_contiguous()?.f_view([-1, 1, 1, 1]);
    let known = truth.f_ge(0.0)?.f_to_kind(output.kind())?;
    mask_loss(
        crate::spec::Loss::Focal,
        &flat(output)?,
        &flat(&truth.f_clamp_min(0.0)?)?,
        &flat(&known)?,
    )
}

#[cfg(test)]
mod tests;
