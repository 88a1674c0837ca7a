//! A3: does the granularity of the pretraining labels matter.

use super::bars::{Layout, panel, slots};
use super::blocks::{Behind, distinct, figure, panel_title, rows_csv, table, with_tasks};
use super::show;
use crate::published::{PublishedError, Row, Table, annotations};
use crate::report::content::arrange::{paragraph, section};
use crate::report::document::{Section, Value};
use crate::text::Column;

const INITS: [(&str, &str); 5] = [
    ("ImageNet-1K", "ImageNet-1K"),
    ("iNat2021", "iNat2021"),
    ("ImageNet-22K", "ImageNet-22K"),
    ("COCO", "COCO"),
    ("Places365", "Places365"),
];

pub(super) fn granularity_section() -> Result<Section, PublishedError> {
    let rows = Table::Granularity.rows()?;
    let all = annotations()?;
    let layout = Layout {
        groups: vec![(String::new(), slots("ResNet-50", &INITS))],
        annotations: all.iter().filter(|a| a.study == Table::Granularity.study()).collect(),
    };
    let tasks = distinct(rows.iter().map(|row| &row.task));
    let of = |task: &String| -> Vec<&Row> { rows.iter().filter(|row| row.task == *task).collect() };
    let panels =
        tasks.iter().map(|task| (panel_title(task, &of(task)), panel(&layout, task, &of(task))));
    let lines = INITS.iter().map(|(init, name)| {
        let mut line = vec![Value::text(*name)];
        line.extend(tasks.iter().map(|task| {
            let row = of(task).into_iter().find(|row| row.init == *init);
            row.map_or(Value::text("\u{2013}"), show::mean_sd)
        }));
        line
    });
    let head = with_tasks([Column::name("Pretraining")], &tasks);
    let mark = show::mark(rows.iter());
    let blocks = vec![
        paragraph(
            "One network pretrained with labels of five kinds: the objects of ImageNet-1K and, in far \
             more classes, of ImageNet-22K, the species of iNat2021, the objects of COCO, the scenes \
             of Places365. The panel does not print the network; ResNet-50 is assumed. The printed \
             p-values at the brackets are rechecked in [[tab-recheck]].",
        ),
        figure(
            "fig-a3",
            format!(
                "Five pretrainings on five tasks. Bars are {mark}, error bars one standard \
                 deviation; p-values at the brackets are PRINTED. Axes do not start at 0, which makes \
                 gaps look larger than they are."
            ),
            panels.collect(),
            Behind::rows("fig-a3", &rows),
        ),
        table(
            "tab-a3",
            "Mean (standard deviation) of A3 in percent; \u{2248} marks DIGITISED numbers.",
            head,
            lines.collect(),
            Some(rows_csv(&rows)),
        ),
    ];
    Ok(section("a3", "A3: granularity of the pretraining labels", blocks))
}
