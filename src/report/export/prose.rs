//! Prose as LaTeX.

use crate::report::text::{Piece, Text};
use crate::text::latex_text;

/// Prose with commands for references, citations and maths.
pub(super) fn latex(text: &Text) -> String {
    text.pieces.iter().map(piece).collect()
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Plain(words) => latex_text(words),
        Piece::Value(bound) => latex_text(&bound.shown),
        Piece::Reference { label, .. } => format!("{}~\\ref{{{label}}}", noun(label)),
        Piece::Citation { keys, .. } => format!("\\cite{{{}}}", keys.join(",")),
        Piece::Emphasis(words) => format!("\\emph{{{}}}", latex_text(words)),
        Piece::Code(words) => format!("\\texttt{{{}}}", latex_text(words)),
        Piece::Maths(source) => format!("${source}$"),
    }
}

/// What a label names; labels of sections have no prefix.
fn noun(label: &str) -> &'static str {
    match label.split('-').next() {
        Some("fig") => "Figure",
        Some("tab") => "Table",
        Some("eq") => "Equation",
        _ => "Section",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_become_commands_and_words_stay_words() {
        let mut text = Text::markup("50 % in [[tab-a]] [@holm1979] *so* $x_1$", "study.toml", 1);
        text.push(Text::plain(" \\input{x}"));
        assert_eq!(
            latex(&text),
            "50 \\% in Table~\\ref{tab-a} \\cite{holm1979} \\emph{so} $x_1$ \
             \\textbackslash{}input\\{x\\}"
        );
    }
}
