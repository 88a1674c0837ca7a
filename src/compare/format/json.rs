//! The whole comparison, as it is in memory.

use crate::compare::types::Comparison;

pub(super) fn write(comparison: &Comparison) -> String {
    let mut text = serde_json::to_string_pretty(comparison).unwrap_or_default();
    text.push('\n');
    text
}
