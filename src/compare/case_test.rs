//! One test over cases: of values per case, or of a score of the whole test set.
//!
//! *Values per case* (Dice of each image) are paired case by case. Where patients
//! have several cases the patient is the unit: t becomes the cluster-robust t
//! (CR2), the permutation flips the signs of whole patients, and ranks are of
//! patient means. t is the default here too: the mean difference is what tables
//! show and what t is about, and with the tens to thousands of cases of a test
//! set its distribution is no concern; Wilcoxon's test, the custom of the field,
//! is about a shift of ranks.
//!
//! *Scores of a test set* have no value per case. An AUC is tested by DeLong's
//! covariance from the contributions of cases or patients; any other by the
//! paired bootstrap: z is the difference over the standard deviation of its
//! resamples, the interval is their percentiles.
//!
//! Levels that are equal in every case have no p: nothing distinguishes them.

use super::decision::POWER;
use super::design::{Samples, Sides};
use super::seed_test::SeedTest;
use super::test_kind::TestKind;
use super::types::{CompareOptions, ComparisonRow, Design};
use crate::scores::{Cell, OverCases, Unit};
use crate::spec::TestFamily;
use crate::stats::Bounds;
use crate::stats::bootstrap::{Bootstrap, Method, clustered_mean_difference};
use crate::stats::clustered_test::{clustered_sign_flip, clustered_t};
use crate::stats::contributions::{Units, variance_of_difference};
use crate::stats::describe::sd;
use crate::stats::distributions::{normal, student_t};
use crate::stats::mean_interval::IntervalMethod;
use crate::stats::permutation::Effort;
use crate::stats::t_test::Alternative;
use crate::stats::wilcoxon::Zeros;

/// A test over cases, with the standard error of its estimate.
#[derive(Clone, Debug)]
pub(super) struct CaseTest {
    pub(super) test: SeedTest,
    se: Option<f64>,
    /// Whether the interval is that of t.
    by_t: bool,
}

impl CaseTest {
    fn of(mut test: SeedTest, se: Option<f64>) -> Self {
        test.counts = test.p.is_some();
        let by_t = test.interval_method == TestKind::ClusteredT.name();
        Self { test, se, by_t }
    }

    /// Upper tail of the distribution that the test holds its statistic against.
    fn tail(&self, statistic: f64) -> f64 {
        match self.test.df {
            Some(df) => student_t::sf(statistic, df),
            None => normal::sf(statistic),
        }
    }

    /// The same test with an interval of another confidence, where it follows from
    /// the standard error alone.
    pub(super) fn at(&self, confidence: f64) -> Option<SeedTest> {
        let (estimate, se) = (self.test.estimate?, self.se?);
        let tail = (1.0 - confidence) / 2.0;
        let reach = match (self.test.kind, self.test.df) {
            (TestKind::DeLong { .. }, _) => -normal::quantile(tail),
            (TestKind::ClusteredT, Some(df)) if self.by_t => -student_t::quantile(tail, df),
            _ => return None,
        };
        let bounds = Bounds { low: estimate - reach * se, high: estimate + reach * se };
        Some(SeedTest { interval: Some(bounds), ..self.test.clone() })
    }

    /// Estimate, its standard error and degrees of freedom; no degrees of freedom
    /// where the statistic is held against the normal distribution.
    pub(super) fn estimated(&self) -> Option<(f64, f64, Option<f64>)> {
        Some((self.test.estimate?, self.se?, self.test.df))
    }

    /// p of a difference within the margin: two one-sided tests.
    pub(super) fn equivalence_p(&self, options: &CompareOptions) -> Option<f64> {
        let margin = options.margin.filter(|margin| *margin > 0.0 && margin.is_finite())?;
        let (estimate, se) = (self.test.estimate?, self.se?);
        let (above, below) = ((estimate + margin) / se, (margin - estimate) / se);
        finite(self.tail(above).max(self.tail(below)))
    }
}

/// What the test over cases can find, in the place of what one over runs could:
/// by the normal approximation, for test sets are large.
pub(super) fn outlook(row: &mut ComparisonRow, test: Option<&CaseTest>, options: &CompareOptions) {
    let Some(test) = test else { return };
    let level = super::decision::level(options, row.family_size);
    let reach = normal::quantile(1.0 - level / 2.0) + normal::quantile(POWER);
    row.detectable = test.se.map(|se| reach * se).filter(|v| v.is_finite());
    row.cannot = None;
    row.further_runs = None;
}

/// Both sides over the cases of a test set, where they are scores of it.
fn scores<'a>(level: &'a Cell, reference: &'a Cell) -> Option<[&'a OverCases; 2]> {
    Some([level.over_cases.as_deref()?, reference.over_cases.as_deref()?])
}

/// The units behind two scores of a test set.
pub(super) fn counted(level: &Cell, reference: &Cell) -> Option<[usize; 2]> {
    scores(level, reference).map(|over| over.map(|over| over.units))
}

