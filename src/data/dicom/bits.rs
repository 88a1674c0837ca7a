//! Bits of a JPEG scan, from the highest of each byte on.

/// Reads bits; beyond the end, or at a marker, it gives nothing.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    held: u64,
    count: u32,
    /// Whether a byte after 0xff has 7 bits (JPEG-LS), or is a zero that does
    /// not count (JPEG).
    seven: bool,
    after_ff: bool,
}

impl<'a> Bits<'a> {
    pub(super) fn of_jpeg(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, held: 0, count: 0, seven: false, after_ff: false }
    }

    pub(super) fn of_jpeg_ls(bytes: &'a [u8], at: usize) -> Self {
        Self { seven: true, ..Self::of_jpeg(bytes, at) }
    }

    fn fill(&mut self) {
        while self.count <= 48 {
            let Some(&byte) = self.bytes.get(self.at) else { return };
            if self.seven {
                if self.after_ff {
                    if byte & 0x80 != 0 {
                        return;
                    }
                    self.push(byte, 7);
                } else {
                    // A marker follows where the next byte has its high bit.
                    let marker = self.bytes.get(self.at + 1).is_none_or(|next| next & 0x80 != 0);
                    if byte == 0xff && marker {
                        return;
                    }
                    self.push(byte, 8);
                }
                self.after_ff = byte == 0xff;
                self.at += 1;
            } else if byte == 0xff {
                if self.bytes.get(self.at + 1) != Some(&0) {
                    return;
                }
                self.push(byte, 8);
                self.at += 2;
            } else {
                self.push(byte, 8);
                self.at += 1;
            }
        }
    }

    fn push(&mut self, byte: u8, bits: u32) {
        self.held = (self.held << bits) | u64::from(byte);
        self.count += bits;
    }

    /// The next bits as a number; 32 at most.
    pub(super) fn take(&mut self, count: u32) -> Option<u32> {
        if self.count < count {
            self.fill();
            if self.count < count {
                return None;
            }
        }
        self.count -= count;
        Some(((self.held >> self.count) & ((1 << count) - 1)) as u32)
    }

    /// Looks at the next bits; zeros stand where there are no more.
    pub(super) fn peek(&mut self, count: u32) -> u32 {
        if self.count < count {
            self.fill();
        }
        if self.count >= count {
            return ((self.held >> (self.count - count)) & ((1 << count) - 1)) as u32;
        }
        let there = self.held & ((1 << self.count) - 1);
        (there << (count - self.count)) as u32
    }

    /// Passes bits.
    pub(super) fn skip(&mut self, count: u32) -> Option<()> {
        self.take(count).map(|_| ())
    }

    /// Zeros before the next one, which is taken too; at most so many.
    pub(super) fn zeros(&mut self, most: u32) -> Option<u32> {
        let mut zeros = 0;
        loop {
            if self.count == 0 {
                self.fill();
                if self.count == 0 {
                    return None;
                }
            }
            let held = self.held << (64 - self.count);
            let run = held.leading_zeros().min(self.count);
            if run < self.count {
                self.count -= run + 1;
                let all = zeros + run;
                return (all <= most).then_some(all);
            }
            self.count = 0;
            zeros += run;
            if zeros > most {
                return None;
            }
        }
    }

    /// Where the next marker begins, or the end of all.
    pub(super) fn end(&self) -> usize {
        let marker = |pair: &[u8]| {
            pair[0] == 0xff && if self.seven { pair[1] & 0x80 != 0 } else { pair[1] != 0 }
        };
        let left = self.bytes.get(self.at..).unwrap_or_default();
        left.windows(2).position(marker).map_or(self.bytes.len(), |ahead| self.at + ahead)
    }

    /// Drops what is left of a byte and passes a restart marker.
    pub(super) fn restart(&mut self) -> Option<()> {
        self.count = 0;
        self.held = 0;
        self.after_ff = false;
        // Padding may stand before a marker.
        while self.bytes.get(self.at..self.at + 2)? == [0xff, 0xff] {
            self.at += 1;
        }
        match self.bytes.get(self.at..self.at + 2)? {
            [0xff, 0xd0..=0xd7] => {
                self.at += 2;
                Some(())
            }
            _ => None,
        }
    }
}
