//! Drawing primitives on plotters' SVG backend.

use std::cell::RefCell;

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, DashedPathElement, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, FontTransform, IntoFont, RGBColor, ShapeStyle, TextStyle};

use super::numbers::{GROUP_END, Shown, group};
use super::theme::{HEIGHT, INK, MUTED, WIDTH};

/// Where a text is anchored.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Left,
    Centre,
    Right,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// One drawing. Writing to a string cannot fail, so errors are not passed on.
pub(super) struct Canvas<'a> {
    area: Area<'a>,
    shown: RefCell<Vec<Shown>>,
    images: RefCell<Vec<String>>,
}

/// What was drawn: groups of the SVG name the numbers that they show by place.
pub(super) struct Drawing {
    pub(super) svg: String,
    pub(super) shown: Vec<Shown>,
}

/// Draws on an empty canvas of the usual size and gives the SVG.
pub(super) fn draw(paint: impl FnOnce(&Canvas<'_>)) -> Drawing {
    draw_sized(WIDTH, HEIGHT, paint)
}

/// Draws on an empty canvas of a size of its own, in the pixels of
/// [`WIDTH`] and [`HEIGHT`].
pub(super) fn draw_sized(width: i32, height: i32, paint: impl FnOnce(&Canvas<'_>)) -> Drawing {
    let mut svg = String::new();
    let (shown, images);
    {
        let size = (width.max(1).unsigned_abs(), height.max(1).unsigned_abs());
        let backend = SVGBackend::with_string(&mut svg, size);
        let canvas = Canvas {
            area: backend.into_drawing_area(),
            shown: RefCell::new(Vec::new()),
            images: RefCell::new(Vec::new()),
        };
        paint(&canvas);
        let _ = canvas.area.present();
        (shown, images) = (canvas.shown.take(), canvas.images.take());
    }
    Drawing { svg: with_groups(&svg, &images), shown }
}

/// Stands around the place of a number in [`Drawing::shown`] until the drawing
/// is done: the backend has no groups. No text that is drawn has it.
const MARK: char = '\u{f8f0}';

/// Before the place of an image in its list.
const IMAGE: char = 'i';

/// Places of numbers as groups around what shows them, and those of images as
/// the images: the backend has neither.
fn with_groups(svg: &str, images: &[String]) -> String {
    let mut parts = svg.split(MARK);
    let mut out = parts.next().unwrap_or_default().to_string();
    while let (Some(place), Some(rest)) = (parts.next(), parts.next()) {
        out.truncate(out.rfind("<text").unwrap_or(out.len()));
        match place {
            "" => out += GROUP_END,
            place => match place.strip_prefix(IMAGE) {
                Some(at) => {
                    out += at.parse().ok().and_then(|at: usize| images.get(at)).map_or("", |i| i);
                }
                None => out += &group(place),
            },
        }
        out += rest.split_once("</text>\n").map_or(rest, |(_, rest)| rest);
    }
    out
}

impl Canvas<'_> {
    pub(super) fn line(&self, from: (i32, i32), to: (i32, i32), color: RGBColor, width: u32) {
        let _ = self.area.draw(&PathElement::new(vec![from, to], stroke(color, width)));
    }

    /// A line through points, dashed where a pattern is given.
    pub(super) fn path(
        &self,
        points: Vec<(i32, i32)>,
        color: RGBColor,
        width: u32,
        dash: Option<(i32, i32)>,
    ) {
        let style = stroke(color, width);
        let _ = match dash {
            None => self.area.draw(&PathElement::new(points, style)),
            Some((on, off)) => self.area.draw(&DashedPathElement::new(points, on, off, style)),
        };
    }

    /// A line through points that lets others shine through.
    pub(super) fn faint(&self, points: Vec<(i32, i32)>, color: RGBColor, width: u32, opacity: f64) {
        let style = ShapeStyle { color: color.mix(opacity), filled: false, stroke_width: width };
        let _ = self.area.draw(&PathElement::new(points, style));
    }

    pub(super) fn area(&self, points: Vec<(i32, i32)>, color: RGBColor, opacity: f64) {
        let _ = self.area.draw(&Polygon::new(points, color.mix(opacity).filled()));
    }

    pub(super) fn rect(&self, a: (i32, i32), b: (i32, i32), color: RGBColor, opacity: f64) {
        let _ = self.area.draw(&Rectangle::new([a, b], color.mix(opacity).filled()));
    }

    /// Marker of series `index`: circle, square, triangle, diamond, and so on.
    pub(super) fn marker(
        &self,
        index: usize,
        at: (i32, i32),
        size: i32,
        color: RGBColor,
        opacity: f64,
    ) {
        let style = color.mix(opacity).filled();
        let (x, y, s) = (at.0, at.1, size);
        let shape = |points: Vec<(i32, i32)>| {
            let _ = self.area.draw(&Polygon::new(points, style));
        };
        match index % 5 {
            0 => {
                let _ = self.area.draw(&Circle::new(at, s, style));
            }
            1 => shape(vec![(x - s, y - s), (x + s, y - s), (x + s, y + s), (x - s, y + s)]),
            2 => shape(vec![(x, y - s - 1), (x + s + 1, y + s), (x - s - 1, y + s)]),
            3 => shape(vec![(x, y - s - 2), (x + s + 2, y), (x, y + s + 2), (x - s - 2, y)]),
            _ => shape(vec![(x, y + s + 1), (x + s + 1, y - s), (x - s - 1, y - s)]),
        }
    }

    /// A picture, stretched to a size; `href` is a `data:` address without
    /// quotes.
    pub(super) fn image(&self, (x, y): (i32, i32), (width, height): (i32, i32), href: &str) {
        let mut images = self.images.borrow_mut();
        self.sentinel(&format!("{IMAGE}{}", images.len()));
        images.push(format!(
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
             preserveAspectRatio=\"none\" href=\"{href}\"/>\n"
        ));
    }

    pub(super) fn text(
        &self,
        text: &str,
        at: (i32, i32),
        size: i32,
        anchor: Anchor,
        color: RGBColor,
    ) {
        self.styled(text, at, style(size, anchor, color));
    }

    /// What is painted shows a number: `names` say which, the last of them what
    /// of it (`["ResNet-50", "10 %", "mean"]`), `value` is the number in full,
    /// two for an interval. A number in full that is empty is none.
    pub(super) fn shows(&self, names: &[&str], value: &str, paint: impl FnOnce()) {
        let (column, row) = names.split_last().unwrap_or((&"", &[]));
        let row: Vec<String> = row.iter().map(|name| (*name).to_string()).collect();
        self.shows_of(&row, column, value, paint);
    }

    /// The same of a row by its names. Numbers are not nested.
    pub(super) fn shows_of(&self, row: &[String], column: &str, value: &str, paint: impl FnOnce()) {
        if value.is_empty() {
            return paint();
        }
        let place = self.shown.borrow().len();
        self.shown.borrow_mut().push(Shown::new(row, column, value));
        self.sentinel(&place.to_string());
        paint();
        self.sentinel("");
    }

    fn sentinel(&self, place: &str) {
        let text = format!("{MARK}{place}{MARK}");
        let _ = self.area.draw(&Text::new(text, (0, 0), style(1, Anchor::Left, INK)));
    }

    pub(super) fn bold(
        &self,
        text: &str,
        at: (i32, i32),
        size: i32,
        anchor: Anchor,
        color: RGBColor,
    ) {
        let mut style = style(size, anchor, color);
        style.font = style.font.style(FontStyle::Bold);
        self.styled(text, at, style);
    }

    /// A bracket over two marks, with its label above it.
    pub(super) fn bracket(&self, from: i32, to: i32, y: i32, label: &str, size: i32) {
        self.path(vec![(from, y + 8), (from, y), (to, y), (to, y + 8)], MUTED, 2, None);
        self.text(label, (i32::midpoint(from, to), y - size * 2 / 3), size, Anchor::Centre, INK);
    }

    /// An error bar with caps, standing or lying.
    pub(super) fn whisker(&self, from: (i32, i32), to: (i32, i32), cap: i32) {
        self.line(from, to, INK, 3);
        let (dx, dy) = if from.0 == to.0 { (cap, 0) } else { (0, cap) };
        for (x, y) in [from, to] {
            self.line((x - dx, y - dy), (x + dx, y + dy), INK, 3);
        }
    }

    /// Text that reads upwards, centred at a point.
    pub(super) fn vertical(&self, text: &str, at: (i32, i32), size: i32) {
        let font = ("sans-serif", f64::from(size)).into_font().transform(FontTransform::Rotate270);
        let pos = Pos::new(HPos::Center, VPos::Center);
        self.styled(text, at, TextStyle::from(font).color(&INK).pos(pos));
    }

    fn styled(&self, text: &str, at: (i32, i32), style: TextStyle<'_>) {
        let _ = self.area.draw(&Text::new(text.replace(MARK, ""), at, style));
    }
}

fn style(size: i32, anchor: Anchor, color: RGBColor) -> TextStyle<'static> {
    let horizontal = match anchor {
        Anchor::Left => HPos::Left,
        Anchor::Centre => HPos::Center,
        Anchor::Right => HPos::Right,
    };
    TextStyle {
        font: ("sans-serif", f64::from(size)).into_font(),
        color: color.to_backend_color(),
        pos: Pos::new(horizontal, VPos::Center),
    }
}

fn stroke(color: RGBColor, width: u32) -> ShapeStyle {
    ShapeStyle { color: color.to_rgba(), filled: false, stroke_width: width }
}

/// Rough width of a text in pixels, for legends.
pub(super) fn text_width(text: &str, size: i32) -> i32 {
    text.chars()
        .map(|c| if c.is_ascii() { 0.5 } else { 0.9 })
        .sum::<f64>()
        .mul_add(f64::from(size), 0.0) as i32
}

/// A text that fits a width, cut with an ellipsis.
pub(super) fn fitted(text: &str, size: i32, width: i32) -> String {
    if text_width(text, size) <= width {
        return text.to_string();
    }
    let mut out = String::new();
    for c in text.chars() {
        out.push(c);
        if text_width(&out, size) + size / 2 > width {
            break;
        }
    }
    out.push('\u{2026}');
    out
}
