//! Charts over a scale: lines, points, histograms.

use super::{ChartInput, ChartKind, label, names, places};
use crate::figures::axes::{Axes, FONT, SMALL};
use crate::figures::canvas::{Anchor, Canvas, draw, fitted};
use crate::figures::legend::{Key, Legend};
use crate::figures::scale::Scale;
use crate::figures::svg::Figure;
use crate::figures::theme::{HEIGHT, INK, MUTED, WIDTH, dash, series};
use crate::figures::words::{left_out, told};

pub(super) const LEFT: i32 = 150;
pub(super) const RIGHT: i32 = WIDTH - 34;
const BOTTOM: i32 = HEIGHT - 104;

/// Title and legend; gives where the plot begins.
pub(super) fn head(canvas: &Canvas<'_>, title: &str, names: &[String], key: Key) -> i32 {
    let mut top = 26;
    if !title.is_empty() {
        canvas.text(&fitted(title, FONT, RIGHT - LEFT), (LEFT, 30), FONT, Anchor::Left, INK);
        top = 64;
    }
    if names.len() > 1 {
        let legend = Legend::new(names.iter().map(String::as_str), key, LEFT, RIGHT);
        legend.draw(canvas, top);
        top += legend.height() + 8;
    }
    top.max(34)
}

/// Numbers of x and y with the group of each; the others are counted.
fn pairs(input: &ChartInput) -> (Vec<(usize, f64, f64)>, usize) {
    let names = names(&input.groups);
    let places = places(&input.groups, &names, input.y.len());
    let finite = |value: Option<&Option<f64>>| value.copied().flatten().filter(|v| v.is_finite());
    let mut all = Vec::new();
    for (at, place) in places.iter().enumerate() {
        if let Some((x, y)) = finite(input.x.get(at)).zip(finite(input.y.get(at))) {
            all.push((*place, x, y));
        }
    }
    let lost = input.y.len() - all.len();
    (all, lost)
}

pub(super) fn points(kind: ChartKind, input: &ChartInput) -> Result<Figure, String> {
    let (all, lost) = pairs(input);
    if all.is_empty() {
        return Err(format!("no value has both {} and {}", input.x_name, input.y_name));
    }
    if input.logarithmic
        && let Some((_, x, _)) = all.iter().find(|(_, x, _)| *x <= 0.0)
    {
        return Err(format!("{} is {x}, and a logarithmic axis begins above 0", input.x_name));
    }
    let names = names(&input.groups);
    let key = if kind == ChartKind::Line { Key::Line } else { Key::Point };
    let svg = draw(|canvas| {
        let top = head(canvas, &input.title, &names, key);
        let xs = all.iter().map(|(_, x, _)| *x);
        let x = if input.logarithmic {
            Scale::logarithmic(xs, LEFT, RIGHT)
        } else {
            Scale::around(xs, LEFT, RIGHT)
        };
        let y = Scale::around(all.iter().map(|(_, _, y)| *y), BOTTOM, top);
        let axes = Axes { left: LEFT, right: RIGHT, top, bottom: BOTTOM, x, y };
        axes.vertical(canvas, &input.y_name);
        axes.horizontal(canvas, &input.x_name, kind == ChartKind::Scatter);
        for group in 0..names.len().max(1) {
            let mut own: Vec<(f64, f64)> = all
                .iter()
                .filter(|(place, ..)| *place == group)
                .map(|(_, x, y)| (*x, *y))
                .collect();
            if kind == ChartKind::Line {
                own.sort_by(|a, b| a.0.total_cmp(&b.0));
                let line = own.iter().map(|(x, y)| axes.at(*x, *y)).collect();
                canvas.path(line, series(group), 5, dash(group));
            }
            let (size, opacity) = match (kind, own.len()) {
                (ChartKind::Line, n) if n > 60 => continue,
                (ChartKind::Scatter, n) if n > 400 => (4, 0.5),
                (ChartKind::Scatter, _) => (7, 0.75),
                _ => (8, 1.0),
            };
            for (x, y) in own {
                canvas.marker(group, axes.at(x, y), size, series(group), opacity);
            }
        }
    });
    Ok(Figure::new(svg, alt(kind, input, &all, &names, lost)))
}

