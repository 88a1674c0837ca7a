//! The kernel under the clients that people run notebooks with: nbclient,
//! papermill, JupyterLab in a browser.
//!
//! They come with `cargo xtask notebook-clients`; without them, or without the
//! host that runs cells, what needs them is skipped, in words.

mod editors;
mod lab;
mod trial;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::notebook::{folder, kernel, prefix};
use crate::program::said;

/// The interpreter of an environment that has a module, or a word on its
/// absence.
fn python(module: &str) -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let cache = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
    let own = cache.map(|cache| cache.join("transfolio/notebook-clients/bin/python"));
    let found = own.into_iter().chain([PathBuf::from("python3")]).find(|python| {
        let import = format!("import {module}");
        let output = Command::new(python).args(["-c", &import]).stderr(Stdio::null()).output();
        output.is_ok_and(|output| output.status.success())
    });
    if found.is_none() {
        eprintln!("skipped: no Python with {module}; `cargo xtask notebook-clients` installs it");
    }
    found
}

/// A Python that finds the kernel of the tests, and no settings of the user.
fn client(python: &Path, dir: &Path) -> Command {
    let mut command = Command::new(python);
    command
        .current_dir(dir)
        .env("JUPYTER_PATH", prefix().join("share/jupyter"))
        .env("JUPYTER_CONFIG_DIR", dir.join("config"))
        .env("JUPYTER_DATA_DIR", dir.join("data"))
        .env("JUPYTER_RUNTIME_DIR", dir.join("runtime"))
        .env("IPYTHONDIR", dir.join("ipython"));
    command
}

/// A notebook of code cells; one that begins with `%md` is a text, and one that begins
/// with `%parameters` has that tag.
fn write_notebook(path: &Path, cells: &[&str]) {
    let cell = |(at, source): (usize, &&str)| {
        let id = format!("cell-{at}");
        if let Some(text) = source.strip_prefix("%md ") {
            return json!({ "cell_type": "markdown", "id": id, "metadata": {}, "source": text });
        }
        let tagged = source.strip_prefix("%parameters ");
        let metadata = if tagged.is_some() { json!({ "tags": ["parameters"] }) } else { json!({}) };
        json!({
            "cell_type": "code", "id": id, "metadata": metadata,
            "source": tagged.unwrap_or(source), "outputs": [], "execution_count": null,
        })
    };
    let cells: Vec<Value> = cells.iter().enumerate().map(cell).collect();
    let spec = json!({ "name": "transfolio", "display_name": "Transfolio", "language": "rust" });
    let notebook = json!({
        "nbformat": 4, "nbformat_minor": 5, "cells": cells, "metadata": { "kernelspec": spec },
    });
    fs::write(path, notebook.to_string()).expect("written");
}

fn outputs(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("a notebook");
    let json: Value = serde_json::from_str(&text).expect("JSON");
    let cells = json["cells"].as_array().expect("cells").iter();
    // papermill adds a cell above the one that failed.
    cells.filter(|cell| cell["cell_type"] == "code").map(|cell| cell["outputs"].clone()).collect()
}

/// A table and a figure.
const GOOD: [&str; 3] = [
    "let study = Study::open(\"results.csv\")?;",
    "study.results()?.head(3)",
    "figures::label_fraction(&study)?",
];

fn assert_good(outputs: &[Value]) {
    let table = outputs[1].to_string();
    assert!(table.contains("text/html") && table.contains("<table"), "{table}");
    assert!(outputs[2].to_string().contains("<svg"), "{}", outputs[2]);
}

fn papermill(python: &Path, dir: &Path, cells: &[&str]) -> Output {
    write_notebook(&dir.join("in.ipynb"), cells);
    papermill_command(python, dir).output().expect("papermill starts")
}

fn papermill_command(python: &Path, dir: &Path) -> Command {
    let mut command = client(python, dir);
    command
        .args(["-m", "papermill", "--no-progress-bar", "--start-timeout", "180"])
        .args(["in.ipynb", "out.ipynb"]);
    command
}

