//! "Did you mean": the known name nearest to an unknown one.

/// The candidate nearest to `got`: the same letters in another case or with
/// other separators, else at most a third of its letters (and at least one)
/// added, removed or replaced.
pub(crate) fn nearest<'a>(got: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let bare = plain(got);
    let limit = bare.chars().count().div_ceil(3).max(1);
    known
        .into_iter()
        .map(|name| (strsim::levenshtein(&bare, &plain(name)), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// `; did you mean ...?` or nothing.
pub(crate) fn hint<'a>(got: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(got, known).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// Names in back quotes, with commas.
pub(crate) fn quoted<T: AsRef<str>>(names: &[T]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    super::error::listed(&quoted, ", ")
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_nearest_name() {
        assert_eq!(nearest("lable", ["label", "file"]), Some("label"));
        assert_eq!(nearest("PatientID", ["patient_id", "label"]), Some("patient_id"));
        assert_eq!(nearest("banana", ["label", "file"]), None);
        assert_eq!(hint("imge", ["image"]), "; did you mean `image`?");
        assert_eq!(hint("x", ["image"]), "");
    }
}
