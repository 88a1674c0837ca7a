//! `[comparison]` and `[[claims]]`: what is compared, how, and what is asserted.

use serde::{Deserialize, Serialize};

use super::levels::{Level, Levels, Scope, Side};
use crate::scores::{Baselines, Factor};
use crate::stats::adjust::Adjustment;
use crate::stats::mean_interval::IntervalMethod;

/// `[comparison]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ComparisonSpec {
    /// Metric that the comparison is about. `auto` is the AUC where all tasks have
    /// classes, Dice where all have masks, and `primary`, the one or the other of
    /// each task, where some have classes and some masks.
    pub metric: String,
    /// Metrics of classes beside AUC and accuracy: `average_precision`, `f1`,
    /// `sensitivity`, `brier`, ... They follow from the predictions of runs that have
    /// ended, too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<String>,
    /// What the others are compared with: an init, or a level of each factor
    /// (`{ init = "random", model = "resnet50" }`); all pairs where absent.
    #[serde(skip_serializing_if = "Baselines::is_empty")]
    pub baseline: Baselines,
    /// Two-sided significance level.
    pub alpha: f64,
    /// Confidence level of intervals; one minus alpha where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// The largest difference that does not matter in practice, in units of
    /// the metric; without it nothing can be called equivalent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    /// Family of tests over seeds.
    pub test: TestFamily,
    /// Whether runs of one seed are pairs.
    #[serde(skip_serializing_if = "DesignChoice::is_auto")]
    pub design: DesignChoice,
    /// Adjustment of p-values within a family of tests.
    pub adjustment: FamilyAdjustment,
    /// Tests that answer one question together and are adjusted together.
    #[serde(skip_serializing_if = "FamilyScope::is_metric")]
    pub family: FamilyScope,
    /// Interval of a mean over seeds. The default is t: with the three to ten
    /// seeds that studies have, bootstrap intervals of 95 % cover 72 to 90 %
    /// (measured, [`crate::stats::coverage`]).
    pub interval: IntervalMethod,
}

impl Default for ComparisonSpec {
    fn default() -> Self {
        Self {
            metric: Self::AUTO.into(),
            further: Vec::new(),
            baseline: Baselines::default(),
            alpha: 0.05,
            confidence: None,
            margin: None,
            test: TestFamily::default(),
            design: DesignChoice::default(),
            family: FamilyScope::default(),
            adjustment: FamilyAdjustment::default(),
            interval: IntervalMethod::T,
        }
    }
}

impl ComparisonSpec {
    /// The metric that goes with the targets of a study.
    pub const AUTO: &str = "auto";

    /// The metric, or another one where it is left to the targets of a study.
    pub fn metric_or<'a>(&'a self, other: &'a str) -> &'a str {
        if self.metric == Self::AUTO { other } else { &self.metric }
    }

    /// What the others are compared with; a plain level is one of the inits.
    pub fn baselines(&self) -> Baselines {
        match &self.baseline.level {
            Some(level) => Baselines::of(Factor::init(), level),
            None => self.baseline.clone(),
        }
    }
}

/// Family of tests over seeds; the design decides between its two members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestFamily {
    /// Paired t test, or Welch's.
    #[default]
    T,
    /// Wilcoxon's signed-rank test, or Mann and Whitney's.
    Wilcoxon,
    /// Sign-flip or two-sample permutation of the difference of means.
    Permutation,
}

/// Whether runs of one seed on both sides are pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DesignChoice {
    /// As the seeds show it: pairs where most seeds are shared, both pairs and
    /// single runs where some are, independent samples where none are.
    #[default]
    Auto,
    /// Shared seeds are pairs; all other runs are left out.
    Shared,
    /// All runs, none of them paired.
    Independent,
    /// All runs, those of shared seeds paired.
    Partial,
}

impl DesignChoice {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    fn is_auto(&self) -> bool {
        *self == Self::Auto
    }
}

/// Tests that are adjusted together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FamilyScope {
    /// All tests of a metric.
    #[default]
    Metric,
    /// The tests of each task.
    Task,
    /// The tests of each pair of levels: one question, asked everywhere.
    Question,
}

impl FamilyScope {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    fn is_metric(&self) -> bool {
        *self == Self::Metric
    }
}

impl ComparisonSpec {
    /// Confidence level of intervals.
    pub fn confidence(&self) -> f64 {
        self.confidence.unwrap_or(1.0 - self.alpha)
    }
}

