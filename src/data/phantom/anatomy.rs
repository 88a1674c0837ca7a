//! The chest of one phantom patient.

use super::super::rng::Stream;
use super::field::{Blob, Noise, Point, Stroke, direction, step};

/// Side of the chest as seen in the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The patient's right lung.
    Left,
    /// The patient's left lung, beside the heart.
    Right,
}

impl Side {
    pub(super) const BOTH: [Self; 2] = [Self::Left, Self::Right];

    pub(super) fn sign(self) -> f64 {
        match self {
            Self::Left => -1.0,
            Self::Right => 1.0,
        }
    }

    pub(super) fn draw(stream: &mut Stream) -> Self {
        Self::BOTH[stream.below(2)]
    }
}

struct Lung {
    center: Point,
    radii: Point,
    /// Height of the diaphragm at the middle of the lung.
    base: f64,
}

impl Lung {
    /// Distance to the edge, positive inside; exact near the edge to within a
    /// few percent of the radius.
    fn depth(&self, p: Point) -> f64 {
        let v = (p[1] - self.center[1]) / self.radii[1];
        let width = self.radii[0] * (1.0 + 0.22 * v.clamp(-1.0, 1.0));
        let u = (p[0] - self.center[0]) / width;
        let (uu, vv) = (u * u, v * v);
        let round = (0.5 * (uu + vv) + 0.5 * (uu * uu + vv * vv)).sqrt();
        let dome = self.base + 0.13 * uu - p[1];
        ((1.0 - round) * self.radii[0]).min(dome)
    }
}

/// Shapes and densities of one patient; images of one patient share it.
pub(super) struct Anatomy {
    body: Blob,
    lungs: [Lung; 2],
    heart: Blob,
    mediastinum: f64,
    aeration: f64,
    rib_start: f64,
    rib_gap: f64,
    rib_slope: f64,
    rib_density: f64,
    clavicles: [Stroke; 2],
    vessels: Vec<(Stroke, f64)>,
    tissue: [Noise; 3],
}

impl Anatomy {
    pub(super) fn new(stream: &mut Stream) -> Self {
        let height = stream.range(0.52, 0.66);
        let width = stream.range(0.25, 0.33);
        let middle = stream.range(-0.06, 0.06);
        let base = middle + height * stream.range(0.55, 0.8);
        let lungs = Side::BOTH.map(|side| Lung {
            center: [side.sign() * (width + stream.range(0.09, 0.14)), middle],
            radii: [width * stream.range(0.94, 1.06), height],
            base: base + side.sign() * stream.range(0.0, 0.07),
        });
        let heart = Blob {
            center: [stream.range(0.08, 0.19), base - stream.range(0.12, 0.24)],
            radii: [stream.range(0.22, 0.33), stream.range(0.18, 0.25)],
            axis: super::field::rotation(stream.range(0.1, 0.35)),
            softness: 0.12,
        };
        let clavicles = Side::BOTH.map(|side| Stroke {
            from: [side.sign() * 0.09, middle - height * stream.range(0.8, 0.95)],
            to: [side.sign() * 0.78, middle - height * stream.range(0.95, 1.25)],
            width: stream.range(0.05, 0.075),
        });
        let vessels = Side::BOTH.iter().flat_map(|&side| vessels(side, middle, stream)).collect();
        Self {
            body: Blob {
                center: [0.0, 0.12],
                radii: [stream.range(0.84, 0.98), 1.25],
                axis: [1.0, 0.0],
                softness: 0.05,
            },
            lungs,
            heart,
            mediastinum: stream.range(0.1, 0.15),
            aeration: stream.range(0.27, 0.36),
            rib_start: middle - height * 1.05,
            rib_gap: height * stream.range(0.24, 0.3),
            rib_slope: stream.range(0.15, 0.4),
            rib_density: stream.range(0.035, 0.07),
            clavicles,
            vessels,
            tissue: [5, 11, 22].map(|cells| Noise::new(cells, stream)),
        }
    }

    /// Distance to the edge of a lung, positive inside.
    pub(super) fn depth(&self, side: Side, p: Point) -> f64 {
        self.lungs[side as usize].depth(p)
    }

