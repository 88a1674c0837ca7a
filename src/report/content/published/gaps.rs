//! Own results beside the published ones: the reproduction-gap table.

use super::blocks::{Behind, figure, number, table, written};
use super::gap_figure::{MOST_ROWS, panels};
use super::show;
use super::sources::kinds;
use crate::compare::CellSummary;
use crate::published::gap::{Gap, Gaps, Inside, Titles, gaps};
use crate::published::{PublishedError, guarded};
use crate::report::content::arrange::{paragraph, section};
use crate::report::document::{Block, Section, Value};
use crate::report::load::ReportInput;
use crate::spec::Study;
use crate::text::{Column, fixed, percent};

const RULE: &str = "An own result meets a published one when task, model, init and metric have its \
                    names, whatever their case, or names that the table of aliases \
                    (dataset/published/aliases.csv) takes for them; titles of the study and ids of \
                    the catalogue count as names. Own results on a part of the labels meet none.";

pub(super) fn gap_section(input: &ReportInput) -> Result<Section, PublishedError> {
    let study = input.study.as_ref().map(|record| &record.study);
    let own: Vec<CellSummary> =
        input.comparisons.iter().flat_map(|comparison| comparison.cells.clone()).collect();
    let found = gaps(&own, &study.map_or_else(Titles::default, titles))?;
    let mut blocks = vec![paragraph(overview(&found)), paragraph(RULE), kinds()];
    if !found.pairs.is_empty() {
        let more = if found.pairs.len() > MOST_ROWS {
            format!(" At most {MOST_ROWS} pairs of a metric are drawn.")
        } else {
            String::new()
        };
        for (index, (metric, drawing)) in panels(&found.pairs).into_iter().enumerate() {
            let label =
                if index == 0 { "fig-gap".into() } else { format!("fig-gap-{}", index + 1) };
            let of: Vec<Gap> =
                found.pairs.iter().filter(|p| p.published.metric == metric).cloned().collect();
            blocks.push(figure(
                &label,
                format!(
                    "{metric}: own means with their intervals, and the published means that they \
                     repeat, PRINTED or DIGITISED, with what the precision of each leaves open.{more}"
                ),
                vec![(String::new(), drawing)],
                Behind::pairs(&label, pairs_csv(&of)),
            ));
        }
        blocks.push(pairs_table(&found.pairs));
    }
    if !found.unmatched.is_empty() {
        blocks.push(unmatched(&found.unmatched));
    }
    Ok(section("reproduction", "Own results beside the published ones", blocks))
}

fn titles(study: &Study) -> Titles {
    let tasks = study.tasks.iter().filter_map(|(name, t)| Some((name.clone(), t.title.clone()?)));
    let models = study.models.iter().map(|(name, model)| {
        (name.clone(), model.title.clone().unwrap_or_else(|| model.backbone.title().into()))
    });
    let inits = study.inits.iter().map(|(name, init)| {
        let mut names: Vec<String> = init.title.iter().chain(&init.zoo).cloned().collect();
        names.extend(init.random.then(|| "Scratch".to_string()));
        (name.clone(), names)
    });
    Titles { tasks: tasks.collect(), models: models.collect(), inits: inits.collect() }
}

fn overview(found: &Gaps) -> String {
    if found.pairs.is_empty() {
        return "None of the own results repeats a published one; [[tab-unmatched]] says why. The \
                published numbers follow."
            .into();
    }
    let count = |inside| found.pairs.iter().filter(|pair| pair.inside == inside).count();
    let rest = if found.unmatched.is_empty() {
        "Every own result has a published partner.".to_string()
    } else {
        format!(
            "{} own results have no published partner ([[tab-unmatched]]).",
            found.unmatched.len()
        )
    };
    format!(
        "{} pairs of an own and a published mean ([[tab-gap]]): the published mean lies in the \
         own interval in {}, outside in {}, cannot be told at its precision in {}, and there is no \
         own interval in {}. {rest} A published mean outside the interval need not mean an error: \
         the interval covers the own runs' spread alone, and data, splits and training may differ.",
        found.pairs.len(),
        count(Inside::Yes),
        count(Inside::No),
        count(Inside::WithinPrecision),
        count(Inside::Unknown)
    )
}

