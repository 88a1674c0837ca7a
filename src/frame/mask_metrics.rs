//! Metrics of one mask against another, and of a run from those of its cases.
//!
//! | masks | Dice, IoU, NSD | HD95, ASSD |
//! |---|---|---|
//! | both with pixels | as defined | as defined |
//! | one empty | 0 | the diagonal of the image |
//! | both empty | 1 | 0 |
//!
//! So every case has a value, whatever the network says of it: a mean in which
//! such cases are left out would rise when a network finds nothing on its worst
//! ones. Values that come of this table say so, and the mean counts them.

use crate::data::Planes;
use crate::records::{CaseMetric, Metric};
use crate::spec::{SegmentationSpec, Spacing};
use crate::stats::Outcome;
use crate::stats::segmentation::{
    MaskPair, Presence, dice, iou, surface_distances, surfel_distances,
};

/// The metrics, in the order of records. HD95 is the larger of the two directed
/// 95th percentiles (as MONAI has it), ASSD the mean of both directions pooled,
/// NSD the share of the boundaries within a tolerance (Nikolov et al. 2021).
const NAMES: [&str; 5] = ["dice", "iou", "hd95", "assd", "nsd"];

/// How distances are measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ruler {
    /// Height and width of a pixel.
    pub spacing: [f64; 2],
    /// Of NSD.
    pub tolerance: f64,
}

impl Ruler {
    /// That of a task, for a case whose file states its own spacing or does not; pixels
    /// where there is none.
    pub fn of(spec: &SegmentationSpec, of_case: Option<[f64; 2]>) -> Self {
        let stated = spec.spacing.and_then(Spacing::stated);
        Self { spacing: of_case.or(stated).unwrap_or([1.0, 1.0]), tolerance: spec.tolerance }
    }
}

/// Value and, where it comes of a convention, which.
type Valued = (f64, Option<String>);

/// All metrics of one structure in one case, in the order of [`NAMES`].
fn of_structure(
    truth: &Planes,
    predicted: &Planes,
    structure: usize,
    ruler: Ruler,
) -> Result<[Valued; 5], String> {
    let shape = [truth.height() as usize, truth.width() as usize];
    let pair = MaskPair::new(
        predicted.structure(structure),
        truth.structure(structure),
        &shape,
        &ruler.spacing,
    );
    let pair = pair.value().ok_or("masks of one case differ in size")?;
    let (overlap, distance, why) = match pair.presence() {
        Presence::Both => return of_both(pair, ruler),
        Presence::BothEmpty => (1.0, 0.0, "rightly nothing: neither mask has a pixel"),
        Presence::PredictionEmpty => (0.0, pair.diagonal(), "missed: the prediction is empty"),
        Presence::ReferenceEmpty => (0.0, pair.diagonal(), "invented: the true mask is empty"),
    };
    Ok([overlap, overlap, distance, distance, overlap].map(|value| (value, Some(why.into()))))
}

fn of_both(pair: &MaskPair, ruler: Ruler) -> Result<[Valued; 5], String> {
    let value = |outcome: &Outcome<f64>| {
        outcome.any().copied().ok_or("two masks with pixels have no overlap value")
    };
    let surfaces = surface_distances(pair);
    let surfaces = surfaces.any().ok_or("two masks with pixels have no boundary")?;
    let surfels = surfel_distances(pair);
    let surfels = surfels.any().ok_or("two masks with pixels have no boundary")?;
    Ok([
        value(&dice(pair))?,
        value(&iou(pair))?,
        surfaces.robust_hausdorff_directed(0.95),
        surfaces.average_symmetric(),
        surfels.surface_dice(ruler.tolerance),
    ]
    .map(|value| (value, None)))
}

/// Rows of a case: each metric of each structure, and with several the mean
/// over them.
fn rows(
    (case, patient): (&str, &str),
    classes: &[String],
    each: &[[Valued; 5]],
) -> Vec<CaseMetric> {
    let row = |metric: usize, class: Option<&String>, (value, undefined): Valued| CaseMetric {
        case: case.into(),
        patient: patient.into(),
        metric: NAMES[metric].into(),
        class: class.cloned(),
        value: Some(value),
        undefined,
    };
    let mut rows = Vec::new();
    for metric in 0..NAMES.len() {
        let sum: f64 = each.iter().map(|values| values[metric].0).sum();
        let notes: Vec<String> = classes
            .iter()
            .zip(each)
            .filter_map(|(class, values)| Some(format!("{class} {}", values[metric].1.as_ref()?)))
            .collect();
        let note = match (classes, notes.as_slice()) {
            (_, []) => None,
            ([_], _) => each[0][metric].1.clone(),
            _ => Some(notes.join("; ")),
        };
        rows.push(row(metric, None, (sum / each.len() as f64, note)));
        if classes.len() > 1 {
            for (class, values) in classes.iter().zip(each) {
                rows.push(row(metric, Some(class), values[metric].clone()));
            }
        }
    }
    rows
}

