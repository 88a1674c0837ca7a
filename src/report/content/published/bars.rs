//! Panels of bars with printed brackets.

use super::show;
use crate::figures::{Bar, BarBracket, BarGroup, BracketBars, Figure, bracket_bars};
use crate::published::{Annotation, Published, Row};

/// What is the same for all panels of a figure.
pub(super) struct Layout<'a> {
    /// Model and init of each bar, by groups, with the name and colour shown;
    /// a bar without a row is N/A.
    pub(super) groups: Vec<(String, Vec<Slot>)>,
    /// Brackets of the study.
    pub(super) annotations: Vec<&'a Annotation>,
}

/// A bar's place.
#[derive(Clone)]
pub(super) struct Slot {
    pub(super) model: String,
    pub(super) init: String,
    pub(super) name: String,
    pub(super) series: usize,
}

/// The panel of one task.
pub(super) fn panel(layout: &Layout<'_>, task: &str, rows: &[&Row]) -> Option<Figure> {
    let row = |slot: &Slot| rows.iter().find(|r| r.model == slot.model && r.init == slot.init);
    let groups = layout.groups.iter().map(|(title, slots)| BarGroup {
        title: title.clone(),
        bars: slots
            .iter()
            .map(|slot| Bar {
                name: slot.name.clone(),
                value: row(slot).map(|r| r.mean.value()),
                spread: row(slot).and_then(|r| r.sd).map(Published::value),
                series: slot.series,
            })
            .collect(),
    });
    let place = |(model, init): &(String, String)| {
        layout.groups.iter().enumerate().find_map(|(g, (_, slots))| {
            let b = slots.iter().position(|s| s.model == *model && s.init == *init)?;
            Some((g, b))
        })
    };
    let brackets = layout.annotations.iter().filter(|a| a.task == task).filter_map(|annotation| {
        Some(BarBracket {
            from: place(&annotation.from)?,
            to: place(&annotation.to)?,
            label: show::printed(&annotation.text),
        })
    });
    bracket_bars(&BracketBars {
        metric: rows.first().map_or(String::new(), |r| r.metric.clone()),
        groups: groups.collect(),
        brackets: brackets.collect(),
        mark: show::mark(rows.iter().copied()),
    })
}

/// A slot per init of one model, coloured in order.
pub(super) fn slots(model: &str, inits: &[(&str, &str)]) -> Vec<Slot> {
    inits
        .iter()
        .enumerate()
        .map(|(series, (init, name))| Slot {
            model: model.into(),
            init: (*init).into(),
            name: (*name).into(),
            series,
        })
        .collect()
}
