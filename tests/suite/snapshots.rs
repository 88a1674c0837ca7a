//! The report and its figures as reviewed snapshots, without what changes by
//! itself (version, style sheet, script, embedded files).

use crate::program::run;

/// The report of the small CSV.
fn page() -> String {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("r.csv"), crate::csv::results()).expect("written");
    run(dir.path(), &["report", "r.csv", "--baseline", "random"]).expect(0);
    std::fs::read_to_string(dir.path().join("r.report.html")).expect("a page")
}

/// Replaces what stands between two marks, every time.
fn without(text: &str, from: &str, to: &str) -> String {
    let mut parts = text.split(from);
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let rest = part.split_once(to).map_or("", |(_, rest)| rest);
        out += &format!("{from}[...]{to}{rest}");
    }
    out
}

#[test]
fn the_page_is_as_reviewed() {
    let page = without(&page(), "<style>", "</style>");
    let page = without(&page, "<svg ", "</svg>");
    let page = without(&page, "<script", "</script>");
    let page = without_hashes(&page);
    insta::assert_snapshot!(page.replace(env!("CARGO_PKG_VERSION"), "[version]"));
}

/// Hashes of data and lock file change with the versions of dependencies.
fn without_hashes(text: &str) -> String {
    let is_hash = |word: &str| word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let parts = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    parts
        .map(|part| {
            let word = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            if is_hash(word) { part.replace(word, "[sha-256]") } else { part.into() }
        })
        .collect()
}

#[test]
fn the_figures_are_as_reviewed() {
    let page = page();
    let figures: Vec<String> = page
        .split("<svg ")
        .skip(1)
        .filter_map(|part| part.split_once("</svg>"))
        .map(|(svg, _)| format!("<svg {svg}</svg>").replace("><", ">\n<"))
        .collect();
    // The forest of single tests follows.
    assert_eq!(figures.len(), 3);
    insta::assert_snapshot!("the_answer", figures[0]);
    insta::assert_snapshot!("score_against_label_fraction", figures[1]);
}
