//! Arranges the sections of a report.

use super::document::{Block, Document, FigureBlock, Head, Panel, Section, TableBlock, Value};
use super::load::{ReportInput, RunRow};
use super::{methods, provenance};
use crate::compare::format::{self, Format, Table, fixed, percent, summary_table, test_table};
use crate::compare::{CellSummary, Comparison, Factor};
use crate::figures::{Figure, MOST_BRACKETS, grouped_bars, label_fraction};
use crate::records::RunState;
use crate::spec::{RunKind, Study};

/// Beyond this many the run table is thinned, and says so.
const MOST_RUNS: usize = 2000;

/// The document, not yet numbered.
pub(super) fn document(input: &ReportInput) -> Document {
    let study = input.study.as_ref().map(|record| &record.study);
    let title = study
        .and_then(|s| s.study.title.clone())
        .unwrap_or_else(|| format!("Results of {}", input.source));
    let main = &input.comparisons[0];
    let runs = if input.runs.is_empty() {
        format!("{} cells of {}", main.cells.len(), main.options.metric)
    } else {
        let done = input.runs.iter().filter(|run| run.state() == "done").count();
        format!("{done} of {} runs", input.runs.len())
    };
    let mut sections = vec![summary(input, study)];
    sections.extend(results(input, study));
    sections.push(methods_section(input, study));
    sections.extend(other_metrics(input));
    sections.push(failures(input));
    sections.extend(run_table(&input.runs));
    sections.push(provenance::section(input));
    Document { title, subtitle: format!("{} · {runs}", input.source), sections }
}

fn paragraph(text: impl Into<String>) -> Block {
    Block::Paragraph { text: text.into() }
}

fn section(id: &str, heading: &str, blocks: Vec<Block>) -> Section {
    Section { id: id.into(), heading: heading.into(), blocks }
}

fn summary(input: &ReportInput, study: Option<&Study>) -> Section {
    let main = &input.comparisons[0];
    let mut blocks = Vec::new();
    if let Some(description) = study.and_then(|s| s.study.description.clone()) {
        blocks.push(paragraph(description));
    }
    let alpha = main.options.alpha;
    let tested: Vec<_> =
        main.rows.iter().filter_map(|row| row.adjusted_p.map(|p| (row, p))).collect();
    let significant: Vec<_> = tested.iter().filter(|(_, p)| *p < alpha).collect();
    blocks.push(paragraph(if tested.is_empty() {
        "No comparison could be tested; [[tab-summary]] has the means.".into()
    } else if significant.is_empty() {
        format!(
            "None of the {} comparisons of {} is significant after {} adjustment at alpha {alpha}. \
             That is no evidence of equality: the intervals in [[tab-tests]] show which \
             differences the data leave open.",
            tested.len(),
            main.options.metric,
            main.adjustment
        )
    } else {
        let list: Vec<String> = significant
            .iter()
            .take(6)
            .map(|(row, p)| {
                format!(
                    "{} against {} on {} at {} ({}, adjusted p {})",
                    row.level,
                    row.reference,
                    row.task,
                    percent(row.label_fraction),
                    signed(row.difference),
                    format::p_value(Some(*p))
                )
            })
            .collect();
        let rest = significant.len().saturating_sub(6);
        let more =
            if rest > 0 { format!("; and {rest} more in [[tab-tests]]") } else { String::new() };
        format!(
            "{} of the {} comparisons of {} are significant after {} adjustment at alpha {alpha}: \
             {}{more}. All are in [[tab-tests]].",
            significant.len(),
            tested.len(),
            main.options.metric,
            main.adjustment,
            list.join("; ")
        )
    }));
    let fewest = main.cells.iter().map(|cell| cell.n).min().unwrap_or(0);
    if fewest < 5 {
        blocks.push(paragraph(format!(
            "With as few as {fewest} seeds per cell only large effects can become significant, and \
             intervals of the mean tend to be too narrow; read the seeds themselves in the figures."
        )));
    }
    section("summary", "Summary", blocks)
}

fn signed(value: Option<f64>) -> String {
    match value {
        Some(v) if v > 0.0 => format!("+{}", fixed(value, 4)),
        _ => fixed(value, 4),
    }
}

