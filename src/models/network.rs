//! A backbone with a linear head.

use std::fmt;

use tch::nn::{self, ModuleT};
use tch::{TchError, Tensor};

use super::{mobilenet_v2, resnet};
use crate::spec::Backbone;

/// A network for images `[N, 3, H, W]` with `outputs` logits.
pub struct Network {
    backbone: Box<dyn ModuleT>,
    head: nn::Linear,
    /// Dropout before the head, as a probability.
    dropout: f64,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("head", &self.head).finish_non_exhaustive()
    }
}

impl Network {
    /// Pooled features: `[N, 3, H, W]` -> `[N, F]` (512, 2048 or 1280).
    pub fn features(&self, images: &Tensor, train: bool) -> Tensor {
        self.backbone.forward_t(images, train)
    }

    /// Logits: `[N, 3, H, W]` -> `[N, outputs]`; panics where libtorch fails
    /// (wrong shape, out of memory).
    pub fn forward_t(&self, images: &Tensor, train: bool) -> Tensor {
        let features = self.features(images, train);
        let features =
            if self.dropout > 0.0 { features.dropout(self.dropout, train) } else { features };
        features.apply(&self.head)
    }

    /// [`Network::forward_t`] that gives libtorch's error back.
    pub fn try_forward(&self, images: &Tensor, train: bool) -> Result<Tensor, TchError> {
        // tch's layers have no fallible form; its panics carry the message.
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.forward_t(images, train)))
            .map_err(|panic| {
                let text = panic.downcast_ref::<String>().cloned();
                TchError::Torch(text.unwrap_or_else(|| "the forward pass failed".into()))
            })
    }
}

/// Builds a network under `root`. Weights are drawn from libtorch's generator
/// as torchvision draws them (convolutions He-normal by fan-out, batch norm
/// 1/0), the head from N(0, 0.01) with bias 0; backbone first, so that the
/// head of a seed is the same whatever weights replace the backbone's.
pub fn build(root: &nn::Path<'_>, backbone: Backbone, outputs: i64) -> Network {
    let (module, features): (Box<dyn ModuleT>, i64) = match backbone {
        Backbone::Resnet18 => resnet::basic(root, [2, 2, 2, 2]),
        Backbone::Resnet34 => resnet::basic(root, [3, 4, 6, 3]),
        Backbone::Resnet50 => resnet::bottleneck(root, [3, 4, 6, 3]),
        Backbone::MobilenetV2 => mobilenet_v2::mobilenet_v2(root),
    };
    let (head, dropout) = match backbone {
        Backbone::MobilenetV2 => (root / "classifier" / "1", 0.2),
        _ => (root / "fc", 0.0),
    };
    let config = nn::LinearConfig {
        ws_init: nn::Init::Randn { mean: 0.0, stdev: 0.01 },
        bs_init: Some(nn::Init::Const(0.0)),
        bias: true,
    };
    Network { backbone: module, head: nn::linear(head, features, outputs, config), dropout }
}

