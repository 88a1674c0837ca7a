//! Drawings gathered into one numbered figure.

use super::figures::figure_block;
use crate::figures::{Figure, Numbers};
use crate::report::document::{Block, Panel};
use crate::report::escape;
use crate::report::predictions::MOST_FACETS;
use crate::text::{UniqueIds, slug};

/// More panels than this are left out of a figure, and its caption says so.
pub(super) const MOST_PANELS: usize = MOST_FACETS;

/// Panels of one figure with the data behind each.
pub(super) struct Panels {
    label: String,
    numbers: Numbers,
    /// Titles as parts of ids: those that look alike stay apart.
    titles: UniqueIds,
    drawn: Vec<Panel>,
    data: Vec<(String, String)>,
    left_out: usize,
}

impl Panels {
    /// No panel yet; `label` is that of the figure (`fig-roc`).
    pub(super) fn new(label: &str) -> Self {
        let numbers = Numbers::new(label.strip_prefix("fig-").unwrap_or(label));
        let (drawn, data) = (Vec::new(), Vec::new());
        let titles = UniqueIds::default();
        Self { label: label.into(), numbers, titles, drawn, data, left_out: 0 }
    }

    /// The same, with what is to be said of the numbers in the drawings.
    pub(super) fn telling(mut self, tell: impl FnOnce(Numbers) -> Numbers) -> Self {
        self.numbers = tell(self.numbers);
        self
    }

    /// One panel more, where there is something to draw; its data is kept in
    /// any case.
    pub(super) fn add(&mut self, title: &str, figure: Option<Figure>, csv: String) {
        self.add_telling(title, figure, csv, |numbers| numbers);
    }

    /// The same, with what is to be said of the numbers of this panel.
    pub(super) fn add_telling(
        &mut self,
        title: &str,
        figure: Option<Figure>,
        csv: String,
        tell: impl FnOnce(Numbers) -> Numbers,
    ) {
        let Some(figure) = figure else { return };
        self.data.push((title.into(), csv));
        if self.drawn.len() >= MOST_PANELS {
            self.left_out += 1;
            return;
        }
        // The id starts like no label of a block.
        let id = format!("panel-{}-{}", self.label, self.drawn.len());
        let name = self.titles.add(vec![title.into()], &slug(title));
        let numbers = tell(self.numbers.clone().within(name));
        self.drawn.push(Panel {
            title: title.into(),
            svg: figure.inline(&id, &numbers),
            file: figure.standalone(),
        });
    }

    /// Panels that were not even made.
    pub(super) fn skip(&mut self, count: usize) {
        self.left_out += count;
    }

    /// The figure; none without a panel.
    pub(super) fn block(self, caption: &str) -> Option<Block> {
        if self.drawn.is_empty() {
            return None;
        }
        let shown = self.drawn.len();
        let caption = match self.left_out {
            0 => caption.to_string(),
            n => format!("{caption} {shown} of {} panels are shown.", shown + n),
        };
        Some(figure_block(&self.label, caption, self.drawn, joined(&self.data)))
    }
}

/// Tables below each other, with the panel in the first column.
fn joined(parts: &[(String, String)]) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (index, (title, part)) in parts.iter().enumerate() {
        // The parts are memory, and were written by the same crate.
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(part.as_bytes());
        for (line, record) in reader.records().filter_map(Result::ok).enumerate() {
            if line > 0 || index == 0 {
                let first = if line == 0 { "panel" } else { title };
                let cells = std::iter::once(first).chain(record.iter());
                rows.push(cells.map(ToString::to_string).collect());
            }
        }
    }
    escape::csv(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{
        ReliabilityInput, ReliabilityPoint, ReliabilitySeries, reliability_diagram,
    };

    #[test]
    fn tables_are_joined_with_one_head() {
        let parts = [
            ("a, b".to_string(), "x,y\n1,2\n".to_string()),
            ("c".into(), "x,y\n\"3\n\",4\n".into()),
        ];
        assert_eq!(joined(&parts), "panel,x,y\n\"a, b\",1,2\nc,\"3\n\",4\n");
        assert!(Panels::new("fig-a").block("").is_none());
    }

    #[test]
    fn panels_whose_titles_look_alike_have_ids_of_their_own() {
        let input = ReliabilityInput {
            series: vec![ReliabilitySeries {
                name: "m".into(),
                bins: vec![ReliabilityPoint {
                    low: 0.0,
                    high: 1.0,
                    cases: 3,
                    confidence: 0.5,
                    accuracy: 0.5,
                }],
                ..ReliabilitySeries::default()
            }],
            ..ReliabilityInput::default()
        };
        let mut panels = Panels::new("fig-a");
        for title in ["SSL", "SSL+"] {
            panels.add(title, reliability_diagram(&input), String::new());
        }
        for (panel, id) in panels.drawn.iter().zip(["a.SSL.m.", "a.SSL-2.m."]) {
            assert!(panel.svg.contains(&format!("\"{id}")), "{id}: {}", panel.svg);
        }
    }
}
