//! Patients that are written in several ways: `5`, `0005` and `5.0`.

use std::collections::BTreeMap;

use super::Row;
use crate::data::class_names::form;
use crate::data::error::listed;

/// Gives rows of one patient one name, the first in the manifest, where the
/// names differ by leading zeros, case, blanks or hyphens only: two patients
/// that are taken for one lose nothing but some freedom of the division, one
/// that is taken for two is a leak. Says which were joined.
pub(super) fn join(rows: &mut [Row]) -> Vec<String> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows.iter_mut() {
        let spelt = names.entry(plain(&row.patient)).or_default();
        if !spelt.contains(&row.patient) {
            spelt.push(row.patient.clone());
        }
        if spelt[0] != row.patient {
            row.patient.clone_from(&spelt[0]);
        }
    }
    let joined: Vec<String> = (names.values().filter(|spelt| spelt.len() > 1))
        .map(|spelt| {
            let quoted: Vec<String> = spelt.iter().map(|name| format!("`{name}`")).collect();
            quoted.join(" = ")
        })
        .collect();
    if joined.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "{} patients are written in several ways (leading zeros, case, blanks or hyphens) and count \
         as one each: {}; if they are different people, give them different names",
        joined.len(),
        listed(&joined[..joined.len().min(8)], ", ")
    )]
}

/// What the spellings of a patient have in common.
fn plain(name: &str) -> String {
    let form = form(name);
    if let Ok(number) = form.parse::<f64>()
        && number.fract() == 0.0
        && number.abs() < 1e15
    {
        return format!("{number:.0}");
    }
    // `p0005` and `p5`: letters and then a number.
    let digits = form.trim_start_matches(|c: char| !c.is_ascii_digit());
    let letters = &form[..form.len() - digits.len()];
    if digits.len() > 1 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let bare = digits.trim_start_matches('0');
        return format!("{letters}{}", if bare.is_empty() { "0" } else { bare });
    }
    form
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_patient_are_one() {
        for (a, b) in [("5", "0005"), ("5", "5.0"), ("P01", "p1"), ("p 7", "P-7"), ("00", "0")] {
            assert_eq!(plain(a), plain(b), "{a} {b}");
        }
        for (a, b) in
            [("5", "50"), ("P1", "Q1"), ("1.5", "15"), ("a1b2", "a1b02"), ("10", "1"), ("x", "y")]
        {
            assert_ne!(plain(a), plain(b), "{a} {b}");
        }
    }
}
