//! Checkpoints made here, whole and broken, and the real ones where they are.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use tch::{Device, nn};
use zip::write::SimpleFileOptions;

use super::checkpoint::Values;
use super::{CheckpointError, check_backbone, load_backbone, read, save_safetensors, torch_zip};
use crate::models::build;
use crate::spec::Backbone;

/// A pickle of `{"state_dict": {name: tensor}}` as torch writes it.
fn pickle(name: &str, class: &str, offset: u8, shape: &[u8], strides: &[u8]) -> Vec<u8> {
    let text = |s: &str| [b"X", &(s.len() as u32).to_le_bytes()[..], s.as_bytes()].concat();
    let tuple = |v: &[u8]| {
        let items: Vec<u8> = v.iter().flat_map(|d| [b'K', *d]).collect();
        [b"(".as_slice(), &items, b"t"].concat()
    };
    [
        b"\x80\x02}(".to_vec(),
        text("state_dict"),
        b"ccollections\nOrderedDict\n)R(".to_vec(),
        text(name),
        b"ctorch._utils\n_rebuild_tensor_v2\n((".to_vec(),
        text("storage"),
        format!("ctorch\n{class}\n").into_bytes(),
        text("0"),
        text("cpu"),
        vec![b'K', 6, b't', b'Q', b'K', offset],
        tuple(shape),
        tuple(strides),
        b"\x89}tRuu.".to_vec(),
    ]
    .concat()
}

fn archive(pickle: &[u8], storage: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in [("a/data.pkl", pickle), ("a/data/0", storage)] {
        zip.start_file(name, options).expect("an entry");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("an archive").into_inner()
}

fn six() -> Vec<u8> {
    (0..6u8).flat_map(|i| f32::from(i).to_le_bytes()).collect()
}

#[test]
fn strides_and_offsets_are_honoured() {
    let bytes = archive(&pickle("w", "FloatStorage", 1, &[2, 2], &[1, 2]), &six());
    let (nesting, tensors) = torch_zip::parse(&bytes).expect("read");
    assert_eq!(nesting.as_deref(), Some("state_dict"));
    assert_eq!(tensors["w"].shape, [2, 2]);
    assert_eq!(tensors["w"].values, Values::F32(vec![1.0, 3.0, 2.0, 4.0]));
}

#[test]
fn half_floats_are_widened() {
    let storage: Vec<u8> =
        [1.5f32, -2.0].iter().flat_map(|v| half::f16::from_f32(*v).to_le_bytes()).collect();
    let bytes = archive(&pickle("w", "HalfStorage", 0, &[2], &[1]), &storage);
    let (_, tensors) = torch_zip::parse(&bytes).expect("read");
    assert_eq!(tensors["w"].values, Values::F32(vec![1.5, -2.0]));
}

#[test]
fn views_beyond_their_storage_are_errors() {
    for (offset, shape, strides) in [
        (5, &[2u8][..], &[1u8][..]),
        (0, &[7], &[1]),
        (0, &[2, 2], &[255, 255]),
        (0, &[255; 9], &[0; 9]),
    ] {
        let bytes = archive(&pickle("w", "FloatStorage", offset, shape, strides), &six());
        assert!(torch_zip::parse(&bytes).is_err(), "{offset} {shape:?} {strides:?}");
    }
}

#[test]
fn a_zip_bomb_ends_at_its_budget() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    zip.start_file("a/data.pkl", options).expect("an entry");
    zip.write_all(&pickle("w", "FloatStorage", 0, &[6], &[1])).expect("written");
    zip.start_file("a/data/0", options).expect("an entry");
    zip.write_all(&vec![0; 32 << 20]).expect("written");
    let bytes = zip.finish().expect("an archive").into_inner();
    let error = torch_zip::parse(&bytes).expect_err("an error");
    assert!(error.contains("larger than"), "{error}");
}

#[test]
fn code_in_a_pickle_is_not_run_and_is_no_tensor() {
    let evil = b"\x80\x02cposix\nsystem\nX\x0d\x00\x00\x00touch /tmp/pwn\x85R.";
    let error = torch_zip::parse(&archive(evil, &[])).expect_err("an error");
    assert!(!Path::new("/tmp/pwn").exists(), "{error}");
}

