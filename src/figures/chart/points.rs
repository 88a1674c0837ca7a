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
    if input.logarithmic_y
        && let Some((_, _, y)) = all.iter().find(|(_, _, y)| *y <= 0.0)
    {
        return Err(format!("{} is {y}, and a logarithmic axis begins above 0", input.y_name));
    }
    let through_means = kind == ChartKind::Line && shared_places(&all);
    let names = names(&input.groups);
    let key = if kind == ChartKind::Line { Key::Line } else { Key::Point };
    let svg = draw(|canvas| {
        let top = head(canvas, &input.title, &names, key);
        let xs = all.iter().map(|(_, x, _)| *x);
        let x = if input.logarithmic {
            Scale::logarithmic(xs, LEFT, RIGHT)
        } else {
            Scale::of_data(xs, LEFT, RIGHT)
        };
        let ys = all.iter().map(|(_, _, y)| *y);
        let y = if input.logarithmic_y {
            Scale::logarithmic(ys, BOTTOM, top)
        } else {
            Scale::of_data(ys, BOTTOM, top)
        };
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
                let line = means(&own).into_iter().map(|(x, y)| axes.at(x, y)).collect();
                canvas.path(line, series(group), 5, dash(group));
            }
            let (size, opacity) = match (kind, own.len()) {
                (ChartKind::Line, n) if n > 60 && !through_means => continue,
                (ChartKind::Line, _) if through_means => (5, 0.5),
                (ChartKind::Scatter, n) if n > 400 => (4, 0.5),
                (ChartKind::Scatter, _) => (7, 0.75),
                _ => (8, 1.0),
            };
            for (x, y) in own {
                canvas.marker(group, axes.at(x, y), size, series(group), opacity);
            }
        }
        if through_means {
            let place = (RIGHT, HEIGHT - 18);
            canvas.text(THROUGH_MEANS, place, SMALL - 4, Anchor::Right, MUTED);
        }
    });
    let mut words = alt(kind, input, &all, &names, lost);
    if through_means {
        words += &format!(" The {THROUGH_MEANS}.");
    }
    Ok(Figure::new(svg, words))
}

/// What a line is where several values share a place.
const THROUGH_MEANS: &str = "line: through the mean at each place";

/// Whether a series has two values at one place: joined as they come they would make a
/// zigzag.
fn shared_places(all: &[(usize, f64, f64)]) -> bool {
    let mut places: Vec<(usize, f64)> = all.iter().map(|(group, x, _)| (*group, *x)).collect();
    places.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    places.windows(2).any(|pair| pair[0] == pair[1])
}

/// One point for each place, of points sorted by place.
fn means(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mean = |part: &[(f64, f64)]| {
        (part[0].0, part.iter().map(|(_, y)| y).sum::<f64>() / part.len() as f64)
    };
    points.chunk_by(|a, b| a.0 == b.0).map(mean).collect()
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
    let names = names(&input.groups);
    let places = places(&input.groups, &names, input.x.len());
    let all: Vec<(usize, f64)> = (places.into_iter().zip(&input.x))
        .filter_map(|(group, x)| Some((group, x.filter(|x| x.is_finite())?)))
        .collect();
    let lost = input.x.len() - all.len();
    if all.is_empty() {
        return Err(format!("there is no value of {}", input.x_name));
    }
    let bins = input.bins.unwrap_or_else(|| (2.0 * (all.len() as f64).cbrt()).ceil() as usize);
    if bins == 0 || bins > MOST_BINS {
        return Err(format!("{bins} bins, expected 1 to {MOST_BINS}"));
    }
    let range = all.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (_, x)| {
        (low.min(*x), high.max(*x))
    });
    let (low, high) = if range.1 > range.0 { range } else { (range.0 - 0.5, range.1 + 0.5) };
    let bins = Bins { low, width: (high - low) / bins as f64, count: bins };
    let counts: Vec<Vec<usize>> =
        (0..names.len().max(1)).map(|group| bins.counts(&all, group)).collect();
    let most = counts.iter().flatten().copied().max().unwrap_or(0);
    let svg = draw(|canvas| {
        let top = head(canvas, &input.title, &names, Key::Swatch);
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
        // One over the other: each must show through.
        let opacity = if counts.len() > 1 { 0.45 } else { 0.8 };
        for (group, counts) in counts.iter().enumerate() {
            for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                let (from, to) = bins.ends(at);
                let (left, right) = (axes.x.pixel(from) + 1, axes.x.pixel(to) - 1);
                let corner = (right.max(left + 1), BOTTOM);
                let above = (left, axes.y.pixel(*count as f64));
                canvas.rect(above, corner, series(group), opacity);
            }
        }
        let n = format!("n = {}", all.len());
        canvas.text(&n, (RIGHT, HEIGHT - 18), SMALL - 4, Anchor::Right, MUTED);
    });
    let named = if input.title.is_empty() { String::new() } else { format!(" {}:", input.title) };
    let alt = format!(
        "Histogram.{named} {}, {} values in {} bins.{}{}",
        input.x_name,
        all.len(),
        bins.count,
        told(&bins.words(&counts, &names)),
        left_out(lost, "value")
    );
    Ok(Figure::new(svg, alt))
}

