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
    let (fixed, per_image) = parts(spec);
    (fixed + per_image * f64::from(spec.recipe.batch_size)) as u64
}

/// Bytes that a run needs whatever its batch, and for each image of it.
fn parts(spec: &RunSpec) -> (f64, f64) {
    let (activations, parameters) = size_of(spec.backbone);
    let (width, of_activations) = match spec.recipe.precision {
        Precision::F32 | Precision::Tf32 => (4.0, 4.0),
        Precision::Bf16 => (4.0, 4.0 * HALVED),
        Precision::F64 => (8.0, 8.0),
    };
    let area = (f64::from(spec.recipe.image_size) / 224.0).powi(2);
    let per_image = activations * 1e6 * area * of_activations * ACTIVATION_FACTOR;
    // Weights, gradients, two moments, best weights.
    (PROCESS_BYTES + parameters * 1e6 * width * 5.0, per_image)
}

/// The largest batch, up to the run's own, with which it needs no more than so many
/// bytes by the estimate; none where one image needs more.
pub fn largest_batch(spec: &RunSpec, bytes: f64) -> Option<u32> {
    let (fixed, per_image) = parts(spec);
    let batch = ((bytes - fixed) / per_image).floor();
    (batch >= 1.0).then(|| (batch as u32).min(spec.recipe.batch_size))
}

/// What to do where a GPU had no room for a run, from what libtorch said of it; none
/// where that was something else.
pub fn way_out(reason: &str, spec: &RunSpec) -> Option<String> {
    if !reason.contains("out of memory") {
        return None;
    }
    let needed = estimate(spec) as f64 / GIB;
    let batch = spec.recipe.batch_size;
    let needs = format!("with a batch of {batch} the run needs about {needed:.1} GiB");
    let Some(total) = capacity(reason) else {
        return Some(format!("{needs}; lower recipe.batch_size, or run fewer at a time"));
    };
    let has = format!("{needs} and the GPU has {total:.1} GiB");
    // A little is the driver's.
    Some(match largest_batch(spec, total * GIB * 0.95) {
        Some(fits) if fits < batch => {
            format!("{has}; recipe.batch_size = {fits} would fit it alone")
        }
        Some(_) => format!("{has}: others have the rest; run fewer at a time (--jobs)"),
        None => format!("{has}; lower recipe.image_size, or take a smaller network"),
    })
}

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

/// The `total capacity of 139.81 GiB` of libtorch's message, in GiB.
fn capacity(reason: &str) -> Option<f64> {
    let (_, rest) = reason.split_once("total capacity of ")?;
    let mut words = rest.split_whitespace();
    let number: f64 = words.next()?.parse().ok()?;
    match words.next()?.trim_end_matches(['.', ',']) {
        "GiB" => Some(number),
        "MiB" => Some(number / 1024.0),
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Fingerprints, expand, parse};

    const STUDY: &str = r#"
[study]
name = "s"
seeds = [1]
[tasks.findings]
source = "phantom"
target = "multi-label"
phantom = { labels = "finding", size = 32, train = 20, val = 4, test = 4 }
[models.large]
backbone = "resnet50"
[inits.random]
random = true
[recipe]
batch_size = 128
"#;

    fn large() -> RunSpec {
        let study = parse("s.toml".as_ref(), STUDY, &indexmap::IndexMap::new()).expect("a study");
        expand(&study, &Fingerprints::default()).remove(0)
    }

    #[test]
    fn the_largest_batch_needs_no_more_than_there_is() {
        let run = large();
        for gib in [2.0, 4.0, 8.0] {
            let batch = largest_batch(&run, gib * GIB).expect("some images");
            let mut fitting = run.clone();
            fitting.recipe.batch_size = batch;
            let mut next = fitting.clone();
            next.recipe.batch_size += 1;
            assert!(estimate(&fitting) as f64 <= gib * GIB, "{batch} in {gib} GiB");
            assert!(estimate(&next) as f64 > gib * GIB, "{batch} in {gib} GiB");
        }
        assert_eq!(largest_batch(&run, 1000.0 * GIB), Some(128));
        assert_eq!(largest_batch(&run, 0.5 * GIB), None);
    }

    /// The message of libtorch 2.11.
    fn message(total: &str) -> String {
        format!(
            "CUDA out of memory. Tried to allocate 98.00 MiB. GPU 0 has a total capacity of \
             {total} of which 75.81 MiB is free. Process 1 has 10.67 GiB memory in use."
        )
    }

    #[test]
    fn a_gpu_without_room_is_told_with_the_batch_that_would_fit() {
        let run = large();
        let said = |reason: &str| way_out(reason, &run).expect("a way out");
        let small = said(&message("10.75 GiB"));
        assert!(small.contains("a batch of 128") && small.contains("has 10.8 GiB"), "{small}");
        let batch = largest_batch(&run, 10.75 * GIB * 0.95).expect("some images");
        assert!(small.contains(&format!("recipe.batch_size = {batch} would fit")), "{small}");
        let shared = said(&message("139.81 GiB"));
        assert!(shared.contains("others have the rest"), "{shared}");
        let tiny = said(&message("512.00 MiB"));
        assert!(tiny.contains("0.5 GiB") && tiny.contains("image_size"), "{tiny}");
        let unknown = said("RuntimeError: HIP out of memory");
        assert!(unknown.contains("lower recipe.batch_size"), "{unknown}");
        assert_eq!(way_out("CUDA error: an illegal memory access", &run), None);
    }
}