fn alt(
    kind: ChartKind,
    input: &ChartInput,
    all: &[(usize, f64, f64)],
    names: &[String],
    lost: usize,
) -> String {
    let what = if kind == ChartKind::Line { "Line chart" } else { "Scatter plot" };
    let mut items = Vec::new();
    for group in 0..names.len().max(1) {
        let own: Vec<&(usize, f64, f64)> = all.iter().filter(|(g, ..)| *g == group).collect();
        if own.is_empty() {
            continue;
        }
        let range = |of: &dyn Fn(&(usize, f64, f64)) -> f64| {
            let values = own.iter().map(|value| of(value));
            let (low, high) =
                values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
            format!("{} to {}", label(low), label(high))
        };
        let name = names.get(group).map_or_else(String::new, |name| format!("{name}: "));
        let points = if own.len() == 1 { "1 point" } else { &format!("{} points", own.len()) };
        items.push(format!(
            "{name}{points}, {} from {}, {} from {}",
            input.x_name,
            range(&|p| p.1),
            input.y_name,
            range(&|p| p.2)
        ));
    }
    let named = if input.title.is_empty() { String::new() } else { format!(" {}:", input.title) };
    format!(
        "{what}.{named} {} against {}.{}{}",
        input.y_name,
        input.x_name,
        told(&items),
        left_out(lost, "value")
    )
}

/// Most bins of a histogram.
const MOST_BINS: usize = 200;

pub(super) fn histogram(input: &ChartInput) -> Result<Figure, String> {
    let values: Vec<f64> = input.x.iter().copied().flatten().filter(|v| v.is_finite()).collect();
    let lost = input.x.len() - values.len();
    if values.is_empty() {
        return Err(format!("there is no value of {}", input.x_name));
    }
    let bins = input.bins.unwrap_or_else(|| (2.0 * (values.len() as f64).cbrt()).ceil() as usize);
    if bins == 0 || bins > MOST_BINS {
        return Err(format!("{bins} bins, expected 1 to {MOST_BINS}"));
    }
    let (low, high) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    let (low, high) = if high > low { (low, high) } else { (low - 0.5, high + 0.5) };
    let width = (high - low) / bins as f64;
    let mut counts = vec![0_usize; bins];
    for value in &values {
        counts[(((value - low) / width) as usize).min(bins - 1)] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let svg = draw(|canvas| {
        let top = head(canvas, &input.title, &[], Key::Swatch);
        let axes = Axes {
            left: LEFT,
            right: RIGHT,
            top,
            bottom: BOTTOM,
            x: Scale::exactly(low, high, LEFT + 10, RIGHT - 10),
            y: Scale::between(0.0, most.max(1) as f64, BOTTOM, top),
        };
        axes.vertical(canvas, "number of values");
        axes.horizontal(canvas, &input.x_name, false);
        for (at, count) in counts.iter().enumerate() {
            let (a, b) = (low + width * at as f64, low + width * (at + 1) as f64);
            let (left, right) = (axes.x.pixel(a) + 1, axes.x.pixel(b) - 1);
            canvas.rect(
                (left, axes.y.pixel(*count as f64)),
                (right.max(left + 1), BOTTOM),
                series(0),
                0.8,
            );
        }
        let n = format!("n = {}", values.len());
        canvas.text(&n, (RIGHT, HEIGHT - 18), SMALL - 4, Anchor::Right, MUTED);
    });
    let items: Vec<String> = counts
        .iter()
        .enumerate()
        .map(|(at, count)| {
            let from = low + width * at as f64;
            format!("{} to {}: {count}", label(from), label(from + width))
        })
        .collect();
    let named = if input.title.is_empty() { String::new() } else { format!(" {}:", input.title) };
    let alt = format!(
        "Histogram.{named} {}, {} values in {bins} bins.{}{}",
        input.x_name,
        values.len(),
        told(&items),
        left_out(lost, "value")
    );
    Ok(Figure::new(svg, alt))
}
