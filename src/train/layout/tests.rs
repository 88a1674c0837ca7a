use tch::{Device, Kind, nn};

use super::*;
use crate::models::build;

fn store(backbone: Backbone) -> (nn::VarStore, crate::models::Network) {
    let store = nn::VarStore::new(Device::Cpu);
    let network = build(&store.root(), backbone, 2);
    (store, network)
}

#[test]
fn images_lie_as_asked_and_keep_their_values() {
    let images = Tensor::arange(2 * 3 * 4 * 5, (Kind::Float, Device::Cpu)).view([2, 3, 4, 5]);
    let last = Layout::ChannelsLast.of_images(&images).expect("laid out");
    assert_eq!(last.stride(), [60, 1, 15, 3]);
    assert_eq!(last, images);
    let first = Layout::ChannelsFirst.of_images(&last).expect("laid out");
    assert_eq!(first.stride(), [60, 20, 5, 1]);
    assert_eq!(first, images);
    // What has the layout is not copied.
    let again = Layout::ChannelsLast.of_images(&last).expect("laid out");
    assert_eq!(again.data_ptr(), last.data_ptr());
}

/// Layers hold the same variables as the store: a network whose weights moved
/// under it still computes with them.
#[test]
fn a_network_gives_the_same_in_both_layouts() {
    let (store, network) = store(Backbone::Resnet18);
    let images = Tensor::rand([2, 3, 64, 64], (Kind::Float, Device::Cpu));
    let first = tch::no_grad(|| network.forward_t(&images, false));
    Layout::ChannelsLast.of_network(&store).expect("laid out");
    let last = Layout::ChannelsLast.of_images(&images).expect("laid out");
    let last = tch::no_grad(|| network.forward_t(&last, false));
    assert!(first.allclose(&last, 1e-4, 1e-5, false), "{first:?} {last:?}");
    assert!(store.trainable_variables().iter().all(Tensor::requires_grad));
}

/// Depthwise and grouped convolutions, too: their weights have an axis of
/// length 1, whose place in memory is not told by strides.
#[test]
fn gradients_are_the_same_in_both_layouts() {
    for backbone in [Backbone::Resnet18, Backbone::MobilenetV2] {
        let (store, network) = store(backbone);
        let images = Tensor::rand([8, 3, 64, 64], (Kind::Float, Device::Cpu));
        let names: Vec<String> = {
            let mut names: Vec<_> = store.variables().into_keys().collect();
            names.sort();
            names
        };
        let gradients = |layout: Layout| {
            layout.of_network(&store).expect("laid out");
            let variables = store.variables();
            let trained: Vec<&Tensor> =
                names.iter().map(|name| &variables[name]).filter(|t| t.requires_grad()).collect();
            let images = layout.of_images(&images).expect("laid out");
            // As in evaluation: without dropout and the noise of small batches.
            let loss = network.forward_t(&images, false).square().mean(Kind::Float);
            Tensor::run_backward(&[loss], &trained, false, false)
        };
        let (first, last) = (gradients(Layout::ChannelsFirst), gradients(Layout::ChannelsLast));
        for (first, last) in first.iter().zip(&last) {
            let scale = first.abs().max().double_value(&[]);
            let gap = (first - last).abs().max().double_value(&[]);
            // Sums of 32-bit numbers in another order; most images give a tenth of that.
            assert!(gap <= 5e-3 * scale + 1e-9, "{}: {gap} of {scale}", backbone.name());
        }
    }
}

/// Checkpoints go from one layout to the other and to other programs.
#[test]
fn files_are_the_same_bytes_in_both_layouts() {
    let dir = tempfile::tempdir().expect("a folder");
    let (store, _network) = store(Backbone::MobilenetV2);
    let save = |name: &str| {
        let path = dir.path().join(name);
        crate::zoo::save_safetensors(&store, None, &path).expect("saved");
        std::fs::read(path).expect("read")
    };
    let first = save("a.safetensors");
    Layout::ChannelsLast.of_network(&store).expect("laid out");
    assert!(first == save("b.safetensors"));
    // And back: a file read into a network that is laid out already.
    let (other, _network) = self::store(Backbone::MobilenetV2);
    Layout::ChannelsLast.of_network(&other).expect("laid out");
    let mut other = other;
    let checkpoint = crate::zoo::read(&dir.path().join("a.safetensors")).expect("read");
    crate::zoo::load_backbone(&mut other, Backbone::MobilenetV2, &checkpoint).expect("loaded");
    let of = |store: &nn::VarStore| store.variables()["features.1.conv.0.0.weight"].copy();
    assert_eq!(of(&store), of(&other));
}

#[test]
fn a_gradient_takes_the_layout_of_its_parameter() {
    let parameter = Tensor::zeros([4, 3, 2, 2], (Kind::Float, Device::Cpu));
    let parameter = Layout::ChannelsLast.of_images(&parameter).expect("laid out");
    let gradient = Tensor::arange(48, (Kind::Float, Device::Cpu)).view([4, 3, 2, 2]);
    let laid = like(gradient.shallow_clone(), &parameter).expect("laid out");
    assert_eq!((laid.stride(), &laid), (parameter.stride(), &gradient));
    let pointer = laid.data_ptr();
    assert_eq!(like(laid, &parameter).expect("laid out").data_ptr(), pointer);
    // An axis of length 1 has no layout.
    let one = Tensor::zeros([4, 1, 2, 2], (Kind::Float, Device::Cpu));
    let laid = one.as_strided([4, 1, 2, 2], [4, 1, 2, 1], None);
    assert_ne!(one.stride(), laid.stride());
    let pointer = one.data_ptr();
    assert_eq!(like(one, &laid).expect("laid out").data_ptr(), pointer);
}

#[test]
fn what_is_asked_for_wins_over_what_was_measured() {
    let of = |format, backbone| Layout::of(format, backbone, Precision::F32);
    let (net, swin) = (Backbone::MobilenetV2, Backbone::SwinTiny);
    assert_eq!(of(MemoryFormat::Auto, net), Layout::ChannelsLast);
    assert_eq!(of(MemoryFormat::Auto, swin), Layout::ChannelsFirst);
    assert_eq!(of(MemoryFormat::Contiguous, net), Layout::ChannelsFirst);
    assert_eq!(of(MemoryFormat::ChannelsLast, swin), Layout::ChannelsLast);
    assert_eq!(Layout::of(MemoryFormat::Auto, net, Precision::F64), Layout::ChannelsFirst);
}