/// The samples of two scores of a test set: paired by its cases.
pub(super) fn samples_of(level: &Cell, reference: &Cell) -> Option<Samples> {
    let over = scores(level, reference)?;
    let word = over[0].unit_word();
    let test = if over[0].parts.is_empty() {
        "a score of the whole test set is compared on resamples that both sides share"
    } else {
        "areas on the same test set are compared by the contributions of its cases"
    };
    Some(Samples {
        design: Design::Paired,
        why: format!("{test}; both sides have the same {} {word}", over[0].units),
        sides: Sides::Values { level: level.values.clone(), reference: reference.values.clone() },
        unit: Unit::Cases,
        notes: Vec::new(),
    })
}

/// The test of two cells over cases; none where the test over seeds is theirs
/// too.
pub(super) fn tested(
    [level, reference]: [&Cell; 2],
    samples: &Samples,
    options: &CompareOptions,
    confidence: f64,
) -> Option<CaseTest> {
    if level.over_cases.is_some() != reference.over_cases.is_some() {
        let mut found = empty(TestKind::PairedBootstrap { patients: false }, "difference");
        found.notes.push("a side has no value, so there is nothing to test".into());
        return Some(CaseTest::of(found, None));
    }
    match scores(level, reference) {
        Some(over) => Some(of_scores([level, reference], over, confidence)),
        None => of_values([level, reference], samples, options, confidence),
    }
}

/// Tests two scores of one test set.
fn of_scores([level, reference]: [&Cell; 2], over: [&OverCases; 2], confidence: f64) -> CaseTest {
    let estimate = level.summarized().mean - reference.summarized().mean;
    let [a, b] = over;
    let patients = a.by_patient();
    let mut found = empty(TestKind::PairedBootstrap { patients }, "difference");
    found.estimate = finite(estimate);
    found.statistic_name = "z";
    if a.units != b.units || a.parts.len() != b.parts.len() {
        found.notes.push("the sides were not scored on the same cases".into());
        return CaseTest::of(found, None);
    }
    if a.parts.is_empty() {
        return bootstrapped(found, estimate, over, confidence);
    }
    found.kind = TestKind::DeLong { classes: a.classes, patients };
    let variance = variance_of_difference(&a.parts, &b.parts);
    if variance.is_nan() || variance <= f64::EPSILON * f64::EPSILON {
        found.notes.push(alike(variance == 0.0 && estimate == 0.0));
        return CaseTest::of(found, None);
    }
    let se = variance.sqrt();
    let half = -normal::quantile((1.0 - confidence) / 2.0) * se;
    found.statistic = finite(estimate / se);
    found.p = finite((2.0 * normal::sf((estimate / se).abs())).min(1.0));
    found.interval = Some(Bounds { low: estimate - half, high: estimate + half });
    found.interval_method = "normal, from the contributions of the cases (DeLong)".into();
    CaseTest::of(found, Some(se))
}

fn bootstrapped(
    mut found: SeedTest,
    estimate: f64,
    [a, b]: [&OverCases; 2],
    confidence: f64,
) -> CaseTest {
    let pairs = a.redrawn.iter().zip(&b.redrawn);
    let drawn: Vec<f64> = pairs.map(|(a, b)| a - b).filter(|d| d.is_finite()).collect();
    if drawn.len() < 2 || !estimate.is_finite() {
        found.notes.push("there are no resamples on which both sides have a value".into());
        return CaseTest::of(found, None);
    }
    let se = sd(&drawn);
    if se <= f64::EPSILON {
        found.notes.push(alike(estimate == 0.0));
        return CaseTest::of(found, None);
    }
    if drawn.len() < a.redrawn.len() {
        let lost = a.redrawn.len() - drawn.len();
        found.notes.push(format!("{lost} resamples have no value on both sides and do not count"));
    }
    found.interval_method = format!(
        "percentile bootstrap over {}, {} resamples, seed {}",
        a.unit_word(),
        drawn.len(),
        a.seed
    );
    let bootstrap = Bootstrap::from_resamples(estimate, drawn);
    found.statistic = finite(estimate / se);
    found.p = finite((2.0 * normal::sf((estimate / se).abs())).min(1.0));
    found.interval = bootstrap.interval(Method::Percentile, confidence).value().copied();
    CaseTest::of(found, Some(se))
}

