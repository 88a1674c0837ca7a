//! `weights_from` and `keys` of an init.

use super::Faults;
use crate::spec::Keys;
use crate::spec::study::Init;

/// Rules about the names in a checkpoint need a file of one's own.
pub(super) fn names(name: &str, init: &Init, faults: &mut Faults) {
    let own = init.weights.is_some() && init.zoo.is_none();
    for (key, there) in
        [("weights_from", init.weights_from.is_some()), ("keys", init.keys.is_some())]
    {
        if there && !own {
            faults.add(
                &["inits", name, key],
                format!("inits.{name}.{key} is only for inits with `weights` and no `zoo`"),
                Some("a model of the catalogue brings its rules; `weights = \"FILE\"` alone takes yours"),
            );
        }
    }
    faults.require(init.weights_from.as_deref() != Some(""), &["inits", name, "weights_from"], || {
        format!("inits.{name}.weights_from is empty; `transfolio zoo inspect FILE` lists what there is")
    });
    if let Some((key, fault)) = init.keys.as_ref().and_then(Keys::fault) {
        faults.add(
            &["inits", name, "keys"],
            format!("inits.{name}.{key} {fault}"),
            Some("e.g. keys = { strip = \"net.\", rename = { \"stem.\" = \"conv1.\" }, ignore = [\"aux.\"] }"),
        );
    }
}
