//! Benchmarks of transfolio: `cargo bench -p transfolio-benches`.