fn word(inside: Inside) -> &'static str {
    match inside {
        Inside::Yes => "yes",
        Inside::No => "no",
        Inside::WithinPrecision => "cannot be told",
        Inside::Unknown => "no interval",
    }
}

fn pairs_table(pairs: &[Gap]) -> Block {
    let lines = pairs.iter().map(|pair| {
        let (own, row) = (&pair.own, &pair.published);
        let scaled = |value: Option<f64>| fixed(value.map(|v| v * pair.scale), 2);
        let interval = own.interval.as_ref().map_or_else(Value::none, |i| {
            let ends = format!("[{}, {}]", scaled(Some(i.low)), scaled(Some(i.high)));
            let how = format!("{} interval, {}", percent(i.confidence), i.method);
            Value::number((i.low * pair.scale, i.high * pair.scale), ends, how)
        });
        let times = if pair.scale == 1.0 { "as recorded" } else { "times 100" };
        vec![
            Value::text(&own.cell.task),
            Value::text(&own.cell.model),
            Value::text(&own.cell.init),
            Value::number(
                own.mean.map(|mean| mean * pair.scale),
                scaled(own.mean),
                format!("mean of {}, {times}", own.cell.metric),
            ),
            interval,
            Value::count(own.n),
            show::number(row.mean, row),
            Value::text(row.mean.kind().word()),
            show::gap(pair.gap, row.mean),
            Value { best: pair.inside == Inside::Yes, ..Value::text(word(pair.inside)) },
            Value::noted(pair.study, format!("{} / {} / {}", row.task, row.model, row.init)),
            Value::text(&row.metric),
        ]
    });
    table(
        "tab-gap",
        "Reproduction gaps: own mean, its interval and number of runs, the published mean with its \
         kind, and own minus published.",
        [
            Column::name("Task"),
            Column::name("Model"),
            Column::name("Init"),
            number("Own mean"),
            number("Interval"),
            number("n"),
            number("Published"),
            Column::words("Kind"),
            number("Gap"),
            Column::words("In own interval"),
            Column::words("Study"),
            Column::words("Metric"),
        ],
        lines.collect(),
        Some(pairs_csv(pairs)),
    )
}

fn pairs_csv(pairs: &[Gap]) -> String {
    let head = [
        "task",
        "model",
        "init",
        "own_metric",
        "own_mean",
        "own_low",
        "own_high",
        "n",
        "scale",
        "study",
        "published_task",
        "published_model",
        "published_init",
        "metric",
        "published_mean",
        "kind",
        "half_width",
        "gap",
        "in_own_interval",
    ];
    let number = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
    let lines = pairs.iter().map(|pair| {
        let (own, row) = (&pair.own, &pair.published);
        let interval = own.interval.as_ref();
        let cell = &own.cell;
        let mut line =
            [&cell.task, &cell.model, &cell.init, &cell.metric].map(|t| guarded(t)).to_vec();
        line.extend([
            number(own.mean),
            number(interval.map(|i| i.low)),
            number(interval.map(|i| i.high)),
            own.n.to_string(),
            pair.scale.to_string(),
            pair.study.to_string(),
            guarded(&row.task),
            guarded(&row.model),
            guarded(&row.init),
            row.metric.clone(),
            format!("{:.*}", row.mean.decimals(), row.mean.value()),
            row.mean.kind().word().to_string(),
            row.mean.half_width().to_string(),
            number(pair.gap),
            word(pair.inside).to_string(),
        ]);
        line
    });
    written(std::iter::once(head.map(String::from).to_vec()).chain(lines))
}

fn unmatched(list: &[(CellSummary, String)]) -> Block {
    let lines = list.iter().map(|(own, reason)| {
        vec![
            Value::text(&own.cell.task),
            Value::text(&own.cell.model),
            Value::text(&own.cell.init),
            Value::share(Some(own.cell.label_fraction)),
            Value::text(&own.cell.metric),
            Value::text(reason),
        ]
    });
    table(
        "tab-unmatched",
        "Own results without a published partner.",
        [
            Column::name("Task"),
            Column::name("Model"),
            Column::name("Init"),
            Column::labels(),
            Column::name("Metric"),
            Column::name("Why"),
        ],
        lines.collect(),
        None,
    )
}
