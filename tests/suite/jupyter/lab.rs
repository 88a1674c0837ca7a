//! JupyterLab in a browser: what people see there.

use super::*;
use crate::devtools::{Page, chromium};

/// Looks for what the notebook shows; the counts are of elements with a size.
const SHOWN: &str = "(() => {
    const seen = selector => [...document.querySelectorAll(selector)]
        .filter(element => element.getBoundingClientRect().width > 60).length;
    return JSON.stringify({
        table: seen('.jp-OutputArea-output table'),
        figure: seen('.jp-OutputArea-output svg, .jp-OutputArea-output img'),
        error: [...document.querySelectorAll('.jp-OutputArea-output')]
            .filter(o => o.textContent.includes('boom 41')).length,
        waiting: [...document.querySelectorAll('.jp-InputPrompt')]
            .filter(prompt => prompt.textContent.includes('*')).length,
    });
})()";
const PANEL: &str = "[...(window.jupyterapp?.shell.widgets('main') ?? [])]\
                     .find(widget => widget.context?.sessionContext?.session?.kernel)";

/// Takes longer than the other tests together where JupyterLab is started for
/// the first time; `cargo xtask notebook-clients` runs it.
#[test]
#[ignore = "starts JupyterLab and a browser: `cargo xtask notebook-clients` runs it"]
fn jupyterlab_shows_table_figure_and_failure() {
    let Some(mut lab) = Lab::start(|file| {
        let mut cells = GOOD.to_vec();
        cells.extend(["let a = 41;", "panic!(\"boom {a}\")", "println!(\"ran on\");"]);
        write_notebook(file, &cells);
    }) else {
        return;
    };
    let page = &mut lab.page;
    page.until(&format!(
        "(state => state.table > 0 && state.figure > 0 && state.error > 0 && state.waiting === 0)\
         (JSON.parse({SHOWN}))"
    ));
    assert_eq!(page.eval("document.body.textContent.includes('ran on\\n')"), json!(false));
    page.eval(
        "document.querySelector('.jp-OutputArea-output table').scrollIntoView({block: 'start'}); 1",
    );
    picture(page, "jupyterlab.png");
    // JupyterLab that is killed cannot end its kernels: they see to it.
    let runtime = lab.dir.path().join("runtime");
    assert!(processes_of(&runtime) > 0, "no kernel runs");
    lab.server.0.kill().expect("killed");
    lab.server.0.wait().expect("an end");
    wait_for("the kernel ends with JupyterLab", 10, || processes_of(&runtime) == 0);
}

/// JupyterLab in a browser, with a notebook whose cells are all run.
struct Lab {
    page: Page,
    server: Ended,
    dir: tempfile::TempDir,
}

impl Lab {
    /// `None`, with a word, where something is missing.
    fn start(write: impl Fn(&Path)) -> Option<Self> {
        let (Some(_), Some(python)) = (kernel(), python("jupyterlab")) else { return None };
        let chromium = chromium()?;
        let dir = folder("");
        write(&dir.path().join("n.ipynb"));
        let [port] = free_ports();
        let log = fs::File::create(dir.path().join("lab.log")).expect("a log");
        let lab = client(&python, dir.path())
            .args(["-m", "jupyterlab", "--no-browser", "--allow-root"])
            .args(["--ServerApp.port_retries=0", "--IdentityProvider.token="])
            .args(["--ServerApp.disable_check_xsrf=True", "--LabApp.news_url=None"])
            .args(["--LabApp.expose_app_in_browser=True"])
            .arg(format!("--ServerApp.port={port}"))
            .arg(format!("--ServerApp.root_dir={}", dir.path().display()))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("JupyterLab starts");
        let server = Ended(lab);
        wait_for("JupyterLab listens", 120, || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        let mut page = Page::new(&chromium, dir.path());
        page.size(1300, 1800);
        page.call("Emulation.setFocusEmulationEnabled", &json!({ "enabled": true }));
        let url = format!("http://127.0.0.1:{port}/lab/tree/n.ipynb");
        page.call("Page.navigate", &json!({ "url": url }));
        page.until(&format!("!!({PANEL})"));
        page.eval(&format!("{PANEL}.context.sessionContext.session.kernel.info.then(() => 1)"));
        page.eval(&format!("window.jupyterapp.shell.activateById({PANEL}.id); 1"));
        for kind in ["mousePressed", "mouseReleased"] {
            let click =
                json!({ "type": kind, "x": 600, "y": 200, "button": "left", "clickCount": 1 });
            page.call("Input.dispatchMouseEvent", &click);
        }
        page.eval("window.jupyterapp.commands.execute('notebook:run-all-cells'); 1");
        Some(Self { page, server, dir })
    }
}

/// The text of the last cell as the reader has it, captions, and whether the figure
/// is one for the dark.
const FILLED: &str = "(() => {
    const text = selector => [...document.querySelectorAll(selector)].map(n => n.textContent);
    const figures = [...document.querySelectorAll('.jp-OutputArea-output img')].map(i => i.src);
    return JSON.stringify({
        texts: text('.jp-MarkdownOutput'),
        captions: text('.jp-OutputArea-output.jp-RenderedMarkdown'),
        dark: figures.filter(src => decodeURIComponent(src).includes('<style>@media all{')).length,
        light: figures.filter(src => decodeURIComponent(src).includes('<style>@media not all{')).length,
    });
})()";

