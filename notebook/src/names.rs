//! Names of columns: one, or several.

/// One name or several: `"site"`, `["site", "seed"]`, `&names`.
pub trait Names {
    /// The names, in order.
    fn names(&self) -> Vec<&str>;
}

impl Names for str {
    fn names(&self) -> Vec<&str> {
        vec![self]
    }
}

impl Names for String {
    fn names(&self) -> Vec<&str> {
        vec![self]
    }
}

impl<T: AsRef<str>> Names for [T] {
    fn names(&self) -> Vec<&str> {
        self.iter().map(AsRef::as_ref).collect()
    }
}

impl<T: AsRef<str>, const N: usize> Names for [T; N] {
    fn names(&self) -> Vec<&str> {
        self.as_slice().names()
    }
}

impl<T: AsRef<str>> Names for Vec<T> {
    fn names(&self) -> Vec<&str> {
        self.as_slice().names()
    }
}

impl<N: Names + ?Sized> Names for &N {
    fn names(&self) -> Vec<&str> {
        (**self).names()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(names: impl Names) -> usize {
        names.names().len()
    }

    // Whether they are lent is what is tested.
    #[allow(clippy::needless_borrows_for_generic_args)]
    #[test]
    fn one_name_and_several_are_taken_as_people_write_them() {
        let (owned, many) = (String::from("a b"), vec![String::from("a"), String::from("b")]);
        assert_eq!([count("a"), count(&owned), count(owned.clone())], [1, 1, 1]);
        assert_eq!([count(["a", "b"]), count(&["a", "b"]), count(&["a", "b"][..])], [2, 2, 2]);
        assert_eq!([count(&many), count(&many[1..]), count(many.clone())], [2, 1, 2]);
        assert_eq!(count([] as [&str; 0]), 0);
    }
}
