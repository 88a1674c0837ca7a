use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indexmap::IndexMap;

use super::*;
use crate::models::{BuildOptions, build_with};
use crate::spec::{Loaded, MemoryFormat, Optimizer as OptimizerKind, Precision, parse};
use crate::study::{PlanOptions, plan};
use crate::train::{stop, whole};
use crate::zoo;

const STUDY: &str = r#"
[study]
name = "s"
seeds = [1]
[tasks.findings]
source = "phantom"
target = "multi-label"
phantom = { labels = "finding", size = 32, train = 20, val = 4, test = 4 }
[models.small]
backbone = "mobilenet_v2"
[inits.random]
random = true
[recipe]
epochs = 3
batch_size = 8
image_size = 32
"#;

/// A run whose data are prepared.
struct Place {
    folder: tempfile::TempDir,
    spec: RunSpec,
}

impl Place {
    fn new() -> Self {
        Self::of(Path::new("study.toml"), STUDY)
    }

    fn of(path: &Path, text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let study = parse(path, text, &IndexMap::new()).expect("a study");
        let options = PlanOptions {
            output: folder.path().join("s"),
            cache_dir: folder.path().join("cache"),
            zoo_store: folder.path().join("zoo"),
            command: Vec::new(),
        };
        let loaded = Loaded { study, sha256: "00".into() };
        let plan = plan(&loaded, &options, &mut |_| {}).expect("a plan");
        Self { folder, spec: plan.runs[0].clone() }
    }