/// Rows of a case from its masks.
///
/// # Errors
/// Where they differ in size.
pub fn case_metrics_of(
    case: (&str, &str),
    classes: &[String],
    (truth, predicted): (&Planes, &Planes),
    ruler: Ruler,
) -> Result<Vec<CaseMetric>, String> {
    let each = (0..classes.len())
        .map(|structure| of_structure(truth, predicted, structure, ruler))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(rows(case, classes, &each))
}

/// Means over cases: each metric, overall and of each structure.
pub fn mask_metrics_of(rows: &[CaseMetric], classes: &[String]) -> Vec<Metric> {
    let mut metrics = Vec::new();
    for name in NAMES {
        metrics.push(mean(rows, name, None));
        if classes.len() > 1 {
            metrics.extend(classes.iter().map(|class| mean(rows, name, Some(class))));
        }
    }
    metrics
}

fn mean(rows: &[CaseMetric], name: &str, class: Option<&String>) -> Metric {
    let of = || rows.iter().filter(|row| row.metric == name && row.class.as_ref() == class);
    let (mut sum, mut count, mut conventional) = (0.0, 0_u64, 0_u64);
    for row in of() {
        sum += row.value.unwrap_or(f64::NAN);
        count += 1;
        conventional += u64::from(row.undefined.is_some());
    }
    let convention = || {
        let values = if matches!(name, "hd95" | "assd") {
            "0 where both are empty and the diagonal of the image where one is"
        } else {
            "1 where both are empty and 0 where one is"
        };
        format!("{conventional} of {count} cases have an empty mask: they count as {values}")
    };
    Metric {
        metric: name.into(),
        class: class.cloned(),
        value: (count > 0).then(|| sum / count as f64),
        undefined: match (count, conventional) {
            (0, _) => Some("there are no cases".into()),
            (_, 0) => None,
            _ => Some(convention()),
        },
        n: count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planes(bits: [u8; 12]) -> Planes {
        Planes::new(4, 3, bits.map(|bit| bit | Planes::COUNTS).to_vec()).expect("planes")
    }

    const RULER: Ruler = Ruler { spacing: [1.0, 1.0], tolerance: 1.0 };
    const SOME: [u8; 12] = [0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0];
    const OTHER: [u8; 12] = [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0];

    fn values(truth: [u8; 12], predicted: [u8; 12]) -> [Valued; 5] {
        of_structure(&planes(truth), &planes(predicted), 0, RULER).expect("values")
    }

    #[test]
    fn overlapping_masks_have_the_values_of_their_definitions() {
        let values = values(SOME, OTHER).map(|(value, note)| {
            assert_eq!(note, None);
            value
        });
        assert_eq!(values[..4], [0.5, 1.0 / 3.0, 1.0, 0.5]);
        assert!((0.0..=1.0).contains(&values[4]));
    }

    #[test]
    fn an_empty_mask_never_drops_a_case() {
        let none = [0; 12];
        for (truth, predicted, overlap, distance) in
            [(none, none, 1.0, 0.0), (SOME, none, 0.0, 5.0), (none, SOME, 0.0, 5.0)]
        {
            let values = values(truth, predicted);
            assert_eq!(
                [0, 1, 2, 3, 4].map(|i| values[i].0),
                [overlap, overlap, distance, distance, overlap]
            );
            assert!(values.iter().all(|(_, note)| note.is_some()));
        }
    }

    #[test]
    fn a_run_has_means_and_says_what_is_a_convention() {
        let classes = ["a".to_owned(), "b".to_owned()];
        let both = |truth: [u8; 12], predicted: [u8; 12]| {
            let each = [values(truth, predicted), values(SOME, SOME)];
            rows(("c", "p"), &classes, &each)
        };
        let rows = [both(SOME, OTHER), both(SOME, [0; 12])].concat();
        let means = mask_metrics_of(&rows, &classes);
        let of = |class: Option<&str>| {
            means.iter().find(|m| m.metric == "dice" && m.class.as_deref() == class).expect("dice")
        };
        assert_eq!((of(None).value, of(None).n), (Some(0.625), 2));
        assert_eq!(of(Some("a")).value, Some(0.25));
        assert_eq!((of(Some("b")).value, &of(Some("b")).undefined), (Some(1.0), &None));
        let note = of(Some("a")).undefined.clone().expect("a note");
        assert!(note.starts_with("1 of 2 cases have an empty mask"), "{note}");
        assert_eq!(means.len(), 15);
    }
}
