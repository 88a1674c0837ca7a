//! Our side of `cargo xtask bench-peer decoding`: images per second from files to
//! 256 x 256 pixels on one core, and from the cache, as one line of JSON.
//!
//! `decode FOLDER` measures; `decode FOLDER many N` caches N generated images of that
//! size and says what they take.
#![allow(clippy::disallowed_macros, clippy::print_stdout)]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use transfolio::data::{Dataset, Picture, Reading, kept, prepare};
use transfolio::spec::{PhantomLabels, PhantomSpec, Source, Target, Task};
use transfolio_benches::memory::resident_mib;

const SIZE: u32 = 256;
const ROUNDS: usize = 3;
/// Images of a batch.
const BATCH: usize = 32;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = PathBuf::from(arguments.first().ok_or("name the folder of the images")?);
    match arguments.get(2) {
        Some(count) => many(&folder, count.parse()?),
        None => few(&folder),
    }
}

fn few(folder: &Path) -> Result<(), Box<dyn Error>> {
    let (png, jpeg) = (of_files(&folder.join("png"))?, of_files(&folder.join("jpeg"))?);
    let task = Task {
        path: Some(folder.join("png")),
        positive: Some("b".into()),
        ..Task::new(Source::Folder, Target::Binary)
    };
    let data = prepare("png", &task, SIZE, &folder.join("cache"), &|_, _| {})?;
    let cache = of_cache(&data, 20_000);
    println!("{{\"png\": {png}, \"jpeg\": {jpeg}, \"cache\": {cache}}}");
    Ok(())
}

/// Images per second from the files below a folder.
fn of_files(folder: &Path) -> Result<f64, Box<dyn Error>> {
    let mut files = Vec::new();
    for class in fs::read_dir(folder)? {
        for file in fs::read_dir(class?.path())? {
            files.push(file?.path());
        }
    }
    files.sort();
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        for file in &files {
            std::hint::black_box(Picture::read(file, SIZE, Reading::default())?);
        }
        best = best.min(begin.elapsed().as_secs_f64());
    }
    Ok(files.len() as f64 / best)
}

/// Images per second from the cache into batches, in an order like that of an epoch.
fn of_cache(data: &Dataset, count: usize) -> f64 {
    let begin = Instant::now();
    let mut batch: Vec<u8> = Vec::with_capacity(BATCH * data.image_bytes());
    for at in 0..count {
        if at % BATCH == 0 {
            batch.clear();
        }
        batch.extend_from_slice(data.image(at * 7919 % data.len()));
        std::hint::black_box(&batch);
    }
    count as f64 / begin.elapsed().as_secs_f64()
}

/// What a cache of many images takes on disk and in memory.
fn many(folder: &Path, count: u32) -> Result<(), Box<dyn Error>> {
    let phantom = PhantomSpec {
        labels: PhantomLabels::Finding,
        size: SIZE,
        train: count - 2,
        val: 1,
        test: 1,
        ..PhantomSpec::default()
    };
    let task = Task { phantom: Some(phantom), ..Task::new(Source::Phantom, Target::MultiLabel) };
    let cache = folder.join("cache");
    let begin = Instant::now();
    let made = prepare("many", &task, SIZE, &cache, &|_, _| {})?;
    let made_in = begin.elapsed().as_secs_f64();
    let hash = made.data_hash.clone();
    drop(made);
    let begin = Instant::now();
    let data = Dataset::open(&cache, &hash)?;
    let opened_in = begin.elapsed().as_secs_f64();
    let unknown = "the system does not say how much memory is in use";
    let before = resident_mib().ok_or(unknown)?;
    let few = of_cache(&data, 1000);
    let bytes: u64 = kept(&cache)?.iter().map(|file| file.bytes).sum();
    println!(
        "{{\"images\": {count}, \"bytes\": {bytes}, \"made_s\": {made_in}, \"opened_s\": \
         {opened_in}, \"resident_mib_opened\": {before}, \"resident_mib_after_1000\": {}, \
         \"images_per_second\": {few}}}",
        resident_mib().ok_or(unknown)?
    );
    Ok(())
}
