//! What decides the outcome of each cell, and which cells it builds on.
//!
//! What a cell uses is only known to the compiler; what is taken here is never
//! too little: a cell builds on every earlier one that defines a name which
//! stands in it, that may have changed a variable which stands in it, or whose
//! effect cannot be seen in names at all (commands, files, glob imports). Its
//! key holds the code of all of them, and the hash of every file and study
//! folder that this code names.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::notebook::format::{Cell, CellKind};
use crate::records::StudyDir;

/// Everything that decides the outcome of one cell, part by part, so that the
/// reason for another run can be named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Key {
    /// Hash of the cell's code.
    pub(super) code: String,
    /// Hash of the code that it builds on.
    pub(super) before: String,
    /// Hash by file that is named in the code so far.
    pub(super) files: BTreeMap<String, String>,
    /// Toolchain, host, crate for cells, program.
    pub(super) environment: String,
}

impl Key {
    /// The name of the cell's entry in the cache.
    pub(super) fn name(&self) -> String {
        let mut hash = Sha256::new();
        for part in [&self.code, &self.before, &self.environment] {
            hash.update(part);
            hash.update([0]);
        }
        for (file, content) in &self.files {
            hash.update(file);
            hash.update([0]);
            hash.update(content);
        }
        hex(&hash.finalize())
    }

    /// In what this key differs from an older one of the same cell.
    pub(super) fn reason(&self, old: &Self) -> String {
        if self.environment != old.environment {
            return "the toolchain, the program or the crate for cells has changed".into();
        }
        if self.code != old.code {
            return "its code has changed".into();
        }
        for (file, content) in &self.files {
            match old.files.get(file) {
                Some(known) if known == content => {}
                Some(_) => return format!("{file} has changed"),
                None => return format!("{file} is read now"),
            }
        }
        if self.before != old.before {
            return "a cell that it builds on has changed".into();
        }
        "what it gave was not kept".into()
    }
}

/// A code cell in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) key: Key,
    /// Places, among all cells, of those that it builds on: all of them, in
    /// order, however far.
    pub(super) needs: Vec<usize>,
    /// Whether it may write files, which later keys hold.
    pub(super) writes: bool,
}

/// The steps of the code cells; `None` for other cells.
pub(super) fn plan(cells: &[Cell], folder: &Path, environment: &str) -> Vec<Option<Step>> {
    let mut known = BTreeMap::new();
    let mut facts: Vec<Option<Facts>> = Vec::new();
    let mut mutable = BTreeSet::new();
    let mut steps: Vec<Option<Step>> = Vec::new();
    for cell in cells {
        if cell.kind != CellKind::Code {
            facts.push(None);
            steps.push(None);
            continue;
        }
        let mut of_cell = Facts::of(&cell.source);
        of_cell.defines.extend(of_cell.words.intersection(&mutable).cloned());
        let mut needs = BTreeSet::new();
        for (at, earlier) in facts.iter().enumerate() {
            let Some(earlier) = earlier else { continue };
            if earlier.barrier || !earlier.defines.is_disjoint(&of_cell.words) {
                needs.insert(at);
                needs.extend(steps[at].iter().flat_map(|step| step.needs.iter().copied()));
            }
        }
        let mut before = Sha256::new();
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        for source in needs.iter().map(|at| &cells[*at].source) {
            before.update(source);
            before.update([0]);
            for name in named_files(source, folder, &mut known) {
                files.insert(name.clone(), known[&name].clone());
            }
        }
        for name in named_files(&cell.source, folder, &mut known) {
            files.insert(name.clone(), known[&name].clone());
        }
        let key = Key {
            code: digest(cell.source.as_bytes()),
            before: hex(&before.finalize()),
            files,
            environment: environment.to_owned(),
        };
        let needs = needs.into_iter().collect();
        steps.push(Some(Step { key, needs, writes: of_cell.writes }));
        mutable.extend(of_cell.mutable.iter().cloned());
        facts.push(Some(of_cell));
    }
    steps
}

/// What can be seen of a cell in its text.
struct Facts {
    /// Every word.
    words: BTreeSet<String>,
    /// Names it defines or may change.
    defines: BTreeSet<String>,
    /// Names of variables that may be changed.
    mutable: BTreeSet<String>,
    /// Has an effect that no name shows.
    barrier: bool,
    /// May write files.
    writes: bool,
}

