use std::path::Path;

use super::*;

fn fill(text: &str, set: &[(&str, &str)]) -> Result<String, String> {
    let set = set.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let source = Text { file: Path::new("study.toml"), text };
    filled(&source, &set).map_err(|error| error.to_string())
}

/// The value of the key `a` after filling in.
fn a(text: &str, set: &[(&str, &str)]) -> Value {
    let filled = fill(text, set).unwrap();
    toml::from_str::<Table>(&filled).unwrap().remove("a").unwrap()
}

#[test]
fn a_parameter_alone_keeps_its_type() {
    for (parameter, expected) in [
        ("5", Value::Integer(5)),
        ("1e-3", Value::Float(1e-3)),
        ("true", Value::Boolean(true)),
        ("[1, 2]", Value::Array(vec![1.into(), 2.into()])),
        ("\"bf16\"", "bf16".into()),
        ("\"7\"", "7".into()),
    ] {
        let text = format!("a = \"${{x}}\"\n[parameters]\nx = {parameter}\n");
        assert_eq!(a(&text, &[]), expected, "{parameter}");
        assert_eq!(a(&text.replace('"', "'"), &[]), expected, "{parameter} in single quotes");
    }
}

#[test]
fn what_is_set_has_the_type_that_the_file_gave() {
    let text = |own: &str| format!("a = \"${{x}}\"\n[parameters]\nx = {own}\n");
    assert_eq!(a(&text("5"), &[("x", "7")]), Value::Integer(7));
    assert_eq!(a(&text("0.5"), &[("x", "2e-4")]), Value::Float(2e-4));
    assert_eq!(a(&text("0.5"), &[("x", "1")]), Value::Integer(1));
    assert_eq!(a(&text("[0]"), &[("x", "[3, 4]")]), Value::Array(vec![3.into(), 4.into()]));
    assert_eq!(a(&text("\"f32\""), &[("x", "7")]), "7".into());
    for (own, got, kind) in [
        ("5", "five", "a whole number there (5)"),
        ("5", "1.5", "a whole number"),
        ("true", "yes", "true or false"),
        ("[0]", "3", "a list"),
        ("0.5", "1\nb = 2", "a number"),
    ] {
        let error = fill(&text(own), &[("x", got)]).unwrap_err();
        assert!(error.starts_with("--set x=") && error.contains(kind), "{error}");
    }
}

#[test]
fn among_other_characters_it_is_what_it_looks_like() {
    let text = "a = \"lr ${x}, ${y}!\"\n[parameters]\nx = 0.5\ny = \"a \\\"b\\\"\"\n";
    assert_eq!(a(text, &[]), "lr 0.5, a \"b\"!".into());
    assert_eq!(a(text, &[("y", "C:\\new\ttab")]), "lr 0.5, C:\\new\ttab!".into());
    assert_eq!(a("a = '${x}/b'\n[parameters]\nx = 'C:\\data'", &[]), "C:\\data/b".into());
    let error = fill("a = '${x}/b'\n[parameters]\nx = \"it's\"", &[]).unwrap_err();
    assert!(error.contains("double quotes"), "{error}");
    let error = fill("a = \"n ${x}\"\n[parameters]\nx = [1]", &[]).unwrap_err();
    assert!(error.contains("a list") && error.contains("\"${x}\" alone"), "{error}");
}

#[test]
fn lists_and_tables_of_tables_are_filled_in_and_places_stay() {
    let text = "[t.u]\nlist = [\"${x}\", { k = \"${x}/y\" }]\n\n[parameters]\nx = \"p\"\n";
    let filled = fill(text, &[("x", "q")]).unwrap();
    assert_eq!(filled, "[t.u]\nlist = [\"q\", { k = \"q/y\" }]\n\n[parameters]\nx = \"q\"\n");
    let lines = "a = \"\"\"\none\n${x}\"\"\"\n[parameters]\nx = \"p\"\nb = \"c\"\n";
    assert_eq!(fill(lines, &[]).unwrap().lines().count(), lines.lines().count());
}

#[test]
fn what_is_no_parameter_is_named_where_it_stands() {
    let error = fill("b = 1\na = \"${x}/${y}\"\n[parameters]\nx = \"p\"\n", &[]).unwrap_err();
    assert!(error.starts_with("study.toml:2:5: ${y} is not a parameter"), "{error}");
    assert!(error.contains("add `y = \"...\"` under [parameters]"), "{error}");
    let error = fill("a = \"${x/b\"\n[parameters]\nx = \"p\"\n", &[]).unwrap_err();
    assert!(error.contains("`${x/b` has no closing `}`"), "{error}");
    let error = fill("a = 1\n", &[("x", "2")]).unwrap_err();
    assert!(error.contains("no such parameter; it has: none"), "{error}");
    // Nothing to fill in, nothing changed; comments are no texts.
    let text = "# ${z}\na = \"b\"\n";
    assert_eq!(fill(text, &[]).unwrap(), text);
    assert_eq!(fill("a = ", &[]).unwrap(), "a = ");
}
