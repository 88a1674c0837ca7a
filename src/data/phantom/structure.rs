//! The twelve types of structure a phantom image may hold, in four groups.

use super::super::rng::Stream;
use super::anatomy::{Anatomy, Side};
use super::field::{Blob, Point, Stroke, direction, rotation, step};

/// Type of a structure: the fine label of the source task. Three types in a
/// row make a group, the coarse label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    RoundNodule,
    SpiculatedNodule,
    NoduleCluster,
    LobarOpacity,
    PatchyOpacity,
    ReticularOpacity,
    Effusion,
    Pneumothorax,
    PleuralThickening,
    Catheter,
    Pacemaker,
    SternalWires,
}

impl Kind {
    pub(super) const ALL: [Self; 12] = [
        Self::RoundNodule,
        Self::SpiculatedNodule,
        Self::NoduleCluster,
        Self::LobarOpacity,
        Self::PatchyOpacity,
        Self::ReticularOpacity,
        Self::Effusion,
        Self::Pneumothorax,
        Self::PleuralThickening,
        Self::Catheter,
        Self::Pacemaker,
        Self::SternalWires,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::RoundNodule => "round nodule",
            Self::SpiculatedNodule => "spiculated nodule",
            Self::NoduleCluster => "nodule cluster",
            Self::LobarOpacity => "lobar opacity",
            Self::PatchyOpacity => "patchy opacity",
            Self::ReticularOpacity => "reticular opacity",
            Self::Effusion => "effusion",
            Self::Pneumothorax => "pneumothorax",
            Self::PleuralThickening => "pleural thickening",
            Self::Catheter => "catheter",
            Self::Pacemaker => "pacemaker",
            Self::SternalWires => "sternal wires",
        }
    }

    /// Density added at full value; below 0 where air replaces lung.
    fn density(self) -> f64 {
        match self {
            Self::RoundNodule | Self::SpiculatedNodule | Self::Catheter => 0.15,
            Self::NoduleCluster => 0.19,
            Self::LobarOpacity => 0.11,
            Self::PatchyOpacity => 0.12,
            Self::ReticularOpacity => 0.13,
            Self::Effusion => 0.16,
            Self::Pneumothorax => 0.09,
            Self::PleuralThickening => 0.14,
            Self::Pacemaker => 0.2,
            Self::SternalWires => 0.22,
        }
    }
}

/// One structure in one chest.
pub(super) struct Structure {
    pub(super) kind: Kind,
    /// Parts with their weights in -1..1.
    parts: Vec<(Part, f64)>,
    contrast: f64,
}

enum Part {
    Blob(Blob),
    /// A blob of which only the side that `normal` points away from is left.
    Cut {
        blob: Blob,
        through: Point,
        normal: Point,
    },
    Stroke(Stroke),
    /// Fluid at the base of a lung with a surface that rises to the wall.
    Fluid {
        side: Side,
        level: f64,
        rise: f64,
        wall: f64,
    },
    /// Air between the chest wall and a lung that has shrunk by `gap`.
    Air {
        side: Side,
        gap: f64,
        until: f64,
    },
    /// The edge of that lung.
    Edge {
        side: Side,
        gap: f64,
        until: f64,
        width: f64,
    },
    /// A rind along the chest wall.
    Rind {
        side: Side,
        thickness: f64,
        from: f64,
        to: f64,
    },
}

impl Structure {
    /// A structure of a type, somewhere it may be in this chest. `size` and
    /// `contrast` scale it; 1 is the source task's.
    pub(super) fn draw(
        kind: Kind,
        size: f64,
        contrast: f64,
        anatomy: &Anatomy,
        stream: &mut Stream,
    ) -> Self {
        let parts = match kind {
            Kind::RoundNodule => round_nodule(size, anatomy, stream),
            Kind::SpiculatedNodule => spiculated_nodule(size, anatomy, stream),
            Kind::NoduleCluster => nodule_cluster(size, anatomy, stream),
            Kind::LobarOpacity => lobar_opacity(size, anatomy, stream),
            Kind::PatchyOpacity => patchy_opacity(size, anatomy, stream),
            Kind::ReticularOpacity => reticular_opacity(size, anatomy, stream),
            Kind::Effusion => effusion(size, anatomy, stream),
            Kind::Pneumothorax => pneumothorax(size, stream),
            Kind::PleuralThickening => pleural_thickening(size, anatomy, stream),
            Kind::Catheter => catheter(anatomy, stream),
            Kind::Pacemaker => pacemaker(anatomy, stream),
            Kind::SternalWires => sternal_wires(anatomy, stream),
        };
        let contrast = contrast * kind.density() * stream.range(0.8, 1.2);
        Self { kind, parts, contrast }
    }

