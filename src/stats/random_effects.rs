//! Random-effects summary of one contrast over several tasks.
//!
//! Effects `y_i` with variances `v_i`; between tasks they vary with `tau^2`,
//! estimated after DerSimonian and Laird (1986): `Q = sum w (y - mean_w)^2` with
//! `w = 1/v`, `tau^2 = max(0, (Q - (k - 1)) / (sum w - sum w^2 / sum w))`. The
//! summary weighs by `1 / (v + tau^2)`. `I^2 = max(0, (Q - (k - 1)) / Q)`
//! (Higgins and Thompson 2002). Two intervals: *DerSimonian-Laird*, normal,
//! too narrow for few tasks; *Hartung-Knapp-Sidik-Jonkman* (2001, 2002), t with
//! `k - 1` degrees of freedom and the variance `sum w* (y - mean)^2 / ((k - 1)
//! sum w*)`, to be preferred; with its factor below 1 (effects closer than
//! their variances say) it can be the narrower, and the factor is reported.
//! Interval, test and prediction rest on this one standard error `SE`.
//!
//! The *prediction* interval is for the true effect on one further task: `mean
//! +- t sqrt(tau^2 + SE^2)` with `k - 2` degrees of freedom (Higgins, Thompson and
//! Spiegelhalter 2009, there with the DerSimonian-Laird standard error; with
//! Hartung and Knapp's, Partlett and Riley 2017). `k - 1`, which metafor and
//! IntHout et al. (2016) take with it, gives a shorter one. With fewer than five
//! tasks neither keeps its level (Partlett and Riley).
//! Reference: R metafor `rma(method = "DL", test = "knha")`, `predict(predtype =
//! "Riley")`.
//!
//! Assumes independent effects, normal between tasks, variances known. Fewer
//! than two effects, unequal lengths, non-finite effects, variances that are
//! not positive: undefined. All effects equal: degenerate, Hartung and Knapp's
//! error is 0. Cost O(k).

use serde::{Deserialize, Serialize};

use super::bounds::confidence_error;
use super::distributions::{chi_squared, normal, student_t};
use super::{Bounds, Outcome};

/// A random-effects summary.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RandomEffects {
    /// Number of effects.
    pub k: usize,
    /// Summary effect.
    pub estimate: f64,
    /// Its standard error under the estimated `tau^2`.
    pub standard_error: f64,
    /// DerSimonian-Laird interval.
    pub dersimonian_laird: Bounds,
    /// Hartung-Knapp-Sidik-Jonkman interval.
    pub hartung_knapp: Bounds,
    /// Its standard error, which test and prediction rest on too.
    #[serde(default)]
    pub hartung_knapp_error: f64,
    /// Its two-sided p of a summary effect of 0.
    pub hartung_knapp_p: f64,
    /// Its variance over the DerSimonian-Laird one.
    pub hartung_knapp_factor: f64,
    /// Interval of the effect on a further task; none below three effects.
    pub prediction: Option<Bounds>,
    /// Variance between tasks.
    pub tau_squared: f64,
    /// Share of the variation that is between tasks, in 0..=1.
    pub i_squared: f64,
    /// Cochran's Q of homogeneity.
    pub q: f64,
    /// Its p, chi squared with `k - 1` degrees of freedom.
    pub q_p: f64,
}

