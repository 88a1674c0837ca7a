//! The two messages of an index: `tensorflow/core/protobuf/tensor_bundle.proto`.
//!
//! `prost` would bring a code generator for twelve fields.

/// Type of text.
pub(super) const DT_STRING: u64 = 7;

/// `BundleHeaderProto`.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) shards: u32,
    pub(super) big_endian: bool,
}

/// `BundleEntryProto`.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) dtype: u64,
    pub(super) shape: Vec<usize>,
    pub(super) shard: u32,
    pub(super) offset: u64,
    pub(super) size: u64,
    /// Masked.
    pub(super) crc32c: Option<u32>,
    pub(super) sliced: bool,
}

impl Header {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let mut header = Self::default();
        for field in fields(bytes) {
            match field? {
                (1, Field::Number(n)) => header.shards = small(n)?,
                (2, Field::Number(n)) => header.big_endian = n == 1,
                _ => {}
            }
        }
        Ok(header)
    }
}

impl Entry {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let mut entry = Self::default();
        for field in fields(bytes) {
            match field? {
                (1, Field::Number(n)) => entry.dtype = n,
                (2, Field::Message(shape)) => entry.shape = dims(shape)?,
                (3, Field::Number(n)) => entry.shard = small(n)?,
                (4, Field::Number(n)) => entry.offset = n,
                (5, Field::Number(n)) => entry.size = n,
                (6, Field::Fixed32(n)) => entry.crc32c = Some(n),
                (7, _) => entry.sliced = true,
                _ => {}
            }
        }
        Ok(entry)
    }
}

/// `TensorShapeProto`: repeated `dim { size }`.
fn dims(bytes: &[u8]) -> Result<Vec<usize>, String> {
    let mut shape = Vec::new();
    for field in fields(bytes) {
        if let (2, Field::Message(dim)) = field? {
            let mut size = 0;
            for field in fields(dim) {
                if let (1, Field::Number(n)) = field? {
                    size = usize::try_from(n).map_err(|e| e.to_string())?;
                }
            }
            shape.push(size);
        }
    }
    Ok(shape)
}

fn small(n: u64) -> Result<u32, String> {
    u32::try_from(n).map_err(|_| format!("{n} is out of range"))
}

enum Field<'a> {
    Number(u64),
    Message(&'a [u8]),
    Fixed32(u32),
    Fixed64,
}

/// Fields by number, in the order of the bytes; ends after the first error.
fn fields(mut rest: &[u8]) -> impl Iterator<Item = Result<(u64, Field<'_>), String>> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let field = field(&mut rest);
        if field.is_err() {
            rest = &[];
        }
        Some(field)
    })
}

fn field<'a>(rest: &mut &'a [u8]) -> Result<(u64, Field<'a>), String> {
    let early = || "a message ends early".to_string();
    let key = varint(rest)?;
    let field = match key & 7 {
        0 => Field::Number(varint(rest)?),
        1 => {
            rest.split_off(..8).ok_or_else(early)?;
            Field::Fixed64
        }
        2 => {
            let length = usize::try_from(varint(rest)?).map_err(|_| early())?;
            Field::Message(rest.split_off(..length).ok_or_else(early)?)
        }
        5 => {
            let (word, after) = rest.split_first_chunk::<4>().ok_or_else(early)?;
            *rest = after;
            Field::Fixed32(u32::from_le_bytes(*word))
        }
        other => return Err(format!("wire type {other} is not known")),
    };
    Ok((key >> 3, field))
}

/// A number in groups of seven bits, the lowest first.
pub(super) fn varint(rest: &mut &[u8]) -> Result<u64, String> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = *rest.split_off_first().ok_or("a number ends early")?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err("a number is longer than 64 bits".into())
}
