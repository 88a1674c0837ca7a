//! Names, shapes and numbers of parameters against the published tables.

use tch::{Device, nn};

use super::golden::variables;
use crate::models::segmentation::{self, Decoder, UpernetForm};
use crate::models::{BuildOptions, build};
use crate::spec::Backbone;

/// A table of `tests/golden/models`.
macro_rules! table {
    ($name:literal) => {
        include_str!(concat!("../../../tests/golden/models/", $name, ".tsv"))
    };
}

/// Variables that follow from the settings, counters, and the two aliases of
/// the published form's shared convolution.
const NOT_HELD: [&str; 6] = [
    "num_batches_tracked",
    "relative_position_index",
    "attn_mask",
    "FPN.smooth_conv.1.",
    "FPN.smooth_conv.2.",
    "#",
];

fn wanted(table: &str) -> Vec<String> {
    let mut rows: Vec<String> = table
        .lines()
        .filter(|line| !NOT_HELD.iter().any(|part| line.contains(part)))
        .map(|line| line.split('\t').take(2).collect::<Vec<_>>().join("\t"))
        .collect();
    rows.sort();
    rows
}

fn held(store: &nn::VarStore) -> Vec<String> {
    let row = |(name, tensor): (String, tch::Tensor)| {
        let shape: Vec<_> = tensor.size().iter().map(ToString::to_string).collect();
        format!("{name}\t{}", shape.join("x"))
    };
    variables(store).into_iter().map(row).collect()
}

fn parameters(store: &nn::VarStore) -> i64 {
    store.trainable_variables().iter().map(|t| t.numel() as i64).sum()
}

/// Table, classes in it, and parameters with 1000 classes (10 for CIFAR).
fn published(backbone: Backbone) -> (&'static str, i64, i64) {
    match backbone {
        Backbone::Resnet18 => (table!("resnet18"), 1000, 11_689_512),
        Backbone::Resnet34 => (table!("resnet34"), 1000, 21_797_672),
        Backbone::Resnet50 => (table!("resnet50"), 1000, 25_557_032),
        Backbone::Resnet101 => (table!("resnet101"), 1000, 44_549_160),
        Backbone::Resnet152 => (table!("resnet152"), 1000, 60_192_808),
        Backbone::WideResnet50x2 => (table!("wide_resnet50_2"), 1000, 68_883_240),
        Backbone::Resnet50x2 => (table!("resnet50x2"), 1000, 98_004_072),
        Backbone::Resnet50x4 => (table!("resnet50x4"), 1000, 383_571_176),
        Backbone::Densenet121 => (table!("densenet121"), 1000, 7_978_856),
        Backbone::MobilenetV2 => (table!("mobilenet_v2"), 1000, 3_504_872),
        Backbone::SwinTiny => (table!("swin_tiny"), 1000, 28_288_354),
        Backbone::SwinSmall => (table!("swin_small"), 1000, 49_606_258),
        Backbone::SwinBase => (table!("swin_base"), 1000, 87_768_224),
        Backbone::ConvnextTiny => (table!("convnext_tiny"), 1000, 28_589_128),
        Backbone::ConvnextSmall => (table!("convnext_small"), 1000, 50_223_688),
        Backbone::ConvnextBase => (table!("convnext_base"), 1000, 88_591_464),
        Backbone::DeitTiny => (table!("deit_tiny"), 1000, 5_717_416),
        Backbone::DeitSmall => (table!("deit_small"), 1000, 22_050_664),
        Backbone::DeitBase => (table!("deit_base"), 1000, 86_567_656),
        Backbone::Resnet8Cifar => (table!("resnet8_cifar"), 10, 89_322),
        Backbone::Resnet20Cifar => (table!("resnet20_cifar"), 10, 283_754),
        Backbone::Resnet20CifarOptionA => (table!("resnet20_cifar_option_a"), 10, 269_722),
    }
}

#[test]
fn names_shapes_and_counts_are_the_published_ones() {
    for backbone in Backbone::ALL {
        let (table, classes, count) = published(backbone);
        let store = nn::VarStore::new(Device::Cpu);
        build(&store.root(), backbone, classes);
        let mut held = held(&store);
        if backbone == Backbone::MobilenetV2 {
            // The table has no classifier.
            held.retain(|row| !row.starts_with("classifier."));
        }
        assert_eq!(held, wanted(table), "{}", backbone.name());
        assert_eq!(parameters(&store), count, "{}", backbone.name());
    }
}

#[test]
fn segmentation_names_shapes_and_counts_are_the_published_ones() {
    let upernet = Decoder::Upernet(UpernetForm::Published);
    for (decoder, backbone, table, count) in [
        (Decoder::Unet, Backbone::Resnet18, table!("unet_resnet18"), 14_328_209),
        (Decoder::Unet, Backbone::Resnet50, table!("unet_resnet50"), 32_521_105),
        (upernet, Backbone::SwinTiny, table!("upernet_swin_tiny"), 40_759_483),
        (upernet, Backbone::SwinSmall, table!("upernet_swin_small"), 62_077_387),
        (upernet, Backbone::SwinBase, table!("upernet_swin_base"), 110_278_585),
        (upernet, Backbone::ConvnextTiny, table!("upernet_convnext_tiny"), 39_576_385),
        (upernet, Backbone::ConvnextSmall, table!("upernet_convnext_small"), 61_210_945),
        (upernet, Backbone::ConvnextBase, table!("upernet_convnext_base"), 108_463_873),
    ] {
        let store = nn::VarStore::new(Device::Cpu);
        segmentation::build(&store.root(), decoder, backbone, 1, &BuildOptions::default())
            .expect("a network");
        assert_eq!(held(&store), wanted(table), "{}", backbone.name());
        assert_eq!(parameters(&store), count, "{}", backbone.name());
    }
}