fn results(input: &ReportInput, study: Option<&Study>) -> Vec<Section> {
    let main = &input.comparisons[0];
    let mut blocks = figures(main, study);
    blocks.push(summary_block(main, "tab-summary"));
    if !main.rows.is_empty() {
        blocks.push(tests_block(main, "tab-tests"));
    }
    blocks.extend(classes_block(input));
    for note in main.notes.iter().chain(&input.notes) {
        blocks.push(paragraph(note.clone()));
    }
    vec![section("results", "Results", blocks)]
}

/// Levels of the inits and their titles, in order of appearance.
fn levels(cells: &[CellSummary], study: Option<&Study>) -> (Vec<String>, Vec<String>) {
    let mut levels: Vec<String> = Vec::new();
    for cell in cells {
        if !levels.contains(&cell.cell.init) {
            levels.push(cell.cell.init.clone());
        }
    }
    let title = |name: &String| {
        study.and_then(|s| s.inits.get(name)?.title.clone()).unwrap_or_else(|| name.clone())
    };
    let titles = levels.iter().map(title).collect();
    (levels, titles)
}

fn figures(main: &Comparison, study: Option<&Study>) -> Vec<Block> {
    let metric = &main.options.metric;
    let name = if metric == "auc" { "AUC" } else { metric };
    let (main, by_model) = (&by_init(main), main.options.factor == Some(Factor::Model));
    let (levels, mut titles) = levels(&main.cells, study);
    if by_model {
        titles = levels.iter().map(|name| model_title(name, study)).collect();
    }
    let mut lines = Vec::new();
    let mut bars = Vec::new();
    for (task, model) in facets(&main.cells) {
        let cells: Vec<&CellSummary> =
            main.cells.iter().filter(|c| c.cell.task == task && c.cell.model == model).collect();
        let tests: Vec<_> =
            main.rows.iter().filter(|r| r.task == task && r.model == model).collect();
        let title = format!("{} · {}", task_title(&task, study), model_title(&model, study));
        let base = if metric == "auc" { 0.5 } else { 0.0 };
        let panel = |figure: Figure, id: &str, at: usize| Panel {
            title: title.clone(),
            svg: figure.inline(&format!("{id}-{at}")),
            file: figure.standalone(),
        };
        if let Some(figure) = label_fraction(&cells, &levels, &titles, name) {
            lines.push(panel(figure, "line", lines.len()));
        }
        if let Some(figure) = grouped_bars(&cells, &tests, &levels, &titles, name, base) {
            bars.push(panel(figure, "bars", bars.len()));
        }
    }
    if lines.is_empty() {
        return vec![paragraph("There is no value to draw.")];
    }
    let csv = cells_csv(&main.cells);
    let interval = percent(main.options.confidence);
    let base = if metric == "auc" {
        "Bars start at 0.5, the AUC of chance, unless a value lies below it."
    } else {
        "Bars start at 0."
    };
    let caption = |text: String| text;
    vec![
        paragraph(format!(
            "[[fig-fractions]] shows {name} against the share of training labels, [[fig-bars]] the \
             same means with the tests; the numbers are in [[tab-summary]]{}.",
            if main.rows.is_empty() { "" } else { " and [[tab-tests]]" }
        )),
        figure_block(
            "fig-fractions",
            caption(format!(
                "{name} against the share of training labels. Lines join means over seeds, bands \
                 and bars are {interval} BCa bootstrap intervals of the mean, small marks are \
                 single seeds. Levels of the share stand at equal distances."
            )),
            lines,
            csv.clone(),
        ),
        figure_block(
            "fig-bars",
            caption(format!(
                "Mean {name} over seeds; error bars are one sample standard deviation. Brackets \
                 hold {}-adjusted p-values: *** below 0.001, ** below 0.01, * below 0.05, n.s. \
                 otherwise; a group with more than {MOST_BRACKETS} tests has none. {base}",
                main.adjustment
            )),
            bars,
            csv,
        ),
    ]
}

fn figure_block(label: &str, caption: String, panels: Vec<Panel>, csv: String) -> Block {
    Block::Figure(FigureBlock { label: label.into(), number: 0, caption, panels, csv })
}

