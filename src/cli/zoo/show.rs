//! `zoo show` of a model of the catalogue.

use super::{granularity, number};
use crate::spec::Normalization;
use crate::zoo::{self, CatalogueError, Source};

/// What is known of a model.
pub(super) fn show(id: &str) -> anyhow::Result<String> {
    let entry = match zoo::find(id) {
        Ok(entry) => entry,
        // What cannot be used can be looked at all the same.
        Err(CatalogueError::Unresolved { .. } | CatalogueError::Random { .. }) => {
            &zoo::catalogue()?[id]
        }
        Err(error) => return Err(error.into()),
    };
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            text.push_str(&format!("{name:<15} {value}\n"));
        }
    };
    let place = |key: &String| if key.is_empty() { "top level".into() } else { key.clone() };
    line("id", &entry.id);
    line("title", &entry.title);
    line("backbone", &entry.backbone);
    if entry.known_backbone().is_none() && entry.source() != Source::Random {
        line("", "this build does not have this backbone");
    }
    line("data", &entry.data);
    line("objective", &entry.objective);
    line("family", &entry.family);
    line("granularity", granularity(entry.granularity));
    line("classes", &number(u64::from(entry.classes)));
    line("labels", &number(entry.labels));
    line("listed in", &entry.listed);
    line("source", entry.source().name());
    line("unresolved", &entry.unresolved);
    for url in &entry.urls {
        line("address", url);
    }
    line("files", &entry.files.join(", "));
    line("page", &entry.page);
    line("file", &entry.file);
    line("container", &entry.container);
    line("tensors under", &entry.nesting.iter().map(place).collect::<Vec<_>>().join(" or "));
    for rule in entry.rules() {
        line("keys", &rule);
    }
    line("normalization", entry.normalization.map_or("", Normalization::name));
    line("licence", if entry.licence.is_empty() { "not known" } else { &entry.licence });
    let recorded = "not published; recorded at the first download";
    line("sha256", if entry.sha256.is_empty() { recorded } else { &entry.sha256 });
    line("evidence", &entry.evidence);
    line("note", &entry.note);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_shown_with_its_rules() {
        let text = show("moco_v2").expect("an entry");
        assert!(text.contains("keep only module.encoder_q.*"), "{text}");
        assert!(text.contains("recorded at the first download"), "{text}");
        let text = show("imagenet22k").expect("unresolved, but shown");
        assert!(text.contains("source          unresolved"), "{text}");
        let error = show("moco_v3").expect_err("unknown").to_string();
        assert!(error.contains("did you mean `moco_v"), "{error}");
    }
}
