//! One model of the catalogue.

use serde::Deserialize;

use crate::spec::{Backbone, Granularity, Normalization};
use crate::zoo::adapter::Adapter;

/// A pretrained model: what it is, where it comes from, how it is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Key in the catalogue.
    #[serde(skip)]
    pub id: String,
    /// The name as papers write it.
    pub title: String,
    /// Architecture, as in a study file; of a model whose architecture is not
    /// known, what it is taken to be.
    pub backbone: String,
    /// Data it was trained on.
    pub data: String,
    /// What it was trained to do.
    pub objective: String,
    /// Kind of pretraining, as the published comparison groups them.
    pub family: String,
    /// Kind of labels.
    pub granularity: Granularity,
    /// Number of classes; 0 without labels.
    #[serde(default)]
    pub classes: u32,
    /// Labelled images; 0 without labels.
    #[serde(default)]
    pub labels: u64,
    /// In which of the published lists it is.
    #[serde(default)]
    pub listed: String,
    /// Where the file is, tried in this order. With `files`, folders.
    #[serde(default)]
    pub urls: Vec<String>,
    /// Names of the files where there are several.
    #[serde(default)]
    pub files: Vec<String>,
    /// Page for people, where no address can be fetched by a program.
    #[serde(default)]
    pub page: String,
    /// Name of the file behind `page`.
    #[serde(default)]
    pub file: String,
    /// Why it cannot be used: the source is not known for certain.
    #[serde(default)]
    pub unresolved: String,
    /// Kind of file as published; what is read is told from the content.
    #[serde(default)]
    pub container: String,
    /// Keys under which the tensors are, the first that is there; `""` is the
    /// top level, `a+b` takes two together. Empty: the usual ones.
    #[serde(default)]
    pub nesting: Vec<String>,
    /// From the file's keys to the backbone's.
    #[serde(default)]
    pub(in crate::zoo) adapter: Adapter,
    /// Input normalisation it was trained with, where it is known.
    #[serde(default)]
    pub normalization: Option<Normalization>,
    /// Licence of the weights or, where nothing is said about them, of the
    /// code they come with.
    #[serde(default)]
    pub licence: String,
    /// SHA-256, or its beginning where only that is published; empty: recorded
    /// at the first download.
    #[serde(default)]
    pub sha256: String,
    /// How the facts are known: read in the source, inferred, unverified.
    #[serde(default)]
    pub evidence: String,
    /// What else a user must know.
    #[serde(default)]
    pub note: String,
}

/// How a model is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `zoo fetch` gets it.
    Fetchable,
    /// A person has to download it.
    ByHand,
    /// Random weights: there is no file.
    Random,
    /// Its source is not known for certain.
    Unresolved,
}

impl Source {
    /// One word for a table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fetchable => "fetch",
            Self::ByHand => "by hand",
            Self::Random => "random",
            Self::Unresolved => "unresolved",
        }
    }
}

impl Entry {
    /// How it is had.
    pub fn source(&self) -> Source {
        if !self.unresolved.is_empty() {
            Source::Unresolved
        } else if !self.urls.is_empty() {
            Source::Fetchable
        } else if self.page.is_empty() {
            Source::Random
        } else {
            Source::ByHand
        }
    }

    /// The backbone, where this build has it.
    pub fn known_backbone(&self) -> Option<Backbone> {
        Backbone::ALL.into_iter().find(|backbone| backbone.name() == self.backbone)
    }

    /// Rules of the adapter in words, for `zoo show`.
    pub fn rules(&self) -> Vec<String> {
        let adapter = &self.adapter;
        let mut rules = Vec::new();
        if !adapter.keep.is_empty() {
            rules.push(format!("keep only {}*", adapter.keep));
        }
        if !adapter.peel.is_empty() {
            rules.push(format!("take off {} where there", adapter.peel.join(", ")));
        }
        if !adapter.drop.is_empty() {
            rules.push(format!("drop {}", adapter.drop.join(", ")));
        }
        if adapter.layout != crate::zoo::adapter::Layout::Same {
            rules.push(format!("rename from {}", adapter.layout.name()));
        }
        rules
    }
}
