//! The opcodes of pickles, protocols 0 to 5.
//!
//! Each opcode makes at most one value and their number is limited, so memory
//! is bounded whatever a pickle says.

use std::collections::BTreeMap;

use super::reader::Reader;
use super::value::{Arena, Id, Long, Value};

/// The largest public checkpoints have some hundred thousand.
const MOST_OPCODES: usize = 2_000_000;

/// Longer text and bytes stay in the file.
const LONGEST_KEPT: u64 = 1024;

struct Machine<'a> {
    input: &'a mut Reader,
    values: Vec<Value>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: BTreeMap<u32, Id>,
}

/// Reads one pickle and leaves the reader behind it.
pub(in crate::zoo) fn parse(input: &mut Reader) -> Result<Arena, String> {
    let mut machine = Machine {
        input,
        values: Vec::new(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: BTreeMap::new(),
    };
    for _ in 0..MOST_OPCODES {
        match machine.input.byte()? {
            b'.' => {
                let root = machine.pop()?;
                return Ok(Arena { values: machine.values, root });
            }
            opcode => machine.run(opcode)?,
        }
    }
    Err(format!("the pickle has more than {MOST_OPCODES} opcodes"))
}

impl Machine<'_> {
    fn number(&mut self, width: usize) -> Result<u64, String> {
        self.input.number(width)
    }

    fn long_at(&mut self, length: u64, utf8: bool) -> Result<Value, String> {
        let section = self.input.skip(length)?;
        Ok(Value::Long(Box::new(Long { section, utf8 })))
    }

    fn text(&mut self, width: usize) -> Result<Value, String> {
        let length = self.number(width)?;
        if length > LONGEST_KEPT {
            return self.long_at(length, true);
        }
        // "surrogatepass" of Python can write text that is no UTF-8; it names
        // no tensor.
        let bytes = self.input.bytes(length)?;
        Ok(Value::Text(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// A string of Python 2: bytes, shown as Latin-1.
    fn old_text(&mut self, width: usize) -> Result<Value, String> {
        let length = self.number(width)?;
        if length > LONGEST_KEPT {
            return self.long_at(length, false);
        }
        let bytes = self.input.bytes(length)?;
        Ok(Value::Text(bytes.iter().map(|b| char::from(*b)).collect()))
    }

    fn bytes(&mut self, width: usize) -> Result<Value, String> {
        let length = self.number(width)?;
        if length > LONGEST_KEPT {
            return self.long_at(length, false);
        }
        self.input.bytes(length).map(Value::Short)
    }

    fn value(&mut self, id: Id) -> Option<&mut Value> {
        self.values.get_mut(id as usize)
    }

    fn push(&mut self, value: Value) {
        self.stack.push(self.values.len() as Id);
        self.values.push(value);
    }

    fn pop(&mut self) -> Result<Id, String> {
        let floor = self.marks.last().copied().unwrap_or(0);
        if self.stack.len() <= floor {
            return Err("the pickle takes a value that is not there".into());
        }
        self.stack.pop().ok_or_else(|| "the stack is empty".into())
    }

    fn top(&self) -> Result<Id, String> {
        self.stack.last().copied().ok_or_else(|| "the stack is empty".into())
    }

    fn since_mark(&mut self) -> Result<Vec<Id>, String> {
        let mark = self.marks.pop().ok_or("there is no mark on the stack")?;
        if mark > self.stack.len() {
            return Err("a mark lies above the stack".into());
        }
        Ok(self.stack.split_off(mark))
    }

    fn last(&mut self, n: usize) -> Result<Vec<Id>, String> {
        let mut items = (0..n).map(|_| self.pop()).collect::<Result<Vec<_>, _>>()?;
        items.reverse();
        Ok(items)
    }

    fn call(&mut self) -> Result<(), String> {
        let (arguments, callable) = (self.pop()?, self.pop()?);
        let name = match self.value(callable) {
            Some(Value::Global(name)) => name.as_str(),
            _ => "",
        };
        // The classes that are known: an empty dict by another name.
        let is_dict = matches!(name, "collections OrderedDict" | "collections defaultdict");
        let empty = matches!(self.value(arguments), Some(Value::Tuple(items)) if items.is_empty());
        if is_dict && empty {
            self.push(Value::Dict(Vec::new()));
        } else {
            self.push(Value::Call { callable, arguments, state: None });
        }
        Ok(())
    }

    /// `b`: the state of an object that is never made.
    fn build(&mut self) -> Result<(), String> {
        let given = self.pop()?;
        let top = self.top()?;
        // The attributes of a dict (torch: versions of modules) are not needed.
        if let Some(Value::Call { state, .. }) = self.value(top) {
            *state = Some(given);
        }
        Ok(())
    }

    fn extend_list(&mut self, items: Vec<Id>) -> Result<(), String> {
        let top = self.top()?;
        // What is appended to something that is no list is dropped with it.
        if let Some(Value::List(list)) = self.value(top) {
            list.extend(items);
        }
        Ok(())
    }

    fn extend_dict(&mut self, items: &[Id]) -> Result<(), String> {
        let top = self.top()?;
        if let Some(Value::Dict(dict)) = self.value(top) {
            dict.extend(items.as_chunks::<2>().0.iter().map(|[key, value]| (*key, *value)));
        }
        Ok(())
    }

    fn remember(&mut self, slot: u64) -> Result<(), String> {
        let top = self.top()?;
        let slot = u32::try_from(slot).map_err(|e| e.to_string())?;
        self.memo.insert(slot, top);
        Ok(())
    }

    fn recall(&mut self, slot: u64) -> Result<(), String> {
        let id = u32::try_from(slot).ok().and_then(|slot| self.memo.get(&slot)).copied();
        self.stack.push(id.ok_or_else(|| format!("memo {slot} was never set"))?);
        Ok(())
    }

    fn run(&mut self, opcode: u8) -> Result<(), String> {
        match opcode {
            // Constants
            b'N' => self.push(Value::None),
            0x88 => self.push(Value::Bool(true)),
            0x89 => self.push(Value::Bool(false)),
            b'J' => {
                let value = self.number(4)? as u32;
                self.push(Value::Int(i64::from(value.cast_signed())));
            }
            b'K' => {
                let value = self.number(1)?;
                self.push(Value::Int(value as i64));
            }
            b'M' => {
                let value = self.number(2)?;
                self.push(Value::Int(value as i64));
            }
            0x8a | 0x8b => self.long(if opcode == 0x8a { 1 } else { 4 })?,
            b'I' | b'L' => self.int_line()?,
            b'F' => {
                self.input.line()?;
                self.push(Value::Float);
            }
            b'G' => {
                self.number(8)?;
                self.push(Value::Float);
            }
            // Text and bytes
            b'X' | 0x8c | 0x8d => {
                let width = match opcode {
                    b'X' => 4,
                    0x8c => 1,
                    _ => 8,
                };
                let value = self.text(width)?;
                self.push(value);
            }
            b'S' | b'V' => {
                let line = self.input.line()?;
                self.push(Value::Text(line.trim_matches(['\'', '"']).to_string()));
            }
            b'T' | b'U' => {
                let value = self.old_text(if opcode == b'T' { 4 } else { 1 })?;
                self.push(value);
            }
            b'B' | b'C' | 0x8e => {
                let width = match opcode {
                    b'B' => 4,
                    b'C' => 1,
                    _ => 8,
                };
                let value = self.bytes(width)?;
                self.push(value);
            }
            _ => self.run_structure(opcode)?,
        }
        Ok(())
    }

    fn run_structure(&mut self, opcode: u8) -> Result<(), String> {
        match opcode {
            0x80 => {
                self.number(1)?;
            }
            0x95 => {
                self.number(8)?;
            }
            // Containers
            b'}' => self.push(Value::Dict(Vec::new())),
            b']' | 0x8f => self.push(Value::List(Vec::new())),
            b')' => self.push(Value::Tuple(Vec::new())),
            b'(' => self.marks.push(self.stack.len()),
            b't' => {
                let items = self.since_mark()?;
                self.push(Value::Tuple(items));
            }
            0x85..=0x87 => {
                let items = self.last(usize::from(opcode - 0x84))?;
                self.push(Value::Tuple(items));
            }
            b'l' | 0x91 => {
                let items = self.since_mark()?;
                self.push(Value::List(items));
            }
            b'd' => {
                let items = self.since_mark()?;
                self.push(Value::Dict(Vec::new()));
                self.extend_dict(&items)?;
            }
            b'a' => {
                let item = self.pop()?;
                self.extend_list(vec![item])?;
            }
            b'e' | 0x90 => {
                let items = self.since_mark()?;
                self.extend_list(items)?;
            }
            b's' => {
                let items = self.last(2)?;
                self.extend_dict(&items)?;
            }
            b'u' => {
                let items = self.since_mark()?;
                self.extend_dict(&items)?;
            }
            _ => self.run_objects(opcode)?,
        }
        Ok(())
    }

    fn run_objects(&mut self, opcode: u8) -> Result<(), String> {
        match opcode {
            // The stack and the memo
            b'0' => {
                self.pop()?;
            }
            b'b' => self.build()?,
            b'1' => {
                self.since_mark()?;
            }
            b'2' => {
                let top = self.top()?;
                self.stack.push(top);
            }
            b'q' | b'r' => {
                let slot = self.number(if opcode == b'q' { 1 } else { 4 })?;
                self.remember(slot)?;
            }
            b'p' | b'g' => {
                let slot = self.input.line()?.parse().map_err(|_| "a memo is no number")?;
                if opcode == b'p' { self.remember(slot)? } else { self.recall(slot)? }
            }
            0x94 => self.remember(self.memo.len() as u64)?,
            b'h' | b'j' => {
                let slot = self.number(if opcode == b'h' { 1 } else { 4 })?;
                self.recall(slot)?;
            }
            // Names and calls, which stay data
            b'c' => {
                let (module, name) = (self.input.line()?, self.input.line()?);
                self.push(Value::Global(format!("{module} {name}")));
            }
            0x93 => {
                let parts = self.last(2)?;
                let name = match (
                    self.values.get(parts[0] as usize),
                    self.values.get(parts[1] as usize),
                ) {
                    (Some(Value::Text(module)), Some(Value::Text(name))) => {
                        format!("{module} {name}")
                    }
                    _ => return Err("a class is named by something that is no text".into()),
                };
                self.push(Value::Global(name));
            }
            b'R' | 0x81 => self.call()?,
            0x92 => {
                self.pop()?;
                self.call()?;
            }
            b'P' => {
                let name = self.input.line()?;
                self.push(Value::Text(name));
                let id = self.pop()?;
                self.push(Value::Persistent(id));
            }
            b'Q' => {
                let id = self.pop()?;
                self.push(Value::Persistent(id));
            }
            other => {
                return Err(format!(
                    "opcode 0x{other:02x} before byte {} is not known",
                    self.input.at()
                ));
            }
        }
        Ok(())
    }

    fn long(&mut self, width: usize) -> Result<(), String> {
        let length = self.number(width)?;
        if length > 8 {
            self.input.skip(length)?;
            self.push(Value::Big);
            return Ok(());
        }
        let bytes = self.input.bytes(length)?;
        let negative = bytes.last().is_some_and(|b| b & 0x80 != 0);
        let mut word = [if negative { 0xff } else { 0 }; 8];
        word[..bytes.len()].copy_from_slice(&bytes);
        self.push(Value::Int(i64::from_le_bytes(word)));
        Ok(())
    }

    fn int_line(&mut self) -> Result<(), String> {
        let line = self.input.line()?;
        let value = match line.as_str() {
            "00" => Value::Bool(false),
            "01" => Value::Bool(true),
            text => text.trim_end_matches('L').parse().map_or(Value::Big, Value::Int),
        };
        self.push(value);
        Ok(())
    }
}
