//! Training curves: training and validation loss per epoch, every seed as a thin
//! line, the mean of the seeds that are still training as a thick one.

use super::axes::{Axes, SMALL, TINY};
use super::canvas::{Anchor, Canvas, draw_sized};
use super::legend::{Key, Legend};
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{INK, MUTED, WIDTH, dash, series};
use super::thin::keep;
use super::words::{csv, left_out, number, thinned, told};
use crate::text::fixed;

/// More methods than this are left out, and the figure says so.
pub const MOST_TRAINING_METHODS: usize = 8;
/// More seeds than this get no line of their own, and the figure says so.
pub const MOST_TRAINING_SEEDS: usize = 10;
/// Points of a drawn line.
const MOST_POINTS: usize = 100;
/// From this ratio of the largest to the smallest loss on the scale is
/// logarithmic.
const WIDE: f64 = 30.0;

const LEFT: i32 = 140;
const MIDDLE: i32 = 536;
const RIGHT: i32 = WIDTH - 20;
const PLOT: i32 = 400;

/// Losses of several methods.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainingCurvesInput {
    /// One colour per method.
    pub series: Vec<TrainingSeries>,
}

/// Runs of one method.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainingSeries {
    /// Name of the method.
    pub name: String,
    /// One run per seed.
    pub runs: Vec<TrainingRun>,
}

/// Epochs of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainingRun {
    /// Seed of the run.
    pub seed: u64,
    /// Mean training loss of epoch 1, 2, ...
    pub train_loss: Vec<f64>,
    /// Validation loss after each.
    pub val_loss: Vec<f64>,
    /// Epoch whose weights were kept, from 1.
    pub best_epoch: Option<u32>,
}

impl TrainingCurvesInput {
    /// The data behind the figure.
    pub fn csv(&self) -> String {
        let runs = self.series.iter().flat_map(|line| line.runs.iter().map(move |run| (line, run)));
        let rows = runs.flat_map(|(line, run)| {
            let epochs = 0..run.train_loss.len().max(run.val_loss.len());
            epochs.map(move |at| {
                let loss = |list: &[f64]| list.get(at).map_or(String::new(), |v| number(*v));
                [
                    line.name.clone(),
                    run.seed.to_string(),
                    (at + 1).to_string(),
                    loss(&run.train_loss),
                    loss(&run.val_loss),
                ]
            })
        });
        csv(["method", "seed", "epoch", "train_loss", "val_loss"], rows)
    }

    fn losses(&self) -> impl Iterator<Item = f64> {
        let runs = self.series.iter().flat_map(|line| &line.runs);
        runs.flat_map(|run| run.train_loss.iter().chain(&run.val_loss).copied())
    }
}

impl TrainingSeries {
    /// Mean loss of each epoch over the runs that have one.
    fn mean(&self, of: fn(&TrainingRun) -> &[f64]) -> Vec<f64> {
        let epochs = self.runs.iter().map(|run| of(run).len()).max().unwrap_or(0);
        (0..epochs)
            .map(|at| {
                let values =
                    self.runs.iter().filter_map(|run| of(run).get(at)).filter(|v| v.is_finite());
                let (sum, n) = values.fold((0.0, 0), |(sum, n), v| (sum + v, n + 1));
                sum / f64::from(n)
            })
            .collect()
    }
}

