//! From the values of a mask image to the pixels of structures.

use super::Mask;

/// What a mask had that a reader should know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::data) struct Odd {
    /// Values between black and white: it was scaled with interpolation.
    pub(in crate::data) between: bool,
}

/// Pixels from a threshold on.
///
/// # Errors
/// Where no pixel reaches it although some are not black: the mask is written
/// in other values.
pub(super) fn above(
    (width, height): (u32, u32),
    values: &[u8],
    threshold: u8,
) -> Result<(Mask, Odd), String> {
    let largest = values.iter().copied().max().unwrap_or(0);
    if largest > 0 && largest < threshold {
        return Err(format!(
            "has values up to {largest}, all below the threshold of {threshold}: no pixel would be \
             inside; write threshold = {} in [tasks.NAME.segmentation], or mask_values = [...] \
             where each value is a structure of its own",
            if largest == 1 { 1 } else { largest / 2 + 1 }
        ));
    }
    let inside = values.iter().map(|value| u8::from(*value >= threshold)).collect();
    let between = values.iter().any(|value| *value > 0 && *value < largest);
    Ok((Mask { width, height, inside }, Odd { between }))
}

/// One mask per value.
///
/// # Errors
/// Where a pixel has another value than 0 and those.
pub(super) fn each(
    (width, height): (u32, u32),
    values: &[u8],
    of_structures: &[u8],
) -> Result<Vec<Mask>, String> {
    let known = |value: &u8| *value == 0 || of_structures.contains(value);
    if let Some(other) = values.iter().find(|value| !known(value)) {
        let mut list: Vec<String> = of_structures.iter().map(ToString::to_string).collect();
        list.insert(0, "0".into());
        return Err(format!(
            "has the value {other}, expected {}; `mask_values` names the value of each structure",
            list.join(", ")
        ));
    }
    let of = |wanted: &u8| {
        let inside = values.iter().map(|value| u8::from(value == wanted)).collect();
        Mask { width, height, inside }
    };
    Ok(of_structures.iter().map(of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anti_aliased_masks_are_cut_at_the_threshold() {
        let (mask, odd) = above((4, 1), &[0, 127, 128, 255], 128).expect("a mask");
        assert_eq!(mask.inside, [0, 0, 1, 1]);
        assert!(odd.between);
        let (mask, odd) = above((2, 1), &[0, 255], 128).expect("a mask");
        assert_eq!((mask.inside, odd.between), (vec![0, 1], false));
        let (mask, odd) = above((2, 1), &[0, 0], 128).expect("an empty mask");
        assert_eq!((mask.inside, odd.between), (vec![0, 0], false));
    }

    #[test]
    fn a_mask_of_other_values_is_not_empty() {
        let error = above((3, 1), &[0, 1, 0], 128).expect_err("an error");
        assert!(error.contains("threshold = 1 in"), "{error}");
        let error = above((3, 1), &[0, 100, 0], 128).expect_err("an error");
        assert!(error.contains("threshold = 51"), "{error}");
    }

    #[test]
    fn each_value_is_a_structure_and_others_are_errors() {
        let masks = each((4, 1), &[0, 2, 5, 2], &[2, 5]).expect("masks");
        assert_eq!(masks[0].inside, [0, 1, 0, 1]);
        assert_eq!(masks[1].inside, [0, 0, 1, 0]);
        let error = each((1, 1), &[3], &[2, 5]).expect_err("an error");
        assert!(error.contains("value 3, expected 0, 2, 5"), "{error}");
    }
}