/// The comparison as the figures draw it: the levels that are compared stand
/// in `init`, what is the same on both sides in `model`.
fn by_init(comparison: &Comparison) -> Comparison {
    let mut comparison = comparison.clone();
    if comparison.options.factor == Some(Factor::Model) {
        for summary in &mut comparison.cells {
            std::mem::swap(&mut summary.cell.init, &mut summary.cell.model);
        }
        for row in &mut comparison.rows {
            std::mem::swap(&mut row.init, &mut row.model);
        }
    }
    comparison
}

/// Task and model of each panel, in order of appearance.
fn facets(cells: &[CellSummary]) -> Vec<(String, String)> {
    let mut facets: Vec<(String, String)> = Vec::new();
    for cell in cells {
        let key = (cell.cell.task.clone(), cell.cell.model.clone());
        if !facets.contains(&key) {
            facets.push(key);
        }
    }
    facets
}

fn task_title(name: &str, study: Option<&Study>) -> String {
    study.and_then(|s| s.tasks.get(name)?.title.clone()).unwrap_or_else(|| name.into())
}

fn model_title(name: &str, study: Option<&Study>) -> String {
    study
        .and_then(|s| s.models.get(name))
        .map(|m| m.title.clone().unwrap_or_else(|| m.backbone.title().into()))
        .unwrap_or_else(|| name.into())
}

