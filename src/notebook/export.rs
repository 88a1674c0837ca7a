//! A notebook as a crate that builds and gives the same results.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::NotebookError;
use super::format::{CellKind, Notebook};
use super::kernel::{cell_crate, cell_lock};
use super::statements::split_last;
use crate::records::write_atomic;

/// Writes the crate into a folder that is empty or not there; gives its files.
pub fn export(
    notebook: &Notebook,
    name: &str,
    folder: &Path,
) -> Result<Vec<PathBuf>, NotebookError> {
    if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(NotebookError::Request(format!(
            "{} is not empty; name a folder that is not there yet",
            folder.display()
        )));
    }
    let mut program = Program::default();
    for (index, cell) in notebook.cells.iter().enumerate() {
        match cell.kind {
            CellKind::Code => program.code(index, &cell.source, cell.has_tag("allow-error")),
            CellKind::Markdown => program.text(&cell.source),
            CellKind::Raw => {}
        }
    }
    let mut files = vec![
        ("Cargo.toml".to_owned(), program.manifest(&crate_name(name))),
        ("Cargo.lock".to_owned(), cell_lock().to_owned()),
        ("src/main.rs".to_owned(), program.finish(name)),
    ];
    for (file, text) in cell_crate() {
        files.push((format!("transfolio-notebook/{file}"), (*text).to_owned()));
    }
    files
        .into_iter()
        .map(|(file, text)| {
            let path = folder.join(file);
            write_atomic(&path, |file| file.write_all(text.as_bytes()))?;
            Ok(path)
        })
        .collect()
}

/// Letters, digits and `-` only, a letter first.
fn crate_name(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    let name = name.trim_matches('-');
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.to_owned()
    } else {
        format!("notebook-{name}").trim_end_matches('-').to_owned()
    }
}

#[derive(Default)]
struct Program {
    body: String,
    dependencies: Vec<String>,
    names: BTreeSet<String>,
    blocks: usize,
}

impl Program {
    fn text(&mut self, source: &str) {
        for line in source.lines() {
            self.body += format!("    // {line}").trim_end();
            self.body.push('\n');
        }
        self.body.push('\n');
    }

    fn code(&mut self, index: usize, source: &str, may_fail: bool) {
        let mut kept = Vec::new();
        for line in source.lines() {
            match line.trim_start().strip_prefix(':') {
                Some(command) => match command.strip_prefix("dep ") {
                    Some(dependency) => self.dependencies.push(dependency.trim().to_owned()),
                    None => kept.push(format!("// :{command}")),
                },
                None => kept.push(line.to_owned()),
            }
        }
        let names = item_names(&kept.join("\n"));
        // A kernel takes a second definition of an item in place of the first;
        // in a program it may stand in an inner block.
        if !self.names.is_disjoint(&names) {
            self.body += "    {\n";
            self.blocks += 1;
            self.names.clear();
        }
        self.names.extend(names);
        let code = kept.join("\n");
        let (head, last) = split_last(&code);
        self.body += &format!("    // %% cell {}\n", index + 1);
        if may_fail {
            self.body += "    if let Err(error) = (|| -> std::result::Result<(), Box<dyn std::error::Error>> {\n";
        }
        for line in head.trim_end().lines() {
            self.body += format!("    {line}").trim_end();
            self.body.push('\n');
        }
        if let Some(last) = last {
            self.body +=
                &format!("    (&Probe(&(\n        {}\n    ))).show_last();\n", last.trim());
        }
        if may_fail {
            self.body += "        Ok(())\n    })() {\n        eprintln!(\"{error}\");\n    }\n";
        }
        self.body.push('\n');
    }

    fn manifest(&self, name: &str) -> String {
        let mut text = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [workspace]\n\n[dependencies]\n\
             transfolio-notebook = {{ path = \"transfolio-notebook\" }}\n"
        );
        for dependency in &self.dependencies {
            if !dependency.starts_with("transfolio-notebook") {
                text += &if dependency.contains('=') {
                    format!("{dependency}\n")
                } else {
                    format!("{dependency} = \"*\"\n")
                };
            }
        }
        text
    }

    fn finish(&self, name: &str) -> String {
        format!(
            "//! The notebook {name} as a program, exported by transfolio.\n\
             #![allow(unused, clippy::all)]\n\n\
             use transfolio_notebook::prelude::*;\n\
             use transfolio_notebook::{{Probe, RichProbe as _, TextProbe as _}};\n\n\
             fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {{\n{}{}    Ok(())\n}}\n",
            self.body,
            "    }\n".repeat(self.blocks)
        )
    }
}

/// Names that items of a cell define, and those that `use` brings in.
fn item_names(code: &str) -> BTreeSet<String> {
    let words: Vec<&str> = code
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect();
    let items = ["fn", "struct", "enum", "trait", "mod", "const", "static", "type", "macro_rules"];
    let defined = words.windows(2).filter(|pair| items.contains(&pair[0])).map(|pair| pair[1]);
    let used = code
        .lines()
        .filter_map(|line| line.trim().strip_prefix("use "))
        .flat_map(|line| line.split([',', '{', '}', ';', ':', ' ']))
        .filter(|word| word.starts_with(|c: char| c.is_alphabetic()));
    defined.chain(used).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::format::from_percent;

    #[test]
    fn cells_become_one_program() {
        let text = "// %% [markdown]\n// # Title\n\n// %%\n:dep rand = \"0.9\"\n:vars\nfn f() -> u32 { 1 }\nlet x = f();\nx + 1\n\n// %%\nfn f() -> u32 { 2 }\nf()\n";
        let notebook = from_percent(text).expect("a notebook");
        let dir = tempfile::tempdir().expect("a folder");
        let folder = dir.path().join("out");
        export(&notebook, "My 1st notebook", &folder).expect("exported");
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a file");
        let main = read("src/main.rs");
        assert!(main.contains("// :vars") && main.contains("    // # Title"), "{main}");
        assert_eq!(main.matches("show_last").count(), 2, "{main}");
        assert_eq!(main.matches("\n    {\n").count(), 1, "{main}");
        let manifest = read("Cargo.toml");
        assert!(
            manifest.contains("name = \"my-1st-notebook\"") && manifest.contains("rand = \"0.9\"")
        );
        assert!(export(&notebook, "again", &folder).is_err());
        assert_eq!(crate_name("42"), "notebook-42");
    }
}
