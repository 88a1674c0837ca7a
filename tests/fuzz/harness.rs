//! Runs a target over its inputs.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use crate::damage::Dice;
use crate::memory::most_during;

/// What reads inputs.
pub(crate) struct Target<'a> {
    pub(crate) name: &'static str,
    /// Inputs of a normal run.
    pub(crate) inputs: u64,
    /// Bytes that any input may make it hold, beside so many for each of its own.
    pub(crate) bound: (usize, usize),
    /// The share of inputs that have to be read without an error: where nearly all
    /// are refused, little is tested.
    pub(crate) least_read: f64,
    pub(crate) make: &'a dyn Fn(&mut Dice) -> Vec<u8>,
    /// Whether it was read without an error.
    pub(crate) read: &'a dyn Fn(&[u8]) -> bool,
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
    static FIRST: Cell<bool> = const { Cell::new(true) };
}

/// One target at a time: what is allocated is counted over all threads.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Panics that are looked for say nothing by themselves, but for the first one of
/// a thread: where it came from.
fn hush() {
    static HUSHED: Once = Once::new();
    HUSHED.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() || FIRST.replace(false) {
                usual(info);
            }
        }));
    });
}

/// How it went.
#[derive(Default)]
struct Tally {
    done: u64,
    read: u64,
    most: usize,
    slowest: (Duration, u64),
    panics: Vec<u64>,
    greedy: Vec<(u64, usize)>,
}

impl Target<'_> {
    /// `seeds` are valid inputs, all of which have to be read.
    pub(crate) fn run(&self, seeds: &[Vec<u8>]) {
        let _alone = alone();
        hush();
        for (at, seed) in seeds.iter().enumerate() {
            assert!((self.read)(seed), "seed {at} is refused");
        }
        let stated = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
        let times = stated("TRANSFOLIO_FUZZ").unwrap_or(1);
        let from = stated("TRANSFOLIO_FUZZ_FROM").unwrap_or(0);
        let mut tally = Tally::default();
        let begun = Instant::now();
        let mut told = begun;
        for number in from..self.inputs * times {
            self.one(number, &mut tally);
            if number.is_multiple_of(1024) && told.elapsed() > Duration::from_mins(1) {
                told = Instant::now();
                eprintln!("{}", self.words(&tally, begun.elapsed()));
            }
            if tally.panics.len() + tally.greedy.len() > 20 {
                break;
            }
        }
        eprintln!("{}", self.words(&tally, begun.elapsed()));
        let first = tally.panics.first().or(tally.greedy.first().map(|(number, _)| number));
        let kept = first.map(|number| self.keep(*number));
        assert!(tally.panics.is_empty(), "panics at inputs {:?}; see {kept:?}", tally.panics);
        assert!(tally.greedy.is_empty(), "too much memory at {:?}; see {kept:?}", tally.greedy);
        let share = tally.read as f64 / tally.done as f64;
        assert!(share >= self.least_read, "{share}: damage so deep tests little");
    }

    fn one(&self, number: u64, tally: &mut Tally) {
        let bytes = (self.make)(&mut Dice::of(number));
        let begun = Instant::now();
        QUIET.set(true);
        let (outcome, most) =
            most_during(|| catch_unwind(AssertUnwindSafe(|| (self.read)(&bytes))));
        QUIET.set(false);
        let took = begun.elapsed();
        tally.done += 1;
        if took > tally.slowest.0 {
            tally.slowest = (took, number);
        }
        tally.most = tally.most.max(most);
        if most > self.bound.0 + self.bound.1 * bytes.len() {
            tally.greedy.push((number, most));
        }
        match outcome {
            Ok(read) => tally.read += u64::from(read),
            Err(_) => tally.panics.push(number),
        }
    }

    fn words(&self, tally: &Tally, took: Duration) -> String {
        format!(
            "{}: {} inputs in {:.0} s ({:.0} per second), {:.1} % read, {} panics; held at most \
             {:.2} MB; slowest {:.0} ms (input {})",
            self.name,
            tally.done,
            took.as_secs_f64(),
            tally.done as f64 / took.as_secs_f64(),
            100.0 * tally.read as f64 / tally.done.max(1) as f64,
            tally.panics.len(),
            tally.most as f64 / 1e6,
            tally.slowest.0.as_secs_f64() * 1e3,
            tally.slowest.1,
        )
    }

    /// Writes an input where it can be looked at.
    fn keep(&self, number: u64) -> PathBuf {
        let path = std::env::temp_dir().join(format!("transfolio-fuzz-{}-{number}", self.name));
        let _ = std::fs::write(&path, (self.make)(&mut Dice::of(number)));
        path
    }
}

/// A folder in memory, where there is one.
pub(crate) fn folder() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    let made = memory.is_dir().then(|| tempfile::tempdir_in(memory).ok()).flatten();
    made.unwrap_or_else(|| tempfile::tempdir().expect("a folder"))
}

/// A golden file of the suite.
pub(crate) fn golden(name: &str) -> PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}
