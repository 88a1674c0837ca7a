//! A study built in Rust: what the methods say becomes a study file, which is
//! checked, run and resumed like one that was written by hand.
//!
//! ```no_run
//! use transfolio_notebook::prelude::*;
//!
//! # fn main() -> Result<()> {
//! let study = Study::new("fractions")
//!     .seeds(0..3)
//!     .label_fractions([0.25, 1.0])
//!     .task("source", Task::phantom("fine", 32, [120, 30, 30]).target("multi-class"))
//!     .task("chest", Task::phantom("finding", 32, [80, 30, 80]).target("multi-label"))
//!     .model("resnet18")
//!     .init("random", Init::random())
//!     .init("fine", Init::pretrain("fine").granularity("fine"))
//!     .pretraining("fine", Pretraining::on("source").epochs(2))
//!     .recipe(Recipe::new().epochs(2).image_size(32))
//!     .baseline("random")
//!     .margin(0.02)
//!     .save("fractions.toml")?;
//! study.run()?;
//! # Ok(())
//! # }
//! ```

use std::fmt::{self, Write as _};
use std::ops::{Range, RangeInclusive};
use std::path::Path;

use serde_json::json;

use crate::connection::Connection;
use crate::display::Rich;
use crate::error::Result;
use crate::html;
use crate::study::Study;

/// The first line of a file that a cell wrote: another cell may write it anew.
const WRITTEN: &str = "# Written by a notebook: the cell that wrote it writes it anew.\n";

/// A value of a study file: text, number, yes or no, a list, or a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting(String);

impl From<&str> for Setting {
    fn from(text: &str) -> Self {
        let mut out = String::from("\"");
        for c in text.chars() {
            match c {
                '"' => out += "\\\"",
                '\\' => out += "\\\\",
                '\n' => out += "\\n",
                '\t' => out += "\\t",
                c if c.is_control() => {
                    let _ = write!(out, "\\u{:04X}", u32::from(c));
                }
                c => out.push(c),
            }
        }
        Self(out + "\"")
    }
}

impl From<String> for Setting {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&String> for Setting {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<f64> for Setting {
    fn from(number: f64) -> Self {
        // `{:?}` keeps a point, without which TOML has a whole number.
        let text = format!("{number:?}");
        Self(match text.as_str() {
            "NaN" => "nan".into(),
            _ => text,
        })
    }
}

impl From<bool> for Setting {
    fn from(yes: bool) -> Self {
        Self(yes.to_string())
    }
}

macro_rules! from_whole_numbers {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Setting {
            fn from(number: $kind) -> Self {
                Self(number.to_string())
            }
        }
        impl From<Range<$kind>> for Setting {
            fn from(numbers: Range<$kind>) -> Self {
                Self::from(numbers.collect::<Vec<_>>())
            }
        }
        impl From<RangeInclusive<$kind>> for Setting {
            fn from(numbers: RangeInclusive<$kind>) -> Self {
                Self::from(numbers.collect::<Vec<_>>())
            }
        }
    )*};
}

from_whole_numbers!(i32, i64, u8, u16, u32, u64);

impl From<usize> for Setting {
    fn from(number: usize) -> Self {
        Self(number.to_string())
    }
}

impl<T: Into<Setting>> From<Vec<T>> for Setting {
    fn from(list: Vec<T>) -> Self {
        let items: Vec<String> = list.into_iter().map(|item| item.into().0).collect();
        Self(format!("[{}]", items.join(", ")))
    }
}

impl<T: Into<Setting> + Clone> From<&[T]> for Setting {
    fn from(list: &[T]) -> Self {
        Self::from(list.to_vec())
    }
}

impl<T: Into<Setting>, const N: usize> From<[T; N]> for Setting {
    fn from(list: [T; N]) -> Self {
        Self::from(Vec::from(list))
    }
}

/// Settings by name, in the order in which they were made; the last of a name
/// counts.
#[derive(Clone, Debug, Default, PartialEq)]
struct Settings(Vec<(String, Setting)>);

