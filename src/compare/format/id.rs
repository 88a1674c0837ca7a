//! Names as ids of numbers.

/// Names as an id: letters, digits, `-`, `_` and `.` stay, all else becomes
/// `-`; names are joined by dots.
pub fn id<T: AsRef<str>>(names: &[T]) -> String {
    let parts: Vec<String> = names.iter().map(|name| slug(name.as_ref())).collect();
    parts.join(".")
}

/// One name as part of an id.
pub fn slug(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') {
            out.push(c);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    let trimmed = out.trim_matches('-');
    if trimmed.is_empty() { "-".into() } else { trimmed.into() }
}

/// Row and column of an id.
pub fn split_id(id: &str) -> (&str, &str) {
    id.rsplit_once('.').unwrap_or((id, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_harmless() {
        assert_eq!(slug("<img src=x onerror=alert(1)>"), "img-src-x-onerror-alert-1");
        assert_eq!(slug("]]>"), "-");
        assert_eq!(id(&["Swin-T", "10 %", "mean"]), "Swin-T.10.mean");
        assert_eq!(split_id("a.0.1.mean"), ("a.0.1", "mean"));
    }
}
