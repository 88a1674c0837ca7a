//! SimCLR's TensorFlow ResNet-50: layers numbered as they were made.

/// Convolutions of ResNet-50 in the order SimCLR makes them: in the first
/// block of a stage the shortcut comes before the three others.
fn made(index: usize) -> Option<(String, String)> {
    if index == 0 {
        return Some(("conv1".into(), "bn1".into()));
    }
    let mut at = index - 1;
    for (stage, blocks) in [3, 4, 6, 3].into_iter().enumerate() {
        for block in 0..blocks {
            let path = format!("layer{}.{block}", stage + 1);
            if block == 0 {
                if at == 0 {
                    return Some((format!("{path}.downsample.0"), format!("{path}.downsample.1")));
                }
                at -= 1;
            }
            if at < 3 {
                return Some((format!("{path}.conv{}", at + 1), format!("{path}.bn{}", at + 1)));
            }
            at -= 3;
        }
    }
    None
}

/// `conv2d_N/kernel` and `batch_normalization_N/LEAF`; the first has no number.
pub(in crate::zoo::adapter) fn simclr(name: &str) -> Option<(String, &'static str)> {
    let (layer, leaf) = name.split_once('/')?;
    let number = |rest: &str| match rest.strip_prefix('_') {
        Some(number) => number.parse().ok(),
        None => rest.is_empty().then_some(0),
    };
    if let Some(rest) = layer.strip_prefix("conv2d") {
        let (conv, _) = made(number(rest)?)?;
        return (leaf == "kernel").then_some((conv, "weight"));
    }
    let (_, norm) = made(number(layer.strip_prefix("batch_normalization")?)?)?;
    let leaf = match leaf {
        "gamma" => "weight",
        "beta" => "bias",
        "moving_mean" => "running_mean",
        "moving_variance" => "running_var",
        _ => return None,
    };
    Some((norm, leaf))
}
