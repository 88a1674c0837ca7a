use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::data::source::{Pixels, Row};
use crate::data::strata::patients;
use crate::data::truth::Truth;
use crate::spec::{PhantomSpec, Source, Target};

/// A task with a target and shares.
fn task(target: Target, val: f64, test: f64, seed: u64) -> Task {
    Task {
        split: SplitSpec { val, test, seed, ..SplitSpec::default() },
        ..Task::new(Source::Manifest, target)
    }
}

fn assign(name: &str, task: &Task, plan: &mut Plan) -> Result<Vec<Split>, DataError> {
    super::assign(name, task, plan).map(|(splits, _)| splits)
}

/// Rows of (patient, class, split).
fn plan(rows: &[(usize, usize, Option<Split>)], classes: usize) -> Plan {
    Plan {
        classes: (0..classes).map(|class| class.to_string()).collect(),
        rows: rows
            .iter()
            .enumerate()
            .map(|(index, &(patient, class, split))| Row {
                id: format!("i{index}"),
                patient: format!("p{patient}"),
                split,
                truth: Truth::Class(class),
                content: String::new(),
            })
            .collect(),
        notes: Vec::new(),
        patients_told: true,
        patient_column: Some("patient_id".into()),
        content: String::new(),
        pixels: Pixels::Phantom(PhantomSpec::default()),
    }
}

fn count(splits: &[Split], split: Split) -> usize {
    splits.iter().filter(|&&s| s == split).count()
}

proptest! {
    #[test]
    fn patients_never_straddle_and_sizes_are_exact(
        rows in prop::collection::vec((0_usize..40, 0_usize..3), 30..200),
        val in 0.0_f64..0.4,
        test in 0.0_f64..0.5,
        seed in 0_u64..1000,
    ) {
        let rows: Vec<_> = rows.into_iter().map(|(p, c)| (p, c, None)).collect();
        let people: BTreeSet<usize> = rows.iter().map(|row| row.0).collect();
        let splits =
            assign("t", &task(Target::MultiClass, val, test, seed), &mut plan(&rows, 3))
                .expect("splits");
        prop_assert_eq!(splits.len(), rows.len());
        let mut of_patient: BTreeMap<usize, Split> = BTreeMap::new();
        for (row, &split) in rows.iter().zip(&splits) {
            prop_assert_eq!(*of_patient.entry(row.0).or_insert(split), split);
        }
        let parts: Vec<Split> = of_patient.into_values().collect();
        let n = people.len() as f64;
        let expected = |share: f64| {
            ((share * n).round() as usize).max(usize::from(share > 0.0))
        };
        prop_assert_eq!(count(&parts, Split::Val), expected(val));
        prop_assert_eq!(count(&parts, Split::Test), expected(test));
    }

    #[test]
    fn the_order_of_rows_does_not_matter(
        rows in prop::collection::vec((0_usize..25, 0_usize..4), 20..80),
        shuffle in any::<u64>(),
        seed in 0_u64..50,
    ) {
        let rows: Vec<_> = rows.into_iter().map(|(p, c)| (p, c, None)).collect();
        let task = task(Target::MultiClass, 0.2, 0.3, seed);
        let splits = assign("t", &task, &mut plan(&rows, 4)).expect("splits");
        let mut order: Vec<usize> = (0..rows.len()).collect();
        Stream::new("test", &[shuffle]).shuffle(&mut order);
        let mixed: Vec<_> = order.iter().map(|&i| rows[i]).collect();
        let again = assign("t", &task, &mut plan(&mixed, 4)).expect("splits");
        for (position, &original) in order.iter().enumerate() {
            prop_assert_eq!(again[position], splits[original]);
        }
    }

    /// With one case per patient every class has its share within one case
    /// per class (the sizes of the splits are exact, so classes share rounding).
    #[test]
    fn classes_keep_their_shares(
        classes in prop::collection::vec(0_usize..4, 40..300),
        seed in 0_u64..1000,
    ) {
        let rows: Vec<_> = classes.iter().enumerate().map(|(i, &c)| (i, c, None)).collect();
        let splits = assign("t", &task(Target::MultiClass, 0.15, 0.25, seed), &mut plan(&rows, 4))
            .expect("splits");
        for class in 0..4 {
            let of_class: Vec<Split> =
                (0..rows.len()).filter(|&i| classes[i] == class).map(|i| splits[i]).collect();
            for (split, share) in [(Split::Val, 0.15), (Split::Test, 0.25)] {
                let ideal = share * of_class.len() as f64;
                let got = count(&of_class, split) as f64;
                prop_assert!((got - ideal).abs() <= 2.5, "class {} {}: {} of {}", class, split, got, ideal);
            }
        }
    }
}