#[test]
#[ignore = "starts JupyterLab and a browser: `cargo xtask notebook-clients` runs it"]
fn jupyterlab_fills_in_texts_and_figures_follow_its_theme() {
    let Some(mut lab) = Lab::start(|file| {
        let cells = [
            "%md # Gains\n\nThe gain is {{ gain }} ([[fig-b]], [[fig-a]]), `{{ gain }}` in code, and {{ loss }}.",
            "bind(\"gain\", 0.125)?;",
            "//| label: fig-a\n//| caption: First.\ncharts::line([1, 2], [3, 4]).draw()?",
            "//| label: fig-b\n//| caption: Second, {{ gain }}.\ncharts::line([1, 2], [4, 3]).draw()?",
        ];
        write_notebook(file, &cells);
    }) else {
        return;
    };
    let page = &mut lab.page;
    page.until(&format!("(found => found.texts.some(t => t.includes('0.1250')) && found.light === 2)(JSON.parse({FILLED}))"));
    let found = |page: &mut Page| -> Value {
        let text = page.eval(FILLED);
        serde_json::from_str(text.as_str().expect("text")).expect("JSON")
    };
    let light = found(page);
    let text = light["texts"][0].as_str().expect("a text");
    assert!(
        text.contains(
            "The gain is 0.1250 (Figure 2, Figure 1), {{ gain }} in code, and {{ loss }}."
        ),
        "{text}"
    );
    assert_eq!(light["captions"][0].as_str().map(str::trim), Some("Figure 1. First."));
    assert_eq!(light["captions"][1].as_str().map(str::trim), Some("Figure 2. Second, 0.1250."));
    picture(page, "jupyterlab-texts-light.png");
    page.eval("window.jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' }).then(() => 1)");
    page.until(&format!("JSON.parse({FILLED}).dark === 2"));
    picture(page, "jupyterlab-texts-dark.png");
    // What is stored is the author's text.
    page.eval(&format!("{PANEL}.context.save().then(() => 1)"));
    let stored = fs::read_to_string(lab.dir.path().join("n.ipynb")).expect("a notebook");
    assert!(stored.contains("The gain is {{ gain }} ([[fig-b]]"), "{stored}");
}

/// Keeps what the page looks like for whoever wants to see it.
fn picture(page: &mut Page, name: &str) {
    let shot = page.call("Page.captureScreenshot", &json!({ "format": "png" }));
    let shot = shot["data"].as_str().expect("a picture");
    let png = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, shot);
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, png.expect("base64")).expect("written");
    eprintln!("what JupyterLab shows: {}", file.display());
}

#[test]
#[ignore = "starts JupyterLab and a browser: `cargo xtask notebook-clients` runs it"]
fn jupyterlab_shows_what_each_cell_printed() {
    let Some(mut lab) = Lab::start(crate::torture::write_notebook) else { return };
    let file = lab.dir.path().join("n.ipynb");
    let ended = format!(
        "(cells => cells.get(cells.length - 1).outputs.length > 0)({PANEL}.content.model.cells)"
    );
    let begun = std::time::Instant::now();
    while lab.page.eval(&ended) != json!(true) {
        if begun.elapsed() > Duration::from_secs(200) {
            let counts = format!(
                "JSON.stringify([...{PANEL}.content.model.cells].map(c => c.outputs?.length ?? -1))"
            );
            panic!("the last cell has not run: outputs {}", lab.page.eval(&counts));
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    lab.page.eval(&format!("{PANEL}.context.save().then(() => 1)"));
    crate::torture::assert_as_it_is_to_be("JupyterLab", &file);
}
