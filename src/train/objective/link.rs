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
}
