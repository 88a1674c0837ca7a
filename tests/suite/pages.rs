//! What a reader does with a page, in a real browser: each template, both
//! schemes, sorting, filtering, downloads, paper; and axe-core's verdict.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::devtools::{Page, chromium};
use crate::program::run;

/// The release that `cargo xtask test` fetches, and its script's SHA-256.
const AXE: (&str, &str) =
    ("axe-core-4.14.1.min.js", "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c");

/// Width of an A4 page inside its margins, and its height, in CSS pixels.
const PAPER: (u32, u32) = (680, 994);

/// The report of the small CSV in a template.
fn report(dir: &Path, template: &str) -> PathBuf {
    std::fs::write(dir.join("r.csv"), crate::csv::results()).expect("written");
    let page = format!("{template}.html");
    let args = ["report", "r.csv", "--baseline", "random", "--template", template, "-o", &page];
    run(dir, &args).expect(0);
    dir.join(page)
}

/// axe-core from the per-user cache, if it is there and what it should be.
fn axe() -> Option<String> {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let folder = set("TRANSFOLIO_CACHE").or_else(|| {
        let base = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")))?;
        Some(base.join("transfolio"))
    })?;
    let Ok(text) = std::fs::read_to_string(folder.join(AXE.0)) else {
        eprintln!("skipped: axe-core is not in the cache; `cargo xtask test` fetches it with npm");
        return None;
    };
    let found: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(found, AXE.1, "{} in the cache is not what it should be", AXE.0);
    Some(text)
}

#[test]
fn every_template_passes_axe_in_both_schemes_and_is_quiet() {
    let Some(chromium) = chromium() else { return };
    let Some(axe) = axe() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let mut page = Page::new(&chromium, dir.path());
    page.size(1200, 900);
    for template in ["paper", "ranking", "card"] {
        let file = report(dir.path(), template);
        for hash in ["", "#dark"] {
            page.open(&file, hash);
            page.eval(&axe);
            page.eval("document.querySelectorAll('details').forEach((d) => { d.open = true; })");
            let found = page.eval(
                "axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map(\
                 (v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + ' ' + \
                 n.failureSummary).join(' | ')))",
            );
            let found: Vec<&str> =
                found.as_array().expect("a list").iter().filter_map(Value::as_str).collect();
            assert!(found.is_empty(), "{template}{hash}: {}", found.join("\n"));
        }
    }
    page.expect_quiet();
}

#[test]
fn tables_sort_by_full_values_with_mouse_and_keys_and_filter() {
    let Some(chromium) = chromium() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let file = report(dir.path(), "paper");
    let mut page = Page::new(&chromium, dir.path());
    page.open(&file, "");
    let column = |table: &str, name: &str| {
        format!(
            "(() => {{ const t = document.querySelector('#{table} table'); const c = \
             [...t.tHead.rows[0].cells].findIndex((h) => h.textContent.startsWith('{name}')); \
             return [t, c, t.tHead.rows[0].cells[c]]; }})()"
        )
    };
    let means = |page: &mut Page| -> Vec<f64> {
        let read = format!(
            "(() => {{ const [t, c] = {}; return [...t.tBodies[0].rows].map((r) => \
             parseFloat(r.cells[c].dataset.v || r.cells[c].textContent)); }})()",
            column("tab-summary", "Mean")
        );
        let list = page.eval(&read);
        list.as_array().expect("a list").iter().filter_map(Value::as_f64).collect()
    };
    let first = means(&mut page);
    let head = column("tab-summary", "Mean");
    page.eval(&format!("{head}[2].querySelector('.sort').click()"));
    let mut up = first.clone();
    up.sort_by(f64::total_cmp);
    assert_eq!(means(&mut page), up);
    assert_eq!(page.eval(&format!("{head}[2].getAttribute('aria-sort')")), "ascending");
    page.eval(&format!("{head}[2].querySelector('.sort').focus()"));
    page.press("Enter");
    up.reverse();
    assert_eq!(means(&mut page), up);
    assert_eq!(page.eval(&format!("{head}[2].getAttribute('aria-sort')")), "descending");
    page.press("Enter");
    assert_eq!(means(&mut page), first, "the third time gives the first order back");
    // Equal keys keep their order: by n, which is the same everywhere.
    let task = column("tab-summary", "n");
    page.eval(&format!("{task}[2].querySelector('.sort').click()"));
    assert_eq!(means(&mut page), first, "sorting is stable");
    // Rows that the filter hides.
    let rows = page.eval(
        "(() => { const i = document.querySelector('input[type=search]'); \
         const t = i.closest('figure').querySelector('tbody'); const word = t.rows[0].cells[2].textContent; \
         i.value = word; i.dispatchEvent(new Event('input')); \
         return [t.rows.length, [...t.rows].filter((r) => !r.hidden).length, \
         [...t.rows].every((r) => r.hidden || word.split(/\\s+/).every((w) => r.textContent.includes(w))), \
         i.parentElement.querySelector('[role=status]').textContent]; })()",
    );
    let count = |at: usize| rows[at].as_u64().expect("a count");
    assert!(count(1) > 0 && count(1) < count(0), "{rows}");
    assert_eq!(rows[2], true);
    assert_eq!(rows[3], format!("{} of {} rows", count(1), count(0)));
    page.expect_quiet();
}

