//! Names of columns that hold a metric: `test/auc`, `metrics.auc`, `Test AUC`,
//! `auc_mean`, `val_MulticlassF1Score`.

use crate::scores::canonical;
use crate::scores::known::KNOWN;
use crate::table::missing::missing;
use crate::table::names::{clean, plain};
use crate::table::{NumberStyle, Sheet};

/// Which data a value is of, the best for a comparison first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Split {
    Test,
    /// Not said.
    Unsaid,
    Validation,
    Train,
}

impl Split {
    fn of(word: &str) -> Option<Self> {
        match word {
            "test" | "tst" | "testing" | "holdout" => Some(Self::Test),
            "val" | "valid" | "validation" | "dev" | "eval" | "evaluation" => {
                Some(Self::Validation)
            }
            "train" | "training" | "trn" => Some(Self::Train),
            _ => None,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Unsaid => "no split",
            Self::Validation => "validation",
            Self::Train => "training",
        }
    }
}

/// What of a metric a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stat {
    Value,
    Mean,
    Sd,
    Se,
}

impl Stat {
    fn of(word: &str) -> Option<Self> {
        match word {
            "mean" | "avg" | "average" => Some(Self::Mean),
            "sd" | "std" | "stdev" | "stddev" => Some(Self::Sd),
            "se" | "sem" | "stderr" => Some(Self::Se),
            _ => None,
        }
    }
}

/// Words that say nothing of which metric it is.
const EMPTY: [&str; 17] = [
    "metrics",
    "metric",
    "summary",
    "results",
    "result",
    "scores",
    "final",
    "last",
    "best",
    "epoch",
    "multiclass",
    "multilabel",
    "binary",
    "torchmetrics",
    "run",
    "overall",
    "step",
];
/// Words that make of the name of a metric that of something else: settings, bounds,
/// tests.
const OTHER: [&str; 31] = [
    "weight",
    "weights",
    "threshold",
    "thresh",
    "alpha",
    "beta",
    "gamma",
    "coef",
    "coefficient",
    "lambda",
    "lr",
    "patience",
    "time",
    "p",
    "pvalue",
    "ci",
    "lower",
    "upper",
    "low",
    "high",
    "lo",
    "hi",
    "median",
    "iqr",
    "rank",
    "diff",
    "delta",
    "fn",
    "function",
    "type",
    "ci95",
];
/// Names of metrics that are names of settings more often.
const SETTINGS_TOO: [&str; 3] = ["l1", "l2", "ce"];

/// What the name of a column says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MetricName {
    /// As results name it: `auc`.
    pub(super) metric: String,
    pub(super) split: Split,
    pub(super) stat: Stat,
    /// What else the name says: `nodule` of `test/auc_nodule`.
    pub(super) qualifier: String,
    /// Which of several columns of the same is meant: the plainer name.
    pub(super) extra: usize,
}

/// A column of a metric.
#[derive(Clone, Debug)]
pub(super) struct Measure {
    pub(super) column: usize,
    pub(super) name: MetricName,
}

/// The columns that hold a known metric, by their names and cells.
pub(super) fn measures(sheet: &Sheet) -> Vec<Measure> {
    let known = |(column, name): (usize, &String)| {
        let name = metric_name(name)?;
        is_numeric(sheet, column).then_some(Measure { column, name })
    };
    sheet.header().iter().enumerate().filter_map(known).collect()
}

/// Whether most cells that hold something hold a number, and some cell does.
pub(super) fn is_numeric(sheet: &Sheet, column: usize) -> bool {
    let (mut numbers, mut others) = (0_usize, 0_usize);
    for cell in sheet.cells(column) {
        if number(sheet.style(), cell).is_some() {
            numbers += 1;
        } else if missing(cell).is_none() {
            others += 1;
        }
    }
    numbers > others
}

/// The number in a cell, percent signs left out.
pub(super) fn number(style: NumberStyle, cell: &str) -> Option<f64> {
    style.parse(cell.trim_end_matches('%').trim_end()).ok()
}

/// The metric that a name means.
pub(super) fn metric_name(name: &str) -> Option<MetricName> {
    let words = words(name);
    let (start, end, metric) = longest(&words)?;
    let mut split = Split::Unsaid;
    let (mut stat, mut qualifier, mut extra) = (Stat::Value, Vec::new(), 0);
    let rest: Vec<&str> = words[..start].iter().chain(&words[end..]).map(String::as_str).collect();
    if rest.iter().any(|word| OTHER.contains(word))
        || rest.contains(&"best") && rest.last() == Some(&"epoch")
    {
        return None;
    }
    if SETTINGS_TOO.contains(&words[start..end].join("_").as_str()) && rest.is_empty() {
        return None;
    }
    for word in rest {
        if let Some(of) = Split::of(word) {
            // The innermost says it: `eval/test_auc`.
            split = of;
        } else if let Some(of) = Stat::of(word).filter(|_| stat == Stat::Value) {
            stat = of;
        } else if EMPTY.contains(&word) {
            extra += if word == "step" { 2 } else { 1 };
        } else {
            qualifier.push(word);
        }
    }
    let qualifier = qualifier.join("_");
    Some(MetricName { metric, split, stat, qualifier, extra })
}

