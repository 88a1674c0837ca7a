//! What one phantom image shows, and how it comes out on the detector.

use super::super::dataset::Split;
use super::super::rng::Stream;
use super::anatomy::{Anatomy, Side};
use super::field::{Noise, Point, rotation};
use super::structure::{Kind, Structure};
use super::{FINDINGS, Mask};
use crate::spec::{PhantomLabels, PhantomSpec};

/// Raised whenever any pixel or label changes: it is part of the data hash.
pub(crate) const VERSION: u32 = 1;

/// Finding `i` of the target task: what shows it, and what looks like it and
/// is not it.
struct Look {
    shown_by: &'static [Kind],
    confused_with: &'static [Kind],
    /// Scales of size and density relative to the source task's structures.
    size: f64,
    contrast: f64,
}

const LOOKS: [Look; FINDINGS.len()] = [
    Look {
        shown_by: &[Kind::SpiculatedNodule],
        confused_with: &[Kind::RoundNodule, Kind::NoduleCluster],
        size: 1.2,
        contrast: 0.95,
    },
    Look {
        shown_by: &[Kind::LobarOpacity],
        confused_with: &[Kind::PatchyOpacity],
        size: 1.0,
        contrast: 0.95,
    },
    Look {
        shown_by: &[Kind::ReticularOpacity, Kind::ReticularOpacity],
        confused_with: &[Kind::PatchyOpacity, Kind::NoduleCluster],
        size: 0.9,
        contrast: 0.85,
    },
    Look {
        shown_by: &[Kind::Effusion],
        confused_with: &[Kind::PleuralThickening],
        size: 0.8,
        contrast: 0.9,
    },
    Look {
        shown_by: &[Kind::Pneumothorax],
        confused_with: &[Kind::PleuralThickening, Kind::Catheter],
        size: 0.9,
        contrast: 0.95,
    },
];

const PREVALENCE: f64 = 0.3;
/// Share of a patient's images that show a finding which the patient has.
const PERSISTENCE: f64 = 0.85;
const CONFUSER: f64 = 0.3;
const DEVICE: f64 = 0.25;
/// Structures over their drawn size and density: at 1 a small network does
/// not tell them from the ribs within a thousand images.
const SIZE: f64 = 1.35;
const CONTRAST: f64 = 2.0;
/// Standard deviation of the detector noise, of a full range of 1.
const NOISE: f64 = 0.02;

/// One image before it is drawn.
pub(super) struct Scene {
    anatomy: Anatomy,
    structures: Vec<Structure>,
    /// Findings by index into [`FINDINGS`], with the structures that show them.
    findings: Vec<(usize, Vec<usize>)>,
    exposure: Exposure,
}

/// Patient and image-of-the-patient of a target image: every six images are
/// of three patients with one, two and three images, in a drawn order.
pub(super) fn patient_of(spec: &PhantomSpec, split: Split, index: u32) -> (u64, u64) {
    if matches!(spec.labels, PhantomLabels::Coarse | PhantomLabels::Fine) {
        return (u64::from(index), 0);
    }
    let block = u64::from(index / 6);
    let mut sizes = [1, 2, 3];
    Stream::new("phantom/patients", &[spec.seed, split as u64, block]).shuffle(&mut sizes);
    let mut within = u64::from(index % 6);
    for (patient, &size) in sizes.iter().enumerate() {
        if within < size {
            return (3 * block + patient as u64, within);
        }
        within -= size;
    }
    unreachable!("the three sizes add up to six")
}

/// Type of structure in a source image: every twelve images hold each once.
pub(super) fn source_kind(spec: &PhantomSpec, split: Split, index: u32) -> usize {
    let mut order: [usize; Kind::ALL.len()] = std::array::from_fn(|i| i);
    let block = u64::from(index) / order.len() as u64;
    Stream::new("phantom/types", &[spec.seed, split as u64, block]).shuffle(&mut order);
    order[index as usize % order.len()]
}