/// Summary of effects with their variances.
pub fn random_effects(
    effects: &[f64],
    variances: &[f64],
    confidence: f64,
) -> Outcome<RandomEffects> {
    if effects.len() != variances.len() || effects.len() < 2 {
        return Outcome::undefined(format!(
            "needs two effects and as many variances, got {} and {}",
            effects.len(),
            variances.len()
        ));
    }
    if effects.iter().any(|v| !v.is_finite()) {
        return Outcome::undefined("an effect is not finite");
    }
    if variances.iter().any(|v| !(v.is_finite() && *v > 0.0)) {
        return Outcome::undefined("a variance is not positive and finite");
    }
    if let Some(error) = confidence_error(confidence) {
        return Outcome::undefined(error);
    }
    let result = summary(effects, variances, confidence);
    if effects.iter().all(|v| *v == effects[0]) {
        let result = RandomEffects { estimate: effects[0], ..result };
        Outcome::degenerate(result, "all effects are equal: the standard error is 0")
    } else if [result.estimate, result.standard_error, result.q].iter().all(|v| v.is_finite()) {
        Outcome::of(result)
    } else {
        Outcome::undefined("the effects are too large or too unequal in weight")
    }
}

fn summary(effects: &[f64], variances: &[f64], confidence: f64) -> RandomEffects {
    let k = effects.len();
    let df = k as f64 - 1.0;
    let fixed = Weighted::of(effects, variances, 0.0);
    let q = fixed.squares;
    let tau_squared = ((q - df) / (fixed.sum - fixed.sum_of_squares / fixed.sum)).max(0.0);
    let random = Weighted::of(effects, variances, tau_squared);
    let standard_error = 1.0 / random.sum.sqrt();
    let factor = random.squares / df;
    let adjusted = standard_error * factor.sqrt();
    let alpha = 1.0 - confidence;
    let around = |half: f64| Bounds { low: random.mean - half, high: random.mean + half };
    let spread = (tau_squared + adjusted * adjusted).sqrt();
    RandomEffects {
        k,
        estimate: random.mean,
        standard_error,
        dersimonian_laird: around(-normal::quantile(alpha / 2.0) * standard_error),
        hartung_knapp: around(student_t::critical(alpha, df) * adjusted),
        hartung_knapp_error: adjusted,
        hartung_knapp_p: if adjusted == 0.0 && random.mean == 0.0 {
            1.0
        } else {
            student_t::two_sided(random.mean / adjusted, df)
        },
        hartung_knapp_factor: factor,
        prediction: (k > 2).then(|| around(student_t::critical(alpha, df - 1.0) * spread)),
        tau_squared,
        i_squared: if q > 0.0 { ((q - df) / q).max(0.0) } else { 0.0 },
        q,
        q_p: chi_squared::sf(q, df),
    }
}

struct Weighted {
    sum: f64,
    sum_of_squares: f64,
    mean: f64,
    /// Weighted squares around the mean.
    squares: f64,
}

