//! Means per class.

use crate::compare::CellSummary;
use crate::compare::format::columns;
use crate::report::bound::{Full, Origin, slug};
use crate::report::document::{Block, TableBlock, Value};
use crate::report::escape;
use crate::report::load::ReportInput;
use crate::scores::{Factor, Unit};
use crate::spec::{Target, target_tasks};
use crate::text::{Column, Kind, Table};

pub(super) fn classes_block(input: &ReportInput) -> Option<Block> {
    let (_, first) = input.classes.first()?;
    let factors = Factor::of_all(first.iter().map(|like| &like.cell));
    let mut table = Table::new(columns::factors(&factors));
    table.columns.push(Column::labels());
    table.columns.extend(input.classes.iter().map(|(class, _)| Column {
        key: slug(class).replace('.', "_").into(),
        ..Column::titled(Kind::Number, class)
    }));
    let names =
        factors.iter().map(Factor::name).chain(["label_fraction", "class", "n", "mean", "sd"]);
    let mut csv: Vec<Vec<String>> = vec![names.map(String::from).collect()];
    let find = |cells: &[CellSummary], like: &CellSummary| {
        cells.iter().find(|c| c.cell.is_beside(&like.cell)).cloned()
    };
    let metric = &input.comparisons[0].options.metric;
    let over = input.comparisons[0].unit().word();
    for like in first {
        let cell = &like.cell;
        let mut row: Vec<Value> = factors.iter().map(|f| Value::text(f.level(cell))).collect();
        row.push(Value::share(Some(cell.label_fraction)));
        for (class, cells) in &input.classes {
            let found = find(cells, like);
            let mean = found.as_ref().and_then(|c| c.mean);
            let sd = found.as_ref().and_then(|c| c.sd);
            let notes = found.as_ref().map(|c| {
                c.cell
                    .undefined
                    .iter()
                    .map(|(s, r)| match c.cell.unit {
                        Unit::Cases => r.clone(),
                        _ => format!("seed {s}: {r}"),
                    })
                    .collect::<Vec<_>>()
                    .join("; ")
            });
            let n = found.as_ref().map_or(0, |c| c.n);
            let fraction = cell.label_fraction.to_string();
            let names = std::iter::once("classes").chain(cell.levels()).chain([fraction.as_str()]);
            let origin = Origin::new(&names.collect::<Vec<_>>()).n(format!("{n} {over}"));
            let how = format!(
                "mean over {n} {over}, SD {}; {}",
                metric.text(sd),
                notes.unwrap_or_default()
            );
            let name = slug(class).replace('.', "_");
            row.push(Value::bound(origin.bind(&name, mean, metric.text(mean), how)));
            let levels = factors.iter().map(|factor| factor.level(cell));
            let numbers = [fraction, class.clone(), n.to_string(), mean.full(), sd.full()];
            csv.push(levels.chain(numbers).collect());
        }
        table.rows.push(row);
    }
    let caption = format!(
        "{} per {}: mean over {over}.",
        metric.in_full(),
        if masks_alone(input) { "structure" } else { "class" }
    );
    let block = TableBlock::new("tab-classes", caption, table);
    Some(Block::Table(block.with_csv(escape::csv(csv))))
}

/// Whether all that is compared are masks, of which classes are structures.
fn masks_alone(input: &ReportInput) -> bool {
    let Some(record) = &input.study else { return false };
    let study = &record.study;
    target_tasks(study).all(|name| study.tasks[name].target == Target::Segmentation)
}