    /// Begins the run of `name`, or goes on with it, under another recipe.
    fn run<T>(
        &self,
        name: &str,
        change: impl Fn(&mut RunSpec),
        act: impl FnOnce(&mut Run<'_>, &RunDir) -> T,
    ) -> T {
        let mut spec = self.spec.clone();
        change(&mut spec);
        let dir = RunDir::at(self.folder.path().join(name));
        fs::create_dir_all(dir.root()).expect("a folder");
        let options = TrainOptions {
            run_dir: dir.root().to_path_buf(),
            cache_dir: self.folder.path().join("cache"),
            device: Device::Cpu,
            threads: 1,
            git: None,
            keep_weights: false,
        };
        let data = Dataset::open(&options.cache_dir, &spec.data_hash).expect("data");
        let cases = Cases::select(&spec, &data).expect("cases");
        let objective =
            objective(&spec.recipe, &spec.task_spec, &data, &cases.train).expect("an objective");
        let asked = (spec.recipe.precision, spec.recipe.memory_format);
        let arithmetic = Arithmetic::new(asked, spec.backbone, Device::Cpu).expect("of the CPU");
        let batches =
            Batches::new(&data, &*objective, &spec.recipe, spec.normalization, arithmetic);
        let mut run =
            Run::start(&spec, &cases, batches, &options, &dir, &mut |_| {}).expect("a start");
        act(&mut run, &dir)
    }
}

fn epochs(run: &mut Run<'_>, count: usize) {
    for _ in 0..count {
        run.epoch(&mut |_| {}).expect("an epoch");
    }
}

/// What is left after its epochs: all variables and all losses, to the bit.
fn left(run: &mut Run<'_>) -> (BTreeMap<String, Vec<f32>>, Vec<[u64; 2]>) {
    let values = |tensor: &Tensor| {
        Vec::<f32>::try_from(tensor.detach().contiguous().view(-1)).expect("values")
    };
    let variables = run.store.variables();
    let variables = variables.iter().map(|(name, tensor)| (name.clone(), values(tensor)));
    let losses = run.counters.history.iter().map(|e| [e.train_loss, e.val_loss].map(f64::to_bits));
    (variables.collect(), losses.collect())
}

fn saved(run: &mut Run<'_>, dir: &RunDir) {
    run.saved -= Duration::from_hours(1);
    run.save(dir, &mut |_| {});
    assert!(dir.resume().is_file());
}

type Mode = (&'static str, fn(&mut RunSpec));

const MODES: [Mode; 4] = [
    ("f32", |_| {}),
    ("contiguous", |spec| spec.recipe.memory_format = MemoryFormat::Contiguous),
    ("bf16", |spec| spec.recipe.precision = Precision::Bf16),
    ("bf16-sgd", |spec| {
        spec.recipe.precision = Precision::Bf16;
        spec.recipe.memory_format = MemoryFormat::Contiguous;
        spec.recipe.optimizer = OptimizerKind::Sgd;
    }),
];

#[test]
#[ignore = "draws_come_from_one_generator runs it"]
fn in_each_mode_a_run_is_the_same_twice_and_after_a_stop() {
    tch::set_num_threads(1);
    let place = Place::new();
    let mut results = Vec::new();
    for (name, change) in MODES {
        let whole = place.run(name, change, |run, _| {
            epochs(run, 3);
            left(run)
        });
        let again = place.run(name, change, |run, _| {
            epochs(run, 3);
            left(run)
        });
        assert!(whole == again, "{name}: the same run twice");
        let stopped = format!("{name}-stopped");
        place.run(&stopped, change, |run, dir| {
            epochs(run, 1);
            saved(run, dir);
        });
        let resumed = place.run(&stopped, change, |run, _| {
            assert_eq!((run.counters.epoch, run.counters.attempts), (1, 2), "{name}");
            epochs(run, 2);
            left(run)
        });
        assert!(whole == resumed, "{name}: after a stop");
        results.push(whole);
    }
    // The modes are what they say: no two compute the same.
    for (i, one) in results.iter().enumerate() {
        assert!(results[..i].iter().all(|other| other != one), "{}", MODES[i].0);
    }
}

/// Stopped after each step, in validation and in the test, by networks with and
/// without dropout: what is left is that of the undisturbed run, to the bit.
#[test]
#[ignore = "draws_come_from_one_generator runs it"]
fn a_run_that_is_stopped_within_an_epoch_goes_on_as_if_it_was_not() {
    tch::set_num_threads(1);
    let place = Place::new();
    let networks: [Mode; 3] = [
        ("mobilenet", |_| {}),
        ("resnet", |spec| spec.backbone = crate::spec::Backbone::Resnet18),
        ("convnext", |spec| {
            spec.backbone = crate::spec::Backbone::ConvnextTiny;
            spec.recipe.precision = Precision::Bf16;
        }),
    ];
    for (name, change) in networks {
        let whole = place.run(name, change, |run, _| {
            epochs(run, 2);
            left(run)
        });
        // 20 cases in batches of 8: three steps, and the validation; in the first epoch
        // and in the second.
        for (before, stop_at) in [(0, 1), (0, 3), (1, 1), (1, 2), (1, 3)] {
            let stopped = format!("{name}-{before}-{stop_at}");
            place.run(&stopped, change, |run, dir| {
                epochs(run, before);
                let flag = Arc::new(AtomicBool::new(false));
                stop::when(Arc::clone(&flag));
                let ended = run.epoch(&mut |progress| {
                    flag.store(progress.step >= stop_at, Ordering::Relaxed);
                });
                assert!(matches!(ended, Err(TrainError::Stopped)), "{name} {stop_at}");
                assert!(run.or_stopped(ended, dir, &mut |_| {}).is_err());
                assert_eq!(run.counters.steps, Some(stop_at as usize));
                // Asked again before it got anywhere.
                assert!(dir.resume().is_file());
            });
            let resumed = place.run(&stopped, change, |run, dir| {
                let flag = Arc::new(AtomicBool::new(true));
                stop::when(Arc::clone(&flag));
                let ended = run.epoch(&mut |_| {});
                assert!(run.or_stopped(ended, dir, &mut |_| {}).is_err());
                flag.store(false, Ordering::Relaxed);
                epochs(run, 2 - before);
                flag.store(true, Ordering::Relaxed);
                assert!(matches!(run.test(), Err(TrainError::Stopped)));
                flag.store(false, Ordering::Relaxed);
                left(run)
            });
            assert!(whole == resumed, "{stopped}: stopped within an epoch");
        }
    }
}

/// The loss of the first step: what follows is as chaotic as training is.
#[test]
#[ignore = "draws_come_from_one_generator runs it"]
fn layout_and_precision_change_results_by_rounding() {
    tch::set_num_threads(1);
    let place = Place::new();
    let first = |(name, change): Mode| {
        let one_step = |spec: &mut RunSpec| {
            change(spec);
            spec.recipe.batch_size = 32;
        };
        place.run(name, one_step, |run, _| {
            epochs(run, 1);
            run.counters.history[0].train_loss
        })
    };
    let [f32, contiguous, bf16, _] = MODES.map(first);
    assert!((f32 - contiguous).abs() < 1e-5, "{f32} {contiguous}");
    assert!((f32 - bf16).abs() < 0.02 && f32 != bf16, "{f32} {bf16}");
}

/// Weights and dropout are drawn from libtorch's one generator, which other
/// tests of this process draw from, too: these have a process of their own.
#[test]
fn draws_come_from_one_generator() {
    for test in [
        "in_each_mode_a_run_is_the_same_twice_and_after_a_stop",
        "a_run_that_is_stopped_within_an_epoch_goes_on_as_if_it_was_not",
        "layout_and_precision_change_results_by_rounding",
    ] {
        let name = format!("train::run::tests::{test}");
        let program = std::env::current_exe().expect("this program");
        let said = std::process::Command::new(program)
            .args(["--ignored", "--exact", "--test-threads", "1", &name])
            .output()
            .expect("it starts");
        let text = String::from_utf8_lossy(&said.stdout);
        assert!(said.status.success() && text.contains("1 passed"), "{text}");
    }
}

/// Half of the epochs in one arithmetic and half in another would be a result
/// of neither.
#[test]
fn epochs_of_another_arithmetic_are_not_gone_on_with() {
    tch::set_num_threads(1);
    let place = Place::new();
    place.run(
        "old",
        |_| {},
        |run, dir| {
            epochs(run, 1);
            // As version 0.1 left it.
            run.counters.arithmetic = None;
            saved(run, dir);
        },
    );
    let log = place.run(
        "old",
        |_| {},
        |run, dir| {
            assert_eq!((run.counters.epoch, run.counters.attempts), (0, 2));
            assert!(run.counters.history.is_empty());
            fs::read_to_string(dir.log()).expect("a log")
        },
    );
    assert!(log.contains("1 epochs were computed as version 0.1 did; started anew"), "{log}");
    let other = MODES[1].1;
    place.run(
        "two",
        |_| {},
        |run, dir| {
            epochs(run, 1);
            saved(run, dir);
        },
    );
    place.run("two", other, |run, _| assert_eq!(run.counters.epoch, 0));
}

/// `cargo xtask parity steps`: the losses of networks that begin with the weights of a
/// peer's, step by step, for comparison with the peer's.
#[test]
#[ignore = "needs folders of the peer's making"]
fn steps_of_a_peer() {
    let folder = std::env::var_os("TRANSFOLIO_PEER_STEPS").expect("a folder");
    for folder in fs::read_dir(folder).expect("folders").flatten().map(|entry| entry.path()) {
        let study = folder.join("study.toml");
        let place = Place::of(&study, &fs::read_to_string(&study).expect("a study"));
        let losses = place.run(
            "steps",
            |_| {},
            |run, _| {
                begin_with(run, &folder);
                let count = run.spec.recipe.epochs as usize;
                epochs(run, count);
                run.counters.history.iter().map(|epoch| epoch.train_loss).collect::<Vec<f64>>()
            },
        );
        fs::write(folder.join("ours.json"), serde_json::to_vec(&losses).expect("JSON"))
            .expect("written");
    }
}

/// Puts a whole network of a peer's in place of the run's own.
fn begin_with(run: &mut Run<'_>, folder: &Path) {
    let masks = folder.join("weights.safetensors");
    if masks.is_file() {
        let weights = zoo::read(&masks).expect("weights");
        zoo::load_whole(&mut run.store, &weights).expect("a network of the same make");
        return;
    }
    // Another one of the same architecture, which draws nothing in a step.
    let mut store = nn::VarStore::new(run.device);
    let outputs = run.objective.outputs().len() as i64;
    let size = Some(run.spec.recipe.image_size);
    let options = BuildOptions { image_size: size, drop_path: Some(0.0) };
    let network = build_with(&store.root(), run.spec.backbone, outputs, &options).expect("built");
    let path = folder.join("weights.pth");
    let weights = zoo::read(&path).expect("weights");
    whole::load(&mut store, run.objective, run.spec, None, (&path, &weights)).expect("loaded");
    run.batches.arithmetic().prepare(&mut store).expect("ordered");
    run.optimizer = Optimizer::new(&run.spec.recipe, parameters(&store));
    (run.network, run.store) = (Box::new(network), store);
}
