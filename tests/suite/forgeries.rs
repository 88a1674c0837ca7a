//! Forged pages, made anew from honest ones by a table of edits: none may agree.
//! Honest pages of every kind, as they come back from editors, version control
//! and mail: all must.

mod edits;

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use transfolio::report::{Against, Verification, verify};

use self::edits::EDITS;
use crate::csv::results;
use crate::program::run;

fn small() -> String {
    let mut csv = String::from("task,model,init,fraction,seed,metric,value\n");
    for (task, base) in [("chest", 0.6), ("skin", 0.7)] {
        for (at, init) in ["random", "coarse", "fine"].iter().enumerate() {
            for seed in 0..3 {
                let value = base + 0.05 * at as f64 + 0.003 * f64::from((seed * 5 + at as i32) % 4);
                csv += &format!("{task},net,{init},1,{seed},auc,{value:.4}\n");
            }
        }
    }
    csv
}

fn cases() -> String {
    let mut csv = String::from("case,patient,model,metric,value\n");
    for (at, model) in ["unet", "segformer"].iter().enumerate() {
        for case in 0..12 {
            let value = 0.7 + 0.01 * ((case * 7 + at * 3) % 11) as f64 + 0.03 * at as f64;
            csv += &format!("c{case},p{},{model},dice,{value:.3}\n", case / 2);
        }
    }
    csv
}

/// Honest pages of every template and kind of input.
struct Pages {
    dir: tempfile::TempDir,
    names: Vec<&'static str>,
}

impl Pages {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let mut pages = Self { dir, names: Vec::new() };
        pages.write("r.csv", small());
        pages.write("big.csv", results());
        pages.write("cases.csv", cases());
        pages.write("own.bib", "@book{own, title = {T\u{fc}r}, author = {A. B.}, year = 2020}\r\n");
        pages.write("look/parts/footer.html", "<footer>Our group</footer>\r\n");
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/study-0.1.0");
        let golden = golden.display().to_string();
        for (name, args) in [
            ("paper", &["r.csv"][..]),
            ("ranking", &["r.csv", "--template", "ranking"]),
            ("card", &["r.csv", "--template", "card", "--subject", "fine"]),
            ("baseline", &["big.csv", "--baseline", "random", "--selfcheck"]),
            ("cases", &["cases.csv"]),
            ("published", &["--published"]),
            ("beside", &["r.csv", "--published"]),
            ("cited", &["r.csv", "--bibliography", "own.bib"]),
            ("own", &["r.csv", "--template", "look"]),
            ("study", &[&golden]),
        ] {
            pages.make(name, args);
        }
        pages
    }

    fn small() -> Self {
        let mut pages = Self { dir: tempfile::tempdir().expect("a folder"), names: Vec::new() };
        pages.write("r.csv", small());
        pages.make("paper", &["r.csv"]);
        pages
    }

    fn make(&mut self, name: &'static str, args: &[&str]) {
        let output = format!("{name}.html");
        let args = [&["report"], args, &["-o", &output]].concat();
        run(self.dir.path(), &args).expect(0);
        self.names.push(name);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    }

    fn page(&self, name: &str) -> String {
        fs::read_to_string(self.path(&format!("{name}.html"))).expect("a page")
    }
}

fn embedded(page: &[u8]) -> Verification {
    verify(page, &Against::Embedded, None).expect("a page")
}

/// The forgeries of a page by name: edits alone, or each with some later ones.
fn forgeries(page: &str, together: bool) -> Vec<(String, String)> {
    let alone = EDITS.iter().filter_map(|(name, edit)| Some(((*name).to_string(), edit(page)?)));
    if !together {
        return alone.collect();
    }
    let mut out = Vec::new();
    for (at, (first, edit)) in EDITS.iter().enumerate() {
        let (second, other) = EDITS[(at + 37) % EDITS.len()];
        if let Some(both) = edit(page).and_then(|page| other(&page)) {
            out.push((format!("{first} and {second}"), both));
        }
    }
    out
}

