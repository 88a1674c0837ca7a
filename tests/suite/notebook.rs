//! Notebooks as a user runs them: converted, exported, rendered.
//!
//! Cells need the host that `cargo xtask kernel` builds (once, about 15 minutes
//! of processor time). Without it what needs cells is skipped, in words.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::program::{Said, said};

/// Where the host lies, if it was built.
fn host_root() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let cache = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
    let root = set("TRANSFOLIO_EVCXR_ROOT").or_else(|| Some(cache?.join("transfolio/evcxr")))?;
    root.join("bin/transfolio-evcxr").is_file().then_some(root)
}

/// The program with the tests' own kernel, which stays between runs.
pub(crate) fn transfolio(folder: &Path, root: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_transfolio"));
    command
        .args(args)
        .current_dir(folder)
        .env("TRANSFOLIO_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("notebook"))
        .env("TRANSFOLIO_EVCXR_ROOT", root);
    command
}

/// The environment that the kernel spec of the tests is in.
pub(crate) fn prefix() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("notebook-prefix")
}

/// Installs the kernel for the tests; `None`, with a word, without the host.
pub(crate) fn kernel() -> Option<&'static Path> {
    static ROOT: OnceLock<Option<PathBuf>> = OnceLock::new();
    let root = ROOT.get_or_init(|| {
        let Some(root) = host_root() else {
            eprintln!(
                "skipped: the host that runs cells is not built; `cargo xtask kernel` builds it"
            );
            return None;
        };
        let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let prefix = prefix();
        // Stands for an environment in which there is papermill.
        fs::create_dir_all(prefix.join("lib/python3.11/site-packages/papermill")).expect("made");
        let prefix = prefix.to_string_lossy();
        let output = transfolio(tmp, &root, &["kernel", "install", "--prefix", &prefix]).output();
        said(&output.expect("the program starts")).expect(0).mentions(&["a kernel is ready after"]);
        transfolio_said(tmp, &root, &["kernel", "doctor", "--prefix", &prefix]).expect(0);
        Some(root)
    });
    root.as_deref()
}

/// Studies of the notebooks with fewer and shorter runs: what is tested is that
/// the notebooks hold together, not what their networks learn.
fn smaller(study: &str) -> String {
    let mut text = study.to_owned();
    for (from, to) in [("seeds = [0, 1, 2]", "seeds = [0, 1]"), ("epochs = 2", "epochs = 1")] {
        assert!(text.contains(from), "{from:?} is not in the study: {study}");
        text = text.replace(from, to);
    }
    text.replace("[0.25, 0.5, 1.0]", "[0.5, 1.0]")
}

fn transfolio_said(folder: &Path, root: &Path, args: &[&str]) -> Said {
    said(&transfolio(folder, root, args).output().expect("the program starts"))
}

pub(crate) fn folder(notebook: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("n.rs"), notebook).expect("written");
    fs::write(dir.path().join("results.csv"), crate::csv::results()).expect("written");
    dir
}

fn reports() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("reports")
}

#[test]
fn converting_there_and_back_gives_the_same_bytes() {
    let dir = tempfile::tempdir().expect("a folder");
    for name in [
        "quick-start",
        "own-csv",
        "own-predictions",
        "own-numbers",
        "self-supervised",
        "label-fractions",
    ] {
        let from = reports().join(format!("{name}.rs"));
        let json = dir.path().join(format!("{name}.ipynb"));
        let back = dir.path().join(format!("{name}.rs"));
        for (input, output) in [(&from, &json), (&json, &back)] {
            let (input, output) = (input.to_string_lossy(), output.to_string_lossy());
            crate::program::run(dir.path(), &["notebook", "convert", &input, &output]).expect(0);
        }
        assert_eq!(fs::read(&from).expect("read"), fs::read(&back).expect("read"), "{name}");
    }
    fs::write(dir.path().join("x.ipynb"), "{\"nbformat\": 3}").expect("written");
    crate::program::run(dir.path(), &["notebook", "convert", "x.ipynb", "x.rs"])
        .expect(3)
        .mentions(&["nbformat 3", "expected 4"]);
}

