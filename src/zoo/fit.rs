//! A checkpoint held against a backbone.

use std::collections::BTreeMap;

use super::adapter::{Adapted, Adapter, Layout, check_table};
use super::target::{Target, is_computed};
use super::tensor::TensorData;
use crate::models::can_resize;

/// Wrappers that training scripts put around a network; one is removed only
/// where every key carries it.
const WRAPPERS: [&str; 6] =
    ["module.", "model.", "backbone.", "encoder.", "encoder_q.", "base_model/"];

/// Naming schemes that a file without a catalogue entry may have.
pub(super) const LAYOUTS: [Layout; 5] = [
    Layout::Same,
    Layout::ConvnextOfficial,
    Layout::DensenetOld,
    Layout::SimclrTf,
    Layout::ByolHaiku,
];

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
    pub(super) misshapen: Vec<String>,
    /// Tensors that follow from the network's settings.
    computed: Vec<(String, TensorData)>,
    expected: usize,
}

impl Fit {
    pub(super) fn of(target: &Target, adapted: Adapted) -> Self {
        let mut fit = Self {
            dropped: adapted.dropped,
            unexpected: adapted.leftover,
            expected: target.shapes.len(),
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
                } else {
                    fit.misshapen.push(format!("{name} {:?} for {shape:?}", tensor.shape()));
                }
            } else {
                fit.unexpected.push(name);
            }
        }
        let absent = |name: &&String| {
            !fit.found.contains_key(*name)
                && !fit.resized.contains_key(*name)
                && !fit.misshapen.iter().any(|m| m.starts_with(&format!("{name} ")))
        };
        fit.missing = target.shapes.keys().filter(absent).cloned().collect();
        fit
    }

    pub(super) fn by(target: &Target, adapter: &Adapter, tensors: &Tensors) -> Self {
        Self::of(target, adapter.apply(tensors))
    }

    /// Without a catalogue entry: wrappers that all keys carry are taken off,
    /// the head is dropped, and the naming scheme that fits best is taken.
    pub(super) fn guessed(target: &Target, tensors: &Tensors) -> Self {
        let mut best: Option<Self> = None;
        for layout in LAYOUTS {
            let adapter = Adapter { keep: wrapper(tensors), layout, ..Adapter::default() };
            let mut adapted = adapter.apply(tensors);
            let head = adapted.tensors.extract_if(.., |name, _| name.starts_with(&target.head));
            let head = head.map(|(name, _)| adapted.keys.get(&name).cloned().unwrap_or(name));
            adapted.dropped.extend(head);
            let fit = Self::of(target, adapted);
            if fit.faults() == 0 {
                return fit;
            }
            if best.as_ref().is_none_or(|best| fit.found.len() > best.found.len()) {
                best = Some(fit);
            }
        }
        best.unwrap_or_default()
    }

    pub(super) fn faults(&self) -> usize {
        self.missing.len() + self.unexpected.len() + self.misshapen.len()
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
        let parts = [
            listed("missing", &self.missing),
            listed("unexpected", &self.unexpected),
            listed("of another shape", &self.misshapen),
            listed("of other values", &wrong),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

fn sizes(shape: &[usize]) -> Vec<i64> {
    shape.iter().map(|d| *d as i64).collect()
}

type Tensors = BTreeMap<String, TensorData>;

/// What all keys begin with, as far as it is made of wrappers.
pub(super) fn wrapper(tensors: &Tensors) -> String {
    let mut start = String::new();
    while let Some(wrapper) = WRAPPERS.iter().find(|wrapper| {
        let longer = format!("{start}{wrapper}");
        !tensors.is_empty() && tensors.keys().all(|key| key.starts_with(&longer))
    }) {
        start.push_str(wrapper);
    }
    start
}

fn listed(what: &str, names: &[String]) -> Option<String> {
    const SHOWN: usize = 8;
    if names.is_empty() {
        return None;
    }
    let rest = names.len().saturating_sub(SHOWN);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    let shown = names[..names.len().min(SHOWN)].join(", ");
    Some(format!("{} {what}: {shown}{more}", names.len()))
}
