//! Critical-difference diagram: methods on an axis of average ranks, bars over
//! groups that were not shown to differ (Demsar 2006).
//!
//! Only maximal groups of at least two get a bar: none when all differ. A group
//! that skips a method between its members is drawn thin, with a dot at each
//! member, for a solid bar would include that method.

use super::axes::{SMALL, TINY};
use super::canvas::{Anchor, Canvas, draw_sized, fitted};
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{INK, MUTED, WIDTH, series};
use super::words::{csv, left_out, maybe, number, thinned, told};
use crate::text::fixed;

/// More methods than this are left out (the worst ones), and the figure says so.
pub const MOST_CRITICAL_METHODS: usize = 40;

const LEFT: i32 = 320;
const RIGHT: i32 = WIDTH - 320;
const AXIS: i32 = 118;
const ROW: i32 = 38;
const BAR: i32 = 16;

/// Average ranks and groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CriticalDifferenceInput {
    /// Names of the methods.
    pub names: Vec<String>,
    /// Their average ranks, 1 for the best.
    pub average_ranks: Vec<f64>,
    /// The critical difference, where one holds for all pairs.
    pub critical_difference: Option<f64>,
    /// Indices of methods that were not shown to differ.
    pub groups: Vec<Vec<usize>>,
    /// What was tested, on what: `Friedman p 0.003 over 8 tasks; Nemenyi at 0.05`.
    pub test: String,
    /// The number in it: `friedman_p`, 0.0031.
    pub test_number: Option<(String, f64)>,
}

impl CriticalDifferenceInput {
    /// The data behind the figure.
    pub fn csv(&self) -> String {
        let groups = self.maximal();
        let rows = self.names.iter().enumerate().map(|(index, name)| {
            let of = groups.iter().enumerate().filter(|(_, group)| group.contains(&index));
            let named: Vec<String> = of.map(|(number, _)| (number + 1).to_string()).collect();
            [
                name.clone(),
                maybe(self.average_ranks.get(index).copied()),
                named.join(" "),
                maybe(self.critical_difference),
            ]
        });
        csv(["method", "average_rank", "groups", "critical_difference"], rows)
    }

    /// Groups of at least two that no other group holds, in order.
    fn maximal(&self) -> Vec<Vec<usize>> {
        let known = |i: &usize| self.rank(*i).is_some();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for group in &self.groups {
            let mut members: Vec<usize> = group.iter().copied().filter(known).collect();
            members.sort_unstable();
            members.dedup();
            if members.len() > 1 && !groups.contains(&members) {
                groups.push(members);
            }
        }
        let within =
            |a: &[usize], b: &[usize]| a.len() < b.len() && a.iter().all(|i| b.contains(i));
        let all = groups.clone();
        groups.retain(|group| !all.iter().any(|other| within(group, other)));
        groups
    }

    fn rank(&self, index: usize) -> Option<f64> {
        self.average_ranks.get(index).copied().filter(|r| r.is_finite())
    }
}

/// The figure; `None` below two methods with a rank.
pub fn critical_difference(input: &CriticalDifferenceInput) -> Option<Figure> {
    let mut order: Vec<(usize, f64)> =
        (0..input.names.len()).filter_map(|i| Some((i, input.rank(i)?))).collect();
    if order.len() < 2 {
        return None;
    }
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let ranked = order.len();
    order.truncate(MOST_CRITICAL_METHODS);
    let note = thinned(order.len(), ranked, "methods");
    let shown = |index: &usize| order.iter().any(|(i, _)| i == index);
    let mut groups = input.maximal();
    for group in &mut groups {
        group.retain(shown);
    }
    groups.retain(|group| group.len() > 1);
    let (layers, depth) = layers(&groups, input);
    let first = AXIS + 34 + depth * BAR;
    let bottom = first + order.len().div_ceil(2) as i32 * ROW;
    let height = bottom + 36 + if note.is_some() { 34 } else { 0 };
    let highest = order.iter().map(|(_, rank)| *rank).fold(2.0, f64::max).ceil();
    let scale = Scale::exactly(1.0, highest, LEFT, RIGHT);
    let svg = draw_sized(WIDTH, height, |canvas| {
        axis(canvas, &scale, highest);
        ruler(canvas, &scale, input.critical_difference);
        for (place, (index, rank)) in order.iter().enumerate() {
            method(canvas, &scale, input, (*index, *rank), place, order.len(), first);
        }
        for (group, layer) in groups.iter().zip(layers) {
            bar(canvas, &scale, input, group, &order, AXIS + 22 + layer * BAR);
        }
        let (what, value) = input.test_number.as_ref().map_or(("", None), |(w, v)| (w, Some(*v)));
        canvas.shows(&[what], &maybe(value), || {
            let test = fitted(&input.test, TINY, WIDTH - 32);
            canvas.text(&test, (16, bottom + 20), TINY, Anchor::Left, MUTED);
        });
        if let Some(note) = &note {
            canvas.text(note, (16, bottom + 52), TINY, Anchor::Left, MUTED);
        }
    });
    Some(Figure::new(svg, alt(input, &order, &groups, note)))
}

