//! A tensor that still lies in its file.

use std::sync::Arc;

use tch::{Device, Kind, Tensor};

use super::source::Section;

/// Type of the values as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Dtype {
    F16,
    Bf16,
    F32,
    F64,
    I64,
    I32,
    I16,
    I8,
    U8,
    Bool,
}

impl Dtype {
    /// Bytes per value.
    pub fn width(self) -> usize {
        match self {
            Self::F64 | Self::I64 => 8,
            Self::F32 | Self::I32 => 4,
            Self::F16 | Self::Bf16 | Self::I16 => 2,
            Self::I8 | Self::U8 | Self::Bool => 1,
        }
    }

    /// Short name, as safetensors writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::F16 => "F16",
            Self::Bf16 => "BF16",
            Self::F32 => "F32",
            Self::F64 => "F64",
            Self::I64 => "I64",
            Self::I32 => "I32",
            Self::I16 => "I16",
            Self::I8 => "I8",
            Self::U8 => "U8",
            Self::Bool => "BOOL",
        }
    }

    /// A boolean is read as a byte: a file may hold other values than 0 and 1.
    fn kind(self) -> Kind {
        match self {
            Self::F16 => Kind::Half,
            Self::Bf16 => Kind::BFloat16,
            Self::F32 => Kind::Float,
            Self::F64 => Kind::Double,
            Self::I64 => Kind::Int64,
            Self::I32 => Kind::Int,
            Self::I16 => Kind::Int16,
            Self::I8 => Kind::Int8,
            Self::U8 | Self::Bool => Kind::Uint8,
        }
    }
}

/// How the bytes of a storage are kept.
#[derive(Debug)]
pub(super) enum Bytes {
    /// As they are.
    Plain(Section),
    /// Each byte as a character of Latin-1, in UTF-8: how Python 3 writes
    /// bytes into a pickle of protocol 2.
    Utf8(Section),
}

/// Memory that one or more tensors look at.
#[derive(Debug)]
pub(super) struct Storage {
    pub(super) bytes: Bytes,
    /// Length once decoded.
    pub(super) length: u64,
    pub(super) big_endian: bool,
    /// CRC-32C of all bytes, where the file has it.
    pub(super) crc32c: Option<u32>,
}

impl Storage {
    pub(super) fn plain(section: Section) -> Self {
        let length = section.length();
        Self { bytes: Bytes::Plain(section), length, big_endian: false, crc32c: None }
    }
}

/// A tensor of a checkpoint: a view into a storage of its file, checked to lie
/// inside. Values are read when they are asked for.
#[derive(Clone, Debug)]
pub struct TensorData {
    dtype: Dtype,
    shape: Vec<usize>,
    /// In values, like the offset.
    strides: Vec<usize>,
    offset: usize,
    storage: Arc<Storage>,
}

/// More axes than any tensor here has.
const MOST_AXES: usize = 16;

impl TensorData {
    /// Checks that the view lies inside its storage.
    pub(super) fn view(
        storage: Arc<Storage>,
        dtype: Dtype,
        shape: Vec<usize>,
        strides: Vec<usize>,
        offset: usize,
    ) -> Result<Self, String> {
        if shape.len() != strides.len() || shape.len() > MOST_AXES {
            return Err(format!("it has {} sizes and {} strides", shape.len(), strides.len()));
        }
        let tensor = Self { dtype, shape, strides, offset, storage };
        let absurd = || format!("shape {:?} is absurd", tensor.shape);
        let count = count(&tensor.shape).ok_or_else(absurd)?;
        let last = tensor.last().ok_or_else(absurd)?;
        let available = tensor.storage.length / dtype.width() as u64;
        if count > 0 && last as u64 >= available {
            return Err(format!("it needs value {last} of a storage of {available}"));
        }
        Ok(tensor)
    }

    /// A whole storage in C order.
    pub(super) fn whole(
        storage: Arc<Storage>,
        dtype: Dtype,
        shape: Vec<usize>,
    ) -> Result<Self, String> {
        let absurd = || format!("shape {shape:?} is absurd");
        let wanted =
            count(&shape).and_then(|n| n.checked_mul(dtype.width())).ok_or_else(absurd)? as u64;
        if wanted != storage.length {
            let length = storage.length;
            return Err(format!("shape {shape:?} needs {wanted} bytes, the file has {length}"));
        }
        let strides = c_order(&shape);
        Self::view(storage, dtype, shape, strides, 0)
    }

