//! Tables of cases through the program: predictions of several files, values of
//! many cases, pages that carry them, and what can be wrong with them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_transfolio")).args(args).output().expect("the program starts")
}

fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    path.display().to_string()
}

/// Scores of a made-up model on 60 cases of 30 patients.
fn model(strength: usize) -> String {
    let mut text = String::from("case,nodule,edema\n");
    for i in 0..60usize {
        let noise = |k: usize| ((i * 7919 + k * 104_729 + strength * 31) % 997) as f64 / 997.0;
        let score = |label: bool, k: usize| {
            0.4 * noise(k) + if label { 0.02 * strength as f64 } else { 0.0 }
        };
        text += &format!(
            "c{i},{:.4},{:.4}\n",
            score(i.is_multiple_of(3), 1),
            score(i.is_multiple_of(4), 2)
        );
    }
    text
}

fn truth() -> String {
    let row = |i: usize| {
        format!(
            "c{i},p{},{},{}\n",
            i / 2,
            u8::from(i.is_multiple_of(3)),
            u8::from(i.is_multiple_of(4))
        )
    };
    format!("case,patient,nodule,edema\n{}", (0..60).map(row).collect::<String>())
}

#[test]
fn models_in_files_of_their_own_are_compared_reported_and_verified() {
    let folder = tempfile::tempdir().expect("a folder");
    let truth = write(folder.path(), "truth.csv", &truth());
    let first = write(folder.path(), "first.csv", &model(4));
    let second = write(folder.path(), "second.csv", &model(9));
    let twin = write(folder.path(), "twin.csv", &model(9));
    let out = run(&["compare", &truth, &first, &second, &twin, "--per-class"]);
    let words = text(&out);
    assert!(out.status.success(), "{words}");
    for wanted in [
        "DeLong, mean of 2 classes, patients as units",
        "second and twin; there is nothing to test",
        "Ranking over test cases",
        "whole patients are the units",
        "against: truth",
    ] {
        assert!(words.contains(wanted), "{wanted}: {words}");
    }
    assert!(!words.contains("seeds,") && !words.contains("seed by seed"), "{words}");
    let page = folder.path().join("page.html").display().to_string();
    let made = run(&["report", &truth, &first, &second, &twin, "-o", &page, "--per-class"]);
    assert!(made.status.success(), "{}", text(&made));
    let html = std::fs::read_to_string(&page).expect("a page");
    for wanted in ["tab-case-ranking", "fig-roc", "fig-calibration", "first.csv, SHA-256"] {
        assert!(html.contains(wanted), "{wanted}");
    }
    assert!(run(&["verify", &page]).status.success());
    let again = run(&["verify", &page, "--records", &truth, &first, &second, &twin]);
    assert!(again.status.success(), "{}", text(&again));
    let other = run(&["verify", &page, "--records", &truth, &second, &first, &twin]);
    assert_eq!(other.status.code(), Some(6), "{}", text(&other));
}

/// A table too large for a page is carried as results with its hash.
#[test]
fn many_values_are_reported_without_being_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut table = String::from("task,case,model,metric,value\n");
    let mut state = 1u64;
    for task in 0..3 {
        for model in 0..5 {
            for case in 0..14_000u64 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let noise = (state >> 40) as f64 / f64::from(1u32 << 24);
                let value = 0.8 + 0.004 * f64::from(model) + 0.15 * (noise - 0.5);
                table += &format!(
                    "t{task},{:016x}{case},m{model},dice,{value:.12}\n",
                    case.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                );
            }
        }
    }
    let table = write(folder.path(), "dice.csv", &table);
    let page = folder.path().join("page.html").display().to_string();
    let made = run(&["report", &table, "-o", &page]);
    assert!(made.status.success(), "{}", text(&made));
    let html = std::fs::read_to_string(&page).expect("a page");
    assert!(html.len() < 10 << 20 && html.contains("quantiles of them"), "{}", html.len());
    let embedded = run(&["verify", &page]);
    let words = text(&embedded);
    assert!(embedded.status.success() && words.contains("too large for the page"), "{words}");
    let again = run(&["verify", &page, "--records", &table]);
    assert!(again.status.success(), "{}", text(&again));
}