/// Those that agree, or are refused as no page at all. Threads of our own: within rayon's, each verification would
/// begin others on top of its own stack.
fn agreeing(forged: &[(String, String)], against: &Against) -> Vec<String> {
    let agrees = |(name, page): &(String, String)| {
        let found = verify(page.as_bytes(), against, None);
        found.map_or(true, |found| found.agrees()).then(|| name.clone())
    };
    std::thread::scope(|scope| {
        let share = forged.len().div_ceil(4).max(1);
        let threads: Vec<_> = forged
            .chunks(share)
            .map(|share| scope.spawn(move || share.iter().filter_map(agrees).collect::<Vec<_>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    })
}

#[test]
fn no_forgery_of_a_page_agrees() {
    let pages = Pages::small();
    let page = pages.page("paper");
    let alone = forgeries(&page, false);
    assert!(alone.len() > 100, "{} edits of {} have a place", alone.len(), EDITS.len());
    for (name, forged) in &alone {
        assert_ne!(*forged, page, "{name} changes nothing");
    }
    assert_eq!(agreeing(&alone, &Against::Embedded), [] as [String; 0]);
    let records = Against::Records(vec![pages.path("r.csv")]);
    assert!(verify(page.as_bytes(), &records, None).expect("verified").agrees());
    let both = forgeries(&page, true);
    assert!(both.len() > 80, "{} pairs", both.len());
    let (half, rest) = both.split_at(both.len() / 2);
    assert_eq!(agreeing(half, &Against::Embedded), [] as [String; 0]);
    assert_eq!(agreeing(rest, &records), [] as [String; 0]);
}

#[test]
fn forged_pages_of_every_kind_differ_and_honest_ones_survive_their_way() {
    let pages = Pages::new();
    for (at, name) in pages.names.iter().enumerate() {
        let page = pages.page(name);
        // All ways for the first, and for the others those that differ by the page.
        let few = if at == 0 { usize::MAX } else { 3 };
        for (way, bytes) in ways(&page).into_iter().take(few) {
            let found = embedded(&bytes);
            assert!(found.agrees(), "{name} {way}: {found}");
            assert_eq!(found.set_aside.is_empty(), way == "as it is", "{name} {way}");
            assert_eq!(!found.own_templates.is_empty(), *name == "own");
        }
        // Each kind has its share of the edits; together they have all.
        let share: Vec<_> = forgeries(&page, false).into_iter().skip(at).step_by(9).collect();
        assert!(share.len() > 5, "{name}");
        assert_eq!(agreeing(&share, &Against::Embedded), [] as [String; 0], "{name}");
    }
}

/// A page as it comes back.
fn ways(page: &str) -> Vec<(&'static str, Vec<u8>)> {
    let dos = page.replace("\r\n", "\n").replace('\n', "\r\n");
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(page.encode_utf16().flat_map(u16::to_le_bytes));
    let own = page.contains('\r');
    let mut out = vec![
        ("with CRLF", dos.clone().into_bytes()),
        ("with both", [b"\xef\xbb\xbf", dos.as_bytes()].concat()),
        ("with a mark", [b"\xef\xbb\xbf", page.as_bytes()].concat()),
        ("in UTF-16", utf16),
    ];
    if !own {
        out.insert(0, ("as it is", page.as_bytes().to_vec()));
    }
    out
}

#[test]
fn the_program_says_so_and_ends_with_6() {
    let pages = Pages::small();
    let page = pages.page("paper");
    for (name, parts) in [
        ("a script", &["line ", "document.title='0.99'"][..]),
        ("a raised digit", &["line ", "<sup>9</sup>"]),
        ("no policy", &["line ", "Content-Security-Policy"]),
        ("no data", &["data data-zip"]),
        ("a NUL", &["\\0"]),
        ("another version", &["line "]),
        ("damaged data", &["data data-zip", "SHA-256"]),
        ("templates said to be the user's", &["line ", "own"]),
    ] {
        let (_, edit) = EDITS.iter().find(|(known, _)| *known == name).expect("an edit");
        pages.write("forged.html", edit(&page).expect("a place"));
        let said = run(pages.dir.path(), &["verify", "forged.html"]).expect(6);
        let said = said.mentions(&["does NOT agree"]).mentions(parts);
        assert!(!said.out.contains('\0'), "{name}");
    }
    // Bytes that are no text, which browsers show all the same.
    let at = page.find("</main>").expect("an end");
    let forged = [&page.as_bytes()[..at], b"\xff", &page.as_bytes()[at..]].concat();
    pages.write("forged.html", forged);
    run(pages.dir.path(), &["verify", "forged.html"]).expect(6).mentions(&["no UTF-8"]);
    // Saved by a browser as a complete page.
    let saved =
        page.replacen("<html", "<!-- saved from url=(0021)file:///paper.html -->\n<html", 1);
    pages.write("saved.html", saved);
    run(pages.dir.path(), &["verify", "saved.html"]).expect(6).mentions(&["line 2", "HTML only"]);
    // A number and a script beside it: each is named.
    let forged = page.replacen("</main>", "<script>x()</script></main>", 1);
    let forged = forged.replacen("<p>", "<p>Clearly, ", 1);
    pages.write("forged.html", forged);
    let parts = ["text piece", "Clearly", "line ", "x()"];
    run(pages.dir.path(), &["verify", "forged.html"]).expect(6).mentions(&parts);
    run(pages.dir.path(), &["diff", "paper.html", "forged.html"])
        .expect(6)
        .mentions(&["BEWARE", "does NOT agree"]);
    let said = run(pages.dir.path(), &["diff", "paper.html", "paper.html"]).expect(0);
    assert!(!said.out.contains("BEWARE"), "{}", said.out);
}

/// The page with its archive changed, member by member, and its hash put right:
/// what somebody does who knows how a page is made.
fn rebundled(
    page: &str,
    change: impl Fn(&str, Vec<u8>) -> Vec<u8>,
    more: &[(&str, &str)],
) -> String {
    let tag = page.find("id=\"data-zip\" data-name").expect("the data");
    let from = tag + page[tag..].find('>').expect("a tag") + 1;
    let to = from + page[from..].find('<').expect("an end");
    let bytes = STANDARD.decode(&page[from..to]).expect("base64");
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).expect("an archive");
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a member");
        let name = file.name().expect("a name").to_string();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("read");
        writer.start_file(name.as_str(), options).expect("begun");
        writer.write_all(&change(&name, bytes)).expect("written");
    }
    for (name, text) in more {
        writer.start_file(*name, options).expect("begun");
        writer.write_all(text.as_bytes()).expect("written");
    }
    let bytes = writer.finish().expect("written").into_inner();
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let at = page.find("data-sha256=\"").expect("a hash") + 13;
    let packed = STANDARD.encode(bytes);
    format!("{}{hash}{}{packed}{}", &page[..at], &page[at + 64..from], &page[to..])
}

