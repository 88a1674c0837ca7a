//! Means per class.

use super::names::metric_title;
use crate::compare::CellSummary;
use crate::compare::format::{fixed, percent};
use crate::report::bound::{Full, Origin, slug};
use crate::report::document::{Block, Head, TableBlock, Value};
use crate::report::escape;
use crate::report::load::ReportInput;

pub(super) fn classes_block(input: &ReportInput) -> Option<Block> {
    let (_, first) = input.classes.first()?;
    let mut head: Vec<Head> = ["Task", "Model", "Init", "Labels"]
        .iter()
        .map(|text| Head { text: (*text).into(), numeric: *text == "Labels" })
        .collect();
    head.extend(input.classes.iter().map(|(class, _)| Head { text: class.clone(), numeric: true }));
    let names = ["task", "model", "init", "label_fraction", "class", "n", "mean", "sd"];
    let mut csv = vec![names.map(String::from).to_vec()];
    let find = |cells: &[CellSummary], like: &CellSummary| {
        cells
            .iter()
            .find(|c| {
                (&c.cell.task, &c.cell.model, &c.cell.init)
                    == (&like.cell.task, &like.cell.model, &like.cell.init)
                    && c.cell.label_fraction == like.cell.label_fraction
            })
            .cloned()
    };
    let mut rows = Vec::new();
    for like in first {
        let cell = &like.cell;
        let mut row = vec![
            Value::text(&cell.task),
            Value::text(&cell.model),
            Value::text(&cell.init),
            Value::text(percent(cell.label_fraction)),
        ];
        for (class, cells) in &input.classes {
            let found = find(cells, like);
            let mean = found.as_ref().and_then(|c| c.mean);
            let sd = found.as_ref().and_then(|c| c.sd);
            let notes = found.as_ref().map(|c| {
                c.cell
                    .undefined
                    .iter()
                    .map(|(s, r)| format!("seed {s}: {r}"))
                    .collect::<Vec<_>>()
                    .join("; ")
            });
            let n = found.as_ref().map_or(0, |c| c.n);
            let origin = Origin::new(&[
                "classes",
                &cell.task,
                &cell.model,
                &cell.init,
                &cell.label_fraction.to_string(),
            ])
            .n(format!("{n} seeds"));
            let how =
                format!("mean over {n} seeds, SD {}; {}", fixed(sd, 3), notes.unwrap_or_default());
            let name = slug(class).replace('.', "_");
            row.push(Value::bound(origin.bind(&name, mean, fixed(mean, 3), how)));
            csv.push(vec![
                cell.task.clone(),
                cell.model.clone(),
                cell.init.clone(),
                cell.label_fraction.to_string(),
                class.clone(),
                n.to_string(),
                mean.full(),
                sd.full(),
            ]);
        }
        rows.push(row);
    }
    Some(Block::Table(TableBlock {
        label: "tab-classes".into(),
        number: 0,
        all: 0,
        caption: format!(
            "Scores ({}) per class: mean over seeds.",
            metric_title(&input.comparisons[0].options.metric)
        ),
        head,
        rows,
        csv: escape::csv(csv),
    }))
}
