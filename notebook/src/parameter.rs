//! Parameters that something else gives: papermill, or whoever writes a cell behind
//! the one with the defaults.

use crate::error::{Error, Result};

/// A type that a parameter can have.
pub trait Parameter: Sized {
    /// What is expected, in words.
    const EXPECTED: &'static str;
    /// The value that a text stands for.
    fn of_text(text: &str) -> Option<Self>;
}

macro_rules! whole_numbers {
    ($($kind:ty),*) => {$(
        impl Parameter for $kind {
            const EXPECTED: &'static str = concat!("a whole number (", stringify!($kind), ")");
            fn of_text(text: &str) -> Option<Self> {
                text.trim().replace('_', "").parse().ok()
            }
        }
    )*};
}

whole_numbers!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

macro_rules! real_numbers {
    ($($kind:ty),*) => {$(
        impl Parameter for $kind {
            const EXPECTED: &'static str = "a finite number";
            fn of_text(text: &str) -> Option<Self> {
                text.trim().parse().ok().filter(|number: &$kind| number.is_finite())
            }
        }
    )*};
}

real_numbers!(f32, f64);

impl Parameter for bool {
    const EXPECTED: &'static str = "true or false";
    fn of_text(text: &str) -> Option<Self> {
        match text.trim() {
            "true" | "True" => Some(true),
            "false" | "False" => Some(false),
            _ => None,
        }
    }
}

impl Parameter for String {
    const EXPECTED: &'static str = "a text";
    fn of_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Parameter for &'static str {
    const EXPECTED: &'static str = "a text";
    fn of_text(text: &str) -> Option<Self> {
        // A parameter lives as long as the notebook.
        Some(Box::leak(text.to_owned().into_boxed_str()))
    }
}

/// A value in the place of a default, of the default's type:
/// `let epochs = parameter(&epochs, "epochs", "7")?;`.
// The default says the type and nothing else.
pub fn parameter<T: Parameter>(_default: &T, name: &str, text: &str) -> Result<T> {
    T::of_text(text).ok_or_else(|| {
        Error::request(format!("parameter {name} is {text:?}, expected {}", T::EXPECTED))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_has_the_type_of_its_default() {
        assert_eq!(parameter(&5_u32, "epochs", "7"), Ok(7));
        assert_eq!(parameter(&0.5, "rate", "1e-3"), Ok(0.001));
        assert_eq!(parameter(&true, "fast", "False"), Ok(false));
        assert_eq!(parameter(&"a", "name", "say \"hi\""), Ok("say \"hi\""));
        assert_eq!(parameter(&String::new(), "name", "x"), Ok("x".to_owned()));
        for (error, part) in [
            (parameter(&5_u8, "epochs", "-1").err(), "epochs is \"-1\", expected a whole number"),
            (parameter(&5_u8, "epochs", "300").err(), "(u8)"),
            (parameter(&0.5, "rate", "inf").map(|_| 0_u8).err(), "a finite number"),
            (parameter(&true, "fast", "yes").map(|_| 0_u8).err(), "true or false"),
        ] {
            let error = error.expect("refused").to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
