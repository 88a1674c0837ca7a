//! How weights were trained: the recipe, and who differs from it in what.

use crate::report::methods::plural;
use crate::spec::{
    Augmentation, ClassWeights, Loss, Optimizer, Precision, Recipe, RecipeOverride, Schedule,
    Selection, Study, Target, TestAugmentation, target_tasks,
};

/// The recipe of the study, what parts of it state of their own, and what equal
/// epochs mean over label fractions.
pub(super) fn paragraphs(study: &Study) -> Vec<String> {
    let mut out = vec![format!("{} {}", recipe(&study.recipe, study), selection(&study.recipe))];
    out.extend(differences(study));
    out.extend(unequal_steps(study));
    out
}

/// Which tasks, networks and inits have other values of which keys.
fn differences(study: &Study) -> Option<String> {
    let tasks = study.tasks.iter().map(|(key, task)| (task.title.as_ref(), key, &task.recipe));
    let models = study.models.iter().map(|(key, model)| (model.title.as_ref(), key, &model.recipe));
    let inits = study.inits.iter().map(|(key, init)| (init.title.as_ref(), key, &init.recipe));
    let said: Vec<String> = tasks
        .chain(models)
        .chain(inits)
        .filter(|(_, _, own)| **own != RecipeOverride::default())
        .map(|(title, key, own)| format!("{} {}", title.unwrap_or(key), stated(own)))
        .collect();
    let later = if said.len() > 1 {
        " Where several apply, an initialisation's wins over a network's, and that over a task's."
    } else {
        ""
    };
    (!said.is_empty()).then(|| format!("Of this recipe differ: {}.{later}", said.join("; ")))
}

/// `(batch_size 4, epochs 30)`, by the names of the study file.
fn stated(own: &RecipeOverride) -> String {
    let value = serde_json::to_value(own).unwrap_or_default();
    let pairs = value.as_object().into_iter().flatten();
    let pairs = pairs.filter(|(_, value)| !value.is_null()).map(|(key, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), ToString::to_string);
        format!("{key} {value}")
    });
    format!("({})", pairs.collect::<Vec<_>>().join(", "))
}

/// With fewer labels an epoch has fewer steps.
fn unequal_steps(study: &Study) -> Option<String> {
    let (title, levels) = study.study.labels_in_words();
    let all_steps = study.tasks.keys().all(|task| {
        study.cells().all(|(model, init)| study.recipe_of(task, model, init).steps.is_some())
    });
    (levels.len() > 1 && !all_steps).then(|| {
        format!(
            "All {title} were trained for the same number of passes over their labels, so runs with \
             fewer labels took fewer steps: differences between them are of labels and of training \
             (equal steps for all are `steps` of the recipe)."
        )
    })
}

fn length(recipe: &Recipe) -> String {
    match recipe.steps {
        Some(steps) => format!(
            "{} however many labels there are, in {}",
            plural(steps as usize, "step"),
            plural(recipe.epochs as usize, "equal part")
        ),
        None => format!("at most {}", plural(recipe.epochs as usize, "epoch")),
    }
}

fn views(augmentation: TestAugmentation) -> &'static str {
    match augmentation {
        TestAugmentation::None => "",
        TestAugmentation::Flip => {
            " Probabilities of a test image and of its mirror image were averaged."
        }
        TestAugmentation::TenCrop => {
            " Probabilities of ten crops of a test image (corners, centre, and these mirrored) were \
             averaged."
        }
    }
}

fn loss(loss: Loss) -> &'static str {
    match loss {
        Loss::Auto => "",
        Loss::Bce => " The loss was binary cross-entropy.",
        Loss::Dice => " The loss was one minus the soft Dice coefficient of a batch.",
        Loss::DiceBce => {
            " The loss was binary cross-entropy plus one minus the soft Dice of a batch."
        }
        Loss::Focal => " The loss was the focal loss (gamma 2, alpha 0.25).",
        Loss::Tversky => " The loss was one minus the Tversky index of a batch (0.3 and 0.7).",
    }
}

