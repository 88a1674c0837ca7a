//! `pos_weight` and `class_weights` of a recipe: how much more a rare class counts
//! in the loss.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Weights of classes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ClassWeights {
    /// From the training cases of a run.
    Auto(Auto),
    /// The same for every class.
    Value(f64),
    /// Of each class, in their order.
    Each(Vec<f64>),
}

/// The word `auto`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Auto {
    /// It.
    Auto,
}

impl ClassWeights {
    /// Weights of so many classes, or one each of what `auto` comes to.
    ///
    /// # Errors
    /// Another number of weights than there are classes, as the end of a sentence.
    pub fn of(&self, classes: usize, auto: impl FnOnce() -> Vec<f64>) -> Result<Vec<f64>, String> {
        match self {
            Self::Auto(_) => Ok(auto()),
            Self::Value(value) => Ok(vec![*value; classes]),
            Self::Each(each) if each.len() == classes => Ok(each.clone()),
            Self::Each(each) => Err(format!("names {} weights for {classes} classes", each.len())),
        }
    }

    /// The first of its values that is no weight.
    pub(super) fn fault(&self) -> Option<f64> {
        let values = match self {
            Self::Auto(_) => &[][..],
            Self::Value(value) => std::slice::from_ref(value),
            Self::Each(each) => each,
        };
        values.iter().copied().find(|value| !(*value > 0.0 && value.is_finite()))
    }
}

impl fmt::Display for ClassWeights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto(_) => f.write_str("auto"),
            Self::Value(value) => write!(f, "{value}"),
            Self::Each(each) => {
                let each: Vec<String> = each.iter().map(ToString::to_string).collect();
                f.write_str(&each.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_a_number_or_a_list() {
        #[derive(Deserialize)]
        struct Recipe {
            weights: ClassWeights,
        }
        let of = |text: &str| toml::from_str::<Recipe>(&format!("weights = {text}"));
        let weights = |text: &str| of(text).expect(text).weights.of(2, || vec![3.0, 1.0]);
        assert_eq!(weights("\"auto\""), Ok(vec![3.0, 1.0]));
        assert_eq!(weights("2"), Ok(vec![2.0, 2.0]));
        assert_eq!(weights("[2.5, 1]"), Ok(vec![2.5, 1.0]));
        assert_eq!(weights("[2.5]"), Err("names 1 weights for 2 classes".into()));
        assert!(of("\"automatic\"").is_err());
        for (text, fault) in [("0", 0.0), ("[1, -1]", -1.0), ("inf", f64::INFINITY)] {
            assert_eq!(of(text).expect(text).weights.fault(), Some(fault));
        }
    }
}
