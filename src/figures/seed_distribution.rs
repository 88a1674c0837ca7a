//! The distribution over seeds: box, violin or raincloud, with every seed drawn.

use super::axes::{Axes, TINY};
use super::canvas::{Anchor, Canvas, draw_sized, fitted};
use super::density::{FEWEST_FOR_DENSITY, density};
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{INK, MUTED, WIDTH, series};
use super::words::{csv, left_out, number, pair, thinned, told};
use crate::scores::Unit;
use crate::stats::describe::{mean, quantile_sorted};
use crate::text::fixed;

/// More groups than this are left out, and the figure says so.
pub const MOST_SEED_GROUPS: usize = 30;
/// More groups than this are drawn as boxes: the figure would not fit a page.
pub const MOST_CLOUDS: usize = 12;

const LEFT: i32 = 310;
const RIGHT: i32 = WIDTH - 40;

/// How a distribution is drawn; the seeds themselves always are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SeedShape {
    /// Quartiles, with whiskers to the last value within 1.5 of their distance.
    Box,
    /// A density on both sides.
    Violin,
    /// A density above, quartiles below it, the seeds as rain.
    #[default]
    Raincloud,
}

/// Values over seeds of several groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeedDistributionInput {
    /// How they are drawn.
    pub shape: SeedShape,
    /// Name of the score.
    pub metric: String,
    /// Decimals that values are told with.
    pub decimals: usize,
    /// What the values are replications over: seeds, or cases.
    pub unit: Unit,
    /// A line to compare with: its name and value.
    pub reference: Option<(String, f64)>,
    /// One row per group.
    pub groups: Vec<SeedGroup>,
}

/// Values of one group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeedGroup {
    /// Name of the group.
    pub name: String,
    /// Index of the group's colour and marker: that of its method elsewhere.
    pub series: usize,
    /// Seed and value.
    pub values: Vec<(u64, f64)>,
}

impl SeedDistributionInput {
    /// The data behind the figure.
    pub fn csv(&self) -> String {
        let rows = self.groups.iter().flat_map(|group| {
            let value = |(seed, v): &(u64, f64)| [group.name.clone(), seed.to_string(), number(*v)];
            group.values.iter().map(value).collect::<Vec<_>>()
        });
        csv(["group", "seed", "value"], rows)
    }
}

