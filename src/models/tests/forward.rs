//! Forward passes against PyTorch's, in f32 and f64.

use std::collections::BTreeMap;

use serde::Deserialize;
use tch::{Device, Kind, Tensor, nn, no_grad};

use super::golden::{fill, input};
use crate::models::segmentation::{self, Decoder, UpernetForm};
use crate::models::{BuildOptions, build_with};
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
    /// Side of the image.
    #[serde(default = "native")]
    size: i64,
    /// Values at "row,column".
    #[serde(default)]
    points: BTreeMap<String, f64>,
}

fn native() -> i64 {
    224
}

const FILES: [&str; 2] = [
    include_str!("../../../tests/golden/models/forward.json"),
    include_str!("../../../tests/golden/models/forward_more.json"),
];

fn golden(name: &str) -> Golden {
    let file = |text| {
        let all: BTreeMap<String, serde_json::Value> = serde_json::from_str(text).expect("JSON");
        all.get(name).cloned()
    };
    let entry = FILES.into_iter().find_map(file).expect("an entry");
    serde_json::from_value(entry).expect("golden values")
}

fn check(name: &str, store: &mut nn::VarStore, forward: &dyn Fn(&Tensor) -> Tensor) {
    let want = golden(name);
    fill(store);
    for (kind, tolerance) in TOLERANCE {
        let started = std::time::Instant::now();
        store.set_kind(kind);
        let output = no_grad(|| forward(&input(want.size, kind)));
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
        assert!(pairs.iter().all(|(got, _)| got.is_finite()), "{name} {kind:?}: {pairs:?}");
        let worst = pairs.iter().map(|(got, value)| (got - value).abs()).fold(0.0, f64::max);
        let relative = worst / want.std;
        println!("{name} {kind:?}: {relative:.1e} in {:.1} s", started.elapsed().as_secs_f64());
        assert!(relative <= tolerance, "{name} {kind:?}: {relative} over {tolerance}, {pairs:?}");
    }
}

fn check_network(name: &str, backbone: Backbone) {
    check_sized(name, backbone, None);
}

fn check_sized(name: &str, backbone: Backbone, image_size: Option<u32>) {
    let mut store = nn::VarStore::new(Device::Cpu);
    let options = BuildOptions { image_size, ..BuildOptions::default() };
    let network = build_with(&store.root(), backbone, 14, &options).expect("a network");
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
fn networks_outside_the_benchmark_are_pytorchs() {
    check_network("mobilenet_v2_14", Backbone::MobilenetV2);
    check_network("wide_resnet50_2_14", Backbone::WideResnet50x2);
    check_network("resnet8_cifar_14", Backbone::Resnet8Cifar);
    check_network("resnet20_cifar_14", Backbone::Resnet20Cifar);
    check_network("resnet20_cifar_option_a_14", Backbone::Resnet20CifarOptionA);
    check_segmentation("unet_mobilenet_v2", Decoder::Unet, Backbone::MobilenetV2);
}

#[test]
fn other_image_sizes_are_pytorchs() {
    check_sized("swin_tiny_64_14", Backbone::SwinTiny, Some(64));
    check_sized("swin_tiny_256_14", Backbone::SwinTiny, Some(256));
    check_sized("swin_tiny_448_14", Backbone::SwinTiny, Some(448));
    check_sized("deit_tiny_96_14", Backbone::DeitTiny, Some(96));
    check_sized("resnet20_cifar_option_a_45_14", Backbone::Resnet20CifarOptionA, Some(45));
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
