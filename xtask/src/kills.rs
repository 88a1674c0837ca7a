//! Kills studies while they run, and looks whether anything was lost, changed or
//! called a failure that was none.
//!
//! The runner, a worker, both or the whole process group get SIGKILL, SIGTERM or
//! SIGINT at a moment of chance, again and again until the study has ended; then
//! its results and predictions must be those of a study that nobody disturbed,
//! byte for byte. Linux only: the children of a process are read from /proc.

use std::fs;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

const STUDY: &str = r#"
[study]
name = "kills"
seeds = [3, 4]
[tasks.source]
source = "phantom"
target = "multi-class"
phantom = { labels = "coarse", size = 32, train = 64, val = 8, test = 8 }
[tasks.findings]
source = "phantom"
target = "multi-label"
phantom = { labels = "finding", size = 32, train = 64, val = 16, test = 24 }
also_test = ["hospital"]
[tasks.hospital]
role = "test"
source = "phantom"
target = "multi-label"
phantom = { labels = "finding", size = 48, train = 2, val = 2, test = 16, seed = 5 }
[tasks.anatomy]
source = "phantom"
target = "segmentation"
phantom = { labels = "anatomy", size = 32, train = 24, val = 8, test = 8 }
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
epochs = 4
image_size = 32
"#;

const SIGNALS: [(&str, i32); 3] = [("KILL", 9), ("TERM", 15), ("INT", 2)];
const VICTIMS: [Victim; 4] = [Victim::Runner, Victim::Worker, Victim::Both, Victim::Group];

/// Milliseconds before the next kill, at most.
const MOST_PAUSE: u64 = 4000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Runner,
    Worker,
    Both,
    Group,
}

/// Runs the task: `--kills N`, `--jobs N`, `--seed N`, `--program PATH`,
/// `--folder DIR`.
pub(crate) fn run(program: PathBuf, args: &[&str]) -> Result<()> {
    let mut bench = Bench {
        program,
        folder: std::env::temp_dir().join(format!("transfolio-kills-{}", std::process::id())),
        jobs: 2,
        random: 1,
        kills: 0,
    };
    let mut wanted = 200;
    for pair in args.chunks(2) {
        let [name, value] = pair else { bail!("{} needs a value", pair[0]) };
        match *name {
            "--kills" => wanted = value.parse()?,
            "--jobs" => bench.jobs = value.parse()?,
            "--seed" => bench.random = value.parse::<u64>()? | 1,
            "--program" => bench.program = PathBuf::from(value),
            "--folder" => bench.folder = PathBuf::from(value),
            other => bail!("unknown option {other}"),
        }
    }
    fs::create_dir_all(&bench.folder)?;
    fs::write(bench.folder.join("study.toml"), STUDY)?;
    let begun = Instant::now();
    let whole =
        bench.transfolio(&["run", "study.toml", "--device", "cpu", "-o", "whole"]).output()?;
    ensure!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));
    let length = begun.elapsed();
    let mut studies = 0;
    while bench.kills < wanted {
        bench.study(length, wanted)?;
        studies += 1;
        println!("study {studies}: {} kills so far, nothing lost", bench.kills);
    }
    println!(
        "{} kills in {studies} studies: 0 lost, 0 changed, 0 false failures ({:.0} s)",
        bench.kills,
        begun.elapsed().as_secs_f64()
    );
    fs::remove_dir_all(&bench.folder)?;
    Ok(())
}

struct Bench {
    program: PathBuf,
    folder: PathBuf,
    jobs: usize,
    random: u64,
    kills: usize,
}

impl Bench {
    fn transfolio(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(args)
            .current_dir(&self.folder)
            .env("TRANSFOLIO_CACHE", self.folder.join("cache"))
            // An epoch is saved whenever one has ended.
            .env("TRANSFOLIO_SAVE_SECONDS", "0");
        command
    }

    /// Xorshift: enough to choose moments.
    fn below(&mut self, limit: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % limit
    }

    /// One study from its first kill to its end, compared with the whole one.
    fn study(&mut self, length: Duration, wanted: usize) -> Result<()> {
        let output = self.folder.join("killed");
        let _ = fs::remove_dir_all(&output);
        let mut ends = false;
        while !ends {
            ends = self.start(length, wanted)?;
            self.no_failures()?;
        }
        let left = of_cases(&self.folder.join("whole"))?;
        for file in ["results.csv"].map(PathBuf::from).into_iter().chain(left) {
            let read = |study: &str| {
                let path = self.folder.join(study).join(&file);
                fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
            };
            ensure!(read("whole")? == read("killed")?, "{} has changed", file.display());
        }
        let check = self.transfolio(&["check", "killed"]).output()?;
        ensure!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
        Ok(())
    }

