//! A checkpoint held against a backbone.

use std::collections::BTreeMap;

use super::adapter::{Adapted, Adapter, Layout, check_table};
use super::target::{Target, is_computed};
use super::tensor::TensorData;
use crate::models::can_resize;

/// How well tensors fit a backbone.
#[derive(Debug, Default)]
pub(super) struct Fit {
    /// Tensors with the name and shape of a variable.
    pub(super) found: BTreeMap<String, TensorData>,
    /// Tensors that become the variable's shape by resampling: tables of Swin
    /// and ViT for another image size.
    pub(super) resized: BTreeMap<String, TensorData>,
    /// Keys of the file that are not the backbone's and need not be.
    pub(super) dropped: Vec<String>,
    pub(super) missing: Vec<String>,
    pub(super) unexpected: Vec<String>,
    /// Name, shape in the file, shape expected.
    pub(super) misshapen: Vec<(String, Vec<usize>, Vec<usize>)>,
    /// Tensors that follow from the network's settings.
    computed: Vec<(String, TensorData)>,
    expected: usize,
    /// Keys of the file by the names of the backbone.
    pub(super) keys: BTreeMap<String, String>,
    /// What the names of the network begin with in the file.
    pub(super) scope: String,
    /// How the file names its parts.
    pub(super) layout: Layout,
    /// Beginnings under which the same network lies once more.
    pub(super) others: Vec<String>,
    /// The same where nothing says which of them is meant.
    pub(super) ambiguous: Vec<String>,
}

impl Fit {
    pub(super) fn of(target: &Target, adapted: Adapted) -> Self {
        let mut fit = Self {
            dropped: adapted.dropped,
            unexpected: adapted.leftover,
            expected: target.shapes.len(),
            keys: adapted.keys,
            ..Self::default()
        };
        fit.unexpected.extend(adapted.twice.into_iter().map(|name| format!("{name} (twice)")));
        for (name, tensor) in adapted.tensors {
            if is_computed(&name) {
                fit.computed.push((name, tensor));
            } else if let Some(shape) = target.shapes.get(&name) {
                if shape == tensor.shape() {
                    fit.found.insert(name, tensor);
                } else if can_resize(&name, &sizes(tensor.shape()), &sizes(shape)) {
                    fit.resized.insert(name, tensor);
                } else if let Some(tensor) = tensor.reshaped(shape) {
                    // A linear layer as a convolution of 1 x 1, and back.
                    fit.found.insert(name, tensor);
                } else {
                    fit.misshapen.push((name, tensor.shape().to_vec(), shape.clone()));
                }
            } else {
                fit.unexpected.push(name);
            }
        }
        let absent = |name: &&String| {
            !fit.found.contains_key(*name)
                && !fit.resized.contains_key(*name)
                && !fit.misshapen.iter().any(|(other, ..)| other == *name)
        };
        fit.missing = target.shapes.keys().filter(absent).cloned().collect();
        fit
    }

    pub(super) fn by(target: &Target, adapter: &Adapter, tensors: &Tensors) -> Self {
        Self::of(target, adapter.apply(tensors))
    }

    pub(super) fn faults(&self) -> usize {
        self.missing.len() + self.unexpected.len() + self.misshapen.len() + self.ambiguous.len()
    }

    /// Share of the backbone's tensors that are there.
    pub(super) fn share(&self) -> f64 {
        (self.found.len() + self.resized.len()) as f64 / self.expected.max(1) as f64
    }

    /// What is wrong, in words; `None` for an exact fit. Tables that the
    /// network computes itself are compared with what it would compute.
    pub(super) fn mismatch(&self) -> Option<String> {
        let wrong = self.computed.iter().filter_map(|(name, t)| check_table(name, t).err());
        let wrong: Vec<String> = wrong.collect();
        let shapes = |(name, got, wanted): &(String, Vec<usize>, Vec<usize>)| {
            format!("{name} {got:?} for {wanted:?}")
        };
        let misshapen: Vec<String> = self.misshapen.iter().map(shapes).collect();
        let parts = [
            listed("missing", &self.missing),
            listed("unexpected", &self.unexpected),
            listed("of another shape", &misshapen),
            listed("of other values", &wrong),
            listed("copies of the network, under", &self.ambiguous),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

fn sizes(shape: &[usize]) -> Vec<i64> {
    shape.iter().map(|d| *d as i64).collect()
}

pub(super) type Tensors = BTreeMap<String, TensorData>;

fn listed(what: &str, names: &[String]) -> Option<String> {
    const SHOWN: usize = 8;
    if names.is_empty() {
        return None;
    }
    let rest = names.len().saturating_sub(SHOWN);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    let shown = names[..names.len().min(SHOWN)].join(", ");
    let colon = if what.ends_with("under") { "" } else { ":" };
    Some(format!("{} {what}{colon} {shown}{more}", names.len()))
}
