//! torch files, zip and legacy, and as Python 2 wrote them.

use std::io::{Cursor, Write};

use ::zip::write::SimpleFileOptions;
use ::zip::{CompressionMethod, ZipWriter};

use super::{Named, Pickle};

/// Dicts around the tensors: a key and what lies beside it.
type Nest<'a> = &'a [&'a str];

fn strides(shape: &[usize]) -> Vec<usize> {
    (0..shape.len()).map(|axis| shape[axis + 1..].iter().product()).collect()
}

/// `{nest: {..., "epoch": 3, name: tensor, ...}}`.
fn object(nest: Nest<'_>, tensors: &[Named], old: bool) -> Vec<u8> {
    let text = |p: Pickle, text: &str| if old { p.old(text.as_bytes()) } else { p.text(text) };
    let mut pickle = Pickle::new();
    for key in nest {
        pickle = text(pickle.op(b"}("), "epoch").int(3).then(|p| text(p, key));
    }
    pickle = pickle.global("collections", "OrderedDict");
    // Python 2 hands the items over in a list of lists.
    pickle = if old { pickle.op(b"](") } else { pickle.op(b")R(") };
    for (i, tensor) in tensors.iter().enumerate() {
        let (class, count) = class_of(tensor);
        pickle = if old { pickle.op(b"](") } else { pickle };
        pickle = text(pickle, &tensor.name)
            .global("torch._utils", if old { "_rebuild_tensor" } else { "_rebuild_tensor_v2" })
            .op(b"((")
            .then(|p| text(p, "storage"))
            .global("torch", class)
            .then(|p| text(p, &i.to_string()))
            .then(|p| text(p, "cpu"))
            .int(count as u64)
            .then(|p| if old { p.op(b"N") } else { p })
            .op(b"tQ")
            .int(0)
            .ints(&tensor.shape)
            .ints(&strides(&tensor.shape));
        pickle = if old { pickle.op(b"tRe") } else { pickle.op(b"\x89}tR") };
    }
    pickle = if old { pickle.op(b"e\x85R") } else { pickle.op(b"u") };
    nest.iter().fold(pickle, |p, _| p.op(b"u")).end()
}

/// Counters of batches are integers.
fn class_of(tensor: &Named) -> (&'static str, usize) {
    let is_long = tensor.name.ends_with("num_batches_tracked") || tensor.name.ends_with("_index");
    (if is_long { "LongStorage" } else { "FloatStorage" }, tensor.values.len())
}

fn storage(tensor: &Named) -> Vec<u8> {
    match class_of(tensor).0 {
        "LongStorage" => tensor.values.iter().flat_map(|v| (*v as i64).to_le_bytes()).collect(),
        _ => tensor.bytes(),
    }
}

/// A file of torch 1.6 or later.
pub(in crate::zoo::tests) fn zip(nest: Nest<'_>, tensors: &[Named]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut entry = |name: String, bytes: &[u8]| {
        zip.start_file(name, options).expect("an entry");
        zip.write_all(bytes).expect("written");
    };
    entry("archive/data.pkl".into(), &object(nest, tensors, false));
    entry("archive/version".into(), b"3\n");
    entry("archive/byteorder".into(), b"little");
    for (i, tensor) in tensors.iter().enumerate() {
        entry(format!("archive/data/{i}"), &storage(tensor));
    }
    zip.finish().expect("an archive").into_inner()
}

fn stacked(object: Vec<u8>, tensors: &[Named], old: bool) -> Vec<u8> {
    let magic = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.".to_vec();
    let facts = Pickle::new().op(b"}").text("little_endian").op(b"\x88s").end();
    let key = |p: Pickle, i: usize| {
        let key = i.to_string();
        if old { p.old(key.as_bytes()) } else { p.text(&key) }
    };
    let keys = (0..tensors.len()).fold(Pickle::new().op(b"]("), key).op(b"e").end();
    let mut file = [magic, Pickle::new().op(b"M\xe9\x03").end(), facts, object, keys].concat();
    for tensor in tensors {
        file.extend((tensor.values.len() as u64).to_le_bytes());
        file.extend(storage(tensor));
    }
    file
}

/// A file of torch before 1.6.
pub(in crate::zoo::tests) fn legacy(nest: Nest<'_>, tensors: &[Named]) -> Vec<u8> {
    stacked(object(nest, tensors, false), tensors, false)
}

/// A file of torch 0.2 under Python 2.7.
pub(in crate::zoo::tests) fn python2(nest: Nest<'_>, tensors: &[Named]) -> Vec<u8> {
    stacked(object(nest, tensors, true), tensors, true)
}

/// A file with several state dicts at its top, each under its key.
pub(in crate::zoo::tests) fn grouped(groups: &[(&str, &[Named])]) -> Vec<u8> {
    let mut pickle = Pickle::new().op(b"}(").text("epoch").int(3);
    let mut all: Vec<&Named> = Vec::new();
    for (key, tensors) in groups {
        pickle = pickle.text(key).global("collections", "OrderedDict").op(b")R(");
        for tensor in *tensors {
            pickle = item(pickle, tensor, all.len());
            all.push(tensor);
        }
        pickle = pickle.op(b"u");
    }
    let pickle = pickle.op(b"u").end();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut entry = |name: String, bytes: &[u8]| {
        zip.start_file(name, options).expect("an entry");
        zip.write_all(bytes).expect("written");
    };
    entry("archive/data.pkl".into(), &pickle);
    for (i, tensor) in all.iter().enumerate() {
        entry(format!("archive/data/{i}"), &storage(tensor));
    }
    zip.finish().expect("an archive").into_inner()
}

/// A name and its tensor, in the storage of that number.
fn item(pickle: Pickle, tensor: &Named, storage: usize) -> Pickle {
    let (class, count) = class_of(tensor);
    pickle
        .text(&tensor.name)
        .global("torch._utils", "_rebuild_tensor_v2")
        .op(b"((")
        .text("storage")
        .global("torch", class)
        .text(&storage.to_string())
        .text("cpu")
        .int(count as u64)
        .op(b"tQ")
        .int(0)
        .ints(&tensor.shape)
        .ints(&strides(&tensor.shape))
        .op(b"\x89}tR")
}