#[test]
fn every_truncation_and_many_mutations_end_in_an_error_or_a_value() {
    let whole = archive(&pickle("w", "FloatStorage", 0, &[6], &[1]), &six());
    for length in 0..whole.len() {
        let _ = torch_zip::parse(&whole[..length]);
    }
    let pickle = pickle("w", "FloatStorage", 0, &[6], &[1]);
    for at in 0..pickle.len() {
        for byte in 0..=255u8 {
            let mut broken = pickle.clone();
            broken[at] = byte;
            let _ = super::pickle::parse(&broken);
            if byte % 16 == 0 {
                let _ = torch_zip::parse(&archive(&broken, &six()));
            }
        }
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn own_weights_load_back_bit_for_bit() {
    let dir = folder();
    let path = dir.path().join("w.safetensors");
    let store = nn::VarStore::new(Device::Cpu);
    build(&store.root(), Backbone::Resnet18, 3);
    save_safetensors(&store, &[("backbone", "resnet18")], &path).expect("saved");
    let mut other = nn::VarStore::new(Device::Cpu);
    build(&other.root(), Backbone::Resnet18, 5);
    let report =
        load_backbone(&mut other, Backbone::Resnet18, &read(&path).expect("read")).expect("loaded");
    assert_eq!((report.tensors, report.dropped.len()), (100, 2));
    let (a, b) = (store.variables(), other.variables());
    let b: std::collections::BTreeMap<_, _> = b.into_iter().collect();
    for (name, tensor) in &b {
        if !name.starts_with("fc.") {
            assert!(tensor.equal(&a[name]), "{name}");
        }
    }
}

#[test]
fn another_network_is_named_in_the_error() {
    let dir = folder();
    let path = dir.path().join("w.safetensors");
    let store = nn::VarStore::new(Device::Cpu);
    build(&store.root(), Backbone::Resnet34, 3);
    save_safetensors(&store, &[], &path).expect("saved");
    let error = check_backbone(Backbone::Resnet18, &read(&path).expect("read"))
        .expect_err("an error")
        .to_string();
    assert!(
        error.contains("unexpected: layer1.2.bn1.bias") && error.contains("resnet34"),
        "{error}"
    );
}

#[test]
fn foreign_files_are_told_apart() {
    let dir = folder();
    for (bytes, part) in [
        (&b""[..], "empty"),
        (b"<!doctype html><html></html>", "web page"),
        (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", "before 1.6"),
        (b"\x89HDF\r\n\x1a\n....", "HDF5"),
    ] {
        let path = dir.path().join("w.pth");
        std::fs::write(&path, bytes).expect("written");
        let error = read(&path).expect_err("an error");
        assert!(matches!(error, CheckpointError::Foreign { .. }));
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(matches!(read(&dir.path().join("none")), Err(CheckpointError::Read { .. })));
}

/// Folder of real checkpoints and data sets, where there is one.
fn real_data() -> Option<PathBuf> {
    let path = std::env::var_os("TRANSFOLIO_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let there = path.is_dir();
    if !there {
        eprintln!("skipped: no real data at {} (set TRANSFOLIO_TEST_DATA)", path.display());
    }
    there.then_some(path)
}

#[test]
fn real_mobilenets_fit_exactly() {
    let Some(data) = real_data() else { return };
    for file in [
        "mobilenet_v2_imagenet1k.pth.tar",
        "mobilenet_v2_inat_bird.safetensors",
        "mobilenet_v2_inat_insect.safetensors",
    ] {
        let checkpoint =
            read(&data.join("checkpoints/mobilenet_v2").join(file)).expect("a checkpoint");
        let mut store = nn::VarStore::new(Device::Cpu);
        build(&store.root(), Backbone::MobilenetV2, 2);
        let report =
            load_backbone(&mut store, Backbone::MobilenetV2, &checkpoint).expect("an exact fit");
        assert_eq!(report.tensors, 260);
    }
}
