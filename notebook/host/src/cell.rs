//! One cell, run by evcxr, and how it ended.

use std::collections::BTreeSet;
use std::time::Instant;

use evcxr::{CommandContext, Error, EvalCallbacks, EvalContextOutputs, EvalOutputs};
use serde_json::{Map, Value, json};

use crate::errors;
use crate::gone::Gone;
use crate::help::HELP;
use crate::lines::Lines;
use crate::streams::Streams;
use crate::uses;

/// How a cell ended.
pub struct Done {
    /// `ok`, `compile` (did not compile), `panic`, `error` (a `?` returned
    /// early), `interrupted` or `died`.
    pub status: String,
    /// What its commands gave, by media type.
    pub data: Map<String, Value>,
    /// Messages: of the compiler, of the panic or the error, or how the process
    /// ended.
    pub errors: Vec<Value>,
    /// Whether the variables of earlier cells are still there.
    pub kept: bool,
    /// Wall time.
    pub seconds: f64,
}

impl Done {
    pub fn ok(&self) -> bool {
        self.status == "ok"
    }

    pub fn json(&self) -> Value {
        json!({
            "status": self.status, "data": self.data, "errors": self.errors, "kept": self.kept,
            "seconds": self.seconds,
        })
    }
}

/// evcxr with the kernel's dependencies and prelude, and what cells print.
pub struct Cells {
    pub context: CommandContext,
    streams: Streams,
    lines: Lines,
    gone: Gone,
    count: u32,
}

impl Cells {
    /// Starts evcxr, which starts the process of the cells.
    pub fn start(streams: Streams, lines: Lines) -> Result<Self, Error> {
        let (mut context, outputs) = CommandContext::new()?;
        forget(outputs);
        context.execute(":load_config --quiet")?;
        // The sign says to the crate for cells that the last expression of a cell is
        // written, and changes nothing for other types.
        context.execute(":fmt {:-?}")?;
        Ok(Self { context, streams, lines, gone: Gone::default(), count: 0 })
    }

    /// The number that the next cell will have.
    pub fn next(&self) -> u32 {
        self.count + 1
    }

    /// Runs a cell; returns when what it printed has come.
    pub fn run(&mut self, code: &str) -> Done {
        self.count += 1;
        let cell = self.count;
        self.streams.begin(cell);
        let begun = Instant::now();
        let code = self.lines.keep(cell, code);
        let before = self.variables();
        let result = self.prepared(cell, &code);
        let seconds = begun.elapsed().as_secs_f64();
        self.streams.sync();
        let mut done = self.finished(result, cell);
        done.seconds = seconds;
        if done.ok() {
            self.gone.note(&before, &self.variables(), &code);
        } else {
            self.gone.explain(&mut done.errors);
        }
        done
    }

    fn variables(&self) -> BTreeSet<String> {
        self.context.variables_and_types().map(|(name, _)| name.to_owned()).collect()
    }

    /// Brings what `:use` lines ask for, then runs the cell.
    fn prepared(&mut self, cell: u32, code: &str) -> Result<EvalOutputs, Error> {
        let uses = uses::of(code).map_err(Error::Message)?;
        if !uses.before.is_empty() {
            // At once where the kernel has built it before.
            self.streams.say(cell, &format!("bringing {}", uses.built.join(", ")));
            self.execute(cell, &uses.before)?;
        }
        let result = self.execute(cell, &uses.code);
        if uses.code.trim() == ":help" {
            return result.map(|known| {
                let commands = known.get("text/plain").unwrap_or_default();
                let mut outputs = EvalOutputs::new();
                outputs
                    .content_by_mime_type
                    .insert("text/plain".to_owned(), format!("{HELP}{commands}"));
                outputs
            });
        }
        match result {
            Err(error) if errors::is_cut(&error) => Err(self.whole(&uses.code, error)),
            result => result,
        }
    }

    /// The errors of a cell whose last expression is taken as a statement, where those
    /// are whole: nothing is run.
    fn whole(&mut self, code: &str, error: Error) -> Error {
        // On a line of its own: the last one may be a comment.
        match self.context.check(&format!("{code}\n;")) {
            Ok(errors) => {
                let errors: Vec<_> = errors.into_iter().filter(|e| e.level() == "error").collect();
                if errors.is_empty() { error } else { Error::CompilationErrors(errors) }
            }
            Err(_) => error,
        }
    }

    /// Without the network first; with it where a crate is missing.
    fn execute(&mut self, cell: u32, code: &str) -> Result<EvalOutputs, Error> {
        let mut callbacks = EvalCallbacks::default();
        let result = self.context.execute_with_callbacks(code, &mut callbacks);
        let asks = code.lines().any(|line| line.trim_start().starts_with(":dep"));
        let missing = |result: &Result<EvalOutputs, Error>| {
            let messages =
                result.as_ref().err().map(|error| errors::of(error).1).unwrap_or_default();
            asks && messages.iter().any(|m| m["text"].as_str().is_some_and(uses::wants_network))
        };
        if !missing(&result) {
            return result;
        }
        if std::env::var_os("TRANSFOLIO_OFFLINE").is_none_or(|set| set == "0" || set.is_empty()) {
            self.streams.say(cell, "fetching what is not on this machine yet");
            self.context.execute(":offline 0")?;
            let result = self.context.execute_with_callbacks(code, &mut callbacks);
            self.context.execute(":offline 1")?;
            if !missing(&result) {
                return result;
            }
        }
        let said = result.err().map(|error| errors::of(&error).1).unwrap_or_default();
        let said: Vec<&str> = said.iter().filter_map(|message| message["text"].as_str()).collect();
        Err(Error::Message(format!("{}\n{}", uses::OFFLINE, said.join("\n"))))
    }

    fn finished(&mut self, result: Result<EvalOutputs, Error>, cell: u32) -> Done {
        let done = |status: &str, errors| Done {
            status: status.into(),
            data: Map::new(),
            errors,
            kept: true,
            seconds: 0.0,
        };
        if let Some(failure) = self.streams.failure(cell) {
            let text = self.lines.told(&failure, cell);
            let status = failure["kind"].as_str().unwrap_or("error");
            let kept = failure["kept"].as_bool().unwrap_or(true);
            return Done { kept, ..done(status, vec![json!({ "text": text })]) };
        }
        match result {
            Ok(outputs) => {
                let data = outputs.content_by_mime_type;
                let data = data.into_iter().map(|(mime, text)| (mime, text.into())).collect();
                Done { data, ..done("ok", Vec::new()) }
            }
            Err(error) => {
                let (status, errors) = errors::of(&error);
                Done { kept: status != "died", ..done(status, errors) }
            }
        }
    }
}

/// evcxr waits until both are read; what cells print goes another way.
fn forget(outputs: EvalContextOutputs) {
    std::thread::spawn(move || outputs.stdout.into_iter().for_each(drop));
    // What the warden complains of belongs into the log of the kernel.
    std::thread::spawn(move || outputs.stderr.into_iter().for_each(|line| eprintln!("{line}")));
}
