//! Paper-style figures as SVG: one figure per file, one theme.
//!
//! Each takes one struct of plain data, gives `None` where there is nothing to
//! draw, tells its numbers in its long description, and has the data behind it
//! as CSV.

mod axes;
mod blob_plot;
mod bracket_bars;
mod canvas;
mod chart;
mod compact;
mod confusion_matrix;
mod cost_score;
mod critical_difference;
mod curve_grid;
mod density;
mod difference_bars;
mod dose_response;
mod forest_plot;
mod grid;
mod grouped_bars;
mod horizontal_bars;
mod label_fraction;
mod legend;
mod mask_overlays;
mod numbers;
mod operating_curves;
mod parallel_coordinates;
mod performance_profile;
mod podium_plot;
mod rank_heat_map;
mod reliability_diagram;
mod reproduction;
mod scale;
mod score_table;
mod seed_distribution;
mod significance_map;
mod size_dice;
mod strip_key;
mod strip_plot;
mod svg;
mod theme;
mod thin;
mod training_curves;
mod words;

pub use blob_plot::{BlobPlotInput, MOST_BLOB_METHODS, blob_plot};
pub use bracket_bars::{Bar, BarBracket, BarGroup, BracketBars, bracket_bars};
pub use chart::{
    ChartInput, ChartKind, MOST_CHART_CATEGORIES, MOST_CHART_POINTS, MOST_CHART_SERIES, chart,
};
pub use confusion_matrix::{ConfusionMatrixInput, MOST_CONFUSION_CLASSES, confusion_matrix};
pub use cost_score::{CostPoint, CostScoreInput, MOST_COST_NAMES, cost_score};
pub use critical_difference::{
    CriticalDifferenceInput, MOST_CRITICAL_METHODS, critical_difference,
};
pub use curve_grid::{CurvePanel, MOST_CURVE_PANELS, MOST_MARKS, curve_grid};
pub use difference_bars::{Difference, DifferenceBars, difference_bars};
pub use dose_response::{
    DoseLevel, DosePoint, DoseResponseInput, DoseSeries, MOST_DOSE_LINES, dose_response,
};
pub use forest_plot::{ForestGroup, ForestPlotInput, ForestRow, MOST_FOREST_LINES, forest_plot};
pub use grouped_bars::{MOST_BRACKETS, bars_start, grouped_bars};
pub use horizontal_bars::{
    HorizontalBar, HorizontalBars, HorizontalGap, HorizontalPanel, horizontal_bars,
};
pub use label_fraction::{LevelCells, label_fraction};
pub use mask_overlays::{MaskOverlaysInput, OverlayRow, mask_overlays};
pub use numbers::{KnownRows, Numbers};
pub(crate) use numbers::{cell_row, test_row};
pub(crate) use operating_curves::needed_points;
pub use operating_curves::{
    MOST_CURVE_POINTS, MOST_CURVES, OperatingCurve, OperatingCurveKind, OperatingCurvesInput,
    operating_curves,
};
pub use parallel_coordinates::{
    AxisScale, ParallelAxis, ParallelCoordinates, ParallelFamily, ParallelLine,
    parallel_coordinates,
};
pub use performance_profile::{
    MOST_PROFILES, PerformanceProfileInput, ProfileSeries, performance_profile,
};
pub use podium_plot::{MOST_PODIUM_LINES, MOST_PODIUM_METHODS, PodiumInput, podium_plot};
pub use rank_heat_map::{MOST_HEAT_MAP_METHODS, RankHeatMapInput, rank_heat_map};
pub use reliability_diagram::{
    FEW_CASES, MOST_RELIABILITY_LINES, ReliabilityInput, ReliabilityPoint, ReliabilitySeries,
    reliability_diagram,
};
pub use reproduction::{Reproduction, ReproductionRow, reproduction};
pub use score_table::{Score, ScoreTable, score_table};
pub use seed_distribution::{
    MOST_CLOUDS, MOST_SEED_GROUPS, SeedDistributionInput, SeedGroup, SeedShape, seed_distribution,
};
pub use significance_map::{MOST_MAP_METHODS, SignificanceMapInput, significance_map};
pub use size_dice::{MOST_SIZE_LEVELS, SizeDiceInput, SizeDiceLevel, size_dice};
pub use strip_key::strip_key;
pub use strip_plot::{Baseline, StripMark, StripPlot, StripPoint, strip_plot};
pub use svg::Figure;
pub use theme::stars;
pub use training_curves::{
    MOST_TRAINING_METHODS, MOST_TRAINING_SEEDS, TrainingCurvesInput, TrainingRun, TrainingSeries,
    training_curves,
};
