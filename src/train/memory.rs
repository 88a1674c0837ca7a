//! How much memory a run needs, before it starts.

use crate::spec::{Backbone, Precision, RunSpec};

/// Number of values in all activations of one forward pass at 224 px, in
/// millions, and parameters in millions (timm's published model statistics;
/// counted in the same way where timm has none: the wider ResNets and those for
/// CIFAR, scaled from 32 px). DenseNet's 6.9 are raised to 9 for the joined maps
/// that each of its layers keeps.
fn size_of(backbone: Backbone) -> (f64, f64) {
    match backbone {
        Backbone::Resnet18 => (2.48, 11.7),
        Backbone::Resnet34 => (3.74, 21.8),
        Backbone::Resnet50 => (11.11, 25.6),
        Backbone::Resnet101 => (16.23, 44.5),
        Backbone::Resnet152 => (22.56, 60.2),
        Backbone::WideResnet50x2 => (14.40, 68.9),
        Backbone::Resnet50x2 => (22.22, 98.0),
        Backbone::Resnet50x4 => (44.45, 383.6),
        Backbone::Densenet121 => (9.0, 8.0),
        Backbone::MobilenetV2 => (6.68, 3.5),
        Backbone::SwinTiny => (17.06, 28.3),
        Backbone::SwinSmall => (27.47, 49.6),
        Backbone::SwinBase => (36.63, 87.8),
        Backbone::ConvnextTiny => (13.44, 28.6),
        Backbone::ConvnextSmall => (21.56, 50.2),
        Backbone::ConvnextBase => (28.75, 88.6),
        Backbone::DeitTiny => (5.97, 5.7),
        Backbone::DeitSmall => (11.95, 22.1),
        Backbone::DeitBase => (23.90, 86.6),
        Backbone::Resnet8Cifar => (7.4, 0.1),
        Backbone::Resnet20Cifar => (13.0, 0.3),
        Backbone::Resnet20CifarOptionA => (9.2, 0.3),
    }
}

/// Values in all activations of one forward pass at 224 px, in millions: what the
/// time of an image follows better than it follows the operations.
pub(crate) fn activations(backbone: Backbone) -> f64 {
    size_of(backbone).0
}

/// Libraries, code and the allocator's slack.
const PROCESS_BYTES: f64 = 0.3e9;

/// Activations kept for the backward pass and their gradients, over the
/// published counts, which hold convolution outputs only: batch norm and
/// activation functions keep their own. 3.3 GB were measured for ResNet-50 at
/// 224 px and batch 16.
const ACTIVATION_FACTOR: f64 = 4.0;

/// The same where most activations are kept in bfloat16: 1.8 GB were measured
/// for MobileNetV2 at 224 px and batch 32, against 3.5 GB.
const HALVED: f64 = 0.6;

/// Estimated peak memory of a training process in bytes.
pub fn estimate(spec: &RunSpec) -> u64 {
    let (activations, parameters) = size_of(spec.backbone);
    let (width, of_activations) = match spec.recipe.precision {
        Precision::F32 | Precision::Tf32 => (4.0, 4.0),
        Precision::Bf16 => (4.0, 4.0 * HALVED),
        Precision::F64 => (8.0, 8.0),
    };
    let area = (f64::from(spec.recipe.image_size) / 224.0).powi(2);
    let batch = f64::from(spec.recipe.batch_size);
    let per_step = batch * activations * 1e6 * area * of_activations * ACTIVATION_FACTOR;
    // Weights, gradients, two moments, best weights.
    (PROCESS_BYTES + parameters * 1e6 * width * 5.0 + per_step) as u64
}

/// Memory that is free now, in bytes: the machine's, or less where a control
/// group sets a limit.
pub fn available() -> u64 {
    // A system that does not say is taken to have enough.
    let Ok(mut system) = sysinfo::System::new() else { return u64::MAX };
    system.refresh_memory();
    let machine = system.available_memory();
    match system.cgroup_limits() {
        Some(limits) if limits.total_memory > 0 => machine.min(limits.free_memory),
        _ => machine,
    }
}

/// Most resident memory of this process so far, in bytes; 0 where the system
/// does not say.
pub fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next())
        .and_then(|kib| kib.parse::<u64>().ok())
        .map_or(0, |kib| kib * 1024)
}