fn replaced(from: &'static str, to: &'static str) -> impl Fn(&str, Vec<u8>) -> Vec<u8> {
    move |name, bytes| match name {
        "bundle.json" => String::from_utf8(bytes).expect("JSON").replacen(from, to, 1).into_bytes(),
        _ => bytes,
    }
}

#[test]
fn a_page_of_another_version_cannot_be_verified_and_says_so() {
    let pages = Pages::small();
    let page = pages.page("paper");
    let version = concat!("\"transfolio\":\"", env!("CARGO_PKG_VERSION"), "\"");
    let older = rebundled(&page, replaced(version, "\"transfolio\":\"0.1.7\""), &[]);
    let older =
        older.replace(concat!("transfolio ", env!("CARGO_PKG_VERSION")), "transfolio 0.1.7");
    pages.write("older.html", &older);
    let said = run(pages.dir.path(), &["verify", "older.html"]).expect(6);
    let said = said.mentions(&["CANNOT be verified", "transfolio 0.1.7 wrote it", "not all of"]);
    assert!(!said.out.contains("the page agrees"), "{}", said.out);
    for (format, part) in [("\"format\":1,", "format 1"), ("\"format\":99,", "newer transfolio")] {
        let (from, to) = ("\"format\":3,", format);
        let other = rebundled(&page, replaced(from, to), &[]);
        pages.write("other.html", &other);
        let said = run(pages.dir.path(), &["verify", "other.html"]).expect(6);
        said.mentions(&["CANNOT be verified", part]);
    }
    // Two pages of two versions can be compared all the same.
    run(pages.dir.path(), &["diff", "older.html", "older.html"]).expect(0).mentions(&["BEWARE"]);
}

