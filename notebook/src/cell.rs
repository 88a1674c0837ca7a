//! What a cell prints and shows, on its way to the kernel.
//!
//! Where the kernel's own process runs the cell, content goes to its warden
//! over a socket, and never through standard output, where it could be taken
//! for what the cell prints, or the other way round. In another kernel of evcxr
//! (`evcxr_jupyter`) content goes through standard output as evcxr has it; in a
//! plain program it is printed.

use std::fmt::{self, Write as _};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::panic::PanicHookInfo;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};

use serde_json::{Map, Value, json};

use crate::error::{Error, Kind, Result};

/// What the process of the cells shares with their code; it has the same layout
/// there.
#[repr(C)]
pub struct Shared {
    asked: AtomicBool,
    cell: AtomicU32,
    hooked: AtomicBool,
    owner: extern "C" fn(u32) -> u32,
}

/// Each cell is a library of its own with these of its own: the process...
static SHARED: OnceLock<&'static Shared> = OnceLock::new();
/// ... the number of the cell that this code was compiled for...
static CELL: AtomicU32 = AtomicU32::new(0);
/// ... whether it has ended: threads of it may go on...
static ENDED: AtomicBool = AtomicBool::new(false);
/// ... and where the cell has printed last.
static LAST: AtomicU8 = AtomicU8::new(NOWHERE);
const NOWHERE: u8 = 0;
const OUT: u8 = 1;
const ERR: u8 = 2;

/// Folder of the kernel's sockets.
const RUNTIME: &str = "TRANSFOLIO_RUNTIME";

/// Called by the process of the cells before a cell.
// The name is how it is found in the library of a cell.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn transfolio_cell_begins(cell: u32, shared: &'static Shared) {
    CELL.store(cell, Ordering::SeqCst);
    if SHARED.set(shared).is_ok() && !shared.hooked.swap(true, Ordering::SeqCst) {
        std::panic::set_hook(Box::new(hook));
    }
}

/// Called by the process of the cells after a cell.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn transfolio_cell_ends() {
    let _ = std::io::stdout().flush();
    ENDED.store(true, Ordering::SeqCst);
}

/// Whether this process runs the cells of a kernel.
pub(crate) fn in_kernel() -> bool {
    std::env::var_os("EVCXR_IS_RUNTIME").is_some()
}

/// Asks the warden; `None` where there is none.
fn ask(question: &Value) -> Option<Value> {
    SHARED.get()?;
    let path = PathBuf::from(std::env::var_os(RUNTIME)?).join("cells");
    let mut stream = UnixStream::connect(path).ok()?;
    writeln!(stream, "{question}").ok()?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).ok()?;
    serde_json::from_str(&answer).ok()
}

/// The number of the cell that this code belongs to.
fn cell() -> u32 {
    CELL.load(Ordering::SeqCst)
}

/// Prints to standard output, after what went to standard error before.
#[doc(hidden)]
pub fn out(text: fmt::Arguments<'_>, flush: bool) {
    if ENDED.load(Ordering::SeqCst) {
        return late("stdout", text);
    }
    check_point();
    if LAST.swap(OUT, Ordering::SeqCst) == ERR {
        ask(&json!({ "op": "sync" }));
    }
    let mut out = std::io::stdout().lock();
    // Nobody listens any more where this fails.
    let _ = out.write_fmt(text);
    if flush {
        let _ = out.flush();
    }
}

/// Prints to standard error, after what went to standard output before.
#[doc(hidden)]
pub fn err(text: fmt::Arguments<'_>) {
    if ENDED.load(Ordering::SeqCst) {
        return late("stderr", text);
    }
    check_point();
    if LAST.swap(ERR, Ordering::SeqCst) == OUT {
        let _ = std::io::stdout().flush();
        ask(&json!({ "op": "sync" }));
    }
    // In one piece, which no other thread's text comes into.
    let _ = std::io::stderr().write_all(text.to_string().as_bytes());
}

