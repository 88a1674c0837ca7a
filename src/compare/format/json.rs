//! The whole analysis, as it is in memory.

use crate::compare::analysis::Analysis;

pub(super) fn write(analysis: &Analysis) -> String {
    let mut text = serde_json::to_string_pretty(analysis).unwrap_or_default();
    text.push('\n');
    text
}
