use std::fs;
use std::io::Write;
use std::path::Path;

use super::files::leading_format;
use super::*;
use crate::spec::RunId;

fn record() -> Record {
    Record {
        format: FORMAT,
        run: RunId("0123456789abcdef".into()),
        state: RunState::Done,
        metrics: vec![Metric {
            metric: "auc".into(),
            class: Some("mass".into()),
            value: Some(0.1 + 0.2),
            undefined: None,
            n: 24,
        }],
        validation: Vec::new(),
        decision: None,
        also_tested: Vec::new(),
        cases: [40, 16, 24],
        best_epoch: 2,
        epochs: 3,
        loaded: None,
        spec_sha256: None,
        files: None,
        sha256: None,
        provenance: Provenance::default(),
    }
}

fn folder() -> (tempfile::TempDir, RunDir) {
    let dir = tempfile::tempdir().expect("a folder");
    let run = StudyDir::new(dir.path()).run(&RunId("0123456789abcdef".into()));
    (dir, run)
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, text).expect("written");
}

#[test]
fn a_record_comes_back_to_the_last_bit() {
    let (_dir, run) = folder();
    assert_eq!(run.read_record().expect("no record yet"), None);
    let failed = RunState::Failed { reason: "the loss became NaN".into(), permanent: true };
    for state in [RunState::Done, failed] {
        let record = Record { state, ..record() };
        write_json(&run.record(), &record).expect("written");
        assert_eq!(run.read_record().expect("read"), Some(record));
    }
}

/// As version 0.1.0 wrote it; what is unknown to this version is passed over.
#[test]
fn a_record_of_the_first_version_is_read() {
    let (_dir, run) = folder();
    let text = r#"{"format":1,"run":"0123456789abcdef","state":{"state":"done"},"metrics":[
        {"metric":"auc","class":"mass","value":0.30000000000000004,"n":24}],
        "cases":[40,16,24],"best_epoch":2,"epochs":3,"of_tomorrow":[1,2],
        "provenance":{"transfolio":"","git":null,"libtorch":"","device":"","threads":0,
        "platform":"","started_unix":0,"seconds":0.0,"images_per_second":0.0,"peak_memory":0,
        "attempts":0}}"#;
    write(&run.record(), text);
    assert_eq!(run.read_record().expect("read"), Some(record()));
}

#[test]
fn what_is_cut_off_is_malformed_and_says_the_way_out() {
    let (_dir, run) = folder();
    let whole = serde_json::to_string(&record()).expect("JSON");
    for text in ["", "{}", "[1]", "{\"format\":1}", &whole[..whole.len() / 2]] {
        write(&run.record(), text);
        let error = run.read_record().expect_err("an error");
        assert!(matches!(error, RecordError::Malformed { .. }), "{error}");
        let told = error.to_string();
        assert!(told.contains("record.json") && told.contains("run it again"), "{told}");
    }
}

#[test]
fn a_newer_format_is_refused_before_anything_else_is_read() {
    let (_dir, run) = folder();
    write(&run.record(), "{\"format\":2,\"all\":\"is different\"}");
    let error = run.read_record().expect_err("an error");
    assert!(matches!(error, RecordError::TooNew { got: 2, .. }), "{error}");
    assert!(error.to_string().contains("reads up to 1; use a newer transfolio"), "{error}");
}

#[test]
fn a_folder_without_a_study_is_named() {
    let (dir, _) = folder();
    let error = StudyDir::new(dir.path()).read_study().expect_err("an error");
    assert!(matches!(error, RecordError::NotAStudy { .. }), "{error}");
}

#[test]
fn a_write_that_fails_leaves_the_old_file_and_nothing_else() {
    let (dir, _) = folder();
    let path = dir.path().join("a/file");
    write_atomic(&path, |out| out.write_all(b"old")).expect("written");
    let error = write_atomic(&path, |out| {
        out.write_all(b"new")?;
        Err(io::Error::other("the disk is full"))
    });
    let error = error.expect_err("an error").to_string();
    assert!(error.contains("cannot write") && error.contains("the disk is full"), "{error}");
    assert_eq!(fs::read(&path).expect("read"), b"old");
    assert_eq!(fs::read_dir(dir.path().join("a")).expect("a folder").count(), 1);
}

#[cfg(unix)]
#[test]
fn a_written_file_has_the_permissions_that_any_new_file_gets() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, _) = folder();
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    let (ours, usual) = (dir.path().join("a/ours"), dir.path().join("a/usual"));
    write_atomic(&ours, |out| out.write_all(b"x")).expect("written");
    fs::write(&usual, "x").expect("written");
    assert_eq!(mode(&ours), mode(&usual));
}

#[test]
fn rows_of_cases_say_which_class_they_are_of() {
    let each = Answer::Labels { labels: vec![Some(true), Some(false)], scores: vec![0.9, 0.2] };
    assert!(each.has(0) && !each.has(1) && !each.has(2));
    let one = Answer::Class { class: 1, scores: vec![0.3, 0.7] };
    assert!(!one.has(0) && one.has(1));
    assert_eq!((each.scores(), one.scores()), (&[0.9, 0.2][..], &[0.3, 0.7][..]));
}

#[derive(Debug, serde::Deserialize)]
struct Any {
    #[allow(dead_code)]
    format: u32,
}

#[test]
fn a_format_is_read_wherever_it_stands() {
    for (text, format) in [
        ("{\"format\": 1, \"a\": 2}", Some(1)),
        (" {\r\n\t\"format\" :99\n}", Some(99)),
        ("{\"format\":7}", Some(7)),
        ("{\"a\": 1, \"format\": 1}", None),
        ("{\"format\": 1.5}", None),
        ("{\"format\": -1}", None),
        ("{\"format\": 99999999999}", None),
        ("{\"formats\": 1}", None),
        ("{\"format\": 1", None),
        ("[1]", None),
        ("", None),
    ] {
        assert_eq!(leading_format(text.as_bytes()), format, "{text:?}");
    }
    let path = Path::new("a.json");
    for text in ["{\"a\": 1, \"format\": 99}", "{\"format\": 99, \"a\": 1}"] {
        let read = parse_json::<Any>(path, text.as_bytes(), "record");
        assert!(matches!(read, Err(RecordError::TooNew { got: 99, .. })), "{text}");
    }
    // Of two, neither is believed.
    let twice = parse_json::<Any>(path, b"{\"format\": 1, \"format\": 99}", "record");
    assert!(matches!(twice, Err(RecordError::Malformed { .. })));
}
