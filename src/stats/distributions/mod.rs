//! Distribution functions, one distribution per file.
//!
//! Tails are computed as tails, never as `1 - cdf`. An argument outside its
//! range, or NaN, gives NaN; nothing panics. Everything rests on the
//! regularised incomplete beta and gamma functions of `incomplete_beta` and
//! `incomplete_gamma` (continued fractions and series, with the leading factor
//! from Loader's saddle-point form). statrs 0.19 forms that factor from
//! differences of logarithms of Gamma: against it these lose nothing with the
//! shapes, where statrs is off by 2e-12 at shapes of thousands and 7e-10 at
//! 500,000 (mpmath 1.4 as judge), and its t distribution takes tails as `1 - cdf`.
//!
//! Relative error against mpmath: of the order of 1e-13 for tails and quantiles of all
//! but the noncentral t (1e-12) and the studentised range (1e-9, by convention
//! more from 100,000 degrees of freedom on).

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
