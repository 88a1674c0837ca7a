use tch::{Device, Kind, Tensor, nn};

use super::*;
use crate::models::{BuildOptions, build_with};

fn on_cpu(precision: Precision, backbone: Backbone) -> Arithmetic {
    Arithmetic::new((precision, MemoryFormat::Auto), backbone, Device::Cpu).expect("of the CPU")
}

#[test]
fn a_device_says_what_it_has() {
    let error = check(Precision::Tf32, Device::Cpu).expect_err("no TF32 on a CPU");
    let text = error.to_string();
    assert!(text.contains("tf32") && text.contains("device cpu has f32, bf16 and f64"), "{text}");
    for precision in [Precision::F32, Precision::F64] {
        assert_eq!(check(precision, Device::Cpu).expect("of the CPU"), None);
    }
    assert_eq!(check(Precision::Tf32, Device::Cuda(0)).expect("of CUDA"), None);
    let note = check(Precision::Bf16, Device::Cpu).expect("of the CPU");
    assert_eq!(note.is_none(), processor_has_bf16());
}

/// Each family once: outputs and gradients are f32, near those of f32, and the
/// rounding is there.
#[test]
fn networks_compute_in_bf16_with_weights_and_outputs_in_f32() {
    for backbone in [
        Backbone::Resnet18,
        Backbone::MobilenetV2,
        Backbone::Densenet121,
        Backbone::SwinTiny,
        Backbone::ConvnextTiny,
        Backbone::DeitTiny,
        Backbone::Resnet20CifarOptionA,
    ] {
        tch::manual_seed(1);
        let mut store = nn::VarStore::new(Device::Cpu);
        // Small images where they may be: this is about kinds, not about maps.
        let side = if backbone.check_image_size(64).is_ok() { 64 } else { 32 };
        let options = BuildOptions { image_size: Some(side), ..BuildOptions::default() };
        let network = build_with(&store.root(), backbone, 3, &options).expect("a network");
        let bf16 = on_cpu(Precision::Bf16, backbone);
        bf16.prepare(&mut store).expect("prepared");
        let side = i64::from(side);
        let images = Tensor::rand([2, 3, side, side], (Kind::Float, Device::Cpu));
        let outputs = |arithmetic: Arithmetic| {
            let images = arithmetic.layout().of_images(&images).expect("laid out");
            arithmetic.outputs(&network, &images, false).expect("outputs")
        };
        let (exact, rounded) = (outputs(on_cpu(Precision::F32, backbone)), outputs(bf16));
        assert_eq!(rounded.kind(), Kind::Float);
        let gap = (&exact - &rounded).abs().max().double_value(&[]);
        let scale = exact.abs().max().double_value(&[]);
        assert!(gap > 0.0 && gap < 0.05 * scale + 1e-3, "{}: {gap} of {scale}", backbone.name());
        // Not of 8 bits: the head is computed in f32.
        assert_ne!(rounded.to_kind(Kind::BFloat16).to_kind(Kind::Float), rounded);
        let parameters = store.trainable_variables();
        let loss = rounded.square().mean(Kind::Float);
        for gradient in Tensor::run_backward(&[loss], &parameters, false, false) {
            assert_eq!(gradient.kind(), Kind::Float);
        }
        assert!(parameters.iter().all(|weights| weights.kind() == Kind::Float));
    }
}

#[test]
fn what_was_computed_is_told_in_words() {
    let record = on_cpu(Precision::Bf16, Backbone::Resnet18).record();
    assert_eq!(record.to_string(), "bf16 channels_last with fused optimiser");
}