/// A thread prints after its cell has ended: it is that cell's all the same.
fn late(stream: &str, text: fmt::Arguments<'_>) {
    ask(&json!({ "op": "print", "cell": cell(), "stream": stream, "text": text.to_string() }));
}

/// Stops the cell here if the user has interrupted it; every print is such a
/// point. A loop that takes long calls it now and then:
///
/// ```
/// # use transfolio_notebook::check_point;
/// for step in 0..1000 {
///     check_point();
///     // work
/// }
/// ```
pub fn check_point() {
    let Some(shared) = SHARED.get() else { return };
    if shared.asked.load(Ordering::Relaxed) && !ENDED.load(Ordering::SeqCst) {
        shared.asked.store(false, Ordering::SeqCst);
        let text = "interrupted: the cell was stopped; variables of earlier cells are kept";
        ask(&json!({ "op": "interrupted", "text": text }));
        // Unwinds without the message of a panic.
        std::panic::resume_unwind(Box::new("interrupted"));
    }
}

/// An interrupt that something else has answered to.
pub(crate) fn interrupt_is_answered() {
    if let Some(shared) = SHARED.get() {
        shared.asked.store(false, Ordering::SeqCst);
    }
}

/// The cell has panicked, says evcxr.
#[doc(hidden)]
pub fn panicked() {
    left("panic");
}

/// The cell has returned an error, says evcxr.
#[doc(hidden)]
pub fn returned() {
    left("error");
}

fn left(how: &str) {
    let _ = std::io::stdout().flush();
    if ask(&json!({ "op": "left", "how": how })).is_none() {
        let mark = if how == "panic" { "EVCXR_PANIC_NOTIFICATION" } else { "EVCXR_ERROR_OCCURRED" };
        std::println!("{mark}");
    }
}

/// Prints a variable to standard error. One named `error` may be what a `?` is
/// about to return: the warden holds it until it knows.
#[doc(hidden)]
pub fn err_of(text: fmt::Arguments<'_>, name: &str) {
    if name != "error" || ENDED.load(Ordering::SeqCst) {
        return err(text);
    }
    let _ = std::io::stdout().flush();
    let written = text.to_string();
    let told = ask(&json!({ "op": "error", "text": written.trim_end_matches('\n') }));
    if told.is_none() {
        err(text);
    }
}

/// Tells the warden of a panic, which may end the cell or not.
fn hook(info: &PanicHookInfo<'_>) {
    let payload = info.payload_as_str().unwrap_or("a panic without a message");
    let place = info
        .location()
        .map(|at| json!({ "file": at.file(), "line": at.line(), "column": at.column() }));
    // `PID/task/TID`: the main thread has the number of the process.
    let link = std::fs::read_link("/proc/thread-self").unwrap_or_default();
    let thread: u32 = link
        .file_name()
        .and_then(|name| name.to_str()?.parse().ok())
        .unwrap_or_else(std::process::id);
    let owner = SHARED.get().map_or(0, |shared| (shared.owner)(thread));
    let _ = std::io::stdout().flush();
    let told = ask(&json!({
        "op": "panicked", "cell": owner, "main": thread == std::process::id(), "text": payload,
        "place": place,
    }));
    if told.is_none() {
        std::eprintln!("{info}");
    }
}

/// Hands contents to the kernel: the value of a cell, or something on the way
/// to it.
pub(crate) fn emit(contents: &[(&str, &str)], result: bool) {
    let _ = std::io::stdout().flush();
    LAST.store(NOWHERE, Ordering::SeqCst);
    let data: Map<String, Value> =
        contents.iter().map(|(mime, text)| ((*mime).to_owned(), (*text).into())).collect();
    let shown = json!({ "op": "display", "cell": cell(), "result": result, "data": data });
    if ask(&shown).is_none() {
        emit_for_evcxr(contents);
    }
}

