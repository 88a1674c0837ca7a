//! Numbers as papers write them.

/// More decimals than this are counted by nobody.
const MOST_DECIMALS: usize = 7;
/// A double has no more to say; what is read of a page may ask for any number.
const HELD_DECIMALS: usize = 15;

/// Fixed decimals; an en dash where there is no number. Where many decimals would
/// be needed, small values are written with an exponent, to the same decimals:
/// `7.18e-8` for ten.
pub fn fixed(value: Option<f64>, decimals: usize) -> String {
    let decimals = decimals.min(HELD_DECIMALS);
    match value {
        Some(v) if v.is_finite() && decimals > MOST_DECIMALS && v.abs() < 1e-3 => {
            let digits = decimals as i32 + v.abs().log10().floor() as i32;
            let digits = usize::try_from(digits).ok().filter(|_| v != 0.0);
            digits.map_or_else(|| "0".into(), |digits| format!("{v:.digits$e}"))
        }
        Some(v) if v.is_finite() => {
            let text = format!("{v:.decimals$}");
            // "-0.000" is no negative number.
            if text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') {
                text.trim_start_matches('-').into()
            } else {
                text
            }
        }
        _ => "\u{2013}".into(),
    }
}

/// An estimate whose metric is not at hand: four decimals, or three significant
/// digits where those would say nothing.
pub fn estimate(value: Option<f64>) -> String {
    match value {
        Some(v) if v.is_finite() && v != 0.0 && v.abs() < 0.000_95 => format!("{v:.2e}"),
        _ => fixed(value, 4),
    }
}

/// Three significant digits, four decimals at most; `<0.0001` below.
pub fn p_value(p: Option<f64>) -> String {
    match p {
        Some(p) if p.is_finite() => {
            if p < 0.0001 {
                "<0.0001".into()
            } else if p < 0.001 {
                format!("{p:.4}")
            } else {
                format!("{p:.3}")
            }
        }
        _ => "\u{2013}".into(),
    }
}

/// A share as percent: `10 %`, `2.5 %`.
pub fn percent(share: f64) -> String {
    let value = (share * 1e6).round() / 1e4;
    format!("{value} %")
}

/// An estimated share as percent, two significant digits: `23 %`, `0.52 %`.
pub fn percent_rounded(share: f64) -> String {
    format!("{} %", two_digits(share * 100.0))
}

/// Two significant digits, six decimals at most; whole from 10 on: `0.52`,
/// `4.2`, `142`.
pub fn two_digits(value: f64) -> String {
    if !value.is_finite() {
        return "\u{2013}".into();
    }
    // The exponent after rounding: 9.99 has two digits before the point.
    let rounded = format!("{value:.1e}");
    let exponent = rounded.split('e').nth(1).and_then(|e| e.parse::<i32>().ok()).unwrap_or(0);
    let decimals = if value == 0.0 { 0 } else { (1 - exponent).clamp(0, 6) as usize };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(fixed(Some(-0.000_04), 3), "0.000");
        assert_eq!(fixed(None, 3), "\u{2013}");
        assert_eq!(fixed(Some(0.5), usize::MAX), "0.500000000000000");
        assert_eq!(fixed(Some(2e-20), 1 << 40), "0");
        let tiny = |value| fixed(Some(value), 10);
        assert_eq!((tiny(7.184e-8), tiny(-1.24e-9)), ("7.18e-8".into(), "-1.2e-9".into()));
        assert_eq!(
            (tiny(0.0), tiny(1e-12), tiny(0.25)),
            ("0".into(), "0".into(), "0.2500000000".into())
        );
        assert_eq!(estimate(Some(-7.1234e-8)), "-7.12e-8");
        assert_eq!(
            (estimate(Some(0.0)), estimate(Some(12.5))),
            ("0.0000".into(), "12.5000".into())
        );
        assert_eq!(p_value(Some(0.000_09)), "<0.0001");
        assert_eq!(p_value(Some(0.000_44)), "0.0004");
        assert_eq!(p_value(Some(0.0499)), "0.050");
        assert_eq!(percent(0.1), "10 %");
        assert_eq!(percent(0.025), "2.5 %");
        assert_eq!(percent_rounded(0.2311), "23 %");
        assert_eq!(percent_rounded(0.005_17), "0.52 %");
        assert_eq!(percent_rounded(0.0), "0 %");
        assert_eq!(percent_rounded(0.099_999), "10 %");
        assert_eq!((two_digits(4.234), two_digits(142.3)), ("4.2".into(), "142".into()));
        assert_eq!(two_digits(f64::NAN), "\u{2013}");
    }
}