/// What the names of head parameters begin with.
pub fn head_prefix(backbone: Backbone) -> &'static str {
    match backbone {
        Backbone::MobilenetV2 => "classifier.",
        _ => "fc.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::{Device, Kind, no_grad};

    fn parameters(backbone: Backbone, outputs: i64) -> i64 {
        let store = nn::VarStore::new(Device::Cpu);
        build(&store.root(), backbone, outputs);
        store.trainable_variables().iter().map(|t| t.numel() as i64).sum()
    }

    /// torchvision's counts with 1000 classes.
    #[test]
    fn parameter_counts_are_torchvisions() {
        assert_eq!(parameters(Backbone::Resnet18, 1000), 11_689_512);
        assert_eq!(parameters(Backbone::Resnet34, 1000), 21_797_672);
        assert_eq!(parameters(Backbone::Resnet50, 1000), 25_557_032);
        assert_eq!(parameters(Backbone::MobilenetV2, 1000), 3_504_872);
    }

    /// torchvision 0.26 `state_dict` keys and shapes.
    #[test]
    fn names_and_shapes_are_torchvisions() {
        for (backbone, keys) in [
            (Backbone::Resnet18, include_str!("../../tests/golden/models/resnet18.tsv")),
            (Backbone::Resnet34, include_str!("../../tests/golden/models/resnet34.tsv")),
            (Backbone::Resnet50, include_str!("../../tests/golden/models/resnet50.tsv")),
        ] {
            let store = nn::VarStore::new(Device::Cpu);
            build(&store.root(), backbone, 1000);
            let mut got: Vec<String> = store
                .variables()
                .iter()
                .map(|(name, t)| {
                    let shape: Vec<_> = t.size().iter().map(ToString::to_string).collect();
                    format!("{name}\t{}", shape.join("x"))
                })
                .collect();
            let mut want: Vec<String> = keys
                .lines()
                .filter(|line| !line.starts_with('#') && !line.contains("num_batches_tracked"))
                .map(|line| line.split('\t').take(2).collect::<Vec<_>>().join("\t"))
                .collect();
            got.sort();
            want.sort();
            assert_eq!(got, want);
        }
    }

    /// Weight or input `key` of the golden forward passes: a hash of the flat
    /// index, mixed with the CRC-32 of the key.
    fn hashed(key: &str, shape: &[i64]) -> Tensor {
        let crc = crc32(key.as_bytes());
        let count: i64 = shape.iter().product();
        let fan_in: i64 = shape.iter().skip(1).product();
        let values: Vec<f64> = (0..count as u32)
            .map(|j| {
                let mut h = (j + 1).wrapping_mul(2_654_435_761) ^ crc;
                h = (h ^ (h >> 15)).wrapping_mul(2_246_822_519);
                h = (h ^ (h >> 13)).wrapping_mul(3_266_489_917);
                let u = f64::from(h ^ (h >> 16)) / 4_294_967_296.0;
                let value = if key == "input" {
                    4.0 * (u - 0.5)
                } else if key.ends_with("running_var") {
                    0.5 + u
                } else if key.ends_with("running_mean") {
                    0.2 * (u - 0.5)
                } else if shape.len() > 1 {
                    (u - 0.5) * 2.0 * (3.0 / fan_in as f64).sqrt()
                } else if key.ends_with("weight") {
                    0.5 + u
                } else {
                    0.2 * (u - 0.5)
                };
                f64::from(value as f32)
            })
            .collect();
        Tensor::from_slice(&values).view(shape)
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |c, _| {
                (c >> 1) ^ (0xEDB8_8320 & (c & 1).wrapping_neg())
            })
        })
    }

    #[test]
    fn forward_passes_are_pytorchs() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/golden/models/forward.json"))
                .expect("JSON");
        for (backbone, key) in [
            (Backbone::Resnet18, "torchvision_resnet18_14"),
            (Backbone::Resnet34, "torchvision_resnet34_14"),
            (Backbone::Resnet50, "torchvision_resnet50_14"),
        ] {
            let want = &golden[key]["f64"];
            let first: Vec<f64> = serde_json::from_value(want["first"].clone()).expect("numbers");
            let scale = want["std"].as_f64().expect("a number");
            for (kind, tolerance) in [(Kind::Double, 1e-9), (Kind::Float, 1e-4)] {
                let mut store = nn::VarStore::new(Device::Cpu);
                let network = build(&store.root(), backbone, 14);
                store.set_kind(kind);
                no_grad(|| {
                    let variables: std::collections::BTreeMap<_, _> =
                        store.variables().into_iter().collect();
                    for (name, mut variable) in variables {
                        let shape = variable.size();
                        variable.copy_(&hashed(&name, &shape));
                    }
                });
                let input = hashed("input", &[1, 3, 224, 224]).to_kind(kind);
                let logits = no_grad(|| network.forward_t(&input, false));
                for (i, want) in first.iter().enumerate() {
                    let got = logits.double_value(&[0, i as i64]);
                    assert!(
                        (got - want).abs() <= tolerance * scale,
                        "{key} {kind:?}: {got} {want}"
                    );
                }
            }
        }
    }
}
