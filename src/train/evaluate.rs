//! Loss and predictions on cases that are not trained on.

use tch::nn::ModuleT;
use tch::{TchError, Tensor, no_grad};

use super::batch::Batches;
use super::error::{Operation, TrainError};
use super::objective::Step;
use super::stop;
use super::views::{View, views};
use super::windows;
use crate::records::Tested;
use crate::spec::TestAugmentation;

/// What an epoch is judged by.
pub(crate) struct Watched {
    /// Mean loss, each case counted once whatever the batches.
    pub(crate) loss: f64,
    /// The metric that an epoch can be selected by; none where it is undefined.
    pub(crate) score: Option<f64>,
}

/// A network, how its input is made, and how many images it takes at a time.
#[derive(Clone, Copy)]
pub(crate) struct Evaluation<'a> {
    pub(crate) network: &'a dyn ModuleT,
    pub(crate) batches: &'a Batches<'a>,
    pub(crate) batch_size: usize,
    /// Views of an image that is tested.
    pub(crate) augmentation: TestAugmentation,
}

impl Evaluation<'_> {
    /// Loss and metric on `cases`.
    pub(crate) fn watch(&self, cases: &[usize], decision: f64) -> Result<Watched, TrainError> {
        let objective = self.batches.objective();
        let (mut total, mut watched) = (0.0, Tested::default());
        // Epochs are many: they are judged by one view.
        let one = Self { augmentation: TestAugmentation::None, ..*self };
        one.each(cases, &mut |step| {
            let loss = objective.loss(step.output, step.truth)?;
            total += loss.double_value(&[]) * step.cases.len() as f64;
            watched.append(objective.watched(step, decision)?);
            Ok(())
        })?;
        Ok(Watched { loss: total / cases.len() as f64, score: objective.score(&watched) })
    }

    /// What the network leaves of `cases`, in their order.
    pub(crate) fn test(&self, cases: &[usize], decision: f64) -> Result<Tested, TrainError> {
        let mut tested = Tested::default();
        self.each(cases, &mut |step| {
            tested.append(self.batches.objective().tested(step, decision)?);
            Ok(())
        })?;
        Ok(tested)
    }

    /// The threshold that does best on `cases`, of those that the objective
    /// leaves to choose from; none where it leaves none.
    pub(crate) fn choose(&self, cases: &[usize]) -> Result<Option<f64>, TrainError> {
        let objective = self.batches.objective();
        let candidates = objective.candidates();
        if candidates.is_empty() {
            return Ok(None);
        }
        let mut watched: Vec<Tested> = candidates.iter().map(|_| Tested::default()).collect();
        self.each(cases, &mut |step| {
            for (watched, candidate) in watched.iter_mut().zip(candidates) {
                watched.append(objective.watched(step, *candidate)?);
            }
            Ok(())
        })?;
        let scores = watched.iter().map(|watched| objective.score(watched));
        let mut best: Option<(f64, f64)> = None;
        for (score, candidate) in scores.zip(candidates) {
            let Some(score) = score else { continue };
            // The first one of equals: it is the preferred one.
            if best.is_none_or(|(most, _)| score > most) {
                best = Some((score, *candidate));
            }
        }
        Ok(best.map(|(_, candidate)| candidate))
    }

    fn each(
        &self,
        cases: &[usize],
        take: &mut dyn FnMut(&Step<'_>) -> Result<(), TrainError>,
    ) -> Result<(), TrainError> {
        no_grad(|| {
            let sampler = self.batches.still();
            for chunk in cases.chunks(self.batch_size.max(1)) {
                stop::check()?;
                let output = self.outputs(chunk)?;
                let truth = self.batches.truth(chunk, &sampler)?;
                let data = self.batches.data();
                take(&Step { data, cases: chunk, output: &output, truth: &truth })?;
            }
            Ok(())
        })
    }

    /// The network's outputs, those of several views as one.
    fn outputs(&self, cases: &[usize]) -> Result<Tensor, TrainError> {
        let stored = i64::from(self.batches.data().size);
        let views = views(self.augmentation, stored, self.batches.size());
        let outputs = views.iter().map(|view| self.of_view(cases, *view));
        let outputs: Vec<Tensor> = outputs.collect::<Result<_, _>>()?;
        self.batches.objective().link().mean(&outputs).op("average over views")
    }

    fn of_view(&self, cases: &[usize], view: View) -> Result<Tensor, TrainError> {
        let sampler = view.sampler(self.batches.size(), self.batches.still());
        let images = self.batches.images(cases, &sampler)?;
        if !view.mirrored {
            return self.forward(cases, &images).op("run the network");
        }
        // Maps of a mirrored image are turned back.
        let mirror = |images: &Tensor| images.f_flip([3]);
        mirror(&images)
            .and_then(|images| self.forward(cases, &self.batches.laid(&images)?))
            .and_then(|out| if out.dim() == 4 { mirror(&out) } else { Ok(out) })
            .op("run the network")
    }

    fn forward(&self, cases: &[usize], images: &Tensor) -> Result<Tensor, TchError> {
        let arithmetic = self.batches.arithmetic();
        if !self.batches.data().is_native() {
            return arithmetic.outputs(self.network, images, false);
        }
        let side = self.batches.size();
        let forward = |windows: &Tensor| arithmetic.outputs(self.network, windows, false);
        let each = cases.iter().enumerate().map(|(place, case)| {
            let extent = self.batches.data().file_size(*case).unwrap_or_default();
            let image = images.f_get(place as i64)?;
            windows::slide(&image, extent, (side, self.batch_size as i64), &forward)
        });
        Tensor::f_stack(&each.collect::<Result<Vec<_>, _>>()?, 0)
    }
}
