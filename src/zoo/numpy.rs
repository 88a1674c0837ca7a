//! Pickles of numpy arrays: BYOL's (written by dill, arrays in Haiku's nested
//! dicts) and flat ones.
//!
//! `npyz` reads `.npy` and `.npz`, not pickles. An array is a call of
//! `_reconstruct` whose state holds shape, type, order and the raw bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::group::{Group, below};
use super::pickle::{Arena, Id, Reader, Value, parse as parse_pickle};
use super::source::Section;
use super::tensor::{Bytes, Dtype, Storage, TensorData, latin1};

/// How deep below a group arrays are looked for.
const DEEPEST: usize = 8;

/// The groups of a pickle: its top level, each of its fields, and the fields
/// of named tuples among them.
pub(super) fn parse(file: &Section) -> Result<Vec<Group>, String> {
    let arena = parse_pickle(&mut Reader::new(file))?;
    let Some(root) = arena.entries(arena.root) else {
        return Err("its top level is no dict of arrays".into());
    };
    let mut walk = Walk {
        arena: &arena,
        seen: BTreeSet::new(),
        arrays: BTreeMap::new(),
        budget: file.length().saturating_mul(2),
    };
    let mut groups = Vec::new();
    let mut top = Group::at("");
    for (name, value) in root {
        if is_array(&arena, value) {
            top.add(name, walk.array(value));
        } else if matches!(arena.get(value), Value::Dict(_)) {
            groups.push(walk.flat(value, name));
        } else if walk.seen.insert(value) {
            for (field, inner) in arena.entries(value).unwrap_or_default() {
                groups.push(walk.flat(inner, &below(name, field)));
            }
        }
    }
    groups.insert(0, top);
    groups.retain(|group| !group.is_empty());
    if groups.is_empty() {
        return Err("it holds no named arrays".into());
    }
    Ok(groups)
}

struct Walk<'a> {
    arena: &'a Arena,
    /// A value can be reached by many ways; it is walked once.
    seen: BTreeSet<Id>,
    arrays: BTreeMap<Id, Result<TensorData, String>>,
    /// Bytes of text that may still be counted.
    budget: u64,
}

impl Walk<'_> {
    /// All arrays below a value, their names joined by `/`.
    fn flat(&mut self, root: Id, path: &str) -> Group {
        let mut group = Group::at(path);
        let mut level = vec![(root, String::new())];
        for _ in 0..DEEPEST {
            let mut next = Vec::new();
            for (id, path) in level {
                if !self.seen.insert(id) {
                    continue;
                }
                for (name, value) in self.arena.entries(id).unwrap_or_default() {
                    let name = if path.is_empty() { name.into() } else { format!("{path}/{name}") };
                    if is_array(self.arena, value) {
                        group.add(&name, self.array(value));
                    } else {
                        next.push((value, name));
                    }
                }
            }
            level = next;
        }
        group
    }

    fn array(&mut self, id: Id) -> Result<TensorData, String> {
        if let Some(known) = self.arrays.get(&id) {
            return known.clone();
        }
        let array = array(self.arena, id, &mut self.budget);
        self.arrays.insert(id, array.clone());
        array
    }
}

fn is_array(arena: &Arena, id: Id) -> bool {
    state_of(arena, id).is_some()
}

/// The state of an array: given to what `_reconstruct` makes, or handed with
/// it to a function of dill's.
fn state_of(arena: &Arena, id: Id) -> Option<Id> {
    let (name, arguments, state) = arena.call(id)?;
    match (name, arguments) {
        ("dill._dill _create_array", [maker, _, state, ..]) => match arena.get(*maker) {
            Value::Global(name) => is_reconstruct(name).then_some(*state),
            _ => None,
        },
        _ => state.filter(|_| is_reconstruct(name)),
    }
}

fn is_reconstruct(name: &str) -> bool {
    matches!(name, "numpy.core.multiarray _reconstruct" | "numpy._core.multiarray _reconstruct")
}

fn array(arena: &Arena, id: Id, budget: &mut u64) -> Result<TensorData, String> {
    let state = state_of(arena, id).and_then(|state| arena.items(state));
    let Some([_, shape, dtype, fortran, data]) = state else {
        return Err("its state is not that of an array".into());
    };
    let shape =
        arena.items(*shape).ok_or("its shape is no tuple")?.iter().map(|d| match arena.get(*d) {
            Value::Int(d) => usize::try_from(*d).map_err(|_| format!("size {d} is negative")),
            _ => Err("a size is no integer".to_string()),
        });
    let shape = shape.collect::<Result<Vec<_>, _>>()?;
    let (dtype, big_endian) = type_of(arena, *dtype)?;
    let bytes = arena.raw(*data).ok_or("its values are no bytes")?;
    let length = match &bytes {
        Bytes::Plain(section) => section.length(),
        // Only the text itself says how many characters it has.
        Bytes::Utf8(section) => {
            *budget =
                (budget.checked_sub(section.length())).ok_or("many arrays share the same text")?;
            let text = section.bytes().map_err(|error| error.to_string())?;
            latin1(&text)?.len() as u64
        }
    };
    let storage = Arc::new(Storage { bytes, length, big_endian, crc32c: None });
    let fortran = matches!(arena.get(*fortran), Value::Bool(true) | Value::Int(1));
    if fortran && shape.len() > 1 {
        let reversed: Vec<usize> = shape.iter().rev().copied().collect();
        let order: Vec<usize> = (0..shape.len()).rev().collect();
        let tensor = TensorData::whole(storage, dtype, reversed)?;
        return tensor.permuted(&order).ok_or_else(|| "its order is absurd".into());
    }
    TensorData::whole(storage, dtype, shape)
}

/// `dtype("f4", ...)` and its state `(3, "<", ...)`.
fn type_of(arena: &Arena, id: Id) -> Result<(Dtype, bool), String> {
    let Some(("numpy dtype", [name, ..], state)) = arena.call(id) else {
        return Err("its type is not numpy's".into());
    };
    let name = arena.text(*name).ok_or("the name of its type is no text")?;
    let dtype = match name.trim_start_matches(['<', '>', '|', '=']) {
        "f2" => Dtype::F16,
        "f4" => Dtype::F32,
        "f8" => Dtype::F64,
        "i8" => Dtype::I64,
        "i4" => Dtype::I32,
        "i2" => Dtype::I16,
        "i1" => Dtype::I8,
        "u1" => Dtype::U8,
        "b1" => Dtype::Bool,
        other => return Err(format!("type {other} of numpy is not read")),
    };
    let order = state.and_then(|state| arena.items(state)?.get(1).and_then(|o| arena.text(*o)));
    Ok((dtype, order == Some(">") || name.starts_with('>')))
}