#[test]
fn an_exported_notebook_builds_and_says_the_same() {
    let dir = folder(
        "// %%\nlet study = Study::open(\"results.csv\")?;\n\n// %%\nlet tests = study.compare(\"random\")?.tests();\ntests.select(&[\"level\", \"difference\"])?\n\n// %%\nprintln!(\"{} rows\", study.results()?.shape().0);\n\n// %% tags=allow-error\nstudy.table(\"tea\")?\n",
    );
    crate::program::run(dir.path(), &["notebook", "export", "n.rs", "--cargo", "out"]).expect(0);
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline", "--manifest-path", "out/Cargo.toml"])
        .current_dir(dir.path())
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("exported"))
        .env("TRANSFOLIO_PROGRAM", env!("CARGO_BIN_EXE_transfolio"))
        .output()
        .expect("cargo starts");
    let program = said(&output).expect(0).mentions(&["24 rows", "there is no table \"tea\""]);
    let Some(root) = kernel() else { return };
    let rendered =
        transfolio_said(dir.path(), root, &["render", "n.rs", "--notebook-out", "n.ipynb"]);
    rendered.expect(0);
    let json = fs::read_to_string(dir.path().join("n.ipynb")).expect("a notebook");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let shown = &json["cells"][1]["outputs"][0]["data"]["text/plain"];
    let shown: String =
        shown.as_array().expect("lines").iter().filter_map(|line| line.as_str()).collect();
    assert!(shown.contains("0.0790"), "{shown}");
    assert!(program.out.contains(&shown), "program: {}\nnotebook: {shown}", program.out);
}

#[test]
fn only_what_changed_runs_again_and_the_reason_is_said() {
    let Some(root) = kernel() else { return };
    let notebook = |limit: &str| {
        format!(
            "// %% [markdown]\n// # Title\n//\n// {{{{ rows }}}} rows, see [[fig-a]]\n\n// %% tags=parameters\nlet baseline: &str = \"random\";\n\n// %%\nlet study = Study::open(\"results.csv\")?;\n\n// %%\n//| label: fig-a\n//| caption: A *figure*.\nfigures::label_fraction(&study)?\n\n// %%\nstudy.compare(baseline)?.tests().head({limit})\n\n// %%\nbind(\"rows\", study.results()?.shape().0)?\n"
        )
    };
    let dir = folder(&notebook("1"));
    let render = |args: &[&str]| {
        let all: Vec<&str> = ["render", "n.rs"].iter().chain(args).copied().collect();
        transfolio_said(dir.path(), root, &all)
    };
    let page = || fs::read_to_string(dir.path().join("n.html")).expect("a page");
    render(&[]).expect(0).mentions(&["5 cells ran, 0 unchanged"]);
    let first = page();
    assert!(first.contains(">24</span> rows") && first.contains(">Figure 1</a>"), "{first}");
    assert!(first.contains("<em>figure</em>") && first.contains("data:image/svg+xml"));
    render(&[]).expect(0).mentions(&["0 cells ran, 5 unchanged"]);
    assert_eq!(page(), first);
    fs::write(dir.path().join("n.rs"), notebook("2")).expect("written");
    render(&[])
        .expect(0)
        .mentions(&["cell 5: running, its code has changed", "1 cells ran, 4 unchanged"]);
    let said = render(&["-p", "baseline=ImageNet <1K>"]);
    said.expect(0).mentions(&["2 cells ran, 3 unchanged"]);
    assert!(page().contains("ImageNet &lt;1K&gt;"));
    let csv = crate::csv::results() + "chest,resnet50,random,1,9,auc,0.8\n";
    fs::write(dir.path().join("results.csv"), csv).expect("written");
    render(&[]).expect(0).mentions(&["results.csv has changed"]);
    render(&["-p", "speed=1"]).expect(2).mentions(&["there is no parameter \"speed\"", "baseline"]);
}

