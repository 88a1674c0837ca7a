//! A place for one running notebook: evcxr allows one kernel per folder.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::copy::copy_folder;
use super::places::Places;
use super::toolchain::Toolchain;
use crate::notebook::NotebookError;

/// Most notebooks at once.
const MOST: usize = 64;
/// Written last into the template, and copied last into a session.
pub(super) const STAMP: &str = "stamp.txt";

/// A session: a built workspace that belongs to this process, and a folder for
/// its sockets, which is gone with it. Workspaces are kept and used again.
pub struct Session {
    folder: PathBuf,
    config: PathBuf,
    library: PathBuf,
    runtime: tempfile::TempDir,
    // Released when the process ends, however it ends.
    _lock: File,
}

impl Session {
    /// The first free workspace, copied from the template where it is not
    /// there or older.
    pub fn acquire(places: &Places) -> Result<Self, NotebookError> {
        let template = places.template();
        let stamp = fs::read_to_string(template.join(STAMP)).map_err(|_| {
            NotebookError::setup(
                format!("the kernel of transfolio {} is not installed", env!("CARGO_PKG_VERSION")),
                "run `transfolio kernel install`",
            )
        })?;
        let sessions = places.sessions();
        fs::create_dir_all(&sessions).map_err(NotebookError::io("create", &sessions))?;
        for number in 0..MOST {
            let Some(lock) = try_lock(&sessions.join(format!("{number}.lock")))? else { continue };
            let folder = sessions.join(number.to_string());
            if !fs::read_to_string(folder.join(STAMP)).is_ok_and(|old| old == stamp) {
                renew(&template, &folder)?;
            }
            sweep(&sessions, number);
            sweep_sockets(&std::env::temp_dir());
            return Self::of(folder, places, lock);
        }
        Err(NotebookError::Request(format!(
            "{MOST} notebooks run already; end one of them to start another"
        )))
    }

    /// The template itself, for its first build.
    pub(super) fn template(places: &Places) -> Result<Self, NotebookError> {
        let folder = places.template();
        fs::create_dir_all(&folder).map_err(NotebookError::io("create", &folder))?;
        let lock = try_lock(&places.kernel().join("template.lock"))?.ok_or_else(|| {
            NotebookError::setup("another `kernel install` is under way", "wait until it has ended")
        })?;
        Self::of(folder, places, lock)
    }

    fn of(folder: PathBuf, places: &Places, lock: File) -> Result<Self, NotebookError> {
        // Sockets have short paths and belong to the user alone.
        let runtime = tempfile::Builder::new()
            .prefix("transfolio-")
            .tempdir()
            .map_err(NotebookError::io("create", &std::env::temp_dir()))?;
        Ok(Self {
            folder,
            config: places.config(),
            library: places.library(),
            runtime,
            _lock: lock,
        })
    }

    /// The environment of the host and of the cells.
    pub fn environment(
        &self,
        toolchain: &Toolchain,
    ) -> Result<Vec<(&'static str, OsString)>, NotebookError> {
        let program = own_file()?;
        let mut environment: Vec<(&'static str, OsString)> = vec![
            ("EVCXR_TMPDIR", self.folder.join("ctx").into()),
            ("EVCXR_CONFIG_DIR", self.config.clone().into()),
            // evcxr_jupyter brings the kernel `rust` up to date when it finds
            // one; here it must not.
            ("JUPYTER_PATH", self.runtime.path().into()),
            // A cell finds the standard library by a path from where cargo
            // builds it, and runs one folder further up: below a common parent
            // folder (the user's home, say) that path leads astray.
            ("LD_LIBRARY_PATH", toolchain.libraries.clone().into()),
            ("PATH", toolchain.path_variable()),
            ("TRANSFOLIO_BUSY", self.runtime.path().join("busy").into()),
            ("TRANSFOLIO_PROGRAM", program.into()),
            // Where host, warden and cells have their sockets.
            ("TRANSFOLIO_RUNTIME", self.runtime.path().into()),
            ("TRANSFOLIO_WORKER", self.socket().into()),
        ];
        if self.library.is_dir() {
            environment.push(("RUST_SRC_PATH", self.library.clone().into()));
        }
        Ok(environment)
    }

