//! Files from the network: resumable transfers over a connection set up here.
//! Who asked verifies what came.

mod error;
mod http;
#[cfg(test)]
pub(crate) mod server;
mod tls;
mod transfer;

use std::path::Path;

pub use error::TransferError;
pub(crate) use http::agent;
#[cfg(test)]
pub(crate) use http::{agent_through, plain_agent, trusting_agent};
pub(crate) use transfer::{Failure, download, settle};

/// What happens during a fetch.
#[derive(Debug)]
pub enum FetchEvent<'a> {
    /// An address is tried.
    Trying(&'a str),
    /// Bytes begin to arrive.
    Begun {
        /// Where they go.
        file: &'a Path,
        /// How many are already there.
        at: u64,
        /// How many there will be, where the server says so.
        total: Option<u64>,
    },
    /// So many bytes are there.
    At(u64),
    /// A transfer broke and is taken up again.
    Again {
        /// Why.
        reason: &'a str,
    },
    /// All bytes are there and are being checked.
    Checking,
}
