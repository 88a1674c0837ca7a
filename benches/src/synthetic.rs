//! The records of a large study that nobody trained: the project's own layout,
//! scores by formula.
//!
//! The score of a case is a logit: a part of the case alone (all runs find the
//! same images hard), a part of the run (its seed), a step for the label that
//! depends on model, task and class, and a step of the seed. So models differ,
//! seeds scatter, and runs on the same cases are correlated, as they are in
//! studies.

use std::error::Error;
use std::path::Path;
use std::sync::Mutex;

use transfolio::frame::{metrics_of, write_predictions};
use transfolio::records::{
    Answer, FORMAT, Prediction, Provenance, Record, RunState, StudyDir, StudyRecord, write_json,
};
use transfolio::spec::{self, RunSpec, Study, Target};

/// How large the study is.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Size {
    pub models: usize,
    pub tasks: usize,
    pub classes: usize,
    pub seeds: usize,
    pub cases: usize,
    pub images_per_patient: usize,
}

impl Size {
    /// Number of runs.
    pub fn runs(self) -> usize {
        self.models * self.tasks * self.seeds
    }
}

/// Writes the study folder, on all cores.
pub fn write_study(dir: &Path, size: Size) -> Result<(), Box<dyn Error + Send + Sync>> {
    let study = study(size)?;
    let runs = spec::expand(&study, &spec::Fingerprints::default());
    let next = Mutex::new(runs.iter().enumerate());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || -> Result<(), Box<dyn Error + Send + Sync>> {
        loop {
            let taken = next.lock().map_err(|_| "another worker panicked")?.next();
            let Some((index, run)) = taken else { return Ok(()) };
            write_run(dir, run, index, size)?;
        }
    };
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        handles.into_iter().try_for_each(|h| h.join().map_err(|_| "a worker panicked")?)
    })?;
    let record = StudyRecord {
        format: FORMAT,
        study,
        study_sha256: String::new(),
        command: vec!["synthetic".into()],
        data_hashes: std::collections::BTreeMap::new(),
        data_notes: std::collections::BTreeMap::new(),
        train_cases: std::collections::BTreeMap::new(),
        data_facts: std::collections::BTreeMap::new(),
        runs: runs.iter().map(RunSpec::id).collect(),
        ancestry: std::collections::BTreeMap::new(),
        weights_notes: std::collections::BTreeMap::new(),
    };
    Ok(write_json(&StudyDir::new(dir).study(), &record)?)
}

fn study(size: Size) -> Result<Study, Box<dyn Error + Send + Sync>> {
    let list = |n: usize, name: &str| -> Vec<String> {
        (0..n).map(|i| format!("\"{name}{i:02}\"")).collect()
    };
    let seeds: Vec<String> = (0..size.seeds).map(|seed| seed.to_string()).collect();
    let mut text = format!("[study]\nname = \"scale\"\nseeds = [{}]\n", seeds.join(", "));
    for task in 0..size.tasks {
        let target = if size.classes > 1 { "multi-label" } else { "binary" };
        text += &format!(
            "[tasks.task{task:02}]\nsource = \"manifest\"\npath = \"task{task:02}.csv\"\n\
             target = \"{target}\"\nlabels = [{}]\n",
            list(size.classes, "finding").join(", ")
        );
    }
    for model in 0..size.models {
        text += &format!("[models.model{model:02}]\nbackbone = \"resnet18\"\n");
    }
    text += "[inits.random]\nrandom = true\n[comparison]\nmargin = 0.01\n";
    text += "[[claims]]\ntext = \"The last model beats the first\"\n";
    text += &format!("better = {{ model = \"model{:02}\" }}\n", size.models.max(1) - 1);
    text += "than = { model = \"model00\" }\n";
    let nothing_set = std::iter::empty().collect();
    Ok(spec::parse(Path::new("scale.toml"), &text, &nothing_set)?)
}

fn write_run(
    dir: &Path,
    run: &RunSpec,
    index: usize,
    size: Size,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let id = run.id();
    let folder = StudyDir::new(dir).run(&id);
    let classes: Vec<String> = (0..size.classes).map(|c| format!("finding{c:02}")).collect();
    let target = if size.classes > 1 { Target::MultiLabel } else { Target::Binary };
    let rows = predictions(index, size);
    write_predictions(&folder.predictions(), &classes, target, &rows)?;
    write_json(&folder.spec(), run)?;
    let record = Record {
        format: FORMAT,
        run: id,
        state: RunState::Done,
        metrics: metrics_of(&rows, &classes, target),
        validation: Vec::new(),
        decision: None,
        also_tested: Vec::new(),
        cases: [0, 0, size.cases as u64],
        best_epoch: 1,
        epochs: 1,
        loaded: None,
        spec_sha256: None,
        files: None,
        sha256: None,
        provenance: Provenance::default(),
    };
    Ok(write_json(&folder.record(), &record)?)
}

/// Predictions of the run at `index` of the matrix: tasks, models, seeds.
fn predictions(index: usize, size: Size) -> Vec<Prediction> {
    let seed = index % size.seeds;
    let model = index / size.seeds % size.models;
    let task = index / size.seeds / size.models;
    let of_run = noise(&[1, index]) * 0.05;
    let steps: Vec<f64> = (0..size.classes)
        .map(|class| {
            let quality = model as f64 / size.models as f64 * 0.1;
            1.2 + quality
                + 0.1 * noise(&[2, task, class])
                + of_run
                + 0.03 * noise(&[3, seed, class])
        })
        .collect();
    (0..size.cases)
        .map(|case| {
            let mut labels = Vec::with_capacity(size.classes);
            let mut scores = Vec::with_capacity(size.classes);
            for (class, step) in steps.iter().enumerate() {
                // From 20 % of the cases to 1 %.
                let share = 0.2 / (1.0 + 1.5 * class as f64);
                let positive = uniform(&[4, task, class, case]) < share;
                let shared = noise(&[5, task, class, case]);
                let own = noise(&[6, index, class, case]);
                let logit = -2.0 + step * f64::from(u8::from(positive)) + 0.8 * shared + 0.5 * own;
                labels.push(Some(positive));
                scores.push((1.0 / (1.0 + (-logit).exp())) as f32);
            }
            Prediction {
                case: format!("{case:08}_000.png"),
                patient: format!("{:06}", case / size.images_per_patient),
                answer: Answer::Labels { labels, scores },
            }
        })
        .collect()
}

/// A number in [0, 1) that depends on `of` alone.
fn uniform(of: &[usize]) -> f64 {
    let mut state = 0u64;
    for part in of {
        state = mixed(state ^ *part as u64);
    }
    (state >> 11) as f64 / (1u64 << 53) as f64
}

/// Nearly normal: the sum of four uniform numbers, centred, of variance 1.
fn noise(of: &[usize]) -> f64 {
    let first = (uniform(of) * (1u64 << 53) as f64) as u64;
    let sum: f64 = (0..4).map(|i| (mixed(first ^ (i << 60)) >> 11) as f64).sum();
    (sum / (1u64 << 53) as f64 - 2.0) * 3f64.sqrt()
}

/// The step of SplitMix64.
fn mixed(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
