//! Every entry of the catalogue against a checkpoint in its original layout.

use std::collections::BTreeMap;

use super::keys::{expected, target};
use super::{folder, originals};
use crate::zoo::catalogue::{Source, catalogue, find};
use crate::zoo::checkpoint::read_nested;
use crate::zoo::fit::Fit;
use crate::zoo::target::is_computed;
use crate::zoo::{CatalogueError, Entry, TensorData};

fn resolved() -> impl Iterator<Item = &'static Entry> {
    let all = catalogue().expect("a catalogue").values();
    all.filter(|entry| matches!(entry.source(), Source::Fetchable | Source::ByHand))
}

#[test]
fn every_entry_reads_its_original_layout() {
    let dir = folder();
    for entry in resolved() {
        let (id, backbone) = (&entry.id, &entry.backbone);
        let path = originals::write(id, backbone, dir.path());
        let checkpoint = read_nested(&path, &entry.nesting).expect(id);
        let fit = Fit::by(&target(backbone), &entry.adapter, &checkpoint.tensors);
        assert_eq!(fit.mismatch(), None, "{id}");
        let expected = expected(backbone);
        assert_eq!(fit.found.len(), expected.len(), "{id}");
        for (name, wanted) in &expected {
            let got = fit.found[name].values().expect(name);
            let wanted: Vec<f64> = wanted.values.iter().map(|v| f64::from(*v)).collect();
            assert_eq!(got, wanted, "{id}: {name}");
        }
    }
}

#[test]
fn whatever_is_left_over_missing_or_misshapen_is_an_error() {
    let dir = folder();
    for entry in resolved() {
        let (id, backbone) = (&entry.id, &entry.backbone);
        let path = originals::write(id, backbone, dir.path());
        let tensors = read_nested(&path, &entry.nesting).expect(id).tensors;
        let target = target(backbone);
        let fault = |tensors: &_| Fit::by(&target, &entry.adapter, tensors).mismatch().expect(id);
        let is_kept = |(key, tensor): &(&String, &TensorData)| {
            let one = BTreeMap::from([((*key).clone(), (*tensor).clone())]);
            let shape = tensor.shape();
            shape.iter().filter(|d| **d > 1).count() > 1
                && !shape.iter().eq(shape.iter().rev())
                && entry.adapter.apply(&one).tensors.keys().any(|name| !is_computed(name))
        };
        let (key, tensor) = tensors.iter().find(is_kept).expect(id);
        let mut more = tensors.clone();
        more.insert("something.else".into(), tensor.clone());
        assert!(fault(&more).contains("1 unexpected: something.else"), "{id}");
        let mut fewer = tensors.clone();
        fewer.remove(key);
        assert!(fault(&fewer).starts_with("1 missing: "), "{id}");
        let mut other = tensors.clone();
        let order: Vec<usize> = (0..tensor.shape().len()).rev().collect();
        other.insert(key.clone(), tensor.permuted(&order).expect("a permutation"));
        assert!(fault(&other).starts_with("1 of another shape: "), "{id} {:?}", tensor.shape());
    }
}

#[test]
fn models_without_a_certain_source_cannot_be_chosen() {
    for id in ["detco", "imagenet22k", "coco"] {
        let error = find(id).expect_err("an error");
        assert!(matches!(error, CatalogueError::Unresolved { .. }), "{error}");
    }
    assert!(matches!(find("scratch"), Err(CatalogueError::Random { .. })));
    let error = find("mocov2").expect_err("an error").to_string();
    assert!(error.contains("did you mean `moco_v2`"), "{error}");
}

/// The published lists have 49 rows; two models more use names that are around.
#[test]
fn the_catalogue_is_complete() {
    let all = catalogue().expect("a catalogue");
    assert_eq!(all.values().filter(|entry| !entry.listed.is_empty()).count(), 49);
    assert_eq!(all.len(), 51);
    let unresolved = all.values().filter(|e| e.source() == Source::Unresolved).count();
    assert_eq!(unresolved, 3);
    for entry in all.values() {
        assert!(!entry.title.is_empty() && !entry.evidence.is_empty(), "{}", entry.id);
        assert!(entry.urls.iter().all(|url| url.starts_with("http")), "{}", entry.id);
        assert!(
            entry.normalization.is_some() || entry.source() == Source::Unresolved,
            "{}",
            entry.id
        );
        assert!(entry.sha256.chars().all(|c| c.is_ascii_hexdigit()), "{}", entry.id);
    }
}
