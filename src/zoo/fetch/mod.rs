//! Getting a model: resumable, verified, never half used.
//!
//! Files are written to `STORE/ID.partial/` and checked there: length,
//! SHA-256, and whether they can be read and fit their backbone. Only then is
//! the folder renamed to `STORE/ID/`. What was fetched first is pinned in a
//! lock file, and anything else is refused from then on.

mod error;
mod lock;
mod run;

pub use crate::download::FetchEvent;
#[cfg(test)]
pub(super) use crate::download::{agent_through, plain_agent, trusting_agent};
pub use error::FetchError;
#[cfg(test)]
pub(super) use run::fetch_with;
pub use run::{Fetched, Options, fetch, fetched};
