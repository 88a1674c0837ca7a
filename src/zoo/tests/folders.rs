//! Folders of Hugging Face, whole and in pieces, and folders that are refused.

use std::path::Path;

use tch::Tensor;

use super::folder;
use super::wrappers::{SMALL, body, loads};
use super::writers::{Named, zip};
use crate::zoo::{Checkpoint, CheckpointError, Container, inspect, read, read_as};

fn safetensors(path: &Path, tensors: &[Named]) {
    let tensor = |t: &Named| {
        let shape: Vec<i64> = t.shape.iter().map(|d| *d as i64).collect();
        (t.name.clone(), Tensor::from_slice(&t.values).reshape(&shape[..]))
    };
    let tensors: Vec<(String, Tensor)> = tensors.iter().map(tensor).collect();
    Tensor::write_safetensors(&tensors, path).expect("written");
}

/// Pieces of a checkpoint and their index.
fn pieces(dir: &Path, tensors: &[Named], count: usize, index: bool) {
    let mut map = serde_json::Map::new();
    for (number, part) in tensors.chunks(tensors.len().div_ceil(count)).enumerate() {
        let name = format!("model-{:05}-of-{count:05}.safetensors", number + 1);
        safetensors(&dir.join(&name), part);
        map.extend(part.iter().map(|t| (t.name.clone(), name.clone().into())));
    }
    if index {
        let index = serde_json::json!({ "metadata": { "total_size": 1 }, "weight_map": map });
        std::fs::write(dir.join("model.safetensors.index.json"), index.to_string())
            .expect("written");
    }
}

/// A line that a message proposes.
#[derive(serde::Deserialize)]
struct Line {
    weights: std::path::PathBuf,
}

fn config(dir: &Path) {
    std::fs::write(dir.join("config.json"), "{}").expect("written");
}

#[test]
fn a_folder_is_read_whole_or_in_pieces() {
    let body = body(SMALL, 1);
    let ways: [(&str, &dyn Fn(&Path)); 5] = [
        ("whole", &|dir| safetensors(&dir.join("model.safetensors"), &body)),
        ("indexed", &|dir| pieces(dir, &body, 3, true)),
        ("without an index", &|dir| pieces(dir, &body, 2, false)),
        ("bin", &|dir| {
            std::fs::write(dir.join("pytorch_model.bin"), zip(&[], &body)).expect("written");
        }),
        ("without a config", &|dir| {
            safetensors(&dir.join("model.safetensors"), &body);
            std::fs::remove_file(dir.join("config.json")).expect("removed");
        }),
    ];
    let mut hashes = Vec::new();
    for (what, write) in ways {
        let dir = folder();
        config(dir.path());
        write(dir.path());
        let file = read(dir.path()).expect(what);
        assert_eq!(file.container, Container::HuggingFace, "{what}");
        loads(&file, SMALL, &body).expect(what);
        hashes.push((what, file.sha256().expect("a hash")));
        for name in ["config.json", "model.safetensors.index.json"] {
            let beside = dir.path().join(name);
            if beside.is_file() {
                let file = read(&beside).expect(what);
                loads(&file, SMALL, &body).expect(what);
            }
        }
        let found = inspect(dir.path(), &[]).expect("inspected");
        assert!(found.matches.iter().any(|m| m.mismatch.is_none()), "{what}");
    }
    // The name of a run follows the contents.
    assert_eq!(hashes[0].1, hashes[4].1);
    hashes.sort_by(|a, b| a.1.cmp(&b.1));
    hashes.dedup_by(|a, b| a.1 == b.1);
    assert_eq!(hashes.len(), 4);
}

fn fault(read: Result<Checkpoint, CheckpointError>) -> String {
    read.expect_err("an error").to_string()
}

#[test]
fn pieces_that_are_missing_or_elsewhere_are_named() {
    let body = body(SMALL, 1);
    let dir = folder();
    pieces(dir.path(), &body, 3, true);
    let piece = dir.path().join("model-00002-of-00003.safetensors");
    let error = fault(read(&piece));
    let line = error.rsplit_once(": ").expect("a way out").1.to_string();
    assert!(error.contains("piece 2 of 3") && line.starts_with("weights = "), "{error}");
    let line: Line = toml::from_str(&line).expect("a line");
    loads(&read(&line.weights).expect("read"), SMALL, &body).expect("loaded");
    std::fs::remove_file(&piece).expect("removed");
    assert!(fault(read(dir.path())).contains("model-00002-of-00003.safetensors"));
    std::fs::remove_file(dir.path().join("model.safetensors.index.json")).expect("removed");
    assert!(fault(read(dir.path())).contains("2 of the 3 pieces"));

    let dir = folder();
    for (index, part) in [
        ("{\"weight_map\":{\"a\":\"../../etc/passwd\"}}", "expected a file name"),
        ("{\"weight_map\":{\"a\":\"\"}}", "expected a file name"),
        ("{\"weight_map\":3}", "index: "),
        ("not json", "index: "),
    ] {
        std::fs::write(dir.path().join("model.safetensors.index.json"), index).expect("written");
        let error = fault(read(dir.path()));
        assert!(error.contains(part), "{error}");
    }
    let dir = folder();
    pieces(dir.path(), &body, 2, true);
    safetensors(&dir.path().join("model-00001-of-00002.safetensors"), &body[..1]);
    let error = fault(read(dir.path()));
    assert!(error.contains("which the index places there"), "{error}");
    let dir = folder();
    config(dir.path());
    assert!(fault(read(dir.path())).contains("none of model.safetensors"));
}

#[test]
fn what_only_its_own_software_can_read_is_refused_by_name() {
    for (files, parts) in [
        (&[".metadata", "__0_0.distcp"][..], &["distributed checkpoint", "dcp_to_torch"][..]),
        (&["__0_0.distcp", "__1_0.distcp"], &["distributed checkpoint", "dcp_to_torch"]),
        (&[".metadata"], &["distributed checkpoint", "dcp_to_torch"]),
        (&["zero_to_fp32.py", "latest"], &["DeepSpeed", "zero_to_fp32.py"]),
        (&["zero_pp_rank_0_mp_rank_00_optim_states.pt"], &["DeepSpeed"]),
        (&["_METADATA", "d"], &["Orbax", "safetensors.flax"]),
        (&["adapter_config.json", "adapter_model.safetensors"], &["PEFT", "merge_and_unload"]),
    ] {
        let dir = folder();
        for name in files {
            std::fs::write(dir.path().join(name), "x").expect("written");
        }
        let error = fault(read(dir.path()));
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
        assert!(error.contains(&dir.path().display().to_string()), "{error}");
        assert_eq!(fault(read_as(dir.path(), Some("model"), None)), error);
        if files[0].ends_with("distcp") || files[0] == ".metadata" {
            let error = fault(read(&dir.path().join(files[0])));
            assert!(parts.iter().all(|part| error.contains(part)), "{error}");
        }
    }
}
