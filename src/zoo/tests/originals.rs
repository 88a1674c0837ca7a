//! Synthetic checkpoints in the layouts of the originals: what a state dict
//! here becomes in their files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::keys::{rows, state_dict};
use super::writers::{Named, byol, legacy, python2, write_bundle, zip, zipped};

const SIMCLR: &str = include_str!("../../../tests/golden/zoo/simclr_to_resnet50.tsv");
const BYOL: &str = include_str!("../../../tests/golden/zoo/byol_to_resnet50.tsv");

/// Writes the checkpoint of a catalogue entry; its path.
pub(super) fn write(id: &str, backbone: &str, folder: &Path) -> PathBuf {
    let all = state_dict(backbone);
    let path = folder.join(id);
    let bytes = match id {
        "simclr_v1" => {
            let hub = [Named::new("module/conv2d/kernel", &[2, 2])];
            let tensors = simclr(&all, &["head_supervised/linear_layer/dense/kernel"]);
            zipped(&[("ResNet50_1x/model.ckpt-225206", &tensors), ("hub/variables", &hub)])
        }
        "simclr_v2" => {
            std::fs::create_dir(&path).expect("a folder");
            let heads =
                ["head_contrastive/nl_0/dense/kernel", "ema_model/base_model/conv2d/kernel"];
            write_bundle(&path, "model.ckpt-250228", &simclr(&all, &heads));
            return path;
        }
        "byol" => {
            let (params, state) = haiku(&all);
            byol(&params, &state)
        }
        "places365" => python2(&["state_dict"], &prefixed("module.", &counterless(&all))),
        _ => torch_file(id, &all),
    };
    std::fs::write(&path, bytes).expect("written");
    path
}

fn torch_file(id: &str, all: &[Named]) -> Vec<u8> {
    let body = without(all, "fc.");
    let heads = |names: &[&str]| names.iter().map(|n| Named::new(*n, &[3, 2])).collect::<Vec<_>>();
    let with = |mut tensors: Vec<Named>, names: &[&str]| {
        tensors.extend(heads(names));
        tensors
    };
    match id {
        "in1k_resnet50" => legacy(&[], &counterless(all)),
        "in1k_resnet101" | "in1k_resnet152" => legacy(&[], all),
        "in1k_densenet121" => legacy(&[], &renamed(&counterless(all), densenet)),
        "radimagenet" => zip(&[], &renamed(&body, children)),
        "barlow_twins" => zip(&[], &body),
        "vicregl" | "dino" => legacy(&[], &body),
        "densecl" => legacy(&["state_dict"], &prefixed("backbone.", &body)),
        "inat2021" | "inat2021_scratch" | "inat2021_mini" => legacy(&["state_dict"], all),
        "inat2021_mini_scratch" => legacy(&["state_dict"], &prefixed("module.", all)),
        "insdis" => contrast(&body, &["module.head.0.weight", "module.head.0.bias"]),
        "pirl" => contrast(&body, &["module.head.0.weight", "module.head_jig.fc1.0.weight"]),
        "infomin" => contrast(&body, &["module.head.0.weight", "module.head_jig.0.weight"]),
        "moco_v1" | "pcl_v1" | "clsa" => moco(&body, &["fc.weight", "fc.bias"]),
        "moco_v2" | "pcl_v2" => moco(&body, &["fc.0.weight", "fc.0.bias", "fc.2.weight"]),
        "swav" => {
            let heads = ["projection_head.0.weight", "prototypes.weight"];
            legacy(&[], &prefixed("module.", &with(body, &heads)))
        }
        "deepcluster_v2" | "sela_v2" => {
            let heads = ["projection_head.1.running_mean", "prototypes.prototypes0.weight"];
            legacy(&["state_dict"], &prefixed("module.", &with(body, &heads)))
        }
        "pixpro" => {
            let heads = [
                "module.encoder_k.conv1.weight",
                "module.projector.linear1.weight",
                "module.value_transform.weight",
            ];
            zip(&["model"], &with(prefixed("module.encoder.", &body), &heads))
        }
        "simsiam" => {
            let heads = [
                "module.encoder.fc.0.weight",
                "module.encoder.fc.7.running_var",
                "module.predictor.0.weight",
            ];
            zip(&["state_dict"], &with(prefixed("module.encoder.", &body), &heads))
        }
        "obow" => {
            let heads = [
                "feature_extractor_teacher._feature_blocks.0.Conv.weight",
                "bow_extractor.layer_0._embedding.weight",
                "bow_predictor.layers_w.0.0.weight",
                "linear_classifier.weight",
            ];
            legacy(&["network"], &with(renamed(&body, obow), &heads))
        }
        "da_resnet50_imagenet_chestxray14" | "id_resnet50_chestxray14" => {
            zip(&["state_dict"], &with(body, &["fc.0.weight", "fc.0.bias"]))
        }
        "da_resnet50_imagenet_chexpert" | "id_resnet50_chexpert" | "da_resnet50_imagenet_mimic" => {
            zip(&["state_dict"], &prefixed("module.", &with(body, &["fc.0.weight", "fc.0.bias"])))
        }
        "da_swin_base_imagenet_mimic" => zip(&["state_dict"], &prefixed("module.", all)),
        "da_convnext_base_imagenet_mimic" => zip(&["model"], &prefixed("module.backbone.", all)),
        "in1k_swin_t" | "in1k_swin_s" | "in1k_swin_b" | "in1k_deit_t" | "in1k_deit_s"
        | "in1k_deit_b" => zip(&["model"], all),
        "in1k_convnext_t" | "in1k_convnext_s" | "in1k_convnext_b" => {
            zip(&["model"], &renamed(all, convnext))
        }
        other => panic!("no synthetic checkpoint for the catalogue's {other}"),
    }
}

