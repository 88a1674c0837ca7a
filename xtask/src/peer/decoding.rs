//! Images from files and from the cache, here and by PIL as the published code reads
//! them.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::ratio::{Better, Figure};
use super::{Options, python};
use crate::tasks::{cargo, target_dir};

const KINDS: [(&str, &str); 2] =
    [("png", "1024 x 1024 grey PNG to 256 x 256"), ("jpeg", "500 x 375 JPEG to 256 x 256")];

pub(super) fn run(root: &Path, python: &Path, options: &Options) -> Result<()> {
    cargo(root, &["build", "--package", "transfolio-benches", "--bin", "decode"])?;
    let scratch = std::env::temp_dir().join(format!("transfolio-decoding-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let measured = measure(root, python, &scratch, options);
    let _ = fs::remove_dir_all(&scratch);
    measured
}

fn measure(root: &Path, python: &Path, scratch: &Path, options: &Options) -> Result<()> {
    let (script, folder) = (root.join("benches/peer/decoding.py"), scratch.to_string_lossy());
    python::json(python, &script, &["make", &folder])?;
    let mut figures = KINDS.map(|(_, title)| Figure::new(title, "images/s", Better::Higher));
    let mut from_cache = Vec::new();
    for _ in 0..options.rounds {
        let ours = ours(root, scratch)?;
        let theirs = python::json(python, &script, &["measure", &folder])?;
        let read = |side: &Value, key: &str| {
            side[key].as_f64().with_context(|| format!("{key} is missing in {side}"))
        };
        for (figure, (key, _)) in figures.iter_mut().zip(KINDS) {
            figure.add(read(&ours, key)?, read(&theirs, key)?);
        }
        from_cache.push(read(&ours, "cache")?);
    }
    for figure in &figures {
        println!("{figure}");
    }
    from_cache.sort_by(f64::total_cmp);
    println!("from the cache into batches: {:.0} images/s", from_cache[from_cache.len() / 2]);
    println!(
        "(transfolio against PIL's open, convert and resize; one core each, median of {} rounds)",
        options.rounds
    );
    Ok(())
}

fn ours(root: &Path, scratch: &Path) -> Result<Value> {
    let program = target_dir(root).join("debug/decode");
    let output = Command::new(&program)
        .arg(scratch)
        .env("RAYON_NUM_THREADS", "1")
        // What commands that prepare data tell glibc themselves.
        .envs([("MALLOC_MMAP_THRESHOLD_", "33554432"), ("MALLOC_TRIM_THRESHOLD_", "67108864")])
        .output()
        .with_context(|| format!("cannot start {}", program.display()))?;
    ensure!(
        output.status.success(),
        "{} failed: {}",
        program.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}