impl SeedGroup {
    /// Finite values, ascending.
    fn sorted(&self) -> Vec<f64> {
        let mut sorted: Vec<f64> =
            self.values.iter().map(|(_, v)| *v).filter(|v| v.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        sorted
    }
}

impl SeedShape {
    fn row(self) -> i32 {
        match self {
            Self::Box => 42,
            Self::Violin => 78,
            Self::Raincloud => 96,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Box => "Box plot",
            Self::Violin => "Violin plot",
            Self::Raincloud => "Raincloud plot",
        }
    }
}

/// The figure; `None` when no group has a value.
pub fn seed_distribution(input: &SeedDistributionInput) -> Option<Figure> {
    let filled: Vec<(&SeedGroup, Vec<f64>)> = input
        .groups
        .iter()
        .map(|group| (group, group.sorted()))
        .filter(|(_, sorted)| !sorted.is_empty())
        .collect();
    if filled.is_empty() {
        return None;
    }
    let shown = &filled[..filled.len().min(MOST_SEED_GROUPS)];
    let mut notes: Vec<String> = thinned(shown.len(), filled.len(), "groups").into_iter().collect();
    let shape = if shown.len() > MOST_CLOUDS { SeedShape::Box } else { input.shape };
    if shape != input.shape {
        notes.push(format!("More than {MOST_CLOUDS} groups are drawn as boxes."));
    }
    let few = shown.iter().any(|(_, sorted)| sorted.len() < FEWEST_FOR_DENSITY);
    if few && shape != SeedShape::Box {
        notes.push(format!(
            "Fewer than {FEWEST_FOR_DENSITY} {} have no density.",
            input.unit.word()
        ));
    }
    let row = shape.row();
    let (top, bottom) = (16, 16 + shown.len() as i32 * row);
    let reference = input.reference.as_ref().filter(|(_, value)| value.is_finite());
    let values = shown.iter().flat_map(|(_, sorted)| sorted.iter().copied());
    let x = Scale::around(values.chain(reference.map(|(_, v)| *v)), LEFT, RIGHT);
    let axes = Axes { left: LEFT, right: RIGHT, top, bottom, x, y: Scale::between(0.0, 1.0, 0, 1) };
    let height = bottom + 96 + 32 * notes.len() as i32;
    let svg = draw_sized(WIDTH, height, |canvas| {
        axes.horizontal(canvas, &input.metric, true);
        if let Some((name, value)) = reference {
            let x = axes.x.pixel(*value);
            canvas.shows(&[name, "reference"], &number(*value), || {
                canvas.path(vec![(x, top), (x, bottom)], INK, 2, Some((10, 8)));
            });
            let name = fitted(name, TINY, RIGHT - LEFT);
            // The text stands on the side that has room.
            let (at, anchor) = if x > i32::midpoint(LEFT, RIGHT) {
                (x - 8, Anchor::Right)
            } else {
                (x + 8, Anchor::Left)
            };
            canvas.text(&name, (at, bottom - 12), TINY, anchor, MUTED);
        }
        for (at, (group, sorted)) in shown.iter().enumerate() {
            let y = top + row / 2 + at as i32 * row;
            let name = fitted(&group.name, TINY + 2, LEFT - 40);
            canvas.text(&name, (LEFT - 20, y), TINY + 2, Anchor::Right, INK);
            match shape {
                SeedShape::Box => {
                    boxed(canvas, &axes, group, sorted, (y, 14));
                    rain(canvas, &axes, group, y);
                }
                SeedShape::Violin => {
                    cloud(canvas, &axes, group, sorted, (y, 30), true);
                    rain(canvas, &axes, group, y);
                    middle(canvas, &axes, group, sorted, (y, 16));
                }
                SeedShape::Raincloud => {
                    cloud(canvas, &axes, group, sorted, (y - 2, 36), false);
                    boxed(canvas, &axes, group, sorted, (y + 12, 8));
                    rain(canvas, &axes, group, y + 34);
                }
            }
        }
        for (line, note) in notes.iter().enumerate() {
            let y = bottom + 108 + 32 * line as i32 - 8;
            canvas.text(note, (16, y), TINY, Anchor::Left, MUTED);
        }
    });
    Some(Figure::new(svg, alt(input, shape, &filled, &notes)))
}

fn boxed(
    canvas: &Canvas<'_>,
    axes: &Axes,
    group: &SeedGroup,
    sorted: &[f64],
    (y, half): (i32, i32),
) {
    if sorted.len() < 2 {
        return;
    }
    let [q1, q2, q3] = [0.25, 0.5, 0.75].map(|q| quantile_sorted(sorted, q));
    let reach = 1.5 * (q3 - q1);
    let within = |v: &&f64| **v >= q1 - reach && **v <= q3 + reach;
    let low = sorted.iter().find(within).copied().unwrap_or(q1);
    let high = sorted.iter().rev().find(within).copied().unwrap_or(q3);
    let color = series(group.series);
    let (quartiles, median) = (pair(q1, q3), number(q2));
    let [low, q1, q2, q3, high] = [low, q1, q2, q3, high].map(|v| axes.x.pixel(v));
    canvas.line((low, y), (q1, y), color, 3);
    canvas.line((q3, y), (high, y), color, 3);
    for end in [low, high] {
        canvas.line((end, y - half / 2), (end, y + half / 2), color, 3);
    }
    let corners = [(q1, y - half), (q3, y - half), (q3, y + half), (q1, y + half), (q1, y - half)];
    canvas.shows(&[&group.name, "quartiles"], &quartiles, || {
        canvas.rect((q1, y - half), (q3, y + half), color, 0.3);
        canvas.path(corners.to_vec(), color, 2, None);
    });
    canvas.shows(&[&group.name, "median"], &median, || {
        canvas.line((q2, y - half), (q2, y + half), INK, 4);
    });
}

/// Every seed; those at one place are stacked a little.
fn rain(canvas: &Canvas<'_>, axes: &Axes, group: &SeedGroup, y: i32) {
    let mut taken: Vec<(i32, i32)> = Vec::new();
    let finite = group.values.iter().filter(|(_, v)| v.is_finite());
    for (seed, value) in finite {
        let x = axes.x.pixel(*value);
        let near = taken.iter().filter(|(other, _)| (other - x).abs() < 9).count() as i32;
        // 0, 1, -1, 2, -2: around the middle, and never far from it.
        let step = (near + 1) / 2 * if near % 2 == 1 { 1 } else { -1 };
        let shift = (step * 4).clamp(-12, 12);
        taken.push((x, shift));
        canvas.shows(&[&group.name, &format!("seed_{seed}")], &number(*value), || {
            canvas.marker(group.series, (x, y + shift), 5, series(group.series), 0.8);
        });
    }
}

fn cloud(
    canvas: &Canvas<'_>,
    axes: &Axes,
    group: &SeedGroup,
    sorted: &[f64],
    (y, tall): (i32, i32),
    both: bool,
) {
    let Some(curve) = density(sorted) else { return };
    let high = |h: f64| (h * f64::from(tall)).round() as i32;
    let above: Vec<(i32, i32)> =
        curve.iter().map(|(v, h)| (axes.x.pixel(*v), y - high(*h))).collect();
    let below = |(v, h): &(f64, f64)| (axes.x.pixel(*v), if both { y + high(*h) } else { y });
    let outline: Vec<(i32, i32)> = above.into_iter().chain(curve.iter().rev().map(below)).collect();
    canvas.area(outline, series(group.series), 0.35);
}

/// Median and quartiles of a violin.
fn middle(
    canvas: &Canvas<'_>,
    axes: &Axes,
    group: &SeedGroup,
    sorted: &[f64],
    (y, half): (i32, i32),
) {
    if sorted.len() < 2 {
        return;
    }
    let quartiles = [0.25, 0.5, 0.75].map(|q| quantile_sorted(sorted, q));
    let [q1, q2, q3] = quartiles.map(|q| axes.x.pixel(q));
    canvas.shows(&[&group.name, "quartiles"], &pair(quartiles[0], quartiles[2]), || {
        canvas.line((q1, y), (q3, y), INK, 3);
    });
    canvas.shows(&[&group.name, "median"], &number(quartiles[1]), || {
        canvas.line((q2, y - half), (q2, y + half), INK, 4);
    });
}

fn alt(
    input: &SeedDistributionInput,
    shape: SeedShape,
    filled: &[(&SeedGroup, Vec<f64>)],
    notes: &[String],
) -> String {
    let items: Vec<String> = filled
        .iter()
        .map(|(group, sorted)| {
            let at = |q: f64| fixed(Some(quantile_sorted(sorted, q)), input.decimals);
            format!(
                "{}: {} {}, median {}, mean {}, from {} to {}",
                group.name,
                sorted.len(),
                input.unit.word(),
                at(0.5),
                fixed(Some(mean(sorted)), input.decimals),
                at(0.0),
                at(1.0)
            )
        })
        .collect();
    let mut text =
        format!("{} of {} over {}.{}", shape.word(), input.metric, input.unit.word(), told(&items));
    if let Some((name, value)) = &input.reference {
        text += &format!(" Line: {name}, {}.", fixed(Some(*value), input.decimals));
    }
    let all: usize = input.groups.iter().map(|group| group.values.len()).sum();
    let finite: usize = filled.iter().map(|(_, sorted)| sorted.len()).sum();
    text += &left_out(all - finite, "value");
    for note in notes {
        text += &format!(" {note}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(shape: SeedShape, values: &[f64]) -> SeedDistributionInput {
        let values = values.iter().enumerate().map(|(s, v)| (s as u64, *v)).collect();
        SeedDistributionInput {
            shape,
            metric: "AUC".into(),
            decimals: 3,
            unit: Unit::Seeds,
            reference: Some(("random".into(), 0.6)),
            groups: vec![SeedGroup { name: "fine".into(), series: 1, values }],
        }
    }

    /// Markers of series 1 in its colour, one for each seed.
    fn marks(figure: &Figure) -> usize {
        figure.standalone().matches("<polygon opacity=\"0.8\" fill=\"#D55E00\"").count()
    }

    #[test]
    fn every_seed_is_drawn_in_every_shape() {
        for shape in [SeedShape::Box, SeedShape::Violin, SeedShape::Raincloud] {
            for values in [&[0.7][..], &[0.7; 5], &[0.7, 0.71, 0.9, 0.72, 0.69, 0.7]] {
                let figure = seed_distribution(&input(shape, values)).expect("a figure");
                assert_eq!(marks(&figure), values.len(), "{shape:?} {values:?}");
                assert!(!figure.standalone().contains("NaN"));
            }
        }
    }

    #[test]
    fn odd_values_are_said() {
        let figure = seed_distribution(&input(SeedShape::Box, &[0.7, f64::NAN, 0.9]));
        let alt = figure.expect("a figure").alt;
        assert!(
            alt.contains("fine: 2 seeds, median 0.800, mean 0.800, from 0.700 to 0.900."),
            "{alt}"
        );
        assert!(alt.contains("1 value is not a number") && alt.contains("Line: random, 0.600."));
        assert_eq!(seed_distribution(&input(SeedShape::Box, &[f64::INFINITY])), None);
        let mut many = input(SeedShape::Violin, &[0.7]);
        many.groups = vec![many.groups[0].clone(); 50];
        assert!(seed_distribution(&many).expect("a figure").alt.contains("30 of 50 groups"));
    }
}