impl Settings {
    fn set(&mut self, name: &str, value: impl Into<Setting>) {
        let value = value.into();
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    fn lines(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{} = {}\n", key(name), value.0)).collect()
    }
}

impl From<Settings> for Setting {
    fn from(settings: Settings) -> Self {
        let items: Vec<String> = (settings.0.iter())
            .map(|(name, value)| format!("{} = {}", key(name), value.0))
            .collect();
        Self(format!("{{ {} }}", items.join(", ")))
    }
}

/// One entry more in a table.
fn add(table: &mut Setting, name: &str, value: &Setting) {
    let old = table.0.strip_suffix(" }").unwrap_or(&table.0);
    table.0 = format!("{old}, {} = {} }}", key(name), value.0);
}

/// A name as TOML has it.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    match !name.is_empty() && name.chars().all(bare) {
        true => name.to_owned(),
        false => Setting::from(name).0,
    }
}

/// A part of a study file with methods for what it may say.
macro_rules! part {
    ($(#[$doc:meta])* $part:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $part(Settings);

        impl $part {
            $(
                $(#[$field_doc])*
                #[must_use]
                pub fn $field(self, $field: $kind) -> Self {
                    self.set(stringify!($field), $field)
                }
            )*

            /// Any setting of the study file by its name there.
            #[must_use]
            pub fn set(mut self, name: &str, value: impl Into<Setting>) -> Self {
                self.0.set(name, value);
                self
            }
        }

        impl From<$part> for Setting {
            fn from(part: $part) -> Self {
                part.0.into()
            }
        }
    };
}

part! {
    /// Images with their labels: `[tasks.NAME]`.
    Task {
        /// What pages call it.
        title: &str,
        /// `binary`, `multi-class`, `multi-label` or `segmentation`.
        target: &str,
        /// Folder that the paths of a manifest are in.
        images: &str,
        /// Column of the images.
        image_column: &str,
        /// Columns of the labels.
        labels: impl Into<Setting>,
        /// Classes, where the labels do not say them.
        classes: impl Into<Setting>,
        /// The class that counts as positive.
        positive: &str,
        /// What an uncertain label becomes: `error`, `ones`, `zeros` or `ignore`.
        uncertain: &str,
    }
}

impl Task {
    fn of(source: &str) -> Self {
        Self::default().set("source", source)
    }

    /// Generated images of this many pixels a side, in so many cases for training,
    /// validation and test. Labels are `coarse` or `fine` (sources, multi-class),
    /// `finding` (multi-label) or `anatomy` (masks).
    pub fn phantom(labels: &str, size: u32, [train, val, test]: [u32; 3]) -> Self {
        let mut phantom = Settings::default();
        phantom.set("labels", labels);
        phantom.set("size", size);
        phantom.set("train", train);
        phantom.set("val", val);
        phantom.set("test", test);
        Self::of("phantom").set("phantom", phantom)
    }

    /// Generated images of another seed: other images of the same kind.
    #[must_use]
    pub fn phantom_seed(mut self, seed: u64) -> Self {
        if let Some((_, phantom)) = self.0.0.iter_mut().find(|(name, _)| name == "phantom") {
            add(phantom, "seed", &seed.into());
        }
        self
    }

    /// A table of image files with their labels.
    pub fn manifest(path: &str) -> Self {
        Self::of("manifest").set("path", path)
    }

    /// A folder with a folder of images for each class.
    pub fn folder(path: &str) -> Self {
        Self::of("folder").set("path", path)
    }

    /// An `.npz` file of arrays.
    pub fn npz(path: &str) -> Self {
        Self::of("npz").set("path", path)
    }
}

part! {
    /// What the weights of a network are before training: `[inits.NAME]`.
    Init {
        /// What pages call it.
        title: &str,
        /// Kind of labels of the pretraining: `coarse`, `fine`, `self-supervised`,
        /// `domain-adaptive` or `none`.
        granularity: &str,
        /// Models that it is for; unless said, all.
        models: impl Into<Setting>,
        /// Input normalisation that the weights were trained with.
        normalization: &str,
    }
}

impl Init {
    /// Random weights.
    pub fn random() -> Self {
        Self::default().set("random", true)
    }

    /// The weights that a pretraining of the study ends with.
    pub fn pretrain(name: &str) -> Self {
        Self::default().set("pretrain", name)
    }

    /// A checkpoint file.
    pub fn weights(path: &str) -> Self {
        Self::default().set("weights", path)
    }

    /// A checkpoint of the catalogue (`transfolio zoo list`).
    pub fn zoo(id: &str) -> Self {
        Self::default().set("zoo", id)
    }
}

part! {
    /// How networks are trained: `[recipe]`, and the recipe of a pretraining, where
    /// it says only what differs.
    Recipe {
        /// `adamw`, `adam` or `sgd`.
        optimizer: &str,
        /// Learning rate at its highest.
        learning_rate: f64,
        /// Weight decay.
        weight_decay: f64,
        /// Momentum of `sgd`.
        momentum: f64,
        /// `cosine`, `constant` or `reduce-on-plateau`.
        schedule: &str,
        /// Epochs in which the learning rate rises.
        warmup_epochs: u32,
        /// Images of a step.
        batch_size: u32,
        /// Epochs.
        epochs: u32,
        /// Epochs without a better one after which training ends; 0: never.
        patience: u32,
        /// Side of the images in pixels.
        image_size: u32,
        /// `none`, `light` or `published`.
        augmentation: &str,
        /// `imagenet`, `half`, `chest-xray`, `swav` or `none`.
        normalization: &str,
    }
}

impl Recipe {
    /// A recipe of which nothing is said yet: all that is not said has a default.
    pub fn new() -> Self {
        Self::default()
    }
}

/// A training before the studied one: `[pretraining.NAME]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pretraining {
    settings: Settings,
    recipe: Recipe,
}

impl Pretraining {
    /// On a task of the study.
    pub fn on(task: &str) -> Self {
        Self::default().set("task", task)
    }

    /// Goes on from the weights of an init.
    #[must_use]
    pub fn from(self, init: &str) -> Self {
        self.set("init", init)
    }

    /// Epochs.
    #[must_use]
    pub fn epochs(mut self, epochs: u32) -> Self {
        self.recipe = self.recipe.epochs(epochs);
        self
    }

    /// In what it is trained otherwise than the studied networks.
    #[must_use]
    pub fn recipe(mut self, recipe: Recipe) -> Self {
        self.recipe = recipe;
        self
    }

    /// Any setting of the study file by its name there.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<Setting>) -> Self {
        self.settings.set(name, value);
        self
    }

    fn settings(&self) -> Settings {
        let mut all = self.settings.clone();
        if self.recipe != Recipe::default() {
            all.set("recipe", self.recipe.clone());
        }
        all
    }
}

