//! The pipes that cells print into.

use std::io::{PipeReader, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::Warden;
use crate::wire::{Frame, Kind};

/// Bytes that are passed on at a time.
const PIECE: usize = 64 * 1024;
/// Longest time between looks at a message that is held.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// The end of a pipe that a cell, its threads and its child processes write to.
pub struct Pipe {
    pub end: OwnedFd,
    pub cell: u32,
    pub kind: Kind,
}

impl Pipe {
    /// What was written so far and nobody has read.
    pub fn available(&self) -> Vec<Frame> {
        let mut left = self.waiting();
        let mut frames = Vec::new();
        while left > 0 {
            let mut bytes = vec![0; left.min(PIECE)];
            match rustix::io::read(&self.end, &mut bytes) {
                Ok(0) => break,
                Ok(n) => {
                    bytes.truncate(n);
                    left -= n;
                    frames.push(Frame::new(self.kind, self.cell, bytes));
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => break,
            }
        }
        frames
    }

    fn waiting(&self) -> usize {
        rustix::io::ioctl_fionread(&self.end).map_or(0, |n| usize::try_from(n).unwrap_or(PIECE))
    }
}

/// Reads whatever is printed, as it is printed; a byte on `wake` says that
/// there are new pipes.
pub fn read(warden: &Warden, mut wake: PipeReader) {
    loop {
        let pipes: Vec<Arc<Pipe>> = warden.state().pipes.clone();
        let mut polled: Vec<PollFd<'_>> =
            pipes.iter().map(|pipe| PollFd::new(&pipe.end, PollFlags::IN)).collect();
        polled.push(PollFd::from_borrowed_fd(wake.as_fd(), PollFlags::IN));
        let holds = warden.state().holds();
        match poll(&mut polled, holds.then_some(&LOOK)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => {
                eprintln!("warning: cannot wait for what cells print: {error}");
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
        }
        let seen: Vec<PollFlags> = polled.iter().map(PollFd::revents).collect();
        drop(polled);
        if seen.last().is_some_and(|flags| flags.contains(PollFlags::IN)) {
            let _ = wake.read(&mut [0; 64]);
        }
        let mut state = warden.state();
        for (pipe, flags) in pipes.iter().zip(&seen) {
            if flags.contains(PollFlags::IN) {
                for frame in pipe.available() {
                    state.emit(frame);
                }
            } else if flags.intersects(PollFlags::HUP | PollFlags::ERR) {
                state.pipes.retain(|other| !Arc::ptr_eq(other, pipe));
            }
        }
        state.flush_old_text();
    }
}
