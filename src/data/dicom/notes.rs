//! What a reader should know of how DICOM files became images.

/// What decides which numbers are black and white.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::data) enum Shown {
    /// Nothing: the file has colours.
    Colours,
    /// The range that the task states.
    Stated,
    /// The first table of values of interest.
    Table,
    /// The first window.
    Window,
    /// The range of the stored bits.
    AllBits,
}

/// How one file became an image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::data) struct Facts {
    pub(in crate::data) frames: u32,
    pub(in crate::data) shown: Shown,
    /// The range of real numbers of an image that has no window and uses less
    /// than a quarter of its bits.
    pub(in crate::data) dim: Option<(f64, f64)>,
}

/// Sentences about all files of a task.
pub(in crate::data) fn notes(all: &[Facts]) -> Vec<String> {
    let mut notes = Vec::new();
    if all.is_empty() {
        return notes;
    }
    let count = |shown| all.iter().filter(|facts| facts.shown == shown).count();
    let ways = [
        (Shown::Window, "through their first window"),
        (Shown::Table, "through their first table of values of interest"),
        (Shown::AllBits, "over the full range of their stored bits, having no window"),
        (Shown::Stated, "over the range that the task states"),
        (Shown::Colours, "in their own colours"),
    ];
    let parts: Vec<String> = (ways.into_iter())
        .map(|(shown, how)| (count(shown), how))
        .filter(|(count, _)| *count > 0)
        .map(|(count, how)| format!("{count} {how}"))
        .collect();
    notes.push(format!(
        "{} DICOM {}: {}",
        all.len(),
        if all.len() == 1 { "image is shown" } else { "images are shown" },
        parts.join(", ")
    ));
    let dim: Vec<(f64, f64)> = all.iter().filter_map(|facts| facts.dim).collect();
    if !dim.is_empty() {
        let low = dim.iter().map(|range| range.0).fold(f64::INFINITY, f64::min);
        let high = dim.iter().map(|range| range.1).fold(f64::NEG_INFINITY, f64::max);
        notes.push(format!(
            "{} of them {} less than a quarter of {} stored bits (values from {low} to {high}) and \
             {} little contrast; write range = [LOW, HIGH] in the task, the values of black and white",
            dim.len(),
            if dim.len() == 1 { "uses" } else { "use" },
            if dim.len() == 1 { "its" } else { "their" },
            if dim.len() == 1 { "has" } else { "have" },
        ));
    }
    let several: Vec<u32> = all.iter().map(|facts| facts.frames).filter(|f| *f > 1).collect();
    if let Some(most) = several.iter().max() {
        notes.push(format!(
            "{} DICOM {} several frames (up to {most}), of which the first is used",
            several.len(),
            if several.len() == 1 { "file has" } else { "files have" }
        ));
    }
    notes
}
