//! Text for pages.

/// Text safe in HTML, in content and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
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

/// A path for people: below the notebook's folder without that folder, so that
/// a page holds no path of the machine it was made on.
pub(crate) fn shown_path(path: &str) -> String {
    let folder = std::env::current_dir().unwrap_or_default();
    std::path::Path::new(path)
        .strip_prefix(folder)
        .map_or_else(|_| path.to_owned(), |below| below.to_string_lossy().into_owned())
}
