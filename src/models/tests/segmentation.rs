//! Segmentation networks beyond the golden passes.

use tch::{Device, Kind, Tensor, nn, no_grad};

use super::golden::variables;
use crate::models::segmentation::{self, Decoder, SegmentationNetwork, UpernetForm};
use crate::models::{BuildOptions, ModelError, build_with};
use crate::spec::Backbone;

const MATCHED: Decoder = Decoder::Upernet(UpernetForm::Matched);
const PUBLISHED: Decoder = Decoder::Upernet(UpernetForm::Published);

fn images(count: i64, size: i64) -> Tensor {
    Tensor::rand([count, 3, size, size], (Kind::Float, Device::Cpu))
}

fn network(
    decoder: Decoder,
    backbone: Backbone,
    size: u32,
) -> Result<(nn::VarStore, SegmentationNetwork), ModelError> {
    let store = nn::VarStore::new(Device::Cpu);
    let options = BuildOptions { image_size: Some(size), ..BuildOptions::default() };
    let network = segmentation::build(&store.root(), decoder, backbone, 2, &options)?;
    Ok((store, network))
}

/// All pairs give logits of the image's size and pass gradients on, in
/// evaluation and in training.
#[test]
fn every_pair_segments_and_learns() {
    for (decoder, backbone) in [
        (Decoder::Unet, Backbone::Resnet34),
        (Decoder::Unet, Backbone::MobilenetV2),
        (PUBLISHED, Backbone::SwinTiny),
        (PUBLISHED, Backbone::ConvnextTiny),
        (MATCHED, Backbone::SwinTiny),
        (MATCHED, Backbone::ConvnextTiny),
    ] {
        let (store, network) = network(decoder, backbone, 64).expect("a network");
        let input = images(2, 64);
        let logits = no_grad(|| network.try_forward(&input, false)).expect("logits");
        assert_eq!(logits.size(), [2, 2, 64, 64]);
        let logits = network.try_forward(&input, true).expect("logits");
        logits.square().sum(Kind::Float).backward();
        for (name, variable) in variables(&store) {
            // The published Swin has a norm that nothing uses.
            let unused = decoder == PUBLISHED && name.starts_with("backbone.norm.");
            if variable.requires_grad() {
                assert_eq!(variable.grad().defined(), !unused, "{} {name}", backbone.name());
            }
        }
    }
}

/// In the matched form Swin and ConvNeXt have the same decoder: same names,
/// same shapes. In the published form they do not.
#[test]
fn the_matched_decoders_are_the_same() {
    for (swin, convnext) in [
        (Backbone::SwinTiny, Backbone::ConvnextTiny),
        (Backbone::SwinSmall, Backbone::ConvnextSmall),
        (Backbone::SwinBase, Backbone::ConvnextBase),
    ] {
        let decoder_of = |form, backbone| {
            let (store, _) = network(form, backbone, 64).expect("a network");
            let shapes = variables(&store).into_iter().map(|(name, t)| (name, t.size()));
            shapes.filter(|(name, _)| !name.starts_with("backbone.")).collect::<Vec<_>>()
        };
        assert_eq!(decoder_of(MATCHED, swin), decoder_of(MATCHED, convnext));
        assert_ne!(decoder_of(PUBLISHED, swin), decoder_of(PUBLISHED, convnext));
    }
}

/// The matched encoders are the backbones of classification, under a prefix.
#[test]
fn matched_encoders_have_the_backbones_names() {
    for backbone in [Backbone::SwinTiny, Backbone::ConvnextTiny] {
        let (store, _) = network(MATCHED, backbone, 64).expect("a network");
        let encoder = variables(&store).into_iter().filter_map(|(name, tensor)| {
            let name = name.strip_prefix(MATCHED.encoder_prefix())?.to_string();
            // Norms of the maps, in place of the one of the pooled features.
            (!name.starts_with("norm")).then(|| (name, tensor.size()))
        });
        let classifier = nn::VarStore::new(Device::Cpu);
        let options = BuildOptions { image_size: Some(64), ..BuildOptions::default() };
        build_with(&classifier.root(), backbone, 2, &options).expect("a network");
        let wanted = variables(&classifier).into_iter().filter_map(|(name, tensor)| {
            let rest = name.starts_with("norm.") || name.starts_with("head.");
            (!rest).then(|| (name, tensor.size()))
        });
        assert_eq!(encoder.collect::<Vec<_>>(), wanted.collect::<Vec<_>>());
    }
}

#[test]
fn pairs_and_sizes_that_do_not_fit_are_refused() {
    let error = network(Decoder::Unet, Backbone::SwinTiny, 64).expect_err("an error");
    assert!(matches!(error, ModelError::Decoder { .. }));
    assert!(error.to_string().contains("resnet18"), "{error}");
    assert!(network(MATCHED, Backbone::Resnet50, 64).is_err());
    assert!(network(MATCHED, Backbone::SwinTiny, 100).is_err());
    assert!(network(Decoder::Unet, Backbone::Resnet18, 100).is_err());
    let (_store, unet) = network(Decoder::Unet, Backbone::Resnet18, 64).expect("a network");
    let error = unet.try_forward(&images(1, 50), false).expect_err("an error").to_string();
    assert!(error.contains("multiples of 32"), "{error}");
    let (_store, upernet) = network(MATCHED, Backbone::ConvnextTiny, 64).expect("a network");
    let error = upernet.try_forward(&images(1, 64), true).expect_err("an error").to_string();
    assert!(error.contains("2 or more"), "{error}");
}
