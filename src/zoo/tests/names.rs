//! The names that other libraries give the parts of every backbone: lists of
//! keys and shapes, made by those libraries (see `tests/golden/README.md`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use tch::{Device, Kind, Tensor, nn, no_grad};

use crate::models::tests::golden::{hashed, input};
use crate::models::{build, head_prefix};
use crate::spec::Backbone;
use crate::zoo::adapter::{is_table, table};
use crate::zoo::fit::Fit;
use crate::zoo::group::Group;
use crate::zoo::source::Section;
use crate::zoo::target::{Target, is_computed};
use crate::zoo::tensor::{Dtype, Storage};
use crate::zoo::{Checkpoint, Container, TensorData, load_backbone};

macro_rules! lists {
    ($($name:literal),*) => {
        [$(($name, include_str!(concat!("../../../tests/golden/zoo/names/", $name, ".txt")))),*]
    };
}

const LISTS: [(&str, &str); 6] =
    lists!["torchvision", "timm", "timm-0.6", "transformers", "transformers-4", "lightly"];
const FORWARD: &str = include_str!("../../../tests/golden/zoo/names/forward.json");

/// A state dict in its own order: key, shape, whether of integers.
type List = Vec<(String, Vec<usize>, bool)>;

/// Lists by library and title; a title begins with the backbone's name.
fn lists() -> Vec<(&'static str, String, List)> {
    let mut all = Vec::new();
    for (library, text) in LISTS {
        for part in text.split_terminator("\n[").map(|part| part.trim_start_matches('[')) {
            let (title, rows) = part.split_once("]\n").expect("a title");
            all.push((library, title.to_string(), expanded(rows)));
        }
    }
    all
}

/// Rows of one state dict; `a.{0-2}.` repeats the rows below it that are
/// indented, once for each number.
fn expanded(rows: &str) -> List {
    let mut list = List::new();
    let mut rows = rows.lines().peekable();
    let parsed = |start: &str, row: &str| {
        let (name, shape) = row.split_once('\t').expect("a shape");
        let (shape, int) = shape.strip_suffix(" int").map_or((shape, false), |s| (s, true));
        let sizes = shape.split('x').filter(|size| *size != "scalar");
        let shape = sizes.map(|size| size.parse().expect("a size")).collect();
        (format!("{start}{name}"), shape, int)
    };
    while let Some(row) = rows.next() {
        let Some((start, rest)) = row.split_once('{') else {
            list.push(parsed("", row));
            continue;
        };
        let (numbers, after) = rest.split_once('}').expect("numbers");
        let (from, to) = numbers.split_once('-').expect("a range");
        let mut block = Vec::new();
        while let Some(row) = rows.next_if(|row| row.starts_with('\t')) {
            block.push(&row[1..]);
        }
        let (from, to): (u32, u32) = (from.parse().expect("first"), to.parse().expect("last"));
        for number in from..=to {
            list.extend(block.iter().map(|row| parsed(&format!("{start}{number}{after}"), row)));
        }
    }
    list
}

fn backbone(title: &str) -> Backbone {
    let name = title.split(' ').next().expect("a name");
    Backbone::ALL.into_iter().find(|backbone| backbone.name() == name).expect("a backbone")
}

fn target(backbone: Backbone) -> Target {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/models");
    let text = std::fs::read_to_string(path.join(format!("{}.tsv", backbone.name())));
    let rows = expanded_table(&text.expect("a table"));
    Target::new(head_prefix(backbone), rows.into_iter().map(|(name, shape, _)| (name, shape)))
}

fn expanded_table(text: &str) -> List {
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let two = rows.map(|row| row.split('\t').take(2).collect::<Vec<_>>().join("\t"));
    expanded(&two.collect::<Vec<_>>().join("\n"))
}

/// A tensor whose every value is one number; no memory is needed for it.
fn filled(number: usize, shape: &[usize]) -> TensorData {
    let storage = Storage::plain(Section::memory((number as f32).to_le_bytes().to_vec()));
    TensorData::view(Arc::new(storage), Dtype::F32, shape.to_vec(), vec![0; shape.len()], 0)
        .expect("a view")
}