/// The layer of each group's bar, and how many there are.
fn layers(groups: &[Vec<usize>], input: &CriticalDifferenceInput) -> (Vec<i32>, i32) {
    let mut ends: Vec<f64> = Vec::new();
    let layers = groups
        .iter()
        .map(|group| {
            let (low, high) = extent(group, input);
            let free = ends.iter().position(|end| *end < low).unwrap_or(ends.len());
            if free == ends.len() {
                ends.push(high);
            } else {
                ends[free] = high;
            }
            free as i32
        })
        .collect();
    (layers, ends.len() as i32)
}

fn extent(group: &[usize], input: &CriticalDifferenceInput) -> (f64, f64) {
    let ranks = group.iter().filter_map(|i| input.rank(*i));
    ranks.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), r| (l.min(r), h.max(r)))
}

fn axis(canvas: &Canvas<'_>, scale: &Scale, highest: f64) {
    canvas.line((LEFT, AXIS), (RIGHT, AXIS), INK, 3);
    let step = ((highest - 1.0) / 7.0).ceil().max(1.0);
    let mut tick = 1.0;
    while tick <= highest {
        let x = scale.pixel(tick);
        canvas.line((x, AXIS - 10), (x, AXIS), INK, 2);
        canvas.text(&tick.to_string(), (x, AXIS - 28), SMALL, Anchor::Centre, MUTED);
        tick += step;
    }
    canvas.text("average rank, best at the left", (16, AXIS - 28), TINY, Anchor::Left, MUTED);
}

/// The critical difference at the scale of the axis.
fn ruler(canvas: &Canvas<'_>, scale: &Scale, difference: Option<f64>) {
    let Some(difference) = difference.filter(|d| d.is_finite() && *d > 0.0) else { return };
    let label = format!("CD = {}", fixed(Some(difference), 2));
    if 1.0 + difference > scale.high {
        let text = format!("{label}, longer than the axis");
        return canvas.shows(&["critical_difference"], &number(difference), || {
            canvas.text(&text, (LEFT, 34), SMALL, Anchor::Left, INK);
        });
    }
    let (from, to) = (scale.pixel(1.0), scale.pixel(1.0 + difference));
    canvas.shows(&["critical_difference"], &number(difference), || {
        canvas.line((from, 34), (to, 34), INK, 3);
        for end in [from, to] {
            canvas.line((end, 26), (end, 42), INK, 3);
        }
        canvas.text(&label, (to + 14, 34), SMALL, Anchor::Left, INK);
    });
}

/// The better half hangs to the left, the other to the right, so that no line
/// crosses another.
fn method(
    canvas: &Canvas<'_>,
    scale: &Scale,
    input: &CriticalDifferenceInput,
    (index, rank): (usize, f64),
    place: usize,
    count: usize,
    first: i32,
) {
    let half = count.div_ceil(2);
    let left = place < half;
    let row = if left { place } else { count - 1 - place };
    let (x, y) = (scale.pixel(rank), first + ROW / 2 + row as i32 * ROW);
    let (edge, anchor) = if left { (LEFT - 14, Anchor::Right) } else { (RIGHT + 14, Anchor::Left) };
    canvas.path(vec![(x, AXIS), (x, y), (edge, y)], MUTED, 2, None);
    let name = input.names.get(index).map_or("", String::as_str);
    let short = fitted(name, TINY + 2, 226);
    let shown = fixed(Some(rank), 2);
    let text = if left { format!("{short}  {shown}") } else { format!("{shown}  {short}") };
    let at = if left { edge - 8 } else { edge + 8 };
    canvas.shows(&[name, "average_rank"], &number(rank), || {
        canvas.marker(index, (x, AXIS), 7, series(index), 1.0);
        canvas.text(&text, (at, y), TINY + 2, anchor, INK);
    });
}

