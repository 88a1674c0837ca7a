//! Classifiers where other libraries and scripts put them.

use super::folder;
use super::wrappers::{SMALL, body, under, written};
use super::writers::{Named, zip};
use crate::spec::Backbone;
use crate::zoo::{find, head, read, read_nested};

/// Names of a classifier of five classes in a file of a backbone, and whether
/// it is one of several layers there.
const HEADS: [(Backbone, &str, &str, Option<bool>); 17] = [
    (SMALL, "", "linear", Some(false)),
    (SMALL, "", "fc", Some(false)),
    (SMALL, "net.", "classifier", Some(false)),
    (SMALL, "backbone.", "head.fc", Some(false)),
    (SMALL, "model.backbone.", "model.head", Some(false)),
    (SMALL, "module.", "module.fc.1", Some(true)),
    (SMALL, "", "fc.0", Some(true)),
    (SMALL, "encoder.", "cls_head.2", Some(true)),
    (SMALL, "resnet.", "classifier.1", Some(false)),
    (SMALL, "", "projection_head.0", None),
    (SMALL, "student.", "teacher.head", Some(false)),
    (Backbone::MobilenetV2, "", "classifier.1", Some(false)),
    (Backbone::MobilenetV2, "", "classifier.1.0", Some(true)),
    (Backbone::MobilenetV2, "", "classifier.1.1", Some(true)),
    (Backbone::MobilenetV2, "", "classifier", Some(false)),
    (Backbone::MobilenetV2, "module.", "module.classifier.1.1", Some(true)),
    (Backbone::MobilenetV2, "mobilenet_v2.", "classifier", Some(false)),
];

#[test]
fn classifiers_are_found_under_every_name() {
    let dir = folder();
    for (index, (backbone, wrapper, name, wanted)) in HEADS.into_iter().enumerate() {
        // One output is a classifier, too.
        let outputs = if index % 2 == 0 { 5 } else { 1 };
        let width = crate::models::feature_width(backbone);
        let mut tensors = under(wrapper, &body(backbone, 1));
        let weight = Named::new(format!("{name}.weight"), &[outputs, width]);
        tensors.extend([weight.clone(), Named::new(format!("{name}.bias"), &[outputs])]);
        let path = written(dir.path(), zip(&[], &tensors));
        let file = read(&path).expect("read");
        let found = head(backbone, &file, None);
        assert_eq!(found.as_ref().map(|head| head.nested.is_some()), wanted, "{wrapper} {name}");
        let Some(found) = found else { continue };
        let values: Vec<f64> = weight.values.iter().map(|v| f64::from(*v)).collect();
        assert_eq!(found.weight.values().expect("values"), values, "{name}");
        assert_eq!(found.bias.expect("a bias").shape(), [outputs]);
        // A softmax: no file says that a sigmoid comes after it.
        assert!(!found.sigmoid, "{name}");
    }
}

#[test]
fn more_than_one_layer_is_no_classifier() {
    let dir = folder();
    for names in [&["fc.0", "fc.2"][..], &["head_a", "head_b"]] {
        let mut tensors = body(SMALL, 1);
        tensors.extend(names.iter().map(|n| Named::new(format!("{n}.weight"), &[64, 64])));
        let path = written(dir.path(), zip(&[], &tensors));
        assert!(head(SMALL, &read(&path).expect("read"), None).is_none(), "{names:?}");
    }
    // Of another width it is not this network's.
    let mut tensors = body(SMALL, 1);
    tensors.push(Named::new("fc.weight", &[5, 63]));
    let path = written(dir.path(), zip(&[], &tensors));
    assert!(head(SMALL, &read(&path).expect("read"), None).is_none());
}

/// The published benchmark's heads end with a sigmoid, and its entries say so.
#[test]
fn a_published_head_keeps_its_sigmoid() {
    let dir = folder();
    let mut tensors = body(Backbone::Resnet18, 1);
    tensors.push(Named::new("fc.0.weight", &[14, 512]));
    tensors.push(Named::new("fc.0.bias", &[14]));
    let path = written(dir.path(), zip(&["state_dict"], &tensors));
    let entry = find("id_resnet50_chestxray14").expect("an entry");
    let file = read_nested(&path, &entry.nesting).expect("read");
    assert!(head(Backbone::Resnet18, &file, Some(entry)).expect("a head").sigmoid);
    assert!(!head(Backbone::Resnet18, &file, None).expect("a head").sigmoid);
}
