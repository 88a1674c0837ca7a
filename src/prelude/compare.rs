//! The comparison of a study or of a CSV in one chain of calls.

use std::path::Path;

use crate::compare::{Analysis, CompareOptions};
use crate::frame::{Filter, FrameError, Reading, Results};
use crate::report::{self, ReportError};
use crate::scores::{Baselines, Better, Factor, Factors, MetricRules};
use crate::spec::{Claim, DesignChoice, FamilyAdjustment, FamilyScope, TestFamily};
use crate::stats::mean_interval::IntervalMethod;

/// A comparison that is being described; [`Compare::run`] does it, as
/// `transfolio compare` would.
#[derive(Clone, Debug)]
#[must_use = "nothing is compared before `run`"]
pub struct Compare {
    results: Results,
    metric: Option<String>,
    claims: Option<Vec<Claim>>,
    rules: MetricRules,
    /// In the order of the calls, over the options of the study.
    changes: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Baseline(Baselines),
    Factors(Factors),
    Alpha(f64),
    Design(DesignChoice),
    Family(FamilyScope),
    Confidence(f64),
    Margin(f64),
    Test(TestFamily),
    Adjustment(FamilyAdjustment),
    Interval(IntervalMethod),
    Resamples(usize),
    Seed(u64),
    PerClass(bool),
}

impl Change {
    fn apply(self, options: &mut CompareOptions) {
        match self {
            Self::Baseline(baselines) => options.baselines = baselines,
            Self::Factors(factors) => options.factors = factors,
            Self::Alpha(alpha) => (options.alpha, options.confidence) = (alpha, 1.0 - alpha),
            Self::Design(design) => options.design = design,
            Self::Family(family) => options.family = family,
            Self::Confidence(confidence) => options.confidence = confidence,
            Self::Margin(margin) => options.margin = Some(margin),
            Self::Test(test) => options.test = test,
            Self::Adjustment(adjustment) => options.adjustment = adjustment,
            Self::Interval(interval) => options.interval = interval,
            Self::Resamples(resamples) => options.resamples = resamples,
            Self::Seed(seed) => options.seed = seed,
            Self::PerClass(per_class) => options.per_class = per_class,
        }
    }
}

impl Compare {
    /// Compares results that were read already.
    pub fn of(results: Results) -> Self {
        let rules = MetricRules::default();
        Self { results, metric: None, claims: None, rules, changes: Vec::new() }
    }

    /// Reads a CSV of results; one without a header or a value is refused with
    /// its line.
    pub fn from_csv(path: impl AsRef<Path>) -> Result<Self, FrameError> {
        Self::from_csv_where(path, &[])
    }

    /// Reads the rows of a CSV that have these values, each `(column, value)`.
    pub fn from_csv_where(
        path: impl AsRef<Path>,
        rows: &[(&str, &str)],
    ) -> Result<Self, FrameError> {
        let filter = |(column, value): &(&str, &str)| Filter {
            column: (*column).into(),
            value: (*value).into(),
        };
        let filters: Vec<Filter> = rows.iter().map(filter).collect();
        Ok(Self::of(Results::open(path.as_ref(), &Reading::only(&filters))?))
    }

    /// Reads the folder of a study.
    pub fn from_study(folder: impl AsRef<Path>) -> Result<Self, FrameError> {
        Self::from_csv_where(folder, &[])
    }

