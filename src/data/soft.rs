//! Soft labels teach; they do not judge.

use super::dataset::Split;
use super::rng::Stream;
use super::source::Plan;
use super::truth::{Label, Truth};
use crate::spec::SoftLabel;

/// The value itself, or the middle of the range that one is drawn from.
pub(super) fn middle(soft: SoftLabel) -> f32 {
    match soft {
        SoftLabel::Fixed(value) => value as f32,
        SoftLabel::Drawn(low, high) => f64::midpoint(low, high) as f32,
    }
}

/// What becomes of such labels.
pub(super) fn words(soft: SoftLabel) -> String {
    let what = match soft {
        SoftLabel::Fixed(value) => format!("count as {value}"),
        SoftLabel::Drawn(low, high) => {
            format!("count as values from {low} to {high}, drawn once for each case and class,")
        }
    };
    format!("{what} in the loss of training and are left out of validation and testing")
}

/// Draws the soft labels of a case: by its name and by those of the classes, so
/// that neither the order of a manifest nor that of its columns matters.
pub(super) fn draw(truth: &mut Truth, soft: SoftLabel, case: &str, classes: &[String]) {
    let (SoftLabel::Drawn(low, high), Truth::Classes(labels)) = (soft, truth) else { return };
    for (label, class) in labels.iter_mut().zip(classes) {
        if let Label::Soft(value) = label {
            let mut stream = Stream::new(&format!("soft label\0{case}\0{class}"), &[]);
            *value = stream.range(low, high) as f32;
        }
    }
}

/// Takes soft labels out of what is validated and tested on; cases of which
/// nothing else is known are left out there. Gives the splits of the cases
/// that stay.
pub(super) fn only_for_training(plan: &mut Plan, splits: Vec<Split>) -> Vec<Split> {
    let mut kept = vec![true; plan.rows.len()];
    let mut left_out = 0_usize;
    for ((row, split), kept) in plan.rows.iter_mut().zip(&splits).zip(&mut kept) {
        let Truth::Classes(labels) = &mut row.truth else { continue };
        if *split == Split::Train || !labels.iter().any(|label| matches!(label, Label::Soft(_))) {
            continue;
        }
        for label in labels.iter_mut().filter(|label| matches!(label, Label::Soft(_))) {
            *label = Label::Unknown;
        }
        if labels.iter().all(|label| *label == Label::Unknown) {
            *kept = false;
            left_out += 1;
        }
    }
    if left_out == 0 {
        return splits;
    }
    plan.notes.push(format!(
        "{left_out} cases of validation and test have no label but uncertain ones and are left out"
    ));
    plan.keep(&kept, &splits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::source::{Pixels, Row};
    use crate::spec::PhantomSpec;

    fn plan(truths: &[&[Label]]) -> Plan {
        let row = |(index, labels): (usize, &&[Label])| Row {
            id: format!("c{index}"),
            patient: format!("c{index}"),
            split: None,
            truth: Truth::Classes(labels.to_vec()),
            content: String::new(),
        };
        Plan {
            classes: vec!["a".into(), "b".into()],
            rows: truths.iter().enumerate().map(row).collect(),
            notes: Vec::new(),
            patients_told: false,
            patient_column: None,
            content: String::new(),
            pixels: Pixels::Phantom(PhantomSpec::default()),
        }
    }

    #[test]
    fn training_alone_keeps_soft_labels() {
        let (soft, there) = (Label::Soft(0.7), Label::Known(true));
        let rows: [&[Label]; 5] =
            [&[soft, there], &[soft, there], &[soft, soft], &[soft, Label::Unknown], &[soft, soft]];
        let mut plan = plan(&rows);
        let splits = [Split::Train, Split::Test, Split::Val, Split::Test, Split::Train].to_vec();
        let splits = only_for_training(&mut plan, splits);
        assert_eq!(splits, [Split::Train, Split::Test, Split::Train]);
        let truths: Vec<Truth> = plan.rows.iter().map(|row| row.truth.clone()).collect();
        let expected = [[soft, there], [Label::Unknown, there], [soft, soft]];
        assert_eq!(truths, expected.map(|labels| Truth::Classes(labels.to_vec())));
        assert!(plan.notes[0].starts_with("2 cases of validation and test"), "{:?}", plan.notes);
    }

    #[test]
    fn nothing_soft_changes_nothing() {
        let mut plan = plan(&[&[Label::Known(false), Label::Unknown]]);
        assert_eq!(only_for_training(&mut plan, vec![Split::Test]), [Split::Test]);
        assert!(plan.notes.is_empty());
    }

    #[test]
    fn draws_are_of_the_case_and_the_class() {
        let classes = ["a".to_owned(), "b".to_owned()];
        let range = SoftLabel::Drawn(0.55, 0.85);
        let drawn = |case: &str, classes: &[String]| {
            let mut truth = Truth::Classes(vec![Label::Soft(0.0), Label::Soft(0.0)]);
            draw(&mut truth, range, case, classes);
            truth.numbers()
        };
        let first = drawn("1.png", &classes);
        assert_eq!(first, drawn("1.png", &classes));
        assert!(first[0] != first[1] && first != drawn("2.png", &classes));
        let turned = drawn("1.png", &["b".to_owned(), "a".to_owned()]);
        assert_eq!(turned, [first[1], first[0]]);
        let all: Vec<f32> =
            (0..200).flat_map(|index| drawn(&index.to_string(), &classes)).collect();
        assert!(all.iter().all(|value| (0.55..0.85).contains(value)));
        let mean = all.iter().sum::<f32>() / all.len() as f32;
        assert!((mean - 0.7).abs() < 0.02, "{mean}");
        let mut fixed = Truth::Classes(vec![Label::Soft(0.7), Label::Known(true)]);
        draw(&mut fixed, SoftLabel::DEFAULT, "1.png", &classes);
        assert_eq!(fixed.numbers(), [0.7, 1.0]);
    }
}
