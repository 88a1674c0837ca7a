//! Clients other than a Jupyter server, and kernels that cannot do their work.

use super::*;

fn lines(output: &Output) -> Vec<String> {
    let said = said(output).expect(0);
    said.out.lines().map(str::to_owned).collect()
}

fn assert_lines(got: &[String], wanted: &[&str]) {
    for wanted in wanted {
        assert!(got.iter().any(|line| line == wanted), "{wanted:?} is not in {got:#?}");
    }
}

#[test]
fn vs_code_is_answered_and_stops_cells_and_studies_by_a_signal_to_one_process() {
    let (Some(_), Some(python)) = (kernel(), python("jupyter_client")) else { return };
    let dir = folder("");
    let script = include_str!("vs_code.py");
    // A study of many epochs, stopped after a few seconds, while it trains.
    let output = client(&python, dir.path()).args(["-c", script, "40", "5"]).output();
    let got = lines(&output.expect("Python starts"));
    assert_lines(
        &got,
        &[
            "info | True | Rust | True",
            "no history | ok | 0",
            "history | 1 | [{'text/plain': '42'}] | error",
            "value | ",
            "is complete | incomplete",
            "is complete | complete",
            "is complete | invalid",
            "complete | True",
            "inspect | True | True",
            "history reply | ok",
            "comm | ['comm_close']",
            "told by shell | ok",
            "told by control | ok",
            "end of a control request | idle",
            "shutdown | True",
            "ended | True",
        ],
    );
    for name in ["signal", "group", "shell", "control"] {
        assert_lines(&got, &[&format!("interrupt by {name} | error | Interrupted")]);
    }
    assert_eq!(got.iter().filter(|line| *line == "kept | 42").count(), 4, "{got:#?}");
    let line = |name: &str| {
        let found = got.iter().find(|line| line.starts_with(name));
        found.unwrap_or_else(|| panic!("no {name:?} in {got:#?}")).as_str()
    };
    if !cfg!(feature = "torch") {
        return;
    }
    assert!(line("stopped").starts_with("stopped | error | Interrupted"), "{got:#?}");
    for name in ["stopped", "printed", "status"] {
        assert!(!line(name).to_lowercase().contains("failed"), "{}", line(name));
    }
    assert!(line("status").contains("stopped: 0 of 2 runs done"), "{}", line("status"));
    assert!(line("again").starts_with("again | ok"), "{}", line("again"));
    assert!(line("again").contains("2 of 2 runs done"), "{}", line("again"));
}

#[test]
fn the_jupyter_console_takes_functions_figures_failures_and_interrupts() {
    let (Some(_), Some(python)) = (kernel(), python("jupyter_console, pexpect")) else { return };
    let dir = folder("");
    let mut command = client(&python, dir.path());
    let output = command.args(["-c", include_str!("console.py")]).output();
    assert_lines(
        &lines(&output.expect("Python starts")),
        &[
            "banner | True",
            "goes on | True",
            "value | 81",
            "figure in words | True",
            "failure | True",
            "stopped | True",
            "kept | 42",
            "ended | 0",
        ],
    );
}

/// Executes one cell or says what the client says, and within what time.
const TOLD: &str = "
import time, nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_notebook, new_code_cell
import sys
notebook = new_notebook(cells=[new_code_cell(code) for code in sys.argv[1:]])
begun = time.time()
try:
    NotebookClient(
        notebook, kernel_name='transfolio', timeout=120, startup_timeout=120, allow_errors=True
    ).execute()
    for cell in notebook.cells:
        for output in cell.outputs:
            print(output.get('ename'), *output.get('traceback', [str(output)]), sep='\\n')
except Exception as error:
    print(type(error).__name__, error)
print('within', 60 if time.time() - begun < 60 else time.time() - begun)
";

/// A client whose specification of the kernel is the tests' own with changes.
fn changed(python: &Path, dir: &Path, root: &Path, change: impl Fn(&mut Value)) -> Command {
    let spec = fs::read_to_string(prefix().join("share/jupyter/kernels/transfolio/kernel.json"));
    let mut spec: Value = serde_json::from_str(&spec.expect("a spec")).expect("JSON");
    spec["env"]["TRANSFOLIO_EVCXR_ROOT"] = root.to_string_lossy().into();
    change(&mut spec);
    let kernels = dir.join("jupyter/kernels/transfolio");
    fs::create_dir_all(&kernels).expect("made");
    fs::write(kernels.join("kernel.json"), spec.to_string()).expect("written");
    let mut command = client(python, dir);
    command.env("JUPYTER_PATH", dir.join("jupyter")).args(["-c", TOLD]);
    command
}