    fn with(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// The metric; else the study's, else `auc`, else the first.
    pub fn metric(mut self, metric: impl Into<String>) -> Self {
        self.metric = Some(metric.into());
        self
    }

    /// The level that the others are compared with; else all pairs.
    pub fn baseline(self, level: impl Into<String>) -> Self {
        self.with(Change::Baseline(Baselines::level(level)))
    }

    /// A level of each factor that the others are compared with.
    pub fn baselines(self, baselines: Baselines) -> Self {
        self.with(Change::Baseline(baselines))
    }

    /// The column whose levels are compared; else the one that varies.
    pub fn factor(self, column: &str) -> Self {
        self.factors(&[column])
    }

    /// Columns whose combinations of levels are compared.
    pub fn factors(self, columns: &[&str]) -> Self {
        let factors = columns.iter().map(|column| Factor::new(*column));
        self.with(Change::Factors(Factors::new(factors)))
    }

    /// Smaller values of a metric are better.
    pub fn lower_is_better(mut self, metric: &str) -> Self {
        self.rules.direct(metric, Better::Lower);
        self
    }

    /// Larger values of a metric are better.
    pub fn higher_is_better(mut self, metric: &str) -> Self {
        self.rules.direct(metric, Better::Higher);
        self
    }

    /// Whether runs of one seed are pairs.
    pub fn design(self, design: DesignChoice) -> Self {
        self.with(Change::Design(design))
    }

    /// Tests that are adjusted together.
    pub fn family(self, family: FamilyScope) -> Self {
        self.with(Change::Family(family))
    }

    /// Two-sided significance level; intervals follow it.
    pub fn alpha(self, alpha: f64) -> Self {
        self.with(Change::Alpha(alpha))
    }

    /// Level of the intervals.
    pub fn confidence(self, confidence: f64) -> Self {
        self.with(Change::Confidence(confidence))
    }

    /// Largest difference that does not matter in practice.
    pub fn margin(self, margin: f64) -> Self {
        self.with(Change::Margin(margin))
    }

    /// Family of tests over seeds.
    pub fn test(self, test: TestFamily) -> Self {
        self.with(Change::Test(test))
    }

    /// Adjustment within a family.
    pub fn adjustment(self, adjustment: FamilyAdjustment) -> Self {
        self.with(Change::Adjustment(adjustment))
    }

    /// Interval of a mean over seeds.
    pub fn interval(self, interval: IntervalMethod) -> Self {
        self.with(Change::Interval(interval))
    }

    /// Bootstrap resamples.
    pub fn resamples(self, resamples: usize) -> Self {
        self.with(Change::Resamples(resamples))
    }

    /// Seed of the bootstrap.
    pub fn seed(self, seed: u64) -> Self {
        self.with(Change::Seed(seed))
    }

    /// Compares on every class too, where a study has predictions.
    pub fn per_class(self) -> Self {
        self.with(Change::PerClass(true))
    }

    /// Claims to judge, in the place of the study's.
    pub fn claims(mut self, claims: Vec<Claim>) -> Self {
        self.claims = Some(claims);
        self
    }

    /// The analysis; prints as the table of `transfolio compare`.
    pub fn run(self) -> Result<Analysis, ReportError> {
        let mut options = report::options(&self.results, self.metric.as_deref(), &self.rules)?;
        for change in self.changes {
            change.apply(&mut options);
        }
        let of_study = || self.results.study.as_ref().map(|study| study.study.claims.clone());
        let claims = self.claims.or_else(of_study).unwrap_or_default();
        let mut analysis = report::analyse(&self.results, &options, &claims)?;
        analysis.comparison.notes.extend(self.results.further_notes());
        Ok(analysis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("r.csv");
        std::fs::write(&path, text).expect("written");
        (folder, path)
    }

    const ROWS: &str = "init,fold,seed,metric,value\n\
        a,x,0,dice,0.70\na,x,1,dice,0.72\na,x,2,dice,0.71\n\
        b,x,0,dice,0.75\nb,x,1,dice,0.78\nb,x,2,dice,0.76\n\
        a,y,0,dice,0.1\n";

    #[test]
    fn options_reach_the_comparison() {
        let (_folder, path) = csv(ROWS);
        let analysis = Compare::from_csv_where(&path, &[("fold", "x")])
            .expect("read")
            .baseline("b")
            .alpha(0.1)
            .confidence(0.9)
            .margin(0.01)
            .test(TestFamily::Permutation)
            .adjustment(FamilyAdjustment::None)
            .interval(IntervalMethod::Basic)
            .resamples(99)
            .seed(5)
            .factor("init")
            .lower_is_better("DSC")
            .per_class()
            .run()
            .expect("compared");
        let options = &analysis.comparison.options;
        assert_eq!((options.metric.key.as_str(), options.metric.better), ("dice", Better::Lower));
        let expected = CompareOptions {
            metric: options.metric.clone(),
            rules: options.rules.clone(),
            baselines: Baselines::level("b"),
            factors: Factors::one(Factor::init()),
            alpha: 0.1,
            confidence: 0.9,
            margin: Some(0.01),
            test: TestFamily::Permutation,
            design: options.design,
            family: options.family,
            adjustment: FamilyAdjustment::None,
            interval: IntervalMethod::Basic,
            resamples: 99,
            seed: 5,
            per_class: true,
        };
        assert_eq!(*options, expected);
        assert!(analysis.row("a", "b").is_some() && analysis.row("b", "a").is_none());
        let text = analysis.to_string();
        assert!(text.contains("there is no column \"task\""), "{text}");
    }

    #[test]
    fn an_unknown_metric_lists_the_known_ones() {
        let (_folder, path) = csv(ROWS);
        let compare = Compare::from_csv_where(&path, &[("fold", "x")]).expect("read");
        let error = compare.metric("auc").run().expect_err("an error").to_string();
        assert!(error.contains("dice"), "{error}");
    }
}
