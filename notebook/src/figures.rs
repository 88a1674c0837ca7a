//! The figures of a study, by name: `figures::label_fraction(&study)?`.
//!
//! Each takes a study or a comparison, and draws what the report would draw.

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

/// A figure by its name; the error for a wrong one lists all.
pub fn named(of: &impl Drawn, name: &str) -> Result<Figure> {
    let (study, options) = of.parts();
    let mut request = study.request();
    request.insert("name".into(), name.into());
    request.insert("options".into(), Json::Object(options.fields));
    Figure::of_json(&study.ask("figure", request)?)
}
