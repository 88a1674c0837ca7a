//! The sides of the training benchmark: what each is told, and how it is run.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::Bench;
use crate::peer::python;

/// One program with its settings.
pub(super) struct Side {
    pub(super) name: &'static str,
    whose: Whose,
}

enum Whose {
    /// Keys of the recipe, in place of those of the study file.
    Ours(&'static [(&'static str, &'static str)]),
    /// Options of the script, and whether its allocator keeps memory.
    Theirs(&'static [&'static str], bool),
}

/// Ours: memory is kept and the format chosen without being asked for.
pub(super) const OURS: [Side; 2] = [
    Side { name: "f32", whose: Whose::Ours(&[("augmentation", "light")]) },
    Side { name: "bf16", whose: Whose::Ours(&[("augmentation", "light"), ("precision", "bf16")]) },
];

/// PyTorch as it is, and told all that helps.
pub(super) const THEIRS: [Side; 4] = [
    Side { name: "default", whose: Whose::Theirs(&[], false) },
    Side { name: "f32 tuned", whose: Whose::Theirs(&["--channels-last", "--fused"], true) },
    Side { name: "bf16 fused", whose: Whose::Theirs(&["--bf16", "--fused"], true) },
    Side {
        name: "bf16 tuned",
        whose: Whose::Theirs(&["--bf16", "--channels-last", "--fused"], true),
    },
];

/// glibc's allocator keeps what it has; nobody sets it by default.
const KEEP: [(&str, &str); 3] = [
    ("MALLOC_MMAP_MAX_", "0"),
    ("MALLOC_TRIM_THRESHOLD_", "1000000000000"),
    ("MALLOC_TOP_PAD_", "268435456"),
];

/// What a side reached.
pub(super) struct Measured {
    pub(super) images_per_second: f64,
    /// In bytes.
    pub(super) peak_memory: f64,
}

impl Measured {
    fn read(value: &Value) -> Result<Self> {
        let field = |name: &str| {
            value[name].as_f64().with_context(|| format!("{name} is missing in {value}"))
        };
        Ok(Self {
            images_per_second: field("images_per_second")?,
            peak_memory: field("peak_memory")?,
        })
    }

    pub(super) fn mebibytes(&self) -> f64 {
        self.peak_memory / (1024.0 * 1024.0)
    }
}

impl Side {
    pub(super) fn is_bf16(&self) -> bool {
        self.name.starts_with("bf16")
    }

    /// The study file of this side.
    pub(super) fn study(&self, study: &str) -> String {
        let Whose::Ours(keys) = self.whose else { return study.to_string() };
        let is_set =
            |line: &&str| keys.iter().any(|(key, _)| line.starts_with(&format!("{key} =")));
        let mut text: String =
            study.lines().filter(|line| !is_set(line)).map(|line| format!("{line}\n")).collect();
        // The recipe is the last table of these files.
        for (key, value) in keys {
            text += &format!("{key} = \"{value}\"\n");
        }
        text
    }

    /// Runs it on a study file.
    pub(super) fn measure(&self, bench: &Bench<'_>, study: &Path) -> Result<Measured> {
        match self.whose {
            Whose::Ours(_) => ours(bench, study),
            Whose::Theirs(options, keep) => theirs(bench, study, options, keep),
        }
    }
}

fn ours(bench: &Bench<'_>, study: &Path) -> Result<Measured> {
    let output = bench.scratch.join("run");
    let _ = fs::remove_dir_all(&output);
    let said = Command::new(&bench.program)
        .arg("run")
        .arg(study)
        .args(["--device", "cpu", "--threads", &bench.options.threads.to_string()])
        .arg("--output")
        .arg(&output)
        .arg("--cache")
        .arg(bench.scratch.join("cache"))
        .output()?;
    ensure!(
        said.status.success(),
        "`transfolio run {}` failed: {}",
        study.display(),
        String::from_utf8_lossy(&said.stderr)
    );
    let run = fs::read_dir(output.join("runs"))?.next().context("the study has no run")??.path();
    let record: Value = serde_json::from_slice(&fs::read(run.join("record.json"))?)?;
    Measured::read(&record["provenance"])
}

fn theirs(bench: &Bench<'_>, study: &Path, options: &[&str], keep: bool) -> Result<Measured> {
    let study = study.to_string_lossy();
    let threads = bench.options.threads.to_string();
    let script = bench.root.join("benches/peer/train.py");
    let args = [&[&*study, "--threads", &threads], options].concat();
    let variables: &[_] = if keep { &KEEP } else { &[] };
    Measured::read(&python::json_with(bench.python, &script, &args, variables)?)
}

/// Whether the processor multiplies bf16 itself, as the system says.
pub(crate) fn processor_has_bf16() -> bool {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let lines =
        info.lines().filter(|line| line.starts_with("flags") || line.starts_with("Features"));
    let mut flags = lines.flat_map(str::split_whitespace);
    flags.any(|flag| ["avx512_bf16", "amx_bf16", "bf16"].contains(&flag))
}

/// Processes that want to run, over the last minutes; more than the cores means
/// that the figures are of a busy machine.
pub(super) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().take(3).collect();
    if words.is_empty() { "not known".into() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_side_is_told_by_keys_of_the_recipe() {
        let study = "[recipe]\naugmentation = \"none\"\nepochs = 2\n";
        let [f32, bf16] = &OURS;
        assert_eq!(f32.study(study), "[recipe]\nepochs = 2\naugmentation = \"light\"\n");
        assert!(bf16.study(study).ends_with("precision = \"bf16\"\n"));
        assert!(THEIRS.iter().all(|side| side.study(study) == study));
        assert_eq!(THEIRS.iter().filter(|side| side.is_bf16()).count(), 2);
    }
}