#[test]
fn papermill_runs_a_notebook_and_stops_at_a_panic() {
    let (Some(_), Some(python)) = (kernel(), python("papermill")) else { return };
    let dir = folder("");
    said(&papermill(&python, dir.path(), &GOOD)).expect(0);
    assert_good(&outputs(&dir.path().join("out.ipynb")));
    let cells = ["let a = 1;", "panic!(\"boom {a}\")", "println!(\"ran on\");"];
    said(&papermill(&python, dir.path(), &cells)).expect(1).mentions(&[
        "PapermillExecutionError",
        "boom 1",
        "variables of earlier cells are kept",
    ]);
    let out = fs::read_to_string(dir.path().join("out.ipynb")).expect("a notebook");
    assert!(out.contains("\"Panic\"") && !out.contains("ran on\\n\""), "{out}");
}

/// What stands in the site-packages of an environment into which the kernel was
/// installed.
fn sites() -> PathBuf {
    prefix().join("lib/python3.11/site-packages")
}

#[test]
fn papermill_gives_parameters_of_the_types_of_their_defaults() {
    let (Some(_), Some(python)) = (kernel(), python("papermill")) else { return };
    let dir = folder("");
    let cells = [
        "%parameters let epochs: u32 = 5;\nlet rate: f64 = 0.5; // of learning\nlet name: &str = \"a\";\nlet fast: bool = false;",
        "println!(\"{} {rate} {name} {fast}\", epochs.pow(2));",
    ];
    let given = |more: &[&str]| {
        write_notebook(&dir.path().join("in.ipynb"), &cells);
        let mut command = papermill_command(&python, dir.path());
        command.env("PYTHONPATH", sites()).args(more);
        said(&command.output().expect("papermill starts"))
    };
    let more = [
        "-p",
        "epochs",
        "7",
        "-p",
        "rate",
        "1e-3",
        "-r",
        "name",
        "say \"hi\" \\ {x}",
        "-p",
        "fast",
        "True",
    ];
    given(&more).expect(0);
    let out = fs::read_to_string(dir.path().join("out.ipynb")).expect("a notebook");
    assert!(out.contains("49 0.001 say \\\"hi\\\" \\\\ {x} true"), "{out}");
    given(&["-p", "epochs", "many"])
        .expect(1)
        .mentions(&["parameter epochs is \"many\", expected a whole number (u32)"]);
    given(&["-p", "speed", "1"]).expect(1).mentions(&["cannot find value `speed`"]);
    // What papermill says of the parameters of a notebook.
    write_notebook(&dir.path().join("in.ipynb"), &cells);
    let mut help = client(&python, dir.path());
    help.env("PYTHONPATH", sites()).args(["-m", "papermill", "--help-notebook", "in.ipynb"]);
    let help = said(&help.output().expect("papermill starts")).expect(0);
    help.mentions(&["epochs: u32 (default 5)", "of learning"]);
}

#[test]
fn captions_and_markdown_of_cells_are_filled_in_by_the_kernel() {
    let (Some(_), Some(python)) = (kernel(), python("nbclient")) else { return };
    let dir = folder("");
    let cells = [
        "bind(\"gain\", 0.125)?;",
        "//| label: fig-gain\n//| caption: The gain is *{{ gain }}*.\ncharts::line([1, 2], [3, 4]).draw()?",
        "//| label: tab-all\n//| caption: All.\nStudy::open(\"results.csv\")?.results()?.head(2)",
        "Markdown::new(\"{{ gain }} in [[fig-gain]], [[tab-all]], not {{ loss }}\")",
        "//| label: fig-none\nlet x: u32 = \"a\";",
    ];
    write_notebook(&dir.path().join("in.ipynb"), &cells);
    let output = client(&python, dir.path()).args(["-c", EXECUTE]).output().expect("Python starts");
    said(&output).expect(0);
    let outputs = outputs(&dir.path().join("out.ipynb"));
    let has = |at: usize, part: &str| {
        assert!(outputs[at].to_string().contains(part), "cell {at}: {}", outputs[at]);
    };
    has(1, "image/svg+xml");
    has(1, "**Figure 1.** The gain is *0.1250*.");
    has(2, "**Table 1.** All.");
    has(3, "0.1250 in Figure 1, Table 1, not **{{ loss }}** (no cell gave it yet)");
    // A cell that failed has no caption.
    assert!(!outputs[4].to_string().contains("Figure 2"), "{}", outputs[4]);
    // Where the helper that draws is there, viewers without SVG have a PNG.
    let figure = outputs[1][0]["data"].as_object().expect("content");
    eprintln!("a figure comes as {:?}", figure.keys().collect::<Vec<_>>());
}

