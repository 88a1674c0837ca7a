//! A checkpoint, whatever file it came from.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::archive::Archive;
use super::choose::{alike, by_beginning, choose, likeliest, listed};
use super::error::CheckpointError;
use super::folder;
use super::group::Group;
use super::source::Section;
use super::tensor::TensorData;
use super::{numpy, safetensors_file, tensorflow, torch};
use crate::spec::Keys;

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
    /// A folder of Hugging Face: `config.json` and files of tensors.
    HuggingFace,
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
            Self::HuggingFace => "folder of Hugging Face",
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
    /// Other places that hold about as many tensors: further sets of weights.
    pub others: Vec<String>,
    /// The rules that `tensors` went through.
    pub(super) keys: Option<Keys>,
    /// The tensors before those rules.
    pub(super) untouched: Option<BTreeMap<String, TensorData>>,
    /// Names that the rules left out.
    pub(super) ignored: Vec<String>,
}

/// Reads a checkpoint; nothing in it is executed, values stay in the file.
/// Where its tensors lie under no usual key, the largest set is taken.
pub fn read(path: &Path) -> Result<Checkpoint, CheckpointError> {
    match read_nested(path, &[]) {
        Err(error @ CheckpointError::Nesting { .. }) => {
            let all = read_all(path)?;
            let place = likeliest(&all.groups).map(|group| group.path.clone());
            place.map_or(Err(error), |place| all.at(&place))
        }
        other => other,
    }
}

/// Reads a checkpoint as an init describes it: which set of weights, and rules
/// about their names.
pub fn read_as(
    path: &Path,
    weights_from: Option<&str>,
    keys: Option<&Keys>,
) -> Result<Checkpoint, CheckpointError> {
    let checkpoint = match weights_from {
        Some(place) => read_all(path)?.at(place)?,
        None => read(path)?,
    };
    match keys {
        Some(keys) => checkpoint.with_keys(keys),
        None => Ok(checkpoint),
    }
}

/// Reads a checkpoint whose tensors lie under one of some keys, the first that
/// is there. Keys joined by `+` are taken together; the empty key is the top
/// level. Where none is named, the usual ones are tried.
pub fn read_nested(path: &Path, nesting: &[String]) -> Result<Checkpoint, CheckpointError> {
    let io = |source| CheckpointError::Read { path: path.to_path_buf(), source };
    folder::refuse(path)?;
    if let Some(files) = folder::files(path)? {
        return files.read(path)?.chosen(nesting);
    }
    if path.is_dir() {
        let index = tensorflow::index_in(path)
            .map_err(|reason| malformed(path, Container::TensorflowBundle, reason))?;
        let file = Section::open(&index).map_err(io)?;
        let read = read_section(&index, &file, nesting)?;
        return Ok(Checkpoint { path: path.to_path_buf(), ..read });
    }
    read_section(path, &Section::open(path).map_err(io)?, nesting)
}

/// All sets of a file, none of them chosen.
fn read_all(path: &Path) -> Result<Checkpoint, CheckpointError> {
    folder::refuse(path)?;
    if let Some(files) = folder::files(path)? {
        return files.read(path);
    }
    let io = |source| CheckpointError::Read { path: path.to_path_buf(), source };
    let index = if path.is_dir() {
        tensorflow::index_in(path)
            .map_err(|reason| malformed(path, Container::TensorflowBundle, reason))?
    } else {
        path.to_path_buf()
    };
    let (container, groups) = open(&index, &Section::open(&index).map_err(io)?, &[])?;
    Ok(Checkpoint::of(path, container, groups))
}

/// Reads an open file; the path is for messages and for files beside it.
pub(super) fn read_section(
    path: &Path,
    file: &Section,
    nesting: &[String],
) -> Result<Checkpoint, CheckpointError> {
    let (container, groups) = open(path, file, nesting)?;
    Checkpoint::of(path, container, groups).chosen(nesting)
}

impl Checkpoint {
    /// Groups of which none is chosen yet.
    pub(super) fn of(path: &Path, container: Container, groups: Vec<Group>) -> Self {
        Self {
            path: path.to_path_buf(),
            container,
            nesting: None,
            tensors: BTreeMap::new(),
            groups,
            others: Vec::new(),
            keys: None,
            untouched: None,
            ignored: Vec::new(),
        }
    }

    /// The tensors under one of some keys; under a usual one where none is
    /// named.
    fn chosen(self, nesting: &[String]) -> Result<Self, CheckpointError> {
        let chosen = choose(&self.path, &self.groups, nesting)?;
        let mut tensors = BTreeMap::new();
        for group in &chosen {
            if let Some(fault) = group.faults.first() {
                return Err(malformed(&self.path, self.container, fault.clone()));
            }
            tensors.extend(group.tensors.clone());
        }
        let names: Vec<&str> = chosen.iter().map(|group| group.path.as_str()).collect();
        let nesting = Some(names.join("+")).filter(|name| !name.is_empty());
        let others = alike(&self.groups, &chosen);
        Ok(Self { nesting, tensors, others, ..self })
    }

    /// The tensors under a key, or those whose names begin so.
    fn at(self, place: &str) -> Result<Self, CheckpointError> {
        if place.split('+').all(|part| self.groups.iter().any(|group| group.path == part)) {
            return self.chosen(&[place.to_string()]);
        }
        let Some(group) = by_beginning(&self.groups, place) else {
            return Err(CheckpointError::Nesting {
                wanted: place.into(),
                found: listed(&self.groups),
                path: self.path,
            });
        };
        if let Some(fault) = self.groups.iter().flat_map(|group| &group.faults).next() {
            return Err(malformed(&self.path, self.container, fault.clone()));
        }
        Ok(Self { nesting: Some(group.path), tensors: group.tensors, ..self })
    }

    /// SHA-256 of the file; of a TensorFlow checkpoint and of a folder, of the
    /// lines `<SHA-256>  <name>` of its files in name order.
    pub fn sha256(&self) -> Result<String, CheckpointError> {
        sha256(&self.path)
            .map_err(|source| CheckpointError::Read { path: self.path.clone(), source })
    }
}

/// See [`Checkpoint::sha256`].
pub(super) fn sha256(path: &Path) -> io::Result<String> {
    if let Ok(Some(files)) = folder::files(path) {
        return sha256_of_files(&files.paths);
    }
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
    sha256_of_files(&files)
}

/// Of the lines `<SHA-256>  <name>` of some files in name order.
fn sha256_of_files(files: &[PathBuf]) -> io::Result<String> {
    let mut files = files.to_vec();
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
pub(super) fn open(
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

pub(super) fn malformed(path: &Path, container: Container, reason: String) -> CheckpointError {
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
