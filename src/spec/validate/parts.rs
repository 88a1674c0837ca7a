//! Recipes of tasks, networks and inits, as runs come to have them, and what
//! segmentation asks of networks.

use std::collections::BTreeSet;

use super::{Faults, recipe};
use crate::spec::backbone::Backbone;
use crate::spec::expand::target_tasks;
use crate::spec::labels::Labels;
use crate::spec::recipe::{Augmentation, Loss, Recipe, RecipeOverride, TestAugmentation};
use crate::spec::segmentation::{Chosen, Decision, DecoderChoice};
use crate::spec::study::Study;
use crate::spec::task::Target;

/// All faults of the recipes that runs have beyond those of `[recipe]`, and of
/// networks on tasks that they do not fit.
pub(super) fn parts(study: &Study, faults: &mut Faults) {
    let mut said = BTreeSet::new();
    for task in study.tasks.keys() {
        for (model, init) in study.cells() {
            let merged = study.recipe_of(task, model, init);
            let at = Cell { study, task, model, init };
            at.recipe(&merged, &mut said, faults);
            at.image_size(&merged, &mut said, faults);
            at.decoder(&mut said, faults);
            at.loss(&merged, &mut said, faults);
            at.weights(&merged, &mut said, faults);
            at.warps(&merged, &mut said, faults);
            at.crops(&merged, &mut said, faults);
        }
    }
}

/// Networks that are tested as they are come from files, and nothing is drawn.
pub(super) fn untrained(study: &Study, faults: &mut Faults) {
    let mut epochs = Vec::new();
    for task in target_tasks(study) {
        let cells = study.cells();
        epochs.extend(cells.map(|(model, init)| study.recipe_of(task, model, init).epochs));
    }
    let none = epochs.iter().filter(|epochs| **epochs == 0).count();
    if none == 0 {
        return;
    }
    let at = ["recipe", "epochs"];
    if none < epochs.len() {
        let text = "some networks have 0 epochs and others more: what is tested as it is stands in a \
                    study of its own, and `compare` takes both folders";
        return faults.add(&at, text, Some("write epochs = 0 under [recipe] and nowhere else"));
    }
    for (name, init) in &study.inits {
        if init.weights.is_none() && init.zoo.is_none() {
            faults.add(
                &["inits", name],
                format!(
                    "nothing is trained (epochs = 0), and inits.{name} names no trained network"
                ),
                Some("write `weights = \"FILE\"`: weights that a run kept, with their head"),
            );
        }
    }
    let header = &study.study;
    if header.seeds.len() > 1 || header.labels() != [Labels::Share(1.0)] {
        faults.add(
            &["study", "seeds"],
            "nothing is trained (epochs = 0), so seeds and label fractions change nothing",
            Some("write seeds = [0], and leave label_fractions out"),
        );
    }
    for name in target_tasks(study) {
        let task = &study.tasks[name];
        let chosen = task.segmentation().decision == Decision::Chosen(Chosen::Validation);
        faults.require(
            task.target != Target::Segmentation || !chosen,
            &["tasks", name, "segmentation", "decision"],
            || {
                format!(
                    "tasks.{name}: nothing is trained (epochs = 0), so there are no validation cases \
                     to choose a threshold on; state it"
                )
            },
        );
    }
}

struct Cell<'a> {
    study: &'a Study,
    task: &'a str,
    model: &'a str,
    init: &'a str,
}

