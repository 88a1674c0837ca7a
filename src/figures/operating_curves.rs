//! ROC and precision-recall curves: the mean over seeds of each method, with the
//! band from the lowest to the highest seed.

use super::axes::{Axes, TINY};
use super::canvas::{Anchor, Canvas, draw_sized};
use super::legend::{Key, Legend, NumberBelow};
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{MUTED, WIDTH, dash, series};
use super::thin::keep;
use super::words::{csv, left_out, maybe, number, thinned, told};
use crate::text::fixed;

/// More methods than this are left out, and the figure says so.
pub const MOST_CURVES: usize = 12;
/// Points that a curve is thinned to: as few as keep it within half a pixel, and
/// never more than this.
pub const MOST_CURVE_POINTS: usize = 160;
/// Half a pixel of the plot.
const TOLERANCE: f64 = 0.001;

const LEFT: i32 = 140;
const SIDE: i32 = 500;
const TOP: i32 = 20;

/// Which of the two curves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OperatingCurveKind {
    /// Sensitivity against 1 - specificity.
    #[default]
    Roc,
    /// Precision against recall.
    PrecisionRecall,
}

/// Curves of several methods on the same cases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OperatingCurvesInput {
    /// ROC or precision-recall.
    pub kind: OperatingCurveKind,
    /// Share of positives: chance level of precision.
    pub prevalence: Option<f64>,
    /// Number of test cases.
    pub cases: usize,
    /// One curve per method.
    pub series: Vec<OperatingCurve>,
}

/// The curve of one method.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OperatingCurve {
    /// Name of the method.
    pub name: String,
    /// Abscissae, ascending in 0..=1: false-positive rate, or recall.
    pub x: Vec<f64>,
    /// Mean over seeds at each: true-positive rate, or precision.
    pub mean: Vec<f64>,
    /// Lowest and highest seed at each; empty with one seed.
    pub band: Vec<(f64, f64)>,
    /// Mean over seeds of the area under the curve (of the average precision).
    pub area: Option<f64>,
    /// Number of seeds.
    pub seeds: usize,
}

impl OperatingCurveKind {
    fn axes(self) -> [&'static str; 2] {
        match self {
            Self::Roc => ["1 \u{2212} specificity", "sensitivity"],
            Self::PrecisionRecall => ["recall", "precision"],
        }
    }

    fn area(self) -> &'static str {
        match self {
            Self::Roc => "AUC",
            Self::PrecisionRecall => "AP",
        }
    }
}

impl OperatingCurvesInput {
    /// The data behind the figure: the curves as they are drawn.
    pub fn csv(&self) -> String {
        let rows = self.series.iter().flat_map(|curve| {
            curve.points().into_iter().map(|p| {
                [
                    curve.name.clone(),
                    number(p.x),
                    number(p.mean),
                    maybe(p.band.map(|b| b.0)),
                    maybe(p.band.map(|b| b.1)),
                    curve.seeds.to_string(),
                ]
            })
        });
        let [x, y] = match self.kind {
            OperatingCurveKind::Roc => ["false_positive_rate", "true_positive_rate"],
            OperatingCurveKind::PrecisionRecall => ["recall", "precision"],
        };
        csv(["method", x, y, "lowest_seed", "highest_seed", "seeds"], rows)
    }
}

/// Indices of the points that are needed to draw a curve with its band (empty
/// for none); all must be finite.
pub(crate) fn needed_points(x: &[f64], mean: &[f64], band: &[(f64, f64)]) -> Vec<usize> {
    let low: Vec<f64> = band.iter().map(|b| b.0).collect();
    let high: Vec<f64> = band.iter().map(|b| b.1).collect();
    let lines = if band.is_empty() { vec![mean] } else { vec![mean, &low, &high] };
    keep(x, &lines, TOLERANCE, MOST_CURVE_POINTS)
}

/// A point of a curve.
#[derive(Clone, Copy)]
struct Point {
    x: f64,
    mean: f64,
    band: Option<(f64, f64)>,
}