/// Says when it happens, to the millisecond, before what the cell does.
const NOW: &str = "println!(\"event {}\", std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis());";

/// On an idle machine a failure is told within 2 s; machines that test may be
/// busy.
const TOLD_WITHIN: f64 = 10.0;

#[test]
fn every_way_to_fail_is_told_at_once_and_leaves_a_partial_page() {
    let Some(root) = kernel() else { return };
    for (name, code, limit, parts) in [
        ("panic", "panic!(\"boom\")", 60.0, &["Cell 2 panicked", "boom"][..]),
        ("compile", "let x: u32 = \"a\";", 60.0, &["Cell 2 does not compile", "line 1, column"]),
        ("exit", "std::process::exit(3)", 60.0, &["Cell 2 ended its process", "exit status 3"]),
        ("error", "Study::open(\"none.csv\")?", 60.0, &["Cell 2 ended with an error", "none.csv"]),
        (
            "allocation",
            "let mut v: Vec<Vec<u8>> = Vec::new(); loop { v.push(vec![1u8; 1 << 24]); }",
            60.0,
            &["out of memory", "0.4 GiB"],
        ),
        ("loop", "loop {}", 10.0, &["Cell 2 took too long", "10 s"]),
    ] {
        // An endless cell fails when its time is over, counted from its start.
        let (event, waited) = if name == "loop" { ("", limit) } else { (NOW, 0.0) };
        let dir =
            folder(&format!("// %%\nlet a = 1;\na\n\n// %%\n{event} {code}\n\n// %%\na + 1\n"));
        let timeout = limit.to_string();
        let mut command = transfolio(
            dir.path(),
            root,
            &[
                "render",
                "n.rs",
                "--timeout",
                &timeout,
                "--memory",
                "400",
                "--notebook-out",
                "n.ipynb",
            ],
        );
        let (said, begun, told) = timed(&mut command);
        let said = said.expect(5).mentions(parts);
        said.mentions(&["1 cells ran, 0 unchanged, 1 not run"]);
        let seconds = told - begun - waited;
        eprintln!("{name}: told after {seconds:.2} s");
        assert!(seconds < TOLD_WITHIN, "{name}: told after {seconds:.2} s");
        let page = fs::read_to_string(dir.path().join("n.html")).expect("a page");
        assert!(
            page.contains("This report is not complete") && page.contains("Not run:"),
            "{page}"
        );
        let json = fs::read_to_string(dir.path().join("n.ipynb")).expect("a notebook");
        let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(json["cells"][0]["outputs"][0]["data"]["text/plain"][0], "1");
        assert!(json["cells"][1]["outputs"].to_string().contains("\"error\""), "{json}");
        assert_eq!(json["cells"][2]["outputs"], serde_json::json!([]));
    }
}

/// What a program said, when the second cell came to its event (or, where it
/// never does, when it began), and when all was told.
fn timed(command: &mut Command) -> (Said, f64, f64) {
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut out = String::new();
    let mut began = 0.0;
    let lines = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    for line in std::io::BufRead::lines(lines).map_while(Result::ok) {
        if line.starts_with("cell 2: running") {
            began = now();
        }
        if let Some(event) = line.trim().strip_prefix("event ") {
            began = event.parse::<f64>().expect("milliseconds") / 1000.0;
        }
        out += &line;
        out.push('\n');
    }
    let output = child.wait_with_output().expect("an end");
    let told = now();
    assert!(began > 0.0, "the second cell never began: {out}");
    let said = said(&output);
    (Said { out, ..said }, began, told)
}

fn now() -> f64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.expect("after 1970").as_secs_f64()
}

