//! Short names for data and conclusions, which a paper can quote.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::bound::Bound;
use super::bundle::{Bundle, CaseFile, Source, StudySource, sha256};
use super::document::{Block, Document, Section};
use super::text::{Piece, Text};
use crate::published;

/// What a page was computed from and what it says, each as a SHA-256.
///
/// **Data** covers what was measured, and neither how it was compared nor how
/// the page looks. Of one file of results it is the SHA-256 of that file, so
/// that anybody can compute it; of several tables of cases that of their
/// SHA-256s, one after the other. Of a study it covers of every run the
/// specification (without paths and titles), how it ended, its metrics and the
/// SHA-256 of its predictions, but no times and devices: a study that is
/// repeated with the same outcome has the same fingerprint.
///
/// **Conclusions** covers every number and verdict, as it is shown, of the text
/// and tables of the summary, the results and what is concluded from them; not
/// the methods, the list of runs, costs, training curves, failures and
/// provenance. It is the same whatever template the page was made with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Fingerprint {
    /// SHA-256 of the data, as hexadecimal digits.
    pub data: String,
    /// SHA-256 of the conclusions.
    pub conclusions: String,
}

/// Sections without conclusions.
const BESIDE: [&str; 6] = ["methods", "runs", "cost", "training", "failures", "provenance"];

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "data {} \u{b7} conclusions {}", short(&self.data), short(&self.conclusions))
    }
}

/// The first 16 digits in fours: as long as can be read aloud, and too long for
/// anybody to make other data with the same ones.
pub(super) fn short(sha256: &str) -> String {
    let digits: Vec<char> = sha256.chars().take(16).collect();
    digits.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// SHA-256 of what was measured.
pub(super) fn data(bundle: &Bundle) -> String {
    match &bundle.source {
        Source::Csv { bytes, .. } => sha256(bytes),
        Source::Cases { files, .. } => CaseFile::joint_sha256(files),
        Source::Study(study) => of_study(study, bundle),
        Source::Published => {
            let files = published::files();
            let all: String = files.iter().map(|(_, text)| sha256(text.as_bytes())).collect();
            sha256(all.as_bytes())
        }
    }
}

fn of_study(study: &StudySource, bundle: &Bundle) -> String {
    let hashes = &bundle.carried.prediction_hashes;
    let mut all = Sha256::new();
    for (id, run) in study.record.runs.iter().zip(&study.runs) {
        let outcome = run.record.as_ref().map(|r| (&r.state, &r.metrics, &r.cases));
        let of_run = (run.spec.portable(), outcome, hashes.get(&id.0));
        // Plain data: it has a JSON, and if it had none the hash would be of less.
        all.update(serde_json::to_vec(&of_run).unwrap_or_default());
        all.update(b"\n");
    }
    all.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of what is said of the data, of a document whose numbers are bound
/// and not yet arranged for a template.
pub(super) fn conclusions(document: &Document) -> String {
    let mut said = BTreeSet::new();
    for section in document.sections.iter().filter(|section| !BESIDE.contains(&&*section.id)) {
        of_section(section, &mut said);
    }
    sha256(said.into_iter().collect::<String>().as_bytes())
}

fn of_section(section: &Section, said: &mut BTreeSet<String>) {
    let mut add = |bound: &Bound| {
        said.insert(format!("{}\t{}\n", bound.id, bound.shown));
    };
    for block in &section.blocks {
        match block {
            Block::Table(table) => {
                let cells = table.grid.rows.iter().flatten();
                cells.filter_map(|cell| cell.bound.as_deref()).for_each(&mut add);
            }
            block => block.texts().into_iter().flat_map(values).for_each(&mut add),
        }
    }
    for block in &section.blocks {
        if let Block::Section(inner) = block {
            of_section(inner, said);
        }
    }
}

fn values(text: &Text) -> impl Iterator<Item = &Bound> {
    text.pieces.iter().filter_map(|piece| match piece {
        Piece::Value(bound) => Some(bound.as_ref()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::bound::Origin;
    use crate::report::document::{TableBlock, Value};
    use crate::text::Table;

    fn document(id: &str, mean: &str) -> Document {
        let bound = Origin::new(&["cells", "a"]).bind("mean", 1_usize, mean, "mean");
        let rows = vec![vec![Value::bound(bound)]];
        let table = TableBlock::new("tab-x", "", Table { columns: Vec::new(), rows });
        let section =
            Section { id: id.into(), blocks: vec![Block::Table(table)], ..Section::default() };
        Document { sections: vec![section], ..Document::default() }
    }

    #[test]
    fn conclusions_are_what_is_shown_outside_of_provenance() {
        let of = |id, mean| conclusions(&document(id, mean));
        assert_eq!(of("results", "0.5"), of("claims", "0.5"), "the place does not count");
        assert_ne!(of("results", "0.5"), of("results", "0.6"));
        assert_eq!(of("runs", "0.5"), of("runs", "0.6"));
        // printf 'cells.a.mean\t0.5\n' | sha256sum
        assert_eq!(of("results", "0.5"), sha256(b"cells.a.mean\t0.5\n"));
    }

    #[test]
    fn a_fingerprint_is_short_enough_to_be_quoted() {
        let found = Fingerprint { data: sha256(b"a"), conclusions: sha256(b"b") };
        assert_eq!(
            found.to_string(),
            "data ca97-8112-ca1b-bdca \u{b7} conclusions 3e23-e816-0039-594a"
        );
    }
}
