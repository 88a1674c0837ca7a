//! Reliability diagram: how often a call of a stated confidence is right, over
//! the number of cases in each bin of confidence.

use super::axes::{Axes, SMALL, TINY};
use super::canvas::{Anchor, Canvas, draw_sized};
use super::legend::{Key, Legend, NumberBelow};
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{MUTED, WIDTH, dash, series};
use super::words::{csv, number, thinned, told};
use crate::text::fixed;

/// More methods than this are left out, and the figure says so.
pub const MOST_RELIABILITY_LINES: usize = 8;
/// A bin of fewer cases is drawn faint: its share of right calls is rough.
pub const FEW_CASES: usize = 20;

const LEFT: i32 = 140;
const SIDE: i32 = 500;
const TOP: i32 = 20;
const BARS: i32 = 110;

/// Calibration of several methods.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReliabilityInput {
    /// What confidence is: `probability of the label`, `highest probability`.
    pub confidence: String,
    /// One line per method.
    pub series: Vec<ReliabilitySeries>,
}

/// Calibration of one method.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReliabilitySeries {
    /// Name of the method.
    pub name: String,
    /// Expected calibration error, mean over seeds.
    pub expected_error: Option<f64>,
    /// Number of seeds.
    pub seeds: usize,
    /// Bins by rising confidence.
    pub bins: Vec<ReliabilityPoint>,
}

/// One bin.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReliabilityPoint {
    /// Lower end of the bin.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Calls in the bin, of all seeds together.
    pub cases: usize,
    /// Mean confidence; NaN in an empty bin.
    pub confidence: f64,
    /// Share of right calls; NaN in an empty bin.
    pub accuracy: f64,
}

impl ReliabilityInput {
    /// The data behind the figure.
    pub fn csv(&self) -> String {
        let rows = self.series.iter().flat_map(|line| {
            line.bins.iter().map(|bin| {
                [
                    line.name.clone(),
                    number(bin.low),
                    number(bin.high),
                    bin.cases.to_string(),
                    number(bin.confidence),
                    number(bin.accuracy),
                    line.seeds.to_string(),
                ]
            })
        });
        let head =
            ["method", "bin_low", "bin_high", "cases", "mean_confidence", "share_right", "seeds"];
        csv(head, rows)
    }
}

impl ReliabilityPoint {
    /// The bin by its ends, for ids.
    fn name(&self) -> String {
        format!("{}-{}", fixed(Some(self.low), 2), fixed(Some(self.high), 2))
    }

    fn filled(&self) -> bool {
        self.cases > 0 && self.confidence.is_finite() && self.accuracy.is_finite()
    }
}

/// The figure; `None` when no bin holds a case.
pub fn reliability_diagram(input: &ReliabilityInput) -> Option<Figure> {
    let drawn: Vec<&ReliabilitySeries> = input.series.iter().take(MOST_RELIABILITY_LINES).collect();
    if !drawn.iter().any(|line| line.bins.iter().any(ReliabilityPoint::filled)) {
        return None;
    }
    let note = thinned(drawn.len(), input.series.len(), "methods");
    let (right, top, bottom) = (LEFT + SIDE, TOP, TOP + SIDE);
    let below = |line: &ReliabilitySeries| NumberBelow {
        text: error(line),
        what: "expected_error",
        value: line.expected_error,
    };
    let entries = drawn.iter().map(|line| (line.name.as_str(), below(line)));
    // Beside the square there is room for the names.
    let legend = Legend::column(entries, Key::Line, right + 30, WIDTH - 8);
    let axes = Axes {
        left: LEFT,
        right,
        top,
        bottom,
        x: Scale::exactly(0.0, 1.0, LEFT, right),
        y: Scale::exactly(0.0, 1.0, bottom, top),
    };
    let floor = bottom + 40 + BARS;
    let below = Axes {
        top: bottom + 40,
        bottom: floor,
        y: Scale::exactly(0.0, 1.0, floor, bottom + 40),
        x: axes.x.clone(),
        ..axes
    };
    let height = (floor + 96).max(TOP + legend.height()) + if note.is_some() { 34 } else { 0 };
    let svg = draw_sized(WIDTH, height, |canvas| {
        legend.draw(canvas, TOP);
        axes.vertical(canvas, "share of right calls");
        canvas.path(vec![axes.at(0.0, 0.0), axes.at(1.0, 1.0)], MUTED, 2, Some((6, 8)));
        for (index, line) in drawn.iter().enumerate() {
            points(canvas, &axes, line, index);
        }
        counts(canvas, &below, &drawn);
        below.horizontal(canvas, &input.confidence, false);
        if let Some(note) = &note {
            canvas.text(note, (16, height - 18), TINY, Anchor::Left, MUTED);
        }
    });
    Some(Figure::new(svg, alt(input, note)))
}

