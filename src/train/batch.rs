//! From the mapped cache to batches on the device.

use tch::{TchError, Tensor};

use super::arithmetic::Arithmetic;
use super::augment::Frame;
use super::drawn::{self, Batch, Drawn};
use super::error::{Operation, TrainError};
use super::objective::Objective;
use super::pixels::{self, Normalizer};
use super::sample::Sampler;
use crate::data::Dataset;
use crate::spec::{Augmentation, Normalization, Recipe};

/// Makes batches of one dataset for one run.
pub(crate) struct Batches<'a> {
    data: &'a Dataset,
    objective: &'a dyn Objective,
    arithmetic: Arithmetic,
    size: i64,
    normalizer: Normalizer,
}

impl<'a> Batches<'a> {
    pub(crate) fn new(
        data: &'a Dataset,
        objective: &'a dyn Objective,
        recipe: &Recipe,
        normalization: Normalization,
        arithmetic: Arithmetic,
    ) -> Self {
        Self {
            data,
            objective,
            arithmetic,
            size: i64::from(recipe.image_size),
            normalizer: Normalizer::new(normalization, arithmetic),
        }
    }

    /// How the network of the batches is computed.
    pub(crate) fn arithmetic(&self) -> Arithmetic {
        self.arithmetic
    }

    /// The data that batches are made of.
    pub(crate) fn data(&self) -> &'a Dataset {
        self.data
    }

    /// What the batches are for.
    pub(crate) fn objective(&self) -> &'a dyn Objective {
        self.objective
    }

    /// How training cases come to the network: as was drawn, or cut at the centre
    /// where nothing is augmented.
    pub(crate) fn sampler<'m>(&self, drawn: &'m Drawn) -> Sampler<'m> {
        match drawn {
            Drawn::Maps(maps) => Sampler::Maps { maps, size: self.size },
            Drawn::Warps(warps) => Sampler::Warps(warps),
            Drawn::Nothing => Sampler::Centre { size: self.size },
        }
    }

    /// Draws how some training cases come to the network.
    pub(crate) fn draw(
        &self,
        augmentation: Augmentation,
        stream: (u64, u32),
        draws: &[usize],
    ) -> Result<Drawn, TrainError> {
        let batch = Batch {
            target: self.data.target,
            draws,
            frame: &|draw| self.frame(draw % self.data.len()),
            side: self.size,
            options: (self.arithmetic.kind(), self.arithmetic.device()),
        };
        drawn::draw(augmentation, stream, &batch)
    }

    /// How cases that are not trained on come to the network.
    pub(crate) fn still(&self) -> Sampler<'static> {
        if self.data.is_native() { Sampler::Whole } else { Sampler::Centre { size: self.size } }
    }

    /// How the image of a case lies in its square, and how much of it is seen.
    fn frame(&self, case: usize) -> Frame {
        match self.data.file_size(case) {
            Some((width, height)) if self.data.is_native() => {
                let share = |pixels: f64| pixels / f64::from(self.data.size);
                let image = [share(width.into()), share(height.into())];
                Frame { image, seen: share(self.size as f64) }
            }
            _ => Frame::WHOLE,
        }
    }

    /// Side of the network's input.
    pub(crate) fn size(&self) -> i64 {
        self.size
    }

    /// Images `[N, 3, S, S]` of some cases.
    pub(crate) fn images(
        &self,
        cases: &[usize],
        sampler: &Sampler<'_>,
    ) -> Result<Tensor, TrainError> {
        let images = sampler.images(&self.raw(cases)?)?;
        self.normalizer.of_bytes(&images).op("normalise images")
    }

    /// Images in the order in memory that the network takes.
    pub(crate) fn laid(&self, images: &Tensor) -> Result<Tensor, TchError> {
        self.normalizer.laid(images)
    }

    /// What is true of some cases, as the loss takes it.
    pub(crate) fn truth(
        &self,
        cases: &[usize],
        sampler: &Sampler<'_>,
    ) -> Result<Tensor, TrainError> {
        let options = (self.arithmetic.kind(), self.arithmetic.device());
        self.objective.truth(self.data, cases, sampler, options)
    }

    /// Stored images as `[N, C, H, W]` in 0..255.
    fn raw(&self, cases: &[usize]) -> Result<Tensor, TrainError> {
        let mut bytes = Vec::with_capacity(cases.len() * self.data.image_bytes());
        for case in cases {
            bytes.extend_from_slice(self.data.image(*case));
        }
        let size = i64::from(self.data.size);
        let shape = [cases.len() as i64, size, size, i64::from(self.data.channels)];
        pixels::bytes(&bytes, shape)
            .and_then(|images| self.normalizer.moved(&images))
            .op("make a batch of images")
    }
}
