//! Archives of arrays, from their headers to the cache.

use transfolio::data;
use transfolio::spec::{Source, Target as Kind, Task};

use crate::damage::{Members, archive, damaged_archive};
use crate::harness::{Target, folder};

fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let mut head = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    head += &" ".repeat((64 - (head.len() + 11) % 64) % 64);
    head.push('\n');
    let mut out = b"\x93NUMPY\x01\x00".to_vec();
    out.extend((head.len() as u16).to_le_bytes());
    out.extend(head.bytes());
    out.extend(data);
    out
}

/// Four cases for training and two each for the rest.
fn seed(
    of: &str,
    image: &str,
    pixels: usize,
    descr: &str,
    columns: usize,
    width: usize,
) -> Members {
    let mut out = Members::new();
    for (split, count) in [("train", 4), ("val", 2), ("test", 2)] {
        let bytes: Vec<u8> = (0..count * pixels).map(|at| (at * 37 % 251) as u8).collect();
        let shape = format!("({count}, {image})");
        out.push((format!("{split}_images.npy"), npy(of, &shape, &bytes)));
        let labels: Vec<u8> = (0..count * columns)
            .flat_map(|at| {
                let mut value = vec![0; width];
                value[0] = u8::from((at + at / columns).is_multiple_of(2));
                value
            })
            .collect();
        let shape = format!("({count}, {columns})");
        out.push((format!("{split}_labels.npy"), npy(descr, &shape, &labels)));
    }
    out
}

#[test]
fn npz() {
    let seeds = [
        seed("|u1", "4, 5", 20, "|u1", 1, 1),
        seed("|u1", "4, 5, 3", 60, "<i8", 1, 8),
        seed("|u1", "4, 5, 1", 20, "<i4", 3, 4),
    ];
    let others: Vec<Vec<u8>> = seeds.iter().flatten().map(|(_, bytes)| bytes.clone()).collect();
    let words = ["(4, 4, 5)", "(9999999999, 4, 5)", "'<f8'", "'|b1'", "True", "'>i2'", "(4,)"];
    let folder = folder();
    let path = folder.path().join("a.npz");
    let cache = folder.path().join("cache");
    let tasks = [Kind::Binary, Kind::MultiClass, Kind::MultiLabel]
        .map(|target| Task { path: Some(path.clone()), ..Task::new(Source::Npz, target) });
    let whole: Vec<Vec<u8>> = (seeds.iter().enumerate())
        .map(|(at, members)| [vec![at as u8], archive(members, true)].concat())
        .collect();
    let turn = std::cell::Cell::new(0_u64);
    Target {
        name: "npz",
        inputs: 1000,
        bound: (24 << 20, 64),
        least_read: 0.02,
        make: &|dice| {
            // The first byte chooses the kind of target.
            let at = dice.below(seeds.len());
            let mut bytes = vec![at as u8];
            bytes.extend(damaged_archive(&seeds[at..=at], &others, &words, dice));
            bytes
        },
        read: &|bytes| {
            turn.set(turn.get() + 1);
            if turn.get().is_multiple_of(256) {
                let _ = std::fs::remove_dir_all(&cache);
            }
            let (task, bytes) = (&tasks[usize::from(bytes[0]) % tasks.len()], &bytes[1..]);
            std::fs::write(&path, bytes).expect("written");
            let size = data::estimate("t", task, 4);
            let few = size.is_ok_and(|size| size.images < 100);
            few && data::prepare("t", task, 4, &cache, &|_, _| {}).is_ok()
        },
    }
    .run(&whole);
}
