//! Forward passes against PyTorch's, in f32 and f64.

use std::collections::BTreeMap;

use serde::Deserialize;
use tch::{Device, Kind, Tensor, nn, no_grad};

use super::golden::{fill, input};
use crate::models::segmentation::{self, Decoder, UpernetForm};
use crate::models::{BuildOptions, build};
use crate::spec::Backbone;

/// Largest difference from the reference, over the standard deviation of its
/// outputs: the f64 references agree to rounding, in f32 the order of sums
/// differs between machines.
const TOLERANCE: [(Kind, f64); 2] = [(Kind::Float, 1e-4), (Kind::Double, 1e-9)];

#[derive(Deserialize)]
struct Golden {
    mean: f64,
    std: f64,
    first: Vec<f64>,
    /// Values at "row,column".
    #[serde(default)]
    points: BTreeMap<String, f64>,
}

fn golden(name: &str) -> Golden {
    let all: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(include_str!("../../../tests/golden/models/forward.json"))
            .expect("JSON");
    serde_json::from_value(all[name].clone()).expect("an entry")
}

fn check(name: &str, store: &mut nn::VarStore, forward: &dyn Fn(&Tensor) -> Tensor) {
    let want = golden(name);
    fill(store);
    for (kind, tolerance) in TOLERANCE {
        let started = std::time::Instant::now();
        store.set_kind(kind);
        let output = no_grad(|| forward(&input(kind)));
        let flat = output.flatten(0, -1).to_kind(Kind::Double);
        let width = output.size().last().copied().unwrap_or(1);
        let first = want.first.iter().enumerate().map(|(i, value)| (i as i64, *value));
        let points = want.points.iter().map(|(at, value)| {
            let (row, column) = at.split_once(',').expect("row and column");
            let (row, column): (i64, i64) =
                (row.parse().expect("a row"), column.parse().expect("a column"));
            (row * width + column, *value)
        });
        let mut pairs: Vec<(f64, f64)> =
            first.chain(points).map(|(at, value)| (flat.double_value(&[at]), value)).collect();
        pairs.push((flat.mean(Kind::Double).double_value(&[]), want.mean));
        // numpy's std, without Bessel's correction.
        pairs.push((flat.std(false).double_value(&[]), want.std));
        let worst = pairs.iter().map(|(got, value)| (got - value).abs()).fold(0.0, f64::max);
        let relative = worst / want.std;
        println!("{name} {kind:?}: {relative:.1e} in {:.1} s", started.elapsed().as_secs_f64());
        assert!(relative <= tolerance, "{name} {kind:?}: {relative} over {tolerance}, {pairs:?}");
    }
}

fn check_network(name: &str, backbone: Backbone) {
    let mut store = nn::VarStore::new(Device::Cpu);
    let network = build(&store.root(), backbone, 14);
    check(name, &mut store, &|images| network.forward_t(images, false));
}

fn check_segmentation(name: &str, decoder: Decoder, backbone: Backbone) {
    let mut store = nn::VarStore::new(Device::Cpu);
    let network =
        segmentation::build(&store.root(), decoder, backbone, 1, &BuildOptions::default())
            .expect("a network");
    check(name, &mut store, &|images| network.forward_t(images, false));
}

#[test]
fn resnets_are_pytorchs() {
    check_network("torchvision_resnet18_14", Backbone::Resnet18);
    check_network("torchvision_resnet34_14", Backbone::Resnet34);
    check_network("torchvision_resnet50_14", Backbone::Resnet50);
    check_network("torchvision_resnet101_14", Backbone::Resnet101);
    check_network("torchvision_resnet152_14", Backbone::Resnet152);
}

#[test]
fn densenet_is_pytorchs() {
    check_network("torchvision_densenet121_14", Backbone::Densenet121);
}

#[test]
fn swins_are_pytorchs() {
    check_network("swin_tiny_14", Backbone::SwinTiny);
    check_network("swin_small_14", Backbone::SwinSmall);
    check_network("swin_base_14", Backbone::SwinBase);
}

#[test]
fn convnexts_are_pytorchs() {
    check_network("timm_convnext_tiny_14", Backbone::ConvnextTiny);
    check_network("timm_convnext_small_14", Backbone::ConvnextSmall);
    check_network("timm_convnext_base_14", Backbone::ConvnextBase);
}

#[test]
fn vits_are_pytorchs() {
    check_network("timm_deit_tiny_14", Backbone::DeitTiny);
    check_network("timm_deit_small_14", Backbone::DeitSmall);
    check_network("timm_deit_base_14", Backbone::DeitBase);
}

#[test]
fn unets_are_pytorchs() {
    check_segmentation("unet_resnet18", Decoder::Unet, Backbone::Resnet18);
    check_segmentation("unet_resnet50", Decoder::Unet, Backbone::Resnet50);
}

#[test]
fn published_upernets_are_pytorchs() {
    let published = Decoder::Upernet(UpernetForm::Published);
    check_segmentation("upernet_swin_tiny", published, Backbone::SwinTiny);
    check_segmentation("upernet_convnext_tiny", published, Backbone::ConvnextTiny);
    check_segmentation("upernet_swin_base", published, Backbone::SwinBase);
    check_segmentation("upernet_convnext_base", published, Backbone::ConvnextBase);
}
