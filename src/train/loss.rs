//! The loss of a target, and probabilities from logits.

use tch::{Kind, Reduction, Tensor};

use super::error::{Operation, TrainError};
use crate::spec::Target;

/// Mean loss of a batch (scalar).
///
/// Binary and multi-label: binary cross-entropy with logits `[N, K]` and
/// labels `[N, K]` in 0..1, mean over cases and classes. Multi-class:
/// cross-entropy with logits `[N, K]` and class indices `[N, 1]`.
pub(crate) fn loss(target: Target, logits: &Tensor, labels: &Tensor) -> Result<Tensor, TrainError> {
    match target {
        Target::Binary | Target::MultiLabel => {
            logits.f_binary_cross_entropy_with_logits::<Tensor>(labels, None, None, Reduction::Mean)
        }
        Target::MultiClass => labels.f_view(-1).and_then(|labels| {
            let labels = labels.f_to_kind(Kind::Int64)?;
            logits.f_cross_entropy_loss::<Tensor>(&labels, None, Reduction::Mean, -100, 0.0)
        }),
    }
    .op("compute the loss")
}

/// Probabilities `[N, K]` from logits `[N, K]`.
pub(crate) fn probabilities(target: Target, logits: &Tensor) -> Result<Tensor, TrainError> {
    match target {
        Target::Binary | Target::MultiLabel => logits.f_sigmoid(),
        Target::MultiClass => logits.f_softmax(-1, logits.kind()),
    }
    .op("compute probabilities")
}
