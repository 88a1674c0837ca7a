//! Runs what has changed of a notebook.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::bound;
use super::cache::{Cache, Kept};
use super::document::names;
use super::outputs::{data, outputs};
use super::parameters::{self, Parameters};
use super::plan::{Step, plan};
use crate::notebook::NotebookError;
use crate::notebook::client::{CellEnd, Client, Status};
use crate::notebook::format::{CellKind, Notebook, lines};
use crate::notebook::kernel::{Host, Places, Session, Toolchain, environment};

/// How a notebook is executed.
#[derive(Clone, Debug)]
pub struct ExecuteOptions {
    /// Values for the parameter cell.
    pub parameters: Parameters,
    /// Time that each cell has.
    pub timeout: Duration,
    /// Runs every cell.
    pub no_cache: bool,
    /// Bytes of memory that the cells may use.
    pub memory: Option<u64>,
}

/// What became of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellState {
    /// No code.
    Text,
    /// As kept from an earlier run.
    Cached,
    /// It ran, and why.
    Ran(String),
    /// It ran so that a later cell has what it needs; its output is the kept one.
    Rebuilt,
    /// It failed.
    Failed(Status),
    /// It did not run because an earlier one failed.
    NotRun,
}

/// A notebook with the outputs of its cells.
#[derive(Clone, Debug)]
pub struct Executed {
    /// The notebook, parameters filled in.
    pub notebook: Notebook,
    /// What became of each cell.
    pub states: Vec<CellState>,
    /// Parameters with the values in effect.
    pub parameters: Vec<(String, String)>,
    /// When cells last ran, and with what: a sentence.
    pub made: String,
    /// Files that cells name: what they hold decides what cells give.
    pub files: Vec<String>,
}

/// A host that is started while nobody waits for it, for the next run.
pub struct Standby(JoinHandle<Result<Client, NotebookError>>);

impl Standby {
    /// Starts one.
    pub fn start(places: &Places, notebook: &Path, options: &ExecuteOptions) -> Self {
        let (places, folder) = (places.clone(), folder_of(notebook));
        let memory = options.memory;
        Self(std::thread::spawn(move || start(&places, &Toolchain::find()?, &folder, memory)))
    }

    fn take(self) -> Result<Client, NotebookError> {
        let gone = |_| NotebookError::Request("the thread that starts a host has panicked".into());
        self.0.join().map_err(gone)?
    }
}

fn start(
    places: &Places,
    toolchain: &Toolchain,
    folder: &Path,
    memory: Option<u64>,
) -> Result<Client, NotebookError> {
    let host = Host::find_own(places)?;
    let session = Session::acquire(places)?;
    let memory = memory.map(|bytes| ("TRANSFOLIO_CELL_MEMORY".into(), bytes.to_string()));
    let more: Vec<(String, String)> = memory.into_iter().collect();
    Client::start(&host, session, toolchain, folder, &more)
}

/// The folder that the cells of a notebook run in.
fn folder_of(notebook: &Path) -> PathBuf {
    let folder = notebook.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_path_buf()
}

impl Executed {
    /// Place and kind of the first failure.
    pub fn failure(&self) -> Option<(usize, Status)> {
        self.states.iter().enumerate().find_map(|(at, state)| match state {
            CellState::Failed(status) if !self.allowed(at) => Some((at, *status)),
            _ => None,
        })
    }

    /// Whether the cell may fail.
    pub(super) fn allowed(&self, at: usize) -> bool {
        self.notebook.cells[at].has_tag(ALLOWED)
    }
}

/// A cell with this tag may fail; the notebook goes on.
const ALLOWED: &str = "allow-error";

/// Lines that are passed on of what is printed at once: all of it is in the page.
const PROGRESS: usize = 200;

