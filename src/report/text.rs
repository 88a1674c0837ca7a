//! Prose as pieces: plain text, numbers, references, citations, and so on.

use serde::Serialize;

use super::bound::Bound;

/// A run of prose.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub(super) struct Text {
    pub(super) pieces: Vec<Piece>,
}

/// A piece of prose.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Piece {
    /// Words, as they are.
    Plain(String),
    /// A number from the data.
    Value(Box<Bound>),
    /// A label of a section, figure, table or equation. `place` says where the
    /// reference was written (`study.toml:7`), where a user wrote it.
    Reference { label: String, place: Option<String> },
    /// Keys of a bibliography.
    Citation { keys: Vec<String>, place: Option<String> },
    /// Stressed words.
    Emphasis(String),
    /// Code, commands, names of files.
    Code(String),
    /// Maths in LaTeX notation.
    Maths(String),
}

/// Prose from pieces: `prose!["Of ", count, " claims ([[tab-claims]])"]`.
macro_rules! prose {
    ($($piece:expr),* $(,)?) => {{
        let mut text = $crate::report::text::Text::default();
        $(text.push($piece);)*
        text
    }};
}
pub(super) use prose;

impl Text {
    /// Words in which nothing has a meaning: for names from data.
    pub(super) fn plain(words: impl Into<String>) -> Self {
        Self { pieces: vec![Piece::Plain(words.into())] }
    }

    /// Adds more; words beside words become one piece.
    pub(super) fn push(&mut self, more: impl Into<Self>) {
        for piece in more.into().pieces {
            match (self.pieces.last_mut(), piece) {
                (_, Piece::Plain(words)) if words.is_empty() => {}
                (Some(Piece::Plain(words)), Piece::Plain(more)) => words.push_str(&more),
                (_, piece) => self.pieces.push(piece),
            }
        }
    }

    /// What a reader sees, without the marks; references stay labels.
    pub(super) fn words(&self) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Plain(words)
                | Piece::Emphasis(words)
                | Piece::Code(words)
                | Piece::Maths(words) => out.push_str(words),
                Piece::Value(bound) => out.push_str(&bound.shown),
                Piece::Reference { label, .. } => out.push_str(label),
                Piece::Citation { keys, .. } => out.push_str(&keys.join(", ")),
            }
        }
        out
    }

    /// Prose of a user: `[[label]]`, `[@key; @key]`, `*stress*`, `` `code` ``
    /// and `$maths$`. `place` is where its first line stands: file and line.
    pub(super) fn markup(source: &str, file: &str, first_line: usize) -> Self {
        let mut text = Self::default();
        for (index, line) in source.lines().enumerate() {
            if index > 0 {
                text.push(Self::plain("\n"));
            }
            let place = format!("{file}:{}", first_line + index);
            parse(&mut text, line, Some(&place), true);
        }
        text
    }
}

impl From<Bound> for Text {
    fn from(bound: Bound) -> Self {
        Self { pieces: vec![Piece::Value(Box::new(bound))] }
    }
}

impl From<Piece> for Text {
    fn from(piece: Piece) -> Self {
        Self { pieces: vec![piece] }
    }
}

/// Words of the program: `[[label]]` and `[@key]` have a meaning. Names from
/// data belong into [`Text::plain`].
impl From<&str> for Text {
    fn from(source: &str) -> Self {
        let mut text = Self::default();
        parse(&mut text, source, None, false);
        text
    }
}

impl From<String> for Text {
    fn from(source: String) -> Self {
        Self::from(source.as_str())
    }
}

/// Marks that enclose words: opening, closing, and what they make.
const MARKS: [(&str, &str, fn(String) -> Piece); 3] =
    [("*", "*", Piece::Emphasis), ("`", "`", Piece::Code), ("$", "$", Piece::Maths)];

fn parse(text: &mut Text, source: &str, place: Option<&str>, all: bool) {
    let mut rest = source;
    let mut words = String::new();
    while let Some(c) = rest.chars().next() {
        if let Some((piece, after)) = mark(rest, place, all) {
            text.push(Text::plain(std::mem::take(&mut words)));
            text.push(piece);
            rest = after;
        } else {
            words.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    text.push(Text::plain(words));
}

/// The mark that a text begins with, and what follows it.
fn mark<'a>(rest: &'a str, place: Option<&str>, all: bool) -> Option<(Piece, &'a str)> {
    let place = place.map(str::to_string);
    if let Some((label, after)) = rest.strip_prefix("[[").and_then(|r| r.split_once("]]"))
        && is_label(label)
    {
        return Some((Piece::Reference { label: label.into(), place }, after));
    }
    if let Some((list, after)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
        let keys: Option<Vec<String>> =
            list.split(';').map(|key| key.trim().strip_prefix('@').map(str::to_string)).collect();
        if let Some(keys) = keys.filter(|keys| keys.iter().all(|key| is_label(key))) {
            return Some((Piece::Citation { keys, place }, after));
        }
    }
    if !all {
        return None;
    }
    MARKS.iter().find_map(|(open, close, make)| {
        let (inner, after) = rest.strip_prefix(open)?.split_once(close)?;
        // `5 * 3` and `$ 5` are no marks.
        let tight = !inner.is_empty() && inner.trim() == inner;
        tight.then(|| (make(inner.to_string()), after))
    })
}

/// Letters, digits and `- _ . :`, beginning with a letter.
fn is_label(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_program_know_labels_and_keys_alone() {
        let text = Text::from("see [[tab-b]] <b> *x* [@welch1947; @holm1979]");
        assert_eq!(text.pieces.len(), 4);
        assert!(matches!(&text.pieces[1], Piece::Reference { label, .. } if label == "tab-b"));
        assert!(matches!(&text.pieces[3], Piece::Citation { keys, .. } if keys.len() == 2));
        for data in ["[[<img>]]", "[[]]", "[@]", "a[1]", "[[x"] {
            assert_eq!(Text::from(data), Text::plain(data), "{data}");
        }
    }

    #[test]
    fn prose_of_users_has_marks_and_places() {
        let text = Text::markup("a *b* `c*d` $x^2$ 5 * 3\n[[fig-z]]", "study.toml", 7);
        let kinds: Vec<&Piece> =
            text.pieces.iter().filter(|p| !matches!(p, Piece::Plain(_))).collect();
        assert_eq!(kinds[0], &Piece::Emphasis("b".into()));
        assert_eq!(kinds[1], &Piece::Code("c*d".into()));
        assert_eq!(kinds[2], &Piece::Maths("x^2".into()));
        let place = Some("study.toml:8".to_string());
        assert_eq!(kinds[3], &Piece::Reference { label: "fig-z".into(), place });
        assert!(text.words().contains("5 * 3\n"));
    }
}
