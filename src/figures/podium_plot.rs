//! Podium plot: the places of the methods in each block, joined block by block,
//! over the number of blocks in which each had each place (Eugster et al. 2008,
//! as in challengeR).

use super::axes::{Axes, SMALL, TINY};
use super::canvas::{Anchor, Canvas, draw_sized, fitted};
use super::legend::{Key, Legend};
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{GRID, INK, MUTED, WIDTH, series};
use super::words::{csv, left_out, number, thinned, told};

/// More methods than this are left out (the worst ones), and the figure says so.
pub const MOST_PODIUM_METHODS: usize = 8;
/// More blocks than this get no line, and the figure says so.
pub const MOST_PODIUM_LINES: usize = 60;

const LEFT: i32 = 140;
const RIGHT: i32 = WIDTH - 30;
const PLOT: i32 = 380;
const BARS: i32 = 130;

/// Scores of the methods in blocks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PodiumInput {
    /// Names of the methods.
    pub names: Vec<String>,
    /// Name of each block (`chest, seed 3`) and the score of each method in it;
    /// NaN where there is none.
    pub blocks: Vec<(String, Vec<f64>)>,
    /// What a block is, in plural: `runs of one seed on one task`.
    pub blocks_are: String,
    /// Name of the score.
    pub metric: String,
    /// Whether small scores are good.
    pub smaller_is_better: bool,
}

/// The places of one block: method and score, best first.
type Places = Vec<(usize, f64)>;

impl PodiumInput {
    /// The data behind the figure.
    pub fn csv(&self) -> String {
        let rows = self.blocks.iter().flat_map(|(block, scores)| {
            let places = self.places(scores, &(0..self.names.len()).collect::<Vec<_>>());
            places.into_iter().enumerate().map(|(place, (index, score))| {
                [block.clone(), self.names[index].clone(), (place + 1).to_string(), number(score)]
            })
        });
        csv(["block", "method", "place", "score"], rows)
    }

    /// Equal scores share no place here: they stand in the order of the names.
    fn places(&self, scores: &[f64], among: &[usize]) -> Places {
        let score = |i: &usize| scores.get(*i).copied().filter(|v| v.is_finite());
        let mut places: Places = among.iter().filter_map(|i| Some((*i, score(i)?))).collect();
        let sign = if self.smaller_is_better { 1.0 } else { -1.0 };
        places.sort_by(|a, b| (a.1 * sign + 0.0).total_cmp(&(b.1 * sign + 0.0)));
        places
    }

    /// Methods by mean place; those never placed are not among them.
    fn ordered(&self) -> Vec<usize> {
        let all: Vec<usize> = (0..self.names.len()).collect();
        let mut sums = vec![(0usize, 0usize); all.len()];
        for (_, scores) in &self.blocks {
            for (place, (index, _)) in self.places(scores, &all).into_iter().enumerate() {
                sums[index] = (sums[index].0 + place, sums[index].1 + 1);
            }
        }
        let mean = |i: &usize| sums[*i].0 as f64 / sums[*i].1 as f64;
        let mut order: Vec<usize> = all.into_iter().filter(|i| sums[*i].1 > 0).collect();
        order.sort_by(|a, b| mean(a).total_cmp(&mean(b)));
        order
    }
}

/// The figure; `None` when no block has a score.
pub fn podium_plot(input: &PodiumInput) -> Option<Figure> {
    let mut order = input.ordered();
    if order.is_empty() {
        return None;
    }
    let ranked = order.len();
    order.truncate(MOST_PODIUM_METHODS);
    let mut notes: Vec<String> = thinned(order.len(), ranked, "methods").into_iter().collect();
    let places: Vec<Places> =
        input.blocks.iter().map(|(_, scores)| input.places(scores, &order)).collect();
    let lines = places.len().min(MOST_PODIUM_LINES);
    notes.extend(thinned(lines, places.len(), "lines of blocks"));
    let names = order.iter().map(|i| (*i, input.names[*i].as_str()));
    let legend = Legend::of(names, Key::Point, LEFT, RIGHT);
    let top = legend.height() + 40;
    let bottom = top + PLOT;
    let height = bottom + BARS + 60 + 34 * notes.len() as i32;
    let values = places.iter().flatten().map(|(_, score)| *score);
    let y = Scale::around(values, bottom - 8, top + 8);
    let axes =
        Axes { left: LEFT, right: RIGHT, top, bottom, x: Scale::between(0.0, 1.0, LEFT, RIGHT), y };
    let k = order.len();
    let svg = draw_sized(WIDTH, height, |canvas| {
        legend.draw(canvas, 8);
        axes.vertical(canvas, &input.metric);
        frame(canvas, k, top, bottom);
        let at = |place: usize, method: usize, score: f64| {
            let slot = order.iter().position(|i| *i == method).unwrap_or(0);
            (slot_x(place, slot, k), axes.y.pixel(score))
        };
        for block in places.iter().take(lines) {
            let path: Vec<(i32, i32)> =
                block.iter().enumerate().map(|(place, (i, score))| at(place, *i, *score)).collect();
            if path.len() > 1 {
                canvas.faint(path, MUTED, 2, 0.35);
            }
        }
        for (block, (name, _)) in places.iter().zip(&input.blocks) {
            for (place, (i, score)) in block.iter().enumerate() {
                canvas.shows(&[name, &input.names[*i], "score"], &number(*score), || {
                    canvas.marker(*i, at(place, *i, *score), 6, series(*i), 0.75);
                });
            }
        }
        counts(canvas, &places, &order, bottom, input);
        for (line, note) in notes.iter().enumerate() {
            let y = bottom + BARS + 76 + 34 * line as i32;
            canvas.text(note, (16, y), TINY, Anchor::Left, MUTED);
        }
    });
    Some(Figure::new(svg, alt(input, &places, &order, &notes)))
}

