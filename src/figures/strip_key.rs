//! The key of strip plots: numbers, markers, methods and families.

use super::canvas::{Anchor, draw_sized, fitted};
use super::strip_plot::{StripMark, StripPlot, family_color};
use super::svg::Figure;
use super::theme::{INK, MUTED, WIDTH};

const FONT: i32 = 28;
const SMALL: i32 = 24;
const LINE: i32 = 40;
const COLUMN: i32 = (WIDTH - 40) / 3;

/// Draws the key of the panels that share methods and families; `None`
/// without methods.
pub fn strip_key(input: &StripPlot) -> Option<Figure> {
    if input.points.is_empty() {
        return None;
    }
    // Families that have a method, in their order, and their methods.
    let families: Vec<(usize, &String, Vec<usize>)> = input
        .families
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let members = input.points.iter().enumerate().filter(|(_, p)| p.family == index);
            (index, name, members.map(|(i, _)| i).collect::<Vec<_>>())
        })
        .filter(|(_, _, members)| !members.is_empty())
        .collect();
    let height =
        24 + families.iter().map(|(_, _, m)| rows(m.len()) * LINE + LINE + 10).sum::<i32>();
    let svg = draw_sized(WIDTH, height, |canvas| {
        let mut y = 24;
        for (family, name, members) in &families {
            match input.mark_as {
                StripMark::Marker => {
                    canvas.marker(*family, (26, y), 11, family_color(*family), 1.0);
                }
                StripMark::Bar => {
                    canvas.rect((14, y - 13), (40, y + 13), family_color(*family), 0.85);
                }
            }
            canvas.bold(&fitted(name, FONT, WIDTH - 80), (56, y), FONT, Anchor::Left, INK);
            for (place, index) in members.iter().enumerate() {
                let at = place as i32;
                let (x, line) = (56 + (at % 3) * COLUMN, y + (at / 3 + 1) * LINE);
                canvas.text(&(index + 1).to_string(), (x + 30, line), SMALL, Anchor::Right, MUTED);
                let name = fitted(&input.points[*index].name, SMALL, COLUMN - 60);
                canvas.text(&name, (x + 44, line), SMALL, Anchor::Left, INK);
            }
            y += rows(members.len()) * LINE + LINE + 10;
        }
    });
    let list: Vec<String> = families
        .iter()
        .map(|(_, name, members)| {
            let members: Vec<String> =
                members.iter().map(|i| format!("{} {}", i + 1, input.points[*i].name)).collect();
            format!("{name}: {}", members.join(", "))
        })
        .collect();
    Some(Figure::new(svg, format!("Key. {}.", list.join(". "))))
}

fn rows(members: usize) -> i32 {
    members.div_ceil(3) as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::StripPoint;

    #[test]
    fn families_list_their_methods() {
        let point =
            |name: &str, family| StripPoint { name: name.into(), family, ..StripPoint::default() };
        let input = StripPlot {
            points: vec![point("a", 1), point("b", 0), point("c", 1)],
            families: vec!["x".into(), "y".into(), "none".into()],
            ..StripPlot::default()
        };
        assert_eq!(strip_key(&input).expect("a key").alt, "Key. x: 2 b. y: 1 a, 3 c.");
        assert!(strip_key(&StripPlot::default()).is_none());
    }
}
