//! Templates: the built-in ones, and a user's in their place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tera::{Context, ErrorKind, Kwargs, State, Tera, TeraResult};

use super::bundle::Look;
use super::error::ReportError;

macro_rules! builtin {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../templates/", $name)))),*]
    };
}

/// Every built-in file by name. A page is `NAME.html` at the top; `parts` are
/// included by pages; style sheets and scripts go into the page as they are.
const BUILTIN: &[(&str, &str)] = builtin![
    "card.html",
    "paper.html",
    "ranking.html",
    "parts/block.html",
    "parts/contents.html",
    "parts/figure.html",
    "parts/files.html",
    "parts/footer.html",
    "parts/head.html",
    "parts/header.html",
    "parts/page.html",
    "parts/references.html",
    "parts/section.html",
    "parts/table.html",
    "lead.css",
    "pages.css",
    "print.css",
    "report.css",
    "report.js",
    "scheme.js",
    "tables.css",
    "tables.js",
    "values.css",
    "values.js",
];

/// Style sheets and scripts, in the order they stand in the page.
const STYLES: [&str; 6] =
    ["report.css", "tables.css", "lead.css", "values.css", "pages.css", "print.css"];
const SCRIPTS: [&str; 3] = ["report.js", "tables.js", "values.js"];
/// What runs before anything is drawn.
const BOOT: [&str; 1] = ["scheme.js"];

/// The files of one look.
#[derive(Clone, Debug)]
pub struct Templates {
    page: String,
    files: BTreeMap<String, Source>,
}

#[derive(Clone, Debug)]
struct Source {
    text: String,
    /// Where a user's file lies; built-in ones have no place.
    path: Option<PathBuf>,
}

impl Default for Templates {
    fn default() -> Self {
        let source = |text: &str| Source { text: text.into(), path: None };
        let files = BUILTIN.iter().map(|(name, text)| ((*name).to_string(), source(text)));
        Self { page: "paper".into(), files: files.collect() }
    }
}

impl Templates {
    /// The built-in templates, changed by each choice in turn: the name of a
    /// page (`paper`), or a folder whose files stand for built-in ones of the
    /// same name.
    pub fn chosen(choices: &[String]) -> Result<Self, ReportError> {
        let mut templates = Self::default();
        for choice in choices {
            if templates.files.contains_key(&format!("{choice}.html")) {
                templates.page.clone_from(choice);
            } else if Path::new(choice).is_dir() {
                templates.add_folder(Path::new(choice))?;
            } else {
                return Err(ReportError::NoTemplate {
                    got: choice.clone(),
                    known: templates.pages().join(", "),
                });
            }
        }
        Ok(templates)
    }

    /// The templates that a page was made with, by what its bundle carries.
    ///
    /// # Errors
    /// A page that is not among them.
    pub(super) fn of(look: &Look) -> Result<Self, ReportError> {
        let mut templates = Self::default();
        for (name, text) in &look.files {
            templates.files.insert(name.clone(), Source { text: text.clone(), path: None });
        }
        if !templates.files.contains_key(&format!("{}.html", look.page)) {
            let known = templates.pages().join(", ");
            return Err(ReportError::NoTemplate { got: look.page.clone(), known });
        }
        templates.page.clone_from(&look.page);
        Ok(templates)
    }

    /// What a bundle carries of them: the name of the page, and every file that
    /// is not built in.
    pub fn look(&self) -> Look {
        let own = self.own().map(|(name, source)| (name.clone(), source.text.clone()));
        Look { page: self.page.clone(), files: own.collect() }
    }

    /// The files that are not built in, as far as a page uses such: of style
    /// sheets and scripts those alone that stand for built-in ones.
    fn own(&self) -> impl Iterator<Item = (&String, &Source)> {
        self.files.iter().filter(|(name, source)| match builtin(name) {
            Some(text) => source.text != text,
            None => is_html(name),
        })
    }

    /// The name of the page.
    pub fn page(&self) -> &str {
        &self.page
    }

    /// Whether all files are built in.
    pub fn is_builtin(&self) -> bool {
        self.own().next().is_none()
    }

    fn pages(&self) -> Vec<&str> {
        let names = self.files.keys().filter_map(|name| name.strip_suffix(".html"));
        names.filter(|name| !name.contains('/')).collect()
    }

