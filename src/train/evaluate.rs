//! Loss and predictions on cases that are not trained on.

use tch::nn::ModuleT;
use tch::{Tensor, no_grad};

use super::batch::Batches;
use super::error::{Operation, TrainError};
use super::stop;
use crate::records::Tested;

/// Mean loss over `cases`, each case counted once whatever the batches.
pub(crate) fn mean_loss(
    network: &dyn ModuleT,
    batches: &Batches<'_>,
    cases: &[usize],
    batch_size: usize,
) -> Result<f64, TrainError> {
    no_grad(|| {
        let mut total = 0.0;
        for chunk in cases.chunks(batch_size) {
            stop::check()?;
            let output = outputs(network, batches, chunk)?;
            let value = batches.objective().loss(&output, &batches.truth(chunk)?)?;
            total += value.double_value(&[]) * chunk.len() as f64;
        }
        Ok(total / cases.len() as f64)
    })
}

/// What the network leaves of `cases`, in their order.
pub(crate) fn test(
    network: &dyn ModuleT,
    batches: &Batches<'_>,
    cases: &[usize],
    batch_size: usize,
) -> Result<Tested, TrainError> {
    no_grad(|| {
        let mut tested = Tested::default();
        for chunk in cases.chunks(batch_size) {
            stop::check()?;
            let output = outputs(network, batches, chunk)?;
            tested.append(batches.objective().tested(batches.data(), chunk, &output)?);
        }
        Ok(tested)
    })
}

fn outputs(
    network: &dyn ModuleT,
    batches: &Batches<'_>,
    cases: &[usize],
) -> Result<Tensor, TrainError> {
    let images = batches.eval(cases)?;
    batches.arithmetic().outputs(network, &images, false).op("run the network")
}
