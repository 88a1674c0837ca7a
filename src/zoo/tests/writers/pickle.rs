//! Opcodes of a pickle, one after the other.

/// A pickle in the making.
#[derive(Clone, Debug, Default)]
pub(in crate::zoo::tests) struct Pickle(pub(in crate::zoo::tests) Vec<u8>);

impl Pickle {
    pub(in crate::zoo::tests) fn new() -> Self {
        Self(vec![0x80, 2])
    }

    pub(in crate::zoo::tests) fn op(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(in crate::zoo::tests) fn then(self, part: impl FnOnce(Self) -> Self) -> Self {
        part(self)
    }

    /// Text of Python 3.
    pub(in crate::zoo::tests) fn text(self, text: &str) -> Self {
        let length = (text.len() as u32).to_le_bytes();
        self.op(b"X").op(&length).op(text.as_bytes())
    }

    /// A string of Python 2.
    pub(in crate::zoo::tests) fn old(self, text: &[u8]) -> Self {
        if text.len() < 256 {
            self.op(b"U").op(&[text.len() as u8]).op(text)
        } else {
            self.op(b"T").op(&(text.len() as u32).to_le_bytes()).op(text)
        }
    }

    pub(in crate::zoo::tests) fn int(self, n: u64) -> Self {
        if n < 1 << 31 {
            self.op(b"J").op(&(n as u32).to_le_bytes())
        } else {
            self.op(&[0x8a, 8]).op(&n.to_le_bytes())
        }
    }

    pub(in crate::zoo::tests) fn global(self, module: &str, name: &str) -> Self {
        self.op(format!("c{module}\n{name}\n").as_bytes())
    }

    pub(in crate::zoo::tests) fn ints(self, ints: &[usize]) -> Self {
        ints.iter().fold(self.op(b"("), |p, n| p.int(*n as u64)).op(b"t")
    }

    pub(in crate::zoo::tests) fn end(self) -> Vec<u8> {
        self.op(b".").0
    }
}
