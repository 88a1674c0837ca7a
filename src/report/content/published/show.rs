//! The one place where published numbers become text.
//!
//! Every number of these sections passes through a function of this file with
//! its source, so that no number reaches a page without its kind.

use crate::published::{Kind, Published, Row};
use crate::report::document::Value;
use crate::text::fixed;

/// A published number as a cell: digitised ones have `≈` before them, and say
/// how they were read.
pub(super) fn number(value: Published, row: &Row) -> Value {
    Value::shown(value.text()).with_note(origin(value, row))
}

/// A mean with its standard deviation: `≈81.70 (0.15)`.
pub(super) fn mean_sd(row: &Row) -> Value {
    let spread = row.sd.map_or(String::new(), |sd| {
        // One mark covers both where both are digitised.
        let same = std::mem::discriminant(&sd.kind()) == std::mem::discriminant(&row.mean.kind());
        let text = sd.text();
        format!(" ({})", if same { text.trim_start_matches('\u{2248}') } else { &text })
    });
    let sd = row.sd.map_or(String::new(), |sd| format!("; SD {}", sd.kind().sentence()));
    Value::shown(format!("{}{spread}", row.mean.text()))
        .with_note(format!("{}{sd}", origin(row.mean, row)))
}

/// A number computed from published ones, with its sign.
pub(super) fn difference(value: Published) -> Value {
    let text = value.text();
    let (mark, digits) = match text.strip_prefix('\u{2248}') {
        Some(digits) => ("\u{2248}", digits),
        None => ("", text.as_str()),
    };
    let sign = if value.value() > 0.0 { "+" } else { "" };
    let kind = match value.kind() {
        Kind::Digitised { .. } => "difference of digitised numbers",
        Kind::Printed => "difference of printed numbers",
        Kind::Reference => "difference",
    };
    Value::shown(format!("{mark}{sign}{digits}"))
        .with_note(format!("{kind}, \u{b1}{:.2}", value.half_width()))
}

/// Own minus published: an own number takes the mark of the published one.
pub(super) fn gap(gap: Option<f64>, published: Published) -> Value {
    let digits = fixed(gap, 2);
    let mark = match published.kind() {
        Kind::Digitised { .. } if gap.is_some() => "\u{2248}",
        _ => "",
    };
    // What is shown as zero has no sign.
    let positive = digits.parse::<f64>().is_ok_and(|shown| shown > 0.0);
    let sign = if positive { "+" } else { "" };
    let title = format!(
        "own minus published; the published one is {}, good to \u{b1}{}",
        published.kind().word(),
        published.half_width()
    );
    Value::shown(format!("{mark}{sign}{digits}")).with_note(title)
}

fn origin(value: Published, row: &Row) -> String {
    let note = if row.note.is_empty() { String::new() } else { format!("; {}", row.note) };
    format!("{}; {}{note}", value.kind().sentence(), row.source)
}

/// A printed p, star or gap as it stands in a figure.
pub(super) fn printed(text: &str) -> String {
    text.strip_prefix("p=").map_or(text.to_string(), |p| format!("p = {p}"))
}

/// The kinds of the numbers of rows, for a figure and a caption:
/// `DIGITISED, ±0.02 to ±0.06`.
pub(super) fn mark<'a>(rows: impl Iterator<Item = &'a Row>) -> String {
    let (mut printed, mut ends) = (false, None::<(f64, f64)>);
    for value in rows.flat_map(|row| std::iter::once(row.mean).chain(row.sd)) {
        match value.kind() {
            Kind::Digitised { uncertainty: u } => {
                ends = Some(ends.map_or((u, u), |(l, h)| (f64::min(l, u), f64::max(h, u))));
            }
            Kind::Printed => printed = true,
            Kind::Reference => {}
        }
    }
    let digitised = ends.map(|(low, high)| {
        if low == high {
            format!("DIGITISED, \u{b1}{low}")
        } else {
            format!("DIGITISED, \u{b1}{low} to \u{b1}{high}")
        }
    });
    match (printed, digitised) {
        (false, Some(mark)) => mark,
        (true, Some(mark)) => format!("means PRINTED in part, else {mark}"),
        (_, None) => "PRINTED".into(),
    }
}

/// Whether a number read at one place may be the same as that of another.
pub(super) fn may_be_equal(a: Published, b: Published) -> bool {
    (a.value() - b.value()).abs() <= a.half_width() + b.half_width() + 1e-9
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::published::Table;

    #[test]
    fn no_digitised_number_is_shown_without_its_mark() {
        for table in Table::ALL {
            for row in table.rows().expect("rows") {
                let value = mean_sd(&row);
                let digitised = matches!(row.mean.kind(), Kind::Digitised { .. });
                assert_eq!(value.text.starts_with('\u{2248}'), digitised, "{value:?}");
                assert_eq!(value.title.starts_with("digitised"), digitised, "{value:?}");
            }
        }
        let read = Published::parse("81.70", Kind::Digitised { uncertainty: 0.02 }).expect("one");
        assert_eq!(gap(Some(0.256), read).text, "\u{2248}+0.26");
        assert_eq!(gap(Some(-0.001), read).text, "\u{2248}0.00");
        assert_eq!(mark(Table::DartDomainAdaptive.rows().expect("rows").iter()), "PRINTED");
        let inat = Table::DartInat.rows().expect("rows");
        let mixed = inat.iter().find(|r| r.mean.kind() == Kind::Printed).expect("a printed mean");
        assert_eq!(mean_sd(mixed).text, "67.54 (\u{2248}0.60)");
    }
}
