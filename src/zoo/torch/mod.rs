//! Files of `torch.save`: a zip archive since 1.6, stacked pickles before.

mod legacy;
mod rebuild;
mod zip;

pub(super) use legacy::{MAGIC, parse as parse_legacy};
pub(super) use zip::parse as parse_zip;