    fn add_folder(&mut self, folder: &Path) -> Result<(), ReportError> {
        let mut found = false;
        for (prefix, folder) in [("", folder.to_path_buf()), ("parts/", folder.join("parts"))] {
            if !folder.is_dir() {
                continue;
            }
            for path in sorted_files(&folder)? {
                let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
                if !Look::may_hold(name) {
                    continue;
                }
                found = true;
                let text =
                    std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
                self.files.insert(format!("{prefix}{name}"), Source { text, path: Some(path) });
            }
        }
        let size: usize = self.own().map(|(_, source)| source.text.len()).sum();
        if size > Look::LARGEST {
            return Err(ReportError::Template {
                place: folder.display().to_string(),
                reason: format!(
                    "its templates have {size} bytes; a page carries its templates, so that it can \
                     be verified, and {} bytes of them at most: leave pictures and fonts out",
                    Look::LARGEST
                ),
            });
        }
        if found {
            return Ok(());
        }
        Err(ReportError::Template {
            place: folder.display().to_string(),
            reason: format!(
                "the folder holds no template; a file in it stands for a built-in one of the same \
                 name: {}",
                BUILTIN.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
            ),
        })
    }

    /// Every HTML file with its place (a path, or the built-in name) and text.
    pub(super) fn html(&self) -> impl Iterator<Item = (String, &str)> {
        self.files
            .iter()
            .filter(|(name, _)| is_html(name))
            .map(|(name, source)| (place(name, source), source.text.as_str()))
    }

    /// Fills the page.
    pub(super) fn render(
        &self,
        page: &impl Serialize,
        more: &[(&str, tera::Value)],
    ) -> Result<String, ReportError> {
        let mut tera = Tera::default();
        tera.register_function("range", range);
        let html = self.files.iter().filter(|(name, _)| is_html(name));
        tera.add_raw_templates(html.map(|(name, source)| (name.as_str(), source.text.as_str())))
            .map_err(|error| self.failed(&error))?;
        let mut context = Context::from_serialize(page).map_err(|error| self.failed(&error))?;
        for (name, value) in more {
            context.insert((*name).to_string(), value);
        }
        context.insert("style", &self.joined(&STYLES));
        context.insert("boot", &self.joined(&BOOT));
        context.insert("script", &self.joined(&SCRIPTS));
        context.insert("version", env!("CARGO_PKG_VERSION"));
        let mut out = Bounded { text: Vec::new() };
        tera.render_to(&format!("{}.html", self.page), &context, &mut out)
            .map_err(|error| self.failed(&error))?;
        String::from_utf8(out.text).map_err(|error| ReportError::Template {
            place: format!("{}.html", self.page),
            reason: error.to_string(),
        })
    }

    fn joined(&self, names: &[&str]) -> String {
        let texts = names.iter().filter_map(|name| self.files.get(*name));
        texts.map(|source| source.text.trim_end()).collect::<Vec<_>>().join("\n")
    }

    /// An error with the file and line it stands in.
    fn failed(&self, error: &tera::Error) -> ReportError {
        let (place, reason) = match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                let name = report.filename();
                let file = self.files.get(name).map_or(name.into(), |source| place(name, source));
                (format!("{file}:{}", report.span().start_line), report.message().to_string())
            }
            _ => (format!("{}.html", self.page), chain(error)),
        };
        ReportError::Template { place, reason }
    }
}

/// A page that does not end: templates of others are filled by `verify`.
const LONGEST: usize = if cfg!(test) { 16 << 20 } else { 256 << 20 };
/// A loop over so many numbers is a slip, or an attack.
const LONGEST_RANGE: i64 = 1_000_000;

/// A page in the making.
struct Bounded {
    text: Vec<u8>,
}

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.text.len() + bytes.len() > LONGEST {
            let reason = format!("the page would be longer than {LONGEST} bytes");
            return Err(std::io::Error::other(reason));
        }
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Tera's own, with a bound.
#[expect(clippy::needless_pass_by_value, reason = "what Tera calls has this form")]
fn range(asked: Kwargs, _: &State<'_>) -> TeraResult<Vec<i64>> {
    let start = asked.get::<i64>("start")?.unwrap_or_default();
    let end = asked.must_get::<i64>("end")?;
    let step = asked.get::<i64>("step_by")?.unwrap_or(1);
    let length = i128::from(end) - i128::from(start);
    if step < 1 || length > i128::from(LONGEST_RANGE) {
        return Err(tera::Error::message(format!(
            "a range has {LONGEST_RANGE} numbers at most, in steps of 1 or more"
        )));
    }
    Ok((start..end).step_by(step as usize).collect())
}

