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

/// Two families of CIFAR ResNets, legacy files: number of tensors, classes, and
/// the sum of all values as torch 2.11 reads them
/// (`sum(t.double().sum() for t in torch.load(f)[nesting].values())`).
#[test]
fn cifar_resnets_are_read() {
    let Some(data) = real_data() else { return };
    let small = "resnet_small_cifar10_vs_cifar100";
    let nested = ("model_state_dict", "state_dict");
    let (r8, r20) = (Backbone::Resnet8Cifar, Backbone::Resnet20Cifar);
    let option_a = ("akamaster_resnet20_cifar10", "resnet20-12fca82f.th");
    for ((folder, file), nesting, tensors, head, sum, backbone) in [
        ((small, "resnet8_cifar10.pth"), nested.0, 62, [10, 256], 1_321_568.171_896_109, r8),
        ((small, "resnet8_cifar100.pth"), nested.0, 62, [100, 256], 969_730.575_107_838_1, r8),
        ((small, "resnet20_cifar10.pth"), nested.0, 134, [10, 256], 1_875_522.960_819_108_6, r20),
        ((small, "resnet20_cifar100.pth"), nested.0, 134, [100, 256], 2_074_845.188_611_086, r20),
        (option_a, nested.1, 97, [10, 64], 139.782_649_559_820_8, Backbone::Resnet20CifarOptionA),
    ] {
        let path = data.join("checkpoints").join(folder).join(file);
        let read = read(&path).expect(file);
        assert_eq!(read.container, Container::TorchLegacy);
        assert_eq!(read.nesting.as_deref(), Some(nesting));
        assert_eq!(read.tensors.len(), tensors);
        assert_eq!(read.tensors["module.linear.weight"].shape(), head);
        let values = read.tensors.values().flat_map(|t| t.values().expect("values"));
        let got: f64 = values.sum();
        assert!((got - sum).abs() <= 1e-9 * sum, "{file}: {got}");
        let mut store = nn::VarStore::new(Device::Cpu);
        build(&store.root(), backbone, 10);
        load_backbone(&mut store, backbone, &read).expect("an exact fit");
        let found = inspect(&path, &[]).expect("inspected");
        let names: Vec<_> = found.matches.iter().map(|m| m.backbone).collect();
        assert_eq!(names, [backbone.name()]);
    }
}
