//! How much memory a run needs, before it starts.

use crate::spec::{Backbone, Precision, RunSpec};

/// Number of values in all activations of one forward pass at 224 px, in
/// millions, and parameters in millions (timm's published model statistics).
fn size_of(backbone: Backbone) -> (f64, f64) {
    match backbone {
        Backbone::Resnet18 => (2.48, 11.7),
        Backbone::Resnet34 => (3.74, 21.8),
        Backbone::Resnet50 => (11.11, 25.6),
        Backbone::MobilenetV2 => (6.68, 3.5),
    }
}

/// Libraries, code and the allocator's slack.
const PROCESS_BYTES: f64 = 0.3e9;

/// Activations kept for the backward pass and their gradients, over the
/// published counts, which hold convolution outputs only: batch norm and
/// activation functions keep their own. 3.3 GB were measured for ResNet-50 at
/// 224 px and batch 16.
const ACTIVATION_FACTOR: f64 = 4.0;

/// Estimated peak memory of a training process in bytes.
pub fn estimate(spec: &RunSpec) -> u64 {
    let (activations, parameters) = size_of(spec.backbone);
    let width = match spec.recipe.precision {
        Precision::F32 => 4.0,
        Precision::F64 => 8.0,
    };
    let area = (f64::from(spec.recipe.image_size) / 224.0).powi(2);
    let batch = f64::from(spec.recipe.batch_size);
    let per_step = batch * activations * 1e6 * area * width * ACTIVATION_FACTOR;
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
