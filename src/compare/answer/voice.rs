//! How a sentence of the answer says numbers and names.

use super::finding::{Finding, Ground};
use crate::compare::types::CompareOptions;
use crate::scores::{Better, Verdict};
use crate::text::{Phrase, Quantity, p_value, percent, phrase};

/// Titles of levels and tasks, and the options that decide the words.
pub struct Voice<'a> {
    /// What was asked for.
    pub options: &'a CompareOptions,
    /// The title of a level.
    pub level: &'a dyn Fn(&str) -> String,
    /// The title of a task.
    pub task: &'a dyn Fn(&str) -> String,
    /// Where a single test stands: `chest with ResNet-50`.
    pub place: &'a dyn Fn(&crate::scores::Block) -> String,
}

impl Voice<'_> {
    /// A count, as a number of its own.
    pub(super) fn count(row: &[&str], name: &'static str, n: usize, how: &str) -> Quantity {
        Quantity {
            row: row.iter().map(|part| (*part).to_string()).collect(),
            name,
            value: n.to_string(),
            shown: n.to_string(),
            how: how.into(),
        }
    }

    /// `+0.012`.
    pub(super) fn signed(&self, row: &[&str], found: &Finding) -> Quantity {
        Self::difference(row, found, self.options.metric.signed(Some(found.difference)))
    }

    fn difference(row: &[&str], found: &Finding, shown: String) -> Quantity {
        Quantity {
            row: row.iter().map(|part| (*part).to_string()).collect(),
            name: "difference",
            value: found.difference.to_string(),
            shown,
            how: found.how.clone(),
        }
    }

    /// `AUC is higher by 0.113`, `the difference in AUC is +0.005`.
    pub(super) fn by(&self, row: &[&str], found: &Finding) -> Phrase {
        let metric = &self.options.metric;
        let decided = found.verdict.is_some_and(Verdict::is_decided);
        if !decided {
            return phrase![
                format!("the difference in {} is ", metric.title()),
                self.signed(row, found)
            ];
        }
        let side = if found.difference < 0.0 { "lower" } else { "higher" };
        let size = metric.with_unit(Some(found.difference.abs()));
        phrase![format!("{} is {side} by ", metric.title()), Self::difference(row, found, size)]
    }

    /// `(random effects over 4 tasks; 95 % interval 0.083 to 0.143; adjusted p 0.003)`.
    pub(super) fn evidence(&self, row: &[&str], found: &Finding) -> Phrase {
        let metric = &self.options.metric;
        let mut parts: Vec<Phrase> = Vec::new();
        let tasks = Self::count(row, "tasks", found.tasks, "tasks in the difference");
        match found.ground {
            Ground::TasksLikeThese if found.weighted => {
                parts.push(phrase!["random effects over ", tasks, " tasks"]);
            }
            Ground::TasksLikeThese => {
                parts.push(phrase!["paired t test over ", tasks, " tasks"]);
            }
            Ground::TheseTasks => parts.push(phrase!["mean over the ", tasks, " tasks studied"]),
            Ground::OneTask => {}
        }
        if let Some((low, high)) = found.interval {
            // Beside "lower by 0.6" the interval is of how much lower.
            let decided = found.verdict.is_some_and(Verdict::is_decided);
            let [from, to] =
                if decided && found.difference < 0.0 { [-high, -low] } else { [low, high] };
            let shown = format!("{} to {}", metric.text(Some(from)), metric.text(Some(to)));
            let interval = Quantity {
                row: row.iter().map(|part| (*part).to_string()).collect(),
                name: "interval",
                value: format!("{low} {high}"),
                shown,
                how: format!("{} interval; {}", percent(self.options.confidence), found.how),
            };
            parts.push(phrase![self.confidence(row), interval]);
        }
        if let Some(p) = found.adjusted_p {
            let p = Quantity {
                row: row.iter().map(|part| (*part).to_string()).collect(),
                name: "adjusted_p",
                value: p.to_string(),
                shown: p_value(Some(p)),
                how: found.how.clone(),
            };
            parts.push(phrase!["adjusted p ", p]);
        }
        let mut out = Phrase::default();
        for (at, part) in parts.into_iter().enumerate() {
            out.push(if at == 0 { " (" } else { "; " });
            out.push(part);
        }
        if !out.is_empty() {
            out.push(")");
        }
        out
    }

    /// Which of two means stands before the other: a metric without direction has
    /// no first.
    pub(super) fn ahead(&self) -> &'static str {
        if self.options.metric.is_directed() { "ahead of" } else { "above" }
    }

    /// `better than`, `higher than`: the relation of a level to those it wins over.
    pub(super) fn wins(&self) -> &'static str {
        match self.options.metric.better {
            Better::Unknown => "higher",
            Better::Higher | Better::Lower => "better",
        }
    }

    /// `a, b and c`; beyond a few, the first ones and a count.
    pub(super) fn names(&self, levels: &[&str]) -> Phrase {
        listed(levels.iter().map(|level| (self.level)(level)).collect())
    }

    /// The same of tasks.
    pub(super) fn tasks(&self, tasks: &[&str]) -> Phrase {
        listed(tasks.iter().map(|task| (self.task)(task)).collect())
    }

    /// `of the 3 initialisations`.
    pub(super) fn of_all(&self, n: usize) -> Phrase {
        let count = Self::count(&["answer", "compared"], "levels", n, "levels that are compared");
        phrase!["of the ", count, format!(" {}", self.options.factors.plural())]
    }

    /// The margin of equivalence, as it was stated.
    pub(super) fn margin(row: &[&str], margin: f64) -> Quantity {
        Quantity {
            row: row.iter().map(|part| (*part).to_string()).collect(),
            name: "margin",
            value: margin.to_string(),
            shown: margin.to_string(),
            how: "largest difference that does not matter, as stated".into(),
        }
    }

    /// `95 % interval `.
    fn confidence(&self, row: &[&str]) -> Phrase {
        let percent = percent(self.options.confidence);
        let number = percent.trim_end_matches([' ', '%']);
        let confidence = Quantity {
            row: row.iter().map(|part| (*part).to_string()).collect(),
            name: "confidence",
            value: self.options.confidence.to_string(),
            shown: number.into(),
            how: "confidence level that the options state".into(),
        };
        phrase![confidence, " % interval "]
    }
}

/// More names than this are counted.
const MOST_NAMED: usize = 4;

/// `a, b and c`; `a, b, c and 7 others`.
pub(super) fn listed(mut names: Vec<String>) -> Phrase {
    if names.len() <= MOST_NAMED {
        return crate::text::listed(&names).into();
    }
    let others = names.len() - (MOST_NAMED - 1);
    names.truncate(MOST_NAMED - 1);
    let row = ["answer", "others", names[0].as_str()];
    let count = Voice::count(&row, "others", others, "further names");
    phrase![format!("{} and ", names.join(", ")), count, " others"]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_counted() {
        let names = |n: usize| (0..n).map(|i| format!("m{i}")).collect::<Vec<_>>();
        let said = |n| listed(names(n)).to_string();
        assert_eq!(said(2), "m0 and m1");
        assert_eq!(said(4), "m0, m1, m2 and m3");
        assert_eq!(said(5), "m0, m1, m2 and 2 others");
    }
}