    /// Density that the structure adds at `p`.
    pub(super) fn density(&self, p: Point, pixel: f64, anatomy: &Anatomy) -> f64 {
        let (low, high) = self.extremes(p, pixel, anatomy);
        self.contrast * (low + high)
    }

    /// Whether the pixel at `p` belongs to the structure.
    pub(super) fn covers(&self, p: Point, pixel: f64, anatomy: &Anatomy) -> bool {
        let (low, high) = self.extremes(p, pixel, anatomy);
        high >= 0.35 || low <= -0.35
    }

    fn extremes(&self, p: Point, pixel: f64, anatomy: &Anatomy) -> (f64, f64) {
        self.parts.iter().fold((0.0, 0.0), |(low, high): (f64, f64), (part, weight)| {
            let value = weight * part.value(p, pixel, anatomy);
            (low.min(value), high.max(value))
        })
    }
}

impl Part {
    fn value(&self, p: Point, pixel: f64, anatomy: &Anatomy) -> f64 {
        match self {
            Self::Blob(blob) => blob.value(p, pixel),
            Self::Cut { blob, through, normal } => {
                let ahead = (p[0] - through[0]) * normal[0] + (p[1] - through[1]) * normal[1];
                blob.value(p, pixel) * step(-ahead, pixel)
            }
            Self::Stroke(stroke) => stroke.coverage(p, pixel),
            Self::Fluid { side, level, rise, wall } => {
                let to_wall = 1.0 - ((wall - p[0] * side.sign()) / 0.5).clamp(0.0, 1.0);
                let surface = level - rise * to_wall * to_wall;
                anatomy.lung(*side, p, pixel) * step(p[1] - surface, pixel + 0.03)
            }
            Self::Air { side, gap, until } => {
                let depth = anatomy.depth(*side, p);
                step(depth, pixel)
                    * step(local_gap(*gap, *until, p) - depth, pixel)
                    * lateral(*side, p)
            }
            Self::Edge { side, gap, until, width } => {
                let gap = local_gap(*gap, *until, p);
                let depth = anatomy.depth(*side, p);
                let line = step(width / 2.0 - (depth - gap).abs(), pixel);
                line * (width / pixel).min(1.0) * step(gap - 0.01, 0.02) * lateral(*side, p)
            }
            Self::Rind { side, thickness, from, to } => {
                let depth = anatomy.depth(*side, p);
                let ends = step(p[1] - from, 0.06) * step(to - p[1], 0.06);
                step(depth + 0.02, pixel)
                    * step(thickness - depth, pixel + 0.01)
                    * ends
                    * lateral(*side, p)
            }
        }
    }
}

/// The gap of a pneumothorax is widest at the apex and closes at `until`.
fn local_gap(gap: f64, until: f64, p: Point) -> f64 {
    gap * ((until - p[1]) / 0.6).clamp(0.0, 1.0)
}

/// 1 on the outer side of a lung, 0 towards the midline.
fn lateral(side: Side, p: Point) -> f64 {
    step(p[0] * side.sign() - 0.3, 0.12)
}

fn inside(anatomy: &Anatomy, stream: &mut Stream) -> (Side, Point) {
    let side = Side::draw(stream);
    let p = anatomy.at(side, stream.range(-0.45, 0.55), stream.range(-0.6, 0.6));
    (side, p)
}

