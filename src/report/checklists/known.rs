//! What the program knows of a topic.

use std::collections::BTreeSet;

use super::topic::Topic;
use super::{measured, trained};
use crate::report::load::ReportInput;

/// An answer. Nothing is said that the input does not bear out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// What is known; empty where nothing is.
    pub(super) said: String,
    /// What the authors have to say beside it; empty where nothing is left.
    pub(super) left: String,
    /// Labels of the places in the page where it stands.
    pub(super) at: Vec<&'static str>,
}

/// How far an item is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// By what the program knows.
    Answered,
    /// Something is left to say.
    InPart,
    /// The authors have to say it.
    Authors,
}

impl State {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::InPart => "in part",
            Self::Authors => "the authors have to say",
        }
    }
}

impl Known {
    /// An answer that leaves nothing to say.
    pub(super) fn whole(said: impl Into<String>, at: &[&'static str]) -> Self {
        Self { said: said.into(), left: String::new(), at: at.to_vec() }
    }

    /// With what the authors have to say beside it.
    pub(super) fn leaving(mut self, left: impl Into<String>) -> Self {
        self.left = left.into();
        self
    }

    /// Nothing is known.
    pub(super) fn nothing() -> Self {
        Self::default()
    }

    /// Nothing is known, for a reason that helps whoever has to answer.
    pub(super) fn unknown(left: impl Into<String>) -> Self {
        Self { left: left.into(), ..Self::default() }
    }

    pub(super) fn state(&self) -> State {
        match (self.said.is_empty(), self.left.is_empty()) {
            (true, _) => State::Authors,
            (false, true) => State::Answered,
            (false, false) => State::InPart,
        }
    }
}

/// Which labels a page has.
pub(super) type Labels = BTreeSet<String>;

/// The answer to what a topic asks.
pub(super) fn known(topic: Topic, input: &ReportInput, labels: &Labels) -> Known {
    match topic {
        Topic::Authors => Known::nothing(),
        Topic::Objectives => measured::objectives(input),
        Topic::DataSources => trained::sources(input),
        Topic::Preparation => trained::preparation(input),
        Topic::Partitions => trained::partitions(input),
        Topic::Disjoint => trained::disjoint(input),
        Topic::Sizes => trained::sizes(input),
        Topic::SampleSize => measured::sample_size(input),
        Topic::Missing => measured::missing(input),
        Topic::Model => trained::model(input),
        Topic::Software => trained::software(input),
        Topic::Initialisation => trained::initialisation(input),
        Topic::Training => trained::training(input),
        Topic::Selection => trained::selection(input),
        Topic::Ensembles => trained::ensembles(input),
        Topic::Output => trained::output(input),
        Topic::Imbalance => trained::imbalance(input),
        Topic::Metrics => measured::metrics(input),
        Topic::Statistics => measured::statistics(input),
        Topic::Evaluation => measured::evaluation(input, labels),
        Topic::Robustness => measured::robustness(input),
        Topic::Subgroups => measured::subgroups(input, labels),
        Topic::InternalTest => measured::internal(input),
        Topic::ExternalTest => measured::external(input),
        Topic::Performance => measured::performance(input, labels),
        Topic::CrossTabulation => measured::cross_tabulation(labels),
        Topic::Failures => measured::failures(input, labels),
        Topic::Limits => measured::limits(input),
        Topic::Data => trained::data(input),
        Topic::Code => trained::code(input),
        Topic::DataAndCode => trained::data_and_code(input),
        Topic::Audit => trained::audit(input),
        Topic::Protocol => measured::protocol(input),
    }
}
