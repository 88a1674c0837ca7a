//! Tensors as torch's pickles describe them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::zoo::group::{Group, below};
use crate::zoo::pickle::{Arena, Id, Value};
use crate::zoo::tensor::{Dtype, Storage, TensorData};

/// How deep in dicts tensors are looked for.
const DEEPEST: usize = 4;

/// A storage as a pickle refers to it.
#[derive(Clone, Debug)]
pub(super) struct StorageRef {
    pub(super) dtype: Dtype,
    pub(super) key: String,
    /// Values in the storage.
    pub(super) count: u64,
    /// First value and number of values of a part (files of before 0.4).
    pub(super) part: Option<(u64, u64)>,
}

/// All dicts with tensors, the outer ones first.
pub(super) fn groups(
    arena: &Arena,
    load: &mut dyn FnMut(&StorageRef) -> Result<Arc<Storage>, String>,
) -> Result<Vec<Group>, String> {
    if arena.entries(arena.root).is_none() {
        return Err(match arena.call(arena.root) {
            Some((name, ..)) => format!(
                "its top level is an object of class `{}`, not a dict of tensors: a whole \
                 pickled model, say; save its state_dict() instead",
                name.replace(' ', ".")
            ),
            None => "its top level is no dict of tensors".into(),
        });
    }
    let mut groups = Vec::new();
    // A dict can be reached by many ways; it is walked once.
    let mut seen = BTreeSet::new();
    let mut level = vec![(arena.root, String::new())];
    for _ in 0..=DEEPEST {
        let mut next = Vec::new();
        for (id, path) in level {
            if !seen.insert(id) {
                continue;
            }
            let mut group = Group::at(&path);
            for (name, value) in arena.entries(id).unwrap_or_default() {
                if let Some(arguments) = tensor_call(arena, value) {
                    group.add(name, tensor(arena, arguments, load));
                } else if !matches!(arena.get(value), Value::Text(_) | Value::Int(_)) {
                    next.push((value, below(&path, name)));
                }
            }
            if !group.is_empty() {
                groups.push(group);
            }
        }
        level = next;
    }
    if groups.is_empty() {
        return Err("it holds no named tensors".into());
    }
    Ok(groups)
}

/// Arguments of the `_rebuild_tensor` behind a value, through parameters.
fn tensor_call(arena: &Arena, id: Id) -> Option<&[Id]> {
    let (name, arguments, _) = arena.call(id)?;
    match name {
        "torch._utils _rebuild_tensor_v2" | "torch._utils _rebuild_tensor" => Some(arguments),
        "torch._utils _rebuild_parameter" | "torch._utils _rebuild_parameter_with_state" => {
            // One level only: a parameter of a parameter is no torch file.
            let (name, arguments, _) = arena.call(*arguments.first()?)?;
            name.starts_with("torch._utils _rebuild_tensor").then_some(arguments)
        }
        _ => None,
    }
}

fn tensor(
    arena: &Arena,
    arguments: &[Id],
    load: &mut dyn FnMut(&StorageRef) -> Result<Arc<Storage>, String>,
) -> Result<TensorData, String> {
    let [storage, offset, shape, strides, ..] = arguments else {
        return Err("it has too few arguments".into());
    };
    let Value::Persistent(reference) = arena.get(*storage) else {
        return Err("its storage is no reference".into());
    };
    let reference = storage_ref(arena, *reference)?;
    let sizes = |id: Id| -> Result<Vec<usize>, String> {
        // `torch.Size` is a tuple by another name.
        let inner = match arena.call(id) {
            Some((_, arguments, _)) => arguments.first().copied().unwrap_or(id),
            None => id,
        };
        let items = arena.items(inner).ok_or("its shape is no tuple")?;
        items.iter().map(|id| size(arena, *id).map(|n| n as usize)).collect()
    };
    let (shape, strides) = (sizes(*shape)?, sizes(*strides)?);
    let mut offset = size(arena, *offset)?;
    if let Some((first, length)) = reference.part {
        let end = first.checked_add(length).filter(|end| *end <= reference.count);
        end.ok_or("its part lies outside its storage")?;
        offset = offset.checked_add(first).ok_or("its offset is absurd")?;
    }
    TensorData::view(load(&reference)?, reference.dtype, shape, strides, offset as usize)
}

fn size(arena: &Arena, id: Id) -> Result<u64, String> {
    match arena.get(id) {
        Value::Int(value) => u64::try_from(*value).map_err(|_| format!("size {value} is negative")),
        _ => Err("a size is no integer".to_string()),
    }
}

/// `('storage', class, key, location, count[, part])`.
pub(super) fn storage_ref(arena: &Arena, id: Id) -> Result<StorageRef, String> {
    let parts = arena.items(id).ok_or("its storage reference is no tuple")?;
    let [_, class, key, _, count, rest @ ..] = parts else {
        return Err("its storage reference is too short".into());
    };
    let (Value::Global(class), Some(key)) = (arena.get(*class), arena.text(*key)) else {
        return Err("its storage reference is malformed".into());
    };
    let dtype = dtype(class).ok_or_else(|| format!("storage class {class} is not read"))?;
    let part = match rest.first().and_then(|part| arena.items(*part)) {
        Some([_, first, length]) => Some((size(arena, *first)?, size(arena, *length)?)),
        _ => None,
    };
    Ok(StorageRef { dtype, key: key.into(), count: size(arena, *count)?, part })
}

fn dtype(class: &str) -> Option<Dtype> {
    let name = class.strip_prefix("torch ").or_else(|| class.strip_prefix("torch.cuda "))?;
    Some(match name {
        "HalfStorage" => Dtype::F16,
        "BFloat16Storage" => Dtype::Bf16,
        "FloatStorage" => Dtype::F32,
        "DoubleStorage" => Dtype::F64,
        "LongStorage" => Dtype::I64,
        "IntStorage" => Dtype::I32,
        "ShortStorage" => Dtype::I16,
        "CharStorage" => Dtype::I8,
        "ByteStorage" => Dtype::U8,
        "BoolStorage" => Dtype::Bool,
        _ => return None,
    })
}
