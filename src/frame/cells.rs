//! From the long table to the cells of a comparison.

use polars::prelude::*;

use super::error::{FrameError, Operation};
use super::results::Results;
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
        let text = |name: &str| -> Result<Vec<String>, FrameError> {
            let column = frame.column(name).op("read")?;
            Ok(column.str().op("read")?.iter().map(|v| v.unwrap_or_default().to_string()).collect())
        };
        let (tasks, models, inits) = (text("task")?, text("model")?, text("init")?);
        let (reasons, granularities) = (text("undefined")?, text("granularity")?);
        let fractions = frame.column("label_fraction").op("read")?.f64().op("read")?.clone();
        let seeds = frame.column("seed").op("read")?.u64().op("read")?.clone();
        let values = frame.column("value").op("read")?.f64().op("read")?.clone();
        let others = self.others.iter().map(|name| text(name)).collect::<Result<Vec<_>, _>>()?;
        let mut order = Levels::default();
        order.others.resize_with(others.len(), Order::default);
        let mut cells: std::collections::BTreeMap<Vec<usize>, Vec<(u64, Option<f64>, usize)>> =
            std::collections::BTreeMap::new();
        let mut distinct: Vec<f64> = fractions.iter().flatten().collect();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup();
        for row in 0..frame.height() {
            let fraction = fractions.get(row).unwrap_or(1.0);
            let at = distinct.partition_point(|f| *f < fraction);
            let mut key = vec![
                order.task.index(&tasks[row]),
                order.model.index(&models[row]),
                order.init.index(&inits[row]),
            ];
            let further = order.others.iter_mut().zip(&others);
            key.extend(further.map(|(order, levels)| order.index(&levels[row])));
            key.push(at);
            let seed = seeds.get(row).unwrap_or(0);
            cells.entry(key).or_default().push((seed, values.get(row), row));
        }
        Ok(cells
            .into_iter()
            .map(|(key, mut list)| {
                list.sort_by_key(|entry| entry.0);
                let defined = || list.iter().filter_map(|(s, v, _)| v.map(|v| (*s, v)));
                Cell {
                    task: order.task.0[key[0]].clone(),
                    model: order.model.0[key[1]].clone(),
                    init: order.init.0[key[2]].clone(),
                    others: self
                        .others
                        .iter()
                        .zip(&order.others)
                        .zip(&key[3..])
                        .map(|((name, order), at)| (name.clone(), order.0[*at].clone()))
                        .collect(),
                    label_fraction: distinct[key[key.len() - 1]],
                    metric: metric.to_string(),
                    unit: Unit::Seeds,
                    seeds: defined().map(|(s, _)| s).collect(),
                    values: defined().map(|(_, v)| v).collect(),
                    undefined: list
                        .iter()
                        .filter(|(_, v, _)| v.is_none())
                        .map(|(s, _, row)| (*s, reasons[*row].clone()))
                        .collect(),
                    granularity: list
                        .first()
                        .map(|(_, _, row)| granularities[*row].clone())
                        .filter(|name| !name.is_empty()),
                    summary: None,
                    clusters: Vec::new(),
                    over_cases: None,
                }
            })
            .collect())
    }
}

/// Levels in order of first appearance.
#[derive(Default)]
struct Order(Vec<String>);

impl Order {
    fn index(&mut self, name: &str) -> usize {
        self.0.iter().position(|known| known == name).unwrap_or_else(|| {
            self.0.push(name.to_string());
            self.0.len() - 1
        })
    }
}

#[derive(Default)]
struct Levels {
    task: Order,
    model: Order,
    init: Order,
    others: Vec<Order>,
}
