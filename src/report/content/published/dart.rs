//! The article of 2021: ImageNet against iNat2021, and self-supervised models.

use super::bars::{Layout, panel, slots};
use super::blocks::{Behind, distinct, figure, panel_title, rows_csv, table, with_tasks};
use super::dart_table::domain_adaptation;
use super::self_supervised::{methods_table, strips};
use super::show;
use crate::figures::StripMark;
use crate::published::{PublishedError, Row, Table, annotations};
use crate::report::content::arrange::{paragraph, section};
use crate::report::document::{Block, Section, Value};
use crate::text::Column;

const INITS: [(&str, &str); 3] = [
    ("Scratch", "Scratch"),
    ("ImageNet supervised", "ImageNet"),
    ("iNat2021 supervised", "iNat2021"),
];

pub(super) fn dart_section() -> Result<Section, PublishedError> {
    let mut blocks = vec![paragraph(
        "The article of 2021 with ResNet-50 on seven tasks: labels of species against labels of \
         objects ([[fig-dart-inat]]), self-supervised models against the supervised one \
         ([[fig-dart-ssl]]), and pretraining in the domain ([[fig-dart-domain]]).",
    )];
    blocks.extend(inat()?);
    blocks.extend(self_supervised()?);
    blocks.extend(domain_adaptation()?);
    Ok(section("dart", "DART 2021", blocks))
}

fn inat() -> Result<Vec<Block>, PublishedError> {
    let rows = Table::DartInat.rows()?;
    let all = annotations()?;
    let layout = Layout {
        groups: vec![(String::new(), slots("ResNet-50", &INITS))],
        annotations: all.iter().filter(|a| a.study == Table::DartInat.study()).collect(),
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
    Ok(vec![
        figure(
            "fig-dart-inat",
            "Random weights, ImageNet and iNat2021. Error bars are one standard deviation over ten \
             runs; p-values are PRINTED. Means of Scratch and ImageNet on five tasks are PRINTED (in \
             the table of the same article), everything else is DIGITISED.",
            panels.collect(),
            Behind::rows("fig-dart-inat", &rows),
        ),
        table(
            "tab-dart-inat",
            "Mean (standard deviation) in percent; \u{2248} marks DIGITISED numbers, the others are \
             PRINTED.",
            head,
            lines.collect(),
            Some(rows_csv(&rows)),
        ),
    ])
}

fn self_supervised() -> Result<Vec<Block>, PublishedError> {
    let rows = Table::DartSelfSupervised.rows()?;
    let (panels, key) = strips(&rows, StripMark::Bar)?;
    let mark = show::mark(rows.iter());
    Ok(vec![
        figure(
            "fig-dart-ssl",
            format!(
                "Fourteen self-supervised methods by number, in the colour of their family (last \
                 panel), against the supervised baseline (dashed, band of one standard \
                 deviation). Bars are {mark}, error bars one standard deviation over ten runs. \
                 Stars are PRINTED, above each bar that is not clearly below the baseline: n.s. no \
                 significance, * p < 0.05, ** p < 0.01, >*** p < 0.0001."
            ),
            panels.into_iter().chain([("Key".to_string(), key)]).collect(),
            Behind::rows("fig-dart-ssl", &rows),
        ),
        methods_table(
            "tab-dart-ssl",
            "Mean (standard deviation) in percent, \u{2248} marks DIGITISED numbers; then the \
             PRINTED stars. Bold: above the baseline with what the reading leaves open.",
            &rows,
        ),
    ])
}
