//! How long the cells of a notebook take: kernel start to first figure, later
//! cells, `:use plotters`, an unchanged notebook, one whose last cell was changed.
//! The kernel is installed anew into a cache of the benchmark's own.
//!
//! Wall time is what a user waits for; processor time is printed beside it
//! because it does not depend on what else the machine does.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::tasks::target_dir;

/// Cells after the first figure.
const CELLS: usize = 10;
/// Ticks of the kernel's clock per second, on Linux.
const TICKS: f64 = 100.0;

/// Runs the benchmark and prints it.
pub(crate) fn run(root: &Path, program: Option<PathBuf>) -> Result<()> {
    let folder = target_dir(root).join("bench-notebook");
    fs::create_dir_all(&folder).context("cannot create the folder of the benchmark")?;
    fs::write(folder.join("results.csv"), results()).context("cannot write the results")?;
    fs::write(folder.join("bench.rs"), notebook()).context("cannot write the notebook")?;
    let program = program.unwrap_or_else(|| target_dir(root).join("debug/transfolio"));
    let begun = Instant::now();
    install(&program, &folder)?;
    println!("installing the kernel, host built {:6.1} s", begun.elapsed().as_secs_f64());
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load of the machine before: {}", load.split(' ').next().unwrap_or("unknown"));

    let (said, wall, processor) = render(&program, &folder, &["--no-cache"])?;
    let ready = number_behind(&said, "host ready after ").context("no time until ready")?;
    let seconds: Vec<f64> = (1..=CELLS + 2)
        .filter_map(|cell| number_behind(&said, &format!("cell {cell}: ")))
        .collect();
    ensure!(seconds.len() == CELLS + 2, "{} cells have a time: {said}", seconds.len());
    let mut later = seconds[2..].to_vec();
    later.sort_by(f64::total_cmp);
    println!("kernel ready                   {ready:6.2} s");
    println!("kernel start to first figure   {:6.2} s", ready + seconds[0] + seconds[1]);
    println!(
        "a later cell, median of {CELLS}     {:6.2} s ({:.2} to {:.2})",
        f64::midpoint(later[CELLS / 2 - 1], later[CELLS / 2]),
        later[0],
        later[CELLS - 1]
    );
    println!("all {} cells, wall             {wall:6.2} s", CELLS + 2);
    println!("all {} cells, processor        {processor:6.2} s", CELLS + 2);

    let (said, wall, _) = render(&program, &folder, &[])?;
    ensure!(said.contains("0 cells ran"), "an unchanged notebook ran: {said}");
    println!("unchanged notebook             {wall:6.2} s");
    changed(&program, &folder)?;
    uses(&program, &folder)
}

/// A cache of the benchmark's own, so that what is the first time is the first.
fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    let set = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let cache = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
    let host = set("TRANSFOLIO_EVCXR_ROOT")
        .or_else(|| Some(set("TRANSFOLIO_CACHE")?.join("evcxr")))
        .or_else(|| Some(cache?.join("transfolio/evcxr")));
    command.current_dir(folder).stdin(Stdio::null()).env("TRANSFOLIO_CACHE", folder.join("cache"));
    command.envs(host.map(|host| ("TRANSFOLIO_EVCXR_ROOT", host)));
    command
}

