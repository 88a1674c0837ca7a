//! Cost against score, with the Pareto front: what is not beaten by anything
//! that costs no more.

use super::axes::{Axes, TINY};
use super::canvas::{Anchor, Canvas, draw_sized, fitted, text_width};
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{INK, MUTED, WIDTH, series};
use super::words::{csv, left_out, maybe, number, pair, told};
use crate::text::{fixed, two_digits};

/// Names of at most this many points are written; the front's come first.
pub const MOST_COST_NAMES: usize = 24;

const LEFT: i32 = 140;
const RIGHT: i32 = WIDTH - 40;
const TOP: i32 = 30;
const BOTTOM: i32 = 500;

/// Costs and scores.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CostScoreInput {
    /// What the cost is, with its unit: `training time of a run in seconds`.
    pub cost: String,
    /// Name of the score.
    pub metric: String,
    /// Decimals that scores are told with.
    pub decimals: usize,
    /// Whether small scores are good.
    pub smaller_is_better: bool,
    /// What is compared.
    pub points: Vec<CostPoint>,
}

/// One method.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CostPoint {
    /// Its name.
    pub name: String,
    /// Index of colour and marker; points that share one belong together.
    pub series: usize,
    /// Its cost.
    pub cost: f64,
    /// Its score.
    pub score: f64,
    /// Ends of the interval of the score.
    pub interval: Option<(f64, f64)>,
}

impl CostScoreInput {
    /// The data behind the figure.
    pub fn csv(&self) -> String {
        let front = self.front();
        let rows = self.points.iter().enumerate().map(|(index, point)| {
            [
                point.name.clone(),
                number(point.cost),
                number(point.score),
                maybe(point.interval.map(|i| i.0)),
                maybe(point.interval.map(|i| i.1)),
                if front.contains(&index) { "front".into() } else { String::new() },
            ]
        });
        csv(["method", "cost", "score", "low", "high", "pareto"], rows)
    }

    /// Points that no other beats in one of cost and score without losing in the
    /// other, by rising cost. Equal points are all on it.
    fn front(&self) -> Vec<usize> {
        let defined = |i: &usize| self.points[*i].defined();
        let gain = |i: usize| {
            if self.smaller_is_better { -self.points[i].score } else { self.points[i].score }
        };
        let all: Vec<usize> = (0..self.points.len()).filter(defined).collect();
        let beaten = |i: &usize| {
            let cost = self.points[*i].cost;
            all.iter().any(|j| {
                let other = self.points[*j].cost;
                other <= cost && gain(*j) >= gain(*i) && (other < cost || gain(*j) > gain(*i))
            })
        };
        let mut front: Vec<usize> = all.iter().copied().filter(|i| !beaten(i)).collect();
        front.sort_by(|a, b| self.points[*a].cost.total_cmp(&self.points[*b].cost));
        front
    }
}

impl CostPoint {
    fn defined(&self) -> bool {
        self.cost.is_finite() && self.score.is_finite()
    }
}

/// The figure; `None` without a point that has both cost and score.
pub fn cost_score(input: &CostScoreInput) -> Option<Figure> {
    let drawn: Vec<usize> =
        (0..input.points.len()).filter(|i| input.points[*i].defined()).collect();
    if drawn.is_empty() {
        return None;
    }
    let front = input.front();
    let of = |i: &usize| &input.points[*i];
    let scores = drawn.iter().flat_map(|i| {
        let ends = of(i).interval.map(|(low, high)| [low, high]).into_iter().flatten();
        ends.chain([of(i).score]).collect::<Vec<_>>()
    });
    let axes = Axes {
        left: LEFT,
        right: RIGHT,
        top: TOP,
        bottom: BOTTOM,
        x: Scale::logarithmic(drawn.iter().map(|i| of(i).cost), LEFT, RIGHT),
        y: Scale::around(scores, BOTTOM, TOP),
    };
    let svg = draw_sized(WIDTH, BOTTOM + 100, |canvas| {
        axes.vertical(canvas, &input.metric);
        axes.horizontal(canvas, &input.cost, true);
        let steps = steps(&axes, input, &front);
        canvas.path(steps.clone(), MUTED, 3, Some((12, 8)));
        for i in &drawn {
            let point = of(i);
            let (x, y) = axes.at(point.cost, point.score);
            let color = series(point.series);
            if let Some((low, high)) = point.interval.filter(|i| i.0.is_finite() && i.1.is_finite())
            {
                let ends = ((x, axes.y.pixel(low)), (x, axes.y.pixel(high)));
                canvas.shows(&[&point.name, "interval"], &pair(low, high), || {
                    canvas.faint(vec![ends.0, ends.1], color, 3, 0.6);
                });
            }
            let on_front = front.contains(i);
            canvas.shows(&[&point.name, "cost_score"], &pair(point.cost, point.score), || {
                if on_front {
                    canvas.marker(point.series, (x, y), 13, INK, 1.0);
                }
                canvas.marker(point.series, (x, y), 10, color, 1.0);
            });
        }
        names(canvas, &axes, input, (&drawn, &front), &steps);
    });
    Some(Figure::new(svg, alt(input, &drawn, &front)))
}

