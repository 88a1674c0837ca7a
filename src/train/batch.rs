//! From the mapped cache to batches on the device.

use tch::Tensor;

use super::arithmetic::Arithmetic;
use super::augment;
use super::error::{Operation, TrainError};
use super::objective::Objective;
use super::pixels::{self, Normalizer};
use crate::data::Dataset;
use crate::spec::{Normalization, Recipe};

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

    /// Augmented images `[N, 3, S, S]` of training cases; as for evaluation
    /// where nothing is augmented.
    pub(crate) fn train(
        &self,
        cases: &[usize],
        maps: Option<&[[f32; 6]]>,
    ) -> Result<Tensor, TrainError> {
        let Some(maps) = maps else { return self.eval(cases) };
        let images = augment::apply(&self.raw(cases)?, maps, self.size)?;
        self.normalizer.of_bytes(&images).op("normalise images")
    }

    /// Images `[N, 3, S, S]` of any cases, cropped at the centre.
    pub(crate) fn eval(&self, cases: &[usize]) -> Result<Tensor, TrainError> {
        let images = pixels::centre(&self.raw(cases)?, self.size).op("crop images")?;
        self.normalizer.of_bytes(&images).op("normalise images")
    }

    /// What is true of any cases, as the loss takes it.
    pub(crate) fn truth(&self, cases: &[usize]) -> Result<Tensor, TrainError> {
        self.objective.truth(self.data, cases, self.arithmetic.kind(), self.arithmetic.device())
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