#[test]
fn what_the_process_survives_keeps_the_variables() {
    let Some(root) = kernel() else { return };
    let cells = ["panic!(\"boom\")", "let x: u32 = \"a\";", "Study::open(\"none.csv\")?"];
    let failing: String =
        cells.iter().map(|code| format!("// %% tags=allow-error\n{code}\n\n")).collect();
    let dir =
        folder(&format!("// %%\nlet a = 41;\n\n{failing}// %%\nprintln!(\"a is {{}}\", a + 1);\n"));
    transfolio_said(dir.path(), root, &["render", "n.rs"])
        .expect(0)
        .mentions(&["a is 42", "2 cells ran"]);
}

/// A closure over a drawing area, shown and saved.
const PLOTTED: &str = r#"// %%
:use plotters

// %%
let points: Vec<(f64, f64)> = (0..20).map(|x| (f64::from(x), f64::from(x * x))).collect();
let curve = figure(|area| {
    let mut chart = ChartBuilder::on(area)
        .margin(10)
        .x_label_area_size(30)
        .y_label_area_size(40)
        .build_cartesian_2d(0.0..20.0, 0.0..400.0)?;
    chart.configure_mesh().draw()?;
    chart.draw_series(LineSeries::new(points.iter().copied(), &BLUE))?;
    Ok(())
})?
.with_alt("a parabola");
curve.save("curve.svg")?;
curve.save("curve.png")?;
curve

// %% tags=allow-error
figure(|_| Err("nothing to draw".into()))?
"#;

#[test]
fn a_closure_over_a_drawing_area_is_a_figure_that_is_saved() {
    let Some(root) = kernel() else { return };
    let dir = folder(PLOTTED);
    let said = transfolio_said(dir.path(), root, &["render", "n.rs", "--timeout", "300"]);
    if said.out.contains("a crate is not on this machine")
        || said.err.contains("not on this machine")
    {
        eprintln!("skipped: plotters is not on this machine, and there is no network");
        return;
    }
    said.expect(0);
    let page = fs::read_to_string(dir.path().join("n.html")).expect("a page");
    assert!(page.contains("alt=\"figure: svg\na parabola\"") && page.contains("nothing to draw"));
    let svg = fs::read_to_string(dir.path().join("curve.svg")).expect("an SVG");
    assert!(svg.contains("<svg") && svg.contains("polyline"), "{svg}");
    // Wider than a cell it must not be.
    assert!(svg.contains("width=\"640\""), "{svg}");
    let png = fs::read(dir.path().join("curve.png")).expect("a PNG");
    assert!(png.starts_with(b"\x89PNG"));
}

/// A study that is built in a cell, run, and asked for everything.
#[cfg(feature = "torch")]
const BUILT: &str = r#"// %%
let plan = Study::new("built")
    .seeds(0..2)
    .label_fractions([0.5, 1.0])
    .task("source", Task::phantom("fine", 32, [40, 10, 10]).target("multi-class"))
    .task("findings", Task::phantom("finding", 32, [40, 10, 20]).target("multi-label"))
    .model("resnet18")
    .init("random", Init::random())
    .init("fine", Init::pretrain("fine").granularity("fine"))
    .pretraining("fine", Pretraining::on("source").epochs(1))
    .recipe(Recipe::new().epochs(1).image_size(32).batch_size(16).augmentation("none").normalization("half"))
    .baseline("random")
    .claim(Claim::better("fine is better", &[("init", "fine")], &[("init", "random")]));
let run = plan.save("built.toml")?.run()?;
let study = Study::open(&run.folder)?;

// %%
for (name, rows, columns) in [
    ("histories", 10, 12),
    ("predictions", 8 * 20 * 5, 11),
    ("claims", 1, 9),
    ("efficiency", 1, 10),
    ("metrics", 2, 10),
] {
    let table = study.table(name)?;
    assert!(table.len() == rows && table.shape().1 >= columns, "{name}: {:?}", table.shape());
}
println!("tables are there: {}", study.contents()?.len() > 20);

