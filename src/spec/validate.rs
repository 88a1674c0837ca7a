//! Combinations that parse but make no study.

use std::collections::BTreeSet;

use super::also_test;
use super::expand::target_tasks;
use super::parse::nearest;
use super::recipe::{Optimizer, Recipe, Schedule};
use super::study::{Header, Init, Study};
use super::validate_comparison::{claims, comparison};
use super::validate_task;

mod names;
mod parts;
pub(super) mod references;

/// One fault, by the keys that lead to it.
pub(super) struct Fault {
    path: Vec<String>,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl Fault {
    pub(super) fn keys(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }
}

#[derive(Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn into_list(self) -> Vec<Fault> {
        self.0
    }

    pub(super) fn add(&mut self, path: &[&str], message: impl Into<String>, hint: Option<&str>) {
        self.0.push(Fault {
            path: path.iter().map(ToString::to_string).collect(),
            message: message.into(),
            hint: hint.map(Into::into),
        });
    }

    pub(super) fn require(&mut self, ok: bool, path: &[&str], message: impl FnOnce() -> String) {
        if !ok {
            self.add(path, message(), None);
        }
    }
}

/// All faults of a study, in the order of the file's tables.
pub(super) fn validate(study: &Study) -> Vec<Fault> {
    let mut faults = Faults::default();
    header(study, &mut faults);
    for (name, task) in &study.tasks {
        validate_task::task(name, task, &mut faults);
    }
    also_test::validate(study, &mut faults);
    for (name, init) in &study.inits {
        self::init(name, init, study, &mut faults);
    }
    pretraining(study, &mut faults);
    recipe(&study.recipe, &["recipe"], &mut faults);
    parts::parts(study, &mut faults);
    parts::untrained(study, &mut faults);
    image_sizes(study, &mut faults);
    comparison(study, &mut faults);
    claims(study, &mut faults);
    faults.0
}

fn header(study: &Study, faults: &mut Faults) {
    let header = &study.study;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    faults.require(
        !header.name.is_empty() && header.name.chars().all(plain),
        &["study", "name"],
        || {
            format!(
                "study.name is {:?}, expected letters, digits, `-` and `_`: it names a folder",
                header.name
            )
        },
    );
    faults.require(!header.seeds.is_empty(), &["study", "seeds"], || {
        "study.seeds is empty, expected at least one seed".into()
    });
    let distinct: BTreeSet<_> = header.seeds.iter().collect();
    faults.require(distinct.len() == header.seeds.len(), &["study", "seeds"], || {
        "study.seeds names a seed twice: the same run would count as two".into()
    });
    faults.require((1..=1024).contains(&header.threads), &["study", "threads"], || {
        format!("study.threads is {}, expected 1 to 1024", header.threads)
    });
    faults.require(!header.label_fractions.is_empty(), &["study", "label_fractions"], || {
        "study.label_fractions is empty, expected shares such as [0.1, 1.0]".into()
    });
    for (index, fraction) in header.label_fractions.iter().enumerate() {
        if !(*fraction > 0.0 && *fraction <= 1.0) {
            faults.add(
                &["study", "label_fractions", &index.to_string()],
                format!("label fraction {fraction} is not in (0, 1]"),
                (*fraction > 1.0).then_some("fractions are shares: write 0.1 for 10 %"),
            );
        }
        let twice = header.label_fractions[..index].contains(fraction);
        faults.require(!twice, &["study", "label_fractions", &index.to_string()], || {
            format!("label fraction {fraction} is named twice")
        });
    }
    label_counts(header, faults);
    for (table, empty) in [
        ("tasks", study.tasks.is_empty()),
        ("models", study.models.is_empty()),
        ("inits", study.inits.is_empty()),
    ] {
        faults.require(!empty, &[table], || format!("the study has no [{table}.NAME] table"));
    }
    faults.require(
        target_tasks(study).next().is_some() || study.tasks.is_empty(),
        &["tasks"],
        || {
            let tests = study.tasks.values().any(|task| task.role.is_test_only());
            let or = if tests { " or for tests alone" } else { "" };
            format!(
                "every task is the source of a pretraining{or}, so there is nothing to compare on"
            )
        },
    );
}

fn label_counts(header: &Header, faults: &mut Faults) {
    let counts = &header.label_counts;
    if !counts.is_empty() && header.label_fractions != [1.0] {
        faults.add(
            &["study", "label_counts"],
            "study.label_counts and study.label_fractions both say how many labels runs see",
            Some("state one of them; label_counts = [25, 50, \"all\"] has all labels too"),
        );
    }
    for (index, count) in counts.iter().enumerate() {
        let twice = counts[..index].contains(count);
        faults.require(!twice, &["study", "label_counts", &index.to_string()], || {
            format!("label count {count} is named twice")
        });
    }
}

fn init(name: &str, init: &Init, study: &Study, faults: &mut Faults) {
    let ways = usize::from(init.random)
        + usize::from(init.weights.is_some() || init.zoo.is_some())
        + usize::from(init.pretrain.is_some());
    if ways != 1 {
        faults.add(
            &["inits", name],
            format!("inits.{name} names {ways} sources of weights, expected exactly one"),
            Some("one of `random = true`, `weights = \"FILE\"`, `zoo = \"ID\"`, `pretrain = \"NAME\"`"),
        );
    }
    references::of_init(name, init, study, faults);
    faults.require(
        init.local() != Some("") && init.zoo.as_deref() != Some(""),
        &["inits", name, "zoo"],
        || format!("inits.{name}.zoo names no model; `transfolio zoo list` shows all"),
    );
    faults.require(
        init.local().is_none() || init.weights.is_none(),
        &["inits", name, "weights"],
        || format!("inits.{name}: a local model has its file, leave `weights` out"),
    );
    faults.require(
        init.sha256.is_none() || init.weights.is_some() || init.zoo.is_some(),
        &["inits", name, "sha256"],
        || format!("inits.{name}.sha256 is only for inits with `weights` or `zoo`"),
    );
    names::names(name, init, faults);
}

