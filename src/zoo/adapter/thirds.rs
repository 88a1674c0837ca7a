//! Query, key and value that a file keeps apart and a network here has as one.

use std::collections::BTreeMap;

use super::Adapted;
use crate::zoo::tensor::TensorData;

/// Thirds by the name of the whole, with their keys in the file.
#[derive(Default)]
pub(super) struct Thirds(BTreeMap<String, Vec<(usize, String, TensorData)>>);

impl Thirds {
    pub(super) fn add(&mut self, name: String, third: usize, key: &str, tensor: TensorData) {
        self.0.entry(name).or_default().push((third, key.to_string(), tensor));
    }

    /// Hands over the wholes; thirds of which one is missing, there twice or of
    /// another shape are left over.
    pub(super) fn join(self, adapted: &mut Adapted) {
        for (name, mut thirds) in self.0 {
            thirds.sort_by_key(|(third, ..)| *third);
            let all = thirds.iter().map(|(third, ..)| *third).eq(0..3);
            let tensors: Vec<TensorData> = thirds.iter().map(|(.., t)| t.clone()).collect();
            match TensorData::joined(&tensors) {
                Ok(whole) if all => adapted.add(name, &thirds[0].1, whole),
                _ => adapted.leftover.extend(thirds.into_iter().map(|(_, key, _)| key)),
            }
        }
    }
}