/// ` In the loss, ...`
fn weights(recipe: &Recipe) -> String {
    let of = |weights: &Option<ClassWeights>, auto: &str, stated: &str| match weights {
        None => String::new(),
        Some(ClassWeights::Auto(_)) => format!(" {auto}"),
        Some(weights) => format!(" {stated} {weights}."),
    };
    let positive = of(
        &recipe.pos_weight,
        "In the loss a present label counted as much more as it was rarer than an absent one among \
         the training cases of the run.",
        "In the loss present labels counted with the weight",
    );
    let classes = of(
        &recipe.class_weights,
        "In the loss a case counted inversely to the number of training cases of its class.",
        "In the loss the classes counted with the weights",
    );
    positive + &classes
}

/// What became of training images, of images with masks too.
fn augmented(augmentation: Augmentation, study: &Study) -> String {
    let crops = |area: &str| {
        format!("Training images were cropped to {area}, flipped and rotated by up to 7 degrees")
    };
    let masks = "Training images with masks were changed with probability 0.3 in brightness and \
                 contrast or gamma, with 0.3 by an elastic, grid or optical distortion, and with \
                 0.25 cropped to a square of at least 156/224 of their side";
    let of_masks = |name: &String| study.tasks[name].target == Target::Segmentation;
    let (any, all) = (target_tasks(study).any(of_masks), target_tasks(study).all(of_masks));
    match augmentation {
        Augmentation::None => "Images were not augmented".into(),
        Augmentation::Light => crops("80 to 100 % of their area"),
        Augmentation::Published if all => masks.into(),
        Augmentation::Published => {
            let classes = crops("8 to 100 % of their area (aspect ratio 3/4 to 4/3)");
            if any { format!("{classes}. {masks}") } else { classes }
        }
    }
}

/// A recipe as a sentence.
pub(in crate::report) fn recipe(recipe: &Recipe, study: &Study) -> String {
    let optimizer = match recipe.optimizer {
        Optimizer::Adamw => format!("AdamW (weight decay {})", recipe.weight_decay),
        Optimizer::Adam => format!("Adam (L2 {})", recipe.weight_decay),
        Optimizer::Sgd => {
            format!("SGD (momentum {}, L2 {})", recipe.momentum, recipe.weight_decay)
        }
    };
    let schedule = match recipe.schedule {
        Schedule::Constant => "held constant".into(),
        Schedule::Cosine if recipe.warmup_epochs > 0 => format!(
            "warmed up over {} and then lowered to 0 along a cosine",
            plural(recipe.warmup_epochs as usize, "epoch")
        ),
        Schedule::Cosine => "lowered to 0 along a cosine".into(),
        Schedule::ReduceOnPlateau => format!(
            "multiplied by {} after {} without a lower validation loss",
            recipe.plateau_factor,
            plural(recipe.plateau_patience as usize, "epoch")
        ),
    };
    let augmentation = augmented(recipe.augmentation, study);
    let precision = match recipe.precision {
        Precision::F32 => "32-bit",
        Precision::F64 => "64-bit",
        Precision::Tf32 => "32-bit (TF32)",
        Precision::Bf16 => "mixed (bfloat16 and 32-bit)",
    };
    format!(
        "All weights were trained with {optimizer} at a peak learning rate of {}, {schedule}, in \
         batches of {} for {}, on {} x {} pixels in {precision} arithmetic. {augmentation}.{}{}{}",
        recipe.learning_rate,
        recipe.batch_size,
        length(recipe),
        recipe.image_size,
        recipe.image_size,
        loss(recipe.loss),
        weights(recipe),
        views(recipe.test_augmentation)
    )
}

fn selection(recipe: &Recipe) -> String {
    let stop = if recipe.patience > 0 {
        format!(
            " Training stopped after {} without a better one.",
            plural(recipe.patience as usize, "epoch")
        )
    } else {
        String::new()
    };
    let best = match recipe.selection {
        Selection::Loss => "lowest validation loss",
        Selection::Metric => {
            "best validation metric (AUC of classes, Dice of masks; ties by the loss)"
        }
    };
    let epoch = if recipe.steps.is_some() { "part" } else { "epoch" };
    format!("The weights of the {epoch} with the {best} were kept and tested once.{stop}")
}
