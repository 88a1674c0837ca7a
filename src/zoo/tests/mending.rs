//! Files that are refused: the likely cause comes first, and the line that the
//! message proposes makes the file load.

use std::path::Path;

use serde::Deserialize;

use super::folder;
use super::wrappers::{SMALL, body, loads, network, under, written};
use super::writers::{Named, grouped, zip};
use crate::spec::{Backbone, Keys};
use crate::zoo::{inspect, read, read_as};

/// What a line may set.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Line {
    keys: Option<Keys>,
    weights_from: Option<String>,
}

/// The message for a file, and the line that it proposes for an init.
fn refused(path: &Path, line: &Line) -> (String, String) {
    let file = read_as(path, line.weights_from.as_deref(), line.keys.as_ref()).expect("read");
    let message = loads(&file, SMALL, &[]).expect_err("an error").to_string();
    let (_, rest) = message.split_once("write `").unwrap_or_else(|| panic!("no line: {message}"));
    let (line, rest) = rest.split_once("` under ").expect("a table");
    assert!(rest.starts_with("[inits.NAME]"), "{message}");
    (message.clone(), line.to_string())
}

/// Refused with that cause first; with the line, loaded.
fn mended(path: &Path, cause: &str, wanted: &[Named]) -> String {
    let (message, line) = refused(path, &Line::default());
    let first = message.find(cause).unwrap_or_else(|| panic!("{cause}: {message}"));
    assert!(first < message.find(&line).expect("a line"), "{message}");
    let parsed: Line = toml::from_str(&line).expect("a line of a study file");
    let file = read_as(path, parsed.weights_from.as_deref(), parsed.keys.as_ref()).expect("read");
    loads(&file, SMALL, wanted).expect(&line);
    // `zoo inspect` comes to the same line.
    let found = inspect(path, &[]).expect("inspected");
    let proposals = found.matches.iter().filter_map(|m| m.proposal.as_ref());
    assert!(proposals.map(|p| &p.line).any(|proposed| *proposed == line), "{line}");
    line
}

#[test]
fn two_networks_of_equal_right_are_asked_about() {
    let dir = folder();
    let (one, two) = (body(SMALL, 1), body(SMALL, 2));
    for (a, b) in [("net_a.", "net_b."), ("view1.encoder.", "view2.encoder."), ("left.", "right.")]
    {
        let path = written(dir.path(), zip(&[], &[under(a, &one), under(b, &two)].concat()));
        let line = mended(&path, "nothing says which is meant", &one);
        assert_eq!(line, format!("keys = {{ strip = \"{a}\" }}"));
    }
}

#[test]
fn what_nobody_knows_beside_a_network_can_be_ignored() {
    let dir = folder();
    let body = body(SMALL, 1);
    for (names, line) in [
        (&["norm_pre.weight"][..], "keys = { ignore = [\"norm_pre.\"] }"),
        (&["gate", "mixer.0.weight"], "keys = { ignore = [\"gate\", \"mixer.\"] }"),
    ] {
        let mut tensors = body.clone();
        tensors.extend(names.iter().map(|name| Named::new(*name, &[2])));
        let path = written(dir.path(), zip(&[], &tensors));
        // A norm before the blocks has a cause of its own.
        if names.len() > 1 {
            assert_eq!(mended(&path, "the whole network is there", &body), line);
        }
        let keys: Line = toml::from_str(line).expect("a line");
        let file = read_as(&path, None, keys.keys.as_ref()).expect("read");
        loads(&file, SMALL, &body).expect(line);
    }
    // Inside of a wrapper the line names what stands in the file.
    let mut tensors = under("module.net.", &body);
    tensors.push(Named::new("module.net.gate.weight", &[2]));
    let path = written(dir.path(), zip(&[], &tensors));
    let line = mended(&path, "the whole network is there", &body);
    assert_eq!(line, "keys = { ignore = [\"module.net.gate.\"] }");
}

/// An unknown part of a known block is another network's.
#[test]
fn further_parts_of_the_networks_own_blocks_are_not_to_be_ignored() {
    let dir = folder();
    let mut tensors = body(SMALL, 1);
    tensors.push(Named::new("layer1.0.gate.weight", &[2]));
    let path = written(dir.path(), zip(&[], &tensors));
    let error = loads(&read(&path).expect("read"), SMALL, &[]).expect_err("an error").to_string();
    assert!(error.contains("layer1.0.gate.weight") && !error.contains("write `"), "{error}");
}

