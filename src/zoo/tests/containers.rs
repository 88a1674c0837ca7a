//! Each container with what is unusual, hostile or broken about it.

use std::io::{Cursor, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::writers::{Named, Pickle, bundle, legacy, python2, zip as torch_zip, zipped};
use super::{folder, read_bytes};
use crate::zoo::{CheckpointError, Container, read, read_nested};

/// A `data.pkl` of one tensor under `state_dict`.
fn pickle(class: &str, count: u64, offset: u64, shape: &[usize], strides: &[usize]) -> Vec<u8> {
    Pickle::new()
        .op(b"}(")
        .text("state_dict")
        .op(b"}(")
        .text("w")
        .global("torch._utils", "_rebuild_tensor_v2")
        .op(b"((")
        .text("storage")
        .global("torch", class)
        .text("0")
        .text("cpu")
        .int(count)
        .op(b"tQ")
        .int(offset)
        .ints(shape)
        .ints(strides)
        .op(b"\x89}tRuu")
        .end()
}

fn archive(entries: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in entries {
        zip.start_file(*name, options).expect("an entry");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("an archive").into_inner()
}

pub(super) fn stored_entries(entries: &[(&str, &[u8])]) -> Vec<u8> {
    archive(entries, CompressionMethod::Stored)
}

fn stored(pickle: &[u8], storage: &[u8]) -> Vec<u8> {
    stored_entries(&[("a/data.pkl", pickle), ("a/data/0", storage)])
}

fn six() -> Vec<u8> {
    (0..6u8).flat_map(|i| f32::from(i).to_le_bytes()).collect()
}

fn values(bytes: &[u8]) -> Vec<f64> {
    read_bytes(bytes).expect("read").tensors["w"].values().expect("values")
}

fn fault(bytes: &[u8]) -> String {
    read_bytes(bytes).expect_err("an error").to_string()
}

#[test]
fn strides_and_offsets_are_honoured() {
    let bytes = stored(&pickle("FloatStorage", 6, 1, &[2, 2], &[1, 2]), &six());
    assert_eq!(values(&bytes), [1.0, 3.0, 2.0, 4.0]);
}

#[test]
fn big_endian_archives_are_swapped() {
    let storage: Vec<u8> = [1.5f32, -2.0].iter().flat_map(|v| v.to_be_bytes()).collect();
    let pickle = pickle("FloatStorage", 2, 0, &[2], &[1]);
    let entries: [(&str, &[u8]); 3] =
        [("a/data.pkl", &pickle), ("a/byteorder", b"big"), ("a/data/0", &storage)];
    assert_eq!(values(&stored_entries(&entries)), [1.5, -2.0]);
}

#[test]
fn compressed_archives_are_unpacked() {
    let pickle = pickle("FloatStorage", 6, 0, &[6], &[1]);
    let entries: [(&str, &[u8]); 2] = [("a/data.pkl", &pickle), ("a/data/0", &six())];
    let bytes = archive(&entries, CompressionMethod::Deflated);
    assert_eq!(values(&bytes), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
}

#[test]
fn views_beyond_their_storage_are_errors() {
    for (count, offset, shape, strides) in [
        (6, 5, &[2usize][..], &[1usize][..]),
        (6, 0, &[7], &[1]),
        (6, 0, &[2, 2], &[255, 255]),
        (7, 0, &[6], &[1]),
        (6, 0, &[255; 9], &[0; 9]),
        (6, 0, &[usize::MAX >> 1, 4], &[1, 1]),
        (6, u64::MAX >> 1, &[6], &[1]),
        (6, 0, &[2, 2], &[1]),
        (6, 0, &[1; 40], &[1; 40]),
    ] {
        let bytes = stored(&pickle("FloatStorage", count, offset, shape, strides), &six());
        assert!(read_bytes(&bytes).is_err(), "{count} {offset} {shape:?} {strides:?}");
    }
}

/// 100 million values of a storage of six: nothing is made of them until a
/// network asks, and none does.
#[test]
fn an_expanded_tensor_costs_nothing() {
    let bytes = stored(&pickle("FloatStorage", 6, 0, &[100_000_000], &[0]), &six());
    let read = read_bytes(&bytes).expect("read");
    assert_eq!(read.tensors["w"].len(), 100_000_000);
    for shape in [&[100_000_000usize][..], &[1 << 20, 1 << 19], &[1, 1 << 21]] {
        let bytes = stored(&pickle("FloatStorage", 6, 0, shape, &vec![0; shape.len()]), &six());
        let read = read_bytes(&bytes).expect("read");
        let error = read.tensors["w"].values().expect_err("refused");
        assert!(error.contains("holds 6 values, which are repeated"), "{error}");
    }
    let bytes = stored(&pickle("FloatStorage", 6, 2, &[1000], &[0]), &six());
    assert_eq!(values(&bytes), [2.0; 1000], "a small one is read");
}

#[test]
fn archives_that_unpack_to_much_more_are_refused() {
    let pickle = pickle("FloatStorage", 8 << 20, 0, &[8 << 20], &[1]);
    let zeros = vec![0; 32 << 20];
    let bomb =
        archive(&[("a/data.pkl", &pickle), ("a/data/0", &zeros)], CompressionMethod::Deflated);
    assert!(bomb.len() < 64 << 10);
    assert!(fault(&bomb).contains("unpacks to more than"), "{}", fault(&bomb));
}

#[test]
fn an_entry_that_lies_about_its_size_is_refused() {
    let pickle = pickle("FloatStorage", 6, 0, &[6], &[1]);
    let honest = archive(
        &[("a/data.pkl", &pickle), ("a/data/0", &vec![7; 4096])],
        CompressionMethod::Deflated,
    );
    // The size of the second entry, in its own header and in the directory.
    let mut lying = honest.clone();
    let size = 4096u32.to_le_bytes();
    let places: Vec<usize> =
        (0..honest.len() - 4).filter(|at| honest[*at..*at + 4] == size).collect();
    assert_eq!(places.len(), 2);
    for at in places {
        lying[at..at + 4].copy_from_slice(&24u32.to_le_bytes());
    }
    assert!(read_bytes(&lying).is_err());
}

#[test]
fn entries_that_overlap_are_refused() {
    let one = stored(&pickle("FloatStorage", 6, 0, &[6], &[1]), &six());
    // The directory's entry for the storage points at the pickle.
    let second = (0..one.len() - 4).filter(|at| one[*at..*at + 4] == *b"PK\x01\x02").nth(1);
    let mut both = one.clone();
    both[second.expect("two entries") + 42..][..4].copy_from_slice(&[0; 4]);
    assert!(read_bytes(&both).is_err());
}

/// `os.system("touch FILE")`, by every way a pickle can call something.
#[test]
fn a_pickle_that_would_run_a_command_runs_nothing() {
    let dir = folder();
    let mark = dir.path().join("ran");
    let command = format!("touch {}", mark.display());
    let reduce = |p: Pickle| p.global("posix", "system").text(&command).op(b"\x85R");
    let inst = |p: Pickle| p.op(b"(").text(&command).op(b"iposix\nsystem\n");
    let new = |p: Pickle| p.global("posix", "system").text(&command).op(b"\x85\x81");
    let built = |p: Pickle| p.global("builtins", "eval").op(b")R").text(&command).op(b"\x85b");
    let calls: [&dyn Fn(Pickle) -> Pickle; 4] = [&reduce, &inst, &new, &built];
    for call in calls {
        let top = Pickle::new().then(call).end();
        let inside = Pickle::new().op(b"}(").text("state_dict").then(call).op(b"u").end();
        for evil in [&top, &inside] {
            assert!(read_bytes(&stored(evil, &[])).is_err());
            assert!(read_bytes(evil).is_err());
        }
        // Beside real tensors it is read as data.
        let mut beside = pickle("FloatStorage", 6, 0, &[6], &[1]);
        beside.truncate(beside.len() - 2);
        let beside = Pickle(beside).text("evil").then(call).op(b"u").end();
        if let Ok(read) = read_bytes(&stored(&beside, &six())) {
            assert_eq!(read.tensors.len(), 1);
        }
    }
    assert!(!mark.exists());
}

#[test]
fn whole_pickled_models_are_named_as_such() {
    let model = Pickle::new().global("torchvision.models.resnet", "ResNet").op(b")\x81}b").end();
    let error = fault(&stored(&model, &[]));
    assert!(error.contains("torchvision.models.resnet.ResNet"), "{error}");
}

#[test]
fn pickles_that_would_not_end_are_cut_off() {
    // Values out of nothing, marks, memos and nested tuples by the million.
    for part in [&b")"[..], b"(", b"N\x94", b")\x85", b"h\x00"] {
        let mut evil = vec![0x80, 2, b'N', b'q', 0];
        evil.extend(part.iter().cycle().take(5_000_000));
        assert!(read_bytes(&evil).is_err());
    }
    // A string longer than the file.
    let long = Pickle::new().op(b"X\xff\xff\xff\xff").op(b"short").end();
    assert!(read_bytes(&long).is_err());
}

/// Dicts of dicts that all refer to each other: each is walked once.
#[test]
fn shared_dicts_are_walked_once() {
    let mut evil = Pickle::new().op(b"}q\x00(");
    for level in 0..200u8 {
        evil = evil.text(&format!("k{level}")).op(b"}q").op(&[level + 1]).op(b"(");
        for key in 0..200 {
            evil = evil.text(&key.to_string()).op(b"h").op(&[level]);
        }
        evil = evil.op(b"u");
    }
    assert!(read_bytes(&evil.op(b"u").end()).is_err());
}

#[test]
fn files_of_python_2_are_read() {
    let tensors = [Named::new("conv1.weight", &[2, 3]), Named::new("bn1.bias", &[4])];
    let read = read_bytes(&python2(&["state_dict"], &tensors)).expect("read");
    assert_eq!((read.container, read.tensors.len()), (Container::TorchLegacy, 2));
    let wanted: Vec<f64> = tensors[0].values.iter().map(|v| f64::from(*v)).collect();
    assert_eq!(read.tensors["conv1.weight"].values().expect("values"), wanted);
}

/// Before 0.4 a storage could be a part of another.
#[test]
fn parts_of_legacy_storages_are_read() {
    let object = |first: u64, length: u64| {
        Pickle::new()
            .op(b"}(")
            .text("w")
            .global("torch._utils", "_rebuild_tensor")
            .op(b"((")
            .text("storage")
            .global("torch.cuda", "FloatStorage")
            .text("7")
            .text("cuda:0")
            .int(6)
            .op(b"(")
            .text("8")
            .int(first)
            .int(length)
            .op(b"ttQ")
            .int(1)
            .ints(&[2])
            .ints(&[1])
            .op(b"tRu")
            .end()
    };
    let file = |object: Vec<u8>| {
        let magic = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.".to_vec();
        let version = Pickle::new().int(1001).end();
        let facts = Pickle::new().op(b"}").end();
        let keys = Pickle::new().op(b"](").text("7").op(b"e").end();
        [magic, version, facts, object, keys, 6u64.to_le_bytes().to_vec(), six()].concat()
    };
    assert_eq!(values(&file(object(2, 3))), [3.0, 4.0]);
    assert!(read_bytes(&file(object(5, 2))).is_err());
}

#[test]
fn legacy_storages_must_be_what_the_pickle_says() {
    let whole = legacy(&["model"], &[Named::new("w", &[6])]);
    let count = whole.len() - 24 - 8;
    for other in [5u64, 7, u64::MAX, 1 << 40] {
        let mut broken = whole.clone();
        broken[count..count + 8].copy_from_slice(&other.to_le_bytes());
        assert!(fault(&broken).contains("storage 0 has"), "{other}");
    }
    let error = fault(&whole[..whole.len() - 1]);
    assert!(error.contains("ends inside storage 0"), "{error}");
}

#[test]
fn bundles_lie_in_two_files() {
    let dir = folder();
    let tensors = [Named::new("a/kernel", &[2, 3]), Named::new("b", &[])];
    super::writers::write_bundle(dir.path(), "model.ckpt-7", &tensors);
    let by_folder = read(dir.path()).expect("read");
    let by_index = read(&dir.path().join("model.ckpt-7.index")).expect("read");
    assert_eq!(by_folder.sha256().expect("hashed"), by_index.sha256().expect("hashed"));
    assert_eq!(by_index.container, Container::TensorflowBundle);
    assert_eq!(by_index.tensors["a/kernel"].shape(), [2, 3]);
    // A value that changed is noticed when it is read.
    let data = dir.path().join("model.ckpt-7.data-00000-of-00001");
    let mut bytes = std::fs::read(&data).expect("read");
    bytes[3] ^= 1;
    std::fs::write(&data, &bytes).expect("written");
    let error = read(dir.path()).expect("read").tensors["a/kernel"].values().expect_err("damaged");
    assert!(error.contains("checksum"), "{error}");
    std::fs::write(&data, &bytes[..9]).expect("written");
    assert!(read(dir.path()).is_err());
    std::fs::remove_file(&data).expect("removed");
    let error = read(dir.path()).expect_err("no data").to_string();
    assert!(error.contains("model.ckpt-7.data-00000-of-00001"), "{error}");
}

#[test]
fn bundles_with_a_broken_index_are_refused() {
    let (index, _) = bundle(&[Named::new("w", &[2])], false);
    let dir = folder();
    let place = dir.path().join("m.index");
    std::fs::write(dir.path().join("m.data-00000-of-00001"), [0; 8]).expect("written");
    for at in 0..index.len() {
        let mut broken = index.clone();
        broken[at] ^= 0x55;
        std::fs::write(&place, &broken).expect("written");
        // The blocks have checksums; only the padding of the footer is free.
        let padding = index.len() - 48 + 4..index.len() - 8;
        assert!(read(&place).is_err() || padding.contains(&at), "byte {at}");
    }
}

#[test]
fn of_several_bundles_one_must_be_named() {
    let a = [Named::new("a", &[2])];
    let b = [Named::new("b", &[2])];
    let dir = folder();
    let path = dir.path().join("both.zip");
    std::fs::write(&path, zipped(&[("m/model.ckpt-1", &a), ("hub/variables", &b)])).expect("ok");
    let error = read(&path).expect_err("two").to_string();
    assert!(error.contains("m/model.ckpt-1, hub/variables"), "{error}");
    let one = read_nested(&path, &["model.ckpt-1".into()]).expect("one");
    assert!(one.tensors.contains_key("a"));
}

#[test]
fn nesting_is_found_or_named() {
    let tensors = [Named::new("w", &[2])];
    for key in ["state_dict", "model", "model_state_dict", "teacher", "odd"] {
        let read = read_bytes(&torch_zip(&[key], &tensors)).expect("read");
        assert_eq!(read.nesting.as_deref(), Some(key));
    }
    let dir = folder();
    let path = dir.path().join("w");
    std::fs::write(&path, torch_zip(&["model"], &tensors)).expect("written");
    let error = read_nested(&path, &["network".into()]).expect_err("an error").to_string();
    assert!(error.contains("under network") && error.contains("it has model"), "{error}");
}

#[test]
fn safetensors_with_a_wrong_header_are_refused() {
    let header = |json: &str, values: usize| {
        [&(json.len() as u64).to_le_bytes()[..], json.as_bytes(), &vec![0; values]].concat()
    };
    let tensor = |dtype: &str, shape: &str, from: u64, to: u64| {
        format!(r#"{{"w":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{from},{to}]}}}}"#)
    };
    assert!(read_bytes(&header(&tensor("F32", "[2]", 0, 8), 8)).is_ok());
    for (json, values) in [
        (tensor("F32", "[2]", 0, 8), 7),
        (tensor("F32", "[3]", 0, 8), 8),
        (tensor("F32", "[2]", 4, 12), 12),
        (tensor("F32", "[9223372036854775807,4]", 0, 8), 8),
        (tensor("F32", "[2]", 8, 0), 8),
        (tensor("C64", "[1]", 0, 8), 8),
    ] {
        assert!(read_bytes(&header(&json, values)).is_err(), "{json}");
    }
    let mut huge = header(&tensor("F32", "[2]", 0, 8), 8);
    huge[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(read_bytes(&huge).is_err());
}

#[test]
fn foreign_files_are_told_apart() {
    for (bytes, part) in [
        (&b""[..], "empty"),
        (b"<!doctype html><html></html>", "web page"),
        (b"\x89HDF\r\n\x1a\n....", "HDF5"),
        (b"\x1f\x8b\x08..........", "gzip"),
    ] {
        let error = read_bytes(bytes).expect_err("an error");
        assert!(matches!(error, CheckpointError::Foreign { .. }));
        assert!(error.to_string().contains(part), "{error}");
    }
    let zip = stored_entries(&[("readme.txt", b"hello")]);
    assert!(fault(&zip).contains("neither a data.pkl"), "{}", fault(&zip));
    assert!(matches!(read(Path::new("/nonexistent")), Err(CheckpointError::Read { .. })));
}
