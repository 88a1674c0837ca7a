//! Claims that name what no results have.

use crate::compare::error::CompareError;
use crate::scores::{Cell, Factor, MetricCells, canonical};
use crate::spec::{Claim, Level, Study};

/// A column, level or metric that the results do not have is a slip of the pen,
/// not a claim without evidence: an error with the known ones. What a study
/// declares counts as known, for its runs may have failed or be still to come.
/// Without any results nothing is known, and nothing is refused. Cost O(claims
/// cells).
pub fn check_claims(
    claims: &[Claim],
    metrics: &[MetricCells],
    study: Option<&Study>,
) -> Result<(), CompareError> {
    let cells: Vec<&Cell> = metrics.iter().flat_map(|of| &of.cells).collect();
    let Some(first) = cells.first() else { return Ok(()) };
    for claim in claims {
        if study.is_none() {
            check_metric(claim, metrics)?;
        }
        for (factor, level) in claim.levels() {
            check_factor(claim, factor, first)?;
            check_level(claim, factor, level, &cells, study)?;
        }
    }
    Ok(())
}

fn check_metric(claim: &Claim, metrics: &[MetricCells]) -> Result<(), CompareError> {
    let Some(name) = &claim.metric else { return Ok(()) };
    let known: Vec<&str> = metrics.iter().map(|of| of.metric.key.as_str()).collect();
    if known.contains(&canonical(name).as_str()) {
        return Ok(());
    }
    Err(CompareError::ClaimMetric {
        claim: claim.text.clone(),
        got: name.clone(),
        known: known.join(", "),
    })
}

fn check_factor(claim: &Claim, factor: &Factor, cell: &Cell) -> Result<(), CompareError> {
    let known = [Factor::TASK, Factor::MODEL, Factor::INIT, Factor::LABEL_FRACTION].into_iter();
    let known: Vec<&str> = known.chain(cell.others.iter().map(|(name, _)| name.as_str())).collect();
    if known.contains(&factor.name()) {
        return Ok(());
    }
    Err(CompareError::ClaimFactor {
        claim: claim.text.clone(),
        got: factor.name().into(),
        known: known.join(", "),
    })
}

fn check_level(
    claim: &Claim,
    factor: &Factor,
    level: &Level,
    cells: &[&Cell],
    study: Option<&Study>,
) -> Result<(), CompareError> {
    let declared = study.map(|study| declared(study, factor)).unwrap_or_default();
    let known = cells.iter().any(|cell| level.is_of(factor, cell));
    if known || declared.iter().any(|name| level.is(name)) {
        return Ok(());
    }
    let mut known: Vec<String> = Vec::new();
    for name in cells.iter().map(|cell| factor.level(cell)).chain(declared) {
        if !known.contains(&name) {
            known.push(name);
        }
    }
    Err(CompareError::ClaimLevel {
        claim: claim.text.clone(),
        factor: factor.name().replace('_', " "),
        got: level.to_string(),
        known: known.join(", "),
    })
}

/// Levels that a study names.
fn declared(study: &Study, factor: &Factor) -> Vec<String> {
    match factor.name() {
        Factor::TASK => study.tasks.keys().cloned().collect(),
        Factor::MODEL => study.models.keys().cloned().collect(),
        Factor::INIT => study.inits.keys().cloned().collect(),
        Factor::LABEL_FRACTION if study.study.label_counts.is_empty() => {
            study.study.label_fractions.iter().map(ToString::to_string).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::Metric;
    use crate::spec::{Levels, Side};

    fn check(claim: Claim) -> Result<(), String> {
        let cell = |init: &str, optimizer: &str| Cell {
            task: "t".into(),
            model: "m".into(),
            init: init.into(),
            label_fraction: 0.1,
            others: vec![("optimizer".into(), optimizer.into())],
            ..Cell::default()
        };
        let cells = vec![cell("x", "adam"), cell("y", "sgd")];
        let metrics = [MetricCells { metric: Metric::named("auc"), cells }];
        check_claims(&[claim], &metrics, None).map_err(|error| error.to_string())
    }

    fn claim(side: Side, than: Side) -> Claim {
        Claim {
            text: "a claim".into(),
            better: Some(side),
            not_worse: None,
            equivalent: None,
            than,
            at: Levels::default(),
            metric: None,
            margin: None,
        }
    }

    #[test]
    fn unknown_columns_levels_and_metrics_are_errors_with_the_known_ones() {
        let inits = || claim(Side::init("y"), Side::init("x"));
        assert_eq!(check(inits()), Ok(()));
        let at = |at: Levels| check(Claim { at, ..inits() });
        assert_eq!(at(Levels::one("label_fraction", 0.1).and("optimizer", "sgd")), Ok(()));
        let error = at(Levels::one("label_fraction", 0.2)).expect_err("no such fraction");
        assert!(error.contains("0.2") && error.contains("10 %"), "{error}");
        let error = at(Levels::one("optimiser", "adam")).expect_err("no such column");
        assert!(error.contains("\"optimiser\"") && error.contains("optimizer"), "{error}");
        let error = check(claim(Side::init("z"), Side::init("x"))).expect_err("no such init");
        assert!(error.contains("\"z\"") && error.contains("x, y"), "{error}");
        let metric = Some("dice".into());
        let error = check(Claim { metric, ..inits() }).expect_err("no such metric");
        assert!(error.contains("dice") && error.contains("auc"), "{error}");
    }
}
