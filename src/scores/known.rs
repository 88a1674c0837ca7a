//! The metrics of the field: one table.
//!
//! A metric that is not in it has no direction until somebody states one
//! ([`super::MetricRules`]): nothing is ranked or called better by a guess. To
//! add a metric, add an entry here (and its source to
//! `dataset/references.bib`). Names follow "Metrics reloaded" (Maier-Hein et al.
//! 2024, doi:10.1038/s41592-023-02151-z).

use serde::{Deserialize, Serialize};

/// Which end of a metric is the good one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// The larger value is the better one.
    Higher,
    /// The smaller value is the better one.
    Lower,
    /// Nobody has said.
    #[default]
    Unknown,
}

impl Better {
    /// 1 where larger is better, -1 where smaller is; none where unknown.
    pub fn sign(self) -> Option<f64> {
        match self {
            Self::Higher => Some(1.0),
            Self::Lower => Some(-1.0),
            Self::Unknown => None,
        }
    }

    /// `higher`, `lower`; empty where unknown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
            Self::Unknown => "",
        }
    }

    /// `highest` or `lowest`: what the best value is.
    pub fn best(self) -> Option<&'static str> {
        match self {
            Self::Higher => Some("highest"),
            Self::Lower => Some("lowest"),
            Self::Unknown => None,
        }
    }

    /// `higher is better`; `direction unknown`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Higher => "higher is better",
            Self::Lower => "lower is better",
            Self::Unknown => "direction unknown",
        }
    }
}

/// What one value of a metric belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// A whole test set: cases have no value of their own.
    Run,
    /// A case; a run has the mean over its cases.
    Case,
}

/// Values that a metric can have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// From the first to the second, with or without an upper end; a metric that
    /// ends at 1 may be written in percent.
    Share {
        /// -1 or 0.
        low: f64,
    },
    /// 0 and more, in the units of what is measured.
    Positive,
    /// 1 and less.
    BelowOne,
    /// Any number.
    Any,
}

impl Range {
    /// The ends, infinite where there is none.
    pub fn ends(self) -> (f64, f64) {
        match self {
            Self::Share { low } => (low, 1.0),
            Self::Positive => (0.0, f64::INFINITY),
            Self::BelowOne => (f64::NEG_INFINITY, 1.0),
            Self::Any => (f64::NEG_INFINITY, f64::INFINITY),
        }
    }
}

/// A metric of the field.
#[derive(Debug, PartialEq)]
pub struct Known {
    /// The name in results: `auc`.
    pub key: &'static str,
    /// Other names of it, lower case, words joined by `_`.
    pub aliases: &'static [&'static str],
    /// Names of metrics that stand beside it in a table, and are like it in all
    /// but their averaging: `macro_f1`.
    pub variants: &'static [&'static str],
    /// As words and axes name it.
    pub title: &'static str,
    /// The good end.
    pub better: Better,
    /// Values that it can have.
    pub range: Range,
    /// What guessing gives, where that does not depend on the data.
    pub chance: Option<f64>,
    /// What a value belongs to.
    pub per: Per,
    /// How several classes, labels or structures become one number.
    pub averaging: &'static str,
    /// Definition with its source, as the report prints it (`[@key]`, `$maths$`).
    pub words: &'static str,
    /// Label and LaTeX; empty where words say it all.
    pub formula: (&'static str, &'static str),
}

const SHARE: Range = Range::Share { low: 0.0 };
const CORRELATION: Range = Range::Share { low: -1.0 };
const MACRO: &str = "unweighted mean over classes, one against the rest";
const CASES: &str = "mean over cases, each structure on its own";
const NONE: &str = "one number per test set";

/// What most entries share; each states what differs.
const BASE: Known = Known {
    key: "",
    aliases: &[],
    variants: &[],
    title: "",
    better: Better::Higher,
    range: SHARE,
    chance: None,
    per: Per::Run,
    averaging: NONE,
    words: "",
    formula: ("", ""),
};

/// The metric of a study whose tasks have different ones: of each task its own.
pub const PRIMARY: &str = "primary";

