//! torch files since 1.6: a zip archive of `data.pkl` and raw storages.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use half::{bf16, f16};
use zip::ZipArchive;

use super::checkpoint::{TensorData, Values};
use super::pickle::{self, Arena, Id, Value};

/// Keys under which state dicts are found, in the order they are tried.
const NESTINGS: [&str; 5] = ["state_dict", "model", "resnet", "teacher", "student"];

/// The pickle holds names and shapes only; the largest public ones are below 2 MB.
const LARGEST_PICKLE: u64 = 64 << 20;

/// A view may repeat values (an expanded tensor), a whole checkpoint hardly.
const LARGEST_GROWTH: usize = 4;

type Tensors = BTreeMap<String, TensorData>;

/// Nesting key and tensors of a file.
pub(super) fn parse(bytes: &[u8]) -> Result<(Option<String>, Tensors), String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let root = archive
        .file_names()
        .filter_map(Result::ok)
        .find_map(|name| name.strip_suffix("data.pkl").map(str::to_string))
        .ok_or("it is a zip archive without a data.pkl, so no torch file")?;
    let order = entry(&mut archive, &format!("{root}byteorder"), 16).unwrap_or_default();
    let big_endian = order.starts_with(b"big");
    let pickle = entry(&mut archive, &format!("{root}data.pkl"), LARGEST_PICKLE)?;
    let arena = pickle::parse(&pickle)?;
    let (nesting, entries) = state_dict(&arena)?;
    let mut storages = Storages {
        archive,
        prefix: format!("{root}data/"),
        big_endian,
        cached: BTreeMap::new(),
        budget: bytes.len().saturating_mul(LARGEST_GROWTH),
    };
    let mut tensors = Tensors::new();
    for (name, id) in entries {
        let view = view(&arena, id).map_err(|e| format!("tensor {name}: {e}"))?;
        let tensor = storages.tensor(&view).map_err(|e| format!("tensor {name}: {e}"))?;
        tensors.insert(name, tensor);
    }
    Ok((nesting, tensors))
}

fn entry(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    name: &str,
    limit: u64,
) -> Result<Vec<u8>, String> {
    let file = archive.by_name(name).map_err(|e| format!("entry {name}: {e}"))?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|e| format!("entry {name}: {e}"))?;
    if bytes.len() as u64 > limit {
        return Err(format!("entry {name} is larger than {limit} bytes"));
    }
    Ok(bytes)
}

/// The dict that holds the tensors, and its entries that are tensors.
fn state_dict(arena: &Arena) -> Result<(Option<String>, Vec<(String, Id)>), String> {
    let Value::Dict(root) = arena.get(arena.root) else {
        return Err("its top level is no dict (a whole pickled model, say)".into());
    };
    let nested = NESTINGS.iter().find_map(|key| {
        let (_, value) =
            root.iter().find(|(k, _)| matches!(arena.get(*k), Value::Text(text) if text == key))?;
        match arena.get(*value) {
            Value::Dict(inner) => Some(((*key).to_string(), inner)),
            _ => None,
        }
    });
    let (nesting, dict) = match nested {
        Some((key, inner)) => (Some(key), inner),
        None => (None, root),
    };
    let mut entries = Vec::new();
    for (key, value) in dict {
        if let Value::Text(name) = arena.get(*key)
            && tensor_call(arena, *value).is_some()
        {
            entries.push((name.clone(), *value));
        }
    }
    if entries.is_empty() {
        return Err("it holds no named tensors".into());
    }
    Ok((nesting, entries))
}