/// Findings in a target image.
pub(super) fn findings_of(spec: &PhantomSpec, split: Split, index: u32) -> Vec<usize> {
    let (patient, image) = patient_of(spec, split, index);
    let numbers = [spec.seed, split as u64, patient];
    let mut of_patient = Stream::new("phantom/findings", &numbers);
    let mut of_image = Stream::new("phantom/shown", &[numbers[0], numbers[1], patient, image]);
    (0..FINDINGS.len())
        .filter(|_| {
            let has = of_patient.chance(PREVALENCE);
            let shown = of_image.chance(PERSISTENCE);
            has && shown
        })
        .collect()
}

impl Scene {
    pub(super) fn new(spec: &PhantomSpec, split: Split, index: u32) -> Self {
        let (patient, image) = patient_of(spec, split, index);
        let role = match spec.labels {
            PhantomLabels::Finding | PhantomLabels::Anatomy => 1,
            PhantomLabels::Coarse | PhantomLabels::Fine => 0,
        };
        let numbers = [spec.seed, role, split as u64, patient];
        let anatomy = Anatomy::new(&mut Stream::new("phantom/anatomy", &numbers));
        let mut of_image =
            Stream::new("phantom/image", &[numbers[0], role, numbers[2], patient, image]);
        let exposure = Exposure::new(&mut of_image);
        let mut scene = Self { anatomy, structures: Vec::new(), findings: Vec::new(), exposure };
        if role == 0 {
            let kind = Kind::ALL[source_kind(spec, split, index)];
            let mut stream = Stream::new("phantom/structure", &numbers);
            scene.add(kind, 1.0, 1.0, &mut stream);
        } else {
            scene.add_findings(&numbers, &findings_of(spec, split, index));
        }
        scene
    }

    fn add(&mut self, kind: Kind, size: f64, contrast: f64, stream: &mut Stream) -> usize {
        let (size, contrast) = (size * SIZE, contrast * CONTRAST);
        let structure = Structure::draw(kind, size, contrast, &self.anatomy, stream);
        self.structures.push(structure);
        self.structures.len() - 1
    }

    /// Each finding and each look-alike has a stream of its own, so that all
    /// images of a patient show the same ones in the same places.
    fn add_findings(&mut self, patient: &[u64; 4], shown: &[usize]) {
        for (finding, look) in LOOKS.iter().enumerate() {
            let numbers = [patient[0], patient[1], patient[2], patient[3], finding as u64];
            let mut stream = Stream::new("phantom/confuser", &numbers);
            if stream.chance(CONFUSER) {
                let kind = look.confused_with[stream.below(look.confused_with.len())];
                self.add(kind, 1.0, look.contrast, &mut stream);
            }
            if shown.contains(&finding) {
                let mut stream = Stream::new("phantom/finding", &numbers);
                let parts = look
                    .shown_by
                    .iter()
                    .map(|&kind| self.add(kind, look.size, look.contrast, &mut stream))
                    .collect();
                self.findings.push((finding, parts));
            }
        }
        let mut stream = Stream::new("phantom/device", patient);
        if stream.chance(DEVICE) {
            let kind = [Kind::Catheter, Kind::Pacemaker, Kind::SternalWires][stream.below(3)];
            self.add(kind, 1.0, 0.9, &mut stream);
        }
    }

