//! Targets: learning curves and masks.

use std::hint::black_box as keep;

use super::Target;
use super::bytes::Bytes;
use super::two_samples::ALTERNATIVES;
use crate::stats::Outcome;
use crate::stats::learning_curve::{
    Curve, CurvePair, Resampling, area, area_interval, crossover, efficiency, label_ratio, slopes,
    trend, trend_interaction,
};
use crate::stats::segmentation::{
    MaskPair, Presence, Worst, absolute_volume_difference, dice, iou, mean_over_cases,
    surface_distances, surfel_distances, volume_difference,
};

fn curve(b: &mut Bytes<'_>) -> Option<Curve> {
    let rows = b.rows();
    let points = rows.first().map_or(0, Vec::len);
    let fractions = if b.one_in(4) {
        b.numbers_of(points)
    } else {
        (1..=points).map(|i| i as f64 / points as f64).collect()
    };
    Curve::of(&fractions, &rows).any().cloned()
}

fn resampling(b: &mut Bytes<'_>) -> Resampling {
    Resampling {
        resamples: b.resamples(),
        seed: b.word(),
        confidence: b.level(),
        paired_runs: b.bool(),
    }
}

fn masks(b: &mut Bytes<'_>) -> Outcome<MaskPair> {
    let shape: Vec<usize> = match b.byte() % 16 {
        0 => vec![b.large(), b.large(), b.large()],
        1 => Vec::new(),
        2 => vec![0, 3],
        3 => vec![1; 4],
        _ => (0..2 + b.below(2)).map(|_| 1 + b.below(5)).collect(),
    };
    let voxels = shape.iter().try_fold(1usize, |n, side| n.checked_mul(*side));
    let voxels = voxels.filter(|n| *n <= 4096).unwrap_or(8);
    let spacing: Vec<f64> =
        if b.bool() { vec![1.0; shape.len()] } else { b.numbers_of(shape.len()) };
    let empty = b.byte() % 8;
    let mut mask = |is_empty: bool| {
        if is_empty { vec![false; voxels] } else { b.bools(voxels) }
    };
    let (prediction, reference) = (mask(empty & 6 == 0), mask(empty & 5 == 0));
    MaskPair::new(prediction, reference, &shape, &spacing)
}

pub(super) const TARGETS: &[Target] = &[
    Target::new(
        "curve::Curve::of curve::Curve::fractions curve::Curve::runs curve::Curve::mean \
         curve::Curve::at_largest curve::Curve::points area::area area::area_interval \
         trend::slopes trend::trend",
        300,
        |b| {
            let Some(found) = curve(b) else { return };
            let (level, side) = (b.level(), b.pick(&ALTERNATIVES));
            keep((found.fractions(), found.runs(), found.mean(), found.at_largest()));
            keep((found.points(level), area(&found), area_interval(&found, level)));
            keep((slopes(&found), trend(&found, side, level)));
        },
    ),
    Target::new(
        "crossover::crossover efficiency::efficiency efficiency::label_ratio \
         trend::trend_interaction redraw::Resampling::all_of pair::CurvePair::new \
         pair::CurvePair::curves crossover::CurvePair::crossover \
         efficiency::CurvePair::efficiency efficiency::CurvePair::reverse_efficiency \
         efficiency::CurvePair::label_ratio",
        200,
        |b| {
            let (Some(x), Some(y)) = (curve(b), curve(b)) else { return };
            let how = resampling(b);
            keep((crossover(&x, &y, &how), efficiency(&x, &b.numbers(), &how)));
            keep((efficiency(&x, &y.at_largest(), &how), label_ratio(&x, &y, b.number(), &how)));
            let pair = CurvePair::new(&x, &y, how);
            keep((pair.curves(), pair.crossover(), pair.label_ratio(b.number())));
            keep((pair.efficiency(), pair.reverse_efficiency()));
            keep(how.all_of(b.word() as usize, b.large()));
            keep(trend_interaction(&x, &y, b.bool(), b.pick(&ALTERNATIVES), b.level()));
        },
    ),
    Target::new(
        "mask::MaskPair::new mask::MaskPair::predicted_voxels mask::MaskPair::reference_voxels \
         mask::MaskPair::presence mask::MaskPair::diagonal overlap::dice overlap::iou volume::volume_difference \
         volume::absolute_volume_difference \
         surface::surface_distances surface::SurfaceDistances::to_reference \
         surface::SurfaceDistances::to_prediction surface::SurfaceDistances::hausdorff \
         surface::SurfaceDistances::robust_hausdorff_pooled \
         surface::SurfaceDistances::robust_hausdorff_directed surface::SurfaceDistances::average \
         surface::SurfaceDistances::average_symmetric \
         surface::SurfaceDistances::average_of_directions \
         surface::SurfaceDistances::surface_overlap surfel::surfel_distances \
         surfel::SurfelDistances::robust_hausdorff surfel::SurfelDistances::average_to_reference \
         surfel::SurfelDistances::average_to_prediction surfel::SurfelDistances::surface_dice",
        150,
        |b| {
            let found = masks(b);
            let Some(masks) = found.any() else { return };
            let (share, tolerance) = (b.level(), b.number());
            keep((masks.predicted_voxels(), masks.reference_voxels(), masks.presence()));
            keep((masks.diagonal(), dice(masks), iou(masks)));
            keep((volume_difference(masks), absolute_volume_difference(masks)));
            if let Some(d) = surface_distances(masks).any() {
                keep((d.to_reference(), d.to_prediction(), d.hausdorff(), d.average()));
                keep((d.robust_hausdorff_pooled(share), d.robust_hausdorff_directed(share)));
                keep((d.average_symmetric(), d.average_of_directions()));
                keep(d.surface_overlap(tolerance));
            }
            if let Some(d) = surfel_distances(masks).any() {
                keep((d.robust_hausdorff(share), d.surface_dice(tolerance)));
                keep((d.average_to_reference(), d.average_to_prediction()));
            }
        },
    ),
    Target::new("cases::mean_over_cases", 100, |b| {
        const PRESENCE: [Presence; 4] = [
            Presence::Both,
            Presence::PredictionEmpty,
            Presence::ReferenceEmpty,
            Presence::BothEmpty,
        ];
        let cases: Vec<(Presence, Outcome<f64>)> = b
            .numbers()
            .into_iter()
            .map(|v| {
                let known = b.bool();
                (b.pick(&PRESENCE), if known { Outcome::of(v) } else { Outcome::undefined("no") })
            })
            .collect();
        let worst = b.number();
        keep(mean_over_cases(&cases, b.pick(&[Worst::Lowest(worst), Worst::Highest(worst)])));
    }),
];
