//! Image sizes other than the native one.

use tch::{Device, Kind, Tensor, nn, no_grad};

use super::golden::{hashed, variables};
use crate::models::{BuildOptions, ModelError, build, build_with, can_resize, resize};
use crate::spec::Backbone;

fn sized(size: u32) -> BuildOptions {
    BuildOptions { image_size: Some(size), ..BuildOptions::default() }
}

fn images(count: i64, size: i64) -> Tensor {
    Tensor::rand([count, 3, size, size], (Kind::Float, Device::Cpu))
}

/// Every backbone at sizes it takes: finite logits and features of its width.
#[test]
fn networks_run_at_other_sizes() {
    for (backbone, size) in [
        (Backbone::Resnet18, 64),
        (Backbone::WideResnet50x2, 32),
        (Backbone::Densenet121, 48),
        (Backbone::MobilenetV2, 96),
        (Backbone::ConvnextTiny, 50),
        (Backbone::SwinTiny, 64),
        (Backbone::SwinTiny, 128),
        (Backbone::SwinTiny, 448),
        (Backbone::DeitTiny, 64),
        (Backbone::Resnet8Cifar, 32),
        (Backbone::Resnet20Cifar, 32),
        (Backbone::Resnet20CifarOptionA, 45),
    ] {
        let store = nn::VarStore::new(Device::Cpu);
        let network = build_with(&store.root(), backbone, 3, &sized(size)).expect("a network");
        let input = images(2, size.into());
        let logits = no_grad(|| network.try_forward(&input, false)).expect("logits");
        assert_eq!(logits.size(), [2, 3], "{} at {size}", backbone.name());
        let finite = logits.isfinite().all().int64_value(&[]);
        assert_eq!(finite, 1, "{} at {size}", backbone.name());
    }
}

#[test]
fn sizes_and_rates_that_do_not_fit_are_refused() {
    for (backbone, size) in [
        (Backbone::SwinBase, 100),
        (Backbone::SwinTiny, 32),
        (Backbone::DeitBase, 100),
        (Backbone::Resnet8Cifar, 224),
        (Backbone::Resnet50, 16),
    ] {
        let store = nn::VarStore::new(Device::Cpu);
        let error = build_with(&store.root(), backbone, 3, &sized(size)).expect_err("an error");
        assert!(matches!(error, ModelError::ImageSize { .. }), "{error}");
        assert!(store.is_empty());
    }
    let store = nn::VarStore::new(Device::Cpu);
    for rate in [-0.1, 1.0, f64::NAN] {
        let options = BuildOptions { drop_path: Some(rate), ..BuildOptions::default() };
        let error = build_with(&store.root(), Backbone::SwinTiny, 3, &options);
        assert!(matches!(error, Err(ModelError::DropPath { .. })));
    }
    let error = build_with(&store.root(), Backbone::Resnet18, 0, &BuildOptions::default());
    assert!(matches!(error, Err(ModelError::Outputs { .. })));
}

#[test]
fn images_of_another_size_than_built_for_are_an_error() {
    let store = nn::VarStore::new(Device::Cpu);
    let network = build(&store.root(), Backbone::DeitTiny, 3);
    let error = network.try_forward(&images(1, 64), false).expect_err("an error").to_string();
    assert!(error.contains("[N, 3, 224, 224]"), "{error}");
}

/// A file of the native size fits every other one: all shapes are the same or
/// can be made so.
#[test]
fn native_tables_can_be_resampled_for_every_size() {
    for (backbone, size) in [
        (Backbone::SwinTiny, 64),
        (Backbone::SwinTiny, 256),
        (Backbone::SwinTiny, 448),
        (Backbone::DeitTiny, 96),
        (Backbone::DeitTiny, 384),
        (Backbone::ConvnextTiny, 96),
    ] {
        let native = nn::VarStore::new(Device::Cpu);
        build(&native.root(), backbone, 3);
        let other = nn::VarStore::new(Device::Cpu);
        build_with(&other.root(), backbone, 3, &sized(size)).expect("a network");
        let mut resampled = 0;
        for ((name, tensor), (same, wanted)) in variables(&native).iter().zip(variables(&other)) {
            assert_eq!(*name, same);
            let (got, expected) = (tensor.size(), wanted.size());
            if got != expected {
                assert!(can_resize(name, &got, &expected), "{name} {got:?} {expected:?}");
                resampled += 1;
            }
            assert_eq!(resize(name, tensor, &expected).expect("a table").size(), expected);
        }
        let tables = match backbone {
            Backbone::SwinTiny if size != 448 => 12,
            Backbone::DeitTiny => 1,
            _ => 0,
        };
        assert_eq!(resampled, tables, "{} at {size}", backbone.name());
    }
}

