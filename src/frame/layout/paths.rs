//! What the names of runs, files and folders say: `imagenet_seed0`, `resnet50-s3`,
//! `runs/random/seed_1/metrics.csv`.

use std::path::Path;

/// Names of files that every run writes, and of folders that say nothing.
const COMMON: [&str; 34] = [
    "summary",
    "metrics",
    "results",
    "result",
    "predictions",
    "prediction",
    "preds",
    "report",
    "classification_report",
    "history",
    "training_log",
    "train_log",
    "log",
    "logs",
    "scores",
    "test_metrics",
    "test_results",
    "output",
    "outputs",
    "lightning_logs",
    "csv_logs",
    "csv",
    "validation",
    "validation_raw",
    "test",
    "eval",
    "evaluation",
    "runs",
    "run",
    "checkpoints",
    "data",
    "experiments",
    "tb_logs",
    "tensorboard",
];
/// Words that are inits whatever stands beside them.
const INITS: [&str; 22] = [
    "random",
    "scratch",
    "imagenet",
    "imagenet1k",
    "imagenet21k",
    "in1k",
    "in21k",
    "radimagenet",
    "simclr",
    "moco",
    "mocov2",
    "mocov3",
    "byol",
    "dino",
    "dinov2",
    "mae",
    "swav",
    "clip",
    "supervised",
    "pretrained",
    "ssl",
    "biomedclip",
];

/// Beginnings of names of networks.
const NETWORKS: [&str; 24] = [
    "resnet",
    "resnext",
    "wide_resnet",
    "seresnet",
    "vit",
    "deit",
    "swin",
    "convnext",
    "densenet",
    "efficientnet",
    "mobilenet",
    "vgg",
    "inception",
    "regnet",
    "maxvit",
    "alexnet",
    "unet",
    "nnunet",
    "attunet",
    "unetr",
    "segresnet",
    "segformer",
    "deeplab",
    "transunet",
];

/// The word of a name that gives a level, and the level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Seed,
    Fraction,
    Init,
    Model,
}

/// Known names of columns, and where their levels are.
pub(super) const KINDS: [(&str, Kind); 4] = [
    ("model", Kind::Model),
    ("init", Kind::Init),
    ("label_fraction", Kind::Fraction),
    ("seed", Kind::Seed),
];

/// Levels that a name says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Levels {
    pub(super) seed: Option<String>,
    pub(super) fraction: Option<String>,
    pub(super) init: Option<String>,
    /// What is left: the model, where nothing else is known of it.
    pub(super) rest: Option<String>,
}

impl Levels {
    pub(super) fn get(&self, kind: Kind) -> Option<String> {
        match kind {
            Kind::Seed => self.seed.clone(),
            Kind::Fraction => self.fraction.clone(),
            Kind::Init => self.init.clone(),
            Kind::Model => self.rest.clone(),
        }
    }

    /// Takes what is not known from a name further out.
    fn or(mut self, outer: Self) -> Self {
        self.seed = self.seed.or(outer.seed);
        self.fraction = self.fraction.or(outer.fraction);
        self.init = self.init.or(outer.init);
        self.rest = self.rest.or(outer.rest);
        self
    }
}

/// The levels in a name.
pub(super) fn levels(name: &str) -> Levels {
    let mut told = Levels::default();
    let mut rest: Vec<&str> = Vec::new();
    let words: Vec<&str> =
        name.split(['_', '-', ' ', '/', '\\', ',']).filter(|word| !word.is_empty()).collect();
    let mut at = 0;
    while at < words.len() {
        let word = words[at];
        let next = words.get(at + 1).copied();
        if told.seed.is_none()
            && let Some((seed, used)) = seed(word, next)
        {
            told.seed = Some(seed);
            at += used;
        } else if told.fraction.is_none()
            && let Some((fraction, used)) = fraction(word, next)
        {
            told.fraction = Some(fraction);
            at += used;
        } else if told.init.is_none() && INITS.contains(&word.to_lowercase().as_str()) {
            told.init = Some(word.into());
            at += 1;
        } else {
            rest.push(word);
            at += 1;
        }
    }
    // The letters of the name between what was taken out.
    let rest = rest.join("_");
    told.rest = (!rest.is_empty() && !is_common(&rest)).then_some(rest);
    told
}

/// `seed0`, `seed=0`, `seed 0`, `s3`, `rs42`: the number and how many words it took.
fn seed(word: &str, next: Option<&str>) -> Option<(String, usize)> {
    let lower = word.to_lowercase();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    for mark in ["seed", "rs", "s"] {
        if let Some(number) = lower.strip_prefix(mark) {
            let number = number.trim_start_matches(['=', ':', '.']);
            if digits(number) {
                return Some((number.into(), 1));
            }
        }
    }
    let next = next.filter(|next| lower == "seed" && digits(next))?;
    Some((next.into(), 2))
}

