//! Errors of predicted values.

use serde_json::Value;

use crate::selfcheck::case::{Got, numbers};
use crate::stats::regression_errors::{
    bias, mean_absolute_error, r_squared, root_mean_squared_error,
};

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let (outcomes, predicted) = (numbers(&input["y_true"]), numbers(&input["y_pred"]));
    let mut got = Got::flagged(&mean_absolute_error(&outcomes, &predicted));
    got.put_outcome("mae", &mean_absolute_error(&outcomes, &predicted));
    got.put_outcome("rmse", &root_mean_squared_error(&outcomes, &predicted));
    got.put_outcome("bias", &bias(&outcomes, &predicted));
    // One outcome alone has no R squared, and the other errors.
    if outcomes.len() > 1 {
        got.put_outcome("r_squared", &r_squared(&outcomes, &predicted));
    }
    got
}
