//! Paper-style figures as SVG: one figure per file, one theme.

mod canvas;
mod grouped_bars;
mod label_fraction;
mod scale;
mod svg;
mod theme;

pub use grouped_bars::{MOST_BRACKETS, grouped_bars};
pub use label_fraction::label_fraction;
pub use svg::Figure;
pub use theme::stars;