/// `10%`, `10pct`, `10percent`, `frac0.1`, `lf=0.1`, `fraction 0.1`.
fn fraction(word: &str, next: Option<&str>) -> Option<(String, usize)> {
    let lower = word.to_lowercase();
    let number = |text: &str| {
        let text = text.trim_start_matches('=');
        text.starts_with(|letter: char| letter.is_ascii_digit()) && text.parse::<f64>().is_ok()
    };
    for mark in ["percent", "pct", "%"] {
        if let Some(percent) = lower.strip_suffix(mark).filter(|text| number(text)) {
            return Some((format!("{percent}%"), 1));
        }
    }
    for mark in ["fraction", "frac", "lf"] {
        if let Some(share) = lower.strip_prefix(mark) {
            let share = share.trim_start_matches('=');
            if number(share) {
                return Some((share.into(), 1));
            }
            if share.is_empty()
                && let Some(next) = next.filter(|next| number(next))
            {
                return Some((next.into(), 2));
            }
        }
    }
    None
}

/// The levels in the name of a file and of the folders it is in, the nearest first.
pub(super) fn levels_of_path(path: &Path) -> Levels {
    /// Further out a name is not one of a run.
    const FOLDERS: usize = 3;
    let mut told = Levels::default();
    for part in parts(path).into_iter().rev().take(FOLDERS + 1) {
        if is_common(&part) {
            continue;
        }
        let mut here = levels(&part);
        // Beside a seed or an init a word is a model; alone it may be anything, as long as
        // it is not the name of one.
        let version = here.rest.as_deref().is_some_and(is_version);
        let beside = here.seed.is_some() || here.init.is_some();
        if version || !beside && !here.rest.as_deref().is_some_and(is_network) {
            here.rest = None;
        }
        told = told.or(here);
    }
    told
}

/// A name for each of several files: its own, or that of the nearest folder that tells
/// them apart.
///
/// `a/metrics.csv` and `b/metrics.csv` are `a` and `b`; `a/fold_0/summary.json`,
/// `a/fold_1/summary.json` and `b/fold_0/summary.json` are `a/fold_0` and so on. A file
/// that stands alone has its own name, or the nearest that says something.
pub(in crate::frame) fn run_names(paths: &[&Path]) -> Vec<String> {
    let parts: Vec<Vec<String>> = paths.iter().map(|path| parts(path)).collect();
    if let [alone] = parts.as_slice() {
        let says = |part: &&String| !is_common(part) && !is_version(part);
        let name = alone.iter().rev().find(says).or_else(|| alone.last());
        return vec![name.cloned().unwrap_or_default()];
    }
    let deepest = parts.iter().map(Vec::len).max().unwrap_or_default();
    let at = |parts: &[String], depth: usize| -> String {
        parts.len().checked_sub(depth + 1).map_or(String::new(), |at| parts[at].clone())
    };
    let column = |depth: usize| parts.iter().map(|parts| at(parts, depth)).collect::<Vec<_>>();
    for depth in 0..deepest {
        let names = column(depth);
        if all_differ(&names) && names.iter().all(|name| !name.is_empty()) {
            return names;
        }
    }
    let own = column(0);
    let mut names: Vec<String> = vec![String::new(); paths.len()];
    for depth in 0..deepest {
        let further = column(depth);
        if further.iter().all(|name| *name == further[0]) {
            continue;
        }
        for (name, part) in names.iter_mut().zip(&further) {
            *name = match (part.as_str(), name.as_str()) {
                ("", name) => name.into(),
                (part, "") => part.into(),
                (part, name) => format!("{part}/{name}"),
            };
        }
        if all_differ(&names) {
            break;
        }
    }
    for (name, own) in names.iter_mut().zip(own).filter(|(name, _)| name.is_empty()) {
        *name = own;
    }
    names
}

fn all_differ(names: &[String]) -> bool {
    let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
    distinct.len() == names.len()
}

