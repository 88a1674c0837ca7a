//! The figures of a study, by name: `figures::label_fraction(&study)?`.
//!
//! Each takes a study or a comparison, and draws what the report would draw: what
//! is compared, by which metric and against which baseline are the options of the
//! comparison (`study.compare(Compare::against("random").metric("dice"))?`), and
//! one of several panels is taken by its title (`.only("chest")?`). A figure that
//! these results have nothing for is an error that lists those that they have.

use serde_json::Value as Json;

use crate::comparison::Comparison;
use crate::error::Result;
use crate::figure::Figure;
use crate::options::Compare;
use crate::study::Study;

/// What a figure is drawn of.
pub trait Drawn {
    /// The study behind it, and what is compared.
    fn parts(&self) -> (&Study, Compare);
}

impl Drawn for Study {
    fn parts(&self) -> (&Study, Compare) {
        (self, Compare::default())
    }
}

impl Drawn for Comparison {
    fn parts(&self) -> (&Study, Compare) {
        (self.study(), self.options().clone())
    }
}

/// Metric against the share of training labels, one line per level, with
/// intervals and every seed.
pub fn label_fraction(of: &impl Drawn) -> Result<Figure> {
    named(of, "label_fraction")
}

/// Means as grouped bars with standard deviations and brackets of tests.
pub fn grouped_bars(of: &impl Drawn) -> Result<Figure> {
    named(of, "grouped_bars")
}

/// Every pair with its interval: the figure at the head of the report.
pub fn answer(of: &impl Drawn) -> Result<Figure> {
    named(of, "answer")
}

/// Losses of every epoch at the largest share of labels.
pub fn training_curves(of: &impl Drawn) -> Result<Figure> {
    named(of, "training")
}

/// The worst, the median and the best test case with their masks over the image:
/// what is there, what is missed, what is a false alarm.
pub fn mask_overlays(of: &impl Drawn) -> Result<Figure> {
    named(of, "overlays")
}

/// Dice of each test case against the size of its structures.
pub fn size_dice(of: &impl Drawn) -> Result<Figure> {
    named(of, "size-dice")
}

/// The values of all seeds.
pub fn seeds(of: &impl Drawn) -> Result<Figure> {
    named(of, "seeds")
}

/// The differences of all blocks with their intervals.
pub fn forest(of: &impl Drawn) -> Result<Figure> {
    named(of, "forest")
}

/// Sensitivity against the share of false alarms.
pub fn roc(of: &impl Drawn) -> Result<Figure> {
    named(of, "roc")
}

/// Precision against recall.
pub fn precision_recall(of: &impl Drawn) -> Result<Figure> {
    named(of, "precision-recall")
}

/// How often what is said with a probability is true.
pub fn calibration(of: &impl Drawn) -> Result<Figure> {
    named(of, "calibration")
}

/// Which class is taken for which.
pub fn confusion(of: &impl Drawn) -> Result<Figure> {
    named(of, "confusion")
}

/// The metric against the granularity of the pretraining labels.
pub fn dose_response(of: &impl Drawn) -> Result<Figure> {
    named(of, "dose")
}

/// Granularities of the pretraining labels against each other, task by task.
pub fn granularity(of: &impl Drawn) -> Result<Figure> {
    named(of, "granularity")
}

/// Ranks of the levels over tasks with the distance that is significant.
pub fn critical_difference(of: &impl Drawn) -> Result<Figure> {
    named(of, "critical")
}

/// Scores against what a run costs.
pub fn cost(of: &impl Drawn) -> Result<Figure> {
    named(of, "cost")
}

/// A figure by its name; [`Study::contents`] lists those that there are.
pub fn named(of: &impl Drawn, name: &str) -> Result<Figure> {
    let (study, options) = of.parts();
    let mut request = study.request();
    request.insert("name".into(), name.into());
    request.insert("options".into(), Json::Object(options.fields));
    Figure::of_json(&study.ask("figure", request)?)
}
