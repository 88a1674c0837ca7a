use super::pixels::{Stored, Values};
use super::*;

mod fuzz;
mod jpeg_writer;
mod packed;
mod real;
mod shades;
mod syntaxes;
pub(crate) mod writer;

/// The numbers that a file holds.
fn stored(bytes: &[u8]) -> Result<Stored, String> {
    let file = file::File::open(bytes)?;
    pixels::stored(&file, &attributes::Attributes::of(&file)?)
}

fn numbers(bytes: &[u8]) -> Vec<i32> {
    match stored(bytes).expect("an image").values {
        Values::Whole(values) => values,
        Values::Real(values) => panic!("real numbers: {values:?}"),
    }
}

fn shown(bytes: &[u8]) -> Vec<u8> {
    decode(bytes, &Rules::default()).expect("an image").pixels
}

fn refused(bytes: &[u8]) -> String {
    crate::data::decode::decode(bytes, &Rules::default()).expect_err("refused")
}
