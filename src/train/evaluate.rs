//! Loss and predictions on cases that are not trained on.

use tch::{Device, Kind, Tensor, no_grad};

use super::batch::Batches;
use super::error::{Operation, TrainError};
use super::loss::{loss, probabilities};
use crate::models::Network;
use crate::spec::Target;

/// Mean loss over `cases`, each case counted once whatever the batches.
pub(crate) fn mean_loss(
    network: &Network,
    batches: &Batches<'_>,
    target: Target,
    cases: &[usize],
    batch_size: usize,
) -> Result<f64, TrainError> {
    no_grad(|| {
        let mut total = 0.0;
        for chunk in cases.chunks(batch_size) {
            let (images, labels) = batches.eval(chunk)?;
            let value = loss(target, &network.forward_t(&images, false), &labels)?;
            total += value.double_value(&[]) * chunk.len() as f64;
        }
        Ok(total / cases.len() as f64)
    })
}

/// Probabilities of `cases`, one row of `K` values per case.
pub(crate) fn predict(
    network: &Network,
    batches: &Batches<'_>,
    target: Target,
    cases: &[usize],
    batch_size: usize,
) -> Result<Vec<Vec<f32>>, TrainError> {
    no_grad(|| {
        let mut rows = Vec::with_capacity(cases.len());
        for chunk in cases.chunks(batch_size) {
            let (images, _) = batches.eval(chunk)?;
            let scores = probabilities(target, &network.forward_t(&images, false))?;
            rows.extend(to_rows(&scores)?);
        }
        Ok(rows)
    })
}

fn to_rows(scores: &Tensor) -> Result<Vec<Vec<f32>>, TrainError> {
    scores
        .f_to_device(Device::Cpu)
        .and_then(|t| t.f_to_kind(Kind::Float))
        .and_then(Vec::<Vec<f32>>::try_from)
        .op("read predictions")
}