    /// Shape.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Type of the values as stored.
    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether its file holds as many values as it has, so that whatever is
    /// allocated for it is bounded by the file: strides of 0 repeat a value without
    /// end. Small tensors are saved so now and then.
    ///
    /// # Errors
    /// It does not.
    pub fn check_held(&self) -> Result<(), String> {
        const SMALL: u64 = 1 << 20;
        let held = self.storage.length / self.dtype.width() as u64;
        if self.len() as u64 <= held.max(SMALL) {
            return Ok(());
        }
        let shape = &self.shape;
        Err(format!("its shape is {shape:?}, but its file holds {held} values, which are repeated"))
    }

    /// The same values with axes in another order; `order` is a permutation.
    pub(super) fn permuted(&self, order: &[usize]) -> Option<Self> {
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        if !sorted.iter().copied().eq(0..self.shape.len()) {
            return None;
        }
        let pick = |from: &[usize]| order.iter().map(|axis| from[*axis]).collect();
        Some(Self { shape: pick(&self.shape), strides: pick(&self.strides), ..self.clone() })
    }

    /// The same values without axes of length 1.
    pub(super) fn squeezed(&self) -> Self {
        let kept = |(d, _): &(&usize, &usize)| **d != 1;
        let (shape, strides) =
            self.shape.iter().zip(&self.strides).filter(kept).map(|(d, s)| (*d, *s)).unzip();
        Self { shape, strides, ..self.clone() }
    }

    /// The same values with axes of length 1 put at the end or taken off there,
    /// so that the shape is the wanted one; `None` where it differs in more.
    pub(super) fn reshaped(&self, wanted: &[usize]) -> Option<Self> {
        let common = self.shape.len().min(wanted.len());
        let ones = |rest: &[usize]| rest.iter().all(|d| *d == 1);
        let alike = self.shape[..common] == wanted[..common]
            && ones(&self.shape[common..])
            && ones(&wanted[common..]);
        if !alike || wanted.len() > MOST_AXES {
            return None;
        }
        let mut strides = self.strides.clone();
        strides.resize(wanted.len(), 1);
        Some(Self { shape: wanted.to_vec(), strides, ..self.clone() })
    }

    /// Tensors one after the other along the first axis. Where they lie in
    /// their files as they are wanted, nothing is read.
    pub(super) fn joined(parts: &[Self]) -> Result<Self, String> {
        let [first, rest @ ..] = parts else { return Err("there is nothing to join".into()) };
        let alike = |part: &Self| {
            part.dtype == first.dtype
                && part.shape.len() == first.shape.len()
                && part.shape.get(1..) == first.shape.get(1..)
        };
        if first.shape.is_empty() || !rest.iter().all(alike) {
            return Err("they are of different shapes or types".into());
        }
        let sections = parts.iter().map(Self::in_order).collect::<Result<Vec<_>, _>>()?;
        let section = Section::joined(sections).ok_or("they are too large")?;
        let mut shape = first.shape.clone();
        shape[0] = parts
            .iter()
            .try_fold(0usize, |sum, part| sum.checked_add(part.shape[0]))
            .ok_or("they are too large")?;
        Self::whole(Arc::new(Storage::plain(section)), first.dtype, shape)
    }

    /// The values in C order, little-endian: a place in the file where they lie
    /// so, else read.
    fn in_order(&self) -> Result<Section, String> {
        let width = self.dtype.width();
        let storage = &self.storage;
        if let Bytes::Plain(section) = &storage.bytes
            && self.is_c_order()
            && storage.crc32c.is_none()
            && !storage.big_endian
        {
            let part = section.part((self.offset * width) as u64, (self.len() * width) as u64);
            return part.ok_or_else(|| "it ends beyond its storage".into());
        }
        self.check_held()?;
        let text = |error: tch::TchError| error.to_string();
        let tensor = self.to_tensor()?.f_contiguous().map_err(text)?;
        let mut bytes = vec![0; self.len() * width];
        tensor.f_copy_data_u8(&mut bytes, self.len()).map_err(text)?;
        if cfg!(target_endian = "big") {
            bytes.chunks_exact_mut(width).for_each(<[u8]>::reverse);
        }
        Ok(Section::memory(bytes))
    }