fn cells_csv(cells: &[CellSummary]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let number = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
    let _ = writer.write_record([
        "metric",
        "task",
        "model",
        "init",
        "label_fraction",
        "n",
        "mean",
        "sd",
        "ci_low",
        "ci_high",
        "seeds",
        "values",
    ]);
    for summary in cells {
        let cell = &summary.cell;
        let list = |items: Vec<String>| items.join(" ");
        let _ = writer.write_record([
            cell.metric.clone(),
            cell.task.clone(),
            cell.model.clone(),
            cell.init.clone(),
            cell.label_fraction.to_string(),
            summary.n.to_string(),
            number(summary.mean),
            number(summary.sd),
            number(summary.interval.as_ref().map(|i| i.low)),
            number(summary.interval.as_ref().map(|i| i.high)),
            list(cell.seeds.iter().map(ToString::to_string).collect()),
            list(cell.values.iter().map(ToString::to_string).collect()),
        ]);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn heads(table: &Table) -> Vec<Head> {
    let pair = table.head.iter().zip(&table.numeric);
    pair.map(|(text, numeric)| Head { text: text.clone(), numeric: *numeric }).collect()
}

fn summary_block(comparison: &Comparison, label: &str) -> Block {
    let table = summary_table(comparison);
    let best = best_cells(&comparison.cells);
    let rows = table
        .rows
        .iter()
        .zip(&comparison.cells)
        .enumerate()
        .map(|(index, (row, summary))| {
            let seeds: Vec<String> = summary.cell.seeds.iter().map(ToString::to_string).collect();
            let how = format!("n = {}, seeds {}", summary.n, seeds.join(", "));
            let interval = summary.interval.as_ref().map_or_else(
                || summary.notes.join("; "),
                |i| format!("{} interval, {}; {how}", percent(i.confidence), i.method),
            );
            let mut row: Vec<Value> = row.iter().map(Value::text).collect();
            row[5] = Value {
                text: row[5].text.clone(),
                title: format!("mean of {}; {how}", comparison.options.metric),
                best: best[index],
            };
            row[6].title = format!("sample standard deviation over seeds; {how}");
            row[7].title = interval;
            row
        })
        .collect();
    Block::Table(TableBlock {
        label: label.into(),
        number: 0,
        caption: format!(
            "{} per task, model, init and share of labels: mean, sample standard deviation and {} \
             interval of the mean over seeds. The highest mean of each task and share is bold.",
            comparison.options.metric,
            percent(comparison.options.confidence)
        ),
        head: heads(&table),
        rows,
        csv: cells_csv(&comparison.cells),
    })
}

/// Whether a cell has the highest mean of its task and label fraction, as
/// shown: means that print alike are ties, and all of them are marked.
fn best_cells(cells: &[CellSummary]) -> Vec<bool> {
    let mut highest: std::collections::BTreeMap<(&str, u64), f64> =
        std::collections::BTreeMap::new();
    let shown = |mean: f64| (mean * 1e4).round();
    for summary in cells {
        if let Some(mean) = summary.mean {
            let key = (summary.cell.task.as_str(), summary.cell.label_fraction.to_bits());
            let entry = highest.entry(key).or_insert(f64::NEG_INFINITY);
            *entry = entry.max(shown(mean));
        }
    }
    cells
        .iter()
        .map(|summary| {
            let key = (summary.cell.task.as_str(), summary.cell.label_fraction.to_bits());
            summary.mean.is_some_and(|mean| highest.get(&key) == Some(&shown(mean)))
        })
        .collect()
}

fn tests_block(comparison: &Comparison, label: &str) -> Block {
    let table = test_table(comparison);
    let rows = table
        .rows
        .iter()
        .zip(&comparison.rows)
        .map(|(row, test)| {
            let mut cells: Vec<Value> = row.iter().map(Value::text).collect();
            let notes = test.notes.join("; ");
            let why = format!("{}: {}. {notes}", test.test, test.why);
            let statistic = match (test.t, test.df) {
                (Some(t), Some(df)) => format!("t = {t:.3}, {df:.1} degrees of freedom"),
                _ => notes.clone(),
            };
            for cell in &mut cells[5..7] {
                cell.title =
                    format!("mean of {} minus mean of {}; {statistic}", test.level, test.reference);
            }
            cells[7].title = format!(
                "{} over a family of {} tests; {statistic}",
                comparison.adjustment, comparison.family_size
            );
            cells[7].best = test.adjusted_p.is_some_and(|p| p < comparison.options.alpha);
            cells[8].title.clone_from(&statistic);
            cells[9].title = format!("Hedges' g, exact correction; {notes}");
            cells[10].title = why;
            cells
        })
        .collect();
    Block::Table(TableBlock {
        label: label.into(),
        number: 0,
        caption: format!(
            "All tests of {}: difference of means with its {} interval, {}-adjusted and raw \
             two-sided p, Hedges' g. Adjusted p below {} is bold.",
            comparison.options.metric,
            percent(comparison.options.confidence),
            comparison.adjustment,
            comparison.options.alpha
        ),
        head: heads(&table),
        rows,
        csv: format::write(comparison, Format::Csv),
    })
}

fn classes_block(input: &ReportInput) -> Option<Block> {
    let (_, first) = input.classes.first()?;
    let mut head: Vec<Head> = ["Task", "Model", "Init", "Labels"]
        .iter()
        .map(|text| Head { text: (*text).into(), numeric: *text == "Labels" })
        .collect();
    head.extend(input.classes.iter().map(|(class, _)| Head { text: class.clone(), numeric: true }));
    let mut csv = String::from("task,model,init,label_fraction,class,n,mean,sd\n");
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
            row.push(Value::noted(
                fixed(mean, 3),
                format!("mean over {n} seeds, SD {}; {}", fixed(sd, 3), notes.unwrap_or_default()),
            ));
            let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
            csv += &format!(
                "{},{},{},{},{},{n},{},{}\n",
                quoted(&cell.task),
                quoted(&cell.model),
                quoted(&cell.init),
                cell.label_fraction,
                quoted(class),
                mean.map_or(String::new(), |v| v.to_string()),
                sd.map_or(String::new(), |v| v.to_string())
            );
        }
        rows.push(row);
    }
    Some(Block::Table(TableBlock {
        label: "tab-classes".into(),
        number: 0,
        caption: format!("{} per class: mean over seeds.", input.comparisons[0].options.metric),
        head,
        rows,
        csv,
    }))
}

fn methods_section(input: &ReportInput, study: Option<&Study>) -> Section {
    let mut blocks: Vec<Block> = match study {
        Some(study) => methods::training(study).into_iter().map(paragraph).collect(),
        None => vec![paragraph(format!(
            "The values come from {} as they are; how they were made is not known to this report.",
            input.source
        ))],
    };
    blocks.push(paragraph(methods::statistics(&input.comparisons[0])));
    section("methods", "Methods", blocks)
}

fn other_metrics(input: &ReportInput) -> Option<Section> {
    let mut blocks = Vec::new();
    for comparison in &input.comparisons[1..] {
        let metric: String = comparison
            .options
            .metric
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        blocks.push(summary_block(comparison, &format!("tab-summary-{metric}")));
        if !comparison.rows.is_empty() {
            blocks.push(tests_block(comparison, &format!("tab-tests-{metric}")));
        }
    }
    (!blocks.is_empty()).then(|| section("other-metrics", "Other metrics", blocks))
}