#[test]
fn bad_tables_say_where_and_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let truth = write(folder.path(), "truth.csv", &truth());
    let first = write(folder.path(), "first.csv", &model(4));
    let lacking: String = model(9).lines().take(50).map(|line| format!("{line}\n")).collect();
    let lacking = write(folder.path(), "lacking.csv", &lacking);
    let out = run(&["compare", &truth, &first, &lacking]);
    let words = text(&out);
    assert!(out.status.success() && words.contains("11 of 60 cases are left out"), "{words}");
    let refused = run(&["compare", &truth, &first, &lacking, "--missing-cases", "refuse"]);
    let words = text(&refused);
    assert!(
        !refused.status.success() && words.contains("truth.csv:51")
            || words.contains("first.csv:51"),
        "{words}"
    );
    let logits = write(folder.path(), "logits.csv", &model(4).replace(",0.", ",-3."));
    let out = run(&["compare", &truth, &first, &logits, "--metric", "brier"]);
    let words = text(&out);
    assert!(words.contains("--scores logits") && words.contains("logits.csv:2"), "{words}");
    let out = run(&["compare", &truth, &logits, "--scores", "probabilities"]);
    assert!(!out.status.success() && text(&out).contains("logits.csv:2"), "{}", text(&out));
    let out = run(&["compare", &truth, folder.path().to_str().expect("a path")]);
    assert!(!out.status.success() && text(&out).contains("no study folder"), "{}", text(&out));
}

