//! Pieces of text of one look, as HTML or LaTeX.

use serde::{Deserialize, Serialize};

use crate::report::escape::escape;
use crate::text::latex_text;

/// A piece of text of one look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::report) struct Run {
    pub(in crate::report) text: String,
    pub(in crate::report) italic: bool,
    pub(in crate::report) bold: bool,
    /// An address that it links to.
    pub(in crate::report) url: Option<String>,
    /// Which item of its citation it stands for.
    pub(in crate::report) item: Option<usize>,
}

impl Run {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(super) fn italic(text: impl Into<String>) -> Self {
        Self { text: text.into(), italic: true, ..Self::default() }
    }

    pub(super) fn link(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self { text: text.into(), url: Some(url.into()), ..Self::default() }
    }
}

/// As HTML; every text is escaped, and only web addresses become links.
pub(in crate::report) fn html(runs: &[Run]) -> String {
    runs.iter().map(|run| wrapped(run, &escape(&run.text))).collect()
}

fn wrapped(run: &Run, inner: &str) -> String {
    let mut out = inner.to_string();
    if run.italic {
        out = format!("<em>{out}</em>");
    }
    if run.bold {
        out = format!("<strong>{out}</strong>");
    }
    match &run.url {
        Some(url) if is_web(url) => format!("<a href=\"{}\">{out}</a>", escape(url)),
        _ => out,
    }
}

/// As LaTeX, in text mode.
pub(in crate::report) fn latex(runs: &[Run]) -> String {
    let one = |run: &Run| {
        let mut out = latex_text(&run.text);
        if run.italic {
            out = format!("\\emph{{{out}}}");
        }
        if run.bold {
            out = format!("\\textbf{{{out}}}");
        }
        out
    };
    runs.iter().map(one).collect()
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_web_addresses_is_linked_and_all_is_escaped() {
        let runs = [
            Run::link("<b>", "https://doi.org/10.1/a\"b"),
            Run::link("x", "javascript:alert(1)"),
            Run::italic("a & b"),
        ];
        assert_eq!(
            html(&runs),
            "<a href=\"https://doi.org/10.1/a&quot;b\">&lt;b&gt;</a>x<em>a &amp; b</em>"
        );
        assert_eq!(latex(&runs[2..]), "\\emph{a \\& b}");
    }
}
