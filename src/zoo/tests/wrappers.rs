//! What training scripts put around and beside a network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tch::{Device, Tensor, nn};

use super::folder;
use super::writers::{Named, grouped, zip};
use crate::models::{build, head_prefix};
use crate::spec::{Backbone, Keys};
use crate::zoo::{
    Checkpoint, CheckpointError, LoadReport, check_backbone, load_backbone, read, read_as,
};

/// The smallest network there is.
pub(super) const SMALL: Backbone = Backbone::Resnet20CifarOptionA;

/// The variables of a new network as tensors to write, with its classifier.
pub(super) fn network(backbone: Backbone, seed: i64) -> Vec<Named> {
    tch::manual_seed(seed);
    let store = nn::VarStore::new(Device::Cpu);
    build(&store.root(), backbone, 3);
    let values = |t: &Tensor| Vec::<f32>::try_from(t.flatten(0, -1)).expect("values");
    let shape = |t: &Tensor| t.size().iter().map(|d| *d as usize).collect();
    let variables: BTreeMap<String, Tensor> = store.variables().into_iter().collect();
    let named = |(name, t): (String, Tensor)| Named { shape: shape(&t), values: values(&t), name };
    variables.into_iter().map(named).collect()
}

/// The same without its classifier.
pub(super) fn body(backbone: Backbone, seed: i64) -> Vec<Named> {
    let head = head_prefix(backbone);
    network(backbone, seed).into_iter().filter(|t| !t.name.starts_with(head)).collect()
}

pub(super) fn under(prefix: &str, tensors: &[Named]) -> Vec<Named> {
    let named = |t: &Named| Named { name: format!("{prefix}{}", t.name), ..t.clone() };
    tensors.iter().map(named).collect()
}

/// Loads a checkpoint into a new network and compares its backbone with what
/// was written.
pub(super) fn loads(
    file: &Checkpoint,
    backbone: Backbone,
    wanted: &[Named],
) -> Result<LoadReport, CheckpointError> {
    let mut store = nn::VarStore::new(Device::Cpu);
    build(&store.root(), backbone, 2);
    let report = load_backbone(&mut store, backbone, file)?;
    let got: BTreeMap<String, Tensor> = store.variables().into_iter().collect();
    for tensor in wanted {
        let values = Vec::<f32>::try_from(got[&tensor.name].flatten(0, -1)).expect("values");
        assert_eq!(values, tensor.values, "{}", tensor.name);
    }
    Ok(report)
}

pub(super) fn written(dir: &Path, bytes: Vec<u8>) -> PathBuf {
    let path = dir.join("w.pth");
    std::fs::write(&path, bytes).expect("written");
    path
}

const WRAPPERS: [&str; 19] = [
    "",
    "_orig_mod.",
    "_orig_mod.module.",
    "module._orig_mod.",
    "module.",
    "model.",
    "model._orig_mod.",
    "net.",
    "network.",
    "backbone.",
    "student.",
    "teacher.backbone.",
    "feature_extractor.",
    "base_model.model.",
    "model_ema.module.",
    "_forward_module.model.",
    "lightning.module.encoder.",
    "featurizer.0.",
    "whatever.it.is.called.",
];

/// What stands beside it, at the top or where the wrapper is.
const BESIDE: [&str; 9] = [
    "criterion.pos_weight",
    "head.fc.weight",
    "head.fc.bias",
    "projection_head.layers.0.weight",
    "loss_fn.weight",
    "val_auroc.preds",
    "classifier.1.weight",
    "queue",
    "prototypes.weight",
];

#[test]
fn every_wrapper_is_taken_off_whatever_stands_beside_it() {
    let dir = folder();
    let body = body(SMALL, 1);
    for wrapper in WRAPPERS {
        for nest in [&[][..], &["state_dict"]] {
            let mut tensors = under(wrapper, &body);
            tensors.push(Named::new(format!("{wrapper}bn1.num_batches_tracked"), &[]));
            tensors.extend(BESIDE.map(|name| Named::new(name, &[2, 2])));
            let path = written(dir.path(), zip(nest, &tensors));
            let report = loads(&read(&path).expect("read"), SMALL, &body).expect(wrapper);
            assert_eq!(report.tensors, body.len(), "{wrapper}");
            let mut dropped = report.dropped.clone();
            dropped.sort();
            let mut beside = BESIDE.map(String::from);
            beside.sort();
            assert_eq!(dropped, beside, "{wrapper}");
            // What is no classifier is told.
            let [note] = report.notes.as_slice() else { panic!("{wrapper}: {:?}", report.notes) };
            assert!(note.contains("criterion (1)") && !note.contains("head.fc"), "{note}");
        }
    }
}

/// Marks of compilation in the middle of names, of some layers only.
#[test]
fn marks_inside_of_names_are_taken_out() {
    let dir = folder();
    let body = body(SMALL, 1);
    for mark in ["_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"] {
        let rename = |name: &str| name.replacen("layer2.", &format!("layer2.{mark}."), 1);
        let tensors: Vec<Named> =
            body.iter().map(|t| Named { name: rename(&t.name), ..t.clone() }).collect();
        let path = written(dir.path(), zip(&[], &under("net.", &tensors)));
        loads(&read(&path).expect("read"), SMALL, &body).expect(mark);
    }
}

