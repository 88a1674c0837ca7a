//! What a pickle says, as plain values.
//!
//! Values live in an arena and refer to each other by index, so shared and
//! even cyclic values cost no recursion.

use crate::zoo::source::Section;
use crate::zoo::tensor::Bytes;

/// Index of a value in its arena.
pub(in crate::zoo) type Id = u32;

/// One value.
#[derive(Clone, Debug)]
pub(in crate::zoo) enum Value {
    None,
    Bool(bool),
    Int(i64),
    /// An integer of more than 8 bytes; no size or count is one.
    Big,
    /// A number that is no size.
    Float,
    /// Short text: of Python 2 (Latin-1) or Python 3.
    Text(String),
    /// Short bytes.
    Short(Vec<u8>),
    /// Long text or bytes, left in the file.
    Long(Box<Long>),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    /// A name: `module attribute`.
    Global(String),
    /// What `callable(*arguments)` would make, and the state it would be
    /// given; never made.
    Call {
        callable: Id,
        arguments: Id,
        state: Option<Id>,
    },
    /// A reference that only the writer understands (torch: a storage).
    Persistent(Id),
}

/// Place of a long string.
#[derive(Clone, Debug)]
pub(in crate::zoo) struct Long {
    pub(in crate::zoo) section: Section,
    pub(in crate::zoo) utf8: bool,
}

/// All values of a pickle.
#[derive(Debug)]
pub(in crate::zoo) struct Arena {
    pub(super) values: Vec<Value>,
    pub(in crate::zoo) root: Id,
}

impl Arena {
    pub(in crate::zoo) fn get(&self, id: Id) -> &Value {
        self.values.get(id as usize).unwrap_or(&Value::None)
    }

    /// What persistent references refer to.
    pub(in crate::zoo) fn references(&self) -> impl Iterator<Item = Id> {
        self.values.iter().filter_map(|value| match value {
            Value::Persistent(id) => Some(*id),
            _ => None,
        })
    }

    /// Short text.
    pub(in crate::zoo) fn text(&self, id: Id) -> Option<&str> {
        match self.get(id) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Elements of a tuple or list.
    pub(in crate::zoo) fn items(&self, id: Id) -> Option<&[Id]> {
        match self.get(id) {
            Value::Tuple(items) | Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// A call of something that has a name: the name, the arguments, the state.
    pub(in crate::zoo) fn call(&self, id: Id) -> Option<(&str, &[Id], Option<Id>)> {
        let Value::Call { callable, arguments, state } = self.get(id) else { return None };
        match self.get(*callable) {
            Value::Global(name) => Some((name, self.items(*arguments)?, *state)),
            _ => None,
        }
    }

    /// Entries of a mapping with text for keys: a dict, an OrderedDict as
    /// Python 2 writes it, one of Haiku's frozen dicts, or a named tuple.
    pub(in crate::zoo) fn entries(&self, id: Id) -> Option<Vec<(&str, Id)>> {
        let named = |pairs: &[(Id, Id)]| -> Vec<(&str, Id)> {
            pairs.iter().filter_map(|(k, v)| Some((self.text(*k)?, *v))).collect()
        };
        if let Value::Dict(pairs) = self.get(id) {
            return Some(named(pairs));
        }
        if let Some(fields) = self.named_tuple(id) {
            return Some(fields);
        }
        let (name, arguments, state) = self.call(id)?;
        let class = name.rsplit([' ', '.']).next()?;
        match class {
            "OrderedDict" => {
                let pairs = self.items(*arguments.first()?)?.iter().filter_map(|pair| {
                    let [key, value] = self.items(*pair)? else { return None };
                    Some((self.text(*key)?, *value))
                });
                Some(pairs.collect())
            }
            "FlatMapping" | "FlatMap" | "frozendict" | "FrozenDict" | "to_immutable_dict" => {
                let inner = match (arguments.first(), state) {
                    (Some(inner), _) => *inner,
                    // An object with its dict in a field.
                    (None, Some(state)) => match self.get(state) {
                        Value::Dict(fields) => named(fields)
                            .iter()
                            .find(|(name, _)| matches!(*name, "_storage" | "_dict" | "_mapping"))
                            .map(|(_, inner)| *inner)?,
                        _ => return None,
                    },
                    _ => return None,
                };
                match self.get(inner) {
                    Value::Dict(pairs) => Some(named(pairs)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Fields of a named tuple: dill makes its class by a call that lists the
    /// names of the fields.
    fn named_tuple(&self, id: Id) -> Option<Vec<(&str, Id)>> {
        let Value::Call { callable, arguments, .. } = self.get(id) else { return None };
        let values = self.items(*arguments)?;
        let names: Vec<&str> = if let Some((maker, class, _)) = self.call(*callable) {
            if !maker.ends_with("_create_namedtuple") && !maker.ends_with(" namedtuple") {
                return None;
            }
            let fields = class.get(1)?;
            self.items(*fields)?.iter().filter_map(|field| self.text(*field)).collect()
        } else {
            let Value::Global(name) = self.get(*callable) else { return None };
            // The one that is written by name: BYOL's.
            if !name.ends_with(" _ByolExperimentState") {
                return None;
            }
            ["online_params", "target_params", "online_state", "target_state", "opt_state"].into()
        };
        (names.len() == values.len())
            .then(|| names.into_iter().zip(values.iter().copied()).collect())
    }

    /// The bytes behind text or bytes, and how many they are once decoded.
    pub(in crate::zoo) fn raw(&self, id: Id) -> Option<Bytes> {
        match self.get(id) {
            Value::Short(bytes) => Some(Bytes::Plain(Section::memory(bytes.clone()))),
            Value::Text(text) => {
                let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
                Some(Bytes::Plain(Section::memory(bytes?)))
            }
            Value::Long(long) if long.utf8 => Some(Bytes::Utf8(long.section.clone())),
            Value::Long(long) => Some(Bytes::Plain(long.section.clone())),
            // bytes of Python 3 in protocol 2: `_codecs.encode(text, "latin1")`.
            Value::Call { .. } => {
                let (name, arguments, _) = self.call(id)?;
                let [text, encoding] = arguments else { return None };
                let latin1 = matches!(self.text(*encoding), Some("latin1" | "latin-1"));
                let encodes = name == "_codecs encode" && latin1;
                match self.get(*text) {
                    Value::Text(_) | Value::Long(_) if encodes => self.raw(*text),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
