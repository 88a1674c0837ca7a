//! What two pages say differently, for people: input, settings, verdicts, answers.

use serde::Serialize;

use super::asked::{SettingChange, setting_changes};
use super::values::{ValueChanges, value_changes};
use super::verdicts::{VerdictChanges, verdict_changes};
use crate::frame::{FrameError, Listing};
use crate::report::bundle::{Bundle, BundleError, Source, sha256};
use crate::report::content::answer_sentences;
use crate::report::downloads::DATA;
use crate::report::error::ReportError;
use crate::report::load::{ReportInput, compute};
use crate::report::reading::PageFacts;

/// A sentence of the answer that is another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SentenceChange {
    /// Before; none where the first page has no such sentence.
    pub old: Option<String>,
    /// After; none where the second page has no such sentence.
    pub new: Option<String>,
}

/// Everything that people ask of two pages.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Story {
    /// The first sentence of the answer, where it is another one.
    pub headline: Option<SentenceChange>,
    /// The further sentences that are others.
    pub sentences: Vec<SentenceChange>,
    /// What was asked otherwise.
    pub settings: Vec<SettingChange>,
    /// Values of the input; none where a page does not hold them.
    pub input: Option<ValueChanges>,
    /// Why the input cannot be compared value by value.
    pub input_note: Option<String>,
    /// The verdicts.
    pub verdicts: VerdictChanges,
}

/// What a page was computed from, computed again.
///
/// # Errors
/// The reason in words: data of another version, or damaged ones.
pub(super) fn input_of(page: &PageFacts) -> Result<ReportInput, String> {
    let computed = || -> Result<ReportInput, ReportError> {
        let file = page.files.get(DATA).ok_or(ReportError::NoData)?;
        let reason = "it is not base64".to_string();
        let bytes = file.bytes.as_deref().ok_or(BundleError::NoArchive { reason })?;
        compute(Bundle::unpack(bytes, page.room)?)
    };
    computed().map_err(|error| error.to_string())
}

impl Story {
    pub(super) fn of(old: &ReportInput, new: &ReportInput) -> Self {
        let mut story = Self {
            settings: setting_changes(old, new),
            verdicts: verdict_changes(old, new),
            ..Self::default()
        };
        story.answers(&answer_sentences(old), &answer_sentences(new));
        match listings(&old.bundle, &new.bundle) {
            Ok(Some([old, new])) => story.input = Some(value_changes(&old, &new)),
            Ok(None) => story.input_note = Some(carried(&old.bundle, &new.bundle)),
            Err(error) => story.input_note = Some(error.to_string()),
        }
        story
    }

    /// Sentences that one side alone has, those of one pair beside each other.
    fn answers(&mut self, old: &[String], new: &[String]) {
        let head = |sentences: &[String]| sentences.first().cloned();
        if head(old) != head(new) {
            self.headline = Some(SentenceChange { old: head(old), new: head(new) });
        }
        let (old, new) = (old.get(1..).unwrap_or_default(), new.get(1..).unwrap_or_default());
        // A sentence begins with whom it is of.
        let about = |text: &str| text.split(':').next().unwrap_or_default().to_string();
        let gone: Vec<&String> = old.iter().filter(|text| !new.contains(text)).collect();
        let mut come: Vec<&String> = new.iter().filter(|text| !old.contains(text)).collect();
        for text in gone {
            let twin = come.iter().position(|other| about(other) == about(text));
            let new = twin.map(|at| come.remove(at).clone());
            self.sentences.push(SentenceChange { old: Some(text.clone()), new });
        }
        let fresh = come.into_iter().cloned();
        self.sentences.extend(fresh.map(|text| SentenceChange { old: None, new: Some(text) }));
    }
}

/// The values of both inputs; none where a page does not hold them.
fn listings(old: &Bundle, new: &Bundle) -> Result<Option<[Listing; 2]>, FrameError> {
    let holds = |bundle: &Bundle| match &bundle.source {
        Source::Cases { files, .. } => files.iter().all(|file| file.bytes.is_some()),
        Source::Csv { .. } | Source::Study(_) => true,
        Source::Published => false,
    };
    if !holds(old) || !holds(new) {
        return Ok(None);
    }
    // One table of the other's makes: there is nothing to look for.
    if old.source == new.source {
        return Ok(Some([Listing::default(), Listing::default()]));
    }
    Ok(Some([old.results()?.listing()?, new.results()?.listing()?]))
}

/// What can be said of inputs that the pages do not hold.
fn carried(old: &Bundle, new: &Bundle) -> String {
    let hashes = |bundle: &Bundle| -> Vec<(String, String)> {
        match &bundle.source {
            Source::Cases { files, .. } => {
                files.iter().map(|file| (file.name.clone(), file.sha256.clone())).collect()
            }
            Source::Csv { bytes, .. } => vec![(bundle.name.clone(), sha256(bytes))],
            Source::Study(_) | Source::Published => Vec::new(),
        }
    };
    let (before, after) = (hashes(old), hashes(new));
    if before.is_empty() && after.is_empty() {
        return "neither page has an input of its own".into();
    }
    let differing: Vec<&str> = after
        .iter()
        .filter(|(_, hash)| !before.iter().any(|(_, other)| other == hash))
        .map(|(name, _)| name.as_str())
        .collect();
    let too_large = "tables that are too large to be in a page are compared as files";
    if differing.is_empty() && before.len() == after.len() {
        format!("{too_large}: they are the same, by their SHA-256")
    } else if differing.is_empty() {
        format!("{too_large}: there were {}, and there are {}", before.len(), after.len())
    } else {
        format!("{too_large}: {} changed, by SHA-256", crate::text::listed(&names(&differing)))
    }
}

fn names(of: &[&str]) -> Vec<String> {
    of.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_of_one_pair_stand_beside_each_other() {
        let of = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut story = Story::default();
        story.answers(
            &of(&["a wins.", "a against b: by 1.", "b against c: by 2."]),
            &of(&["a wins.", "b against c: by 3.", "c against d: by 1."]),
        );
        assert_eq!(story.headline, None);
        let pairs: Vec<(Option<&str>, Option<&str>)> =
            story.sentences.iter().map(|s| (s.old.as_deref(), s.new.as_deref())).collect();
        assert_eq!(
            pairs,
            [
                (Some("a against b: by 1."), None),
                (Some("b against c: by 2."), Some("b against c: by 3.")),
                (None, Some("c against d: by 1.")),
            ]
        );
        story.answers(&of(&["a wins."]), &[]);
        assert!(story.headline.is_some());
    }
}
