//! `transfolio cancel`: ends the slots of a study.

use std::path::PathBuf;

use clap::Args;

use super::{Exit, out};
use crate::cluster::{ClusterError, Launcher, submission};
use crate::records::{RecordError, StudyDir};

/// Arguments of `cancel`.
#[derive(Debug, Args)]
pub struct CancelArgs {
    /// Study folder
    dir: PathBuf,
    /// Only this submission, by the name that `status` shows [default: all]
    #[arg(long, value_name = "ID")]
    submission: Option<String>,
}

/// Cancels; what was begun is saved, and another submission goes on with it.
pub fn run(args: &CancelArgs) -> anyhow::Result<Exit> {
    let dir = StudyDir::new(&args.dir);
    if !dir.study().is_file() {
        return Err(RecordError::NotAStudy { path: args.dir.clone() }.into());
    }
    let mut found = submission::all(&dir)?;
    if let Some(id) = &args.submission {
        found.retain(|submission| submission.id == *id);
        anyhow::ensure!(!found.is_empty(), "{} has no submission {id}", args.dir.display());
    }
    let mut refused: Option<ClusterError> = None;
    let mut cancelled = 0;
    for submission in found.iter().filter(|submission| !submission.is_cancelled(&dir)) {
        // First, so that no slot asks to be queued again meanwhile.
        submission.cancel(&dir)?;
        match submission.launcher.parse::<Launcher>().and_then(|l| l.cancel(submission)) {
            Ok(()) => cancelled += 1,
            Err(error) => refused = Some(error),
        }
    }
    if let Some(error) = refused {
        return Err(error.into());
    }
    out::line(format_args!(
        "{cancelled} submissions cancelled; what was begun is saved, and goes on with `run` or \
         `submit`"
    ))?;
    Ok(Exit::Done)
}
