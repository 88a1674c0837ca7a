//! A checkpoint, whatever file it came from.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::archive::Archive;
use super::error::CheckpointError;
use super::group::Group;
use super::source::Section;
use super::tensor::TensorData;
use super::{numpy, safetensors_file, tensorflow, torch};

/// Keys under which state dicts are found, in the order they are tried.
const NESTINGS: [&str; 6] =
    ["state_dict", "model", "model_state_dict", "resnet", "teacher", "student"];

/// Kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// safetensors.
    Safetensors,
    /// torch 1.6 or later: a zip archive with a pickle.
    TorchZip,
    /// torch of before 1.6: stacked pickles.
    TorchLegacy,
    /// TensorFlow V2 checkpoint: an index and data files.
    TensorflowBundle,
    /// A zip archive with a TensorFlow V2 checkpoint.
    TensorflowZip,
    /// A pickle of numpy arrays.
    NumpyPickle,
}

impl Container {
    /// The name in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Safetensors => "safetensors file",
            Self::TorchZip => "torch file (zip)",
            Self::TorchLegacy => "torch file (legacy pickles)",
            Self::TensorflowBundle => "TensorFlow checkpoint",
            Self::TensorflowZip => "zip archive with a TensorFlow checkpoint",
            Self::NumpyPickle => "pickle of numpy arrays",
        }
    }
}

/// Named tensors of a file.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// The file.
    pub path: PathBuf,
    /// Kind of file.
    pub container: Container,
    /// Key under which the tensors were nested.
    pub nesting: Option<String>,
    /// Tensors by name as in the file, wrapper prefixes included. Their values
    /// are read when they are wanted.
    pub tensors: BTreeMap<String, TensorData>,
    /// The same tensors by the places in the file where they lie together,
    /// and those of all other places (optimiser state, a second network).
    pub groups: Vec<Group>,
}

/// Reads a checkpoint; nothing in it is executed, values stay in the file.
pub fn read(path: &Path) -> Result<Checkpoint, CheckpointError> {
    read_nested(path, &[])
}

/// Reads a checkpoint whose tensors lie under one of some keys, the first that
/// is there. Keys joined by `+` are taken together; the empty key is the top
/// level. Where none is named, the usual ones are tried.
pub fn read_nested(path: &Path, nesting: &[String]) -> Result<Checkpoint, CheckpointError> {
    let io = |source| CheckpointError::Read { path: path.to_path_buf(), source };
    if path.is_dir() {
        let index = tensorflow::index_in(path)
            .map_err(|reason| malformed(path, Container::TensorflowBundle, reason))?;
        let file = Section::open(&index).map_err(io)?;
        let read = read_section(&index, &file, nesting)?;
        return Ok(Checkpoint { path: path.to_path_buf(), ..read });
    }
    read_section(path, &Section::open(path).map_err(io)?, nesting)
}

/// Reads an open file; the path is for messages and for files beside it.
pub(super) fn read_section(
    path: &Path,
    file: &Section,
    nesting: &[String],
) -> Result<Checkpoint, CheckpointError> {
    let (container, groups) = open(path, file, nesting)?;
    let chosen = choose(path, &groups, nesting)?;
    let mut tensors = BTreeMap::new();
    for group in &chosen {
        if let Some(fault) = group.faults.first() {
            return Err(malformed(path, container, fault.clone()));
        }
        tensors.extend(group.tensors.clone());
    }
    let names: Vec<&str> = chosen.iter().map(|group| group.path.as_str()).collect();
    let nesting = Some(names.join("+")).filter(|name| !name.is_empty());
    Ok(Checkpoint { path: path.to_path_buf(), container, nesting, tensors, groups })
}

impl Checkpoint {
    /// SHA-256 of the file; of a TensorFlow checkpoint, of the lines
    /// `<SHA-256>  <name>` of its files in name order.
    pub fn sha256(&self) -> Result<String, CheckpointError> {
        sha256(&self.path)
            .map_err(|source| CheckpointError::Read { path: self.path.clone(), source })
    }
}

/// See [`Checkpoint::sha256`].
pub(super) fn sha256(path: &Path) -> io::Result<String> {
    let bundle = if path.is_dir() {
        tensorflow::index_in(path).ok()
    } else {
        Section::open(path).ok().filter(tensorflow::is_table).map(|_| path.to_path_buf())
    };
    let Some(index) = bundle else { return sha256_of_file(path) };
    let stem = index.with_extension("");
    let stem = stem.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = index.parent().unwrap_or(Path::new("."));
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name == format!("{stem}.index") || name.starts_with(&format!("{stem}.data-")) {
            files.push(path);
        }
    }
    files.sort();
    let mut lines = String::new();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        lines.push_str(&format!("{}  {name}\n", sha256_of_file(&file)?));
    }
    Ok(hex(&Sha256::digest(lines.as_bytes())))
}

pub(super) fn sha256_of_file(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&digest.finalize())),
            n => digest.update(&buffer[..n]),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Container and groups of a file.
