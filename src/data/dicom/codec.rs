//! What a codec gives.

/// Numbers of a decoded frame, the colours of a pixel together.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Samples {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) channels: u32,
    /// Whole numbers; a negative one only where the codec knows signs.
    pub(super) values: Vec<i32>,
    /// Whether the codec has turned its colours into RGB.
    pub(super) rgb: bool,
    /// Whether the codec knows signs and has applied them.
    pub(super) signed: bool,
    /// Whether numbers may come out beyond those that the file can hold.
    pub(super) lossy: bool,
}

impl Samples {
    /// # Errors
    /// Where the frame is not of the size that the file states.
    pub(super) fn fits(self, width: u32, height: u32, channels: u16) -> Result<Self, String> {
        let own = (self.width, self.height, self.channels);
        if own == (width, height, u32::from(channels)) {
            return Ok(self);
        }
        Err(format!(
            "is a damaged DICOM file: it states {width} x {height} pixels of {channels} numbers, \
             its compressed image has {} x {} of {}",
            own.0, own.1, own.2
        ))
    }
}

/// The largest image that a codec is let decode: what the file states.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stated {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) channels: u32,
}

impl Stated {
    /// # Errors
    /// Where a frame is larger: nothing is made room for.
    pub(super) fn admits(self, width: u32, height: u32, channels: u32) -> Result<(), String> {
        if (width, height, channels) == (self.width, self.height, self.channels) {
            return Ok(());
        }
        Err(format!(
            "is a damaged DICOM file: it states {} x {} pixels of {} numbers, its compressed \
             image has {width} x {height} of {channels}",
            self.width, self.height, self.channels
        ))
    }
}