fn pretraining(study: &Study, faults: &mut Faults) {
    for (name, pretraining) in &study.pretraining {
        let used = study.inits.values().any(|init| init.pretrain.as_ref() == Some(name));
        if !used {
            faults.add(
                &["pretraining", name],
                format!("pretraining.{name} is used by no init"),
                Some("add `[inits.NAME]` with `pretrain`, or remove the table"),
            );
        }
        let merged = pretraining.recipe.apply(&study.recipe);
        recipe(&merged, &["pretraining", name, "recipe"], faults);
        faults.require(merged.epochs > 0, &["pretraining", name, "recipe", "epochs"], || {
            format!("pretraining.{name} has 0 epochs, expected at least 1")
        });
        references::of_pretraining(name, pretraining, study, faults);
    }
}

/// Models that some init asks a pretraining for.
fn models_of<'a>(name: &'a str, study: &'a Study) -> impl Iterator<Item = &'a String> {
    let wanted = move |model: &&String| {
        let mut asking = study.inits.values().filter(|init| init.pretrain.as_deref() == Some(name));
        asking.any(|init| init.is_for(model))
    };
    study.models.keys().filter(wanted)
}

/// Some networks have tables of one size, or stages that must divide it; here for
/// the sizes that pretrainings state themselves.
fn image_sizes(study: &Study, faults: &mut Faults) {
    let mut check = |table: &[&str], size: u32, model: &str| {
        if let Err(takes) = study.models[model].backbone.check_image_size(size) {
            let message =
                format!("{}.image_size is {size}, but models.{model}: {takes}", table.join("."));
            faults.add(&[table, &["image_size"]].concat(), message, None);
        }
    };
    for (name, pretraining) in &study.pretraining {
        // What it does not set itself was checked above.
        let Some(size) = pretraining.recipe.image_size else { continue };
        for model in models_of(name, study) {
            check(&["pretraining", name, "recipe"], size, model);
        }
    }
}

fn recipe(recipe: &Recipe, table: &[&str], faults: &mut Faults) {
    let at = |key: &'static str| [table, &[key]].concat();
    let label = table.join(".");
    let positive = |value: f64| value > 0.0 && value.is_finite();
    faults.require(positive(recipe.learning_rate), &at("learning_rate"), || {
        format!("{label}.learning_rate is {}, expected a positive number", recipe.learning_rate)
    });
    faults.require(
        recipe.weight_decay >= 0.0 && recipe.weight_decay.is_finite(),
        &at("weight_decay"),
        || format!("{label}.weight_decay is {}, expected 0 or more", recipe.weight_decay),
    );
    faults.require((0.0..1.0).contains(&recipe.momentum), &at("momentum"), || {
        format!("{label}.momentum is {}, expected 0 or more and below 1", recipe.momentum)
    });
    for (key, value) in
        [("batch_size", recipe.batch_size), ("eval_batch_size", recipe.eval_batch_size)]
    {
        faults.require(value > 0, &at(key), || format!("{label}.{key} is 0, expected at least 1"));
    }
    faults.require((32..=2048).contains(&recipe.image_size), &at("image_size"), || {
        format!(
            "{label}.image_size is {}, expected 32 to 2048: the networks halve it five times",
            recipe.image_size
        )
    });
    if recipe.warmup_epochs > 0 && recipe.schedule != Schedule::Cosine {
        faults.add(
            &at("warmup_epochs"),
            format!("{label}.warmup_epochs needs `schedule = \"cosine\"`"),
            None,
        );
    }
    faults.require(recipe.steps != Some(0), &at("steps"), || {
        format!("{label}.steps is 0, expected at least 1")
    });
    faults.require(recipe.warmup_epochs < recipe.epochs.max(1), &at("warmup_epochs"), || {
        format!("{label}.warmup_epochs is not below epochs ({})", recipe.epochs)
    });
    faults.require(
        recipe.plateau_factor > 0.0 && recipe.plateau_factor < 1.0,
        &at("plateau_factor"),
        || format!("{label}.plateau_factor is {}, expected in (0, 1)", recipe.plateau_factor),
    );
    if recipe.optimizer != Optimizer::Sgd && recipe.momentum != Recipe::default().momentum {
        faults.add(
            &at("momentum"),
            format!("{label}.momentum needs `optimizer = \"sgd\"`"),
            Some("adam and adamw have fixed betas of 0.9 and 0.999"),
        );
    }
}

pub(super) fn unknown<'a>(
    path: &[&str],
    what: &str,
    got: &str,
    known: impl Iterator<Item = &'a String> + Clone,
    faults: &mut Faults,
) {
    let names: Vec<_> = known.map(String::as_str).collect();
    let hint = nearest(got, names.iter().copied()).map_or_else(
        || {
            format!(
                "the study has: {}",
                if names.is_empty() { "none".into() } else { names.join(", ") }
            )
        },
        |name| format!("did you mean `{name}`?"),
    );
    faults.add(path, format!("there is no {what} {got:?} in this study"), Some(&hint));
}

#[cfg(test)]
mod tests;
