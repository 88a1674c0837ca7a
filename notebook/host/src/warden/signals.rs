//! Interrupts: a cell is asked to stop first, and then ended.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;

use super::Warden;
use super::state::Ended;
use crate::wire::{Frame, Kind};

/// Time that a cell has to stop by itself.
const GRACE: Duration = Duration::from_millis(400);
/// Said where ending the cell would lose the variables.
const NO_COPY: &str = "note: threads that earlier cells began are still there, so that the variables \
    would be lost with this cell. It was asked to stop, and does at its next print or check_point(). \
    Interrupt again to end it all the same.\n";

/// A cell that waits for the worker (then the file `busy` exists) is left alone:
/// the worker stops what it does. Between cells an interrupt does nothing.
pub fn listen(warden: &Arc<Warden>, busy: PathBuf) {
    let Ok(mut signals) = signal_hook::iterator::Signals::new([signal_hook::consts::SIGINT]) else {
        eprintln!("warning: cannot listen to interrupts; restart the kernel to stop a cell");
        return;
    };
    let warden = Arc::clone(warden);
    std::thread::spawn(move || {
        for _ in signals.forever() {
            let mut state = warden.state();
            if !state.executing || busy.exists() {
                continue;
            }
            state.interrupts += 1;
            state.signal(Signal::INT);
            let (cell, last) = (state.cell, state.interrupts > 1);
            drop(state);
            let warden = Arc::clone(&warden);
            std::thread::spawn(move || {
                if !last {
                    std::thread::sleep(GRACE);
                }
                warden.end_cell(cell, last);
            });
        }
    });
}

impl Warden {
    /// Ends the cell if it still runs and nothing is lost, or it is wanted.
    fn end_cell(&self, cell: u32, whatever: bool) {
        let mut state = self.state();
        if !state.executing || state.cell != cell {
            return;
        }
        if state.has_copy() || whatever {
            state.why = Some(Ended::Interrupted);
            state.kill();
        } else {
            state.emit(Frame::new(Kind::Err, cell, NO_COPY));
        }
    }
}
