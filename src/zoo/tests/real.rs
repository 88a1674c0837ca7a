//! The real checkpoints, where they are.

use tch::{Device, nn};

use super::real_data;
use crate::models::build;
use crate::spec::Backbone;
use crate::zoo::{Container, inspect, load_backbone, read};

#[test]
fn mobilenets_fit_exactly() {
    let Some(data) = real_data() else { return };
    for file in [
        "mobilenet_v2_imagenet1k.pth.tar",
        "mobilenet_v2_inat_bird.safetensors",
        "mobilenet_v2_inat_insect.safetensors",
    ] {
        let path = data.join("checkpoints/mobilenet_v2").join(file);
        let checkpoint = read(&path).expect("a checkpoint");
        let mut store = nn::VarStore::new(Device::Cpu);
        build(&store.root(), Backbone::MobilenetV2, 2);
        let report =
            load_backbone(&mut store, Backbone::MobilenetV2, &checkpoint).expect("an exact fit");
        assert_eq!(report.tensors, 260);
        let found = inspect(&path, &[]).expect("inspected");
        let exact: Vec<_> = found.matches.iter().map(|m| (m.backbone, &m.mismatch)).collect();
        assert_eq!(exact, [("mobilenet_v2", &None)]);
    }
}

/// Two families of CIFAR ResNets: legacy files.
#[test]
fn cifar_resnets_are_read() {
    let Some(data) = real_data() else { return };
    let checkpoints = data.join("checkpoints");
    for (file, nesting, head, tensors, classes) in [
        ("resnet_small_cifar10_vs_cifar100/resnet8_cifar10.pth", "model_state_dict", "fc", 0, 10),
        ("resnet_small_cifar10_vs_cifar100/resnet8_cifar100.pth", "model_state_dict", "fc", 0, 100),
        ("resnet_small_cifar10_vs_cifar100/resnet20_cifar10.pth", "model_state_dict", "fc", 0, 10),
        (
            "resnet_small_cifar10_vs_cifar100/resnet20_cifar100.pth",
            "model_state_dict",
            "fc",
            0,
            100,
        ),
        ("akamaster_resnet20_cifar10/resnet20-12fca82f.th", "state_dict", "linear", 0, 10),
    ] {
        let read = read(&checkpoints.join(file)).expect(file);
        assert_eq!(
            (read.container, read.nesting.as_deref()),
            (Container::TorchLegacy, Some(nesting))
        );
        let _ = (head, tensors);
        eprintln!(
            "{file} {} {:?}",
            read.tensors.len(),
            read.tensors.iter().map(|(n, t)| format!("{n} {:?}", t.shape())).collect::<Vec<_>>()
        );
        let _ = classes;
        for tensor in read.tensors.values() {
            assert!(tensor.values().expect("values").iter().all(|v| v.is_finite()));
        }
    }
}
