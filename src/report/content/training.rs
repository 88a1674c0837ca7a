//! Losses per epoch.

use super::arrange::{paragraph, section};
use super::curves::panels_of;
use super::names::Names;
use super::panels::Panels;
use crate::figures::{TrainingCurvesInput, TrainingRun, TrainingSeries, training_curves};
use crate::report::document::Section;
use crate::report::load::ReportInput;
use crate::report::{LevelHistory, RunHistory};
use crate::spec::Study;

/// The section, where there are histories.
pub(super) fn training(input: &ReportInput, study: Option<&Study>) -> Option<Section> {
    let names = Names::of(&input.comparisons[0], study);
    let mut panels = Panels::new("fig-training").telling(|numbers| {
        numbers
            .how("training_loss", "training loss of the epoch whose weights were kept")
            .how("validation_loss", "validation loss of the epoch whose weights were kept")
            .of("history.csv of the run")
            .n("1 run")
    });
    let chunks = || input.bundle.carried.histories.chunk_by(|a, b| a.block == b.block);
    for levels in chunks() {
        let Some(first) = levels.first() else { continue };
        let figure = TrainingCurvesInput {
            series: levels.iter().map(|level| series(level, &names)).collect(),
        };
        let title = names.panel(&first.block);
        panels.add(&title, training_curves(&figure), figure.csv());
    }
    panels.skip(panels_of(input).saturating_sub(chunks().count()));
    let block = panels.block(
        "Training and validation loss per epoch at the largest share of labels. Thin lines are \
         seeds, thick ones the mean of the seeds that were still training; a mark stands at the \
         epoch whose weights were kept.",
    )?;
    let text = "A validation loss that rises while the training loss falls is overfitting; the \
                weights of the best epoch were kept and tested ([[fig-training]]).";
    Some(section("training", "Training curves", vec![paragraph(text), block]))
}

fn series(level: &LevelHistory, names: &Names<'_>) -> TrainingSeries {
    let losses = |list: &[Option<f64>]| list.iter().map(|v| v.unwrap_or(f64::NAN)).collect();
    let run = |run: &RunHistory| TrainingRun {
        seed: run.seed,
        train_loss: losses(&run.train_loss),
        val_loss: losses(&run.val_loss),
        best_epoch: run.best_epoch,
    };
    TrainingSeries { name: names.level(&level.level).1, runs: level.runs.iter().map(run).collect() }
}
