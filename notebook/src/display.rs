//! How a value appears under a cell.

use std::fmt::Debug;

use crate::cell::{emit, in_kernel};

/// A value with a rich form: text for a terminal, HTML for a notebook.
pub trait Rich {
    /// As text.
    fn plain(&self) -> String;

    /// As HTML that loads nothing and holds no script.
    fn html(&self) -> String;

    /// As an image alone: its media type and content, where there is one.
    fn image(&self) -> Option<(&'static str, String)> {
        None
    }

    /// All that is shown for it, one after the other: each in one or several media
    /// types, the best one first.
    fn outputs(&self) -> Vec<Bundle> {
        let text = ("text/plain", self.plain());
        match self.image() {
            Some(image) => vec![vec![image, text]],
            None => vec![vec![("text/html", self.html()), text]],
        }
    }

    /// Shows the value under the cell; in a plain program, prints the text.
    fn show(&self)
    where
        Self: Sized,
    {
        show_all(&[self]);
    }
}

/// The same content in several media types.
pub type Bundle = Vec<(&'static str, String)>;

/// Several values under one another.
pub fn show_all(values: &[&dyn Rich]) {
    if in_kernel() {
        for value in values {
            emit_rich(*value, false);
        }
    } else {
        let text: Vec<String> = values.iter().map(|value| value.plain()).collect();
        std::println!("{}", text.join("\n\n"));
    }
}

/// Shows one value or several under a cell: `show!(figure, table)`.
#[macro_export]
macro_rules! show {
    ($($value:expr),+ $(,)?) => {
        $crate::show_all(&[$(&$value as &dyn $crate::Rich),+])
    };
}

/// Whether a value is written as the last expression of a cell. Where that expression
/// moves a variable, evcxr does not call `evcxr_display` and writes it with `{:?}`; the
/// kernel has made that `{:-?}`, whose sign changes nothing for other types. What is
/// rich is shown then and leaves no text.
pub(crate) fn is_last(f: &std::fmt::Formatter<'_>) -> bool {
    f.sign_minus() && in_kernel()
}

/// `Debug` of what is only described: shown as the last expression of a cell, else its
/// name.
macro_rules! debug_described {
    ($($type:ident),*) => {$(
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                if $crate::display::is_last(f) {
                    self.evcxr_display();
                    return Ok(());
                }
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        }
    )*};
}
pub(crate) use debug_described;

/// What is shown cannot hand on an error: the cell fails with its words.
pub(crate) fn expected<T>(result: crate::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

/// Shows the value of a cell.
pub(crate) fn result(value: &dyn Rich) {
    if in_kernel() {
        emit_rich(value, true);
    } else {
        show_all(&[value]);
    }
}

fn emit_rich(value: &dyn Rich, result: bool) {
    let outputs = value.outputs();
    let last = outputs.len().saturating_sub(1);
    for (at, bundle) in outputs.iter().enumerate() {
        let contents: Vec<(&str, &str)> =
            bundle.iter().map(|(mime, content)| (*mime, content.as_str())).collect();
        emit(&contents, result && at == last);
    }
}

/// The last expression of a cell in an exported program: shown as the kernel
/// would show it. [`RichProbe`] is found before [`TextProbe`].
pub struct Probe<T>(pub T);

/// Shows what is [`Rich`].
pub trait RichProbe {
    /// Shows the value.
    fn show_last(&self);
}

/// Prints what is only [`Debug`].
pub trait TextProbe {
    /// Prints the value; nothing for `()`.
    fn show_last(&self);
}

impl<T: Rich> RichProbe for Probe<&T> {
    fn show_last(&self) {
        self.0.show();
    }
}

impl<T: Debug> TextProbe for &Probe<&T> {
    fn show_last(&self) {
        let text = format!("{:?}", self.0);
        if text != "()" {
            std::println!("{text}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Thing;

    impl Rich for Thing {
        fn plain(&self) -> String {
            "a thing".into()
        }
        fn html(&self) -> String {
            "<b>thing</b>".into()
        }
    }

    #[test]
    fn the_probe_prefers_rich_values() {
        // Both must compile: one type has no Debug, the other is not Rich.
        Probe(&Thing).show_last();
        (&Probe(&3)).show_last();
        show!(Thing, Thing);
    }
}