/// Folders and name of a file, without its endings.
fn parts(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> = path
        .components()
        .filter_map(|part| match part {
            std::path::Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect();
    if let Some(name) = parts.last_mut() {
        for ending in [
            ".gz", ".zst", ".zip", ".csv", ".tsv", ".txt", ".json", ".jsonl", ".parquet", ".xlsx",
            ".ods",
        ] {
            if let Some(stem) = name.strip_suffix(ending).filter(|stem| !stem.is_empty()) {
                *name = stem.into();
            }
        }
        // TensorBoard puts the run before its scalar.
        if let Some((run, _)) = name.strip_prefix("run-").and_then(|name| name.split_once("-tag-"))
        {
            *name = run.into();
        }
    }
    parts
}

/// Whether a name is that of an init.
pub(super) fn is_init(name: &str) -> bool {
    INITS.contains(&name.to_lowercase().as_str())
}

fn is_network(name: &str) -> bool {
    let name = name.to_lowercase().replace('-', "_");
    NETWORKS.iter().any(|network| name.starts_with(network))
}

fn is_common(name: &str) -> bool {
    COMMON.contains(&name.to_lowercase().as_str())
}

/// `version_0`, `fold_1`, `v2`: one of several of the same.
fn is_version(name: &str) -> bool {
    let name = name.to_lowercase();
    let letters = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    ["version", "fold", "v", "run", "trial", "rep"].contains(&letters.trim_end_matches(['_', '-']))
        && letters.len() < name.len()
        || ["version", "fold", "trial"].contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str) -> [Option<String>; 4] {
        let levels = levels(name);
        [Kind::Model, Kind::Init, Kind::Fraction, Kind::Seed].map(|kind| levels.get(kind))
    }

    fn some(levels: [&str; 4]) -> [Option<String>; 4] {
        levels.map(|level| (!level.is_empty()).then(|| level.into()))
    }

    #[test]
    fn names_of_runs_say_their_levels() {
        for (name, levels) in [
            ("imagenet_seed0", ["", "imagenet", "", "0"]),
            ("imagenet-s3", ["", "imagenet", "", "3"]),
            ("seed_1", ["", "", "", "1"]),
            ("resnet50_random_seed=12", ["resnet50", "random", "", "12"]),
            ("vit_b16-MAE-10pct-rs42", ["vit_b16", "MAE", "10%", "42"]),
            ("frac0.1/seed 7", ["", "", "0.1", "7"]),
            ("swin_small", ["swin_small", "", "", ""]),
            ("sgd_s", ["sgd_s", "", "", ""]),
            ("", ["", "", "", ""]),
        ] {
            assert_eq!(told(name), some(levels), "{name}");
        }
    }

    #[test]
    fn paths_say_what_their_folders_say() {
        for (path, levels) in [
            ("runs/random/seed_1/metrics.csv", ["", "random", "", "1"]),
            ("lightning_logs/imagenet_s0/version_0/metrics.csv", ["", "imagenet", "", "0"]),
            ("resnet50/imagenet/seed2/summary.json", ["resnet50", "imagenet", "", "2"]),
            ("/home/ana/project/random_seed3/summary.csv", ["", "random", "", "3"]),
            ("mine_random_seed3.csv", ["mine", "random", "", "3"]),
            ("metrics.csv", ["", "", "", ""]),
        ] {
            let found = levels_of_path(Path::new(path));
            let found =
                [Kind::Model, Kind::Init, Kind::Fraction, Kind::Seed].map(|kind| found.get(kind));
            assert_eq!(found, some(levels), "{path}");
        }
    }

    #[test]
    fn files_are_named_by_what_tells_them_apart() {
        let names = |paths: &[&str]| {
            run_names(&paths.iter().map(|path| Path::new(*path)).collect::<Vec<_>>())
        };
        assert_eq!(names(&["a/metrics.csv", "b/metrics.csv"]), ["a", "b"]);
        assert_eq!(names(&["x/unet.csv", "x/swin.csv.gz"]), ["unet", "swin"]);
        assert_eq!(names(&["a/version_0/metrics.csv", "b/version_0/metrics.csv"]), ["a", "b"]);
        assert_eq!(
            names(&["l/version_0/metrics.csv", "l/version_1/metrics.csv"]),
            ["version_0", "version_1"]
        );
        assert_eq!(
            names(&["a/fold_0/s.json", "a/fold_1/s.json", "b/fold_0/s.json"]),
            ["a/fold_0", "a/fold_1", "b/fold_0"]
        );
        assert_eq!(names(&["nnUNet/unet/fold_0/summary.json"]), ["unet"]);
        assert_eq!(names(&["summary.json"]), ["summary"]);
        assert_eq!(names(&["a/x.csv", "a/x.csv"]), ["x", "x"]);
        assert_eq!(names(&["run-a-tag-auc.csv", "run-b-tag-auc.csv"]), ["a", "b"]);
        assert!(names(&[]).is_empty());
    }
}
