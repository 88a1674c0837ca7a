//! Reports that check themselves: `verify`, `diff`, own templates, and names
//! that are attacks.

use std::io::{Read, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use crate::csv::results;
use crate::program::{Said, run};

/// A folder with `r.csv` and its report.
struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new(csv: &str) -> Self {
        let place = Self { dir: tempfile::tempdir().expect("a folder") };
        place.write("r.csv", csv);
        place.run(&["report", "r.csv", "--baseline", "random"]).expect(0);
        place
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn page(&self) -> String {
        std::fs::read_to_string(self.path().join("r.report.html")).expect("a page")
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).expect("written");
    }

    fn run(&self, args: &[&str]) -> Said {
        run(self.path(), args)
    }

    /// What `verify` says of a changed page.
    fn verify(&self, page: &str) -> Said {
        assert_ne!(page, self.page(), "the page was not changed");
        self.write("changed.html", page);
        self.run(&["verify", "changed.html"])
    }
}

/// The page with the file of an id changed.
fn with_file(page: &str, id: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> String {
    let start = page.find(&format!("id=\"{id}\" data-name")).expect("the file");
    let from = start + page[start..].find('>').expect("a tag") + 1;
    let to = from + page[from..].find("</script>").expect("an end");
    let bytes = STANDARD.decode(&page[from..to]).expect("base64");
    if !page[start..from].contains("data-packed=\"deflate-raw\"") {
        return format!("{}{}{}", &page[..from], STANDARD.encode(change(bytes)), &page[to..]);
    }
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&change(inflate(&bytes))).expect("packed");
    let packed = STANDARD.encode(packed.finish().expect("packed"));
    format!("{}{packed}{}", &page[..from], &page[to..])
}

fn inflate(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    DeflateDecoder::new(bytes).read_to_end(&mut out).expect("deflated bytes");
    out
}

fn text_changed(from: &'static str, to: &'static str) -> impl FnOnce(Vec<u8>) -> Vec<u8> {
    move |bytes| String::from_utf8(bytes).expect("text").replacen(from, to, 1).into_bytes()
}

/// The text of a cell: of the row with an id, the cell at a place.
fn cell(page: &str, row: &str, at: usize) -> (usize, usize) {
    let start = page.find(&format!("<tr data-row=\"{row}\"")).expect("the row");
    let mut from = start;
    for _ in 0..=at {
        from += page[from..].find("<td").expect("a cell") + 3;
    }
    let from = from + page[from..].find('>').expect("a tag") + 1;
    (from, from + page[from..].find('<').expect("an end"))
}

#[test]
fn a_page_agrees_with_itself_and_with_its_records() {
    let place = Place::new(&results());
    place.run(&["verify", "r.report.html"]).expect(0).mentions(&["the page agrees"]);
    place
        .run(&["verify", "r.report.html", "--records", "r.csv", "--format", "json"])
        .expect(0)
        .mentions(&["\"differences\": []"]);
    // The same results under another name are the same; other results are not.
    place.write("other.csv", &results());
    place.run(&["verify", "r.report.html", "--records", "other.csv"]).expect(0);
    place.write("other.csv", &results().replace("0.712", "0.713"));
    place
        .run(&["verify", "r.report.html", "--records", "other.csv"])
        .expect(6)
        .mentions(&["cells.chest.resnet50.random.0.1.mean", "data-zip"]);
    place.write("none.html", "<p>no report</p>");
    place.run(&["verify", "none.html"]).expect(3).mentions(&["transfolio report"]);
}

#[test]
fn a_tampered_number_is_named() {
    let place = Place::new(&results());
    let page = place.page();
    let (from, to) = cell(&page, "cells.chest.resnet50.random.0.1", 3);
    let shown = &page[from..to];
    let changed = format!("{}{}{}", &page[..from], "0.9999", &page[to..]);
    place.verify(&changed).expect(6).mentions(&[
        "number cells.chest.resnet50.random.0.1.mean",
        "0.9999",
        shown,
        "1 difference",
    ]);
    // In prose, where the number carries its id.
    let at = page.find("data-id=\"answer.").expect("a number in the answer");
    let name = page[at + 9..].split('"').next().expect("a name");
    let from = at + page[at..].find('>').expect("a tag") + 1;
    let to = from + page[from..].find('<').expect("an end");
    let changed = format!("{}{}{}", &page[..from], "77", &page[to..]);
    place.verify(&changed).expect(6).mentions(&[&format!("number {name}"), "\"77\""]);
    // And a word.
    let changed = page.replacen(" is higher by ", " is hardly higher by ", 1);
    place.verify(&changed).expect(6).mentions(&["text piece", "hardly"]);
}

