//! How fast networks train on the device, alone and beside copies of themselves, and
//! PyTorch beside them.
//!
//! The most telling figures come first; each stands in the report as soon as it is
//! measured, and what the time does not allow is counted at the end.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::agreement::precisions;
use super::{Check, studies};
use crate::peer;

/// Seconds that a figure is measured for, and that starting for it takes at most.
const SECONDS: f64 = 3.0;
const START: u64 = 12;

/// What is measured in a row.
#[derive(Clone, Copy)]
struct Case {
    network: &'static str,
    batch: u32,
    precision: &'static str,
    jobs: usize,
}

pub(super) fn measure(check: &Check) -> Result<()> {
    let cases = cases(check);
    check.say(
        "| network | batch | precision | at a time | images/s together | memory | PyTorch as it \
         is | tuned | ours over tuned |\n|---|---|---|---|---|---|---|---|---|",
    );
    let mut left_out = 0;
    let mut failed = 0;
    for case in &cases {
        if check.left() < Duration::from_secs(START) {
            left_out += 1;
            continue;
        }
        if let Err(error) = row(check, *case) {
            failed += 1;
            let Case { network, batch, precision, jobs } = case;
            let reason = format!("{error:#}").replace('\n', " ");
            check
                .say(&format!("| {network} | {batch} | {precision} | {jobs} | failed: {reason} |"));
        }
    }
    published(check)?;
    if left_out > 0 {
        check.say(&format!("\n{left_out} of {} rows were left out for want of time.", cases.len()));
    }
    ensure!(failed == 0, "{failed} rows failed");
    Ok(())
}

/// In order of importance.
fn cases(check: &Check) -> Vec<Case> {
    let precisions = precisions(check);
    let case = |network, batch, precision, jobs| Case { network, batch, precision, jobs };
    if !check.is_gpu() {
        let alone = precisions.iter().map(|precision| case("mobilenet_v2", 8, precision, 1));
        return alone.chain([case("mobilenet_v2", 8, "f32", 2)]).collect();
    }
    let networks = ["resnet50", "convnext_tiny", "swin_tiny", "densenet121"];
    let mut cases = Vec::new();
    for (batch, precisions) in [(32, &precisions[..]), (128, &precisions[..])] {
        for precision in precisions {
            cases.extend(networks.map(|network| case(network, batch, *precision, 1)));
        }
    }
    for jobs in [2, 4] {
        cases.extend(networks.map(|network| case(network, 32, "bf16", jobs)));
    }
    // bf16 first at both sizes, then what a study does by default.
    cases.sort_by_key(|case| (case.precision != "bf16" || case.jobs > 1, case.jobs));
    cases
}

fn row(check: &Check, case: Case) -> Result<()> {
    let Case { network, batch, precision, jobs } = case;
    let (images, memory) = ours(check, case)?;
    let mut cells = vec![String::from("–"); 3];
    if jobs == 1 && check.left() >= Duration::from_secs(2 * START) {
        let study = check.scratch.join("speed.toml");
        let tuned = match precision {
            "bf16" => &["--bf16", "--channels-last", "--fused"][..],
            "tf32" => &["--tf32", "--channels-last", "--fused"],
            _ => &["--channels-last", "--fused"],
        };
        let sides = [&[][..], tuned].map(|options| theirs(check, &study, options));
        for (cell, side) in cells.iter_mut().zip(&sides) {
            *cell = match side {
                Ok(Some(speed)) => format!("{speed:.1}"),
                Ok(None) => "no Python".into(),
                Err(error) => format!("failed: {}", format!("{error:#}").replace('\n', " ")),
            };
        }
        if let [_, Ok(Some(tuned))] = sides {
            cells[2] = format!("{:.2}", images / tuned);
        }
    }
    check.say(&format!(
        "| {network} | {batch} | {precision} | {jobs} | {images:.1} | {memory} | {} |",
        cells.join(" | ")
    ));
    Ok(())
}

