//! What reads files of others, on damaged ones: none panics, none asks for more
//! memory than its input can account for.
//!
//! Each target has valid seeds. An input is one of them with some of its bytes
//! changed, cut, repeated or mixed with another seed; of archives also a member of
//! them, packed again with sums that are right, so that what lies behind the archive
//! is reached. An input depends on its number alone, so every run tests the same.
//! `TRANSFOLIO_FUZZ=N` multiplies their number by N, and `TRANSFOLIO_FUZZ_FROM=N` begins
//! with that input, where an earlier run ended. Ten million each, optimised:
//!
//! ```text
//! TRANSFOLIO_FUZZ=5000 cargo test --profile dev --test fuzz -- --nocapture --test-threads 1
//! ```
//!
//! A failure names the numbers and where the first such input was written to.
#![allow(missing_docs, clippy::disallowed_macros, clippy::print_stderr, unused_crate_dependencies)]

#[cfg(feature = "torch")]
mod checkpoints;
mod damage;
mod dicom;
mod harness;
mod memory;
mod notebooks;
mod npz;
mod pages;
mod studies;
mod tables;
