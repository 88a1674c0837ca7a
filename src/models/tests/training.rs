//! Training mode: gradients, drop path, starts.

use tch::{Device, Kind, Tensor, nn, no_grad};

use super::golden::variables;
use crate::models::{BuildOptions, build, build_with, head_prefix};
use crate::spec::Backbone;

fn images(count: i64, size: i64) -> Tensor {
    Tensor::rand([count, 3, size, size], (Kind::Float, Device::Cpu))
}

/// One of each family, at a small size.
const FAMILIES: [(Backbone, u32); 8] = [
    (Backbone::Resnet18, 64),
    (Backbone::Densenet121, 64),
    (Backbone::MobilenetV2, 64),
    (Backbone::SwinTiny, 64),
    (Backbone::ConvnextTiny, 64),
    (Backbone::DeitTiny, 64),
    (Backbone::Resnet8Cifar, 32),
    (Backbone::Resnet20CifarOptionA, 32),
];

/// In training every parameter gets a finite gradient.
#[test]
fn gradients_reach_every_parameter() {
    for (backbone, size) in FAMILIES {
        let store = nn::VarStore::new(Device::Cpu);
        let options = BuildOptions { image_size: Some(size), drop_path: Some(0.0) };
        let network = build_with(&store.root(), backbone, 2, &options).expect("a network");
        let logits = network.forward_t(&images(3, size.into()), true);
        logits.square().sum(Kind::Float).backward();
        for (name, variable) in variables(&store) {
            if variable.requires_grad() {
                let gradient = variable.grad();
                assert!(gradient.defined(), "{} {name}", backbone.name());
                let finite = gradient.isfinite().all().int64_value(&[]);
                assert_eq!(finite, 1, "{} {name}", backbone.name());
            }
        }
    }
}

/// Drop path leaves evaluation alone and makes training random; without it
/// training and evaluation agree where there is no batch norm.
#[test]
fn drop_path_acts_in_training_only() {
    for backbone in [Backbone::SwinTiny, Backbone::DeitTiny, Backbone::ConvnextTiny] {
        let network = |rate| {
            let store = nn::VarStore::new(Device::Cpu);
            let options = BuildOptions { image_size: Some(64), drop_path: Some(rate) };
            let network = build_with(&store.root(), backbone, 2, &options).expect("a network");
            no_grad(|| {
                for (name, mut variable) in variables(&store) {
                    // Branches that count, so that leaving one out shows.
                    if name.ends_with("gamma") {
                        let _ = variable.fill_(1.0);
                    }
                }
            });
            network
        };
        let input = images(4, 64);
        let outputs = |rate| {
            let network = network(rate);
            no_grad(|| [false, false, true, true].map(|train| network.features(&input, train)))
        };
        let [a, b, c, d] = outputs(0.5);
        assert!(a == b && a != c && c != d, "{}", backbone.name());
        let [a, _, c, _] = outputs(0.0);
        assert_eq!(a, c, "{}", backbone.name());
    }
}

/// Kept branches are scaled so that the mean stays.
#[test]
fn drop_path_keeps_the_mean() {
    use crate::models::layers::DropPath;
    use tch::nn::ModuleT;
    tch::manual_seed(1);
    let drop = DropPath::rates(0.25, 3).last().expect("three rates");
    let kept = drop.forward_t(&Tensor::ones([20_000, 2], (Kind::Double, Device::Cpu)), true);
    assert!((kept.mean(Kind::Double).double_value(&[]) - 1.0).abs() < 0.02);
    // Whole images are dropped.
    assert_eq!(kept.select(1, 0), kept.select(1, 1));
    let values = [kept.min().double_value(&[]), kept.max().double_value(&[])];
    assert_eq!(values, [0.0, 1.0 / 0.75]);
}

/// Heads start as specified, and every head variable has the head's prefix.
#[test]
fn heads_start_as_specified() {
    for (backbone, spread) in [
        (Backbone::Resnet18, 0.01),
        (Backbone::Densenet121, 0.01),
        (Backbone::MobilenetV2, 0.01),
        (Backbone::SwinTiny, 0.02),
        (Backbone::ConvnextTiny, 0.02),
        (Backbone::DeitTiny, 0.02),
        (Backbone::Resnet20Cifar, (2.0f64 / 256.0).sqrt()),
    ] {
        tch::manual_seed(3);
        let store = nn::VarStore::new(Device::Cpu);
        build(&store.root(), backbone, 100);
        let variables = variables(&store);
        let head: Vec<_> =
            variables.iter().filter(|(name, _)| name.starts_with(head_prefix(backbone))).collect();
        assert_eq!(head.len(), 2, "{}", backbone.name());
        for (name, tensor) in head {
            let got = tensor.std(false).double_value(&[]);
            let wanted = if name.ends_with("bias") { 0.0 } else { spread };
            assert!((got - wanted).abs() < 0.05 * spread, "{name}: {got}");
        }
    }
}

/// Layers start as their references start them.
#[test]
fn layers_start_as_their_references() {
    tch::manual_seed(4);
    for (backbone, name, spread) in [
        (Backbone::Resnet18, "conv1.weight", (2.0f64 / (64.0 * 49.0)).sqrt()),
        (Backbone::Densenet121, "features.conv0.weight", (2.0f64 / (3.0 * 49.0)).sqrt()),
        (Backbone::SwinTiny, "layers.0.blocks.0.attn.qkv.weight", 0.02),
        (Backbone::SwinTiny, "layers.3.blocks.0.attn.relative_position_bias_table", 0.02),
        // Uniform within 1/sqrt(fan-in).
        (Backbone::SwinTiny, "patch_embed.proj.weight", 1.0 / (3.0f64 * 48.0).sqrt()),
        (Backbone::DeitTiny, "patch_embed.proj.weight", 1.0 / (3.0f64 * 768.0).sqrt()),
        (Backbone::DeitTiny, "pos_embed", 0.02),
        (Backbone::ConvnextTiny, "stem.0.weight", 0.02),
        (Backbone::ConvnextTiny, "stages.0.blocks.0.conv_dw.weight", 0.02),
    ] {
        let store = nn::VarStore::new(Device::Cpu);
        build(&store.root(), backbone, 2);
        let tensor = &store.variables()[name];
        let got = tensor.std(false).double_value(&[]);
        assert!((got - spread).abs() < 0.06 * spread, "{name}: {got} {spread}");
    }
    let store = nn::VarStore::new(Device::Cpu);
    build(&store.root(), Backbone::ConvnextTiny, 2);
    let gamma = &store.variables()["stages.0.blocks.0.gamma"];
    assert!((gamma.double_value(&[0]) - 1e-6).abs() < 1e-12);
}
