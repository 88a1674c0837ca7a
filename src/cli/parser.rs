//! Parses the command line and dispatches.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::exit::code_of;
use super::{Exit, out};

/// Runs transfer-learning studies and turns them into papers that can be checked.
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the built-in phantom study end to end, with its report
    #[cfg(feature = "torch")]
    Demo(super::demo::DemoArgs),
    /// Say what is installed, which device there is, and what is missing
    #[cfg(feature = "torch")]
    Doctor(super::doctor::DoctorArgs),
    /// Measure how fast the runs of a study would go on this machine, which division
    /// of it is best, and how long the study would take
    #[cfg(feature = "torch")]
    Bench(super::bench::BenchArgs),
    /// Run what has not run yet of a study
    #[cfg(feature = "torch")]
    Run(super::run::RunArgs),
    /// Ask a scheduler for slots that run what has not run yet of a study: Slurm,
    /// HyperQueue, or a file for Kubernetes or SkyPilot
    #[cfg(feature = "torch")]
    Submit(Box<super::submit::SubmitArgs>),
    /// End the slots that were submitted for a study
    #[cfg(feature = "torch")]
    Cancel(super::cancel::CancelArgs),
    /// Write the table and the report of what has ended of a study
    #[cfg(feature = "torch")]
    Collect(super::collect::CollectArgs),
    /// Say what ran, what failed and why
    #[cfg(feature = "torch")]
    Status(super::status::StatusArgs),
    /// Check every file of a study folder against its records (exit code 6 where
    /// something is damaged) and say what to do
    Check(super::check::CheckArgs),
    /// Check the data of a study, or write the phantom's images
    #[cfg(feature = "torch")]
    Data(super::data::DataArgs),
    /// Predict with any network and weights, outside of a study
    #[cfg(feature = "torch")]
    Predict(Box<super::predict::PredictArgs>),
    /// List, fetch, inspect and export pretrained models
    #[cfg(feature = "torch")]
    Zoo(super::zoo::ZooArgs),
    /// Compare results: a study folder or a CSV file
    Compare(super::compare::CompareArgs),
    /// Show what is understood of a table or a study folder, and its first rows
    Inspect(super::inspect::InspectArgs),
    /// Recompute printed p-values from printed means, spreads and n
    Recheck(super::recheck::RecheckArgs),
    /// Write the HTML report of a study folder or a CSV file, or of the published benchmark
    Report(super::report::ReportArgs),
    /// Render a report again, from its own data or from records, compare every
    /// byte of it and name every difference (exit code 6 unless the whole page
    /// agrees)
    #[command(after_long_help = super::verify::HELP)]
    Verify(super::verify::VerifyArgs),
    /// Say what changed between two reports (exit code 6 where more than noise
    /// and environment did)
    #[command(after_long_help = super::diff::HELP)]
    Diff(super::diff::DiffArgs),
    /// Make a pair of keys to sign reports with
    Keygen(super::keygen::KeygenArgs),
    /// Run the statistics against golden values
    Selfcheck(super::selfcheck::SelfcheckArgs),
    /// Install, check and remove the Jupyter kernel
    Kernel(super::kernel::KernelArgs),
    /// Convert and export notebooks
    Notebook(super::notebook::NotebookArgs),
    /// Execute a notebook and write its page
    Render(super::render::RenderArgs),
    /// Answer the cells of a notebook (started by the kernel)
    #[command(hide = true)]
    NotebookWorker(super::notebook::WorkerArgs),
    /// One slot of a submission (started by its script)
    #[cfg(feature = "torch")]
    #[command(hide = true)]
    Slot(super::slot::SlotArgs),
    /// One run, in a process of its own (started by `run`)
    #[cfg(feature = "torch")]
    #[command(hide = true)]
    Worker(super::worker::WorkerArgs),
}

#[cfg(feature = "torch")]
impl Command {
    /// Whether it decodes images itself.
    fn prepares_data(&self) -> bool {
        use Command::{Bench, Data, Demo, Run, Slot, Submit};
        matches!(self, Run(_) | Bench(_) | Submit(_) | Slot(_) | Data(_) | Demo(_))
    }
}

/// Parses, runs, prints; the process's exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            return said(&error).into();
        }
    };
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            out::complain(format_args!("error: {}", message(&error)));
            code_of(&error).into()
        }
    }
}

/// Prints the help, the version or what is wrong with the command line.
fn said(error: &clap::Error) -> Exit {
    match error.print() {
        _ if error.use_stderr() => Exit::Usage,
        Err(failed) if failed.kind() != std::io::ErrorKind::BrokenPipe => Exit::Other,
        _ => Exit::Done,
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    #[cfg(feature = "torch")]
    if command.prepares_data() {
        crate::train::allocator::keep_room_for_images();
    }
    let exit = match command {
        #[cfg(feature = "torch")]
        Command::Demo(args) => super::demo::run(&args)?,
        #[cfg(feature = "torch")]
        Command::Doctor(args) => super::doctor::run(&args)?,
        #[cfg(feature = "torch")]
        Command::Run(args) => super::run::run(&args)?,
        #[cfg(feature = "torch")]
        Command::Status(args) => super::status::run(&args)?,
        #[cfg(feature = "torch")]
        Command::Bench(args) => super::bench::run(&args)?,
        #[cfg(feature = "torch")]
        Command::Submit(args) => super::submit::run(&args)?,
        #[cfg(feature = "torch")]
        Command::Cancel(args) => super::cancel::run(&args)?,
        #[cfg(feature = "torch")]
        Command::Collect(args) => super::collect::run(&args)?,
        #[cfg(feature = "torch")]
        Command::Slot(args) => super::slot::run(&args)?,
        Command::Check(args) => super::check::run(&args)?,
        #[cfg(feature = "torch")]
        Command::Data(args) => super::data::run(&args)?,
        #[cfg(feature = "torch")]
        Command::Predict(args) => super::predict::run(&args)?,
        #[cfg(feature = "torch")]
        Command::Zoo(args) => super::zoo::run(&args)?,
        Command::Compare(args) => {
            out::text(super::compare::run(&args)?)?;
            Exit::Done
        }
        Command::Inspect(args) => {
            super::inspect::run(&args)?;
            Exit::Done
        }
        Command::Recheck(args) => {
            out::text(super::recheck::run(&args)?)?;
            Exit::Done
        }
        Command::Report(args) => {
            out::text(super::report::run(&args)?.said())?;
            Exit::Done
        }
        Command::Verify(args) => super::verify::run(&args)?,
        Command::Diff(args) => super::diff::run(&args)?,
        Command::Keygen(args) => super::keygen::run(&args)?,
        Command::Selfcheck(args) => super::selfcheck::run(&args)?,
        Command::Kernel(args) => return super::kernel::run(&args),
        Command::Notebook(args) => {
            super::notebook::run(&args)?;
            Exit::Done
        }
        Command::Render(args) => super::render::run(&args)?,
        Command::NotebookWorker(args) => {
            super::notebook::work(&args)?;
            Exit::Done
        }
        #[cfg(feature = "torch")]
        Command::Worker(args) => return Ok(super::worker::run(&args)),
    };
    Ok(exit.into())
}

/// The error and its causes, without repeating what a message already holds.
fn message(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}
