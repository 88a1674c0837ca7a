//! ViT; the names of DeiT's authors and of timm are used here.

use super::{Name, transformer_block};

/// torchvision's, with the names of MLPs of before and since 0.13.
pub(in crate::zoo::adapter) fn torchvision(name: &str) -> Option<Name> {
    let parts: Vec<&str> = name.split('.').collect();
    Name::whole(match parts.as_slice() {
        ["class_token"] => "cls_token".into(),
        ["conv_proj", leaf] => format!("patch_embed.proj.{leaf}"),
        ["encoder", "pos_embedding"] => "pos_embed".into(),
        ["encoder", "ln", leaf] => format!("norm.{leaf}"),
        ["heads", "head", leaf] => format!("head.{leaf}"),
        ["encoder", "layers", layer, rest @ ..] => {
            let block: usize = layer.strip_prefix("encoder_layer_")?.parse().ok()?;
            let rest = match rest {
                ["ln_1", leaf] => format!("norm1.{leaf}"),
                ["ln_2", leaf] => format!("norm2.{leaf}"),
                ["self_attention", "in_proj_weight"] => "attn.qkv.weight".into(),
                ["self_attention", "in_proj_bias"] => "attn.qkv.bias".into(),
                ["self_attention", "out_proj", leaf] => format!("attn.proj.{leaf}"),
                ["mlp", "0" | "linear_1", leaf] => format!("mlp.fc1.{leaf}"),
                ["mlp", "3" | "linear_2", leaf] => format!("mlp.fc2.{leaf}"),
                _ => return None,
            };
            format!("blocks.{block}.{rest}")
        }
        _ => return None,
    })
}

/// Those of the library `transformers`, of before and since its version 5.
pub(in crate::zoo::adapter) fn transformers(name: &str) -> Option<Name> {
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        ["embeddings", "cls_token"] => Name::whole("cls_token".into()),
        ["embeddings", "position_embeddings"] => Name::whole("pos_embed".into()),
        ["embeddings", "patch_embeddings", "projection", leaf] => {
            Name::whole(format!("patch_embed.proj.{leaf}"))
        }
        ["encoder", "layer", block, rest @ ..] | ["layers", block, rest @ ..] => {
            transformer_block(&format!("blocks.{block}"), rest)
        }
        ["layernorm", leaf] => Name::whole(format!("norm.{leaf}")),
        _ => None,
    }
}
