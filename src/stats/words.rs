//! Results in one line each, as they are read in a notebook.

use std::fmt::{self, Display, Formatter};

use super::clustered_test::ClusteredTest;
use super::delong::AucEstimate;
use super::delong_test::Paired;
use super::effect_interval::EffectInterval;
use super::mann_whitney::MannWhitney;
use super::partially_overlapping::PartiallyOverlapping;
use super::permutation::Permutation;
use super::t_test::TTest;
use super::wilcoxon::{Method, SignedRank};
use super::{Bounds, Outcome};

/// Four significant digits, of large and tiny numbers with an exponent.
fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    if !(1e-3..1e6).contains(&size) {
        return format!("{value:.3e}");
    }
    let decimals = (3 - size.log10().floor() as i32).clamp(0, 6) as usize;
    format!("{value:.decimals$}")
}

/// `p = 0.012`, `p < 0.0001`.
fn p_words(p: f64) -> String {
    match p {
        p if p < 1e-4 => "p < 0.0001".into(),
        p if p < 1e-3 => format!("p = {p:.4}"),
        p => format!("p = {p:.3}"),
    }
}

/// The value; under a convention or without one, that too.
impl<T: Display> Display for Outcome<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { value } => value.fmt(f),
            Self::Degenerate { value, convention } => {
                value.fmt(f)?;
                write!(f, " (degenerate: {convention})")
            }
            Self::Undefined { reason } => write!(f, "undefined: {reason}"),
        }
    }
}

impl Display for Bounds {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "[{}, {}]", number(self.low), number(self.high))
    }
}

impl Display for TTest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let bounds = Bounds { low: self.ci_low, high: self.ci_high };
        let (estimate, t) = (number(self.estimate), number(self.t));
        let df = if self.df.fract() == 0.0 { format!("{}", self.df) } else { number(self.df) };
        write!(f, "{estimate} {bounds}, t({df}) = {t}, {}", p_words(self.p))
    }
}

fn how(method: Method) -> &'static str {
    match method {
        Method::Asymptotic { .. } => "asymptotic",
        _ => "exact",
    }
}

impl Display for SignedRank {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let shift = number(self.hodges_lehmann);
        let p = p_words(self.p.two_sided);
        let w = number(self.statistic());
        write!(f, "shift {shift}, W = {w} of {} pairs, {p} ({})", self.n_used, how(self.method))
    }
}

impl Display for MannWhitney {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (a12, u) = (number(self.a12), number(self.u1));
        write!(f, "A12 {a12}, U = {u}, {} ({})", p_words(self.p.two_sided), how(self.method))
    }
}

impl Display for Permutation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let p = p_words(self.p.two_sided);
        let how = if self.exact { "all" } else { "drawn" };
        let Self { statistic, arrangements, .. } = self;
        write!(f, "{}, {p} ({arrangements} arrangements, {how})", number(*statistic))
    }
}

impl Display for PartiallyOverlapping {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { test, pairs, only_x, only_y, .. } = self;
        write!(f, "{test} ({pairs} pairs, {only_x} and {only_y} without a partner)")
    }
}

impl Display for ClusteredTest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} cases in {} clusters)", self.test, self.cases, self.clusters)
    }
}

impl Display for EffectInterval {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", number(self.estimate), self.bounds)
    }
}

impl Display for AucEstimate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let bounds = Bounds { low: self.ci_low, high: self.ci_high };
        let Self { positives, negatives, .. } = self;
        let auc = number(self.auc);
        write!(f, "AUC {auc} {bounds} ({positives} positive, {negatives} negative cases)")
    }
}

impl Display for Paired {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let bounds = Bounds { low: self.ci_low, high: self.ci_high };
        let [first, second, difference, z] =
            [self.auc1, self.auc2, self.difference, self.z].map(number);
        write!(f, "AUC {first} against {second}: {difference} {bounds}, z = {z}, ")?;
        f.write_str(&p_words(self.p))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_digits() {
        let cases = [(0.123_456, "0.1235"), (-12.3456, "-12.35"), (123_456.0, "123456")];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
        assert_eq!(
            (number(1e-9), number(0.0), number(f64::INFINITY)),
            ("1.000e-9".into(), "0".into(), "inf".into())
        );
        assert_eq!((p_words(1e-9), p_words(0.000_44)), ("p < 0.0001".into(), "p = 0.0004".into()));
    }

    #[test]
    fn states_are_said() {
        assert_eq!(Outcome::of(1.5).to_string(), "1.5");
        assert_eq!(Outcome::degenerate(0.0, "0/0").to_string(), "0 (degenerate: 0/0)");
        assert_eq!(Outcome::<f64>::undefined("no cases").to_string(), "undefined: no cases");
    }
}
