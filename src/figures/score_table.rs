//! A table of scores as papers set it: the best of a column bold, those that
//! do not differ from it shaded.

use super::canvas::{Anchor, draw_sized, fitted};
use super::svg::Figure;
use super::theme::{GRID, INK, MUTED, WIDTH, series};

const FONT: i32 = 26;
const SMALL: i32 = 22;
const LINE: i32 = 52;
const NAMES: i32 = 330;

/// The table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScoreTable {
    /// Head of each column: title and second line (the metric).
    pub columns: Vec<(String, String)>,
    /// Name of each row, and its cells; `None` is a dash.
    pub rows: Vec<(String, Vec<Option<Score>>)>,
    /// What the shading means.
    pub shading: String,
    /// Where the numbers come from.
    pub mark: String,
}

/// One cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Finished text.
    pub text: String,
    /// Best of its column.
    pub best: bool,
    /// Does not differ from the best.
    pub shaded: bool,
}

/// Draws the table; `None` without rows or columns.
pub fn score_table(input: &ScoreTable) -> Option<Figure> {
    if input.columns.is_empty() || input.rows.is_empty() {
        return None;
    }
    let column = ((WIDTH * 5 / 4 - NAMES) / input.columns.len() as i32).max(150);
    let width = NAMES + column * input.columns.len() as i32;
    let height = 92 + input.rows.len() as i32 * LINE + 44;
    let svg = draw_sized(width, height, |canvas| {
        let centre = |c: usize| NAMES + c as i32 * column + column / 2;
        for (c, (title, metric)) in input.columns.iter().enumerate() {
            let title = fitted(title, FONT, column - 8);
            canvas.bold(&title, (centre(c), 28), FONT, Anchor::Centre, INK);
            canvas.text(metric, (centre(c), 60), SMALL, Anchor::Centre, MUTED);
        }
        canvas.line((8, 84), (width - 8, 84), INK, 2);
        for (r, (row, cells)) in input.rows.iter().enumerate() {
            let y = 92 + r as i32 * LINE + LINE / 2;
            canvas.text(&fitted(row, FONT, NAMES - 20), (14, y), FONT, Anchor::Left, INK);
            for c in 0..input.columns.len() {
                let Some(Some(score)) = cells.get(c) else {
                    canvas.text("\u{2013}", (centre(c), y), FONT, Anchor::Centre, MUTED);
                    continue;
                };
                if score.shaded {
                    let half = column / 2 - 6;
                    let (a, b) = ((centre(c) - half, y - 22), (centre(c) + half, y + 22));
                    canvas.rect(a, b, series(2), 0.26);
                }
                let at = (centre(c), y);
                canvas.shows(&[row, &input.columns[c].0, "mean_sd"], &score.text, || {
                    if score.best {
                        canvas.bold(&score.text, at, FONT, Anchor::Centre, INK);
                    } else {
                        canvas.text(&score.text, at, FONT, Anchor::Centre, INK);
                    }
                });
            }
            canvas.line((8, y + LINE / 2), (width - 8, y + LINE / 2), GRID, 1);
        }
        let foot = height - 20;
        canvas.rect((14, foot - 11), (42, foot + 11), series(2), 0.26);
        canvas.text(&input.shading, (54, foot), SMALL, Anchor::Left, MUTED);
        canvas.text(&input.mark, (width - 12, foot), SMALL, Anchor::Right, MUTED);
    });
    Some(Figure::new(svg, alt(input)))
}

fn alt(input: &ScoreTable) -> String {
    let mut text = format!("Table of scores. {}.", input.mark);
    for (name, cells) in &input.rows {
        let cells: Vec<String> = input
            .columns
            .iter()
            .zip(cells)
            .filter_map(|((title, _), cell)| {
                let score = cell.as_ref()?;
                let best = if score.best { " (best)" } else { "" };
                let shaded =
                    if score.shaded && !score.best { " (not different from the best)" } else { "" };
                Some(format!("{title} {}{best}{shaded}", score.text))
            })
            .collect();
        text += &format!(" {name}: {}.", cells.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn best_and_shaded_are_said_in_words() {
        let score = |text: &str, best, shaded| Some(Score { text: text.into(), best, shaded });
        let input = ScoreTable {
            columns: vec![("A".into(), "AUC %".into()), ("B".into(), "AUC %".into())],
            rows: vec![
                ("x".into(), vec![score("1", true, true), None]),
                ("y".into(), vec![score("2", false, true), score("3", false, false)]),
            ],
            ..ScoreTable::default()
        };
        let figure = score_table(&input).expect("a table");
        assert!(figure.alt.ends_with("x: A 1 (best). y: A 2 (not different from the best), B 3."));
        assert!(figure.standalone().contains("font-weight=\"bold\""));
        assert!(score_table(&ScoreTable::default()).is_none());
    }
}
