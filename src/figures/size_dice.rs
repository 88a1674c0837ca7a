//! How well each case is segmented, against the size of its structures; beside it
//! median and quartiles of each level.

use super::axes::Axes;
use super::canvas::{Canvas, draw_sized};
use super::legend::{Key, Legend};
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{INK, WIDTH, series};
use super::words::{csv, left_out, number, pair, told};
use crate::stats::describe::quantile_sorted;
use crate::text::fixed;

/// Levels with a mark of their own.
pub const MOST_SIZE_LEVELS: usize = 8;

const LEFT: i32 = 140;
const RIGHT: i32 = WIDTH - 40;
/// Room for median and quartiles of a level.
const BOX: i32 = 34;

/// Cases under several levels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SizeDiceInput {
    /// In order.
    pub levels: Vec<SizeDiceLevel>,
}

/// Cases under one level.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SizeDiceLevel {
    /// Its name.
    pub name: String,
    /// Name, share of the image in percent, and Dice of each case.
    pub cases: Vec<(String, f64, f64)>,
}

impl SizeDiceInput {
    /// The data behind the figure.
    pub fn csv(&self) -> String {
        let rows = self.levels.iter().flat_map(|level| {
            let row = |(case, share, dice): &(String, f64, f64)| {
                [level.name.clone(), case.clone(), number(*share), number(*dice)]
            };
            level.cases.iter().map(row).collect::<Vec<_>>()
        });
        csv(["level", "case", "share_percent", "dice"], rows)
    }
}

impl SizeDiceLevel {
    fn quartiles(&self) -> Option<[f64; 3]> {
        let mut values: Vec<f64> = self.cases.iter().map(|(_, _, dice)| *dice).collect();
        values.sort_by(f64::total_cmp);
        (!values.is_empty()).then(|| [0.25, 0.5, 0.75].map(|q| quantile_sorted(&values, q)))
    }
}

/// The figure; none without a case.
pub fn size_dice(input: &SizeDiceInput) -> Option<Figure> {
    let shown = &input.levels[..input.levels.len().min(MOST_SIZE_LEVELS)];
    let cases = || shown.iter().flat_map(|level| &level.cases);
    cases().next()?;
    let legend =
        Legend::new(shown.iter().map(|level| level.name.as_str()), Key::Point, LEFT, RIGHT);
    let top = legend.height() + 26;
    let bottom = top + 400;
    let plot = RIGHT - BOX * shown.len() as i32 - 20;
    let axes = Axes {
        left: LEFT,
        right: plot,
        top,
        bottom,
        x: Scale::around(cases().map(|(_, share, _)| *share), LEFT, plot).starting(Some(0.0)),
        y: Scale::around(cases().map(|(_, _, dice)| *dice), bottom, top).ending(Some(1.0)),
    };
    let svg = draw_sized(WIDTH, bottom + 100, |canvas| {
        legend.draw(canvas, 6);
        axes.vertical(canvas, "Dice");
        axes.horizontal(canvas, "share of the image (%)", true);
        for (index, level) in shown.iter().enumerate() {
            for (case, share, dice) in &level.cases {
                let at = axes.at(*share, *dice);
                canvas.shows(&[&level.name, case, "share_dice"], &pair(*share, *dice), || {
                    canvas.marker(index, at, 6, series(index), 0.6);
                });
            }
            quartiles(canvas, &axes, (index, level), plot + 20 + BOX * index as i32 + BOX / 2);
        }
    });
    let items: Vec<String> = shown.iter().filter_map(words).collect();
    let mut alt = format!("Dice of each case against the size of its structures.{}", told(&items));
    alt += &left_out(input.levels.len() - shown.len(), "level");
    Some(Figure::new(svg, alt))
}

/// A bar from quartile to quartile, and the median as a line across.
fn quartiles(canvas: &Canvas<'_>, axes: &Axes, (index, level): (usize, &SizeDiceLevel), x: i32) {
    let Some([low, median, high]) = level.quartiles() else { return };
    let y = |value: f64| axes.y.pixel(value);
    canvas.shows(&[&level.name, "quartiles"], &pair(low, high), || {
        canvas.rect((x - 9, y(high)), (x + 9, y(low)), series(index), 0.45);
    });
    canvas.shows(&[&level.name, "median"], &number(median), || {
        canvas.line((x - 13, y(median)), (x + 13, y(median)), INK, 4);
    });
}

fn words(level: &SizeDiceLevel) -> Option<String> {
    let [low, median, high] = level.quartiles()?.map(|value| fixed(Some(value), 3));
    let cases = level.cases.len();
    Some(format!("{}: median {median}, quartiles {low} and {high}, {cases} cases", level.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_and_their_quartiles_are_drawn() {
        let case = |at: u32| (format!("c{at}"), f64::from(at), 0.5 + 0.1 * f64::from(at));
        let level =
            |name: &str| SizeDiceLevel { name: name.into(), cases: (0..5).map(case).collect() };
        let input = SizeDiceInput { levels: vec![level("a"), level("b")] };
        let figure = size_dice(&input).expect("a figure");
        assert!(figure.alt.contains("a: median 0.700, quartiles 0.600 and 0.800, 5 cases"));
        assert_eq!(input.csv().lines().count(), 11);
        assert!(size_dice(&SizeDiceInput::default()).is_none());
    }
}
