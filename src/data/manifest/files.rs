//! From the name of an image in a manifest to its file.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use crate::data::names;

/// Endings of image files, in small letters.
pub(in crate::data) const ENDINGS: [&str; 16] = [
    "bmp", "dcm", "dicom", "gif", "j2c", "j2k", "jfif", "jp2", "jpe", "jpeg", "jpf", "jpg", "png",
    "tif", "tiff", "webp",
];

/// Finds the files that a manifest names, also where a name has backslashes,
/// another Unicode form, another case, or no ending.
pub(super) struct Finder<'a> {
    folder: &'a Path,
    /// Names in a folder by their plain form, read when first needed.
    listed: RefCell<BTreeMap<PathBuf, BTreeMap<String, Vec<String>>>>,
    /// Files in folders below by their names, where these are looked for; made
    /// when first needed.
    deep: Deep,
    /// How often a name was read in another way than it is written.
    ways: BTreeMap<Way, (usize, String)>,
}

/// What is known of the files in folders below.
enum Deep {
    /// They are not looked for.
    No,
    /// They have not been listed yet.
    Wanted,
    Listed(BTreeMap<String, Vec<PathBuf>>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Backslashes,
    Form,
    Ending,
}

impl<'a> Finder<'a> {
    /// A finder of files in a folder; `deep` looks in the folders below too
    /// for names that are not where they say.
    pub(super) fn new(folder: &'a Path, deep: bool) -> Self {
        let deep = if deep { Deep::Wanted } else { Deep::No };
        Self { folder, listed: RefCell::default(), deep, ways: BTreeMap::new() }
    }

    /// The file of a name. One that is not there is given as it is written:
    /// all missing files are reported together.
    ///
    /// # Errors
    /// With the reason where several files could be meant.
    pub(super) fn file(&mut self, name: &str) -> Result<PathBuf, String> {
        let written = self.folder.join(name);
        if name.contains('\0') || written.exists() {
            return Ok(written);
        }
        let slashed = name.replace('\\', "/");
        if slashed != name {
            let path = self.folder.join(&slashed);
            if path.exists() {
                self.saw(Way::Backslashes, name);
                return Ok(path);
            }
        }
        match self.alike(&slashed)? {
            Some((path, way)) => {
                self.saw(way, name);
                Ok(path)
            }
            None => Ok(self.below(&slashed)?.unwrap_or(written)),
        }
    }

    /// A file that lies elsewhere: without the first folders of its name, else
    /// in any folder below.
    fn below(&mut self, name: &str) -> Result<Option<PathBuf>, String> {
        if matches!(self.deep, Deep::No) || Path::new(name).is_absolute() {
            return Ok(None);
        }
        let mut rest = name;
        while let Some((_, shorter)) = rest.split_once('/') {
            rest = shorter;
            let path = self.folder.join(rest);
            if path.is_file() {
                return Ok(Some(path));
            }
        }
        if matches!(self.deep, Deep::Wanted) {
            let mut all = BTreeMap::new();
            index(self.folder, DEPTH, &mut all);
            self.deep = Deep::Listed(all);
        }
        let Deep::Listed(all) = &self.deep else { return Ok(None) };
        match all.get(rest).map(Vec::as_slice) {
            None | Some([]) => Ok(None),
            Some([one]) => Ok(Some(one.clone())),
            Some(several) => {
                let names: Vec<String> =
                    several.iter().map(|path| path.display().to_string()).collect();
                Err(ambiguous(name, &names))
            }
        }
    }

    fn saw(&mut self, way: Way, name: &str) {
        self.ways.entry(way).or_insert_with(|| (0, name.to_owned())).0 += 1;
    }

