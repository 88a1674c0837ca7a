//! Two runners at one study folder that each sees through a file system of its own, as
//! two machines would: a simulation of a network file system, where none can be mounted.
//!
//! Each has a mount of bindfs (Debian's package, unpacked into a folder) over the same
//! folder, whose kernel believes for three seconds what it has seen: that a file is not
//! there, how long it is and when it was written. Locks are those of one mount and say
//! nothing of the other. Each runner has a name of host of its own, so that none sees
//! whether the other's processes live. Runners are killed and started again; afterwards
//! tables and predictions must be those of one undisturbed runner. Linux, as root.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::cluster::{STUDY, kill};
use crate::debian::{output, unpack};

/// What a client of NFS believes for so long by default, and longer.
const BELIEVED: &str = "attr_timeout=3,entry_timeout=3,negative_timeout=3,ac_attr_timeout=3";
const CLIENTS: [&str; 2] = ["a", "b"];

/// Runs the task: `--kills N`, `--program PATH`, `--folder DIR`.
pub(crate) fn run(program: PathBuf, args: &[&str]) -> Result<()> {
    let folder = std::env::temp_dir().join(format!("transfolio-shared-{}", std::process::id()));
    let mut bench = Bench { program, folder, kills: 6 };
    for pair in args.chunks(2) {
        let [name, value] = pair else { bail!("{} needs a value", pair[0]) };
        match *name {
            "--kills" => bench.kills = value.parse()?,
            "--program" => bench.program = std::path::absolute(value)?,
            "--folder" => bench.folder = std::path::absolute(value)?,
            other => bail!("unknown option {other}"),
        }
    }
    for name in ["server", "a", "b"] {
        fs::create_dir_all(bench.folder.join(name))?;
    }
    fs::write(bench.folder.join("study.toml"), STUDY)?;
    unpack(&bench.folder, "bindfs", "usr/bin/bindfs")?;
    let mounts = CLIENTS.map(|client| bench.mount(client));
    let result = mounts.iter().all(Result::is_ok).then(|| bench.tried());
    for client in CLIENTS {
        let _ = Command::new("umount").arg("-l").arg(bench.folder.join(client)).status();
    }
    for mut mount in mounts.into_iter().flatten() {
        let _ = mount.wait();
    }
    let Some(result) = result else {
        println!("shared: no file system of FUSE can be mounted here (root, /dev/fuse); not tried");
        return Ok(());
    };
    result?;
    fs::remove_dir_all(&bench.folder)?;
    Ok(())
}

struct Bench {
    program: PathBuf,
    folder: PathBuf,
    kills: usize,
}

impl Bench {
    fn mount(&self, client: &str) -> Result<Child> {
        let root = self.folder.join("unpacked");
        let place = self.folder.join(client);
        let mut bindfs = Command::new(root.join("usr/bin/bindfs"));
        bindfs
            .args(["-f", "-o", BELIEVED])
            .arg(self.folder.join("server"))
            .arg(&place)
            .env("LD_LIBRARY_PATH", root.join("lib/x86_64-linux-gnu"))
            .stdin(Stdio::null());
        let mut child = bindfs.spawn().context("cannot start bindfs")?;
        for _ in 0..50 {
            let mounts = fs::read_to_string("/proc/self/mounts")?;
            if mounts.contains(&format!(" {} fuse", place.display())) {
                return Ok(child);
            }
            sleep(Duration::from_millis(100));
        }
        let _ = child.kill();
        let _ = child.wait();
        bail!("bindfs did not mount {}", place.display())
    }

    fn command(&self, client: Option<&str>, args: &[&str]) -> Command {
        let mut command = match client {
            // A name of host of its own; the number of the process stays.
            Some(client) => {
                let mut command = Command::new("unshare");
                command.args(["--uts", "sh", "-c", "hostname \"$0\" && exec \"$@\""]);
                command.arg(format!("client-{client}")).arg(&self.program);
                command
            }
            None => Command::new(&self.program),
        };
        command
            .args(args)
            .current_dir(&self.folder)
            .env("TRANSFOLIO_CACHE", self.folder.join("cache"))
            .env("TRANSFOLIO_SAVE_SECONDS", "0")
            .env("TRANSFOLIO_STALE_SECONDS", "15");
        command
    }

    fn start(&self, client: &str) -> Result<Child> {
        let folder = format!("{client}/s");
        let args = ["run", "study.toml", "--device", "cpu", "--jobs", "1", "-o", &folder];
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.join(format!("{client}.txt")))?;
        let mut command = self.command(Some(client), &args);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(command.spawn()?)
    }

    fn tried(&self) -> Result<()> {
        let whole = ["run", "study.toml", "--device", "cpu", "--jobs", "2", "-o", "whole"];
        output(&mut self.command(None, &whole))?;
        let begun = Instant::now();
        let mut runners = [self.start("a")?, self.start("b")?];
        let mut kills = 0;
        loop {
            sleep(Duration::from_secs(4));
            ensure!(begun.elapsed() < Duration::from_mins(30), "not over after half an hour");
            let mut ended = 0;
            for (runner, client) in runners.iter_mut().zip(CLIENTS) {
                match runner.try_wait()? {
                    Some(status) if status.success() => ended += 1,
                    Some(status) => {
                        let said = fs::read_to_string(self.folder.join(format!("{client}.txt")))?;
                        bail!("the runner of {client} ended with {status}: {said}")
                    }
                    None => {}
                }
            }
            if ended == 2 {
                break;
            }
            // From the other one, while both write.
            self.counts(CLIENTS[kills % 2])?;
            if kills < self.kills && ended == 0 {
                let victim = kills % 2;
                kill("KILL", runners[victim].id());
                let _ = runners[victim].wait();
                runners[victim] = self.start(CLIENTS[victim])?;
                kills += 1;
            }
        }
        self.compare()?;
        println!(
            "shared (a simulation: two mounts that believe for 3 s what they saw, locks of each \
             mount alone): two runners, {kills} kills: 0 lost, 0 doubled, 0 changed ({:.0} s)",
            begun.elapsed().as_secs_f64()
        );
        Ok(())
    }

    /// No run counts as failed, whoever looks.
    fn counts(&self, client: &str) -> Result<()> {
        if !self.folder.join("server/s/study.json").is_file() {
            return Ok(());
        }
        let folder = format!("{client}/s");
        let said = self.command(Some(client), &["status", &folder]).output()?;
        let text = String::from_utf8_lossy(&said.stdout);
        ensure!(!text.contains("failed:"), "a false failure: {text}");
        Ok(())
    }

    fn compare(&self) -> Result<()> {
        let (whole, shared) = (self.folder.join("whole"), self.folder.join("server/s"));
        let mut files = vec![PathBuf::from("results.csv")];
        for run in fs::read_dir(whole.join("runs"))?.flatten() {
            files.push(Path::new("runs").join(run.file_name()).join("predictions.parquet"));
        }
        for file in &files {
            let read = |folder: &Path| {
                let path = folder.join(file);
                fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
            };
            ensure!(read(&whole)? == read(&shared)?, "{} has changed", file.display());
        }
        let runs = fs::read_dir(shared.join("runs"))?.count();
        ensure!(runs == files.len() - 1, "{runs} folders of runs, expected {}", files.len() - 1);
        output(&mut self.command(None, &["check", "server/s"])).map(|_| ())
    }
}
