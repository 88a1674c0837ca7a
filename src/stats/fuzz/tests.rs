//! Runs the targets.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rayon::prelude::*;

use super::bytes::Bytes;
use super::scan::{public_functions, sources};
use super::{Target, targets};
use crate::stats::bootstrap::Draws;

/// Bytes of one input; targets that read more get zeros.
const LENGTH: usize = 400;

fn run(target: &Target, bytes: &[u8], failures: &mut Vec<String>) {
    let call = || (target.run)(&mut Bytes::new(bytes));
    if catch_unwind(AssertUnwindSafe(call)).is_err() {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        failures.push(format!("{}: {hex}", target.name()));
    }
}

#[test]
fn no_function_panics_on_any_bytes() {
    let more: usize =
        std::env::var("TRANSFOLIO_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let failures: Vec<String> = targets()
        .par_iter()
        .enumerate()
        .flat_map(|(at, target)| {
            let mut failures = Vec::new();
            let mut bytes = [0u8; LENGTH];
            for input in 0..target.inputs * more {
                let mut draws = Draws::of(at as u64, input);
                let mut next = 0;
                draws.indices(256, LENGTH, |byte| {
                    bytes[next] = byte as u8;
                    next += 1;
                });
                run(target, &bytes, &mut failures);
            }
            failures.truncate(3);
            failures
        })
        .collect();
    assert!(failures.is_empty(), "panics on these bytes:\n{}", failures.join("\n"));
}

#[test]
fn nothing_in_the_corpus_panics() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    let mut tested = 0;
    let mut failures = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the corpus").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".hex") else { continue };
        let text = std::fs::read_to_string(entry.path()).expect("a file");
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        let byte = |pair: &[u8]| {
            let text = std::str::from_utf8(pair).expect("digits");
            u8::from_str_radix(text, 16).expect("a byte")
        };
        let bytes: Vec<u8> = digits.chunks_exact(2).map(byte).collect();
        let wanted = stem.split('-').next().unwrap_or_default();
        let known = targets();
        let of: Vec<&&Target> =
            known.iter().filter(|t| wanted == "all" || t.name() == wanted).collect();
        assert!(!of.is_empty(), "{name} names no target");
        for target in of {
            run(target, &bytes, &mut failures);
            tested += 1;
        }
    }
    assert!(tested > 0, "{} holds no corpus", folder.display());
    assert!(failures.is_empty(), "panics on these bytes:\n{}", failures.join("\n"));
}

/// Also that no target names what is not there, and that what it names stands
/// in a call.
#[test]
fn every_public_function_has_a_target() {
    let public: BTreeSet<String> = public_functions().into_iter().collect();
    assert!(public.len() > 200, "the scan finds {} functions", public.len());
    let known = targets();
    let named: BTreeSet<String> =
        known.iter().flat_map(|t| t.functions.split_whitespace()).map(Into::into).collect();
    let missing: Vec<&String> = public.difference(&named).collect();
    assert!(missing.is_empty(), "public functions without a target in src/stats/fuzz: {missing:?}");
    let gone: Vec<&String> = named.difference(&public).collect();
    assert!(gone.is_empty(), "targets of functions that are not there: {gone:?}");

    let mut calls = String::new();
    for entry in std::fs::read_dir(sources().join("fuzz")).expect("the targets").flatten() {
        let text = std::fs::read_to_string(entry.path()).expect("a source");
        // Without the strings that only name functions.
        calls.extend(text.split('"').step_by(2));
    }
    let uncalled: Vec<&String> = named
        .iter()
        .filter(|path| {
            let name = path.rsplit("::").next().unwrap_or_default();
            // Called, or handed over as a function.
            !calls.contains(&format!("{name}(")) && !calls.contains(&format!("::{name})"))
        })
        .collect();
    assert!(uncalled.is_empty(), "named in a target and never called: {uncalled:?}");
}

#[test]
#[should_panic(expected = "on purpose")]
fn a_panic_is_found() {
    let target = Target::new("x", 1, |bytes| assert!(bytes.byte() < 4, "too large"));
    let mut failures = Vec::new();
    run(&target, &[3], &mut failures);
    assert!(failures.is_empty());
    run(&target, &[4], &mut failures);
    assert_eq!(failures, ["x: 04"]);
    panic!("on purpose");
}
