//! Sets that networks of another task are tested on: whether their classes are
//! the task's, and whether they hold images that it trains on.

use std::collections::BTreeMap;

use super::check::{Finding, Severity};
use super::dataset::{Dataset, Split};
use super::truth::{Label, Truth};
use crate::spec::{Duplicates, Target};

impl Dataset {
    /// The same with the classes of the task that is tested on it, in the task's
    /// order. Of labels per class some may be missing here: nobody knows whether
    /// those classes are there.
    ///
    /// # Errors
    /// With what does not fit, as a sentence about this data.
    pub fn with_classes(mut self, classes: &[String]) -> Result<Self, String> {
        let places = self.places_of(classes)?;
        let place_of = |own: usize| places.iter().position(|place| *place == Some(own));
        for case in &mut self.cases {
            case.truth = match &case.truth {
                Truth::Class(class) => Truth::Class(place_of(*class).unwrap_or_default()),
                Truth::Classes(there) => {
                    let label =
                        |place: &Option<usize>| place.map_or(Label::Unknown, |at| there[at]);
                    Truth::Classes(places.iter().map(label).collect())
                }
            };
        }
        self.classes = classes.to_vec();
        Ok(self)
    }

    /// Where each class of a task is among the classes here.
    ///
    /// # Errors
    /// With what does not fit, as a sentence about this data.
    pub fn places_of(&self, classes: &[String]) -> Result<Vec<Option<usize>>, String> {
        let here = |class: &String| self.classes.iter().position(|own| own == class);
        let places: Vec<Option<usize>> = classes.iter().map(here).collect();
        let foreign = self.classes.iter().find(|own| !classes.contains(own));
        let lacks = places.iter().any(Option::is_none);
        let what = match (self.target, foreign) {
            (_, Some(more)) => format!(
                "`{more}` is none of these: name both alike (`classes`, `labels`), or leave it out"
            ),
            (Target::Binary | Target::MultiClass, None) if lacks => {
                "a case has one class of all, so all must be known here".into()
            }
            // The planes of a mask are in the order of its classes.
            (Target::Segmentation, None) if self.classes != classes => {
                "name its structures in that order".into()
            }
            _ => return Ok(places),
        };
        let quoted = |names: &[String]| {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            names.join(", ")
        };
        let (own, wanted) = (quoted(&self.classes), quoted(classes));
        Err(format!("has the classes {own}, and the task that is tested on it {wanted}; {what}"))
    }
}

/// Images of a test set, of the cases that count there, that a task trains on or
/// chooses its epoch by.
pub fn shared(task: &Dataset, set: &Dataset, name: &str, policy: Duplicates) -> Option<Finding> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for index in (0..task.len()).filter(|index| task.cases[*index].split != Split::Test) {
        seen.insert(task.pixel_hash(index), index);
    }
    let both: Vec<String> = set
        .indices(Split::Test)
        .into_iter()
        .filter_map(|index| Some((index, *seen.get(set.pixel_hash(index))?)))
        .map(|(there, here)| format!("{} = {}", task.cases[here].id, set.cases[there].id))
        .collect();
    if both.is_empty() {
        return None;
    }
    let (severity, way) = match policy {
        Duplicates::Allow => {
            (Severity::Warning, "the study file allows it; scores may be too high")
        }
        _ => (
            Severity::Error,
            "that would ask for what was learned by heart: leave them out of one of the two, or \
             write duplicates = \"allow\" in the task",
        ),
    };
    let text = format!(
        "{} images of the test set `{name}` are, pixel by pixel, among those that this task trains \
         on or is validated on: {}; {way}",
        both.len(),
        super::check::named(&both)
    );
    Some(Finding { severity, text: super::error::visible(text) })
}

#[cfg(test)]
mod tests {
    use super::super::dataset::Case;
    use super::*;

    fn set(target: Target, classes: &[&str], truths: Vec<(Split, Truth, u8)>) -> Dataset {
        let pixels = truths.iter().flat_map(|(_, _, grey)| [*grey; 4]).collect();
        let cases = truths.into_iter().enumerate().map(|(at, (split, truth, _))| Case {
            id: format!("{at}"),
            patient: format!("{at}"),
            split,
            truth,
        });
        let classes = classes.iter().map(ToString::to_string).collect();
        Dataset::in_memory("set", classes, target, (2, 1), cases.collect(), pixels).expect("a set")
    }

    fn names(classes: &[&str]) -> Vec<String> {
        classes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn classes_in_another_order_are_the_same_classes() {
        let of = || {
            set(
                Target::MultiClass,
                &["b", "c", "a"],
                vec![(Split::Test, Truth::Class(0), 1), (Split::Test, Truth::Class(2), 2)],
            )
        };
        let set = of().with_classes(&names(&["a", "b", "c"])).expect("the same");
        let truths: Vec<&Truth> = set.cases.iter().map(|case| &case.truth).collect();
        assert_eq!(truths, [&Truth::Class(1), &Truth::Class(0)]);
        for (classes, says) in
            [(&["a", "b"][..], "`c` is none of these"), (&["a", "b", "c", "d"], "one class of all")]
        {
            let error = of().with_classes(&names(classes)).expect_err("a misfit");
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn of_labels_some_may_be_missing_and_are_not_known_then() {
        let of = || {
            set(
                Target::MultiLabel,
                &["edema", "mass"],
                vec![(Split::Test, Truth::of_each([true, false]), 1)],
            )
        };
        let set = of().with_classes(&names(&["mass", "nodule", "edema"])).expect("fits");
        let known = |at: usize| set.cases[0].truth.knows(at);
        assert_eq!([known(0), known(1), known(2)], [true, false, true]);
        assert!(set.cases[0].truth.has(2) && !set.cases[0].truth.has(0));
        assert!(of().with_classes(&names(&["nodule", "effusion"])).is_err());
    }

    #[test]
    fn images_that_are_trained_on_are_told() {
        let one = |split, grey| (split, Truth::Class(0), grey);
        let classes = ["no", "yes"];
        let task = set(
            Target::Binary,
            &classes,
            vec![one(Split::Train, 1), one(Split::Val, 2), one(Split::Test, 3)],
        );
        let tested = |grey| set(Target::Binary, &classes, vec![one(Split::Test, grey)]);
        for (grey, there) in [(1, true), (2, true), (3, false), (4, false)] {
            let found = shared(&task, &tested(grey), "other", Duplicates::Error);
            assert_eq!(found.is_some_and(|f| f.severity == Severity::Error), there, "{grey}");
        }
        let allowed = shared(&task, &tested(1), "other", Duplicates::Allow).expect("a finding");
        assert_eq!(allowed.severity, Severity::Warning);
        assert!(allowed.text.starts_with("1 images of the test set `other`"), "{}", allowed.text);
    }
}
