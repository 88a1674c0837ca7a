use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::data::truth::Truth;

fn case(patient: usize, truth: Truth, index: usize) -> Case {
    Case {
        id: format!("i{index}"),
        patient: format!("p{patient}"),
        split: if index % 7 == 6 { Split::Test } else { Split::Train },
        truth,
    }
}

fn single(rows: &[(usize, usize)]) -> Vec<Case> {
    rows.iter().enumerate().map(|(i, &(p, c))| case(p, Truth::Class(c), i)).collect()
}

fn take(cases: &[Case], classes: usize, fraction: f64, seed: u64) -> Vec<usize> {
    subset(
        cases,
        Target::MultiClass,
        classes,
        Labels::Share(fraction),
        SubsetRule::Stratified,
        seed,
    )
    .expect("subset")
}

proptest! {
    #[test]
    fn fractions_are_nested_whole_patients_of_train(
        rows in prop::collection::vec((0_usize..30, 0_usize..3), 10..150),
        a in 0.02_f64..1.0,
        b in 0.02_f64..1.0,
        seed in 0_u64..1000,
    ) {
        let cases = single(&rows);
        let (small, large) = (a.min(b), a.max(b));
        let small: BTreeSet<usize> = take(&cases, 3, small, seed).into_iter().collect();
        let large: BTreeSet<usize> = take(&cases, 3, large, seed).into_iter().collect();
        prop_assert!(small.is_subset(&large));
        prop_assert!(large.iter().all(|&i| cases[i].split == Split::Train));
        let kept: BTreeSet<&str> = large.iter().map(|&i| cases[i].patient.as_str()).collect();
        for (i, case) in cases.iter().enumerate() {
            if case.split == Split::Train {
                prop_assert_eq!(kept.contains(case.patient.as_str()), large.contains(&i));
            }
        }
    }

    #[test]
    fn every_class_keeps_a_case(
        rows in prop::collection::vec((0_usize..60, 0_usize..5), 10..150),
        fraction in 0.001_f64..0.3,
        seed in 0_u64..1000,
    ) {
        let cases = single(&rows);
        let classes = |indices: &mut dyn Iterator<Item = usize>| -> BTreeSet<usize> {
            let of = |i: usize| (0..5).find(|&class| cases[i].truth.has(class));
            indices.filter_map(of).collect()
        };
        let kept = take(&cases, 5, fraction, seed);
        let mut all = (0..cases.len()).filter(|&i| cases[i].split == Split::Train);
        prop_assert_eq!(classes(&mut kept.into_iter()), classes(&mut all));
    }

    #[test]
    fn the_order_of_cases_does_not_matter(
        rows in prop::collection::vec((0_usize..30, 0_usize..3), 10..80),
        fraction in 0.05_f64..0.9,
        shuffle in any::<u64>(),
    ) {
        let cases = single(&rows);
        let mut mixed = cases.clone();
        Stream::new("test", &[shuffle]).shuffle(&mut mixed);
        let ids = |cases: &[Case]| -> BTreeSet<String> {
            take(cases, 3, fraction, 5).into_iter().map(|i| cases[i].id.clone()).collect()
        };
        prop_assert_eq!(ids(&cases), ids(&mixed));
    }

    /// With one case per patient, sizes are exact and every class is within
    /// 1.5 cases of its share, unless a class needs its one case.
    #[test]
    fn sizes_and_classes_keep_their_shares(
        classes in prop::collection::vec(0_usize..3, 60..300),
        fraction in 0.1_f64..0.9,
        seed in 0_u64..1000,
    ) {
        let rows: Vec<_> = classes.iter().enumerate().map(|(i, &c)| (i, c)).collect();
        let cases = single(&rows);
        let train: Vec<&Case> = cases.iter().filter(|c| c.split == Split::Train).collect();
        let kept = take(&cases, 3, fraction, seed);
        prop_assert!((kept.len() as f64 - fraction * train.len() as f64).abs() <= 0.5);
        for class in 0..3 {
            let all = train.iter().filter(|c| c.truth.has(class)).count() as f64;
            let got = kept.iter().filter(|&&i| cases[i].truth.has(class)).count() as f64;
            let ideal = all * kept.len() as f64 / train.len() as f64;
            prop_assert!((got - ideal).abs() <= 1.5, "class {}: {} of {}", class, got, ideal);
        }
    }
}

