//! How a value appears under a cell.

use std::fmt::{Debug, Write as _};
use std::io::Write as _;

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

    /// Shows the value under the cell; in a plain program, prints the text.
    fn show(&self) {
        let text = self.plain();
        if !in_kernel() {
            println!("{text}");
            return;
        }
        match self.image() {
            Some((mime, content)) => emit(&[(mime, &content), ("text/plain", &text)]),
            None => emit(&[("text/html", &self.html()), ("text/plain", &text)]),
        }
    }
}

/// Several values under one another: a kernel keeps one value per cell.
pub fn show_all(values: &[&dyn Rich]) {
    let text: Vec<String> = values.iter().map(|value| value.plain()).collect();
    if in_kernel() {
        let html: String = values.iter().map(|value| value.html()).collect();
        emit(&[("text/html", &html), ("text/plain", &text.join("\n\n"))]);
    } else {
        println!("{}", text.join("\n\n"));
    }
}

/// Shows one value or several under a cell: `show!(figure, table)`.
#[macro_export]
macro_rules! show {
    ($($value:expr),+ $(,)?) => {
        $crate::show_all(&[$(&$value as &dyn $crate::Rich),+])
    };
}

/// Whether this process runs the cells of a kernel.
pub(crate) fn in_kernel() -> bool {
    std::env::var_os("EVCXR_IS_RUNTIME").is_some()
}

/// Hands content to the kernel in one locked write, so that no other thread's
/// line comes between.
pub(crate) fn emit(contents: &[(&str, &str)]) {
    let mut block = String::new();
    for (mime, content) in contents {
        let _ = writeln!(block, "EVCXR_BEGIN_CONTENT {mime}");
        for line in content.lines() {
            // The line that would end the content, were it text of a user.
            let guard = if line.starts_with("EVCXR_") { " " } else { "" };
            let _ = writeln!(block, "{guard}{line}");
        }
        block += "EVCXR_END_CONTENT\n";
    }
    let mut out = std::io::stdout().lock();
    // A closed output means that the kernel is gone: nobody is left to tell.
    let _ = out.write_all(block.as_bytes());
    let _ = out.flush();
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
            println!("{text}");
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
