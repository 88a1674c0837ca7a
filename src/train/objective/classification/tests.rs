use super::*;
use crate::data::{Label, Split};
use crate::spec::{ClassWeights, Recipe, Source, Task};
use crate::train::objective;

const CENTRE: Sampler<'static> = Sampler::Centre { size: 1 };

fn step<'a>(data: &'a Dataset, cases: &'a [usize], output: &'a Tensor) -> Step<'a> {
    Step { data, cases, output, truth: output }
}

fn objective(data: &Dataset) -> Box<dyn Objective> {
    let task = Task::new(Source::Manifest, data.target);
    objective::objective(&Recipe::default(), &task, data, &[]).expect("an objective")
}

const CLASSES: [&str; 3] = ["a", "b", "c"];

/// Cases without much of an image, and what is true of them.
fn data(target: Target, classes: usize, truths: &[Truth]) -> Dataset {
    let case = |(index, truth): (usize, &Truth)| Case {
        id: format!("c{index}"),
        patient: format!("p{index}"),
        split: Split::Test,
        truth: truth.clone(),
    };
    let cases = truths.iter().enumerate().map(case).collect();
    let names = CLASSES[..classes].iter().map(ToString::to_string).collect();
    Dataset::in_memory("t", names, target, (1, 1), cases, vec![0; truths.len()]).expect("data")
}

fn logits(rows: &[&[f64]]) -> Tensor {
    Tensor::from_slice(&rows.concat()).view([rows.len() as i64, -1])
}

