//! Forest plot: differences with their intervals in groups, each with a pooled
//! estimate as a diamond, and the margin of equivalence as a band.

use super::axes::{Axes, FONT, SMALL, TINY};
use super::canvas::{Anchor, Canvas, draw_sized, fitted, text_width};
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{INK, MUTED, PAPER, WIDTH, series, verdict};
use super::words::{csv, left_out, maybe, number, pair, thinned, told};
use crate::text::{fixed, percent};

/// More lines than this, headings included, do not fit a page: rows are left
/// out, and the figure says so.
pub const MOST_FOREST_LINES: usize = 32;

/// Room for the marks.
const MARKS: i32 = 238;
/// Room right of the marks: numbers and verdict.
const WORDS: i32 = 444;
/// Labels longer than this are cut.
const LONGEST: i32 = 760;
/// Room for a difference with its interval.
const NUMBERS: i32 = 290;
const FINE: i32 = 23;
const ROW: i32 = 40;

/// Differences to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForestPlotInput {
    /// What the differences are: `difference of AUC`.
    pub axis: String,
    /// Decimals of differences.
    pub decimals: usize,
    /// Confidence level of the intervals.
    pub confidence: f64,
    /// Largest difference that does not matter, drawn as a band around 0.
    pub margin: Option<f64>,
    /// Rows in groups.
    pub groups: Vec<ForestGroup>,
}

/// Rows that belong together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForestGroup {
    /// Heading; empty for none.
    pub title: String,
    /// Single differences.
    pub rows: Vec<ForestRow>,
    /// Their summary.
    pub pooled: Option<ForestRow>,
}

/// One difference.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForestRow {
    /// What is compared with what, or on what.
    pub label: String,
    /// The difference; not finite where there is none.
    pub difference: f64,
    /// Ends of its interval.
    pub interval: Option<(f64, f64)>,
    /// `better`, or why there is no number.
    pub verdict: String,
}

impl ForestPlotInput {
    /// The data behind the figure.
    pub fn csv(&self) -> String {
        let head = ["group", "row", "kind", "difference", "low", "high", "verdict"];
        let line = |group: &ForestGroup, row: &ForestRow, kind: &str| {
            let interval = row.interval();
            [
                group.title.clone(),
                row.label.clone(),
                kind.to_string(),
                number(row.difference),
                maybe(interval.map(|i| i.0)),
                maybe(interval.map(|i| i.1)),
                row.verdict.clone(),
            ]
        };
        let rows = self.groups.iter().flat_map(|group| {
            let single = group.rows.iter().map(move |row| line(group, row, "single"));
            single.chain(group.pooled.iter().map(move |row| line(group, row, "pooled")))
        });
        csv(head, rows)
    }
}

impl ForestRow {
    fn interval(&self) -> Option<(f64, f64)> {
        self.interval.filter(|(low, high)| low.is_finite() && high.is_finite())
    }

    /// `+0.012 [-0.003, 0.027] better`.
    fn words(&self, decimals: usize) -> String {
        let sign = if self.difference > 0.0 { "+" } else { "" };
        let mut text = format!("{sign}{}", fixed(Some(self.difference), decimals));
        if let Some((low, high)) = self.interval() {
            text += &format!(" [{}, {}]", fixed(Some(low), decimals), fixed(Some(high), decimals));
        }
        text
    }
}

/// Where labels end, marks end and the drawing ends: labels are not cut, the
/// drawing grows.
#[derive(Clone, Copy)]
struct Frame {
    left: i32,
    right: i32,
    width: i32,
}

impl Frame {
    fn of(input: &ForestPlotInput) -> Self {
        let longest = all(input).map(|row| text_width(&row.label, TINY + 3)).max().unwrap_or(0);
        let left = (longest + 50).clamp(150, LONGEST);
        let width = WIDTH.max(left + MARKS + WORDS);
        Self { left, right: width - WORDS, width }
    }
}

/// A line of the drawing.
enum Line<'a> {
    Heading(&'a str),
    /// A row with the title of its group.
    Single(&'a str, &'a ForestRow),
    Pooled(&'a str, &'a ForestRow),
}