fn data() -> Option<PathBuf> {
    let root = std::env::var_os("TRANSFOLIO_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let folder = root.join("predictions/chexpert_test");
    folder.join("groundtruth.csv").exists().then_some(folder)
}

/// AUC of each model: Cardiomegaly, Edema, Consolidation, Atelectasis, Pleural
/// Effusion; scikit-learn 1.9.1, roc_auc_score.
const AUC: [(&str, [f64; 5]); 10] = [
    (
        "desmond",
        [
            0.932_958_879_675_136_1,
            0.920_919_917_365_415,
            0.916_026_063_401_420_3,
            0.874_366_653_481_757_6,
            0.946_824_009_324_009_3,
        ],
    ),
    (
        "drnet",
        [
            0.936_981_726_408_470_8,
            0.930_094_786_729_857_8,
            0.916_099_275_203_162_8,
            0.884_283_588_555_499,
            0.960_178_710_178_710_3,
        ],
    ),
    (
        "hieupham",
        [
            0.940_568_132_222_622_9,
            0.921_861_708_591_566_4,
            0.899_626_619_811_113_6,
            0.891_281_008_080_465_6,
            0.967_972_999_222_999_3,
        ],
    ),
    (
        "ihil",
        [
            0.942_484_677_128_598_2,
            0.930_094_786_729_857_8,
            0.916_099_275_203_162_8,
            0.884_283_588_555_499,
            0.960_178_710_178_710_3,
        ],
    ),
    (
        "jfaboy",
        [
            0.928_461_640_638_342_2,
            0.920_950_297_727_549,
            0.931_913_024_379_53,
            0.888_417_999_284_247_7,
            0.958_017_676_767_676_9,
        ],
    ),
    (
        "ngango2",
        [
            0.936_735_042_410_672,
            0.925_841_536_031_109_5,
            0.899_992_678_819_825_8,
            0.890_188_544_197_698_3,
            0.964_403_651_903_651_8,
        ],
    ),
    (
        "ngango3",
        [
            0.937_740_754_094_005_6,
            0.915_421_071_819_176_1,
            0.920_711_618_712_936_6,
            0.898_042_982_803_111_6,
            0.966_394_716_394_716_4,
        ],
    ),
    (
        "sensexdr",
        [
            0.942_560_579_897_151_7,
            0.930_094_786_729_857_8,
            0.916_099_275_203_162_8,
            0.884_283_588_555_499,
            0.960_178_710_178_710_3,
        ],
    ),
    (
        "uestc",
        [
            0.930_852_577_847_777,
            0.928_666_909_709_563_7,
            0.916_099_275_203_162_8,
            0.884_283_588_555_499,
            0.960_178_710_178_710_3,
        ],
    ),
    (
        "yww211",
        [
            0.929_903_793_240_858_5,
            0.929_517_559_849_313_5,
            0.925_836_444_834_907_5,
            0.869_431_730_425_119_1,
            0.960_955_710_955_711,
        ],
    ),
];

/// p of DeLong's test by the structural components in numpy 2.4.6 with scipy
/// 1.17.1: of each class, and of the mean over the five.
const DELONG: [(&str, &str, [f64; 5], f64); 2] = [
    (
        "yww211",
        "desmond",
        [
            0.314_110_877_736_007_43,
            0.067_806_456_377_746_02,
            0.028_533_717_980_938_63,
            0.266_660_212_076_799_9,
            0.006_103_820_184_892_135,
        ],
        0.012_478_202_195_564_72,
    ),
    (
        "ngango3",
        "desmond",
        [
            0.489_428_836_061_784_1,
            0.406_945_313_195_720_36,
            0.805_365_656_492_59,
            0.013_224_312_017_717_715,
            0.006_154_553_513_299_098,
        ],
        0.047_895_376_344_850_89,
    ),
];

#[test]
fn the_chexpert_models_are_what_scikit_learn_and_delong_say() {
    let Some(folder) = data() else {
        println!("skipped: the CheXpert predictions are not there (TRANSFOLIO_TEST_DATA)");
        return;
    };
    let file = |name: &str| folder.join(name).display().to_string();
    let mut args: Vec<String> = vec!["compare".into(), file("groundtruth.csv")];
    args.extend(AUC.iter().map(|(name, _)| file(&format!("models/{name}_predictions.csv"))));
    args.extend(["--per-class", "--format", "json"].map(String::from));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let out = run(&args);
    assert!(out.status.success(), "{}", text(&out));
    let json: Value = serde_json::from_slice(&out.stdout).expect("json");
    let name = |name: &str| format!("{name}_predictions");
    let cells = json["comparison"]["cells"].as_array().expect("cells");
    for ((model, aucs), cell) in AUC.iter().zip(cells) {
        assert_eq!(cell["cell"]["model"], name(model));
        let mean = aucs.iter().sum::<f64>() / 5.0;
        assert!((cell["mean"].as_f64().expect("a mean") - mean).abs() < 1e-12, "{model}");
    }
    let classes = json["classes"].as_array().expect("classes");
    let of = |model: &str| AUC.iter().find(|(known, _)| *known == model).expect("a model").1;
    let order = ["Cardiomegaly", "Edema", "Consolidation", "Atelectasis", "Pleural Effusion"];
    assert_eq!(classes.len(), 45 * 5);
    for row in classes {
        let side = |key: &str| {
            let model = row[key].as_str().expect("a model").trim_end_matches("_predictions");
            let class = order.iter().position(|class| row["class"] == *class).expect("a class");
            of(model)[class]
        };
        let got = row["difference"].as_f64().expect("a difference");
        assert!((got - (side("level") - side("reference"))).abs() < 1e-12, "{row}");
    }
    let find = |rows: &Value, level: &str, reference: &str, class: Option<&str>| -> Value {
        let is = |row: &&Value| {
            row["level"] == name(level)
                && row["reference"] == name(reference)
                && class.is_none_or(|class| row["class"] == class)
        };
        rows.as_array().expect("rows").iter().find(is).cloned().expect("a row")
    };
    let near = |got: &Value, want: f64| {
        let got = got.as_f64().expect("a p");
        assert!((got / want - 1.0).abs() < 1e-9, "{got} {want}");
    };
    for (level, reference, by_class, whole) in DELONG {
        near(&find(&json["comparison"]["rows"], level, reference, None)["p"], whole);
        for (class, p) in order.iter().zip(by_class) {
            near(&find(&json["classes"], level, reference, Some(class))["cases_p"], p);
        }
    }
    // Three classes of these two are the same column: named, and no p.
    let twin = find(&json["classes"], "uestc", "sensexdr", Some("Atelectasis"));
    assert!(
        twin["cases_p"].is_null() && twin["note"].as_str().is_some_and(|n| n.contains("alike"))
    );
    let words = text(&run(&args[..args.len() - 2]));
    assert!(
        words.contains("drnet_predictions, ihil_predictions and sensexdr_predictions"),
        "{words}"
    );
    assert!(words.contains("desmond_predictions.csv:"), "{words}");
}