/// Tests values per case that are equal, or that come in patients; none where
/// the test over seeds does.
fn of_values(
    [level, reference]: [&Cell; 2],
    samples: &Samples,
    options: &CompareOptions,
    confidence: f64,
) -> Option<CaseTest> {
    let Sides::Values { level: x, reference: y } = &samples.sides else { return None };
    if level.unit != Unit::Cases || samples.design != Design::Paired {
        return None;
    }
    if x == y {
        let mut found =
            empty(kind(options.test, !level.clusters.is_empty()), "difference of means");
        found.estimate = Some(0.0);
        found.notes.push(alike(true));
        return Some(CaseTest::of(found, None));
    }
    if level.clusters.is_empty() {
        return None;
    }
    let clusters = shared_clusters(level, reference)?;
    let t = clustered_t(x, y, &clusters, Alternative::TwoSided, confidence);
    let value = t.value().map(|found| found.test);
    let se = value.and_then(|t| finite(t.estimate / t.t)).map(f64::abs).filter(|se| *se > 0.0);
    let mut found = empty(kind(options.test, true), "difference of means");
    found.notes.extend(t.note().map(Into::into));
    found.estimate = t.any().and_then(|found| finite(found.test.estimate));
    found.interval = value.map(|t| Bounds { low: t.ci_low, high: t.ci_high });
    found.interval_method = TestKind::ClusteredT.name();
    match options.test {
        TestFamily::T => {
            found.statistic_name = "t";
            found.statistic = value.map(|t| t.t);
            found.df = value.map(|t| t.df);
            found.p = value.map(|t| t.p);
        }
        TestFamily::Permutation => {
            let flipped = clustered_sign_flip(x, y, &clusters, &Effort::default());
            found.statistic_name = "mean difference";
            found.statistic = flipped.value().map(|p| p.statistic);
            found.p = flipped.value().map(|p| p.p.two_sided);
            found.notes.extend(flipped.note().map(Into::into));
        }
        TestFamily::Wilcoxon => found = of_patient_means(x, y, &clusters, confidence),
    }
    if options.interval != IntervalMethod::T && options.test != TestFamily::Wilcoxon {
        resampled(&mut found, [x, y], &clusters, options, confidence);
    }
    Some(CaseTest::of(found, se))
}

/// The clustered bootstrap in the place of the t interval, where it is asked for.
fn resampled(
    found: &mut SeedTest,
    [x, y]: [&[f64]; 2],
    clusters: &[u32],
    options: &CompareOptions,
    confidence: f64,
) {
    let method = match options.interval {
        IntervalMethod::Basic => Method::Basic,
        IntervalMethod::Bca => Method::Bca,
        _ => Method::Percentile,
    };
    let drawn = clustered_mean_difference(x, y, clusters, options.resamples, options.seed);
    if let Some(bounds) = drawn.interval(method, confidence).value() {
        found.interval = Some(*bounds);
        found.interval_method = format!(
            "{} bootstrap over patients, {} resamples, seed {}",
            super::summary::title(options.interval),
            options.resamples,
            options.seed
        );
    }
}

fn of_patient_means(x: &[f64], y: &[f64], clusters: &[u32], confidence: f64) -> SeedTest {
    let units = Units::of(clusters).members();
    let means = |v: &[f64]| -> Vec<f64> {
        units.iter().map(|of| of.iter().map(|i| v[*i]).sum::<f64>() / of.len() as f64).collect()
    };
    let samples = Samples {
        design: Design::Paired,
        why: String::new(),
        sides: Sides::Values { level: means(x), reference: means(y) },
        unit: Unit::Cases,
        notes: Vec::new(),
    };
    let mut found = super::seed_test::seed_test(&samples, TestFamily::Wilcoxon, confidence);
    found.notes.push(format!("ranks are of the means of {} patients", units.len()));
    found
}

/// The patients of the cases that both sides have.
fn shared_clusters(level: &Cell, reference: &Cell) -> Option<Vec<u32>> {
    if level.seeds == reference.seeds {
        return Some(level.clusters.clone()).filter(|clusters| !clusters.is_empty());
    }
    let pairs = level.seeds.iter().zip(&level.clusters);
    let kept = pairs.filter(|(case, _)| reference.value_of(**case).is_some());
    let clusters: Vec<u32> = kept.map(|(_, cluster)| *cluster).collect();
    (!clusters.is_empty()).then_some(clusters)
}

fn kind(family: TestFamily, clustered: bool) -> TestKind {
    match (family, clustered) {
        (TestFamily::T, false) => TestKind::PairedT,
        (TestFamily::T, true) => TestKind::ClusteredT,
        (TestFamily::Permutation, false) => TestKind::SignFlip,
        (TestFamily::Permutation, true) => TestKind::ClusteredSignFlip,
        (TestFamily::Wilcoxon, _) => TestKind::SignedRank(Zeros::Wilcox),
    }
}

fn alike(equal: bool) -> String {
    if equal {
        "both sides are equal on every case: nothing distinguishes them, and there is no p".into()
    } else {
        "the sides do not vary against each other over the cases: there is no p".into()
    }
}

fn empty(kind: TestKind, estimand: &'static str) -> SeedTest {
    SeedTest {
        kind,
        statistic_name: "",
        statistic: None,
        df: None,
        estimand,
        estimate: None,
        interval: None,
        interval_method: String::new(),
        p: None,
        counts: false,
        notes: Vec::new(),
    }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
