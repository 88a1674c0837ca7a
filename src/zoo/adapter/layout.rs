//! How originals name the parts of a network, and the names here.

use serde::Deserialize;

use crate::zoo::tensor::TensorData;

/// A naming scheme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::zoo) enum Layout {
    /// The names of torchvision, timm and the official Swin: those used here.
    #[default]
    Same,
    /// `facebookresearch/ConvNeXt`; timm's names are used here.
    ConvnextOfficial,
    /// torchvision's DenseNet of before 0.3: `norm.1` for `norm1`.
    DensenetOld,
    /// SimCLR's TensorFlow ResNet-50: layers numbered as they were made.
    SimclrTf,
    /// BYOL's Haiku ResNet-50: modules by path.
    ByolHaiku,
    /// OBoW: blocks of a feature extractor.
    ObowBlocks,
    /// RadImageNet: children of a ResNet by their number.
    ResnetChildren,
}

impl Layout {
    /// Whose names they are.
    pub(in crate::zoo) fn name(self) -> &'static str {
        match self {
            Self::Same => "the names used here",
            Self::ConvnextOfficial => "the official ConvNeXt",
            Self::DensenetOld => "torchvision's old DenseNet",
            Self::SimclrTf => "SimCLR's TensorFlow ResNet",
            Self::ByolHaiku => "BYOL's Haiku ResNet",
            Self::ObowBlocks => "OBoW's feature extractor",
            Self::ResnetChildren => "numbered children of a ResNet",
        }
    }

    /// Name and orientation used here; `None` where the scheme has no such key.
    pub(in crate::zoo) fn rename(
        self,
        name: &str,
        tensor: &TensorData,
    ) -> Option<(String, TensorData)> {
        let same = |name: String| Some((name, tensor.clone()));
        match self {
            Self::Same => same(name.into()),
            Self::ConvnextOfficial => same(convnext(name)),
            Self::DensenetOld => same(densenet(name)),
            Self::ObowBlocks => same(obow(name)?),
            Self::ResnetChildren => same(children(name)?),
            Self::SimclrTf => {
                let (name, leaf) = simclr(name)?;
                turned(&name, leaf, tensor)
            }
            Self::ByolHaiku => {
                let (name, leaf) = byol(name)?;
                turned(&name, leaf, tensor)
            }
        }
    }
}

/// Convolutions from height, width, in, out to out, in, height, width; vectors
/// from however many axes to one.
fn turned(name: &str, leaf: &str, tensor: &TensorData) -> Option<(String, TensorData)> {
    let tensor = match tensor.shape().len() {
        4 if leaf == "weight" && !is_norm(name) => tensor.permuted(&[3, 2, 0, 1])?,
        1 => tensor.clone(),
        _ => tensor.squeezed(),
    };
    Some((format!("{name}.{leaf}"), tensor))
}

fn is_norm(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    last.starts_with("bn") || name.ends_with("downsample.1")
}

/// The authors' names of ConvNeXt to timm's.
pub(in crate::zoo) fn convnext(name: &str) -> String {
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

fn densenet(name: &str) -> String {
    let mut name = name.to_string();
    for part in ["norm", "relu", "conv"] {
        for number in ["1", "2"] {
            name = name.replace(&format!(".{part}.{number}."), &format!(".{part}{number}."));
        }
    }
    name
}

fn obow(name: &str) -> Option<String> {
    let rest = name.strip_prefix("_feature_blocks.")?;
    let (block, rest) = rest.split_once('.')?;
    match (block, rest.split_once('.')) {
        ("0", Some(("Conv", rest))) => Some(format!("conv1.{rest}")),
        ("0", Some(("bn", rest))) => Some(format!("bn1.{rest}")),
        ("1" | "2" | "3" | "4", _) => Some(format!("layer{block}.{rest}")),
        _ => None,
    }
}

fn children(name: &str) -> Option<String> {
    let (child, rest) = name.split_once('.')?;
    let child = match child {
        "0" => "conv1",
        "1" => "bn1",
        "4" => "layer1",
        "5" => "layer2",
        "6" => "layer3",
        "7" => "layer4",
        _ => return None,
    };
    Some(format!("{child}.{rest}"))
}

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
fn simclr(name: &str) -> Option<(String, &'static str)> {
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

/// `.../block_group_G/~/block_B/~/LAYER/LEAF`, whatever stands before.
fn byol(name: &str) -> Option<(String, &'static str)> {
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
