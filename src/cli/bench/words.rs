//! What `bench` found, as lines to read.

use std::fmt;

use crate::study::{Division, duration};
use crate::train::Measured;

/// A kind of run in one division of the machine.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) network: String,
    pub(super) size: u32,
    pub(super) batch: u32,
    pub(super) division: Division,
    pub(super) runs: usize,
    pub(super) found: Result<Measured, String>,
}

impl Row {
    fn name(&self) -> String {
        format!("{}, {} px, batch {}", self.network, self.size, self.batch)
    }

    /// Images of training per second, of all that run at a time.
    fn together(&self) -> f64 {
        let jobs = self.division.jobs as f64;
        self.found.as_ref().map_or(0.0, |each| each.trained_per_second * jobs)
    }

    /// The columns beside its name.
    fn figures(&self) -> String {
        let each = match &self.found {
            Ok(each) => each,
            Err(reason) => return format!("not measured: {reason}"),
        };
        let memory = match each.peak_memory {
            0 => "     not told".into(),
            bytes => format!("{:>9.1} GiB", bytes as f64 / 1024f64.powi(3)),
        };
        let trained = match each.steps {
            0 => "       none".into(),
            _ => format!("{:>11.1}", each.trained_per_second),
        };
        let waiting = each.waiting * 100.0;
        format!("{trained} {waiting:>10.0} % {:>13.1} {memory}", each.evaluated_per_second)
    }
}

/// All that `bench` says.
pub(super) struct Told {
    pub(super) study: String,
    pub(super) machine: String,
    pub(super) rows: Vec<Row>,
    pub(super) tried: Vec<Row>,
    pub(super) left_out: Vec<String>,
    /// Runs at a time that were best with the threads of the study.
    pub(super) jobs: usize,
    pub(super) stated: u32,
    /// Seconds of all runs that have not ended, added up, and their number.
    pub(super) left: (f64, usize),
    pub(super) price: Option<f64>,
}

/// A gain below it is noise on a machine that does anything else.
const WORTH: f64 = 1.1;

impl Told {
    /// The division that trains fastest, where it is another one and worth it.
    fn better(&self) -> Option<&Row> {
        let fastest = self.tried.iter().max_by(|a, b| a.together().total_cmp(&b.together()))?;
        let own =
            |row: &&Row| (row.division.jobs, row.division.threads) == (self.jobs, self.stated);
        let own = self.tried.iter().find(own).map_or(0.0, Row::together);
        (fastest.division.threads != self.stated && fastest.together() > own * WORTH)
            .then_some(fastest)
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { study, machine, .. } = self;
        writeln!(f, "{study} on {machine}, {} each\n", threads(self.stated))?;
        let names: Vec<String> = self.rows.iter().map(Row::name).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let head = "  runs  at a time    images/s     batches   evaluated/s        memory";
        writeln!(f, "{:width$}{head}", "one run")?;
        for (name, row) in names.iter().zip(&self.rows) {
            let (runs, jobs) = (row.runs, row.division.jobs);
            writeln!(f, "{name:width$}{runs:>6} {jobs:>10} {}", row.figures())?;
        }
        writeln!(
            f,
            "(images that one run trains on and evaluates per second; the share of its time in \
             which batches are made)"
        )?;
        self.divided(f)?;
        self.forecast(f)
    }
}

impl Told {
    fn divided(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = self.tried.first().filter(|_| self.tried.len() > 1) else {
            return Ok(());
        };
        writeln!(f, "\n{}, this machine divided:", first.name())?;
        for row in &self.tried {
            let Division { jobs, threads: count } = row.division;
            let each = threads(count);
            match &row.found {
                Ok(_) => writeln!(
                    f,
                    "  {jobs:>3} at a time, {each:10} {:>8.1} images/s together",
                    row.together()
                )?,
                Err(reason) => writeln!(f, "  {jobs:>3} at a time, {each:10} {reason}")?,
            }
        }
        for reason in &self.left_out {
            writeln!(f, "  left out: {reason}")?;
        }
        if let Some(row) = self.better() {
            let Division { jobs, threads } = row.division;
            writeln!(
                f,
                "faster: `threads = {threads}` in [study] and --jobs {jobs}; runs of other threads \
                 have other names, so for a study that has not begun"
            )?;
        }
        Ok(())
    }

    fn forecast(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, runs) = self.left;
        if runs == 0 {
            return writeln!(f, "\nall runs of the study have ended");
        }
        let jobs = self.jobs.min(runs);
        let wall = seconds / jobs as f64;
        writeln!(
            f,
            "\nforecast of {runs} run{} with --jobs {jobs}: {} at most (fewer epochs where a run \
             stops early)",
            if runs == 1 { "" } else { "s" },
            duration(wall)
        )?;
        if let Some(price) = self.price {
            writeln!(f, "cost: {:.2}, at {price:.2} an hour", wall / 3600.0 * price)?;
        }
        Ok(())
    }
}

pub(super) fn threads(count: u32) -> String {
    if count == 1 { "1 thread".into() } else { format!("{count} threads") }
}
