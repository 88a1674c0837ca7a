//! Checkpoints of every container.

use transfolio::zoo;

use crate::damage::{Members, archive, damage, damaged_archive, members};
use crate::harness::{Target, folder, golden};

const PLAIN: [&str; 3] = ["torch_legacy.pth", "plain.safetensors", "byol.pkl"];
const ARCHIVES: [&str; 2] = ["torch_zip.pth", "bundle.zip"];

#[test]
fn checkpoints() {
    let file = |name: &&str| std::fs::read(golden("zoo/corpus").join(name)).expect("a file");
    let plain: Vec<Vec<u8>> = PLAIN.iter().map(file).collect();
    let archives: Vec<Members> = ARCHIVES.iter().map(|name| members(&file(name))).collect();
    let folder = folder();
    let path = folder.path().join("c.pth");
    Target {
        name: "checkpoints",
        inputs: 2000,
        bound: (4 << 20, 64),
        least_read: 0.05,
        make: &|dice| {
            if dice.one_in(2) {
                return damaged_archive(&archives, &plain, &[], dice);
            }
            let mut bytes = dice.pick(&plain).clone();
            damage(&mut bytes, &plain, &[], dice);
            bytes
        },
        read: &|bytes| {
            std::fs::write(&path, bytes).expect("written");
            let Ok(checkpoint) = zoo::read(&path) else { return false };
            let mut all = true;
            for group in &checkpoint.groups {
                for tensor in group.tensors.values() {
                    // A network asks for as many values as it has.
                    if tensor.len() <= 1 << 12 {
                        all &= tensor.values().is_ok();
                    }
                }
            }
            all
        },
    }
    .run(
        &[&plain[..], &archives.iter().map(|members| archive(members, true)).collect::<Vec<_>>()]
            .concat(),
    );
}
