//! Architectures a study can name.

use super::segmentation::DecoderChoice;
use serde::{Deserialize, Serialize};

/// Architectures, by the names that torchvision, timm and the authors' code
/// give them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Backbone {
    #[serde(rename = "resnet18")]
    Resnet18,
    #[serde(rename = "resnet34")]
    Resnet34,
    #[serde(rename = "resnet50")]
    Resnet50,
    #[serde(rename = "resnet101")]
    Resnet101,
    #[serde(rename = "resnet152")]
    Resnet152,
    /// Bottlenecks of twice the inner width.
    #[serde(rename = "wide_resnet50_2")]
    WideResnet50x2,
    /// ResNet-50 with every width doubled, as SimCLR's.
    #[serde(rename = "resnet50x2")]
    Resnet50x2,
    /// ResNet-50 with every width times four.
    #[serde(rename = "resnet50x4")]
    Resnet50x4,
    #[serde(rename = "densenet121")]
    Densenet121,
    #[serde(rename = "mobilenet_v2")]
    MobilenetV2,
    #[serde(rename = "swin_tiny")]
    SwinTiny,
    #[serde(rename = "swin_small")]
    SwinSmall,
    #[serde(rename = "swin_base")]
    SwinBase,
    #[serde(rename = "convnext_tiny")]
    ConvnextTiny,
    #[serde(rename = "convnext_small")]
    ConvnextSmall,
    #[serde(rename = "convnext_base")]
    ConvnextBase,
    /// DeiT-Ti is ViT-Ti/16 trained otherwise: one network, two names.
    #[serde(rename = "deit_tiny", alias = "vit_tiny")]
    DeitTiny,
    #[serde(rename = "deit_small", alias = "vit_small")]
    DeitSmall,
    #[serde(rename = "deit_base", alias = "vit_base")]
    DeitBase,
    /// Stem of 64 channels, no ReLU after a block's sum.
    #[serde(rename = "resnet8_cifar")]
    Resnet8Cifar,
    /// As `resnet8_cifar`, three blocks per stage.
    #[serde(rename = "resnet20_cifar")]
    Resnet20Cifar,
    /// ResNet-20 of the ResNet paper, shortcuts without parameters.
    #[serde(rename = "resnet20_cifar_option_a")]
    Resnet20CifarOptionA,
}

impl Backbone {
    /// All architectures, in the order of `zoo list`.
    pub const ALL: [Self; 22] = [
        Self::Resnet18,
        Self::Resnet34,
        Self::Resnet50,
        Self::Resnet101,
        Self::Resnet152,
        Self::WideResnet50x2,
        Self::Resnet50x2,
        Self::Resnet50x4,
        Self::Densenet121,
        Self::MobilenetV2,
        Self::SwinTiny,
        Self::SwinSmall,
        Self::SwinBase,
        Self::ConvnextTiny,
        Self::ConvnextSmall,
        Self::ConvnextBase,
        Self::DeitTiny,
        Self::DeitSmall,
        Self::DeitBase,
        Self::Resnet8Cifar,
        Self::Resnet20Cifar,
        Self::Resnet20CifarOptionA,
    ];