/// The middle of a method's slot within a place.
fn slot_x(place: usize, slot: usize, k: usize) -> i32 {
    let wide = f64::from(RIGHT - LEFT) / k as f64;
    // A tenth of each place is a gap at its sides.
    let within = 0.1 + 0.8 * (slot as f64 + 0.5) / k as f64;
    LEFT + (wide * (place as f64 + within)) as i32
}

fn frame(canvas: &Canvas<'_>, k: usize, top: i32, bottom: i32) {
    for place in 0..=k {
        let x = LEFT + (RIGHT - LEFT) * place as i32 / k as i32;
        canvas.line((x, top), (x, bottom + BARS), GRID, 2);
        if place < k {
            let middle = LEFT + (RIGHT - LEFT) * (2 * place as i32 + 1) / (2 * k as i32);
            let text = if place == 0 { "place 1".to_string() } else { (place + 1).to_string() };
            canvas.text(&text, (middle, bottom + BARS + 26), SMALL, Anchor::Centre, MUTED);
        }
    }
    canvas.line((LEFT, bottom + BARS), (RIGHT, bottom + BARS), MUTED, 2);
}

/// Bars of how often each method had each place.
fn counts(
    canvas: &Canvas<'_>,
    places: &[Places],
    order: &[usize],
    bottom: i32,
    input: &PodiumInput,
) {
    let k = order.len();
    let floor = bottom + BARS;
    let label = fitted("count", TINY, LEFT - 40);
    canvas.text(&label, (LEFT - 14, floor - BARS / 2), TINY, Anchor::Right, MUTED);
    let room = (BARS - 34) as usize;
    for place in 0..k {
        for (slot, method) in order.iter().enumerate() {
            let n = count(places, place, *method);
            if n == 0 {
                continue;
            }
            let high = (n * room / input.blocks.len().max(1)).max(2) as i32;
            let half = (f64::from(RIGHT - LEFT) * 0.34 / (k * k) as f64).max(2.0) as i32;
            let x = slot_x(place, slot, k);
            let (text, name) = (n.to_string(), &input.names[*method]);
            canvas.shows(&[name, &format!("place_{}", place + 1)], &text, || {
                canvas.rect((x - half, floor - high), (x + half, floor), series(*method), 0.85);
                if half >= 9 {
                    canvas.text(&text, (x, floor - high - 12), 18, Anchor::Centre, INK);
                }
            });
        }
    }
}

fn count(places: &[Places], place: usize, method: usize) -> usize {
    places.iter().filter(|block| block.get(place).is_some_and(|(i, _)| *i == method)).count()
}

fn alt(input: &PodiumInput, places: &[Places], order: &[usize], notes: &[String]) -> String {
    let items: Vec<String> = order
        .iter()
        .map(|method| {
            let of = |place| count(places, place, *method);
            let list: Vec<String> = (0..order.len())
                .filter(|place| of(*place) > 0)
                .map(|place| format!("place {} {} times", place + 1, of(place)))
                .collect();
            format!("{}: {}", input.names[*method], list.join(", "))
        })
        .collect();
    let mut text = format!(
        "Podium plot of {} over {} {}.{}",
        input.metric,
        input.blocks.len(),
        input.blocks_are,
        told(&items)
    );
    let all = input.blocks.len() * input.names.len();
    let placed: usize =
        input.blocks.iter().map(|(_, s)| s.iter().filter(|v| v.is_finite()).count()).sum();
    text += &left_out(all.saturating_sub(placed), "score");
    for note in notes {
        text += &format!(" {note}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(k: usize, blocks: usize) -> PodiumInput {
        let scores = |b: usize| (0..k).map(|i| 0.9 - 0.01 * i as f64 + 0.001 * b as f64).collect();
        PodiumInput {
            names: (0..k).map(|i| format!("m{i}")).collect(),
            blocks: (0..blocks).map(|b| (format!("b{b}"), scores(b))).collect(),
            blocks_are: "tasks".into(),
            metric: "AUC".into(),
            smaller_is_better: false,
        }
    }

    #[test]
    fn places_are_counted() {
        let mut given = input(3, 4);
        given.blocks[0].1 = vec![0.1, 0.5, f64::NAN];
        let figure = podium_plot(&given).expect("a figure");
        assert!(figure.alt.contains("m0: place 1 3 times, place 2 1 times."), "{}", figure.alt);
        assert!(figure.alt.contains("1 score is not a number"));
        given.smaller_is_better = true;
        assert_eq!(given.csv().lines().nth(1), Some("b0,m0,1,0.1"));
    }

    #[test]
    fn many_methods_and_blocks_are_thinned() {
        let figure = podium_plot(&input(40, 100)).expect("a figure");
        assert!(figure.alt.contains("8 of 40 methods") && figure.alt.contains("60 of 100 lines"));
        assert!(podium_plot(&input(1, 1)).is_some());
        assert_eq!(podium_plot(&input(0, 3)), None);
        assert_eq!(podium_plot(&input(3, 0)), None);
    }
}
