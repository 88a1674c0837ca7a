//! Names in a study that have to lead somewhere. Of a study file they are checked
//! with all else; of the study in a record or a page, they alone: what is behind
//! relies on them, while other rules may be younger than the record.

use super::{Fault, Faults, models_of, unknown};
use crate::spec::study::{Init, Pretraining, Study};

/// Names that lead nowhere, or in a circle.
pub(in crate::spec) fn references(study: &Study) -> Vec<Fault> {
    let mut faults = Faults::default();
    for (name, init) in &study.inits {
        of_init(name, init, study, &mut faults);
    }
    for (name, pretraining) in &study.pretraining {
        of_pretraining(name, pretraining, study, &mut faults);
    }
    faults.require(!study.study.seeds.is_empty(), &["study", "seeds"], || {
        "study.seeds is empty, expected at least one seed".into()
    });
    faults.into_list()
}

pub(super) fn of_init(name: &str, init: &Init, study: &Study, faults: &mut Faults) {
    if let Some(pretrain) = &init.pretrain
        && !study.pretraining.contains_key(pretrain)
    {
        let at = ["inits", name, "pretrain"];
        unknown(&at, "pretraining", pretrain, study.pretraining.keys(), faults);
    }
    for model in init.models.iter().filter(|model| !study.models.contains_key(*model)) {
        unknown(&["inits", name, "models"], "model", model, study.models.keys(), faults);
    }
}

pub(super) fn of_pretraining(
    name: &str,
    pretraining: &Pretraining,
    study: &Study,
    faults: &mut Faults,
) {
    if !study.tasks.contains_key(&pretraining.task) {
        let at = ["pretraining", name, "task"];
        unknown(&at, "task", &pretraining.task, study.tasks.keys(), faults);
    }
    continued(name, pretraining, study, faults);
}

/// What a pretraining continues: an init of the study that is there for its
/// models and does not lead back to it.
fn continued(name: &str, pretraining: &Pretraining, study: &Study, faults: &mut Faults) {
    let at = ["pretraining", name, "init"];
    let Some(from) = &pretraining.init else { return };
    let Some(before) = study.inits.get(from) else {
        return unknown(&at, "init", from, study.inits.keys(), faults);
    };
    let mut passed = vec![name];
    let mut next = before.pretrain.as_deref();
    while let Some(pretraining) = next {
        if passed.contains(&pretraining) {
            let way = passed.join(" -> ");
            let message = format!("pretraining.{name} continues itself: {way} -> {pretraining}");
            return faults.add(&at, message, Some("break the circle with a random or a zoo init"));
        }
        passed.push(pretraining);
        let init = study.pretraining.get(pretraining).and_then(|p| p.init.as_ref());
        next = init.and_then(|init| study.inits.get(init)?.pretrain.as_deref());
    }
    for model in models_of(name, study) {
        faults.require(before.is_for(model), &at, || {
            format!(
                "pretraining.{name} is wanted for models.{model}, but the init `{from}` that it \
                 continues is only for {}",
                before.models.join(", ")
            )
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[study]\nname = \"s\"\n[tasks.t]\nsource = \"phantom\"\ntarget = \"binary\"\n\
        [tasks.p]\nsource = \"phantom\"\ntarget = \"binary\"\n[models.m]\nbackbone = \"resnet18\"\n\
        [inits.a]\nrandom = true\n[inits.b]\npretrain = \"one\"\n[inits.c]\npretrain = \"two\"\n\
        [pretraining.one]\ntask = \"p\"\n[pretraining.two]\ntask = \"p\"\ninit = \"b\"\n";

    fn fault(change: (&str, &str)) -> Option<String> {
        let (from, to) = change;
        assert!(from.is_empty() || FILE.contains(from), "{from}");
        let study: Study = toml::from_str(&FILE.replacen(from, to, 1)).unwrap();
        study.check_references().err()
    }

    #[test]
    fn a_name_that_leads_nowhere_or_in_a_circle_is_told() {
        assert_eq!(fault(("", "")), None);
        for (change, words) in [
            (("pretrain = \"one\"", "pretrain = \"none\""), "none"),
            (("task = \"p\"", "task = \"q\""), "q"),
            (("init = \"b\"", "init = \"z\""), "z"),
            (("init = \"b\"", "init = \"c\""), "continues itself"),
            (("random = true", "random = true\nmodels = [\"n\"]"), "n"),
            (("name = \"s\"", "name = \"s\"\nseeds = []"), "seeds is empty"),
        ] {
            let got = fault(change).unwrap();
            assert!(got.contains(words), "{change:?}: {got}");
        }
    }
}
