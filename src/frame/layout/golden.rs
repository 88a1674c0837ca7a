//! Files as programs write them (`tests/golden/cases/csv`).

use std::path::{Path, PathBuf};

use super::draft::tests::text;
use super::{Mapping, Step, Tidy, tidy};
use crate::frame::{Reading, Results};
use crate::table::SheetOptions;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/cases/csv")
}

fn at(name: &str, step: Step) -> Tidy {
    let bytes = std::fs::read(folder().join(name)).expect("a file");
    tidy(Path::new(name), &bytes, &SheetOptions::default(), &Mapping::default(), step)
        .expect("a table")
}

fn last(name: &str) -> Tidy {
    at(name, Step::Last)
}

/// Whether each of these stands in one of the sentences.
fn says(sentences: &[String], parts: &[&str]) {
    for part in parts {
        assert!(sentences.iter().any(|sentence| sentence.contains(part)), "{part}: {sentences:?}");
    }
}

#[test]
fn metrics_as_columns() {
    let tidy = last("wide.csv");
    let rows = text(&tidy);
    assert!(rows.starts_with(
        "task,model,init,label_fraction,seed,metric,value\n\
         2: chest,r50,random,0.1,0,auc,0.7020\n2: chest,r50,random,0.1,0,accuracy,0.6520\n\
         2: chest,r50,random,0.1,0,f1,0.6020\n3: "
    ));
    assert_eq!((tidy.sheet.len(), tidy.ignored.len()), (24, 0));
    let tidy = last("capital-headers.csv");
    assert_eq!(
        tidy.sheet.header(),
        ["task", "model", "init", "label_fraction", "seed", "metric", "value"]
    );
}

#[test]
fn weights_and_biases() {
    let tidy = last("wandb-export.csv");
    assert_eq!(tidy.kind, Some("Weights & Biases export"));
    assert!(text(&tidy).starts_with("init,seed,metric,value\n2: random,0,auc,0.7020\n3: random,1"));
    says(&tidy.ignored, &["Name", "State", "runtime"]);
    let tidy = last("wandb-project.csv");
    assert_eq!(
        text(&tidy),
        "model,init,label_fraction,lr,seed,metric,value\n\
         2: resnet50,random,0.1,0.001,0,auc,0.7020\n\
         3: resnet50,random,0.1,0.001,1,auc,0.7040\n\
         4: resnet50,random,0.1,0.001,2,auc,crashed\n\
         5: resnet50,imagenet,0.1,0.001,0,auc,0.7500\n\
         6: resnet50,imagenet,0.1,0.001,1,auc,0.7560\n\
         7: resnet50,imagenet,0.1,0.001,2,auc,running\n"
    );
    says(&tidy.notes, &["2 runs did not finish (crashed, running", "--map value=val/auc"]);
    says(&tidy.understood, &["init is the column \"config.pretrained\""]);
    let tidy = last("wandb-chart.csv");
    assert_eq!(
        text(&tidy),
        "init,seed,metric,value\n3: random,0,auc,0.66\n4: imagenet,0,auc,0.75\n"
    );
    says(&tidy.understood, &["seed is taken from the column \"Name\"", "5 steps of 2 runs"]);
}

#[test]
fn mlflow() {
    let tidy = last("mlflow-export.csv");
    assert_eq!(tidy.kind, Some("MLflow export"));
    let rows = text(&tidy);
    assert!(rows.starts_with(
        "seed,init,model,metric,value\n2: 0,random,resnet50,auc,0.7\n2: 0,random,resnet50,loss,0.5"
    ));
    says(&tidy.ignored, &["params.seed (the same as seed)", "Run ID", "Start Time", "Source Type"]);
    let tidy = last("mlflow-search-runs.csv");
    assert_eq!(
        text(&tidy),
        "init,seed,params.lr,model,metric,value\n\
         2: random,0,0.001,resnet50,auc,0.7\n3: random,1,0.001,resnet50,auc,0.703\n\
         4: random,2,0.001,resnet50,auc,0.706\n5: imagenet,0,0.001,resnet50,auc,0.75\n\
         6: imagenet,1,0.001,resnet50,auc,FAILED\n7: imagenet,2,0.001,resnet50,auc,0.756\n"
    );
    says(&tidy.ignored, &["tags.mlflow.user", "artifact_uri", "metrics.train_loss (a metric"]);
}

