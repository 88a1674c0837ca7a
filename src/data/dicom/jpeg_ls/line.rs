//! One line of values, each told from its neighbours, with runs.

use super::context::{Contexts, Limits, low_bits};
use crate::data::dicom::bits::Bits;

/// Length of runs as a power of two, by how many came before.
const RUNS: [u32; 32] = [
    0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13,
    14, 15,
];

pub(super) struct Coder<'a> {
    pub(super) bits: Bits<'a>,
    pub(super) limits: Limits,
    pub(super) contexts: Contexts,
    pub(super) width: usize,
}

/// The four neighbours of a value that are known before it.
#[derive(Clone, Copy)]
struct Around {
    left: i32,
    above: i32,
    corner: i32,
    right: i32,
}

impl Around {
    fn of(above: &[i32], here: &[i32], at: usize) -> Self {
        Self { left: here[at - 1], above: above[at], corner: above[at - 1], right: above[at + 1] }
    }

    /// The kind of neighbourhood: its number, negative where it is turned
    /// round; 0 where all are alike.
    fn kind(self, limits: &Limits) -> i32 {
        81 * limits.class(self.right - self.above)
            + 9 * limits.class(self.above - self.corner)
            + limits.class(self.corner - self.left)
    }

    fn told(self) -> i32 {
        let (low, high) = (self.left.min(self.above), self.left.max(self.above));
        if self.corner >= high {
            low
        } else if self.corner <= low {
            high
        } else {
            self.left + self.above - self.corner
        }
    }
}

impl Coder<'_> {
    /// Decodes a line of one colour; places run from 1.
    pub(super) fn line(&mut self, above: &[i32], here: &mut [i32], run: &mut usize) -> Option<()> {
        let mut at = 1;
        while at <= self.width {
            let around = Around::of(above, here, at);
            let kind = around.kind(&self.limits);
            if kind != 0 {
                here[at] = self.regular(around, kind)?;
                at += 1;
                continue;
            }
            let length = self.run(self.width + 1 - at, run)?;
            here[at..at + length].fill(around.left);
            at += length;
            if at > self.width {
                break;
            }
            here[at] = self.run_end(here[at - 1], above[at], RUNS[*run])?;
            *run = run.saturating_sub(1);
            at += 1;
        }
        Some(())
    }

    /// Decodes a line of all colours, pixel by pixel.
    pub(super) fn pixels(
        &mut self,
        above: &[Vec<i32>],
        here: &mut [Vec<i32>],
        run: &mut usize,
    ) -> Option<()> {
        let mut at = 1;
        while at <= self.width {
            let mut alike = true;
            for (above, here) in above.iter().zip(here.iter()) {
                alike &= Around::of(above, here, at).kind(&self.limits) == 0;
            }
            if !alike {
                for (above, here) in above.iter().zip(here.iter_mut()) {
                    let around = Around::of(above, here, at);
                    here[at] = self.regular(around, around.kind(&self.limits))?;
                }
                at += 1;
                continue;
            }
            let length = self.run(self.width + 1 - at, run)?;
            for here in here.iter_mut() {
                let left = here[at - 1];
                here[at..at + length].fill(left);
            }
            at += length;
            if at > self.width {
                break;
            }
            for (above, here) in above.iter().zip(here.iter_mut()) {
                here[at] = self.run_end_of(here[at - 1], above[at], RUNS[*run], false)?;
            }
            *run = run.saturating_sub(1);
            at += 1;
        }
        Some(())
    }

    fn regular(&mut self, around: Around, kind: i32) -> Option<i32> {
        let sign = if kind < 0 { -1 } else { 1 };
        let limits = &self.limits;
        let context = self.contexts.regular.get_mut(kind.unsigned_abs() as usize)?;
        let told = (around.told() + sign * context.correction).clamp(0, limits.largest);
        let low = low_bits(context.count, context.sizes)?;
        let code = golomb(&mut self.bits, low, limits.limit, limits.range_bits)?;
        let turned = limits.near == 0 && low == 0 && 2 * context.bias <= -context.count;
        let error = match (code & 1 == 1, turned) {
            (false, false) => code >> 1,
            (true, false) => -((code + 1) >> 1),
            (true, true) => (code - 1) >> 1,
            (false, true) => -(code >> 1) - 1,
        };
        context.learn(error, limits);
        Some(limits.mended(told, sign * error))
    }

    /// The length of a run, of `most` values at most.
    fn run(&mut self, most: usize, run: &mut usize) -> Option<usize> {
        let mut length = 0;
        while self.bits.take(1)? == 1 {
            let step = 1 << RUNS[*run];
            let taken = step.min(most - length);
            length += taken;
            if taken == step {
                *run = (*run + 1).min(31);
            }
            if length == most {
                return Some(length);
            }
        }
        length += self.bits.take(RUNS[*run])? as usize;
        (length < most).then_some(length)
    }

    fn run_end(&mut self, left: i32, above: i32, power: u32) -> Option<i32> {
        let alike = (left - above).abs() <= self.limits.near;
        self.run_end_of(left, above, power, alike)
    }

    /// The value after a run.
    fn run_end_of(&mut self, left: i32, above: i32, power: u32, alike: bool) -> Option<i32> {
        let limits = &self.limits;
        let kind = i32::from(alike);
        let context = &mut self.contexts.run[usize::from(alike)];
        let sizes = context.sizes + if alike { context.count >> 1 } else { 0 };
        let low = low_bits(context.count, sizes)?;
        let limit = limits.limit - power - 1;
        let code = golomb(&mut self.bits, low, limit, limits.range_bits)?;
        let odd = (code + kind) & 1 == 1;
        let size = (code + kind + i32::from(odd)) / 2;
        let negative = (low != 0 || 2 * context.negative >= context.count) == odd;
        let error = if negative { -size } else { size };
        context.negative += i32::from(error < 0);
        context.sizes += (code + 1 - kind) >> 1;
        if context.count >= limits.reset {
            context.sizes >>= 1;
            context.count >>= 1;
            context.negative >>= 1;
        }
        context.count += 1;
        let turned = !alike && left > above;
        let told = if alike { left } else { above };
        Some(limits.mended(told, if turned { -error } else { error }))
    }
}

/// A number: its high bits as a count of zeros, its low ones as they are; a
/// large one as it is after a longest count.
fn golomb(bits: &mut Bits<'_>, low: u32, limit: u32, range_bits: u32) -> Option<i32> {
    let longest = limit.checked_sub(range_bits + 1)?;
    let high = bits.zeros(longest)?;
    let code = if high < longest {
        (u64::from(high) << low) + u64::from(bits.take(low)?)
    } else {
        u64::from(bits.take(range_bits)?) + 1
    };
    i32::try_from(code).ok().filter(|code| *code <= 1 << 20)
}
