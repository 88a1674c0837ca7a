//! Metrics of weighted counts of calls: sensitivity, F1, kappa and their kin.
//!
//! 0/0 is NaN: in a mean over classes such a class does not count. Kappa and MCC
//! of calls or labels that are all of one kind are NaN too.

/// Weighted counts of one class against the rest.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) tp: f64,
    pub(super) fp: f64,
    pub(super) fn_: f64,
    pub(super) tn: f64,
}

impl Counts {
    pub(super) fn add(&mut self, label: bool, call: bool, weight: f64) {
        match (label, call) {
            (true, true) => self.tp += weight,
            (true, false) => self.fn_ += weight,
            (false, true) => self.fp += weight,
            (false, false) => self.tn += weight,
        }
    }

    pub(super) fn accuracy(self) -> f64 {
        (self.tp + self.tn) / (self.tp + self.tn + self.fp + self.fn_)
    }

    pub(super) fn sensitivity(self) -> f64 {
        self.tp / (self.tp + self.fn_)
    }

    pub(super) fn specificity(self) -> f64 {
        self.tn / (self.tn + self.fp)
    }

    pub(super) fn balanced_accuracy(self) -> f64 {
        f64::midpoint(self.sensitivity(), self.specificity())
    }

    pub(super) fn f1(self) -> f64 {
        2.0 * self.tp / (2.0 * self.tp + self.fp + self.fn_)
    }

    pub(super) fn mcc(self) -> f64 {
        let Self { tp, fp, fn_, tn } = self;
        let spread = (tp + fp) * (tp + fn_) * (tn + fp) * (tn + fn_);
        (tp * tn - fp * fn_) / spread.sqrt()
    }

    pub(super) fn kappa(self) -> f64 {
        let Self { tp, fp, fn_, tn } = self;
        let spread = (tp + fp) * (fp + tn) + (tp + fn_) * (fn_ + tn);
        2.0 * (tp * tn - fn_ * fp) / spread
    }
}

/// Weighted counts of all classes: rows are the truth, columns the calls.
#[derive(Clone, Debug)]
pub(super) struct Table {
    classes: usize,
    counts: Vec<f64>,
}

impl Table {
    pub(super) fn new(classes: usize) -> Self {
        Self { classes, counts: vec![0.0; classes * classes] }
    }

    pub(super) fn add(&mut self, truth: usize, call: usize, weight: f64) {
        self.counts[truth * self.classes + call] += weight;
    }

    fn row(&self, class: usize) -> f64 {
        self.counts[class * self.classes..(class + 1) * self.classes].iter().sum()
    }

    fn column(&self, class: usize) -> f64 {
        (0..self.classes).map(|row| self.counts[row * self.classes + class]).sum()
    }

    fn all(&self) -> f64 {
        self.counts.iter().sum()
    }

    fn right(&self) -> f64 {
        (0..self.classes).map(|class| self.counts[class * self.classes + class]).sum()
    }

    pub(super) fn accuracy(&self) -> f64 {
        self.right() / self.all()
    }

    /// Chance products: sum of row times column, of squared rows, of squared
    /// columns.
    fn products(&self) -> [f64; 3] {
        let mut sums = [0.0; 3];
        for class in 0..self.classes {
            let (row, column) = (self.row(class), self.column(class));
            sums[0] += row * column;
            sums[1] += row * row;
            sums[2] += column * column;
        }
        sums
    }

    /// Gorodkin's correlation of several classes.
    pub(super) fn mcc(&self) -> f64 {
        let ([both, rows, columns], n) = (self.products(), self.all());
        (self.right() * n - both) / ((n * n - rows).sqrt() * (n * n - columns).sqrt())
    }

    pub(super) fn kappa(&self) -> f64 {
        let ([both, _, _], n) = (self.products(), self.all());
        (self.right() * n - both) / (n * n - both)
    }
}
