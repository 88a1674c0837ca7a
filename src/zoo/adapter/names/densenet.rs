//! DenseNet; torchvision's names are used here.

use super::{Name, child as number};

/// torchvision's of before 0.3: `norm.1` for `norm1`.
pub(in crate::zoo::adapter) fn old(name: &str) -> String {
    let mut name = name.to_string();
    for part in ["norm", "relu", "conv"] {
        for number in ["1", "2"] {
            name = name.replace(&format!(".{part}.{number}."), &format!(".{part}{number}."));
        }
    }
    name
}

/// The features as the first child of an `nn.Sequential`.
pub(in crate::zoo::adapter) fn child(name: &str) -> Option<Name> {
    match number(name)? {
        (0, rest) => Name::whole(old(&format!("features.{rest}"))),
        _ => None,
    }
}
