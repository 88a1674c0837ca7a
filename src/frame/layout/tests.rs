//! Tables of every layout, as they come.

use std::path::Path;

use proptest::prelude::*;

use super::draft::tests::{of, read, text};
use super::{Mapping, Step, tidy};
use crate::table::SheetOptions;

#[test]
fn a_table_that_is_tidy_comes_through_as_it_is() {
    let table = "task,model,init,label_fraction,seed,metric,value\nt,m,i,0.1,0,auc,0.5\n";
    let tidy = of(table);
    assert_eq!(text(&tidy), table.replacen("\nt", "\n2: t", 1));
    assert!(tidy.understood.is_empty() && tidy.ignored.is_empty() && tidy.notes.is_empty());
    let tidy = of("Task,Model,Init,Label Fraction,Seed,Metric,Value\nt,m,i,0.1,0,auc,0.5\n");
    assert_eq!(text(&tidy), table.replacen("\nt", "\n2: t", 1));
}

#[test]
fn metrics_in_columns_become_rows() {
    let tidy = of("task,init,seed,auc,accuracy,f1\nt,a,0,0.7,0.65,0.6\nt,b,0,0.75,,0.61\n");
    assert_eq!(
        text(&tidy),
        "task,init,seed,metric,value\n\
         2: t,a,0,auc,0.7\n2: t,a,0,accuracy,0.65\n2: t,a,0,f1,0.6\n\
         3: t,b,0,auc,0.75\n3: t,b,0,accuracy,\n3: t,b,0,f1,0.61\n"
    );
}

#[test]
fn the_test_split_is_read_and_the_others_are_named() {
    let tidy = of("init,seed,test/auc,val/auc,train/loss\na,0,0.7,0.8,0.1\na,1,0.72,0.81,0.2\n");
    assert_eq!(text(&tidy), "init,seed,metric,value\n2: a,0,auc,0.7\n3: a,1,auc,0.72\n");
    let notes = tidy.notes.join("\n");
    assert!(
        notes.contains("val/auc, train/loss not read") && notes.contains("--map value=val/auc")
    );
    assert_eq!(tidy.ignored.len(), 2, "{:?}", tidy.ignored);
    let table = "init,seed,test/auc,val/auc\na,0,0.7,0.8\na,1,0.72,0.81\n";
    let stated = read("t.csv", table, &["value=val/auc"]).expect("a table");
    assert_eq!(text(&stated), "init,seed,metric,value\n2: a,0,auc,0.8\n3: a,1,auc,0.81\n");
    let both = read("t.csv", table, &["value=test/auc", "value=val/auc"]).expect("a table");
    assert!(text(&both).contains("2: a,0,auc,0.7\n2: a,0,val/auc,0.8\n"), "{}", text(&both));
    let tidy = of("init,seed,val_auc\na,0,0.7\n");
    assert!(tidy.notes.iter().any(|note| note.contains("no column of a test set")));
}

#[test]
fn pairs_of_mean_and_spread_are_summaries() {
    for header in ["auc_mean,auc_sd", "AUC mean,AUC (std)", "mean_auc,std_auc", "auc,auc_std"] {
        let tidy = of(&format!("init,n,{header}\na,5,0.7,0.02\nb,5,0.8,0.03\n"));
        assert_eq!(
            text(&tidy),
            "init,n,metric,mean,sd\n2: a,5,auc,0.7,0.02\n3: b,5,auc,0.8,0.03\n",
            "{header}"
        );
    }
    let tidy = of("init,runs,auc,std\na,5,0.7,0.02\n");
    assert_eq!(text(&tidy), "init,n,sd,metric,mean\n2: a,5,0.02,auc,0.7\n");
    let tidy = of("init,n,auc_mean,auc_se,f1_mean,f1_se\na,5,0.7,0.02,0.6,0.01\n");
    assert!(
        text(&tidy).starts_with("init,n,metric,mean,se\n2: a,5,auc,0.7,0.02\n2: a,5,f1,0.6,0.01")
    );
}

