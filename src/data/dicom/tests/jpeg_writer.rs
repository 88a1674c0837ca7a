//! JPEG images of the two kinds that are read here and not by a crate.

/// A JPEG bit stream with one table of codes: a code of 5 bits for each number
/// of bits that a difference can have (0 to 16).
struct Scan {
    bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl Scan {
    fn put(&mut self, bits: u32, count: u32) {
        self.held = (self.held << count) | u64::from(bits & ((1_u64 << count) - 1) as u32);
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.held >> self.count) as u8;
            self.bytes.push(byte);
            if byte == 0xff {
                self.bytes.push(0);
            }
        }
    }

    fn difference(&mut self, difference: i32) {
        // Differences are modulo 65536.
        let difference = i32::from(difference as i16);
        let size = 32 - difference.unsigned_abs().leading_zeros();
        self.put(size, 5);
        if difference != -32768 && size > 0 {
            let low = if difference < 0 { difference - 1 } else { difference };
            self.put(low as u32, size);
        }
    }

    fn restart(&mut self, number: usize) {
        self.pad();
        self.bytes.extend([0xff, 0xd0 + (number % 8) as u8]);
    }

    fn pad(&mut self) {
        while !self.count.is_multiple_of(8) {
            self.put(1, 1);
        }
    }
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len() as u16 + 2;
    [&[0xff, marker][..], &length.to_be_bytes(), content].concat()
}

/// A table of 17 codes of 5 bits.
fn table(class: u8) -> Vec<u8> {
    let mut content = vec![class, 0, 0, 0, 0, 17];
    content.resize(17, 0);
    content.extend(0..17);
    segment(0xc4, &content)
}

fn frame(marker: u8, precision: u8, (width, height): (u16, u16), channels: u8) -> Vec<u8> {
    let mut content = vec![precision];
    content.extend(height.to_be_bytes());
    content.extend(width.to_be_bytes());
    content.push(channels);
    for id in 1..=channels {
        content.extend([id, 0x11, 0]);
    }
    segment(marker, &content)
}

fn scan(channels: u8, last: [u8; 3]) -> Vec<u8> {
    let mut content = vec![channels];
    for id in 1..=channels {
        content.extend([id, 0]);
    }
    content.extend(last);
    segment(0xda, &content)
}

/// A lossless image with a predictor; restarts after each line where asked.
pub(super) fn lossless(
    values: &[i32],
    (width, height): (u16, u16),
    channels: u8,
    (precision, predictor, restarts): (u8, u8, bool),
) -> Vec<u8> {
    let mut out = b"\xff\xd8".to_vec();
    out.extend(frame(0xc3, precision, (width, height), channels));
    out.extend(table(0));
    if restarts {
        out.extend(segment(0xdd, &width.to_be_bytes()));
    }
    out.extend(scan(channels, [predictor, 0, 0]));
    let mut bits = Scan { bytes: out, held: 0, count: 0 };
    let (w, c) = (usize::from(width), usize::from(channels));
    for y in 0..usize::from(height) {
        if restarts && y > 0 {
            bits.restart(y - 1);
        }
        for x in 0..w {
            for channel in 0..c {
                let at = (y * w + x) * c + channel;
                let fresh = y == 0 || restarts;
                let told = match (fresh, x) {
                    (true, 0) => 1 << (precision - 1),
                    (true, _) => values[at - c],
                    (false, 0) => values[at - w * c],
                    (false, _) => {
                        let (a, b, o) =
                            (values[at - c], values[at - w * c], values[at - w * c - c]);
                        match predictor {
                            1 => a,
                            2 => b,
                            3 => o,
                            4 => a + b - o,
                            5 => a + ((b - o) >> 1),
                            6 => b + ((a - o) >> 1),
                            _ => (a + b) >> 1,
                        }
                    }
                };
                bits.difference(values[at] - told);
            }
        }
    }
    bits.pad();
    [bits.bytes, b"\xff\xd9".to_vec()].concat()
}

/// A grey image of 12 bits with a shade per block of 8 x 8.
pub(super) fn twelve(shades: &[i32], (across, down): (u16, u16)) -> Vec<u8> {
    let mut out = b"\xff\xd8".to_vec();
    let mut steps = vec![0];
    steps.resize(65, 1);
    out.extend(segment(0xdb, &steps));
    out.extend(frame(0xc1, 12, (across * 8, down * 8), 1));
    out.extend(table(0));
    out.extend(table(0x10));
    out.extend(scan(1, [0, 63, 0]));
    let mut bits = Scan { bytes: out, held: 0, count: 0 };
    let mut last = 0;
    for shade in shades {
        // A flat block has eight times its shade as its one coefficient.
        let coefficient = (shade - 2048) * 8;
        bits.difference(coefficient - last);
        last = coefficient;
        // The end of a block is code 0 of the other table.
        bits.put(0, 5);
    }
    bits.pad();
    [bits.bytes, b"\xff\xd9".to_vec()].concat()
}
