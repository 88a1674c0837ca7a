//! Benchmarks of transfolio: `cargo bench -p transfolio-benches`; beside other
//! tools and at scale: `cargo xtask help`.

pub mod memory;
pub mod synthetic;
