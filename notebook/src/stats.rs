//! Statistics of one's own numbers.
//!
//! Everything takes vectors, slices, arrays and columns of tables, of any type
//! of number, and gives a [`Statistic`]:
//!
//! ```no_run
//! use transfolio_notebook::prelude::*;
//!
//! # fn main() -> Result<()> {
//! let fine = [0.81, 0.83, 0.80, 0.84, 0.82];
//! let coarse = vec![0.78, 0.79, 0.79, 0.80, 0.78];
//! println!("{}", paired_t(&fine, &coarse)?); // 0.03200 [0.01581, 0.04819], t(4) = …
//! let p = t_test(&fine, &coarse).paired().greater().confidence(0.9).run()?.p()?;
//! let interval = bootstrap(&fine).statistic("median").seed(1).run()?;
//! let adjusted = adjust(&[0.01, p, 0.2], "holm")?;
//! # Ok(())
//! # }
//! ```

use serde_json::{Map, Value as Json, json};

use crate::connection::Connection;
use crate::display::{Bundle, Rich, expected};
use crate::error::{Error, Result};
use crate::numbers::Numbers;
use crate::statistic::Statistic;

fn ask(method: &str, samples: &[&dyn Numbers], options: Json) -> Result<Json> {
    let samples: Vec<Vec<f64>> = samples.iter().map(|sample| sample.to_numbers()).collect();
    let request = json!({ "method": method, "samples": samples, "options": options });
    Connection::open()?.call("statistic", request)
}

fn statistic(method: &str, samples: &[&dyn Numbers], options: Json) -> Result<Statistic> {
    Statistic::of_json(&ask(method, samples, options)?)
}

/// A test or an estimate that is being described; `run` computes it.
#[derive(Clone)]
#[must_use = "nothing is computed before `run`"]
pub struct Asked {
    method: &'static str,
    samples: Vec<Vec<f64>>,
    options: Map<String, Json>,
}

impl Asked {
    fn new(method: &'static str, samples: &[&dyn Numbers]) -> Self {
        let samples = samples.iter().map(|sample| sample.to_numbers()).collect();
        Self { method, samples, options: Map::new() }
    }

    fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.options.insert(name.into(), value.into());
        self
    }

    /// Values of one place belong together: the same seed, fold or case.
    pub fn paired(self) -> Self {
        self.with("paired", true).with("design", "paired")
    }

    /// Both have one variance: Student's test in the place of Welch's.
    pub fn equal_variances(self) -> Self {
        self.with("design", "student")
    }

    /// One-sided: the first is larger.
    pub fn greater(self) -> Self {
        self.with("alternative", "greater")
    }

    /// One-sided: the first is smaller.
    pub fn less(self) -> Self {
        self.with("alternative", "less")
    }

    /// Level of the interval, between 0 and 1.
    pub fn confidence(self, level: f64) -> Self {
        self.with("confidence", level)
    }

    /// Arrangements that are drawn where they are too many to be listed.
    pub fn draws(self, draws: u32) -> Self {
        self.with("draws", draws)
    }

    /// Seed of what is drawn.
    pub fn seed(self, seed: u64) -> Self {
        self.with("seed", seed)
    }

    /// Significance level.
    pub fn alpha(self, alpha: f64) -> Self {
        self.with("alpha", alpha)
    }

    /// Power that is wanted.
    pub fn with_power(self, power: f64) -> Self {
        self.with("power", power)
    }

    /// Computes it.
    pub fn run(self) -> Result<Statistic> {
        let samples: Vec<&dyn Numbers> = self.samples.iter().map(|s| s as &dyn Numbers).collect();
        statistic(self.method, &samples, Json::Object(self.options))
    }
}

/// A t test of two samples: Welch's, two-sided, with a 95 % interval, unless
/// told otherwise.
pub fn t_test(x: impl Numbers, y: impl Numbers) -> Asked {
    Asked::new("t_test", &[&x, &y])
}

/// The paired t test, two-sided, with a 95 % interval.
pub fn paired_t(x: impl Numbers, y: impl Numbers) -> Result<Statistic> {
    t_test(x, y).paired().run()
}

/// Welch's t test, two-sided, with a 95 % interval.
pub fn welch_t(x: impl Numbers, y: impl Numbers) -> Result<Statistic> {
    t_test(x, y).run()
}

/// Student's t test, two-sided, with a 95 % interval.
pub fn student_t(x: impl Numbers, y: impl Numbers) -> Result<Statistic> {
    t_test(x, y).equal_variances().run()
}

/// Wilcoxon's signed-rank test of pairs: exact where that is possible.
pub fn signed_rank(x: impl Numbers, y: impl Numbers) -> Result<Statistic> {
    statistic("signed_rank", &[&x, &y], json!({}))
}

/// The Mann-Whitney test (Wilcoxon's of rank sums): exact where that is possible.
pub fn mann_whitney(x: impl Numbers, y: impl Numbers) -> Result<Statistic> {
    statistic("mann_whitney", &[&x, &y], json!({}))
}

