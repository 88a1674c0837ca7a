//! McNemar's test on a table, Cochran's Q on a matrix.

use serde_json::Value;

use crate::selfcheck::case::{Got, labels, matrix};
use crate::stats::cochran_q::cochran_q;
use crate::stats::mcnemar::{Correction, Discordant};

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    if options["test"] == "cochran_q" || !input["matrix"].is_null() {
        return cochran(&input["matrix"]);
    }
    let table = matrix(&input["table"]);
    let cell = |i: usize, j: usize| {
        table.get(i).and_then(|row| row.get(j)).map_or(0, |count| *count as u64)
    };
    let discordant = Discordant { first_only: cell(0, 1), second_only: cell(1, 0) };
    let mut got = Got::default();
    got.put_outcome("exact_p", &discordant.exact_p());
    got.put_outcome("mid_p", &discordant.mid_p());
    for (statistic, p, correction) in
        [("chi2_cc", "p_cc", Correction::Edwards), ("chi2_nocc", "p_nocc", Correction::None)]
    {
        let test = discordant.chi_squared(correction);
        got.put_outcome(statistic, &test.clone().map(|test| test.statistic));
        got.put_outcome(p, &test.map(|test| test.p));
    }
    got
}

fn cochran(rows: &Value) -> Got {
    let rows: Vec<Vec<bool>> = rows.as_array().into_iter().flatten().map(labels).collect();
    let outcome = cochran_q(&rows);
    let mut got = Got::flagged(&outcome);
    if let Some(test) = outcome.any() {
        got.put("q", test.q);
        got.put("df", test.df);
        got.put("p", test.p);
    }
    got
}
