//! Training: images per second and peak memory of a whole run against a
//! PyTorch loop over the same network, batch, threads and number of images.
//!
//! Our side is the product itself: `transfolio run` on the study file, figures
//! from the run's record, batches made and augmented. The other side is plain
//! PyTorch on finished batches, by its defaults and with all that it can be
//! told: channels last, the fused optimiser, bf16, an allocator that keeps
//! memory. Both sides count training steps only (no start, no validation) and
//! the peak resident memory of the whole process.

mod sides;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::ratio::{Better, Figure};
use super::{Options, python};
use crate::tasks::{cargo, target_dir};
pub(crate) use sides::processor_has_bf16;
use sides::{Measured, OURS, Side, THEIRS};

/// Study files of `benches/peer`, and the library of the other side's network.
const STUDIES: [(&str, &str); 7] = [
    ("resnet18-224", "torchvision 0.26.0"),
    ("mobilenet_v2-64", "torchvision 0.26.0"),
    ("mobilenet_v2-224", "torchvision 0.26.0"),
    ("resnet50-224", "torchvision 0.26.0"),
    ("swin_tiny-224", TIMM),
    ("convnext_tiny-224", TIMM),
    ("unet-224", python::SMP),
];

const TIMM: &str = "timm 1.0.31";

/// What all measurements of one call share.
struct Bench<'a> {
    root: &'a Path,
    python: &'a Path,
    program: PathBuf,
    scratch: PathBuf,
    options: &'a Options,
    /// Whether bf16 is measured: an imitation of it would say nothing.
    bf16: bool,
}

pub(super) fn run(root: &Path, python: &Path, options: &Options) -> Result<()> {
    let studies = chosen(&options.networks)?;
    if studies.iter().any(|(_, library)| *library == TIMM) {
        python::with_timm()?;
    }
    if studies.iter().any(|(_, library)| *library == python::SMP) {
        python::with_smp()?;
    }
    cargo(root, &["build", "--bin", "transfolio"])?;
    let scratch = std::env::temp_dir().join(format!("transfolio-peer-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let bf16 = processor_has_bf16();
    if !bf16 {
        println!("(this processor has no bf16 arithmetic: f32 alone is compared)");
    }
    let program = target_dir(root).join("debug/transfolio");
    let bench = Bench { root, python, program, scratch, options, bf16 };
    let result = studies.iter().try_for_each(|(name, library)| {
        bench.study(name)?;
        println!("  the other network is {library}'s");
        Ok(())
    });
    let _ = fs::remove_dir_all(&bench.scratch);
    println!(
        "(transfolio, batches made and augmented, against PyTorch 2.11.0 eager on finished \
         batches; CPU, {} threads, AdamW, median of {} rounds; \"tuned\" is PyTorch with channels \
         last, fused optimiser and kept memory, \"best\" the fastest on either side; load of the \
         machine at the end {})",
        options.threads,
        options.rounds,
        sides::load()
    );
    result
}

impl Bench<'_> {
    fn study(&self, name: &str) -> Result<()> {
        let file = self.root.join(format!("benches/peer/{name}.toml"));
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let text = match self.options.batch {
            Some(batch) => with_batch(&text, batch)?,
            None => text,
        };
        let batch = number(&text, "batch_size")?;
        let mut rows = Rows::new(&format!("{name}, batch {batch}"), self.bf16);
        for round in 0..self.options.rounds {
            rows.add(&self.round(&text, round % 2 == 1)?)?;
        }
        println!("{rows}");
        Ok(())
    }

    /// Each side once; who goes first alternates.
    fn round(&self, study: &str, reversed: bool) -> Result<Vec<(&'static str, Measured)>> {
        let sides = OURS.iter().chain(&THEIRS).filter(|side| self.bf16 || !side.is_bf16());
        let mut sides: Vec<&Side> = sides.collect();
        if reversed {
            sides.reverse();
        }
        let measured = |side: &Side| {
            let file = self.scratch.join("study.toml");
            fs::write(&file, side.study(study))?;
            Ok((side.name, side.measure(self, &file)?))
        };
        sides.into_iter().map(measured).collect()
    }
}

/// The ratios of one study.
struct Rows {
    speed: Vec<(Row, Figure)>,
    memory: Vec<(Row, Figure)>,
}

/// The sides of a ratio; the fastest of each counts.
struct Row {
    ours: &'static [&'static str],
    theirs: &'static [&'static str],
}

