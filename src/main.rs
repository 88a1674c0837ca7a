//! The `transfolio` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    transfolio::cli::main()
}
