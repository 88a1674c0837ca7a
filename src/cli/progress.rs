//! Bars with an estimate of the time left on a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::io::IsTerminal;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::out;
use crate::spec::RunSpec;
use crate::study::{Reporter, title};
use crate::train::Progress;

/// Shows a study's progress on standard output.
pub(super) struct Terminal {
    bars: Option<MultiProgress>,
    overall: Option<ProgressBar>,
    slots: BTreeMap<usize, ProgressBar>,
    total: usize,
    ended: usize,
    begun: std::time::Instant,
    ended_before: usize,
}

impl Terminal {
    pub(super) fn new() -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self {
            bars: terminal.then(MultiProgress::new),
            overall: None,
            slots: BTreeMap::new(),
            total: 0,
            ended: 0,
            begun: std::time::Instant::now(),
            ended_before: 0,
        }
    }

    pub(super) fn end(&mut self) {
        for bar in self.slots.values().chain(&self.overall) {
            bar.finish_and_clear();
        }
    }

    fn line(&self, text: &str) {
        match &self.bars {
            Some(bars) => {
                let _ = bars.println(out::harmless(text));
            }
            None => out::progress(text),
        }
    }

    /// Time left, from the runs of this start.
    fn eta(&self) -> String {
        let here = self.ended - self.ended_before;
        if here == 0 || self.ended >= self.total {
            return String::new();
        }
        let left =
            self.begun.elapsed().as_secs_f64() / here as f64 * (self.total - self.ended) as f64;
        format!(", about {} left", duration(left))
    }
}

fn duration(seconds: f64) -> String {
    let minutes = (seconds / 60.0).floor();
    if minutes >= 60.0 {
        return format!("{:.0} h {:.0} min", (minutes / 60.0).floor(), minutes % 60.0);
    }
    if minutes >= 1.0 { format!("{minutes:.0} min") } else { format!("{seconds:.0} s") }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Reporter for Terminal {
    fn note(&mut self, text: &str) {
        self.line(text);
    }

    fn begin(&mut self, total: usize, done: usize) {
        (self.total, self.ended, self.ended_before) = (total, done, done);
        self.begun = std::time::Instant::now();
        if let Some(bars) = &self.bars {
            let bar = bars.add(ProgressBar::new(total as u64));
            bar.set_style(style("{bar:30} {pos}/{len} runs  {elapsed_precise}  eta {eta}"));
            bar.set_position(done as u64);
            bar.reset_eta();
            self.overall = Some(bar);
        }
    }

    fn started(&mut self, slot: usize, run: &RunSpec) {
        if let Some(bars) = &self.bars {
            let bar = bars.add(ProgressBar::new(1));
            bar.set_style(style("  {bar:28} {prefix}  {msg}"));
            bar.set_prefix(out::harmless(&title(run)));
            self.slots.insert(slot, bar);
        }
    }

    fn progress(&mut self, slot: usize, _run: &RunSpec, progress: Progress) {
        if let Some(bar) = self.slots.get(&slot) {
            bar.set_length(u64::from(progress.epochs) * u64::from(progress.steps));
            let before = u64::from(progress.epoch - 1) * u64::from(progress.steps);
            bar.set_position(before + u64::from(progress.step));
            let loss =
                progress.val_loss.map_or(String::new(), |loss| format!("val loss {loss:.4}"));
            bar.set_message(format!("epoch {}/{} {loss}", progress.epoch, progress.epochs));
        }
    }

    fn left(&mut self, slot: usize) {
        if let Some(bar) = self.slots.remove(&slot) {
            bar.finish_and_clear();
        }
    }

    fn ended(&mut self, slot: usize, run: &RunSpec, result: Result<(), &str>) {
        self.ended += 1;
        if let Some(bar) = self.slots.remove(&slot) {
            bar.finish_and_clear();
        }
        if let Some(bar) = &self.overall {
            bar.set_position(self.ended as u64);
        }
        let count = format!("[{}/{}]", self.ended, self.total);
        match result {
            Ok(()) if self.bars.is_some() => {}
            Ok(()) => self.line(&format!("{count} {}{}", title(run), self.eta())),
            Err(reason) => self.line(&format!("{count} {} FAILED: {reason}", title(run))),
        }
    }
}