    /// Whether two tensors are the same values of one file.
    pub(super) fn same_place(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.storage, &other.storage)
            && (self.offset, &self.shape, &self.strides)
                == (other.offset, &other.shape, &other.strides)
    }

    /// Position of the last value; overflow is `None`.
    fn last(&self) -> Option<usize> {
        self.shape.iter().zip(&self.strides).try_fold(self.offset, |at, (d, s)| {
            at.checked_add(d.saturating_sub(1).checked_mul(*s)?)
        })
    }

    fn is_c_order(&self) -> bool {
        let wanted = c_order(&self.shape);
        (self.shape.iter().zip(&self.strides).zip(&wanted)).all(|((d, s), w)| *d == 1 || s == w)
    }

    /// Reads the values as a tensor of the stored type on the CPU.
    pub fn to_tensor(&self) -> Result<Tensor, String> {
        let sizes: Vec<i64> = self.shape.iter().map(|d| *d as i64).collect();
        let kind = self.dtype.kind();
        if self.is_empty() {
            return Tensor::f_empty(&sizes, (kind, Device::Cpu)).map_err(|e| e.to_string());
        }
        let bytes = self.bytes()?;
        let count = bytes.len() / self.dtype.width();
        let strides: Vec<i64> = self.strides.iter().map(|s| *s as i64).collect();
        Tensor::f_from_data_size(&bytes, &[count as i64], kind)
            .and_then(|flat| flat.f_as_strided(&sizes[..], &strides[..], 0))
            .map_err(|error| error.to_string())
    }

    /// All values as f64 in C order; integers are exact up to 2^53.
    pub fn values(&self) -> Result<Vec<f64>, String> {
        self.check_held()?;
        let text = |error: tch::TchError| error.to_string();
        let tensor = self.to_tensor()?.f_to_kind(Kind::Double).map_err(text)?;
        let flat = tensor.f_contiguous().and_then(|t| t.f_view([-1])).map_err(text)?;
        Vec::<f64>::try_from(&flat).map_err(text)
    }

    /// Reads the values into a tensor of the same shape, whatever its type.
    pub(super) fn copy_to(&self, variable: &mut Tensor) -> Result<(), String> {
        let direct = self.is_c_order()
            && self.storage.crc32c.is_none()
            && self.storage.big_endian == cfg!(target_endian = "big")
            && variable.device() == Device::Cpu
            && variable.kind() == self.dtype.kind()
            && variable.is_contiguous()
            && variable.numel() == self.len();
        match &self.storage.bytes {
            Bytes::Plain(section) if direct && !self.is_empty() => {
                let width = self.dtype.width();
                read_into(section, (self.offset * width) as u64, variable, self.len() * width)
            }
            _ => {
                let tensor = self.to_tensor()?;
                variable.f_copy_(&tensor).map_err(|error| error.to_string())
            }
        }
    }

    /// Bytes from the first to the last value of the view, in native order.
    fn bytes(&self) -> Result<Vec<u8>, String> {
        let width = self.dtype.width();
        let last = self.last().ok_or("its last value is out of range")?;
        let (start, end) = (self.offset * width, (last + 1) * width);
        let storage = &self.storage;
        let text = |error: std::io::Error| error.to_string();
        let mut bytes = match &storage.bytes {
            Bytes::Plain(section) => {
                let part = section.part(start as u64, (end - start) as u64);
                part.ok_or("it ends beyond its storage")?.bytes().map_err(text)?
            }
            Bytes::Utf8(section) => {
                let all = latin1(&section.bytes().map_err(text)?)?;
                all.get(start..end).ok_or("it ends beyond its storage")?.to_vec()
            }
        };
        if let Some(expected) = storage.crc32c
            && bytes.len() as u64 == storage.length
            && super::crc32c::crc32c(&bytes) != expected
        {
            return Err("its checksum is wrong: the file is damaged".into());
        }
        if storage.big_endian != cfg!(target_endian = "big") {
            bytes.chunks_exact_mut(width).for_each(<[u8]>::reverse);
        }
        Ok(bytes)
    }
}

/// One copy, from the file to where the network keeps its values.
#[allow(unsafe_code)]
fn read_into(
    section: &Section,
    start: u64,
    variable: &mut Tensor,
    length: usize,
) -> Result<(), String> {
    // SAFETY: the caller has checked that the variable is a contiguous CPU
    // tensor of exactly `length` bytes; it is borrowed mutably here, every bit
    // pattern is a value of its type, and the slice ends with this function.
    let memory =
        unsafe { std::slice::from_raw_parts_mut(variable.data_ptr().cast::<u8>(), length) };
    section.read_at(start, memory).map_err(|error| error.to_string())
}

fn count(shape: &[usize]) -> Option<usize> {
    let count = shape.iter().try_fold(1usize, |n, d| n.checked_mul(*d))?;
    // libtorch counts bytes in an i64.
    count.checked_mul(8).filter(|bytes| i64::try_from(*bytes).is_ok()).map(|_| count)
}

fn c_order(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1usize; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis].saturating_mul(shape[axis].max(1));
    }
    strides
}

/// Bytes that were written as characters below 256.
pub(super) fn latin1(utf8: &[u8]) -> Result<Vec<u8>, String> {
    let text = std::str::from_utf8(utf8).map_err(|error| error.to_string())?;
    text.chars()
        .map(|c| u8::try_from(c).map_err(|_| format!("character {c:?} stands for no byte")))
        .collect()
}
