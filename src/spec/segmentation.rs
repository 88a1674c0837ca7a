//! `[tasks.NAME.segmentation]`: how masks are read, and at which resolution a
//! network works.

use serde::{Deserialize, Serialize};

/// Settings of a segmentation task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SegmentationSpec {
    /// Grey value (0 to 255) from which a pixel of a mask image belongs to the
    /// structure. Masks that were scaled with interpolation have values in
    /// between, so "above 0" would make structures too large.
    pub threshold: u8,
    /// For one mask image that holds all structures: the value of each, in the
    /// order of `classes`. Without it each column of `labels` names masks of
    /// one structure.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mask_values: Vec<u8>,
    /// Manifest column with masks of the field of view: pixels outside count
    /// neither in the loss nor in any metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field_of_view: Option<String>,
    /// Height and width of a pixel in millimetres, the same for all images, or
    /// `"files"`: as each DICOM file states them. Distances are in pixels where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spacing: Option<Spacing>,
    /// The pixels that a network sees.
    pub resolution: Resolution,
    /// Distance up to which surfaces agree in `nsd`, in pixels, or millimetres
    /// with a `spacing`.
    pub tolerance: f64,
    /// Probability from which a pixel is said to belong to a structure.
    pub decision: Decision,
}

impl Default for SegmentationSpec {
    fn default() -> Self {
        Self {
            threshold: 128,
            mask_values: Vec::new(),
            field_of_view: None,
            spacing: None,
            resolution: Resolution::Input,
            tolerance: 2.0,
            decision: Decision::Stated(0.5),
        }
    }
}

/// The pixels that a network sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resolution {
    /// Images are scaled to the network's input, whatever their size.
    #[default]
    Input,
    /// Images keep their pixels: training sees windows of the input's size,
    /// evaluation slides one over the whole image.
    Native,
}

/// Height and width of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Spacing {
    /// In millimetres.
    Stated([f64; 2]),
    /// As each file states them.
    OfFiles(OfFiles),
}

/// `"files"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OfFiles {
    /// The tags `PixelSpacing` or `ImagerPixelSpacing` of DICOM files.
    Files,
}

impl Spacing {
    /// What is stated for all images.
    pub fn stated(self) -> Option<[f64; 2]> {
        match self {
            Self::Stated(spacing) => Some(spacing),
            Self::OfFiles(OfFiles::Files) => None,
        }
    }
}

impl SegmentationSpec {
    /// Whether each file states the size of its pixels.
    pub fn has_own_spacing(&self) -> bool {
        matches!(self.spacing, Some(Spacing::OfFiles(_)))
    }
}

/// From which probability on a pixel belongs to a structure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Decision {
    /// Stated beforehand.
    Stated(f64),
    /// Chosen by what is said on the validation cases.
    Chosen(Chosen),
}

/// `"validation"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chosen {
    /// The one of 0.05, 0.10, ... 0.95 with the highest mean Dice over the
    /// validation cases.
    Validation,
}

/// What turns the maps of an encoder into a probability per pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecoderChoice {
    /// U-Net, on ResNet and MobileNetV2.
    Unet,
    /// `UPerNet` with equal means for every encoder, on Swin and ConvNeXt.
    Upernet,
    /// `UPerNet` as the published benchmark has it, on Swin and ConvNeXt.
    UpernetPublished,
}

impl DecoderChoice {
    /// The name in study files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unet => "unet",
            Self::Upernet => "upernet",
            Self::UpernetPublished => "upernet-published",
        }
    }

    /// As papers write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Unet => "U-Net",
            Self::Upernet => "UPerNet",
            Self::UpernetPublished => "UPerNet (as published)",
        }
    }
}
