//! How large a page grows.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::program::run;

/// 25 tasks x 10 inits x 4 label fractions x 5 seeds.
fn five_thousand_runs() -> String {
    let mut csv = String::from("task,model,init,label_fraction,seed,metric,value\n");
    for number in 0..5000u32 {
        let (seed, rest) = (number % 5, number / 5);
        let (fraction, rest) = ([0.1, 0.25, 0.5, 1.0][rest as usize % 4], rest / 4);
        let (init, task) = (rest % 10, rest / 10);
        let noise = f64::from(number * 7919 % 1009) / 10_090.0;
        let value = 0.6 + 0.02 * f64::from(init) + 0.1 * fraction + noise;
        writeln!(csv, "t{task},m,i{init},{fraction},{seed},auc,{value:.4}").expect("written");
    }
    csv
}

#[test]
fn a_report_of_five_thousand_runs_is_whole_below_ten_megabytes() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("r.csv"), five_thousand_runs()).expect("written");
    run(dir.path(), &["report", "r.csv"]).expect(0);
    let page = std::fs::read_to_string(dir.path().join("r.report.html")).expect("a page");
    assert!(page.len() < 10_000_000, "{} bytes", page.len());
    // Nothing was left out for it: every drawing has its file, every test is in
    // the CSV.
    assert!(!page.contains("would be larger than"));
    let files = page.matches("data-mime=\"image/svg+xml\"").count();
    assert_eq!(files, page.matches("<svg ").count());
    let (_, rest) = page.split_once("id=\"tab-tests-csv\"").expect("a file");
    let (_, rest) = rest.split_once('>').expect("its tag");
    let bytes = STANDARD.decode(rest.split_once('<').expect("its end").0).expect("base64");
    let csv = std::io::read_to_string(flate2::read::DeflateDecoder::new(&bytes[..]));
    assert_eq!(csv.expect("text").lines().count(), 1 + 25 * 4 * 45);
}
