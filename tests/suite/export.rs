//! `report --export`: files for a paper, and citations in the page.

use std::path::Path;
use std::process::Command;

use crate::program::run;

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Names that try to be commands, formulas, tags and glyphs nobody has.
fn hostile() -> String {
    crate::csv::results()
        .replace("ImageNet <1K>", "\\input{x} <img src=x onerror=alert(1)> ]]>")
        .replace("random", "100%_a&b#$~^{}")
        .replace("chest", "=1+1 \u{4e2d}\u{6587} \u{301}\u{2264}*[a](b)``--")
}

#[test]
fn every_table_and_figure_is_written_and_the_paper_compiles() {
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    std::fs::write(here.join("r.csv"), hostile()).expect("written");
    run(here, &["report", "r.csv", "--export", "out"]).expect(0);
    let page = read(&here.join("r.report.html"));
    let paper = read(&here.join("out/paper.tex"));
    for part in page.split("<figure id=\"").skip(1) {
        let label = part.split('"').next().expect("a label");
        let endings: &[&str] =
            if label.starts_with("tab-") { &["csv", "tex", "md"] } else { &["csv"] };
        let folder = if label.starts_with("tab-") { "tables" } else { "figures" };
        for end in endings {
            let path = here.join(format!("out/{folder}/{label}.{end}"));
            assert!(!read(&path).is_empty(), "{label}.{end}");
        }
        assert!(
            paper.contains(&format!("\\label{{{label}}}"))
                || paper.contains(&format!("\\input{{tables/{label}-long}}")),
            "{label} is not in the paper"
        );
    }
    assert!(paper.contains("\\cite{holm1979}") && paper.contains("\\bibitem{holm1979}"));
    assert!(read(&here.join("out/references.bib")).contains("@article{holm1979"));
    assert!(read(&here.join("out/tables/tab-summary.csv")).contains(",'=1+1"), "a formula");
    assert!(!paper.contains("\\input{x}") && paper.contains("\\textbackslash{}input\\{x\\}"));
    balanced(&paper);
    compiles(&here.join("out"));
}

/// A check that needs no TeX: braces and environments close.
fn balanced(text: &str) {
    let mut depth = 0i64;
    let mut open: Vec<&str> = Vec::new();
    for line in text.lines() {
        let mut escaped = false;
        for c in line.chars() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '%' => break,
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            assert!(depth >= 0, "a brace closes too early: {line}");
        }
        for (mark, opens) in [("\\begin{", true), ("\\end{", false)] {
            for rest in line.split(mark).skip(1) {
                let name = rest.split('}').next().unwrap_or_default();
                if opens {
                    open.push(name);
                } else if !line.contains(&format!("\\begin{{{name}}}")) {
                    assert_eq!(open.pop(), Some(name), "{line}");
                } else {
                    open.retain(|other| *other != name);
                }
            }
        }
    }
    assert!(depth == 0 && open.is_empty(), "{depth} braces and {open:?} stay open");
}

