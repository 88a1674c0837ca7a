//! Names of classes as data has them: which are one, and which of two is the
//! positive one.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use crate::spec::Task;

/// Words for what is not there, in the form of [`form`].
const NEGATIVE: [&str; 25] = [
    "absent",
    "absence",
    "benign",
    "control",
    "controls",
    "false",
    "healthy",
    "healthycontrol",
    "intact",
    "n",
    "neg",
    "negative",
    "nofinding",
    "nofindings",
    "none",
    "norm",
    "normal",
    "no",
    "nodisease",
    "noevent",
    "nondiseased",
    "notpresent",
    "unaffected",
    "uninfected",
    "unremarkable",
];

/// Words for what is there, in the form of [`form`].
const POSITIVE: [&str; 23] = [
    "abnormal",
    "abnormality",
    "affected",
    "anomalous",
    "anomaly",
    "cancer",
    "cancerous",
    "diseased",
    "disease",
    "event",
    "ill",
    "infected",
    "malignant",
    "malignancy",
    "parasitized",
    "pathologic",
    "pathological",
    "pos",
    "positive",
    "present",
    "sick",
    "true",
    "yes",
];

/// What names that are written differently have in common: Unicode form, case,
/// blanks, hyphens, underscores and invisible characters do not count.
pub(super) fn form(name: &str) -> String {
    let plain: String = name
        .nfkc()
        .filter(|c| {
            !c.is_whitespace()
                && !matches!(c, '-' | '_' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}')
        })
        .flat_map(char::to_lowercase)
        .collect();
    // A name of nothing but hyphens is itself.
    if plain.is_empty() { name.to_owned() } else { plain }
}

/// Names that are one class, by what they are written as.
pub(super) struct Joined {
    /// From each name to that of its class: the most frequent spelling.
    pub(super) names: BTreeMap<String, String>,
    /// Which were joined, with their counts.
    pub(super) notes: Vec<String>,
}

/// Joins names that differ by case, blanks, hyphens or Unicode form only.
pub(super) fn joined(counts: &BTreeMap<String, usize>, what: &str) -> Joined {
    let mut groups: BTreeMap<String, Vec<(&String, usize)>> = BTreeMap::new();
    for (name, &count) in counts {
        groups.entry(form(name)).or_default().push((name, count));
    }
    let mut all = Joined { names: BTreeMap::new(), notes: Vec::new() };
    for mut group in groups.into_values() {
        // The most frequent first; of equals the first in order of characters.
        group.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        let name = group[0].0;
        if group.len() > 1 {
            let spelt: Vec<String> =
                group.iter().map(|(name, count)| format!("`{name}` ({count})")).collect();
            all.notes.push(format!(
                "{} are one class of {what}: they differ by case, blanks, hyphens or Unicode form \
                 only; it is called `{name}`",
                spelt.join(" and ")
            ));
        }
        all.names.extend(group.iter().map(|(other, _)| ((*other).clone(), name.clone())));
    }
    all
}

/// The two classes of a binary target.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sides {
    pub(super) negative: String,
    pub(super) positive: String,
    /// Which is positive, and why.
    pub(super) note: String,
}

/// Tells two classes apart by what the task states or by their names.
///
/// # Errors
/// With the lines to choose from where neither says which is positive.
pub(super) fn sides(a: &str, b: &str, task: &Task) -> Result<Sides, String> {
    let of = |negative: &str, positive: &str, why: &str| Sides {
        negative: negative.to_owned(),
        positive: positive.to_owned(),
        note: format!("`{positive}` is the positive class, `{negative}` the negative one ({why})"),
    };
    if let Some(stated) = &task.positive {
        let same = |name: &str| name == stated || form(name) == form(stated);
        return match (same(a), same(b)) {
            (true, false) => Ok(of(b, a, "as the study file states")),
            (false, true) => Ok(of(a, b, "as the study file states")),
            _ => Err(format!(
                "`positive` is `{stated}`, which is none of the classes `{a}` and `{b}`; write one \
                 of them"
            )),
        };
    }
    let why = "by the meaning of the words; set `positive` to choose";
    match (sign(a, b), sign(b, a)) {
        (Some(false), None | Some(true)) | (None, Some(true)) => Ok(of(a, b, why)),
        (Some(true), None | Some(false)) | (None, Some(false)) => Ok(of(b, a, why)),
        (None, None) | (Some(true), Some(true)) | (Some(false), Some(false)) => Err(format!(
            "the names `{a}` and `{b}` do not say which of the two is looked for; write \
             positive = {a:?} or positive = {b:?} in the task"
        )),
    }
}

