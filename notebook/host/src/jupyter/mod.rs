//! The Jupyter kernel: messages of protocol 5.3 in, cells run, messages out.
//!
//! Of our own rather than evcxr's, because to a client of evcxr's kernel a
//! panic is a success: it answers "ok", and papermill runs on.

mod complete;
mod connection;
mod control;
mod evaluator;
mod failure;
mod message;
mod outbox;
mod questions;
mod requests;
mod server;
mod texts;

pub use server::serve;
