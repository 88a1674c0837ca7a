//! Paired and unpaired DeLong tests.

use serde_json::Value;

use crate::selfcheck::case::{Got, confidence, labels, numbers};
use crate::stats::delong_test;

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let (first, second) = (numbers(&input["score1"]), numbers(&input["score2"]));
    let confidence = confidence(options);
    if options["paired"].as_bool().unwrap_or(true) {
        let outcome = delong_test::paired(&first, &second, &labels(&input["y"]), confidence);
        let mut got = Got::flagged(&outcome);
        if let Some(test) = outcome.any() {
            got.put("auc1", test.auc1);
            got.put("auc2", test.auc2);
            got.put("var1", test.variance1);
            got.put("var2", test.variance2);
            got.put("cov", test.covariance);
            got.put("z", test.z);
            got.put("p", test.p);
        }
        return got;
    }
    let (y1, y2) = (labels(&input["y1"]), labels(&input["y2"]));
    let outcome = delong_test::unpaired(&first, &y1, &second, &y2, confidence);
    let mut got = Got::flagged(&outcome);
    if let Some(test) = outcome.any() {
        got.put("auc1", test.auc1);
        got.put("auc2", test.auc2);
        got.put("d", test.t);
        got.put("df", test.df);
        got.put("p", test.p);
    }
    got
}
