//! A p as papers print it.

use serde::Serialize;

use crate::published::value::{decimals, half_unit};

/// A printed p: the range it stands for. `0.19` is all that rounds to it,
/// `<0.05` all below, `*` what a paper marks with one star.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PrintedP {
    /// As printed.
    pub text: String,
    /// Smallest p it may stand for.
    pub low: f64,
    /// Largest p it may stand for.
    pub high: f64,
}

impl PrintedP {
    /// Reads `0.19`, `1.9e-1`, `p=0.19`, `<0.001`, `>0.05`, `n.s.`, `*` to
    /// `****` and `>***`. Stars: `*` below 0.05, `**` below 0.01, `***` below
    /// 0.001, `****` and `>***` below 0.0001, `n.s.` 0.05 or more. Papers differ in
    /// what follows `**`, so a `**` excludes p only from 0.0001 down, a `*` from
    /// 0.001 down. Decimal commas are read. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (low, high) = stars(text).or_else(|| number(text))?;
        Some(Self { text: text.into(), low, high })
    }

    /// Whether it is a number, and not a star or a bound.
    pub fn is_number(&self) -> bool {
        self.low > 0.0 && self.high < 1.0 && stars(&self.text).is_none()
    }

    /// The number in the middle of its range.
    pub fn middle(&self) -> f64 {
        f64::midpoint(self.low, self.high)
    }
}

fn stars(text: &str) -> Option<(f64, f64)> {
    match text.to_lowercase().trim_end_matches('.') {
        "n.s" | "ns" => Some((0.05, 1.0)),
        "*" => Some((0.001, 0.05)),
        "**" => Some((0.0001, 0.01)),
        "***" => Some((0.0, 0.001)),
        "****" | ">***" => Some((0.0, 0.0001)),
        _ => None,
    }
}

fn number(text: &str) -> Option<(f64, f64)> {
    let rest = text.strip_prefix(['p', 'P']).unwrap_or(text).trim_start();
    let (sign, rest) = match rest.chars().next()? {
        c @ ('<' | '\u{2264}' | '>' | '\u{2265}' | '=') => (c, &rest[c.len_utf8()..]),
        _ => ('=', rest),
    };
    let digits = rest.trim().replace(',', ".");
    let value: f64 = digits.parse().ok().filter(|p| (0.0..=1.0).contains(p))?;
    Some(match sign {
        '<' | '\u{2264}' => (0.0, value),
        '>' | '\u{2265}' => (value, 1.0),
        _ => {
            let half = half_unit(decimals(&digits));
            ((value - half).max(0.0), (value + half).min(1.0))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn papers_print_p_in_many_ways() {
        for (text, low, high) in [
            ("1.9e-1", 0.185, 0.195),
            ("p = 0.03", 0.025, 0.035),
            ("p=1e-5", 0.5e-5, 1.5e-5),
            ("0,04", 0.035, 0.045),
            ("<0.001", 0.0, 0.001),
            ("P > .05", 0.05, 1.0),
            ("n.s.", 0.05, 1.0),
            (">***", 0.0, 0.0001),
        ] {
            let p = PrintedP::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert!((p.low - low).abs() < 1e-12 && (p.high - high).abs() < 1e-12, "{p:?}");
        }
        for text in ["", "p", "5", "-0.1", "yes", "+", "NaN", "p=<"] {
            assert_eq!(PrintedP::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_ranges_are_ranges(text: String) {
            if let Some(p) = PrintedP::parse(&text) {
                prop_assert!(0.0 <= p.low && p.low <= p.high && p.high <= 1.0);
            }
        }
    }
}
