//! What the tests of this folder share: a study of twelve runs on few images.

use std::path::Path;

use indexmap::IndexMap;

use super::{Plan, PlanOptions, Reporter, plan};
use crate::spec::{Loaded, RunSpec, parse};
use crate::train::Progress;

pub(super) const STUDY: &str = r#"
[study]
name = "s"
seeds = [1, 2]
[tasks.source]
source = "phantom"
target = "multi-class"
phantom = { labels = "coarse", size = 16, train = 24, val = 8, test = 8 }
[tasks.findings]
source = "phantom"
target = "multi-label"
phantom = { labels = "finding", size = 16, train = 40, val = 16, test = 24 }
[models.small]
backbone = "resnet18"
[inits.random]
random = true
[inits.coarse]
pretrain = "coarse"
[pretraining.coarse]
task = "source"
[recipe]
epochs = 1
image_size = 32
augmentation = "none"
"#;

pub(super) fn parsed(text: &str) -> Loaded {
    let study = parse(Path::new("study.toml"), text, &IndexMap::new()).expect("a study");
    Loaded { study, sha256: "00".into() }
}

pub(super) fn options(folder: &Path) -> PlanOptions {
    PlanOptions {
        output: folder.join("s"),
        cache_dir: folder.join("cache"),
        zoo_store: folder.join("zoo"),
        command: vec!["transfolio".into()],
    }
}

/// The study planned in a folder of its own.
pub(super) fn planned() -> (tempfile::TempDir, Plan) {
    let dir = tempfile::tempdir().expect("a folder");
    let plan = plan(&parsed(STUDY), &options(dir.path()), &mut |_| {}).expect("a plan");
    (dir, plan)
}

/// Keeps the reasons of failures and shows nothing.
#[derive(Default)]
pub(super) struct Quiet {
    pub(super) ended: Vec<String>,
}

impl Reporter for Quiet {
    fn note(&mut self, _: &str) {}
    fn begin(&mut self, _: usize, _: usize) {}
    fn started(&mut self, _: usize, _: &RunSpec) {}
    fn progress(&mut self, _: usize, _: &RunSpec, _: Progress) {}
    fn ended(&mut self, _: usize, _: &RunSpec, result: Result<(), &str>) {
        self.ended.extend(result.err().map(String::from));
    }
}