#[test]
fn histories() {
    let tidy = last("run-imagenet_seed0-tag-test_auc.csv");
    assert_eq!(tidy.kind, Some("TensorBoard scalars"));
    assert_eq!(text(&tidy), "metric,value,init,seed\n4: auc,0.7498,imagenet,0\n");
    let tidy = at("run-imagenet_seed0-tag-test_auc.csv", Step::Best);
    assert_eq!(text(&tidy), "metric,value,init,seed\n3: auc,0.7534,imagenet,0\n");
    says(&tidy.understood, &["at its highest"]);

    let tidy = last("lightning-metrics.csv");
    assert_eq!(tidy.kind, Some("Lightning metrics"));
    assert_eq!(text(&tidy), "metric,value\n11: auc,0.781\n11: loss,0.61\n");
    says(&tidy.ignored, &["epoch", "val_auc", "train_loss_step"]);
    says(&tidy.notes, &["--map value=val_auc"]);

    let tidy = last("keras-csvlogger.csv");
    assert_eq!(text(&tidy), "metric,value\n5: accuracy,0.69\n5: loss,0.78\n");
    says(&tidy.notes, &["accuracy, loss not read (training)"]);
    let tidy = at("keras-csvlogger.csv", Step::Best);
    assert_eq!(text(&tidy), "metric,value\n4: accuracy,0.71\n4: loss,0.75\n");
    says(&tidy.understood, &["its highest val_accuracy", "its lowest val_loss"]);
}

#[test]
fn classification_reports() {
    let overall = |tidy: &Tidy| -> Vec<String> {
        let class = tidy.sheet.column("class").expect("classes");
        let metric = tidy.sheet.column("metric").expect("metrics");
        let value = tidy.sheet.column("value").expect("values");
        let rows = tidy.sheet.rows().filter(|row| row.cell(class).is_empty());
        let number = |cell: &str| cell.parse::<f64>().expect("a number");
        let mut all: Vec<String> = rows
            .map(|row| format!("{} {:.2}", row.cell(metric), number(row.cell(value))))
            .collect();
        all.sort();
        all
    };
    let expected =
        ["accuracy 0.79", "f1 0.75", "precision 0.72", "sensitivity 0.83", "weighted_f1 0.80"];
    for name in
        ["report-seed0.json", "report-frame.csv", "report-columns.csv", "report-printed.txt"]
    {
        let tidy = last(name);
        assert_eq!(tidy.kind, Some("scikit-learn classification report"), "{name}");
        assert_eq!(overall(&tidy), expected, "{name}");
        let class = tidy.sheet.column("class").expect("classes");
        let n = tidy.sheet.column("n").expect("counts");
        let pneumonia: Vec<&str> = tidy
            .sheet
            .rows()
            .filter(|row| row.cell(class) == "pneumonia")
            .map(|row| row.cell(n))
            .collect();
        assert_eq!(pneumonia, ["30", "30", "30"], "{name}");
        assert!(tidy.sheet.cells(class).all(|cell| !cell.contains("avg")), "{name}");
        says(&tidy.ignored, &["weighted avg of precision, sensitivity"]);
    }
    let tidy = last("report-seed0.json");
    assert_eq!(tidy.sheet.column("seed").map(|at| tidy.sheet.row(0).cell(at)), Some("0"));
    assert_eq!(tidy.sheet.column("model"), None);
    let tidy = last("report-multilabel.json");
    says(&tidy.ignored, &["samples avg", "micro avg of precision"]);
    says(&tidy.understood, &["\"micro avg\" is no class but micro_f1"]);

    let tidy = last("classes-only.csv");
    let rows = text(&tidy);
    assert!(rows.contains("4: chest,r50,random,1,0,f1,0.6520,\n"), "{rows}");
    assert!(rows.contains("5: chest,r50,random,1,0,weighted_f1,0.6800,\n"), "{rows}");
    assert_eq!(tidy.sheet.len(), 24);
    says(&tidy.understood, &["\"macro avg\" is no class but f1, the unweighted mean"]);
}