/// The figure; `None` when no row has a difference.
pub fn forest_plot(input: &ForestPlotInput) -> Option<Figure> {
    let lines = lines(input);
    let rows: Vec<&ForestRow> = all(input).collect();
    let defined = |row: &&ForestRow| row.difference.is_finite();
    if !rows.iter().any(defined) {
        return None;
    }
    let shown = lines.iter().filter(|line| !matches!(line, Line::Heading(_))).count();
    let note = thinned(shown, rows.len(), "differences");
    let (top, bottom) = (24, 24 + lines.len() as i32 * ROW);
    let height = bottom + 96 + if note.is_some() { 40 } else { 0 };
    let margin = input.margin.filter(|m| m.is_finite() && *m > 0.0);
    let ends = rows.iter().flat_map(|row| {
        let (low, high) = row.interval().unwrap_or((row.difference, row.difference));
        [row.difference, low, high]
    });
    let band = margin.map(|m| [-m, m]).into_iter().flatten();
    let Frame { left, right, width } = Frame::of(input);
    let frame = Frame { left, right, width };
    let x = Scale::around(ends.chain(band).chain([0.0]), left, right);
    let axes = Axes { left, right, top, bottom, x, y: Scale::between(0.0, 1.0, 0, 1) };
    let svg = draw_sized(width, height, |canvas| {
        if let Some(m) = margin {
            let corners = ((axes.x.pixel(-m), top), (axes.x.pixel(m), bottom));
            canvas.rect(corners.0, corners.1, series(2), 0.16);
        }
        axes.horizontal(canvas, &input.axis, true);
        canvas.line((axes.x.pixel(0.0), top), (axes.x.pixel(0.0), bottom), INK, 2);
        for (at, line) in lines.iter().enumerate() {
            let y = top + ROW / 2 + at as i32 * ROW;
            match line {
                Line::Heading(text) => {
                    // Grid and zero line stop at a heading.
                    let corners = ((left - 4, y - ROW / 2 - 2), (right + 4, y + ROW / 2 - 2));
                    canvas.rect(corners.0, corners.1, PAPER, 1.0);
                    let text = fitted(text, SMALL, width - 40);
                    canvas.text(&text, (16, y), SMALL, Anchor::Left, INK);
                }
                Line::Single(group, row) => {
                    words(canvas, frame, (group, row), y, input.decimals);
                    single(canvas, &axes, (group, row), y);
                }
                Line::Pooled(group, row) => {
                    words(canvas, frame, (group, row), y, input.decimals);
                    diamond(canvas, &axes, (group, row), y);
                }
            }
        }
        if let Some(note) = &note {
            canvas.text(note, (16, height - 22), TINY, Anchor::Left, MUTED);
        }
    });
    Some(Figure::new(svg, alt(input, &rows, note)))
}

fn all(input: &ForestPlotInput) -> impl Iterator<Item = &ForestRow> {
    input.groups.iter().flat_map(|group| group.rows.iter().chain(&group.pooled))
}

/// Headings and rows; summaries stay when rows have to go.
fn lines(input: &ForestPlotInput) -> Vec<Line<'_>> {
    let heads = |group: &ForestGroup| usize::from(!group.title.is_empty());
    let fixed = |group: &ForestGroup| usize::from(group.pooled.is_some()) + heads(group);
    let summed = input.groups.iter().filter(|group| group.pooled.is_some());
    // Lines for single rows, after what the summaries take.
    let mut room = MOST_FOREST_LINES.saturating_sub(summed.map(fixed).sum());
    let mut lines = Vec::new();
    for group in &input.groups {
        let own = if group.pooled.is_some() { 0 } else { heads(group) };
        let single = group.rows.len().min(room.saturating_sub(own));
        let free = MOST_FOREST_LINES - lines.len();
        if single + usize::from(group.pooled.is_some()) == 0 || free < fixed(group) + single {
            continue;
        }
        room = room.saturating_sub(single + own);
        if !group.title.is_empty() {
            lines.push(Line::Heading(&group.title));
        }
        lines.extend(group.rows.iter().take(single).map(|row| Line::Single(&group.title, row)));
        lines.extend(group.pooled.as_ref().map(|row| Line::Pooled(&group.title, row)));
    }
    lines
}

