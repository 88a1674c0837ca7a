//! Words and rows that go with a figure: long descriptions and the data behind.

use crate::text::csv_cell;

/// More items than this are not told in a long description, which says so.
const MOST_TOLD: usize = 24;

/// The items of a long description as sentences; beyond [`MOST_TOLD`] the
/// first of them and where the others are.
pub(super) fn told(items: &[String]) -> String {
    let mut text: String = items
        .iter()
        .take(MOST_TOLD)
        .map(|item| format!(" {}.", item.trim_end_matches('.')))
        .collect();
    if items.len() > MOST_TOLD {
        text += &format!(" {} more are in the data behind the figure.", items.len() - MOST_TOLD);
    }
    text
}

/// ` 3 values are not numbers and are left out.`; empty for none.
pub(super) fn left_out(count: usize, what: &str) -> String {
    match count {
        0 => String::new(),
        1 => format!(" 1 {what} is not a number and is left out."),
        n => format!(" {n} {what}s are not numbers and are left out."),
    }
}

/// `12 of 40 methods are shown; the data behind the figure has all.`; none
/// where nothing was left out.
pub(super) fn thinned(shown: usize, all: usize, what: &str) -> Option<String> {
    (shown < all)
        .then(|| format!("{shown} of {all} {what} are shown; the data behind the figure has all."))
}

/// A table as CSV, harmless in spreadsheets.
pub(super) fn csv<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(head);
    for row in rows {
        let _ = writer.write_record(row.map(|cell| csv_cell(&cell)));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// A number in full; empty where it is none.
pub(super) fn number(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { String::new() }
}

/// The same for a number that may be absent.
pub(super) fn maybe(value: Option<f64>) -> String {
    value.map_or(String::new(), number)
}

/// Two numbers in full; empty where one is none.
pub(super) fn pair(low: f64, high: f64) -> String {
    if low.is_finite() && high.is_finite() { format!("{low} {high}") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_escaped_and_formulas_are_not_run() {
        let row = |a: &str, b: f64| [a.to_string(), number(b)];
        let rows = [row("=HYPERLINK(\"x\")", -0.5), row("a,\"b\"\n<c>", f64::NAN)];
        assert_eq!(
            csv(["name", "value"], rows),
            "name,value\n\"'=HYPERLINK(\"\"x\"\")\",-0.5\n\"a,\"\"b\"\"\n<c>\",\n"
        );
    }

    #[test]
    fn what_is_not_told_is_said() {
        let items: Vec<String> = (0..30).map(|i| i.to_string()).collect();
        assert!(told(&items).ends_with("6 more are in the data behind the figure."));
        assert_eq!(told(&items[..1]), " 0.");
        assert_eq!(thinned(3, 3, "methods"), None);
        assert_eq!(left_out(0, "value"), "");
    }
}
