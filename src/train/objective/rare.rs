//! Weights that make up for rare classes, from the training cases of a run.

use crate::data::{Dataset, Truth};

/// Cases without a class over those with it, per class (the `pos_weight` of
/// PyTorch's documentation); soft and unknown labels count as neither. A class
/// without one or the other counts as it is.
pub(super) fn negatives_over_positives(data: &Dataset, train: &[usize]) -> Vec<f64> {
    let outputs = match data.classes.len() {
        2 if data.target == crate::spec::Target::Binary => 1..2,
        all => 0..all,
    };
    let weight = |class: usize| {
        let known = train.iter().map(|case| &data.cases[*case].truth);
        let known = known.filter(|truth| truth.knows(class));
        let (positive, all) = known.fold((0_usize, 0_usize), |(positive, all), truth| {
            (positive + usize::from(truth.has(class)), all + 1)
        });
        if positive == 0 || positive == all {
            return 1.0;
        }
        (all - positive) as f64 / positive as f64
    };
    outputs.map(weight).collect()
}

/// Cases over classes times the cases of each class (scikit-learn's `balanced`):
/// their mean over the training cases is 1. A class without a case counts as it is.
pub(super) fn balanced(data: &Dataset, train: &[usize]) -> Vec<f64> {
    let mut counts = vec![0_usize; data.classes.len()];
    for case in train {
        if let Truth::Class(class) = data.cases[*case].truth {
            counts[class] += 1;
        }
    }
    let there = counts.iter().filter(|count| **count > 0).count();
    let weight = |count: usize| match count {
        0 => 1.0,
        count => train.len() as f64 / (there * count) as f64,
    };
    counts.into_iter().map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Case, Label, Split};
    use crate::spec::Target;

    fn data(target: Target, classes: &[&str], truths: Vec<Truth>) -> Dataset {
        let cases = truths.into_iter().enumerate().map(|(at, truth)| Case {
            id: at.to_string(),
            patient: at.to_string(),
            split: Split::Train,
            truth,
        });
        let cases: Vec<Case> = cases.collect();
        let pixels = vec![0; cases.len()];
        let classes = classes.iter().map(ToString::to_string).collect();
        Dataset::in_memory("set", classes, target, (1, 1), cases, pixels).expect("a set")
    }

    #[test]
    fn positives_make_up_for_what_they_lack() {
        let known = |there: [bool; 2]| Truth::of_each(there);
        let soft = Truth::Classes(vec![Label::Soft(0.6), Label::Unknown]);
        let labels = vec![known([true, false]), known([false, false]), known([false, false]), soft];
        let set = data(Target::MultiLabel, &["a", "b"], labels);
        assert_eq!(negatives_over_positives(&set, &[0, 1, 2, 3]), [2.0, 1.0]);
        // Of the cases of the run alone.
        assert_eq!(negatives_over_positives(&set, &[0, 1]), [1.0, 1.0]);
        let one = data(Target::Binary, &["no", "yes"], [0, 0, 0, 1].map(Truth::Class).to_vec());
        assert_eq!(negatives_over_positives(&one, &[0, 1, 2, 3]), [3.0]);
    }

    /// scikit-learn 1.7: `compute_class_weight("balanced", classes=[0, 1, 2], y=[0, 0, 0, 1, 1, 2])`
    /// = [2/3, 1, 2].
    #[test]
    fn classes_of_equal_weight_in_all() {
        let set = data(
            Target::MultiClass,
            &["a", "b", "c"],
            [0, 0, 0, 1, 1, 2].map(Truth::Class).to_vec(),
        );
        assert_eq!(balanced(&set, &[0, 1, 2, 3, 4, 5]), [2.0 / 3.0, 1.0, 2.0]);
        assert_eq!(balanced(&set, &[0, 3]), [1.0, 1.0, 1.0]);
    }
}