    /// The image as the detector gives it, row by row.
    pub(super) fn draw(&self, size: u32) -> Vec<u8> {
        let mut noise = Stream::new("phantom/noise", &self.exposure.noise_key);
        self.pixels(size)
            .map(|(p, pixel)| {
                let mut density = self.anatomy.density(p, pixel);
                for structure in &self.structures {
                    density += structure.density(p, pixel, &self.anatomy);
                }
                let value = self.exposure.develop(density, p) + NOISE * noise.normal();
                (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
            })
            .collect()
    }

    pub(super) fn masks(&self, size: u32) -> Vec<Mask> {
        let mut masks: Vec<Mask> = Side::BOTH
            .map(|side| {
                self.mask(["right lung", "left lung"][side as usize], size, |p, pixel| {
                    self.anatomy.lung(side, p, pixel) >= 0.5
                })
            })
            .into();
        masks.push(self.mask("heart", size, |p, pixel| self.anatomy.heart(p, pixel) >= 0.5));
        for (index, structure) in self.structures.iter().enumerate() {
            let finding = self.findings.iter().find(|(_, parts)| parts.contains(&index));
            let mut mask = self.mask(structure.kind.name(), size, |p, pixel| {
                structure.covers(p, pixel, &self.anatomy)
            });
            mask.finding = finding.map(|(finding, _)| FINDINGS[*finding]);
            masks.push(mask);
        }
        masks
    }

    /// Mean change of density over its mask, by structure.
    #[cfg(test)]
    pub(super) fn contrasts(&self, size: u32) -> Vec<(&'static str, f64)> {
        let contrast = |structure: &Structure| {
            let covered =
                self.pixels(size).filter(|&(p, pixel)| structure.covers(p, pixel, &self.anatomy));
            let (sum, count) = covered.fold((0.0, 0.0), |(sum, count), (p, pixel)| {
                (sum + structure.density(p, pixel, &self.anatomy).abs(), count + 1.0)
            });
            (structure.kind.name(), if count > 0.0 { sum / count } else { 0.0 })
        };
        self.structures.iter().map(contrast).collect()
    }

    fn mask(
        &self,
        structure: &'static str,
        size: u32,
        covers: impl Fn(Point, f64) -> bool,
    ) -> Mask {
        let pixels = self.pixels(size).map(|(p, pixel)| covers(p, pixel)).collect();
        Mask { structure, finding: None, pixels }
    }

    /// Centres of the pixels in the coordinates of the chest, with their side.
    fn pixels(&self, size: u32) -> impl Iterator<Item = (Point, f64)> {
        let side = 2.0 / f64::from(size);
        let pixel = side / self.exposure.scale;
        (0..size * size).map(move |i| {
            let x = (f64::from(i % size) + 0.5) * side - 1.0;
            let y = (f64::from(i / size) + 0.5) * side - 1.0;
            (self.exposure.place([x, y]), pixel)
        })
    }
}

/// Pose of the patient and exposure of one image.
struct Exposure {
    turn: Point,
    scale: f64,
    shift: Point,
    gain: f64,
    offset: f64,
    curve: f64,
    tilt: Point,
    scatter: Noise,
    noise_key: [u64; 1],
}

impl Exposure {
    fn new(stream: &mut Stream) -> Self {
        Self {
            turn: rotation(stream.range(-0.06, 0.06)),
            scale: stream.range(0.86, 1.12),
            shift: [stream.range(-0.1, 0.1), stream.range(-0.1, 0.1)],
            gain: stream.range(0.8, 1.15),
            offset: stream.range(-0.05, 0.08),
            curve: stream.range(-0.35, 0.35),
            tilt: [stream.range(-0.06, 0.06), stream.range(-0.06, 0.06)],
            scatter: Noise::new(7, stream),
            noise_key: [(stream.unit() * 4_294_967_296.0) as u64],
        }
    }

    /// From the image to the chest.
    fn place(&self, p: Point) -> Point {
        let [x, y] = [0, 1].map(|axis| (p[axis] - self.shift[axis]) / self.scale);
        [x * self.turn[0] + y * self.turn[1], y * self.turn[0] - x * self.turn[1]]
    }

    /// From density to brightness.
    fn develop(&self, density: f64, p: Point) -> f64 {
        let value = self.offset + self.gain * density;
        let bent = value + self.curve * value * (1.0 - value);
        bent + self.tilt[0] * p[0] + self.tilt[1] * p[1] + 0.02 * self.scatter.value(p)
    }
}
