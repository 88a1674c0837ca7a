//! Naming schemes: from the names of an original to those used here. `None`
//! where a scheme has no such name.

mod byol;
mod convnext;
mod densenet;
mod mobilenet;
mod resnet;
mod simclr;
mod swin;
mod vit;

pub(super) use byol::byol;
pub(in crate::zoo) use convnext::official as convnext_official;
pub(super) use convnext::{
    torchvision as convnext_torchvision, transformers as convnext_transformers,
};
pub(super) use densenet::{child as densenet_child, old as densenet_old};
pub(super) use mobilenet::{
    child as mobilenet_child, flat as mobilenet_flat, timm as mobilenet_timm,
    transformers as mobilenet_transformers,
};
pub(super) use resnet::{
    children as resnet_children, cifar_children, obow, transformers as resnet_transformers,
};
pub(super) use simclr::simclr;
pub(super) use swin::{
    children as swin_children, timm as swin_timm, torchvision as swin_torchvision,
    transformers as swin_transformers,
};
pub(super) use vit::{torchvision as vit_torchvision, transformers as vit_transformers};

/// A name here, and which of three tensors that become one it is: the library
/// keeps query, key and value apart.
pub(super) struct Name {
    pub(super) name: String,
    pub(super) third: Option<usize>,
}

impl Name {
    /// Wrapped, because every scheme gives an option.
    #[allow(clippy::unnecessary_wraps)]
    fn whole(name: String) -> Option<Self> {
        Some(Self { name, third: None })
    }
}

/// Names of query, key and value in transformers of before and since 5.
fn third_of(projection: &str) -> Option<usize> {
    match projection {
        "query" | "q_proj" => Some(0),
        "key" | "k_proj" => Some(1),
        "value" | "v_proj" => Some(2),
        _ => None,
    }
}

/// What a block of a transformer of the library `transformers` has inside, of
/// before and since its version 5.
fn transformer_block(block: &str, parts: &[&str]) -> Option<Name> {
    let at = |part: &str, leaf: &str| Name::whole(format!("{block}.{part}.{leaf}"));
    match parts {
        ["attention", "self" | "attention", projection, leaf] | ["attention", projection, leaf]
            if third_of(projection).is_some() =>
        {
            Some(Name { name: format!("{block}.attn.qkv.{leaf}"), third: third_of(projection) })
        }
        ["attention", "output", "dense", leaf] | ["attention", "o_proj", leaf] => {
            at("attn.proj", leaf)
        }
        ["layernorm_before", leaf] => at("norm1", leaf),
        ["layernorm_after", leaf] => at("norm2", leaf),
        ["intermediate", "dense", leaf] | ["mlp", "fc1", leaf] => at("mlp.fc1", leaf),
        ["output", "dense", leaf] | ["mlp", "fc2", leaf] => at("mlp.fc2", leaf),
        ["attention", .., leaf]
            if matches!(*leaf, "relative_position_bias_table" | "relative_position_index") =>
        {
            at("attn", leaf)
        }
        _ => None,
    }
}

/// The number of a child and what follows it.
fn child(name: &str) -> Option<(usize, &str)> {
    let (child, rest) = name.split_once('.')?;
    Some((child.parse().ok()?, rest))
}