/// Bins of one width.
struct Bins {
    low: f64,
    width: f64,
    count: usize,
}

impl Bins {
    fn ends(&self, at: usize) -> (f64, f64) {
        (self.low + self.width * at as f64, self.low + self.width * (at + 1) as f64)
    }

    /// How many values of a group lie in each.
    fn counts(&self, all: &[(usize, f64)], group: usize) -> Vec<usize> {
        let mut counts = vec![0; self.count];
        for (_, value) in all.iter().filter(|(own, _)| *own == group) {
            counts[(((value - self.low) / self.width) as usize).min(self.count - 1)] += 1;
        }
        counts
    }

    /// The counts of each group, bin by bin.
    fn words(&self, counts: &[Vec<usize>], names: &[String]) -> Vec<String> {
        let mut items = Vec::new();
        for at in 0..self.count {
            let (from, to) = self.ends(at);
            let here: Vec<String> = counts
                .iter()
                .enumerate()
                .map(|(group, counts)| match names.get(group) {
                    Some(name) if names.len() > 1 => format!("{name} {}", counts[at]),
                    _ => counts[at].to_string(),
                })
                .collect();
            items.push(format!("{} to {}: {}", label(from), label(to), here.join(", ")));
        }
        items
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::chart::chart;

    fn input(x: &[f64], y: &[f64], groups: &[&str]) -> ChartInput {
        ChartInput {
            x_name: "seed".into(),
            y_name: "AUC".into(),
            x: x.iter().copied().map(Some).collect(),
            y: y.iter().copied().map(Some).collect(),
            groups: groups.iter().map(|name| (*name).to_owned()).collect(),
            ..ChartInput::default()
        }
    }

    #[test]
    fn a_line_goes_through_the_means_of_what_shares_a_place() {
        assert_eq!(means(&[(0.0, 1.0), (0.0, 3.0), (1.0, 5.0)]), [(0.0, 2.0), (1.0, 5.0)]);
        let shared = input(&[0.0, 0.0, 1.0], &[1.0, 3.0, 2.0], &[]);
        let figure = chart(ChartKind::Line, &shared).expect("drawn");
        assert!(
            figure.alt.ends_with("The line: through the mean at each place."),
            "{}",
            figure.alt
        );
        assert!(figure.standalone().contains(THROUGH_MEANS));
        // Two series at the same places share none.
        let apart = input(&[0.0, 0.0, 1.0], &[1.0, 3.0, 2.0], &["a", "b", "a"]);
        let figure = chart(ChartKind::Line, &apart).expect("drawn");
        assert!(!figure.standalone().contains(THROUGH_MEANS), "{}", figure.alt);
        let points = chart(ChartKind::Scatter, &shared).expect("drawn");
        assert!(!points.alt.contains("mean"), "{}", points.alt);
    }

    #[test]
    fn histograms_of_several_groups_have_one_set_of_bins() {
        let mut two = input(&[0.0, 0.1, 1.0, 0.9, 0.0], &[], &["a", "a", "a", "b", "b"]);
        two.bins = Some(2);
        let figure = chart(ChartKind::Histogram, &two).expect("drawn");
        assert!(figure.alt.contains("0 to 0.5: a 2, b 1"), "{}", figure.alt);
        assert!(figure.alt.contains("0.5 to 1: a 1, b 1"), "{}", figure.alt);
        two.groups.clear();
        let figure = chart(ChartKind::Histogram, &two).expect("drawn");
        assert!(figure.alt.contains("0 to 0.5: 3"), "{}", figure.alt);
    }

    #[test]
    fn a_logarithmic_vertical_axis_is_for_what_is_above_zero() {
        let mut up = input(&[0.0, 1.0], &[0.01, 100.0], &[]);
        let plain = chart(ChartKind::Scatter, &up).expect("drawn").standalone();
        up.logarithmic_y = true;
        assert_ne!(chart(ChartKind::Scatter, &up).expect("drawn").standalone(), plain);
        up.y[0] = Some(0.0);
        let error = chart(ChartKind::Scatter, &up).expect_err("refused");
        assert!(error.contains("AUC is 0"), "{error}");
        up.categories = vec!["a".into(), "b".into()];
        let error = chart(ChartKind::Bars, &up).expect_err("refused");
        assert!(error.contains("only lines and points"), "{error}");
    }
}
