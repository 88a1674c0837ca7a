//! Study files.

use std::path::Path;

use indexmap::IndexMap;
use transfolio::spec;

use crate::damage::damage;
use crate::harness::Target;

fn seeds() -> Vec<Vec<u8>> {
    let reports = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports");
    let names = ["granularity.toml", "phantom-granularity.toml", "domain-adaptive.toml"];
    let file = |name: &&str| std::fs::read(reports.join(name)).expect("a study file");
    let mut out: Vec<Vec<u8>> = names.iter().map(file).collect();
    out.push(
        br#"[study]
name = "s"
seeds = [1, 2]
label_fractions = [0.1, 1.0]
[tasks.a]
source = "phantom"
target = "multi-label"
[tasks.a.phantom]
train = 30
[models.net]
backbone = "resnet18"
[inits.random]
random = true
[inits.own]
weights = "a.pth"
[recipe]
image_size = 32
epochs = 2
[cluster]
launcher = "slurm"
time = "2h"
[[claims]]
text = "own is better"
better = { init = "own" }
than = { init = "random" }
"#
        .to_vec(),
    );
    out
}

#[test]
fn studies() {
    let seeds = seeds();
    let words = [
        "[[claims]]",
        "[tasks.b]",
        "1e999",
        "-1",
        "99999999999999999999",
        "nan",
        "inf",
        "\"\"",
        "\"\"\"",
        "[",
        "{",
        "= ",
        "seeds",
        "[0, 0]",
        "1979-05-27",
        "0x",
        "\u{202e}",
        "[cluster]",
        "time = \"9999999999999999h\"",
        "seeds = [18446744073709551615]",
    ];
    let none = IndexMap::new();
    Target {
        name: "studies",
        inputs: 2000,
        bound: (4 << 20, 256),
        least_read: 0.05,
        make: &|dice| {
            let mut bytes = dice.pick(&seeds).clone();
            damage(&mut bytes, &seeds, &words, dice);
            bytes
        },
        read: &|bytes| {
            let text = String::from_utf8_lossy(bytes);
            match spec::parse(Path::new("/nowhere/s.toml"), &text, &none) {
                Ok(_) => true,
                Err(error) => {
                    // What is wrong is put into words too.
                    assert!(!error.to_string().is_empty());
                    false
                }
            }
        },
    }
    .run(&seeds);
}
