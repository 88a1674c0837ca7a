use super::*;
use crate::train::layout::Layout;
use tch::Device;

const DECAY: f64 = 0.01;

fn optimizer(kind: spec::Optimizer, momentum: f64, parameter: &Tensor) -> Optimizer {
    let recipe = Recipe { optimizer: kind, weight_decay: DECAY, momentum, ..Recipe::default() };
    Optimizer::new(&recipe, vec![("p".into(), parameter.shallow_clone())])
}

/// Steps on the sum of cubes.
fn descend(optimizer: &mut Optimizer, parameter: &Tensor, steps: usize, learning_rate: f64) {
    for _ in 0..steps {
        let loss = parameter.pow_tensor_scalar(3).sum(parameter.kind());
        optimizer.step(&loss, learning_rate).expect("a step");
    }
}

fn values(tensor: &Tensor) -> Vec<f64> {
    let flat = tensor.detach().contiguous().view(-1).to_kind(Kind::Double);
    Vec::try_from(flat).expect("numbers")
}

/// The published algorithms in f64, as they are printed.
fn reference(
    kind: spec::Optimizer,
    momentum: f64,
    mut p: Vec<f64>,
    (steps, learning_rate): (usize, f64),
) -> Vec<f64> {
    let (mut m, mut v) = (vec![0.0; p.len()], vec![0.0; p.len()]);
    for step in 1..=steps as i32 {
        for i in 0..p.len() {
            let mut g = 3.0 * p[i] * p[i];
            match kind {
                spec::Optimizer::Sgd => {
                    g += DECAY * p[i];
                    m[i] = momentum * m[i] + g;
                    p[i] -= learning_rate * m[i];
                    continue;
                }
                spec::Optimizer::Adam => g += DECAY * p[i],
                spec::Optimizer::Adamw => p[i] *= 1.0 - learning_rate * DECAY,
            }
            m[i] = 0.9 * m[i] + 0.1 * g;
            v[i] = 0.999 * v[i] + 0.001 * g * g;
            let m_hat = m[i] / (1.0 - 0.9f64.powi(step));
            let v_hat = v[i] / (1.0 - 0.999f64.powi(step));
            p[i] -= learning_rate * m_hat / (v_hat.sqrt() + 1e-8);
        }
    }
    p
}

const KINDS: [(spec::Optimizer, f64); 4] = [
    (spec::Optimizer::Adamw, 0.9),
    (spec::Optimizer::Adam, 0.9),
    (spec::Optimizer::Sgd, 0.9),
    (spec::Optimizer::Sgd, 0.0),
];

#[test]
fn steps_follow_the_published_algorithms() {
    for (kind, momentum) in KINDS {
        let p = Tensor::from_slice(&[1.0, -2.0]).set_requires_grad(true);
        descend(&mut optimizer(kind, momentum, &p), &p, 3, 0.1);
        let wanted = reference(kind, momentum, vec![1.0, -2.0], (3, 0.1));
        for (got, want) in values(&p).iter().zip(wanted) {
            assert!((got - want).abs() < 1e-12, "{kind:?}: got {got}, want {want}");
        }
    }
}

/// In f32, over many steps, whatever the layout of the parameter: within a
/// millionth of the algorithm in f64, or of its value where that is above 1.
#[test]
fn the_layout_of_a_parameter_does_not_matter() {
    const STEPS: (usize, f64) = (50, 1e-3);
    for (kind, momentum) in KINDS {
        for layout in [Layout::ChannelsFirst, Layout::ChannelsLast] {
            let start = Tensor::linspace(-1.0, 1.0, 5 * 3 * 3 * 7, (Kind::Float, Device::Cpu));
            let start = layout.of_images(&start.view([5, 3, 3, 7])).expect("laid out");
            let wanted = reference(kind, momentum, values(&start), STEPS);
            let p = start.set_requires_grad(true);
            descend(&mut optimizer(kind, momentum, &p), &p, STEPS.0, STEPS.1);
            for (got, want) in values(&p).iter().zip(wanted) {
                let gap = (got - want).abs() / want.abs().max(1.0);
                assert!(gap < 1e-6, "{kind:?}, {layout:?}: {got} for {want}");
            }
        }
    }
}

#[test]
fn a_restored_optimiser_goes_on_bit_for_bit() {
    for (kind, momentum) in KINDS {
        let start = || {
            let p = Tensor::linspace(-1.0, 1.0, 24, (Kind::Float, Device::Cpu));
            let p = Layout::ChannelsLast.of_images(&p.view([2, 3, 2, 2])).expect("laid out");
            p.set_requires_grad(true)
        };
        let whole = start();
        descend(&mut optimizer(kind, momentum, &whole), &whole, 5, 0.01);
        let mut parted = start();
        let mut first = optimizer(kind, momentum, &parted);
        descend(&mut first, &parted, 2, 0.01);
        let (steps, moments) = first.state();
        let mut again = optimizer(kind, momentum, &parted);
        let find = |name: &str| {
            let found = moments.iter().find(|(known, _)| known == name);
            // As from a file: channels first.
            found.map(|(_, tensor)| tensor.contiguous())
        };
        no_grad(|| again.restore(steps, find)).expect("restored");
        descend(&mut again, &parted, 3, 0.01);
        assert_eq!(values(&parted), values(&whole), "{kind:?}");
        // Without its moments it would not.
        parted = start();
        descend(&mut optimizer(kind, momentum, &parted), &parted, 2, 0.01);
        descend(&mut optimizer(kind, momentum, &parted), &parted, 3, 0.01);
        assert_eq!(values(&parted) != values(&whole), momentum > 0.0, "{kind:?}");
    }
}

#[test]
fn a_step_of_rate_zero_changes_nothing() {
    for (kind, momentum) in KINDS {
        let p = Tensor::from_slice(&[1.0f32, -2.0]).set_requires_grad(true);
        descend(&mut optimizer(kind, momentum, &p), &p, 2, 0.0);
        assert_eq!(values(&p), [1.0, -2.0], "{kind:?}");
    }
}
