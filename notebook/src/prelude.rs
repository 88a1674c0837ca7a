//! What a cell needs: `use transfolio_notebook::prelude::*;`.

pub use crate::charts;
pub use crate::figures;
#[cfg(feature = "polars")]
pub use crate::from_frame;
#[cfg(feature = "polars")]
pub use crate::polars::{self, frame::DataFrame};
pub use crate::stats::{
    adjust, anova, auc, bootstrap, brown_forsythe, compare_aucs, describe, detectable, effect_size,
    friedman, kendall, kruskal_wallis, mann_whitney, mcnemar, paired_t, pearson, permutation_test,
    power, proportion, sample_size, shapiro_wilk, signed_rank, spearman, student_t, t_test, tost,
    welch_t,
};
pub use crate::{Claim, Init, Plan, Pretraining, Recipe, Task};
pub use crate::{
    Compare, Comparison, Error, Figure, Report, ReportOptions, Result, Rich, Run, RunOptions,
    Shown, Study, Table, Value, bind, check_point, input, parameter, password,
};
pub use crate::{Html, Image, Markdown, Numbers, Statistic, Values};
pub use crate::{report, show};
