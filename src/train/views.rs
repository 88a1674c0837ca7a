//! Several views of a test image, whose probabilities are averaged.

use super::sample::Sampler;
use crate::spec::TestAugmentation;

/// One view of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    /// Upper left corner of the crop; the centre, or the whole of an image that
    /// keeps its pixels, where absent.
    corner: Option<(i64, i64)>,
    /// Whether left and right are exchanged.
    pub(crate) mirrored: bool,
}

impl View {
    /// How stored images come to the network: `still` is the usual way.
    pub(crate) fn sampler(self, size: i64, still: Sampler<'static>) -> Sampler<'static> {
        match self.corner {
            Some((top, left)) => Sampler::Corner { top, left, size },
            None => still,
        }
    }
}

/// The views of a test image of `stored` pixels a side, of which the network
/// takes `size`. Ten crops are in the order of the published benchmark: the
/// corners and the centre, then the same mirrored.
pub(crate) fn views(augmentation: TestAugmentation, stored: i64, size: i64) -> Vec<View> {
    let plain = View { corner: None, mirrored: false };
    let mirrored = |view: &View| View { mirrored: true, ..*view };
    match augmentation {
        TestAugmentation::None => vec![plain],
        TestAugmentation::Flip => vec![plain, mirrored(&plain)],
        TestAugmentation::TenCrop => {
            let far = stored - size;
            let corners = [(0, 0), (0, far), (far, 0), (far, far)];
            let mut five: Vec<View> =
                corners.map(|corner| View { corner: Some(corner), ..plain }).into();
            five.push(plain);
            let others: Vec<View> = five.iter().map(mirrored).collect();
            [five, others].concat()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_crops_are_corners_and_centre_and_their_mirror_images() {
        let views = views(TestAugmentation::TenCrop, 256, 224);
        let corners: Vec<_> = views.iter().map(|view| view.corner).collect();
        let five = [Some((0, 0)), Some((0, 32)), Some((32, 0)), Some((32, 32)), None];
        assert_eq!(corners, [five, five].concat());
        let mirrored: Vec<bool> = views.iter().map(|view| view.mirrored).collect();
        assert_eq!(mirrored, [[false; 5], [true; 5]].concat());
        assert_eq!(super::views(TestAugmentation::Flip, 64, 64).len(), 2);
        assert_eq!(super::views(TestAugmentation::None, 64, 64).len(), 1);
    }
}