pub(super) fn whole(values: &[f32], shape: &[usize]) -> TensorData {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let storage = Storage::plain(Section::memory(bytes));
    TensorData::whole(Arc::new(storage), Dtype::F32, shape.to_vec()).expect("a tensor")
}

/// Tables of Swin are what they must be.
fn computed(key: &str, shape: &[usize]) -> Option<TensorData> {
    let table = is_table(key).then(|| table(key, shape).expect("a table"))?;
    Some(whole(&table.iter().map(|v| *v as f32).collect::<Vec<_>>(), shape))
}

/// Each tensor says which row of the list it is.
fn numbered(list: &List) -> BTreeMap<String, TensorData> {
    let tensor = |(row, (key, shape, _)): (usize, &(String, Vec<usize>, bool))| {
        (key.clone(), computed(key, shape).unwrap_or_else(|| filled(row, shape)))
    };
    list.iter().enumerate().map(tensor).collect()
}

/// Rows of the list that a tensor is made of: query, key and value are three.
fn rows_of(tensor: &TensorData) -> Vec<usize> {
    let values = tensor.to_tensor().expect("values");
    let flat = values.reshape([-1]);
    let size = flat.numel() as i64;
    let at = |place: i64| flat.double_value(&[place]) as usize;
    let (first, last) = (at(0), at(size - 1));
    if first == last { vec![first] } else { vec![first, at(size / 2), last] }
}

/// Name without its numbers, and the numbers.
fn role(name: &str) -> (String, Vec<usize>) {
    let mut numbers = Vec::new();
    let mut role = String::new();
    let mut digits = String::new();
    for c in name.chars().chain(['.']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            numbers.push(digits.parse().expect("a number"));
            digits.clear();
            role.push('#');
        }
        role.push(c);
    }
    (role, numbers)
}

/// Every parameter gets one tensor of its shape, no tensor is used twice, and
/// parts of one role (all first norms of all blocks, say) come in the order in
/// which the library made them, which is that of the network.
#[test]
fn every_library_fits_every_backbone() {
    let mut checked = 0;
    for (library, title, list) in lists() {
        let target = target(backbone(&title));
        let tensors = numbered(&list);
        let fit = Fit::guessed(&target, &tensors);
        assert_eq!(fit.mismatch(), None, "{library} {title}");
        assert_eq!(fit.found.len(), target.shapes.len(), "{library} {title}");
        let mut used = BTreeSet::new();
        let mut order: BTreeMap<String, Vec<(Vec<usize>, usize)>> = BTreeMap::new();
        for (name, tensor) in &fit.found {
            assert_eq!(tensor.shape(), target.shapes[name], "{library} {title}: {name}");
            let rows = rows_of(tensor);
            let keys: Vec<&str> = rows.iter().map(|row| list[*row].0.as_str()).collect();
            assert!(rows.iter().all(|row| used.insert(*row)), "{library} {title}: {keys:?} twice");
            if let [query, key, value] = keys.as_slice() {
                let is = |key: &str, words: [&str; 2]| words.iter().any(|word| key.contains(word));
                let third = is(query, ["query", "q_proj"])
                    && is(key, ["key", "k_proj"])
                    && is(value, ["value", "v_proj"]);
                assert!(third && name.contains(".qkv."), "{library} {title}: {name} of {keys:?}");
            }
            let (role, numbers) = role(name);
            order.entry(role).or_default().push((numbers, rows[0]));
        }
        for (role, mut places) in order {
            places.sort();
            assert!(
                places.is_sorted_by_key(|(_, row)| *row),
                "{library} {title}: {role} {places:?}"
            );
        }
        // All that is left is a classifier, a projection or a counter.
        for (row, (key, ..)) in list.iter().enumerate() {
            let known = used.contains(&row) || is_computed(key) || fit.dropped.contains(key);
            assert!(known, "{library} {title}: {key} is neither used nor left out");
        }
        checked += 1;
    }
    assert_eq!(checked, LISTED);
}