// %%
let scores = study.predictions()?;
assert!(scores.numbers("score")?.iter().all(|score| score.is_some_and(|s| (0.0..=1.0).contains(&s))));
let p = study.claims()?.numbers("adjusted_p")?[0];
println!("a claim has a p: {}", p.is_some_and(|p| (0.0..=1.0).contains(&p)));

// %%
figures::training_curves(&study)?

// %%
figures::roc(&study)?

// %%
study.compare(())?

// %% tags=allow-error
figures::mask_overlays(&study)?

// %% tags=allow-error
study.case_values()?

// %% tags=allow-error
std::fs::write("mine.toml", "[study]")?;
plan.save("mine.toml")?;
"#;

#[cfg(feature = "torch")]
#[test]
fn a_study_is_built_in_a_cell_and_asked_for_everything() {
    let Some(root) = kernel() else { return };
    let dir = folder(BUILT);
    let said = transfolio_said(dir.path(), root, &["render", "n.rs", "--timeout", "600"]).expect(0);
    said.mentions(&["tables are there: true", "a claim has a p: true"]);
    let page = fs::read_to_string(dir.path().join("n.html")).expect("a page");
    for part in [
        "Training and validation loss per epoch",
        "ROC curves on the test cases",
        "Every pair by label fraction",
        "there is no figure &quot;overlays&quot; of these results",
        "they are those of masks",
        "mine.toml is there and was not written by a cell",
    ] {
        assert!(page.contains(part), "{part}");
    }
    // The file is a study file like any other, and what has run does not run again.
    let again = transfolio_said(dir.path(), root, &["run", "built.toml"]).expect(0);
    again.mentions(&["10 of 10 runs done"]);
}

#[test]
fn watching_renders_what_changed_and_a_host_stands_by() {
    let Some(root) = kernel() else { return };
    let text = |limit: u32| format!("// %%\nlet a = 40;\n\n// %%\na + {limit}\n");
    let dir = folder(&text(1));
    let mut child = transfolio(dir.path(), root, &["render", "n.rs", "--watch"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program starts");
    let lines = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    let mut lines = std::io::BufRead::lines(lines).map_while(Result::ok);
    let mut until = |mark: &str| {
        let mut said = Vec::new();
        for line in lines.by_ref() {
            said.push(line.clone());
            if line.starts_with(mark) {
                return said.join("\n");
            }
        }
        panic!("no {mark}: {said:?}")
    };
    until("watching");
    fs::write(dir.path().join("n.rs"), text(2)).expect("written");
    let said = until("watching");
    assert!(said.contains("1 cells ran, 1 unchanged"), "{said}");
    // A cell that fails ends nothing.
    fs::write(dir.path().join("n.rs"), "// %%\na +\n").expect("written");
    assert!(until("watching").contains("0 cells ran"));
    fs::write(dir.path().join("n.rs"), text(3)).expect("written");
    until("watching");
    child.kill().expect("killed");
    child.wait().expect("an end");
    let page = fs::read_to_string(dir.path().join("n.html")).expect("a page");
    assert!(page.contains("<pre>43</pre>"), "{page}");
}

#[test]
fn two_notebooks_at_once_do_not_meet() {
    let Some(root) = kernel() else { return };
    let dirs: Vec<_> = ["3", "5"]
        .map(|n| {
            let pause = "std::thread::sleep(std::time::Duration::from_secs(3));";
            folder(&format!(
                "// %%\nlet a = {n};\n\n// %%\n{pause}\n\n// %%\nprintln!(\"a is {{a}}\");\n"
            ))
        })
        .into();
    let children: Vec<_> = dirs
        .iter()
        .map(|dir| {
            transfolio(dir.path(), root, &["render", "n.rs"])
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .expect("the program starts")
        })
        .collect();
    for (child, n) in children.into_iter().zip(["3", "5"]) {
        let said = said(&child.wait_with_output().expect("an end"));
        said.expect(0).mentions(&["3 cells ran", &format!("a is {n}")]);
    }
}

/// The notebooks of `reports/`, in a copy.
fn study_notebook(name: &str, more: &[&str], parts: &[&str]) {
    let Some(root) = kernel() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(reports()).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            fs::copy(&path, dir.path().join(path.file_name().expect("a name"))).expect("copied");
        }
    }
    let study = dir.path().join(format!("{name}.toml"));
    if study.is_file() {
        let text = fs::read_to_string(&study).expect("read");
        fs::write(&study, smaller(&text)).expect("written");
    }
    let file = format!("{name}.rs");
    let all = [&["render", &file, "--timeout", "3000"], more].concat();
    transfolio_said(dir.path(), root, &all).expect(0);
    let page = fs::read_to_string(dir.path().join(format!("{name}.html"))).expect("a page");
    for part in parts {
        assert!(page.contains(part), "{name}: {part}");
    }
    assert!(!page.contains("<mark>") && !page.contains("src=\"http"), "{name}");
}

