//! ResNet; torchvision's names are used here.

use super::{Name, child};

/// OBoW's: blocks of a feature extractor.
pub(in crate::zoo::adapter) fn obow(name: &str) -> Option<Name> {
    let rest = name.strip_prefix("_feature_blocks.")?;
    let (block, rest) = rest.split_once('.')?;
    match (block, rest.split_once('.')) {
        ("0", Some(("Conv", rest))) => Name::whole(format!("conv1.{rest}")),
        ("0", Some(("bn", rest))) => Name::whole(format!("bn1.{rest}")),
        ("1" | "2" | "3" | "4", _) => Name::whole(format!("layer{block}.{rest}")),
        _ => None,
    }
}

/// Children of an `nn.Sequential`, as lightly and many others make it: ReLU
/// and pooling count too.
pub(in crate::zoo::adapter) fn children(name: &str) -> Option<Name> {
    let (number, rest) = child(name)?;
    Name::whole(match number {
        0 => format!("conv1.{rest}"),
        1 => format!("bn1.{rest}"),
        4..=7 => format!("layer{}.{rest}", number - 3),
        _ => return None,
    })
}

/// The same of the networks for CIFAR, with and without a ReLU of its own.
pub(in crate::zoo::adapter) fn cifar_children(name: &str, relu: usize) -> Option<Name> {
    let (number, rest) = child(name)?;
    Name::whole(match number {
        0 => format!("conv1.{rest}"),
        1 => format!("bn1.{rest}"),
        n if (2 + relu..5 + relu).contains(&n) => format!("layer{}.{rest}", n - 1 - relu),
        _ => return None,
    })
}

/// Those of the library `transformers`.
pub(in crate::zoo::adapter) fn transformers(name: &str) -> Option<Name> {
    let parts: Vec<&str> = name.split('.').collect();
    let is_norm = |part: &str| match part {
        "convolution" => Some(false),
        "normalization" => Some(true),
        _ => None,
    };
    Name::whole(match parts.as_slice() {
        ["embedder", "embedder", part, leaf] => {
            format!("{}1.{leaf}", if is_norm(part)? { "bn" } else { "conv" })
        }
        ["encoder", "stages", stage, "layers", block, rest @ ..] => {
            let stage = stage.parse::<usize>().ok()?.checked_add(1)?;
            let rest = match rest {
                ["shortcut", part, leaf] => {
                    format!("downsample.{}.{leaf}", usize::from(is_norm(part)?))
                }
                ["layer", index, part, leaf] => {
                    let layer = if is_norm(part)? { "bn" } else { "conv" };
                    format!("{layer}{}.{leaf}", index.parse::<usize>().ok()?.checked_add(1)?)
                }
                _ => return None,
            };
            format!("layer{stage}.{block}.{rest}")
        }
        _ => return None,
    })
}
