//! What a comparison cannot be asked.

/// What a comparison cannot be asked.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum CompareError {
    #[error("there is no metric {got:?} in the results; they have: {known}")]
    UnknownMetric { got: String, known: String },
    #[error("there is no {factor} {got:?} to compare with; the results have: {known}")]
    UnknownBaseline { factor: String, got: String, known: String },
    #[error("there is no factor {got:?} in the results; they have: {known}")]
    UnknownFactor { got: String, known: String },
    #[error("claim {claim:?}: there is no column {got:?} in the results; they have: {known}")]
    ClaimFactor { claim: String, got: String, known: String },
    #[error("claim {claim:?}: there is no {factor} {got:?} in the results; they have: {known}")]
    ClaimLevel { claim: String, factor: String, got: String, known: String },
    #[error("claim {claim:?}: there is no metric {got:?} in the results; they have: {known}")]
    ClaimMetric { claim: String, got: String, known: String },
    #[error("alpha is {got}, expected in (0, 1)")]
    Alpha { got: f64 },
    #[error("there is no format {got:?}; expected text, csv, md, latex or json")]
    UnknownFormat { got: String },
}
