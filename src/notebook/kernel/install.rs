//! Installs the kernel and takes it away.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::host::Host;
use super::places::Places;
use super::process::output;
use super::session::{STAMP, Session};
use super::toolchain::Toolchain;
use super::{clients, library, sources, spec};
use crate::notebook::NotebookError;
use crate::notebook::client::{Client, Status};
use crate::records::write_atomic;

/// What is installed and where.
#[derive(Clone, Debug, Default)]
pub struct InstallOptions {
    /// Prefix of a virtual environment; the user's own folder where absent.
    pub prefix: Option<PathBuf>,
    /// Uses an `evcxr_jupyter` that is there rather than build the host.
    pub foreign: bool,
    /// Builds the host even where it is there.
    pub rebuild: bool,
    /// Polars frames in cells: `to_frame`, `from_frame`.
    pub frames: bool,
}

/// What was installed, and what to expect of it.
#[derive(Clone, Debug)]
pub struct Installed {
    /// The kernel spec.
    pub spec: PathBuf,
    /// The program that runs cells.
    pub host: Host,
    /// Seconds until a kernel is ready, of its first cell and of the next;
    /// absent with a foreign host, which is not measured.
    pub seconds: Option<[f64; 3]>,
    /// What clients were told beside it, in words.
    pub clients: Vec<String>,
}

/// A cell takes seconds, the first build of the dependencies a minute.
const PATIENCE: Duration = Duration::from_mins(5);
/// With polars among them it takes about five on two cores.
const PATIENCE_FRAMES: Duration = Duration::from_hours(1);

/// Installs everything a kernel needs and measures it.
pub fn install(
    places: &Places,
    options: &InstallOptions,
    progress: &mut dyn FnMut(&str),
) -> Result<Installed, NotebookError> {
    let mut toolchain = Toolchain::find()?;
    progress(&format!("toolchain: {}", toolchain.short()));
    if toolchain.sources.is_none() {
        progress("adding the sources of the standard library (rust-src, 50 MB)");
        toolchain.add_sources()?;
    }
    let host = host(places, options, &toolchain, progress)?;
    progress(&format!("host: {}", host.path().display()));
    lay_out(places, options.frames)?;
    fetch(places, &toolchain, options.frames)?;
    let seconds = match &host {
        Host::Own(path) => {
            library::copy(places, &toolchain)?;
            progress(if options.frames {
                "building what cells depend on, polars too: about five minutes on two cores"
            } else {
                "building what cells depend on"
            });
            let patience = if options.frames { PATIENCE_FRAMES } else { PATIENCE };
            if let Err(error) = build(places, path, &toolchain, patience) {
                // Another layout of the library's sources, say.
                progress(&format!("with the shortened standard library: {error}"));
                library::remove(places)?;
                build(places, path, &toolchain, patience)?;
            }
            progress("building plotters, so that `:use plotters` has it at once");
            if let Err(error) = charts(places, path, &toolchain) {
                // Without a network, say: the first notebook that asks for it builds it.
                progress(&format!("plotters is built when a notebook asks for it: {error}"));
            }
            seal(places, &toolchain, options.frames)?;
            progress("measuring");
            Some(measure(places, path, &toolchain)?)
        }
        Host::Foreign(_) => {
            seal(places, &toolchain, options.frames)?;
            None
        }
    };
    let folder = spec::folder(options.prefix.as_deref())?;
    spec::write(places, &folder, &host, &toolchain)?;
    let clients = clients::write(&folder, options.prefix.as_deref())?;
    Ok(Installed { spec: folder, host, seconds, clients })
}

fn host(
    places: &Places,
    options: &InstallOptions,
    toolchain: &Toolchain,
    progress: &mut dyn FnMut(&str),
) -> Result<Host, NotebookError> {
    match Host::find(places) {
        Some(host @ Host::Own(_)) if !options.rebuild => Ok(host),
        Some(host @ Host::Foreign(_)) if options.foreign => Ok(host),
        _ if options.foreign => Err(NotebookError::setup(
            "there is no evcxr_jupyter on the PATH",
            "leave --foreign out: the host is built then",
        )),
        _ => {
            progress("building the host: once, about 15 minutes of processor time");
            Host::build(places, toolchain, progress)
        }
    }
}

const WORKSPACE: &str = r#"# Written by `transfolio kernel install`. evcxr rewrites the member `ctx` for
# each cell; the member `pin` keeps the versions in Cargo.lock.
[workspace]
members = ["ctx", "pin"]
resolver = "3"

[profile.dev]
opt-level = 0
debug = false
strip = "debuginfo"
incremental = true

[profile.dev.package."*"]
opt-level = 2
"#;

