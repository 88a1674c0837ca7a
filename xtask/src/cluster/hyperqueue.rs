//! A HyperQueue of two workers on this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::{Scheduler, end};
use crate::debian::output;

/// Server and two workers.
pub(super) struct Hq {
    folder: PathBuf,
    program: PathBuf,
    server: Option<Child>,
    workers: [Option<Child>; 2],
}

/// The release that is fetched where there is no other.
const RELEASE: &str = "v0.26.2";

/// The program: named, on PATH, or fetched into a folder.
pub(super) fn program(named: Option<PathBuf>, folder: &Path) -> Result<PathBuf> {
    let set = std::env::var_os("HQ").filter(|path| !path.is_empty()).map(PathBuf::from);
    if let Some(hq) = named.or(set) {
        ensure!(hq.is_file(), "{} is no file", hq.display());
        return std::path::absolute(&hq).context("no path");
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    if let Some(hq) = std::env::split_paths(&path).map(|dir| dir.join("hq")).find(|hq| hq.is_file())
    {
        return Ok(hq);
    }
    let name = format!("hq-{RELEASE}-linux-x64.tar.gz");
    let address =
        format!("https://github.com/It4innovations/hyperqueue/releases/download/{RELEASE}/{name}");
    let folder = &folder.join("hq-release");
    fs::create_dir_all(folder)?;
    let archive = folder.join(name);
    output(Command::new("curl").args(["-sSfL", "-o"]).arg(&archive).arg(address))?;
    output(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(folder))?;
    let hq = folder.join("hq");
    ensure!(hq.is_file(), "the release has no hq");
    Ok(hq)
}

impl Hq {
    pub(super) fn start(folder: &Path, program: PathBuf) -> Result<Self> {
        fs::create_dir_all(folder.join("bin"))?;
        let _ = fs::remove_file(folder.join("bin/hq"));
        std::os::unix::fs::symlink(&program, folder.join("bin/hq"))?;
        let mut hq = Self { folder: folder.into(), program, server: None, workers: [None, None] };
        hq.start_server()?;
        hq.start_worker(0)?;
        hq.start_worker(1)?;
        Ok(hq)
    }

    fn start_server(&mut self) -> Result<()> {
        // What it knew is in its journal.
        let journal = self.folder.join("journal").display().to_string();
        self.server = Some(self.daemon(&[
            "server",
            "start",
            "--host",
            "127.0.0.1",
            "--journal",
            &journal,
        ])?);
        let begun = Instant::now();
        while self.say(&["server", "info"]).is_err() {
            ensure!(begun.elapsed() < Duration::from_mins(1), "the server of hq did not start");
            sleep(Duration::from_millis(200));
        }
        Ok(())
    }

    fn start_worker(&mut self, number: usize) -> Result<()> {
        let all = ["worker", "start", "--cpus", "1", "--on-server-lost", "finish-running"];
        self.workers[number] = Some(self.daemon(&all)?);
        Ok(())
    }

    fn daemon(&self, arguments: &[&str]) -> Result<Child> {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.join(format!("{}.txt", arguments[0])))?;
        let mut command = Command::new(&self.program);
        command.args(arguments).envs(self.environment()).stdin(Stdio::null());
        command.stdout(log.try_clone()?).stderr(log);
        command.spawn().context("cannot start hq")
    }

    fn say(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.program);
        let output = command.args(arguments).envs(self.environment()).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "hq {arguments:?}: {said}");
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Scheduler for Hq {
    fn name(&self) -> &'static str {
        "hyperqueue"
    }

    fn environment(&self) -> Vec<(String, String)> {
        let path = std::env::var("PATH").unwrap_or_default();
        vec![
            ("HQ_SERVER_DIR".into(), self.folder.join("server").display().to_string()),
            ("PATH".into(), format!("{}:{path}", self.folder.join("bin").display())),
        ]
    }

    fn hurry(&mut self) -> Result<()> {
        Ok(())
    }

    fn is_busy(&mut self) -> Result<bool> {
        let listed = self.say(&["--output-mode=json", "job", "list"]);
        Ok(listed.map_or(true, |jobs| jobs.trim() != "[]"))
    }

    fn troubles(&self) -> usize {
        2
    }

    fn trouble(&mut self, kind: usize, random: u64) -> Result<String> {
        let number = (random % 2) as usize;
        if kind == 0 {
            if let Some(mut worker) = self.workers[number].take() {
                end(&mut worker, "KILL");
            }
            self.start_worker(number)?;
            return Ok(format!("worker {number} was killed and another one came"));
        }
        if let Some(mut server) = self.server.take() {
            end(&mut server, "KILL");
        }
        self.start_server()?;
        // Workers of a server that is gone are, too.
        for number in 0..2 {
            if let Some(mut worker) = self.workers[number].take() {
                end(&mut worker, "TERM");
            }
            self.start_worker(number)?;
        }
        Ok("the server was killed and started again, with new workers".into())
    }

    fn stop(&mut self) -> Result<()> {
        let _ = self.say(&["server", "stop"]);
        for child in self.workers.iter_mut().chain([&mut self.server]) {
            if let Some(child) = child {
                end(child, "TERM");
            }
            *child = None;
        }
        Ok(())
    }
}
