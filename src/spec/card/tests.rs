use std::fs;
use std::path::Path;

use indexmap::IndexMap;

use super::*;
use crate::spec::{ListFormat, RawSpec, Source, Study, Target, parse};

#[test]
fn every_card_is_read() {
    for (id, text) in TEXTS {
        let card: Card = toml::from_str(text).unwrap_or_else(|error| panic!("{id}: {error}"));
        assert!(!card.layouts.is_empty(), "{id}");
        for words in
            [&card.title, &card.what, &card.metric, &card.splits, &card.obtain, &card.terms]
        {
            assert!(!words.is_empty() && !words.contains("TODO"), "{id}");
        }
        for file in &card.files {
            assert!(file.url.starts_with("https://"), "{id}");
            assert!(
                matches!(file.md5.len(), 0 | 32) && matches!(file.sha256.len(), 0 | 64),
                "{id}"
            );
        }
    }
    assert_eq!(cards().len(), TEXTS.len());
    assert!(TEXTS.is_sorted());
}

fn study(folder: &Path, task: &str) -> Result<Study, String> {
    let text = format!(
        "[study]\nname = \"s\"\nseeds = [1]\n[parameters]\ndata = \"here\"\n{task}\n[models.m]\n\
         backbone = \"resnet18\"\n[inits.r]\nrandom = true\n"
    );
    parse(&folder.join("study.toml"), &text, &IndexMap::new()).map_err(|error| error.to_string())
}

/// Each layout of each card is a task that the program accepts.
#[test]
fn every_layout_is_a_task() {
    for card in cards() {
        for layout in &card.layouts {
            let folder = tempfile::tempdir().expect("a folder");
            for path in &layout.needs {
                fs::create_dir_all(folder.path().join("here").join(path)).expect("a folder");
            }
            let text = format!("[tasks.t]\ncard = \"{}\"\nroot = \"${{data}}\"", card.id);
            let study = study(folder.path(), &text).unwrap_or_else(|e| panic!("{}: {e}", card.id));
            let task = &study.tasks["t"];
            let counts = layout.expected;
            if let Counts { all: Some(all), train: Some(train), val: Some(val), test: Some(test) } =
                counts
            {
                assert_eq!(all, train + val + test, "{}", card.id);
            }
            let root = folder.path().join("here");
            let below = |path: &Path| path.starts_with(&root) && path.is_absolute();
            assert!(task.path.iter().chain(&task.images).all(|path| below(path)), "{}", card.id);
            if let Some(mut list) = task.list.clone() {
                assert!(list.paths().into_iter().all(|(_, path)| below(path)), "{}", card.id);
            }
            // The layout that was asked for, not one before it, unless that is
            // there as well.
            let told = card.layout_of(&root).map(|found| &found.what);
            assert_eq!(told, Some(&layout.what), "{}", card.id);
        }
    }
}

#[test]
fn a_card_is_a_whole_task() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("here");
    fs::create_dir_all(root.join("CXR_png")).expect("a folder");
    let text = "[tasks.tb]\ncard = \"shenzhen\"\nroot = \"here\"";
    let task = &study(folder.path(), text).expect("a study").tasks["tb"];
    assert_eq!((task.source, task.target), (Source::List, Target::Binary));
    assert_eq!(task.images.as_deref(), Some(root.join("CXR_png").as_path()));
    assert!(task.list.as_ref().is_some_and(|list| list.train.is_none()), "no list is there");
    for name in ["train", "valid", "test"] {
        fs::write(root.join(format!("ShenzenCXR_{name}_data.txt")), "").expect("written");
    }
    let task = &study(folder.path(), text).expect("a study").tasks["tb"];
    let train = task.list.as_ref().and_then(|list| list.train.clone());
    assert_eq!(train, Some(root.join("ShenzenCXR_train_data.txt")));
}

/// Keys beside the card win, also within its tables.
#[test]
fn what_stands_beside_a_card_wins() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "[tasks.tb]\ncard = \"shenzhen\"\nroot = \"here\"\ntitle = \"Mine\"\n\
                images = \"other\"\n[tasks.tb.list]\ntrain = \"lists/a.txt\"\n[tasks.tb.split]\nval = 0.3";
    let task = &study(folder.path(), text).expect("a study").tasks["tb"];
    assert_eq!(task.title.as_deref(), Some("Mine"));
    assert_eq!(task.images.as_deref(), Some(folder.path().join("other").as_path()));
    let list = task.list.as_ref().expect("a list");
    assert_eq!(list.format, ListFormat::Shenzhen);
    assert_eq!(list.train.as_deref(), Some(folder.path().join("lists/a.txt").as_path()));
    assert_eq!(task.split.val, 0.3);
    assert_eq!(task.split.test, 0.25, "not stated: the default");
    let scr = "[tasks.h]\ncard = \"scr-heart\"\nroot = \"here\"";
    let task = &study(folder.path(), scr).expect("a study").tasks["h"];
    let raw = task.raw.expect("raw images");
    assert_eq!((raw.width, raw.bits, raw.bin, raw.inverted), (2048, 12, 2, true));
    let more = "[tasks.h]\ncard = \"scr-heart\"\nroot = \"here\"\nraw = { bin = 4 }";
    let task = &study(folder.path(), more).expect("a study").tasks["h"];
    assert_eq!(task.raw, Some(RawSpec { bin: 4, ..raw }));
}

/// A card and the keys that it stands for are one task, and name one run.
#[test]
fn a_card_leaves_no_trace() {
    let folder = tempfile::tempdir().expect("a folder");
    let card =
        study(folder.path(), "[tasks.t]\ncard = \"busi\"\nroot = \"here\"").expect("a study");
    let spelt = "[tasks.t]\ntitle = \"BUSI (lesion)\"\nsource = \"list\"\ntarget = \"segmentation\"\n\
                 classes = [\"lesion\"]\nimages = \"here\"\nlist = { format = \"busi\" }";
    let spelt = study(folder.path(), spelt).expect("a study");
    assert_eq!(card.tasks["t"], spelt.tasks["t"]);
}

#[test]
fn faults_have_a_place() {
    let folder = tempfile::tempdir().expect("a folder");
    for (task, parts) in [
        (
            "[tasks.t]\ncard = \"shenzen\"\nroot = \"x\"",
            &["there is no card \"shenzen\"", "did you mean `shenzhen`?", ":7:8:"][..],
        ),
        (
            "[tasks.t]\ncard = \"shenzhen\"",
            &["has a card and no `root`", "ShenzenCXR_train_data.txt"],
        ),
        ("[tasks.t]\nroot = \"x\"", &["is the folder of a card's data", "transfolio data list"]),
        ("[tasks.t]\ncard = 3\nroot = \"x\"", &["tasks.t.card is 3, expected a text"]),
        ("[tasks.t]\ncard = \"busi\"\nroot = \"${nowhere}\"", &["${nowhere} is not a parameter"]),
        (
            "[tasks.t]\ncard = \"busi\"\nroot = \"x\"\nlabls = [\"a\"]",
            &["unknown field `labls`", "did you mean `labels`?", ":9:1:"],
        ),
        (
            "[tasks.t]\ncard = \"busi\"\nroot = \"x\"\ntarget = \"binary\"",
            &["lists of this format tell masks"],
        ),
    ] {
        let error = study(folder.path(), task).expect_err("an error");
        for part in parts {
            assert!(error.contains(part), "{error}\n{part}");
        }
    }
}