#[test]
fn a_table_without_results_gets_the_line_to_write() {
    let error = |table: &str| read("t.csv", table, &[]).expect_err("an error");
    let found = error("task,seed,resnet50,vit\nt,0,0.7,0.8\n");
    for part in ["resnet50, vit", "--map value=resnet50", "--map model=columns"] {
        assert!(found.contains(part), "{found}");
    }
    assert!(!found.contains("--where"), "{found}");
    let found = error("task,seed,foo\nt,0,0.7\n");
    assert!(found.contains("--map value=foo") && !found.contains("model=columns"), "{found}");
    assert!(error("task,seed,init\nt,0,a\n").contains("no column holds numbers"));
    let found = error("init,AUC\na,0.81 ± 0.02\nb,0.83 ± 0.01\n");
    assert!(found.contains("\"AUC_mean\" and \"AUC_sd\""), "{found}");
    let found = read("t.csv", "task,value\nt,1\n", &["init=confg"]).expect_err("no column");
    assert!(found.contains("\"confg\"") && found.contains("task, value"), "{found}");
    let found = read("t.csv", "config,auc\nt,1\n", &["init=confg"]).expect_err("no column");
    assert!(found.contains("--map init=config may be meant"), "{found}");
}

#[test]
fn levels_in_columns_become_rows() {
    let table = "Dataset,seed,resnet50,vit\nt,0,0.7,0.8\nu,0,0.71,0.81\n";
    let tidy = read("t.csv", table, &["model=columns"]).expect("a table");
    assert_eq!(
        text(&tidy),
        "task,seed,model,value\n2: t,0,resnet50,0.7\n2: t,0,vit,0.8\n3: u,0,resnet50,0.71\n3: u,0,vit,0.81\n"
    );
    let table = "init,seed,dice_liver,dice_spleen\na,0,0.9,0.8\n";
    let tidy = read("t.csv", table, &["class=columns"]).expect("a table");
    assert!(text(&tidy).contains("2: a,0,liver,dice,0.9\n"), "{}", text(&tidy));
    let table = "random,imagenet\n0.7,0.8\n0.72,0.81\n";
    let tidy = read("t.csv", table, &["init=columns"]).expect("a table");
    assert!(text(&tidy).contains("3: imagenet,1,0.81"), "{}", text(&tidy));
    // Without a word each is a metric, and the note says how to say it otherwise.
    let tidy = of("init,seed,dice_liver,dice_spleen\na,0,0.9,0.8\n");
    assert!(text(&tidy).contains("2: a,0,dice_liver,0.9\n"), "{}", text(&tidy));
    assert!(tidy.notes[0].contains("class=columns"), "{:?}", tidy.notes);
}

#[test]
fn runs_in_columns_become_rows() {
    let tidy = of("init,metric,seed 0,seed 1,params\na,auc,0.7,0.72,12\nb,auc,0.8,0.81,12\n");
    let rows = text(&tidy);
    assert!(rows.starts_with("init,metric,params,seed,value\n2: a,auc,12,0,0.7\n"), "{rows}");
    assert_eq!(tidy.sheet.len(), 4);
    for header in ["run_1,run_2", "Run 1,Run 2", "fold1,fold2", "s1,s2", "Trial #1,Trial #2"] {
        let tidy = of(&format!("init,{header}\na,0.7,0.72\n"));
        assert_eq!(text(&tidy), "init,seed,value\n2: a,1,0.7\n2: a,2,0.72\n", "{header}");
        assert!(tidy.understood[0].contains("is a run"), "{:?}", tidy.understood);
    }
    let error = read("t.csv", "task,seed,random,imagenet\nt,0,0.7,0.8\n", &[]).expect_err("none");
    assert!(error.contains("say --map init=columns"), "{error}");
}

#[test]
fn tables_of_cases_are_turned_where_it_is_stated() {
    let wide = "case,unet,swin\n1,0.9,0.8\n2,0.7,0.75\n";
    assert_eq!(of(wide).sheet.header(), ["case", "unet", "swin"]);
    let tidy = read("t.csv", wide, &["model=columns"]).expect("a table");
    assert_eq!(
        text(&tidy),
        "case,model,value\n2: 1,unet,0.9\n2: 1,swin,0.8\n3: 2,unet,0.7\n3: 2,swin,0.75\n"
    );
    let tidy = read("t.csv", "case,model,foo\n1,a,0.9\n", &["value=foo"]).expect("a table");
    assert_eq!(text(&tidy), "case,model,metric,value\n2: 1,a,foo,0.9\n");
    let tidy = read("t.csv", "subj,model,dice\n1,a,0.9\n", &["case=subj"]).expect("a table");
    assert_eq!(tidy.sheet.header(), ["case", "model", "dice"]);
    // A name of each run is no case.
    let tidy = of("name,model,init,seed,auc\nr1,m,a,0,0.7\nr2,m,a,1,0.8\n");
    assert_eq!(tidy.sheet.header(), ["name", "model", "init", "seed", "metric", "value"]);
    let tidy = of("name,model,dice\nc1,m,0.7\nc2,m,0.8\n");
    assert_eq!(tidy.sheet.header(), ["name", "model", "dice"]);
}

