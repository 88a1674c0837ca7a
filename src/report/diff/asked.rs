//! What was asked of the two inputs: options, reading, claims, look.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::compare::CompareOptions;
use crate::frame::Reading;
use crate::report::bundle::{Bundle, Source};
use crate::report::load::ReportInput;
use crate::scores::Metric;
use crate::spec::FamilyAdjustment;
use crate::text::percent;

/// The options of one metric on both sides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) old: &'a CompareOptions,
    pub(super) new: &'a CompareOptions,
}

/// One setting that is another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingChange {
    /// `alpha`.
    pub name: String,
    /// Before.
    pub old: String,
    /// After.
    pub new: String,
}

pub(super) fn between<'a>(old: &'a CompareOptions, new: &'a CompareOptions) -> Asked<'a> {
    Asked { old, new }
}

impl Asked<'_> {
    pub(super) fn adjustment_changed(&self) -> bool {
        self.old.adjustment != self.new.adjustment
    }

    pub(super) fn family_changed(&self) -> bool {
        self.old.family != self.new.family
    }

    pub(super) fn margin_changed(&self) -> bool {
        self.old.margin != self.new.margin
    }
}

/// A margin; `none` where there is none.
pub(super) fn margin(options: &CompareOptions) -> String {
    options.margin.map_or_else(|| "none".into(), |margin| margin.to_string())
}

/// Every setting that is another.
pub(super) fn setting_changes(old: &ReportInput, new: &ReportInput) -> Vec<SettingChange> {
    let sides = [old, new].map(|input| &input.comparisons[0].options);
    let mut out = Vec::new();
    let mut add = |name: &str, [old, new]: [String; 2]| {
        if old != new {
            out.push(SettingChange { name: name.into(), old, new });
        }
    };
    add("metric", sides.map(|o| o.metric.title().into()));
    for (name, pair) in directions(old, new) {
        add(&format!("direction of {name}"), pair);
    }
    add("compared", sides.map(|o| o.factors.to_string()));
    add("baseline", sides.map(baseline));
    add("alpha", sides.map(|o| o.alpha.to_string()));
    // Intervals follow alpha where nobody says otherwise.
    let follows = |o: &CompareOptions| (o.confidence - (1.0 - o.alpha)).abs() < 1e-9;
    if !sides.iter().all(|o| follows(o)) {
        add("confidence of intervals", sides.map(|o| percent(o.confidence)));
    }
    add("margin", sides.map(margin));
    add("test", sides.map(|o| name_of(&o.test)));
    add("design", sides.map(|o| name_of(&o.design)));
    add(
        "adjustment",
        sides.map(|o| match o.adjustment {
            FamilyAdjustment::None => "none".into(),
            other => other.title().into(),
        }),
    );
    add("family", sides.map(|o| format!("by {}", name_of(&o.family))));
    add("interval of a mean", sides.map(|o| name_of(&o.interval)));
    add("resamples", sides.map(|o| o.resamples.to_string()));
    add("seed of resamples", sides.map(|o| o.seed.to_string()));
    add("every class", sides.map(|o| if o.per_class { "yes" } else { "no" }.into()));
    let readings = [&old.bundle, &new.bundle].map(reading);
    for (name, pair) in members(&readings) {
        add(&name, pair);
    }
    let claims = [old, new].map(|input| input.bundle.claims.len().to_string());
    add("claims", claims);
    let look = [old, new].map(|input| {
        let look = &input.bundle.manner.look;
        let own = if look.files.is_empty() { "" } else { " with templates of its own" };
        format!("{}{own}", look.page)
    });
    add("template", look);
    add("print", [old, new].map(|input| input.bundle.manner.print.name().into()));
    out
}

/// The directions of the metrics that both sides have.
fn directions(old: &ReportInput, new: &ReportInput) -> Vec<(String, [String; 2])> {
    let metrics = |input: &ReportInput| -> Vec<Metric> {
        input.comparisons.iter().map(|c| c.options.metric.clone()).collect()
    };
    let after = metrics(new);
    let of = |metric: Metric| {
        let twin = after.iter().find(|other| other.key == metric.key)?;
        let words = [&metric, twin].map(|metric| metric.better.words().to_string());
        Some((metric.title().to_string(), words))
    };
    metrics(old).into_iter().filter_map(of).collect()
}

fn baseline(options: &CompareOptions) -> String {
    if options.baselines.is_empty() {
        return "none (all pairs)".into();
    }
    options.baseline().unwrap_or_else(|| plain(&json(&options.baselines)))
}

/// A value by the name it has in a study file.
fn name_of(value: &impl Serialize) -> String {
    plain(&json(value))
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".into(),
        other => other.to_string(),
    }
}

fn reading(bundle: &Bundle) -> Reading {
    match &bundle.source {
        Source::Csv { reading, .. } | Source::Cases { reading, .. } => reading.clone(),
        Source::Study(study) => Reading { further: study.asked.clone(), ..Reading::default() },
        Source::Published => Reading::default(),
    }
}

/// How the tables were read, choice by choice. Directions are told by themselves, and
/// which metrics were asked for does not change what is read of them.
fn members(sides: &[Reading; 2]) -> Vec<(String, [String; 2])> {
    const TOLD: [&str; 3] = ["rules", "further", "factors"];
    let maps: [BTreeMap<String, Value>; 2] = [&sides[0], &sides[1]].map(|reading| {
        let map = json(reading).as_object().cloned().unwrap_or_default();
        map.into_iter().filter(|(name, _)| !TOLD.contains(&name.as_str())).collect()
    });
    let mut names: Vec<&String> = maps.iter().flat_map(BTreeMap::keys).collect();
    names.sort();
    names.dedup();
    let text = |map: &BTreeMap<String, Value>, name: &String| match map.get(name) {
        Some(Value::Array(items)) if items.is_empty() => "none".into(),
        Some(value) => plain(value),
        None => "default".into(),
    };
    names
        .into_iter()
        .map(|name| {
            (
                format!("reading, {}", name.replace('_', " ")),
                [text(&maps[0], name), text(&maps[1], name)],
            )
        })
        .collect()
}