/// Permutation test of the difference of means: exact where all arrangements
/// can be listed, else 9,999 are drawn.
pub fn permutation_test(x: impl Numbers, y: impl Numbers) -> Asked {
    Asked::new("permutation", &[&x, &y])
}

/// AUC of scores against labels (0 and 1, or `false` and `true`), with DeLong's
/// 95 % interval.
pub fn auc(scores: impl Numbers, labels: impl Numbers) -> Result<Statistic> {
    statistic("auc", &[&scores, &labels], json!({}))
}

/// Two AUCs on the same cases: DeLong's paired test.
pub fn compare_aucs(
    first: impl Numbers,
    second: impl Numbers,
    labels: impl Numbers,
) -> Result<Statistic> {
    statistic("compare_aucs", &[&first, &second, &labels], json!({}))
}

/// Pearson's correlation with Fisher's interval.
pub fn pearson(x: impl Numbers, y: impl Numbers) -> Result<Statistic> {
    statistic("pearson", &[&x, &y], json!({}))
}

/// Spearman's rank correlation with its interval.
pub fn spearman(x: impl Numbers, y: impl Numbers) -> Result<Statistic> {
    statistic("spearman", &[&x, &y], json!({}))
}

/// Kendall's rank correlation (tau b).
pub fn kendall(x: impl Numbers, y: impl Numbers) -> Result<Statistic> {
    statistic("kendall", &[&x, &y], json!({}))
}

/// Mean with its 95 % t interval, standard deviation, median and number.
pub fn describe(x: impl Numbers) -> Result<Statistic> {
    statistic("mean", &[&x], json!({}))
}

/// Shapiro and Wilk's test of a normal distribution.
pub fn shapiro_wilk(x: impl Numbers) -> Result<Statistic> {
    statistic("shapiro_wilk", &[&x], json!({}))
}

/// An effect size: `hedges_g`, `cohen_d`, `cohen_dz` (pairs), `cliffs_delta` or
/// `a12`.
pub fn effect_size(of: &str, x: impl Numbers, y: impl Numbers) -> Result<Statistic> {
    let known = ["hedges_g", "cohen_d", "cohen_dz", "cliffs_delta", "a12"];
    if !known.contains(&of) {
        return Err(Error::request(format!("there is no effect size {of:?}"))
            .hint(format!("use one of {}", known.join(", "))));
    }
    statistic("effect_size", &[&x, &y], json!({ "of": of }))
}

/// Two one-sided tests that two means differ by less than a margin.
pub fn tost(x: impl Numbers, y: impl Numbers, margin: f64) -> Asked {
    Asked::new("tost", &[&x, &y]).with("margin", margin)
}

/// McNemar's exact test: which cases each of two got right (1 or `true`).
pub fn mcnemar(first: impl Numbers, second: impl Numbers) -> Result<Statistic> {
    statistic("mcnemar", &[&first, &second], json!({}))
}

/// A proportion with its interval.
pub fn proportion(hits: u64, trials: u64) -> Result<Statistic> {
    statistic("proportion", &[], json!({ "hits": hits, "trials": trials }))
}

fn groups(method: &str, groups: &[&dyn Numbers]) -> Result<Statistic> {
    if groups.len() < 2 {
        return Err(Error::request(format!(
            "{} groups were given, expected two or more",
            groups.len()
        ))
        .hint("write `&[&a, &b, &c]`"));
    }
    statistic(method, groups, json!({}))
}

/// One-way analysis of variance: `anova(&[&a, &b, &c])?`.
pub fn anova(of: &[&dyn Numbers]) -> Result<Statistic> {
    groups("anova", of)
}

/// Kruskal and Wallis's test: `kruskal_wallis(&[&a, &b, &c])?`.
pub fn kruskal_wallis(of: &[&dyn Numbers]) -> Result<Statistic> {
    groups("kruskal_wallis", of)
}

/// The test of Brown and Forsythe that groups have one variance.
pub fn brown_forsythe(of: &[&dyn Numbers]) -> Result<Statistic> {
    groups("levene", of)
}

/// Friedman's test; each block (a task, say) has one value of every method.
pub fn friedman(blocks: &[&dyn Numbers]) -> Result<Statistic> {
    groups("friedman", blocks)
}

/// Power of the t test for a true difference, with `n` cases in each of two
/// groups, or `n` pairs where `.paired()`.
pub fn power(n: u32, difference: f64, sd: f64) -> Asked {
    Asked::new("power", &[]).with("n", n).with("difference", difference).with("sd", sd)
}

/// The least difference that the t test finds with a power of 0.8.
pub fn detectable(n: u32, sd: f64) -> Asked {
    Asked::new("detectable", &[]).with("n", n).with("sd", sd)
}

/// How many cases in each group (or pairs) the t test needs for a power of 0.8.
pub fn sample_size(difference: f64, sd: f64) -> Asked {
    Asked::new("sample_size", &[]).with("difference", difference).with("sd", sd)
}

/// Adjusted p-values, in the same order: `holm`, `bonferroni`, `hochberg`,
/// `hommel`, `benjamini-hochberg`, `benjamini-yekutieli`, `sidak` or
/// `holm-sidak`.
pub fn adjust(p: impl Numbers, method: &str) -> Result<Vec<f64>> {
    let answer = ask("adjust", &[&p], json!({ "method": method }))?;
    let adjusted = answer["adjusted"].as_array().into_iter().flatten();
    Ok(adjusted.map(|p| p.as_f64().unwrap_or(f64::NAN)).collect())
}