#[test]
fn names_of_runs_say_their_seed_and_init() {
    let tidy = of("name,auc\nimagenet_seed0,0.7\nimagenet_seed1,0.72\nrandom-s0,0.6\n");
    assert_eq!(
        text(&tidy),
        "name,init,seed,metric,value\n2: imagenet_seed0,imagenet,0,auc,0.7\n\
         3: imagenet_seed1,imagenet,1,auc,0.72\n4: random-s0,random,0,auc,0.6\n"
    );
    assert!(tidy.understood[0].contains("init is taken from the column \"name\""));
    // Subjects are no seeds, and some names are not enough.
    assert_eq!(of("name,auc\ns1,0.7\ns2,0.72\n").sheet.header(), ["name", "auc"]);
    let tidy = of("run,auc\nimagenet_seed0,0.7\nlast,0.72\n");
    assert_eq!(tidy.sheet.header(), ["run", "metric", "value"]);
}

#[test]
fn a_stated_value_takes_the_place_of_the_column_of_that_name() {
    let table = "init,metric,value,corrected\na,auc,0.7,0.71\n";
    let tidy = read("t.csv", table, &["value=corrected"]).expect("a table");
    assert_eq!(text(&tidy), "init,metric,value\n2: a,auc,0.71\n");
    assert!(tidy.ignored[0].starts_with("value"), "{:?}", tidy.ignored);
    let table = "init,metric,auc,f1\na,x,0.7,0.71\n";
    assert_eq!(text(&of(table)), "init,metric,value\n2: a,auc,0.7\n2: a,f1,0.71\n");
}

#[test]
fn histories_of_other_programs() {
    // timm, fastai with its times, a last row of a test, several runs in one file.
    let timm = "epoch,train_loss,eval_loss,eval_top1,lr\n0,2.1,1.9,41.0,0.1\n1,1.7,1.6,55.5,0.05\n";
    let tidy = read("out/random_seed3/summary.csv", timm, &[]).expect("a table");
    assert_eq!(
        text(&tidy),
        "metric,value,init,seed\n3: loss,1.6,random,3\n3: top1,55.5,random,3\n"
    );
    let fastai =
        "epoch,train_loss,valid_loss,accuracy,time\n0,0.9,0.8,0.6,00:12\n1,0.7,0.6,0.7,00:11\n";
    assert_eq!(text(&of(fastai)), "metric,value\n3: accuracy,0.7\n");
    let one = read("imagenet_s1/version_0/metrics.csv", "epoch,step,test_auc\n9,90,0.8\n", &[]);
    assert_eq!(text(&one.expect("a table")), "metric,value,init,seed\n2: auc,0.8,imagenet,1\n");
    let runs = "init,seed,epoch,test_auc\na,0,0,0.5\na,0,1,0.7\nb,0,0,0.6\nb,0,1,\n";
    let tidy = of(runs);
    assert_eq!(text(&tidy), "init,seed,metric,value\n3: a,0,auc,0.7\n4: b,0,auc,0.6\n");
    assert!(tidy.understood.iter().any(|words| words.starts_with("4 steps of 2 runs")));
    // The best epoch of each run is no history.
    let tidy = of("init,seed,epoch,auc\na,0,7,0.5\na,1,9,0.7\n");
    assert_eq!(tidy.sheet.header(), ["init", "seed", "epoch", "metric", "value"]);
}

#[test]
fn a_header_alone_is_empty() {
    let error = read("t.csv", "task,init,auc\n", &[]).expect_err("no rows");
    assert!(error.contains("has no rows"), "{error}");
}

#[test]
fn settings_stay_and_measurements_go() {
    let tidy = of(
        "init,seed,lr,params_m,auc\na,0,0.1,1.5,0.7\na,1,0.1,2.5,0.71\nb,0,0.01,3.5,0.8\nb,1,0.01,4.5,0.81\n",
    );
    assert_eq!(tidy.sheet.header(), ["init", "seed", "lr", "metric", "value"]);
    assert!(tidy.ignored[0].starts_with("params_m"), "{:?}", tidy.ignored);
}

