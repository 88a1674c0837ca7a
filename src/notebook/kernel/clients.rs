//! What clients of the kernel are told beside its spec: JupyterLab how to fill in
//! texts, papermill how to write parameters in Rust.

use std::fs;
use std::path::{Path, PathBuf};

use crate::notebook::NotebookError;
use crate::records::write_atomic;

const NAME: &str = "transfolio-notebook";
const LAB: [(&str, &str); 2] = [
    ("package.json", include_str!("../../../notebook/lab/package.json")),
    ("static/remoteEntry.js", include_str!("../../../notebook/lab/remoteEntry.js")),
];

const MODULE: &str = "transfolio_papermill.py";
const TRANSLATOR: &str = include_str!("../../../notebook/papermill/transfolio_papermill.py");
const INFO: &str = "transfolio_papermill-0.1.0.dist-info";
const METADATA: &str = "Metadata-Version: 2.1\nName: transfolio-papermill\nVersion: 0.1.0\n\
     Summary: Parameters of papermill for Transfolio notebooks\n";
/// papermill loads what stands here before it looks for a translator.
const ENTRY_POINTS: &str = "[papermill.engine]\ntransfolio = transfolio_papermill:Engine\n";

/// Puts everything beside a kernel spec; gives what is there now, in words.
pub(super) fn write(spec: &Path, prefix: Option<&Path>) -> Result<Vec<String>, NotebookError> {
    let mut told = Vec::new();
    if let Some(lab) = lab_folder(spec) {
        for (name, text) in LAB {
            put(&lab.join(name), text)?;
        }
        told.push(format!("JupyterLab fills in texts: {}", lab.display()));
    }
    for folder in prefix.map(sites).unwrap_or_default() {
        put(&folder.join(MODULE), TRANSLATOR)?;
        let info = folder.join(INFO);
        put(&info.join("METADATA"), METADATA)?;
        put(&info.join("entry_points.txt"), ENTRY_POINTS)?;
        put(&info.join("INSTALLER"), "transfolio\n")?;
        let files = ["METADATA", "entry_points.txt", "INSTALLER", "RECORD"];
        let mut record = format!("{MODULE},,\n");
        for file in files {
            record += &format!("{INFO}/{file},,\n");
        }
        put(&info.join("RECORD"), &record)?;
        told.push(format!("papermill takes parameters: {}", folder.display()));
    }
    Ok(told)
}

/// What of it lies beside a kernel spec, to be taken away with it.
pub(super) fn written(spec: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = lab_folder(spec).into_iter().collect();
    // PREFIX/share/jupyter/kernels/transfolio
    if let Some(prefix) = spec.ancestors().nth(4) {
        for folder in site_packages(prefix) {
            found.extend([folder.join(MODULE), folder.join(INFO)]);
        }
    }
    found.retain(|path| path.exists());
    found
}

fn put(path: &Path, text: &str) -> Result<(), NotebookError> {
    write_atomic(path, |file| std::io::Write::write_all(file, text.as_bytes()))?;
    Ok(())
}

/// `kernels/transfolio` lies beside `labextensions`.
fn lab_folder(spec: &Path) -> Option<PathBuf> {
    Some(spec.parent()?.parent()?.join("labextensions").join(NAME))
}

/// Folders of an environment's packages in which there is papermill.
fn sites(prefix: &Path) -> Vec<PathBuf> {
    let mut found = site_packages(prefix);
    found.retain(|folder| folder.join("papermill").is_dir());
    found
}

fn site_packages(prefix: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(prefix.join("lib")).into_iter().flatten().flatten();
    let pythons =
        entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("python3"));
    let mut found: Vec<PathBuf> =
        pythons.map(|entry| entry.path().join("site-packages")).filter(|p| p.is_dir()).collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_come_and_go_with_the_spec() {
        let dir = tempfile::tempdir().expect("a folder");
        let spec = dir.path().join("share/jupyter/kernels/transfolio");
        let site = dir.path().join("lib/python3.11/site-packages");
        fs::create_dir_all(site.join("papermill")).expect("made");
        assert!(written(&spec).is_empty());
        assert_eq!(write(&spec, Some(dir.path())).expect("written").len(), 2);
        let lab = dir.path().join("share/jupyter/labextensions/transfolio-notebook");
        assert!(lab.join("static/remoteEntry.js").is_file());
        assert_eq!(written(&spec), [lab, site.join(MODULE), site.join(INFO)]);
        // Without papermill, or in a user's own folder, only JupyterLab is told.
        fs::remove_dir_all(site.join("papermill")).expect("removed");
        assert_eq!(write(&spec, Some(dir.path())).expect("written").len(), 1);
        assert_eq!(write(&spec, None).expect("written").len(), 1);
    }
}
