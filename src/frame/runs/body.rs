//! The columns of results, each as numbers, and the frame that is made of them.

use std::collections::HashMap;

use polars::prelude::*;

use super::stack::Codes;
use crate::frame::error::{FrameError, Operation};

/// Rows of single values, column by column.
#[derive(Debug, Default)]
pub(in crate::frame) struct Body {
    pub(in crate::frame) task: Codes,
    pub(in crate::frame) model: Codes,
    pub(in crate::frame) init: Codes,
    pub(in crate::frame) granularity: Codes,
    pub(in crate::frame) fraction: Vec<f64>,
    pub(in crate::frame) seed: Vec<u64>,
    pub(in crate::frame) metric: Codes,
    /// The empty name is of values over all classes.
    pub(in crate::frame) class: Codes,
    /// NaN where there is none.
    pub(in crate::frame) value: Vec<f64>,
    pub(in crate::frame) undefined: Codes,
    pub(in crate::frame) n: Vec<u64>,
    pub(in crate::frame) run: Codes,
    pub(in crate::frame) others: Vec<(String, Codes)>,
}

impl Body {
    pub(super) fn len(&self) -> usize {
        self.value.len()
    }

    /// Numbers of the cells: of all factors.
    pub(super) fn cells(&self) -> Vec<u32> {
        let fraction = codes_of(&self.fraction);
        let mut columns = vec![&self.task.codes, &self.model.codes, &self.init.codes, &fraction];
        columns.extend(self.others.iter().map(|(_, codes)| &codes.codes));
        let columns: Vec<&[u32]> = columns.into_iter().map(Vec::as_slice).collect();
        Codes::joint(&columns, self.len())
    }

    /// A row with all that tells it from others.
    pub(super) fn words(&self, row: usize) -> String {
        let class = match self.class.name(row) {
            "" => String::new(),
            class => format!(" / class {class}"),
        };
        format!("{} / seed {} / {}{class}", self.place(row), self.seed[row], self.metric.name(row))
    }

    /// Its factors.
    pub(super) fn place(&self, row: usize) -> String {
        let others: String =
            self.others.iter().map(|(_, codes)| format!(" / {}", codes.name(row))).collect();
        format!(
            "{} / {} / {}{others} / {}",
            self.task.name(row),
            self.model.name(row),
            self.init.name(row),
            self.fraction[row],
        )
    }

    /// Without the rows that are not kept.
    pub(super) fn keep(&mut self, kept: &[bool]) {
        if kept.iter().all(|kept| *kept) {
            return;
        }
        let others = self.others.iter_mut().map(|(_, codes)| codes);
        let named = [
            &mut self.task,
            &mut self.model,
            &mut self.init,
            &mut self.granularity,
            &mut self.metric,
            &mut self.class,
            &mut self.undefined,
            &mut self.run,
        ];
        for codes in named.into_iter().chain(others) {
            retain(&mut codes.codes, kept);
        }
        retain(&mut self.fraction, kept);
        retain(&mut self.seed, kept);
        retain(&mut self.value, kept);
        retain(&mut self.n, kept);
    }

    pub(in crate::frame) fn frame(&self) -> Result<DataFrame, FrameError> {
        let numbers = |name: &str, values: Column| values.with_name(name.into());
        let value: Vec<Option<f64>> =
            self.value.iter().map(|value| (!value.is_nan()).then_some(*value)).collect();
        let mut columns = vec![
            text("task", &self.task, false),
            text("model", &self.model, false),
            text("init", &self.init, false),
            text("granularity", &self.granularity, true),
            numbers("label_fraction", Column::new("".into(), &self.fraction)),
            numbers("seed", Column::new("".into(), &self.seed)),
            text("metric", &self.metric, false),
            text("class", &self.class, true),
            numbers("value", Column::new("".into(), value)),
            text("undefined", &self.undefined, true),
            numbers("n", Column::new("".into(), &self.n)),
            text("run", &self.run, false),
        ];
        columns.extend(self.others.iter().map(|(name, codes)| text(name, codes, true)));
        DataFrame::new(self.len(), columns).op("build")
    }
}

fn text(name: &str, codes: &Codes, empty_is_none: bool) -> Column {
    let cell = |code: &u32| {
        let name = codes.names[*code as usize].as_str();
        (!(empty_is_none && name.is_empty())).then_some(name)
    };
    let column: StringChunked = codes.codes.iter().map(cell).collect();
    column.with_name(name.into()).into_column()
}

fn retain<T>(items: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    items.retain(|_| *kept.next().unwrap_or(&true));
}

/// Numbers of numbers, equal where they are bit for bit.
pub(super) fn codes_of(values: &[f64]) -> Vec<u32> {
    let mut known: HashMap<u64, u32> = HashMap::new();
    let code = |value: &f64| {
        let next = known.len() as u32;
        *known.entry(value.to_bits()).or_insert(next)
    };
    values.iter().map(code).collect()
}