#[test]
fn a_tampered_number_in_a_drawing_is_named() {
    let place = Place::new(&results());
    let page = place.page();
    let figure = page.find("id=\"fig-answer\"").expect("the figure");
    let row = figure + page[figure..].find("data-row=\"answer.").expect("a row");
    let name = page[row + 10..].split('"').next().expect("a name").to_string();
    let value = row + page[row..].find(" data-v=\"").expect("a number") + 9;
    place.verify(&format!("{}9{}", &page[..value], &page[value..])).expect(6).mentions(&[
        &format!("number {name}."),
        "fig-answer",
        "1 difference",
    ]);
    // A mark that was moved shows no other number.
    let mark = row + page[row..].find(" points=\"").expect("a mark") + 9;
    place
        .verify(&format!("{}9{}", &page[..mark], &page[mark..]))
        .expect(6)
        .mentions(&["drawing fig-answer", "1 difference"]);
}

#[test]
fn names_that_look_alike_keep_their_numbers_apart() {
    let mut csv = String::from("task,model,init,label_fraction,seed,metric,value\n");
    for (at, init) in ["SSL", "SSL+", "random"].iter().enumerate() {
        for seed in 0..4 {
            let value = 0.6 + 0.05 * at as f64 + 0.01 * f64::from(seed);
            csv += &format!("skin,net,{init},1,{seed},auc,{value}\n");
        }
    }
    let page = Place::new(&csv).page();
    // The mark and the row of the table: the same id, the same mean.
    for (id, mean) in [("SSL.1", "0.615"), ("SSL.1~2", "0.665")] {
        let row = format!("cells.skin.net.{id}");
        let (from, to) = cell(&page, &row, 2);
        assert!(page[from..to].starts_with(mean), "{row}: {}", &page[from..to]);
        let drawn = page.split(&format!("<g data-row=\"{row}\">")).nth(1).expect("its marks");
        let mark = drawn.split("data-col=\"mean\" data-v=\"").nth(1).expect("a mark");
        assert!(mark.starts_with(mean), "{row}");
    }
}

#[test]
fn a_tampered_csv_row_figure_or_byte_of_the_data_is_named() {
    let place = Place::new(&results());
    let page = place.page();
    let changed = with_file(&page, "tab-tests-csv", text_changed("0.", "0.8"));
    place.verify(&changed).expect(6).mentions(&["file tab-tests-csv in line", "1 difference"]);
    // A content that several files have is held by the first.
    let changed = with_file(&page, "fig-fractions-csv", text_changed("0.7", "0.8"));
    place.verify(&changed).expect(6).mentions(&[
        "file fig-fractions-csv in line",
        "file tab-summary-csv in line",
        "2 differences",
    ]);
    let changed =
        page.replacen("data-same=\"fig-fractions-csv\"", "data-same=\"tab-tests-csv\"", 1);
    place.verify(&changed).expect(6).mentions(&["file tab-summary-csv"]);
    let changed = with_file(&page, "fig-fractions-svg-0", text_changed("10 %", "11 %"));
    place.verify(&changed).expect(6).mentions(&["file fig-fractions-svg-0"]);
    let figure = page.find("id=\"fig-fractions\"").expect("a figure");
    let drawing = figure + page[figure..].find("<svg ").expect("a drawing");
    let rest = page[drawing..].replacen("10 %", "11 %", 1);
    let changed = format!("{}{rest}", &page[..drawing]);
    place.verify(&changed).expect(6).mentions(&["drawing fig-fractions in panel 1", "11 %"]);
    let changed = with_file(&page, "data-zip", |mut bytes| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        bytes
    });
    place.verify(&changed).expect(6).mentions(&["data data-zip in SHA-256"]);
    let changed = page.replacen("data-sha256=\"", "data-sha256=\"0", 1);
    place.verify(&changed).expect(6).mentions(&["SHA-256"]);
}

#[test]
fn diff_tells_change_from_noise() {
    let place = Place::new(&results());
    std::fs::rename(place.path().join("r.report.html"), place.path().join("a.html"))
        .expect("renamed");
    place.run(&["diff", "a.html", "a.html", "--all"]).expect(0).mentions(&["0 differ by noise"]);
    // One seed a little off: within every interval.
    place.write("r.csv", &results().replace("0.712", "0.7121"));
    place.run(&["report", "r.csv", "--baseline", "random", "-o", "b.html"]).expect(0);
    let said = place.run(&["diff", "a.html", "b.html", "--all"]).expect(6);
    let said = said.mentions(&["Changed data", "provenance.source_sha_256", "differ by noise"]);
    let said = said.mentions(&["  provenance.data_fingerprint"]);
    assert!(!said.out.contains("Changed environment"), "{}", said.out);
    // What was degenerate without noise (slopes) is a number now; no mean and
    // no test counts as changed.
    for kind in ["\n  cells.", "\n  tests."] {
        assert!(!said.out.contains(kind), "{}", said.out);
    }
    // An init that is much worse: numbers and verdicts.
    let csv: String = results()
        .lines()
        .map(|line| {
            let worse = line.contains("iNat") && !line.contains("init");
            let cut = line.rsplit_once(',').unwrap_or_default();
            if worse { format!("{},0.5{}\n", cut.0, &cut.1[2..]) } else { format!("{line}\n") }
        })
        .collect();
    place.write("r.csv", &csv);
    place.run(&["report", "r.csv", "--baseline", "random", "-o", "c.html"]).expect(0);
    place.run(&["diff", "a.html", "c.html", "--all"]).expect(6).mentions(&[
        "Changed numbers",
        "cells.chest.resnet50.iNat-co",
        "do not overlap",
    ]);
    place
        .run(&["diff", "a.html", "c.html", "--format", "json"])
        .expect(6)
        .mentions(&["\"weight\": \"number\"", "\"overlap\": 0.0"]);
    let html = place.run(&["diff", "a.html", "c.html", "--format", "html"]).expect(6).out;
    assert!(html.starts_with("<!doctype html>") && html.contains("Changed numbers"));
}

