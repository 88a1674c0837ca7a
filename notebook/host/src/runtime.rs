//! The process that runs the cells.
//!
//! It takes the place of evcxr's own, which talks to evcxr on the cells'
//! standard output. Here the warden is talked to over a socket, each cell has
//! pipes of its own for what it prints (whatever a child process prints later
//! is still told from what later cells print), and before each cell a copy of
//! the process is laid by: where the cell ends its process, the copy goes on
//! with the variables as they were.

// Loading code, calling it and copying a process have no safe form.
#![allow(unsafe_code)]

use std::collections::HashMap;
use std::ffi::c_void;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use rustix::process::{Pid, Signal, WaitOptions};
use serde_json::json;

use crate::warden::control;

/// What the code of cells sees of this process; the crate for cells has the
/// same layout.
#[repr(C)]
pub struct Shared {
    /// The user has asked the cell to stop.
    asked: AtomicBool,
    /// Number of the cell that runs.
    cell: AtomicU32,
    /// Whether the crate for cells hears of panics.
    hooked: AtomicBool,
    /// The cell that began a thread, by the thread's number; 0 where unknown.
    owner: extern "C" fn(u32) -> u32,
}

static SHARED: Shared = Shared {
    asked: AtomicBool::new(false),
    cell: AtomicU32::new(0),
    hooked: AtomicBool::new(false),
    owner,
};

/// Threads that outlived their cell, with its number.
static THREADS: Mutex<Option<HashMap<u32, u32>>> = Mutex::new(None);

