//! Why a file does not fit, as far as its names and shapes tell.

use super::checkpoint::Checkpoint;
use super::fit::Fit;

/// Parts of names that tell another network, or what was done to one.
const MARKS: [(&str, &str); 15] = [
    ("distillation_token", "it is a distilled DeiT, which has a second token"),
    ("dist_token", "it is a distilled DeiT, which has a second token"),
    ("register_tokens", "it is a ViT with registers, as DINOv2's"),
    ("reg_token", "it is a ViT with registers, as DINOv2's"),
    (".ls1.gamma", "its blocks scale their layers, as DINOv2's do"),
    (".layer_scale1.", "its blocks scale their layers, as DINOv2's do"),
    (".grn.", "it is a ConvNeXt V2"),
    (".logit_scale", "it is a Swin V2"),
    ("norm_pre.", "it has a norm before its blocks, as CLIP's ViT"),
    ("attnpool.", "it pools by attention, as CLIP's ResNet"),
    ("fc_norm.", "its features are the mean of the tokens with a norm of their own (fc_norm)"),
    ("lora_A", "it holds LoRA's adapters: merge them first (merge_and_unload) and save that"),
    (".se.", "it has squeeze-and-excitation blocks"),
    (".se_module.", "it has squeeze-and-excitation blocks"),
    ("_packed_params", "it is quantised: save the network before quantisation"),
];

/// The likely cause, as a clause.
pub(super) fn cause(checkpoint: &Checkpoint, fit: &Fit) -> Option<String> {
    let has = |mark: &str| checkpoint.tensors.keys().any(|key| key.contains(mark));
    if let Some((_, words)) = MARKS.iter().find(|(mark, _)| has(mark)) {
        return Some((*words).into());
    }
    stem(fit).or_else(|| cut_off(fit))
}

/// What is left to say of a file none of whose names is known.
pub(super) fn strange(checkpoint: &Checkpoint, fit: &Fit) -> Option<String> {
    fit.found.is_empty().then(|| {
        let starts = super::keys::starts(&checkpoint.tensors);
        format!("none of its names is known; they begin with {starts}")
    })
}

/// A first convolution for other images.
fn stem(fit: &Fit) -> Option<String> {
    let (name, got, wanted) = fit.misshapen.iter().find(|(_, got, wanted)| {
        got.len() == 4 && wanted.len() == 4 && wanted[1] == 3 && wanted[2] > 1
    })?;
    if got[1] != wanted[1] {
        return Some(format!(
            "its first convolution ({name}) takes images of {} channels, the networks here take 3",
            got[1]
        ));
    }
    (got[2..] != wanted[2..]).then(|| {
        format!(
            "its first convolution ({name}) is {} x {}, expected {} x {}: a network for images of \
             another size",
            got[2], got[3], wanted[2], wanted[3]
        )
    })
}

/// A network whose last norm went with its classifier.
fn cut_off(fit: &Fit) -> Option<String> {
    let norm = |name: &String| name.starts_with("head.norm.") || name.starts_with("norm.");
    let only = !fit.missing.is_empty() && fit.missing.iter().all(norm);
    (only && fit.misshapen.is_empty()).then(|| {
        "the norm after the last stage was cut off together with the classifier; save the network \
         with it"
            .into()
    })
}
