//! How originals name the parts of a network, and the names here.

use serde::Deserialize;

use super::names::{self, Name};
use crate::zoo::tensor::TensorData;

/// A naming scheme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::zoo) enum Layout {
    /// Those used here: torchvision's for ResNet, DenseNet and MobileNetV2, the
    /// authors' for Swin and ViT, timm's for ConvNeXt.
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
    /// A ResNet as `nn.Sequential`, children by their number: RadImageNet,
    /// lightly.
    ResnetChildren,
    /// The same of a ResNet for CIFAR whose ReLU is a function.
    CifarChildren,
    /// The same with a ReLU among the children.
    CifarChildrenRelu,
    /// A DenseNet as `nn.Sequential`.
    DensenetChild,
    /// A MobileNetV2 as `nn.Sequential`.
    MobilenetChild,
    /// torchvision's Swin as `nn.Sequential`.
    SwinChildren,
    /// timm's Swin since 0.9.
    SwinTimm,
    /// timm's MobileNetV2.
    MobilenetTimm,
    /// MobileNetV2 of the first public PyTorch codes.
    MobilenetFlat,
    /// torchvision's Swin.
    SwinTorchvision,
    /// torchvision's ConvNeXt.
    ConvnextTorchvision,
    /// torchvision's ViT.
    VitTorchvision,
    /// The library `transformers`.
    ResnetTransformers,
    /// The library `transformers`.
    ConvnextTransformers,
    /// The library `transformers`.
    SwinTransformers,
    /// The library `transformers`.
    VitTransformers,
    /// The library `transformers`.
    MobilenetTransformers,
}

impl Layout {
    /// Schemes that a file without a catalogue entry may have.
    pub(in crate::zoo) const GUESSED: [Self; 22] = [
        Self::Same,
        Self::ConvnextOfficial,
        Self::DensenetOld,
        Self::SimclrTf,
        Self::ByolHaiku,
        Self::SwinTimm,
        Self::MobilenetTimm,
        Self::MobilenetFlat,
        Self::SwinTorchvision,
        Self::ConvnextTorchvision,
        Self::VitTorchvision,
        Self::ResnetTransformers,
        Self::ConvnextTransformers,
        Self::SwinTransformers,
        Self::VitTransformers,
        Self::MobilenetTransformers,
        Self::ResnetChildren,
        Self::CifarChildren,
        Self::CifarChildrenRelu,
        Self::DensenetChild,
        Self::MobilenetChild,
        Self::SwinChildren,
    ];

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
            Self::CifarChildren | Self::CifarChildrenRelu => {
                "numbered children of a ResNet for CIFAR"
            }
            Self::DensenetChild => "numbered children of a DenseNet",
            Self::MobilenetChild => "numbered children of a MobileNetV2",
            Self::SwinChildren => "numbered children of torchvision's Swin",
            Self::SwinTimm => "timm's Swin",
            Self::MobilenetTimm => "timm's MobileNetV2",
            Self::MobilenetFlat => "an early MobileNetV2 in PyTorch",
            Self::SwinTorchvision => "torchvision's Swin",
            Self::ConvnextTorchvision => "torchvision's ConvNeXt",
            Self::VitTorchvision => "torchvision's ViT",
            Self::ResnetTransformers => "ResNet of transformers",
            Self::ConvnextTransformers => "ConvNeXt of transformers",
            Self::SwinTransformers => "Swin of transformers",
            Self::VitTransformers => "ViT of transformers",
            Self::MobilenetTransformers => "MobileNetV2 of transformers",
        }
    }

    /// What a reader must know who compares the outputs with the original's.
    pub(in crate::zoo) fn caveat(self) -> Option<&'static str> {
        (self == Self::MobilenetTransformers).then_some(
            "transformers' MobileNetV2 pads as TensorFlow does (unless tf_padding is false) and \
             adds 0.001 to the variances of its norms; here both are as in torchvision, so its \
             outputs are not reproduced to the last digit",
        )
    }

    /// Name and orientation used here; `None` where the scheme has no such key.
    pub(super) fn rename(self, name: &str, tensor: &TensorData) -> Option<(Name, TensorData)> {
        let (name, leaf) = match self {
            Self::SimclrTf => names::simclr(name)?,
            Self::ByolHaiku => names::byol(name)?,
            _ => return Some((self.plain(name)?, tensor.clone())),
        };
        let (name, tensor) = turned(&name, leaf, tensor)?;
        Some((Name { name, third: None }, tensor))
    }

    /// The name here, for schemes that keep the orientation.
    fn plain(self, name: &str) -> Option<Name> {
        let whole = |name: String| Some(Name { name, third: None });
        match self {
            Self::Same => whole(name.into()),
            Self::ConvnextOfficial => whole(names::convnext_official(name)),
            Self::DensenetOld => whole(names::densenet_old(name)),
            Self::ObowBlocks => names::obow(name),
            Self::ResnetChildren => names::resnet_children(name),
            Self::CifarChildren => names::cifar_children(name, 0),
            Self::CifarChildrenRelu => names::cifar_children(name, 1),
            Self::DensenetChild => names::densenet_child(name),
            Self::MobilenetChild => names::mobilenet_child(name),
            Self::SwinChildren => names::swin_children(name),
            Self::SwinTimm => names::swin_timm(name),
            Self::MobilenetTimm => names::mobilenet_timm(name),
            Self::MobilenetFlat => names::mobilenet_flat(name),
            Self::SwinTorchvision => names::swin_torchvision(name),
            Self::ConvnextTorchvision => names::convnext_torchvision(name),
            Self::VitTorchvision => names::vit_torchvision(name),
            Self::ResnetTransformers => names::resnet_transformers(name),
            Self::ConvnextTransformers => names::convnext_transformers(name),
            Self::SwinTransformers => names::swin_transformers(name),
            Self::VitTransformers => names::vit_transformers(name),
            Self::MobilenetTransformers => names::mobilenet_transformers(name),
            // Those that turn their tensors.
            Self::SimclrTf | Self::ByolHaiku => None,
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
