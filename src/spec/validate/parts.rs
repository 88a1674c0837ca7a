//! Recipes of tasks, networks and inits, as runs come to have them, and what
//! segmentation asks of networks.

use std::collections::BTreeSet;

use super::{Faults, recipe};
use crate::spec::backbone::Backbone;
use crate::spec::recipe::{Loss, Recipe, RecipeOverride, TestAugmentation};
use crate::spec::segmentation::DecoderChoice;
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
            at.crops(&merged, &mut said, faults);
            at.untrained(&merged, &mut said, faults);
        }
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

    /// A network that is tested as it is comes from a file.
    fn untrained(&self, merged: &Recipe, said: &mut BTreeSet<String>, faults: &mut Faults) {
        let init = &self.study.inits[self.init];
        let target = !self.study.pretraining.values().any(|p| p.task == self.task);
        if merged.epochs > 0 || !target || init.weights.is_some() || init.zoo.is_some() {
            return;
        }
        let table = self.table(|own| own.epochs.is_some());
        if said.insert(format!("untrained {}", self.init)) {
            let what = if init.random { "random weights" } else { "weights that this study makes" };
            faults.add(
                &[&table[..], &["epochs"]].concat(),
                format!(
                    "{}.epochs is 0: nothing is trained, and inits.{} starts from {what}",
                    table.join("."),
                    self.init
                ),
                Some("expected at least 1, or inits with `weights = \"FILE\"`: a trained network with its head"),
            );
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
}
