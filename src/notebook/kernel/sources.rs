//! The sources that this program carries: the crate for cells and the host.

use std::path::Path;

use crate::notebook::NotebookError;
use crate::records::write_atomic;

/// A file and its text.
pub(in crate::notebook) type File = (&'static str, &'static str);

macro_rules! carried {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../notebook/", $folder, $name)))),*]
    };
}

/// The crate that cells compile against.
pub(super) const CELL_CRATE: &[File] = carried!("":
    "Cargo.toml",
    "src/build.rs",
    "src/cell.rs",
    "src/charts.rs",
    "src/comparison.rs",
    "src/connection.rs",
    "src/display.rs",
    "src/error.rs",
    "src/figure.rs",
    "src/figures.rs",
    "src/file.rs",
    "src/frame.rs",
    "src/html.rs",
    "src/lib.rs",
    "src/markdown.rs",
    "src/names.rs",
    "src/numbers.rs",
    "src/options.rs",
    "src/parameter.rs",
    "src/part.rs",
    "src/picture.rs",
    "src/plan.rs",
    "src/prelude.rs",
    "src/query.rs",
    "src/report.rs",
    "src/reshape.rs",
    "src/run.rs",
    "src/screen.rs",
    "src/setting.rs",
    "src/statistic.rs",
    "src/stats.rs",
    "src/study.rs",
    "src/table.rs",
    "src/value.rs",
);

/// The host.
pub(super) const HOST: &[File] = carried!("host/":
    "Cargo.toml",
    "Cargo.lock",
    "src/cell.rs",
    "src/errors.rs",
    "src/foreign.rs",
    "src/gone.rs",
    "src/headless.rs",
    "src/help.rs",
    "src/jupyter/complete.rs",
    "src/jupyter/connection.rs",
    "src/jupyter/control.rs",
    "src/jupyter/evaluator.rs",
    "src/jupyter/failure.rs",
    "src/jupyter/message.rs",
    "src/jupyter/mod.rs",
    "src/jupyter/outbox.rs",
    "src/jupyter/questions.rs",
    "src/jupyter/requests.rs",
    "src/jupyter/server.rs",
    "src/jupyter/texts.rs",
    "src/lines.rs",
    "src/main.rs",
    "src/runtime.rs",
    "src/streams.rs",
    "src/uses.rs",
    "src/warden/control.rs",
    "src/warden/lead.rs",
    "src/warden/memory.rs",
    "src/warden/mod.rs",
    "src/warden/operations.rs",
    "src/warden/pipes.rs",
    "src/warden/signals.rs",
    "src/warden/state.rs",
    "src/wire.rs",
);

/// Versions of what cells depend on, so that no cell ever asks the network.
pub(super) const LOCK: &str = include_str!("../../../notebook/kernel.lock");

/// The crate that cells compile against, for crates that are exported.
pub(in crate::notebook) fn cell_crate() -> &'static [File] {
    CELL_CRATE
}

/// The versions beside it.
pub(in crate::notebook) fn cell_lock() -> &'static str {
    LOCK
}

/// Version of the host.
pub(super) fn host_version() -> &'static str {
    let manifest = HOST[0].1;
    let line = manifest.lines().find_map(|line| line.strip_prefix("version = \""));
    line.map_or("0", |rest| rest.trim_end_matches('"'))
}

/// Writes files below a folder; those that are the same are left alone, so
/// that cargo builds nothing anew.
pub(super) fn write(files: &[File], folder: &Path) -> Result<(), NotebookError> {
    for (name, text) in files {
        let path = folder.join(name);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == *text) {
            continue;
        }
        write_atomic(&path, |file| std::io::Write::write_all(file, text.as_bytes()))?;
    }
    Ok(())
}

/// Whether all files are there with this text.
pub(super) fn same(files: &[File], folder: &Path) -> bool {
    files.iter().all(|(name, text)| {
        std::fs::read_to_string(folder.join(name)).is_ok_and(|old| old == *text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files below a folder, relative to its parent.
    fn below(parent: &Path, folder: &str) -> Vec<String> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(parent.join(folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                names.extend(below(parent, &name));
            } else {
                names.push(name);
            }
        }
        names
    }

    #[test]
    fn every_file_of_the_crates_is_carried() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("notebook");
        for (files, folder) in [(CELL_CRATE, root.clone()), (HOST, root.join("host"))] {
            for name in below(&folder, "src") {
                assert!(files.iter().any(|(known, _)| *known == name), "{name} is not carried");
            }
        }
        assert_eq!(host_version(), "0.4.1");
    }
}
