//! Checksums inside of files: a seal is the SHA-256 of the file without it.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// Key of the checksum, in `record.json` and in the header of a resume file.
pub const KEY: &str = "sha256";

/// What stands in the place of a seal while it is computed.
pub const BLANK: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What a seal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// There is none: the file is of an earlier version.
    Absent,
    /// The file is what was written.
    Intact,
    /// It is not.
    Broken,
}

/// The seal of a JSON object: over its canonical text, keys sorted, so that
/// neither blanks nor the order of keys matter, and what a later version adds
/// counts too.
pub fn of_json(object: &Value) -> String {
    let mut hasher = Sha256::new();
    canonical(object, true, &mut |text| hasher.update(text.as_bytes()));
    hex(&hasher.finalize())
}

/// Whether a JSON object is as it was sealed.
pub fn check_json(object: &Value) -> Seal {
    match object.get(KEY) {
        None => Seal::Absent,
        Some(Value::String(seal)) if *seal == of_json(object) => Seal::Intact,
        Some(_) => Seal::Broken,
    }
}

/// SHA-256 of some bytes, in hex.
pub fn sha256_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Length and SHA-256 of what is left of a file, read in pieces.
///
/// # Errors
/// It cannot be read.
pub fn sha256_of_file(file: &mut impl std::io::Read) -> std::io::Result<(u64, String)> {
    let mut hasher = Sha256::new();
    // Small: most files are smaller than it takes to clear a large one.
    let mut buffer = [0; 16 << 10];
    let mut length = 0;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((length, hex(&hasher.finalize()))),
            read => {
                length += read as u64;
                hasher.update(&buffer[..read]);
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn canonical(value: &Value, outermost: bool, out: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> =
                map.keys().filter(|key| !(outermost && key.as_str() == KEY)).collect();
            keys.sort();
            out("{");
            for key in keys {
                out(&Value::String(key.clone()).to_string());
                out(":");
                canonical(&map[key], false, out);
                out(",");
            }
            out("}");
        }
        Value::Array(list) => {
            out("[");
            for value in list {
                canonical(value, false, out);
                out(",");
            }
            out("]");
        }
        plain => out(&plain.to_string()),
    }
}

/// Puts the seal into the header of a safetensors file, in the place that
/// [`BLANK`] keeps for it.
pub fn seal_tensors(file: &mut [u8]) {
    if let Some(at) = place(file, |text| text == BLANK.as_bytes()) {
        let seal = hex(&Sha256::digest(&*file));
        file[at..at + BLANK.len()].copy_from_slice(seal.as_bytes());
    }
}

/// Whether a safetensors file is as it was sealed.
pub fn check_tensors(file: &[u8]) -> Seal {
    let Some(at) = place(file, |text| !text.contains(&b'"')) else { return Seal::Absent };
    let end = at + BLANK.len();
    let mut hasher = Sha256::new();
    for part in [&file[..at], BLANK.as_bytes(), &file[end..]] {
        hasher.update(part);
    }
    if hex(&hasher.finalize()).as_bytes() == &file[at..end] { Seal::Intact } else { Seal::Broken }
}

/// Where the seal stands in the header of a safetensors file: the one text of its
/// length, whatever became of its key.
fn place(file: &[u8], is_seal: impl Fn(&[u8]) -> bool) -> Option<usize> {
    const BEFORE: &[u8] = b"\":\"";
    let length = u64::from_le_bytes(file.get(..8)?.try_into().ok()?);
    let header = &file[..usize::try_from(length).ok()?.saturating_add(8).min(file.len())];
    let whole = BEFORE.len() + BLANK.len() + 1;
    let is_text = |window: &[u8]| {
        window.starts_with(BEFORE)
            && window.ends_with(b"\"")
            && is_seal(&window[BEFORE.len()..whole - 1])
    };
    header.windows(whole).position(is_text).map(|at| at + BEFORE.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_seal_is_of_what_an_object_says_and_not_of_how_it_is_written() {
        let mut record = json!({ "b": [1, 2.5, "x"], "a": { "sha256": "inner", "n": null } });
        assert_eq!(check_json(&record), Seal::Absent);
        record[KEY] = of_json(&record).into();
        assert_eq!(check_json(&record), Seal::Intact);
        let pretty = serde_json::to_string_pretty(&record).expect("JSON").replace('\n', "\r\n");
        assert_eq!(check_json(&serde_json::from_str(&pretty).expect("JSON")), Seal::Intact);
        for (pointer, other) in [
            ("/b/0", json!(2)),
            ("/b/1", json!(2.500_000_000_000_000_4)),
            ("/b/2", json!("x ")),
            ("/a/sha256", json!("outer")),
            ("/a/n", json!(0)),
            ("/sha256", json!(BLANK)),
            ("/sha256", json!(7)),
        ] {
            let mut forged = record.clone();
            *forged.pointer_mut(pointer).expect("a place") = other;
            assert_eq!(check_json(&forged), Seal::Broken, "{pointer}");
        }
        let mut more = record.clone();
        more["c"] = json!([]);
        assert_eq!(check_json(&more), Seal::Broken);
    }

    #[test]
    fn every_flipped_bit_of_a_sealed_file_is_noticed() {
        let header = format!("{{\"__metadata__\":{{\"a\":\"1\",\"{KEY}\":\"{BLANK}\"}}}}");
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header.bytes());
        file.extend(*b"data of some length");
        assert_eq!(check_tensors(&file), Seal::Broken, "not sealed yet");
        seal_tensors(&mut file);
        assert_eq!(check_tensors(&file), Seal::Intact);
        for at in 0..file.len() {
            let mut flipped = file.clone();
            flipped[at] ^= 1;
            assert_ne!(check_tensors(&flipped), Seal::Intact, "byte {at}");
        }
        for length in 0..file.len() {
            assert_ne!(check_tensors(&file[..length]), Seal::Intact, "cut to {length}");
        }
        assert_eq!(check_tensors(b"\x02\0\0\0\0\0\0\0{}"), Seal::Absent);
    }
}
