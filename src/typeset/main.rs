//! Pictures of SVG files, CSL citations and Word documents, for the `transfolio`
//! program: one JSON request on standard input, one JSON answer on standard output.

mod cite;
mod names;
mod picture;
mod protocol;
mod word;

use std::io::{Read, Write};
use std::process::ExitCode;

use protocol::{Answer, Request};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            let _ = writeln!(std::io::stderr(), "{reason}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|e| format!("cannot read a request: {e}"))?;
    let request: Request =
        serde_json::from_str(&text).map_err(|e| format!("this is no request: {e}"))?;
    let pictures = picture::all(&request.pictures);
    let answer = Answer {
        citations: request.citations.as_ref().map(cite::cite),
        word: request.word.as_ref().map(|asked| word::word(asked, &pictures)),
        pictures,
    };
    let out = serde_json::to_vec(&answer).map_err(|e| format!("cannot write the answer: {e}"))?;
    std::io::stdout().write_all(&out).map_err(|e| format!("cannot write the answer: {e}"))
}