/// The middle of an odd grid stays, and so does a constant table.
#[test]
fn resampling_keeps_centre_and_constants() {
    let ramp: Vec<f32> = (0..169).map(|i| (i % 13) as f32).collect();
    let table = Tensor::from_slice(&ramp).view([169, 1]);
    let name = "layers.0.blocks.0.attn.relative_position_bias_table";
    let larger = resize(name, &table, &[23 * 23, 1]).expect("a table").view([23, 23]);
    assert!((larger.double_value(&[11, 11]) - 6.0).abs() < 1e-5);
    let constant = Tensor::ones([1, 197, 4], (Kind::Float, Device::Cpu)) * 0.25;
    let smaller = resize("pos_embed", &constant, &[1, 17, 4]).expect("a table");
    assert!((smaller - 0.25f64).abs().max().double_value(&[]) < 1e-6);
}

/// Bicubic by torch, as the benchmark's loader calls it, and timm's
/// `resample_abs_pos_embed`; f32.
#[test]
fn resampled_tables_are_pytorchs() {
    let golden: serde_json::Value =
        serde_json::from_str(include_str!("../../../tests/golden/models/tables.json"))
            .expect("JSON");
    let biases = "t.relative_position_bias_table";
    for (key, name, got, expected) in [
        ("bias_2", biases, &[169, 3][..], &[9, 3][..]),
        ("bias_8", biases, &[169, 3], &[225, 3]),
        ("bias_12", biases, &[169, 3], &[529, 3]),
        ("positions_6", "pos_embed", &[1, 197, 4], &[1, 37, 4]),
        ("positions_24", "pos_embed", &[1, 197, 4], &[1, 577, 4]),
    ] {
        let table = resize(name, &hashed(name, got), expected).expect("a table");
        let table = table.to_kind(Kind::Double).flatten(0, -1);
        let want = |what: &str| golden[key][what].as_f64().expect("a number");
        let first: Vec<f64> =
            serde_json::from_value(golden[key]["first"].clone()).expect("numbers");
        let mut pairs: Vec<_> =
            (0..).zip(first).map(|(i, value)| (table.double_value(&[i]), value)).collect();
        // Per value, as the tolerance is.
        let count = table.numel() as f64;
        pairs.push((table.sum(Kind::Double).double_value(&[]) / count, want("sum") / count));
        pairs.push((table.abs().sum(Kind::Double).double_value(&[]) / count, want("abs") / count));
        for (got, value) in pairs {
            assert!((got - value).abs() < 1e-6, "{key}: {got} {value}");
        }
    }
}

#[test]
fn other_shapes_are_not_resampled() {
    for (name, got, expected) in [
        ("a.relative_position_bias_table", &[169, 3][..], &[225, 6][..]),
        ("a.relative_position_bias_table", &[168, 3], &[225, 3]),
        ("pos_embed", &[1, 197, 192], &[1, 17, 384]),
        ("pos_embed", &[1, 0, 192], &[1, 17, 192]),
        ("pos_embed", &[197, 192], &[17, 192]),
        ("conv1.weight", &[64, 3, 7, 7], &[64, 3, 3, 3]),
    ] {
        assert!(!can_resize(name, got, expected), "{name} {got:?}");
        let tensor = Tensor::zeros(got, (Kind::Float, Device::Cpu));
        assert!(resize(name, &tensor, expected).is_err());
    }
}
