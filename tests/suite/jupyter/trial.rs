//! What stopped a newcomer who wrote a notebook of own numbers from the documentation.

use super::*;

const CELLS: [&str; 16] = [
    "std::fs::write(\"trial.csv\", (0..24).map(|i| format!(\"{},{},{},{:.3},{}\\n\", \
     [\"control\", \"active\"][i % 2], [\"north\", \"south\"][i / 12], i / 2 % 6, 0.7 + 0.003 * (i * i % 11) as f64 \
     + 0.02 * (i % 2) as f64, i)).fold(String::from(\"arm,site,seed,auc,minutes\\n\"), |all, line| all + &line))?;",
    "let trial = Table::read_csv(\"trial.csv\")?;\ntrial.describe()?",
    "let wide = trial.wide([\"site\", \"seed\"], \"arm\", \"auc\")?;\n\
     wide.group(\"site\")?.each(|part| paired_t(&part.column(\"active\")?, &part.column(\"control\")?))?",
    "trial.histogram(\"auc\").by(\"arm\")",
    "trial.scatter(\"minutes\", \"aucs\")",
    "bootstrap(&wide.column(\"active\")?).seed(1)",
    // Both variables are moved by the last expression.
    "let svg = String::from(\"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'></svg>\");\n\
     Figure::from_svg(svg)?",
    "let chart = trial.line(\"seed\", \"auc\").by(\"arm\");\nchart.draw()?",
    "let s = String::from(\"abc\"); let a = 1;",
    "let t = s;",
    "s",
    "fn twice(x: f64) -> f64 { 2.0 * x }",
    "twice(1.0, 2.0) // one too many",
    "let f = |x: f64| x + 1.0;",
    ":use",
    ":help",
];

#[test]
fn a_notebook_of_own_numbers_goes_as_a_newcomer_expects() {
    let (Some(_), Some(python)) = (kernel(), python("nbclient")) else { return };
    let dir = folder("");
    write_notebook(&dir.path().join("in.ipynb"), &CELLS);
    let output = client(&python, dir.path()).args(["-c", EXECUTE]).output().expect("Python starts");
    said(&output).expect(0);
    let outputs = outputs(&dir.path().join("out.ipynb"));
    let has = |at: usize, parts: &[&str]| {
        let text = outputs[at].to_string();
        for part in parts {
            assert!(text.contains(part), "cell {at}, {part}: {text}");
        }
    };
    has(1, &["text/html", "control, active", "minutes", "median"]);
    has(2, &["text/html", "north", "south", "estimate"]);
    has(3, &["image/svg+xml", "control"]);
    has(4, &["\"Panic\"", "there is no column", "way out: the columns are arm, site, seed"]);
    assert!(!outputs[4].to_string().contains("display.rs"), "{}", outputs[4]);
    has(5, &["Bootstrap of the mean"]);
    for at in [6, 7] {
        has(at, &["image/svg+xml"]);
        let shown = outputs[at].as_array().expect("outputs");
        assert_eq!(shown.len(), 1, "cell {at}: {shown:?}");
    }
    has(10, &["`s` is gone", "moved it: `let t = s;`", "s.clone()"]);
    assert!(!outputs[10].to_string().contains("similar name"), "{}", outputs[10]);
    has(12, &["E0061", "takes 1 argument but 2", "at line 1, column 12"]);
    has(13, &["`f` is a closure", "fn f(x: f64)"]);
    has(14, &[":use needs a name", "plotters 0.3.7"]);
    has(15, &["Table::read(", "figure_sized(", ":dep"]);
}