impl OperatingCurve {
    /// The points that are needed to draw it.
    fn points(&self) -> Vec<Point> {
        let finite = |(at, (x, mean)): (usize, (&f64, &f64))| {
            let band = self.band.get(at).copied().filter(|b| b.0.is_finite() && b.1.is_finite());
            (x.is_finite() && mean.is_finite()).then_some(Point { x: *x, mean: *mean, band })
        };
        let all: Vec<Point> =
            self.x.iter().zip(&self.mean).enumerate().filter_map(finite).collect();
        let of = |f: fn(&Point) -> f64| all.iter().map(f).collect::<Vec<f64>>();
        let lines = [
            of(|p| p.mean),
            of(|p| p.band.map_or(p.mean, |b| b.0)),
            of(|p| p.band.map_or(p.mean, |b| b.1)),
        ];
        let lines = [lines[0].as_slice(), &lines[1], &lines[2]];
        let kept = keep(&of(|p| p.x), &lines, TOLERANCE, MOST_CURVE_POINTS);
        kept.into_iter().filter_map(|at| all.get(at).copied()).collect()
    }
}

/// The figure; `None` when no method has a curve.
pub fn operating_curves(input: &OperatingCurvesInput) -> Option<Figure> {
    let drawn: Vec<Vec<Point>> =
        input.series.iter().take(MOST_CURVES).map(OperatingCurve::points).collect();
    if drawn.iter().all(Vec::is_empty) {
        return None;
    }
    let note = thinned(drawn.len(), input.series.len(), "methods");
    let below = |curve: &OperatingCurve| NumberBelow {
        text: area(curve, input.kind),
        what: "area",
        value: curve.area,
    };
    let shown = input.series.iter().take(MOST_CURVES);
    let entries = shown.map(|curve| (curve.name.as_str(), below(curve)));
    // Beside the square there is room for the names.
    let (left, right, top, bottom) = (LEFT, LEFT + SIDE, TOP, TOP + SIDE);
    let legend = Legend::column(entries, Key::Line, right + 30, WIDTH - 8);
    let axes = Axes {
        left,
        right,
        top,
        bottom,
        x: Scale::exactly(0.0, 1.0, left, right),
        y: Scale::exactly(0.0, 1.0, bottom, top),
    };
    let height = (bottom + 96).max(TOP + legend.height()) + if note.is_some() { 34 } else { 0 };
    let svg = draw_sized(WIDTH, height, |canvas| {
        legend.draw(canvas, TOP);
        let [x, y] = input.kind.axes();
        axes.vertical(canvas, y);
        axes.horizontal(canvas, x, true);
        chance(canvas, &axes, input);
        for (index, points) in drawn.iter().enumerate() {
            curve(canvas, &axes, points, index);
        }
        if let Some(note) = &note {
            canvas.text(note, (16, height - 18), TINY, Anchor::Left, MUTED);
        }
    });
    Some(Figure::new(svg, alt(input, note)))
}

/// `AUC 0.912`.
fn area(curve: &OperatingCurve, kind: OperatingCurveKind) -> String {
    format!("{} {}", kind.area(), fixed(curve.area, 3))
}

fn chance(canvas: &Canvas<'_>, axes: &Axes, input: &OperatingCurvesInput) {
    let ends = match (input.kind, input.prevalence) {
        (OperatingCurveKind::Roc, _) => [(0.0, 0.0), (1.0, 1.0)],
        (OperatingCurveKind::PrecisionRecall, Some(p)) if p.is_finite() => [(0.0, p), (1.0, p)],
        _ => return,
    };
    canvas.path(ends.map(|(x, y)| axes.at(x, y)).to_vec(), MUTED, 2, Some((6, 8)));
}

fn curve(canvas: &Canvas<'_>, axes: &Axes, points: &[Point], index: usize) {
    let color = series(index);
    let band: Vec<(f64, (f64, f64))> = points.iter().filter_map(|p| Some((p.x, p.band?))).collect();
    if band.len() > 1 {
        let upper = band.iter().map(|(x, b)| axes.at(*x, b.1));
        let lower = band.iter().rev().map(|(x, b)| axes.at(*x, b.0));
        canvas.area(upper.chain(lower).collect(), color, 0.14);
    }
    // Markers at equal distances along the abscissa, shifted from each other.
    for step in 0..4 {
        let x = 0.06 + 0.25 * f64::from(step) + 0.02 * (index % 8) as f64;
        if let Some(p) = points.iter().find(|p| p.x >= x) {
            canvas.marker(index, axes.at(p.x, p.mean), 7, color, 1.0);
        }
    }
    let path: Vec<(i32, i32)> = points.iter().map(|p| axes.at(p.x, p.mean)).collect();
    if path.len() > 1 {
        canvas.path(path, color, 4, dash(index));
    }
}