/// `ECE 0.031`.
fn error(line: &ReliabilitySeries) -> String {
    format!("ECE {}", fixed(line.expected_error, 3))
}

fn points(canvas: &Canvas<'_>, axes: &Axes, line: &ReliabilitySeries, index: usize) {
    let color = series(index);
    let filled: Vec<&ReliabilityPoint> = line.bins.iter().filter(|bin| bin.filled()).collect();
    let path: Vec<(i32, i32)> = filled.iter().map(|b| axes.at(b.confidence, b.accuracy)).collect();
    if path.len() > 1 {
        canvas.path(path.clone(), color, 4, dash(index));
    }
    for (bin, at) in filled.iter().zip(path) {
        let opacity = if bin.cases < FEW_CASES { 0.35 } else { 1.0 };
        let names = [line.name.as_str(), &bin.name(), "share_right"];
        canvas.shows(&names, &number(bin.accuracy), || {
            canvas.marker(index, at, 8, color, opacity);
        });
    }
}

/// Bars of the number of calls in each bin, side by side.
fn counts(canvas: &Canvas<'_>, axes: &Axes, drawn: &[&ReliabilitySeries]) {
    let most = drawn.iter().flat_map(|line| &line.bins).map(|bin| bin.cases).max().unwrap_or(1);
    let most = most.max(1);
    let at = (axes.left - 14, axes.top + 10);
    let text = most.to_string();
    canvas.shows(&["most_cases"], &text, || {
        canvas.text(&text, at, SMALL, Anchor::Right, MUTED);
    });
    canvas.text("calls", (axes.left - 14, axes.bottom - 14), SMALL, Anchor::Right, MUTED);
    for (index, line) in drawn.iter().enumerate() {
        for bin in line.bins.iter().filter(|bin| bin.cases > 0) {
            let (from, to) = (axes.x.pixel(bin.low), axes.x.pixel(bin.high));
            let wide = f64::from(to - from - 4) / drawn.len() as f64;
            let left = from + 2 + (wide * index as f64) as i32;
            let right = (from + 2 + (wide * (index + 1) as f64) as i32 - 1).max(left + 1);
            let y = axes.y.pixel(bin.cases as f64 / most as f64).min(axes.bottom - 1);
            canvas.shows(&[&line.name, &bin.name(), "cases"], &bin.cases.to_string(), || {
                canvas.rect((left, y), (right, axes.bottom), series(index), 0.85);
            });
        }
    }
}

fn alt(input: &ReliabilityInput, note: Option<String>) -> String {
    let items: Vec<String> = input
        .series
        .iter()
        .map(|line| {
            let bins = line.bins.iter().filter(|bin| bin.filled()).map(|bin| {
                let [confidence, right] = [bin.confidence, bin.accuracy].map(|v| fixed(Some(v), 2));
                format!("{right} right at {confidence} ({} calls)", bin.cases)
            });
            format!("{}, {}: {}", line.name, error(line), bins.collect::<Vec<_>>().join(", "))
        })
        .collect();
    let text = format!("Reliability diagram over the {}.{}", input.confidence, told(&items));
    note.map_or(text.clone(), |note| format!("{text} {note}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cases: usize) -> ReliabilitySeries {
        let bin = |i: usize| ReliabilityPoint {
            low: i as f64 / 10.0,
            high: (i + 1) as f64 / 10.0,
            cases: cases * i,
            confidence: if i == 0 { f64::NAN } else { i as f64 / 10.0 + 0.05 },
            accuracy: if i == 0 { f64::NAN } else { i as f64 / 10.0 },
        };
        ReliabilitySeries {
            name: "fine".into(),
            expected_error: Some(0.05),
            seeds: 3,
            bins: (0..10).map(bin).collect(),
        }
    }

    #[test]
    fn counts_are_told_and_empty_bins_are_not_drawn() {
        let input = ReliabilityInput { confidence: "probability".into(), series: vec![line(7)] };
        let figure = reliability_diagram(&input).expect("a figure");
        assert!(
            figure.alt.contains("fine, ECE 0.050: 0.10 right at 0.15 (7 calls)"),
            "{}",
            figure.alt
        );
        assert!(!figure.standalone().contains("NaN"));
        assert_eq!(input.csv().lines().nth(1), Some("fine,0,0.1,0,,,3"));
    }

    #[test]
    fn no_case_is_no_figure() {
        let input =
            |n, cases| ReliabilityInput { confidence: "p".into(), series: vec![line(cases); n] };
        assert_eq!(reliability_diagram(&input(1, 0)), None);
        assert_eq!(reliability_diagram(&input(0, 1)), None);
        let figure = reliability_diagram(&input(40, 1)).expect("a figure");
        assert!(figure.alt.contains("8 of 40 methods"));
    }
}