/// Words before the name of what they define.
const ITEMS: [&str; 9] =
    ["fn", "struct", "enum", "union", "trait", "mod", "const", "static", "type"];
/// Parts of calls that write files or run something.
const WRITES: [&str; 9] =
    ["write", "save", "report!", "run(", "run_with(", "Command", "fs::", "File", "create"];
/// Things that change without `mut`, or act beyond names.
const HIDDEN: [&str; 11] = [
    "impl", "unsafe", "extern", "RefCell", "Mutex", "RwLock", "OnceCell", "OnceLock", "Atomic",
    "thread", "env::",
];

impl Facts {
    fn of(code: &str) -> Self {
        let tokens = tokens(code);
        let words = tokens.iter().filter(|t| is_word(t)).cloned().collect();
        let mut defines = BTreeSet::new();
        let mut mutable = BTreeSet::new();
        let mut glob = false;
        for (at, token) in tokens.iter().enumerate() {
            let after = &tokens[at + 1..];
            match token.as_str() {
                "let" => defines.extend(pattern(after)),
                "use" => {
                    let path = after.iter().take_while(|t| *t != ";");
                    glob |= path.clone().any(|t| t == "*");
                    defines.extend(path.filter(|t| is_word(t)).cloned());
                }
                "macro_rules" => defines.extend(after.get(1).cloned()),
                "mut" => {
                    // `let mut x`, `&mut x`: both name what may change.
                    mutable.extend(after.first().filter(|t| is_word(t)).cloned());
                    defines.extend(after.first().filter(|t| is_word(t)).cloned());
                }
                word if ITEMS.contains(&word) => {
                    defines.extend(after.first().filter(|t| is_word(t)).cloned());
                }
                _ => {}
            }
        }
        let commands = code.lines().any(|line| line.trim_start().starts_with(':'));
        let writes = WRITES.iter().any(|part| code.contains(part));
        let hidden = HIDDEN.iter().any(|part| code.contains(part));
        Self { words, defines, mutable, barrier: commands || glob || writes || hidden, writes }
    }
}

/// Names of the pattern behind `let`: what begins in lower case before `=`.
fn pattern(tokens: &[String]) -> impl Iterator<Item = String> + '_ {
    tokens
        .iter()
        .take_while(|token| *token != "=" && *token != ";")
        .filter(|token| is_word(token) && token.starts_with(|c: char| c.is_lowercase() || c == '_'))
        .filter(|token| !matches!(token.as_str(), "mut" | "ref" | "_"))
        .cloned()
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Words and single signs. Strings and comments are not told apart: a word
/// too many only makes a cell run once more.
fn tokens(code: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in code.chars() {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            tokens.push(std::mem::take(&mut word));
        }
        if !c.is_whitespace() {
            tokens.push(c.to_string());
        }
    }
    if !word.is_empty() {
        tokens.push(word);
    }
    tokens
}

/// The string literals of a cell that name a file or folder; their hashes go
/// into `known`.
fn named_files(code: &str, folder: &Path, known: &mut BTreeMap<String, String>) -> Vec<String> {
    let mut names = Vec::new();
    for text in literals(code) {
        if text.is_empty() || text.len() > 4096 || text.contains('\n') {
            continue;
        }
        if known.contains_key(&text) {
            names.push(text);
            continue;
        }
        let path = folder.join(&text);
        if let Some(hash) = content_hash(&path, folder) {
            known.insert(text.clone(), hash);
            names.push(text);
        }
    }
    names
}

/// The plain string literals of Rust code.
fn literals(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find('"') {
        rest = &rest[at + 1..];
        let mut text = String::new();
        let mut chars = rest.char_indices();
        let mut end = rest.len();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    end = at + 1;
                    break;
                }
                '\\' => {
                    if let Some((_, next)) = chars.next() {
                        text.push(next);
                    }
                }
                c => text.push(c),
            }
        }
        rest = rest.get(end..).unwrap_or_default();
        found.push(text);
    }
    found
}

