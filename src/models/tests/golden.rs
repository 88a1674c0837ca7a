//! Weights and inputs of the golden forward passes: a hash of each variable's
//! name, so that no weight files are needed.

use tch::{Kind, Tensor, nn, no_grad};

/// Variables of a store by name.
pub(super) fn variables(store: &nn::VarStore) -> Vec<(String, Tensor)> {
    let mut variables: Vec<_> = store.variables().into_iter().collect();
    variables.sort_by(|a, b| a.0.cmp(&b.0));
    variables
}

/// Gives every variable its hashed values.
pub(super) fn fill(store: &nn::VarStore) {
    no_grad(|| {
        for (name, mut variable) in variables(store) {
            variable.copy_(&hashed(&name, &variable.size()));
        }
    });
}

/// The golden input, one square image.
pub(crate) fn input(size: i64, kind: Kind) -> Tensor {
    hashed("input", &[1, 3, size, size]).to_kind(kind)
}

/// How the hash, in [0, 1), becomes the value of a variable of that name.
fn transform(key: &str, shape: &[i64]) -> (f64, f64) {
    let last = key.rsplit('.').next().unwrap_or(key);
    let fan_in: i64 = shape.iter().skip(1).product();
    // Scale of (u - offset).
    match last {
        "input" => (4.0, 0.5),
        "running_var" => (1.0, -0.5),
        "running_mean" => (0.2, 0.5),
        "relative_position_bias_table" => (2.0, 0.5),
        "gamma" => (0.5, 0.0),
        "cls_token" | "pos_embed" => (1.0, 0.5),
        _ if shape.len() > 1 => (2.0 * (3.0 / fan_in as f64).sqrt(), 0.5),
        "weight" => (1.0, -0.5),
        _ => (0.2, 0.5),
    }
}

/// Values of a variable, f32.
pub(crate) fn hashed(key: &str, shape: &[i64]) -> Tensor {
    let crc = crc32(key.as_bytes());
    let count: i64 = shape.iter().product();
    let (scale, offset) = transform(key, shape);
    let values: Vec<f32> = (0..count as u32)
        .map(|j| {
            let mut h = (j + 1).wrapping_mul(2_654_435_761) ^ crc;
            h = (h ^ (h >> 15)).wrapping_mul(2_246_822_519);
            h = (h ^ (h >> 13)).wrapping_mul(3_266_489_917);
            let u = f64::from(h ^ (h >> 16)) / 4_294_967_296.0;
            (scale * (u - offset)) as f32
        })
        .collect();
    Tensor::from_slice(&values).view(shape)
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8)
            .fold(crc ^ u32::from(*byte), |c, _| (c >> 1) ^ (0xEDB8_8320 & (c & 1).wrapping_neg()))
    })
}
