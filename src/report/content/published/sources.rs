//! Where the published numbers come from.

use super::blocks::table;
use crate::published::files;
use crate::report::content::arrange::{paragraph, section};
use crate::report::document::{Block, Section, Value};
use crate::text::Column;

/// The first section: what this is and what the marks mean.
pub(super) fn summary() -> Section {
    section(
        "summary",
        "Summary",
        vec![
            paragraph(
                "The published benchmark of transfer learning for medical imaging, drawn again from its \
             published numbers: five questions of the article of 2025 (A1 to A5), the article of \
             2021 (DART), and a recheck of the p-values that they print. Nothing here was \
             trained or measured by Transfolio.",
            ),
            kinds(),
        ],
    )
}

/// What PRINTED, DIGITISED and REFERENCE mean.
pub(super) fn kinds() -> Block {
    paragraph(
        "Every number is marked. PRINTED: read as text, good to half a unit of its last decimal. \
         DIGITISED, and \u{2248} before it: measured in the pixels of a figure, an estimate; \
         its half width is shown with it. REFERENCE: a fact about a model that the \
         benchmark did not measure. A number computed from a digitised one is digitised too, and \
         half widths add up. Full sentences about each table stand in its data file.",
    )
}

/// The last section: files with their hashes.
pub(super) fn provenance() -> Section {
    let rows = files().into_iter().map(|(name, hash)| vec![Value::text(name), Value::text(hash)]);
    section(
        "published-sources",
        "Sources of the published numbers",
        vec![
            paragraph(
                "Read from images in the authors' public repository BenchmarkTransferLearning (folder \
             Version1: N. Hosseinzadeh Taher et al., DART at MICCAI 2021; folder Version2: the \
             poster of the article in Medical Image Analysis, 2025). The bodies of the articles were \
             not read.",
            ),
            table(
                "tab-published-files",
                format!(
                    "Files of published numbers in transfolio {} and their SHA-256.",
                    env!("CARGO_PKG_VERSION")
                ),
                ["File", "SHA-256"].map(Column::words),
                rows.collect(),
                None,
            ),
        ],
    )
}