/// Runs a notebook; failures stop nothing, and are in the outputs.
const EXECUTE: &str = "
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read('in.ipynb', as_version=4)
client = NotebookClient(
    notebook, kernel_name='transfolio', timeout=240, startup_timeout=180, allow_errors=True
)
client.execute()
nbformat.validate(notebook)
nbformat.write(notebook, 'out.ipynb')
";

/// Ends the worker of this kernel, as a machine short of memory might.
const KILL_WORKER: &str = r#"
let socket = std::env::var("TRANSFOLIO_WORKER")?;
for process in std::fs::read_dir("/proc")?.flatten() {
    let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
    let line = String::from_utf8_lossy(&line).into_owned();
    if line.contains("notebook-worker") && line.contains(&socket) {
        std::process::Command::new("kill").arg("-9").arg(process.file_name()).status()?;
    }
}
std::thread::sleep(std::time::Duration::from_secs(1));
"#;

#[test]
fn nbclient_is_told_every_failure_and_the_kernel_goes_on() {
    let (Some(_), Some(python)) = (kernel(), python("nbclient")) else { return };
    let dir = folder("");
    let mut cells = GOOD.to_vec();
    cells.extend([
        "let a = 41;",
        "panic!(\"boom\")",
        "let x: u32 = \"a\";",
        KILL_WORKER,
        "study.results()?",
        "Study::open(\"results.csv\")?.results()?.shape().0 as i32 + a",
        "std::process::exit(3)",
        "1 + 1",
    ]);
    write_notebook(&dir.path().join("in.ipynb"), &cells);
    let output = client(&python, dir.path()).args(["-c", EXECUTE]).output().expect("Python starts");
    said(&output).expect(0);
    let outputs = outputs(&dir.path().join("out.ipynb"));
    assert_good(&outputs);
    let error = |at: usize| {
        let mut all = outputs[at].as_array().expect("outputs").iter();
        let error = all.rfind(|o| o["output_type"] == "error");
        let error = error.unwrap_or_else(|| panic!("cell {at} has no error: {}", outputs[at]));
        (error["ename"].as_str().unwrap_or_default().to_owned(), error["traceback"].to_string())
    };
    for (at, name, part) in [
        (4, "Panic", "boom"),
        (5, "CompileError", "mismatched types"),
        (7, "Error", "open the study again"),
        (9, "ProcessEnded", "exit status 3"),
    ] {
        let (ename, text) = error(at);
        assert_eq!(ename, name, "cell {at}: {text}");
        assert!(text.contains(part), "cell {at}: {text}");
    }
    // The variable of cell 3 outlived a panic, a compiler and a worker.
    assert!(outputs[8].to_string().contains("\"65\""), "{}", outputs[8]);
    assert!(outputs[10].to_string().contains("\"2\""), "{}", outputs[10]);
}

#[test]
fn nbclient_and_papermill_show_what_each_cell_printed() {
    for name in ["nbclient", "papermill"] {
        let (Some(_), Some(python)) = (kernel(), python(name)) else { continue };
        let dir = folder("");
        crate::torture::write_notebook(&dir.path().join("in.ipynb"));
        let output = match name {
            "nbclient" => client(&python, dir.path()).args(["-c", EXECUTE]).output(),
            _ => papermill_command(&python, dir.path()).output(),
        };
        // papermill runs on where a cell may fail, and says so at the end.
        said(&output.expect("Python starts")).expect(i32::from(name == "papermill"));
        crate::torture::assert_as_it_is_to_be(name, &dir.path().join("out.ipynb"));
    }
}

/// Prints the error of the first cell.
const FIRST_ERROR: &str = "
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read('in.ipynb', as_version=4)
client = NotebookClient(
    notebook, kernel_name='transfolio', timeout=120, startup_timeout=120, allow_errors=True
)
client.execute()
for output in notebook.cells[0].outputs:
    print(output.get('ename'), *output.get('traceback', [str(output)]), sep='\\n')
";