#[test]
fn multi_label_shares_are_kept() {
    let mut stream = Stream::new("test", &[1]);
    let prevalence = [0.5, 0.2, 0.05, 0.02];
    let truths: Vec<Truth> =
        (0..2000).map(|_| Truth::of_each(prevalence.iter().map(|&p| stream.chance(p)))).collect();
    let ids: Vec<String> = (0..2000).map(|i| format!("p{i:04}")).collect();
    let people = patients((0..2000).map(|i| (i, ids[i].as_str(), &truths[i])));
    let splits = divide(&people, 5, (0.15, 0.25), 3).expect("splits");
    assert_eq!(count(&splits, Split::Test), 500);
    assert_eq!(count(&splits, Split::Val), 300);
    for class in 0..4 {
        let positive = |i: usize| people[i].in_stratum(class);
        let all = (0..2000).filter(|&i| positive(i)).count() as f64;
        let test = (0..2000).filter(|&i| positive(i) && splits[i] == Split::Test).count() as f64;
        assert!((test - 0.25 * all).abs() < 4.0, "class {class}: {test} of {all}");
    }
}

#[test]
fn seeds_give_different_splits() {
    let rows: Vec<_> = (0..60).map(|i| (i, i % 2, None)).collect();
    let with = |seed| {
        assign("t", &task(Target::Binary, 0.2, 0.2, seed), &mut plan(&rows, 2)).expect("splits")
    };
    assert_eq!(with(1), with(1));
    assert_ne!(with(1), with(2));
}

#[test]
fn own_splits_are_kept_and_val_is_taken_from_train() {
    let own: Vec<_> = (0..40)
        .map(|i| (i / 2, i % 2, Some(if i < 30 { Split::Train } else { Split::Test })))
        .collect();
    let mut plan = plan(&own, 2);
    let splits = assign("t", &task(Target::Binary, 0.2, 0.25, 0), &mut plan).expect("splits");
    assert!(splits[30..].iter().all(|&split| split == Split::Test));
    assert_eq!(count(&splits, Split::Val), 6, "3 of 15 patients with 2 images each");
    assert!(plan.notes[0].contains("no val cases"), "{:?}", plan.notes);
    for pair in splits.chunks(2) {
        assert_eq!(pair[0], pair[1]);
    }
}

#[test]
fn impossible_divisions_are_errors() {
    let message = |rows: &[_], val, test| {
        assign("xray", &task(Target::Binary, val, test, 0), &mut plan(rows, 2))
            .expect_err("error")
            .to_string()
    };
    let two: Vec<_> = (0..2).map(|i| (i, i, None)).collect();
    assert!(message(&two, 0.1, 0.1).contains("2 patients for 3 splits"));
    assert!(message(&two, 0.6, 0.5).contains("less than 1"));
    assert!(message(&two, f64::NAN, 0.5).contains("split.val"));
    let train: Vec<_> = (0..9).map(|i| (i, i % 2, Some(Split::Train))).collect();
    let text = message(&train, 0.1, 0.1);
    assert!(text.contains("`xray`") && text.contains("no `test` cases"), "{text}");
}