impl<'a> Cell<'a> {
    /// The table that a key of the merged recipe comes from.
    fn table(&self, states: impl Fn(&RecipeOverride) -> bool) -> Vec<&'a str> {
        let study = self.study;
        if states(&study.inits[self.init].recipe) {
            vec!["inits", self.init, "recipe"]
        } else if states(&study.models[self.model].recipe) {
            vec!["models", self.model, "recipe"]
        } else if states(&study.tasks[self.task].recipe) {
            vec!["tasks", self.task, "recipe"]
        } else {
            vec!["recipe"]
        }
    }

    /// Values that are out of their bounds, once per table that states some.
    fn recipe(&self, merged: &Recipe, said: &mut BTreeSet<String>, faults: &mut Faults) {
        let study = self.study;
        for (table, own) in [
            (["tasks", self.task], &study.tasks[self.task].recipe),
            (["models", self.model], &study.models[self.model].recipe),
            (["inits", self.init], &study.inits[self.init].recipe),
        ] {
            let place = [table[0], table[1], "recipe"];
            if *own != RecipeOverride::default() && said.insert(place.join(".")) {
                recipe(merged, &place, faults);
            }
        }
    }

    fn image_size(&self, merged: &Recipe, said: &mut BTreeSet<String>, faults: &mut Faults) {
        let backbone = self.study.models[self.model].backbone;
        let table = self.table(|part| part.image_size.is_some());
        let size = merged.image_size;
        let fault = backbone.check_image_size(size).err().or_else(|| {
            let unet = self.wanted() == Some(DecoderChoice::Unet);
            (unet && !size.is_multiple_of(32))
                .then(|| "the U-Net takes multiples of 32: it halves the map five times".into())
        });
        let Some(takes) = fault else { return };
        let message =
            format!("{}.image_size is {size}, but models.{}: {takes}", table.join("."), self.model);
        if said.insert(message.clone()) {
            faults.add(&[&table[..], &["image_size"]].concat(), message, None);
        }
    }

    /// The decoder of the network on a task of segmentation.
    fn wanted(&self) -> Option<DecoderChoice> {
        let model = &self.study.models[self.model];
        (self.study.tasks[self.task].target == Target::Segmentation)
            .then(|| model.decoder.or(model.backbone.usual_decoder()))
            .flatten()
    }

    fn decoder(&self, said: &mut BTreeSet<String>, faults: &mut Faults) {
        let model = &self.study.models[self.model];
        let usual = model.backbone.usual_decoder();
        let fits = |choice: DecoderChoice| match usual {
            None => false,
            Some(DecoderChoice::Unet) => choice == DecoderChoice::Unet,
            Some(_) => choice != DecoderChoice::Unet,
        };
        let with = |wanted: Option<DecoderChoice>| -> String {
            let takes = Backbone::ALL.into_iter().filter(|backbone| {
                let unet = backbone.usual_decoder() == Some(DecoderChoice::Unet);
                backbone.usual_decoder().is_some()
                    && wanted.is_none_or(|choice| unet == (choice == DecoderChoice::Unet))
            });
            takes.map(Backbone::name).collect::<Vec<_>>().join(", ")
        };
        let fault = match model.decoder {
            Some(choice) if !fits(choice) => {
                let hint = format!("backbones with this decoder: {}", with(Some(choice)));
                Some((
                    vec!["models", self.model, "decoder"],
                    format!(
                        "models.{}.decoder is {:?}, which does not go with {}",
                        self.model,
                        choice.name(),
                        model.backbone.title()
                    ),
                    hint,
                ))
            }
            None if usual.is_none()
                && self.study.tasks[self.task].target == Target::Segmentation =>
            {
                Some((
                    vec!["models", self.model, "backbone"],
                    format!(
                        "models.{}: there is no decoder for {}, and tasks.{} is one of segmentation",
                        self.model,
                        model.backbone.title(),
                        self.task
                    ),
                    format!("backbones with a decoder: {}", with(None)),
                ))
            }
            _ => None,
        };
        if let Some((place, message, hint)) = fault
            && said.insert(message.clone())
        {
            faults.add(&place, message, Some(&hint));
        }
    }

    /// Crops leave no place of a map where it was.
    fn crops(&self, merged: &Recipe, said: &mut BTreeSet<String>, faults: &mut Faults) {
        let masks = self.study.tasks[self.task].target == Target::Segmentation;
        if !masks || merged.test_augmentation != TestAugmentation::TenCrop {
            return;
        }
        let table = self.table(|part| part.test_augmentation.is_some());
        let message = format!(
            "{}.test_augmentation is \"ten-crop\", which is for classes; tasks.{} has masks",
            table.join("."),
            self.task
        );
        if said.insert(message.clone()) {
            let way = format!(
                "write [tasks.{}.recipe] with test_augmentation = \"flip\" or \"none\"",
                self.task
            );
            faults.add(&[&table[..], &["test_augmentation"]].concat(), message, Some(&way));
        }
    }

    fn loss(&self, merged: &Recipe, said: &mut BTreeSet<String>, faults: &mut Faults) {
        let target = self.study.tasks[self.task].target;
        let fits = match merged.loss {
            Loss::Auto => true,
            Loss::Bce | Loss::Focal => target != Target::MultiClass,
            Loss::Dice | Loss::DiceBce | Loss::Tversky => target == Target::Segmentation,
        };
        if fits {
            return;
        }
        let table = self.table(|part| part.loss.is_some());
        let message = format!(
            "{}.loss is {:?}, which says nothing of tasks.{} ({})",
            table.join("."),
            merged.loss.name(),
            self.task,
            target.name()
        );
        if said.insert(message.clone()) {
            let way = format!(
                "state it for the tasks that it is meant for ([tasks.NAME.recipe]), or loss = \
                 \"auto\" for tasks.{}",
                self.task
            );
            faults.add(&[&table[..], &["loss"]].concat(), message, Some(&way));
        }
    }

    /// Weights of classes that are none, or that the target has no use for.
    fn weights(&self, merged: &Recipe, said: &mut BTreeSet<String>, faults: &mut Faults) {
        let target = self.study.tasks[self.task].target;
        let of_labels = matches!(target, Target::Binary | Target::MultiLabel);
        for (key, weights, fits, states) in [
            (
                "pos_weight",
                &merged.pos_weight,
                of_labels && merged.loss != Loss::Focal,
                (|part| part.pos_weight.is_some()) as fn(&RecipeOverride) -> bool,
            ),
            ("class_weights", &merged.class_weights, target == Target::MultiClass, |part| {
                part.class_weights.is_some()
            }),
        ] {
            let Some(weights) = weights else { continue };
            let table = self.table(states);
            let label = format!("{}.{key}", table.join("."));
            let (message, way) = if let Some(value) = weights.fault() {
                (format!("{label} has the value {value}, expected positive numbers"), None)
            } else if fits {
                continue;
            } else {
                let loss = if merged.loss == Loss::Focal { ", focal loss" } else { "" };
                let task = self.task;
                let what = format!("says nothing of tasks.{task} ({}{loss})", target.name());
                let way = "state it for the tasks that it is meant for ([tasks.NAME.recipe]): pos_weight \
                           of binary and multi-label targets, class_weights of multi-class ones";
                (format!("{label} {what}"), Some(way))
            };
            if said.insert(message.clone()) {
                faults.add(&[&table[..], &[key]].concat(), message, way);
            }
        }
    }

    /// Distortions are of whole images.
    fn warps(&self, merged: &Recipe, said: &mut BTreeSet<String>, faults: &mut Faults) {
        let task = &self.study.tasks[self.task];
        if merged.augmentation != Augmentation::Published || !task.is_native() {
            return;
        }
        let table = self.table(|part| part.augmentation.is_some());
        let message = format!(
            "{}.augmentation is \"published\", which distorts whole images with their masks, and \
             tasks.{} is seen in windows (resolution = \"native\")",
            table.join("."),
            self.task
        );
        if said.insert(message.clone()) {
            let way = Some("write augmentation = \"light\" or \"none\" for this task");
            faults.add(&[&table[..], &["augmentation"]].concat(), message, way);
        }
    }
}
