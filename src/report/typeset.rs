//! Pictures, CSL citations and Word documents, made by the helper program
//! `transfolio-typeset`
//! (a package of its own, `src/typeset`, which says why). It stands beside this
//! program; without it a report has all but these.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::bibliography::Run;

const NAME: &str = "transfolio-typeset";

/// What to do where the helper is not there.
const WAY_OUT: &str = "it is built by `cargo build --package transfolio-typeset` (or `cargo xtask \
                       setup`), beside this program or in a folder of PATH";

/// Citations to be formatted by a CSL style.
#[derive(Clone, Debug, Serialize)]
pub(super) struct CiteRequest {
    pub(super) bibliography: String,
    pub(super) style: String,
    pub(super) groups: Vec<Vec<String>>,
}

/// Formatted citations.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Citations {
    pub(super) groups: Vec<Vec<Run>>,
    pub(super) references: Vec<CitedReference>,
}

/// One of the list.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct CitedReference {
    pub(super) key: String,
    pub(super) label: Vec<Run>,
    pub(super) text: Vec<Run>,
}

/// An SVG file to be drawn.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PictureRequest {
    pub(crate) svg: String,
    pub(crate) scale: f32,
}

/// A picture, and the characters that no font on this machine has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) png: Vec<u8>,
    pub(crate) missing: String,
}

/// A document for Word, in the order that it is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct WordRequest {
    pub(super) title: String,
    pub(super) blocks: Vec<WordBlock>,
}

/// What a document is made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub(super) enum WordBlock {
    Heading { level: usize, text: String },
    Paragraph { style: WordStyle, runs: Vec<WordRun> },
    Table { head: Vec<WordCell>, rows: Vec<Vec<WordCell>> },
    Pictures { panels: Vec<WordPanel> },
}

/// How a paragraph looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WordStyle {
    Lead,
    Body,
    Note,
    Caption,
    /// A caption that stays with what follows it.
    CaptionAbove,
    Reference,
}

/// A piece of text of one look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct WordRun {
    pub(super) text: String,
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) code: bool,
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct WordCell {
    pub(super) text: String,
    pub(super) bold: bool,
    pub(super) right: bool,
}

/// A drawing with its title; `picture` is its place among the pictures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct WordPanel {
    pub(super) title: String,
    pub(super) picture: usize,
}

#[derive(Debug, Default, Serialize)]
struct Request<'a> {
    pictures: &'a [PictureRequest],
    citations: Option<&'a CiteRequest>,
    word: Option<&'a WordRequest>,
}

#[derive(Debug, Deserialize)]
struct Answer {
    pictures: Vec<Outcome<RawPicture>>,
    citations: Option<Outcome<Citations>>,
    #[serde(default)]
    word: Option<Outcome<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome<T> {
    Done(T),
    Failed(String),
}

#[derive(Debug, Deserialize)]
struct RawPicture {
    png: String,
    missing: String,
}

/// Formats citations.
///
/// # Errors
/// The reason in words: a style that is none, or no helper.
pub(super) fn cite(request: &CiteRequest) -> Result<Citations, String> {
    let answer = ask(&Request { citations: Some(request), ..Request::default() })?;
    match answer.citations {
        Some(Outcome::Done(citations)) if citations.groups.len() == request.groups.len() => {
            Ok(citations)
        }
        Some(Outcome::Failed(reason)) => Err(reason),
        _ => Err(format!("{NAME} did not answer what it was asked")),
    }
}

/// Whether pictures can be made on this machine.
///
/// # Errors
/// Why not, with the way out.
pub fn check_helper() -> Result<(), String> {
    let program = program();
    let in_path = || {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(&program).is_file())
    };
    if program.is_file() || in_path() {
        return Ok(());
    }
    Err(format!("the helper {} is not there; {WAY_OUT}", program.display()))
}

/// Draws SVG files, each a picture or the reason why there is none.
///
/// # Errors
/// The reason in words where there is no helper.
pub(crate) fn draw(requests: &[PictureRequest]) -> Result<Vec<Result<Picture, String>>, String> {
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let answer = ask(&Request { pictures: requests, ..Request::default() })?;
    pictures(answer.pictures, requests.len())
}

/// Pictures, each drawn or the reason why not; and a document, or why there is none.
pub(super) type Drawn = (Vec<Result<Picture, String>>, Result<Vec<u8>, String>);

/// Draws SVG files and writes a document for Word that shows them.
///
/// # Errors
/// The reason in words where there is no helper.
pub(super) fn draw_with(requests: &[PictureRequest], word: &WordRequest) -> Result<Drawn, String> {
    let answer = ask(&Request { pictures: requests, word: Some(word), ..Request::default() })?;
    let document = match answer.word {
        Some(Outcome::Done(text)) => {
            STANDARD.decode(text).map_err(|error| format!("{NAME} gave no document: {error}"))
        }
        Some(Outcome::Failed(reason)) => Err(reason),
        None => Err(format!("{NAME} is of another version: it writes none; {WAY_OUT}")),
    };
    Ok((pictures(answer.pictures, requests.len())?, document))
}

fn pictures(
    outcomes: Vec<Outcome<RawPicture>>,
    asked: usize,
) -> Result<Vec<Result<Picture, String>>, String> {
    if outcomes.len() != asked {
        return Err(format!("{NAME} did not answer what it was asked"));
    }
    let read = |outcome| match outcome {
        Outcome::Done(RawPicture { png, missing }) => match STANDARD.decode(png) {
            Ok(png) => Ok(Picture { png, missing }),
            Err(error) => Err(format!("{NAME} gave no picture: {error}")),
        },
        Outcome::Failed(reason) => Err(reason),
    };
    Ok(outcomes.into_iter().map(read).collect())
}

fn ask(request: &Request<'_>) -> Result<Answer, String> {
    let program = program();
    let lost = |error: std::io::Error| format!("{NAME} broke off: {error}");
    let mut child = Command::new(&program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| {
            format!("the helper {} cannot be started ({e}); {WAY_OUT}", program.display())
        })?;
    let text = serde_json::to_vec(request).map_err(|e| format!("the request has no JSON: {e}"))?;
    // It reads all before it writes, so writing first cannot lock.
    if let Some(mut input) = child.stdin.take() {
        input.write_all(&text).map_err(lost)?;
    }
    let output = child.wait_with_output().map_err(lost)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{NAME} failed ({}): {}", output.status, said.trim()));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|e| format!("{} is not of this version of transfolio: {e}", program.display()))
}

/// The helper beside this program (beside its folder for a test of cargo's),
/// else the one in PATH.
fn program() -> PathBuf {
    let file = format!("{NAME}{}", std::env::consts::EXE_SUFFIX);
    let own = std::env::current_exe().ok();
    let folders = own.iter().flat_map(|exe| exe.ancestors().skip(1).take(2));
    let mut found = folders.map(|dir| dir.join(&file)).filter(|path| path.is_file());
    found.next().unwrap_or_else(|| PathBuf::from(file))
}