#[test]
fn multi_label_fractions_keep_rare_findings_and_shares() {
    let mut stream = Stream::new("test", &[2]);
    let prevalence = [0.4, 0.15, 0.03, 0.004];
    let cases: Vec<Case> = (0..3000)
        .map(|i| {
            let there = prevalence.iter().map(|&p| stream.chance(p));
            case(i / 3, Truth::of_each(there), i)
        })
        .collect();
    let take = |fraction, seed| {
        subset(&cases, Target::MultiLabel, 4, Labels::Share(fraction), SubsetRule::Stratified, seed)
            .expect("subset")
    };
    let all = take(1.0, 0);
    let positives = |kept: &[usize], class: usize| {
        kept.iter().filter(|&&i| cases[i].truth.has(class)).count() as f64
    };
    for fraction in [0.05, 0.1, 0.5] {
        let kept = take(fraction, 0);
        assert!((kept.len() as f64 - fraction * all.len() as f64).abs() <= 1.5);
        for class in 0..4 {
            let (got, ideal) = (positives(&kept, class), fraction * positives(&all, class));
            assert!(got >= 1.0 && (got - ideal).abs() <= 3.0, "{fraction} {class}: {got} {ideal}");
        }
    }
    assert_ne!(take(0.1, 0), take(0.1, 1));
    assert_eq!(take(0.1, 1), take(0.1, 1));
}

#[test]
fn published_rule_keeps_the_head_of_the_python_shuffle() {
    let cases: Vec<Case> =
        (0..20).map(|i| Case { split: Split::Train, ..case(i, Truth::Class(0), i) }).collect();
    let take = |fraction| {
        subset(&cases, Target::Binary, 2, Labels::Share(fraction), SubsetRule::Published, 7)
            .map_err(|e| e.to_string())
    };
    // CPython 3.11: r = random.Random(99); x = list(range(20)); r.shuffle(x); x
    let shuffled = [9, 0, 13, 16, 15, 14, 10, 11, 8, 17, 4, 1, 18, 2, 3, 7, 5, 6, 19, 12];
    assert_eq!(take(1.0).expect("all"), shuffled);
    assert_eq!(take(0.25).expect("quarter"), shuffled[..5]);
    assert_eq!(take(0.35).expect("int(20 * 35 / 100.0)"), shuffled[..7]);
    assert_eq!(take(0.07).expect("int(20 * 7 / 100.0)"), shuffled[..1]);
    assert!(take(0.04).expect_err("nothing").contains("none is kept"));
}

#[test]
fn published_rule_shuffles_training_cases_only() {
    let cases = single(&(0..70).map(|i| (i, 0)).collect::<Vec<_>>());
    let train: Vec<usize> = (0..70).filter(|i| i % 7 != 6).collect();
    let kept = subset(&cases, Target::MultiClass, 1, Labels::Share(0.5), SubsetRule::Published, 0)
        .expect("half");
    assert_eq!(kept.len(), 30);
    assert!(kept.iter().all(|i| train.contains(i)));
    assert_eq!(kept.iter().collect::<BTreeSet<_>>().len(), 30);
}

#[test]
fn other_fractions_are_errors() {
    let cases = single(&[(0, 0), (1, 1)]);
    for fraction in [0.0, -0.1, 1.1, f64::NAN] {
        let error =
            subset(&cases, Target::Binary, 2, Labels::Share(fraction), SubsetRule::Stratified, 0)
                .expect_err("fraction");
        assert!(error.to_string().contains("above 0 and at most 1"), "{error}");
    }
    let none: Vec<Case> = Vec::new();
    assert!(
        subset(&none, Target::Binary, 2, Labels::Share(0.5), SubsetRule::Stratified, 0).is_err()
    );
}

#[test]
fn a_number_of_labels_is_kept_as_it_is_asked_for() {
    let cases = single(&(0..140).map(|i| (i, i % 3)).collect::<Vec<_>>());
    let take = |labels, rule, seed| {
        subset(&cases, Target::MultiClass, 3, labels, rule, seed).map_err(|e| e.to_string())
    };
    let (stratified, published) = (SubsetRule::Stratified, SubsetRule::Published);
    for count in [3, 10, 50, 119, 120] {
        for rule in [stratified, published] {
            let kept = take(Labels::Count(count), rule, 4).unwrap();
            assert_eq!(kept.len(), count as usize, "{rule:?}");
        }
    }
    let set = |labels| BTreeSet::from_iter(take(labels, stratified, 4).unwrap());
    assert!(set(Labels::Count(10)).is_subset(&set(Labels::Count(50))));
    assert_eq!(set(Labels::Count(30)), set(Labels::Share(0.25)));
    assert_eq!(set(Labels::Count(120)), set(Labels::Share(1.0)));
    let error = take(Labels::Count(121), stratified, 4).unwrap_err();
    assert!(error.contains("121 labels of 120 training cases"), "{error}");
    // Whole patients: as near as they allow.
    let pairs: Vec<Case> =
        (0..60).map(|i| Case { split: Split::Train, ..case(i / 2, Truth::Class(0), i) }).collect();
    let kept = subset(&pairs, Target::Binary, 2, Labels::Count(9), stratified, 0).unwrap();
    assert!(kept.len() == 8 || kept.len() == 10, "{}", kept.len());
}
