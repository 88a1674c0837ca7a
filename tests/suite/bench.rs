//! `bench`: how fast runs would go, and what forecasts make of it.

use crate::program::{Said, run};
use crate::study::{folder, read};

const STUDY: &str = r#"
[study]
name = "speeds"
seeds = [1, 2, 3]
label_fractions = [0.5, 1.0]

[tasks.findings]
source = "phantom"
target = "multi-label"
phantom = { labels = "finding", size = 32, train = 24, val = 8, test = 8 }

[tasks.anatomy]
source = "phantom"
target = "segmentation"
phantom = { labels = "anatomy", size = 32, train = 8, val = 4, test = 4 }

[models.net]
backbone = "mobilenet_v2"

[inits.random]
random = true

[recipe]
batch_size = 8
epochs = 2
image_size = 32
"#;

/// The line that begins so.
fn line<'a>(said: &'a Said, begins: &str) -> &'a str {
    let found = said.out.lines().find(|line| line.starts_with(begins));
    found.unwrap_or_else(|| panic!("no line begins with {begins:?}: {}", said.out))
}

#[test]
fn a_study_is_measured_before_it_runs_and_forecast_by_it() {
    let dir = folder(STUDY);
    let at = dir.path();
    let dry = ["run", "study.toml", "--dry-run", "--device", "cpu"];
    let before = run(at, &dry).expect(0);
    assert!(line(&before, "forecast").contains("guessed"), "{}", before.out);

    let args = ["bench", "study.toml", "--device", "cpu", "--seconds", "0.2", "--price", "36000"];
    let said = run(at, &args).expect(0);
    for network in ["mobilenet_v2, 32 px, batch 8", "mobilenet_v2, masks, 32 px, batch 8"] {
        let row = line(&said, network);
        let rest = row.rsplit("batch 8").next().expect("figures");
        let numbers: Vec<f64> = rest.split_whitespace().filter_map(|w| w.parse().ok()).collect();
        let [runs, jobs, images, waiting, evaluated, memory] = numbers[..] else {
            panic!("not six numbers: {row}")
        };
        assert!(runs == 6.0 && jobs >= 1.0, "{row}");
        assert!(images > 0.5 && evaluated > images && memory > 0.05, "{row}");
        assert!((0.0..=100.0).contains(&waiting), "{row}");
    }
    let forecast = line(&said, "forecast of 12 runs with --jobs");
    assert!(forecast.contains("at most"), "{forecast}");
    let cost = line(&said, "cost: ").split_whitespace().nth(1).expect("a sum").trim_matches(',');
    assert!(cost.parse::<f64>().expect("a number") > 10.0, "{cost}");
    assert!(!at.join("runs").exists(), "a bench leaves nothing of the study behind");

    let after = run(at, &dry).expect(0);
    let forecast = line(&after, "forecast");
    assert!(forecast.contains("12 of 12 runs"), "{forecast}");
    assert!(forecast.contains("`transfolio bench` measured here"), "{forecast}");
    // Other runs are another kind, of which nothing is known.
    let study = String::from_utf8(read(&at.join("study.toml"))).expect("text");
    std::fs::write(at.join("study.toml"), study.replace("batch_size = 8", "batch_size = 4"))
        .expect("written");
    let other = run(at, &dry).expect(0);
    assert!(line(&other, "forecast").contains("guessed"), "{}", other.out);
}

#[test]
fn runs_that_ended_are_not_forecast_again() {
    let dir = folder(STUDY);
    let at = dir.path();
    run(at, &["run", "study.toml", "--device", "cpu", "-o", "out"]).expect(0);
    run(at, &["run", "study.toml", "--device", "cpu", "-o", "out", "--dry-run"])
        .expect(0)
        .mentions(&["for 0 of 12 runs", "by the 12 runs that have ended"]);
    let args = ["bench", "study.toml", "--device", "cpu", "--seconds", "0.1", "-o", "out"];
    run(at, &args).expect(0).mentions(&["all runs of the study have ended"]);
    let study = String::from_utf8(read(&at.join("study.toml"))).expect("text");
    let more = study.replace("seeds = [1, 2, 3]", "seeds = [1, 2, 3, 4]");
    std::fs::write(at.join("study.toml"), more).expect("written");
    run(at, &args).expect(0).mentions(&["forecast of 4 runs"]);
    run(at, &["run", "study.toml", "--device", "cpu", "-o", "out", "--dry-run"])
        .expect(0)
        .mentions(&["for 4 of 16 runs"]);
}

#[test]
fn a_bench_that_cannot_be_says_why() {
    let dir = folder(STUDY);
    let at = dir.path();
    let bench =
        |more: &[&str]| run(at, &[&["bench", "study.toml", "--device", "cpu"], more].concat());
    bench(&["--price", "-1"]).fails().mentions(&["--price", "0 or more", "-1"]);
    bench(&["--price", "nan"]).fails().mentions(&["--price"]);
    bench(&["--seconds", "0"]).fails().mentions(&["--seconds", "0.1 to 3600"]);
    bench(&["--jobs", "0"]).expect(2);
    run(at, &["bench", "none.toml"]).fails().mentions(&["none.toml"]);
    run(at, &["bench", "study.toml", "--device", "cuda:9"]).expect(4).mentions(&["cuda"]);
    // A file of speeds that is none costs nothing but the speeds.
    std::fs::create_dir_all(at.join("cache/data")).expect("a folder");
    std::fs::write(at.join("cache/data/speeds.json"), "{").expect("written");
    run(at, &["run", "study.toml", "--dry-run", "--device", "cpu"])
        .expect(0)
        .mentions(&["guessed"]);
    bench(&["--seconds", "0.1"]).expect(0);
}
