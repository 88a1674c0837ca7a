//! Own results beside published ones.
//!
//! Matching: task, model, init and metric by [`Names`]; own results on all
//! labels only, since the published means are on all labels. Published scores
//! are percent; own scores of a metric that lies in [0, 1] are shown times 100.

use std::collections::BTreeMap;

use serde::Serialize;

use super::error::PublishedError;
use super::names::{Field, Names};
use super::row::Row;
use super::tables::Table;
use crate::compare::CellSummary;

/// Names of an own result: as in the records, and the titles of the study.
#[derive(Clone, Debug, Default)]
pub struct Titles {
    /// Task name to title.
    pub tasks: BTreeMap<String, String>,
    /// Model name to title.
    pub models: BTreeMap<String, String>,
    /// Init name to title, or to the name in a catalogue.
    pub inits: BTreeMap<String, Vec<String>>,
}

/// Whether the published value lies in the own interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inside {
    /// With all that its precision leaves open.
    Yes,
    /// With nothing of it.
    No,
    /// With a part of it.
    WithinPrecision,
    /// There is no own interval.
    Unknown,
}

/// An own result and the published one that it repeats.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// Own result.
    pub own: CellSummary,
    /// Factor that takes own scores to the published scale.
    pub scale: f64,
    /// Study of the published result.
    pub study: &'static str,
    /// The published result.
    pub published: Row,
    /// Own minus published, on the published scale.
    pub gap: Option<f64>,
    /// Whether the published mean lies in the own interval.
    pub inside: Inside,
}

/// All pairs, and the own results without a partner, each with the reason.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gaps {
    /// Pairs, in the order of the own results.
    pub pairs: Vec<Gap>,
    /// Own results without a published one.
    pub unmatched: Vec<(CellSummary, String)>,
}

/// Pairs own results with the published ones.
pub fn gaps(own: &[CellSummary], titles: &Titles) -> Result<Gaps, PublishedError> {
    let names = Names::builtin()?;
    let mut published = Vec::new();
    // A2's lower bars are differences, and no scores.
    for table in Table::ALL.into_iter().filter(|t| *t != Table::LabelEfficiency) {
        for row in table.rows()? {
            published.push((table.study(), Key::of(&names, &row), row));
        }
    }
    let mut gaps = Gaps::default();
    for summary in own {
        match pairs(summary, titles, &names, &published) {
            Ok(pairs) => gaps.pairs.extend(pairs),
            Err(reason) => gaps.unmatched.push((summary.clone(), reason)),
        }
    }
    Ok(gaps)
}

struct Key {
    task: String,
    model: String,
    init: String,
    metric: String,
}

impl Key {
    fn of(names: &Names, row: &Row) -> Self {
        Self {
            task: names.canonical(Field::Task, &row.task),
            model: names.canonical(Field::Model, &row.model),
            init: names.canonical(Field::Init, &row.init),
            metric: names.metric(&row.metric),
        }
    }
}