    /// A point of a lung: `u` from the midline side (-1) to the chest wall
    /// (1), `v` from the apex (-1) to the base (1).
    pub(super) fn at(&self, side: Side, u: f64, v: f64) -> Point {
        let lung = &self.lungs[side as usize];
        let top = lung.center[1] - lung.radii[1];
        let y = top + (lung.base - top) * (v + 1.0) / 2.0;
        let narrow = 1.0 + 0.22 * (y - lung.center[1]) / lung.radii[1];
        [lung.center[0] + side.sign() * u * lung.radii[0] * narrow, y]
    }

    /// Share of the pixel at `p` that is lung and not heart.
    pub(super) fn lung(&self, side: Side, p: Point, pixel: f64) -> f64 {
        step(self.depth(side, p), pixel) * (1.0 - self.heart(p, pixel))
    }

    /// Share of the pixel at `p` that is heart.
    pub(super) fn heart(&self, p: Point, pixel: f64) -> f64 {
        self.heart.value(p, pixel)
    }

    /// Optical density at `p`, about 0 (air) to 1 (bone on soft tissue).
    pub(super) fn density(&self, p: Point, pixel: f64) -> f64 {
        let body = self.body.value(p, pixel);
        if body == 0.0 {
            return 0.04;
        }
        let soft = pixel + 0.035;
        let air: f64 = Side::BOTH.iter().map(|&side| step(self.depth(side, p), soft)).sum();
        let band = step(self.mediastinum + 0.04 * p[1] - p[0].abs(), 0.06);
        let heart = self.heart.value(p, pixel);
        let middle = band.max(heart);
        let mut density = 0.56 + 0.16 * middle - self.aeration * air * (1.0 - middle);
        density += self.ribs(p, pixel) + self.vessels_at(p, pixel) * (0.3 + 0.7 * air);
        for clavicle in &self.clavicles {
            density += 0.07 * clavicle.coverage(p, pixel + 0.02);
        }
        let [coarse, medium, fine] = &self.tissue;
        density += 0.035 * coarse.value(p) + 0.025 * medium.value(p) + 0.02 * fine.value(p);
        0.04 + body * (density - 0.04)
    }

    fn ribs(&self, p: Point, pixel: f64) -> f64 {
        let across = p[0].abs() - 0.14;
        if !(0.0..0.74).contains(&across) {
            return 0.0;
        }
        // Posterior ribs fall, anterior ribs rise, towards the chest wall.
        let posterior = p[1] - self.rib_start - across * self.rib_slope - 0.35 * across * across;
        let anterior = p[1] - self.rib_start - 0.35 + across * self.rib_slope * 1.4;
        let band = |y: f64, half: f64| {
            let cell = y / self.rib_gap;
            if !(-0.5..8.5).contains(&cell) {
                return 0.0;
            }
            let from_center = (cell - (cell + 0.5).floor()).abs() * self.rib_gap;
            step(half - from_center, pixel + 0.02)
        };
        let fade = (1.0 - across / 0.74).min(0.3) / 0.3;
        fade * self.rib_density * (band(posterior, 0.028) + 0.6 * band(anterior, 0.035))
    }

    fn vessels_at(&self, p: Point, pixel: f64) -> f64 {
        self.vessels
            .iter()
            .map(|(stroke, density)| density * stroke.coverage(p, pixel + 0.008))
            .fold(0.0, f64::max)
    }
}

/// Branches from the hilum into the lung, thinner with each fork.
fn vessels(side: Side, middle: f64, stream: &mut Stream) -> Vec<(Stroke, f64)> {
    let hilum = [side.sign() * stream.range(0.14, 0.2), middle + stream.range(0.0, 0.1)];
    let mut branches = Vec::new();
    for _ in 0..5 {
        let mut from = hilum;
        let mut heading = direction(stream);
        heading[0] = heading[0].abs() * side.sign();
        let mut width = stream.range(0.022, 0.04);
        for _ in 0..3 {
            let bend = direction(stream);
            heading = [heading[0] + 0.35 * bend[0], heading[1] + 0.35 * bend[1]];
            let length = stream.range(0.1, 0.18);
            let to = [from[0] + length * heading[0], from[1] + length * heading[1]];
            branches.push((Stroke { from, to, width }, 0.09 * width / 0.04 + 0.02));
            from = to;
            width *= 0.7;
        }
    }
    branches
}