#[test]
fn the_notebook_quick_start_runs() {
    study_notebook("quick-start", &[], &["Figure 1", "better", "quick-start.report.html"]);
}

#[test]
fn the_notebook_of_an_own_csv_runs() {
    study_notebook(
        "own-csv",
        &[],
        &["toprule", "Figure 1", "is better than random in AUC", "brier"],
    );
}

#[test]
fn the_notebook_of_own_predictions_runs() {
    let parts = ["pretrained is better than baseline", "Figure 2", "McNemar", "now right"];
    study_notebook("own-predictions", &[], &parts);
}

#[test]
fn the_notebook_of_own_numbers_runs() {
    study_notebook(
        "own-numbers",
        &[],
        &["Paired t test", "gains <", "Figure 1", "data:image/svg+xml"],
    );
}

#[test]
fn the_notebook_of_self_supervised_weights_runs() {
    study_notebook("self-supervised", &[], &["measured in pixels", "Barlow Twins", "Spearman"]);
}

#[cfg(feature = "torch")]
#[test]
fn the_notebooks_that_train_run() {
    let parts = ["14 of 14 runs done", "Figure 1", "interaction"];
    study_notebook("label-fractions", &["-p", "seeds=2"], &parts);
    study_notebook("granularity", &[], &["runs done", "ledger"]);
    study_notebook("domain-adaptive", &[], &["runs done", "verdict"]);
}

/// Polars takes minutes to build: `cargo xtask frames` runs this.
#[test]
#[ignore = "builds polars, about five minutes: `cargo xtask frames` runs it"]
fn a_frame_leaves_a_cell_and_comes_back() {
    let Some(root) = host_root() else {
        eprintln!("skipped: the host that runs cells is not built; `cargo xtask kernel` builds it");
        return;
    };
    let dir = folder(
        "// %%\nlet study = Study::open(\"results.csv\")?;\n\n// %%\nlet frame = study.results()?.to_frame()?;\nprintln!(\"{:?}\", frame.shape());\n\n// %%\nlet again = from_frame(&frame)?;\nprintln!(\"{} rows again\", again.results()?.shape().0);\n\n// %%\nfigures::label_fraction(&again)?\n",
    );
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("notebook-frames");
    let run = |args: &[&str]| {
        let mut command = transfolio(dir.path(), &root, args);
        said(&command.env("TRANSFOLIO_CACHE", &cache).output().expect("the program starts"))
    };
    let prefix = cache.join("prefix");
    run(&["kernel", "install", "--frames", "--prefix", &prefix.to_string_lossy()]).expect(0);
    run(&["render", "n.rs", "--timeout", "900", "--no-cache"]).expect(0).mentions(&[
        "24 rows again",
        "4 cells ran",
        "(24, 11)",
    ]);
}
