//! Where in the names of a file a network begins.
//!
//! Training scripts wrap networks: `module.`, `model.backbone.`, `_orig_mod.`,
//! whatever a class calls its field. No list of such names is kept: any common
//! beginning under which a whole network lies is one. What must be decided is
//! which of several copies is meant.

use std::collections::BTreeMap;

/// Marks that compilation, sharding and checkpointing of activations leave in
/// the middle of names, too.
const MARKS: [&str; 4] =
    ["_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_forward_module"];

/// A name without the marks of wrappers that are not part of any network.
pub(super) fn unmarked(name: &str) -> String {
    if !name.contains("_orig_mod") && !name.contains("_module") {
        return name.into();
    }
    let parts: Vec<&str> = name.split('.').filter(|part| !MARKS.contains(part)).collect();
    parts.join(".")
}

/// Beginnings that at least so many names have in common, the shortest first;
/// the empty one is always among them.
pub(super) fn candidates<'a>(names: impl Iterator<Item = &'a String>, least: usize) -> Vec<String> {
    /// Deeper than any wrapper.
    const DEEPEST: usize = 8;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        let ends = name.match_indices(['.', '/']).map(|(at, _)| at + 1);
        for end in ends.take(DEEPEST) {
            *counts.entry(&name[..end]).or_default() += 1;
        }
    }
    let mut found: Vec<String> = counts
        .into_iter()
        .filter(|(_, count)| *count >= least.max(1))
        .map(|(start, _)| start.to_string())
        .collect();
    found.push(String::new());
    found.sort_by(|a, b| a.len().cmp(&b.len()).then(a.cmp(b)));
    found
}

/// How far down a copy of a network is chosen: the trained one before
/// averages, a teacher (which is what is evaluated) before its student, the
/// encoder that learns before the one that follows it.
pub(super) fn rank(path: &str) -> u8 {
    let path = path.to_lowercase();
    let words = path.split(['.', '/', '_', '-']);
    let of = |word: &str| match word.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "ema" | "swa" | "averaged" | "average" | "avg" | "momentum" | "k" | "key" | "target"
        | "slow" | "shadow" => 3,
        "student" => 2,
        "teacher" => 1,
        _ => 0,
    };
    words.map(of).max().unwrap_or(0)
}

/// Whether a name is that of a copy of the network beside it.
pub(super) fn is_copy(name: &str) -> bool {
    rank(name) > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_out_wherever_they_are() {
        for (name, wanted) in [
            ("_orig_mod.conv1.weight", "conv1.weight"),
            ("_orig_mod.module.conv1.weight", "module.conv1.weight"),
            ("module._orig_mod.conv1.weight", "module.conv1.weight"),
            ("layer1._checkpoint_wrapped_module.0.bn1.bias", "layer1.0.bn1.bias"),
            ("my_module.conv1.weight", "my_module.conv1.weight"),
        ] {
            assert_eq!(unmarked(name), wanted);
        }
    }

    #[test]
    fn beginnings_are_those_that_enough_names_share() {
        let names: Vec<String> =
            ["a.b.c", "a.b.d", "a.e", "f.g"].into_iter().map(String::from).collect();
        assert_eq!(candidates(names.iter(), 2), ["", "a.", "a.b."]);
        assert_eq!(candidates(names.iter(), 3), ["", "a."]);
    }

    #[test]
    fn copies_stand_behind_what_is_trained() {
        let order = ["model.", "teacher.backbone.", "student.backbone.", "model_ema."];
        assert!(order.iter().map(|path| rank(path)).is_sorted());
        assert_eq!(rank("module.encoder_q."), 0);
        assert_eq!(rank("module.encoder_k."), 3);
        assert!(!is_copy("classifier") && is_copy("momentum_encoder"));
    }
}
