//! The Jupyter kernel `transfolio`: installed, checked, run, removed.

mod clients;
mod copy;
mod doctor;
mod host;
mod install;
mod library;
mod places;
mod process;
mod session;
mod sources;
mod spec;
mod supervise;
mod toolchain;

pub use doctor::{Check, doctor};
pub use host::Host;
pub(super) use install::environment;
pub use install::{InstallOptions, Installed, install, uninstall};
pub use places::Places;
pub use session::Session;
pub(super) use sources::{cell_crate, cell_lock};
pub use spec::NAME;
pub use supervise::supervise;
pub use toolchain::Toolchain;