fn compiles(folder: &Path) {
    let mut latex = Command::new("pdflatex");
    latex.args(["-interaction=nonstopmode", "-halt-on-error", "paper.tex"]).current_dir(folder);
    let Ok(output) = latex.output() else {
        eprintln!("skipped: no pdflatex on this machine, so paper.tex was not compiled");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let tail: String = said.lines().rev().take(30).collect::<Vec<_>>().join("\n");
    assert!(output.status.success() && folder.join("paper.pdf").is_file(), "{tail}");
}

#[test]
fn a_missing_helper_is_spoken_of_where_pictures_were_asked_for() {
    let helper = helper();
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    std::fs::write(here.join("r.csv"), crate::csv::results()).expect("written");
    run(here, &["report", "r.csv", "--png"]).expect(2).mentions(&["--export"]);
    let plain = run(here, &["report", "r.csv", "--export", "plain"]).expect(0);
    assert!(!plain.err.contains("typeset"), "{}", plain.err);
    let asked = run(here, &["report", "r.csv", "--export", "asked", "--png", "-o", "asked.html"]);
    let pictures = |folder: &str| {
        let files = std::fs::read_dir(here.join(folder).join("figures")).expect("figures");
        let png = |name: &std::ffi::OsStr| name.to_string_lossy().ends_with(".png");
        files.filter(|file| png(&file.as_ref().expect("a file").file_name())).count()
    };
    if helper.is_file() {
        asked.expect(0);
        assert!(pictures("plain") > 0 && pictures("asked") > 0);
    } else {
        let asked =
            asked.expect(2).mentions(&["no PNG can be made", "transfolio-typeset", "cargo"]);
        assert_eq!(asked.err.matches("transfolio-typeset is not there").count(), 1);
        assert!(!here.join("asked").exists() && !here.join("asked.html").exists());
        assert_eq!(pictures("plain"), 0);
    }
}

#[test]
fn citations_come_from_the_users_file_and_unknown_ones_are_named() {
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    std::fs::write(here.join("r.csv"), crate::csv::results()).expect("written");
    run(here, &["report", "r.csv"]).expect(0);
    let page = read(&here.join("r.report.html"));
    // What was used is cited, both ways; what was not is not.
    for part in ["href=\"#bib-welch1947\"", "href=\"#bib-student1908\""] {
        assert_eq!(page.contains(part), part.contains("student"), "{part}");
    }
    assert!(page.contains("id=\"bib-holm1979\"") && page.contains("href=\"#cite-holm1979-1\""));
    assert!(page.contains("<math") && !page.contains("class=\"maths\""));
    // A file with a fault is named with its line; one without replaces entries.
    std::fs::write(here.join("bad.bib"), "@misc{a, title={A}}\n\n@misc{b,\n").expect("written");
    run(here, &["report", "r.csv", "--bibliography", "bad.bib"]).expect(3).mentions(&["bad.bib:"]);
    let own = "@article{holm1979, title={Mine <b>}, author={Me, A.}, year={2001}}";
    std::fs::write(here.join("own.bib"), own).expect("written");
    run(here, &["report", "r.csv", "--bibliography", "own.bib"]).expect(0);
    assert!(read(&here.join("r.report.html")).contains("Mine &lt;b&gt;"));
    run(here, &["verify", "r.report.html"]).expect(0);
    let none = ["report", "r.csv", "--bibliography", "none.bib"];
    run(here, &none).expect(3).mentions(&["none.bib"]);
}

#[test]
fn a_card_is_of_the_level_asked_for() {
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    std::fs::write(here.join("r.csv"), crate::csv::results()).expect("written");
    let card = ["report", "r.csv", "--template", "card", "--baseline", "random"];
    let of = |level: &'static str| [&card[..], &["--subject", level]].concat();
    run(here, &of("ImageNet <1K>")).expect(0);
    let page = read(&here.join("r.report.html"));
    assert!(page.contains("<h1>Card: ImageNet &lt;1K&gt;</h1>"));
    run(here, &["verify", "r.report.html"]).expect(0);
    run(here, &of("ViT")).expect(2).mentions(&["ViT", "random"]);
    // Nobody asked: the one with the best scores.
    run(here, &card).expect(0);
    assert!(read(&here.join("r.report.html")).contains("<h1>Card: iNat &amp; &quot;co&quot;</h1>"));
}

#[test]
fn a_csl_style_changes_citations_and_their_order() {
    let helper = Path::new(env!("CARGO_BIN_EXE_transfolio"))
        .with_file_name(format!("transfolio-typeset{}", std::env::consts::EXE_SUFFIX));
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    std::fs::write(here.join("r.csv"), crate::csv::results()).expect("written");
    let apa = ["report", "r.csv", "--citation-style", "apa"];
    if !helper.is_file() {
        // Without the helper the error says how to get it.
        run(here, &apa).expect(2).mentions(&["transfolio-typeset", "cargo"]);
        eprintln!("skipped: no transfolio-typeset beside the program, so no CSL style was used");
        return;
    }
    run(here, &apa).expect(0);
    let page = read(&here.join("r.report.html"));
    assert!(page.contains("(<a id=\"cite-holm1979-1\" href=\"#bib-holm1979\">Holm, 1979</a>)"));
    let at = |key: &str| page.find(&format!("<li id=\"bib-{key}\"")).expect("an entry");
    assert!(at("hedges1981") < at("holm1979") && at("holm1979") < at("student1908"), "by name");
    run(here, &["verify", "r.report.html"]).expect(0);
    let odd = ["report", "r.csv", "--citation-style", "apaa"];
    run(here, &odd).expect(2).mentions(&["apaa", "near it: ", "apa"]);
    std::fs::write(here.join("x.csl"), "<style/>").expect("written");
    let file = ["report", "r.csv", "--citation-style", "x.csl"];
    run(here, &file).expect(2).mentions(&["x.csl", "CSL"]);
}

/// The members of a .docx, unzipped.
fn members(path: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let file = std::fs::File::open(path).expect("a document");
    let mut archive = zip::ZipArchive::new(file).expect("an archive");
    let mut out = std::collections::BTreeMap::new();
    for at in 0..archive.len() {
        let mut member = archive.by_index(at).expect("a member");
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut member, &mut bytes).expect("read");
        out.insert(member.name().expect("a name").to_string(), bytes);
    }
    out
}