/// Hash of a file's content, or of what decides a study's results; `None` for
/// what is not there or is another kind of folder.
fn content_hash(path: &Path, folder: &Path) -> Option<String> {
    if path.is_file() {
        let mut hash = Sha256::new();
        hash.update(hash_file(path)?);
        // A study file stands for its folder of records too.
        if path.extension().is_some_and(|ext| ext == "toml") {
            let study = crate::spec::load(path, &indexmap::IndexMap::new()).ok()?.study.study;
            let output = study.output.unwrap_or_else(|| Path::new("runs").join(study.name));
            hash.update(study_hash(&folder.join(output)).unwrap_or_default());
        }
        return Some(hex(&hash.finalize()));
    }
    study_hash(path)
}

fn hash_file(path: &Path) -> Option<[u8; 32]> {
    let mut file = std::fs::File::open(path).ok()?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer).ok()? {
            0 => return Some(hash.finalize().into()),
            n => hash.update(&buffer[..n]),
        }
    }
}

/// Study record and records of all runs.
fn study_hash(path: &Path) -> Option<String> {
    let dir = StudyDir::new(path);
    let mut hash = Sha256::new();
    hash.update(hash_file(&dir.study())?);
    for id in &dir.read_study().ok()?.runs {
        hash.update(&id.0);
        if let Some(content) = hash_file(&dir.run(id).record()) {
            hash.update(content);
        }
    }
    Some(hex(&hash.finalize()))
}

pub(super) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::format::from_percent;

    fn plan_of(text: &str, folder: &Path) -> Vec<Step> {
        let notebook = from_percent(text).expect("a notebook");
        plan(&notebook.cells, folder, "env").into_iter().flatten().collect()
    }

    #[test]
    fn a_change_reaches_the_cells_that_could_see_it_and_no_others() {
        let dir = tempfile::tempdir().expect("a folder");
        let text = |first: &str, second: &str| {
            format!(
                "// %%\nlet a = {first};\n\n// %%\nlet b = 5;\n\n// %%\nshow!({second})\n\n// %%\na + 1\n"
            )
        };
        let old = plan_of(&text("1", "a"), dir.path());
        let shown = plan_of(&text("1", "&a"), dir.path());
        assert_eq!((&old[0], &old[1], &old[3]), (&shown[0], &shown[1], &shown[3]));
        assert_eq!(shown[2].key.reason(&old[2].key), "its code has changed");
        let defined = plan_of(&text("2", "a"), dir.path());
        assert_eq!(defined[1], old[1]);
        assert_eq!(defined[3].key.reason(&old[3].key), "a cell that it builds on has changed");
        assert_eq!(defined[3].needs, [0]);
    }

    #[test]
    fn what_may_have_changed_a_variable_counts() {
        let dir = tempfile::tempdir().expect("a folder");
        let steps = plan_of(
            "// %%\nlet mut v = vec![1];\n\n// %%\nlet w = 2;\n\n// %%\nv.push(w);\n\n// %%\nv.len()\n\n// %%\nw\n",
            dir.path(),
        );
        assert_eq!(steps[3].needs, [0, 1, 2]);
        assert_eq!(steps[4].needs, [1]);
    }

    #[test]
    fn effects_that_no_name_shows_reach_all_later_cells() {
        let dir = tempfile::tempdir().expect("a folder");
        for effect in
            [":dep x", "use std::fmt::*;", "f.save(\"x.svg\")?", "study.run()?", "impl A {}"]
        {
            let steps = plan_of(&format!("// %%\n{effect}\n\n// %%\n1 + 1\n"), dir.path());
            assert_eq!(steps[1].needs, [0], "{effect}");
        }
        let steps = plan_of("// %%\nstudy.results()?\n\n// %%\n1 + 1\n", dir.path());
        assert!(steps[1].needs.is_empty());
    }

    #[test]
    fn a_file_that_changes_is_named() {
        let dir = tempfile::tempdir().expect("a folder");
        let text = "// %%\nlet s = Study::open(\"r.csv\")?;\n\n// %%\ns.results()?\n";
        std::fs::write(dir.path().join("r.csv"), "a").expect("written");
        let old = plan_of(text, dir.path());
        assert_eq!(plan_of(text, dir.path()), old);
        std::fs::write(dir.path().join("r.csv"), "b").expect("written");
        let new = plan_of(text, dir.path());
        assert_eq!(new[1].key.reason(&old[1].key), "r.csv has changed");
        assert_ne!(new[1].key.name(), old[1].key.name());
        assert_eq!(literals(r#"f("a\"b", "c")"#), ["a\"b", "c"]);
    }
}