#[test]
fn a_kernel_that_cannot_start_says_why_in_the_client() {
    let (Some(root), Some(python)) = (kernel(), python("nbclient")) else { return };
    let dir = folder("");
    write_notebook(&dir.path().join("in.ipynb"), &["1 + 1"]);
    let spec = fs::read_to_string(prefix().join("share/jupyter/kernels/transfolio/kernel.json"));
    let spec: Value = serde_json::from_str(&spec.expect("a spec")).expect("JSON");
    let kernels = dir.path().join("jupyter/kernels/transfolio");
    fs::create_dir_all(&kernels).expect("made");
    let empty = dir.path().join("empty");
    fs::create_dir(&empty).expect("made");
    // A kernel that is there, but a file stands where its workspaces should be.
    let blocked = dir.path().join("blocked");
    let version = blocked.join("kernel").join(env!("CARGO_PKG_VERSION"));
    fs::create_dir_all(version.join("template")).expect("made");
    fs::write(version.join("template/stamp.txt"), "x").expect("written");
    fs::write(version.join("sessions"), "").expect("written");
    let told = |cache: &Path, more: &[(&str, &str)]| {
        let mut spec = spec.clone();
        spec["env"]["TRANSFOLIO_CACHE"] = cache.to_string_lossy().into();
        spec["env"]["TRANSFOLIO_EVCXR_ROOT"] = root.to_string_lossy().into();
        for (name, value) in more {
            spec["env"][*name] = (*value).into();
        }
        fs::write(kernels.join("kernel.json"), spec.to_string()).expect("written");
        let mut command = client(&python, dir.path());
        command.env("JUPYTER_PATH", dir.path().join("jupyter")).args(["-c", FIRST_ERROR]);
        said(&command.output().expect("Python starts")).expect(0)
    };
    told(&empty, &[]).mentions(&[
        "KernelNotReady",
        "is not installed",
        "way out: run `transfolio kernel install`",
        "Restart the kernel afterwards.",
    ]);
    told(&blocked, &[]).mentions(&["KernelNotReady", "cannot create", "sessions"]);
    let nowhere = empty.to_string_lossy();
    told(&empty, &[("PATH", "/usr/nowhere"), ("HOME", &nowhere), ("CARGO_HOME", &nowhere)])
        .mentions(&["KernelNotReady", "there is no cargo", "way out: install Rust"]);
}

#[test]
fn cells_that_take_too_much_memory_or_disk_say_so_in_the_client() {
    let (Some(_), Some(python)) = (kernel(), python("nbclient")) else { return };
    let dir = folder("");
    let cells = [
        "let a = 41;",
        "let mut v: Vec<Vec<u8>> = Vec::new(); loop { v.push(vec![1u8; 1 << 24]); }",
        "a + 1",
        "Table::named(\"t\").with(\"x\", vec![0.5; 100_000])?.write_csv(\"/dev/full\")?;",
        "Image::open(\"none.png\")?",
        "a + 2",
    ];
    write_notebook(&dir.path().join("in.ipynb"), &cells);
    let mut command = client(&python, dir.path());
    command.env("TRANSFOLIO_CELL_MEMORY", "400000000").args(["-c", EXECUTE]);
    said(&command.output().expect("Python starts")).expect(0);
    let outputs = outputs(&dir.path().join("out.ipynb"));
    let has = |at: usize, parts: &[&str]| {
        let text = outputs[at].to_string();
        for part in parts {
            assert!(text.contains(part), "cell {at}, {part}: {text}");
        }
    };
    has(1, &["ProcessEnded", "out of memory"]);
    has(3, &["/dev/full", "way out: the disk is full"]);
    has(4, &["none.png", "way out: paths begin where cells run"]);
    // Memory that ran out takes no variable of an earlier cell along.
    has(2, &["\"42\""]);
    has(5, &["\"43\""]);
}

/// Interrupts cells, and asks right after a failure; says what came of it.
const INTERRUPT: &str = r#"
import time
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(startup_timeout=180, kernel_name='transfolio')

def answer(request):
    while True:
        reply = client.get_shell_msg(timeout=120)
        if reply['parent_header']['msg_id'] == request:
            return reply

def run(code, after=None):
    request = client.execute(code)
    if after is not None:
        deadline = time.time() + 60
        while True:
            message = client.get_iopub_msg(timeout=60)
            own = message['parent_header'].get('msg_id') == request
            if own and message['msg_type'] == 'stream' and after in message['content']['text']:
                break
        time.sleep(0.3)
        manager.interrupt_kernel()
    reply = answer(request)
    shown = []
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message['parent_header'].get('msg_id') != request:
            continue
        if message['msg_type'] == 'execute_result':
            shown.append(message['content']['data']['text/plain'])
        if message['msg_type'] == 'status' and message['content']['execution_state'] == 'idle':
            break
    content = reply['content']
    print(content['status'], content.get('ename'), content.get('evalue'), *shown, sep=' | ')

