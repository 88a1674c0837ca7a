//! The notebook of `tests/golden/notebook/torture.rs`: whatever cells print,
//! every client shows the same under each of them.
//!
//! `torture.txt` beside it holds what is to be there, written by hand at first
//! and compared with all clients since; `TRANSFOLIO_UPDATE=1` writes it anew
//! from `transfolio render`, to be read before it is committed.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::notebook::{kernel, transfolio};
use crate::program::said;

/// Text that is too long to be read is told by its length and a digest.
const LONGEST: usize = 2000;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/notebook").join(name)
}

/// Writes the notebook as Jupyter has it.
pub(crate) fn write_notebook(file: &Path) {
    let (from, to) = (golden("torture.rs"), file.to_string_lossy());
    let folder = file.parent().expect("a folder");
    let from = from.to_string_lossy();
    crate::program::run(folder, &["notebook", "convert", &from, &to]).expect(0);
}

/// Asserts that a notebook that was run holds what is to be there.
pub(crate) fn assert_as_it_is_to_be(client: &str, notebook: &Path) {
    let json = fs::read_to_string(notebook).expect("a notebook");
    let told = told(&serde_json::from_str(&json).expect("JSON"));
    if std::env::var_os("TRANSFOLIO_UPDATE").is_some() && client == "render" {
        fs::write(golden("torture.txt"), &told).expect("written");
    }
    let expected = fs::read_to_string(golden("torture.txt")).expect("what is to be there");
    for (got, wanted) in told.split("\n== ").zip(expected.split("\n== ")) {
        // JupyterLab now and then joins the pieces of a line itself.
        if client == "JupyterLab" && wanted.starts_with("12: ") {
            let all = ["one ", "two ", "three", "four\n"].iter().all(|text| got.contains(text));
            assert!(all, "{client}, cell {got}");
            continue;
        }
        // What comes late belongs to its own cell; most clients no longer listen.
        let late = |line: &&str| client != "JupyterLab" || !line.starts_with("late ");
        let got = got.split_inclusive('\n').filter(late).collect::<String>();
        assert!(
            got.trim_end() == wanted.trim_end(),
            "{client}, cell {got}\n-- expected:\n{wanted}"
        );
    }
    assert_eq!(told.matches("\n== ").count(), expected.matches("\n== ").count(), "{client}");
}

/// The outputs of all code cells, as text.
fn told(notebook: &Value) -> String {
    let mut told = String::new();
    let cells = notebook["cells"].as_array().expect("cells").iter();
    // papermill adds cells of its own where one failed.
    let own = |cell: &&Value| {
        let tags = cell["metadata"]["tags"].to_string();
        cell["cell_type"] == "code" && !tags.contains("papermill-error")
    };
    for (at, cell) in cells.filter(own).enumerate() {
        let _ = write!(told, "\n== {}: {}", at + 1, joined(&cell["source"]).replace('\n', " ⏎ "));
        let mut last = String::new();
        for output in cell["outputs"].as_array().expect("outputs") {
            let (kind, text) = shown(output);
            // Pieces of one stream are one text, however they came.
            if kind != last || !kind.starts_with("std") {
                let _ = write!(told, "\n[{kind}]\n");
            }
            told += &text;
            last = kind;
        }
    }
    shortened(&told)
}

fn shown(output: &Value) -> (String, String) {
    match output["output_type"].as_str().expect("a type") {
        "stream" => (output["name"].as_str().expect("a name").to_owned(), joined(&output["text"])),
        "error" => {
            let lines = output["traceback"].as_array().expect("lines").iter();
            let lines: Vec<&str> = lines.filter_map(Value::as_str).collect();
            // The kernel says in Jupyter what the page says beside the cell.
            let lines: Vec<&str> =
                lines.into_iter().filter(|line| !line.starts_with("What this cell")).collect();
            (format!("error {}", output["ename"].as_str().expect("a name")), lines.join("\n"))
        }
        kind => {
            let data = output["data"].as_object().expect("data");
            let all: Vec<String> =
                data.iter().map(|(mime, content)| format!("{mime}: {}", joined(content))).collect();
            (kind.to_owned(), all.join("\n"))
        }
    }
}

fn joined(text: &Value) -> String {
    match text {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}

/// Long texts between the heads of outputs, by length and digest.
fn shortened(told: &str) -> String {
    let mut out = String::new();
    for cell in told.split_inclusive("\n== ") {
        if cell.len() < LONGEST {
            out += cell;
            continue;
        }
        let (head, body) = cell.split_once('\n').expect("a head");
        let digest = Sha256::digest(body);
        let digest: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let _ = write!(out, "{head}\n{} bytes, {digest}\n== ", body.len());
    }
    out
}

#[test]
fn render_shows_what_each_cell_printed() {
    let Some(root) = kernel() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    fs::copy(golden("torture.rs"), dir.path().join("n.rs")).expect("copied");
    let args = ["render", "n.rs", "--no-cache", "--notebook-out", "n.ipynb"];
    let output = transfolio(dir.path(), root, &args).output().expect("the program starts");
    said(&output).expect(0);
    assert_as_it_is_to_be("render", &dir.path().join("n.ipynb"));
}
