//! What training on masks makes small.
//!
//! All take logits `[N, K, H, W]` and what is true `[N, K, H, W]`, 0 or 1, with
//! a weight `[N, 1, H, W]` that is 0 where a pixel does not count, and give a
//! scalar. Overlaps are those of the whole batch, each structure by itself: a
//! batch then has a value although single images lack a structure.

use tch::{Reduction, TchError, Tensor};

use crate::spec::Loss;

/// Added to both sides of an overlap, as the published benchmark does: a structure
/// that is nowhere in a batch, and said to be nowhere, has the loss 0.
const SMOOTH: f64 = 1.0;
/// Shares of false positives and false negatives in the Tversky index.
const ALPHA: f64 = 0.3;
const BETA: f64 = 0.7;
/// Of the focal loss.
const GAMMA: f64 = 2.0;
const POSITIVE: f64 = 0.25;

/// The loss of a batch.
pub(super) fn mask_loss(
    loss: Loss,
    logits: &Tensor,
    truth: &Tensor,
    weight: &Tensor,
) -> Result<Tensor, TchError> {
    match loss {
        Loss::Bce => bce(logits, truth, weight),
        Loss::Dice => overlap(logits, truth, weight, (0.5, 0.5)),
        Loss::Tversky => overlap(logits, truth, weight, (ALPHA, BETA)),
        Loss::Focal => focal(logits, truth, weight),
        Loss::Auto | Loss::DiceBce => {
            bce(logits, truth, weight)?.f_add(&overlap(logits, truth, weight, (0.5, 0.5))?)
        }
    }
}

/// Mean over what counts.
fn mean(values: &Tensor, weight: &Tensor) -> Result<Tensor, TchError> {
    let structures = values.size()[1] as f64;
    let counted = weight.f_sum(weight.kind())?.f_mul_scalar(structures)?.f_clamp_min(1.0)?;
    values.f_mul(weight)?.f_sum(values.kind())?.f_div(&counted)
}

fn bce(logits: &Tensor, truth: &Tensor, weight: &Tensor) -> Result<Tensor, TchError> {
    let each =
        logits.f_binary_cross_entropy_with_logits::<Tensor>(truth, None, None, Reduction::None)?;
    mean(&each, weight)
}

/// One minus the Tversky index, mean over structures; with 0.5 and 0.5 that is
/// one minus the Dice coefficient, `1 - (2 tp + s) / (2 tp + fp + fn + s)`.
fn overlap(
    logits: &Tensor,
    truth: &Tensor,
    weight: &Tensor,
    (alpha, beta): (f64, f64),
) -> Result<Tensor, TchError> {
    let sum = |map: &Tensor| map.f_sum_dim_intlist([0_i64, 2, 3].as_slice(), false, map.kind());
    let said = logits.f_sigmoid()?.f_mul(weight)?;
    let truth = truth.f_mul(weight)?;
    let both = sum(&said.f_mul(&truth)?)?;
    let (said, truth) = (sum(&said)?, sum(&truth)?);
    // Doubled, so that the smoothing is that of 2 |A n B| / (|A| + |B|).
    let doubled = |map: &Tensor, by: f64| map.f_mul_scalar(2.0 * by);
    let above = doubled(&both, 1.0)?.f_add_scalar(SMOOTH)?;
    let below = doubled(&both, 1.0 - alpha - beta)?
        .f_add(&doubled(&said, alpha)?)?
        .f_add(&doubled(&truth, beta)?)?
        .f_add_scalar(SMOOTH)?;
    above.f_div(&below)?.f_mean(above.kind())?.f_neg()?.f_add_scalar(1.0)
}

