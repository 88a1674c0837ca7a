//! Text from data made harmless where it is put.

use crate::text::csv_cell;
pub(super) use crate::text::html_text as escape;

/// Adds an attribute, where it has a value.
pub(super) fn attribute(html: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        *html += &format!(" {name}=\"{}\"", escape(value));
    }
}

/// A table of texts as CSV, harmless in spreadsheets.
pub(super) fn csv<R, T>(rows: R) -> String
where
    R: IntoIterator<Item = T>,
    T: IntoIterator,
    T::Item: AsRef<str>,
{
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    // Writing to memory cannot fail.
    for row in rows {
        let _ = writer.write_record(row.into_iter().map(|cell| csv_cell(cell.as_ref())));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
