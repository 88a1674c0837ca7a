//! What may stand beside a network in a file without making it another
//! network: classifiers, projections, losses, metrics, other copies.
//!
//! Names that none of these is leave the file refused: `norm_pre`, `reg_token`
//! or `layer5` change what a network computes.

use super::scope;

/// Words of which one makes a classifier.
const HEADS: [&str; 15] = [
    "fc",
    "fcs",
    "head",
    "heads",
    "classifier",
    "classifiers",
    "classification",
    "linear",
    "logit",
    "logits",
    "auxlogits",
    "cls",
    "output",
    "outputs",
    "pre_logits",
];

/// Words of what training needs beside a network.
const TRAINING: [&str; 34] = [
    "projector",
    "projectors",
    "projection",
    "proj",
    "predictor",
    "prediction",
    "pred",
    "prototype",
    "prototypes",
    "queue",
    "decoder",
    "reconstruction",
    "criterion",
    "criterions",
    "loss",
    "losses",
    "lossfn",
    "metric",
    "metrics",
    "acc",
    "accuracy",
    "auroc",
    "auc",
    "f1",
    "temperature",
    "temp",
    "center",
    "bank",
    "aux",
    "auxiliary",
    "optimizer",
    "scheduler",
    "augmentation",
    "preprocess",
];

/// Whole names.
const NAMES: [&str; 23] = [
    "pos_weight",
    "weight",
    "weights",
    "class_weight",
    "class_weights",
    "mask_token",
    "pooler",
    "mean",
    "std",
    "pixel_mean",
    "pixel_std",
    "normalize",
    "n_averaged",
    "initted",
    "step",
    "global_step",
    "epoch",
    "num_updates",
    "decay",
    "dummy",
    "dummy_param",
    "device_tensor",
    "sigma",
];

/// Whether a key of a network's level, without what leads there, is a
/// classifier's; a projection's head is none, and neither is a norm, whatever
/// it is called after: `fc_norm`.
pub(super) fn is_head(name: &str) -> bool {
    !first(name).contains("norm") && has_word(name, &HEADS) && !has_word(name, &TRAINING)
}

/// Whether it is known not to be a part of a backbone.
pub(super) fn is_aside(name: &str) -> bool {
    let first = first(name);
    is_head(name)
        || has_word(name, &TRAINING)
        || NAMES.contains(&first.as_str())
        || scope::is_copy(&first)
}

/// The outermost part of a name, in small letters.
fn first(name: &str) -> String {
    name.split(['.', '/']).next().unwrap_or_default().to_lowercase()
}

fn has_word(name: &str, words: &[&str]) -> bool {
    let first = first(name);
    let is_one = |word: &str| {
        // `head2` is a head.
        words.contains(&word)
            || words.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit()))
    };
    is_one(&first) || first.split(['_', '-']).any(is_one)
}

/// What is beside a network, by its outermost parts, with the tensors of each.
pub(super) fn summary(keys: &[String]) -> Option<String> {
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for key in keys.iter().filter(|key| !is_head(key)) {
        *counts.entry(key.split(['.', '/']).next().unwrap_or_default()).or_default() += 1;
    }
    let list: Vec<String> = counts.iter().map(|(part, n)| format!("{part} ({n})")).collect();
    (!list.is_empty()).then(|| list.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_heads_and_copies_are_beside_a_network_and_norms_are_not() {
        for name in [
            "fc.weight",
            "classifier.1.0.weight",
            "heads.head.bias",
            "criterion.pos_weight",
            "loss_fn.weight",
            "projection_head.layers.0.weight",
            "mlp_head.0.weight",
            "queue_ptr",
            "decoder_blocks.0.norm1.weight",
            "decoder_norm.weight",
            "mask_token",
            "teacher.conv1.weight",
            "ema_model.conv1.weight",
            "backbone_momentum.0.weight",
            "AuxLogits.fc.weight",
            "val_auroc.preds",
            "fc2.bias",
        ] {
            assert!(is_aside(name), "{name}");
        }
        for name in [
            "norm_pre.weight",
            "fc_norm.weight",
            "reg_token",
            "layer5.0.conv1.weight",
            "conv2.weight",
            "attnpool.positional_embedding",
            "blocks.0.ls1.gamma",
            "features.0.weight",
        ] {
            assert!(!is_aside(name), "{name}");
        }
    }
}
