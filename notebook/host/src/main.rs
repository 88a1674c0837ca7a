//! Runs the cells of Transfolio notebooks, with evcxr.
//!
//! One program in four roles, because evcxr starts itself again for its child:
//! `--control_file FILE` is the Jupyter kernel, `serve` the headless host that
//! talks JSON lines, and in the environment of a child it is first the warden
//! of the process that runs the cells, then that process.

mod cell;
mod errors;
mod foreign;
mod gone;
mod headless;
mod help;
mod jupyter;
mod lines;
mod runtime;
mod streams;
mod uses;
mod warden;
mod wire;

use std::os::unix::process::parent_id;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// rust-analyzer lives on small allocations: the first cell comes sooner.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Set by evcxr in the environment of its child.
const RUNTIME: &str = "EVCXR_IS_RUNTIME";
/// Set by evcxr where it wraps rustc.
const RUSTC_WRAPPER: &str = "EVCXR_RUSTC_WRAPPER";
/// Set by the warden in the environment of the process that runs the cells.
const CELLS: &str = "TRANSFOLIO_CELLS";

fn main() -> ExitCode {
    if set(RUSTC_WRAPPER) && !set(RUNTIME) {
        evcxr::runtime_hook();
    }
    // An interrupt goes to the whole group; the warden decides what it means.
    if let Err(error) = ignore_interrupts() {
        eprintln!("error: cannot listen to interrupts: {error}");
        return ExitCode::FAILURE;
    }
    if set(RUNTIME) {
        return if set(CELLS) { runtime::run() } else { warden::run() };
    }
    match std::env::args().nth(1).as_deref() {
        Some("serve") => headless::serve(),
        Some("--version") => {
            println!("transfolio-evcxr {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Some("--control_file") => kernel(),
        _ => {
            eprintln!("usage: transfolio-evcxr --control_file FILE | serve | --version");
            eprintln!("started by `transfolio render` and by the kernel `transfolio`");
            ExitCode::from(2)
        }
    }
}

fn kernel() -> ExitCode {
    let Some(file) = std::env::args_os().nth(2) else {
        eprintln!("error: --control_file needs the connection file of Jupyter");
        return ExitCode::from(2);
    };
    end_with_parent();
    match jupyter::serve(std::path::Path::new(&file)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of this session's sockets, which `transfolio` has made.
fn places() -> std::io::Result<std::path::PathBuf> {
    std::env::var_os("TRANSFOLIO_RUNTIME").map(Into::into).ok_or_else(|| {
        std::io::Error::other(
            "TRANSFOLIO_RUNTIME names no folder: cells are run by `transfolio render` and by the \
             kernel `transfolio`",
        )
    })
}

fn set(name: &str) -> bool {
    std::env::var_os(name).is_some()
}

/// A kernel whose supervisor was killed is of no use to anybody.
fn end_with_parent() {
    let parent = parent_id();
    std::thread::spawn(move || {
        while parent_id() == parent {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        // A build under way would keep the workspace from the kernel that comes next.
        if own_group() {
            let _ = rustix::process::kill_current_process_group(rustix::process::Signal::KILL);
        }
        std::process::exit(0);
    });
}

/// Whether the supervisor has made a group of processes of this one, its children and
/// the worker.
fn own_group() -> bool {
    set("TRANSFOLIO_GROUP")
}

fn ignore_interrupts() -> std::io::Result<()> {
    let flag = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGINT, flag).map(|_| ())
}