/// Which of two copies is taken by itself, and the line that takes the other.
#[test]
fn of_two_copies_one_is_taken_and_told() {
    let dir = folder();
    let (one, two) = (body(SMALL, 1), body(SMALL, 2));
    for (first, second) in [
        ("teacher.", "student."),
        ("teacher.backbone.", "student.backbone."),
        ("module.encoder_q.", "module.encoder_k."),
        ("model.", "ema_model."),
        ("backbone.", "backbone_momentum."),
        ("online_encoder.", "target_encoder."),
        ("", "ema."),
        ("net._orig_mod.", "net_ema._orig_mod."),
    ] {
        let tensors = [under(first, &one), under(second, &two)].concat();
        let path = written(dir.path(), zip(&["state_dict"], &tensors));
        let report = loads(&read(&path).expect("read"), SMALL, &one).expect(first);
        let line = format!("keys = {{ strip = \"{second}\" }}");
        let told = report.notes.iter().any(|note| note.contains("2 times") && note.contains(&line));
        assert!(told, "{first}: {:?}", report.notes);
        let keys = Keys { strip: Some(second.into()), ..Keys::default() };
        let other = read_as(&path, None, Some(&keys)).expect("read");
        assert_eq!(loads(&other, SMALL, &two).expect(second).notes, [""; 0], "{second}");
        if !second.contains("_orig") {
            let place = second.trim_end_matches('.');
            let other = read_as(&path, Some(place), None).expect("read");
            loads(&other, SMALL, &two).expect(second);
        }
    }
}

/// A module that is registered twice is no second network.
#[test]
fn one_network_under_two_names_is_one() {
    let dir = folder();
    let body = body(SMALL, 1);
    let path = written(dir.path(), zip(&[], &under("a.", &body)));
    let mut file = read(&path).expect("read");
    let twice: Vec<_> =
        file.tensors.iter().map(|(k, t)| (k.replacen("a.", "b.", 1), t.clone())).collect();
    file.tensors.extend(twice);
    assert_eq!(loads(&file, SMALL, &body).expect("loaded").notes, [""; 0]);
}

#[test]
fn of_several_sets_one_is_taken_and_told() {
    let dir = folder();
    let (one, two) = (network(SMALL, 1), network(SMALL, 2));
    for (first, second) in [
        ("state_dict", "state_dict_ema"),
        ("model", "model_ema"),
        ("model", "ema"),
        ("state_dict", "ema_state_dict"),
        ("teacher", "student"),
        ("net_params", "net_params_ema"),
    ] {
        let path = written(dir.path(), grouped(&[(second, &two), (first, &one)]));
        let file = read(&path).expect("read");
        let notes = loads(&file, SMALL, &one[..5]).expect(first).notes;
        let line = format!("weights_from = \"{second}\"");
        assert!(notes.iter().any(|n| n.contains("2 sets") && n.contains(&line)), "{notes:?}");
        assert_eq!(check_backbone(SMALL, &file).expect("it fits"), notes);
        let other = read_as(&path, Some(second), None).expect("read");
        let notes = loads(&other, SMALL, &two[..5]).expect(second).notes;
        assert!(notes.iter().all(|n| n.contains(&format!("`{second}` was taken"))), "{notes:?}");
        let error = read_as(&path, Some("no_such"), None).expect_err("an error").to_string();
        assert!(error.contains("no_such") && error.contains(second), "{error}");
    }
}

/// Averages of gradients have the names of the weights and are none.
#[test]
fn the_state_of_an_optimiser_is_no_set_of_weights() {
    let dir = folder();
    let body = body(SMALL, 1);
    for other in ["optimizer_state", "exp_avg", "momentum_buffer"] {
        let path = written(dir.path(), grouped(&[(other, &body), ("model", &body)]));
        let notes = loads(&read(&path).expect("read"), SMALL, &body).expect(other).notes;
        assert_eq!(notes, [""; 0], "{other}");
        let path = written(dir.path(), grouped(&[(other, &body), ("mine", &body)]));
        assert_eq!(read(&path).expect("read").nesting.as_deref(), Some("mine"));
    }
}

/// A set under a key that nobody knows, beside what training leaves.
#[test]
fn the_largest_set_is_taken_where_none_has_a_usual_key() {
    let dir = folder();
    let body = body(SMALL, 1);
    let small = [Named::new("weight", &[2, 2])];
    for key in ["encoder", "weights_of_mine", "params"] {
        let groups: [(&str, &[Named]); 3] =
            [("criterion", &small), (key, &body), ("queue", &small)];
        let path = written(dir.path(), grouped(&groups));
        let file = read(&path).expect("read");
        assert_eq!(file.nesting.as_deref(), Some(key));
        loads(&file, SMALL, &body).expect(key);
    }
}