    /// A file whose path is the same but for case and Unicode form, or with
    /// the ending of an image after a name without one.
    fn alike(&self, name: &str) -> Result<Option<(PathBuf, Way)>, String> {
        let mut at = if Path::new(name).is_absolute() {
            PathBuf::from("/")
        } else {
            self.folder.to_path_buf()
        };
        let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        let Some((last, folders)) = parts.split_last() else { return Ok(None) };
        for part in folders {
            let next = at.join(part);
            at = if *part == ".." || next.is_dir() {
                next
            } else {
                match self.entries(&at, &plain(part)).as_slice() {
                    [one] => at.join(one),
                    _ => return Ok(None),
                }
            };
        }
        match self.entries(&at, &plain(last)).as_slice() {
            [one] => return Ok(Some((at.join(one), Way::Form))),
            [] => {}
            several => return Err(ambiguous(last, several)),
        }
        if ending(last).is_some() {
            return Ok(None);
        }
        let found: Vec<String> = (ENDINGS.iter())
            .flat_map(|ending| self.entries(&at, &format!("{}.{ending}", plain(last))))
            .collect();
        match found.as_slice() {
            [one] => Ok(Some((at.join(one), Way::Ending))),
            [] => Ok(None),
            several => Err(ambiguous(last, several)),
        }
    }

    /// The names in a folder that have a plain form.
    fn entries(&self, folder: &Path, form: &str) -> Vec<String> {
        let mut listed = self.listed.borrow_mut();
        let names = listed.entry(folder.to_path_buf()).or_insert_with(|| {
            let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                names.entry(plain(&name)).or_default().push(name);
            }
            for alike in names.values_mut() {
                alike.sort();
            }
            names
        });
        names.get(form).cloned().unwrap_or_default()
    }

    /// Which names were read in another way than they are written.
    pub(super) fn notes(&self) -> Vec<String> {
        let note = |(way, (count, first)): (&Way, &(usize, String))| {
            let how = match way {
                Way::Backslashes => "have backslashes, which are read as slashes",
                Way::Form => "are those of the files but for case or Unicode form",
                Way::Ending => "have no ending; each is that of one image file",
            };
            format!("{count} image names of the manifest {how}: `{first}` is the first")
        };
        self.ways.iter().map(note).collect()
    }
}

/// How deep folders are looked through.
const DEPTH: usize = 6;

fn index(folder: &Path, depth: usize, all: &mut BTreeMap<String, Vec<PathBuf>>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if depth > 0 {
                index(&path, depth - 1, all);
            }
        } else {
            let name = entry.file_name().to_string_lossy().into_owned();
            all.entry(name).or_default().push(path);
        }
    }
}

fn ambiguous(name: &str, files: &[String]) -> String {
    format!("image `{name}` may be any of {}; write one of them", names::quoted(files))
}

/// The ending of an image file, in small letters.
pub(in crate::data) fn ending(name: &str) -> Option<String> {
    let ending = name.rsplit_once('.')?.1.to_lowercase();
    ENDINGS.contains(&ending.as_str()).then_some(ending)
}

fn plain(name: &str) -> String {
    name.nfc().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for name in names {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, "x").expect("written");
        }
        folder
    }

    #[test]
    fn files_are_found_however_they_are_written() {
        let folder =
            folder(&["a/b.png", "a/B2.PNG", "u\u{308}.jpg", "ISIC_1.jpg", "c.v2.tif", "D/e.png"]);
        let mut finder = Finder::new(folder.path(), false);
        for (name, file) in [
            ("a/b.png", "a/b.png"),
            ("a\\b.png", "a/b.png"),
            (".\\a\\b.png", "./a/b.png"),
            ("a/b2.png", "a/B2.PNG"),
            ("A/b.PNG", "a/b.png"),
            ("\u{fc}.jpg", "u\u{308}.jpg"),
            ("ISIC_1", "ISIC_1.jpg"),
            ("c.v2", "c.v2.tif"),
            ("d\\E.png", "D/e.png"),
            ("missing.png", "missing.png"),
            ("a/b.jpg", "a/b.jpg"),
        ] {
            let got = finder.file(name).expect(name);
            assert_eq!(got, folder.path().join(file), "{name}");
        }
        let notes = finder.notes().join("\n");
        for part in [
            "2 image names of the manifest have backslashes",
            "4 image names",
            "2 image names of the manifest have no ending",
        ] {
            assert!(notes.contains(part), "{part}: {notes}");
        }
    }

    #[test]
    fn several_files_are_asked_about() {
        let folder = folder(&["x.png", "x.jpg", "Y.png", "y.PNG"]);
        let mut finder = Finder::new(folder.path(), false);
        let error = finder.file("x").expect_err("two");
        assert!(error.contains("`x.jpg`, `x.png`"), "{error}");
        let error = finder.file("y.Png").expect_err("two");
        assert!(error.contains("`Y.png`, `y.PNG`"), "{error}");
    }
}
