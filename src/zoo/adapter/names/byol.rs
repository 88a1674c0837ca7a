//! BYOL's Haiku ResNet-50: modules by path.

/// `.../block_group_G/~/block_B/~/LAYER/LEAF`, whatever stands before.
pub(in crate::zoo::adapter) fn byol(name: &str) -> Option<(String, &'static str)> {
    let start = ["initial_conv/", "initial_batchnorm/", "block_group_"]
        .iter()
        .find_map(|part| name.rfind(part))?;
    let parts: Vec<&str> = name[start..].split('/').filter(|part| *part != "~").collect();
    let (path, rest) = match parts.as_slice() {
        [group, block, rest @ ..] if group.starts_with("block_group_") => {
            let group: usize = group.strip_prefix("block_group_")?.parse().ok()?;
            let block: usize = block.strip_prefix("block_")?.parse().ok()?;
            (format!("layer{}.{block}.", group + 1), rest)
        }
        rest => (String::new(), rest),
    };
    let [layer, leaf @ ..] = rest else { return None };
    let layer = match *layer {
        "initial_conv" | "conv_0" => "conv1",
        "initial_batchnorm" | "batchnorm_0" => "bn1",
        "conv_1" => "conv2",
        "conv_2" => "conv3",
        "batchnorm_1" => "bn2",
        "batchnorm_2" => "bn3",
        "shortcut_conv" => "downsample.0",
        "shortcut_batchnorm" => "downsample.1",
        _ => return None,
    };
    let leaf = match leaf {
        ["w" | "scale"] => "weight",
        ["offset"] => "bias",
        ["mean_ema", "average"] => "running_mean",
        ["var_ema", "average"] => "running_var",
        _ => return None,
    };
    Some((format!("{path}{layer}"), leaf))
}
