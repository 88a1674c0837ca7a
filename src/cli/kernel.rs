//! `transfolio kernel`: the Jupyter kernel.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Exit, out};
use crate::notebook::kernel::{
    Host, InstallOptions, Places, doctor, install, supervise, uninstall,
};

/// Arguments of `kernel`.
#[derive(Debug, Args)]
pub struct KernelArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Install the kernel, build what cells need, and say how long cells take
    Install {
        /// Install into this environment (a virtual environment's folder)
        /// instead of the user's folder
        #[arg(long, value_name = "DIR")]
        prefix: Option<PathBuf>,
        /// Use an `evcxr_jupyter` that is there; saves the build of the host, and
        /// interrupts then lose the variables
        #[arg(long)]
        foreign: bool,
        /// Build the host even where it is there
        #[arg(long)]
        rebuild: bool,
        /// Let cells have tables as Polars frames and back (`to_frame`,
        /// `from_frame`); takes about five minutes, and every cell takes longer
        #[arg(long)]
        frames: bool,
    },
    /// Say what is wrong with the kernel and what to do
    Doctor {
        /// The environment it was installed into
        #[arg(long, value_name = "DIR")]
        prefix: Option<PathBuf>,
    },
    /// Take the kernel away, with everything that was built for it
    Uninstall {
        /// Keep the host, which takes longest to build
        #[arg(long)]
        keep_host: bool,
    },
    /// Run a kernel (started by Jupyter)
    #[command(hide = true)]
    Run { connection_file: PathBuf },
}

/// Does it.
pub fn run(args: &KernelArgs) -> anyhow::Result<ExitCode> {
    let places = Places::of_user()?;
    match &args.action {
        Action::Install { prefix, foreign, rebuild, frames } => {
            let options = InstallOptions {
                prefix: prefix.clone(),
                foreign: *foreign,
                rebuild: *rebuild,
                frames: *frames,
            };
            let installed = install(&places, &options, &mut |text| out::progress(text))?;
            out::line(format_args!("kernel spec: {}", installed.spec.display()))?;
            for told in &installed.clients {
                out::line(told)?;
            }
            match installed.seconds {
                Some([ready, first, next]) => {
                    out::line(format_args!("a kernel is ready after {ready:.1} s"))?;
                    out::line(format_args!(
                        "the first cell takes {first:.1} s, a later one {next:.1} s"
                    ))?;
                }
                None => out::line("the first cell of a kernel builds what cells depend on")?,
            }
            if matches!(installed.host, Host::Foreign(_)) {
                out::line(
                    "note: `transfolio render` needs the own host; install without --foreign",
                )?;
            }
            Ok(Exit::Done.into())
        }
        Action::Doctor { prefix } => {
            let mut broken = false;
            for check in doctor(&places, prefix.as_deref()) {
                out::line(format_args!("{:<12} {}", check.what, check.found))?;
                if let Some(way_out) = &check.way_out {
                    out::line(format_args!("{:<12} way out: {way_out}", ""))?;
                    broken |= !check.optional;
                }
            }
            Ok(if broken { Exit::Other } else { Exit::Done }.into())
        }
        Action::Uninstall { keep_host } => {
            let gone = uninstall(&places, *keep_host)?;
            for folder in &gone {
                out::line(format_args!("removed {}", folder.display()))?;
            }
            if gone.is_empty() {
                out::line("there is nothing to remove")?;
            }
            Ok(Exit::Done.into())
        }
        Action::Run { connection_file } => {
            let code = supervise(&places, connection_file)?;
            Ok(ExitCode::from(code.clamp(0, 255) as u8))
        }
    }
}