/// Writes the crate for cells, the workspace and the configuration.
fn lay_out(places: &Places, frames: bool) -> Result<(), NotebookError> {
    let put = |path: PathBuf, text: &str| -> Result<(), NotebookError> {
        write_atomic(&path, |file| std::io::Write::write_all(file, text.as_bytes()))?;
        Ok(())
    };
    sources::write(sources::CELL_CRATE, &places.cell_crate())?;
    let template = places.template();
    // Sessions take no copy of a template that is being changed.
    let _ = fs::remove_file(template.join(STAMP));
    let dependency = format!(
        "transfolio-notebook = {{ path = {}{} }}",
        toml::Value::from(places.cell_crate().display().to_string()),
        if frames { ", features = [\"polars\"]" } else { "" }
    );
    let member = |name: &str, more: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[lib]\n{more}\
             path = \"src/lib.rs\"\n\n[dependencies]\n{dependency}\n"
        )
    };
    // Optimised, polars would take several times as long to build; what cells
    // hold of it are tables of results, with hundreds of rows.
    let optimised = if frames { "opt-level = 0" } else { "opt-level = 2" };
    put(template.join("Cargo.toml"), &WORKSPACE.replace("opt-level = 2", optimised))?;
    put(template.join("Cargo.lock"), sources::LOCK)?;
    put(template.join("pin/Cargo.toml"), &member("pin", ""))?;
    put(template.join("pin/src/lib.rs"), "")?;
    put(template.join("ctx/Cargo.toml"), &member("ctx", "crate-type = [\"cdylib\"]\n"))?;
    put(template.join("ctx/src/lib.rs"), "")?;
    // The last line makes the kernel ready for `?` and for types of variables
    // before the first cell asks.
    let config = format!(
        "[evcxr]\noffline_mode = true\nprelude = '''\nuse transfolio_notebook::prelude::*;\n\
         use transfolio_notebook::{{eprint, eprintln, print, println}};\n\
         let _transfolio_is_ready = Ok::<bool, std::fmt::Error>(true)?;\n'''\n\n[dependencies]\n{dependency}\n"
    );
    put(places.config().join("evcxr.toml"), &config)
}

/// The only step that may use the network. The lock file that this program
/// carries has no versions for polars: cargo adds them, and keeps the others.
fn fetch(places: &Places, toolchain: &Toolchain, frames: bool) -> Result<(), NotebookError> {
    let locked = ["fetch", "--locked"];
    output(
        Command::new(&toolchain.cargo)
            .args(if frames { &locked[..1] } else { &locked })
            .current_dir(places.template())
            .env("PATH", toolchain.path_variable()),
    )?;
    Ok(())
}

/// Builds the dependencies as evcxr builds them: by letting it.
fn build(
    places: &Places,
    host: &Path,
    toolchain: &Toolchain,
    patience: Duration,
) -> Result<(), NotebookError> {
    let folder = places.kernel();
    let mut client = Client::start(host, Session::template(places)?, toolchain, &folder, &[])?;
    cell(&mut client, "let transfolio_warm = Compare::default();", patience)?;
    Ok(())
}

/// Builds the crate that notebooks ask for most. What cargo has built in the template
/// lies in every session.
fn charts(places: &Places, host: &Path, toolchain: &Toolchain) -> Result<(), NotebookError> {
    let folder = places.kernel();
    let mut client = Client::start(host, Session::template(places)?, toolchain, &folder, &[])?;
    let end = client.run(":use plotters", PATIENCE, &mut |_| {});
    match end.status {
        Status::Ok => Ok(()),
        _ => Err(NotebookError::Request(
            end.errors.join(" ").lines().next().unwrap_or_default().to_owned(),
        )),
    }
}

/// Marks the template as whole; sessions of another stamp are renewed.
fn seal(places: &Places, toolchain: &Toolchain, frames: bool) -> Result<(), NotebookError> {
    let frames = if frames { "\nframes" } else { "" };
    let stamp = format!("{}{frames}\n", environment(toolchain));
    let path = places.template().join(STAMP);
    write_atomic(&path, |file| std::io::Write::write_all(file, stamp.as_bytes()))?;
    Ok(())
}

/// What decides how a cell is compiled: toolchain, crate for cells with its
/// locked dependencies, host, program.
pub(in crate::notebook) fn environment(toolchain: &Toolchain) -> String {
    let mut hash = Sha256::new();
    for (name, text) in sources::CELL_CRATE {
        hash.update(name);
        hash.update(text);
    }
    hash.update(sources::LOCK);
    let digest: String = hash.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect();
    format!(
        "{}\ncells {digest}\nhost {}\nprogram {}",
        toolchain.version.trim(),
        sources::host_version(),
        env!("CARGO_PKG_VERSION")
    )
}

/// Ready, first cell, next cell, in a session like any other.
fn measure(places: &Places, host: &Path, toolchain: &Toolchain) -> Result<[f64; 3], NotebookError> {
    let folder = places.kernel();
    let mut client = Client::start(host, Session::acquire(places)?, toolchain, &folder, &[])?;
    let first =
        cell(&mut client, "let first = Compare::against(\"random\").metric(\"auc\");", PATIENCE)?;
    let next = cell(&mut client, "format!(\"{first:?}\").len()", PATIENCE)?;
    Ok([client.ready, first, next])
}

fn cell(client: &mut Client, code: &str, patience: Duration) -> Result<f64, NotebookError> {
    let end = client.run(code, patience, &mut |_| {});
    if end.status == Status::Ok {
        return Ok(end.seconds);
    }
    Err(NotebookError::setup(
        format!("a first cell does not run: {}\n{}", end.errors.join("\n"), end.printed()),
        "`transfolio kernel doctor` says what is wrong",
    ))
}

/// Takes away every spec that was written, the kernel's folders and, unless
/// it is to be kept, the host; gives what is gone.
pub fn uninstall(places: &Places, keep_host: bool) -> Result<Vec<PathBuf>, NotebookError> {
    let mut folders = spec::written(places);
    let user = spec::folder(None)?;
    if !folders.contains(&user) {
        folders.push(user);
    }
    let beside: Vec<PathBuf> = folders.iter().flat_map(|spec| clients::written(spec)).collect();
    folders.extend(beside);
    folders.push(places.kernels());
    if !keep_host {
        folders.push(places.evcxr());
    }
    let mut gone = Vec::new();
    for folder in folders {
        let removed =
            if folder.is_file() { fs::remove_file(&folder) } else { fs::remove_dir_all(&folder) };
        match removed {
            Ok(()) => gone.push(folder),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(NotebookError::io("remove", &folder)(error)),
        }
    }
    Ok(gone)
}