/// A hypothesis that the results are held against: `[[claims]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim(Settings);

impl Claim {
    fn of(text: &str, relation: &str, side: &[(&str, &str)], other: &[(&str, &str)]) -> Self {
        let mut settings = Settings::default();
        settings.set("text", text);
        settings.set(relation, levels(side));
        settings.set(if relation == "equivalent" { "to" } else { "than" }, levels(other));
        Self(settings)
    }

    /// One side is better than the other; a side is one level or several:
    /// `Claim::better("Fine beats coarse", &[("init", "fine")], &[("init", "coarse")])`.
    pub fn better(text: &str, side: &[(&str, &str)], than: &[(&str, &str)]) -> Self {
        Self::of(text, "better", side, than)
    }

    /// One side is worse than the other by less than the margin.
    pub fn not_worse(text: &str, side: &[(&str, &str)], than: &[(&str, &str)]) -> Self {
        Self::of(text, "not_worse", side, than)
    }

    /// The sides differ by less than the margin.
    pub fn equivalent(text: &str, side: &[(&str, &str)], to: &[(&str, &str)]) -> Self {
        Self::of(text, "equivalent", side, to)
    }

    /// Where it is claimed, beside a label fraction: `.at("task", "chest")`.
    #[must_use]
    pub fn at(mut self, column: &str, level: impl Into<Setting>) -> Self {
        let level = level.into();
        match self.0.0.iter_mut().find(|(name, _)| name == "at") {
            Some((_, scope)) => add(scope, column, &level),
            None => {
                let mut scope = Settings::default();
                scope.set(column, level);
                self.0.set("at", scope);
            }
        }
        self
    }

    /// Any setting of the study file by its name there: `metric`, `margin`.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<Setting>) -> Self {
        self.0.set(name, value);
        self
    }
}

fn levels(side: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::default();
    side.iter().for_each(|(column, level)| settings.set(column, *level));
    settings
}

/// A study that is being described; `save` writes its file.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "nothing is written before `save`"]
pub struct Plan {
    header: Settings,
    parameters: Settings,
    tasks: Vec<(String, Settings)>,
    models: Vec<(String, Settings)>,
    inits: Vec<(String, Settings)>,
    pretraining: Vec<(String, Settings)>,
    recipe: Settings,
    comparison: Settings,
    more: Vec<(String, Settings)>,
    claims: Vec<Settings>,
}

