//! Segmentation: for each pixel, whether each structure is there.

use tch::nn::{self, ModuleT};
use tch::{Device, Kind, TchError, Tensor};

use super::asked::{Objective, Step};
use super::link::Link;
use super::mask_loss::mask_loss;
use super::picture;
use crate::data::{Dataset, Planes};
use crate::frame::{self, Ruler};
use crate::models::segmentation::{self, Decoder, UpernetForm};
use crate::models::{BuildOptions, ModelError};
use crate::records::{CaseMask, CaseMetric, Metric, RunDir, Tested};
use crate::spec::{Chosen, Decision, DecoderChoice, Loss, RunSpec, SegmentationSpec, Task};
use crate::train::error::{Operation, TrainError};
use crate::train::sample::Sampler;
use crate::zoo::{self, Checkpoint, CheckpointError, Entry, LoadReport};

/// Thresholds that are tried where one is chosen on the validation cases.
const CANDIDATES: [f64; 19] = [
    0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7, 0.25, 0.75, 0.2, 0.8, 0.15, 0.85, 0.1, 0.9,
    0.05, 0.95,
];

/// A map of logits per structure, which may overlap.
pub(super) struct Segmentation {
    structures: Vec<String>,
    loss: Loss,
    settings: SegmentationSpec,
}

impl Segmentation {
    pub(super) fn new(loss: Loss, task: &Task, structures: &[String]) -> Self {
        Self { structures: structures.to_vec(), loss, settings: task.segmentation() }
    }

    fn count(&self) -> i64 {
        self.structures.len() as i64
    }

    /// Maps `[N, K + 1, H, W]` of 0 and 1 from masks as bytes `[N, 1, H, W]`: the
    /// structures and whether a pixel counts.
    fn maps(&self, bytes: &Tensor, kind: Kind) -> Result<Tensor, TchError> {
        let bits = (0..self.structures.len()).map(|index| 1_i64 << index);
        let maps = bits.chain([i64::from(Planes::COUNTS)]).map(|bit| {
            let bytes = bytes.f_to_kind(Kind::Uint8)?;
            bytes.f_bitwise_and(bit)?.f_ne(0)?.f_to_kind(kind)
        });
        Tensor::f_cat(&maps.collect::<Result<Vec<_>, _>>()?, 1)
    }

    /// Structures and weight.
    fn divided(&self, truth: &Tensor) -> Result<(Tensor, Tensor), TchError> {
        Ok((truth.f_narrow(1, 0, self.count())?, truth.f_narrow(1, self.count(), 1)?))
    }

    /// Dice of each case and structure at the size of the network `[N, K]`; 1
    /// where neither mask has a pixel.
    fn dice(&self, output: &Tensor, truth: &Tensor, decision: f64) -> Result<Tensor, TchError> {
        let (truth, weight) = self.divided(truth)?;
        let said = output.f_ge(logit(decision))?.f_to_kind(truth.kind())?.f_mul(&weight)?;
        let truth = truth.f_mul(&weight)?;
        let sum = |map: &Tensor| map.f_sum_dim_intlist([2_i64, 3].as_slice(), false, map.kind());
        let both = sum(&said.f_mul(&truth)?)?.f_mul_scalar(2.0)?;
        let sizes = sum(&said)?.f_add(&sum(&truth)?)?;
        let nothing = sizes.f_eq(0.0)?.f_to_kind(sizes.kind())?;
        both.f_add(&nothing)?.f_div(&sizes.f_add(&nothing)?)
    }

    /// The probability maps of a case `[K, h, w]` at the size of its file, from
    /// the logits `[K, H, W]`.
    fn at_file_size(
        data: &Dataset,
        logits: &Tensor,
        (width, height): (u32, u32),
    ) -> Result<Tensor, TchError> {
        let (width, height) = (i64::from(width), i64::from(height));
        let logits = logits.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float)?;
        if data.is_native() {
            return logits.f_narrow(1, 0, height)?.f_narrow(2, 0, width)?.f_sigmoid();
        }
        let maps = logits.f_sigmoid()?.f_unsqueeze(0)?;
        maps.f_upsample_bilinear2d([height, width], false, None, None)?.f_squeeze_dim(0)
    }

    fn case(
        &self,
        data: &Dataset,
        index: usize,
        logits: &Tensor,
        decision: f64,
    ) -> Result<(CaseMask, Vec<CaseMetric>), TrainError> {
        let truth = data.original(index)?;
        let size = (truth.width(), truth.height());
        let bits = Self::at_file_size(data, logits, size)
            .and_then(|maps| {
                let weights: Vec<i64> = (0..self.count()).map(|index| 1 << index).collect();
                let weights = Tensor::from_slice(&weights).f_view([-1, 1, 1])?;
                let there = maps.f_ge(decision)?.f_to_kind(Kind::Int64)?;
                let bits = there.f_mul(&weights)?.f_sum_dim_intlist([0].as_slice(), false, None)?;
                Vec::<i64>::try_from(bits.f_contiguous()?.f_view(-1)?)
            })
            .op("bring a prediction to the size of its image")?;
        // What is outside of the field of view is neither right nor wrong.
        let seen = bits.iter().zip(truth.bits()).map(|(said, true_bits)| {
            if true_bits & Planes::COUNTS == 0 { 0 } else { *said as u8 | Planes::COUNTS }
        });
        let wrong = |reason: String| {
            let text = format!("case {}: {reason}", data.cases[index].id);
            TrainError::Data(crate::data::DataError::Task { task: data.name.clone(), reason: text })
        };
        let predicted = Planes::new(size.0, size.1, seen.collect()).map_err(wrong)?;
        let case = &data.cases[index];
        let rows = frame::case_metrics_of(
            (&case.id, &case.patient),
            &self.structures,
            (&truth, &predicted),
            Ruler::of(&self.settings, data.spacing(index)),
        );
        let rows = rows.map_err(wrong)?;
        let mask = CaseMask {
            case: case.id.clone(),
            size,
            truth: truth.to_runs(),
            predicted: predicted.to_runs(),
            spacing: data.spacing(index),
            picture: None,
        };
        Ok((mask, rows))
    }
}