impl Rows {
    fn new(title: &str, bf16: bool) -> Self {
        let speed = |what: &str, ours, theirs| {
            let name = format!("{title}: {what}");
            (Row { ours, theirs }, Figure::new(name, "images/s", Better::Higher))
        };
        let memory = |what: &str, ours, theirs| {
            let name = format!("  peak memory: {what}");
            (Row { ours, theirs }, Figure::new(name, "MiB", Better::Less))
        };
        let mut rows = Self {
            speed: vec![
                speed("f32, by default", &["f32"], &["default"]),
                speed("f32, tuned", &["f32"], &["f32 tuned"]),
            ],
            memory: vec![
                memory("f32, by default", &["f32"], &["default"]),
                memory("f32, tuned", &["f32"], &["f32 tuned"]),
            ],
        };
        if bf16 {
            let theirs = &["bf16 fused", "bf16 tuned"];
            rows.speed.push(speed("bf16, tuned", &["bf16"], theirs));
            rows.memory.push(memory("bf16, tuned", &["bf16"], theirs));
            let all = &["default", "f32 tuned", "bf16 fused", "bf16 tuned"];
            rows.speed.push(speed("best", &["f32", "bf16"], all));
        }
        rows
    }

    fn add(&mut self, measured: &[(&'static str, Measured)]) -> Result<()> {
        let fastest = |names: &[&str]| {
            let known = measured.iter().filter(|(name, _)| names.contains(name));
            known
                .map(|(_, measured)| measured)
                .max_by(|a, b| a.images_per_second.total_cmp(&b.images_per_second))
                .context("a side was not measured")
        };
        for (row, figure) in &mut self.speed {
            figure
                .add(fastest(row.ours)?.images_per_second, fastest(row.theirs)?.images_per_second);
        }
        for (row, figure) in &mut self.memory {
            figure.add(fastest(row.ours)?.mebibytes(), fastest(row.theirs)?.mebibytes());
        }
        Ok(())
    }
}

impl std::fmt::Display for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let figures = self.speed.iter().chain(&self.memory).map(|(_, figure)| figure.to_string());
        f.write_str(&figures.collect::<Vec<_>>().join("\n"))
    }
}

/// The studies of the named networks, as `swin_tiny` or `swin_tiny-224`.
fn chosen(networks: &[String]) -> Result<Vec<(&'static str, &'static str)>> {
    let is = |study: &str, name: &str| {
        study == name || study.rsplit_once('-').is_some_and(|(network, _)| network == name)
    };
    let known: Vec<&str> = STUDIES.iter().map(|(study, _)| *study).collect();
    for name in networks {
        ensure!(
            known.iter().any(|study| is(study, name)),
            "there is no training benchmark of {name:?}; there are {}",
            known.join(", ")
        );
    }
    let wanted = |study: &str| networks.is_empty() || networks.iter().any(|name| is(study, name));
    Ok(STUDIES.into_iter().filter(|(study, _)| wanted(study)).collect())
}

/// A study with another batch and as many steps.
fn with_batch(study: &str, batch: usize) -> Result<String> {
    let steps = number(study, "train")? / number(study, "batch_size")?;
    let mut text = study.to_string();
    let key = |key: &str, value: usize| -> Result<(String, String)> {
        Ok((format!("{key} = {}", number(study, key)?), format!("{key} = {value}")))
    };
    for (from, to) in [key("train", steps * batch)?, key("batch_size", batch)?] {
        text = text.replacen(&from, &to, 1);
    }
    Ok(text)
}

/// The number that the first `key = N` of a study has.
fn number(study: &str, key: &str) -> Result<usize> {
    let from = format!("{key} = ");
    let starts = study.match_indices(&from);
    let mut whole =
        starts.filter(|(at, _)| !study[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
    let (at, _) = whole.next().with_context(|| format!("the study has no {key}"))?;
    let digits = study[at + from.len()..].chars().take_while(char::is_ascii_digit);
    digits.collect::<String>().parse().with_context(|| format!("{key} is no number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STUDY: &str = "phantom = { size = 64, train = 96, val = 8 }\n[recipe]\n\
                         eval_batch_size = 4\nbatch_size = 8\naugmentation = \"none\"\n";

    #[test]
    fn another_batch_keeps_the_number_of_steps() {
        let text = with_batch(STUDY, 32).expect("a study");
        assert!(text.contains("train = 384") && text.contains("\nbatch_size = 32"), "{text}");
        assert!(text.contains("eval_batch_size = 4\n"), "{text}");
        assert!(number(STUDY, "epochs").is_err());
    }

    #[test]
    fn the_fastest_of_each_side_is_compared() {
        let side = |name, speed| {
            (name, Measured { images_per_second: speed, peak_memory: speed * 1024.0 * 1024.0 })
        };
        let mut rows = Rows::new("x", true);
        rows.add(&[
            side("f32", 2.0),
            side("bf16", 3.0),
            side("default", 1.0),
            side("f32 tuned", 2.5),
            side("bf16 fused", 4.0),
            side("bf16 tuned", 1.5),
        ])
        .expect("all sides");
        let text = rows.to_string();
        let best = text.lines().find(|line| line.contains(": best")).expect("a line");
        assert!(best.contains("3.00 against") && best.contains("4.00 images/s"), "{best}");
        assert!(rows.add(&[side("f32", 1.0)]).is_err());
    }
}
