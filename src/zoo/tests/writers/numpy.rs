//! BYOL's pickle: dill, protocol 2, Haiku's frozen dicts of numpy arrays.

use std::collections::BTreeMap;

use super::{Named, Pickle};

/// `{"experiment_state": _ByolExperimentState(...), "step": 5}`; names are
/// `module/leaf` with the last slash between them.
pub(in crate::zoo::tests) fn byol(params: &[Named], state: &[Named]) -> Vec<u8> {
    Pickle::new()
        .op(b"}(")
        .text("experiment_state")
        .global("dill._dill", "_create_namedtuple")
        .text("_ByolExperimentState")
        .op(b"(")
        .text("online_params")
        .text("target_params")
        .text("online_state")
        .text("target_state")
        .text("opt_state")
        .op(b"t")
        .text("byol.byol_experiment")
        .op(b"\x87R(")
        .then(|p| mapping(p, params))
        .then(|p| mapping(p, params))
        .then(|p| mapping(p, state))
        .then(|p| mapping(p, state))
        .op(b"Nt\x81")
        .text("step")
        .int(5)
        .op(b"u")
        .end()
}

fn mapping(pickle: Pickle, tensors: &[Named]) -> Pickle {
    let class = |p: Pickle| p.global("haiku._src.data_structures", "FlatMapping").op(b"}(");
    let mut pickle = class(pickle);
    // Leaves of a module lie together.
    let mut modules: BTreeMap<&str, Vec<(&str, &Named)>> = BTreeMap::new();
    for tensor in tensors {
        let (module, leaf) = tensor.name.rsplit_once('/').expect("module/leaf");
        modules.entry(module).or_default().push((leaf, tensor));
    }
    for (module, leaves) in modules {
        pickle = class(pickle.text(module));
        for (leaf, tensor) in leaves {
            pickle = array(pickle.text(leaf), tensor);
        }
        pickle = pickle.op(b"u\x85R");
    }
    pickle.op(b"u\x85R")
}

fn array(pickle: Pickle, tensor: &Named) -> Pickle {
    let text: String = tensor.bytes().iter().map(|b| char::from(*b)).collect();
    pickle
        .global("numpy.core.multiarray", "_reconstruct")
        .global("numpy", "ndarray")
        .op(b"K\x00\x85")
        .text("b")
        .op(b"\x87R(K\x01")
        .ints(&tensor.shape)
        .global("numpy", "dtype")
        .text("f4")
        .op(b"K\x00K\x01\x87R(K\x03")
        .text("<")
        .op(b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89")
        .global("_codecs", "encode")
        .text(&text)
        .text("latin1")
        .op(b"\x86Rtb")
}
