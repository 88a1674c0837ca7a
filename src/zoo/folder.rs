//! Checkpoints that are folders: those of Hugging Face, whole or in pieces,
//! and those that only their own software can put together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::checkpoint::{Checkpoint, Container, malformed, open};
use super::choose::{choose, likeliest};
use super::error::CheckpointError;
use super::group::Group;
use super::source::Section;

/// An index lists names and files; the largest public ones are below 1 MB.
const LARGEST_INDEX: u64 = 64 << 20;

/// Files of tensors in the order they are looked for, as the library does.
const WHOLE: [&str; 4] = [
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
];

/// The files of a folder that its tensors are in.
pub(super) struct Files {
    /// All of them, the index included.
    pub(super) paths: Vec<PathBuf>,
    /// Files of tensors, with the names that the index says are in each.
    tensors: BTreeMap<PathBuf, Option<BTreeSet<String>>>,
}

#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

/// The files behind a folder of Hugging Face, its index or its `config.json`;
/// `None` for anything else.
pub(super) fn files(path: &Path) -> Result<Option<Files>, CheckpointError> {
    let name = file_name(path);
    if !path.is_dir() {
        if name.ends_with(".index.json") {
            return indexed(path).map(Some);
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        // A file of that name alone is no checkpoint, beside one it stands for it.
        return if name == "config.json" && path.is_file() { in_folder(folder) } else { Ok(None) };
    }
    in_folder(path)
}

fn in_folder(folder: &Path) -> Result<Option<Files>, CheckpointError> {
    for name in WHOLE {
        let path = folder.join(name);
        if path.is_file() {
            let one =
                || Files { tensors: [(path.clone(), None)].into(), paths: vec![path.clone()] };
            return if name.ends_with(".index.json") {
                indexed(&path).map(Some)
            } else {
                Ok(Some(one()))
            };
        }
    }
    if let Some(pieces) = pieces(folder)? {
        return Ok(Some(pieces));
    }
    if folder.join("config.json").is_file() {
        let reason = format!("it has a config.json, but none of {}", WHOLE.join(", "));
        return Err(malformed(folder, Container::HuggingFace, reason));
    }
    Ok(None)
}

/// Pieces that an index lists.
fn indexed(path: &Path) -> Result<Files, CheckpointError> {
    let fault = |reason: String| malformed(path, Container::HuggingFace, reason);
    let io = |source| CheckpointError::Read { path: path.to_path_buf(), source };
    let file = Section::open(path).map_err(io)?;
    if file.length() > LARGEST_INDEX {
        return Err(fault(format!("its index has {} bytes", file.length())));
    }
    let index: Index = serde_json::from_slice(&file.bytes().map_err(io)?)
        .map_err(|error| fault(format!("index: {error}")))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut tensors: BTreeMap<PathBuf, Option<BTreeSet<String>>> = BTreeMap::new();
    for (name, piece) in index.weight_map {
        // An index names files beside it, never elsewhere.
        if piece.is_empty() || Path::new(&piece).file_name() != Some(piece.as_ref()) {
            return Err(fault(format!(
                "its index places {name} in {piece:?}, expected a file name"
            )));
        }
        tensors.entry(folder.join(piece)).or_default().get_or_insert_default().insert(name);
    }
    if let Some(missing) = tensors.keys().find(|piece| !piece.is_file()) {
        let missing = file_name(missing);
        return Err(fault(format!("{missing}, which its index names, is not beside it")));
    }
    let paths = tensors.keys().cloned().chain([path.to_path_buf()]).collect();
    Ok(Files { paths, tensors })
}

/// Pieces without an index: all of them must be there.
fn pieces(folder: &Path) -> Result<Option<Files>, CheckpointError> {
    let names = names(folder)?;
    let found: Vec<(&String, (usize, usize))> =
        names.iter().filter_map(|name| Some((name, piece_of(name)?))).collect();
    let Some((_, (_, all))) = found.first() else { return Ok(None) };
    let mut numbers: Vec<usize> = found.iter().map(|(_, (number, _))| *number).collect();
    numbers.sort_unstable();
    if !numbers.iter().copied().eq(1..=*all) || found.iter().any(|(_, (_, n))| n != all) {
        let reason =
            format!("it has {} of the {all} pieces that its files are named for", found.len());
        return Err(malformed(folder, Container::HuggingFace, reason));
    }
    let paths: Vec<PathBuf> = found.iter().map(|(name, _)| folder.join(name)).collect();
    let tensors = paths.iter().map(|path| (path.clone(), None)).collect();
    Ok(Some(Files { paths, tensors }))
}

/// Number and count of a piece: `model-00002-of-00003.safetensors`.
fn piece_of(name: &str) -> Option<(usize, usize)> {
    let stem = name.strip_suffix(".safetensors").or_else(|| name.strip_suffix(".bin"))?;
    let (rest, all) = stem.rsplit_once("-of-")?;
    let (_, number) = rest.rsplit_once('-')?;
    Some((number.parse().ok()?, all.parse().ok().filter(|all| *all > 1)?))
}

impl Files {
    /// Reads all files as one set of tensors; none is chosen yet.
    pub(super) fn read(&self, path: &Path) -> Result<Checkpoint, CheckpointError> {
        let mut all = Group::at("");
        for (file, names) in &self.tensors {
            let io = |source| CheckpointError::Read { path: file.clone(), source };
            let (_, groups) = open(file, &Section::open(file).map_err(io)?, &[])?;
            let chosen = choose(file, &groups, &[]).map(|found| found[0]);
            let group = chosen.or_else(|error| likeliest(&groups).ok_or(error))?;
            let lost = names.iter().flatten().find(|name| !group.tensors.contains_key(*name));
            if let Some(lost) = lost {
                let reason = format!(
                    "{} does not have {lost}, which the index places there",
                    file_name(file)
                );
                return Err(malformed(path, Container::HuggingFace, reason));
            }
            all.faults.extend(group.faults.iter().cloned());
            for (name, tensor) in &group.tensors {
                all.add(name, Ok(tensor.clone()));
            }
        }
        Ok(Checkpoint::of(path, Container::HuggingFace, vec![all]))
    }
}

/// Refuses what only its own software can put together, with the way out.
pub(super) fn refuse(path: &Path) -> Result<(), CheckpointError> {
    let refused = |kind: &'static str, way: String| {
        Err(CheckpointError::Refused { path: path.to_path_buf(), kind, way })
    };
    let name = file_name(path);
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new(".")) };
    if !path.is_dir() {
        if let Some((number, all)) = piece_of(&name) {
            let way = format!(
                "this is piece {number} of {all}; name the folder with all of them: weights = {}",
                crate::spec::toml_text(&folder.display().to_string())
            );
            return refused("one piece of a checkpoint of Hugging Face", way);
        }
        if !(name.ends_with(".distcp") || name == ".metadata") {
            return Ok(());
        }
    }
    let names = names(folder)?;
    let has = |test: &dyn Fn(&str) -> bool| names.iter().any(|name| test(name));
    let is_pieces = |n: &str| n.ends_with(".distcp") || n == ".metadata";
    if is_pieces(&name) || has(&is_pieces) {
        let way = format!(
            "its tensors lie in pieces; make one file of it with `python -m \
             torch.distributed.checkpoint.format_utils dcp_to_torch {} model.pt` and name that file",
            folder.display()
        );
        return refused("a distributed checkpoint (torch.distributed.checkpoint)", way);
    }
    if has(&|n| {
        n == "zero_to_fp32.py" || n.starts_with("zero_pp_rank_") || n.contains("_zero_pp_rank_")
    }) {
        let way = format!(
            "its tensors lie in pieces; make one file of it with `python zero_to_fp32.py {} model.pt` \
             and name that file",
            folder.display()
        );
        return refused("a distributed checkpoint (DeepSpeed)", way);
    }
    if has(&|n| n == "_METADATA" || n == "_CHECKPOINT_METADATA" || n == "manifest.ocdbt") {
        let way =
            "restore it in JAX and save its parameters with safetensors.flax.save_file".into();
        return refused("a checkpoint of Orbax (JAX)", way);
    }
    if has(&|n| n == "adapter_config.json") && !has(&|n| WHOLE.contains(&n)) {
        let way = "load it onto its network, call merge_and_unload() and save that".into();
        return refused("an adapter (PEFT) without its network", way);
    }
    Ok(())
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Names in a folder, in order.
fn names(folder: &Path) -> Result<Vec<String>, CheckpointError> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let io = |source| CheckpointError::Read { path: folder.to_path_buf(), source };
    let mut names = Vec::new();
    for entry in folder.read_dir().map_err(io)? {
        names.push(entry.map_err(io)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}