fn words(
    canvas: &Canvas<'_>,
    Frame { left, right, width }: Frame,
    (group, row): (&str, &ForestRow),
    y: i32,
    decimals: usize,
) {
    canvas.text(&fitted(&row.label, TINY + 3, left - 42), (34, y), TINY + 3, Anchor::Left, INK);
    if !row.difference.is_finite() {
        let why = if row.verdict.is_empty() { "no difference" } else { &row.verdict };
        let why = fitted(why, TINY, width - right - 20);
        canvas.text(&why, (right + 16, y), TINY, Anchor::Left, MUTED);
        return;
    }
    // Shorter than `inconclusive`, and known to everybody.
    let word = if row.verdict == "inconclusive" { "open" } else { &row.verdict };
    let word = fitted(word, FINE, width - right - NUMBERS - 24);
    // What a short verdict leaves is for long numbers.
    let room = width - right - 30 - text_width(&word, FINE);
    let text = fitted(&row.words(decimals), FINE, room);
    canvas.shows(&[group, &row.label, "difference"], &number(row.difference), || {
        canvas.text(&text, (right + 16, y), FINE, Anchor::Left, INK);
    });
    canvas.text(&word, (width - 6, y), FINE, Anchor::Right, MUTED);
}

fn single(canvas: &Canvas<'_>, axes: &Axes, (group, row): (&str, &ForestRow), y: i32) {
    if !row.difference.is_finite() {
        return;
    }
    let color = verdict(&row.verdict);
    if let Some((low, high)) = row.interval() {
        let (from, to) = (axes.x.pixel(low), axes.x.pixel(high));
        canvas.shows(&[group, &row.label, "interval"], &pair(low, high), || {
            canvas.line((from, y), (to, y), color, 3);
            for end in [from, to] {
                canvas.line((end, y - 7), (end, y + 7), color, 3);
            }
        });
    }
    canvas.shows(&[group, &row.label, "difference"], &number(row.difference), || {
        canvas.marker(1, (axes.x.pixel(row.difference), y), 7, color, 1.0);
    });
}

fn diamond(canvas: &Canvas<'_>, axes: &Axes, (group, row): (&str, &ForestRow), y: i32) {
    if !row.difference.is_finite() {
        return;
    }
    let color = verdict(&row.verdict);
    let middle = axes.x.pixel(row.difference);
    match row.interval() {
        Some((low, high)) => {
            // A very short interval is still seen.
            let (from, to) =
                (axes.x.pixel(low).min(middle - 3), axes.x.pixel(high).max(middle + 3));
            let tall = FONT / 2 - 2;
            let corners = vec![(from, y), (middle, y - tall), (to, y), (middle, y + tall)];
            canvas.shows(&[group, &row.label, "interval"], &pair(low, high), || {
                canvas.area(corners, color, 1.0);
            });
        }
        None => canvas.marker(3, (middle, y), 9, color, 1.0),
    }
}

