//! The command line: one subcommand per file, errors turned into messages and
//! exit codes.

#[cfg(feature = "torch")]
pub mod bench;
#[cfg(feature = "torch")]
pub mod cancel;
pub mod check;
#[cfg(feature = "torch")]
pub mod collect;
#[cfg(feature = "torch")]
mod commit;
pub mod compare;
#[cfg(feature = "torch")]
pub mod data;
#[cfg(feature = "torch")]
pub mod demo;
pub mod diff;
#[cfg(feature = "torch")]
pub mod doctor;
mod exit;
pub mod inspect;
pub mod kernel;
pub mod keygen;
pub mod notebook;
mod out;
mod page;
mod parser;
#[cfg(feature = "torch")]
pub mod predict;
#[cfg(feature = "torch")]
mod progress;
pub mod recheck;
pub mod render;
pub mod report;
#[cfg(feature = "torch")]
pub mod run;
pub mod selfcheck;
#[cfg(feature = "torch")]
mod signals;
#[cfg(feature = "torch")]
pub mod slot;
#[cfg(feature = "torch")]
pub mod status;
#[cfg(feature = "torch")]
pub mod submit;
#[cfg(feature = "torch")]
mod transfer;
pub mod verify;
#[cfg(feature = "torch")]
pub mod worker;
#[cfg(feature = "torch")]
pub mod zoo;

pub use exit::Exit;
pub use parser::main;
