//! Distribution functions, one distribution per file.
//!
//! Tails are computed as tails, never as `1 - cdf`. An argument outside its
//! range, or NaN, gives NaN; nothing panics. Everything rests on the
//! regularised incomplete beta and gamma functions of `incomplete_beta` and
//! `incomplete_gamma` (continued fractions and series, with the leading factor
//! from Loader's saddle-point form): statrs 0.19 computes that factor from
//! differences of large logarithms of Gamma and some tails as complements.

pub mod beta;
pub mod binomial;
pub mod chi_squared;
mod deviance;
pub mod fisher_f;
mod incomplete_beta;
mod incomplete_gamma;
mod log_newton;
pub mod noncentral_t;
pub mod normal;
mod scale_mixture;
pub mod student_t;
pub mod studentized_range;
