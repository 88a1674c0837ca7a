//! From the long table to the cells of a comparison.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::error::{FrameError, Operation};
use super::results::Results;
use super::runs::{Coder, Codes};
use crate::scores::{Cell, Factor, Unit};

impl Results {
    /// Values over seeds of one overall metric, per task, model, init and label
    /// fraction: levels in order of first appearance, label fractions
    /// ascending, seeds ascending.
    pub fn cells(&self, metric: &str) -> Result<Vec<Cell>, FrameError> {
        let mut cells = self.cells_where(metric, col("class").is_null())?;
        cells.extend(self.summaries.iter().filter(|cell| cell.metric == metric).cloned());
        self.forget_lacking(&mut cells);
        Ok(match &self.cases {
            Some(cases) => cases.over_cases(cells, metric, None),
            None => cells,
        })
    }

    /// The same for each class of a per-class metric, in class order.
    pub fn class_cells(&self, metric: &str) -> Result<Vec<(String, Vec<Cell>)>, FrameError> {
        let wanted = self
            .frame
            .clone()
            .lazy()
            .filter(col("metric").eq(lit(metric)).and(col("class").is_not_null()))
            .collect()
            .op("filter")?;
        let mut classes: Vec<String> = Vec::new();
        let column = wanted.column("class").op("read classes of")?;
        for name in column.str().op("read classes of")?.iter().flatten() {
            if !classes.iter().any(|known| known == name) {
                classes.push(name.to_string());
            }
        }
        classes
            .into_iter()
            .map(|class| {
                let mut cells = self.cells_where(metric, col("class").eq(lit(class.clone())))?;
                self.forget_lacking(&mut cells);
                let cells = match &self.cases {
                    Some(cases) => cases.over_cases(cells, metric, Some(&class)),
                    None => cells,
                };
                Ok((class, cells))
            })
            .collect()
    }

    /// Of a column that the table lacks the rows have a level that stands in for
    /// one ([`Results::lacking`]); nobody compares it, nobody wants to read it.
    fn forget_lacking(&self, cells: &mut [Cell]) {
        let lacks = |name: &str| self.lacking.iter().any(|column| column == name);
        let (task, model, init) = (lacks(Factor::TASK), lacks(Factor::MODEL), lacks(Factor::INIT));
        for cell in cells {
            for (gone, level) in
                [(task, &mut cell.task), (model, &mut cell.model), (init, &mut cell.init)]
            {
                if gone {
                    level.clear();
                }
            }
        }
    }

    fn cells_where(&self, metric: &str, class: Expr) -> Result<Vec<Cell>, FrameError> {
        let frame = self
            .frame
            .clone()
            .lazy()
            .filter(col("metric").eq(lit(metric)).and(class))
            .collect()
            .op("filter")?;
        let text = |name: &str| -> Result<StringChunked, FrameError> {
            let column = frame.column(name).op("read")?;
            // In one piece, so that a row is found at once.
            Ok(column.str().op("read")?.rechunk().into_owned())
        };
        let codes = |name: &str| -> Result<Codes, FrameError> {
            let (column, mut coder) = (text(name)?, Coder::default());
            let codes = column.iter().map(|v| coder.code(v.unwrap_or_default())).collect();
            Ok(coder.with(codes))
        };
        let mut levels = vec![codes("task")?, codes("model")?, codes("init")?];
        for name in &self.others {
            levels.push(codes(name)?);
        }
        let (reasons, granularities) = (text("undefined")?, text("granularity")?);
        let fractions = frame.column("label_fraction").op("read")?.f64().op("read")?.rechunk();
        let seeds = frame.column("seed").op("read")?.u64().op("read")?.rechunk();
        let values = frame.column("value").op("read")?.f64().op("read")?.rechunk();
        let mut distinct: Vec<f64> = fractions.iter().flatten().collect();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup();
        let mut cells: BTreeMap<Vec<u32>, Vec<(u64, Option<f64>, usize)>> = BTreeMap::new();
        let mut key = Vec::with_capacity(levels.len() + 1);
        for row in 0..frame.height() {
            let fraction = fractions.get(row).unwrap_or(1.0);
            key.clear();
            key.extend(levels.iter().map(|level| level.codes[row]));
            key.push(distinct.partition_point(|f| *f < fraction) as u32);
            let entry = (seeds.get(row).unwrap_or(0), values.get(row), row);
            match cells.get_mut(key.as_slice()) {
                Some(list) => list.push(entry),
                None => drop(cells.insert(key.clone(), vec![entry])),
            }
        }
        Ok(cells
            .into_iter()
            .map(|(key, mut list)| {
                list.sort_by_key(|entry| entry.0);
                let defined = || list.iter().filter_map(|(s, v, _)| v.map(|v| (*s, v)));
                let reason = |row: usize| reasons.get(row).unwrap_or_default().to_string();
                let name = |at: usize| levels[at].names[key[at] as usize].clone();
                Cell {
                    task: name(0),
                    model: name(1),
                    init: name(2),
                    others: self
                        .others
                        .iter()
                        .enumerate()
                        .map(|(at, other)| (other.clone(), name(at + 3)))
                        .collect(),
                    label_fraction: distinct[key[levels.len()] as usize],
                    metric: metric.to_string(),
                    unit: Unit::Seeds,
                    seeds: defined().map(|(s, _)| s).collect(),
                    values: defined().map(|(_, v)| v).collect(),
                    undefined: list
                        .iter()
                        .filter(|(_, v, _)| v.is_none())
                        .map(|(s, _, row)| (*s, reason(*row)))
                        .collect(),
                    granularity: list
                        .first()
                        .map(|(_, _, row)| granularities.get(*row).unwrap_or_default().to_string())
                        .filter(|name| !name.is_empty()),
                    summary: None,
                    clusters: Vec::new(),
                    over_cases: None,
                }
            })
            .collect())
    }
}