fn without(all: &[Named], start: &str) -> Vec<Named> {
    all.iter().filter(|t| !t.name.starts_with(start)).cloned().collect()
}

fn counterless(all: &[Named]) -> Vec<Named> {
    all.iter().filter(|t| !t.name.ends_with("num_batches_tracked")).cloned().collect()
}

fn renamed(tensors: &[Named], name: impl Fn(&str) -> String) -> Vec<Named> {
    tensors.iter().map(|t| Named { name: name(&t.name), ..t.clone() }).collect()
}

fn prefixed(prefix: &str, tensors: &[Named]) -> Vec<Named> {
    renamed(tensors, |name| format!("{prefix}{name}"))
}

/// PyContrast: the backbone is `module.encoder`.
fn contrast(body: &[Named], heads: &[&str]) -> Vec<u8> {
    let mut tensors = prefixed("module.encoder.", body);
    tensors.extend(heads.iter().map(|head| Named::new(*head, &[2])));
    legacy(&["model"], &tensors)
}

/// MoCo: a query and a key encoder with heads, and a queue.
fn moco(body: &[Named], heads: &[&str]) -> Vec<u8> {
    let mut whole = body.to_vec();
    whole.extend(heads.iter().map(|head| Named::new(*head, &[2])));
    let mut tensors = prefixed("module.encoder_q.", &whole);
    tensors.extend(prefixed("module.encoder_k.", &whole));
    tensors.push(Named::new("module.queue", &[2, 3]));
    tensors.push(Named::new("module.queue_ptr", &[1]));
    legacy(&["state_dict"], &tensors)
}

fn obow(name: &str) -> String {
    let name = name.replace("layer", "");
    let name = match name.split_once('.') {
        Some(("conv1", rest)) => format!("0.Conv.{rest}"),
        Some(("bn1", rest)) => format!("0.bn.{rest}"),
        _ => name,
    };
    format!("feature_extractor._feature_blocks.{name}")
}