fn install(program: &Path, folder: &Path) -> Result<()> {
    let cache = folder.join("cache");
    if cache.is_dir() {
        fs::remove_dir_all(&cache).context("cannot remove the cache of the last benchmark")?;
    }
    let prefix = folder.join("prefix");
    let output = command(program, folder)
        .args(["kernel", "install", "--prefix"])
        .arg(prefix)
        .output()
        .with_context(|| format!("cannot start {}", program.display()))?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// The last cell is changed: by a render of its own, and while a host stands by.
fn changed(program: &Path, folder: &Path) -> Result<()> {
    let with = |limit: usize| notebook().replace("head(5)", &format!("head({limit})"));
    fs::write(folder.join("bench.rs"), with(6)).context("cannot write the notebook")?;
    let (said, wall, _) = render(program, folder, &[])?;
    ensure!(said.contains("1 cells ran"), "another cell ran too: {said}");
    println!("changed last cell              {wall:6.2} s (a host is started)");

    let mut watching = Watching(
        command(program, folder)
            .args(["render", "bench.rs", "--watch"])
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?,
    );
    let mut lines = BufReader::new(watching.0.stdout.take().context("no output")?);
    until(&mut lines, "watching")?;
    let mut seconds = Vec::new();
    for limit in [7, 8, 9] {
        // The host that stands by is ready after this.
        std::thread::sleep(Duration::from_secs(8));
        let begun = Instant::now();
        fs::write(folder.join("bench.rs"), with(limit)).context("cannot write the notebook")?;
        until(&mut lines, "page:")?;
        seconds.push(begun.elapsed().as_secs_f64());
        until(&mut lines, "watching")?;
    }
    seconds.sort_by(f64::total_cmp);
    println!(
        "changed last cell, --watch     {:6.2} s ({:.2} to {:.2})",
        seconds[1], seconds[0], seconds[2]
    );
    Ok(())
}

/// Ended, whatever becomes of the benchmark.
struct Watching(Child);

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn until(lines: &mut BufReader<ChildStdout>, mark: &str) -> Result<()> {
    let mut said = String::new();
    loop {
        let mut line = String::new();
        let read = lines.read_line(&mut line).context("cannot read what render says")?;
        ensure!(read > 0, "render ended before it said {mark:?}: {said}");
        if line.starts_with(mark) {
            return Ok(());
        }
        said += &line;
    }
}

/// The first time in a workspace that no session had before, and again.
fn uses(program: &Path, folder: &Path) -> Result<()> {
    let sessions = folder.join("cache/kernel");
    for version in fs::read_dir(&sessions).into_iter().flatten().flatten() {
        let _ = fs::remove_dir_all(version.path().join("sessions"));
    }
    fs::write(folder.join("bench.rs"), "// %%\n:use plotters\n").context("cannot write")?;
    for which in ["first time", "again"] {
        let (said, _, _) = render(program, folder, &["--no-cache"])?;
        let seconds = number_behind(&said, "cell 1: ").context("the cell has no time")?;
        println!("`:use plotters`, {which:<10}    {seconds:6.2} s");
    }
    Ok(())
}

/// What it said, wall time and processor time of it and all its processes.
fn render(program: &Path, folder: &Path, more: &[&str]) -> Result<(String, f64, f64)> {
    let before = children_ticks();
    let begun = Instant::now();
    let output = command(program, folder)
        .args(["render", "bench.rs"])
        .args(more)
        .output()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let wall = begun.elapsed().as_secs_f64();
    ensure!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok((said, wall, (children_ticks() - before) / TICKS))
}

/// Ticks of processor time of processes that were waited for.
fn children_ticks() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name, in brackets, may hold blanks.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    fields.skip(13).take(2).filter_map(|field| field.parse::<f64>().ok()).sum()
}

fn number_behind(text: &str, mark: &str) -> Option<f64> {
    text.lines()
        .filter_map(|line| line.strip_prefix(mark))
        .find_map(|rest| rest.split(' ').next().and_then(|number| number.parse().ok()))
}

fn results() -> String {
    let mut csv = String::from("task,model,init,label_fraction,seed,metric,value\n");
    for (level, init) in ["random", "general", "domain"].iter().enumerate() {
        for (step, fraction) in [0.1, 0.3, 1.0].iter().enumerate() {
            for seed in 0..5 {
                let noise = ((seed + 1) * (level * 2 + 3) * (step + 5) % 11) as f64 * 0.002;
                let value = 0.70 + 0.05 * level as f64 + 0.04 * step as f64 + noise;
                let _ = writeln!(csv, "chest,resnet50,{init},{fraction},{seed},auc,{value:.4}");
            }
        }
    }
    csv
}

/// Open, first figure, then tables and figures of stored results.
fn notebook() -> String {
    let cells = [
        "let study = Study::open(\"results.csv\")?;",
        "figures::label_fraction(&study)?",
        "study.results()?",
        "let tests = study.compare(\"random\")?;\ntests",
        "figures::grouped_bars(&tests)?",
        "let summary = study.table(\"summary\")?;\nsummary",
        "summary.filter(\"init\", \"domain\")?",
        "study.table(\"ledger\")?",
        "figures::label_fraction(&tests)?",
        "tests.table(\"tests\")?.sort_by(\"difference\")?",
        "figures::grouped_bars(&study)?",
        "study.results()?.head(5)",
    ];
    cells.iter().map(|cell| format!("// %%\n{cell}\n\n")).collect()
}