fn alt(input: &OperatingCurvesInput, note: Option<String>) -> String {
    let name = match input.kind {
        OperatingCurveKind::Roc => "ROC curves",
        OperatingCurveKind::PrecisionRecall => "Precision-recall curves",
    };
    let at = |curve: &OperatingCurve, x: f64| {
        let found = curve.x.iter().zip(&curve.mean).find(|(v, _)| **v >= x);
        fixed(found.map(|(_, y)| *y), 3)
    };
    let [x, y] = input.kind.axes();
    let items: Vec<String> = input
        .series
        .iter()
        .map(|curve| {
            format!(
                "{}, {} over {} seeds: {y} {} at {x} 0.1, {} at 0.5",
                curve.name,
                area(curve, input.kind),
                curve.seeds,
                at(curve, 0.1),
                at(curve, 0.5)
            )
        })
        .collect();
    let mut text =
        format!("{name} on {} test cases, mean over seeds.{}", input.cases, told(&items));
    if let (OperatingCurveKind::PrecisionRecall, Some(p)) = (input.kind, input.prevalence) {
        text += &format!(" Chance is {}.", fixed(Some(p), 3));
    }
    let odd = |curve: &OperatingCurve| curve.mean.iter().filter(|v| !v.is_finite()).count();
    text += &left_out(input.series.iter().map(odd).sum(), "point");
    note.map_or(text.clone(), |note| format!("{text} {note}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(n: usize) -> OperatingCurve {
        let x: Vec<f64> = (0..=n).map(|i| i as f64 / n as f64).collect();
        let mean: Vec<f64> = x.iter().map(|v| v.sqrt()).collect();
        let band = mean.iter().map(|v| (v * 0.95, *v)).collect();
        OperatingCurve { name: "fine".into(), x, mean, band, area: Some(2.0 / 3.0), seeds: 3 }
    }

    fn input(series: Vec<OperatingCurve>) -> OperatingCurvesInput {
        OperatingCurvesInput { cases: 25_000, series, ..Default::default() }
    }

    #[test]
    fn thousands_of_points_become_few_and_stay_on_the_line() {
        let fine = curve(25_000);
        let points = fine.points();
        assert!(points.len() < MOST_CURVE_POINTS, "{}", points.len());
        for pair in points.windows(2) {
            let middle = f64::midpoint(pair[0].x, pair[1].x);
            let drawn = f64::midpoint(pair[0].mean, pair[1].mean);
            // The curve is y = sqrt(x): near it, up or to the side.
            let gap = (drawn - middle.sqrt()).abs().min((drawn * drawn - middle).abs());
            assert!(gap < 0.002, "{gap}");
        }
        assert!(input(vec![fine]).csv().lines().count() <= MOST_CURVE_POINTS + 1);
    }

    #[test]
    fn the_numbers_are_told() {
        let figure = operating_curves(&input(vec![curve(100)])).expect("a figure");
        assert!(
            figure.alt.contains("fine, AUC 0.667 over 3 seeds: sensitivity 0.316"),
            "{}",
            figure.alt
        );
        let mut given = input(vec![curve(100)]);
        (given.kind, given.prevalence) = (OperatingCurveKind::PrecisionRecall, Some(0.25));
        assert!(operating_curves(&given).expect("a figure").alt.contains("Chance is 0.250."));
    }

    #[test]
    fn odd_curves() {
        assert_eq!(operating_curves(&input(vec![])), None);
        let mut odd = curve(4);
        odd.mean[2] = f64::NAN;
        odd.band.clear();
        assert!(
            operating_curves(&input(vec![odd])).expect("a figure").alt.contains("1 point is not")
        );
        let many = operating_curves(&input(vec![curve(9); 40])).expect("a figure");
        assert!(many.alt.contains("12 of 40 methods"));
    }
}