/// torchvision's names to those of before 0.3.
fn densenet(name: &str) -> String {
    let Some((layer, rest)) = name.rsplit_once("denselayer") else { return name.into() };
    let rest = ["norm", "conv"].iter().fold(rest.to_string(), |rest, part| {
        rest.replace(&format!(".{part}1."), &format!(".{part}.1."))
            .replace(&format!(".{part}2."), &format!(".{part}.2."))
    });
    format!("{layer}denselayer{rest}")
}

/// The children of a ResNet by their number: `relu` and `maxpool` count too.
fn children(name: &str) -> String {
    let numbers =
        [("conv1", 0), ("bn1", 1), ("layer1", 4), ("layer2", 5), ("layer3", 6), ("layer4", 7)];
    let (child, rest) = name.split_once('.').expect("a child");
    let (_, number) = numbers.iter().find(|(name, _)| *name == child).expect("of a ResNet");
    format!("backbone.{number}.{rest}")
}

/// timm's names to the official ones.
pub(super) fn convnext(name: &str) -> String {
    let name = name.replace("stem.", "downsample_layers.0.");
    let name = match name.split_once(".downsample.") {
        Some((stage, rest)) => format!("{}.{rest}", stage.replace("stages", "downsample_layers")),
        None => name,
    };
    name.replace(".blocks.", ".")
        .replace("conv_dw", "dwconv")
        .replace("mlp.fc", "pwconv")
        .replace("head.norm", "norm")
        .replace("head.fc", "head")
}

/// Out, in, height, width to height, width, in, out.
fn turned(tensor: &Named) -> Named {
    let [o, i, h, w] = tensor.shape[..] else { panic!("{} is no convolution", tensor.name) };
    let mut values = Vec::new();
    for y in 0..h {
        for x in 0..w {
            for c in 0..i {
                values.extend((0..o).map(|n| tensor.values[((n * i + c) * h + y) * w + x]));
            }
        }
    }
    Named { name: tensor.name.clone(), shape: vec![h, w, i, o], values }
}

fn by_name(all: &[Named]) -> BTreeMap<&str, &Named> {
    all.iter().map(|t| (t.name.as_str(), t)).collect()
}

fn simclr(all: &[Named], heads: &[&str]) -> Vec<Named> {
    let all = by_name(all);
    let mut tensors = vec![Named::new("global_step", &[])];
    tensors.extend(heads.iter().map(|head| Named::new(*head, &[2, 3])));
    for row in rows(SIMCLR) {
        let tensor = all[row[1]];
        let tensor = if tensor.shape.len() == 4 { turned(tensor) } else { tensor.clone() };
        tensors.push(Named::new(format!("{}/Momentum", row[0]), &tensor.shape));
        tensors.push(Named { name: row[0].into(), ..tensor });
    }
    tensors
}

/// Parameters and state by module path.
fn haiku(all: &[Named]) -> (Vec<Named>, Vec<Named>) {
    let all = by_name(all);
    let mut params = vec![
        Named::new("projector/linear/w", &[2, 3]),
        Named::new("predictor/batch_norm/scale", &[2]),
        Named::new("classifier/w", &[2, 3]),
    ];
    let mut state = vec![Named::new("projector/batch_norm/~/mean_ema/average", &[2])];
    for row in rows(BYOL) {
        let tensor = all[row[3]];
        let name = format!("res_net50/~/{}/{}", row[0], row[1]);
        let tensor = match tensor.shape.as_slice() {
            [n] => Named { shape: vec![1, 1, 1, *n], ..tensor.clone() },
            _ => turned(tensor),
        };
        if row[2] == "online_state" {
            for leaf in ["hidden", "counter"] {
                let other = format!("res_net50/~/{}/{leaf}", row[0]);
                state.push(Named { name: other, ..tensor.clone() });
            }
            state.push(Named { name, ..tensor });
        } else {
            params.push(Named { name, ..tensor });
        }
    }
    (params, state)
}
