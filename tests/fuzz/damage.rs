//! Damage to valid inputs.

use std::io::{Cursor, Read as _, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Random numbers of an input: `SplitMix64`, which costs next to nothing.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn of(number: u64) -> Self {
        Self(number.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(1))
    }

    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    pub(crate) fn below(&mut self, most: usize) -> usize {
        (self.word() % most.max(1) as u64) as usize
    }

    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// Numbers that sizes and offsets are wrong with.
const SIZES: [u64; 12] = [
    0,
    1,
    0x7f,
    0xff,
    0xffff,
    0x7fff_ffff,
    0xffff_ffff,
    0x1_0000_0000,
    0x7fff_ffff_ffff_ffff,
    0xffff_ffff_ffff_ffff,
    0x8000_0000,
    1 << 40,
];

/// Bytes with one change or a few, one most often; `others` are what parts are taken from.
pub(crate) fn damage(bytes: &mut Vec<u8>, others: &[Vec<u8>], words: &[&str], dice: &mut Dice) {
    let changes = *dice.pick(&[1, 1, 1, 2, 3, 5]);
    for _ in 0..changes {
        if bytes.len() < 2 {
            return;
        }
        let at = dice.below(bytes.len());
        let end = |dice: &mut Dice, most| (at + dice.below(most)).min(bytes.len());
        match dice.below(10) {
            0 => bytes[at] = dice.below(256) as u8,
            1 => bytes[at] ^= 1 << dice.below(8),
            2 => bytes[at] = *dice.pick(&[0, 0xff, 0x7f, 0x80, b'0', b'9', b'"', b'\n']),
            3 if dice.one_in(3) => bytes.truncate(at),
            3 | 4 => {
                let end = end(dice, 24);
                bytes.drain(at..end);
            }
            5 => {
                let end = end(dice, 24);
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            6 => {
                // A part of one place at another.
                let end = end(dice, 40);
                let part = bytes[at..end].to_vec();
                let to = dice.below(bytes.len());
                let stop = (to + part.len()).min(bytes.len());
                bytes.splice(to..stop, part);
            }
            7 => {
                let size = dice.pick(&SIZES).to_le_bytes();
                let width = *dice.pick(&[2, 4, 8]);
                let mut size = size[..width].to_vec();
                if dice.one_in(4) {
                    size.reverse();
                }
                let stop = (at + width).min(bytes.len());
                bytes.splice(at..stop, size);
            }
            8 if !words.is_empty() => {
                let word = dice.pick(words).bytes();
                let stop = (at + dice.below(12)).min(bytes.len());
                bytes.splice(at..stop, word);
            }
            _ => {
                let other = dice.pick(others);
                let from = dice.below(other.len());
                let stop = (from + dice.below(64)).min(other.len());
                let part = other[from..stop].to_vec();
                bytes.splice(at..at, part);
            }
        }
    }
}

/// An archive by members.
pub(crate) type Members = Vec<(String, Vec<u8>)>;

/// The members of an archive.
pub(crate) fn members(archive: &[u8]) -> Members {
    let mut archive = ZipArchive::new(Cursor::new(archive)).expect("an archive");
    let mut out = Members::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a member");
        let name = file.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("read");
        out.push((name, bytes));
    }
    out
}

/// The archive of members; sums and sizes are right.
pub(crate) fn archive(members: &Members, deflated: bool) -> Vec<u8> {
    let method = if deflated { CompressionMethod::Deflated } else { CompressionMethod::Stored };
    let options = SimpleFileOptions::default().compression_method(method);
    let mut zip = ZipWriter::new(Cursor::new(Vec::with_capacity(4096)));
    for (name, bytes) in members {
        if zip.start_file(name.as_str(), options).is_ok() {
            zip.write_all(bytes).expect("written");
        }
    }
    zip.finish().expect("an archive").into_inner()
}

/// An archive with damage: two times in three within one member, else anywhere.
pub(crate) fn damaged_archive(
    seeds: &[Members],
    others: &[Vec<u8>],
    words: &[&str],
    dice: &mut Dice,
) -> Vec<u8> {
    let mut members = dice.pick(seeds).clone();
    let deflated = dice.one_in(4);
    if dice.one_in(3) {
        let mut bytes = archive(&members, deflated);
        damage(&mut bytes, others, words, dice);
        return bytes;
    }
    let at = dice.below(members.len());
    match dice.below(12) {
        0 => {
            members.remove(at);
        }
        1 => {
            let twin = members[dice.below(members.len())].1.clone();
            members[at].1 = twin;
        }
        _ => damage(&mut members[at].1, others, words, dice),
    }
    archive(&members, deflated)
}
