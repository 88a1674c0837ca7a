//! What a backbone expects of a checkpoint: names and shapes.

use std::collections::BTreeMap;

use tch::{Device, Tensor, nn};

use super::tensor::TensorData;
use crate::models::{build, head_prefix};
use crate::spec::Backbone;

/// Names and shapes of a backbone's variables, without its head.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) shapes: BTreeMap<String, Vec<usize>>,
    /// What the names of head variables begin with.
    pub(super) head: String,
}

/// Variables that are not loaded: counters of batches, which torchvision's
/// default momentum ignores, and tables of Swin that follow from its settings.
const COMPUTED: [&str; 3] = ["num_batches_tracked", "relative_position_index", "attn_mask"];

/// Whether a variable follows from the network's settings.
pub(super) fn is_computed(name: &str) -> bool {
    COMPUTED.iter().any(|end| name.rsplit('.').next() == Some(*end))
}

impl Target {
    pub(super) fn of(backbone: Backbone) -> Self {
        let store = nn::VarStore::new(Device::Cpu);
        build(&store.root(), backbone, 1);
        Self::of_variables(backbone, &store.variables().into_iter().collect())
    }

    pub(super) fn of_variables(backbone: Backbone, variables: &BTreeMap<String, Tensor>) -> Self {
        let shape = |t: &Tensor| t.size().iter().map(|d| *d as usize).collect();
        let shapes = variables.iter().map(|(name, tensor)| (name.clone(), shape(tensor)));
        Self::new(head_prefix(backbone), shapes)
    }

    pub(super) fn new(head: &str, shapes: impl Iterator<Item = (String, Vec<usize>)>) -> Self {
        let shapes =
            shapes.filter(|(name, _)| !name.starts_with(head) && !is_computed(name)).collect();
        Self { shapes, head: head.into() }
    }
}

/// Values of each backbone without its head, from the published tables; tells
/// which networks a file can be without building them all.
const VALUES: [(&str, u64); 19] = [
    ("resnet18", 11_176_512),
    ("resnet34", 21_284_672),
    ("resnet50", 23_508_032),
    ("resnet101", 42_500_160),
    ("resnet152", 58_143_808),
    ("wide_resnet50_2", 66_834_240),
    ("resnet50x2", 93_907_072),
    ("resnet50x4", 375_378_176),
    ("densenet121", 6_953_856),
    ("mobilenet_v2", 2_223_872),
    ("swin_tiny", 27_519_354),
    ("swin_small", 48_837_258),
    ("swin_base", 86_743_224),
    ("convnext_tiny", 27_820_128),
    ("convnext_small", 49_454_688),
    ("convnext_base", 87_566_464),
    ("deit_tiny", 5_524_416),
    ("deit_small", 21_665_664),
    ("deit_base", 85_798_656),
];

/// Whether a file of that many values can hold the backbone.
fn can_hold(backbone: &str, values: u64) -> bool {
    match VALUES.iter().find(|(name, _)| *name == backbone) {
        // Batch statistics, tables and a head come on top.
        Some((_, wanted)) => values.saturating_mul(10) >= wanted.saturating_mul(9),
        None => true,
    }
}

/// Values under each beginning of names that may be a network's: a file with
/// several networks is larger than each.
pub(super) fn sizes(tensors: &BTreeMap<String, TensorData>) -> Vec<u64> {
    /// Fewer tensors than any network here has.
    const LEAST: usize = 30;
    let starts = crate::zoo::scope::candidates(tensors.keys(), LEAST);
    let sum = |start: String| {
        let inside = tensors.iter().filter(|(name, _)| name.starts_with(&start));
        inside.map(|(_, tensor)| tensor.len() as u64).fold(0, u64::saturating_add)
    };
    let mut sizes: Vec<u64> = starts.into_iter().map(sum).collect();
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

/// Whether one of several sizes is about the backbone's.
pub(super) fn may_be(backbone: &str, sizes: &[u64]) -> bool {
    sizes.iter().any(|values| is_near(backbone, *values))
}

/// Whether a file of that many values is about the backbone's size.
fn is_near(backbone: &str, values: u64) -> bool {
    match VALUES.iter().find(|(name, _)| *name == backbone) {
        Some((_, wanted)) => can_hold(backbone, values) && values / 2 <= *wanted,
        None => true,
    }
}
