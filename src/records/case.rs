//! What a run leaves of its test cases.

/// One row of `predictions.parquet`.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// Identity of the case within its task.
    pub case: String,
    /// Patient of the case.
    pub patient: String,
    /// What is true of it, and what the network says.
    pub answer: Answer,
}

/// What is true of a case beside what a network says of it. All rows of a file
/// are of one kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Each class by itself: columns `label_<class>`, 0, 1 or null, and
    /// `score_<class>`, its probability. A binary target has one class, the
    /// positive one; a multi-label target has all of its.
    Labels {
        /// Whether each class is there; absent where nobody knows.
        labels: Vec<Option<bool>>,
        /// Probability of each class.
        scores: Vec<f32>,
    },
    /// One class alone is right: column `label`, its index, and a column
    /// `score_<class>` per class; the scores of a case add up to one.
    Class {
        /// The right class.
        class: usize,
        /// Probability of each class.
        scores: Vec<f32>,
    },
}

impl Answer {
    /// Probability of each class, in the order of the columns.
    pub fn scores(&self) -> &[f32] {
        match self {
            Self::Labels { scores, .. } | Self::Class { scores, .. } => scores,
        }
    }

    /// Whether the case is of class `index`; `false` for an index that the
    /// row does not have.
    pub fn has(&self, index: usize) -> bool {
        match self {
            Self::Labels { labels, .. } => labels.get(index).is_some_and(|l| *l == Some(true)),
            Self::Class { class, .. } => *class == index,
        }
    }

    /// Whether it is known if the case is of class `index`.
    pub fn knows(&self, index: usize) -> bool {
        match self {
            Self::Labels { labels, .. } => labels.get(index).is_some_and(Option::is_some),
            Self::Class { .. } => true,
        }
    }
}

/// One row of `case_metrics.parquet`: one metric of one test case, as
/// `results.csv` has them of runs. Like there a value can be undefined, with
/// the reason; unlike columns of `predictions.parquet`, rows leave the names of
/// metrics and classes free.
///
/// Columns: the texts `case`, `patient`, `metric`, `class` and `undefined`, of
/// which the last two may be null, and the 64-bit float `value`, which may be.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseMetric {
    /// Identity of the case within its task.
    pub case: String,
    /// Patient of the case.
    pub patient: String,
    /// `dice`, `absolute_error`, ...
    pub metric: String,
    /// The class for a per-class metric; absent for the mean or overall one.
    pub class: Option<String>,
    /// The value; absent where it is undefined.
    pub value: Option<f64>,
    /// Why the value is undefined; with a value, the convention behind it.
    pub undefined: Option<String>,
}

/// One row of `case_masks.parquet`: what a network says of the pixels of a test
/// case, at the size of its file.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseMask {
    /// Identity of the case within its task.
    pub case: String,
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// What is true, as [`Planes`](crate::data::Planes) write runs.
    pub truth: Vec<u8>,
    /// What the network says, in the same form.
    pub predicted: Vec<u8>,
    /// Height and width of a pixel in millimetres, where the file states them.
    pub spacing: Option<[f64; 2]>,
    /// The image as a PNG of at most [`PICTURE_SIDE`](Self::PICTURE_SIDE) pixels a
    /// side, for the few cases of a run that a report shows.
    pub picture: Option<Vec<u8>>,
}

impl CaseMask {
    /// Longest side of a picture.
    pub const PICTURE_SIDE: u32 = 256;
}

/// All that a run leaves of its test cases, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tested {
    /// Rows of `predictions.parquet`; none for a target whose answers are too
    /// large for a table, such as masks.
    pub predictions: Vec<Prediction>,
    /// Rows of `case_metrics.parquet`; none for a target whose metrics are of
    /// runs alone, such as an AUC.
    pub metrics: Vec<CaseMetric>,
    /// Rows of `case_masks.parquet`; only of targets whose answers are masks.
    pub masks: Vec<CaseMask>,
}

impl Tested {
    /// Adds what was left of further cases.
    pub fn append(&mut self, mut more: Self) {
        self.predictions.append(&mut more.predictions);
        self.metrics.append(&mut more.metrics);
        self.masks.append(&mut more.masks);
    }
}
