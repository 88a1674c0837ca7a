//! Swin; the authors' names are used here.

use super::convnext::stage;
use super::{Name, child, transformer_block};

/// timm's since 0.9: what merges stands at the head of the next stage.
pub(in crate::zoo::adapter) fn timm(name: &str) -> Option<Name> {
    let parts: Vec<&str> = name.split('.').collect();
    Name::whole(match parts.as_slice() {
        ["layers", stage, "downsample", part, leaf] => {
            let before = stage.parse::<usize>().ok()?.checked_sub(1)?;
            format!("layers.{before}.downsample.{part}.{leaf}")
        }
        ["head", "fc", leaf] => format!("head.{leaf}"),
        _ => name.into(),
    })
}

/// torchvision's: patches, then stages and what merges in turns; layers of an
/// MLP by number.
pub(in crate::zoo::adapter) fn torchvision(name: &str) -> Option<Name> {
    let parts: Vec<&str> = name.split('.').collect();
    Name::whole(match parts.as_slice() {
        ["features", "0", "0", leaf] => format!("patch_embed.proj.{leaf}"),
        ["features", "0", "2", leaf] => format!("patch_embed.norm.{leaf}"),
        ["features", at, part @ ("reduction" | "norm"), leaf] => {
            format!("layers.{}.downsample.{part}.{leaf}", stage(at, 0)?.checked_sub(1)?)
        }
        ["features", at, block, "mlp", layer, leaf] => {
            let layer = match *layer {
                "0" => "fc1",
                "3" => "fc2",
                _ => return None,
            };
            format!("layers.{}.blocks.{block}.mlp.{layer}.{leaf}", stage(at, 1)?)
        }
        ["features", at, block, rest @ ..] => {
            format!("layers.{}.blocks.{block}.{}", stage(at, 1)?, rest.join("."))
        }
        ["norm", leaf] => format!("norm.{leaf}"),
        ["head", leaf] => format!("head.{leaf}"),
        _ => return None,
    })
}

/// The same as children of an `nn.Sequential`: features, then the norm.
pub(in crate::zoo::adapter) fn children(name: &str) -> Option<Name> {
    match child(name)? {
        (0, rest) => torchvision(&format!("features.{rest}")),
        (1, rest) => torchvision(&format!("norm.{rest}")),
        _ => None,
    }
}

/// Those of the library `transformers`.
pub(in crate::zoo::adapter) fn transformers(name: &str) -> Option<Name> {
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        ["embeddings", "patch_embeddings", "projection", leaf] => {
            Name::whole(format!("patch_embed.proj.{leaf}"))
        }
        ["embeddings", "norm", leaf] => Name::whole(format!("patch_embed.norm.{leaf}")),
        ["encoder", "layers", stage, "downsample", part, leaf] => {
            Name::whole(format!("layers.{stage}.downsample.{part}.{leaf}"))
        }
        ["encoder", "layers", stage, "blocks", block, rest @ ..] => {
            transformer_block(&format!("layers.{stage}.blocks.{block}"), rest)
        }
        ["layernorm", leaf] => Name::whole(format!("norm.{leaf}")),
        _ => None,
    }
}
