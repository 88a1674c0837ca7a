//! Patterns of names: a beginning, an end (`*x`) or a part (`*x*`).

/// What a pattern is about, without its stars.
enum Part<'a> {
    Start(&'a str),
    End(&'a str),
    Inside(&'a str),
}

fn part(pattern: &str) -> Part<'_> {
    match pattern.strip_prefix('*') {
        None => Part::Start(pattern),
        Some(rest) => rest.strip_suffix('*').map_or(Part::End(rest), Part::Inside),
    }
}

/// Whether a name fits a pattern.
pub(in crate::zoo) fn matches(pattern: &str, name: &str) -> bool {
    match part(pattern) {
        Part::Start(start) => name.starts_with(start),
        Part::End(end) => name.ends_with(end),
        Part::Inside(inside) => name.contains(inside),
    }
}

/// The name with `to` in the place of what the pattern is about; `None` where
/// it does not fit.
pub(in crate::zoo) fn replaced(pattern: &str, to: &str, name: &str) -> Option<String> {
    match part(pattern) {
        Part::Start(start) => name.strip_prefix(start).map(|rest| format!("{to}{rest}")),
        Part::End(end) => name.strip_suffix(end).map(|rest| format!("{rest}{to}")),
        Part::Inside(inside) => name.contains(inside).then(|| name.replace(inside, to)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_beginning_an_end_or_a_part() {
        for (pattern, name, wanted) in [
            ("a.", "a.b.a.b", Some("X|b.a.b")),
            ("*.b", "a.b.a.b", Some("a.b.aX|")),
            ("*a.*", "a.b.a.b", Some("X|b.X|b")),
            ("b", "a.b", None),
            ("*a", "a.b", None),
        ] {
            assert_eq!(replaced(pattern, "X|", name).as_deref(), wanted, "{pattern} {name}");
            assert_eq!(matches(pattern, name), wanted.is_some());
        }
    }
}
