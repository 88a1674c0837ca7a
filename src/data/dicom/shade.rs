//! From stored numbers to shades of 8 bits.

use super::attributes::{Attributes, Numbers, Photometric};
use super::colour;
use super::element::Tag;
use super::file::{File, text};
use super::lut::Lut;
use super::notes::{Facts, Shown};
use super::pixels::{Stored, Values};
use crate::data::decode::{Decoded, Rules, grey_if_equal};

const INTERCEPT: Tag = Tag(0x0028, 0x1052);
const SLOPE: Tag = Tag(0x0028, 0x1053);
const CENTRE: Tag = Tag(0x0028, 0x1050);
const WIDTH: Tag = Tag(0x0028, 0x1051);
const FUNCTION: Tag = Tag(0x0028, 0x1056);
const MODALITY: Tag = Tag(0x0028, 0x3000);
const INTEREST: Tag = Tag(0x0028, 0x3010);
const TABLE: (Tag, Tag) = (Tag(0x0028, 0x3002), Tag(0x0028, 0x3006));
/// Per-frame and shared settings of files with many frames.
const FRAME_WINDOW: Tag = Tag(0x0028, 0x9132);
const FRAME_VALUES: Tag = Tag(0x0028, 0x9145);

/// Turns a frame into an image.
pub(super) fn shade(
    file: &File<'_>,
    attributes: &Attributes,
    stored: Stored,
    rules: &Rules,
) -> Result<Decoded, String> {
    let mut facts = Facts { frames: attributes.frames, shown: Shown::Colours, dim: None };
    let signed = matches!(attributes.numbers, Numbers::Whole { signed: true, .. });
    let (channels, pixels) = match (stored.photometric, stored.values) {
        (Photometric::Palette, Values::Whole(values)) => {
            grey_if_equal(colour::palette(file, &values, signed)?)
        }
        (Photometric::Monochrome1 | Photometric::Monochrome2, values) => {
            let shades = Shades::of(file, attributes, rules)?;
            facts.shown = shades.shown();
            facts.dim = shades.dim(&values);
            let turned = stored.photometric == Photometric::Monochrome1;
            (1, shades.all(&values, turned))
        }
        (Photometric::Palette, Values::Real(_)) => {
            return Err(
                "is a DICOM file with places in a palette that are no 16-bit numbers".into()
            );
        }
        (photometric, values) => {
            let numbers = |index: usize| match &values {
                Values::Whole(values) => f64::from(values[index]),
                Values::Real(values) => values[index],
            };
            grey_if_equal(colours(attributes, photometric, numbers))
        }
    };
    let (width, height) = (attributes.width, attributes.height);
    Ok(Decoded {
        width,
        height,
        channels,
        pixels,
        largest16: None,
        turned: false,
        dicom: Some(facts),
    })
}

/// Colours of 8 bits; `number` gives the stored ones by their place.
fn colours(
    attributes: &Attributes,
    photometric: Photometric,
    number: impl Fn(usize) -> f64,
) -> Vec<u8> {
    let full = match attributes.numbers {
        Numbers::Whole { stored, .. } => (2_f64).powi(i32::from(stored)) - 1.0,
        Numbers::F32 | Numbers::F64 => 1.0,
    };
    let ybr = matches!(photometric, Photometric::YbrFull | Photometric::YbrFull422);
    let shades = |pixel: usize| {
        let scaled = |colour| (number(pixel * 3 + colour) * 255.0 / full).clamp(0.0, 255.0);
        let pixel = [scaled(0), scaled(1), scaled(2)];
        let rgb = if ybr { colour::from_ybr(pixel) } else { pixel.map(f64::round) };
        rgb.map(|shade| shade as u8)
    };
    (0..attributes.pixels()).flat_map(shades).collect()
}

/// From stored to real numbers.
enum Modality {
    Line { slope: f64, intercept: f64 },
    Table(Lut),
}

/// From real numbers to shades.
#[derive(Clone, Debug, PartialEq)]
enum Interest {
    /// Black and white, as the task or the stored bits have them.
    Range {
        low: f64,
        high: f64,
        stated: bool,
    },
    Window {
        centre: f64,
        width: f64,
        function: Function,
    },
    Table(Lut),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Linear,
    LinearExact,
    Sigmoid,
}

struct Shades {
    modality: Modality,
    interest: Interest,
}

impl Shades {
    fn of(file: &File<'_>, attributes: &Attributes, rules: &Rules) -> Result<Self, String> {
        let modality = modality(file, attributes)?;
        let interest = match rules.range {
            Some((low, high)) => Interest::Range { low, high, stated: true },
            None => interest(file, attributes, &modality)?,
        };
        Ok(Self { modality, interest })
    }

    fn shown(&self) -> Shown {
        match &self.interest {
            Interest::Range { stated: true, .. } => Shown::Stated,
            Interest::Range { .. } => Shown::AllBits,
            Interest::Window { .. } => Shown::Window,
            Interest::Table(_) => Shown::Table,
        }
    }

    fn one(&self, stored: f64) -> u8 {
        let real = self.real(stored);
        let share = match &self.interest {
            Interest::Range { low, high, .. } => (real - low) / (high - low),
            Interest::Window { centre, width, function } => match function {
                Function::Linear => (real - (centre - 0.5)) / (width - 1.0) + 0.5,
                Function::LinearExact => (real - centre) / width + 0.5,
                Function::Sigmoid => 1.0 / (1.0 + libm::exp(-4.0 * (real - centre) / width)),
            },
            Interest::Table(table) => f64::from(table.at(real as i32)) / table.full(),
        };
        // Not a number is black.
        (share.clamp(0.0, 1.0) * 255.0).round() as u8
    }

