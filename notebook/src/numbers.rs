//! Whatever holds numbers: vectors, arrays, slices, columns of a table.

use std::fmt;
use std::ops::Deref;

/// A number of any type, or a label; `None` is a missing value.
pub trait Number: Copy {
    /// As `f64`; a missing value is NaN.
    fn to_f64(self) -> f64;
}

macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl Number for $kind {
            fn to_f64(self) -> f64 {
                self as f64
            }
        }
    )*};
}

numbers!(f32, f64, i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

impl Number for bool {
    fn to_f64(self) -> f64 {
        f64::from(u8::from(self))
    }
}

impl<T: Number> Number for Option<T> {
    fn to_f64(self) -> f64 {
        self.map_or(f64::NAN, T::to_f64)
    }
}

impl<T: Number> Number for &T {
    fn to_f64(self) -> f64 {
        (*self).to_f64()
    }
}

/// Holds numbers: `Vec`, slice, array, or a column of a table.
pub trait Numbers {
    /// All of them, in order; a missing one is NaN.
    fn to_numbers(&self) -> Vec<f64>;
}

impl<T: Number> Numbers for [T] {
    fn to_numbers(&self) -> Vec<f64> {
        self.iter().map(|number| number.to_f64()).collect()
    }
}

impl<T: Number, const N: usize> Numbers for [T; N] {
    fn to_numbers(&self) -> Vec<f64> {
        self.as_slice().to_numbers()
    }
}

impl<T: Number> Numbers for Vec<T> {
    fn to_numbers(&self) -> Vec<f64> {
        self.as_slice().to_numbers()
    }
}

impl<N: Numbers + ?Sized> Numbers for &N {
    fn to_numbers(&self) -> Vec<f64> {
        (**self).to_numbers()
    }
}

/// The numbers of a column of a table; NaN where there is none. Reads as a slice.
#[derive(Clone, PartialEq)]
pub struct Values {
    pub(crate) name: String,
    pub(crate) values: Vec<f64>,
}

impl Values {
    /// Name of the column.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Those that are there.
    pub fn present(&self) -> Vec<f64> {
        self.values.iter().copied().filter(|value| !value.is_nan()).collect()
    }
}

impl Deref for Values {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.values
    }
}

impl Numbers for Values {
    fn to_numbers(&self) -> Vec<f64> {
        self.values.clone()
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.name, self.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(numbers: impl Numbers) -> f64 {
        numbers.to_numbers().iter().sum()
    }

    #[test]
    fn all_kinds_of_numbers_are_taken() {
        let v = vec![1.5, 2.5];
        assert_eq!((sum(&v), sum(&v[..1]), sum(v.clone()), sum([1_u8, 2])), (4.0, 1.5, 4.0, 3.0));
        assert_eq!(sum(vec![true, false, true]), 2.0);
        assert_eq!(sum([&1_i64, &2]), 3.0);
        assert!(sum([Some(1.0), None]).is_nan());
        let column = Values { name: "x".into(), values: vec![1.0, f64::NAN] };
        assert_eq!((column.len(), column.present()), (2, vec![1.0]));
        assert!(sum(&column).is_nan());
    }
}