/// Fails where tags do not close in order, or an ampersand begins no entity.
fn well_formed(name: &str, xml: &str) {
    let mut open: Vec<&str> = Vec::new();
    for part in xml.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or_else(|| panic!("{name}: <{part}"));
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed.trim()), "{name}");
        } else if !tag.starts_with(['?', '!']) && !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap_or_default());
        }
        for entity in text.split('&').skip(1) {
            let end = entity.find(';').unwrap_or_else(|| panic!("{name}: &{entity}"));
            let known = ["amp", "lt", "gt", "quot", "apos"].contains(&&entity[..end]);
            assert!(known || entity.starts_with('#'), "{name}: &{entity}");
        }
    }
    assert!(open.is_empty(), "{name}: {open:?} stay open");
}

fn ends(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

#[test]
fn a_document_for_word_has_native_tables_and_the_figures() {
    if !helper().is_file() {
        eprintln!("skipped: transfolio-typeset is not built, so no document was written");
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    for (name, csv) in [("plain", crate::csv::results()), ("hostile", hostile())] {
        let table = format!("{name}.csv");
        std::fs::write(here.join(&table), csv).expect("written");
        run(here, &["report", &table, "--export", name]).expect(0);
        let members = members(&here.join(name).join("paper.docx"));
        for (member, bytes) in &members {
            if ends(member, "xml") || ends(member, "rels") {
                well_formed(member, std::str::from_utf8(bytes).expect(member));
            }
        }
        let document = String::from_utf8_lossy(&members["word/document.xml"]).into_owned();
        let tables = document.matches("<w:tbl>").count();
        let pictures = members.keys().filter(|name| ends(name, "png")).count();
        assert!(tables > 5 && pictures > 2, "{tables} tables, {pictures} pictures");
        for (member, bytes) in members.iter().filter(|(name, _)| ends(name, "png")) {
            image::load_from_memory(bytes).unwrap_or_else(|e| panic!("{member}: {e}"));
        }
        // Title, answer, captions with their numbers, methods, references.
        for part in ["Table 1. ", "Figure 1. ", "References", "Methods", "Holm", ">[1] "] {
            assert!(document.contains(part), "{name}: {part}");
        }
    }
    let plain = members(&here.join("plain/paper.docx"));
    let document = String::from_utf8_lossy(&plain["word/document.xml"]).into_owned();
    assert!(document.contains("ImageNet &lt;1K&gt;"), "names are text");
    // A number of the summary stands in a cell of its own.
    let csv = read(&here.join("plain/tables/tab-summary.md"));
    let mean = csv.lines().nth(2).and_then(|row| row.split('|').nth(4)).expect("a mean").trim();
    assert!(document.contains(&format!(">{mean}</w:t>")), "{mean}");
    // The same once more, byte for byte.
    run(here, &["report", "plain.csv", "--export", "again"]).expect(0);
    let bytes = |folder: &str| std::fs::read(here.join(folder).join("paper.docx")).expect("read");
    assert!(bytes("plain") == bytes("again"));
}

/// The program that draws pictures and writes documents, where it was built.
fn helper() -> std::path::PathBuf {
    Path::new(env!("CARGO_BIN_EXE_transfolio"))
        .with_file_name(format!("transfolio-typeset{}", std::env::consts::EXE_SUFFIX))
}
