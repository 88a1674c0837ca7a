//! The kernel spec that Jupyter reads.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::host::Host;
use super::places::Places;
use super::toolchain::Toolchain;
use crate::notebook::NotebookError;
use crate::records::write_atomic;

/// Name of the kernel; never `rust`, which is evcxr's own.
pub const NAME: &str = "transfolio";

/// The folder of kernels: of a prefix (a virtual environment, say), else of
/// the user.
pub(super) fn folder(prefix: Option<&Path>) -> Result<PathBuf, NotebookError> {
    let set = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let data = match prefix {
        Some(prefix) => Some(prefix.join("share/jupyter")),
        None => set("JUPYTER_DATA_DIR")
            .or_else(|| set("XDG_DATA_HOME").map(|dir| dir.join("jupyter")))
            .or_else(|| set("HOME").map(|home| home.join(".local/share/jupyter"))),
    };
    data.map(|data| data.join("kernels").join(NAME)).ok_or_else(|| {
        NotebookError::setup("there is no folder for kernels", "set HOME, or pass --prefix")
    })
}

/// Writes the spec and remembers where.
pub(super) fn write(
    places: &Places,
    folder: &Path,
    host: &Host,
    toolchain: &Toolchain,
) -> Result<(), NotebookError> {
    let program = std::env::current_exe()
        .map_err(NotebookError::io("find", Path::new("this program's own file")))?;
    let mut environment = json!({ "PATH": format!(
        "{}:${{PATH}}",
        toolchain.cargo.parent().unwrap_or(Path::new("")).display()
    ) });
    for name in ["TRANSFOLIO_CACHE", "TRANSFOLIO_EVCXR_ROOT", "XDG_CACHE_HOME"] {
        if let Ok(value) = std::env::var(name) {
            environment[name] = value.into();
        }
    }
    let spec = json!({
        "argv": [program, "kernel", "run", "{connection_file}"],
        "display_name": "Transfolio (Rust)",
        "language": "rust",
        // An interrupt by signal reaches the study that runs and leaves the
        // variables; evcxr's own way, by message, ends their process.
        "interrupt_mode": if matches!(host, Host::Own(_)) { "signal" } else { "message" },
        "env": environment,
        "metadata": { "transfolio": env!("CARGO_PKG_VERSION") },
    });
    let path = folder.join("kernel.json");
    let text = format!("{spec:#}\n");
    write_atomic(&path, |file| std::io::Write::write_all(file, text.as_bytes()))?;
    let mut known = written(places);
    if !known.contains(&folder.to_path_buf()) {
        known.push(folder.to_path_buf());
        let text = format!("{:#}\n", json!(known));
        write_atomic(&places.specs(), |file| std::io::Write::write_all(file, text.as_bytes()))?;
    }
    Ok(())
}

/// Folders of specs that were written on this machine.
pub(super) fn written(places: &Places) -> Vec<PathBuf> {
    fs::read_to_string(places.specs())
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

/// The spec in a folder, if there is one.
pub(super) fn read(folder: &Path) -> Option<Value> {
    let text = fs::read_to_string(folder.join("kernel.json")).ok()?;
    serde_json::from_str(&text).ok()
}