/// Which of the losses, and where it is.
type Losses = (&'static str, fn(&TrainingRun) -> &[f64]);

const PANELS: [Losses; 2] =
    [("training loss", |run| &run.train_loss), ("validation loss", |run| &run.val_loss)];

/// The figure; `None` when no run has a loss.
pub fn training_curves(input: &TrainingCurvesInput) -> Option<Figure> {
    if !input.losses().any(f64::is_finite) {
        return None;
    }
    let shown = &input.series[..input.series.len().min(MOST_TRAINING_METHODS)];
    let mut notes: Vec<String> =
        thinned(shown.len(), input.series.len(), "methods").into_iter().collect();
    let seeds = shown.iter().map(|line| line.runs.len()).max().unwrap_or(0);
    if let Some(note) = thinned(MOST_TRAINING_SEEDS.min(seeds), seeds, "seeds") {
        notes.push(format!("{note} The mean is over all seeds."));
    }
    let legend = Legend::new(shown.iter().map(|line| line.name.as_str()), Key::Line, LEFT, RIGHT);
    let top = legend.height() + 64;
    let bottom = top + PLOT;
    let epochs = input.series.iter().flat_map(|line| &line.runs);
    let epochs = epochs.map(|run| run.train_loss.len().max(run.val_loss.len())).max().unwrap_or(1);
    let y = loss_scale(input, bottom, top);
    let panel = |left: i32, right: i32| {
        let x = epoch_scale(epochs, left, right);
        Axes { left, right, top, bottom, x, y: y.clone() }
    };
    let panels = [panel(LEFT, MIDDLE - 24), panel(MIDDLE, RIGHT)];
    let height = bottom + 96 + 32 * notes.len() as i32;
    let svg = draw_sized(WIDTH, height, |canvas| {
        legend.draw(canvas, 6);
        panels[0].vertical(canvas, "loss");
        for (axes, (title, of)) in panels.iter().zip(PANELS) {
            if axes.left != LEFT {
                for tick in &axes.y.ticks {
                    let y = axes.y.pixel(*tick);
                    canvas.line((axes.left, y), (axes.right, y), super::theme::GRID, 2);
                }
            }
            axes.horizontal(canvas, "epoch", false);
            let at = (i32::midpoint(axes.left, axes.right), top - 22);
            canvas.text(title, at, SMALL, Anchor::Centre, INK);
            for (index, line) in shown.iter().enumerate() {
                lines(canvas, axes, line, index, (title, of));
            }
        }
        for (line, note) in notes.iter().enumerate() {
            let at = (16, bottom + 104 + 32 * line as i32);
            canvas.text(note, at, TINY, Anchor::Left, MUTED);
        }
    });
    Some(Figure::new(svg, alt(input, &notes)))
}

fn loss_scale(input: &TrainingCurvesInput, bottom: i32, top: i32) -> Scale {
    let finite = || input.losses().filter(|v| v.is_finite());
    let (low, high) = finite().fold((f64::INFINITY, 0.0f64), |(l, h), v| (l.min(v), h.max(v)));
    if low > 0.0 && high / low > WIDE {
        return Scale::logarithmic(finite(), bottom, top);
    }
    Scale::around(finite(), bottom, top)
}

/// From the first epoch to the last, with whole ticks.
fn epoch_scale(epochs: usize, left: i32, right: i32) -> Scale {
    let last = epochs.max(2) as f64;
    let mut scale = Scale::exactly(1.0, last, left + 10, right - 10);
    scale.ticks.retain(|tick| tick.fract() == 0.0);
    scale.ticks.retain(|tick| *tick >= 1.0);
    if scale.ticks.first() != Some(&1.0) {
        scale.ticks.insert(0, 1.0);
    }
    scale
}

fn lines(
    canvas: &Canvas<'_>,
    axes: &Axes,
    line: &TrainingSeries,
    index: usize,
    (title, of): Losses,
) {
    let column = title.replace(' ', "_");
    let column = column.as_str();
    let color = series(index);
    for run in line.runs.iter().take(MOST_TRAINING_SEEDS) {
        let path = path(axes, of(run));
        if path.len() > 1 && line.runs.len() > 1 {
            canvas.faint(path, color, 2, 0.35);
        }
        if let Some(best) = run.best_epoch.filter(|best| *best > 0)
            && let Some(loss) = of(run).get(best as usize - 1).filter(|v| v.is_finite())
        {
            let names = [line.name.as_str(), &format!("seed_{}", run.seed), column];
            canvas.shows(&names, &number(*loss), || {
                canvas.marker(index, axes.at(f64::from(best), *loss), 6, color, 0.6);
            });
        }
    }
    let mean = path(axes, &line.mean(of));
    match mean.as_slice() {
        [] => {}
        [only] => canvas.marker(index, *only, 8, color, 1.0),
        _ => canvas.path(mean, color, 5, dash(index)),
    }
}

/// Epochs and losses as pixels, no more than are needed.
fn path(axes: &Axes, losses: &[f64]) -> Vec<(i32, i32)> {
    let finite = losses.iter().enumerate().filter(|(_, v)| v.is_finite());
    let points: Vec<(i32, i32)> = finite.map(|(at, v)| axes.at((at + 1) as f64, *v)).collect();
    let x: Vec<f64> = points.iter().map(|p| f64::from(p.0)).collect();
    let y: Vec<f64> = points.iter().map(|p| f64::from(p.1)).collect();
    keep(&x, &[&y], 0.6, MOST_POINTS).into_iter().filter_map(|at| points.get(at).copied()).collect()
}

fn alt(input: &TrainingCurvesInput, notes: &[String]) -> String {
    let items: Vec<String> = input
        .series
        .iter()
        .map(|line| {
            let parts: Vec<String> = PANELS
                .iter()
                .map(|(title, of)| {
                    let mean = line.mean(*of);
                    let [first, last] = [mean.first(), mean.last()].map(|v| fixed(v.copied(), 3));
                    format!("mean {title} from {first} to {last}")
                })
                .collect();
            let epochs = line.mean(PANELS[0].1).len();
            format!(
                "{}: {} seeds, {epochs} epochs, {}",
                line.name,
                line.runs.len(),
                parts.join(", ")
            )
        })
        .collect();
    let mut text = format!("Training curves: loss per epoch.{}", told(&items));
    text += &left_out(input.losses().filter(|v| !v.is_finite()).count(), "loss");
    for note in notes {
        text += &format!(" {note}");
    }
    text.replace("losss", "losses")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(seed: u64, losses: &[f64]) -> TrainingRun {
        TrainingRun {
            seed,
            train_loss: losses.to_vec(),
            val_loss: losses.iter().map(|v| v + 0.1).collect(),
            best_epoch: Some(losses.len() as u32),
        }
    }

    fn input(runs: Vec<TrainingRun>) -> TrainingCurvesInput {
        TrainingCurvesInput { series: vec![TrainingSeries { name: "fine".into(), runs }] }
    }

    #[test]
    fn the_mean_is_over_the_runs_that_still_train() {
        let given = input(vec![run(0, &[0.8, 0.4]), run(1, &[0.6, 0.2, 0.1])]);
        let mean = given.series[0].mean(PANELS[0].1);
        assert!((mean[0] - 0.7).abs() < 1e-12 && (mean[2] - 0.1).abs() < 1e-12);
        let alt = training_curves(&given).expect("a figure").alt;
        assert!(
            alt.contains("fine: 2 seeds, 3 epochs, mean training loss from 0.700 to 0.100"),
            "{alt}"
        );
        assert_eq!(given.csv().lines().count(), 6);
    }

    #[test]
    fn losses_that_explode_or_vanish() {
        let odd = input(vec![run(0, &[1e9, f64::NAN, 0.3]), run(1, &[0.5])]);
        let figure = training_curves(&odd).expect("a figure");
        assert!(
            figure.alt.contains("2 losses are not numbers") && !figure.standalone().contains("NaN")
        );
        assert_eq!(training_curves(&input(vec![run(0, &[])])), None);
        assert_eq!(training_curves(&input(vec![run(0, &[f64::NAN])])), None);
        let many = input((0..30).map(|s| run(s, &[0.5, 0.4])).collect());
        assert!(training_curves(&many).expect("a figure").alt.contains("10 of 30 seeds"));
    }

    #[test]
    fn a_thousand_epochs_are_thinned() {
        let losses: Vec<f64> = (0..1000).map(|i| (f64::from(i) * 0.7).sin() + 2.0).collect();
        let svg =
            training_curves(&input(vec![run(0, &losses), run(1, &losses)])).expect("a figure");
        assert!(svg.standalone().len() < 30_000, "{}", svg.standalone().len());
    }
}
