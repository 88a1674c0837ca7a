//! Arranges the sections of the published studies.

use super::architectures::architectures_section;
use super::dart::dart_section;
use super::domain_adaptive::domain_adaptive_section;
use super::gaps::gap_section;
use super::granularity::granularity_section;
use super::label_efficiency::label_efficiency_section;
use super::rechecks::recheck_section;
use super::self_supervised::self_supervised_section;
use super::sources::{provenance, summary};
use crate::published::PublishedError;
use crate::report::document::{Document, Section};
use crate::report::load::ReportInput;

/// The report of the published numbers alone.
pub(in crate::report) fn alone() -> Result<Document, PublishedError> {
    let mut sections = vec![summary()];
    sections.extend(studies()?);
    Ok(Document {
        title: "Transfer learning for medical imaging: the published benchmark".into(),
        subtitle: "Drawn again from printed and digitised numbers".into(),
        sections,
    })
}

/// The report of own results with the published studies beside them: the gaps
/// after the results, the studies at the end.
pub(in crate::report) fn beside(
    mut document: Document,
    input: &ReportInput,
) -> Result<Document, PublishedError> {
    let after = document.sections.iter().position(|section| section.id == "results");
    document.sections.insert(after.map_or(0, |at| at + 1), gap_section(input)?);
    document.sections.extend(studies()?);
    Ok(document)
}

fn studies() -> Result<Vec<Section>, PublishedError> {
    Ok(vec![
        architectures_section()?,
        label_efficiency_section()?,
        granularity_section()?,
        self_supervised_section()?,
        domain_adaptive_section()?,
        dart_section()?,
        recheck_section()?,
        provenance(),
    ])
}