fn bar(
    canvas: &Canvas<'_>,
    scale: &Scale,
    input: &CriticalDifferenceInput,
    group: &[usize],
    order: &[(usize, f64)],
    y: i32,
) {
    let (low, high) = extent(group, input);
    let (from, to) = (scale.pixel(low) - 6, scale.pixel(high) + 6);
    let skips = order.iter().any(|(i, rank)| *rank > low && *rank < high && !group.contains(i));
    canvas.line((from, y), (to, y), INK, if skips { 3 } else { 8 });
    if skips {
        for rank in group.iter().filter_map(|i| input.rank(*i)) {
            canvas.marker(0, (scale.pixel(rank), y), 6, INK, 1.0);
        }
    }
}

fn alt(
    input: &CriticalDifferenceInput,
    order: &[(usize, f64)],
    groups: &[Vec<usize>],
    note: Option<String>,
) -> String {
    let name = |i: &usize| input.names.get(*i).cloned().unwrap_or_default();
    let mut text = format!("Critical-difference diagram of average ranks. {}.", input.test);
    let mut items: Vec<String> =
        order.iter().map(|(i, rank)| format!("{} {}", name(i), fixed(Some(*rank), 2))).collect();
    if let Some(cd) = input.critical_difference {
        items.insert(0, format!("Critical difference {}", fixed(Some(cd), 2)));
    }
    text += &told(&items);
    text += &if groups.is_empty() {
        " Every two methods differ: no bars.".to_string()
    } else {
        let joined = |g: &Vec<usize>| g.iter().map(name).collect::<Vec<_>>().join(", ");
        let list: Vec<String> =
            groups.iter().map(|g| format!("Not shown to differ: {}", joined(g))).collect();
        told(&list)
    };
    let unranked = (0..input.names.len()).filter(|i| input.rank(*i).is_none());
    text += &left_out(unranked.count(), "rank");
    note.map_or(text.clone(), |note| format!("{text} {note}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(ranks: &[f64], groups: Vec<Vec<usize>>) -> CriticalDifferenceInput {
        CriticalDifferenceInput {
            names: (0..ranks.len()).map(|i| format!("m{i}")).collect(),
            average_ranks: ranks.to_vec(),
            critical_difference: Some(1.2),
            groups,
            test: "Friedman p 0.01 over 8 tasks; Nemenyi at 0.05".into(),
            test_number: None,
        }
    }

    #[test]
    fn no_bar_when_all_differ() {
        let figure = critical_difference(&input(&[1.0, 2.5, 4.0], vec![])).expect("a figure");
        assert!(figure.alt.contains("no bars"));
        assert!(!figure.standalone().contains("stroke-width=\"8\""));
    }

    #[test]
    fn a_group_within_another_has_no_bar_of_its_own() {
        let given = input(&[1.0, 1.5, 2.0], vec![vec![0, 1], vec![1, 2, 0], vec![2], vec![9, 1]]);
        assert_eq!(given.maximal(), [vec![0, 1, 2]]);
        let figure = critical_difference(&given).expect("a figure");
        assert_eq!(figure.standalone().matches("stroke-width=\"8\"").count(), 1);
        assert_eq!(given.csv().lines().nth(1), Some("m0,1,1,1.2"));
    }

    #[test]
    fn a_bar_does_not_cover_a_method_that_differs() {
        let figure = critical_difference(&input(&[1.0, 2.0, 3.0], vec![vec![0, 2]]));
        let svg = figure.expect("a figure").standalone();
        assert!(!svg.contains("stroke-width=\"8\""));
    }

    #[test]
    fn odd_ranks_are_left_out() {
        let given = input(&[1.0, f64::NAN, 1.0], vec![vec![0, 1, 2]]);
        let figure = critical_difference(&given).expect("a figure");
        assert!(figure.alt.contains("1 rank is not a number"));
        assert_eq!(critical_difference(&input(&[1.0, f64::NAN], vec![])), None);
        let many = input(&vec![1.0; 60], vec![(0..60).collect()]);
        let figure = critical_difference(&many).expect("a figure");
        assert!(figure.alt.contains("40 of 60 methods"));
    }
}
