//! A pickle reader that builds a tree of plain values and calls nothing.
//!
//! Crates that read pickles either refuse what torch writes (persistent ids,
//! classes) or want each class known; here classes stay names and calls stay
//! data. Values live in an arena and refer to each other by index, so shared
//! and even cyclic values cost no recursion. Each opcode makes at most one
//! value, so memory is bounded by the length of the pickle.

/// Index of a value in its arena.
pub(super) type Id = usize;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Bytes,
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    /// A name: `module attribute`.
    Global(String),
    /// What `callable(*arguments)` would make; never made.
    Call {
        callable: Id,
        arguments: Id,
    },
    /// A reference that only the writer understands (torch: a storage).
    Persistent(Id),
}

/// All values of a pickle.
pub(super) struct Arena {
    values: Vec<Value>,
    pub(super) root: Id,
}

impl Arena {
    pub(super) fn get(&self, id: Id) -> &Value {
        self.values.get(id).unwrap_or(&Value::None)
    }
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    values: Vec<Value>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: std::collections::BTreeMap<u32, Id>,
}

/// Reads one pickle.
pub(super) fn parse(bytes: &[u8]) -> Result<Arena, String> {
    let mut machine = Machine {
        bytes,
        at: 0,
        values: Vec::new(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: std::collections::BTreeMap::new(),
    };
    while let Some(opcode) = machine.step()? {
        machine.run(opcode)?;
    }
    let root = machine.pop()?;
    Ok(Arena { values: machine.values, root })
}

impl Machine<'_> {
    /// The next opcode; `None` at the end of the pickle.
    fn step(&mut self) -> Result<Option<u8>, String> {
        let opcode = self.take(1)?[0];
        Ok((opcode != b'.').then_some(opcode))
    }

    fn take(&mut self, n: usize) -> Result<&[u8], String> {
        let end = self.at.checked_add(n).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or_else(|| format!("the pickle ends early, at byte {}", self.at))?;
        let slice = &self.bytes[self.at..end];
        self.at = end;
        Ok(slice)
    }

    fn number(&mut self, width: usize) -> Result<usize, String> {
        let mut word = [0; 8];
        word[..width].copy_from_slice(self.take(width)?);
        usize::try_from(u64::from_le_bytes(word)).map_err(|e| e.to_string())
    }

    fn line(&mut self) -> Result<String, String> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|b| *b == b'\n').ok_or("a line has no end")?;
        let text = latin1(self.take(length)?);
        self.at += 1;
        Ok(text)
    }

    fn text(&mut self, width: usize) -> Result<Value, String> {
        let length = self.number(width)?;
        let bytes = self.take(length)?;
        Ok(Value::Text(String::from_utf8(bytes.to_vec()).map_err(|e| e.to_string())?))
    }

    fn old_text(&mut self, width: usize) -> Result<Value, String> {
        let length = self.number(width)?;
        Ok(Value::Text(latin1(self.take(length)?)))
    }

    fn push(&mut self, value: Value) {
        self.values.push(value);
        self.stack.push(self.values.len() - 1);
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
        // The one class that is known: an OrderedDict is a dict.
        let ordered = "collections OrderedDict";
        let is_dict = matches!(&self.values[callable], Value::Global(name) if name == ordered);
        if is_dict {
            self.push(Value::Dict(Vec::new()));
        } else {
            self.push(Value::Call { callable, arguments });
        }
        Ok(())
    }

    fn extend_list(&mut self, items: Vec<Id>) -> Result<(), String> {
        let top = self.top()?;
        // What is appended to something that is no list is dropped with it.
        if let Value::List(list) = &mut self.values[top] {
            list.extend(items);
        }
        Ok(())
    }

    fn extend_dict(&mut self, items: &[Id]) -> Result<(), String> {
        let top = self.top()?;
        if let Value::Dict(dict) = &mut self.values[top] {
            dict.extend(items.chunks_exact(2).map(|pair| (pair[0], pair[1])));
        }
        Ok(())
    }

    fn remember(&mut self, slot: usize) -> Result<(), String> {
        let top = self.top()?;
        self.memo.insert(u32::try_from(slot).map_err(|e| e.to_string())?, top);
        Ok(())
    }

    fn recall(&mut self, slot: usize) -> Result<(), String> {
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
                let value = self.line()?.parse().map_err(|_| "a float is no number")?;
                self.push(Value::Float(value));
            }
            b'G' => {
                let mut word = [0; 8];
                word.copy_from_slice(self.take(8)?);
                self.push(Value::Float(f64::from_be_bytes(word)));
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
                let length = self.number(width)?;
                self.take(length)?;
                self.push(Value::Bytes);
            }
            _ => self.run_structure(opcode)?,
        }
        Ok(())
    }

    fn run_structure(&mut self, opcode: u8) -> Result<(), String> {
        match opcode {
            0x80 => {
                self.take(1)?;
            }
            0x95 => {
                self.take(8)?;
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
            // The stack and the memo; `b` is the state of an object never made
            b'0' | b'b' => {
                self.pop()?;
            }
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
            0x94 => self.remember(self.memo.len())?,
            b'h' | b'j' => {
                let slot = self.number(if opcode == b'h' { 1 } else { 4 })?;
                self.recall(slot)?;
            }
            // Names and calls, which stay data
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.push(Value::Global(format!("{module} {name}")));
            }
            0x93 => {
                let parts = self.last(2)?;
                let name = match (&self.values[parts[0]], &self.values[parts[1]]) {
                    (Value::Text(module), Value::Text(name)) => format!("{module} {name}"),
                    _ => return Err("a class is named by something that is no text".into()),
                };
                self.push(Value::Global(name));
            }
            b'R' | 0x81 => self.call()?,
            0x92 => {
                self.pop()?;
                self.call()?;
            }
            b'Q' => {
                let id = self.pop()?;
                self.push(Value::Persistent(id));
            }
            other => {
                return Err(format!("opcode 0x{other:02x} at byte {} is not known", self.at - 1));
            }
        }
        Ok(())
    }

    fn long(&mut self, width: usize) -> Result<(), String> {
        let length = self.number(width)?;
        let bytes = self.take(length)?;
        // Longer ones (torch's magic number) are no sizes; they are kept as 0.
        let value = if bytes.len() > 8 {
            0
        } else {
            let negative = bytes.last().is_some_and(|b| b & 0x80 != 0);
            let mut word = [if negative { 0xff } else { 0 }; 8];
            word[..bytes.len()].copy_from_slice(bytes);
            i64::from_le_bytes(word)
        };
        self.push(Value::Int(value));
        Ok(())
    }

    fn int_line(&mut self) -> Result<(), String> {
        let line = self.line()?;
        let value = match line.as_str() {
            "00" => Value::Bool(false),
            "01" => Value::Bool(true),
            text => Value::Int(
                text.trim_end_matches('L').parse().map_err(|_| "an integer is no number")?,
            ),
        };
        self.push(value);
        Ok(())
    }
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|b| char::from(*b)).collect()
}
