//! Networks that cannot be built as asked.

use thiserror::Error;

/// What was asked of a network that it cannot be.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The architecture does not take images of that size.
    #[error("image_size is {size}: {takes}")]
    ImageSize {
        /// Side asked for, in pixels.
        size: u32,
        /// What the architecture takes.
        takes: String,
    },
    /// A rate that is no probability below 1.
    #[error("drop path rate is {rate}, expected 0 or more and below 1")]
    DropPath {
        /// Rate asked for.
        rate: f64,
    },
    /// A network without outputs.
    #[error("{outputs} outputs, expected at least 1")]
    Outputs {
        /// Number asked for.
        outputs: i64,
    },
    /// A decoder that was not made for the backbone.
    #[error("{decoder} has no encoder \"{backbone}\", expected one of: {takes}")]
    Decoder {
        /// Decoder asked for.
        decoder: &'static str,
        /// Backbone asked for.
        backbone: &'static str,
        /// Backbones it takes.
        takes: String,
    },
}