fn open(
    path: &Path,
    file: &Section,
    nesting: &[String],
) -> Result<(Container, Vec<Group>), CheckpointError> {
    let io = |source| CheckpointError::Read { path: path.to_path_buf(), source };
    let mut archive = None;
    let container = match sniff(file, &mut archive).map_err(io)? {
        Sniffed::Known(container) => container,
        Sniffed::Zip(reason) => return Err(malformed(path, Container::TorchZip, reason)),
        Sniffed::Foreign(found) => {
            return Err(CheckpointError::Foreign { path: path.to_path_buf(), found });
        }
    };
    let groups = match (container, &mut archive) {
        (Container::TorchZip, Some((archive, root))) => torch::parse_zip(archive, root),
        (Container::TensorflowZip, Some((archive, _))) => bundle_of(archive, nesting),
        (Container::TorchLegacy, _) => torch::parse_legacy(file),
        (Container::TensorflowBundle, _) => tensorflow::parse_file(path, file),
        (Container::NumpyPickle, _) => numpy::parse(file),
        _ => safetensors_file::parse(file),
    };
    let groups = groups.map_err(|reason| malformed(path, container, reason))?;
    Ok((container, groups))
}

/// The one bundle of an archive, or the one that is asked for.
fn bundle_of(archive: &mut Archive, nesting: &[String]) -> Result<Vec<Group>, String> {
    let stems = tensorflow::bundles(archive);
    let wanted = nesting.iter().find_map(|n| stems.iter().find(|stem| stem.ends_with(n.as_str())));
    let stem = match (wanted, stems.as_slice()) {
        (Some(stem), _) => stem.clone(),
        (None, [one]) => one.clone(),
        _ => return Err(format!("it holds several checkpoints: {}", stems.join(", "))),
    };
    Ok(vec![tensorflow::parse_archive(archive, &stem)?])
}

/// The groups that the tensors are taken from.
fn choose<'a>(
    path: &Path,
    groups: &'a [Group],
    nesting: &[String],
) -> Result<Vec<&'a Group>, CheckpointError> {
    let by_path = |wanted: &str| groups.iter().find(|group| group.path == wanted);
    let together = |wanted: &String| wanted.split('+').map(by_path).collect::<Option<Vec<_>>>();
    if let Some(found) = nesting.iter().find_map(together) {
        return Ok(found);
    }
    if let [only] = groups
        && (nesting.is_empty() || nesting.iter().any(|n| only.path.ends_with(n.as_str())))
    {
        return Ok(vec![only]);
    }
    if nesting.is_empty() {
        let usual = NESTINGS.iter().copied().chain([""]).find_map(by_path);
        if let Some(found) = usual {
            return Ok(vec![found]);
        }
    }
    let shown = |path: &str| if path.is_empty() { "(top level)".into() } else { path.to_string() };
    let list = |paths: Vec<String>| paths.join(", ");
    let wanted = if nesting.is_empty() {
        list(NESTINGS.iter().map(ToString::to_string).collect())
    } else {
        list(nesting.iter().map(|n| shown(n)).collect())
    };
    Err(CheckpointError::Nesting {
        path: path.to_path_buf(),
        wanted,
        found: list(groups.iter().take(8).map(|group| shown(&group.path)).collect()),
    })
}

fn malformed(path: &Path, container: Container, reason: String) -> CheckpointError {
    CheckpointError::Malformed { path: path.to_path_buf(), container: container.name(), reason }
}

enum Sniffed {
    Known(Container),
    /// A zip archive that is none of the known ones.
    Zip(String),
    Foreign(&'static str),
}

/// Tells the container from the content; an archive is left open, with the
/// folder of its pickle.
fn sniff(file: &Section, open: &mut Option<(Archive, String)>) -> io::Result<Sniffed> {
    let head = file.head(512)?;
    let starts = |magic: &[u8]| head.starts_with(magic);
    if starts(b"PK\x03\x04") {
        let archive = match Archive::open(file) {
            Ok(archive) => archive,
            Err(reason) => return Ok(Sniffed::Zip(reason)),
        };
        let root =
            archive.names().iter().find_map(|n| n.strip_suffix("data.pkl").map(String::from));
        return Ok(match root {
            Some(root) => {
                *open = Some((archive, root));
                Sniffed::Known(Container::TorchZip)
            }
            None if !tensorflow::bundles(&archive).is_empty() => {
                *open = Some((archive, String::new()));
                Sniffed::Known(Container::TensorflowZip)
            }
            None => Sniffed::Zip(
                "it is a zip archive with neither a data.pkl nor a TensorFlow checkpoint".into(),
            ),
        });
    }
    if let [0x80, 2..=5, rest @ ..] = head.as_slice() {
        let legacy = rest.starts_with(&torch::MAGIC);
        return Ok(Sniffed::Known(if legacy {
            Container::TorchLegacy
        } else {
            Container::NumpyPickle
        }));
    }
    // A header length, then a JSON object.
    if head.len() > 9 && head[8] == b'{' {
        return Ok(Sniffed::Known(Container::Safetensors));
    }
    if tensorflow::is_table(file) {
        return Ok(Sniffed::Known(Container::TensorflowBundle));
    }
    Ok(Sniffed::Foreign(foreign(&head)))
}

fn foreign(head: &[u8]) -> &'static str {
    let starts = |magic: &[u8]| head.starts_with(magic);
    if head.is_empty() {
        "empty"
    } else if starts(b"\x89HDF") {
        "an HDF5 (Keras) file"
    } else if starts(b"<") || starts(b"version https://git-lfs") {
        "a web page or a Git LFS pointer, not the file itself"
    } else if starts(&[0x1f, 0x8b]) {
        "a gzip archive; unpack it first"
    } else if head.get(257..262) == Some(b"ustar") {
        "a tar archive; unpack it first"
    } else {
        "of an unknown kind"
    }
}