fn pairs(
    own: &CellSummary,
    titles: &Titles,
    names: &Names,
    published: &[(&'static str, Key, Row)],
) -> Result<Vec<Gap>, String> {
    let cell = &own.cell;
    if cell.label_fraction < 1.0 {
        return Err("trained on a part of the labels; the published means are on all".into());
    }
    let spelled = |field, name: &String, title: Option<&String>| -> Vec<String> {
        std::iter::once(name).chain(title).map(|n| names.canonical(field, n)).collect()
    };
    let task = spelled(Field::Task, &cell.task, titles.tasks.get(&cell.task));
    let model = spelled(Field::Model, &cell.model, titles.models.get(&cell.model));
    let mut init = spelled(Field::Init, &cell.init, None);
    for title in titles.inits.get(&cell.init).into_iter().flatten() {
        init.push(names.canonical(Field::Init, title));
    }
    let metric = names.metric(&cell.metric);
    let mut left: Vec<&(&'static str, Key, Row)> = published.iter().collect();
    let steps: [(&str, &str, &dyn Fn(&Key) -> bool); 4] = [
        ("task", &cell.task, &|key| task.contains(&key.task)),
        ("model", &cell.model, &|key| model.contains(&key.model)),
        ("init", &cell.init, &|key| init.contains(&key.init)),
        ("metric", &cell.metric, &|key| key.metric == metric),
    ];
    for (index, (what, name, fits)) in steps.into_iter().enumerate() {
        left.retain(|(_, key, _)| fits(key));
        if left.is_empty() {
            let with = ["", " on this task", " with this task and model", " of these"][index];
            return Err(format!("no published {what} matches {name:?}{with}"));
        }
    }
    Ok(left.into_iter().map(|(study, _, row)| pair(own, study, row)).collect())
}

fn pair(own: &CellSummary, study: &'static str, row: &Row) -> Gap {
    let ends = own.interval.as_ref().map(|i| (i.low, i.high));
    let within = |v: f64| (0.0..=1.0).contains(&v);
    // Percent on the one side, a share on the other.
    let scale = if row.metric.ends_with('%') && own.mean.is_some_and(within) { 100.0 } else { 1.0 };
    let (value, half) = (row.mean.value(), row.mean.half_width());
    let inside = match ends {
        None => Inside::Unknown,
        Some((low, high)) => {
            let (low, high) = (low * scale, high * scale);
            if value - half >= low && value + half <= high {
                Inside::Yes
            } else if value + half < low || value - half > high {
                Inside::No
            } else {
                Inside::WithinPrecision
            }
        }
    };
    Gap {
        own: own.clone(),
        scale,
        study,
        published: row.clone(),
        gap: own.mean.map(|mean| mean * scale - value),
        inside,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Interval;
    use crate::scores::Cell;

    fn own(task: &str, model: &str, init: &str, fraction: f64, mean: f64) -> CellSummary {
        let cell = Cell {
            task: task.into(),
            model: model.into(),
            init: init.into(),
            label_fraction: fraction,
            metric: "auc".into(),
            ..Cell::default()
        };
        let interval = Interval {
            low: mean - 0.002,
            high: mean + 0.002,
            confidence: 0.95,
            method: "t".into(),
        };
        CellSummary {
            cell,
            n: 5,
            mean: Some(mean),
            sd: Some(0.01),
            interval: Some(interval),
            notes: vec![],
        }
    }

    #[test]
    fn own_results_meet_the_published_ones() {
        let cells = [
            own("chestxray14", "resnet50", "imagenet", 1.0, 0.817),
            own("TXC", "ResNet-50", "ImageNet->ChestX-ray14", 1.0, 0.9),
            own("TXC", "ResNet-50", "moon", 1.0, 0.9),
            own("TXC", "ResNet-50", "Scratch", 0.1, 0.9),
        ];
        let gaps = gaps(&cells, &Titles::default()).expect("gaps");
        // A1, A5 left, the two DART figures and the DART table.
        let first: Vec<_> =
            gaps.pairs.iter().filter(|g| g.own.cell.task == "chestxray14").collect();
        assert_eq!(first.len(), 5);
        assert!(first.iter().all(|g| g.inside == Inside::Yes && g.gap.expect("a gap").abs() < 0.1));
        let second: Vec<_> = gaps.pairs.iter().filter(|g| g.own.cell.task == "TXC").collect();
        assert_eq!(second.len(), 2);
        assert!(second.iter().all(|g| g.inside == Inside::No));
        let reasons: Vec<_> = gaps.unmatched.iter().map(|(_, r)| r.as_str()).collect();
        assert!(reasons[0].contains("init") && reasons[0].contains("moon"), "{reasons:?}");
        assert!(reasons[1].contains("part of the labels"), "{reasons:?}");
    }

    #[test]
    fn a_title_can_match_where_the_name_does_not() {
        let mut titles = Titles::default();
        titles.inits.insert("in".into(), vec!["ImageNet".into()]);
        let found = gaps(&[own("TXC", "resnet50", "in", 1.0, 0.9562)], &titles).expect("gaps");
        assert!(found.unmatched.is_empty() && !found.pairs.is_empty());
    }
}
