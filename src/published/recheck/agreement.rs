//! Which tests a printed p agrees with, in words.

use serde::Serialize;

use super::printed_p::PrintedP;
use super::ranges::{SdReading, Test, TestP};
use super::types::Rechecked;
use crate::text::two_digits;

/// Which tests a printed p agrees with.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "agreement")]
pub enum Agreement {
    /// With one or several tests.
    With {
        /// The tests.
        tests: Vec<Test>,
        /// How the spread has to be read for it.
        reading: SdReading,
        /// Whether no other reading of the spread agrees with anything.
        only_reading: bool,
        /// The nearest of them, and its p.
        nearest: Option<(Test, f64)>,
    },
    /// With none.
    None {
        /// The nearest and its p.
        nearest: Option<(Test, f64)>,
    },
    /// The numbers allow no test.
    Undefined,
}

impl Agreement {
    pub(super) fn of(tests: &[TestP], printed: &PrintedP) -> Self {
        if tests.iter().all(|t| t.p.is_none()) {
            return Self::Undefined;
        }
        let first = tests.first().map_or(SdReading::Sample, |t| t.reading);
        let second = tests.last().map_or(first, |t| t.reading);
        for reading in [first, second] {
            let agreeing = || tests.iter().filter(move |t| t.reading == reading && t.agrees);
            if agreeing().next().is_some() {
                return Self::With {
                    tests: agreeing().map(|t| t.test).collect(),
                    reading,
                    only_reading: reading != first,
                    nearest: nearest(agreeing(), printed),
                };
            }
        }
        Self::None { nearest: nearest(tests.iter().filter(|t| t.reading == first), printed) }
    }

    /// What the printed p agrees with: `one-sided only`.
    pub(super) fn words(&self, tests: &[TestP]) -> String {
        match self {
            Self::With { tests: agreeing, reading, only_reading, nearest } => {
                let defined = tests.iter().filter(|t| t.reading == *reading && t.p.is_some());
                let all = agreeing.len() > 1 && defined.count() == agreeing.len();
                let names: Vec<&str> = agreeing.iter().map(|t| t.short()).collect();
                let read = if *only_reading { ", SD read as divided by n" } else { "" };
                match (&names[..], nearest) {
                    ([one], _) => format!("{one} only{read}"),
                    (_, Some((near, _))) if all => {
                        format!("every test; nearest {}{read}", near.short())
                    }
                    _ => format!("{}{read}", names.join(" and ")),
                }
            }
            Self::None { nearest: Some((test, p)) } => {
                format!("none; nearest {}, p {}", test.short(), short(*p))
            }
            Self::None { nearest: None } => "none".into(),
            Self::Undefined => "cannot be recomputed".into(),
        }
    }

    fn allows(&self, test: Test) -> bool {
        matches!(self, Self::With { tests, .. } if tests.contains(&test))
    }
}

fn nearest<'a>(tests: impl Iterator<Item = &'a TestP>, printed: &PrintedP) -> Option<(Test, f64)> {
    let distance = |p: f64| {
        let aim = if printed.is_number() {
            printed.middle()
        } else {
            // `<0` and `<.000` leave no p at all between their ends.
            let low = printed.low.max(f64::MIN_POSITIVE);
            p.clamp(low, printed.high.max(low))
        };
        (p.max(f64::MIN_POSITIVE).ln() - aim.max(f64::MIN_POSITIVE).ln()).abs()
    };
    tests
        .filter_map(|t| Some((t.test, t.p?)))
        .min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)).then(a.0.cmp(&b.0)))
}

/// Two digits at any size: `0.0042`, `1.3e-13`.
pub(super) fn short(p: f64) -> String {
    if p != 0.0 && p < 1e-4 { format!("{p:.1e}") } else { two_digits(p) }
}

/// How often each test can have made the printed p-values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Rechecked p-values.
    pub all: usize,
    /// Those that agree with a test, per test of [`Test::ALL`].
    pub with: [usize; 3],
    /// Those that agree with this test and with no other, per test.
    pub only: [usize; 3],
    /// Those that agree with none.
    pub none: usize,
    /// Those that cannot be recomputed.
    pub undefined: usize,
}

/// Counts agreements.
pub fn tally(rows: &[Rechecked]) -> Tally {
    let mut tally = Tally { all: rows.len(), ..Tally::default() };
    for row in rows {
        match &row.agreement {
            Agreement::None { .. } => tally.none += 1,
            Agreement::Undefined => tally.undefined += 1,
            Agreement::With { tests, .. } => {
                for (index, test) in Test::ALL.into_iter().enumerate() {
                    tally.with[index] += usize::from(row.agreement.allows(test));
                    tally.only[index] += usize::from(tests[..] == [test]);
                }
            }
        }
    }
    tally
}
