//! Batch after batch through the network.

use tch::{Device, Kind, Tensor, no_grad};

use super::error::{Operation, PredictError};
use super::input::{Input, Raw, Shape};
use super::job::{Job, What};
use super::model::Model;
use super::output::Values;
use crate::train::pixels::Normalizer;

/// Values of all cases, in order.
pub(super) fn forward(
    job: &Job,
    model: &Model,
    input: &mut Input,
    shape: Option<Shape>,
    (normalizer, values_too): (&Normalizer, bool),
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Values, PredictError> {
    let total = input.len();
    let mut values = Values::new(model.arithmetic.kind() == Kind::Double);
    let mut done = 0;
    while done < total {
        let count = job.batch.max(1).min(total - done);
        let raw = batch(input, done, count, shape)?;
        let images = raw.input(normalizer, values_too)?;
        let output = no_grad(|| pass(job.what, model, &images))?;
        add(&mut values, &output)
            .map_err(|row| PredictError::NotFinite { case: input.case(done + row) })?;
        done += count;
        progress(done, total);
    }
    Ok(values)
}

fn batch(
    input: &mut Input,
    first: usize,
    count: usize,
    shape: Option<Shape>,
) -> Result<Raw, PredictError> {
    match (input, shape) {
        (Input::Images(images), Some(shape)) => images.batch(first..first + count, shape),
        (Input::Images(_), None) => {
            Err(PredictError::Usage("images need a size: add --image-size".into()))
        }
        (Input::Array(array), shape) => array.batch(count, shape),
    }
}

/// `[N, columns]` on the CPU.
fn pass(what: What, model: &Model, images: &Tensor) -> Result<Tensor, PredictError> {
    let output = model
        .arithmetic
        .within(|| match what {
            What::Features => model.network.try_features(images, false),
            What::Logits | What::Probabilities => model.network.try_forward(images, false),
        })
        .and_then(|output| output.f_to_kind(model.arithmetic.kind()))
        .op("run the network")?;
    let output = match what {
        What::Probabilities => model.link.apply(&output),
        What::Logits | What::Features => Ok(output),
    };
    output.and_then(|t| t.f_to_device(Device::Cpu)?.f_contiguous()).op("read the outputs")
}

/// Adds rows; the error is the first row that is not finite.
fn add(values: &mut Values, output: &Tensor) -> Result<(), usize> {
    let columns = output.size().get(1).map_or(1, |columns| (*columns).max(1) as usize);
    let added = values.add(output, columns);
    added.map_err(|at| at / columns)
}
