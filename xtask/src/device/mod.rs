//! One prepared check of a device: first whether it computes what the CPU computes,
//! then how fast, beside PyTorch.
//!
//! `cargo xtask device-check` checks the device of this machine; where that is a CPU,
//! every part runs in a reduced form, so that the check itself is tested. `cargo xtask
//! device-check pack` makes a folder that travels to a machine with a GPU, without
//! network or compiler: `bash run.sh` there. Every figure is written down as soon as it
//! is there, and parts that the time does not allow are named.

mod agreement;
mod pack;
mod speed;
mod studies;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::{peer, tasks};

/// Minutes that a check takes at most, unless it is told.
const MINUTES: f64 = 12.0;

/// Runs the task: `pack [--program FILE] [--to DIR]`, or a check (`--program FILE`,
/// `--device NAME`, `--minutes N`, `--out DIR`; `--python FILE` and `--peer DIR` where
/// it travelled).
pub(crate) fn run(root: &Path, args: &[&str]) -> Result<()> {
    let packs = args.first() == Some(&"pack");
    let mut options = Options::default();
    for pair in args.get(usize::from(packs)..).unwrap_or_default().chunks(2) {
        options.set(pair)?;
    }
    let program = if let Some(program) = &options.program {
        program.clone()
    } else {
        tasks::cargo(root, &["build", "--bin", "transfolio"])?;
        tasks::target_dir(root).join("debug/transfolio")
    };
    ensure!(program.is_file(), "there is no program {}", program.display());
    if packs {
        return pack::pack(root, &program, options.to.as_deref());
    }
    let peer = options.peer.clone().unwrap_or_else(|| root.join("benches/peer"));
    let python = match &options.python {
        Some(python) => Some(python.clone()),
        None => peer::python::with_timm().inspect_err(|error| println!("no peers: {error:#}")).ok(),
    };
    Check::new(program, python, peer, &options)?.all()
}

#[derive(Default)]
struct Options {
    program: Option<PathBuf>,
    python: Option<PathBuf>,
    peer: Option<PathBuf>,
    out: Option<PathBuf>,
    to: Option<PathBuf>,
    device: Option<String>,
    minutes: Option<f64>,
}

impl Options {
    fn set(&mut self, pair: &[&str]) -> Result<()> {
        let [name, value] = pair else { bail!("{} needs a value", pair.join(" ")) };
        let path = Some(PathBuf::from(value));
        match *name {
            "--program" => self.program = path,
            "--python" => self.python = path,
            "--peer" => self.peer = path,
            "--out" => self.out = path,
            "--to" => self.to = path,
            "--device" => self.device = Some((*value).to_string()),
            "--minutes" => self.minutes = Some(value.parse().context("--minutes is a number")?),
            other => bail!("device-check has no option {other}"),
        }
        Ok(())
    }
}

/// A check that is under way.
struct Check {
    program: PathBuf,
    /// The Python of the peers; none are measured without it.
    python: Option<PathBuf>,
    peer: PathBuf,
    /// `cpu` or `cuda:N`.
    device: String,
    /// What is written down.
    report: PathBuf,
    scratch: PathBuf,
    ends: Instant,
    failed: Vec<String>,
}

impl Check {
    fn new(
        program: PathBuf,
        python: Option<PathBuf>,
        peer: PathBuf,
        options: &Options,
    ) -> Result<Self> {
        let out = options.out.clone().unwrap_or_else(std::env::temp_dir);
        fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
        let report = out.join("device-check.md");
        fs::write(&report, "").with_context(|| format!("cannot write {}", report.display()))?;
        let scratch =
            std::env::temp_dir().join(format!("transfolio-device-{}", std::process::id()));
        fs::create_dir_all(&scratch)?;
        let minutes = options.minutes.unwrap_or(MINUTES);
        let mut check = Self {
            program,
            python,
            peer,
            device: String::new(),
            report,
            scratch,
            ends: Instant::now() + Duration::from_secs_f64(minutes * 60.0),
            failed: Vec::new(),
        };
        check.device = match &options.device {
            Some(device) => device.clone(),
            None => check.found_device()?,
        };
        Ok(check)
    }

