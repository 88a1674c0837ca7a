//! Programs of schedulers.

use std::io::ErrorKind;
use std::process::Command;

use super::error::ClusterError;

/// Runs a program and gives what it printed.
///
/// # Errors
/// It is not there, or it refused; the message holds what it said.
pub(super) fn ask(
    launcher: &'static str,
    program: &'static str,
    arguments: &[String],
) -> Result<String, ClusterError> {
    let output = match Command::new(program).args(arguments).output() {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(ClusterError::NoScheduler { program, launcher });
        }
        Err(error) => return Err(ClusterError::Refused { program, said: error.to_string() }),
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let said = [text(&output.stderr), text(&output.stdout)].join(" ").trim().to_owned();
    let said = if said.is_empty() { output.status.to_string() } else { said };
    Err(ClusterError::Refused { program, said })
}
