//! Names of metrics in cells: `test/auc` and `val_auc` are the AUC of a split.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Tidy;
use super::metric_names::{MetricName, Split, Stat, metric_name};
use crate::frame::error::FrameError;
use crate::scores::canonical;
use crate::scores::known::known;
use crate::table::Sheet;

impl Tidy {
    /// Names the metrics of the best split by the metric alone, where no row has that
    /// name already; those of other splits keep their names.
    pub(super) fn name_metric_cells(&mut self) -> Result<(), FrameError> {
        let Some(metric) = self.column("metric") else { return Ok(()) };
        let cells = distinct(&self.sheet, metric);
        let told: BTreeMap<&str, MetricName> = cells
            .iter()
            .filter_map(|cell| Some((*cell, metric_name(cell)?)))
            .filter(|(_, name)| name.stat == Stat::Value && name.qualifier.is_empty())
            // Losses have names of their own for each split.
            .filter(|(cell, _)| known(cell).is_none())
            .collect();
        let Some(best) = told.values().map(|name| name.split).min_by_key(|split| match split {
            Split::Unsaid => Split::Train,
            other => *other,
        }) else {
            return Ok(());
        };
        if matches!(best, Split::Unsaid | Split::Train) {
            return Ok(());
        }
        let plain: BTreeSet<String> = cells.iter().map(|cell| canonical(cell)).collect();
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for (cell, name) in told.iter().filter(|(_, name)| name.split == best) {
            if !plain.contains(&name.metric) && !names.values().any(|known| *known == name.metric) {
                names.insert((*cell).into(), name.metric.clone());
            }
        }
        if names.is_empty() {
            return Ok(());
        }
        for (cell, name) in &names {
            self.understood.push(format!("{name} is {cell:?} in the column \"metric\""));
        }
        if best == Split::Validation {
            self.notes.push(format!(
                "{} {} of validation data: no row is of a test set",
                names.values().cloned().collect::<Vec<_>>().join(", "),
                if names.len() == 1 { "is" } else { "are" }
            ));
        }
        self.rewrite(metric, |cell| names.get(cell).cloned())
    }
}

/// The cells of a column that differ, in any order; runs of the same cost a comparison.
pub(super) fn distinct(sheet: &Sheet, column: usize) -> BTreeSet<&str> {
    let mut cells = BTreeSet::new();
    let mut last = "";
    for cell in sheet.cells(column) {
        if cell != last {
            cells.insert(cell);
            last = cell;
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::super::draft::tests::{of, text};

    #[test]
    fn the_split_in_the_name_of_a_metric_is_told_from_it() {
        let tidy = of("init,metric,value\na,test/auc,0.7\na,val/auc,0.8\na,test/Dice,0.6\n");
        assert_eq!(
            text(&tidy),
            "init,metric,value\n2: a,auc,0.7\n3: a,val/auc,0.8\n4: a,dice,0.6\n"
        );
        assert_eq!(tidy.understood.len(), 2, "{:?}", tidy.understood);
        let tidy = of("init,metric,value\na,val_auc,0.8\n");
        assert_eq!(text(&tidy), "init,metric,value\n2: a,auc,0.8\n");
        assert!(tidy.notes[0].contains("validation data"), "{:?}", tidy.notes);
        for table in [
            "init,metric,value\na,auc,0.7\na,test/auc,0.8\n",
            "init,metric,value\na,AUROC,0.7\na,my score,0.8\n",
            "init,metric,value\na,train_loss,0.7\n",
            "init,metric,value\na,val_loss,0.7\n",
        ] {
            assert_eq!(of(table).understood.len(), 0, "{table}");
        }
    }
}
