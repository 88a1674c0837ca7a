//! Classification weights in the encoders of segmentation networks.

use std::collections::BTreeMap;

use tch::{Device, Tensor, nn};

use super::folder;
use crate::models::segmentation::{self, Decoder, UpernetForm};
use crate::models::{BuildOptions, build};
use crate::spec::Backbone;
use crate::zoo::{load_encoder, read, save_safetensors};

fn variables(store: &nn::VarStore) -> BTreeMap<String, Tensor> {
    store.variables().into_iter().collect()
}

const PUBLISHED: Decoder = Decoder::Upernet(UpernetForm::Published);
const MATCHED: Decoder = Decoder::Upernet(UpernetForm::Matched);

/// Decoder, backbone, a variable of the encoder and its name in the
/// classification network, what has no place in the encoder.
const PAIRS: [(Decoder, Backbone, &str, &str, &[&str]); 6] = [
    (Decoder::Unet, Backbone::Resnet18, "encoder.conv1.weight", "conv1.weight", &[]),
    (
        Decoder::Unet,
        Backbone::MobilenetV2,
        "encoder.features.0.0.weight",
        "features.0.0.weight",
        &[],
    ),
    (PUBLISHED, Backbone::SwinTiny, "backbone.norm.weight", "norm.weight", &[]),
    (
        MATCHED,
        Backbone::SwinTiny,
        "backbone.layers.3.blocks.1.mlp.fc2.weight",
        "layers.3.blocks.1.mlp.fc2.weight",
        &["norm.bias", "norm.weight"],
    ),
    (
        PUBLISHED,
        Backbone::ConvnextTiny,
        "backbone.stages.1.0.pwconv2.weight",
        "stages.1.blocks.0.mlp.fc2.weight",
        &["head.norm.bias", "head.norm.weight"],
    ),
    (
        MATCHED,
        Backbone::ConvnextTiny,
        "backbone.stem.1.weight",
        "stem.1.weight",
        &["head.norm.bias", "head.norm.weight"],
    ),
];

#[test]
fn every_encoder_takes_its_backbones_weights() {
    let dir = folder();
    for (decoder, backbone, inner, outer, unplaced) in PAIRS {
        let path = dir.path().join("w.safetensors");
        let source = nn::VarStore::new(Device::Cpu);
        build(&source.root(), backbone, 3);
        save_safetensors(&source, None, &path).expect("saved");
        let mut store = nn::VarStore::new(Device::Cpu);
        let options = BuildOptions { image_size: Some(64), ..BuildOptions::default() };
        segmentation::build(&store.root(), decoder, backbone, 2, &options).expect("a network");
        let before: BTreeMap<String, Tensor> =
            variables(&store).into_iter().map(|(name, tensor)| (name, tensor.copy())).collect();
        let checkpoint = read(&path).expect("read");
        let report =
            load_encoder(&mut store, decoder, backbone, None, &checkpoint).expect("loaded");
        let name = format!("{decoder:?} {}", backbone.name());
        let (from, to) = (variables(&source), variables(&store));
        assert!(to[inner].equal(&from[outer]), "{name}");
        // Everything of the file but the head has a place or is told.
        let mut dropped = report.dropped.clone();
        dropped.retain(|name| unplaced.contains(&name.as_str()));
        assert_eq!(dropped, unplaced, "{name}");
        let head = report.dropped.len() - unplaced.len();
        assert_eq!(report.tensors + report.dropped.len(), from.len(), "{name}");
        assert_eq!(head, 2, "{name}");
        // At 64 px the windows of Swin are smaller.
        assert_eq!(!report.resized.is_empty(), backbone == Backbone::SwinTiny, "{name}");
        for (variable, tensor) in to {
            let inside = variable.starts_with(decoder.encoder_prefix());
            assert!(inside || tensor.equal(&before[&variable]), "{name}: {variable}");
        }
    }
}

#[test]
fn another_backbone_is_refused_and_nothing_changes() {
    let dir = folder();
    let path = dir.path().join("w.safetensors");
    let source = nn::VarStore::new(Device::Cpu);
    build(&source.root(), Backbone::Resnet34, 3);
    save_safetensors(&source, None, &path).expect("saved");
    let mut store = nn::VarStore::new(Device::Cpu);
    let (decoder, backbone) = (Decoder::Unet, Backbone::Resnet18);
    segmentation::build(&store.root(), decoder, backbone, 2, &BuildOptions::default())
        .expect("a network");
    let before = variables(&store)["encoder.conv1.weight"].copy();
    let checkpoint = read(&path).expect("read");
    let error = load_encoder(&mut store, decoder, backbone, None, &checkpoint);
    assert!(error.expect_err("an error").to_string().contains("resnet34"));
    assert!(variables(&store)["encoder.conv1.weight"].equal(&before));
}