/// The text of a built-in file.
fn builtin(name: &str) -> Option<&'static str> {
    BUILTIN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

fn is_html(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end == "html")
}

fn place(name: &str, source: &Source) -> String {
    source.path.as_ref().map_or_else(|| name.into(), |path| path.display().to_string())
}

fn sorted_files(folder: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let mut files: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}

fn unreadable(path: &Path, error: &std::io::Error) -> ReportError {
    ReportError::Template { place: path.display().to_string(), reason: error.to_string() }
}

fn chain(error: &tera::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Nothing {}

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(dir.path().join("parts")).expect("a folder");
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).expect("written");
        }
        dir
    }

    fn rendered(files: &[(&str, &str)]) -> Result<String, String> {
        let dir = folder(files);
        let chosen = Templates::chosen(&[dir.path().display().to_string()]);
        chosen.and_then(|t| t.render(&Nothing {}, &[])).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_of_a_folder_stands_for_a_built_in_one() {
        let page = rendered(&[("paper.html", "<p>{{ version }}</p>{{ style | safe }}")]);
        let page = page.expect("a page");
        assert!(page.starts_with("<p>") && page.contains(":root"), "the style is built in");
    }

    #[test]
    fn errors_name_file_and_line() {
        for (text, line) in [("a\n{{ nothing }}", 2), ("a\nb\n{% if %}", 3)] {
            let error = rendered(&[("paper.html", text)]).expect_err("an error");
            assert!(error.contains(&format!("paper.html:{line}")), "{error}");
        }
    }

    #[test]
    fn templates_come_back_from_what_a_bundle_carries() {
        let built_in = include_str!("../../templates/print.css");
        let dir = folder(&[
            ("paper.html", "<p>{% include \"parts/own.html\" %}"),
            ("parts/own.html", "own"),
            ("print.css", built_in),
            ("unused.js", "x"),
        ]);
        let chosen = Templates::chosen(&[dir.path().display().to_string()]).expect("templates");
        let look = chosen.look();
        let names: Vec<&String> = look.files.keys().collect();
        assert_eq!(names, ["paper.html", "parts/own.html"], "what is built in is not carried");
        let again = Templates::of(&look).expect("templates");
        assert_eq!(again.render(&Nothing {}, &[]).expect("a page"), "<p>own");
        assert!(!again.is_builtin() && Templates::default().look().files.is_empty());
        let lost = Look { page: "poster".into(), ..look };
        assert!(Templates::of(&lost).is_err());
    }

    #[test]
    fn a_template_that_does_not_end_is_an_error() {
        for text in [
            "{% for i in range(end=1000000000000) %}x{% endfor %}",
            "{% for i in range(start=-9000000000000000000, end=9000000000000000000) %}{% endfor %}",
            "{% for i in range(end=1000000) %}{% for j in range(end=1000) %}abcd{% endfor %}\
             {% endfor %}",
        ] {
            let error = rendered(&[("paper.html", text)]).expect_err("an error");
            assert!(error.contains("at most") || error.contains("longer than"), "{error}");
        }
        let page = rendered(&[("paper.html", "{% for i in range(end=3) %}{{ i }}{% endfor %}")]);
        assert_eq!(page.as_deref(), Ok("012"));
    }

    #[test]
    fn too_much_for_a_page_to_carry_is_refused() {
        let text = "x".repeat(Look::LARGEST + 1);
        let error = rendered(&[("paper.html", &text)]).expect_err("an error");
        assert!(error.contains("at most"), "{error}");
    }

    #[test]
    fn what_is_no_template_is_refused() {
        let error = Templates::chosen(&["poster".into()]).expect_err("an error").to_string();
        assert!(error.contains("poster") && error.contains("paper"), "{error}");
        let empty = tempfile::tempdir().expect("a folder");
        assert!(Templates::chosen(&[empty.path().display().to_string()]).is_err());
    }
}