/// In one locked write, so that no other thread's line comes between.
fn emit_for_evcxr(contents: &[(&str, &str)]) {
    let mut block = String::new();
    for (mime, content) in contents {
        let _ = writeln!(block, "EVCXR_BEGIN_CONTENT {mime}");
        for line in content.lines() {
            // The line that would end the content, were it text of a user.
            let guard = if line.starts_with("EVCXR_") { " " } else { "" };
            let _ = writeln!(block, "{guard}{line}");
        }
        block += "EVCXR_END_CONTENT\n";
    }
    let mut out = std::io::stdout().lock();
    // A closed output means that the kernel is gone: nobody is left to tell.
    let _ = out.write_all(block.as_bytes());
    let _ = out.flush();
}

/// Asks the user for a line of text. In a run without a user, such as
/// `transfolio render`, that is an error.
pub fn input(prompt: &str) -> Result<String> {
    line_of_user(prompt, false)
}

/// [`input`] without showing what is typed.
pub fn password(prompt: &str) -> Result<String> {
    line_of_user(prompt, true)
}

fn line_of_user(prompt: &str, secret: bool) -> Result<String> {
    if !in_kernel() {
        std::eprint!("{prompt} ");
        let mut line = String::new();
        let read = std::io::stdin().read_line(&mut line);
        read.map_err(|error| Error::new(Kind::File, format!("cannot read an answer: {error}")))?;
        return Ok(line.trim_end_matches(['\n', '\r']).to_owned());
    }
    let answer = ask(&json!({ "op": "input", "prompt": prompt, "password": secret }));
    let text = answer.as_ref().and_then(|answer| answer["text"].as_str()).unwrap_or_default();
    if text.is_empty() {
        return Err(Error::new(Kind::Request, "nobody has answered the question")
            .hint("run the notebook in Jupyter, or make the answer a parameter"));
    }
    Ok(text.to_owned())
}

/// How a value without a form of its own is shown: as `{:?}` writes it.
pub trait Shown {
    /// Called by the kernel for the last expression of a cell.
    fn evcxr_display(&self);
}

impl<T: fmt::Debug + ?Sized> Shown for T {
    fn evcxr_display(&self) {
        let text = format!("{self:?}");
        // Nothing is the value of a statement.
        if text != "()" {
            emit(&[("text/plain", &text)], true);
        }
    }
}

/// [`std::println`], in order with [`eprintln!`](crate::eprintln), and under the cell
/// that it stands in.
#[macro_export]
macro_rules! println {
    () => { $crate::cell::out(::std::format_args!("\n"), false) };
    ("EVCXR_PANIC_NOTIFICATION") => { $crate::cell::panicked() };
    ("{}", evcxr_internal_runtime::USER_ERROR_OCCURRED) => { $crate::cell::returned() };
    ($($text:tt)*) => {
        $crate::cell::out(::std::format_args!("{}\n", ::std::format_args!($($text)*)), false)
    };
}

/// [`std::print`], at once.
#[macro_export]
macro_rules! print {
    ($($text:tt)*) => { $crate::cell::out(::std::format_args!($($text)*), true) };
}

/// [`std::eprintln`], in order with [`println!`](crate::println).
#[macro_export]
macro_rules! eprintln {
    () => { $crate::cell::err(::std::format_args!("\n")) };
    // So evcxr prints the error that a `?` returns.
    ("{}", $value:ident) => {
        $crate::cell::err_of(::std::format_args!("{}\n", $value), ::std::stringify!($value))
    };
    ($($text:tt)*) => {
        $crate::cell::err(::std::format_args!("{}\n", ::std::format_args!($($text)*)))
    };
}

/// [`std::eprint`], in order with [`print!`](crate::print).
#[macro_export]
macro_rules! eprint {
    ($($text:tt)*) => { $crate::cell::err(::std::format_args!($($text)*)) };
}
