//! Our side of `cargo xtask bench-peer loading`: a checkpoint into ConvNeXt-B, as
//! one line of JSON: seconds for reading and loading, and the MiB by which the
//! process grew meanwhile, at most. The other side is `benches/peer/loading.py`.
#![allow(clippy::disallowed_macros, clippy::print_stdout)]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use tch::{Device, nn};
use transfolio::models::build;
use transfolio::spec::Backbone;
use transfolio::zoo::{load_backbone, read};
use transfolio_benches::memory::{peak_mib, reset_peak, resident_mib};

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args_os().nth(1).ok_or("expected a checkpoint")?;
    let mut store = nn::VarStore::new(Device::Cpu);
    let _network = build(&store.root(), Backbone::ConvnextBase, 14);
    reset_peak();
    let before = resident_mib().ok_or("the system does not say how much memory is in use")?;
    let begin = Instant::now();
    load_backbone(&mut store, Backbone::ConvnextBase, &read(Path::new(&file))?)?;
    let seconds = begin.elapsed().as_secs_f64();
    let grown = peak_mib().ok_or("the system does not say its peak memory")? - before;
    println!("{{\"seconds\": {seconds}, \"memory_mib\": {grown}}}");
    Ok(())
}