#[test]
fn an_empty_metric_of_another_task_is_no_missing_result() {
    let tidy =
        of("task,init,seed,auc,dice\nx,a,0,0.7,\nx,b,0,0.8,\ns,a,0,,0.6\ns,b,0,failed,0.7\n");
    let rows = text(&tidy);
    assert!(!rows.contains("dice,\n") && rows.contains("4: s,a,0,auc,\n"), "{rows}");
    assert!(rows.contains("5: s,b,0,auc,failed\n"), "{rows}");
    assert!(tidy.notes.iter().any(|note| note.contains("\"dice\" is empty in every row of x")));
}

/// Words of headers and cells that lead to every layout.
const WORDS: [&str; 64] = [
    "task",
    "Dataset",
    "model",
    "Backbone",
    "init",
    "seed",
    "random_seed",
    "metric",
    "value",
    "class",
    "label_fraction",
    "Labels (%)",
    "auc",
    "test/auc",
    "val/auc",
    "train_loss",
    "loss",
    "val_loss",
    "f1-score",
    "precision",
    "recall",
    "support",
    "auc_mean",
    "auc_sd",
    "mean",
    "sd",
    "n",
    "Name",
    "State",
    "Status",
    "Run ID",
    "artifact_uri",
    "params.seed",
    "metrics.auc",
    "epoch",
    "step",
    "_step",
    "Wall time",
    "Step",
    "Value",
    "a - test/auc",
    "a - test/auc__MIN",
    "case",
    "id",
    "column 1",
    "finished",
    "crashed",
    "macro avg",
    "accuracy",
    "0",
    "1",
    "0.5",
    "0,5",
    "1,234",
    "",
    "NaN",
    "N/A",
    "imagenet-s0",
    "10%",
    "\"a, b\"",
    "ä",
    "-",
    "1e999",
    "{",
];

fn words(count: usize) -> impl Strategy<Value = Vec<&'static str>> {
    proptest::collection::vec(proptest::sample::select(WORDS.as_slice()), count)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_table_brings_it_down(
        rows in (1..8_usize).prop_flat_map(|width| proptest::collection::vec(words(width), 1..8)),
        separator in proptest::sample::select(vec![",", ";", "\t"]),
        path in proptest::sample::select(vec![
            "t.csv", "a_s0/metrics.csv", "run-a-tag-auc.csv", "run-b_seed1-tag-.csv", ".json", "",
        ]),
        map in proptest::option::of(proptest::sample::select(vec![
            "value=auc", "model=columns", "init=Name", "seed=step", "value=0.5", "class=columns",
        ])),
        best in any::<bool>(),
    ) {
        let lines: Vec<String> = rows.iter().map(|row| row.join(separator)).collect();
        let mapping = map.and_then(|entry| entry.parse::<Mapping>().ok()).unwrap_or_default();
        let step = if best { Step::Best } else { Step::Last };
        let text = lines.join("\n");
        let made =
            tidy(Path::new(path), text.as_bytes(), &SheetOptions::default(), &mapping, step);
        if let Ok(made) = made {
            // Every row still stands in a line of the file.
            prop_assert!(made.sheet.rows().all(|row| row.line() as usize <= lines.len().max(1)));
        }
    }

    #[test]
    fn no_document_brings_it_down(
        keys in proptest::collection::vec(proptest::sample::select(vec![
            "metric_per_case", "results", "all", "metrics", "1", "Dice", "precision", "recall",
            "f1-score", "support", "macro avg", "accuracy", "NaN",
        ]), 1..6),
        leaf in proptest::sample::select(vec!["NaN", "1", "\"x\"", "null", "[]", "{}", "-Infinity"]),
        list in any::<bool>(),
    ) {
        let mut text = leaf.to_string();
        for key in keys {
            text = if list { format!("{{\"{key}\": [{text}]}}") } else { format!("{{\"{key}\": {text}}}") };
        }
        let mapping = Mapping::default();
        let made = tidy(
            Path::new("s.json"), text.as_bytes(), &SheetOptions::default(), &mapping, Step::Last,
        );
        if let Ok(made) = made {
            prop_assert!(!made.sheet.header().is_empty());
        }
    }
}
