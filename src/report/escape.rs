//! Text from data made harmless where it is put.

/// Text safe in HTML, in content and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}

/// Adds an attribute, where it has a value.
pub(super) fn attribute(html: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        *html += &format!(" {name}=\"{}\"", escape(value));
    }
}

/// A table of texts as CSV. Spreadsheets run a cell that begins with `=`, `+`,
/// `-`, `@`, a tab or a carriage return as a formula, so such a text gets a `'`
/// before it; numbers stay as they are.
pub(super) fn csv<R, T>(rows: R) -> String
where
    R: IntoIterator<Item = T>,
    T: IntoIterator,
    T::Item: AsRef<str>,
{
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    // Writing to memory cannot fail.
    for row in rows {
        let _ = writer.write_record(row.into_iter().map(|cell| harmless(cell.as_ref())));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// A cell that no spreadsheet runs.
pub(super) fn harmless(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    // `-0.5`, `+1 %` and `-0.1 0.2` are numbers.
    let number = |text: &str| {
        text.split([' ', ',', ';'])
            .filter(|part| !part.is_empty() && *part != "%")
            .all(|part| part.trim_end_matches('%').parse::<f64>().is_ok())
    };
    if formula && !number(cell) { format!("'{cell}") } else { cell.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_harmless_and_numbers_stay() {
        let text = csv([["a", "b"], ["=1+1", "-0.5"], ["@x", "-1e-7"], ["-cmd|' /C'!A0", "+3 %"]]);
        assert_eq!(text, "a,b\n'=1+1,-0.5\n'@x,-1e-7\n'-cmd|' /C'!A0,+3 %\n");
    }

    #[test]
    fn html_is_text() {
        assert_eq!(escape("<a b='c'>&\""), "&lt;a b=&#39;c&#39;&gt;&amp;&quot;");
    }
}
