//! Notebooks in both of their forms.

use transfolio::notebook::format::{from_ipynb, from_percent, to_ipynb, to_percent};

use crate::damage::damage;
use crate::harness::Target;

fn seeds() -> Vec<Vec<u8>> {
    let scripts = ["quick-start.rs", "own-csv.rs", "granularity.rs"];
    let reports = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("reports");
    let mut out = Vec::new();
    for name in scripts {
        let text = std::fs::read_to_string(reports.join(name)).expect("a script");
        let notebook = from_percent(&text).expect("a notebook");
        out.push(to_ipynb(&notebook).into_bytes());
        out.push(text.into_bytes());
    }
    out.push(
        br##"{"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "rust",
"display_name": "Rust", "language": "rust"}}, "cells": [{"cell_type": "code", "id": "a",
"metadata": {"tags": ["parameters"]}, "execution_count": 3, "source": ["let a = 1;\n", "a"],
"outputs": [{"output_type": "execute_result", "execution_count": 3, "metadata": {},
"data": {"text/plain": ["1"], "text/html": "<b>1</b>"}}, {"output_type": "stream",
"name": "stderr", "text": ["x\n"]}, {"output_type": "error", "ename": "E", "evalue": "v",
"traceback": ["\u001b[31mred"]}]}, {"cell_type": "markdown", "metadata": {},
"source": "# T", "attachments": {"a.png": {"image/png": "aGk="}}}]}"##
            .to_vec(),
    );
    out
}

#[test]
fn notebooks() {
    let seeds = seeds();
    let words = ["# %%", "# %% [markdown]", "\"cells\"", "[[[[[[[[", "{\"a\":", "\\u0000", "null"];
    Target {
        name: "notebooks",
        inputs: 2000,
        bound: (1 << 20, 64),
        least_read: 0.1,
        make: &|dice| {
            let mut bytes = dice.pick(&seeds).clone();
            damage(&mut bytes, &seeds, &words, dice);
            bytes
        },
        read: &|bytes| {
            let text = String::from_utf8_lossy(bytes);
            let script = from_percent(&text);
            let read = if bytes.first() == Some(&b'{') { from_ipynb(&text) } else { script };
            let Ok(notebook) = read else { return false };
            // What was read can be written, and is read again.
            let again = from_ipynb(&to_ipynb(&notebook)).expect("our own form");
            assert_eq!(again.cells.len(), notebook.cells.len());
            let _ = from_percent(&to_percent(&notebook)).expect("our own form");
            true
        },
    }
    .run(&seeds);
}
