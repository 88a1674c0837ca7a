//! A browser that is spoken to through pipes (the DevTools protocol): opens a
//! page, runs script in it, presses keys, and remembers every message and every
//! request.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Longest wait for an answer: machines that test may be busy.
const PATIENCE: Duration = Duration::from_mins(2);

/// Where a Chromium is, or a word on its absence.
pub(crate) fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = std::env::split_paths(&path)
        .flat_map(|dir| names.map(|name| dir.join(name)))
        .find(|file| file.is_file());
    if found.is_none() {
        eprintln!(
            "skipped: no Chromium on this machine, so the report was not opened in a browser"
        );
    }
    found
}

/// A page in a headless browser.
pub(crate) struct Page {
    child: Child,
    input: ChildStdin,
    answers: Receiver<Value>,
    session: Option<String>,
    last: u64,
    /// Messages on the console and uncaught exceptions.
    pub(crate) messages: Vec<String>,
    /// Addresses that were asked for, those inside the page left out.
    pub(crate) requests: Vec<String>,
}

impl Page {
    /// Starts the browser; its profile lies in `dir`, downloads in
    /// `dir/downloads`.
    pub(crate) fn new(chromium: &Path, dir: &Path) -> Self {
        // Descriptors 3 and 4 are the browser's pipes; only a shell can say so.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null", "sh"])
            .arg(chromium)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"])
            .args(["--remote-debugging-pipe", "--hide-scrollbars", "--disable-sync"])
            .args(["--disable-background-networking", "--disable-component-update"])
            .arg(format!("--user-data-dir={}", dir.join("profile").display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the browser starts");
        let input = child.stdin.take().expect("a pipe");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            for message in output.split(0).map_while(Result::ok) {
                let Ok(value) = serde_json::from_slice(&message) else { return };
                if sender.send(value).is_err() {
                    return;
                }
            }
        });
        let mut page = Self {
            child,
            input,
            answers,
            session: None,
            last: 0,
            messages: Vec::new(),
            requests: Vec::new(),
        };
        let target = page.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = page.call("Target.attachToTarget", &attach);
        page.session = attached["sessionId"].as_str().map(Into::into);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            page.call(&format!("{domain}.enable"), &json!({}));
        }
        let downloads = dir.join("downloads");
        std::fs::create_dir_all(&downloads).expect("a folder");
        let behaviour = json!({ "behavior": "allow", "downloadPath": downloads });
        page.call("Browser.setDownloadBehavior", &behaviour);
        page
    }

    /// Sets the size of the window in CSS pixels.
    pub(crate) fn size(&mut self, width: u32, height: u32) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// Opens a file and waits until it is there.
    pub(crate) fn open(&mut self, file: &Path, hash: &str) {
        let url = format!("file://{}{hash}", file.display());
        // Another fragment of the same page would not load it again.
        self.call("Page.navigate", &json!({ "url": "about:blank" }));
        self.call("Page.navigate", &json!({ "url": url }));
        self.until("document.readyState === 'complete' && location.protocol === 'file:'");
    }

    /// Loads the page again.
    pub(crate) fn reload(&mut self) {
        self.eval("window.before = true");
        self.call("Page.reload", &json!({}));
        self.until("window.before === undefined && document.readyState === 'complete'");
    }

    /// Value of an expression; a promise is waited for.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let params = json!({
            "expression": expression,
            "returnByValue": true,
            "awaitPromise": true,
            "userGesture": true,
        });
        let answer = self.call("Runtime.evaluate", &params);
        let thrown = &answer["exceptionDetails"];
        assert!(thrown.is_null(), "{expression}: {thrown}");
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub(crate) fn until(&mut self, expression: &str) {
        let start = Instant::now();
        while self.eval(expression) != Value::Bool(true) {
            assert!(start.elapsed() < PATIENCE, "never true: {expression}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Presses a key (`Enter`, `Tab`, `ArrowDown`) where the focus is.
    pub(crate) fn press(&mut self, key: &str) {
        let code = match key {
            "Enter" => 13,
            "Tab" => 9,
            "ArrowDown" => 40,
            "ArrowRight" => 39,
            _ => 0,
        };
        let text = if key == "Enter" { "\r" } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let event = json!({
                "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code,
                "text": if kind == "keyDown" { text } else { "" },
            });
            self.call("Input.dispatchKeyEvent", &event);
        }
    }

    /// Fails on anything on the console and on any request.
    pub(crate) fn expect_quiet(&mut self) {
        // One more answer brings all events before it.
        self.eval("1");
        assert!(self.messages.is_empty(), "the console has messages: {:?}", self.messages);
        assert!(self.requests.is_empty(), "the page asked for {:?}", self.requests);
    }

    /// Calls a method of the protocol.
    pub(crate) fn call(&mut self, method: &str, params: &Value) -> Value {
        self.last += 1;
        let id = self.last;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let (Some(session), false) = (&self.session, method.starts_with("Browser.")) {
            message["sessionId"] = json!(session);
        }
        let mut bytes = serde_json::to_vec(&message).expect("JSON");
        bytes.push(0);
        self.input.write_all(&bytes).expect("the browser listens");
        let start = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(start.elapsed());
            let answer = self.answers.recv_timeout(left).expect("the browser answers");
            if answer["id"] == json!(id) {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.note(&answer);
        }
    }

    fn note(&mut self, event: &Value) {
        let params = &event["params"];
        match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => {
                self.messages.push(params["exceptionDetails"].to_string());
            }
            Some("Runtime.consoleAPICalled") => self.messages.push(params["args"].to_string()),
            Some("Log.entryAdded") => self.messages.push(params["entry"]["text"].to_string()),
            Some("Network.requestWillBeSent") => {
                let url = params["request"]["url"].as_str().unwrap_or_default();
                let inside = ["data:", "blob:", "about:"];
                let page = url.starts_with("file:") && params["type"] == "Document";
                if !page && !inside.iter().any(|scheme| url.starts_with(scheme)) {
                    self.requests.push(url.into());
                }
            }
            _ => {}
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
