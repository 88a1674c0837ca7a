/// `a, b and c`; `nothing` of none.
pub fn listed(items: &[String]) -> String {
    match items {
        [] => "nothing".into(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_sentences() {
        let items = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(listed(&items(&["a", "b", "c"])), "a, b and c");
        assert_eq!((listed(&items(&["a"])), listed(&[])), ("a".into(), "nothing".into()));
    }
}
