//! A page with everything put right that was said in words already: what still
//! differs is what words do not cover.

use std::ops::Range;

use crate::report::reading::{PageFacts, skeleton};

/// The page that is verified and the one that was rendered.
pub(super) struct Pages<'a> {
    /// As it is shown.
    pub(super) shown: &'a str,
    /// What is read in it.
    pub(super) shown_facts: &'a PageFacts,
    /// As it was rendered.
    pub(super) computed: &'a str,
    /// What is read in it.
    pub(super) computed_facts: &'a PageFacts,
}

/// Pieces of the shown page, and what stands in their places in the computed one.
#[derive(Debug, Default)]
pub(super) struct Mends(Vec<(Range<usize>, String)>);

impl Mends {
    /// A piece whose texts, and the values of some attributes, were compared: it
    /// is put right where nothing else of it differs.
    pub(super) fn compared(
        &mut self,
        pages: &Pages<'_>,
        shown: &Range<usize>,
        computed: &Range<usize>,
        attributes: &[&str],
    ) {
        let pieces = pages.shown.get(shown.clone()).zip(pages.computed.get(computed.clone()));
        if let Some((a, b)) = pieces
            && skeleton(a, attributes) == skeleton(b, attributes)
        {
            self.0.push((shown.clone(), b.into()));
        }
    }

    /// A piece of which a difference was shown as it stands.
    pub(super) fn shown(
        &mut self,
        pages: &Pages<'_>,
        shown: &Range<usize>,
        computed: &Range<usize>,
    ) {
        if let Some(right) = pages.computed.get(computed.clone()) {
            self.0.push((shown.clone(), right.into()));
        }
    }

    /// The page with all of them put right.
    pub(super) fn applied(mut self, page: &str) -> Mended {
        self.0.sort_by_key(|(range, _)| range.start);
        let mut out = Mended { text: String::with_capacity(page.len()), joints: vec![(0, 0)] };
        let mut from = 0;
        for (range, right) in self.0 {
            let Some(before) = page.get(from..range.start) else { continue };
            out.text += before;
            out.text += &right;
            from = range.end;
            out.joints.push((out.text.len(), from));
        }
        out.text += &page[from..];
        out
    }
}

/// A page that was put right.
#[derive(Debug)]
pub(super) struct Mended {
    /// Its text.
    pub(super) text: String,
    /// Places in it with the places of the original, in order.
    joints: Vec<(usize, usize)>,
}

impl Mended {
    /// The line of the original page that a place of this one stands in, from 1.
    pub(super) fn line(&self, page: &str, at: usize) -> usize {
        let joint = self.joints.partition_point(|(mended, _)| *mended <= at);
        let (mended, original) = self.joints[joint.saturating_sub(1)];
        let at = original + (at - mended);
        page.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
    }
}
