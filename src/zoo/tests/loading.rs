//! From a file into a network.

use std::collections::BTreeMap;
use std::path::Path;

use tch::{Device, Kind, Tensor, nn};

use super::folder;
use super::writers::{Named, legacy, zip};
use crate::models::{BuildOptions, build, build_with};
use crate::spec::Backbone;
use crate::zoo::{
    CheckpointError, LoadReport, check_backbone, check_entry, find, inspect, load_backbone,
    load_entry, read, read_nested, save_safetensors,
};

fn network(backbone: Backbone, outputs: i64) -> nn::VarStore {
    let store = nn::VarStore::new(Device::Cpu);
    build(&store.root(), backbone, outputs);
    store
}

fn variables(store: &nn::VarStore) -> BTreeMap<String, Tensor> {
    store.variables().into_iter().collect()
}

/// The variables of a network as tensors to write.
fn named(store: &nn::VarStore) -> Vec<Named> {
    let values = |t: &Tensor| Vec::<f32>::try_from(t.flatten(0, -1)).expect("values");
    let shape = |t: &Tensor| t.size().iter().map(|d| *d as usize).collect();
    variables(store)
        .into_iter()
        .map(|(name, t)| Named { shape: shape(&t), values: values(&t), name })
        .collect()
}

fn same_backbone(a: &nn::VarStore, b: &nn::VarStore) {
    let a = variables(a);
    for (name, tensor) in variables(b) {
        if !name.starts_with("fc.") {
            assert!(tensor.equal(&a[&name]), "{name}");
        }
    }
}

fn load_from(path: &Path, into: &mut nn::VarStore) -> Result<LoadReport, CheckpointError> {
    load_backbone(into, Backbone::Resnet18, &read(path)?)
}

#[test]
fn own_weights_load_back_bit_for_bit() {
    let dir = folder();
    let path = dir.path().join("w.safetensors");
    let store = network(Backbone::Resnet18, 3);
    save_safetensors(&store, None, &path).expect("saved");
    let mut other = network(Backbone::Resnet18, 5);
    let report = load_from(&path, &mut other).expect("loaded");
    assert_eq!((report.tensors, report.dropped.len()), (100, 2));
    same_backbone(&store, &other);
}

#[test]
fn torch_files_load_bit_for_bit() {
    let dir = folder();
    let store = network(Backbone::Resnet18, 3);
    let mut tensors = named(&store);
    for tensor in &mut tensors {
        tensor.name.insert_str(0, "module.encoder.");
    }
    let counter =
        Named { values: vec![9.0], ..Named::new("module.encoder.bn1.num_batches_tracked", &[]) };
    tensors.push(counter);
    for (name, bytes) in
        [("zip", zip(&["state_dict"], &tensors)), ("legacy", legacy(&["model"], &tensors))]
    {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        let mut other = network(Backbone::Resnet18, 5);
        assert_eq!(load_from(&path, &mut other).expect("loaded").tensors, 100);
        same_backbone(&store, &other);
    }
}

/// Another type or memory order in the network takes the way through a copy.
#[test]
fn networks_of_another_precision_are_filled_too() {
    let dir = folder();
    let path = dir.path().join("w.safetensors");
    let store = network(Backbone::Resnet18, 3);
    save_safetensors(&store, None, &path).expect("saved");
    let mut other = network(Backbone::Resnet18, 3);
    other.set_kind(Kind::Double);
    load_from(&path, &mut other).expect("loaded");
    let (a, b) = (variables(&store), variables(&other));
    assert!(a["conv1.weight"].to_kind(Kind::Double).equal(&b["conv1.weight"]));
    assert_eq!(b["conv1.weight"].kind(), Kind::Double);
}

#[test]
fn a_file_that_shrinks_is_an_error() {
    let dir = folder();
    let path = dir.path().join("w.safetensors");
    let mut store = network(Backbone::Resnet18, 3);
    save_safetensors(&store, None, &path).expect("saved");
    let checkpoint = read(&path).expect("read");
    std::fs::OpenOptions::new().write(true).open(&path).expect("open").set_len(9).expect("cut");
    let error = load_backbone(&mut store, Backbone::Resnet18, &checkpoint).expect_err("an error");
    assert!(matches!(error, CheckpointError::Load { .. }), "{error}");
}

#[test]
fn another_network_is_named_in_the_error() {
    let dir = folder();
    let path = dir.path().join("w.safetensors");
    save_safetensors(&network(Backbone::Resnet34, 3), None, &path).expect("saved");
    let error =
        check_backbone(Backbone::Resnet18, &read(&path).expect("read")).expect_err("an error");
    let error = error.to_string();
    assert!(
        error.contains("unexpected: layer1.2.bn1.bias") && error.contains("resnet34"),
        "{error}"
    );
}