fn near(center: Point, radius: f64, stream: &mut Stream) -> Point {
    let d = direction(stream);
    let r = radius * stream.unit().sqrt();
    [center[0] + r * d[0], center[1] + r * d[1]]
}

fn round_nodule(size: f64, anatomy: &Anatomy, stream: &mut Stream) -> Vec<(Part, f64)> {
    let (_, center) = inside(anatomy, stream);
    let radius = size * stream.range(0.06, 0.1);
    let blob = Blob {
        center,
        radii: [radius, radius * stream.range(0.85, 1.15)],
        axis: direction(stream),
        softness: 0.25,
    };
    vec![(Part::Blob(blob), 1.0)]
}

fn spiculated_nodule(size: f64, anatomy: &Anatomy, stream: &mut Stream) -> Vec<(Part, f64)> {
    let (_, center) = inside(anatomy, stream);
    let radius = size * stream.range(0.05, 0.08);
    let mut parts = vec![(Part::Blob(Blob::disc(center, radius, 0.45)), 1.0)];
    let turns = 7 + stream.below(4);
    let start = stream.range(-1.0, 1.0);
    for turn in 0..turns {
        // Half-angle tangents -1..1 cover half a turn; signs give the rest.
        let t = (start + 1.0 + 4.0 * (turn as f64 + stream.range(0.0, 0.5)) / turns as f64) % 4.0;
        let heading = match t {
            t if t < 2.0 => rotation(t - 1.0),
            t => rotation(t - 3.0).map(|x| -x),
        };
        let length = radius * stream.range(1.8, 2.9);
        let to = [center[0] + length * heading[0], center[1] + length * heading[1]];
        parts.push((Part::Stroke(Stroke { from: center, to, width: 0.022 * size }), 0.75));
    }
    parts
}

fn nodule_cluster(size: f64, anatomy: &Anatomy, stream: &mut Stream) -> Vec<(Part, f64)> {
    let (_, center) = inside(anatomy, stream);
    (0..4 + stream.below(4))
        .map(|_| {
            let at = near(center, 0.13 * size, stream);
            (Part::Blob(Blob::disc(at, size * stream.range(0.02, 0.034), 0.1)), 1.0)
        })
        .collect()
}

fn lobar_opacity(size: f64, anatomy: &Anatomy, stream: &mut Stream) -> Vec<(Part, f64)> {
    let (side, center) = inside(anatomy, stream);
    let blob = Blob {
        center,
        radii: [size * stream.range(0.2, 0.28), size * stream.range(0.2, 0.28)],
        axis: direction(stream),
        softness: 0.55,
    };
    // The fissure: nearly level, the opacity above or below it.
    let up = if stream.chance(0.5) { 1.0 } else { -1.0 };
    let [x, y] = rotation(stream.range(0.0, 0.25) * side.sign());
    let through = [center[0], center[1] - up * 0.02];
    vec![(Part::Cut { blob, through, normal: [-y * up, x * up] }, 1.0)]
}

fn patchy_opacity(size: f64, anatomy: &Anatomy, stream: &mut Stream) -> Vec<(Part, f64)> {
    let (_, center) = inside(anatomy, stream);
    (0..4 + stream.below(3))
        .map(|_| {
            let blob = Blob {
                center: near(center, 0.22 * size, stream),
                radii: [size * stream.range(0.06, 0.12), size * stream.range(0.05, 0.1)],
                axis: direction(stream),
                softness: 1.1,
            };
            (Part::Blob(blob), stream.range(0.7, 1.0))
        })
        .collect()
}

fn reticular_opacity(size: f64, anatomy: &Anatomy, stream: &mut Stream) -> Vec<(Part, f64)> {
    let (_, center) = inside(anatomy, stream);
    (0..15 + stream.below(7))
        .map(|_| {
            let from = near(center, 0.24 * size, stream);
            let heading = direction(stream);
            let length = size * stream.range(0.07, 0.15);
            let to = [from[0] + length * heading[0], from[1] + length * heading[1]];
            (Part::Stroke(Stroke { from, to, width: 0.02 }), stream.range(0.7, 1.0))
        })
        .collect()
}