#[test]
fn a_rewritten_bundle_is_what_fingerprint_and_signature_are_for() {
    let pages = Pages::small();
    let here = pages.dir.path();
    run(here, &["keygen", "me.key", "--no-password"]).expect(0).mentions(&["me.key.pub"]);
    run(here, &["report", "r.csv", "-o", "paper.html", "--sign", "me.key"]).expect(0);
    let honest = run(here, &["verify", "paper.html", "--key", "me.key.pub"]).expect(0);
    let print = |said: &str| {
        let line = said.lines().find(|line| line.starts_with("fingerprint: "));
        line.expect("a fingerprint").to_string()
    };
    let before = print(&honest.out);
    // Whoever changes the data and renders anew has a page that agrees ...
    pages.write("r.csv", small().replace("0.7000", "0.7900"));
    run(here, &["report", "r.csv", "-o", "paper.html"]).expect(0);
    let said = run(here, &["verify", "paper.html"]).expect(0);
    assert_ne!(print(&said.out), before, "... with other fingerprints");
    // ... and no signature.
    run(here, &["verify", "paper.html", "--key", "me.key.pub"]).expect(6).mentions(&[
        "the page agrees",
        "signature does NOT hold",
        "another page",
    ]);
    // Other claims of the same data: the data keep their fingerprint.
    pages.write("r.csv", small());
    run(here, &["report", "r.csv", "-o", "other.html", "--baseline", "random"]).expect(0);
    let said = run(here, &["verify", "other.html"]).expect(0);
    let other = print(&said.out);
    let data = |line: &str| line.split(" \u{b7} ").next().map(str::to_string);
    assert_eq!(data(&other), data(&before));
    assert_ne!(other, before);
    let hash: String =
        Sha256::digest(small().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let quoted = format!("data {}-{}-{}-{}", &hash[..4], &hash[4..8], &hash[8..12], &hash[12..16]);
    assert!(before.contains(&quoted), "{before} is the SHA-256 of the file: {quoted}");
    assert!(pages.page("other").contains(&quoted), "the page's provenance has it");
    // The same conclusions in every template.
    run(here, &["report", "r.csv", "-o", "card.html", "--template", "card"]).expect(0);
    assert_eq!(print(&run(here, &["verify", "card.html"]).expect(0).out), before);
}

#[test]
fn signatures_are_missing_wrong_or_of_another_page_each_in_its_words() {
    let pages = Pages::small();
    let here = pages.dir.path();
    for key in ["me.key", "you.key"] {
        run(here, &["keygen", key, "--no-password"]).expect(0);
    }
    run(here, &["keygen", "me.key", "--no-password"]).expect(1).mentions(&["there already"]);
    let sign = ["report", "r.csv", "-o", "paper.html", "--sign"];
    let with = |key: &'static str| [&sign[..], &[key]].concat();
    run(here, &["verify", "paper.html", "--key", "me.key.pub"]).expect(6).mentions(&["not signed"]);
    run(here, &with("me.key")).expect(0).mentions(&["signature: paper.html.minisig"]);
    let key = fs::read_to_string(pages.path("me.key.pub")).expect("a key");
    let key = key.lines().nth(1).expect("a key");
    run(here, &["verify", "paper.html", "--key", key]).expect(0).mentions(&["signature: valid"]);
    run(here, &["verify", "paper.html"]).expect(0).mentions(&["was not checked"]);
    let json = run(here, &["verify", "paper.html", "--key", key, "--format", "json"]).expect(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&json["agrees"], &json["signature"]["valid"]), (&true.into(), &true.into()));
    run(here, &["verify", "paper.html", "--key", "you.key.pub"])
        .expect(6)
        .mentions(&["another key signed"]);
    pages.write("paper.html", pages.page("paper").replace('\n', "\r\n"));
    run(here, &["verify", "paper.html", "--key", key]).expect(0).mentions(&["line ends"]);
    pages.write("paper.html.minisig", "untrusted comment: x\n");
    run(here, &["verify", "paper.html", "--key", key]).expect(6).mentions(&["is no signature"]);
    run(here, &["verify", "paper.html", "--key", "me.key"]).expect(2).mentions(&["secret"]);
    run(here, &["verify", "paper.html", "--key", "nowhere"]).expect(2).mentions(&["nowhere"]);
    run(here, &with("r.csv")).expect(2).mentions(&["no secret key"]);
    run(here, &with("none.key")).expect(2).mentions(&["none.key"]);
    // A password from the environment.
    let keygen = |password: &str, args: &[&str]| {
        let mut command = crate::program::command(here, args);
        let output = command.env("TRANSFOLIO_KEY_PASSWORD", password).output().expect("it starts");
        crate::program::said(&output)
    };
    keygen("word", &["keygen", "safe.key"]).expect(0);
    keygen("word", &with("safe.key")).expect(0);
    run(here, &["verify", "paper.html", "--key", "safe.key.pub"]).expect(0);
    keygen("wrong", &with("safe.key")).expect(2).mentions(&["password"]);
    // As the tool of minisign reads it.
    let text = fs::read_to_string(pages.path("paper.html.minisig")).expect("a signature");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(
        lines[0].starts_with("untrusted comment: ") && lines[2].starts_with("trusted comment: ")
    );
    let decoded = STANDARD.decode(lines[1]).expect("base64");
    assert_eq!((decoded.len(), &decoded[..2]), (74, &b"ED"[..]), "prehashed Ed25519");
    assert_eq!(STANDARD.decode(lines[3]).expect("base64").len(), 64);
}

