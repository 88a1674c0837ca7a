//! `transfolio doctor`: what is installed, what is missing, what to do.

use clap::Args;

use super::{Exit, out};
use crate::selfcheck;
use crate::train::allocator;
use crate::train::arithmetic::processor_has_bf16;
use crate::train::device::{self, DeviceChoice, choose};
use crate::train::memory;

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Device to check
    #[arg(long, default_value = "auto")]
    device: DeviceChoice,
}

/// Prints the findings; fails when the asked-for device is not there or the
/// self-check fails.
pub fn run(args: &DoctorArgs) -> anyhow::Result<Exit> {
    let mut said = String::new();
    let exit = examine(args, &mut said);
    out::text(said)?;
    exit
}

fn examine(args: &DoctorArgs, said: &mut String) -> anyhow::Result<Exit> {
    let mut line = |name: &str, text: &str| *said += &format!("{name:<12} {text}\n");
    line("transfolio", env!("CARGO_PKG_VERSION"));
    // Before anything that could ask libtorch about CUDA.
    let cuda = device::find_cuda();
    line("libtorch", &format!("{} ({})", device::LIBTORCH, libtorch_file()));
    match &cuda.library {
        Some(path) => line("cuda", &format!("loaded {}", path.display())),
        None if cuda.devices > 0 => line("cuda", "linked at build time"),
        None => line("cuda", "not loaded"),
    }
    if let Some(reason) = &cuda.reason {
        line("", &format!("why: {reason}"));
        line("", "to use a GPU: install its driver and `pip install torch==2.11.0`, or point");
        line("", "TRANSFOLIO_TORCH at a torch 2.11.0 folder; no rebuild is needed");
    }
    line("driver", &device::driver_version().unwrap_or_else(|| "no NVIDIA driver".into()));
    let chosen = choose(args.device);
    match &chosen {
        Ok(device) => line("device", &device::label(*device)),
        Err(error) => line("device", &format!("none: {error}")),
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    line("threads", &format!("{cores} cores, libtorch uses {}", tch::get_num_threads()));
    let bf16 = if processor_has_bf16() { "" } else { " (not by this processor: imitated, slow)" };
    line("precision", &format!("f32, f64 and bf16{bf16} on the CPU; tf32 besides on CUDA"));
    line("memory", &format!("{:.1} GiB free", memory::available() as f64 / 1024f64.powi(3)));
    line("", &allocator::planned().words());
    line("cache", &super::run::default_cache()?.display().to_string());
    let check = selfcheck::builtin();
    line("self-check", if check.passed() { "all cases pass" } else { "FAILED" });
    if !check.passed() {
        *said += &check.to_string();
    }
    chosen?;
    Ok(if check.passed() { Exit::Done } else { Exit::Other })
}

/// The library in this process, as the system sees it.
fn libtorch_file() -> String {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let path = maps.lines().find_map(|line| {
        let path = line.split_whitespace().last()?;
        path.ends_with("libtorch_cpu.so").then(|| path.to_string())
    });
    path.unwrap_or_else(|| "linked".into())
}
