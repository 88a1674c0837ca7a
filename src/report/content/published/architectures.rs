//! A1: which architecture transfers best.

use super::blocks::{Behind, distinct, figure, number, rows_csv, table, with_tasks};
use super::show;
use crate::figures::{
    AxisScale, ParallelAxis, ParallelCoordinates, ParallelFamily, ParallelLine,
    parallel_coordinates,
};
use crate::published::{Architecture, PublishedError, Row, Table, architectures};
use crate::report::content::arrange::{paragraph, section};
use crate::report::document::{Section, Value};
use crate::text::Column;

/// Colour of a family: those of the original, in this theme.
pub(super) fn family_series(family: &str) -> usize {
    match family {
        "ConvNeXt" => 3,
        "Swin" => 0,
        "DeiT" => 2,
        _ => 7,
    }
}

const SIZES: [&str; 3] = ["large", "medium", "small"];

pub(super) fn architectures_section() -> Result<Section, PublishedError> {
    let models = architectures()?;
    let rows = Table::Architectures.rows()?;
    let tasks = distinct(rows.iter().map(|row| &row.task));
    let mark = show::mark(rows.iter());
    let blocks = vec![
        paragraph(
            "Twelve architectures pretrained on ImageNet-1K, in four families and three sizes, on \
             eight tasks. [[fig-a1]] has an axis of its own range for each task; [[tab-a1]] has \
             the numbers.",
        ),
        figure(
            "fig-a1",
            format!(
                "Twelve architectures on eleven axes. Colour and marker: family; solid, dashed, \
                 dotted: large, medium, small. Scores are {mark} (read where a line crosses an \
                 axis; no spread is shown). Parameters and ImageNet-1K top-1 are REFERENCE: counted \
                 on the networks, and stated by the models' own publications."
            ),
            vec![(String::new(), drawing(&models, &rows, &tasks, &mark))],
            Behind::rows("fig-a1", &rows),
        ),
        scores(&models, &rows, &tasks),
    ];
    Ok(section("a1", "A1: architectures", blocks))
}

fn cell<'a>(rows: &'a [Row], model: &str, task: &str) -> Option<&'a Row> {
    rows.iter().find(|row| row.model == model && row.task == task)
}

fn drawing(
    models: &[Architecture],
    rows: &[Row],
    tasks: &[String],
    mark: &str,
) -> Option<crate::figures::Figure> {
    let mut axes = vec![
        ParallelAxis {
            title: vec!["architecture".into()],
            scale: AxisScale::Names,
            ..ParallelAxis::default()
        },
        numbers("parameters", "M", "reference"),
        numbers("ImageNet-1K", "top-1 %", "reference"),
    ];
    axes.extend(tasks.iter().map(|task| {
        let metric = rows.iter().find(|row| row.task == *task).map(|row| row.metric.as_str());
        numbers(task, metric.unwrap_or_default(), "mean")
    }));
    let families = distinct(models.iter().map(|model| &model.family));
    let lines = models.iter().map(|model| {
        let mut values = vec![None, Some(model.parameters.value()), Some(model.top1.value())];
        values.extend(
            tasks.iter().map(|task| cell(rows, &model.model, task).map(|r| r.mean.value())),
        );
        ParallelLine {
            name: model.model.clone(),
            family: families.iter().position(|f| *f == model.family).unwrap_or(0),
            dash: SIZES.iter().position(|size| *size == model.size).unwrap_or(0),
            values,
        }
    });
    parallel_coordinates(&ParallelCoordinates {
        axes,
        lines: lines.collect(),
        families: families
            .iter()
            .enumerate()
            .map(|(marker, name)| ParallelFamily {
                name: name.clone(),
                color: family_series(name),
                marker,
            })
            .collect(),
        dashes: SIZES.iter().enumerate().map(|(i, size)| ((*size).to_string(), i)).collect(),
        mark: format!("scores {mark}; parameters, top-1 REFERENCE"),
    })
}

fn numbers(first: &str, second: &str, quantity: &str) -> ParallelAxis {
    ParallelAxis {
        title: vec![first.into(), second.into()],
        scale: AxisScale::Numbers,
        quantity: quantity.into(),
    }
}

fn scores(
    models: &[Architecture],
    rows: &[Row],
    tasks: &[String],
) -> crate::report::document::Block {
    let head =
        with_tasks([Column::name("Model"), number("Parameters, M"), number("Top-1 %")], tasks);
    let best = |row: &Row| {
        let others = rows.iter().filter(|other| other.task == row.task);
        let top = others.max_by(|a, b| a.mean.value().total_cmp(&b.mean.value()));
        top.is_some_and(|top| show::may_be_equal(top.mean, row.mean))
    };
    let lines = models.iter().map(|model| {
        let reference =
            |v: crate::published::Published| Value::shown(v.text()).with_note(v.kind().sentence());
        let mut line =
            vec![Value::text(&model.model), reference(model.parameters), reference(model.top1)];
        line.extend(tasks.iter().map(|task| match cell(rows, &model.model, task) {
            Some(row) => Value { best: best(row), ..show::number(row.mean, row) },
            None => Value::text("\u{2013}"),
        }));
        line
    });
    table(
        "tab-a1",
        "Scores of A1 in percent (AUC of DXC14, DXC5 and TXC, Dice of the others); \u{2248} marks \
         DIGITISED numbers, columns 2 and 3 are REFERENCE. Bold: the highest mean of a task and \
         those that cannot be told from it at the precision of the reading; nothing is known of \
         their spread over runs.",
        head,
        lines.collect(),
        Some(rows_csv(rows)),
    )
}