    /// Starts the runner and kills until it is gone; whether the study ended.
    fn start(&mut self, length: Duration, wanted: usize) -> Result<bool> {
        let jobs = self.jobs.to_string();
        let args = ["run", "study.toml", "--device", "cpu", "--jobs", &jobs, "-o", "killed"];
        let mut runner = self
            .transfolio(&args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let mut workers_killed = 0;
        loop {
            let pause = 100 + self.below((length.as_millis() as u64 / 2).min(MOST_PAUSE));
            if ended_within(&mut runner, Duration::from_millis(pause))? {
                return ended(runner);
            }
            if self.kills >= wanted {
                let _ = runner.wait()?;
                return Ok(true);
            }
            let workers = children(runner.id());
            let mine = runner.id().to_string();
            let (signal, number) = SIGNALS[self.below(3) as usize];
            let mut victim = VICTIMS[self.below(4) as usize];
            // A worker that is killed again and again is given up, rightly.
            if victim == Victim::Worker && (workers.is_empty() || workers_killed == 3) {
                victim = Victim::Runner;
            }
            let chosen = self.below(workers.len().max(1) as u64) as usize;
            let worker: Vec<String> = workers.get(chosen).map(u32::to_string).into_iter().collect();
            match victim {
                Victim::Runner => kill(signal, &[mine]),
                Victim::Worker => kill(signal, &worker),
                Victim::Both => kill(signal, &[worker, vec![mine]].concat()),
                Victim::Group => kill(signal, &[format!("-{mine}")]),
            }
            self.kills += 1;
            if victim == Victim::Worker {
                workers_killed += 1;
                continue;
            }
            let status = runner.wait()?;
            let fine = match signal {
                "KILL" => status.signal() == Some(number),
                // Ended by itself a moment before, or before it listened.
                _ => {
                    status.code() == Some(128 + number)
                        || status.code() == Some(0)
                        || status.signal() == Some(number)
                }
            };
            ensure!(fine, "{victim:?} got SIG{signal}, the runner ended with {status}");
            for worker in workers {
                gone(worker)?;
            }
            return Ok(false);
        }
    }

    /// No run counts as failed, and no worker crashed of itself.
    fn no_failures(&self) -> Result<()> {
        if !self.folder.join("killed/study.json").is_file() {
            return Ok(());
        }
        let status = self.transfolio(&["status", "killed"]).output()?;
        let said = String::from_utf8_lossy(&status.stdout);
        ensure!(status.status.success() && !said.contains("failed:"), "a false failure: {said}");
        for run in fs::read_dir(self.folder.join("killed/runs"))?.flatten() {
            let log = fs::read_to_string(run.path().join("log.txt")).unwrap_or_default();
            ensure!(log.is_empty(), "{} says: {log}", run.path().display());
        }
        Ok(())
    }
}

/// The study is over, and well.
fn ended(runner: Child) -> Result<bool> {
    let output = runner.wait_with_output()?;
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    ensure!(output.status.success(), "the runner ended with {}: {said}", output.status);
    Ok(true)
}

fn ended_within(child: &mut Child, time: Duration) -> Result<bool> {
    let begun = Instant::now();
    while begun.elapsed() < time {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
        sleep(Duration::from_millis(5));
    }
    Ok(false)
}

fn kill(signal: &str, victims: &[String]) {
    // One that is gone already was quicker.
    let mut command = Command::new("kill");
    command.arg(format!("-{signal}")).arg("--").args(victims).stderr(Stdio::null());
    let _ = command.status();
}

/// The processes that a process started.
fn children(of: u32) -> Vec<u32> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{of}/task")) else { return Vec::new() };
    let lists = tasks.flatten().map(|task| fs::read_to_string(task.path().join("children")));
    lists
        .flat_map(|list| {
            let list = list.unwrap_or_default();
            list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>()
        })
        .collect()
}

/// A worker whose runner is gone ends by itself, at once.
fn gone(worker: u32) -> Result<()> {
    for _ in 0..1000 {
        let state = fs::read_to_string(format!("/proc/{worker}/stat")).unwrap_or_default();
        if state.is_empty() || state.contains(") Z ") {
            return Ok(());
        }
        sleep(Duration::from_millis(10));
    }
    bail!("the worker {worker} still works, ten seconds after its runner")
}

/// What the runs left of their test cases, from the study folder: predictions, masks
/// and metrics of cases, of further test sets too.
fn of_cases(study: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for run in fs::read_dir(study.join("runs"))?.flatten() {
        for file in fs::read_dir(run.path())?.flatten() {
            if file.path().extension().is_some_and(|ending| ending == "parquet") {
                files.push(Path::new("runs").join(run.file_name()).join(file.file_name()));
            }
        }
    }
    ensure!(!files.is_empty(), "{} has no predictions", study.display());
    Ok(files)
}