/// Mean loss and rows of all cases for those outputs.
fn judged(data: &Dataset, output: &Tensor) -> (f64, Vec<Prediction>) {
    let objective = objective(data);
    let cases: Vec<usize> = (0..data.len()).collect();
    let truth =
        objective.truth(data, &cases, &CENTRE, (Kind::Double, Device::Cpu)).expect("a truth");
    let loss = objective.loss(output, &truth).expect("a loss").double_value(&[]);
    (loss, objective.tested(&step(data, &cases, output), 0.5).expect("rows").predictions)
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

#[test]
fn a_binary_target_has_one_output_for_its_second_class() {
    let data = data(Target::Binary, 2, &[Truth::Class(0), Truth::Class(1)]);
    assert_eq!(objective(&data).outputs(), ["b"]);
    let (loss, rows) = judged(&data, &logits(&[&[0.0], &[3f64.ln()]]));
    assert!(near(loss, -(0.5f64.ln() + 0.75f64.ln()) / 2.0), "{loss}");
    let expected = Answer::Labels { labels: vec![Some(true)], scores: vec![0.75] };
    assert_eq!((rows[1].case.as_str(), rows[1].patient.as_str()), ("c1", "p1"));
    assert_eq!(rows[1].answer, expected);
    assert!(!rows[0].answer.has(0));
}

#[test]
fn of_several_classes_one_is_right() {
    let data = data(Target::MultiClass, 3, &[Truth::Class(2), Truth::Class(0)]);
    assert_eq!(objective(&data).outputs(), CLASSES);
    let (loss, rows) = judged(&data, &logits(&[&[0.0, 0.0, 2f64.ln()], &[0.0; 3]]));
    assert!(near(loss, -(0.5f64.ln() + (1.0f64 / 3.0).ln()) / 2.0), "{loss}");
    assert_eq!(rows[0].answer, Answer::Class { class: 2, scores: vec![0.25, 0.25, 0.5] });
}

#[test]
fn several_labels_are_each_by_themselves() {
    let both = Truth::of_each([true, true]);
    let data = data(Target::MultiLabel, 2, &[Truth::of_each([false, true]), both]);
    let (loss, rows) = judged(&data, &logits(&[&[0.0, 3f64.ln()], &[0.0, 0.0]]));
    let expected = -(0.5f64.ln() + 0.75f64.ln() + 0.5f64.ln() + 0.5f64.ln()) / 4.0;
    assert!(near(loss, expected), "{loss}");
    let answer = Answer::Labels { labels: vec![Some(false), Some(true)], scores: vec![0.5, 0.75] };
    assert_eq!(rows[0].answer, answer);
}

#[test]
fn labels_that_nobody_knows_add_nothing_to_the_loss_and_give_no_gradient() {
    let truths =
        [vec![Label::Unknown, Label::Known(true)], vec![Label::Known(false), Label::Unknown]]
            .map(Truth::Classes);
    let data = data(Target::MultiLabel, 2, &truths);
    let output = logits(&[&[7.0, 3f64.ln()], &[0.0, -5.0]]).set_requires_grad(true);
    let (loss, rows) = judged(&data, &output);
    assert!(near(loss, -(0.75f64.ln() + 0.5f64.ln()) / 4.0), "{loss}");
    let Answer::Labels { labels, .. } = &rows[0].answer else { panic!("{rows:?}") };
    assert_eq!(*labels, [None, Some(true)]);
    let objective = objective(&data);
    let truth =
        objective.truth(&data, &[0, 1], &CENTRE, (Kind::Double, Device::Cpu)).expect("a truth");
    objective.loss(&output, &truth).expect("a loss").backward();
    let gradient = Vec::<f64>::try_from(output.grad().view(-1)).expect("numbers");
    assert!(gradient[0] == 0.0 && gradient[3] == 0.0, "{gradient:?}");
    assert!(near(gradient[1], -0.25 / 4.0) && near(gradient[2], 0.5 / 4.0), "{gradient:?}");
    // What is known of all is computed as ever.
    let known = [Truth::of_each([true, true]), Truth::of_each([false, true])];
    let whole = self::data(Target::MultiLabel, 2, &known);
    let masked = Classification::multi_label(&whole.classes, false, false, None);
    let truth =
        masked.truth(&whole, &[0, 1], &CENTRE, (Kind::Double, Device::Cpu)).expect("a truth");
    let loss = masked.loss(&output, &truth).expect("a loss").double_value(&[]);
    assert!(near(loss, judged(&whole, &output).0));
}

#[test]
fn soft_labels_are_aimed_at_and_are_no_labels_of_a_metric() {
    let truths =
        [vec![Label::Soft(0.7), Label::Known(true)], vec![Label::Soft(0.25), Label::Unknown]]
            .map(Truth::Classes);
    let data = data(Target::MultiLabel, 2, &truths);
    let output = logits(&[&[3f64.ln(), 0.0], &[0.0, 9.0]]).set_requires_grad(true);
    let (loss, rows) = judged(&data, &output);
    // Probabilities of 0.75, 0.5 and 0.5; the fourth label is unknown.
    let first = 0.7f64.mul_add(0.75f64.ln(), 0.3 * 0.25f64.ln());
    let expected = -(first + 0.5f64.ln() + 0.5f64.ln()) / 4.0;
    assert!((loss - expected).abs() < 1e-8, "{loss}: labels are 32-bit floats");
    let labels = |at: usize| match &rows[at].answer {
        Answer::Labels { labels, .. } => labels.clone(),
        Answer::Class { .. } => panic!("{rows:?}"),
    };
    assert_eq!((labels(0), labels(1)), (vec![None, Some(true)], vec![None, None]));
    let objective = objective(&data);
    let truth =
        objective.truth(&data, &[0, 1], &CENTRE, (Kind::Double, Device::Cpu)).expect("a truth");
    objective.loss(&output, &truth).expect("a loss").backward();
    let gradient = Vec::<f64>::try_from(output.grad().view(-1)).expect("numbers");
    for (got, wanted) in gradient.iter().zip([0.75 - 0.7, 0.5 - 1.0, 0.5 - 0.25, 0.0]) {
        assert!((got - wanted / 4.0).abs() < 1e-7, "{gradient:?}");
    }
    // A metric counts the cases whose label is known.
    let metrics = frame::metrics_of(&rows, objective.outputs(), Target::MultiLabel);
    let of = |class: Option<&str>| {
        let found = metrics.iter().find(|m| m.metric == "auc" && m.class.as_deref() == class);
        found.map(|m| m.n)
    };
    assert_eq!((of(Some("a")), of(Some("b"))), (Some(0), Some(1)), "{metrics:?}");
}

#[test]
fn a_run_leaves_its_rows_and_metrics() {
    let data = data(Target::Binary, 2, &[Truth::Class(0), Truth::Class(1), Truth::Class(1)]);
    let objective = objective(&data);
    let output = logits(&[&[1.0], &[-1.0]]);
    let tested = objective.tested(&step(&data, &[2, 0], &output), 0.5).expect("rows");
    assert!(tested.metrics.is_empty(), "its metrics are of runs alone");
    let dir = tempfile::tempdir().expect("a folder");
    let run = RunDir::at(dir.path());
    let metrics = objective.metrics(&tested);
    objective.record(&run, &data, &tested).expect("recorded");
    let values: Vec<_> = metrics.iter().map(|m| (m.metric.as_str(), m.value, m.n)).collect();
    assert_eq!(values, [("auc", Some(1.0), 2), ("accuracy", Some(1.0), 2)]);
    let read = frame::read_predictions(&run.predictions(), None).expect("read");
    assert_eq!((read.table.cases[0].as_str(), read.table.classes[0].as_str()), ("c2", "b"));
    assert!(!run.case_metrics().exists());
}

/// PyTorch 2.11: `F.binary_cross_entropy_with_logits(..., pos_weight=[3, 1.5])` and
/// `F.cross_entropy(..., weight=[0.5, 1, 2], reduction="sum") / 2`.
#[test]
fn rare_classes_count_more() {
    let labels = [Truth::of_each([true, false]), Truth::of_each([false, true])];
    let classes = [Truth::Class(0), Truth::Class(2)];
    let each: ClassWeights = serde_json::from_str("[3.0, 1.5]").expect("weights");
    let one: ClassWeights = serde_json::from_str("[0.5, 1.0, 2.0]").expect("weights");
    let plain = Recipe::default();
    for (data, recipe, output, expected) in [
        (
            data(Target::MultiLabel, 2, &labels),
            Recipe { pos_weight: Some(each), ..plain.clone() },
            logits(&[&[0.5, -1.0], &[2.0, 0.3]]),
            1.173_488_379_451_076_6,
        ),
        (
            data(Target::MultiClass, 3, &classes),
            Recipe { class_weights: Some(one), ..plain },
            logits(&[&[0.5, -1.0, 0.2], &[2.0, 0.3, -0.7]]),
            3.091_794_008_536_317,
        ),
    ] {
        let task = Task::new(Source::Manifest, data.target);
        let weighted = objective::objective(&recipe, &task, &data, &[]).expect("an objective");
        let truth = weighted.truth(&data, &[0, 1], &CENTRE, (Kind::Double, Device::Cpu));
        let loss = weighted.loss(&output, &truth.expect("a truth")).expect("a loss");
        assert!(near(loss.double_value(&[]), expected), "{loss:?}");
        let few = Recipe {
            pos_weight: Some(serde_json::from_str("[1.0]").expect("weights")),
            class_weights: Some(serde_json::from_str("[1.0]").expect("weights")),
            ..recipe
        };
        let error =
            objective::objective(&few, &task, &data, &[]).map(|_| ()).expect_err("a misfit");
        assert!(error.to_string().contains("names 1 weights for"), "{error}");
    }
}