/// How many lists there are: of torchvision, of timm (one of them with
/// convolutions for linear layers), Swin of timm 0.6, of transformers since and
/// before 5, of lightly.
const LISTED: usize = 15 + 18 + 3 + 15 + 15 + 14;

#[derive(serde::Deserialize)]
struct Golden {
    size: i64,
    width: i64,
    first: Vec<f64>,
    mean: f64,
    std: f64,
}

/// Features of the network that a library's hashed state dict is loaded into,
/// beside those of the library's own network.
fn check_forward(library: &str, title: &str, list: &List, want: &Golden) {
    let backbone = backbone(title);
    let mut group = Group::at("");
    for (key, shape, int) in list {
        let tensor = computed(key, shape).unwrap_or_else(|| {
            let sizes: Vec<i64> = shape.iter().map(|d| *d as i64).collect();
            let values = if *int {
                Tensor::zeros(&sizes[..], (Kind::Float, Device::Cpu))
            } else {
                hashed(key, &sizes)
            };
            whole(&Vec::<f32>::try_from(values.reshape([-1])).expect("values"), shape)
        });
        group.add(key, Ok(tensor));
    }
    let tensors = group.tensors.clone();
    let file = Checkpoint {
        tensors,
        ..Checkpoint::of(Path::new(title), Container::Safetensors, vec![group])
    };
    let mut store = nn::VarStore::new(Device::Cpu);
    let network = build(&store.root(), backbone, 2);
    load_backbone(&mut store, backbone, &file).expect("loaded");
    let output = no_grad(|| network.features(&input(want.size, Kind::Float), false));
    let flat = output.flatten(0, -1).to_kind(Kind::Double);
    assert_eq!(flat.size(), [want.width], "{library} {title}");
    let mut pairs: Vec<(f64, f64)> =
        want.first.iter().enumerate().map(|(i, v)| (flat.double_value(&[i as i64]), *v)).collect();
    pairs.push((flat.mean(Kind::Double).double_value(&[]), want.mean));
    pairs.push((flat.std(false).double_value(&[]), want.std));
    // A maximum passes over what is no number.
    assert!(pairs.iter().all(|(got, _)| got.is_finite()), "{library} {title}: {pairs:?}");
    let worst = pairs.iter().map(|(got, want)| (got - want).abs()).fold(0.0, f64::max);
    let relative = worst / want.std;
    println!("{library} {title}: {relative:.1e}, {:?}", pairs[0]);
    // f32 on both sides, sums in another order.
    assert!(relative <= 2e-3, "{library} {title}: {relative} {pairs:?}");
}

fn forward_of(chosen: impl Fn(&str, &str) -> bool) -> usize {
    let golden: BTreeMap<String, Golden> = serde_json::from_str(FORWARD).expect("JSON");
    let mut checked = 0;
    for (library, title, list) in lists() {
        if chosen(library, &title) {
            check_forward(library, &title, &list, &golden[&format!("{library}/{title}")]);
            checked += 1;
        }
    }
    checked
}

/// One network of each naming scheme: the small ones.
#[test]
fn the_smallest_of_each_scheme_computes_what_its_library_does() {
    let small = |library: &str, title: &str| match title {
        "resnet18" => matches!(library, "transformers" | "lightly"),
        "mobilenet_v2" => matches!(library, "timm" | "transformers" | "lightly"),
        "convnext_tiny" => library == "torchvision",
        "swin_tiny" => library == "timm",
        "deit_tiny" => library.starts_with("transformers"),
        _ => false,
    };
    assert_eq!(forward_of(small), 9);
}

/// All of them, with the networks' own sizes.
#[test]
#[ignore = "minutes and gigabytes; run after a change to a naming scheme"]
fn all_compute_what_their_library_does() {
    assert_eq!(forward_of(|_, _| true), LISTED);
}