impl Asked {
    /// Shown by the kernel when it is the last expression of a cell: the result, or the
    /// cell fails.
    pub fn evcxr_display(&self) {
        crate::display::result(self);
    }
}

crate::display::debug_described!(Asked, Bootstrap);

/// What is only described is computed where it is shown.
impl Rich for Asked {
    fn plain(&self) -> String {
        expected(self.clone().run()).plain()
    }

    fn html(&self) -> String {
        expected(self.clone().run()).html()
    }
}

impl Rich for Bootstrap {
    fn plain(&self) -> String {
        expected(self.drawn()).plain()
    }

    fn html(&self) -> String {
        expected(self.drawn()).html()
    }

    fn outputs(&self) -> Vec<Bundle> {
        expected(self.drawn()).outputs()
    }
}

type Of = Box<dyn Fn(&[f64]) -> f64>;

/// A bootstrap that is being described; `run` draws it.
#[must_use = "nothing is drawn before `run`"]
pub struct Bootstrap {
    samples: Vec<Vec<f64>>,
    options: Map<String, Json>,
    of: Option<Of>,
}

/// The mean with its 95 % BCa interval from 10,000 resamples of seed 0, unless
/// told otherwise.
pub fn bootstrap(x: impl Numbers) -> Bootstrap {
    Bootstrap { samples: vec![x.to_numbers()], options: Map::new(), of: None }
}

impl Bootstrap {
    fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.options.insert(name.into(), value.into());
        self
    }

    /// The difference to `y`, pairs drawn together.
    pub fn against(mut self, y: impl Numbers) -> Self {
        self.samples.truncate(1);
        self.samples.push(y.to_numbers());
        self
    }

    /// `mean`, `median` or `sd`.
    pub fn statistic(self, name: &str) -> Self {
        self.with("statistic", name)
    }

    /// A statistic of one's own: `bootstrap(&x).statistic_of(|x| x[0])`.
    pub fn statistic_of(mut self, of: impl Fn(&[f64]) -> f64 + 'static) -> Self {
        self.of = Some(Box::new(of));
        self
    }

    /// Number of resamples.
    pub fn resamples(self, resamples: u32) -> Self {
        self.with("resamples", resamples)
    }

    /// `bca`, `percentile` or `basic`.
    pub fn method(self, name: &str) -> Self {
        self.with("method", name)
    }

    /// Level of the interval, between 0 and 1.
    pub fn confidence(self, level: f64) -> Self {
        self.with("confidence", level)
    }

    /// Seed of the resamples.
    pub fn seed(self, seed: u64) -> Self {
        self.with("seed", seed)
    }

    /// Draws, and gives the interval.
    pub fn run(self) -> Result<Statistic> {
        self.drawn()
    }

    fn drawn(&self) -> Result<Statistic> {
        match &self.of {
            Some(of) => self.run_own(of),
            None => {
                let samples: Vec<&dyn Numbers> =
                    self.samples.iter().map(|s| s as &dyn Numbers).collect();
                statistic("bootstrap", &samples, Json::Object(self.options.clone()))
            }
        }
    }

    /// Shown by the kernel when it is the last expression of a cell: the result, or the
    /// cell fails.
    pub fn evcxr_display(&self) {
        crate::display::result(self);
    }

    /// The worker says which places each resample draws; the statistic is
    /// computed here.
    fn run_own(&self, of: &Of) -> Result<Statistic> {
        let x = &self.samples[0];
        let of_places = |places: &[usize]| -> f64 {
            let draw = |sample: &[f64]| -> Vec<f64> {
                places.iter().filter_map(|at| sample.get(*at).copied()).collect()
            };
            match self.samples.get(1) {
                Some(y) => of(&draw(x)) - of(&draw(y)),
                None => of(&draw(x)),
            }
        };
        if self.samples.get(1).is_some_and(|y| y.len() != x.len()) {
            return Err(Error::request(format!(
                "the samples have {} and {} values, and pairs are drawn",
                x.len(),
                self.samples[1].len()
            )));
        }
        let mut options = self.options.clone();
        options.insert("n".into(), x.len().into());
        options.entry("resamples").or_insert_with(|| 10_000.into());
        let drawn = ask("resamples", &[], Json::Object(options.clone()))?;
        let places: Vec<usize> = drawn["places"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|at| usize::try_from(at.as_u64()?).ok())
            .collect();
        let resampled: Vec<f64> = places.chunks(x.len().max(1)).map(of_places).collect();
        let all: Vec<usize> = (0..x.len()).collect();
        let jackknife: Vec<f64> = all
            .iter()
            .map(|out| of_places(&all.iter().copied().filter(|at| at != out).collect::<Vec<_>>()))
            .collect();
        options.insert("estimate".into(), json!(of_places(&all)));
        statistic("resampled", &[&resampled, &jackknife], Json::Object(options))
    }
}