/// Whether a name says "there" or "not there", also beside the other one:
/// `no tumor` beside `tumor`.
fn sign(name: &str, other: &str) -> Option<bool> {
    let (name, other) = (form(name), form(other));
    if NEGATIVE.contains(&name.as_str()) {
        return Some(false);
    }
    if POSITIVE.contains(&name.as_str()) {
        return Some(true);
    }
    match (name.as_str(), other.as_str()) {
        ("f", "t") => return Some(false),
        ("t", "f") | ("y", "n") => return Some(true),
        _ => {}
    }
    let denies = ["no", "non", "not", "without"].iter().any(|no| {
        name.strip_prefix(no).is_some_and(|rest| !rest.is_empty() && other.starts_with(rest))
    });
    denies.then_some(false)
}

/// Whether a word says that nothing was found, as `No Finding` among lists of
/// labels.
pub(super) fn says_nothing(name: &str) -> bool {
    const NOTHING: [&str; 9] = [
        "healthy",
        "nofinding",
        "nofindings",
        "none",
        "normal",
        "negative",
        "no",
        "nolabel",
        "noabnormality",
    ];
    NOTHING.contains(&form(name).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Source, Target};

    fn binary(positive: Option<&str>) -> Task {
        Task { positive: positive.map(Into::into), ..Task::new(Source::Manifest, Target::Binary) }
    }

    #[test]
    fn words_say_which_class_is_positive() {
        for (negative, positive) in [
            ("benign", "malignant"),
            ("normal", "abnormal"),
            ("Normal", "COVID"),
            ("Negative", "Positive"),
            ("no", "yes"),
            ("N", "Y"),
            ("False", "True"),
            ("f", "t"),
            ("healthy", "sick"),
            ("control", "glaucoma"),
            ("No Finding", "Pneumonia"),
            ("no_tumor", "tumor"),
            ("non-COVID", "COVID"),
            ("without nodule", "nodule"),
            ("nevus", "malignant"),
            ("Uninfected", "Parasitized"),
            ("NORMAL", "PNEUMONIA"),
            ("absent", "present"),
        ] {
            for (a, b) in [(negative, positive), (positive, negative)] {
                let told = sides(a, b, &binary(None)).expect(positive);
                assert_eq!((told.negative.as_str(), told.positive.as_str()), (negative, positive));
                assert!(told.note.contains(&format!("`{positive}` is the positive class")));
            }
        }
    }

    #[test]
    fn other_words_are_asked_about() {
        for (a, b) in [("cyst", "polyp"), ("m", "f"), ("cancer", "sick"), ("normal", "healthy")] {
            let asked = sides(a, b, &binary(None)).expect_err(a);
            assert!(asked.contains(&format!("positive = {a:?}")), "{asked}");
            assert!(asked.contains(&format!("positive = {b:?}")), "{asked}");
            // What is proposed works.
            assert_eq!(sides(a, b, &binary(Some(b))).expect("stated").positive, b);
            assert_eq!(sides(a, b, &binary(Some(a))).expect("stated").negative, b);
        }
        let other = sides("cyst", "polyp", &binary(Some("tumor"))).expect_err("none of them");
        assert!(other.contains("none of the classes `cyst` and `polyp`"), "{other}");
        assert_eq!(sides("Cyst", "polyp", &binary(Some("cyst"))).expect("form").positive, "Cyst");
    }

    #[test]
    fn spellings_of_a_name_are_joined_and_told() {
        let counts = [
            ("Normal", 2),
            ("normal", 5),
            ("no_rmal ", 1),
            ("Pneumonia", 3),
            ("n\u{e9}o", 1),
            ("ne\u{301}o", 1),
        ];
        let counts = counts.map(|(name, count)| (name.to_string(), count)).into();
        let all = joined(&counts, "`y`");
        assert_eq!(all.names["Normal"], "normal");
        assert_eq!(all.names["no_rmal "], "normal");
        assert_eq!(all.names["Pneumonia"], "Pneumonia");
        assert_eq!(all.names["n\u{e9}o"], all.names["ne\u{301}o"]);
        assert_eq!(all.notes.len(), 2, "{:?}", all.notes);
        assert!(
            all.notes.iter().any(|n| n.contains("`normal` (5) and `Normal` (2)")),
            "{:?}",
            all.notes
        );
    }
}
