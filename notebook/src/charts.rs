//! Quick charts of one's own numbers, in the look of all figures.
//!
//! Of a table: `table.scatter("dose", "auc").by("model").draw()?`; of vectors:
//! `charts::scatter(&dose, &auc).names("dose", "AUC").draw()?`.

use serde_json::{Map, Value as Json, json};

use crate::connection::Connection;
use crate::display::{Bundle, Rich, expected};
use crate::error::Result;
use crate::figure::Figure;
use crate::numbers::Numbers;
use crate::table::{Cell, Table};

/// A chart that is being described; `draw` draws it, and so does a cell that ends
/// with it.
#[derive(Clone)]
#[must_use = "nothing is drawn before `draw`"]
pub struct Chart {
    table: Option<Table>,
    request: Map<String, Json>,
    /// Columns that are still to be read: where they go, their names, and
    /// whether as words.
    columns: Vec<(&'static str, String, bool)>,
}

impl Chart {
    fn new(kind: &str, table: Option<Table>) -> Self {
        let request = Map::from_iter([("kind".to_owned(), kind.into())]);
        Self { table, request, columns: Vec::new() }
    }

    fn set(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.request.insert(name.into(), value.into());
        self
    }

    fn numbers(self, place: &str, name: &str, numbers: &impl Numbers) -> Self {
        self.set(place, json!(numbers.to_numbers())).set(&format!("{place}_name"), name)
    }

    fn column(mut self, place: &'static str, name: &str, words: bool) -> Self {
        self.columns.push((place, name.into(), words));
        self
    }

    /// A series for each value of this column; histograms of several lie
    /// over one another, with one set of bins.
    pub fn by(self, column: &str) -> Self {
        self.column("groups", column, true)
    }

    /// A title above the plot.
    pub fn title(self, title: &str) -> Self {
        self.set("title", title)
    }

    /// Other names of the axes than those of the columns.
    pub fn names(self, x: &str, y: &str) -> Self {
        self.set("x_name", x).set("y_name", y)
    }

    /// A logarithmic horizontal axis.
    pub fn log_x(self) -> Self {
        self.set("logarithmic", true)
    }

    /// A logarithmic vertical axis, of lines and points.
    pub fn log_y(self) -> Self {
        self.set("logarithmic_y", true)
    }

    /// Number of bins of a histogram.
    pub fn bins(self, bins: u32) -> Self {
        self.set("bins", bins)
    }

    /// Draws it.
    pub fn draw(mut self) -> Result<Figure> {
        for (place, name, words) in std::mem::take(&mut self.columns) {
            let Some(table) = &self.table else { continue };
            let values = if words {
                json!(table.texts(&name)?)
            } else {
                // A column of words may hold numbers all the same.
                let at = table.index(&name)?;
                json!(table.rows().iter().map(|row| number(&row[at])).collect::<Vec<_>>())
            };
            self.request.insert(place.into(), values);
        }
        Figure::of_json(&Connection::open()?.call("chart", Json::Object(self.request))?)
    }
}

/// What is only described is drawn where it is shown; one that cannot be drawn fails
/// the cell.
impl Rich for Chart {
    fn plain(&self) -> String {
        expected(self.clone().draw()).plain()
    }

    fn html(&self) -> String {
        expected(self.clone().draw()).html()
    }

    fn outputs(&self) -> Vec<Bundle> {
        expected(self.clone().draw()).outputs()
    }
}

crate::display::debug_described!(Chart);

impl Chart {
    /// Shown by the kernel when a chart is the last expression of a cell.
    pub fn evcxr_display(&self) {
        crate::display::result(self);
    }
}

fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Number(value) => Some(*value),
        Cell::Text(text) => text.trim().parse().ok(),
        Cell::Empty => None,
    }
}

impl Table {
    fn chart(&self, kind: &str, x: &str, y: &str) -> Chart {
        Chart::new(kind, Some(self.clone())).set("x_name", x).set("y_name", y)
    }

    /// A line of one column against another; where several rows share a place on the
    /// horizontal axis, through their mean, with a point for each.
    pub fn line(&self, x: &str, y: &str) -> Chart {
        self.chart("line", x, y).column("x", x, false).column("y", y, false)
    }

    /// Points of one column against another.
    pub fn scatter(&self, x: &str, y: &str) -> Chart {
        self.chart("scatter", x, y).column("x", x, false).column("y", y, false)
    }

    /// Bars of the means of a column in each category, with standard deviations.
    pub fn bars(&self, category: &str, y: &str) -> Chart {
        self.chart("bars", category, y).column("categories", category, true).column("y", y, false)
    }

    /// A box of the values of a column in each category.
    pub fn boxes(&self, category: &str, y: &str) -> Chart {
        self.chart("box", category, y).column("categories", category, true).column("y", y, false)
    }

    /// How the values of a column are distributed.
    pub fn histogram(&self, x: &str) -> Chart {
        self.chart("histogram", x, "").column("x", x, false)
    }

    /// Means of a column by two categories, as shades with numbers.
    pub fn heat_map(&self, column: &str, row: &str, value: &str) -> Chart {
        self.chart("heat map", column, value)
            .column("categories", column, true)
            .column("groups", row, true)
            .column("y", value, false)
    }
}

/// A line through points.
pub fn line(x: impl Numbers, y: impl Numbers) -> Chart {
    Chart::new("line", None).numbers("x", "x", &x).numbers("y", "y", &y)
}

/// Points.
pub fn scatter(x: impl Numbers, y: impl Numbers) -> Chart {
    Chart::new("scatter", None).numbers("x", "x", &x).numbers("y", "y", &y)
}

/// How values are distributed.
pub fn histogram(x: impl Numbers) -> Chart {
    Chart::new("histogram", None).numbers("x", "value", &x)
}

/// A box for each of several samples: `charts::boxes(&[("a", &a), ("b", &b)])`.
pub fn boxes(samples: &[(&str, &dyn Numbers)]) -> Chart {
    samples_of("box", samples)
}

/// A bar for the mean of each of several samples.
pub fn bars(samples: &[(&str, &dyn Numbers)]) -> Chart {
    samples_of("bars", samples)
}

fn samples_of(kind: &str, samples: &[(&str, &dyn Numbers)]) -> Chart {
    let (mut categories, mut values) = (Vec::new(), Vec::new());
    for (name, sample) in samples {
        for value in sample.to_numbers() {
            categories.push(*name);
            values.push(value);
        }
    }
    Chart::new(kind, None)
        .set("categories", json!(categories))
        .set("y", json!(values))
        .names("sample", "value")
}
