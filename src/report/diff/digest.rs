//! What differs in words: ten lines, or all of it.

use super::story::Story;
use super::types::{Diff, Weight};
use super::values::{Fate, ValueChange, ValueChanges};
use crate::report::verify::clean;

/// So many lines are read at once; beside them those that warn of a page.
const LINES: usize = 10;
/// Lines that there always are: the two pages, the input, settings, the count of
/// verdicts, numbers.
const FIXED: usize = 5;
/// Values of one fate that are told one by one where others are told as a whole.
const MOST_SINGLE: usize = 3;

/// A heading with what stands under it.
struct Part {
    head: String,
    items: Vec<String>,
}

impl Diff {
    /// Ten lines in words; all of it where `all` is asked for.
    pub(super) fn digest(&self, all: bool) -> Vec<String> {
        let [old, new] = self.sides.each_ref().map(|side| clean(&side.name));
        let mut lines = vec![format!("{old} -> {new}")];
        for side in &self.sides {
            if let Some(why) = &side.unverified {
                let (name, why) = (clean(&side.name), clean(why));
                lines
                    .push(format!("  BEWARE: {name}: {why}; `transfolio verify {name}` says more"));
            }
        }
        let Some(story) = &self.story else {
            if let Some(why) = &self.untold {
                lines.push(format!("  {}", clean(why)));
            }
            return lines;
        };
        let answer = story.answer(all);
        let room = LINES.saturating_sub(FIXED + answer.len());
        let (verdicts, input) = (story.verdict_part(), story.input_part(all));
        let (of_verdicts, of_input) = if all {
            (usize::MAX, usize::MAX)
        } else {
            let least = room.div_ceil(3).min(input.items.len());
            let first = verdicts.items.len().min(room - least);
            (first, room - first)
        };
        lines.extend(answer);
        lines.extend(verdicts.lines(of_verdicts));
        lines.extend(input.lines(of_input));
        lines.push(story.setting_line());
        lines.push(self.number_line(all));
        lines.iter().map(|line| clean(line)).collect()
    }

    fn number_line(&self, all: bool) -> String {
        let noise = self.changes.iter().filter(|c| c.weight == Weight::Noise).count();
        let moved = self.changes.iter().filter(|c| c.weight == Weight::Number).count();
        let (come, gone) = (self.added.len(), self.removed.len());
        let mut text = format!(
            "Numbers: of {} on both pages {moved} differ by more than noise and {noise} by noise",
            self.compared
        );
        if come + gone > 0 {
            let rows = if come == 1 { "row of numbers" } else { "rows of numbers" };
            text += &format!("; {come} {rows} came and {gone} went");
        }
        if !all {
            text += "; --all lists everything";
        }
        text
    }
}

impl Part {
    /// The heading with its only item, or with so many lines of items.
    fn lines(self, most: usize) -> Vec<String> {
        let Self { head, items } = self;
        match &items[..] {
            [] => return vec![head],
            [one] => return vec![format!("{head}: {one}")],
            _ => {}
        }
        let shown = items.len().min(most);
        let first = match (shown, items.len()) {
            (0, _) => String::new(),
            (shown, all) if shown == all => ":".into(),
            (1, _) => "; the first:".into(),
            (shown, _) => format!("; the first {shown}:"),
        };
        let items = items.into_iter().take(shown).map(|item| format!("  {item}"));
        std::iter::once(format!("{head}{first}")).chain(items).collect()
    }
}

impl Story {
    fn answer(&self, all: bool) -> Vec<String> {
        let said = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".into());
        let mut lines = match &self.headline {
            None if self.sentences.is_empty() => vec!["Answer: the same".to_string()],
            None => {
                let n = self.sentences.len();
                let s = if n == 1 { "sentence" } else { "sentences" };
                vec![format!("Answer: the same; {n} further {s} changed")]
            }
            Some(change) => vec![
                format!("Answer before: {}", said(&change.old)),
                format!("Answer now: {}", said(&change.new)),
            ],
        };
        if all {
            for change in &self.sentences {
                lines.extend(change.old.iter().map(|text| format!("  before: {text}")));
                lines.extend(change.new.iter().map(|text| format!("  now: {text}")));
            }
        }
        lines
    }

    fn verdict_part(&self) -> Part {
        let found = &self.verdicts;
        let changed = found.changed.len();
        let mut head = match (changed, found.compared) {
            (_, 0) => "Verdicts: no comparison stands on both pages".to_string(),
            (0, 1) => "Verdicts: the one is the same".into(),
            (0, all) => format!("Verdicts: all {all} the same"),
            (n, all) => format!("Verdicts: {n} of {all} changed"),
        };
        for (n, what) in [(found.added.len(), "new"), (found.gone.len(), "gone")] {
            if n > 0 {
                let are = if n == 1 { "comparison is" } else { "comparisons are" };
                head += &format!("; {n} {are} {what}");
            }
        }
        let word =
            |verdict: &Option<String>| verdict.clone().unwrap_or_else(|| "no verdict".into());
        let items = found.changed.iter().map(|change| {
            let (old, new) = (word(&change.old), word(&change.new));
            format!("{}, {}: {old} -> {new}; {}", change.metric, change.question, change.why)
        });
        Part { head, items: items.collect() }
    }

    fn input_part(&self, all: bool) -> Part {
        let Some(input) = &self.input else {
            let note = self.input_note.clone().unwrap_or_default();
            return Part { head: format!("Input: {note}"), items: Vec::new() };
        };
        let counts: Vec<String> = FATES
            .iter()
            .filter_map(|(fate, word)| {
                let n = input.of(*fate).count();
                let s = if n == 1 { "value" } else { "values" };
                (n > 0).then(|| format!("{n} {s} {word}"))
            })
            .collect();
        if counts.is_empty() {
            return Part { head: "Input: every value is the same".into(), items: Vec::new() };
        }
        let head = format!("Input: {}, {} the same", counts.join(", "), input.same);
        // Where all have one fate the heading has said it.
        let said = |word: &str| if counts.len() == 1 { String::new() } else { format!("{word}: ") };
        let items = FATES.iter().flat_map(|(fate, word)| input.told(*fate, &said(word), all));
        Part { head, items: items.collect() }
    }

    fn setting_line(&self) -> String {
        if self.settings.is_empty() {
            return "Settings: the same".into();
        }
        let changes = self.settings.iter().map(|s| format!("{} {} -> {}", s.name, s.old, s.new));
        format!("Settings: {}", changes.collect::<Vec<_>>().join("; "))
    }
}

const FATES: [(Fate, &str); 3] =
    [(Fate::Changed, "changed"), (Fate::Added, "added"), (Fate::Gone, "gone")];

impl ValueChanges {
    /// Those of one fate one by one, or what many of them share.
    fn told(&self, fate: Fate, word: &str, all: bool) -> Vec<String> {
        let n = self.of(fate).count();
        let each = |change: &ValueChange| format!("{word}{}", change.line());
        if n <= MOST_SINGLE || (all && fate == Fate::Changed) {
            return self.of(fate).map(each).collect();
        }
        let mut lines = vec![format!("{word}{}", self.common(fate))];
        if all {
            lines.extend(self.of(fate).map(each));
        } else if fate == Fate::Changed {
            let first = self.of(fate).take(1);
            lines.extend(first.map(|change| format!("such as {}", change.line())));
        }
        lines
    }
}