#[test]
fn a_template_of_its_own_is_named_and_changes_no_number() {
    let mut pages = Pages::small();
    pages.write("look/parts/footer.html", "<footer>We found 0.99 &amp; more</footer>");
    pages.make("own", &["r.csv", "--template", "look"]);
    let here = pages.dir.path();
    run(here, &["verify", "own.html"]).expect(0).mentions(&[
        "made with a template of its own, whose text is in the page; read it",
        "parts/footer.html",
        "0.99",
        "in a template of its own",
    ]);
    let said = run(here, &["verify", "own.html", "--template", "look"]).expect(0);
    assert!(!said.out.contains("BEWARE"), "{}", said.out);
    pages.write("look/parts/footer.html", "<footer>We found 0.98</footer>");
    run(here, &["verify", "own.html", "--template", "look"])
        .expect(6)
        .mentions(&["template parts/footer.html"]);
    run(here, &["verify", "own.html", "--template", "paper"]).expect(6);
    run(here, &["diff", "own.html", "own.html"]).expect(0).mentions(&["template of its own"]);
    // A template that turns a number into another shows it under its name.
    let block = include_str!("../../templates/parts/table.html");
    assert!(block.contains("| safe"));
    pages.write(
        "lie/parts/table.html",
        block.replace("| safe", "| replace(from=\"0.6\", to=\"0.9\") | safe"),
    );
    run(here, &["report", "r.csv", "--template", "lie", "-o", "lie.html"]).expect(0);
    run(here, &["verify", "lie.html"]).expect(6).mentions(&["number cells.", "\"0.9"]);
    // One that was put into the bundle afterwards is not what the page was made of.
    let footer = "\"templates\":[\"parts/footer.html\"]";
    let page = pages.page("paper");
    let forged = rebundled(
        &page,
        |name, bytes| match name {
            "bundle.json" => {
                let text = String::from_utf8(bytes).expect("JSON");
                format!(
                    "{},{footer}}}",
                    text.trim_end_matches('}').to_string()
                        + &"}".repeat(text.len() - text.trim_end_matches('}').len() - 1)
                )
                .into_bytes()
            }
            _ => bytes,
        },
        &[("template/parts/footer.html", "<footer>x</footer>")],
    );
    pages.write("forged.html", forged);
    run(here, &["verify", "forged.html"]).expect(6).mentions(&["parts/footer.html"]);
}