#[test]
fn names_of_ones_own_are_renamed_by_the_proposed_line() {
    let dir = folder();
    let body = body(SMALL, 1);
    let renames: [(&str, fn(&str) -> String); 3] = [
        ("stages", |name| name.replace("layer", "stage")),
        ("stem", |name| {
            let name = name.replace("layer", "blocks.b");
            if name.starts_with("conv1") || name.starts_with("bn1") {
                format!("stem.{name}")
            } else {
                name
            }
        }),
        ("prefixed", |name| format!("my.{}", name.replace("layer3", "last"))),
    ];
    for (what, rename) in renames {
        let tensors: Vec<Named> =
            body.iter().map(|t| Named { name: rename(&t.name), ..t.clone() }).collect();
        let path = written(dir.path(), zip(&["state_dict"], &tensors));
        let line = mended(&path, "its names are others", &body);
        assert!(line.contains("rename"), "{what}: {line}");
    }
}

#[test]
fn the_set_that_fits_is_named() {
    let dir = folder();
    let body = body(SMALL, 1);
    let other = [Named::new("weight", &[2, 2]), Named::new("bias", &[2])];
    let path = written(dir.path(), grouped(&[("model", &other), ("vision", &body)]));
    let (message, line) = refused(&path, &Line::default());
    assert!(message.contains("under vision of the file, not under model"), "{message}");
    assert_eq!(line, "weights_from = \"vision\"");
    let file = read_as(&path, Some("vision"), None).expect("read");
    loads(&file, SMALL, &body).expect("loaded");
}

#[test]
fn another_backbone_is_named_with_its_line() {
    let dir = folder();
    let path = written(dir.path(), zip(&[], &network(Backbone::Resnet8Cifar, 1)));
    let file = read(&path).expect("read");
    let error = loads(&file, SMALL, &[]).expect_err("an error").to_string();
    let line = "write `backbone = \"resnet8_cifar\"` under [models.NAME]";
    assert!(error.contains("fits resnet8_cifar exactly") && error.contains(line), "{error}");
    loads(&file, Backbone::Resnet8Cifar, &[]).expect("loaded");
}

/// Rules of a study stay beside those that are proposed.
#[test]
fn a_proposal_keeps_the_rules_that_are_there() {
    let dir = folder();
    let body = body(SMALL, 1);
    let mut tensors = under("x_", &body);
    tensors.push(Named::new("x_gate.weight", &[2]));
    let path = written(dir.path(), zip(&[], &tensors));
    let own = Line {
        keys: Some(Keys { strip: Some("x_".into()), ..Keys::default() }),
        ..Line::default()
    };
    let (_, line) = refused(&path, &own);
    assert_eq!(line, "keys = { strip = \"x_\", ignore = [\"gate.\"] }");
    let parsed: Line = toml::from_str(&line).expect("a line");
    let file = read_as(&path, None, parsed.keys.as_ref()).expect("read");
    loads(&file, SMALL, &body).expect("loaded");
}

#[test]
fn rules_without_effect_are_slips() {
    let dir = folder();
    let path = written(dir.path(), zip(&[], &under("net.", &body(SMALL, 1))));
    for (keys, parts) in [
        ("keys = { strip = \"nett.\" }", &["leaves no tensor", "`net.`"][..]),
        ("keys = { rename = { \"nett.\" = \"\" } }", &["\"nett.\"", "`net.`"]),
        ("keys = { rename = { \"*bias\" = \"weight\" } }", &["two tensors"]),
        ("keys = { ignore = [\"net.\"] }", &["leaves no tensor"]),
    ] {
        let line: Line = toml::from_str(keys).expect("a line");
        let error = read_as(&path, None, line.keys.as_ref()).expect_err("an error").to_string();
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    }
}

/// What is another network, told by what marks it.
#[test]
fn kin_of_the_networks_are_told_apart() {
    for (backbone, more, cause) in [
        (Backbone::DeitTiny, "dist_token", "distilled DeiT"),
        (Backbone::DeitTiny, "blocks.0.ls1.gamma", "DINOv2"),
        (Backbone::DeitTiny, "reg_token", "registers"),
        (Backbone::ConvnextTiny, "stages.0.blocks.0.mlp.grn.weight", "ConvNeXt V2"),
    ] {
        let dir = folder();
        let mut tensors = body(backbone, 1);
        tensors.push(Named::new(more, &[2]));
        let path = written(dir.path(), zip(&[], &tensors));
        let error = loads(&read(&path).expect("read"), backbone, &[]).expect_err("an error");
        let error = error.to_string();
        assert!(error.contains(cause) && !error.contains("write `"), "{error}");
    }
    let dir = folder();
    let mut tensors = body(SMALL, 1);
    let stem = tensors.iter_mut().find(|t| t.name == "conv1.weight").expect("a stem");
    *stem = Named::new("conv1.weight", &[16, 1, 3, 3]);
    let path = written(dir.path(), zip(&[], &tensors));
    let error = loads(&read(&path).expect("read"), SMALL, &[]).expect_err("an error").to_string();
    assert!(error.contains("images of 1 channels, the networks here take 3"), "{error}");
}
