//! Statistics of numbers that a cell sends.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::notebook::NotebookError;
use crate::prelude;
use crate::stats::adjust::{Adjustment, adjust};
use crate::stats::bootstrap::{Bootstrap, Draws, Method};
use crate::stats::levene::Centre;
use crate::stats::pearson::Correlation;
use crate::stats::t_test::Alternative;
use crate::stats::{
    Bounds, Outcome, delong, delong_test, describe, effect_size, friedman, kendall, kruskal_wallis,
    levene, mcnemar, mean_interval, one_way_anova, pearson, power, proportion, shapiro_wilk,
    spearman, tost,
};

/// Most pairs or cases that a number of them is looked for among.
const MOST: usize = 1_000_000;

/// Answers a request: a line, fields, and what is to be known.
pub(super) fn statistic(request: &Value) -> Result<Value, NotebookError> {
    let asked = Asked::of(request)?;
    let method = request["method"].as_str().unwrap_or_default();
    match method {
        "t_test" => asked.t_test(),
        "signed_rank" => {
            Ok(shown("Wilcoxon's signed-rank test", &prelude::signed_rank(asked.x()?, asked.y()?)))
        }
        "mann_whitney" => {
            Ok(shown("Mann-Whitney test", &prelude::mann_whitney(asked.x()?, asked.y()?)))
        }
        "permutation" => asked.permutation(),
        "bootstrap" => asked.bootstrap(),
        "resamples" => Ok(asked.resamples()),
        "resampled" => asked.resampled(),
        "auc" => {
            let confidence = asked.confidence()?;
            Ok(shown(
                "Area under the ROC curve",
                &delong::delong(asked.x()?, &asked.labels()?, confidence),
            ))
        }
        "compare_aucs" => {
            let confidence = asked.confidence()?;
            let test = delong_test::paired(asked.x()?, asked.y()?, &asked.labels()?, confidence);
            Ok(shown("DeLong's test of two areas", &test))
        }
        "pearson" | "spearman" | "kendall" => asked.correlation(method),
        "mean" => asked.mean(),
        "shapiro_wilk" => Ok(lined(
            "Shapiro-Wilk test of normality",
            &shapiro_wilk::shapiro_wilk(asked.x()?),
            |t| format!("W = {:.4}, {}", t.w, p_words(t.p)),
        )),
        "kruskal_wallis" => {
            let test = kruskal_wallis::kruskal_wallis(&asked.samples);
            Ok(lined("Kruskal-Wallis test", &test, |t| {
                format!("H({}) = {:.3}, {}", t.df, t.h, p_words(t.p))
            }))
        }
        "anova" => Ok(lined(
            "One-way analysis of variance",
            &one_way_anova::one_way_anova(&asked.samples),
            f_words,
        )),
        "levene" => {
            let test = levene::levene(&asked.samples, Centre::Median);
            Ok(lined("Brown-Forsythe test of variances", &test, f_words))
        }
        "friedman" => Ok(lined("Friedman's test", &friedman::friedman(&asked.samples), |t| {
            format!("{} blocks, {} ({})", t.blocks, p_words(t.p_used()), t.p_method().words())
        })),
        "effect_size" => asked.effect_size(),
        "tost" => asked.tost(),
        "mcnemar" => asked.mcnemar(),
        "proportion" => asked.proportion(),
        "power" | "detectable" | "sample_size" => asked.power(method),
        "adjust" => asked.adjust(),
        other => Err(refused(format!("there is no statistic {other:?}"))),
    }
}

fn refused(message: String) -> NotebookError {
    NotebookError::Request(message)
}

/// Samples and options.
struct Asked {
    samples: Vec<Vec<f64>>,
    options: Map<String, Value>,
}

impl Asked {
    fn of(request: &Value) -> Result<Self, NotebookError> {
        let sample = |values: &Value| -> Vec<f64> {
            // JSON has no word for what is no number: it comes as null.
            values
                .as_array()
                .into_iter()
                .flatten()
                .map(|v| v.as_f64().unwrap_or(f64::NAN))
                .collect()
        };
        let samples: Vec<Vec<f64>> =
            request["samples"].as_array().into_iter().flatten().map(sample).collect();
        for (at, values) in samples.iter().enumerate() {
            let missing = values.iter().filter(|value| !value.is_finite()).count();
            if missing > 0 {
                return Err(refused(format!(
                    "{missing} of the {} values of sample {} are missing or not finite; leave those cases \
                     out of all samples first",
                    values.len(),
                    at + 1
                )));
            }
        }
        Ok(Self { samples, options: request["options"].as_object().cloned().unwrap_or_default() })
    }

