//! What is compared: pages, and records that a page is made of here and now.

use std::path::{Path, PathBuf};

use super::run::compared;
use super::types::Diff;
use crate::frame::{FrameError, Reading, Results};
use crate::report::bundle::{Bundle, Source, gather};
use crate::report::error::ReportError;
use crate::report::html::rendered;
use crate::report::load::{ReportInput, compute};
use crate::report::options::options;
use crate::report::reading::{Opened, PageFacts};
use crate::report::templates::Templates;
use crate::scores::MetricRules;

/// One side of a diff.
#[derive(Clone, Debug)]
pub enum DiffSide {
    /// A report, byte for byte.
    Page {
        /// The file, as it was named.
        name: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// A study folder or a table: it is asked what the other side was asked.
    Records {
        /// The folder or file, as it was named.
        path: PathBuf,
    },
}

impl DiffSide {
    /// A page, or else records: a folder, or a file that does not begin as HTML does.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(path: &Path) -> Result<Self, ReportError> {
        let records = Self::Records { path: path.to_path_buf() };
        if path.is_dir() {
            return Ok(records);
        }
        let bytes = std::fs::read(path).map_err(|error| FrameError::Read {
            path: path.to_path_buf(),
            reason: error.to_string(),
        })?;
        let named = path.extension().is_some_and(|extension| {
            ["html", "htm"].iter().any(|known| extension.eq_ignore_ascii_case(known))
        });
        // A name is enough: what calls itself a page is no table.
        if named || Opened::of(&bytes).text.trim_start().starts_with('<') {
            return Ok(Self::Page { name: path.display().to_string(), bytes });
        }
        Ok(records)
    }

    fn page(&self) -> Option<&[u8]> {
        match self {
            Self::Page { bytes, .. } => Some(bytes),
            Self::Records { .. } => None,
        }
    }
}

/// Compares two sides. Pages are verified too: what one says that its data do not
/// give is a warning above all else.
///
/// # Errors
/// A page without data, records that cannot be read, and those of
/// [`verify`](crate::report::verify()).
pub fn diff_of(old: &DiffSide, new: &DiffSide) -> Result<Diff, ReportError> {
    let asked = [old, new].into_iter().find_map(asked);
    let [before, after] = [old, new].map(|side| page_of(side, asked.as_ref()));
    let ((names_old, before), (names_new, after)) = (before?, after?);
    compared([&before, &after], [&names_old, &names_new])?.verified([old.page(), new.page()])
}

/// What a page was asked, where its data can be read.
fn asked(side: &DiffSide) -> Option<Bundle> {
    let facts = PageFacts::read(&Opened::of(side.page()?).text);
    let bytes = facts.files.get(crate::report::downloads::DATA)?.bytes.as_deref()?;
    Bundle::unpack(bytes, facts.room).ok()
}

/// The name of a side with what its page shows.
fn page_of(side: &DiffSide, asked: Option<&Bundle>) -> Result<(String, PageFacts), ReportError> {
    match side {
        DiffSide::Page { name, bytes } => {
            Ok((name.clone(), PageFacts::read(&Opened::of(bytes).text)))
        }
        DiffSide::Records { path } => {
            let input = computed(path, asked)?;
            let look = asked.map(|bundle| bundle.manner.look.clone()).unwrap_or_default();
            let page = rendered(&input, &Templates::of(&look)?)?.page;
            Ok((path.display().to_string(), PageFacts::read(&Opened::own(page))))
        }
    }
}

/// A report of records, asked what a page was asked; else what is asked by default.
fn computed(path: &Path, asked: Option<&Bundle>) -> Result<ReportInput, ReportError> {
    let paths = [path.to_path_buf()];
    let Some(asked) = asked else {
        let results = Results::open_all(&paths, &Reading::default())?;
        let options = options(&results, None, &MetricRules::default())?;
        let claims = results.study.as_ref().map(|study| study.study.claims.clone());
        return compute(gather(&results, &options, &claims.unwrap_or_default())?);
    };
    let reading = match &asked.source {
        Source::Csv { reading, .. } | Source::Cases { reading, .. } => reading.clone(),
        Source::Study(study) => Reading { further: study.asked.clone(), ..Reading::default() },
        Source::Published => Reading::default(),
    };
    let results = Results::open_all(&paths, &reading)?;
    let bundle = gather(&results, &asked.options, &asked.claims)?;
    compute(Bundle { manner: asked.manner.clone(), ..bundle })
}
