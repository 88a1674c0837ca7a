//! Own and published means in one drawing per metric.

use super::blocks::distinct;
use crate::figures::{Figure, Reproduction, ReproductionRow, reproduction};
use crate::published::Kind;
use crate::published::gap::Gap;
use crate::text::percent;

/// More rows than this are not drawn; the table has them all.
pub(super) const MOST_ROWS: usize = 40;

/// One panel per published metric.
pub(super) fn panels(pairs: &[Gap]) -> Vec<(String, Option<Figure>)> {
    let metrics = distinct(pairs.iter().map(|pair| &pair.published.metric));
    metrics
        .into_iter()
        .map(|metric| {
            let of: Vec<&Gap> =
                pairs.iter().filter(|p| p.published.metric == metric).take(MOST_ROWS).collect();
            let interval = of.iter().find_map(|p| p.own.interval.as_ref());
            let interval = interval
                .map_or("no interval".into(), |i| format!("{} interval", percent(i.confidence)));
            let rows = of.iter().map(|pair| row(pair)).collect();
            (metric.clone(), reproduction(&Reproduction { metric, interval, rows }))
        })
        .collect()
}

fn row(pair: &Gap) -> ReproductionRow {
    let (own, published) = (&pair.own, &pair.published);
    ReproductionRow {
        name: format!("{} \u{b7} {} \u{b7} {}", own.cell.task, own.cell.model, own.cell.init),
        source: format!("{}, {}", pair.study, published.mean.kind().word()),
        own: own.mean.map(|mean| mean * pair.scale),
        interval: own.interval.as_ref().map(|i| (i.low * pair.scale, i.high * pair.scale)),
        published: published.mean.value(),
        half_width: published.mean.half_width(),
        digitised: matches!(published.mean.kind(), Kind::Digitised { .. }),
    }
}