fn effusion(size: f64, anatomy: &Anatomy, stream: &mut Stream) -> Vec<(Part, f64)> {
    let side = Side::draw(stream);
    let level = anatomy.at(side, 0.0, 1.0 - size * stream.range(0.1, 0.32))[1];
    let wall = anatomy.at(side, 1.0, 0.5)[0].abs();
    vec![(Part::Fluid { side, level, rise: size * stream.range(0.1, 0.24), wall }, 1.0)]
}

fn pneumothorax(size: f64, stream: &mut Stream) -> Vec<(Part, f64)> {
    let side = Side::draw(stream);
    let gap = size * stream.range(0.08, 0.17);
    let until = stream.range(0.1, 0.4);
    vec![
        (Part::Air { side, gap, until }, -1.0),
        (Part::Edge { side, gap, until, width: 0.02 }, 0.9),
    ]
}

fn pleural_thickening(size: f64, anatomy: &Anatomy, stream: &mut Stream) -> Vec<(Part, f64)> {
    let side = Side::draw(stream);
    let from = stream.range(-0.7, 0.1);
    let to = from + stream.range(0.5, 0.9);
    let rind = Part::Rind {
        side,
        thickness: size * stream.range(0.035, 0.06),
        from: anatomy.at(side, 0.0, from)[1],
        to: anatomy.at(side, 0.0, to)[1],
    };
    vec![(rind, 1.0)]
}

/// A smooth path through three points (a quadratic Bezier curve).
fn curve(points: [Point; 3], width: f64, weight: f64) -> Vec<(Part, f64)> {
    const STEPS: usize = 8;
    let at = |i: usize| {
        let t = i as f64 / STEPS as f64;
        let s = 1.0 - t;
        [0, 1].map(|axis| {
            s * s * points[0][axis] + 2.0 * s * t * points[1][axis] + t * t * points[2][axis]
        })
    };
    (0..STEPS)
        .map(|i| (Part::Stroke(Stroke { from: at(i), to: at(i + 1), width }), weight))
        .collect()
}

fn catheter(anatomy: &Anatomy, stream: &mut Stream) -> Vec<(Part, f64)> {
    let side = Side::draw(stream);
    let shoulder = anatomy.at(side, stream.range(0.2, 1.1), -1.25);
    let bend = [side.sign() * stream.range(-0.05, 0.1), shoulder[1] + stream.range(-0.05, 0.2)];
    let tip = [side.sign() * stream.range(-0.06, 0.12), stream.range(-0.05, 0.3)];
    curve([shoulder, bend, tip], 0.022, 0.9)
}

fn pacemaker(anatomy: &Anatomy, stream: &mut Stream) -> Vec<(Part, f64)> {
    let side = Side::draw(stream);
    let center = anatomy.at(side, stream.range(0.3, 0.7), stream.range(-0.8, -0.55));
    let case = Blob {
        center,
        radii: [stream.range(0.08, 0.1), stream.range(0.055, 0.075)],
        axis: direction(stream),
        softness: 0.0,
    };
    let tip = [stream.range(0.05, 0.3), stream.range(0.2, 0.5)];
    let bend = [side.sign() * 0.05, center[1] + stream.range(-0.15, 0.1)];
    let mut parts = curve([center, bend, tip], 0.018, 0.6);
    parts.push((Part::Blob(case), 0.8));
    parts
}

fn sternal_wires(anatomy: &Anatomy, stream: &mut Stream) -> Vec<(Part, f64)> {
    let top = anatomy.at(Side::Left, 0.0, stream.range(-0.75, -0.5))[1];
    let gap = stream.range(0.1, 0.15);
    (0..4 + stream.below(3))
        .map(|wire| {
            let y = top + gap * wire as f64;
            let half = stream.range(0.025, 0.045);
            let x = stream.range(-0.02, 0.02);
            let tilt = stream.range(-0.02, 0.02);
            let stroke =
                Stroke { from: [x - half, y - tilt], to: [x + half, y + tilt], width: 0.024 };
            (Part::Stroke(stroke), 0.9)
        })
        .collect()
}