/// The front as steps: the best score that a cost buys.
fn steps(axes: &Axes, input: &CostScoreInput, front: &[usize]) -> Vec<(i32, i32)> {
    let mut path: Vec<(i32, i32)> = Vec::new();
    for i in front {
        let (x, y) = axes.at(input.points[*i].cost, input.points[*i].score);
        if let Some((_, before)) = path.last().copied() {
            path.push((x, before));
        }
        path.push((x, y));
    }
    if let Some((_, y)) = path.last().copied() {
        path.push((axes.right, y));
    }
    path
}

/// Names beside their points where they hide nothing; those of the front first.
fn names(
    canvas: &Canvas<'_>,
    axes: &Axes,
    input: &CostScoreInput,
    (drawn, front): (&[usize], &[usize]),
    steps: &[(i32, i32)],
) {
    let place = |i: &usize| axes.at(input.points[*i].cost, input.points[*i].score);
    let around = |(x, y): (i32, i32)| (x - 14, y - 14, x + 14, y + 14);
    let mut taken: Vec<(i32, i32, i32, i32)> = drawn.iter().map(|i| around(place(i))).collect();
    taken.extend(steps.windows(2).map(|ends| {
        let ((a, b), (c, d)) = (ends[0], ends[1]);
        (a.min(c) - 3, b.min(d) - 3, a.max(c) + 3, b.max(d) + 3)
    }));
    let others = drawn.iter().filter(|i| !front.contains(i));
    for i in front.iter().chain(others).take(MOST_COST_NAMES) {
        let name = fitted(&input.points[*i].name, TINY, 280);
        let (wide, (x, y)) = (text_width(&name, TINY) + 8, place(i));
        let spots = [
            (20, 0),
            (20, -26),
            (20, 26),
            (-20 - wide, 0),
            (-20 - wide, -26),
            (-20 - wide, 26),
            (-wide / 2, -32),
            (-wide / 2, 32),
        ];
        let box_at = |(dx, dy): (i32, i32)| (x + dx, y + dy - 13, x + dx + wide, y + dy + 13);
        let free = spots.into_iter().map(box_at).find(|b| {
            let inside = b.0 >= axes.left && b.2 <= WIDTH - 4 && b.1 >= 0 && b.3 <= axes.bottom;
            let apart = |t: &(i32, i32, i32, i32)| b.2 < t.0 || b.0 > t.2 || b.3 < t.1 || b.1 > t.3;
            inside && taken.iter().all(apart)
        });
        if let Some(found) = free {
            taken.push(found);
            canvas.text(
                &name,
                (found.0 + 2, i32::midpoint(found.1, found.3)),
                TINY,
                Anchor::Left,
                INK,
            );
        }
    }
}

fn alt(input: &CostScoreInput, drawn: &[usize], front: &[usize]) -> String {
    let words = |i: &usize| {
        let point = &input.points[*i];
        let on = if front.contains(i) { ", on the front" } else { "" };
        let score = fixed(Some(point.score), input.decimals);
        format!("{}: {score} for {}{on}", point.name, short(point.cost))
    };
    let others = drawn.iter().filter(|i| !front.contains(i));
    let items: Vec<String> = front.iter().chain(others).map(words).collect();
    let mut text = format!(
        "{} against {}, with the Pareto front of {} of {} points.{}",
        input.metric,
        input.cost,
        front.len(),
        drawn.len(),
        told(&items)
    );
    text += &left_out(input.points.len() - drawn.len(), "point");
    text
}

fn short(cost: f64) -> String {
    if cost.abs() < 1e6 { two_digits(cost) } else { format!("{cost:.2e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(points: &[(f64, f64)]) -> CostScoreInput {
        let point = |(i, (cost, score)): (usize, &(f64, f64))| CostPoint {
            name: format!("m{i}"),
            series: i,
            cost: *cost,
            score: *score,
            interval: Some((score - 0.01, score + 0.01)),
        };
        CostScoreInput {
            cost: "seconds".into(),
            metric: "AUC".into(),
            decimals: 3,
            smaller_is_better: false,
            points: points.iter().enumerate().map(point).collect(),
        }
    }

    #[test]
    fn the_front_is_what_nothing_beats() {
        let given = input(&[
            (10.0, 0.7),
            (20.0, 0.65),
            (30.0, 0.8),
            (30.0, 0.8),
            (5.0, 0.7),
            (f64::NAN, 0.9),
        ]);
        assert_eq!(given.front(), [4, 2, 3]);
        let figure = cost_score(&given).expect("a figure");
        assert!(
            figure.alt.contains("front of 3 of 5 points. m4: 0.700 for 5.0, on the front."),
            "{}",
            figure.alt
        );
        assert!(figure.alt.contains("1 point is not a number"));
        let turned = CostScoreInput { smaller_is_better: true, ..given };
        assert_eq!(turned.front(), [4, 1]);
    }

    #[test]
    fn odd_points() {
        assert_eq!(cost_score(&input(&[])), None);
        assert_eq!(cost_score(&input(&[(f64::INFINITY, 0.5)])), None);
        for points in [&[(0.0, 0.5), (1.0, 0.5)][..], &[(3.0, 0.5)], &[(1e300, 0.5), (1e-300, 0.5)]]
        {
            let svg = cost_score(&input(points)).expect("a figure").standalone();
            assert!(!svg.contains("NaN"));
        }
        let many: Vec<(f64, f64)> = (1..=40).map(|i| (f64::from(i), 0.5)).collect();
        assert!(cost_score(&input(&many)).is_some());
    }
}
