//! What the process of the cells and its warden say to each other.
//!
//! To the process: a line with the number of a cell, its function and its
//! library. Back: a kind, a length, bytes, and file descriptors beside them.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags,
};

/// A cell begins: JSON, with the pipes of its output and the socket of the copy.
pub const BEGUN: u8 = b'B';
/// The cell is at its end.
pub const ENDED: u8 = b'E';
/// The cell could not be run: the reason.
pub const FAILED: u8 = b'F';
/// Most descriptors in a message.
const DESCRIPTORS: usize = 3;

/// A message of the process of the cells.
pub struct Told {
    pub kind: u8,
    pub bytes: Vec<u8>,
    pub descriptors: Vec<OwnedFd>,
}

pub fn send(
    mut to: &UnixStream,
    kind: u8,
    bytes: &[u8],
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?.to_le_bytes();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() {
        control.push(SendAncillaryMessage::ScmRights(descriptors));
    }
    // Descriptors go with the first byte.
    loop {
        match rustix::net::sendmsg(to, &[IoSlice::new(&[kind])], &mut control, SendFlags::empty()) {
            Err(rustix::io::Errno::INTR) => {}
            sent => {
                sent?;
                break;
            }
        }
    }
    to.write_all(&length)?;
    to.write_all(bytes)
}

/// The next message; `None` when the process has ended.
pub fn receive(mut from: &UnixStream) -> io::Result<Option<Told>> {
    let mut kind = [0];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        let slices = &mut [IoSliceMut::new(&mut kind)];
        match rustix::net::recvmsg(from, slices, &mut control, RecvFlags::CMSG_CLOEXEC) {
            Err(rustix::io::Errno::INTR) => {}
            received => break received?.bytes,
        }
    };
    if received == 0 {
        return Ok(None);
    }
    let mut descriptors = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            descriptors.extend(rights);
        }
    }
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut bytes = vec![0; u32::from_le_bytes(length) as usize];
    from.read_exact(&mut bytes)?;
    Ok(Some(Told { kind: kind[0], bytes, descriptors }))
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use super::*;

    #[test]
    fn bytes_and_descriptors_arrive_together() {
        let (one, other) = UnixStream::pair().expect("a pair");
        let (mut read, mut write) = std::io::pipe().expect("a pipe");
        send(&one, BEGUN, b"{}", &[write.as_fd()]).expect("sent");
        send(&one, ENDED, &[], &[]).expect("sent");
        let told = receive(&other).expect("read").expect("a message");
        assert_eq!(
            (told.kind, told.bytes.as_slice(), told.descriptors.len()),
            (BEGUN, &b"{}"[..], 1)
        );
        write.write_all(b"own ").expect("written");
        drop(write);
        let mut passed = std::fs::File::from(told.descriptors.into_iter().next().expect("one"));
        passed.write_all(b"passed").expect("written");
        drop(passed);
        let mut text = String::new();
        read.read_to_string(&mut text).expect("read");
        assert_eq!(text, "own passed");
        assert_eq!(receive(&other).expect("read").expect("a message").kind, ENDED);
        drop(one);
        assert!(receive(&other).expect("the end").is_none());
    }
}