    fn socket(&self) -> PathBuf {
        self.runtime.path().join("worker")
    }

    /// Starts the worker that the cells talk to; it ends with this process. It joins a
    /// group of processes, 0 for one of its own, or stays in that of this one.
    pub fn start_worker(&self, group: Option<i32>) -> Result<Child, NotebookError> {
        let program = own_file()?;
        let mut command = Command::new(&program);
        if let Some(group) = group {
            command.process_group(group);
        }
        command
            .arg("notebook-worker")
            .arg("--socket")
            .arg(self.socket())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(NotebookError::io("start", &program))
    }
}

/// Free workspaces that are kept for the next notebooks.
const KEPT: usize = 2;

/// Removes the workspaces of ended kernels, except the first free ones: each
/// holds some 140 MB.
fn sweep(sessions: &Path, own: usize) {
    let mut free = 0;
    for number in (0..MOST).filter(|number| *number != own) {
        let (folder, lock) =
            (sessions.join(number.to_string()), sessions.join(format!("{number}.lock")));
        if !folder.is_dir() {
            continue;
        }
        // Held until the folder is gone: nobody takes it meanwhile.
        let Ok(Some(_lock)) = try_lock(&lock) else { continue };
        free += 1;
        if free > KEPT {
            // What cannot be removed now is tried again by the next kernel.
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

/// Removes the folders of sockets that killed kernels left behind: nobody
/// listens on what is in them.
fn sweep_sockets(temporary: &Path) {
    let Ok(entries) = fs::read_dir(temporary) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let named = entry.file_name().to_string_lossy().starts_with("transfolio-");
        let socket = path.join("worker");
        if !named || !socket.exists() {
            continue;
        }
        let refused = |socket: &Path| {
            UnixStream::connect(socket)
                .is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused)
        };
        // The worker is started before the host: both must be gone.
        let host = path.join("streams");
        if refused(&socket) && (!host.exists() || refused(&host)) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

fn own_file() -> Result<PathBuf, NotebookError> {
    std::env::current_exe().map_err(NotebookError::io("find", Path::new("this program's own file")))
}

fn try_lock(path: &Path) -> Result<Option<File>, NotebookError> {
    let file = File::options()
        .create(true)
        .append(true)
        .open(path)
        .map_err(NotebookError::io("open", path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(NotebookError::io("lock", path)(error)),
    }
}

fn renew(template: &Path, folder: &Path) -> Result<(), NotebookError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(NotebookError::io("remove", folder)(error));
        }
        _ => {}
    }
    copy_folder(template, folder).map_err(NotebookError::io("copy to", folder))
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn folders_of_ended_kernels_go_and_those_in_use_stay() {
        let dir = tempfile::tempdir().expect("a folder");
        for number in 0..6 {
            fs::create_dir(dir.path().join(number.to_string())).expect("a folder");
        }
        let used = try_lock(&dir.path().join("4.lock")).expect("a file").expect("a lock");
        sweep(dir.path(), 0);
        let there: Vec<usize> =
            (0..6).filter(|n| dir.path().join(n.to_string()).is_dir()).collect();
        assert_eq!(there, [0, 1, 2, 4]);
        drop(used);
    }

    #[test]
    fn sockets_that_nobody_listens_on_go() {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = |name: &str| {
            let folder = dir.path().join(name);
            fs::create_dir(&folder).expect("a folder");
            folder
        };
        let (dead, alive, other) = (folder("transfolio-a"), folder("transfolio-b"), folder("else"));
        drop(UnixListener::bind(dead.join("worker")).expect("listens"));
        let listener = UnixListener::bind(alive.join("worker")).expect("listens");
        drop(UnixListener::bind(other.join("worker")).expect("listens"));
        sweep_sockets(dir.path());
        assert_eq!((dead.exists(), alive.exists(), other.exists()), (false, true, true));
        drop(listener);
    }
}
