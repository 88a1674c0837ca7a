//! The kept corpus: read exactly, and never a panic whatever is done to it.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::containers::stored_entries as stored;
use super::read_bytes;
use super::writers::{Named, rows, table, zipped};
use crate::zoo::{Checkpoint, Container, read, read_nested};

fn corpus(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/zoo/corpus").join(file)
}

fn values(checkpoint: &Checkpoint, name: &str) -> Vec<f64> {
    checkpoint.tensors[name].values().expect(name)
}

#[test]
fn files_of_torch_are_read_exactly() {
    for (file, container) in [
        ("torch_zip.pth", Container::TorchZip),
        ("torch_legacy.pth", Container::TorchLegacy),
        ("plain.safetensors", Container::Safetensors),
    ] {
        let read = read(&corpus(file)).expect(file);
        assert_eq!(read.container, container);
        let nested = (container != Container::Safetensors).then_some("state_dict");
        assert_eq!(read.nesting.as_deref(), nested);
        assert_eq!(read.tensors.len(), 10, "{file}");
        let rising: Vec<f64> = (0..12).map(f64::from).collect();
        assert_eq!(values(&read, "whole"), rising);
        assert_eq!(read.tensors["part"].shape(), [2, 3]);
        assert_eq!(values(&read, "part"), rising[2..8]);
        assert_eq!(read.tensors["turned"].shape(), [4, 3]);
        assert_eq!(values(&read, "turned")[..4], [0.0, 4.0, 8.0, 1.0]);
        assert_eq!(values(&read, "half"), [1.5, -2.0]);
        assert_eq!(values(&read, "brain"), [1.5, -2.0]);
        assert_eq!(values(&read, "double"), [0.1, 1e300]);
        assert_eq!(values(&read, "count"), [7.0]);
        assert_eq!(values(&read, "flags"), [1.0, 0.0, 1.0]);
        assert_eq!(values(&read, "bytes"), [1.0, 255.0]);
        assert_eq!(read.tensors["none"].shape(), [0, 3]);
        assert_eq!(values(&read, "none"), [0.0; 0]);
    }
}

#[test]
fn a_pickle_of_dill_is_read_exactly() {
    let nesting = ["experiment_state.online_params+experiment_state.online_state".to_string()];
    let read = read_nested(&corpus("byol.pkl"), &nesting).expect("read");
    assert_eq!(read.container, Container::NumpyPickle);
    assert_eq!(read.tensors["net/~/conv/w"].shape(), [1, 2, 3, 4]);
    let rising: Vec<f64> = (0..24).map(|i| f64::from(i) - 3.0).collect();
    assert_eq!(values(&read, "net/~/conv/w"), rising);
    // Fortran order, f64.
    assert_eq!(values(&read, "net/~/norm/scale"), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    // Big-endian.
    assert_eq!(values(&read, "net/~/norm/average"), [1.0, 2.0]);
}

/// The bundle of the corpus, as the writer in these tests makes it.
fn bundle() -> Vec<u8> {
    let tensors: Vec<Named> =
        (0..20).map(|i| Named::new(format!("layer_{i}/kernel"), &[2, i % 3 + 1])).collect();
    zipped(&[("model.ckpt-1", &tensors)])
}

#[test]
fn a_bundle_in_an_archive_is_read_exactly() {
    let path = corpus("bundle.zip");
    if std::env::var_os("TRANSFOLIO_WRITE_CORPUS").is_some() {
        std::fs::write(&path, bundle()).expect("written");
    }
    let read = read(&path).expect("read");
    assert_eq!((read.container, read.tensors.len()), (Container::TensorflowZip, 20));
    let wanted = Named::new("layer_7/kernel", &[2, 2]);
    let wanted: Vec<f64> = wanted.values.iter().map(|v| f64::from(*v)).collect();
    assert_eq!(values(&read, "layer_7/kernel"), wanted);
}

const FILES: [&str; 5] =
    ["torch_zip.pth", "torch_legacy.pth", "plain.safetensors", "byol.pkl", "bundle.zip"];

/// Reads a file and all its values; the outcome does not matter, only that
/// there is one.
fn survive(bytes: &[u8]) {
    if let Ok(checkpoint) = read_bytes(bytes) {
        for group in &checkpoint.groups {
            for tensor in group.tensors.values() {
                // A view may repeat a value for ever; a network would ask for
                // no more than it has.
                if tensor.len() < 1 << 20 {
                    let _ = tensor.values();
                }
            }
        }
    }
}

#[test]
fn every_truncation_ends_in_an_error_or_a_value() {
    for file in FILES {
        let whole = std::fs::read(corpus(file)).expect(file);
        for length in 0..whole.len() {
            survive(&whole[..length]);
        }
    }
}

#[test]
fn every_byte_can_be_flipped() {
    for file in FILES {
        let whole = std::fs::read(corpus(file)).expect(file);
        for at in 0..whole.len() {
            for with in [0x01, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] ^= with;
                survive(&bytes);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]
    /// Several changes at once: bytes overwritten, a part cut out or doubled.
    #[test]
    fn mutations_end_in_an_error_or_a_value(
        file in 0..FILES.len(),
        overwritten in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        from in any::<prop::sample::Index>(),
        length in 0usize..64,
        doubled in any::<bool>(),
    ) {
        let mut bytes = std::fs::read(corpus(FILES[file])).expect("read");
        for (at, byte) in overwritten {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let from = from.index(bytes.len());
        let end = (from + length).min(bytes.len());
        let part: Vec<u8> = if doubled { bytes[from..end].to_vec() } else { Vec::new() };
        let upto = if doubled { from } else { end };
        bytes.splice(from..upto, part);
        survive(&bytes);
    }

    /// Entries of an index that were changed before their checksums were made:
    /// what a hostile writer would do.
    #[test]
    fn hostile_indices_end_in_an_error_or_a_value(
        changes in proptest::collection::vec(
            (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()),
            1..6,
        ),
    ) {
        let tensors: Vec<Named> = (0..3).map(|i| Named::new(format!("t{i}"), &[2, i + 1])).collect();
        let (mut rows, data) = rows(&tensors);
        for (row, at, byte) in changes {
            let row = row.index(rows.len());
            let at = at.index(rows[row].1.len());
            rows[row].1[at] = byte;
        }
        survive(&stored(&[
            ("m.index", &table(&rows, false)),
            ("m.data-00000-of-00001", &data),
        ]));
    }
}
