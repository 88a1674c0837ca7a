//! Connections: standard input and output, or a socket.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::parent_id;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::answer::Worker;
use super::words::in_cells;
use crate::notebook::NotebookError;

/// How often the worker looks whether its kernel is still there.
const WATCH: Duration = Duration::from_millis(500);

/// Answers on standard input and output until the input closes.
pub fn serve_standard() -> Result<(), NotebookError> {
    let worker = Worker::default();
    let (input, mut output) = (io::stdin().lock(), io::stdout().lock());
    converse(&worker, input, &mut output)
        .map_err(NotebookError::io("talk on", Path::new("standard input")))
}

/// Answers on a socket until the parent process is gone. Each connection has a
/// thread; all share what was read and computed.
pub fn serve_socket(path: &Path) -> Result<(), NotebookError> {
    // A socket that a dead worker left is in the way of this one.
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(NotebookError::io("replace", path)(error));
    }
    let listener = UnixListener::bind(path).map_err(NotebookError::io("listen on", path))?;
    let worker = Worker::default();
    let parent = parent_id();
    std::thread::spawn({
        let worker = worker.clone();
        move || {
            for stream in listener.incoming().flatten() {
                let worker = worker.clone();
                std::thread::spawn(move || attend(&worker, &stream));
            }
        }
    });
    while parent_id() == parent {
        std::thread::sleep(WATCH);
    }
    worker.stop();
    let _ = std::fs::remove_file(path);
    Ok(())
}

fn attend(worker: &Worker, stream: &UnixStream) {
    // The cell's end may close at any time: that ends this connection alone.
    let _ = converse(worker, BufReader::new(stream), &mut &*stream);
}

fn converse(worker: &Worker, input: impl BufRead, output: &mut impl Write) -> io::Result<()> {
    for line in input.lines() {
        let line = line?;
        let request: Value = match serde_json::from_str(&line) {
            Ok(request) => request,
            Err(error) => {
                let message = format!("the request is not JSON: {error}");
                send(output, &json!({ "id": null, "error": { "message": message } }))?;
                continue;
            }
        };
        let id = request["id"].clone();
        let answer = worker.answer(&request, &mut |text: &str| {
            // A run goes on when its cell is gone.
            let _ = send(output, &json!({ "id": id, "progress": text }));
        });
        let answer = match answer {
            Ok(value) => json!({ "id": id, "ok": value }),
            Err(error) => json!({ "id": id, "error": fault(&error) }),
        };
        send(output, &answer)?;
    }
    Ok(())
}

fn fault(error: &NotebookError) -> Value {
    let text = in_cells(&error.to_string());
    match error {
        NotebookError::Setup { message, hint } => {
            json!({ "message": in_cells(message), "hint": in_cells(hint), "kind": "request" })
        }
        _ => json!({ "message": text, "kind": error.kind(), "hint": error.way_out() }),
    }
}

fn send(output: &mut impl Write, value: &Value) -> io::Result<()> {
    output.write_all(format!("{value}\n").as_bytes())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(lines: &str) -> Vec<Value> {
        let mut output = Vec::new();
        converse(&Worker::default(), lines.as_bytes(), &mut output).expect("answers");
        String::from_utf8(output)
            .expect("text")
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }

    #[test]
    fn every_request_has_one_answer_with_its_id() {
        let answers = ask(
            "{\"id\":1,\"op\":\"hello\"}\nnot json\n{\"id\":2,\"op\":\"dance\"}\n{\"id\":3,\"op\":\"open\",\"path\":\"/no/such/file.csv\"}\n",
        );
        assert_eq!(answers.len(), 4);
        assert_eq!(answers[0]["ok"]["protocol"], 1);
        assert!(answers[1]["error"]["message"].as_str().expect("text").contains("JSON"));
        assert!(answers[2]["error"]["message"].as_str().expect("text").contains("dance"));
        assert_eq!(answers[3]["id"], 3);
        assert!(answers[3]["error"]["message"].as_str().expect("text").contains("/no/such"));
    }

    #[test]
    fn a_csv_gives_tables_figures_and_the_same_answer_twice() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut csv = String::from("task,model,init,label_fraction,seed,metric,value\n");
        for seed in 0..4 {
            for (init, value) in [("a", 0.6), ("b", 0.75)] {
                let value = value + f64::from(seed * seed) * 0.01;
                csv += &format!("t,m,{init},1,{seed},auc,{value}\n");
            }
        }
        std::fs::write(dir.path().join("r.csv"), csv).expect("written");
        let folder = dir.path().to_string_lossy();
        let request = |id: u32, op: &str, more: &str| {
            format!(
                "{{\"id\":{id},\"op\":\"{op}\",\"folder\":\"{folder}\",\"path\":\"r.csv\"{more}}}\n"
            )
        };
        let answers = ask(&[
            request(1, "open", ""),
            request(2, "table", ",\"name\":\"summary\""),
            request(3, "table", ",\"name\":\"tests\",\"options\":{\"baseline\":\"a\"}"),
            request(4, "figure", ",\"name\":\"label_fraction\""),
            request(5, "table", ",\"name\":\"tables\""),
            request(6, "table", ",\"name\":\"tests\",\"options\":{\"baseline\":\"zz\"}"),
            request(7, "table", ",\"name\":\"tests\",\"options\":{\"bassline\":\"a\"}"),
            request(8, "report", ""),
            request(2, "table", ",\"name\":\"summary\""),
        ]
        .concat());
        assert_eq!(answers[1]["ok"]["rows"].as_array().map(Vec::len), Some(2), "{}", answers[1]);
        assert_eq!(answers[2]["ok"]["rows"][0][3], "b");
        assert!(answers[3]["ok"]["panels"][0]["svg"].as_str().expect("svg").contains("<svg"));
        for (at, part) in [(4, "summary"), (5, "zz"), (6, "bassline")] {
            let text = answers[at]["error"].to_string();
            assert!(text.contains(part), "{text}");
        }
        assert!(dir.path().join("r.report.html").is_file(), "{}", answers[7]);
        assert_eq!(answers[1], answers[8]);
    }
}