/// The logit of a probability.
fn logit(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln()
}

fn decoder(choice: DecoderChoice) -> Decoder {
    match choice {
        DecoderChoice::Unet => Decoder::Unet,
        DecoderChoice::Upernet => Decoder::Upernet(UpernetForm::Matched),
        DecoderChoice::UpernetPublished => Decoder::Upernet(UpernetForm::Published),
    }
}

fn decoder_of(spec: &RunSpec) -> Decoder {
    let choice = spec.decoder.or(spec.backbone.usual_decoder());
    // A backbone without a decoder is told when the network is built.
    choice.map_or(Decoder::Unet, decoder)
}

impl Objective for Segmentation {
    fn outputs(&self) -> &[String] {
        &self.structures
    }

    fn link(&self) -> Link {
        Link::Sigmoid
    }

    fn network(&self, root: &nn::Path<'_>, spec: &RunSpec) -> Result<Box<dyn ModuleT>, ModelError> {
        let options =
            BuildOptions { image_size: Some(spec.recipe.image_size), ..BuildOptions::default() };
        let network =
            segmentation::build(root, decoder_of(spec), spec.backbone, self.count(), &options)?;
        Ok(Box::new(network))
    }

    fn load(
        &self,
        store: &mut nn::VarStore,
        spec: &RunSpec,
        entry: Option<&Entry>,
        checkpoint: &Checkpoint,
    ) -> Result<LoadReport, CheckpointError> {
        zoo::load_encoder(store, decoder_of(spec), spec.backbone, entry, checkpoint)
    }

    /// Maps `[N, K + 1, H, W]` of 0 and 1: the structures and whether a pixel
    /// counts, moved as the images are.
    fn truth(
        &self,
        data: &Dataset,
        cases: &[usize],
        sampler: &Sampler<'_>,
        (kind, device): (Kind, Device),
    ) -> Result<Tensor, TrainError> {
        let size = i64::from(data.size);
        let mut bytes = Vec::with_capacity(cases.len() * (size * size) as usize);
        for case in cases {
            bytes.extend_from_slice(data.mask(*case).unwrap_or_default());
        }
        let stored = Tensor::f_from_slice(&bytes)
            .and_then(|t| t.f_view([cases.len() as i64, 1, size, size])?.f_to_device(device))
            .op("make a batch of masks")?;
        let moved = sampler.masks(&stored)?;
        self.maps(&moved, kind).op("make a batch of masks")
    }

    fn loss(&self, output: &Tensor, truth: &Tensor) -> Result<Tensor, TrainError> {
        self.divided(truth)
            .and_then(|(truth, weight)| mask_loss(self.loss, output, &truth, &weight))
            .op("compute the loss")
    }

    fn candidates(&self) -> &[f64] {
        match self.settings.decision {
            Decision::Stated(_) => &[],
            Decision::Chosen(Chosen::Validation) => &CANDIDATES,
        }
    }

    fn stated_decision(&self) -> f64 {
        match self.settings.decision {
            Decision::Stated(value) => value,
            Decision::Chosen(Chosen::Validation) => 0.5,
        }
    }

    fn watched(&self, step: &Step<'_>, decision: f64) -> Result<Tested, TrainError> {
        let dice = self
            .dice(step.output, step.truth, decision)
            .and_then(|dice| {
                Vec::<f64>::try_from(dice.f_mean_dim([1_i64].as_slice(), false, None)?)
            })
            .op("compare masks")?;
        let row = |(case, value): (&usize, f64)| CaseMetric {
            case: step.data.cases[*case].id.clone(),
            patient: step.data.cases[*case].patient.clone(),
            metric: "dice".into(),
            class: None,
            value: Some(value),
            undefined: None,
        };
        let metrics = step.cases.iter().zip(dice).map(row).collect();
        Ok(Tested { metrics, ..Tested::default() })
    }

    fn score(&self, watched: &Tested) -> Option<f64> {
        let values: Vec<f64> = watched.metrics.iter().filter_map(|row| row.value).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    }

    fn tested(&self, step: &Step<'_>, decision: f64) -> Result<Tested, TrainError> {
        let mut tested = Tested::default();
        for (place, case) in step.cases.iter().enumerate() {
            let logits = step.output.f_get(place as i64).op("read predictions")?;
            let (mask, rows) = self.case(step.data, *case, &logits, decision)?;
            tested.masks.push(mask);
            tested.metrics.extend(rows);
        }
        Ok(tested)
    }

    fn metrics(&self, tested: &Tested) -> Vec<Metric> {
        frame::mask_metrics_of(&tested.metrics, &self.structures)
    }

    fn record(&self, dir: &RunDir, data: &Dataset, tested: &Tested) -> Result<(), TrainError> {
        frame::write_case_metrics(&dir.case_metrics(), &tested.metrics)?;
        let masks = picture::with_pictures(data, tested);
        Ok(frame::write_case_masks(&dir.case_masks(), &masks)?)
    }
}

#[cfg(test)]
mod tests;
