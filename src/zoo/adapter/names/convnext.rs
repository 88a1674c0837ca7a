//! ConvNeXt; timm's names are used here.

use super::Name;

/// The authors' names.
pub(in crate::zoo) fn official(name: &str) -> String {
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        ["downsample_layers", "0", rest @ ..] => format!("stem.{}", rest.join(".")),
        ["downsample_layers", stage, rest @ ..] => {
            format!("stages.{stage}.downsample.{}", rest.join("."))
        }
        ["stages", stage, block, part, rest @ ..] => {
            let part = match *part {
                "dwconv" => "conv_dw",
                "pwconv1" => "mlp.fc1",
                "pwconv2" => "mlp.fc2",
                other => other,
            };
            let path = format!("stages.{stage}.blocks.{block}.{part}");
            rest.iter().fold(path, |path, part| format!("{path}.{part}"))
        }
        ["norm", rest @ ..] => format!("head.norm.{}", rest.join(".")),
        ["head", rest @ ..] => format!("head.fc.{}", rest.join(".")),
        _ => name.into(),
    }
}

/// torchvision's: a stem, then stages and what comes before the next in turns;
/// parts of a block by number.
pub(in crate::zoo::adapter) fn torchvision(name: &str) -> Option<Name> {
    let parts: Vec<&str> = name.split('.').collect();
    Name::whole(match parts.as_slice() {
        ["features", "0", part, leaf] => format!("stem.{part}.{leaf}"),
        ["features", at, block, "layer_scale"] => {
            format!("stages.{}.blocks.{block}.gamma", stage(at, 1)?)
        }
        ["features", at, block, "block", part, leaf] => {
            let part = match *part {
                "0" => "conv_dw",
                "2" => "norm",
                "3" => "mlp.fc1",
                "5" => "mlp.fc2",
                _ => return None,
            };
            format!("stages.{}.blocks.{block}.{part}.{leaf}", stage(at, 1)?)
        }
        ["features", at, part, leaf] => {
            format!("stages.{}.downsample.{part}.{leaf}", stage(at, 0)?)
        }
        ["classifier", "0", leaf] => format!("head.norm.{leaf}"),
        ["classifier", "2", leaf] => format!("head.fc.{leaf}"),
        _ => return None,
    })
}

/// Stage of a child of `features`: blocks are odd, what comes before them is
/// even.
pub(super) fn stage(child: &str, parity: usize) -> Option<usize> {
    let child: usize = child.parse().ok()?;
    (child > 0 && child % 2 == parity).then_some(child / 2)
}

/// Those of the library `transformers`.
pub(in crate::zoo::adapter) fn transformers(name: &str) -> Option<Name> {
    let parts: Vec<&str> = name.split('.').collect();
    Name::whole(match parts.as_slice() {
        ["embeddings", "patch_embeddings", leaf] => format!("stem.0.{leaf}"),
        ["embeddings", "layernorm", leaf] => format!("stem.1.{leaf}"),
        ["encoder", "stages", stage, "downsampling_layer", part, leaf] => {
            format!("stages.{stage}.downsample.{part}.{leaf}")
        }
        ["encoder", "stages", stage, "layers", block, rest @ ..] => {
            let rest = match rest {
                ["layer_scale_parameter"] => "gamma".into(),
                ["dwconv", leaf] => format!("conv_dw.{leaf}"),
                ["layernorm", leaf] => format!("norm.{leaf}"),
                ["pwconv1", leaf] => format!("mlp.fc1.{leaf}"),
                ["pwconv2", leaf] => format!("mlp.fc2.{leaf}"),
                _ => return None,
            };
            format!("stages.{stage}.blocks.{block}.{rest}")
        }
        ["layernorm", leaf] => format!("head.norm.{leaf}"),
        _ => return None,
    })
}
