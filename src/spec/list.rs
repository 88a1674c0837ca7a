//! `[tasks.NAME.list]`: the published list files of a data set.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Which list files tell the cases of a task, and in which format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListSpec {
    /// How the files are written and what lies where.
    pub format: ListFormat,
    /// The list of the training cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub train: Option<PathBuf>,
    /// The list of the validation cases; taken from the training cases where
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub val: Option<PathBuf>,
    /// The list of the test cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<PathBuf>,
    /// The table with the labels, or the masks as runs, of all cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<PathBuf>,
    /// The table that tells the split of each case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub splits: Option<PathBuf>,
    /// Folders of mask files; the mask of an image is their union.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub masks: Vec<PathBuf>,
}

impl ListSpec {
    /// All paths, each with its key.
    pub(super) fn paths(&mut self) -> Vec<(&'static str, &mut PathBuf)> {
        let Self { format: _, train, val, test, table, splits, masks } = self;
        let single =
            [("train", train), ("val", val), ("test", test), ("table", table), ("splits", splits)];
        let single = single.into_iter().filter_map(|(key, path)| Some((key, path.as_mut()?)));
        single.chain(masks.iter_mut().map(|path| ("masks", path))).collect()
    }

    /// Without what is of one machine.
    pub(super) fn forget_paths(&mut self) {
        *self = Self {
            format: self.format,
            train: None,
            val: None,
            test: None,
            table: None,
            splits: None,
            masks: Vec::new(),
        };
    }
}

/// A published format of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListFormat {
    /// A name and a number per finding, separated by blanks (the benchmark's
    /// lists of ChestX-ray14).
    Chestxray14,
    /// `Data_Entry_2017.csv` with lists of names.
    NihChestxray,
    /// CheXpert's tables.
    Chexpert,
    /// MIMIC-CXR-JPG's tables of labels and splits.
    MimicCxr,
    /// `CHNCXR_0402_1.png,1`; without lists, the labels in the file names.
    Shenzhen,
    /// A name without ending and a number per finding, separated by blanks.
    VindrCxr,
    /// The table of slices of the RSNA pulmonary embolism challenge.
    RsnaPe,
    /// Names of SCR, one a line; masks are `NAME.gif`.
    Scr,
    /// Names of BUSI, one a line, or none for all; masks lie beside the images.
    Busi,
    /// Masks that have the names of the images; names one a line, or all.
    SameName,
    /// DRIVE: `21_training.tif`, `21_manual1.gif`, `21_training_mask.gif`.
    Drive,
    /// SIIM-ACR: DICOM files and a table of masks as runs.
    SiimAcr,
    /// COCO's JSON files of polygons and runs, one per split.
    Coco,
}

impl ListFormat {
    /// Whether it tells masks and not labels.
    pub fn is_of_masks(self) -> bool {
        match self {
            Self::Scr | Self::Busi | Self::SameName | Self::Drive | Self::SiimAcr | Self::Coco => {
                true
            }
            Self::Chestxray14
            | Self::NihChestxray
            | Self::Chexpert
            | Self::MimicCxr
            | Self::Shenzhen
            | Self::VindrCxr
            | Self::RsnaPe => false,
        }
    }
}
