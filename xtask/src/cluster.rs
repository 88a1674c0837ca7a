//! Runs a small study through Slurm and HyperQueue on this one machine, two nodes or
//! two workers each, and takes slots, daemons and nodes away at moments of chance.
//!
//! Slurm is unpacked from Debian's packages and runs from a folder of its own: nothing
//! is installed, and everything that was started is ended. HyperQueue is one program,
//! named by `--hq` or `HQ`, on PATH, or fetched from its releases.
//! Afterwards tables and predictions must be those of the undisturbed study, byte for
//! byte. Linux only.

mod hyperqueue;
mod slurm;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

/// Twenty runs of some seconds.
pub(crate) const STUDY: &str = r#"
[study]
name = "cluster"
seeds = [3, 4]
label_fractions = [0.5, 1.0]
[tasks.source]
source = "phantom"
target = "multi-class"
phantom = { labels = "coarse", size = 32, train = 80, val = 16, test = 16 }
[tasks.findings]
source = "phantom"
target = "multi-label"
phantom = { labels = "finding", size = 32, train = 120, val = 16, test = 16 }
[tasks.groups]
source = "phantom"
target = "multi-class"
phantom = { labels = "fine", size = 32, train = 120, val = 16, test = 16 }
[models.resnet18]
backbone = "resnet18"
[inits.random]
random = true
[inits.coarse]
pretrain = "coarse"
[pretraining.coarse]
task = "source"
[recipe]
learning_rate = 1e-3
batch_size = 8
epochs = 3
image_size = 32
"#;

/// Seconds after which an owner that is not seen to end counts as silent.
const STALE: &str = "15";

/// A scheduler on this machine.
trait Scheduler {
    /// The launcher's name.
    fn name(&self) -> &'static str;
    /// What its programs want of the environment.
    fn environment(&self) -> Vec<(String, String)>;
    /// Lets what was put back run at once, instead of after minutes.
    fn hurry(&mut self) -> Result<()>;
    /// Whether anything waits or works.
    fn is_busy(&mut self) -> Result<bool>;
    /// Kinds of trouble that it knows beside signals.
    fn troubles(&self) -> usize;
    /// Makes one of them, and says which.
    fn trouble(&mut self, kind: usize, random: u64) -> Result<String>;
    /// Ends all that was started.
    fn stop(&mut self) -> Result<()>;
}

/// Runs the task: `--kills N` (each scheduler), `--launcher slurm|hyperqueue`,
/// `--seed N`, `--program PATH`, `--hq PATH`, `--folder DIR`, `--minutes N`.
pub(crate) fn run(program: PathBuf, args: &[&str]) -> Result<()> {
    let mut bench = Bench {
        program,
        folder: std::env::temp_dir().join(format!("transfolio-cluster-{}", std::process::id())),
        random: 1,
        kills: 50,
        minutes: 60,
    };
    let (mut only, mut hq) = (None, None);
    for pair in args.chunks(2) {
        let [name, value] = pair else { bail!("{} needs a value", pair[0]) };
        match *name {
            "--kills" => bench.kills = value.parse()?,
            "--minutes" => bench.minutes = value.parse()?,
            "--seed" => bench.random = value.parse::<u64>()? | 1,
            "--program" => bench.program = std::path::absolute(value)?,
            "--folder" => bench.folder = std::path::absolute(value)?,
            "--launcher" => only = Some((*value).to_owned()),
            "--hq" => hq = Some(std::path::absolute(value)?),
            other => bail!("unknown option {other}"),
        }
    }
    fs::create_dir_all(&bench.folder)?;
    fs::write(bench.folder.join("study.toml"), STUDY)?;
    if !bench.folder.join("whole/results.csv").is_file() {
        let begun = Instant::now();
        bench.transfolio(&["run", "study.toml", "--device", "cpu", "-o", "whole"], &[])?;
        println!("the undisturbed study took {:.0} s", begun.elapsed().as_secs_f64());
    }
    let wanted = |name: &str| only.as_ref().is_none_or(|only| only == name);
    if wanted("slurm") {
        bench.through(slurm::Slurm::start(&bench.folder.join("slurm"))?)?;
    }
    if wanted("hyperqueue") {
        match hyperqueue::program(hq, &bench.folder) {
            Ok(hq) => bench.through(hyperqueue::Hq::start(&bench.folder.join("hq"), hq)?)?,
            Err(error) => println!(
                "hyperqueue: skipped, nothing of it was tried: no `hq` is named (--hq, HQ) or on \
                 PATH, and its release could not be fetched ({error:#})"
            ),
        }
    }
    fs::remove_dir_all(&bench.folder)?;
    Ok(())
}

struct Bench {
    program: PathBuf,
    folder: PathBuf,
    random: u64,
    kills: usize,
    minutes: u64,
}

impl Bench {
    /// Xorshift: enough to choose moments.
    fn below(&mut self, limit: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % limit.max(1)
    }

    fn command(&self, args: &[&str], environment: &[(String, String)]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(args)
            .current_dir(&self.folder)
            .env("TRANSFOLIO_CACHE", self.folder.join("cache"))
            .env("TRANSFOLIO_SAVE_SECONDS", "0")
            .env("TRANSFOLIO_STALE_SECONDS", STALE)
            .envs(environment.iter().map(|(name, value)| (name, value)));
        command
    }

    fn transfolio(&self, args: &[&str], environment: &[(String, String)]) -> Result<String> {
        let output = self.command(args, environment).output()?;
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        ensure!(output.status.success(), "{args:?}: {}: {said}", output.status);
        Ok(said)
    }

    /// The study through a scheduler, which is stopped whatever happens.
    fn through(&mut self, mut scheduler: impl Scheduler) -> Result<()> {
        let result = self.disturbed(&mut scheduler);
        let stopped = scheduler.stop();
        result?;
        stopped
    }

