//! Transfer syntaxes: how a file is written and how its pixels are packed.

use super::element::Writing;

/// How pixels are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// As they are.
    Native,
    /// As they are, in fragments.
    NativeFragments,
    Rle,
    Jpeg,
    Jpeg2000,
    JpegLs,
}

/// A transfer syntax that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Syntax {
    pub(super) writing: Writing,
    pub(super) deflated: bool,
    pub(super) packing: Packing,
}

impl Syntax {
    const fn plain(writing: Writing) -> Self {
        Self { writing, deflated: false, packing: Packing::Native }
    }

    const fn packed(packing: Packing) -> Self {
        Self { writing: Writing::EXPLICIT, deflated: false, packing }
    }

    pub(super) const IMPLICIT: Self = Self::plain(Writing::IMPLICIT);
    pub(super) const EXPLICIT: Self = Self::plain(Writing::EXPLICIT);

    /// That of a UID.
    ///
    /// # Errors
    /// With its name, where it is not read.
    pub(super) fn of(uid: &str) -> Result<Self, String> {
        let Some(rest) = uid.strip_prefix("1.2.840.10008.1.2") else {
            return Err(unread(uid, "a private one"));
        };
        Ok(match rest {
            "" => Self::IMPLICIT,
            ".1" => Self::EXPLICIT,
            ".1.98" => Self::packed(Packing::NativeFragments),
            ".1.99" => Self { deflated: true, ..Self::EXPLICIT },
            ".2" => Self::plain(Writing::BIG),
            ".4.50" | ".4.51" | ".4.57" | ".4.70" => Self::packed(Packing::Jpeg),
            ".4.80" | ".4.81" => Self::packed(Packing::JpegLs),
            ".4.90" | ".4.91" | ".4.201" | ".4.202" | ".4.203" => Self::packed(Packing::Jpeg2000),
            ".5" => Self::packed(Packing::Rle),
            other => return Err(unread(uid, name(other))),
        })
    }
}

fn name(rest: &str) -> &'static str {
    match rest {
        ".1.95" => "JPIP HTJ2K Referenced",
        ".4.92" | ".4.93" => "JPEG 2000 Part 2",
        ".4.94" | ".4.95" => "JPIP Referenced",
        ".4.100" | ".4.101" | ".4.100.1" | ".4.101.1" => "MPEG-2 video",
        ".4.102" | ".4.103" | ".4.104" | ".4.105" | ".4.106" | ".4.102.1" | ".4.103.1"
        | ".4.104.1" | ".4.105.1" | ".4.106.1" => "MPEG-4 video",
        ".4.107" | ".4.108" => "HEVC video",
        ".4.110" | ".4.111" | ".4.112" => "JPEG XL",
        _ if rest.starts_with(".4.5") || rest.starts_with(".4.6") => "a retired kind of JPEG",
        _ => "one that is not known",
    }
}

fn unread(uid: &str, name: &str) -> String {
    format!(
        "is a DICOM file of transfer syntax {uid} ({name}), which is not read; expected an \
         uncompressed or deflated one, RLE, JPEG, JPEG-LS or JPEG 2000; convert it, for example \
         with `gdcmconv --raw`"
    )
}
