//! `submit`, `slot`, `cancel` and `collect` beside a Slurm of four small scripts: it
//! notes what it is asked, and the test does what it would.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use crate::program::{Said, command, run, said};
use crate::study::{SMALL, folder, predictions, read};

/// A folder with a study and a Slurm.
struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new(study: &str) -> Self {
        let dir = folder(study);
        let bin = dir.path().join("bin");
        fs::create_dir(&bin).expect("a folder");
        let log = dir.path().join("asked.txt");
        let script = |name: &str, body: &str| {
            let text = format!("#!/bin/sh\necho \"{name} $*\" >>'{}'\n{body}\n", log.display());
            let path = bin.join(name);
            fs::write(&path, text).expect("written");
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            fs::set_permissions(&path, mode).expect("executable");
        };
        script(
            "sbatch",
            "if [ -n \"$REFUSE\" ]; then echo \"sbatch: error: $REFUSE\" >&2; exit 1; fi\n\
             case \"$*\" in *report.sh*) echo 4712 ;; *) echo '4711;here' ;; esac",
        );
        script("scontrol", "case \"$1\" in show) echo 'MaxArraySize = 1001' ;; esac");
        script("squeue", "echo '4711_1 Resources'");
        script("scancel", "");
        Self { dir }
    }

    fn here(&self) -> &Path {
        self.dir.path()
    }

    fn with_slurm(&self, mut command: Command) -> Command {
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .env("PATH", format!("{}:{path}", self.here().join("bin").display()))
            .env("XDG_CONFIG_HOME", self.here().join("config"))
            .env_remove("TRANSFOLIO_CLUSTER");
        command
    }

    fn run(&self, args: &[&str]) -> Said {
        said(&self.with_slurm(command(self.here(), args)).output().expect("the program starts"))
    }

    fn submit(&self, more: &[&str]) -> Said {
        self.run(&[&["submit", "study.toml", "-o", "s", "--device", "cpu"], more].concat())
    }

    fn asked(&self) -> String {
        fs::read_to_string(self.here().join("asked.txt")).unwrap_or_default()
    }

    /// The folder of the one submission.
    fn submission(&self) -> PathBuf {
        let entries = fs::read_dir(self.here().join("s/cluster")).expect("submissions");
        let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        found.sort();
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    /// What Slurm does with a task of the array.
    fn task(&self, number: u32) -> Child {
        let output = fs::File::options()
            .create(true)
            .append(true)
            .open(self.submission().join(format!("slot-{number}.txt")))
            .expect("opened");
        let mut bash = Command::new("bash");
        bash.arg(self.submission().join("slot.sh")).current_dir(self.here());
        self.with_slurm(bash)
            .env("TRANSFOLIO_CACHE", self.here().join("cache"))
            .env("SLURM_JOB_ID", "4711")
            .env("SLURM_ARRAY_JOB_ID", "4711")
            .env("SLURM_ARRAY_TASK_ID", number.to_string())
            .stdout(output.try_clone().expect("twice"))
            .stderr(output)
            .spawn()
            .expect("bash starts")
    }

    fn report(&self) -> Said {
        let mut bash = Command::new("bash");
        bash.arg(self.submission().join("report.sh")).current_dir(self.here());
        said(&self.with_slurm(bash).output().expect("bash starts"))
    }

    fn slot_said(&self, number: u32) -> String {
        fs::read_to_string(self.submission().join(format!("slot-{number}.txt"))).unwrap_or_default()
    }

    fn begun(&self) -> bool {
        let runs = fs::read_dir(self.here().join("s/runs")).into_iter().flatten().flatten();
        runs.map(|run| run.path()).any(|run| run.join("claim.json").is_file())
    }

    fn wait_until_begun(&self) {
        for _ in 0..18_000 {
            if self.begun() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("no run has begun");
    }
}

/// Fewer runs that take longer: a stop is within one.
fn longer() -> String {
    SMALL.replace("train = 40", "train = 240").replace("[0.5, 1.0]", "[1.0]")
}

fn whole(place: &Place) {
    let args = ["run", "study.toml", "--device", "cpu", "-o", "whole"];
    run(place.here(), &args).expect(0);
}

fn is_whole(place: &Place) {
    let here = place.here();
    assert_eq!(read(&here.join("whole/results.csv")), read(&here.join("s/results.csv")));
    assert_eq!(predictions(&here.join("whole")), predictions(&here.join("s")));
    run(here, &["check", "s"]).expect(0).mentions(&["nothing is damaged"]);
}

fn code(child: Child) -> Option<i32> {
    child.wait_with_output().expect("it ends").status.code()
}

#[test]
fn slots_do_what_one_runner_does_and_the_last_job_reports() {
    let place = Place::new(SMALL);
    whole(&place);
    fs::create_dir_all(place.here().join("config/transfolio")).expect("a folder");
    let user = "account = 'lab'\nsetup = ['export OF_THE_SITE=1']\n";
    fs::write(place.here().join("config/transfolio/cluster.toml"), user).expect("written");
    let own = format!("{SMALL}\n[cluster]\nlauncher = 'slurm'\npartition = 'long'\n");
    fs::write(place.here().join("study.toml"), own).expect("written");
    let options = ["--time", "1h", "--slots", "2", "--partition", "short", "--requeues", "1"];
    place.submit(&options).expect(0).mentions(&[
        "10 of 10 runs to do, 0 ended",
        "pretraining resnet18 / coarse",
        "forecast: ",
        "slurm: 2 slots, 1.0 h each, 1 cores, 1 runs at a time",
        "submitted as job 4711, its report as job 4712",
    ]);
    let script = fs::read_to_string(place.submission().join("slot.sh")).expect("a script");
    for line in [
        "#SBATCH --array=0-1",
        "#SBATCH --partition=short",
        "#SBATCH --account=lab",
        "#SBATCH --time=0-01:00:00",
        "#SBATCH --signal=B:USR1@120",
        "export OF_THE_SITE=1",
    ] {
        assert!(script.contains(line), "{line} is not in {script}");
    }
    let asked = place.asked();
    assert!(asked.contains("sbatch --parsable --dependency=afterany:4711"), "{asked}");
    // No record says what a site was asked for.
    let study = String::from_utf8(read(&place.here().join("s/study.json"))).expect("text");
    assert!(!study.contains("partition") && !study.contains("account"), "{study}");
    place.run(&["status", "s"]).expect(0).mentions(&[
        "2 slots by slurm, job 4711, 0 have begun, 1 wait in the queue (Resources)",
        "forecast: about",
    ]);
    let tasks = [place.task(0), place.task(1)];
    place.wait_until_begun();
    place.run(&["status", "s"]).expect(0).mentions(&["slot on ", "(job 4711_", "alive on cpu"]);
    assert_eq!(tasks.map(code), [Some(0), Some(0)], "{}{}", place.slot_said(0), place.slot_said(1));
    place.report().expect(0).mentions(&["10 of 10 runs done", "report: "]);
    is_whole(&place);
    assert!(place.here().join("s/report.html").is_file());
    place.run(&["status", "s"]).expect(0).mentions(&["10 of 10 runs done", "2 have begun"]);
    place.submit(&options).expect(0).mentions(&["nothing is left to run"]);
    assert!(!place.asked().contains("scontrol requeue"));
}

#[test]
fn a_slot_whose_time_is_short_saves_and_asks_for_itself_again_a_few_times() {
    let place = Place::new(&longer());
    whole(&place);
    let time = ["--launcher", "slurm", "--slots", "1", "--requeues", "2"];
    place.submit(&[&time[..], &["--time", "11s", "--reserve", "8s"]].concat()).expect(0);
    for turn in 1..=3 {
        let code = code(place.task(0));
        let said = place.slot_said(0);
        // The third time it is not queued again: that is a failure, and looks like one.
        assert_eq!(code, Some(if turn < 3 { 0 } else { 75 }), "turn {turn}: {said}");
        assert!(said.contains("its time is short, and what was begun is saved"), "{said}");
    }
    // By the id of the task, and not by that of the array.
    assert_eq!(place.asked().matches("scontrol requeue 4711_0\n").count(), 2);
    assert!(place.slot_said(0).contains("queue again 2 times; not once more"));
    place.report().expect(75).mentions(&["left: "]);
    run(place.here(), &["run", "study.toml", "--device", "cpu", "-o", "s"]).expect(0);
    is_whole(&place);
}

#[test]
fn signals_to_a_slot_save_and_a_cancelled_one_does_not_come_back() {
    let place = Place::new(&longer());
    whole(&place);
    place.submit(&["--launcher", "slurm", "--slots", "1", "--time", "1h"]).expect(0);
    let kill = |signal: &str, child: &Child| {
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(sent.expect("kill starts").success());
    };
    // To the shell of the script alone, as Slurm sends it: USR1 comes back, TERM not.
    for (signal, expected) in [("-USR1", Some(0)), ("-TERM", Some(75))] {
        let task = place.task(0);
        place.wait_until_begun();
        std::thread::sleep(Duration::from_secs(2));
        kill(signal, &task);
        assert_eq!(code(task), expected, "{signal}: {}", place.slot_said(0));
        assert!(place.slot_said(0).contains("asked to stop, and what was begun is saved"));
        assert!(!place.begun(), "a claim is left");
        place.run(&["status", "s"]).expect(0).mentions(&["left: "]);
    }
    assert_eq!(place.asked().matches("scontrol requeue 4711_0\n").count(), 1);
    let task = place.task(0);
    place.wait_until_begun();
    place.run(&["cancel", "s"]).expect(0).mentions(&["1 submissions cancelled"]);
    assert!(place.asked().contains("scancel 4712\nscancel 4711\n"), "{}", place.asked());
    kill("-USR1", &task);
    assert_eq!(code(task), Some(75));
    assert_eq!(place.asked().matches("scontrol requeue").count(), 1);
    assert_eq!(code(place.task(0)), Some(0));
    assert!(place.slot_said(0).contains("cancelled before it began"));
    place.run(&["status", "s"]).expect(0).mentions(&["by slurm, job 4711, cancelled"]);
    run(place.here(), &["run", "study.toml", "--device", "cpu", "-o", "s"]).expect(0);
    is_whole(&place);
}

#[test]
fn what_keeps_slots_from_working_is_told_before_or_at_once() {
    let place = Place::new(SMALL);
    let slurm = ["--launcher", "slurm", "--slots", "2", "--time", "1h"];
    let with = |more: &[&str]| place.submit(&[&slurm[..], more].concat());
    // Before anything is asked for.
    for (more, parts) in [
        (&["--time", "60s"][..], &["slots of 1 min are too short", "--reserve"][..]),
        (&["--time", "soon"], &["\"soon\" is no time", "4h"]),
        (&["--partition", "a\n#SBATCH --account=other"], &["--partition", "line break"]),
        (&["--extra", " "], &["a line", "nothing"]),
        (&["--launcher", "sge"], &["\"sge\" is no launcher", "expected slurm"]),
        (&["--slots", "0"], &["--slots is 0"]),
        (&["--budget", "1s"], &["less than one seed of all arms"]),
    ] {
        let args: Vec<&str> = [&["--launcher", "slurm"], more].concat();
        let args = if more[0] == "--launcher" { more.to_vec() } else { args };
        let said = place.submit(&args);
        assert!(matches!(said.code, Some(1 | 2)), "{more:?}: {}{}", said.out, said.err);
        said.mentions(parts);
    }
    let args = ["submit", "study.toml", "-o", "s", "--device", "tpu"];
    place.run(&args).expect(2).mentions(&["--device", "tpu"]);
    place
        .submit(&["--launcher", "slurm", "--slots", "2000", "--time", "1h"])
        .expect(2)
        .mentions(&["2000 slots", "1001", "MaxArraySize"]);
    // By Slurm itself: its words, and nothing is left of it.
    let words = "invalid partition specified: gpuu";
    let mut refused = place.with_slurm(command(
        place.here(),
        &["submit", "study.toml", "-o", "s", "--launcher", "slurm", "--partition", "gpuu"],
    ));
    said(&refused.env("REFUSE", words).output().expect("it starts"))
        .expect(1)
        .mentions(&["sbatch refused", words]);
    assert!(!place.here().join("s/cluster").exists());
    // Without Slurm.
    let mut none =
        command(place.here(), &["submit", "study.toml", "-o", "s", "--launcher", "slurm"]);
    let nowhere = none.env("PATH", place.here().join("none")).output();
    said(&nowhere.expect("it starts"))
        .expect(1)
        .mentions(&["scontrol is not on this machine", "--launcher print"]);
    assert!(!place.here().join("s/cluster").exists());
    // On the node: another version, a folder that is not there, a broken ticket.
    with(&[]).expect(0);
    let ticket = place.submission().join("submission.json");
    let text = fs::read_to_string(&ticket).expect("a ticket");
    let version = env!("CARGO_PKG_VERSION");
    fs::write(&ticket, text.replace(version, "0.1.9")).expect("written");
    assert_eq!(code(place.task(0)), Some(42));
    let told = place.slot_said(0);
    assert!(
        told.contains(&format!(
            "this is transfolio {version}, and the study was submitted by 0.1.9"
        ))
    );
    place.run(&["status", "s"]).expect(0).mentions(&["slot 0: error: slot 0: this is transfolio"]);
    fs::write(&ticket, &text).expect("written");
    let script = place.submission().join("slot.sh");
    let elsewhere = fs::read_to_string(&script).expect("a script");
    let s = std::fs::canonicalize(place.here()).expect("here").join("s");
    let elsewhere = elsewhere
        .replace(&format!("folder={}", s.display()), "folder=/nowhere")
        .replace(&format!("folder={}", place.here().join("s").display()), "folder=/nowhere");
    fs::write(&script, elsewhere).expect("written");
    assert_eq!(code(place.task(1)), Some(42));
    assert!(place.slot_said(1).contains("does not see /nowhere"), "{}", place.slot_said(1));
    // And the program itself says so, where the script could not.
    let args = ["slot", "nowhere", "--submission", "x"];
    place.run(&args).expect(42).mentions(&["nowhere has no submission x", "every machine"]);
    place.run(&["slot", "s", "--submission", "x"]).expect(42).mentions(&["no submission x"]);
    let id = place.submission().file_name().expect("a name").to_string_lossy().into_owned();
    let short = ["slot", "s", "--submission", &id, "--time-limit", "100", "--spent", "60"];
    place.run(&short).expect(42).mentions(&["up in 40 s, and 90 s of it are kept"]);
    // Other data on the node.
    let study = fs::read_to_string(place.here().join("s/study.json")).expect("text");
    let hash = study.find("\"findings (").expect("a hash") + 24;
    let mut other = study.clone().into_bytes();
    other[hash] = if other[hash] == b'0' { b'1' } else { b'0' };
    fs::write(place.here().join("s/study.json"), other).expect("written");
    place
        .run(&["slot", "s", "--submission", &id, "--device", "cpu"])
        .expect(75)
        .mentions(&["study.json is not as it was written"]);
}

#[test]
fn a_dry_run_touches_nothing_and_a_budget_keeps_whole_seeds() {
    let place = Place::new(SMALL);
    let before = fs::read_dir(place.here()).expect("a folder").count();
    for launcher in ["slurm", "hyperqueue", "print", "kubernetes", "skypilot"] {
        let said = place.submit(&["--launcher", launcher, "--dry-run", "--time", "2h"]);
        said.expect(0).mentions(&[
            "10 of 10 runs to do",
            "resnet18 / random",
            "forecast: ",
            "guessed",
            "=== ",
        ]);
    }
    assert_eq!(fs::read_dir(place.here()).expect("a folder").count(), before);
    assert_eq!(place.asked(), "");
    // Forecasts are of seconds here: half of all is one seed of two.
    let said = place.submit(&["--dry-run"]).expect(0);
    let line = said.out.lines().find(|line| line.starts_with("forecast: ")).expect("a forecast");
    let seconds: f64 = line.split(' ').nth(1).and_then(|n| n.parse().ok()).expect("a number");
    let scale = if line.contains(" min of") { 60.0 } else { 1.0 };
    let budget = format!("{:.0}s", seconds * scale * 0.7);
    place
        .submit(&["--dry-run", "--budget", &budget])
        .expect(0)
        .mentions(&["5 of 10 runs to do", "5 beyond the budget"]);
    // For good, and what hangs on it.
    let failing = SMALL.replace("learning_rate = 1e-3", "learning_rate = 1e30");
    fs::write(place.here().join("study.toml"), failing).expect("written");
    run(place.here(), &["run", "study.toml", "--device", "cpu", "-o", "s"]).expect(5);
    place.submit(&["--launcher", "slurm", "--dry-run"]).expect(0);
    place
        .submit(&["--launcher", "slurm", "--retry", "failed", "--slots", "1", "--time", "1h"])
        .expect(0)
        .mentions(&["10 of 10 runs to do", "submitted as job 4711"]);
    let ticket =
        String::from_utf8(read(&place.submission().join("submission.json"))).expect("text");
    assert!(ticket.contains("\"retry_failed\": true") && ticket.contains("\"only\""), "{ticket}");
    assert_eq!(code(place.task(0)), Some(5), "{}", place.slot_said(0));
    place.run(&["status", "s"]).expect(5).mentions(&["failed: 10", "loss became"]);
}

#[test]
fn gpus_are_spread_and_files_for_others_are_written() {
    let place = Place::new(SMALL);
    let said = place.submit(&["--launcher", "kubernetes", "--queue", "lab", "--slots", "3"]);
    said.expect(0).mentions(&["nothing was asked for; the files are in"]);
    let job = fs::read_to_string(place.submission().join("job.yaml")).expect("a job");
    for part in ["kueue.x-k8s.io/queue-name: \"lab\"", "completions: 3", "suspend: true"] {
        assert!(job.contains(part), "{part} is not in {job}");
    }
    place.run(&["status", "s"]).expect(0).mentions(&["3 slots by kubernetes, 0 have begun"]);
    place.run(&["cancel", "s"]).expect(0);
    place.run(&["cancel", "nowhere"]).fails().mentions(&["not a study folder"]);
}