/// Every metric that is known by name.
pub const KNOWN: &[Known] = &[
    Known {
        key: "auc",
        aliases: &["auroc", "roc_auc", "rocauc", "auc_roc", "auc_score", "roc_auc_score"],
        variants: &["mean_auc", "mauc", "macro_auc", "micro_auc", "auc_macro", "auc_micro"],
        title: "AUC",
        chance: Some(0.5),
        averaging: MACRO,
        words: "The AUC is the probability that a case with the label has a higher score than one \
                without it, ties counting one half [@hanley1982].",
        formula: ("eq-auc", "\\mathrm{AUC} = P(S^+ > S^-) + \\tfrac{1}{2} P(S^+ = S^-)"),
        ..BASE
    },
    Known {
        key: "average_precision",
        aliases: &["ap", "auprc", "aupr", "pr_auc", "prauc", "auc_pr"],
        variants: &["map", "mean_average_precision"],
        title: "average precision",
        averaging: MACRO,
        words: "Average precision sums the precision at each threshold, weighted by the recall \
                that it adds, without interpolation [@davis2006].",
        formula: ("eq-average-precision", "\\mathrm{AP} = \\sum_k (R_k - R_{k-1}) P_k"),
        ..BASE
    },
    Known {
        key: "accuracy",
        aliases: &["acc", "accuracy_score"],
        variants: &["top1", "top_1", "acc1", "top_1_accuracy", "top5", "top_5", "top_5_accuracy"],
        title: "accuracy",
        words: "Accuracy is the share of cases that are classified right [@maierhein2024].",
        ..BASE
    },
    Known {
        key: "balanced_accuracy",
        aliases: &["bacc", "bal_acc", "balanced_acc", "balanced_accuracy_score"],
        title: "balanced accuracy",
        averaging: "unweighted mean of the sensitivities of the classes",
        words: "Balanced accuracy is the mean of the sensitivities of the classes \
                [@maierhein2024].",
        ..BASE
    },
    Known {
        key: "f1",
        aliases: &["f1_score", "f_1"],
        variants: &["macro_f1", "f1_macro", "micro_f1", "f1_micro", "weighted_f1", "f1_weighted"],
        title: "F1",
        averaging: MACRO,
        words: "F1 is the harmonic mean of precision and sensitivity [@maierhein2024].",
        formula: ("eq-f1", "F_1 = \\frac{2\\,TP}{2\\,TP + FP + FN}"),
        ..BASE
    },
    Known {
        key: "sensitivity",
        aliases: &["recall", "tpr", "true_positive_rate", "hit_rate"],
        title: "sensitivity",
        averaging: MACRO,
        words: "Sensitivity is the share of cases with the label that are found \
                [@maierhein2024].",
        ..BASE
    },
    Known {
        key: "specificity",
        aliases: &["tnr", "true_negative_rate", "selectivity"],
        title: "specificity",
        averaging: MACRO,
        words: "Specificity is the share of cases without the label that are called so \
                [@maierhein2024].",
        ..BASE
    },
    Known {
        key: "precision",
        aliases: &["ppv", "positive_predictive_value"],
        title: "precision",
        averaging: MACRO,
        words: "Precision is the share of the positive calls that are right [@maierhein2024].",
        ..BASE
    },
    Known {
        key: "npv",
        aliases: &["negative_predictive_value"],
        title: "NPV",
        averaging: MACRO,
        words: "The negative predictive value is the share of the negative calls that are right \
                [@maierhein2024].",
        ..BASE
    },
    Known {
        key: "mcc",
        aliases: &["matthews", "matthews_corrcoef", "matthews_correlation_coefficient"],
        title: "MCC",
        range: CORRELATION,
        chance: Some(0.0),
        words: "MCC is the correlation of calls and labels [@matthews1975].",
        ..BASE
    },
    Known {
        key: "kappa",
        aliases: &["cohen_kappa", "cohens_kappa", "cohen_kappa_score"],
        variants: &["quadratic_kappa", "quadratic_weighted_kappa", "qwk", "weighted_kappa"],
        title: "kappa",
        range: CORRELATION,
        chance: Some(0.0),
        words: "Kappa is the agreement of calls and labels beyond that of chance [@cohen1960].",
        ..BASE
    },
    Known {
        key: "brier",
        aliases: &["brier_score", "brier_loss", "brier_score_loss"],
        title: "Brier score",
        better: Better::Lower,
        range: Range::Positive,
        per: Per::Case,
        averaging: "mean over cases",
        words: "The Brier score is the mean squared difference of probability and label \
                [@brier1950]; lower is better.",
        ..BASE
    },
    Known {
        key: "log_loss",
        aliases: &["logloss", "nll", "cross_entropy", "bce", "ce"],
        title: "log loss",
        better: Better::Lower,
        range: Range::Positive,
        per: Per::Case,
        averaging: "mean over cases",
        words: "Log loss is the mean negative logarithm of the probability of the true label \
                [@good1952]; lower is better.",
        ..BASE
    },
    Known {
        key: "loss",
        variants: &["test_loss", "val_loss", "validation_loss", "train_loss"],
        title: "loss",
        better: Better::Lower,
        range: Range::Any,
        words: "",
        ..BASE
    },
    Known {
        key: "ece",
        aliases: &["expected_calibration_error", "calibration_error"],
        title: "ECE",
        better: Better::Lower,
        averaging: "one number per test set, over bins of confidence",
        words: "The expected calibration error is the mean gap of confidence and share of right \
                calls over bins [@guo2017]; lower is better.",
        ..BASE
    },
    Known {
        key: PRIMARY,
        title: "AUC or Dice",
        averaging: "each task has its own: AUC of classes, Dice of masks",
        words: "AUC or Dice is the primary metric of each task: the AUC [@hanley1982] where cases \
                have classes, the Dice coefficient [@dice1945] where pixels have structures. Both \
                end at 1 and higher is better; a point of the one is not a point of the other, so \
                means over tasks weigh tasks as they are and say nothing of a unit.",
        ..BASE
    },
    Known {
        key: "dice",
        aliases: &["dsc", "dice_score", "dice_coefficient", "dice_similarity_coefficient"],
        variants: &["mean_dice", "mdice"],
        title: "Dice",
        per: Per::Case,
        averaging: CASES,
        words: "The Dice coefficient is twice the overlap of two masks over the sum of their \
                sizes [@dice1945].",
        formula: ("eq-dice", "\\mathrm{Dice} = \\frac{2\\, |A \\cap B|}{|A| + |B|}"),
        ..BASE
    },
    Known {
        key: "iou",
        aliases: &["jaccard", "jaccard_index"],
        variants: &["miou", "mean_iou"],
        title: "IoU",
        per: Per::Case,
        averaging: CASES,
        words: "IoU is the overlap of two masks over their union [@maierhein2024].",
        formula: ("eq-iou", "\\mathrm{IoU} = \\frac{|A \\cap B|}{|A \\cup B|}"),
        ..BASE
    },
    Known {
        key: "hd",
        aliases: &["hausdorff", "hausdorff_distance", "hd100"],
        title: "Hausdorff distance",
        better: Better::Lower,
        range: Range::Positive,
        per: Per::Case,
        averaging: CASES,
        words: "The Hausdorff distance is the largest distance from a point of one boundary to \
                the other boundary [@taha2015]; lower is better.",
        ..BASE
    },
    Known {
        key: "hd95",
        aliases: &["hausdorff95", "hausdorff_95", "hausdorff_distance_95", "95hd", "hd_95"],
        title: "HD95",
        better: Better::Lower,
        range: Range::Positive,
        per: Per::Case,
        averaging: CASES,
        words: "HD95 is the 95th percentile of the distances from the points of one boundary to \
                the other [@taha2015]; lower is better.",
        ..BASE
    },
    Known {
        key: "assd",
        aliases: &["average_symmetric_surface_distance"],
        variants: &["asd", "average_surface_distance"],
        title: "ASSD",
        better: Better::Lower,
        range: Range::Positive,
        per: Per::Case,
        averaging: CASES,
        words: "ASSD is the mean distance of the points of both boundaries to the other boundary \
                [@heimann2009]; lower is better.",
        ..BASE
    },
    Known {
        key: "masd",
        aliases: &["mean_average_surface_distance"],
        title: "MASD",
        better: Better::Lower,
        range: Range::Positive,
        per: Per::Case,
        averaging: CASES,
        words: "MASD is the mean of the two mean distances between boundaries [@maierhein2024]; \
                lower is better.",
        ..BASE
    },
    Known {
        key: "nsd",
        aliases: &["normalized_surface_dice", "normalised_surface_dice", "surface_dice"],
        title: "NSD",
        per: Per::Case,
        averaging: CASES,
        words: "The normalised surface Dice is the share of both boundaries that lies within a \
                tolerance of the other [@nikolov2021].",
        ..BASE
    },
    Known {
        key: "volume_error",
        aliases: &["relative_volume_error"],
        variants: &["rve", "ravd", "avd", "absolute_volume_difference"],
        title: "volume error",
        better: Better::Lower,
        range: Range::Positive,
        per: Per::Case,
        averaging: CASES,
        words: "The volume error is the absolute difference of two volumes over the reference \
                volume [@heimann2009]; lower is better.",
        ..BASE
    },
    Known {
        key: "mae",
        aliases: &["mean_absolute_error", "l1"],
        title: "MAE",
        better: Better::Lower,
        range: Range::Positive,
        per: Per::Case,
        averaging: "mean over cases",
        words: "MAE is the mean absolute difference of prediction and truth [@maierhein2024]; \
                lower is better.",
        ..BASE
    },
    Known {
        key: "mse",
        aliases: &["mean_squared_error", "l2"],
        title: "MSE",
        better: Better::Lower,
        range: Range::Positive,
        per: Per::Case,
        averaging: "mean over cases",
        words: "MSE is the mean squared difference of prediction and truth [@maierhein2024]; \
                lower is better.",
        ..BASE
    },
    Known {
        key: "rmse",
        aliases: &["root_mean_squared_error"],
        title: "RMSE",
        better: Better::Lower,
        range: Range::Positive,
        words: "RMSE is the root of the mean squared difference of prediction and truth \
                [@maierhein2024]; lower is better.",
        ..BASE
    },
    Known {
        key: "r2",
        aliases: &["r_squared", "r2_score", "coefficient_of_determination"],
        title: "R2",
        range: Range::BelowOne,
        chance: Some(0.0),
        words: "R2 is the share of the variance of the truth that the predictions explain \
                [@maierhein2024].",
        ..BASE
    },
    Known {
        key: "c_index",
        aliases: &["cindex", "concordance", "concordance_index", "harrell_c"],
        title: "C-index",
        chance: Some(0.5),
        words: "The C-index is the share of comparable pairs of cases whose predictions are in \
                the order of their outcomes, ties counting one half [@harrell1982].",
        ..BASE
    },
];

