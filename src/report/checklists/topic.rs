//! What items ask for, whatever guideline they are of.

/// Something that guidelines ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    /// Nothing that a program could know: the authors have to say.
    Authors,
    /// What the study asks.
    Objectives,
    /// Where the data come from.
    DataSources,
    /// How images were prepared, and what was checked.
    Preparation,
    /// How cases came into training, validation and test sets.
    Partitions,
    /// At which level these share nothing.
    Disjoint,
    /// How many there are in each.
    Sizes,
    /// How the size of the study came about, and what it can find.
    SampleSize,
    /// What became of what is missing.
    Missing,
    /// Networks.
    Model,
    /// Programs and machines.
    Software,
    /// Where weights start.
    Initialisation,
    /// How they were trained.
    Training,
    /// Which of several states was kept.
    Selection,
    /// Whether outputs of several networks are combined.
    Ensembles,
    /// What the network gives, and where a decision is cut.
    Output,
    /// Rare classes.
    Imbalance,
    /// Measures of performance.
    Metrics,
    /// Uncertainty and tests.
    Statistics,
    /// Whether other analyses say the same.
    Robustness,
    /// Measures, plots, intervals and tests together.
    Evaluation,
    /// Differences between groups of patients or classes.
    Subgroups,
    /// Test cases of the same source.
    InternalTest,
    /// Test cases of another source.
    ExternalTest,
    /// Scores with their intervals.
    Performance,
    /// Calls by truth.
    CrossTabulation,
    /// What went wrong.
    Failures,
    /// What limits the results.
    Limits,
    /// What makes the data available.
    Data,
    /// What makes the program available.
    Code,
    /// Both in one item.
    DataAndCode,
    /// What others can look at again.
    Audit,
    /// What was laid down beforehand.
    Protocol,
}