#[test]
fn a_folder_of_templates_changes_the_look_and_no_number() {
    let place = Place::new(&results());
    std::fs::create_dir_all(place.path().join("look/parts")).expect("a folder");
    place.write("look/parts/footer.html", "<footer>Group report 7 of {{ version }}</footer>");
    let said = place.run(&["report", "r.csv", "--template", "look", "-o", "own.html"]).expect(0);
    said.mentions(&["footer.html:1", "typed into a template"]);
    let page = std::fs::read_to_string(place.path().join("own.html")).expect("a page");
    assert!(page.contains("Group report 7") && page.contains("id=\"tab-summary\""));
    place.run(&["verify", "own.html"]).expect(0).mentions(&["templates of its own"]);
    place.run(&["verify", "own.html", "--template", "look"]).expect(0).mentions(&["of text"]);
    place.write("look/parts/footer.html", "\n{{ nothing }}");
    place
        .run(&["report", "r.csv", "--template", "look"])
        .expect(2)
        .mentions(&["footer.html:2", "nothing"]);
    place.run(&["report", "r.csv", "--template", "poster"]).expect(2).mentions(&["paper"]);
}

/// Names that would do harm where they are not taken as text.
const ATTACKS: [&str; 6] = [
    "<img src=x onerror=alert(1)>",
    "\\input{x}",
    "]]>",
    "=HYPERLINK(0)",
    "[[tab-none]]",
    "</script><b>",
];

fn attacks() -> String {
    let mut csv = String::from("task,model,init,fraction,seed,metric,value\n");
    for (at, name) in ATTACKS.iter().enumerate() {
        for seed in 0..3 {
            let value = 0.5 + 0.01 * (at * 3 + seed * (at + 1)) as f64;
            csv += &format!("\"{name}\",\"{name}\",\"{name}\",1,{seed},auc,{value}\n");
            csv += &format!("\"{name}\",\"{name}\",plain,1,{seed},auc,{}\n", value + 0.02);
        }
    }
    csv
}

#[test]
fn names_that_are_attacks_stay_text_everywhere() {
    let place = Place { dir: tempfile::tempdir().expect("a folder") };
    place.write("r.csv", &attacks());
    place.run(&["report", "r.csv"]).expect(0);
    place.run(&["verify", "r.report.html"]).expect(0);
    let page = place.page();
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"));
    for raw in ["<img", "</script><b>", "<b>"] {
        assert!(!page.contains(raw), "{raw}");
    }
    let mut files: Vec<(String, String)> = Vec::new();
    for part in page.split("<script type=\"text/plain\" id=\"").skip(1) {
        let (id, rest) = part.split_once('"').expect("an id");
        let (_, rest) = rest.split_once('>').expect("a tag");
        let (text, _) = rest.split_once("</script>").expect("an end");
        if id != "data-zip" {
            let bytes = STANDARD.decode(text).expect("base64");
            // What is the same as an earlier file has no content of its own.
            let bytes = if text.is_empty() { bytes } else { inflate(&bytes) };
            files.push((id.into(), String::from_utf8(bytes).expect("text")));
        }
    }
    assert!(files.len() > 6);
    for (id, text) in &files {
        if id.contains("-svg-") {
            assert!(!text.contains("<img") && !text.contains("<b>"), "{id}");
        } else {
            for line in text.lines() {
                let cells = line.split(',').map(|cell| cell.trim_start_matches('"'));
                for cell in cells {
                    assert!(!cell.starts_with(['=', '@']), "{id}: {line}");
                }
            }
        }
    }
    let json = place.run(&["compare", "r.csv", "--format", "json"]).expect(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["comparison"]["cells"][0]["cell"]["model"], ATTACKS[0]);
    let csv = place.run(&["compare", "r.csv", "--format", "csv"]).expect(0).out;
    assert!(csv.contains("'=HYPERLINK(0)") && !csv.contains(",=HYPERLINK"));
}