    fn disturbed(&mut self, scheduler: &mut impl Scheduler) -> Result<()> {
        let begun = Instant::now();
        let (mut kills, mut studies, mut submissions) = (0, 0, 0);
        while kills < self.kills {
            let output = format!("{}-{studies}", scheduler.name());
            let _ = fs::remove_dir_all(self.folder.join(&output));
            while !self.is_over(&output, scheduler)? {
                ensure!(
                    begun.elapsed() < Duration::from_secs(self.minutes * 60),
                    "after {} minutes: {kills} kills, and {output} is not over",
                    self.minutes
                );
                if !scheduler.is_busy()? {
                    // All slots are gone; a person would submit again.
                    self.submit(&output, scheduler)?;
                    submissions += 1;
                }
                scheduler.hurry()?;
                sleep(Duration::from_millis(300 + self.below(2500)));
                if kills < self.kills && self.disturb(scheduler)? {
                    kills += 1;
                }
            }
            self.settle(scheduler)?;
            self.is_whole(&output, scheduler)?;
            studies += 1;
            println!("{}: study {studies} is whole after {kills} kills in all", scheduler.name());
        }
        println!(
            "{}: {kills} kills in {studies} studies and {submissions} submissions: 0 lost, 0 \
             doubled, 0 changed ({:.0} s)",
            scheduler.name(),
            begun.elapsed().as_secs_f64()
        );
        Ok(())
    }

    fn submit(&self, output: &str, scheduler: &impl Scheduler) -> Result<()> {
        let args = [
            "submit",
            "study.toml",
            "-o",
            output,
            "--device",
            "cpu",
            "--launcher",
            scheduler.name(),
            "--slots",
            "2",
            "--cpus",
            "1",
            "--time",
            "60s",
            "--reserve",
            "12s",
        ];
        self.transfolio(&args, &scheduler.environment()).map(|_| ())
    }

    /// One piece of trouble; whether anything was there to be troubled.
    fn disturb(&mut self, scheduler: &mut impl Scheduler) -> Result<bool> {
        const SIGNALS: usize = 4;
        let kind = self.below((SIGNALS + scheduler.troubles()) as u64) as usize;
        let random = self.below(u64::MAX);
        if kind >= SIGNALS {
            let said = scheduler.trouble(kind - SIGNALS, random)?;
            println!("  {said}");
            return Ok(true);
        }
        let (what, signal) =
            [("slot", "TERM"), ("slot", "KILL"), ("worker", "KILL"), ("slot", "USR1")][kind];
        let victims = processes(&self.program, what);
        let Some(victim) = victims.get(random as usize % victims.len().max(1)) else {
            return Ok(false);
        };
        kill(signal, *victim);
        println!("  SIG{signal} to a {what}");
        Ok(true)
    }

    /// Whether every run has results; no run may count as failed on the way.
    fn is_over(&self, output: &str, scheduler: &impl Scheduler) -> Result<bool> {
        if !self.folder.join(output).join("study.json").is_file() {
            return Ok(false);
        }
        let said = self.command(&["status", output], &scheduler.environment()).output()?;
        let text = String::from_utf8_lossy(&said.stdout);
        ensure!(
            said.status.success() && !text.contains("failed:"),
            "a false failure: {text}{}",
            String::from_utf8_lossy(&said.stderr)
        );
        Ok(!text.contains("\nleft: "))
    }

    /// Waits until nothing of the study works any more.
    fn settle(&self, scheduler: &mut impl Scheduler) -> Result<()> {
        let begun = Instant::now();
        while scheduler.is_busy()? || !processes(&self.program, "slot").is_empty() {
            ensure!(begun.elapsed() < Duration::from_mins(4), "slots work on after the end");
            scheduler.hurry()?;
            sleep(Duration::from_millis(500));
        }
        Ok(())
    }

    fn is_whole(&self, output: &str, scheduler: &impl Scheduler) -> Result<()> {
        let environment = scheduler.environment();
        self.transfolio(&["collect", output], &environment)?;
        let whole = self.folder.join("whole");
        let mut files = vec![PathBuf::from("results.csv")];
        for run in fs::read_dir(whole.join("runs"))?.flatten() {
            files.push(Path::new("runs").join(run.file_name()).join("predictions.parquet"));
        }
        for file in &files {
            let read = |folder: &Path| {
                let path = folder.join(file);
                fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
            };
            let same = read(&whole)? == read(&self.folder.join(output))?;
            ensure!(same, "{} has changed in {output}", file.display());
        }
        let runs = fs::read_dir(self.folder.join(output).join("runs"))?.count();
        ensure!(runs == files.len() - 1, "{runs} folders of runs, expected {}", files.len() - 1);
        self.transfolio(&["check", output], &environment).map(|_| ())
    }
}

/// Processes of the program that do this: `slot`, `worker`.
fn processes(program: &Path, what: &str) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| {
        let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let mut words = line.split(|byte| *byte == 0);
        words.next() == Some(program.as_os_str().as_encoded_bytes())
            && words.next() == Some(what.as_bytes())
    })
    .collect()
}

pub(crate) fn kill(signal: &str, process: u32) {
    // One that is gone already was quicker.
    let mut command = Command::new("kill");
    command.args([&format!("-{signal}"), &process.to_string()]).stderr(Stdio::null());
    let _ = command.status();
}

/// Ends a process that was started here.
fn end(child: &mut Child, signal: &str) {
    kill(signal, child.id());
    for _ in 0..100 {
        if child.try_wait().is_ok_and(|status| status.is_some()) {
            return;
        }
        sleep(Duration::from_millis(100));
    }
    let _ = child.kill();
    let _ = child.wait();
}