#[test]
fn an_entry_loads_and_is_recognised() {
    let dir = folder();
    let path = dir.path().join("no suffix at all");
    let store = network(Backbone::Resnet50, 2);
    let mut tensors = named(&store);
    for tensor in &mut tensors {
        tensor.name.insert_str(0, "module.encoder_q.");
    }
    tensors.push(Named::new("module.queue", &[2, 2]));
    std::fs::write(&path, legacy(&["state_dict"], &tensors)).expect("written");
    let entry = find("moco_v2").expect("an entry");
    let checkpoint = read_nested(&path, &entry.nesting).expect("read");
    let mut other = network(Backbone::Resnet50, 4);
    let report = load_entry(&mut other, Backbone::Resnet50, entry, &checkpoint).expect("loaded");
    assert_eq!((report.tensors, report.values), (265, 23_508_032 + 53_120));
    assert_eq!(report.dropped.len(), 3);
    same_backbone(&store, &other);
    let error = check_entry(Backbone::Resnet50, find("swav").expect("an entry"), &checkpoint);
    assert!(error.is_err());
    let found = inspect(&path, &[]).expect("inspected");
    let entries: Vec<_> = found.matches.iter().filter_map(|m| m.entry.as_deref()).collect();
    assert_eq!(entries, ["moco_v1", "moco_v2", "pcl_v1", "pcl_v2", "clsa"]);
    assert!(found.matches.iter().all(|m| m.mismatch.is_none() && m.backbone == "resnet50"));
}

/// Official Swin and ConvNeXt names; a DeiT for larger images.
#[test]
fn networks_of_all_kinds_load_by_their_entries() {
    let dir = folder();
    let path = dir.path().join("w");
    let network = |backbone, size| {
        let store = nn::VarStore::new(Device::Cpu);
        let options = BuildOptions { image_size: size, ..BuildOptions::default() };
        build_with(&store.root(), backbone, 2, &options).expect("a network");
        store
    };
    for (id, backbone, size, resized) in [
        ("in1k_swin_t", Backbone::SwinTiny, None, 0),
        ("in1k_convnext_t", Backbone::ConvnextTiny, None, 0),
        ("in1k_deit_t", Backbone::DeitTiny, None, 0),
        ("in1k_deit_t", Backbone::DeitTiny, Some(384), 1),
    ] {
        let store = network(backbone, None);
        let rename = |name: &str| match backbone {
            Backbone::ConvnextTiny => super::originals::convnext(name),
            _ => name.to_string(),
        };
        let tensors: Vec<Named> =
            named(&store).into_iter().map(|t| Named { name: rename(&t.name), ..t }).collect();
        std::fs::write(&path, zip(&["model"], &tensors)).expect("written");
        let entry = find(id).expect("an entry");
        let checkpoint = read_nested(&path, &entry.nesting).expect("read");
        let mut other = network(backbone, size);
        let report = load_entry(&mut other, backbone, entry, &checkpoint).expect("loaded");
        assert_eq!(report.resized.len(), resized);
        let (a, b) = (variables(&store), variables(&other));
        for (name, tensor) in &b {
            if !name.starts_with(crate::models::head_prefix(backbone))
                && tensor.size() == a[name].size()
            {
                assert!(tensor.equal(&a[name]), "{id}: {name}");
            }
        }
        // The naming scheme is guessed too.
        let mut third = network(backbone, size);
        assert_eq!(load_backbone(&mut third, backbone, &checkpoint).expect("loaded"), report);
    }
}

/// A field of `/proc/self/status`, in bytes.
fn memory(field: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(field))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? << 10)
}

/// Loads 350 MB into a network: the process grows by no more than 1.2 times the
/// file. Alone in its process, so it is run by name:
/// `cargo test --release a_large_checkpoint -- --ignored --nocapture`; with
/// `TRANSFOLIO_LARGE` the file is kept there, to be timed with torch.load.
#[test]
#[ignore = "writes 350 MB; measures the whole process"]
fn a_large_checkpoint_costs_little_more_than_the_network() {
    let dir = folder();
    let place = std::env::var_os("TRANSFOLIO_LARGE").map_or(dir.path().join("large"), Into::into);
    // The shapes of a Swin-B, near enough: 340 tensors, the largest of 16 MB.
    let shapes: Vec<(String, Vec<usize>)> = (0..85)
        .flat_map(|i| {
            [("qkv", 768), ("proj", 256), ("fc1", 1024)]
                .map(|(n, d)| (format!("b{i}.{n}"), vec![d, 512]))
        })
        .chain((0..85).map(|i| (format!("b{i}.norm"), vec![512])))
        .collect();
    if !place.exists() {
        let tensors: Vec<Named> = shapes.iter().map(|(n, s)| Named::new(n.clone(), s)).collect();
        std::fs::write(&place, zip(&["model"], &tensors)).expect("written");
    }
    let size = place.metadata().expect("a file").len();
    let before = memory("VmRSS").expect("memory");
    let mut store = nn::VarStore::new(Device::Cpu);
    for (name, shape) in &shapes {
        let shape: Vec<i64> = shape.iter().map(|d| *d as i64).collect();
        // A name with a dot is a path.
        let (block, leaf) = name.split_once('.').expect("a block");
        let _ = (store.root() / block).ones_no_train(leaf, &shape);
    }
    // Resets the peak.
    std::fs::write("/proc/self/clear_refs", "5").expect("reset");
    let start = std::time::Instant::now();
    let checkpoint = read(&place).expect("read");
    let parsed = start.elapsed();
    load_backbone(&mut store, Backbone::Resnet18, &checkpoint).expect("loaded");
    let seconds = start.elapsed();
    let peak = memory("VmHWM").expect("memory");
    let added = peak.saturating_sub(before);
    eprintln!(
        "{} MB: parsed in {parsed:.2?}, loaded in {seconds:.2?}; network and loading together \
         {:.2} times the file",
        size >> 20,
        added as f64 / size as f64
    );
    assert!(added as f64 <= 1.2 * size as f64);
}