#[test]
fn summaries_of_nnu_net() {
    for (name, case) in
        [("nnunet-v1-summary.json", "prostate"), ("nnunet-v2-summary.json", "BRATS")]
    {
        let tidy = last(name);
        assert_eq!(tidy.kind, Some("nnU-Net summary"));
        assert_eq!(tidy.sheet.header(), ["case", "class", "metric", "value"]);
        assert_eq!(tidy.sheet.len(), 8, "{name}");
        let rows = text(&tidy);
        assert!(rows.contains(case) && rows.contains(",2,dice,nan\n"), "{rows}");
        assert!(!rows.contains(",0,") && !rows.contains("nii"), "{rows}");
    }
    says(&last("nnunet-v1-summary.json").ignored, &["class 0", "Total Positives Test"]);
    says(&last("nnunet-v2-summary.json").ignored, &["n_pred", "TP"]);
}

#[test]
fn rankings_of_algorithms() {
    let tidy = last("challenger.csv");
    assert_eq!(tidy.sheet.header(), ["case", "task", "model", "value"]);
    let tidy = last("autorank.csv");
    assert!(
        text(&tidy).starts_with("task,model,value\n2: chexpert,resnet50,0.81\n2: chexpert,swin")
    );
    says(&tidy.understood, &["levels of model are the columns resnet50, swin_t, vit_s"]);
}

/// Differences of two inits by the way that results take.
#[test]
fn results_come_out_of_the_files() {
    let open = |names: &[&str]| {
        let paths: Vec<PathBuf> = names.iter().map(|name| folder().join(name)).collect();
        Results::open_all(&paths, &Reading::default()).expect("results")
    };
    let mean = |results: &Results, metric: &str, init: &str| {
        let cells = results.cells(metric).expect("cells");
        let cell = cells.iter().find(|cell| cell.init == init).expect("a cell");
        (cell.values.len(), cell.values.iter().sum::<f64>() / cell.values.len() as f64)
    };
    for name in ["wide.csv", "wandb-export.csv", "capital-headers.csv"] {
        let results = open(&[name]);
        let (n, imagenet) = mean(&results, "auc", "imagenet");
        let (_, random) = mean(&results, "auc", "random");
        assert_eq!(n, 4, "{name}");
        assert!((imagenet - random - 0.05).abs() < 1e-12, "{name}");
    }
    assert_eq!(open(&["wide.csv"]).metrics().expect("metrics"), ["auc", "accuracy", "f1"]);
    let results = open(&["mlflow-search-runs.csv"]);
    assert_eq!((mean(&results, "auc", "imagenet").0, mean(&results, "auc", "random").0), (2, 3));
    let results = open(&["wandb-project.csv"]);
    assert_eq!((mean(&results, "auc", "imagenet").0, mean(&results, "auc", "random").0), (2, 2));
    let results = open(&["classes-only.csv"]);
    assert_eq!(mean(&results, "f1", "random").0, 3);
    let classes = results.class_cells("f1").expect("classes");
    let names: Vec<&str> = classes.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["no finding", "pneumonia"]);
    for name in ["nnunet-v1-summary.json", "nnunet-v2-summary.json", "challenger.csv"] {
        assert!(open(&[name]).cases.is_some(), "{name}");
    }
}