/// Adjustment of p-values within a family of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum FamilyAdjustment {
    #[default]
    Holm,
    Hochberg,
    Hommel,
    Bonferroni,
    BenjaminiHochberg,
    BenjaminiYekutieli,
    /// Raw p-values; tables and the report say so.
    None,
}

impl FamilyAdjustment {
    /// The method; `None` leaves p-values raw.
    pub fn method(self) -> Option<Adjustment> {
        match self {
            Self::Holm => Some(Adjustment::Holm),
            Self::Hochberg => Some(Adjustment::Hochberg),
            Self::Hommel => Some(Adjustment::Hommel),
            Self::Bonferroni => Some(Adjustment::Bonferroni),
            Self::BenjaminiHochberg => Some(Adjustment::BenjaminiHochberg),
            Self::BenjaminiYekutieli => Some(Adjustment::BenjaminiYekutieli),
            Self::None => None,
        }
    }

    /// The name as papers write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Holm => "Holm",
            Self::Hochberg => "Hochberg",
            Self::Hommel => "Hommel",
            Self::Bonferroni => "Bonferroni",
            Self::BenjaminiHochberg => "Benjamini-Hochberg",
            Self::BenjaminiYekutieli => "Benjamini-Yekutieli",
            Self::None => "no",
        }
    }
}

/// `[[claims]]`: a hypothesis in words with its formal part.
///
/// ```toml
/// [[claims]]
/// text = "Fine labels beat coarse labels at 10 % of the labels"
/// better = { init = "fine" }
/// than = { init = "coarse" }
/// at = { label_fraction = 0.1 }
/// ```
///
/// Sides and scope name any columns of the results. The sides are compared where
/// every column agrees that not both of them name; one that a single side names
/// holds for the other too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The hypothesis in words.
    pub text: String,
    /// The side that is claimed to be better than `than`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better: Option<Side>,
    /// The side that is claimed to be worse than `than` by less than the margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_worse: Option<Side>,
    /// The side that is claimed to be within the margin of `to`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equivalent: Option<Side>,
    /// The other side.
    #[serde(alias = "to")]
    pub than: Side,
    /// Where the claim holds; everywhere where absent.
    #[serde(default)]
    pub at: Scope,
    /// Metric; the comparison's where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// Margin; the comparison's where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
}

/// What a claim says of its two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Relation {
    Better,
    NotWorse,
    Equivalent,
}

impl Claim {
    /// The claim with its factors by other names: those that a table's columns have
    /// after it was read.
    #[must_use]
    pub fn with_factors(&self, name: impl Fn(&str) -> String) -> Self {
        let side = |side: &Option<Side>| side.as_ref().map(|side| side.with_factors(&name));
        Self {
            better: side(&self.better),
            not_worse: side(&self.not_worse),
            equivalent: side(&self.equivalent),
            than: self.than.with_factors(&name),
            at: self.at.with_factors(&name),
            ..self.clone()
        }
    }

    /// The relation and its first side, where the claim names exactly one.
    pub fn relation(&self) -> Option<(Relation, &Side)> {
        let named = [
            (Relation::Better, &self.better),
            (Relation::NotWorse, &self.not_worse),
            (Relation::Equivalent, &self.equivalent),
        ];
        let mut given = named.into_iter().filter_map(|(r, side)| side.as_ref().map(|s| (r, s)));
        given.next().filter(|_| given.next().is_none())
    }

    /// Factors that both sides name; the others agree between them.
    pub fn compared(&self) -> Vec<Factor> {
        let Some((_, side)) = self.relation() else { return Vec::new() };
        let both = side.iter().map(|(factor, _)| factor);
        both.filter(|factor| self.than.get(factor).is_some()).cloned().collect()
    }

    /// Whether the sides differ in a factor that both name.
    pub fn has_two_sides(&self) -> bool {
        let Some((_, side)) = self.relation() else { return false };
        self.compared().iter().any(|factor| side.get(factor) != self.than.get(factor))
    }

    /// Every level that it names.
    pub fn levels(&self) -> impl Iterator<Item = (&Factor, &Level)> {
        let side = self.relation().map(|(_, side)| side);
        side.into_iter().chain([&self.than, &self.at]).flat_map(Levels::iter)
    }
}
