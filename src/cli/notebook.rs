//! `transfolio notebook` and the worker behind the cells.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};

use super::out;

use crate::notebook::{self, format, worker};

/// Arguments of `notebook`.
#[derive(Debug, Args)]
pub struct NotebookArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Turn a .ipynb notebook into .rs with percent cells, or back, without loss
    Convert {
        /// Notebook to read
        input: PathBuf,
        /// Notebook to write; outputs of an .ipynb that is there are kept where
        /// their cell's text is the same
        output: PathBuf,
    },
    /// Write the notebook as something else
    Export {
        /// Notebook to read
        input: PathBuf,
        /// Folder of the crate to write
        #[arg(long, value_name = "DIR")]
        cargo: PathBuf,
    },
}

/// Converts or exports.
pub fn run(args: &NotebookArgs) -> anyhow::Result<()> {
    match &args.action {
        Action::Convert { input, output } => {
            let mut notebook = format::read(input)?;
            if let Ok(old) = format::read(output) {
                notebook.take_outputs(&old);
            }
            format::write(&notebook, output)?;
            out::line(format_args!("notebook: {}", output.display()))?;
        }
        Action::Export { input, cargo } => {
            let notebook = format::read(input)?;
            let name = input.file_stem().unwrap_or_default().to_string_lossy();
            let files = notebook::export(&notebook, &name, cargo)?;
            let (folder, files) = (cargo.display(), files.len());
            out::line(format_args!("crate: {folder} ({files} files); run it with `cargo run`"))?;
        }
    }
    Ok(())
}

/// Arguments of `notebook-worker`.
#[derive(Debug, Args)]
pub struct WorkerArgs {
    /// Listen on this socket until the parent process ends, instead of talking
    /// on standard input and output
    #[arg(long)]
    socket: Option<PathBuf>,
}

/// Answers cells until the other side is gone.
pub fn work(args: &WorkerArgs) -> anyhow::Result<()> {
    // An interrupt reaches the whole process group. It is for the study that
    // runs, which listens itself, and not for what the cells hold on to.
    ctrlc::set_handler(|| {}).context("cannot listen to Ctrl-C")?;
    match &args.socket {
        Some(path) => worker::serve_socket(path)?,
        None => worker::serve_standard()?,
    }
    Ok(())
}
