//! Runs of equal bytes: a byte, then its number in groups of seven bits, the
//! lowest first, with the highest bit set where another group follows.

/// Runs of some bytes.
pub(super) fn encode(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for run in bytes.chunk_by(|a, b| a == b) {
        out.push(run[0]);
        let mut count = run.len();
        while count > 0x7f {
            out.push(count as u8 | 0x80);
            count >>= 7;
        }
        out.push(count as u8);
    }
    out
}

/// The bytes of some runs; there must be `total` of them.
pub(super) fn decode(runs: &[u8], total: usize) -> Result<Vec<u8>, String> {
    // What a damaged file claims is bounded by what the caller knows.
    let mut bytes = Vec::with_capacity(total.min(1 << 28));
    let mut rest = runs.iter();
    while let Some(value) = rest.next() {
        let (mut count, mut shift) = (0_usize, 0);
        loop {
            let Some(group) = rest.next() else { return Err("has a run that is cut".into()) };
            if shift > 35 {
                return Err("has a run without end".into());
            }
            count |= usize::from(group & 0x7f) << shift;
            shift += 7;
            if group & 0x80 == 0 {
                break;
            }
        }
        if count > total - bytes.len() {
            return Err(format!("has runs of more than {total} pixels"));
        }
        bytes.resize(bytes.len() + count, *value);
    }
    if bytes.len() == total {
        Ok(bytes)
    } else {
        Err(format!("has runs of {} pixels, expected {total}", bytes.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_short_runs_come_back() {
        for lengths in [&[1_usize][..], &[127, 128, 1, 16_384, 3], &[1 << 21], &[]] {
            let bytes: Vec<u8> =
                lengths.iter().zip(0..).flat_map(|(n, value)| vec![value; *n]).collect();
            assert_eq!(decode(&encode(&bytes), bytes.len()), Ok(bytes));
        }
    }

    #[test]
    fn what_is_cut_or_too_long_is_told() {
        let runs = encode(&[7; 300]);
        for (bytes, total) in [
            (&runs[..2], 300),
            (&runs[..1], 300),
            (&runs[..], 299),
            (&runs[..], 301),
            (&[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff][..], 10),
        ] {
            assert!(decode(bytes, total).is_err(), "{bytes:?}");
        }
    }
}
