//! HyperQueue: one job with a task per slot, and a task after all of them.

use std::fmt::Write;

use super::ask::ask;
use super::error::ClusterError;
use super::launcher::{Pending, Written};
use super::shell::{self, Slot};
use super::submission::{Asked, Submission};

const NAME: &str = "hyperqueue";

pub(super) fn files(asked: &Asked) -> Vec<Written> {
    let slot = Slot {
        head: String::new(),
        number: "${HQ_TASK_ID:-0}",
        own: "hq-${HQ_JOB_ID:-0}_${HQ_TASK_ID:-0}",
        limit: asked.time.map(|time| time.0.to_string()),
        requeue: None,
    };
    // Tasks that depend on one that fails are never run: a slot has not failed
    // because it left something to others.
    let text = shell::slot(asked, &slot)
        .replace("exit \"$code\"\n", "case \"$code\" in 5 | 75) exit 0 ;; esac\nexit \"$code\"\n");
    vec![
        Written { name: "slot.sh", text },
        Written { name: "report.sh", text: shell::report(asked, "") },
        Written { name: "job.toml", text: job(asked) },
    ]
}

/// The file that describes the job.
fn job(asked: &Asked) -> String {
    let mut text = format!("name = {}\n", toml(&asked.study));
    let mut resources = format!("\"cpus\" = {}", asked.cpus);
    if let Some(gpus) = gpus(asked) {
        let _ = write!(resources, ", \"gpus/nvidia\" = {gpus}");
    }
    let output = |name: &str| toml(&asked.path(name).to_string_lossy());
    for slot in 0..asked.slots {
        let _ = write!(
            text,
            "\n[[task]]\nid = {slot}\ncommand = [\"bash\", {script}]\nstdout = {out}\nstderr = \
             {err}\ncrash_limit = {requeues}\n",
            requeues = asked.requeues.max(1),
            script = output("slot.sh"),
            out = output(&format!("slot-{slot}.txt")),
            err = output(&format!("slot-{slot}.err.txt")),
        );
        if let Some(time) = asked.time {
            let _ = writeln!(text, "time_limit = \"{}s\"", time.0);
        }
        let _ = write!(text, "[[task.request]]\nresources = {{ {resources} }}\n");
        if let Some(time) = asked.time {
            let _ = writeln!(text, "time_request = \"{}s\"", time.0);
        }
    }
    let all: Vec<String> = (0..asked.slots).map(|slot| slot.to_string()).collect();
    let _ = write!(
        text,
        "\n[[task]]\nid = {}\ncommand = [\"bash\", {}]\nstdout = {}\nstderr = {}\ndeps = [{}]\n",
        asked.slots,
        output("report.sh"),
        output("report.txt"),
        output("report.err.txt"),
        all.join(", ")
    );
    text
}

/// GPUs of a slot, as `gres` says: `gpu:2`, `gpu:a100:2`, `gpu`.
fn gpus(asked: &Asked) -> Option<u32> {
    let gres = asked.site.gres.as_ref()?;
    let parts: Vec<&str> = gres.split(':').collect();
    if parts[0] != "gpu" {
        return None;
    }
    Some(parts.last().and_then(|last| last.parse().ok()).unwrap_or(1))
}

fn toml(text: &str) -> String {
    toml::Value::String(text.into()).to_string()
}

pub(super) fn check() -> Result<(), ClusterError> {
    ask(NAME, "hq", &["server".into(), "info".into()]).map(|_| ())
}

pub(super) fn submit(asked: &Asked) -> Result<(Option<String>, Option<String>), ClusterError> {
    let path = asked.path("job.toml").to_string_lossy().into_owned();
    let said =
        ask(NAME, "hq", &["--output-mode=quiet", "job", "submit-file", &path].map(String::from))?;
    let job = said.lines().last().unwrap_or_default().trim().to_owned();
    if job.is_empty() || !job.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ClusterError::NoJob { program: "hq", said });
    }
    Ok((Some(job), None))
}

pub(super) fn pending(job: &str) -> Pending {
    let arguments = ["--output-mode=json", "job", "info", job].map(String::from);
    let said = match ask(NAME, "hq", &arguments) {
        Ok(said) => said,
        Err(error) => return Pending::Unknown(error.to_string()),
    };
    let Ok(value) = serde_json::from_str::<serde_json::Value>(&said) else {
        return Pending::Unknown("hq did not answer in JSON".into());
    };
    let job = value.get(0).unwrap_or(&value);
    match job.pointer("/info/task_stats/waiting").and_then(serde_json::Value::as_u64) {
        Some(waiting) => Pending::Slots(waiting as usize, Vec::new()),
        None => Pending::Unknown("hq did not say how many tasks wait".into()),
    }
}

pub(super) fn cancel(submission: &Submission) -> Result<(), ClusterError> {
    if let Some(job) = &submission.job {
        ask(NAME, "hq", &["job", "cancel", job].map(String::from))?;
    }
    Ok(())
}
