//! What the weights of a study come from, and how they were fitted.

use std::collections::BTreeMap;

use super::bundle::RunRow;
use crate::records::{Ancestor, StudyRecord};

/// A paragraph for the methods; `None` where no weights came from a file.
pub(super) fn paragraph(study: &StudyRecord, runs: &[RunRow]) -> Option<String> {
    let inits = study.ancestry.iter().filter(|(_, chain)| !chain.is_empty());
    let origins: Vec<String> = inits
        .map(|(init, chain)| format!("those of {} are {}", title(study, init), way(chain)))
        .collect();
    let resized = resized(study, runs);
    if origins.is_empty() && resized.is_empty() {
        return None;
    }
    let mut text = String::new();
    if !origins.is_empty() {
        text.push_str(&format!("Of the pretrained weights, {}. ", origins.join("; ")));
    }
    text.push_str(&resized.join(" "));
    Some(text.trim_end().to_string())
}

/// Rows of the provenance table: name and value.
pub(super) fn facts(study: &StudyRecord) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    for (init, chain) in &study.ancestry {
        for (index, step) in chain.iter().enumerate() {
            let what = if index + 1 == chain.len() { "Weights" } else { "Ancestor of the weights" };
            let run = step.run.as_ref().map_or(String::new(), |run| format!(", run {run}"));
            let data = step.data_hash.as_ref();
            let data = data.map_or(String::new(), |hash| format!(", data {hash}"));
            let value = format!("{}{run}{data}, SHA-256 {}", step.title, step.sha256);
            facts.push((format!("{what} of {}", title(study, init)), value));
        }
    }
    facts
}

fn title<'a>(study: &'a StudyRecord, init: &'a str) -> &'a str {
    study.study.inits.get(init).and_then(|init| init.title.as_deref()).unwrap_or(init)
}

/// Oldest first: what was first, and what it was trained on after that.
fn way(chain: &[Ancestor]) -> String {
    let steps: Vec<&str> = chain.iter().map(|step| step.title.as_str()).collect();
    steps.join(", then ")
}

/// Tables that were resampled, by model and init: one sentence each.
fn resized(study: &StudyRecord, runs: &[RunRow]) -> Vec<String> {
    let mut counts: BTreeMap<(&str, &str, u32), usize> = BTreeMap::new();
    for run in runs {
        let loaded = run.record.as_ref().and_then(|record| record.loaded.as_ref());
        let count = loaded.map_or(0, |loaded| loaded.resized.len());
        if count > 0 {
            let size = run.spec.recipe.image_size;
            counts.insert((&run.spec.model, &run.spec.init, size), count);
        }
    }
    let sentence = |((model, init, size), count): ((&str, &str, u32), usize)| {
        let tables = if count == 1 { "1 table".into() } else { format!("{count} tables") };
        format!(
            "For {model} started from {}, {tables} of positions were resampled bicubically to images of \
             {size} px.",
            title(study, init)
        )
    };
    counts.into_iter().map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_reads_from_the_oldest_on() {
        let step = |title: &str| Ancestor {
            title: title.into(),
            sha256: "ab".into(),
            run: None,
            data_hash: None,
        };
        assert_eq!(
            way(&[step("MoCo v2"), step("`chest` on `nih`")]),
            "MoCo v2, then `chest` on `nih`"
        );
    }
}
