//! Cells over cases as cells over independent units, for analyses that combine
//! cells by the values of their replications.

use super::cell::{Cell, Unit};

/// Bits below those that tell tasks apart in the numbers of cases.
const OF_TASK: u64 = !0 << 32;

impl Cell {
    /// The same cell with one value per independent unit: of cases that come in
    /// patients the mean of each patient; of a score of a whole test set the
    /// pseudo-values of its units, whose mean is the score and whose variance over
    /// n is that of the score ([`crate::stats::contributions`]). Any other cell is
    /// what it was. Numbers of units of different tasks never coincide.
    #[must_use]
    pub fn by_units(&self) -> Self {
        match &self.over_cases {
            _ if self.unit != Unit::Cases => self.clone(),
            Some(over) if !over.parts.is_empty() && !self.values.is_empty() => {
                let (n, score) = (over.parts.len() as f64, self.summarized().mean);
                let scale = (n * (n - 1.0)).sqrt();
                Self {
                    seeds: (0..over.parts.len() as u64).map(|unit| over.offset + unit).collect(),
                    values: over.parts.iter().map(|part| score + part * scale).collect(),
                    over_cases: None,
                    ..self.clone()
                }
            }
            None if !self.clusters.is_empty() => self.patient_means(),
            _ => self.clone(),
        }
    }

    fn patient_means(&self) -> Self {
        let offset = self.seeds.first().map_or(0, |case| case & OF_TASK);
        let patients = self.clusters.iter().max().map_or(0, |last| *last as usize + 1);
        let mut sums = vec![(0.0, 0u32); patients];
        for (cluster, value) in self.clusters.iter().zip(&self.values) {
            let (sum, count) = &mut sums[*cluster as usize];
            *sum += value;
            *count += 1;
        }
        let present = sums.iter().enumerate().filter(|(_, (_, count))| *count > 0);
        let (seeds, values) = present
            .map(|(patient, (sum, count))| (offset + patient as u64, sum / f64::from(*count)))
            .unzip();
        Self { seeds, values, clusters: Vec::new(), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::OverCases;
    use crate::stats::describe::{mean, variance};

    #[test]
    fn patients_have_the_mean_of_their_cases() {
        let cell = Cell {
            unit: Unit::Cases,
            seeds: vec![1 << 32, (1 << 32) + 1, (1 << 32) + 2],
            values: vec![0.2, 0.4, 0.9],
            clusters: vec![0, 0, 2],
            ..Cell::default()
        };
        let got = cell.by_units();
        assert_eq!(got.seeds, [1 << 32, (1 << 32) + 2]);
        assert!((got.values[0] - 0.3).abs() < 1e-15 && got.values[1] == 0.9);
    }

    #[test]
    fn pseudo_values_have_the_mean_and_the_variance_of_the_score() {
        let parts = vec![0.01, -0.03, 0.005, 0.015];
        let over = OverCases { parts: parts.clone(), units: 4, cases: 4, ..OverCases::default() };
        let cell = Cell {
            unit: Unit::Cases,
            seeds: vec![0],
            values: vec![0.8],
            over_cases: Some(Box::new(over)),
            ..Cell::default()
        };
        let got = cell.by_units().values;
        let want: f64 = parts.iter().map(|part| part * part).sum();
        assert!((mean(&got) - 0.8).abs() < 1e-15);
        assert!((variance(&got) / 4.0 - want).abs() < 1e-15);
    }
}
