use super::*;
use crate::stats::bootstrap;

fn ask(method: &str, samples: &Value, options: &Value) -> Result<Value, String> {
    let request = json!({ "method": method, "samples": samples, "options": options });
    statistic(&request).map_err(|error| error.to_string())
}

#[test]
fn every_method_gives_a_line_and_fields() {
    let two = json!([[0.81, 0.83, 0.80, 0.84, 0.82], [0.78, 0.79, 0.79, 0.80, 0.78]]);
    let cases = json!([
        [0.1, 0.4, 0.35, 0.8, 0.7, 0.5],
        [0.2, 0.6, 0.3, 0.1, 0.9, 0.4],
        [0, 1, 0, 1, 1, 0]
    ]);
    for (method, samples, options, part, field) in [
        ("t_test", &two, json!({}), "t(", "p"),
        (
            "t_test",
            &two,
            json!({ "design": "paired", "alternative": "greater" }),
            "t(4) = 5.488",
            "low",
        ),
        ("signed_rank", &two, json!({}), "of 5 pairs", "p"),
        ("mann_whitney", &two, json!({}), "A12", "p_less"),
        ("permutation", &two, json!({ "paired": true }), "32 arrangements", "p"),
        ("bootstrap", &two, json!({ "resamples": 200 }), "95 % BCa", "high"),
        (
            "bootstrap",
            &two,
            json!({ "statistic": "median", "resamples": 99 }),
            "99 resamples",
            "low",
        ),
        ("auc", &json!([cases[0], cases[2]]), json!({}), "AUC 0.8889", "auc"),
        ("compare_aucs", &cases, json!({}), "against 0.6667", "p"),
        ("pearson", &two, json!({}), "n = 5", "coefficient"),
        ("spearman", &two, json!({}), "n = 5", "low"),
        ("kendall", &two, json!({}), "p = ", "p"),
        ("mean", &two, json!({}), "0.8200", "sd"),
        ("shapiro_wilk", &two, json!({}), "W = ", "p"),
        ("kruskal_wallis", &two, json!({}), "H(1)", "h"),
        ("anova", &two, json!({}), "F(1, 8)", "p"),
        ("levene", &two, json!({}), "F(1, 8)", "p"),
        (
            "friedman",
            &json!([[1.0, 2.0, 3.0], [1.0, 3.0, 2.0], [1.0, 2.0, 3.0]]),
            json!({}),
            "3 blocks",
            "blocks",
        ),
        ("effect_size", &two, json!({ "of": "cliffs_delta" }), "0.9", "estimate"),
        ("tost", &two, json!({ "margin": 0.05, "paired": true }), "margin 0.05", "p"),
        ("mcnemar", &json!([[1, 1, 0, 1], [0, 1, 0, 0]]), json!({}), "2 right by the first", "p"),
        ("proportion", &json!([]), json!({ "hits": 8, "trials": 10 }), "8 of 10", "low"),
        ("power", &json!([]), json!({ "n": 20, "sd": 1, "difference": 1 }), "0.86", "estimate"),
        (
            "detectable",
            &json!([]),
            json!({ "n": 5, "sd": 0.01, "paired": true }),
            "power 0.8",
            "estimate",
        ),
        (
            "sample_size",
            &json!([]),
            json!({ "sd": 1, "difference": 0.5 }),
            "64 cases in each group",
            "estimate",
        ),
    ] {
        let answer = ask(method, samples, &options).expect(method);
        let line = answer["line"].as_str().expect("a line");
        assert!(line.contains(part), "{method}: {line}");
        assert!(answer["fields"][field].is_number(), "{method}: {answer}");
    }
}

#[test]
fn what_cannot_be_computed_says_why() {
    let same = json!([[1, 1, 1], [1, 1, 1]]);
    let answer = ask("t_test", &same, &json!({ "design": "paired" })).expect("an answer");
    assert_eq!(answer["state"], "undefined");
    for (method, samples, options, part) in [
        ("t_test", json!([[1, null], [1, 2]]), json!({}), "1 of the 2 values of sample 1"),
        ("t_test", json!([[1, 2]]), json!({}), "expected more"),
        ("t_test", json!([[1, 2], [2, 4]]), json!({ "confidence": 95 }), "between 0 and 1"),
        ("auc", json!([[1, 2], [0, 3]]), json!({}), "a label is 3"),
        ("tost", json!([[1, 2], [2, 4]]), json!({ "margin": -1 }), "margin is -1"),
        ("adjust", json!([[0.1, 1.5]]), json!({}), "a p-value is 1.5"),
        ("adjust", json!([[0.1]]), json!({ "method": "hollm" }), "holm"),
        ("bootstrap", json!([[1, 2]]), json!({ "statistic": "mode" }), "mean, median or sd"),
        ("power", json!([]), json!({ "n": 1, "sd": 1 }), "two or more"),
        ("power", json!([]), json!({ "n": 10 }), "standard deviation"),
        ("dance", json!([]), json!({}), "no statistic"),
    ] {
        let error = ask(method, &samples, &options).expect_err(method);
        assert!(error.contains(part), "{method}: {error}");
    }
}

#[test]
fn a_statistic_of_the_cell_is_that_of_the_library() {
    let x = [0.8, 0.82, 0.79, 0.85, 0.9];
    let places = ask("resamples", &json!([]), &json!({ "n": 5, "resamples": 300, "seed": 3 }));
    let places: Vec<usize> =
        serde_json::from_value(places.expect("places")["places"].take()).expect("places");
    let mean = |x: &[f64]| describe::median(x);
    let resampled: Vec<f64> = places
        .chunks(5)
        .map(|places| mean(&places.iter().map(|at| x[*at]).collect::<Vec<_>>()))
        .collect();
    let jackknife =
        bootstrap::jackknife(5, |places| mean(&places.iter().map(|at| x[*at]).collect::<Vec<_>>()));
    let options = json!({ "estimate": mean(&x), "seed": 3 });
    let own = ask("resampled", &json!([resampled, jackknife]), &options).expect("an interval");
    let options = json!({ "statistic": "median", "resamples": 300, "seed": 3 });
    let library = ask("bootstrap", &json!([x]), &options).expect("an interval");
    assert_eq!(own["line"], library["line"]);
}
