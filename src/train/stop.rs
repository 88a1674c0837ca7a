//! Whether a run was asked to stop.
//!
//! Asked is the thread that trains: what it is in the midst of sees to it between
//! two steps, and nobody in between has to hand the question on.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::TrainError;

thread_local! {
    static ASKED: RefCell<Option<Arc<AtomicBool>>> = const { RefCell::new(None) };
}

/// From here on this thread stops when the flag is set.
pub fn when(flag: Arc<AtomicBool>) {
    ASKED.with(|asked| *asked.borrow_mut() = Some(flag));
}

/// Whether this thread is to stop.
pub(crate) fn asked() -> bool {
    ASKED.with(|asked| asked.borrow().as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)))
}

/// Fails once this thread is to stop.
pub(crate) fn check() -> Result<(), TrainError> {
    if asked() { Err(TrainError::Stopped) } else { Ok(()) }
}
