//! Charts of a table of one's own: lines, points, bars, boxes, a histogram, a
//! heat map, in the look of all figures.

mod groups;
mod points;

use super::svg::Figure;

/// Values beyond this many points are not drawn, and the figure says so.
pub const MOST_CHART_POINTS: usize = 20_000;
/// More groups than this cannot be told apart.
pub const MOST_CHART_SERIES: usize = 12;
/// More categories than this have no room.
pub const MOST_CHART_CATEGORIES: usize = 40;

/// What a chart looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ChartKind {
    Line,
    Scatter,
    Bars,
    Boxes,
    Histogram,
    HeatMap,
}

impl ChartKind {
    /// All with their names.
    pub const ALL: [(&'static str, Self); 6] = [
        ("line", Self::Line),
        ("scatter", Self::Scatter),
        ("bars", Self::Bars),
        ("box", Self::Boxes),
        ("histogram", Self::Histogram),
        ("heat map", Self::HeatMap),
    ];
}

/// The columns of a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartInput {
    /// Title above the plot; may be empty.
    pub title: String,
    /// Names of the axes.
    pub x_name: String,
    /// The vertical one.
    pub y_name: String,
    /// Numbers along the horizontal axis; `None` where there is none.
    pub x: Vec<Option<f64>>,
    /// Categories along it, for bars, boxes and heat maps.
    pub categories: Vec<String>,
    /// Numbers along the vertical axis, or of the cells of a heat map.
    pub y: Vec<Option<f64>>,
    /// The series, or the row of a heat map, of each value; empty for one.
    pub groups: Vec<String>,
    /// Bins of a histogram; chosen where absent.
    pub bins: Option<usize>,
    /// A logarithmic horizontal axis.
    pub logarithmic: bool,
    /// A logarithmic vertical axis, of lines and points.
    pub logarithmic_y: bool,
}

/// Draws a chart, or says why it cannot.
pub fn chart(kind: ChartKind, input: &ChartInput) -> Result<Figure, String> {
    let count = |values: usize, most: usize, what: &str| {
        if values <= most {
            return Ok(());
        }
        Err(format!(
            "{values} {what} are too many to draw, at most {most}; filter or group the table first"
        ))
    };
    count(input.y.len().max(input.x.len()), MOST_CHART_POINTS, "values")?;
    if !matches!(kind, ChartKind::HeatMap) {
        count(names(&input.groups).len(), MOST_CHART_SERIES, "groups")?;
    }
    count(names(&input.categories).len(), MOST_CHART_CATEGORIES, "categories")?;
    if input.logarithmic_y && !matches!(kind, ChartKind::Line | ChartKind::Scatter) {
        return Err("only lines and points have a logarithmic vertical axis".into());
    }
    match kind {
        ChartKind::Line | ChartKind::Scatter => points::points(kind, input),
        ChartKind::Histogram => points::histogram(input),
        ChartKind::Bars | ChartKind::Boxes => groups::groups(kind, input),
        ChartKind::HeatMap => {
            count(names(&input.groups).len(), MOST_CHART_CATEGORIES, "rows")?;
            groups::heat_map(input)
        }
    }
}

/// Names in the order in which they first appear.
fn names(all: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in all {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// The group of each value, by its place in the names; all are 0 without any.
fn places(all: &[String], names: &[String], values: usize) -> Vec<usize> {
    (0..values)
        .map(|at| {
            let name = all.get(at);
            name.and_then(|name| names.iter().position(|known| known == name)).unwrap_or(0)
        })
        .collect()
}

/// A number as a label.
fn label(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e6).contains(&size) {
        return format!("{value:.2e}");
    }
    let decimals = if size >= 1000.0 { 0 } else { 3 };
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_string()).collect()
    }

    fn input() -> ChartInput {
        ChartInput {
            title: "A <title>".into(),
            x_name: "dose".into(),
            y_name: "AUC".into(),
            x: [0.0, 1.0, 2.0, 0.0, 1.0, 2.0].map(Some).into(),
            categories: texts(&["a", "b", "c", "a", "b", "c"]),
            y: vec![Some(0.5), Some(0.7), None, Some(0.6), Some(0.9), Some(f64::NAN)],
            groups: texts(&["x", "x", "x", "y", "y", "y"]),
            ..ChartInput::default()
        }
    }

    #[test]
    fn every_kind_is_drawn_with_its_words() {
        for (name, kind) in ChartKind::ALL {
            let figure = chart(kind, &input()).expect(name);
            let svg = figure.standalone();
            assert!(svg.contains("A &lt;title&gt;") && !svg.contains("NaN"), "{name}: {svg}");
            assert!(figure.alt.contains("dose"), "{name}: {}", figure.alt);
            let again = chart(kind, &input()).expect(name);
            assert_eq!(again, figure, "{name}");
        }
    }

    #[test]
    fn what_is_left_out_is_said_and_too_much_refused() {
        let figure = chart(ChartKind::Scatter, &input()).expect("drawn");
        assert!(figure.alt.contains("2 values are not numbers"), "{}", figure.alt);
        let empty = ChartInput { y: vec![None; 6], ..input() };
        for kind in [ChartKind::Line, ChartKind::Bars, ChartKind::Boxes, ChartKind::HeatMap] {
            assert!(chart(kind, &empty).expect_err("nothing").contains("no value"));
        }
        let groups = (0..13).map(|i| i.to_string()).collect();
        let error = chart(ChartKind::Line, &ChartInput { groups, ..input() });
        assert!(error.expect_err("refused").contains("13 groups"));
        let one = ChartInput { x: vec![Some(3.0); 4], ..ChartInput::default() };
        assert!(chart(ChartKind::Histogram, &one).is_ok());
    }

    #[test]
    fn labels_are_short() {
        assert_eq!(
            [0.0, 0.25, 12.0, 1e-5, 1234.6].map(label),
            ["0", "0.25", "12", "1.00e-5", "1235"]
        );
    }
}
