//! A study on machines that a scheduler gives: slots, each of which takes runs until
//! its time is short.
//!
//! The scheduler is asked for slots and not for runs: the study folder knows what is
//! left, and a slot that ends early, late or never loses nothing. What was submitted
//! lies in the folder too (`cluster/<name>/`, [`submission`]), so that no process has
//! to stay alive and no accounting has to be believed. One launcher per file.

mod ask;
mod error;
mod hyperqueue;
mod kubernetes;
mod launcher;
mod print;
mod shell;
mod skypilot;
mod slurm;
mod span;
pub mod submission;
#[cfg(test)]
mod tests;

pub use error::ClusterError;
pub use launcher::{Launcher, Pending, Written};
pub use span::Span;
pub use submission::{Asked, Submission};