/// The words of a name, in lower case; a word in brackets counts where it is a split or
/// a statistic, and is a unit otherwise.
fn words(name: &str) -> Vec<String> {
    let mut name = clean(name).replace(['%', '↑', '↓', '±', '*'], " ");
    if let (Some(open), true) = (name.find(['(', '[']), name.trim_end().ends_with([')', ']'])) {
        let inner = name[open + 1..].trim().trim_end_matches([')', ']']).trim().to_lowercase();
        name.truncate(open);
        if Split::of(&inner).is_some() || Stat::of(&inner).is_some() {
            name = format!("{name} {inner}");
        }
    }
    let parts = name.split(['/', '.', ':', '|', '@', ',']);
    let parts: Vec<String> = parts.map(plain).collect();
    let words = parts.iter().flat_map(|part| part.split('_'));
    words.filter(|word| !word.is_empty()).map(Into::into).collect()
}

/// The longest run of words that is a metric, the last of equals: start, end, name.
/// A split is never a part of it.
fn longest(words: &[String]) -> Option<(usize, usize, String)> {
    let most = words.len().min(6);
    for width in (1..=most).rev() {
        for start in (0..=words.len() - width).rev() {
            let run = &words[start..start + width];
            if run.iter().any(|word| Split::of(word).is_some()) {
                continue;
            }
            if let Some(metric) = metric_of(run) {
                return Some((start, start + width, metric));
            }
        }
    }
    None
}

/// The metric of words, written apart or together.
fn metric_of(run: &[String]) -> Option<String> {
    let together: String = run.concat();
    let is = |name: &&str| {
        name.len() >= together.len()
            && name.bytes().filter(|byte| *byte != b'_').eq(together.bytes())
    };
    let names = KNOWN.iter().flat_map(|known| {
        known.aliases.iter().chain(known.variants).chain(std::iter::once(&known.key))
    });
    names.copied().find(is).map(canonical)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str) -> Option<(String, Split, Stat, String)> {
        metric_name(name).map(|found| (found.metric, found.split, found.stat, found.qualifier))
    }

    #[test]
    fn metrics_are_known_by_any_name_of_a_column() {
        use Split::{Test, Train, Unsaid, Validation};
        for (name, metric, split) in [
            ("auc", "auc", Unsaid),
            ("AUROC", "auc", Unsaid),
            ("test/auc", "auc", Test),
            ("metrics.auc", "auc", Unsaid),
            ("test_auc", "auc", Test),
            ("auc_test", "auc", Test),
            ("eval/dice", "dice", Validation),
            ("Test AUC", "auc", Test),
            ("AUC (test)", "auc", Test),
            ("testAUC", "auc", Test),
            ("val_acc", "accuracy", Validation),
            ("test_balanced_accuracy", "balanced_accuracy", Test),
            ("val_MulticlassF1Score", "f1", Validation),
            ("test/BinaryAUROC", "auc", Test),
            ("mIoU", "miou", Unsaid),
            ("Macro-F1", "macro_f1", Unsaid),
            ("HD95 (mm)", "hd95", Unsaid),
            ("AUC (%)", "auc", Unsaid),
            ("Dice ↑", "dice", Unsaid),
            ("acc@1", "acc1", Unsaid),
            ("train_loss_epoch", "loss", Train),
            ("val_loss", "loss", Validation),
            ("mean_absolute_error", "mae", Unsaid),
            ("test/average_precision", "average_precision", Test),
        ] {
            assert_eq!(
                told(name),
                Some((metric.into(), split, Stat::Value, String::new())),
                "{name}"
            );
        }
        for name in [
            "model",
            "learning_rate",
            "loss_weight",
            "auc_threshold",
            "l2",
            "runtime",
            "epoch",
            "best_auc_epoch",
            "auc_p",
            "auc_ci_lower",
            "train",
            "",
            "/",
            "seed",
            "resnet50",
        ] {
            assert_eq!(told(name), None, "{name}");
        }
    }

    #[test]
    fn statistics_and_qualifiers_are_told_apart() {
        for (name, stat) in [
            ("auc_mean", Stat::Mean),
            ("AUC mean", Stat::Mean),
            ("auc (std)", Stat::Sd),
            ("auc_sd", Stat::Sd),
            ("std_auc", Stat::Sd),
            ("auc.sem", Stat::Se),
        ] {
            assert_eq!(
                told(name),
                Some(("auc".into(), Split::Unsaid, stat, String::new())),
                "{name}"
            );
        }
        let of = |name| told(name).map(|(metric, _, _, qualifier)| (metric, qualifier));
        assert_eq!(of("dice_liver"), Some(("dice".into(), "liver".into())));
        assert_eq!(of("chexpert/auc"), Some(("auc".into(), "chexpert".into())));
        // A mean by its name is a metric of its own.
        assert_eq!(of("mean_auc"), Some(("mean_auc".into(), String::new())));
    }
}