fn alt(input: &ForestPlotInput, rows: &[&ForestRow], note: Option<String>) -> String {
    let mut text =
        format!("Forest plot of {} with {} intervals", input.axis, percent(input.confidence));
    text += &match input.margin {
        Some(margin) => format!("; differences up to {margin} do not matter."),
        None => ".".to_string(),
    };
    let mut items = Vec::new();
    for group in &input.groups {
        let head =
            if group.title.is_empty() { String::new() } else { format!("{}, ", group.title) };
        let pooled = group.pooled.iter().map(|row| (row, "pooled: "));
        for (row, kind) in pooled.chain(group.rows.iter().map(|row| (row, ""))) {
            if row.difference.is_finite() {
                items.push(format!(
                    "{head}{kind}{} {} {}",
                    row.label,
                    row.words(input.decimals),
                    row.verdict
                ));
            }
        }
    }
    text += &told(&items.iter().map(|item| item.trim_end().to_string()).collect::<Vec<_>>());
    text += &left_out(rows.iter().filter(|row| !row.difference.is_finite()).count(), "difference");
    note.map_or(text.clone(), |note| format!("{text} {note}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Numbers;
    use std::sync::Arc;

    fn row(label: &str, difference: f64) -> ForestRow {
        let interval = Some((difference - 0.02, difference + 0.02));
        let (label, verdict) = (label.into(), "better".into());
        ForestRow { label, difference, interval, verdict }
    }

    fn input(rows: Vec<ForestRow>) -> ForestPlotInput {
        let group = ForestGroup { title: "fine".into(), rows, pooled: Some(row("pooled", 0.03)) };
        ForestPlotInput {
            decimals: 3,
            axis: "difference of AUC".into(),
            confidence: 0.95,
            margin: Some(0.01),
            groups: vec![group],
        }
    }

    #[test]
    fn many_rows_are_thinned_and_the_summary_stays() {
        let rows = (0..100).map(|i| row(&i.to_string(), 0.01)).collect();
        let figure = forest_plot(&input(rows)).expect("a figure");
        assert!(figure.alt.contains("31 of 101 differences are shown"), "{}", figure.alt);
        assert!(figure.alt.contains("fine, pooled: pooled +0.030 [0.010, 0.050] better."));
        assert!(figure.standalone().contains("31 of 101"));
    }

    #[test]
    fn words_and_marks_show_the_same_number() {
        let rows = [(["fine", "a<b"].map(String::from).to_vec(), "tests.x".to_string())];
        let numbers = Numbers::new("forest").known(Arc::new(rows.into()));
        let svg = forest_plot(&input(vec![row("a<b", 0.01)])).expect("a figure");
        let svg = svg.inline("f", &numbers);
        assert!(svg.contains("<g data-row=\"tests.x\">"), "{svg}");
        let words = "data-id=\"tests.x.difference\" data-v=\"0.01\">+0.010 [-0.010, 0.030]</text>";
        assert!(svg.contains(words), "{svg}");
        assert_eq!(svg.matches(" data-v=\"0.01\"").count(), 2, "{svg}");
        assert!(svg.contains("data-id=\"forest.fine.pooled.interval\""), "{svg}");
        let hostile = ForestRow { verdict: "\u{f8f0}x\u{f8f0}y".into(), ..row("\u{f8f0}a", 0.01) };
        let hostile = forest_plot(&input(vec![hostile])).expect("a figure").inline("f", &numbers);
        assert_eq!(hostile.matches("data-v").count(), svg.matches("data-v").count());
    }

    #[test]
    fn no_number_of_groups_makes_more_lines_than_a_page_holds() {
        for (groups, rows, pooled) in [(40, 1, true), (40, 3, false), (3, 20, true), (1, 99, false)]
        {
            let mut given = input((0..rows).map(|i| row(&i.to_string(), 0.01)).collect());
            given.groups[0].pooled = given.groups[0].pooled.take().filter(|_| pooled);
            given.groups = vec![given.groups[0].clone(); groups];
            let lines = lines(&given);
            assert!(lines.len() <= MOST_FOREST_LINES && lines.len() > MOST_FOREST_LINES - 4);
        }
    }

    #[test]
    fn what_has_no_difference_says_why() {
        let none = ForestRow { difference: f64::NAN, verdict: "one seed".into(), ..row("a", 0.0) };
        let figure = forest_plot(&input(vec![none.clone()])).expect("a figure");
        assert!(figure.standalone().contains("one seed") && !figure.standalone().contains("NaN"));
        assert!(figure.alt.contains("1 difference is not a number"));
        let mut nothing = input(vec![none]);
        nothing.groups[0].pooled = None;
        assert_eq!(forest_plot(&nothing), None);
        assert_eq!(nothing.csv().lines().nth(1), Some("fine,a,single,,-0.02,0.02,one seed"));
    }
}
