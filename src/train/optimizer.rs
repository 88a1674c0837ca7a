//! AdamW, Adam and SGD, written in the form and order of torch's Python
//! optimisers, so that a run can be compared with theirs step by step.
//!
//! tch's own optimisers cannot be saved and panic on errors. Parameters are
//! updated one by one: on a CPU each stays in the cache through its update,
//! which is faster than one pass after another over all of them.

use tch::{Tensor, no_grad};

use super::error::{Operation, TrainError};
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
        no_grad(|| {
            for (slot, gradient) in self.slots.iter_mut().zip(gradients) {
                let updated = match self.kind {
                    spec::Optimizer::Sgd => {
                        sgd(slot, gradient, learning_rate, self.weight_decay, self.momentum)
                    }
                    kind => {
                        adam(slot, gradient, learning_rate, self.weight_decay, kind, self.steps)
                    }
                };
                updated.op("update a parameter")?;
            }
            Ok(())
        })
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

/// `v = momentum v + g; p = p - lr v`, with L2 decay in `g`.
fn sgd(
    slot: &mut Slot,
    gradient: Tensor,
    learning_rate: f64,
    weight_decay: f64,
    momentum: f64,
) -> Result<(), tch::TchError> {
    let gradient = decayed(&slot.parameter, gradient, weight_decay)?;
    let _ = slot.first.f_mul_scalar_(momentum)?.f_add_(&gradient)?;
    let _ = slot.parameter.f_sub_(&slot.first.f_mul_scalar(learning_rate)?)?;
    Ok(())
}

/// Adam (Kingma and Ba 2015, algorithm 1) and AdamW (Loshchilov and Hutter
/// 2019, algorithm 2), bias corrections folded into the step size.
fn adam(
    slot: &mut Slot,
    gradient: Tensor,
    learning_rate: f64,
    weight_decay: f64,
    kind: spec::Optimizer,
    step: i64,
) -> Result<(), tch::TchError> {
    let gradient = if kind == spec::Optimizer::Adamw {
        let _ = slot.parameter.f_mul_scalar_(1.0 - learning_rate * weight_decay)?;
        gradient
    } else {
        decayed(&slot.parameter, gradient, weight_decay)?
    };
    let correction1 = 1.0 - BETA1.powf(step as f64);
    let correction2 = 1.0 - BETA2.powf(step as f64);
    let _ = slot.first.f_lerp_(&gradient, 1.0 - BETA1)?;
    let Some(second) = &mut slot.second else { return Ok(()) };
    let scaled = gradient.f_mul_scalar(1.0 - BETA2)?;
    let _ = second.f_mul_scalar_(BETA2)?.f_addcmul_(&gradient, &scaled)?;
    if learning_rate == 0.0 {
        return Ok(());
    }
    // p -= lr/c1 * m / (sqrt(v)/sqrt(c2) + eps), as one quotient: tch's
    // addcdiv_ takes no factor, so the factor goes into the denominator.
    let scale = -correction1 / learning_rate;
    let denominator = second
        .f_sqrt()?
        .f_mul_scalar_(scale / correction2.sqrt())?
        .f_add_scalar_(EPSILON * scale)?;
    let _ = slot.parameter.f_addcdiv_(&slot.first, &denominator)?;
    Ok(())
}

fn decayed(
    parameter: &Tensor,
    gradient: Tensor,
    weight_decay: f64,
) -> Result<Tensor, tch::TchError> {
    if weight_decay == 0.0 {
        return Ok(gradient);
    }
    gradient.f_add(&parameter.f_mul_scalar(weight_decay)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Kind;

    /// Three steps on the sum of cubes.
    fn three_steps(kind: spec::Optimizer) -> Vec<f64> {
        let recipe = Recipe { optimizer: kind, weight_decay: 0.01, ..Recipe::default() };
        let p = Tensor::from_slice(&[1.0, -2.0]).set_requires_grad(true);
        let mut optimizer = Optimizer::new(&recipe, vec![("p".into(), p.shallow_clone())]);
        for _ in 0..3 {
            let loss = p.pow_tensor_scalar(3).sum(Kind::Double);
            optimizer.step(&loss, 0.1).expect("a step");
        }
        Vec::try_from(p.detach()).expect("two values")
    }

    fn reference(kind: spec::Optimizer) -> Vec<f64> {
        let (mut p, mut m, mut v) = ([1.0f64, -2.0], [0.0f64; 2], [0.0f64; 2]);
        for step in 1..=3 {
            for i in 0..2 {
                let mut g = 3.0 * p[i] * p[i];
                match kind {
                    spec::Optimizer::Sgd => {
                        g += 0.01 * p[i];
                        m[i] = 0.9 * m[i] + g;
                        p[i] -= 0.1 * m[i];
                        continue;
                    }
                    spec::Optimizer::Adam => g += 0.01 * p[i],
                    spec::Optimizer::Adamw => p[i] *= 1.0 - 0.1 * 0.01,
                }
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                let m_hat = m[i] / (1.0 - 0.9f64.powi(step));
                let v_hat = v[i] / (1.0 - 0.999f64.powi(step));
                p[i] -= 0.1 * m_hat / (v_hat.sqrt() + 1e-8);
            }
        }
        p.to_vec()
    }

    #[test]
    fn steps_follow_the_published_algorithms() {
        for kind in [spec::Optimizer::Adamw, spec::Optimizer::Adam, spec::Optimizer::Sgd] {
            for (got, want) in three_steps(kind).iter().zip(reference(kind)) {
                assert!((got - want).abs() < 1e-12, "{kind:?}: got {got}, want {want}");
            }
        }
    }
}
