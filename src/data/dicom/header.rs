//! Tags of DICOM files that a task may use as columns.
//!
//! Those that tell who a patient is never leave this module as they are: their
//! values become `dicom-1`, `dicom-2` and so on, in the order of the files.

use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_dictionary_std::StandardDataDictionary;

use super::element::Tag;
use super::file::{File, text};

/// Tags whose values are of an acquisition or a device, not of a person.
const OPEN: [&str; 24] = [
    "Modality",
    "Manufacturer",
    "ManufacturerModelName",
    "ViewPosition",
    "BodyPartExamined",
    "PatientSex",
    "PatientPosition",
    "PatientOrientation",
    "PhotometricInterpretation",
    "KVP",
    "Exposure",
    "ExposureTime",
    "XRayTubeCurrent",
    "PixelSpacing",
    "ImagerPixelSpacing",
    "SliceThickness",
    "SpacingBetweenSlices",
    "ImageLaterality",
    "Laterality",
    "ConversionType",
    "PresentationIntentType",
    "BitsStored",
    "NumberOfFrames",
    "ConvolutionKernel",
];

/// Tags that tell patients or studies apart.
const GROUPING: [&str; 6] = [
    "PatientID",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "AccessionNumber",
    "StudyID",
    "FrameOfReferenceUID",
];

/// A tag that a task names as a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::data) struct Keyword {
    pub(in crate::data) name: String,
    tag: Tag,
    /// Whether its values tell who a patient is.
    pub(in crate::data) hidden: bool,
}

impl Keyword {
    /// What stands before the name of a tag in a column's name.
    pub(in crate::data) const PREFIX: &'static str = "dicom:";

    /// The tag of a column such as `dicom:PatientID`; none where the column is
    /// of the manifest.
    ///
    /// # Errors
    /// Where there is no such tag, or where its values may tell who somebody
    /// is.
    pub(in crate::data) fn of_column(column: &str) -> Option<Result<Self, String>> {
        column.strip_prefix(Self::PREFIX).map(|name| Self::named(name.trim()))
    }

    fn named(name: &str) -> Result<Self, String> {
        let known = OPEN.iter().chain(&GROUPING).copied();
        let hint = crate::data::names::hint(name, known.clone());
        let Some(entry) = StandardDataDictionary.by_name(name) else {
            return Err(format!("`{name}` is no keyword of a DICOM tag{hint}"));
        };
        if !known.clone().any(|keyword| keyword == name) {
            let all: Vec<&str> = known.collect();
            return Err(format!(
                "the DICOM tag `{name}` is not offered as a column, because such values may tell \
                 who somebody is; those that are: {}",
                all.join(", ")
            ));
        }
        let tag = entry.tag();
        Ok(Self {
            name: name.to_owned(),
            tag: Tag(tag.group(), tag.element()),
            hidden: GROUPING.contains(&name),
        })
    }
}

/// The tags of a file, without its pixels.
pub(in crate::data) struct Header<'a> {
    file: File<'a>,
}

impl<'a> Header<'a> {
    pub(in crate::data) fn read(bytes: &'a [u8]) -> Result<Self, String> {
        File::open_header(bytes).map(|file| Self { file })
    }

    /// The text of a tag; numbers are written out. Several values stay
    /// together.
    pub(in crate::data) fn value(&self, keyword: &Keyword) -> Option<String> {
        let element = self.file.element(keyword.tag)?;
        let bytes = self.file.value(element);
        let number = matches!(keyword.name.as_str(), "BitsStored");
        if number {
            let bytes = bytes.get(..2)?.try_into().ok()?;
            return Some(self.file.writing().u16(bytes).to_string());
        }
        Some(text(bytes)).filter(|text| !text.is_empty())
    }
}
