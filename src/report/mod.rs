//! The self-contained HTML report: from results to finished strings to a page.
//!
//! `load` gathers, `content` arranges sections, `methods` writes prose, `html`
//! fills the templates. Same records in, same bytes out: the page holds no
//! clock and no path of this machine that the records do not hold.

mod bibliography;
mod binding;
mod bound;
mod bundle;
mod checklist;
mod checklists;
mod checks;
mod citations;
mod content;
mod data_words;
mod definitions;
mod diff;
mod document;
mod downloads;
mod error;
mod escape;
mod export;
mod fingerprint;
mod histories;
mod html;
mod layout;
mod lineage;
mod lint;
mod load;
mod masks;
mod math;
mod methods;
mod numbering;
mod options;
mod page;
mod parts;
mod predictions;
mod provenance;
mod reading;
mod reduced;
mod sentence;
mod signature;
mod table_html;
mod templates;
mod test_definitions;
mod text;
mod thin;
mod tidy;
mod typeset;
mod verify;

pub use bibliography::BibliographyError;
pub use bundle::{
    Bundle, BundleError, Carried, CaseFile, Look, Manner, Print, RunRow, Source, StudySource,
    gather,
};
pub use checklists::{Checklist, ChecklistName, FilledChecklist, fill as fill_checklist};
pub use content::{FacetFigure, FacetPanel, answer_parts, facet_panels};
pub use diff::{
    Cause, Change, Diff, DiffSide, Everything, Fate, SentenceChange, SettingChange, Side, Story,
    ValueChange, ValueChanges, VerdictChange, VerdictChanges, Weight, diff, diff_of,
};
pub use error::ReportError;
pub use export::{Exported, export};
pub use fingerprint::Fingerprint;
pub use histories::{LevelHistory, RunHistory};
pub use html::{Rendered, render, rendered};
pub use lint::{LiteralNumber, lint};
pub use load::{ReportInput, analyse, compute, load};
pub(crate) use math::{Place, mathml};
pub use options::options;
pub use parts::{FigurePart, PartCell, PartColumn, Parts, TablePart, parts};
pub use predictions::{MeanCurve, PredictedLevel};
pub use reduced::Reduced;
pub use signature::{
    CheckingKey, NewKeys, SignatureCheck, SignatureError, SigningKey, new_keys, signature_path,
};
pub use templates::Templates;
pub use typeset::check_helper;
pub(crate) use typeset::{PictureRequest, draw};
pub use verify::{Against, Difference, Kind, OwnTemplate, Verification, verify};
