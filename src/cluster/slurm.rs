//! Slurm: one array of slots, and a job that comes last.

use std::fmt::Write;

use super::ask::ask;
use super::error::ClusterError;
use super::launcher::{Pending, Written};
use super::shell::{self, Slot};
use super::submission::{Asked, Submission};

const NAME: &str = "slurm";

/// An array task has a number of its own beside that of its array, and one task of
/// each array has the array's: whoever requeues `$SLURM_JOB_ID` there requeues all.
const OWN: &str =
    "${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}${SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}";

/// Where nobody says how long a slot is, the node does.
const LIMIT: &str = "${SLURM_JOB_END_TIME:+$((SLURM_JOB_END_TIME - SLURM_JOB_START_TIME))}";

pub(super) fn files(asked: &Asked) -> Vec<Written> {
    let limit = match asked.time {
        Some(time) => time.0.to_string(),
        None => LIMIT.into(),
    };
    let slot = Slot {
        head: head(asked),
        number: "${SLURM_ARRAY_TASK_ID:-0}",
        own: OWN,
        limit: Some(limit),
        requeue: Some("scontrol requeue \"$own\""),
    };
    vec![
        Written { name: "slot.sh", text: shell::slot(asked, &slot) },
        Written { name: "report.sh", text: shell::report(asked, &report_head(asked)) },
    ]
}

fn head(asked: &Asked) -> String {
    let mut text = String::new();
    let mut line = |option: &str, value: &str| {
        // Read as a shell would read it, blanks and all.
        let _ = writeln!(text, "#SBATCH --{option}={}", shell::quoted(value));
    };
    line("job-name", &asked.study);
    let last = asked.slots.saturating_sub(1);
    let at_once = asked.site.at_once.map_or(String::new(), |most| format!("%{most}"));
    line("array", &format!("0-{last}{at_once}"));
    line("output", &output(asked, "slot-%a.txt"));
    line("open-mode", "append");
    if let Some(time) = asked.time {
        line("time", &time.to_string());
    }
    // Ahead of the reserve, which the runner keeps by itself: two ways to the same end.
    line("signal", &format!("B:USR1@{}", asked.reserve.0 + 30));
    places(asked, &mut line);
    let site = &asked.site;
    for (option, value) in [("gres", &site.gres), ("mem", &site.mem)] {
        if let Some(value) = value {
            line(option, value);
        }
    }
    if site.whole_nodes {
        line("nodes", "1");
    } else {
        line("ntasks", "1");
        line("cpus-per-task", &asked.cpus.to_string());
    }
    text += "#SBATCH --requeue\n";
    if site.whole_nodes {
        text += "#SBATCH --exclusive\n";
    }
    for extra in &site.extra {
        let _ = writeln!(text, "{extra}");
    }
    text
}

/// Options of slots and of the report.
fn places(asked: &Asked, line: &mut dyn FnMut(&str, &str)) {
    let site = &asked.site;
    for (option, value) in [
        ("partition", &site.partition),
        ("account", &site.account),
        ("qos", &site.qos),
        ("constraint", &site.constraint),
    ] {
        if let Some(value) = value {
            line(option, value);
        }
    }
}

fn report_head(asked: &Asked) -> String {
    let mut text = String::new();
    let mut line = |option: &str, value: &str| {
        // Read as a shell would read it, blanks and all.
        let _ = writeln!(text, "#SBATCH --{option}={}", shell::quoted(value));
    };
    line("job-name", &format!("{}-report", asked.study));
    line("output", &output(asked, "report.txt"));
    line("time", "0-01:00:00");
    line("ntasks", "1");
    places(asked, &mut line);
    text
}

/// A per cent sign is Slurm's own.
fn output(asked: &Asked, name: &str) -> String {
    let folder = asked.path("").to_string_lossy().replace('%', "%%");
    format!("{}/{name}", folder.trim_end_matches('/'))
}

pub(super) fn check(asked: &Asked) -> Result<(), ClusterError> {
    let said = ask(NAME, "scontrol", &["show".into(), "config".into()])?;
    let most = said.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == "MaxArraySize").then(|| value.trim().parse::<u32>().ok())?
    });
    match most {
        // The numbers of tasks stay below it.
        Some(most) if asked.slots > most => Err(ClusterError::TooMany { slots: asked.slots, most }),
        _ => Ok(()),
    }
}

pub(super) fn submit(asked: &Asked) -> Result<(Option<String>, Option<String>), ClusterError> {
    let path = |name: &str| asked.path(name).to_string_lossy().into_owned();
    let job = sbatch(&["--parsable".into(), path("slot.sh")])?;
    let dependency = format!("--dependency=afterany:{job}");
    let report = sbatch(&["--parsable".into(), dependency, path("report.sh")]);
    // Slots without a report do their work; slots that nobody knows of do not.
    if report.is_err() {
        let _ = ask(NAME, "scancel", std::slice::from_ref(&job));
    }
    Ok((Some(job), Some(report?)))
}

fn sbatch(arguments: &[String]) -> Result<String, ClusterError> {
    let said = ask(NAME, "sbatch", arguments)?;
    // With several clusters the name of one follows.
    let job = said.lines().last().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if job.is_empty() || !job.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ClusterError::NoJob { program: "sbatch", said });
    }
    Ok(job.into())
}

pub(super) fn pending(job: &str) -> Pending {
    let arguments = ["--noheader", "--array", "--jobs", job, "--states=PENDING", "--format=%i %r"];
    match ask(NAME, "squeue", &arguments.map(String::from)) {
        Ok(said) => {
            let lines = said.lines().filter_map(|line| line.trim().split_once(' '));
            let mut reasons: Vec<String> = lines.map(|(_, reason)| reason.into()).collect();
            let slots = reasons.len();
            reasons.sort();
            reasons.dedup();
            Pending::Slots(slots, reasons)
        }
        // A job that has ended is forgotten after some minutes.
        Err(ClusterError::Refused { said, .. }) if said.contains("Invalid job id") => {
            Pending::Slots(0, Vec::new())
        }
        Err(error) => Pending::Unknown(error.to_string()),
    }
}

pub(super) fn cancel(submission: &Submission) -> Result<(), ClusterError> {
    for job in submission.report_job.iter().chain(&submission.job) {
        match ask(NAME, "scancel", std::slice::from_ref(job)) {
            Err(ClusterError::Refused { said, .. }) if said.contains("Invalid job id") => {}
            other => drop(other?),
        }
    }
    Ok(())
}