impl Study {
    /// A study of one's own, described in Rust; see [`Plan`].
    // A study exists only once it is checked and written.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(name: &str) -> Plan {
        Plan::new(name)
    }
}

impl Plan {
    fn new(name: &str) -> Self {
        let mut header = Settings::default();
        header.set("name", name);
        Self {
            header,
            parameters: Settings::default(),
            tasks: Vec::new(),
            models: Vec::new(),
            inits: Vec::new(),
            pretraining: Vec::new(),
            recipe: Settings::default(),
            comparison: Settings::default(),
            more: Vec::new(),
            claims: Vec::new(),
        }
    }

    /// What pages call it.
    pub fn title(mut self, title: &str) -> Self {
        self.header.set("title", title);
        self
    }

    /// What it is about, below the answer of its report.
    pub fn description(mut self, text: &str) -> Self {
        self.header.set("description", text);
        self
    }

    /// Seeds, each a run of every cell: `0..5`, `[1, 2, 3]`.
    pub fn seeds(mut self, seeds: impl Into<Setting>) -> Self {
        self.header.set("seeds", seeds);
        self
    }

    /// Shares of the training labels: `[0.1, 1.0]`.
    pub fn label_fractions(mut self, fractions: impl Into<Setting>) -> Self {
        self.header.set("label_fractions", fractions);
        self
    }

    /// Folder of the records; unless said, `runs/NAME`.
    pub fn output(mut self, folder: &str) -> Self {
        self.header.set("output", folder);
        self
    }

    /// A task. One that a pretraining names is a source, all others are targets.
    pub fn task(mut self, name: &str, task: Task) -> Self {
        put(&mut self.tasks, name, task.0);
        self
    }

    /// A network by the name of its backbone: `resnet18`, `densenet121` ...
    pub fn model(self, backbone: &str) -> Self {
        self.model_named(backbone, backbone)
    }

    /// A network with a name of its own.
    pub fn model_named(mut self, name: &str, backbone: &str) -> Self {
        let mut model = Settings::default();
        model.set("backbone", backbone);
        put(&mut self.models, name, model);
        self
    }

    /// Where weights start.
    pub fn init(mut self, name: &str, init: Init) -> Self {
        put(&mut self.inits, name, init.0);
        self
    }

    /// A training that makes weights for inits.
    pub fn pretraining(mut self, name: &str, pretraining: Pretraining) -> Self {
        put(&mut self.pretraining, name, pretraining.settings());
        self
    }

    /// How networks are trained.
    pub fn recipe(mut self, recipe: Recipe) -> Self {
        self.recipe = recipe.0;
        self
    }

    /// Metric that is compared; unless said, that of the targets.
    pub fn metric(mut self, metric: &str) -> Self {
        self.comparison.set("metric", metric);
        self
    }

    /// Level that the others are compared with.
    pub fn baseline(mut self, level: &str) -> Self {
        self.comparison.set("baseline", level);
        self
    }

    /// Largest difference that does not matter in practice.
    pub fn margin(mut self, margin: f64) -> Self {
        self.comparison.set("margin", margin);
        self
    }

    /// A hypothesis.
    pub fn claim(mut self, claim: Claim) -> Self {
        self.claims.push(claim.0);
        self
    }

    /// Any setting of the study file by section and name:
    /// `set("comparison", "test", "wilcoxon")`, `set("study", "threads", 2)`,
    /// `set("models.resnet18", "title", "ResNet-18")`.
    pub fn set(mut self, section: &str, name: &str, value: impl Into<Setting>) -> Self {
        let (outer, inner) = section.split_once('.').unwrap_or((section, ""));
        let list = match outer {
            "tasks" => Some(&mut self.tasks),
            "models" => Some(&mut self.models),
            "inits" => Some(&mut self.inits),
            "pretraining" => Some(&mut self.pretraining),
            _ => None,
        };
        match (outer, list) {
            ("study", _) => self.header.set(name, value),
            ("recipe", _) => self.recipe.set(name, value),
            ("comparison", _) => self.comparison.set(name, value),
            ("parameters", _) => self.parameters.set(name, value),
            (_, Some(list)) if !inner.is_empty() => of(list, inner).set(name, value),
            _ => of(&mut self.more, section).set(name, value),
        }
        self
    }