/// Arguments of the `_rebuild_tensor` behind a value, through parameters.
fn tensor_call(arena: &Arena, id: Id) -> Option<&[Id]> {
    let Value::Call { callable, arguments } = arena.get(id) else { return None };
    let (Value::Global(name), Value::Tuple(arguments)) =
        (arena.get(*callable), arena.get(*arguments))
    else {
        return None;
    };
    match name.as_str() {
        "torch._utils _rebuild_tensor_v2" | "torch._utils _rebuild_tensor" => Some(arguments),
        "torch._utils _rebuild_parameter" => {
            // One level only: a parameter of a parameter is no torch file.
            let inner = *arguments.first()?;
            let Value::Call { callable, arguments } = arena.get(inner) else { return None };
            match (arena.get(*callable), arena.get(*arguments)) {
                (Value::Global(name), Value::Tuple(arguments))
                    if name.starts_with("torch._utils _rebuild_tensor") =>
                {
                    Some(arguments)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// A tensor as a view into a storage.
struct View {
    kind: Kind,
    key: String,
    offset: usize,
    shape: Vec<usize>,
    strides: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    F16,
    Bf16,
    F32,
    F64,
    I64,
    I32,
    I16,
    I8,
    U8,
}

impl Kind {
    fn of(class: &str) -> Option<Self> {
        Some(match class {
            "torch HalfStorage" => Self::F16,
            "torch BFloat16Storage" => Self::Bf16,
            "torch FloatStorage" => Self::F32,
            "torch DoubleStorage" => Self::F64,
            "torch LongStorage" => Self::I64,
            "torch IntStorage" => Self::I32,
            "torch ShortStorage" => Self::I16,
            "torch CharStorage" => Self::I8,
            "torch ByteStorage" | "torch BoolStorage" => Self::U8,
            _ => return None,
        })
    }

    fn width(self) -> usize {
        match self {
            Self::F64 | Self::I64 => 8,
            Self::F32 | Self::I32 => 4,
            Self::F16 | Self::Bf16 | Self::I16 => 2,
            Self::I8 | Self::U8 => 1,
        }
    }
}

fn view(arena: &Arena, id: Id) -> Result<View, String> {
    let arguments = tensor_call(arena, id).ok_or("it is no tensor")?;
    let [storage, offset, shape, strides, ..] = arguments else {
        return Err("it has too few arguments".into());
    };
    let Value::Persistent(reference) = arena.get(*storage) else {
        return Err("its storage is no reference".into());
    };
    let Value::Tuple(parts) = arena.get(*reference) else {
        return Err("its storage reference is no tuple".into());
    };
    let [_, class, key, ..] = parts.as_slice() else {
        return Err("its storage reference is too short".into());
    };
    let (Value::Global(class), Value::Text(key)) = (arena.get(*class), arena.get(*key)) else {
        return Err("its storage reference is malformed".into());
    };
    let kind = Kind::of(class).ok_or_else(|| format!("storage class {class} is not read"))?;
    let size = |id: &Id| match arena.get(*id) {
        Value::Int(value) => {
            usize::try_from(*value).map_err(|_| format!("size {value} is negative"))
        }
        _ => Err("a size is no integer".to_string()),
    };
    let sizes = |id: &Id| match arena.get(*id) {
        Value::Tuple(items) | Value::List(items) => items.iter().map(size).collect(),
        _ => Err("its shape is no tuple".to_string()),
    };
    let (shape, strides): (Vec<usize>, Vec<usize>) = (sizes(shape)?, sizes(strides)?);
    if shape.len() != strides.len() || shape.len() > 16 {
        return Err(format!("{} sizes and {} strides", shape.len(), strides.len()));
    }
    Ok(View { kind, key: key.clone(), offset: size(offset)?, shape, strides })
}

struct Storages<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    prefix: String,
    big_endian: bool,
    /// Storages are shared between tensors; each is read once.
    cached: BTreeMap<String, Vec<u8>>,
    /// Bytes that may still be made.
    budget: usize,
}

impl Storages<'_> {
    fn spend(&mut self, bytes: usize) -> Result<(), String> {
        self.budget = self
            .budget
            .checked_sub(bytes)
            .ok_or("the tensors are many times larger than the file")?;
        Ok(())
    }

    fn tensor(&mut self, view: &View) -> Result<TensorData, String> {
        let absurd = || format!("shape {:?} is absurd", view.shape);
        let count = view
            .shape
            .iter()
            .try_fold(1usize, |n, d| n.checked_mul(*d))
            .filter(|n| n.checked_mul(8).is_some())
            .ok_or_else(absurd)?;
        let width = view.kind.width();
        let last = (view.shape.iter().zip(&view.strides))
            .try_fold(view.offset, |at, (d, s)| {
                at.checked_add(d.saturating_sub(1).checked_mul(*s)?)
            })
            .ok_or_else(absurd)?;
        self.load(&view.key)?;
        let available = self.cached[&view.key].len() / width;
        if count > 0 && last >= available {
            return Err(format!("it needs value {last} of a storage of {available}"));
        }
        self.spend(count.saturating_mul(width))?;
        let bytes = &self.cached[&view.key];
        let values = decode(view, bytes, count, self.big_endian);
        Ok(TensorData { shape: view.shape.clone(), values })
    }

    fn load(&mut self, key: &str) -> Result<(), String> {
        if self.cached.contains_key(key) {
            return Ok(());
        }
        let name = format!("{}{key}", self.prefix);
        let bytes = entry(&mut self.archive, &name, self.budget as u64)?;
        self.cached.insert(key.to_string(), bytes);
        Ok(())
    }
}

/// Walks a view in C order; its bounds were checked.
fn decode(view: &View, bytes: &[u8], count: usize, big_endian: bool) -> Values {
    let width = view.kind.width();
    let mut index = vec![0usize; view.shape.len()];
    let mut at = view.offset;
    let mut next = || {
        let start = at * width;
        let mut word = [0u8; 8];
        word[..width].copy_from_slice(&bytes[start..start + width]);
        if big_endian {
            word[..width].reverse();
        }
        for axis in (0..index.len()).rev() {
            index[axis] += 1;
            at += view.strides[axis];
            if index[axis] < view.shape[axis] {
                break;
            }
            at -= view.strides[axis] * view.shape[axis];
            index[axis] = 0;
        }
        word
    };
    let half = |w: [u8; 8]| [w[0], w[1]];
    let single = |w: [u8; 8]| [w[0], w[1], w[2], w[3]];
    match view.kind {
        Kind::F32 => Values::F32((0..count).map(|_| f32::from_le_bytes(single(next()))).collect()),
        Kind::F16 => {
            Values::F32((0..count).map(|_| f16::from_le_bytes(half(next())).to_f32()).collect())
        }
        Kind::Bf16 => {
            Values::F32((0..count).map(|_| bf16::from_le_bytes(half(next())).to_f32()).collect())
        }
        Kind::F64 => Values::F64((0..count).map(|_| f64::from_le_bytes(next())).collect()),
        Kind::I64 => Values::F64((0..count).map(|_| i64::from_le_bytes(next()) as f64).collect()),
        Kind::I32 => {
            Values::F64((0..count).map(|_| f64::from(i32::from_le_bytes(single(next())))).collect())
        }
        Kind::I16 => {
            Values::F64((0..count).map(|_| f64::from(i16::from_le_bytes(half(next())))).collect())
        }
        Kind::I8 => Values::F64((0..count).map(|_| f64::from(next()[0].cast_signed())).collect()),
        Kind::U8 => Values::F64((0..count).map(|_| f64::from(next()[0])).collect()),
    }
}