run('let v = vec![1, 2, 3]; let mut n = 0;')
run('println!("begun"); let mut i = 0_u64; loop { i = std::hint::black_box(i.wrapping_add(1)); }', after='begun')
run('v.len()')
run('loop { n += 1; println!("step {n}"); std::thread::sleep(std::time::Duration::from_millis(20)); }', after='step 3')
run('n >= 3 && v.len() == 3')
run('println!("begun"); std::thread::sleep(std::time::Duration::from_secs(600));', after='begun')
run('v.len()')
answer(client.execute('panic!("boom")'))
run('v.len() + 1')
manager.shutdown_kernel(now=True)
"#;

#[test]
fn an_interrupt_keeps_the_variables_and_a_request_after_a_failure_is_answered() {
    let (Some(_), Some(python)) = (kernel(), python("jupyter_client")) else { return };
    let dir = folder("");
    let output = client(&python, dir.path()).args(["-c", INTERRUPT]).output();
    let said = said(&output.expect("Python starts")).expect(0);
    let lines: Vec<&str> = said.out.lines().collect();
    let ended = "error | Interrupted | interrupted: the cell was ended; variables are as they were";
    let stopped = "error | Interrupted | interrupted: the cell was stopped; variables of earlier";
    for (at, wanted) in [
        "ok | None | None",
        ended,
        "ok | None | None | 3",
        stopped,
        "ok | None | None | true",
        ended,
        "ok | None | None | 3",
        "ok | None | None | 4",
    ]
    .iter()
    .enumerate()
    {
        let line = lines.get(at).copied().unwrap_or_default();
        assert!(line.starts_with(wanted), "{at}: {line:?}, expected {wanted:?} in {}", said.out);
    }
}

/// Ports that nobody listens on.
fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| std::net::TcpListener::bind("127.0.0.1:0").expect("a port"));
    listeners.map(|listener| listener.local_addr().expect("an address").port())
}

fn connection_file(dir: &Path) -> PathBuf {
    let [shell, iopub, stdin, control, heartbeat] = free_ports();
    let file = dir.join("connection.json");
    let json = json!({
        "transport": "tcp", "ip": "127.0.0.1", "key": "k", "signature_scheme": "hmac-sha256",
        "shell_port": shell, "iopub_port": iopub, "stdin_port": stdin, "control_port": control,
        "hb_port": heartbeat,
    });
    fs::write(&file, json.to_string()).expect("written");
    file
}

/// Processes whose command line names a path.
fn processes_of(path: &Path) -> usize {
    let name = path.to_string_lossy();
    let all = fs::read_dir("/proc").expect("a list of processes").flatten();
    all.filter(|process| {
        let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(&*name)
    })
    .count()
}

fn wait_for(what: &str, seconds: u64, mut is_so: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(seconds), "{what}: not within {seconds} s");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Ended, whatever becomes of the test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_kernel_ends_when_it_is_asked_to_and_when_jupyter_is_gone() {
    let Some(root) = kernel() else { return };
    let dir = folder("");
    let file = connection_file(dir.path());
    let name = file.to_string_lossy().into_owned();
    let mut asked = Ended(
        crate::notebook::transfolio(dir.path(), root, &["kernel", "run", &name])
            .spawn()
            .expect("it starts"),
    );
    wait_for("the host starts", 60, || processes_of(&file) == 2);
    let id = asked.0.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &id]).status().expect("kill starts");
    assert!(sent.success());
    assert_eq!(asked.0.wait().expect("an end").code(), Some(128 + 15));
    wait_for("the host ends", 10, || processes_of(&file) == 0);

    let program = env!("CARGO_BIN_EXE_transfolio");
    let mut jupyter = crate::notebook::transfolio(dir.path(), root, &[]);
    let envs: Vec<_> =
        jupyter.get_envs().filter_map(|(k, v)| Some((k.to_owned(), v?.to_owned()))).collect();
    jupyter = Command::new("sh");
    // `wait` keeps the shell from becoming the kernel itself.
    jupyter.args(["-c", "\"$@\" & wait", "sh", program, "kernel", "run"]).arg(&file).envs(envs);
    let mut jupyter = Ended(jupyter.current_dir(dir.path()).spawn().expect("sh starts"));
    wait_for("the kernel starts again", 60, || processes_of(&file) == 3);
    jupyter.0.kill().expect("killed");
    jupyter.0.wait().expect("an end");
    wait_for("the kernel ends", 10, || processes_of(&file) == 0);
}
