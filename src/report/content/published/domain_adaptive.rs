//! A5: pretraining once more, in the domain of the task.

use super::bars::{Layout, Slot, panel, slots};
use super::blocks::{Behind, distinct, figure, panel_title, rows_csv, table, with_tasks};
use super::show;
use crate::published::{Annotation, PublishedError, Row, Table, annotations};
use crate::report::content::arrange::{paragraph, section};
use crate::report::document::{Block, Section, Value};
use crate::text::Column;

const RESNET: [(&str, &str); 4] = [
    ("ImageNet", "ImageNet"),
    ("ImageNet->ChestX-ray14", "\u{2192}ChestX-ray14"),
    ("ImageNet->CheXpert", "\u{2192}CheXpert"),
    ("ImageNet->MIMIC", "\u{2192}MIMIC"),
];
const BASE: [(&str, &str); 2] =
    [("ImageNet-1K", "ImageNet-1K"), ("ImageNet-1K->MIMIC", "ImageNet-1K\u{2192}MIMIC")];

pub(super) fn domain_adaptive_section() -> Result<Section, PublishedError> {
    let (left, right) = (Table::DomainAdaptiveResnet, Table::DomainAdaptiveBase);
    let (resnet, base) = (left.rows()?, right.rows()?);
    let all = annotations()?;
    let of = |table: Table| all.iter().filter(|a| a.study == table.study()).collect::<Vec<_>>();
    let resnet_layout = Layout {
        groups: vec![(String::new(), slots("ResNet-50", &RESNET))],
        annotations: of(left),
    };
    let groups = ["Swin-B", "ConvNeXt-B"].map(|model| (model.to_string(), slots(model, &BASE)));
    let base_layout = Layout { groups: groups.to_vec(), annotations: of(right) };
    let blocks = vec![
        paragraph(
            "Pretraining on ImageNet, and then once more on chest X-rays. [[fig-a5-resnet]] has \
             ResNet-50 with three sets of X-rays; a set is not pretraining for its own task (N/A). \
             [[fig-a5-base]] has two larger networks after MIMIC. Which p-value of [[fig-a5-resnet]] \
             belongs to which bar is read from its position, left to right.",
        ),
        drawing(
            "fig-a5-resnet",
            "ResNet-50 from ImageNet and after further pretraining on chest X-rays; p-values against \
             the ImageNet bar are PRINTED",
            &resnet_layout,
            &resnet,
        ),
        numbers("tab-a5-resnet", &resnet_layout, &resnet),
        drawing(
            "fig-a5-base",
            "Swin-B and ConvNeXt-B from ImageNet-1K and after MIMIC; stars are PRINTED, those \
             of the bracket across the architectures compare the two after MIMIC. n.s. no \
             significance, * p < 0.05, ** p < 0.01, >*** p < 0.0001; the original also prints *** \
             without saying what it stands for",
            &base_layout,
            &base,
        ),
        numbers("tab-a5-base", &base_layout, &base),
    ];
    Ok(section("a5", "A5: domain-adaptive pretraining", blocks))
}

fn drawing(label: &str, caption: &str, layout: &Layout<'_>, rows: &[Row]) -> Block {
    let tasks = distinct(rows.iter().map(|row| &row.task));
    let panels = tasks.iter().map(|task| {
        let of: Vec<&Row> = rows.iter().filter(|row| row.task == *task).collect();
        (panel_title(task, &of), panel(layout, task, &of))
    });
    let mark = show::mark(rows.iter());
    let caption = format!(
        "{caption}. Bars are {mark}, error bars one standard deviation. Axes do not start at 0."
    );
    figure(label, caption, panels.collect(), Behind::rows(label, rows))
}

fn numbers(label: &str, layout: &Layout<'_>, rows: &[Row]) -> Block {
    let tasks = distinct(rows.iter().map(|row| &row.task));
    let slots: Vec<&Slot> = layout.groups.iter().flat_map(|(_, slots)| slots).collect();
    let lines = slots.iter().map(|slot| {
        let mut line = vec![Value::text(&slot.model), Value::text(&slot.name)];
        line.extend(tasks.iter().map(|task| {
            let row = rows
                .iter()
                .find(|r| r.task == *task && r.model == slot.model && r.init == slot.init);
            row.map_or(Value::noted("N/A", "the pretraining is the task"), |row| {
                let value = show::mean_sd(row);
                Value { text: format!("{}{}", value.text, ends(layout, slot, task)), ..value }
            })
        }));
        line
    });
    let head = with_tasks([Column::name("Model"), Column::name("Pretraining")], &tasks);
    table(
        label,
        "Mean (standard deviation) in percent, \u{2248} marks DIGITISED numbers; then the PRINTED p \
         or stars against the same model from ImageNet.",
        head,
        lines.collect(),
        Some(rows_csv(rows)),
    )
}

/// The printed label of a bar against its own model from ImageNet.
fn ends(layout: &Layout<'_>, slot: &Slot, task: &str) -> String {
    let own = |a: &&&Annotation| {
        a.task == task && a.to == (slot.model.clone(), slot.init.clone()) && a.from.0 == slot.model
    };
    layout
        .annotations
        .iter()
        .find(own)
        .map_or(String::new(), |a| format!(", {}", show::printed(&a.text)))
}
