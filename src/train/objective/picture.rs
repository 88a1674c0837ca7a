//! Pictures of the few cases of a run that a report shows: the best, the median
//! and the worst by their Dice.

use std::collections::BTreeMap;

use crate::data::{Case, Dataset};
use crate::records::{CaseMask, Tested};

/// The masks of a run, those of three cases with their images.
pub(super) fn with_pictures(data: &Dataset, tested: &Tested) -> Vec<CaseMask> {
    let places: BTreeMap<&str, usize> = data
        .cases
        .iter()
        .enumerate()
        .map(|(index, Case { id, .. })| (id.as_str(), index))
        .collect();
    let shown = shown(tested);
    let picture = |mask: &CaseMask| {
        let index = places.get(mask.case.as_str())?;
        shown
            .contains(&mask.case.as_str())
            .then(|| data.thumbnail(*index, CaseMask::PICTURE_SIDE))?
    };
    let with = |mask: &CaseMask| CaseMask { picture: picture(mask), ..mask.clone() };
    tested.masks.iter().map(with).collect()
}

/// Worst, median and best case; ties by the order of the cases.
fn shown(tested: &Tested) -> Vec<&str> {
    let mut cases: Vec<(f64, &str)> = (tested.metrics.iter())
        .filter(|row| row.metric == "dice" && row.class.is_none())
        .filter_map(|row| Some((row.value?, row.case.as_str())))
        .collect();
    cases.sort_by(|a, b| a.0.total_cmp(&b.0));
    let last = cases.len().saturating_sub(1);
    let places = [0, last / 2, last];
    places.iter().filter_map(|place| cases.get(*place)).map(|(_, case)| *case).collect()
}
