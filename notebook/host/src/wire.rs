//! Frames between the warden and the host: a kind, the number of a cell, bytes.
//!
//! Bytes travel as they are, with their length before them: nothing that a
//! cell prints can be taken for anything else.

use std::io::{self, Read, Write};

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Bytes of standard output.
    Out = b'o',
    /// Bytes of standard error.
    Err = b'e',
    /// JSON: rich content, `{"result": bool, "data": {type: content}}`.
    Display = b'd',
    /// JSON: how a cell failed, [`crate::cell::Failure`].
    Failure = b'f',
    /// JSON: the message of a panic that did not end the cell.
    Note = b'n',
    /// To the warden: a cell begins. Back: it is known.
    Begin = b'b',
    /// To the warden: pass on what was printed so far. Back: that is done.
    Sync = b's',
    /// JSON: a question to the user.
    Question = b'q',
}

impl Kind {
    const ALL: [Self; 8] = [
        Self::Out,
        Self::Err,
        Self::Display,
        Self::Failure,
        Self::Note,
        Self::Begin,
        Self::Sync,
        Self::Question,
    ];
}

/// A frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub kind: Kind,
    /// Number of the cell, from 1; 0 before the first.
    pub cell: u32,
    pub bytes: Vec<u8>,
}

impl Frame {
    pub fn new(kind: Kind, cell: u32, bytes: impl Into<Vec<u8>>) -> Self {
        Self { kind, cell, bytes: bytes.into() }
    }

    pub fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let length = u32::try_from(self.bytes.len())
            .map_err(|_| io::Error::other("a frame of more than 4 GiB"))?;
        let mut head = [0; 9];
        head[0] = self.kind as u8;
        head[1..5].copy_from_slice(&self.cell.to_le_bytes());
        head[5..].copy_from_slice(&length.to_le_bytes());
        to.write_all(&head)?;
        to.write_all(&self.bytes)
    }

    /// The next frame; `None` at the end.
    pub fn read(from: &mut impl Read) -> io::Result<Option<Self>> {
        let mut head = [0; 9];
        match from.read_exact(&mut head) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            other => other?,
        }
        let number =
            |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| *kind as u8 == head[0])
            .ok_or_else(|| io::Error::other(format!("a frame of the unknown kind {}", head[0])))?;
        let mut bytes = vec![0; number(5) as usize];
        from.read_exact(&mut bytes)?;
        Ok(Some(Self { kind, cell: number(1), bytes }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_come_out_as_they_went_in() {
        let frames = [
            Frame::new(Kind::Out, 3, *b"caf\xe9\nEVCXR_EXECUTION_COMPLETE\n"),
            Frame::new(Kind::Err, u32::MAX, *b"of"),
            Frame::new(Kind::Sync, 0, []),
        ];
        let mut wire = Vec::new();
        for frame in &frames {
            frame.write(&mut wire).expect("written");
        }
        let mut from = &wire[..];
        for frame in frames {
            assert_eq!(Frame::read(&mut from).expect("read"), Some(frame));
        }
        assert_eq!(Frame::read(&mut from).expect("read"), None);
        assert!(Frame::read(&mut &b"x\0\0\0\0\0\0\0\0"[..]).is_err());
    }
}