    /// The text of the study file.
    pub fn text(&self) -> String {
        let mut out = String::from(WRITTEN);
        let mut section = |head: &str, settings: &Settings| {
            if !settings.0.is_empty() {
                let _ = write!(out, "\n{head}\n{}", settings.lines());
            }
        };
        section("[study]", &self.header);
        section("[parameters]", &self.parameters);
        for (outer, list) in [
            ("tasks", &self.tasks),
            ("models", &self.models),
            ("inits", &self.inits),
            ("pretraining", &self.pretraining),
        ] {
            for (name, settings) in list {
                section(&format!("[{outer}.{}]", key(name)), settings);
            }
        }
        section("[recipe]", &self.recipe);
        section("[comparison]", &self.comparison);
        for (name, settings) in &self.more {
            let parts: Vec<String> = name.split('.').map(key).collect();
            section(&format!("[{}]", parts.join(".")), settings);
        }
        for claim in &self.claims {
            section("[[claims]]", claim);
        }
        out
    }

    /// Checks the study, writes its file and opens it. A file of this name that no
    /// cell wrote is left alone.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<Study> {
        let request = json!({ "path": path.as_ref().to_string_lossy(), "text": self.text() });
        Connection::open()?.call("write_study", request)?;
        Study::open(path)
    }

    /// Shown by the kernel when a plan is the last expression of a cell.
    pub fn evcxr_display(&self) {
        crate::display::result(self);
    }
}

fn put(list: &mut Vec<(String, Settings)>, name: &str, settings: Settings) {
    *of(list, name) = settings;
}

fn of<'a>(list: &'a mut Vec<(String, Settings)>, name: &str) -> &'a mut Settings {
    let at = list.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
        list.push((name.to_owned(), Settings::default()));
        list.len() - 1
    });
    &mut list[at].1
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Rich for Plan {
    fn plain(&self) -> String {
        self.text()
    }

    fn html(&self) -> String {
        format!("<pre class=\"transfolio\">{}</pre>", html::escape(&self.text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_the_text_of_a_study_file() {
        let plan = Study::new("a \"b\"")
            .seeds(0..3)
            .label_fractions([0.5, 1.0])
            .task(
                "s",
                Task::phantom("fine", 32, [4, 3, 2])
                    .phantom_seed(7)
                    .target("multi-class")
                    .title("S"),
            )
            .model("resnet18")
            .init("random", Init::random())
            .init("my init", Init::pretrain("p").granularity("fine"))
            .pretraining("p", Pretraining::on("s").from("random").epochs(2))
            .recipe(Recipe::new().learning_rate(1e-3).epochs(3))
            .baseline("random")
            .claim(
                Claim::better("b", &[("init", "x")], &[("init", "y")])
                    .at("label_fraction", 0.5)
                    .at("task", "s"),
            )
            .set("models.resnet18", "title", "R")
            .set("comparison", "margin", 1.0)
            .set("metrics.volume", "better", "lower");
        let text = plan.text();
        let expected = "
[study]
name = \"a \\\"b\\\"\"
seeds = [0, 1, 2]
label_fractions = [0.5, 1.0]

[tasks.s]
source = \"phantom\"
phantom = { labels = \"fine\", size = 32, train = 4, val = 3, test = 2, seed = 7 }
target = \"multi-class\"
title = \"S\"

[models.resnet18]
backbone = \"resnet18\"
title = \"R\"

[inits.random]
random = true

[inits.\"my init\"]
pretrain = \"p\"
granularity = \"fine\"

[pretraining.p]
task = \"s\"
init = \"random\"
recipe = { epochs = 2 }

[recipe]
learning_rate = 0.001
epochs = 3

[comparison]
baseline = \"random\"
margin = 1.0

[metrics.volume]
better = \"lower\"

[[claims]]
text = \"b\"
better = { init = \"x\" }
than = { init = \"y\" }
at = { label_fraction = 0.5, task = \"s\" }
";
        assert_eq!(text.strip_prefix(WRITTEN), Some(expected));
    }

    #[test]
    fn settings_are_written_as_toml_has_them() {
        let written = |setting: Setting| setting.0;
        assert_eq!(written("a\\\n\u{1}".into()), "\"a\\\\\\n\\u0001\"");
        assert_eq!(written(1e-10.into()), "1e-10");
        assert_eq!(written(f64::NAN.into()), "nan");
        assert_eq!(written(vec!["a", "b"].into()), "[\"a\", \"b\"]");
        assert_eq!(written((1..=3_u64).into()), "[1, 2, 3]");
        assert_eq!((key("a-b_1"), key("a b")), ("a-b_1".into(), "\"a b\"".into()));
    }
}
