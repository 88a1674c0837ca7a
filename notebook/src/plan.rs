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
use std::path::Path;

use serde_json::json;

use crate::connection::Connection;
use crate::display::Rich;
use crate::error::Result;
use crate::html;
use crate::part::{Claim, Init, Pretraining, Recipe, Task};
use crate::setting::{Setting, Settings, key};
use crate::study::Study;

/// The first line of a file that a cell wrote: another cell may write it anew.
const WRITTEN: &str = "# Written by a notebook: the cell that wrote it writes it anew.\n";

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

    /// Numbers of training labels, in the place of shares: `[25, 50]`.
    pub fn label_counts(mut self, counts: impl Into<Setting>) -> Self {
        self.header.set("label_counts", counts);
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
}