    /// The smallest and largest real number of an image that is shown over
    /// all of its bits and uses less than a quarter of them.
    fn dim(&self, values: &Values) -> Option<(f64, f64)> {
        let Interest::Range { low, high, stated: false } = self.interest else { return None };
        let Values::Whole(values) = values else { return None };
        let ends = [*values.iter().min()?, *values.iter().max()?].map(|v| self.real(f64::from(v)));
        let (least, most) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        (most > least && most - least < (high - low) / 4.0).then_some((least, most))
    }

    fn real(&self, stored: f64) -> f64 {
        match &self.modality {
            Modality::Line { slope, intercept } => stored * slope + intercept,
            Modality::Table(table) => f64::from(table.at(stored as i32)),
        }
    }

    fn all(&self, values: &Values, turned: bool) -> Vec<u8> {
        let finish = |shade: u8| if turned { 255 - shade } else { shade };
        match values {
            Values::Real(values) => values.iter().map(|v| finish(self.one(*v))).collect(),
            Values::Whole(values) => {
                let low = values.iter().copied().min().unwrap_or(0);
                let high = values.iter().copied().max().unwrap_or(0);
                // Each number is worked out once where they are not too many.
                if i64::from(high) - i64::from(low) < 1 << 17 {
                    let table: Vec<u8> =
                        (low..=high).map(|v| finish(self.one(f64::from(v)))).collect();
                    return values.iter().map(|v| table[(v - low) as usize]).collect();
                }
                values.iter().map(|v| finish(self.one(f64::from(*v)))).collect()
            }
        }
    }
}

fn modality(file: &File<'_>, attributes: &Attributes) -> Result<Modality, String> {
    let signed = matches!(attributes.numbers, Numbers::Whole { signed: true, .. });
    if let Some(first) = file.sequence(MODALITY)?.first()
        && let Some(table) = Lut::read(file, first, TABLE, signed)?
    {
        return Ok(Modality::Table(table));
    }
    let per_frame = file.shown(FRAME_VALUES)?;
    let number = |tag| match per_frame.first().and_then(|first| first.get(&tag)) {
        Some(element) => decimal(file.value(element)),
        None => file.get(tag).and_then(decimal),
    };
    let slope = number(SLOPE).filter(|slope| *slope != 0.0).unwrap_or(1.0);
    Ok(Modality::Line { slope, intercept: number(INTERCEPT).unwrap_or(0.0) })
}

fn interest(
    file: &File<'_>,
    attributes: &Attributes,
    modality: &Modality,
) -> Result<Interest, String> {
    let signed = match modality {
        Modality::Line { intercept, slope } => {
            *intercept < 0.0
                || *slope < 0.0
                || matches!(attributes.numbers, Numbers::Whole { signed: true, .. })
        }
        Modality::Table(_) => false,
    };
    if let Some(first) = file.sequence(INTEREST)?.first()
        && let Some(table) = Lut::read(file, first, TABLE, signed)?
    {
        return Ok(Interest::Table(table));
    }
    let per_frame = file.shown(FRAME_WINDOW)?;
    let own = |tag| match per_frame.first().and_then(|first| first.get(&tag)) {
        Some(element) => Some(file.value(element)),
        None => file.get(tag),
    };
    let function = match own(FUNCTION).map(text).as_deref() {
        None | Some("" | "LINEAR") => Function::Linear,
        Some("LINEAR_EXACT") => Function::LinearExact,
        Some("SIGMOID") => Function::Sigmoid,
        Some(other) => {
            return Err(format!(
                "is a DICOM file whose window is `{other}`, expected LINEAR, LINEAR_EXACT or SIGMOID"
            ));
        }
    };
    if let (Some(centre), Some(width)) =
        (own(CENTRE).and_then(decimal), own(WIDTH).and_then(decimal))
    {
        let least = if function == Function::Linear { 1.0 } else { 0.0 };
        if width > least || (width == 1.0 && function == Function::Linear) {
            // A linear window of width 1 has no slope: it is a threshold.
            let width = if function == Function::Linear { width.max(1.0 + 1e-9) } else { width };
            return Ok(Interest::Window { centre, width, function });
        }
    }
    full_range(attributes, modality)
}

/// The range that the stored bits have.
fn full_range(attributes: &Attributes, modality: &Modality) -> Result<Interest, String> {
    let Numbers::Whole { stored, signed, .. } = attributes.numbers else {
        return Err("is a DICOM file of numbers of floating point without a window; write in the \
                    task which values are black and white, range = [LOW, HIGH]"
            .into());
    };
    let size = (2_f64).powi(i32::from(stored));
    let (low, high) = if signed { (-size / 2.0, size / 2.0 - 1.0) } else { (0.0, size - 1.0) };
    let (low, high) = match modality {
        Modality::Line { slope, intercept } => {
            let ends = [low * slope + intercept, high * slope + intercept];
            (ends[0].min(ends[1]), ends[0].max(ends[1]))
        }
        Modality::Table(table) => (0.0, table.full()),
    };
    Ok(Interest::Range { low, high, stated: false })
}

/// The first of the numbers of a text.
pub(super) fn decimal(bytes: &[u8]) -> Option<f64> {
    let all = text(bytes);
    let first = all.split('\\').next()?.trim();
    first.parse().ok().filter(|number: &f64| number.is_finite())
}
