//! Set-up and developer tasks: `cargo xtask help` lists them.
#![allow(clippy::disallowed_macros, clippy::print_stdout, clippy::print_stderr)]

mod axe;
mod clients;
#[cfg(target_os = "linux")]
mod cluster;
#[cfg(target_os = "linux")]
mod debian;
mod device;
#[cfg(target_os = "linux")]
mod kills;
mod libtorch;
mod notebook;
mod peer;
#[cfg(target_os = "linux")]
mod shared;
mod tasks;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match tasks::run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
