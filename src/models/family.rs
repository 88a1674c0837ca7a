//! Which file an architecture is in, with which sizes.

use super::{convnext, densenet, mobilenet_v2, resnet, resnet_cifar, swin, vit};
use crate::spec::Backbone;

/// Architectures that share their code.
#[derive(Clone, Copy, Debug)]
pub(super) enum Family {
    Resnet(resnet::Config),
    ResnetCifar(resnet_cifar::Config),
    Densenet,
    Mobilenet,
    Swin(swin::Config),
    Convnext(convnext::Config),
    Vit(vit::Config),
}

impl Family {
    pub(super) fn of(backbone: Backbone) -> Self {
        use resnet::Config as Resnet;
        use resnet_cifar::Config as Cifar;
        const RESNET50: Resnet = Resnet::bottleneck([3, 4, 6, 3]);
        match backbone {
            Backbone::Resnet18 => Self::Resnet(Resnet::basic([2, 2, 2, 2])),
            Backbone::Resnet34 => Self::Resnet(Resnet::basic([3, 4, 6, 3])),
            Backbone::Resnet50 => Self::Resnet(RESNET50),
            Backbone::Resnet101 => Self::Resnet(Resnet::bottleneck([3, 4, 23, 3])),
            Backbone::Resnet152 => Self::Resnet(Resnet::bottleneck([3, 8, 36, 3])),
            Backbone::WideResnet50x2 => Self::Resnet(RESNET50.with_inner_width(2)),
            Backbone::Resnet50x2 => Self::Resnet(RESNET50.times(2)),
            Backbone::Resnet50x4 => Self::Resnet(RESNET50.times(4)),
            Backbone::Densenet121 => Self::Densenet,
            Backbone::MobilenetV2 => Self::Mobilenet,
            Backbone::SwinTiny => Self::Swin(swin::Config::TINY),
            Backbone::SwinSmall => Self::Swin(swin::Config::SMALL),
            Backbone::SwinBase => Self::Swin(swin::Config::BASE),
            Backbone::ConvnextTiny => Self::Convnext(convnext::Config::TINY),
            Backbone::ConvnextSmall => Self::Convnext(convnext::Config::SMALL),
            Backbone::ConvnextBase => Self::Convnext(convnext::Config::BASE),
            Backbone::DeitTiny => Self::Vit(vit::Config::TINY),
            Backbone::DeitSmall => Self::Vit(vit::Config::SMALL),
            Backbone::DeitBase => Self::Vit(vit::Config::BASE),
            Backbone::Resnet8Cifar => Self::ResnetCifar(Cifar::WideStem { blocks: 1 }),
            Backbone::Resnet20Cifar => Self::ResnetCifar(Cifar::WideStem { blocks: 3 }),
            Backbone::Resnet20CifarOptionA => Self::ResnetCifar(Cifar::OptionA { blocks: 3 }),
        }
    }
}

/// Path of the classifier, a linear layer.
pub fn head_path(backbone: Backbone) -> &'static str {
    match Family::of(backbone) {
        Family::Mobilenet => "classifier.1",
        _ => head_prefix(backbone).trim_end_matches('.'),
    }
}

/// What the names of head parameters begin with.
pub fn head_prefix(backbone: Backbone) -> &'static str {
    match Family::of(backbone) {
        Family::Resnet(_) => "fc.",
        Family::ResnetCifar(_) => "linear.",
        Family::Densenet | Family::Mobilenet => "classifier.",
        Family::Swin(_) | Family::Vit(_) => "head.",
        // `head.norm` was pretrained: it stays with the backbone.
        Family::Convnext(_) => "head.fc.",
    }
}

/// Width of the features that the classifier sees.
pub fn feature_width(backbone: Backbone) -> usize {
    let width = match Family::of(backbone) {
        Family::Resnet(config) => config.channels()[4],
        Family::ResnetCifar(config) => config.features(),
        Family::Densenet => densenet::FEATURES,
        Family::Mobilenet => mobilenet_v2::FEATURES,
        Family::Swin(config) => config.channels()[3],
        Family::Convnext(config) => config.channels[3],
        Family::Vit(config) => config.width,
    };
    usize::try_from(width).unwrap_or(0)
}
