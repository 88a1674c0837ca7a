//! AdamW, Adam and SGD: state of our own, steps by libtorch's fused kernels,
//! which are those of PyTorch with `fused=True`.
//!
//! tch's own optimisers cannot be saved and panic on errors. The kernels take
//! all parameters in one call and pass over each of them once; one operator
//! after the other is ten passes and ten calls for each.

use tch::{Kind, TchError, Tensor, no_grad};

use super::error::{Operation, TrainError};
use super::layout;
use crate::libtorch::{self, Lists};
use crate::spec::{self, Recipe};

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// One parameter with its moments.
struct Slot {
    name: String,
    parameter: Tensor,
    first: Tensor,
    /// Second moment; Adam and AdamW only.
    second: Option<Tensor>,
}

/// The optimiser of one run.
pub(crate) struct Optimizer {
    kind: spec::Optimizer,
    weight_decay: f64,
    momentum: f64,
    slots: Vec<Slot>,
    steps: i64,
}

impl Optimizer {
    /// An optimiser for `parameters` (name, tensor), in that order.
    pub(crate) fn new(recipe: &Recipe, parameters: Vec<(String, Tensor)>) -> Self {
        let second = recipe.optimizer != spec::Optimizer::Sgd;
        let slots = parameters
            .into_iter()
            .map(|(name, parameter)| Slot {
                name,
                first: parameter.detach().zeros_like(),
                second: second.then(|| parameter.detach().zeros_like()),
                parameter,
            })
            .collect();
        Self {
            kind: recipe.optimizer,
            weight_decay: recipe.weight_decay,
            momentum: recipe.momentum,
            slots,
            steps: 0,
        }
    }

    /// One step down the gradient of `loss` (scalar). Nothing is read back
    /// from the device.
    pub(crate) fn step(&mut self, loss: &Tensor, learning_rate: f64) -> Result<(), TrainError> {
        let parameters: Vec<&Tensor> = self.slots.iter().map(|slot| &slot.parameter).collect();
        let gradients =
            Tensor::f_run_backward(&[loss], &parameters, false, false).op("compute gradients")?;
        self.steps += 1;
        no_grad(|| self.update(gradients, learning_rate)).op("update the parameters")
    }

    /// Adam (Kingma and Ba 2015, algorithm 1), AdamW (Loshchilov and Hutter 2019,
    /// algorithm 2), or `v = momentum v + g; p = p - lr v` with L2 decay in `g`.
    fn update(&self, gradients: Vec<Tensor>, learning_rate: f64) -> Result<(), TchError> {
        let Some(device) = self.slots.first().map(|slot| slot.parameter.device()) else {
            return Ok(());
        };
        let gradients = self.like_parameters(gradients)?;
        let gradients: Vec<&Tensor> = gradients.iter().collect();
        let parameters: Vec<&Tensor> = self.slots.iter().map(|slot| &slot.parameter).collect();
        let first: Vec<&Tensor> = self.slots.iter().map(|slot| &slot.first).collect();
        let second: Vec<&Tensor> =
            self.slots.iter().filter_map(|slot| slot.second.as_ref()).collect();
        let lists = Lists {
            parameters: &parameters,
            gradients: &gradients,
            first: &first,
            second: &second,
        };
        let decoupled = match self.kind {
            spec::Optimizer::Sgd => {
                let numbers = [learning_rate, self.momentum, self.weight_decay];
                return libtorch::fused_sgd(&lists, numbers);
            }
            spec::Optimizer::Adam => false,
            spec::Optimizer::Adamw => true,
        };
        // The kernel reads it as f32, which counts to 16.8 million steps.
        let step = Tensor::f_full([], self.steps as f64, (Kind::Float, device))?;
        let numbers = [learning_rate, BETA1, BETA2, self.weight_decay, EPSILON];
        libtorch::fused_adam(&lists, &step, decoupled, numbers)
    }

    /// The kernels walk parameter and gradient as two arrays, but a gradient
    /// comes in whatever layout was cheapest to make.
    fn like_parameters(&self, gradients: Vec<Tensor>) -> Result<Vec<Tensor>, TchError> {
        let pairs = gradients.into_iter().zip(&self.slots);
        pairs.map(|(gradient, slot)| layout::like(gradient, &slot.parameter)).collect()
    }

    /// Moments by name, to be saved; [`Optimizer::restore`] reads them back.
    pub(crate) fn state(&self) -> (i64, Vec<(String, Tensor)>) {
        let mut tensors = Vec::new();
        for slot in &self.slots {
            tensors.push((format!("first.{}", slot.name), slot.first.shallow_clone()));
            if let Some(second) = &slot.second {
                tensors.push((format!("second.{}", slot.name), second.shallow_clone()));
            }
        }
        (self.steps, tensors)
    }

    /// Takes back what [`Optimizer::state`] gave; `None` names a missing tensor.
    pub(crate) fn restore(
        &mut self,
        steps: i64,
        mut find: impl FnMut(&str) -> Option<Tensor>,
    ) -> Result<(), String> {
        self.steps = steps;
        for slot in &mut self.slots {
            let first = format!("first.{}", slot.name);
            slot.first.copy_(&find(&first).ok_or(first)?);
            if let Some(second) = &mut slot.second {
                let name = format!("second.{}", slot.name);
                second.copy_(&find(&name).ok_or(name)?);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
