//! Cells of CSV files that no spreadsheet runs.

/// A text as a cell. Spreadsheets take a cell that begins with `=`, `+`, `-`,
/// `@`, a tab or a carriage return for a formula, so such a text gets a `'`
/// before it; numbers and lists of numbers stay as they are.
pub fn csv_cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula && !is_number(text) { format!("'{text}") } else { text.to_string() }
}

/// `-0.5`, `+1 %`, `-0.1 0.2`.
fn is_number(text: &str) -> bool {
    text.split([' ', ',', ';'])
        .filter(|part| !part.is_empty() && *part != "%")
        .all(|part| part.trim_end_matches('%').parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_harmless_and_numbers_stay() {
        for formula in ["=1+1", "@x", "-cmd|' /C'!A0", "+a", "\t=1", "-"] {
            assert_eq!(csv_cell(formula), format!("'{formula}"));
        }
        for fine in ["-0.5", "-1e-7", "+3 %", "-0.1 0.2", "a=1", "", "fine"] {
            assert_eq!(csv_cell(fine), fine);
        }
    }
}
