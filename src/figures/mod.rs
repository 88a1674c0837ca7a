//! Paper-style figures as SVG: one figure per file, one theme.

mod bracket_bars;
mod canvas;
mod difference_bars;
mod grouped_bars;
mod horizontal_bars;
mod label_fraction;
mod parallel_coordinates;
mod reproduction;
mod scale;
mod score_table;
mod strip_key;
mod strip_plot;
mod svg;
mod theme;

pub use bracket_bars::{Bar, BarBracket, BarGroup, BracketBars, bracket_bars};
pub use difference_bars::{Difference, DifferenceBars, difference_bars};
pub use grouped_bars::{MOST_BRACKETS, grouped_bars};
pub use horizontal_bars::{
    HorizontalBar, HorizontalBars, HorizontalGap, HorizontalPanel, horizontal_bars,
};
pub use label_fraction::label_fraction;
pub use parallel_coordinates::{
    AxisScale, ParallelAxis, ParallelCoordinates, ParallelFamily, ParallelLine,
    parallel_coordinates,
};
pub use reproduction::{Reproduction, ReproductionRow, reproduction};
pub use score_table::{Score, ScoreTable, score_table};
pub use strip_key::strip_key;
pub use strip_plot::{Baseline, StripMark, StripPlot, StripPoint, strip_plot};
pub use svg::Figure;
pub use theme::stars;