impl Weighted {
    fn of(effects: &[f64], variances: &[f64], tau_squared: f64) -> Self {
        let weights: Vec<f64> = variances.iter().map(|v| 1.0 / (v + tau_squared)).collect();
        let sum: f64 = weights.iter().sum();
        let mean = effects.iter().zip(&weights).map(|(y, w)| y * (w / sum)).sum();
        Self {
            sum,
            sum_of_squares: weights.iter().map(|w| w * w).sum(),
            mean,
            squares: effects.iter().zip(&weights).map(|(y, w)| w * (y - mean) * (y - mean)).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The 13 BCG vaccine trials, log risk ratios (metafor's `dat.bcg`); the
    /// numbers by statsmodels 0.15 `combine_effects(method_re="dl")`, which has
    /// Q 152.233, tau^2 0.3088 and I^2 92.1 % in common with the metafor manual.
    #[test]
    fn bcg_vaccine_trials() {
        let effects = [
            -0.889_311_333_920_205_4,
            -1.585_388_657_201_430_6,
            -1.348_073_148_299_693,
            -1.441_551_190_021_305_4,
            -0.217_547_322_211_295_7,
            -0.786_115_585_818_864,
            -1.620_898_223_598_392_4,
            0.011_952_333_523_841_173,
            -0.469_417_648_738_148_7,
            -1.371_344_803_472_784_6,
            -0.339_358_828_338_390_15,
            0.445_913_400_571_378_3,
            -0.017_313_948_216_879_493,
        ];
        let variances = [
            0.325_584_765_003_961_33,
            0.194_581_121_398_143_85,
            0.415_367_965_367_965_4,
            0.020_010_031_902_247_573,
            0.051_210_172_169_630_86,
            0.006_905_618_455_908_757_4,
            0.223_017_247_572_315_17,
            0.003_961_579_297_817_729_5,
            0.056_434_210_463_248_966,
            0.073_024_793_613_028_91,
            0.012_412_213_971_559_72,
            0.532_505_845_200_152_8,
            0.071_404_659_683_986_3,
        ];
        let got = *random_effects(&effects, &variances, 0.95).value().expect("a summary");
        let close = |got: f64, want: f64| assert!((got - want).abs() < 1e-9, "{got} {want}");
        close(got.estimate, -0.714_117_222_073_226_9);
        close(got.standard_error, 0.178_742_089_535_403_16);
        close(got.tau_squared, 0.308_760_262_862_376_34);
        close(got.i_squared, 0.921_173_468_545_620_5);
        close(got.q, 152.233_008_082_373_37);
        close(got.dersimonian_laird.low, -1.064_445_280_084_051);
        close(got.dersimonian_laird.high, -0.363_789_164_062_402_97);
        close(got.hartung_knapp.low, -1.107_821_354_168_328_8);
        close(got.hartung_knapp.high, -0.320_413_089_978_125_1);
        // R metafor 3.8-1, `test = "knha"`: its standard error; its prediction
        // interval with k - 1 degrees of freedom has the same one.
        close(got.hartung_knapp_error, 0.180_696_628_335_547_5);
        let wider = student_t::critical(0.05, 11.0) / student_t::critical(0.05, 12.0);
        let half = wider * (0.558_972_519_284_285_4 + 1.987_206_963_430_739_9) / 2.0;
        close(got.prediction.expect("thirteen trials").high, got.estimate + half);
    }

    /// By hand: weights 1, mean 2, Q = 2, tau^2 = (2 - 1) / (2 - 2/2) = 1; then
    /// weights 1/2, standard error 1, factor (1/2 + 1/2) / 1 = 1.
    #[test]
    fn two_effects_by_hand() {
        let got = *random_effects(&[1.0, 3.0], &[1.0, 1.0], 0.95).value().expect("a summary");
        assert_eq!((got.estimate, got.q, got.tau_squared, got.i_squared), (2.0, 2.0, 1.0, 0.5));
        assert!((got.standard_error - 1.0).abs() < 1e-15);
        assert!((got.hartung_knapp_factor - 1.0).abs() < 1e-15 && got.prediction.is_none());
    }

    #[test]
    fn equal_effects_have_no_heterogeneity() {
        let outcome = random_effects(&[0.5; 4], &[0.1, 0.2, 0.1, 0.3], 0.95);
        assert!(matches!(outcome, Outcome::Degenerate { .. }));
        let got = *outcome.any().expect("summary");
        assert!(got.tau_squared == 0.0 && got.i_squared == 0.0 && got.q_p > 0.999);
    }

    proptest! {
        #[test]
        fn the_summary_lies_among_the_effects(
            pairs in prop::collection::vec((-9.0..9.0f64, 0.01..4.0f64), 2..8),
        ) {
            let (y, v): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let got = *random_effects(&y, &v, 0.95).any().unwrap();
            let (low, high) = y.iter().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
            prop_assert!(low - 1e-12 <= got.estimate && got.estimate <= high + 1e-12);
            prop_assert!((0.0..=1.0).contains(&got.i_squared) && got.tau_squared >= 0.0);
        }

        #[test]
        fn nothing_panics(y in prop::collection::vec(any::<f64>(), 0..4),
                          v in prop::collection::vec(any::<f64>(), 0..4), c: f64) {
            let _ = random_effects(&y, &v, c);
            let _ = random_effects(&y, &v, 0.95);
        }
    }
}
