//! Every public function of the statistics on arbitrary bytes: none panics.
//!
//! Arguments are read from bytes ([`bytes::Bytes`]): any bit pattern is a
//! number, lists may be empty, ragged or beyond the limits of the exact methods,
//! counts may be those of 64 bits. The bytes are pseudo-random with fixed seeds,
//! so every run of the suite tests the same inputs, and those of
//! `tests/fuzz/*.hex` come first: each once made a function panic, or reaches a
//! branch that chance seldom does. `TRANSFOLIO_FUZZ=N` multiplies the number of
//! inputs by N.
//!
//! A panic is reported with the target and its bytes in hexadecimal; saved as
//! `tests/fuzz/<target>-<what>.hex` they are tested for ever. A public function
//! without a target fails [`tests::every_public_function_has_a_target`].
//!
//! What is not varied to the extreme: sizes that are allocated for (matrices of
//! `k` by `k`, lists of `n` cases), and the number of resamples.

mod bytes;
mod curves;
mod distributions;
mod many_samples;
mod resampling;
mod scan;
mod scores;
mod small;
mod tests;
mod two_samples;

use bytes::Bytes;

/// Functions that are called together, on the same bytes.
struct Target {
    /// `file::function` or `file::Type::function`, with blanks between.
    functions: &'static str,
    /// Inputs per run of the suite.
    inputs: usize,
    run: fn(&mut Bytes<'_>),
}

impl Target {
    const fn new(functions: &'static str, inputs: usize, run: fn(&mut Bytes<'_>)) -> Self {
        Self { functions, inputs, run }
    }

    /// The first function, by which files of the corpus are named.
    fn name(&self) -> String {
        self.functions.split_whitespace().next().unwrap_or_default().replace("::", ".")
    }
}

fn targets() -> Vec<&'static Target> {
    [
        distributions::TARGETS,
        two_samples::TARGETS,
        many_samples::TARGETS,
        scores::TARGETS,
        resampling::TARGETS,
        curves::TARGETS,
        small::TARGETS,
    ]
    .into_iter()
    .flatten()
    .collect()
}