#[test]
fn a_program_that_is_gone_and_a_host_that_is_killed_are_told_without_waiting() {
    let (Some(root), Some(python)) = (kernel(), python("nbclient")) else { return };
    let dir = folder("");
    let gone = |spec: &mut Value| spec["argv"][0] = "/usr/nowhere/transfolio".into();
    let output = changed(&python, dir.path(), root, gone).arg("1 + 1").output();
    said(&output.expect("Python starts")).expect(0).mentions(&[
        "FileNotFoundError",
        "/usr/nowhere/transfolio",
        "within 60",
    ]);
    // The host is the parent of the warden, the parent of the cells' process.
    let kill = "let of = |pid: u32| std::fs::read_to_string(format!(\"/proc/{pid}/stat\")).unwrap_or_default()\
        .rsplit(')').next().unwrap_or_default().split_whitespace().nth(1).unwrap_or(\"0\").to_owned();\
        let host = of(std::os::unix::process::parent_id());\
        std::process::Command::new(\"kill\").args([\"-9\", &host]).status()?;\
        std::thread::sleep(std::time::Duration::from_secs(30));";
    let mut command = changed(&python, dir.path(), root, |_| {});
    let output = command.args(["let a = 1;", &format!("{{ {kill} }}"), "a"]).output();
    let said = said(&output.expect("Python starts")).expect(0);
    let said = said.mentions(&["DeadKernelError", "within 60"]);
    assert!(said.err.contains("ended by signal 9"), "{}", said.err);
    assert!(said.err.contains("way out: restart the kernel"), "{}", said.err);
}

/// A small file system of its own, taken away at the end; none where this user may not
/// mount one.
struct Mounted(PathBuf);

impl Mounted {
    fn new(folder: &Path) -> Option<Self> {
        fs::create_dir_all(folder).expect("made");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(folder).stderr(Stdio::null());
        if mount.status().is_ok_and(|status| status.success()) {
            return Some(Self(folder.to_path_buf()));
        }
        eprintln!("skipped: only root may mount a file system of its own");
        None
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_home_that_cannot_be_written_and_a_full_disk_are_told_in_the_client() {
    let (Some(root), Some(python)) = (kernel(), python("nbclient")) else { return };
    let dir = folder("");
    let Some(mounted) = Mounted::new(&dir.path().join("home")) else { return };
    // A workspace that is there as far as the kernel looks before it copies it.
    let template = mounted.0.join("cache/kernel").join(env!("CARGO_PKG_VERSION")).join("template");
    fs::create_dir_all(&template).expect("made");
    fs::write(template.join("stamp.txt"), "x").expect("written");
    fs::write(template.join("large"), vec![1_u8; 600_000]).expect("written");
    let set = |name: &str, other: &str| {
        let own = std::env::var_os(name).map(PathBuf::from);
        own.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(other)))
    };
    let (rustup, cargo) = (set("RUSTUP_HOME", ".rustup"), set("CARGO_HOME", ".cargo"));
    let told = || {
        let mut command = changed(&python, dir.path(), root, |spec| {
            spec["env"]["TRANSFOLIO_CACHE"] = mounted.0.join("cache").to_string_lossy().into();
            spec["env"]["HOME"] = mounted.0.to_string_lossy().into();
            for (name, path) in [("RUSTUP_HOME", &rustup), ("CARGO_HOME", &cargo)] {
                spec["env"][name] =
                    path.as_deref().unwrap_or(Path::new("")).to_string_lossy().into();
            }
        });
        said(&command.args(["1 + 1", "2 + 2"]).output().expect("Python starts")).expect(0)
    };
    told().mentions(&[
        "KernelNotReady",
        "No space left on device",
        "way out: the disk is full",
        "TRANSFOLIO_CACHE",
        "within 60",
    ]);
    let _ = fs::remove_dir_all(template.with_file_name("sessions"));
    let remount = Command::new("mount").args(["-o", "remount,ro"]).arg(&mounted.0).status();
    assert!(remount.expect("mount starts").success());
    told().mentions(&[
        "KernelNotReady",
        "Read-only file system",
        "way out: choose a folder that you may write to",
        "TRANSFOLIO_CACHE",
        "within 60",
    ]);
}
