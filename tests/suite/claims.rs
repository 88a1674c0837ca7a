//! Claims as a user states them: files beside a table of results.

use std::path::Path;

use crate::program::{Said, run};

const LOST: &str = "task,model,init,seed,metric,value
a,m,x,0,auc,0.70\na,m,x,1,auc,0.71\na,m,x,2,auc,0.72
a,m,y,0,auc,0.80\na,m,y,1,auc,0.815\na,m,y,2,auc,0.81
b,m,x,0,auc,0.60\nb,m,x,1,auc,0.61\nb,m,x,2,auc,0.63
b,m,y,0,auc,0.70\nb,m,y,1,auc,0.72\nb,m,y,2,auc,0.72
c,m,x,0,auc,0.60\nc,m,y,0,auc,0.70\nc,m,y,1,auc,0.72\nc,m,y,2,auc,0.72
";

const EQUIVALENT: &str = "task,model,init,seed,metric,value
a,m,x,0,auc,0.800\na,m,x,1,auc,0.803\na,m,x,2,auc,0.799\na,m,x,3,auc,0.802\na,m,x,4,auc,0.801
a,m,y,0,auc,0.804\na,m,y,1,auc,0.797\na,m,y,2,auc,0.806\na,m,y,3,auc,0.796\na,m,y,4,auc,0.803
";

fn folder(csv: &str, claims: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("results.csv"), csv).expect("written");
    std::fs::write(dir.path().join("claims.toml"), claims).expect("written");
    dir
}

fn compare(dir: &Path, more: &[&str]) -> Said {
    run(dir, &[&["compare", "results.csv", "--claims", "claims.toml"], more].concat())
}

fn claim(relation: &str) -> String {
    let to = if relation == "equivalent" { "to" } else { "than" };
    format!(
        "[[claims]]\ntext = \"{relation} y\"\n{relation} = {{ init = \"y\" }}\n{to} = {{ init = \"x\" }}\n"
    )
}

#[test]
fn one_lost_run_costs_its_block_and_counts_are_stated() {
    let dir = folder(LOST, &claim("better"));
    compare(dir.path(), &[]).expect(0).mentions(&[
        "1 claim: 1 supported, 0 contradicted, 0 undecided, 0 not tested",
        "left out, for fewer than two runs on a side: c / m / 100 % (3 and 1 runs)",
    ]);
    let report = ["report", "results.csv", "--claims", "claims.toml"];
    run(dir.path(), &report).expect(0);
    let page = std::fs::read_to_string(dir.path().join("results.report.html")).expect("a page");
    assert!(page.contains("c / m / 100 % (3 and 1 runs)") && page.contains("not tested"));
    run(dir.path(), &["verify", "results.report.html"]).expect(0);
}

#[test]
fn tables_and_claims_state_one_rule_of_equivalence() {
    let dir = folder(EQUIVALENT, &(claim("equivalent") + &claim("better")));
    compare(dir.path(), &["--margin", "0.008"]).expect(0).mentions(&[
        "equivalent      0.0002",
        "equivalent y  supported",
        "Equivalent within 0.008: two one-sided tests at 0.05",
        "Claims of equivalence are decided as the tables are: two one-sided tests at 0.05",
    ]);
    compare(dir.path(), &[]).expect(0).mentions(&["1 not tested"]);
}

#[test]
fn unknown_columns_and_levels_are_refused_with_the_known_ones() {
    for (claims, parts) in [
        (claim("better").replace("\"y\" }", "\"w\" }"), vec!["no init \"w\"", "x, y"]),
        (
            claim("better") + "at = { optimizer = \"adam\" }\n",
            vec!["no column \"optimizer\"", "init"],
        ),
        (
            claim("better") + "at = { label_fraction = 0.1 }\n",
            vec!["label fraction \"0.1\"", "100 %"],
        ),
        (claim("better") + "metric = \"dice\"\n", vec!["no metric \"dice\"", "auc"]),
        (
            claim("better").replace("{ init = \"x\" }", "{ model = \"m\" }"),
            vec!["no column in which"],
        ),
        (claim("better").replace("\"y\" }", "[1] }"), vec!["claims.toml:3", "a level such as"]),
    ] {
        let dir = folder(LOST, &claims);
        compare(dir.path(), &[]).expect(2).mentions(&parts);
    }
}

#[test]
fn claims_are_about_any_column() {
    let mut csv = String::from("task,optimizer,backbone,seed,metric,value\n");
    for (optimizer, base) in [("sgd", 0.70), ("adam", 0.75)] {
        for seed in 0..4u32 {
            let noise = if optimizer == "adam" { seed * seed % 3 } else { seed % 3 };
            let value = base + 0.01 * f64::from(seed) + 0.001 * f64::from(noise);
            csv += &format!("t,{optimizer},x,{seed},auc,{value}\n");
            csv += &format!("t,{optimizer},z,{seed},auc,{}\n", 1.4 - value);
        }
    }
    let claims = "[[claims]]\ntext = \"Adam wins\"\nbetter = { optimizer = \"adam\" }\n\
                  than = { optimizer = \"sgd\" }\nat = { backbone = \"x\", label_fraction = 1 }\n";
    let dir = folder(&csv, claims);
    compare(dir.path(), &["--factor", "optimizer"]).expect(0).mentions(&["1 supported"]);
}
