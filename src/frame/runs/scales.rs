//! Values that cannot be values of their metric, and two scales in one metric.

use std::path::Path;

use super::stack::Codes;
use crate::frame::error::FrameError;
use crate::scores::{MetricRules, Scale};

/// Checks the values of each metric; `lines` are those of the rows.
pub(super) fn check(
    metrics: &Codes,
    values: &[f64],
    place: impl Fn(usize) -> (std::path::PathBuf, u64),
    rules: &MetricRules,
) -> Result<(), FrameError> {
    let mut by_metric: Vec<(Vec<usize>, Vec<f64>)> = vec![Default::default(); metrics.names.len()];
    for (row, (code, value)) in metrics.codes.iter().zip(values).enumerate() {
        if !value.is_nan() {
            let of = &mut by_metric[*code as usize];
            of.0.push(row);
            of.1.push(*value);
        }
    }
    for (metric, (rows, values)) in metrics.names.iter().zip(by_metric) {
        if let Err(fault) = Scale::of(metric, &rules.of(metric), &values) {
            let (path, line) = place(rows[fault.at]);
            return Err(error(&path, line, metric, values[fault.at], fault.expected));
        }
    }
    Ok(())
}

fn error(path: &Path, line: u64, metric: &str, got: f64, expected: String) -> FrameError {
    FrameError::Scale { path: path.into(), line, metric: metric.into(), got, expected }
}
