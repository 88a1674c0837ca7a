//! MobileNetV2; torchvision's names are used here.

use super::{Name, child as number};

/// Blocks of each stage.
const STAGES: [usize; 7] = [1, 2, 3, 4, 3, 3, 1];
/// The layer after the blocks.
const LAST: usize = 18;

/// A convolution or its norm in a block of `features`: expansion, depthwise,
/// projection. The first block does not expand.
fn inside(block: usize, step: usize, norm: bool, leaf: &str) -> String {
    let step = if block == 1 { step - 1 } else { step };
    let projection = if block == 1 { 1 } else { 2 };
    if step == projection {
        let at = projection + usize::from(norm);
        format!("features.{block}.conv.{at}.{leaf}")
    } else {
        format!("features.{block}.conv.{step}.{}.{leaf}", usize::from(norm))
    }
}

/// timm's: stages of blocks whose layers have names.
pub(in crate::zoo::adapter) fn timm(name: &str) -> Option<Name> {
    let parts: Vec<&str> = name.split('.').collect();
    Name::whole(match parts.as_slice() {
        ["conv_stem", leaf] => format!("features.0.0.{leaf}"),
        ["bn1", leaf] => format!("features.0.1.{leaf}"),
        ["conv_head", leaf] => format!("features.{LAST}.0.{leaf}"),
        ["bn2", leaf] => format!("features.{LAST}.1.{leaf}"),
        ["blocks", stage, index, layer, leaf] => {
            let (stage, index): (usize, usize) = (stage.parse().ok()?, index.parse().ok()?);
            if index >= *STAGES.get(stage)? {
                return None;
            }
            let block = 1 + STAGES[..stage].iter().sum::<usize>() + index;
            // The first block has no expansion: its pointwise layer projects.
            let steps = if block == 1 {
                [("conv_dw", 1), ("bn1", 1), ("conv_pw", 2), ("bn2", 2)].as_slice()
            } else {
                &[
                    ("conv_pw", 0),
                    ("bn1", 0),
                    ("conv_dw", 1),
                    ("bn2", 1),
                    ("conv_pwl", 2),
                    ("bn3", 2),
                ]
            };
            let (_, step) = steps.iter().find(|(name, _)| name == layer)?;
            inside(block, *step, layer.starts_with("bn"), leaf)
        }
        _ => return None,
    })
}

/// Those of the library `transformers`: the first block is part of the stem.
pub(in crate::zoo::adapter) fn transformers(name: &str) -> Option<Name> {
    let parts: Vec<&str> = name.split('.').collect();
    let norm = |part: &str| match part {
        "convolution" => Some(false),
        "normalization" => Some(true),
        _ => None,
    };
    Name::whole(match parts.as_slice() {
        ["conv_stem", "first_conv", part, leaf] => {
            format!("features.0.{}.{leaf}", usize::from(norm(part)?))
        }
        ["conv_stem", "conv_3x3", part, leaf] => inside(1, 1, norm(part)?, leaf),
        ["conv_stem", "reduce_1x1", part, leaf] => inside(1, 2, norm(part)?, leaf),
        ["conv_1x1", part, leaf] => format!("features.{LAST}.{}.{leaf}", usize::from(norm(part)?)),
        ["layer", index, layer, part, leaf] => {
            let index: usize = index.parse().ok()?;
            let step = match *layer {
                "expand_1x1" => 0,
                "conv_3x3" => 1,
                "reduce_1x1" => 2,
                _ => return None,
            };
            if index >= LAST - 2 {
                return None;
            }
            inside(index + 2, step, norm(part)?, leaf)
        }
        _ => return None,
    })
}

/// Those of the first public PyTorch codes: the layers of a block in one row,
/// activations counted; the last layer apart in some.
pub(in crate::zoo::adapter) fn flat(name: &str) -> Option<Name> {
    let parts: Vec<&str> = name.split('.').collect();
    Name::whole(match parts.as_slice() {
        ["features", "0" | "18", _, _] => name.into(),
        ["conv", at @ ("0" | "1"), leaf] => format!("features.{LAST}.{at}.{leaf}"),
        ["features", block, "conv", at, leaf] => {
            let (block, at): (usize, usize) = (block.parse().ok()?, at.parse().ok()?);
            let step = at / 3 + usize::from(block == 1);
            if at % 3 == 2 || step > 2 || block == 0 {
                return None;
            }
            inside(block, step, at % 3 == 1, leaf)
        }
        _ => return None,
    })
}

/// The features as the first child of an `nn.Sequential`.
pub(in crate::zoo::adapter) fn child(name: &str) -> Option<Name> {
    match number(name)? {
        (0, rest) => Name::whole(format!("features.{rest}")),
        _ => None,
    }
}
