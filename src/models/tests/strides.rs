//! The order of values inside networks.
//!
//! Weights and images with channels last must give maps with channels last, to
//! the last one: one operator that goes back to channels first makes all after
//! it slow, and no result shows it.

use tch::{Device, Kind, Tensor, nn};

use crate::models::densenet::DenseNet;
use crate::models::mobilenet_v2::MobileNetV2;
use crate::models::resnet::{Config as ResNetConfig, ResNet};
use crate::train::layout::Layout;

/// Each map's layout; with `train`, batch norms and gradients are those of a
/// training.
fn are_last(maps: &[Tensor]) -> Vec<bool> {
    let is_last = |map: &Tensor| {
        let size = map.size();
        let (c, h, w) = (size[1], size[2], size[3]);
        assert!(c > 1 && h > 1, "a map of {size:?} tells nothing");
        map.stride() == [c * h * w, 1, w * c, c]
    };
    maps.iter().map(is_last).collect()
}

type Maps<'a> = Box<dyn Fn(&Tensor, bool) -> Vec<Tensor> + 'a>;

fn check(layout: Layout, wanted: bool, build: impl Fn(&nn::Path<'_>) -> Maps<'static>) {
    let store = nn::VarStore::new(Device::Cpu);
    let maps = build(&store.root());
    layout.of_network(&store).expect("laid out");
    let images = Tensor::rand([2, 3, 64, 64], (Kind::Float, Device::Cpu));
    let images = layout.of_images(&images).expect("laid out");
    for train in [true, false] {
        let found = are_last(&maps(&images, train));
        assert!(!found.is_empty() && found.iter().all(|last| *last == wanted), "{found:?}");
    }
}

#[test]
fn channels_stay_where_weights_and_images_have_them() {
    for (layout, wanted) in [(Layout::ChannelsLast, true), (Layout::ChannelsFirst, false)] {
        for config in [ResNetConfig::basic([1, 1, 1, 1]), ResNetConfig::bottleneck([1, 1, 1, 1])] {
            check(layout, wanted, |root| {
                let net = ResNet::new(root, config);
                Box::new(move |images, train| net.maps(images, train))
            });
        }
        check(layout, wanted, |root| {
            let net = MobileNetV2::new(root);
            Box::new(move |images, train| net.maps(images, train))
        });
        check(layout, wanted, |root| {
            let net = DenseNet::new(root);
            Box::new(move |images, train| vec![net.map(images, train)])
        });
    }
}