type UserCode = extern "C" fn(*mut c_void) -> *mut c_void;
type Begins = extern "C" fn(u32, &'static Shared);
type Ends = extern "C" fn();

struct Runtime {
    control: UnixStream,
    variables: *mut c_void,
}

/// Runs cells until the warden closes the socket that is the standard input.
pub fn run() -> ExitCode {
    let control = match listen_to_interrupts().and_then(|()| take_standard_input()) {
        Ok(control) => control,
        Err(error) => {
            eprintln!("error: the process of the cells has no way to its warden: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut runtime = Runtime { control, variables: std::ptr::null_mut() };
    while let Some((cell, library, function)) = runtime.next() {
        if let Err(error) = runtime.cell(cell, &library, &function) {
            let _ = control::send(&runtime.control, control::FAILED, error.as_bytes(), &[]);
        }
    }
    // Destructors of variables and threads could do anything now.
    std::process::exit(0)
}

/// The socket that came as standard input; what cells read is empty.
fn take_standard_input() -> std::io::Result<UnixStream> {
    end_with_parent();
    let socket = rustix::io::fcntl_dupfd_cloexec(std::io::stdin(), 100)?;
    rustix::stdio::dup2_stdin(fs::File::open("/dev/null")?)?;
    Ok(UnixStream::from(socket))
}

/// However the warden ends, nobody asks for what a cell computes after it.
fn end_with_parent() {
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
}

impl Runtime {
    /// The next cell: its number, its library and the function in it.
    fn next(&mut self) -> Option<(u32, String, String)> {
        let mut line = String::new();
        // One request is under way at a time: nothing is read too far.
        BufReader::with_capacity(1, &self.control).read_line(&mut line).ok()?;
        let mut parts = line.trim_end().splitn(3, '\t');
        let cell = parts.next()?.parse().ok()?;
        let function = parts.next()?.to_owned();
        Some((cell, parts.next()?.to_owned(), function))
    }

    fn cell(&mut self, cell: u32, library: &str, function: &str) -> Result<(), String> {
        let told = |what: &str| {
            let what = what.to_owned();
            move |error: std::io::Error| format!("{what}: {error}")
        };
        SHARED.asked.store(false, Ordering::SeqCst);
        let alone = note_threads(SHARED.cell.swap(cell, Ordering::SeqCst));
        // Without a copy, the variables are lost with the process, no more.
        let copy = match alone.then(|| self.lay_by()) {
            Some(Ok(Laid::Woken)) => return Ok(()),
            Some(Ok(Laid::By(pid, socket))) => Some((pid, socket)),
            Some(Err(_)) | None => None,
        };
        let (out, out_end) = std::io::pipe().map_err(told("cannot make a pipe"))?;
        let (err, err_end) = std::io::pipe().map_err(told("cannot make a pipe"))?;
        rustix::stdio::dup2_stdout(out_end).map_err(|error| error.to_string())?;
        rustix::stdio::dup2_stderr(err_end).map_err(|error| error.to_string())?;
        let begins = json!({
            "pid": std::process::id(),
            "copy": copy.as_ref().map(|(pid, _)| pid.as_raw_nonzero().get()),
        });
        let mut passed: Vec<BorrowedFd<'_>> = vec![out.as_fd(), err.as_fd()];
        passed.extend(copy.as_ref().map(|(_, socket)| socket.as_fd()));
        control::send(&self.control, control::BEGUN, begins.to_string().as_bytes(), &passed)
            .map_err(told("cannot reach the warden"))?;
        drop((out, err));
        let copy = copy.map(|(pid, _)| pid);
        let ran = self.call(cell, library, function);
        if let Some(copy) = copy {
            discard(copy);
        }
        ran?;
        control::send(&self.control, control::ENDED, &[], &[])
            .map_err(told("cannot reach the warden"))
    }

    fn call(&mut self, cell: u32, library: &str, function: &str) -> Result<(), String> {
        // SAFETY: cargo has built the library from the user's cell and this
        // toolchain; loading it runs no code but that of its crates.
        let library =
            unsafe { libloading::Library::new(library) }.map_err(|error| error.to_string())?;
        // SAFETY: evcxr makes the function of this name with this type.
        let user = unsafe { library.get::<UserCode>(function.as_bytes()) }
            .map_err(|error| error.to_string())?;
        // SAFETY: the crate for cells defines both with these types; a cell
        // before the prelude is without it.
        let (begins, ends) = unsafe {
            (
                library.get::<Begins>(b"transfolio_cell_begins"),
                library.get::<Ends>(b"transfolio_cell_ends"),
            )
        };
        if let Ok(begins) = begins {
            begins(cell, &SHARED);
        }
        self.variables = user(self.variables);
        if let Ok(ends) = ends {
            ends();
        }
        // Code that is unloaded could still be called: by a thread, by the
        // destructor of a variable.
        std::mem::forget(library);
        Ok(())
    }

    /// Lays a copy of this process by. The copy waits in here, and leaves when
    /// the original has ended in the middle of its cell.
    fn lay_by(&mut self) -> std::io::Result<Laid> {
        let (own, warden) = UnixStream::pair()?;
        // SAFETY: this process has no other thread, so that the copy is whole.
        match unsafe { libc::fork() } {
            -1 => Err(std::io::Error::last_os_error()),
            0 => {
                drop(warden);
                self.wait_for_turn(own);
                Ok(Laid::Woken)
            }
            id => {
                let pid = Pid::from_raw(id).ok_or_else(|| std::io::Error::other("no copy"))?;
                Ok(Laid::By(pid, warden))
            }
        }
    }

    /// In the copy: waits for the warden's word, or ends with the original.
    fn wait_for_turn(&mut self, own: UnixStream) {
        // The warden hears of the original's end by the end of its socket, which
        // must not live on here.
        self.control = own;
        let mut byte = [0];
        loop {
            match self.control.read(&mut byte) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Ok(1) => break,
                // SAFETY: ends without running what the original will run.
                _ => unsafe { libc::_exit(0) },
            }
        }
        end_with_parent();
    }
}

/// Which of the two a process is after the copy was made.
enum Laid {
    /// The original: the copy, and the end of the socket by which the warden
    /// wakes it.
    By(Pid, UnixStream),
    /// The copy, when its turn has come.
    Woken,
}

fn discard(copy: Pid) {
    let _ = rustix::process::kill_process(copy, Signal::KILL);
    while let Err(rustix::io::Errno::INTR) =
        rustix::process::waitpid(Some(copy), WaitOptions::empty())
    {}
}

/// An interrupt asks the cell to stop.
fn listen_to_interrupts() -> std::io::Result<()> {
    // SAFETY: a store to an atomic is all that happens.
    let listening = unsafe {
        signal_hook::low_level::register(signal_hook::consts::SIGINT, || {
            SHARED.asked.store(true, Ordering::SeqCst);
        })
    };
    listening.map(|_| ())
}

/// Remembers which threads the last cell left; whether there are none at all.
fn note_threads(last: u32) -> bool {
    let main = std::process::id();
    let mut known = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_with(HashMap::new);
    let Ok(tasks) = fs::read_dir("/proc/self/task") else { return false };
    let alive: Vec<u32> =
        tasks.flatten().filter_map(|task| task.file_name().to_str()?.parse().ok()).collect();
    known.retain(|thread, _| alive.contains(thread));
    for thread in alive.iter().filter(|thread| **thread != main) {
        known.entry(*thread).or_insert(last);
    }
    alive.len() == 1
}

extern "C" fn owner(thread: u32) -> u32 {
    let known = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
    known.as_ref().and_then(|known| known.get(&thread).copied()).unwrap_or(0)
}
