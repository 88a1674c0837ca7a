//! A result has three states.

use serde::{Deserialize, Serialize};

/// A number that may be degenerate or undefined, and says so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Outcome<T> {
    /// An ordinary value.
    Value {
        /// The value.
        value: T,
    },
    /// A limit, reported under a named convention (`t` of a zero variance, say).
    Degenerate {
        /// The value under the convention; may hold infinities.
        value: T,
        /// The convention, in words.
        convention: String,
    },
    /// No value.
    Undefined {
        /// Why, in words.
        reason: String,
    },
}

impl<T> Outcome<T> {
    /// An ordinary value.
    pub fn of(value: T) -> Self {
        Self::Value { value }
    }

    /// A value under a convention.
    pub fn degenerate(value: T, convention: impl Into<String>) -> Self {
        Self::Degenerate { value, convention: convention.into() }
    }

    /// No value, for a reason.
    pub fn undefined(reason: impl Into<String>) -> Self {
        Self::Undefined { reason: reason.into() }
    }

    /// The value, degenerate ones included.
    pub fn any(&self) -> Option<&T> {
        match self {
            Self::Value { value } | Self::Degenerate { value, .. } => Some(value),
            Self::Undefined { .. } => None,
        }
    }

    /// The value, unless it is degenerate or undefined.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value { value } => Some(value),
            _ => None,
        }
    }

    /// What should be said about a result that is no ordinary value.
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::Value { .. } => None,
            Self::Degenerate { convention, .. } => Some(convention),
            Self::Undefined { reason } => Some(reason),
        }
    }

    /// Changes the value and keeps the state.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Value { value } => Outcome::Value { value: f(value) },
            Self::Degenerate { value, convention } => {
                Outcome::Degenerate { value: f(value), convention }
            }
            Self::Undefined { reason } => Outcome::Undefined { reason },
        }
    }
}