/// Images per second of all together, and the most memory that was held.
fn ours(check: &Check, case: Case) -> Result<(f64, String)> {
    let Case { network, batch, precision, jobs } = case;
    let size = if check.is_gpu() { 224 } else { 64 };
    fs::write(check.scratch.join("speed.toml"), studies::speed(network, size, batch, precision))?;
    let cache = format!("speed-{network}-{batch}-{precision}-{jobs}");
    let (jobs_, seconds) = (jobs.to_string(), SECONDS.to_string());
    let watch = check.is_gpu().then(GpuMemory::watch);
    let args =
        ["bench", "speed.toml", "--device", &check.device, "--jobs", &jobs_, "--seconds", &seconds];
    check.transfolio(&[&args[..], &["--cache", &cache]].concat())?;
    let text = fs::read(check.scratch.join(&cache).join("speeds.json"))?;
    let speeds: Value = serde_json::from_slice(&text)?;
    let each = &speeds["found"][0]["each"];
    let field =
        |name: &str| each[name].as_f64().with_context(|| format!("{name} is not in {speeds}"));
    let images = field("trained_per_second")? * jobs as f64;
    let memory = match watch.flatten().map(GpuMemory::most) {
        Some(mebibytes) => format!("{mebibytes} MiB of the GPU"),
        None => format!("{:.0} MiB each", field("peak_memory")? / 1_048_576.0),
    };
    let _ = fs::remove_dir_all(check.scratch.join(&cache));
    Ok((images, memory))
}

/// Images per second of PyTorch; none where there is no Python.
fn theirs(check: &Check, study: &std::path::Path, options: &[&str]) -> Result<Option<f64>> {
    let Some(python) = &check.python else { return Ok(None) };
    let cores = std::thread::available_parallelism().map_or(1, usize::from).to_string();
    let device = if check.is_gpu() { "cuda" } else { "cpu" };
    let (study, seconds) = (study.to_string_lossy().into_owned(), SECONDS.to_string());
    let args = [&study, "--threads", &cores, "--device", device, "--seconds", &seconds];
    let args = [&args[..], options].concat();
    let said = peer::python::json(python, &check.peer.join("train.py"), &args)?;
    let speed = said["images_per_second"].as_f64();
    speed.with_context(|| format!("no images_per_second in {said}")).map(Some)
}

/// The published loop (PIL in other processes, f32) and a compiled network, beside the
/// first row.
fn published(check: &Check) -> Result<()> {
    let (network, size, batch) =
        if check.is_gpu() { ("resnet50", 224, 32) } else { ("mobilenet_v2", 64, 8) };
    let file = check.scratch.join("speed.toml");
    fs::write(&file, studies::speed(network, size, batch, "f32"))?;
    check.say("");
    let compiled = &["--bf16", "--channels-last", "--fused", "--compile"][..];
    for (name, options, seconds, gpu) in [
        ("the published loop: PIL in other processes, f32", &["--loader", "pil"][..], 20, false),
        ("compiled, bf16, tuned", compiled, 90, true),
    ] {
        let what = format!("PyTorch, {network}, batch {batch}, {name}");
        if gpu && !check.is_gpu() {
            check.say(&format!("{what}: on a GPU only"));
        } else if check.left() < Duration::from_secs(seconds) {
            check.say(&format!("{what}: left out for want of time"));
        } else {
            match theirs(check, &file, options)? {
                Some(speed) => check.say(&format!("{what}: {speed:.1} images/s")),
                None => check.say(&format!("{what}: no Python")),
            }
        }
    }
    Ok(())
}

/// The most memory of the first GPU while it is watched, as its driver says.
struct GpuMemory {
    child: Child,
    most: Arc<AtomicU64>,
}

impl GpuMemory {
    fn watch() -> Option<Self> {
        let query = ["--query-gpu=memory.used", "--format=csv,noheader,nounits", "-i", "0"];
        let mut command = Command::new("nvidia-smi");
        command.args(query).args(["-lms", "200"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().ok()?;
        let most = Arc::new(AtomicU64::new(0));
        let lines = BufReader::new(child.stdout.take()?).lines();
        let seen = Arc::clone(&most);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                seen.fetch_max(line.trim().parse().unwrap_or(0), Ordering::Relaxed);
            }
        });
        Some(Self { child, most })
    }

    fn most(mut self) -> u64 {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.most.load(Ordering::Relaxed)
    }
}
