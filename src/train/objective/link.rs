//! From the outputs of a network to what they mean.

use tch::{TchError, Tensor};

use crate::spec::Target;

/// What turns outputs into predictions; training's evaluation and `predict`
/// apply the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// Each output is the logit of a class by itself.
    Sigmoid,
    /// The outputs are the logits of classes of which one is right.
    Softmax,
}

impl Link {
    /// The link of a target.
    pub(crate) fn of(target: Target) -> Self {
        match target {
            Target::Binary | Target::MultiLabel | Target::Segmentation => Self::Sigmoid,
            Target::MultiClass => Self::Softmax,
        }
    }

    /// Probabilities `[N, K]` from logits `[N, K]`, in the logits' precision.
    pub(crate) fn apply(self, logits: &Tensor) -> Result<Tensor, TchError> {
        match self {
            Self::Sigmoid => logits.f_sigmoid(),
            Self::Softmax => logits.f_softmax(-1, logits.kind()),
        }
    }

    /// Logits whose probabilities are the mean of those of several outputs. By
    /// way of logarithms, so that probabilities near 0 and 1 stay apart.
    pub(crate) fn mean(self, outputs: &[Tensor]) -> Result<Tensor, TchError> {
        if let [one] = outputs {
            return Ok(one.shallow_clone());
        }
        let stacked = Tensor::f_stack(outputs, 0)?;
        // The number of outputs adds the same to all and cancels.
        let sum = |logs: Tensor| logs.f_logsumexp([0_i64].as_slice(), false);
        match self {
            Self::Sigmoid => {
                let there = sum(stacked.f_log_sigmoid()?)?;
                there.f_sub(&sum(stacked.f_neg()?.f_log_sigmoid()?)?)
            }
            Self::Softmax => sum(stacked.f_log_softmax(-1, stacked.kind())?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_those_of_the_target() {
        let logits = Tensor::from_slice(&[0.0f32, 0.0, 3.0f32.ln(), 0.0]).view([2, 2]);
        let of = |target| {
            let scores = Link::of(target).apply(&logits).expect("probabilities");
            Vec::<Vec<f32>>::try_from(scores).expect("rows")
        };
        let near = |got: &[f32], wanted: [f32; 2]| {
            got.iter().zip(wanted).all(|(got, wanted)| (got - wanted).abs() < 1e-6)
        };
        let exclusive = of(Target::MultiClass);
        assert!(near(&exclusive[0], [0.5, 0.5]) && near(&exclusive[1], [0.75, 0.25]));
        for target in [Target::Binary, Target::MultiLabel] {
            assert!(near(&of(target)[1], [0.75, 0.5]));
        }
    }

    #[test]
    fn probabilities_of_several_outputs_are_averaged() {
        let outputs = [[1.0f64, -3.0, 0.5], [-2.0, 0.25, 40.0]].map(|row| Tensor::from_slice(&row));
        for target in [Target::MultiLabel, Target::MultiClass] {
            let link = Link::of(target);
            let each = outputs.each_ref().map(|output| link.apply(output).expect("probabilities"));
            let wanted = (&each[0] + &each[1]) / 2.0;
            let mean = link.apply(&link.mean(&outputs).expect("logits")).expect("probabilities");
            assert!(mean.allclose(&wanted, 1e-12, 1e-14, false), "{target:?}");
        }
        let one = outputs[0].shallow_clone();
        assert_eq!(Link::Sigmoid.mean(&[one]).expect("logits"), outputs[0]);
    }
}
