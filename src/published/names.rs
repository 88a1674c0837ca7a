//! One name for what has many.
//!
//! The rule: a name that equals a published one matches, whatever its case; else
//! it is looked up in `dataset/published/aliases.csv`. Nothing is guessed.

use std::collections::BTreeMap;

use super::csv_text::CsvText;
use super::error::PublishedError;
use super::tables::ALIASES;

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// A task.
    Task,
    /// A model.
    Model,
    /// An init.
    Init,
    /// A metric.
    Metric,
}

/// The table of other names.
#[derive(Clone, Debug)]
pub struct Names(BTreeMap<(Field, String), String>);

impl Names {
    /// The built-in table.
    pub fn builtin() -> Result<Self, PublishedError> {
        let table = CsvText::read(ALIASES.0, ALIASES.1.as_bytes())?;
        table.needs(&["field", "alias", "name"])?;
        let mut names = BTreeMap::new();
        for line in table.lines() {
            let field = match line.text("field") {
                "task" => Field::Task,
                "model" => Field::Model,
                "init" => Field::Init,
                "metric" => Field::Metric,
                _ => return Err(line.wrong("field", "task, model, init or metric")),
            };
            let alias = line.text("alias").to_lowercase();
            if let Some(other) = names.insert((field, alias), line.text("name").to_string())
                && other != line.text("name")
            {
                return Err(line.fail(format!("the same alias stands for {other:?} already")));
            }
        }
        Ok(Self(names))
    }

    /// The one spelling that a name is compared by.
    pub fn canonical(&self, field: Field, name: &str) -> String {
        let key = name.trim().to_lowercase();
        match self.0.get(&(field, key.clone())) {
            Some(name) => name.to_lowercase(),
            None => key,
        }
    }

    /// The metric without its unit and averaging: `mean AUC %` is `auc`.
    pub fn metric(&self, name: &str) -> String {
        self.canonical(Field::Metric, name.trim().trim_end_matches('%'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_catalogue_and_of_papers_meet() {
        let names = Names::builtin().expect("aliases");
        let same = |field, a: &str, b: &str| {
            assert_eq!(names.canonical(field, a), names.canonical(field, b), "{a} {b}");
        };
        same(Field::Init, "ImageNet supervised", "in1k_resnet50");
        same(Field::Init, "ImageNet-1K->MIMIC", "da_swin_base_imagenet_mimic");
        same(Field::Init, "moco_v2", "MoCo-v2");
        same(Field::Model, "swin_base", "Swin-B");
        same(Field::Task, "CheXpert", "DXC5");
        assert_eq!(names.metric("mean AUC %"), names.metric("auc"));
        assert_ne!(
            names.canonical(Field::Init, "CheXpert"),
            names.canonical(Field::Init, "imagenet")
        );
    }
}