    fn sample(&self, at: usize) -> Result<&[f64], NotebookError> {
        self.samples.get(at).map(Vec::as_slice).ok_or_else(|| {
            refused(format!("the request has {} samples, expected more", self.samples.len()))
        })
    }

    fn x(&self) -> Result<&[f64], NotebookError> {
        self.sample(0)
    }

    fn y(&self) -> Result<&[f64], NotebookError> {
        self.sample(1)
    }

    /// The last sample as labels: ones and zeros.
    fn labels(&self) -> Result<Vec<bool>, NotebookError> {
        let last = self.samples.last().map(Vec::as_slice).unwrap_or_default();
        if let Some(other) = last.iter().find(|label| **label != 0.0 && **label != 1.0) {
            return Err(refused(format!(
                "a label is {other}, expected 0 or 1 (or true and false)"
            )));
        }
        Ok(last.iter().map(|label| *label == 1.0).collect())
    }

    fn number(&self, name: &str, default: f64) -> f64 {
        self.options.get(name).and_then(Value::as_f64).unwrap_or(default)
    }

    fn count(&self, name: &str, default: usize) -> usize {
        let count = self.options.get(name).and_then(Value::as_u64);
        count.and_then(|count| usize::try_from(count).ok()).unwrap_or(default)
    }

