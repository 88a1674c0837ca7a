use super::*;
use crate::data::{Case, Split, Truth};
use crate::spec::{Recipe, SegmentationSpec, Source, Spacing, Target};
use crate::train::objective::objective;

const SIDE: u32 = 8;

/// A square of `side` pixels in the upper left corner for each structure.
fn planes(sides: [u32; 2]) -> Planes {
    let pixel = |at: u32| {
        let (x, y) = (at % SIDE, at / SIDE);
        let inside = sides.map(|side| u8::from(x < side && y < side));
        Planes::COUNTS | inside[0] | inside[1] << 1
    };
    Planes::new(SIDE, SIDE, (0..SIDE * SIDE).map(pixel).collect()).expect("planes")
}

fn data(masks: &[[u32; 2]]) -> Dataset {
    let case = |index: usize| Case {
        id: format!("c{index}"),
        patient: format!("p{index}"),
        split: Split::Test,
        truth: Truth::of_each([true, true]),
    };
    let cases = (0..masks.len()).map(case).collect();
    let names = vec!["a".into(), "b".into()];
    let pixels = vec![0; masks.len() * (SIDE * SIDE) as usize];
    let data = Dataset::in_memory("t", names, Target::Segmentation, (SIDE, 1), cases, pixels);
    let masks: Vec<Planes> = masks.iter().map(|sides| planes(*sides)).collect();
    data.and_then(|data| data.with_masks(&masks)).expect("data")
}

fn task(change: impl Fn(&mut SegmentationSpec)) -> Task {
    let mut spec = SegmentationSpec::default();
    change(&mut spec);
    Task { segmentation: Some(spec), ..Task::new(Source::Manifest, Target::Segmentation) }
}

const WHOLE: Sampler<'static> = Sampler::Whole;
const OPTIONS: (Kind, Device) = (Kind::Float, Device::Cpu);

/// Logits of a network that is sure of those squares.
fn output(objective: &dyn Objective, said: &[[u32; 2]]) -> Tensor {
    let said = data(said);
    let cases: Vec<usize> = (0..said.len()).collect();
    let truth = objective.truth(&said, &cases, &WHOLE, OPTIONS).expect("maps");
    (truth.narrow(1, 0, 2) - 0.5) * 20.0
}

fn tested(truth: &[[u32; 2]], said: &[[u32; 2]], task: &Task) -> (Tested, Vec<Metric>) {
    let data = data(truth);
    let objective = objective(&Recipe::default(), task, &data, &[]).expect("an objective");
    let output = output(&*objective, said);
    let cases: Vec<usize> = (0..data.len()).collect();
    let truth = objective.truth(&data, &cases, &WHOLE, OPTIONS).expect("maps");
    let step = Step { data: &data, cases: &cases, output: &output, truth: &truth };
    let tested = objective.tested(&step, 0.5).expect("rows");
    let metrics = objective.metrics(&tested);
    // What is watched in training agrees at the size of the network.
    let watched = objective.watched(&step, 0.5).expect("rows");
    let dice = metrics[0].value.expect("a mean");
    assert!((objective.score(&watched).expect("a score") - dice).abs() < 1e-6);
    (tested, metrics)
}

fn value(metrics: &[Metric], name: &str, class: Option<&str>) -> f64 {
    let of = |m: &&Metric| m.metric == name && m.class.as_deref() == class;
    metrics.iter().find(of).and_then(|m| m.value).expect(name)
}

#[test]
fn a_network_that_is_right_has_the_best_values() {
    let masks = [[3, 5], [8, 2]];
    let (tested, metrics) = tested(&masks, &masks, &task(|_| {}));
    for (name, best) in [("dice", 1.0), ("iou", 1.0), ("hd95", 0.0), ("assd", 0.0), ("nsd", 1.0)] {
        for class in [None, Some("a"), Some("b")] {
            assert_eq!(value(&metrics, name, class), best, "{name}");
        }
    }
    assert_eq!(tested.masks[1].truth, tested.masks[1].predicted);
    assert_eq!(tested.masks[1].size, (SIDE, SIDE));
}

#[test]
fn values_are_those_of_each_structure_and_their_mean() {
    let (tested, metrics) = tested(&[[4, 4]], &[[4, 2]], &task(|_| {}));
    let expected = 2.0 * 4.0 / (16.0 + 4.0);
    assert_eq!(value(&metrics, "dice", Some("b")), expected);
    assert_eq!(value(&metrics, "dice", None), f64::midpoint(1.0, expected));
    assert_eq!(tested.metrics.len(), 15);
    assert!(tested.metrics.iter().all(|row| (&*row.case, &*row.patient) == ("c0", "p0")));
}

#[test]
fn distances_are_in_the_units_of_the_spacing() {
    let hd95 = |spacing: Option<[f64; 2]>| {
        let task = task(|spec| spec.spacing = spacing.map(Spacing::Stated));
        value(&tested(&[[4, 4]], &[[4, 2]], &task).1, "hd95", Some("b"))
    };
    assert!((hd95(Some([0.5, 0.5])) - 0.5 * hd95(None)).abs() < 1e-12);
}

#[test]
fn a_missing_structure_counts_and_is_told() {
    let (_, metrics) = tested(&[[4, 0], [4, 4]], &[[4, 4], [4, 0]], &task(|_| {}));
    assert_eq!(value(&metrics, "dice", Some("b")), 0.0);
    let note = metrics.iter().find(|m| m.metric == "dice" && m.class.as_deref() == Some("b"));
    assert!(note.is_some_and(|m| m.undefined.as_ref().is_some_and(|n| n.contains("2 of 2"))));
}

#[test]
fn images_and_masks_move_together() {
    let data = data(&[[3, 5]]);
    let objective = objective(&Recipe::default(), &task(|_| {}), &data, &[]).expect("an objective");
    let mirror = [[-1.0, 0.0, 0.0, 0.0, 1.0, 0.0]];
    let sampler = Sampler::Maps { maps: &mirror, size: i64::from(SIDE) };
    let moved = objective.truth(&data, &[0], &sampler, OPTIONS).expect("maps");
    let still = objective.truth(&data, &[0], &WHOLE, OPTIONS).expect("maps");
    assert_eq!(moved, still.flip([3]));
    // Where the map leaves the image nothing counts.
    let away = [[1.0, 0.0, 1.0, 0.0, 1.0, 0.0]];
    let sampler = Sampler::Maps { maps: &away, size: i64::from(SIDE) };
    let moved = objective.truth(&data, &[0], &sampler, OPTIONS).expect("maps");
    let counts = moved.narrow(1, 2, 1);
    assert_eq!(counts.narrow(3, 0, 4).min().double_value(&[]), 1.0);
    assert_eq!(counts.narrow(3, 4, 4).max().double_value(&[]), 0.0);
}

#[test]
fn thresholds_are_left_to_choose_where_the_task_says_so() {
    let data = data(&[[3, 5]]);
    let of = |task: &Task| objective(&Recipe::default(), task, &data, &[]).expect("an objective");
    assert!(of(&task(|_| {})).candidates().is_empty());
    let chosen = task(|spec| spec.decision = Decision::Chosen(Chosen::Validation));
    assert_eq!(of(&chosen).candidates().first(), Some(&0.5));
    let stated = task(|spec| spec.decision = Decision::Stated(0.3));
    assert_eq!(of(&stated).stated_decision(), 0.3);
}