#[test]
fn a_number_in_a_drawing_says_what_it_is() {
    let Some(chromium) = chromium() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let file = report(dir.path(), "paper");
    let mut page = Page::new(&chromium, dir.path());
    page.open(&file, "");
    // A number that a table has too: what the table says of it.
    let said = page.eval(
        "(() => { const t = document.querySelector('#fig-forest svg text[data-v]'); \
         t.dispatchEvent(new PointerEvent('pointerover', { bubbles: true })); \
         return [t.dataset.id ?? t.closest('[data-row]').dataset.row + '.' + t.dataset.col, \
         document.getElementById('value-card').innerText]; })()",
    );
    let text = |at: usize| said[at].as_str().expect("text").to_string();
    assert!(text(0).starts_with("tests.") && text(0).ends_with(".difference"), "{said}");
    for part in ["Value", "Method", "difference of means", "seeds on each side", &text(0)] {
        assert!(text(1).contains(part), "{part}: {said}");
    }
    // One that only the drawing has, by the keys.
    let said = page.eval(
        "(() => { const d = document.querySelector('#fig-answer svg'); d.focus(); \
         const card = () => document.getElementById('value-card').innerText; \
         const press = (key) => d.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })); \
         const first = card(); press('ArrowRight'); const second = card(); press('ArrowLeft'); \
         const back = card(); press('Escape'); \
         return [first, second, back, document.getElementById('value-card').hidden]; })()",
    );
    let text = |at: usize| said[at].as_str().expect("text").to_string();
    for part in ["Value", "Method", "averaged over the other factors", "answer."] {
        assert!(text(0).contains(part), "{part}: {said}");
    }
    assert_ne!(text(0), text(1), "{said}");
    assert_eq!((text(0), &said[3]), (text(2), &serde_json::Value::Bool(true)), "{said}");
    // A press of the pointer gives the drawing the focus and shows no other number.
    // The layout may still move under a busy machine: then the pointer goes again.
    let mut found = false;
    for _ in 0..5 {
        let at = page.eval(
        "(() => { const t = [...document.querySelectorAll('#fig-fractions svg circle[data-v]')].pop(); \
         t.scrollIntoView({ block: 'center', behavior: 'instant' }); const b = t.getBoundingClientRect(); \
         return [b.x + b.width / 2, b.y + b.height / 2, t.dataset.v]; })()",
    );
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let event = serde_json::json!({
                "type": kind, "x": at[0], "y": at[1], "button": button, "clickCount": 1,
            });
            page.call("Input.dispatchMouseEvent", &event);
        }
        let said = page.eval("document.getElementById('value-card').innerText");
        let value = at[2].as_str().expect("a value");
        found = said.as_str().is_some_and(|said| said.contains(value));
        if found {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(found, "the number under the pointer is not told");
    page.expect_quiet();
}

#[test]
fn every_number_in_every_drawing_has_a_method() {
    let Some(chromium) = chromium() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let mut page = Page::new(&chromium, dir.path());
    // Three tasks, four inits and five seeds: every figure of a ranking.
    let mut csv = String::from("task,model,init,label_fraction,seed,metric,value\n");
    for (task, init, seed) in (0..60).map(|i| (i / 20, i / 5 % 4, i % 5)) {
        for (fraction, more) in [("0.1", 0.0), ("1", 0.1)] {
            let value = 0.6 + 0.03 * f64::from(init) + 0.002 * f64::from(seed * task) + more;
            csv += &format!("t{task},net,i{init},{fraction},{seed},auc,{value}\n");
        }
    }
    std::fs::write(dir.path().join("own.csv"), csv).expect("written");
    // Own results beside published ones, of which several are of one network.
    std::fs::write(
        dir.path().join("gap.csv"),
        "task,model,init,label_fraction,seed,metric,value\n\
         DXC14,ResNet-50,ImageNet,1,0,auc,0.81\nDXC14,ResNet-50,ImageNet,1,1,auc,0.82\n\
         DXC14,ResNet-50,iNat2021,1,0,auc,0.8\nDXC14,ResNet-50,iNat2021,1,1,auc,0.81\n",
    )
    .expect("written");
    let own = ["own.csv", "--template", "ranking"];
    for args in [&["--published"][..], &["gap.csv", "--published"], &own] {
        let file = dir.path().join("drawn.html");
        let args = [&["report", "-o", "drawn.html"], args].concat();
        crate::program::run(dir.path(), &args).expect(0);
        page.open(&file, "");
        let silent = page.eval(
            "(() => { const silent = new Set(); let all = 0; \
             for (const t of document.querySelectorAll('figure svg [data-v]')) { all += 1; \
             t.dispatchEvent(new PointerEvent('pointerover', { bubbles: true })); \
             const said = document.getElementById('value-card').innerText; \
             if (!said.includes('Method') || !said.includes('From')) \
             silent.add(t.closest('figure').id + ': ' + said); } \
             return [all, [...silent].slice(0, 9)]; })()",
        );
        assert!(silent[0].as_u64().expect("a count") > 250, "{silent}");
        assert_eq!(silent[1], serde_json::json!([]), "{silent}");
    }
    page.expect_quiet();
}

#[test]
fn downloads_are_what_the_export_writes() {
    let Some(chromium) = chromium() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let hostile = crate::csv::results()
        .replace("ImageNet <1K>", "<img src=x onerror=alert(1)>]]>")
        .replace("chest", "\\input{x} 100%_a&b#$~^{} --[*]|`\u{2264}");
    std::fs::write(dir.path().join("r.csv"), hostile).expect("written");
    run(dir.path(), &["report", "r.csv", "--export", "out"]).expect(0);
    let mut page = Page::new(&chromium, dir.path());
    page.open(&dir.path().join("r.report.html"), "");
    let downloads = dir.path().join("downloads");
    for (label, names) in [
        ("tab-summary", &["tab-summary.csv", "tab-summary.tex", "tab-summary.md"][..]),
        ("tab-tests", &["tab-tests.csv", "tab-tests.tex", "tab-tests.md"]),
    ] {
        for (name, button) in names.iter().zip(["CSV", "LaTeX", "Markdown"]) {
            click(&mut page, label, button);
            let got = downloaded(&downloads.join(name));
            let wanted = std::fs::read(dir.path().join("out/tables").join(name)).expect(name);
            assert!(
                got == wanted,
                "{name}:\n{}\n{}",
                String::from_utf8_lossy(&got),
                String::from_utf8_lossy(&wanted)
            );
        }
    }
    click(&mut page, "fig-answer", "SVG");
    let svg = std::fs::read(dir.path().join("out/figures/fig-answer-1.svg")).expect("an SVG");
    assert_eq!(downloaded(&downloads.join("fig-answer-1.svg")), svg);
    click(&mut page, "fig-answer", "PNG");
    let png = downloaded(&downloads.join("fig-answer-1.png"));
    let picture = image::load_from_memory(&png).expect("a PNG").to_luma8();
    let ink = picture.pixels().filter(|p| p.0[0] < 128).count();
    assert!(picture.width() >= 960 && ink > 1000, "{} wide, {ink} dark pixels", picture.width());
    // Without its file a drawing is made into one.
    let whole = std::fs::read_to_string(dir.path().join("r.report.html")).expect("a page");
    let (before, rest) =
        whole.split_once("<script type=\"text/plain\" id=\"fig-fractions-svg-0\"").expect("a file");
    let (_, after) = rest.split_once("</script>").expect("its end");
    std::fs::write(dir.path().join("thin.html"), format!("{before}{after}")).expect("written");
    page.open(&dir.path().join("thin.html"), "");
    click(&mut page, "fig-fractions", "SVG");
    let svg = String::from_utf8(downloaded(&downloads.join("fig-fractions-1.svg"))).expect("text");
    assert!(svg.starts_with("<svg") && svg.contains("width=\"960\"") && !svg.contains("var("));
    page.expect_quiet();
}

fn click(page: &mut Page, label: &str, button: &str) {
    page.eval(&format!(
        "[...document.querySelectorAll('#{label} button')].find((b) => b.textContent === \
         '{button}').click()"
    ));
}

/// A file once it is whole.
fn downloaded(path: &Path) -> Vec<u8> {
    let start = Instant::now();
    loop {
        match std::fs::read(path) {
            Ok(bytes) if !bytes.is_empty() => return bytes,
            _ if start.elapsed() > Duration::from_mins(1) => panic!("no {}", path.display()),
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

#[test]
fn on_paper_no_figure_is_cut_and_no_table_is_wider_than_the_page() {
    let Some(chromium) = chromium() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let mut page = Page::new(&chromium, dir.path());
    for template in ["paper", "ranking", "card"] {
        let file = report(dir.path(), template);
        page.size(PAPER.0, PAPER.1);
        page.open(&file, "#dark");
        page.call("Emulation.setEmulatedMedia", &serde_json::json!({ "media": "print" }));
        let cut = page.eval(&format!(
            "(() => {{ const bad = []; \
             document.querySelectorAll('figure:not(.table, .figure-many), .panel').forEach((f) => {{ \
             const b = f.getBoundingClientRect(); \
             if (getComputedStyle(f).breakInside !== 'avoid' || b.height > {}) \
             bad.push((f.id || f.className) + ' is ' + b.height + ' high'); }}); \
             document.querySelectorAll('table, svg, math, pre').forEach((t) => {{ \
             const b = t.getBoundingClientRect(); \
             if (b.right > innerWidth + 1) bad.push(t.closest('[id]').id + ' ends at ' + b.right); }}); \
             return bad; }})()",
            PAPER.1
        ));
        assert_eq!(cut, serde_json::json!([]), "{template}");
        let light =
            page.eval("getComputedStyle(document.body).color.match(/\\d+/g).every((c) => c < 60)");
        assert_eq!(light, true, "{template}: light ink on paper");
        page.call("Emulation.setEmulatedMedia", &serde_json::json!({ "media": "" }));
    }
}

#[test]
fn the_scheme_is_remembered_and_the_contents_follow() {
    let Some(chromium) = chromium() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let file = report(dir.path(), "card");
    let mut page = Page::new(&chromium, dir.path());
    page.size(1200, 900);
    page.open(&file, "");
    let scheme = "document.documentElement.dataset.scheme ?? ''";
    let before = page.eval(scheme);
    page.eval("document.getElementById('scheme').click()");
    let chosen = page.eval(scheme);
    assert_ne!(before, chosen);
    page.reload();
    assert_eq!(page.eval(scheme), chosen, "remembered");
    page.press("Tab");
    assert_eq!(page.eval("document.activeElement.className"), "skip");
    let current = "document.querySelector('nav [aria-current]').hash";
    assert_eq!(page.eval(current), "#card");
    page.eval("document.getElementById('card-scores').scrollIntoView({ behavior: 'instant' })");
    page.until(&format!("{current} === '#card-scores'"));
    // A link into the fold opens it.
    assert_eq!(page.eval("document.querySelector('details.rest').open"), false);
    page.eval("location.hash = '#tab-ledger'");
    page.until("document.querySelector('details.rest').open");
    page.expect_quiet();
}