/// Runs what has changed; `progress` gets what happens, cell by cell. A host that
/// stands by is taken where one is needed.
pub fn execute(
    places: &Places,
    path: &Path,
    mut notebook: Notebook,
    options: &ExecuteOptions,
    standby: &mut Option<Standby>,
    progress: &mut dyn FnMut(&str),
) -> Result<Executed, NotebookError> {
    let parameters = parameters::apply(&mut notebook, &options.parameters)?;
    let toolchain = Toolchain::find()?;
    let environment = environment(&toolchain);
    let folder = folder_of(path);
    let folder = folder.as_path();
    let cache = Cache::open(&places.rendered(), path);
    let steps = plan(&notebook.cells, folder, &environment);
    let mut run = Run {
        states: vec![CellState::Text; notebook.cells.len()],
        notebook,
        steps,
        cache,
        count: 0,
    };
    let (fresh, needed) = run.what_to_run(options.no_cache);
    if !fresh.is_empty() {
        let waited = Instant::now();
        let client = match standby.take() {
            Some(standby) => standby.take()?,
            None => start(places, &toolchain, folder, options.memory)?,
        };
        progress(&format!("host ready after {:.1} s", waited.elapsed().as_secs_f64()));
        run.cells(client, &fresh, &needed, options, progress);
        run.cache.ran(format!("Cells last ran on {} with {}.", today(), toolchain.short()));
    }
    run.fill_from_cache();
    // A cell that writes files, or a run of a study, changes what later keys
    // hold: what was kept is found under the names that are right from now on.
    let keys_after = plan(&run.notebook.cells, folder, &environment);
    run.finish(&fresh, keys_after, parameters)
}

/// The date in Greenwich: `2026-11-30`.
fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    date(since.as_secs() / 86_400)
}

/// The date so many days after 1 January 1970, after Hinnant's
/// `civil_from_days`.
fn date(days: u64) -> String {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}

struct Run {
    notebook: Notebook,
    states: Vec<CellState>,
    steps: Vec<Option<Step>>,
    cache: Cache,
    count: u64,
}

impl Run {
    /// Cells that have changed, and those that ran before but define what the
    /// former need.
    fn what_to_run(&self, all: bool) -> (BTreeSet<usize>, BTreeSet<usize>) {
        let steps = || self.steps.iter().enumerate().filter_map(|(at, s)| Some((at, s.as_ref()?)));
        let fresh: BTreeSet<usize> = steps()
            .filter(|(_, step)| all || self.cache.get(&step.key).is_none())
            .map(|(at, _)| at)
            .collect();
        let needed = steps()
            .filter(|(at, _)| fresh.contains(at))
            .flat_map(|(_, step)| step.needs.iter().copied())
            .filter(|at| !fresh.contains(at))
            .collect();
        (fresh, needed)
    }

    fn cells(
        &mut self,
        mut client: Client,
        fresh: &BTreeSet<usize>,
        needed: &BTreeSet<usize>,
        options: &ExecuteOptions,
        progress: &mut dyn FnMut(&str),
    ) {
        let code: Vec<usize> =
            (0..self.steps.len()).filter(|at| self.steps[*at].is_some()).collect();
        for (place, at) in code.iter().enumerate() {
            self.count += 1;
            if !fresh.contains(at) && !needed.contains(at) {
                continue;
            }
            let reason = if needed.contains(at) {
                "a later cell needs what it defines".into()
            } else if options.no_cache {
                "every cell was asked for".into()
            } else {
                self.reason(place, *at)
            };
            progress(&format!("cell {}: running, {reason}", at + 1));
            let source = self.notebook.cells[*at].source.clone();
            let end = client.run(&source, options.timeout, &mut |text| {
                for line in text.lines().take(PROGRESS) {
                    progress(&format!("  {line}"));
                }
            });
            let ok = end.status == Status::Ok;
            progress(&format!("cell {}: {:.2} s", at + 1, end.seconds));
            if ok && needed.contains(at) {
                self.states[*at] = CellState::Rebuilt;
                continue;
            }
            self.record(*at, &end, reason);
            let allowed = end.kept && self.notebook.cells[*at].has_tag(ALLOWED);
            if !(ok || allowed) {
                for later in &code[place + 1..] {
                    self.states[*later] = CellState::NotRun;
                }
                return;
            }
        }
    }