    /// What `auto` would choose.
    fn found_device(&self) -> Result<String> {
        let said = self.transfolio(&["doctor"])?;
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        let line = text.lines().find_map(|line| line.strip_prefix("device"));
        Ok(line.context("`transfolio doctor` names no device")?.trim().to_string())
    }

    fn is_gpu(&self) -> bool {
        self.device.starts_with("cuda")
    }

    fn all(mut self) -> Result<()> {
        self.introduce()?;
        self.part("networks and devices agree", 60, agreement::networks);
        self.part("a run twice", 40, agreement::twice);
        self.part("a run that is killed", 40, agreement::resumed);
        self.part("speed", 60, speed::measure);
        let _ = fs::remove_dir_all(&self.scratch);
        println!("written to {}", self.report.display());
        ensure!(self.failed.is_empty(), "failed: {}", self.failed.join("; "));
        Ok(())
    }

    fn introduce(&self) -> Result<()> {
        self.say(&format!("# Device check: {}\n", self.device));
        if !self.is_gpu() {
            self.say("No GPU: every part in a reduced form, which tests the check itself.\n");
        }
        for command in [&["--version"][..], &["doctor"]] {
            let said = self.transfolio(command)?;
            self.say(&format!("```\n{}```\n", String::from_utf8_lossy(&said.stdout)));
        }
        if self.is_gpu()
            && let Ok(said) = Command::new("nvidia-smi").output()
        {
            self.say(&format!("```\n{}```\n", String::from_utf8_lossy(&said.stdout)));
        }
        Ok(())
    }

    /// Runs a part where its time is there, and writes down how it went.
    fn part(&mut self, name: &str, seconds: u64, run: fn(&Check) -> Result<()>) {
        self.say(&format!("\n## {name}\n"));
        let left = self.left();
        if left < Duration::from_secs(seconds) {
            let left = left.as_secs();
            return self.say(&format!("Not run: {left} s are left, and it needs {seconds}."));
        }
        let begun = Instant::now();
        if let Err(error) = run(self) {
            self.say(&format!("FAILED: {error:#}"));
            self.failed.push(name.to_string());
        }
        self.say(&format!("\n({:.0} s)", begun.elapsed().as_secs_f64()));
    }

    fn left(&self) -> Duration {
        self.ends.saturating_duration_since(Instant::now())
    }

    /// Writes a line down at once: a machine may be taken away at any time.
    fn say(&self, line: &str) {
        println!("{line}");
        let file = fs::OpenOptions::new().append(true).open(&self.report);
        if let Err(error) = file.and_then(|mut file| writeln!(file, "{line}")) {
            eprintln!("{} cannot be written: {error}", self.report.display());
        }
    }

    fn transfolio(&self, args: &[&str]) -> Result<Output> {
        let said = Command::new(&self.program)
            .args(args)
            .current_dir(&self.scratch)
            .env("TRANSFOLIO_CACHE", self.scratch.join("cache"))
            .env("TRANSFOLIO_SAVE_SECONDS", "0")
            .output()
            .with_context(|| format!("{} cannot be started", self.program.display()))?;
        ensure!(
            said.status.success(),
            "`transfolio {}` failed ({}): {}",
            args.join(" "),
            said.status,
            String::from_utf8_lossy(&said.stderr)
        );
        Ok(said)
    }

    /// Runs a study into a folder of the scratch.
    fn study(
        &self,
        name: &str,
        text: &str,
        device: &str,
        jobs: usize,
        to: &str,
    ) -> Result<PathBuf> {
        let file = format!("{name}.toml");
        fs::write(self.scratch.join(&file), text)?;
        let jobs = jobs.to_string();
        let run = ["run", &file, "--device", device, "--jobs", &jobs, "--output", to];
        self.transfolio(&run)?;
        Ok(self.scratch.join(to))
    }
}