/// `-alpha (1 - p)^gamma log p` of the right answer's probability `p`, with one
/// minus alpha where nothing is there.
fn focal(logits: &Tensor, truth: &Tensor, weight: &Tensor) -> Result<Tensor, TchError> {
    let each =
        logits.f_binary_cross_entropy_with_logits::<Tensor>(truth, None, None, Reduction::None)?;
    let right = each.f_neg()?.f_exp()?;
    let wrong = right.f_neg()?.f_add_scalar(1.0)?.f_pow_tensor_scalar(GAMMA)?;
    let balance = truth.f_mul_scalar(2.0 * POSITIVE - 1.0)?.f_add_scalar(1.0 - POSITIVE)?;
    mean(&each.f_mul(&wrong)?.f_mul(&balance)?, weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maps() -> (Tensor, Tensor, Tensor) {
        let logits = Tensor::from_slice(&[0.5f64, -1.0, 2.0, 0.0, -0.5, 1.5, -2.0, 3.0]);
        let truth = Tensor::from_slice(&[1.0f64, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0]);
        (
            logits.view([2, 1, 2, 2]),
            truth.view([2, 1, 2, 2]),
            Tensor::ones([2, 1, 2, 2], (tch::Kind::Double, tch::Device::Cpu)),
        )
    }

    fn value(loss: Loss, weight: Option<&Tensor>) -> f64 {
        let (logits, truth, ones) = maps();
        mask_loss(loss, &logits, &truth, weight.unwrap_or(&ones)).expect("a loss").double_value(&[])
    }

    fn sigmoid(x: f64) -> f64 {
        1.0 / (1.0 + (-x).exp())
    }

    const LOGITS: [f64; 8] = [0.5, -1.0, 2.0, 0.0, -0.5, 1.5, -2.0, 3.0];
    const TRUTH: [f64; 8] = [1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0];

    #[test]
    fn losses_are_those_of_their_formulas() {
        let p = LOGITS.map(sigmoid);
        let pairs = || p.iter().zip(TRUTH);
        let both: f64 = pairs().map(|(p, t)| p * t).sum();
        let (said, there): (f64, f64) = (p.iter().sum(), TRUTH.iter().sum());
        let dice = 1.0 - (2.0 * both + 1.0) / (said + there + 1.0);
        assert!((value(Loss::Dice, None) - dice).abs() < 1e-12);
        let (fp, missed) = (said - both, there - both);
        let tversky = 1.0 - (2.0 * both + 1.0) / (2.0 * (both + 0.3 * fp + 0.7 * missed) + 1.0);
        assert!((value(Loss::Tversky, None) - tversky).abs() < 1e-12);
        let right = |(p, t): (&f64, f64)| if t == 1.0 { *p } else { 1.0 - p };
        let bce = pairs().map(|pair| -right(pair).ln()).sum::<f64>() / 8.0;
        assert!((value(Loss::Bce, None) - bce).abs() < 1e-12);
        let focal = pairs()
            .map(|(p, t)| {
                let r = right((p, t));
                let balance = if t == 1.0 { 0.25 } else { 0.75 };
                -balance * (1.0 - r).powi(2) * r.ln()
            })
            .sum::<f64>()
            / 8.0;
        assert!((value(Loss::Focal, None) - focal).abs() < 1e-12);
        assert!((value(Loss::DiceBce, None) - dice - bce).abs() < 1e-12);
        assert_eq!(value(Loss::Auto, None), value(Loss::DiceBce, None));
    }

    #[test]
    fn pixels_that_do_not_count_change_nothing() {
        let (logits, truth, ones) = maps();
        let weight = Tensor::from_slice(&[1.0f64, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0]);
        let weight = weight.view([2, 1, 2, 2]);
        for loss in [Loss::Bce, Loss::Dice, Loss::DiceBce, Loss::Focal, Loss::Tversky] {
            let left_out = |logits: &Tensor, truth: &Tensor| {
                mask_loss(loss, logits, truth, &weight).expect("a loss").double_value(&[])
            };
            let kept = left_out(&logits, &truth);
            let other = logits.shallow_clone() + (&ones - &weight) * 5.0;
            let flipped = &truth + (&ones - &weight) * (&ones - &truth * 2.0);
            assert!((left_out(&other, &flipped) - kept).abs() < 1e-12, "{loss:?}");
            assert!((value(loss, None) - kept).abs() > 1e-6, "{loss:?}");
        }
    }

    #[test]
    fn a_structure_that_is_nowhere_costs_nothing() {
        let logits = Tensor::full([1, 1, 4, 4], -40.0, (tch::Kind::Double, tch::Device::Cpu));
        let (truth, weight) = (logits.zeros_like(), logits.ones_like());
        for loss in [Loss::Bce, Loss::Dice, Loss::DiceBce, Loss::Focal, Loss::Tversky] {
            let value = mask_loss(loss, &logits, &truth, &weight).expect("a loss");
            assert!(value.double_value(&[]).abs() < 1e-9, "{loss:?}");
        }
    }
}
