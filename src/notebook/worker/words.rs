//! What is said to cells, in terms of cells: options of the command line become the
//! methods of the same names.

/// Options of commands that cells have as methods of a study or a comparison.
const METHODS: [&str; 15] = [
    "higher-is-better",
    "lower-is-better",
    "metric",
    "baseline",
    "factor",
    "margin",
    "alpha",
    "map",
    "rename",
    "decimal",
    "sheet",
    "unit",
    "missing-cases",
    "step",
    "scores",
];

/// A text with `--map value=auc` as `.map("value=auc")`.
pub(super) fn in_cells(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("--") {
        let (before, option) = rest.split_at(at);
        out += before;
        let begins = before.chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '-');
        let end = option[2..].find(|c: char| !c.is_ascii_lowercase() && c != '-');
        let end = end.map_or(option.len(), |end| end + 2);
        let name = &option[2..end];
        if !begins || !(METHODS.contains(&name) || name == "where") {
            out += &option[..end.max(2)];
            rest = &option[end.max(2)..];
            continue;
        }
        let (argument, after) = argument(&option[end..]);
        out += &called(name, argument);
        rest = after;
    }
    out + rest
}

/// What stands behind an option, and the text after it. A word of the sentence is no
/// argument.
fn argument(rest: &str) -> (Option<&str>, &str) {
    let Some(text) = rest.strip_prefix(' ') else { return (None, rest) };
    if let Some(quoted) = text.strip_prefix('"')
        && let Some(end) = quoted.find('"')
    {
        let (inside, after) = quoted.split_at(end);
        return (Some(inside), &after[1..]);
    }
    let end = text.find([' ', '`', ',', ';', ')', '\n']).unwrap_or(text.len());
    let word = text[..end].trim_end_matches(['.', ':']);
    let of_the_sentence = ["or", "and", "says", "say", "to", "is", "names", "tells", ""];
    if of_the_sentence.contains(&word) {
        return (None, rest);
    }
    (Some(word), &text[word.len()..])
}

fn called(name: &str, argument: Option<&str>) -> String {
    let method = name.replace('-', "_");
    match argument {
        None if name == "where" => ".filter(..)".into(),
        None => format!(".{method}(..)"),
        Some(text) if name == "where" => match text.split_once('=') {
            Some((column, value)) => format!(".filter({column:?}, {value:?})"),
            None => format!(".filter({text:?}, ..)"),
        },
        Some(text) if text.parse::<f64>().is_ok() => format!(".{method}({text})"),
        Some(text) => format!(".{method}({text:?})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_become_methods_and_all_else_stays() {
        for (said, wanted) in [
            (
                "say --higher-is-better \"auc_percent\" or --lower-is-better \"a b\", or",
                "say .higher_is_better(\"auc_percent\") or .lower_is_better(\"a b\"), or",
            ),
            ("state it with `--map value=test/auc`.", "state it with `.map(\"value=test/auc\")`."),
            ("--margin 0.01; --unit seeds", ".margin(0.01); .unit(\"seeds\")"),
            ("--where init=fine", ".filter(\"init\", \"fine\")"),
            ("what --decimal says", "what .decimal(..) says"),
            ("--map or --rename", ".map(..) or .rename(..)"),
            ("--sheet", ".sheet(..)"),
            ("transfolio report --export writes all", "transfolio report --export writes all"),
            ("a--map b -- c --", "a--map b -- c --"),
            ("--mapping x", "--mapping x"),
            ("", ""),
        ] {
            assert_eq!(in_cells(said), wanted);
        }
    }
}