    fn reason(&self, place: usize, at: usize) -> String {
        self.steps[at].as_ref().map_or_else(String::new, |step| self.cache.reason(place, &step.key))
    }

    fn record(&mut self, at: usize, end: &CellEnd, reason: String) {
        let cell = &mut self.notebook.cells[at];
        cell.outputs = outputs(end, self.count);
        cell.execution_count = Some(self.count);
        self.states[at] = match end.status {
            Status::Ok => CellState::Ran(reason),
            status => CellState::Failed(status),
        };
    }

    /// Cells that did not run have their kept outputs.
    fn fill_from_cache(&mut self) {
        let mut count = 0;
        for (at, step) in self.steps.iter().enumerate() {
            let cell = &mut self.notebook.cells[at];
            let Some(step) = step else { continue };
            count += 1;
            match self.states[at] {
                CellState::Text | CellState::Rebuilt => {
                    if let Some(kept) = self.cache.get(&step.key) {
                        cell.outputs.clone_from(&kept.outputs);
                        cell.execution_count = Some(count);
                        if self.states[at] == CellState::Text {
                            self.states[at] = CellState::Cached;
                        }
                    }
                }
                CellState::NotRun => {
                    cell.outputs = Vec::new();
                    cell.execution_count = None;
                }
                _ => {}
            }
        }
    }

    fn finish(
        mut self,
        fresh: &BTreeSet<usize>,
        after: Vec<Option<Step>>,
        parameters: Vec<(String, String)>,
    ) -> Result<Executed, NotebookError> {
        let mut wrote = false;
        let mut keys = Vec::new();
        for (at, (step, after)) in self.steps.iter().zip(after).enumerate() {
            let (Some(step), Some(after)) = (step, after) else { continue };
            wrote |= step.writes && fresh.contains(&at);
            // Only this run's own writes are let through; a file that someone
            // else changed meanwhile makes its cells run again.
            let key = if wrote { after.key } else { step.key.clone() };
            let kept = match &self.states[at] {
                CellState::Failed(_) if !self.notebook.cells[at].has_tag(ALLOWED) => None,
                CellState::Ran(_) | CellState::Failed(_) => {
                    Some(Kept { outputs: self.notebook.cells[at].outputs.clone() })
                }
                CellState::Cached | CellState::Rebuilt => self.cache.get(&step.key).cloned(),
                CellState::Text | CellState::NotRun => None,
            };
            if let Some(kept) = kept {
                self.cache.put(&key, kept);
            }
            keys.push(key);
        }
        let made = self.cache.made().to_owned();
        let mut files: Vec<String> =
            keys.iter().flat_map(|key| key.files.keys().cloned()).collect();
        files.sort();
        files.dedup();
        self.cache.save(keys)?;
        Ok(Executed { made, files, notebook: self.notebook, states: self.states, parameters })
    }
}

/// The executed notebook for its file: in place it keeps the author's text of
/// the parameter cell, and the values that were given stand in the metadata.
pub fn for_writing(executed: &Executed, original: Option<&Notebook>) -> Notebook {
    let mut notebook = executed.notebook.clone();
    if let Some(original) = original {
        for (cell, old) in notebook.cells.iter_mut().zip(&original.cells) {
            cell.source.clone_from(&old.source);
        }
    }
    let values: serde_json::Map<String, serde_json::Value> =
        executed.parameters.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    if !values.is_empty() {
        notebook.metadata.insert("transfolio".into(), json!({ "parameters": values }));
    }
    let (values, labels) = (bound::values(&notebook.cells), names(&notebook.cells));
    for cell in &mut notebook.cells {
        if cell.kind != CellKind::Code {
            cell.outputs.clear();
        }
        for output in &mut cell.outputs {
            if let Some(text) = data(output, "text/markdown") {
                let text = bound::filled(&text, &values, &labels);
                output["data"]["text/markdown"] = json!(lines(&text));
            }
        }
    }
    notebook
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        for (days, text) in [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (20_787, "2026-11-30"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(date(days), text);
        }
    }
}
