//! Metrics that a table has for classes alone: the mean over them is what is compared.

use std::collections::HashMap;

use super::body::Body;

/// Adds the mean over classes for metrics without a value over all of them; each is
/// noted.
pub(super) fn add_means(body: &mut Body, notes: &mut Vec<String>) {
    let whole = body.class.names.iter().position(String::is_empty);
    let is_whole = |row: usize| Some(body.class.codes[row] as usize) == whole;
    let mut has_whole = vec![false; body.metric.names.len()];
    for row in 0..body.len() {
        has_whole[body.metric.codes[row] as usize] |= is_whole(row);
    }
    if body.class.names.len() < 2 && whole.is_some() || has_whole.iter().all(|has| *has) {
        return;
    }
    let cells = body.cells();
    // Rows of a run and metric, in order of first appearance.
    let mut index: HashMap<(u32, u32, u64), usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (row, cell) in cells.iter().enumerate() {
        let metric = body.metric.codes[row];
        if !has_whole[metric as usize] {
            let at = *index.entry((*cell, metric, body.seed[row])).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            groups[at].push(row);
        }
    }
    let mut said: Vec<(u32, Vec<u32>)> = Vec::new();
    for rows in &groups {
        let metric = body.metric.codes[rows[0]];
        if !said.iter().any(|(known, _)| *known == metric) {
            said.push((metric, classes_of(body, metric)));
        }
    }
    for rows in &groups {
        let metric = body.metric.codes[rows[0]];
        let classes = said.iter().find(|(known, _)| *known == metric).map_or(0, |(_, c)| c.len());
        push_mean(body, rows, classes);
    }
    for (metric, classes) in said {
        let names: Vec<String> =
            classes.iter().map(|class| body.class.names[*class as usize].clone()).collect();
        notes.push(format!(
            "{} has values for classes alone and none over all of them: the mean over its {} \
             classes is compared ({})",
            body.metric.names[metric as usize],
            names.len(),
            crate::text::listed(&names),
        ));
    }
}

/// Classes that any run has the metric of, in order of first appearance.
fn classes_of(body: &Body, metric: u32) -> Vec<u32> {
    let mut classes = Vec::new();
    for (row, class) in body.class.codes.iter().enumerate() {
        if body.metric.codes[row] == metric && !classes.contains(class) {
            classes.push(*class);
        }
    }
    classes
}

/// The mean of a run's rows; none where a class lacks its value.
fn push_mean(body: &mut Body, rows: &[usize], classes: usize) {
    let whole = code(&mut body.class.names, "");
    let first = rows[0];
    let present: Vec<f64> =
        rows.iter().map(|row| body.value[*row]).filter(|value| !value.is_nan()).collect();
    let complete = present.len() == classes;
    let reason = if complete { "" } else { "a class of the run has no value" };
    let reason = code(&mut body.undefined.names, reason);
    let same = |codes: &mut Vec<u32>| codes.push(codes[first]);
    let others = body.others.iter_mut().map(|(_, codes)| codes);
    let named = [
        &mut body.task,
        &mut body.model,
        &mut body.init,
        &mut body.granularity,
        &mut body.metric,
        &mut body.run,
    ];
    named.into_iter().chain(others).for_each(|codes| same(&mut codes.codes));
    body.class.codes.push(whole);
    body.undefined.codes.push(reason);
    body.fraction.push(body.fraction[first]);
    body.seed.push(body.seed[first]);
    body.n.push(rows.iter().map(|row| body.n[*row]).sum());
    let mean = present.iter().sum::<f64>() / classes as f64;
    body.value.push(if complete { mean } else { f64::NAN });
}

fn code(names: &mut Vec<String>, name: &str) -> u32 {
    let known = names.iter().position(|known| known == name);
    known.unwrap_or_else(|| {
        names.push(name.into());
        names.len() - 1
    }) as u32
}
