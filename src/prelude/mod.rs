//! What a notebook or a short program needs: methods with the defaults that a
//! paper would state, and the comparison of a study in one chain of calls.
//!
//! Everything here is a thin layer: the methods are those of [`crate::stats`],
//! the comparison that of [`crate::compare`], with the same numbers. Results are
//! named structs with serde, and print as one line; a result that is degenerate
//! or undefined says so instead of being a number ([`Outcome`]).
//!
//! ```
//! use transfolio::prelude::*;
//!
//! let fine = [0.81, 0.83, 0.80, 0.84, 0.82];
//! let coarse = [0.78, 0.79, 0.79, 0.80, 0.78];
//! let test = paired_t(&fine, &coarse);
//! assert_eq!(test.to_string(), "0.03200 [0.01581, 0.04819], t(4) = 5.488, p = 0.005");
//! let p = test.value().expect("an ordinary result").p;
//!
//! // With other than the defaults: one-sided, at 90 %, variances pooled.
//! let pooled = t_test(&fine, &coarse)
//!     .equal_variances()
//!     .alternative(Alternative::Greater)
//!     .confidence(0.9)
//!     .run();
//! assert!(pooled.value().expect("a test").p < 0.01);
//!
//! let interval = bootstrap(&fine).resamples(10_000).method(Bca).seed(1).run();
//! assert!(interval.value().expect("an interval").bounds.contains(0.82));
//!
//! let same = paired_t(&fine, &fine);
//! assert!(same.to_string().starts_with("undefined: "));
//! ```
//!
//! ```
//! use transfolio::prelude::*;
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("results.csv");
//! # let mut csv = String::from("init,seed,metric,value\n");
//! # for seed in 0..5 {
//! #     let wobble = 0.002 * f64::from(seed * 7 % 5);
//! #     csv += &format!("random,{seed},auc,{}\n", 0.70 + wobble);
//! #     csv += &format!("pretrained,{seed},auc,{}\n", 0.75 + 0.5 * wobble);
//! # }
//! # std::fs::write(&path, csv)?;
//! let analysis = Compare::from_csv(&path)?.metric("auc").margin(0.01).run()?;
//! println!("{analysis}");
//! let row = analysis.row("pretrained", "random").expect("the pair");
//! assert_eq!(row.verdict, Some(Verdict::Better));
//! let latex = analysis.write(Format::Latex);
//! # assert!(latex.contains("tabular"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod auc;
mod bootstrap;
mod compare;
mod permutation;
mod t_test;

pub use auc::{auc, compare_aucs};
pub use bootstrap::{BootstrapBuilder, BootstrapInterval, bootstrap};
pub use compare::Compare;
pub use permutation::{PermutationBuilder, permutation_test};
pub use t_test::{TTestBuilder, mann_whitney, paired_t, signed_rank, student_t, t_test, welch_t};

pub use crate::compare::{
    Analysis, CompareOptions, Comparison, ComparisonRow, Design, Format, Ledger,
};
pub use crate::frame::Results;
pub use crate::scores::{Baselines, Better, Factor, Factors, Metric, Verdict};
pub use crate::spec::{
    Claim, DesignChoice, FamilyAdjustment, FamilyScope, Level, Levels, Scope, Side, TestFamily,
};
pub use crate::stats::adjust::{Adjustment, adjust};
pub use crate::stats::bootstrap::Method::{self, Basic, Bca, Percentile};
pub use crate::stats::mean_interval::IntervalMethod;
pub use crate::stats::t_test::Alternative;
pub use crate::stats::{Bounds, Outcome};