    /// The name in study files and records.
    pub fn name(self) -> &'static str {
        self.names().0
    }

    /// The name as papers write it.
    pub fn title(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Resnet18 => ("resnet18", "ResNet-18"),
            Self::Resnet34 => ("resnet34", "ResNet-34"),
            Self::Resnet50 => ("resnet50", "ResNet-50"),
            Self::Resnet101 => ("resnet101", "ResNet-101"),
            Self::Resnet152 => ("resnet152", "ResNet-152"),
            Self::WideResnet50x2 => ("wide_resnet50_2", "Wide ResNet-50-2"),
            Self::Resnet50x2 => ("resnet50x2", "ResNet-50 (2x)"),
            Self::Resnet50x4 => ("resnet50x4", "ResNet-50 (4x)"),
            Self::Densenet121 => ("densenet121", "DenseNet-121"),
            Self::MobilenetV2 => ("mobilenet_v2", "MobileNetV2"),
            Self::SwinTiny => ("swin_tiny", "Swin-T"),
            Self::SwinSmall => ("swin_small", "Swin-S"),
            Self::SwinBase => ("swin_base", "Swin-B"),
            Self::ConvnextTiny => ("convnext_tiny", "ConvNeXt-T"),
            Self::ConvnextSmall => ("convnext_small", "ConvNeXt-S"),
            Self::ConvnextBase => ("convnext_base", "ConvNeXt-B"),
            Self::DeitTiny => ("deit_tiny", "DeiT-Ti"),
            Self::DeitSmall => ("deit_small", "DeiT-S"),
            Self::DeitBase => ("deit_base", "DeiT-B"),
            Self::Resnet8Cifar => ("resnet8_cifar", "ResNet-8 (CIFAR)"),
            Self::Resnet20Cifar => ("resnet20_cifar", "ResNet-20 (CIFAR)"),
            Self::Resnet20CifarOptionA => {
                ("resnet20_cifar_option_a", "ResNet-20 (CIFAR, option A)")
            }
        }
    }

    /// The decoder that turns its maps into masks, where there is one.
    pub fn usual_decoder(self) -> Option<DecoderChoice> {
        match self {
            Self::Resnet18
            | Self::Resnet34
            | Self::Resnet50
            | Self::Resnet101
            | Self::Resnet152
            | Self::WideResnet50x2
            | Self::Resnet50x2
            | Self::Resnet50x4
            | Self::MobilenetV2 => Some(DecoderChoice::Unet),
            Self::SwinTiny
            | Self::SwinSmall
            | Self::SwinBase
            | Self::ConvnextTiny
            | Self::ConvnextSmall
            | Self::ConvnextBase => Some(DecoderChoice::Upernet),
            Self::Densenet121
            | Self::DeitTiny
            | Self::DeitSmall
            | Self::DeitBase
            | Self::Resnet8Cifar
            | Self::Resnet20Cifar
            | Self::Resnet20CifarOptionA => None,
        }
    }

    /// Side of the images that the published weights were trained with.
    pub fn native_image_size(self) -> u32 {
        match self {
            Self::Resnet8Cifar | Self::Resnet20Cifar | Self::Resnet20CifarOptionA => 32,
            _ => 224,
        }
    }

    /// Whether the network takes square images of that side.
    ///
    /// # Errors
    /// With what it takes instead, as the end of a sentence.
    pub fn check_image_size(self, size: u32) -> Result<(), String> {
        let title = self.title();
        let (fits, takes) = match self {
            Self::Resnet8Cifar | Self::Resnet20Cifar => (
                size == 32,
                format!("{title} takes images of 32 px only: its 256 features are a 2 x 2 map"),
            ),
            Self::SwinTiny | Self::SwinSmall | Self::SwinBase => (
                size >= 64 && size.is_multiple_of(32),
                format!(
                    "{title} takes multiples of 32 from 64 px on{}: its windows must tile the \
                     maps of all four stages",
                    nearest(size, 32, 64)
                ),
            ),
            Self::DeitTiny | Self::DeitSmall | Self::DeitBase => (
                size >= 32 && size.is_multiple_of(16),
                format!(
                    "{title} takes multiples of 16 from 32 px on{}: its patches must tile the \
                     image",
                    nearest(size, 16, 32)
                ),
            ),
            _ => (size >= 32, format!("{title} takes 32 px or more: it halves the map five times")),
        };
        if fits { Ok(()) } else { Err(takes) }
    }
}

fn nearest(size: u32, step: u32, least: u32) -> String {
    let below = (size / step * step).max(least);
    let above = size.div_ceil(step).saturating_mul(step).max(least);
    if below == above { format!(" ({below})") } else { format!(" ({below} or {above})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_files() {
        for backbone in Backbone::ALL {
            let name = serde_json::to_value(backbone).expect("a name");
            assert_eq!(name, backbone.name());
        }
        let alias: Backbone = serde_json::from_str("\"vit_small\"").expect("a backbone");
        assert_eq!(alias, Backbone::DeitSmall);
    }

    #[test]
    fn a_size_that_does_not_fit_is_told_with_those_that_do() {
        assert!(Backbone::SwinTiny.check_image_size(384).is_ok());
        let error = Backbone::SwinTiny.check_image_size(230).expect_err("an error");
        assert!(error.contains("(224 or 256)"), "{error}");
        assert!(Backbone::DeitBase.check_image_size(100).is_err());
        assert!(Backbone::Resnet8Cifar.check_image_size(64).is_err());
        assert!(Backbone::Resnet20CifarOptionA.check_image_size(64).is_ok());
        for backbone in Backbone::ALL {
            assert!(backbone.check_image_size(backbone.native_image_size()).is_ok());
        }
    }
}