fn failures(input: &ReportInput) -> Section {
    let mut blocks = Vec::new();
    if input.problems.is_empty() {
        let what = if input.study.is_some() {
            "Every run of the study has results."
        } else {
            "The file has a value in every row that counts."
        };
        blocks.push(paragraph(what));
    } else {
        blocks.push(paragraph(format!(
            "{} runs have no results; their cells rest on fewer seeds. [[tab-failures]] says why.",
            input.problems.len()
        )));
        let mut csv = String::from("run,reason\n");
        for problem in &input.problems {
            csv += &format!(
                "\"{}\",\"{}\"\n",
                problem.run.replace('"', "\"\""),
                problem.reason.replace('"', "\"\"")
            );
        }
        let head = ["Run", "Why"].map(|text| Head { text: text.into(), numeric: false }).to_vec();
        let rows = input
            .problems
            .iter()
            .map(|p| vec![Value::text(&p.run), Value::text(&p.reason)])
            .collect();
        blocks.push(Block::Table(TableBlock {
            label: "tab-failures".into(),
            number: 0,
            caption: "Runs without results.".into(),
            head,
            rows,
            csv,
        }));
    }
    if let Some(study) = &input.study {
        for (task, notes) in &study.data_notes {
            for note in notes {
                blocks.push(paragraph(format!("Data check of {task}: {note}")));
            }
        }
    }
    section("failures", "Failures and data check", blocks)
}

fn run_table(runs: &[RunRow]) -> Option<Section> {
    if runs.is_empty() {
        return None;
    }
    let head = [
        ("Run", false),
        ("Kind", false),
        ("Task", false),
        ("Model", false),
        ("Init", false),
        ("Labels", true),
        ("Seed", true),
        ("State", false),
        ("AUC", true),
        ("Accuracy", true),
        ("Best epoch", true),
        ("Train cases", true),
        ("Seconds", true),
        ("Images/s", true),
    ];
    let mut csv = csv::Writer::from_writer(Vec::new());
    let _ = csv.write_record(head.iter().map(|(name, _)| *name));
    let mut rows = Vec::new();
    for run in runs {
        let texts = run_texts(run);
        let _ = csv.write_record(&texts);
        if rows.len() < MOST_RUNS {
            rows.push(texts.into_iter().map(Value::text).collect());
        }
    }
    let thinned = if runs.len() > MOST_RUNS {
        format!(" The first {MOST_RUNS} of {} are shown; the CSV has all.", runs.len())
    } else {
        String::new()
    };
    let table = TableBlock {
        label: "tab-runs".into(),
        number: 0,
        caption: format!("All runs, each named by the hash of its specification.{thinned}"),
        head: head
            .iter()
            .map(|(text, numeric)| Head { text: (*text).into(), numeric: *numeric })
            .collect(),
        rows,
        csv: String::from_utf8(csv.into_inner().unwrap_or_default()).unwrap_or_default(),
    };
    Some(section("runs", "Runs", vec![Block::Table(table)]))
}

fn run_texts(run: &RunRow) -> Vec<String> {
    let spec = &run.spec;
    let done = run.record.as_ref().filter(|record| record.state == RunState::Done);
    let metric = |name: &str| {
        let found =
            done.and_then(|r| r.metrics.iter().find(|m| m.metric == name && m.class.is_none()));
        fixed(found.and_then(|m| m.value), 4)
    };
    let of = |f: &dyn Fn(&crate::records::Record) -> String| done.map_or("\u{2013}".into(), f);
    vec![
        spec.id().0,
        if spec.kind == RunKind::Pretraining { "pretraining".into() } else { "target".into() },
        spec.task.clone(),
        spec.model.clone(),
        spec.init.clone(),
        percent(spec.label_fraction),
        spec.seed.to_string(),
        run.state().into(),
        metric("auc"),
        metric("accuracy"),
        of(&|r| r.best_epoch.to_string()),
        of(&|r| r.cases[0].to_string()),
        of(&|r| format!("{:.1}", r.provenance.seconds)),
        of(&|r| format!("{:.1}", r.provenance.images_per_second)),
    ]
}
