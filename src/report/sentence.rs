//! Numbers inside finished sentences, bound one by one.

use super::bound::Origin;
use super::text::Text;

/// A number that a sentence may hold: its name, its value, its method.
pub(super) struct Known<'a> {
    pub(super) name: &'a str,
    pub(super) value: Option<f64>,
    pub(super) how: &'a str,
    /// Written as percent.
    share: bool,
}

impl<'a> Known<'a> {
    pub(super) fn new(name: &'a str, value: Option<f64>, how: &'a str) -> Self {
        Self { name, value, how, share: false }
    }

    /// A share, which sentences write as percent.
    pub(super) fn share(name: &'a str, value: Option<f64>, how: &'a str) -> Self {
        Self { share: true, ..Self::new(name, value, how) }
    }
}

/// The sentence with every number bound to the first known one that prints
/// like it; the others are named by their place in the sentence (`text_2`).
pub(super) fn bound_sentence(
    sentence: &str,
    origin: &Origin,
    how: &str,
    known: &[Known<'_>],
) -> Text {
    let mut text = Text::default();
    let mut rest = 0;
    let mut count = 0;
    let mut used = vec![false; known.len()];
    for (from, to) in numbers(sentence) {
        text.push(Text::plain(&sentence[rest..from]));
        let shown = &sentence[from..to];
        count += 1;
        let percent = sentence[to..].trim_start().starts_with('%');
        let found = known.iter().enumerate().position(|(at, known)| {
            let alike = |value| prints_as(value, shown, percent);
            !used[at] && known.share == percent && known.value.is_some_and(alike)
        });
        let bound = match found {
            Some(at) => {
                used[at] = true;
                let known = &known[at];
                origin.bind(known.name, known.value, shown, known.how)
            }
            None => origin.bind(&format!("text_{count}"), shown, shown, how),
        };
        text.push(bound);
        rest = to;
    }
    text.push(Text::plain(&sentence[rest..]));
    text
}

/// Whether a value prints as a text, up to its sign (sentences turn them).
fn prints_as(value: f64, shown: &str, percent: bool) -> bool {
    let digits = shown.trim_start_matches(['-', '+']);
    let mantissa = digits.split('e').next().unwrap_or(digits);
    let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let value = if percent { value * 100.0 } else { value }.abs();
    if mantissa.len() < digits.len() {
        return format!("{value:.decimals$e}") == digits;
    }
    format!("{value:.decimals$}") == digits
}

/// Where the numbers of a sentence stand. Digits that are part of a name
/// (`resnet18`, `ImageNet-1K`, `I^2`) are no numbers.
fn numbers(sentence: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let chars: Vec<(usize, char)> = sentence.char_indices().collect();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].1.is_ascii_digit() {
            at += 1;
            continue;
        }
        let mut end = at;
        while end < chars.len() && is_inner(&chars, end) {
            end += 1;
        }
        end = exponent(&chars, end);
        let before = at.checked_sub(1).map(|i| chars[i].1);
        let earlier = at.checked_sub(2).map(|i| chars[i].1);
        let signed = before == Some('-') || before == Some('+');
        let edge = if signed { earlier } else { before };
        let free = edge.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '^' | '_' | '-' | '.'));
        let after = chars.get(end).map(|c| c.1);
        let after_free = after.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '-'));
        if free && after_free {
            let from = if signed { at - 1 } else { at };
            let to = chars.get(end).map_or(sentence.len(), |c| c.0);
            out.push((chars[from].0, to));
        }
        at = end.max(at + 1);
    }
    out
}

/// Behind the exponent that begins at a place; the place itself where none does.
fn exponent(chars: &[(usize, char)], at: usize) -> usize {
    let is = |i: usize, wanted: fn(char) -> bool| chars.get(i).is_some_and(|c| wanted(c.1));
    if !is(at, |c| c == 'e') {
        return at;
    }
    let digits = at + 1 + usize::from(is(at + 1, |c| c == '-'));
    let mut end = digits;
    while is(end, |c| c.is_ascii_digit()) {
        end += 1;
    }
    if end > digits { end } else { at }
}

/// A digit, or a point between digits.
fn is_inner(chars: &[(usize, char)], at: usize) -> bool {
    let digit = |i: usize| chars.get(i).is_some_and(|c| c.1.is_ascii_digit());
    digit(at) || (chars[at].1 == '.' && digit(at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::Piece;

    fn bound(piece: &Piece) -> Option<(&str, &str)> {
        match piece {
            Piece::Value(bound) => Some((&bound.id, &bound.shown)),
            _ => None,
        }
    }

    #[test]
    fn numbers_are_bound_to_what_prints_alike() {
        let known = [
            Known::new("difference", Some(-0.061_91), "mean difference"),
            Known::new("p", Some(0.012_3), "t test"),
            Known::share("share", Some(0.231), "labels"),
            Known::new("tiny", Some(7.184e-8), "mean"),
        ];
        let text = bound_sentence(
            "resnet18 is worse than ImageNet-1K by 0.0619 [-0.1, 0.2], I^2 7, p 0.012, 23 % of 5 -7.18e-8.",
            &Origin::new(&["x"]),
            "as computed",
            &known,
        );
        let got: Vec<(&str, &str)> = text.pieces.iter().filter_map(bound).collect();
        assert_eq!(
            got,
            [
                ("x.difference", "0.0619"),
                ("x.text_2", "-0.1"),
                ("x.text_3", "0.2"),
                ("x.text_4", "7"),
                ("x.p", "0.012"),
                ("x.share", "23"),
                ("x.text_7", "5"),
                ("x.tiny", "-7.18e-8"),
            ]
        );
        assert!(text.words().starts_with("resnet18 is worse") && text.words().ends_with("e-8."));
    }

    proptest::proptest! {
        #[test]
        fn no_word_is_lost(sentence in "[a-z0-9 .%\\[\\],<^éü-]{0,60}") {
            let text = bound_sentence(&sentence, &Origin::new(&["x"]), "", &[]);
            proptest::prop_assert_eq!(text.words(), sentence);
        }
    }
}
