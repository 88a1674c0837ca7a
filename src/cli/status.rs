//! `transfolio status`: what ran, what failed and why, who is at it.

use std::path::PathBuf;

use clap::Args;

use super::{Exit, out};
use crate::cluster::{Launcher, Pending, Submission, submission};
use crate::records::StudyDir;
use crate::records::runner::{Present, present};
use crate::study::{self, Status, duration};

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Study folder
    dir: PathBuf,
}

/// Prints the state; exit code 5 when runs failed.
pub fn run(args: &StatusArgs) -> anyhow::Result<Exit> {
    let dir = StudyDir::new(&args.dir);
    let status = study::status(&dir, &super::run::speeds)?;
    out::text(&status)?;
    for runner in present(&dir)? {
        out::line(told(&runner))?;
    }
    for submission in submission::all(&dir)? {
        for line in lines(&dir, &submission, &status) {
            out::line(line)?;
        }
    }
    Ok(if status.failed.is_empty() { Exit::Done } else { Exit::RunsFailed })
}

/// One that is at the study, or was.
fn told(present: &Present) -> String {
    let runner = &present.runner;
    let what = if runner.slot { "slot" } else { "runner" };
    let job = runner.job.as_ref().map_or(String::new(), |job| format!(" (job {job})"));
    let who = format!("{what} on {}{job}", runner.process.host);
    let silent = duration(present.silent.as_secs_f64());
    if runner.process.is_gone() {
        return format!("{who}: gone, {silent} since its last sign");
    }
    if !present.is_alive() {
        return format!("{who}: silent for {silent}; others take its runs over");
    }
    let failed = match runner.failed {
        0 => String::new(),
        failed => format!(", {failed} failed"),
    };
    let working = match runner.working.as_slice() {
        [] => "no run".into(),
        [one] => one.clone(),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()),
    };
    format!("{who}: alive on {}, {} runs done{failed}, at {working}", runner.device, runner.done)
}

/// What is known of a submission; the scheduler is asked only where something is left.
fn lines(dir: &StudyDir, submission: &Submission, status: &Status) -> Vec<String> {
    let Submission { id, launcher, slots, job, .. } = submission;
    let job_named = job.as_ref().map_or(String::new(), |job| format!(", job {job}"));
    let head = format!("submission {id}: {slots} slots by {launcher}{job_named}");
    if submission.is_cancelled(dir) {
        return vec![format!("{head}, cancelled")];
    }
    let began = (0..*slots).filter(|slot| submission.said_by(dir, *slot).is_some()).count();
    let mut text = format!("{head}, {began} have begun");
    let left = status.begun + status.waiting > 0;
    if left && let (Ok(launcher), Some(_)) = (launcher.parse::<Launcher>(), job) {
        match launcher.pending(submission) {
            Pending::Slots(0, _) => {}
            Pending::Slots(waiting, reasons) => {
                text += &format!(", {waiting} wait in the queue");
                if !reasons.is_empty() {
                    text += &format!(" ({})", reasons.join(", "));
                }
            }
            Pending::Unknown(why) => text += &format!("; the queue is not known here: {why}"),
        }
    }
    let mut lines = vec![text];
    // Complaints of slots: what kept one from working is in its own words.
    for slot in 0..*slots {
        let said = submission.said_by(dir, slot).unwrap_or_default();
        let said = said
            .lines()
            .rev()
            .take(20)
            .find(|line| line.starts_with("error: ") || line.starts_with("transfolio: "));
        if let Some(line) = said.filter(|_| left) {
            lines.push(format!("  slot {slot}: {line}"));
        }
    }
    lines
}
