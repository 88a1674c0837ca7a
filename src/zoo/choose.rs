//! Which of the sets of tensors in a file is meant.

use std::path::Path;

use super::error::CheckpointError;
use super::group::Group;
use super::scope;

/// Keys under which state dicts are found, in the order they are tried.
const NESTINGS: [&str; 6] =
    ["state_dict", "model", "model_state_dict", "resnet", "teacher", "student"];

/// Words of what holds tensors and is no network.
const NO_NETWORK: [&str; 8] =
    ["optim", "sched", "scaler", "queue", "loss", "exp_avg", "buffer", "grad"];

fn is_network(group: &Group) -> bool {
    let path = group.path.to_lowercase();
    !NO_NETWORK.iter().any(|word| path.contains(word))
}

/// The groups that the tensors are taken from: those under one of some keys, or
/// under a usual one where none is named.
pub(super) fn choose<'a>(
    path: &Path,
    groups: &'a [Group],
    nesting: &[String],
) -> Result<Vec<&'a Group>, CheckpointError> {
    let by_path = |wanted: &str| groups.iter().find(|group| group.path == wanted);
    let together = |wanted: &String| wanted.split('+').map(by_path).collect::<Option<Vec<_>>>();
    if let Some(found) = nesting.iter().find_map(together) {
        return Ok(found);
    }
    if let [only] = groups
        && (nesting.is_empty() || nesting.iter().any(|n| only.path.ends_with(n.as_str())))
    {
        return Ok(vec![only]);
    }
    if nesting.is_empty() {
        let usual = NESTINGS.iter().copied().chain([""]).find_map(by_path);
        if let Some(found) = usual {
            return Ok(vec![found]);
        }
    }
    let wanted = if nesting.is_empty() {
        NESTINGS.join(", ")
    } else {
        nesting.iter().map(|n| shown(n)).collect::<Vec<_>>().join(", ")
    };
    Err(CheckpointError::Nesting { path: path.to_path_buf(), wanted, found: listed(groups) })
}

/// The one that is most likely a network, where none lies under a usual key:
/// the largest, a trained one before its averages.
pub(super) fn likeliest(groups: &[Group]) -> Option<&Group> {
    let networks = || groups.iter().filter(|group| is_network(group));
    let most = networks().map(Group::values).max()?;
    // Copies differ by a few values at most.
    let large = networks().filter(|group| group.values() >= most / 10 * 9);
    large.min_by_key(|group| scope::rank(&group.path))
}

/// Other groups of about as many tensors as the chosen one, by path.
pub(super) fn alike(groups: &[Group], chosen: &[&Group]) -> Vec<String> {
    let size: usize = chosen.iter().map(|group| group.tensors.len()).sum();
    let is_other =
        |group: &&Group| is_network(group) && chosen.iter().all(|taken| taken.path != group.path);
    let large = |group: &&Group| size > 1 && group.tensors.len() * 2 >= size;
    groups.iter().filter(is_other).filter(large).map(|group| group.path.clone()).collect()
}

/// The tensors of the one group whose names begin with a text, without it:
/// `teacher` where names are `teacher.conv1.weight`.
pub(super) fn by_beginning(groups: &[Group], wanted: &str) -> Option<Group> {
    let start = format!("{}.", wanted.trim_end_matches('.'));
    let mut found = groups.iter().filter_map(|group| {
        let inside = group.tensors.iter().filter_map(|(name, tensor)| {
            Some((name.strip_prefix(&start)?.to_string(), tensor.clone()))
        });
        let tensors: std::collections::BTreeMap<_, _> = inside.collect();
        let path = super::group::below(&group.path, start.trim_end_matches('.'));
        (!tensors.is_empty()).then_some(Group { path, tensors, faults: Vec::new() })
    });
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Places by name.
pub(super) fn listed(groups: &[Group]) -> String {
    const SHOWN: usize = 8;
    let mut list: Vec<String> = groups.iter().take(SHOWN).map(|group| shown(&group.path)).collect();
    if groups.len() > SHOWN {
        list.push(format!("{} more", groups.len() - SHOWN));
    }
    list.join(", ")
}

fn shown(path: &str) -> String {
    if path.is_empty() { "(top level)".into() } else { path.to_string() }
}
