//! A2: what is gained by architecture when labels are few.

use super::architectures::family_series;
use super::blocks::{Behind, distinct, figure, number, rows_csv, table};
use super::show;
use crate::figures::{
    Difference, DifferenceBars, Figure, HorizontalBar, HorizontalBars, HorizontalGap,
    HorizontalPanel, difference_bars, horizontal_bars,
};
use crate::published::{Annotation, Kind, Published, PublishedError, Row, Table, annotations};
use crate::report::content::arrange::{paragraph, section};
use crate::report::document::{Block, Section, Value};
use crate::text::Column;

/// Models of each row of the grid, with the parameters that the original prints.
const SIZES: [[(&str, &str); 3]; 2] = [
    [("ConvNeXt-T", "29M"), ("Swin-T", "28M"), ("DeiT-S", "22M")],
    [("ConvNeXt-B", "89M"), ("Swin-B", "88M"), ("DeiT-B", "86M")],
];
/// Training images of each task, as printed.
const TRAINING: [(&str, &str); 4] =
    [("CXS", "124"), ("TXC", "529"), ("PXS", "8K"), ("DXC14", "86K")];

pub(super) fn label_efficiency_section() -> Result<Section, PublishedError> {
    let rows = Table::Sizes.rows()?;
    let differences = Table::LabelEfficiency.rows()?;
    let gaps: Vec<Annotation> =
        annotations()?.into_iter().filter(|a| a.study == Table::Sizes.study()).collect();
    let mark = show::mark(rows.iter());
    let blocks = vec![
        paragraph(
            "ConvNeXt, Swin and DeiT in two sizes on tasks with ever more training images \
             ([[fig-a2-sizes]]), and Swin against ConvNeXt on ever more labels of one kind of task, \
             from ImageNet and from random weights ([[fig-a2-labels]]).",
        ),
        figure(
            "fig-a2-sizes",
            format!(
                "Three architectures of like size, tasks in order of their training images. Bars \
                 are {mark}; error bars are one standard deviation. Brackets: the gap of ConvNeXt \
                 over Swin, PRINTED. Panels of a column share their axis."
            ),
            vec![(String::new(), grid(&rows, &gaps, &mark))],
            Behind::rows("fig-a2-sizes", &rows),
        ),
        gap_table(&rows, &gaps),
        figure(
            "fig-a2-labels",
            "Swin minus ConvNeXt in points of AUC against the size of the labelled set; numbers and \
             stars are PRINTED (n.s. no significance, * p < 0.05, >*** p < 0.0001). The \
             original prints no stars for random weights, and not which size of the models it is.",
            vec![(String::new(), labels(&differences))],
            Behind::rows("fig-a2-labels", &differences),
        ),
        difference_table(&differences),
    ];
    Ok(section("a2", "A2: label efficiency", blocks))
}

fn cell<'a>(rows: &'a [Row], model: &str, task: &str) -> Option<&'a Row> {
    rows.iter().find(|row| row.model == model && row.task == task)
}

fn family(model: &str) -> &str {
    model.split('-').next().unwrap_or(model)
}

fn grid(rows: &[Row], gaps: &[Annotation], mark: &str) -> Option<Figure> {
    let names = SIZES.map(|models| {
        let bar = |(name, note): (&str, &str)| HorizontalBar {
            name: name.into(),
            note: format!("{note} parameters"),
            series: family_series(family(name)),
        };
        models.map(bar).to_vec()
    });
    let columns = TRAINING.map(|(task, images)| {
        let metric = rows.iter().find(|row| row.task == task).map(|row| row.metric.clone());
        (format!("{task}, {images} images"), metric.unwrap_or_default())
    });
    let panels = SIZES.map(|models| {
        TRAINING
            .map(|(task, _)| {
                let place = |end: &(String, String)| models.iter().position(|m| m.0 == end.0);
                let gap = gaps.iter().filter(|a| a.task == task).find_map(|a| {
                    let (from, to) = (place(&a.from)?, place(&a.to)?);
                    Some(HorizontalGap { from, to, label: show::printed(&a.text) })
                });
                let values = models.map(|(model, _)| {
                    let row = cell(rows, model, task)?;
                    Some((row.mean.value(), row.sd.map(Published::value)))
                });
                HorizontalPanel { values: values.to_vec(), gap }
            })
            .to_vec()
    });
    horizontal_bars(&HorizontalBars {
        rows: names.to_vec(),
        columns: columns.to_vec(),
        panels: panels.to_vec(),
        mark: format!("bars {mark}; gaps PRINTED"),
    })
}