/// A metric by its key, an alias or a variant of it, whatever case, blanks and
/// hyphens.
pub fn known(name: &str) -> Option<&'static Known> {
    let wanted = normal(name);
    KNOWN.iter().find(|known| known.is(&wanted) || known.variants.contains(&wanted.as_str()))
}

/// The name that all names of a metric are read as: aliases as its key, a
/// variant as itself; an unknown name stays as it is.
pub fn canonical(name: &str) -> String {
    let wanted = normal(name);
    match known(name) {
        Some(known) if known.is(&wanted) => known.key.into(),
        Some(_) => wanted,
        None => name.trim().into(),
    }
}

/// The title of a metric that is a share and of which higher is better; none of
/// others.
pub(crate) fn known_share(name: &str) -> Option<&'static str> {
    let known = known(name)?;
    let share = matches!(known.range, Range::Share { .. }) && known.better == Better::Higher;
    share.then_some(known.title)
}

impl Known {
    fn is(&self, normal: &str) -> bool {
        self.key == normal || self.aliases.contains(&normal)
    }
}

/// Lower case, with `_` between words.
pub(super) fn normal(name: &str) -> String {
    let plain = name.trim().trim_end_matches('%').trim().to_lowercase();
    plain.replace([' ', '-', '@'], "_")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_name_means_two_metrics() {
        let mut names = BTreeSet::new();
        for metric in KNOWN {
            for name in metric.aliases.iter().chain(metric.variants).chain([&metric.key]) {
                assert!(names.insert(*name), "{name} is there twice");
                assert_eq!(normal(name), *name, "{name} would never be found");
            }
        }
    }

    #[test]
    fn names_are_read_as_people_write_them() {
        for (name, key) in [
            ("AUC", "auc"),
            ("ROC-AUC", "auc"),
            ("auroc", "auc"),
            ("DSC", "dice"),
            ("Hausdorff 95", "hd95"),
            ("Balanced Accuracy", "balanced_accuracy"),
            ("R2", "r2"),
        ] {
            assert_eq!(known(name).map(|known| known.key), Some(key), "{name}");
        }
        assert!(known("dice_liver").is_none() && known("").is_none());
        assert_eq!(canonical("Macro-F1"), "macro_f1");
        assert_eq!(canonical(" Dice liver "), "Dice liver");
    }
}
