//! Which sections of the document a template puts first.
//!
//! Nothing is left out: what a template does not lead with follows in an
//! appendix, so that every reference resolves and every test stays listed.

use super::content;
use super::document::{Block, Document, Section};
use super::load::ReportInput;
use crate::scores::Factor;

/// Sections that lead a ranking, where they are there.
const RANKING: &[&str] =
    &["summary", "ranking", "case-ranking", "stability", "significance", "results", "claims"];
/// Sections that follow a card's own.
const CARD: &[&str] = &["methods"];

/// The document in the order of a template; of a template that is not built in,
/// as it is.
pub(super) fn arrange(mut document: Document, input: &ReportInput, page: &str) -> Document {
    match page {
        "ranking" => {
            if !document.sections.iter().any(|section| section.id == "ranking") {
                document.sections.push(no_ranking(input));
            }
            let mut document = lead(document, Vec::new(), RANKING);
            unfold(&mut document.sections, "ranking-views");
            document
        }
        "card" => {
            let card = content::card(input);
            document.title = card.title;
            lead(document, card.sections, CARD)
        }
        _ => document,
    }
}

/// In the place of a ranking that cannot be made.
fn no_ranking(input: &ReportInput) -> Section {
    let options = &input.comparisons[0].options;
    let why = if !options.metric.is_directed() {
        "which end of the metric is good is not known"
    } else if options.factors.has(Factor::TASK) {
        "tasks are what is compared"
    } else {
        "it takes two tasks with scores of every level that is compared, and three levels"
    };
    let text = format!(
        "There is no ranking over tasks: {why}. [[results]] has the scores and their tests."
    );
    Section {
        id: "ranking".into(),
        heading: "Ranking over tasks".into(),
        blocks: vec![Block::Paragraph { text: text.as_str().into() }],
        folded: false,
    }
}

/// A section that a template leads with is open, and so is what is inside it.
fn unfold(sections: &mut [Section], id: &str) {
    for section in sections {
        section.folded &= section.id != id;
        for block in &mut section.blocks {
            if let Block::Section(inner) = block {
                unfold(std::slice::from_mut(inner), id);
            }
        }
    }
}

fn lead(mut document: Document, own: Vec<Section>, first: &[&str]) -> Document {
    let mut sections = own;
    for id in first {
        if let Some(at) = document.sections.iter().position(|section| section.id == *id) {
            sections.push(document.sections.remove(at));
        }
    }
    let rest = std::mem::take(&mut document.sections);
    if !rest.is_empty() {
        sections.push(Section {
            id: "appendix".into(),
            heading: "Appendix: all results".into(),
            blocks: rest.into_iter().map(Block::Section).collect(),
            folded: false,
        });
    }
    document.sections = sections;
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(ids: &[&str]) -> Document {
        let section = |id: &&str| Section { id: (*id).into(), ..Section::default() };
        Document { sections: ids.iter().map(section).collect(), ..Document::default() }
    }

    fn ids(sections: &[Section]) -> Vec<&str> {
        sections.iter().map(|section| section.id.as_str()).collect()
    }

    #[test]
    fn what_leads_comes_first_and_nothing_is_lost() {
        let whole = document(&["summary", "results", "methods", "ranking", "runs"]);
        let ranked = lead(whole, Vec::new(), RANKING);
        assert_eq!(ids(&ranked.sections), ["summary", "ranking", "results", "appendix"]);
        let inner: Vec<&str> = ranked.sections[3]
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Section(inner) => Some(inner.id.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(inner, ["methods", "runs"]);
    }
}