/// The printed gap beside the one that the bars give.
fn gap_table(rows: &[Row], gaps: &[Annotation]) -> Block {
    let lines = gaps.iter().filter_map(|gap| {
        let (swin, convnext) =
            (cell(rows, &gap.from.0, &gap.task)?, cell(rows, &gap.to.0, &gap.task)?);
        let read = convnext.mean.minus(swin.mean);
        let printed = Published::parse(&gap.text, Kind::Printed)?;
        let agree = if show::may_be_equal(read, printed) { "yes" } else { "no" };
        Some(vec![
            Value::text(&gap.task),
            Value::text(format!("{} minus {}", gap.to.0, gap.from.0)),
            show::mean_sd(convnext),
            show::mean_sd(swin),
            show::difference(read),
            Value::shown(&gap.text),
            Value::text(agree),
        ])
    });
    table(
        "tab-a2-sizes",
        "The gaps of A2: as the bars give them (\u{2248}, DIGITISED) and as they are PRINTED.",
        [
            Column::name("Task"),
            Column::name("Gap"),
            number("ConvNeXt (SD)"),
            number("Swin (SD)"),
            number("Gap read"),
            number("Gap printed"),
            Column::words("Agree"),
        ],
        lines.collect(),
        None,
    )
}

fn labels(rows: &[Row]) -> Option<Figure> {
    let sets = distinct(rows.iter().map(|row| &row.task));
    let inits = distinct(rows.iter().map(|row| &row.init));
    let value = |task: &String, init: &String| {
        rows.iter().find(|row| row.task == *task && row.init == *init).map(|row| Difference {
            value: row.mean.value(),
            text: show::difference(row.mean).text,
            stars: row.label.clone(),
        })
    };
    let sizes = sets.iter().map(|set| {
        let size = rows.iter().find(|row| row.task == *set).map(|row| row.labelled.clone());
        (size.unwrap_or_default(), set.clone())
    });
    let colors = [0, 7];
    difference_bars(&DifferenceBars {
        title: "Swin minus ConvNeXt, points of AUC".into(),
        series: inits.iter().zip(colors).map(|(name, color)| (name.clone(), color)).collect(),
        sizes: sizes.collect(),
        values: sets
            .iter()
            .map(|set| inits.iter().map(|init| value(set, init)).collect())
            .collect(),
        mark: "PRINTED".into(),
    })
}

fn difference_table(rows: &[Row]) -> Block {
    let sets = distinct(rows.iter().map(|row| &row.task));
    let lines = sets.iter().map(|set| {
        let of = |init: &str| rows.iter().find(|row| row.task == *set && row.init == init);
        let text = |row: Option<&Row>| {
            row.map_or(Value::text("\u{2013}"), |row| show::difference(row.mean))
        };
        let label = of("ImageNet").map_or(String::new(), |row| row.label.clone());
        vec![
            Value::text(set),
            Value::shown(of("ImageNet").map_or("", |row| &row.labelled)),
            text(of("ImageNet")),
            Value::text(label),
            text(of("Scratch")),
        ]
    });
    table(
        "tab-a2-labels",
        "Swin minus ConvNeXt in points of AUC, PRINTED.",
        [
            Column::name("Labelled set"),
            number("Images"),
            number("ImageNet"),
            Column::words("Stars"),
            number("Scratch"),
        ],
        lines.collect(),
        Some(rows_csv(rows)),
    )
}