    fn word(&self, name: &str) -> &str {
        self.options.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn is(&self, name: &str) -> bool {
        self.options.get(name) == Some(&Value::Bool(true))
    }

    /// A share in (0, 1).
    fn share(&self, name: &str, default: f64) -> Result<f64, NotebookError> {
        let share = self.number(name, default);
        if share > 0.0 && share < 1.0 {
            return Ok(share);
        }
        Err(refused(format!("{name} is {share}, expected a number between 0 and 1")))
    }

    fn confidence(&self) -> Result<f64, NotebookError> {
        self.share("confidence", 0.95)
    }

    fn t_test(&self) -> Result<Value, NotebookError> {
        let (x, y) = (self.x()?, self.y()?);
        let alternative = match self.word("alternative") {
            "less" => Alternative::Less,
            "greater" => Alternative::Greater,
            _ => Alternative::TwoSided,
        };
        let test = prelude::t_test(x, y).alternative(alternative).confidence(self.confidence()?);
        let (name, test) = match self.word("design") {
            "paired" => ("Paired t test", test.paired()),
            "student" => ("Student's t test", test.equal_variances()),
            _ => ("Welch's t test", test),
        };
        Ok(shown(name, &test.run()))
    }

    fn permutation(&self) -> Result<Value, NotebookError> {
        let mut test = prelude::permutation_test(self.x()?, self.y()?)
            .draws(self.count("draws", 9_999))
            .seed(self.count("seed", 0) as u64);
        let name = if self.is("paired") {
            test = test.paired();
            "Permutation test of pairs"
        } else {
            "Permutation test"
        };
        Ok(shown(name, &test.run()))
    }

    fn interval_method(&self) -> Result<Method, NotebookError> {
        Ok(match self.word("method") {
            "" | "bca" => Method::Bca,
            "percentile" => Method::Percentile,
            "basic" => Method::Basic,
            other => {
                return Err(refused(format!(
                    "there is no bootstrap interval {other:?}; expected bca, percentile or basic"
                )));
            }
        })
    }

    fn bootstrap(&self) -> Result<Value, NotebookError> {
        let mut builder = prelude::bootstrap(self.x()?)
            .resamples(self.count("resamples", 10_000))
            .seed(self.count("seed", 0) as u64)
            .confidence(self.confidence()?)
            .method(self.interval_method()?);
        let of = match self.word("statistic") {
            "" | "mean" => "mean",
            "median" => {
                builder = builder.statistic(describe::median);
                "median"
            }
            "sd" => {
                builder = builder.statistic(describe::sd);
                "standard deviation"
            }
            other => {
                return Err(refused(format!(
                    "there is no statistic {other:?}; expected mean, median or sd, or give a closure to \
                     statistic_of"
                )));
            }
        };
        let difference = self.samples.len() > 1;
        if difference {
            builder = builder.against(self.y()?);
        }
        let what = if difference { "difference of pairs, " } else { "" };
        Ok(shown(&format!("Bootstrap of the {what}{of}"), &builder.run()))
    }

    /// The places that each resample draws, one after the other.
    fn resamples(&self) -> Value {
        let (n, resamples) = (self.count("n", 0), self.count("resamples", 0));
        let mut all: Vec<usize> = Vec::with_capacity(n.saturating_mul(resamples).min(1 << 24));
        for b in 0..resamples {
            if n > 0 {
                let mut draws = Draws::of(self.count("seed", 0) as u64, b);
                draws.indices(n, n, |at| all.push(at));
            }
        }
        json!({ "places": all })
    }

    /// The interval of a statistic that the cell computed of each resample.
    fn resampled(&self) -> Result<Value, NotebookError> {
        let (values, jackknife) = (self.x()?.to_vec(), self.y()?.to_vec());
        let (confidence, method) = (self.confidence()?, self.interval_method()?);
        let resamples = values.len();
        let drawn = Bootstrap::from_resamples(self.number("estimate", f64::NAN), values)
            .with_jackknife(jackknife);
        let interval =
            drawn.interval(method, confidence).map(|bounds| prelude::BootstrapInterval {
                estimate: drawn.estimate(),
                bounds,
                standard_error: drawn.standard_error(),
                method,
                confidence,
                resamples,
                seed: self.count("seed", 0) as u64,
            });
        Ok(shown("Bootstrap of a statistic of one's own", &interval))
    }

    fn correlation(&self, method: &str) -> Result<Value, NotebookError> {
        let (x, y, confidence) = (self.x()?, self.y()?, self.confidence()?);
        let (name, found, interval): (_, _, Option<Interval>) = match method {
            "pearson" => {
                ("Pearson's r", pearson::pearson(x, y), Some(Correlation::fisher_interval))
            }
            "spearman" => {
                ("Spearman's rho", spearman::spearman(x, y), Some(Correlation::rank_interval))
            }
            _ => ("Kendall's tau", kendall::kendall(x, y), None),
        };
        let bounds = found
            .any()
            .zip(interval)
            .and_then(|(found, interval)| interval(found, confidence).any().copied());
        let mut answer = lined(name, &found, |c| {
            let interval = bounds.map_or_else(String::new, |bounds| format!(" {bounds}"));
            format!("{:.4}{interval}, n = {}, {}", c.coefficient, c.cases, p_words(c.p))
        });
        if let (Some(bounds), Some(fields)) = (bounds, answer["fields"].as_object_mut()) {
            fields.insert("low".into(), bounds.low.into());
            fields.insert("high".into(), bounds.high.into());
        }
        Ok(answer)
    }

    fn mean(&self) -> Result<Value, NotebookError> {
        let (x, confidence) = (self.x()?, self.confidence()?);
        let (mean, sd, median) = (describe::mean(x), describe::sd(x), describe::median(x));
        let interval = mean_interval::t_interval(x, confidence);
        let mut answer = lined("Mean", &interval, |bounds| {
            let level = confidence * 100.0;
            format!(
                "{mean:.4} {bounds} ({level} % t), sd {sd:.4}, median {median:.4}, n = {}",
                x.len()
            )
        });
        if let Some(fields) = answer["fields"].as_object_mut() {
            for (name, value) in [("mean", mean), ("sd", sd), ("median", median)] {
                fields.insert(name.into(), finite(value));
            }
            fields.insert("n".into(), x.len().into());
        }
        Ok(answer)
    }

    fn effect_size(&self) -> Result<Value, NotebookError> {
        let (x, y) = (self.x()?, self.y()?);
        let (name, found) = match self.word("of") {
            "cohen_d" => ("Cohen's d", effect_size::cohen_d(x, y)),
            "cohen_dz" => ("Cohen's d of pairs", effect_size::cohen_dz(x, y)),
            "cliffs_delta" => ("Cliff's delta", effect_size::cliffs_delta(x, y)),
            "a12" => ("Vargha and Delaney's A", effect_size::a12(x, y)),
            _ => ("Hedges' g", effect_size::hedges_g(x, y)),
        };
        Ok(lined(name, &found.map(|estimate| Estimate { estimate }), |e| {
            format!("{:.4}", e.estimate)
        }))
    }

    fn tost(&self) -> Result<Value, NotebookError> {
        let margin = self.number("margin", f64::NAN);
        if margin.is_nan() || margin <= 0.0 {
            return Err(refused(format!("the margin is {margin}, expected a number above 0")));
        }
        let kind = if self.is("paired") { tost::Kind::Paired } else { tost::Kind::Welch };
        let within = Bounds { low: -margin, high: margin };
        let test = tost::tost(self.x()?, self.y()?, kind, within);
        Ok(lined("Two one-sided tests of equivalence", &test, |t| {
            let fields = fields(t);
            let p = fields.get("p").and_then(Value::as_f64).unwrap_or(f64::NAN);
            format!("difference {:.4}, margin {margin}, {}", t.estimate, p_words(p))
        }))
    }

    fn mcnemar(&self) -> Result<Value, NotebookError> {
        let bits = |sample: &[f64]| sample.iter().map(|value| *value != 0.0).collect::<Vec<_>>();
        let counts = mcnemar::Discordant::count(&bits(self.x()?), &bits(self.y()?));
        let found = match counts {
            Outcome::Value { value } | Outcome::Degenerate { value, .. } => {
                let p = value.exact_p();
                p.map(|p| McNemar {
                    first_only: value.first_only,
                    second_only: value.second_only,
                    p,
                })
            }
            Outcome::Undefined { reason } => Outcome::undefined(reason),
        };
        Ok(lined("McNemar's test", &found, |t| {
            format!(
                "{} right by the first alone, {} by the second alone, {} (exact)",
                t.first_only,
                t.second_only,
                p_words(t.p)
            )
        }))
    }

    fn proportion(&self) -> Result<Value, NotebookError> {
        let (hits, trials) = (self.count("hits", 0) as u64, self.count("trials", 0) as u64);
        let method = proportion::ProportionMethod::default();
        let found = proportion::proportion_interval(hits, trials, method, self.confidence()?);
        let share = hits as f64 / trials as f64;
        let mut answer = lined("Proportion", &found, |bounds| {
            format!("{share:.4} {bounds}, {hits} of {trials}")
        });
        if let Some(fields) = answer["fields"].as_object_mut() {
            fields.insert("estimate".into(), finite(share));
        }
        Ok(answer)
    }

    fn power(&self, what: &str) -> Result<Value, NotebookError> {
        let (alpha, sd) = (self.share("alpha", 0.05)?, self.number("sd", f64::NAN));
        if sd.is_nan() || sd <= 0.0 {
            return Err(refused(format!(
                "the standard deviation is {sd}, expected a number above 0"
            )));
        }
        let paired = self.is("paired");
        let of = if paired { "paired t test" } else { "t test of two groups" };
        let each = if paired { "pairs" } else { "cases in each group" };
        let (n, difference) = (self.count("n", 0), self.number("difference", f64::NAN).abs());
        let reached = |n: usize| {
            let size = n as f64;
            let (error, df) = if paired {
                (sd / size.sqrt(), size - 1.0)
            } else {
                (sd * (2.0 / size).sqrt(), 2.0 * size - 2.0)
            };
            power::power_of(difference / error, df, alpha)
        };
        if n < 2 && what != "sample_size" {
            return Err(refused(format!("the number of {each} is {n}, expected two or more")));
        }
        match what {
            "power" => {
                let found = Outcome::of(Estimate { estimate: reached(n) });
                Ok(lined(&format!("Power of the {of}"), &found, |e| {
                    format!(
                        "{:.3} for a difference of {difference} (sd {sd}), {n} {each}, alpha {alpha}",
                        e.estimate
                    )
                }))
            }
            "detectable" => {
                let power = self.share("power", 0.8)?;
                let found = if paired {
                    power::detectable_paired(n, sd, alpha, power)
                } else {
                    power::detectable_welch((n, sd), (n, sd), alpha, power)
                };
                Ok(lined(
                    &format!("Least difference that the {of} finds"),
                    &found.map(|estimate| Estimate { estimate }),
                    |e| {
                        format!(
                            "{:.4} with power {power} (sd {sd}), {n} {each}, alpha {alpha}",
                            e.estimate
                        )
                    },
                ))
            }
            _ => {
                let power = self.share("power", 0.8)?;
                let found = smallest(|n| reached(n) >= power);
                let found = match found {
                    Some(n) => Outcome::of(Estimate { estimate: n as f64 }),
                    None => Outcome::undefined(format!("more than {MOST} {each} would be needed")),
                };
                Ok(lined(&format!("Size for the {of}"), &found, |e| {
                    format!(
                        "{} {each} for power {power} at a difference of {difference} (sd {sd}), alpha {alpha}",
                        e.estimate
                    )
                }))
            }
        }
    }

    fn adjust(&self) -> Result<Value, NotebookError> {
        let method = match self.word("method") {
            "" | "holm" => Adjustment::Holm,
            "bonferroni" => Adjustment::Bonferroni,
            "hochberg" => Adjustment::Hochberg,
            "hommel" => Adjustment::Hommel,
            "benjamini-hochberg" | "bh" | "fdr" => Adjustment::BenjaminiHochberg,
            "benjamini-yekutieli" | "by" => Adjustment::BenjaminiYekutieli,
            "sidak" => Adjustment::Sidak,
            "holm-sidak" => Adjustment::HolmSidak,
            other => {
                return Err(refused(format!(
                    "there is no adjustment {other:?}; expected holm, bonferroni, hochberg, hommel, \
                     benjamini-hochberg, benjamini-yekutieli, sidak or holm-sidak"
                )));
            }
        };
        let p = self.x()?;
        if let Some(other) = p.iter().find(|p| !(0.0..=1.0).contains(*p)) {
            return Err(refused(format!("a p-value is {other}, expected a number from 0 to 1")));
        }
        Ok(json!({ "adjusted": adjust(p, method) }))
    }
}

/// An interval of a coefficient at a level.
type Interval = fn(&Correlation, f64) -> Outcome<Bounds>;

/// The smallest number from two on for which something holds, which then holds
/// for all larger ones.
fn smallest(holds: impl Fn(usize) -> bool) -> Option<usize> {
    let mut high = 2;
    while !holds(high) {
        high *= 2;
        if high > MOST {
            return None;
        }
    }
    let mut low = high / 2;
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        if middle >= 2 && holds(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

#[derive(Serialize)]
struct Estimate {
    estimate: f64,
}

#[derive(Serialize)]
struct McNemar {
    first_only: u64,
    second_only: u64,
    p: f64,
}

fn f_words(test: &one_way_anova::OneWayAnova) -> String {
    format!("F({}, {}) = {:.3}, {}", test.df1, test.df2, test.f, p_words(test.p))
}

fn p_words(p: f64) -> String {
    if p < 1e-4 { "p < 0.0001".into() } else { format!("p = {p:.4}") }
}

/// A result that reads as a line.
fn shown<T: Serialize + std::fmt::Display>(name: &str, found: &Outcome<T>) -> Value {
    lined(name, found, ToString::to_string)
}

fn lined<T: Serialize>(name: &str, found: &Outcome<T>, line: impl Fn(&T) -> String) -> Value {
    let (state, text) = match found {
        Outcome::Value { value } => ("value", line(value)),
        Outcome::Degenerate { value, convention } => {
            ("degenerate", format!("{} (degenerate: {convention})", line(value)))
        }
        Outcome::Undefined { reason } => ("undefined", format!("undefined: {reason}")),
    };
    json!({
        "name": name, "state": state, "line": text, "note": found.note(),
        "fields": found.any().map(fields).unwrap_or_default(),
    })
}

/// The fields of a result, flat: `p`, `low` and `high` have one name in all.
fn fields(value: &impl Serialize) -> Map<String, Value> {
    let mut flat = Map::new();
    let value = serde_json::to_value(value).unwrap_or_default();
    for (name, value) in value.as_object().into_iter().flatten() {
        match value {
            Value::Object(inner) => {
                for (part, value) in inner {
                    let part = match (name.as_str(), part.as_str()) {
                        ("p", "two_sided") => "p".to_owned(),
                        ("bounds", part) => part.to_owned(),
                        (name, part) => format!("{name}_{part}"),
                    };
                    flat.insert(part, value.clone());
                }
            }
            Value::Array(_) => {}
            other => {
                let name = name.strip_prefix("ci_").unwrap_or(name);
                flat.insert(name.to_owned(), other.clone());
            }
        }
    }
    flat
}

fn finite(value: f64) -> Value {
    if value.is_finite() { value.into() } else { Value::Null }
}

#[cfg(test)]
mod tests;
