//! A filled checklist as CSV and Markdown.

use super::known::{Known, Labels, State, known};
use super::list::{Checklist, ChecklistName};
use super::topic::Topic;
use crate::compare::format::{markdown_table, markdown_text};
use crate::report::document::{Block, Document, Section};
use crate::report::error::ReportError;
use crate::report::escape;
use crate::report::html::document;
use crate::report::load::ReportInput;
use crate::report::numbering::Numbering;
use crate::report::templates::Templates;
use crate::text::{Column, Table, Value, listed};

/// A checklist with its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilledChecklist {
    /// Which.
    pub name: ChecklistName,
    /// As a table.
    pub csv: String,
    /// To be read.
    pub markdown: String,
    /// Items, those answered, and those answered in part.
    pub counts: [usize; 3],
}

/// One line of it.
struct Line {
    number: &'static str,
    section: &'static str,
    asks: &'static str,
    state: State,
    answer: String,
    place: String,
}

/// Fills a checklist from the input of a report; places are those of its page.
///
/// # Errors
/// Those of the page.
pub fn fill(
    name: ChecklistName,
    input: &ReportInput,
    templates: &Templates,
) -> Result<FilledChecklist, ReportError> {
    let (document, numbering, ..) = document(input, templates)?;
    let labels = labels(&document);
    let checklist = name.checklist();
    let lines: Vec<Line> = checklist
        .items
        .iter()
        .map(|item| {
            let known = match item.topic {
                Topic::Authors => Known::nothing(),
                topic => known(topic, input, &labels),
            };
            Line {
                number: item.number,
                section: item.section,
                asks: item.asks,
                state: known.state(),
                answer: answer(&known),
                place: place(&known, &labels, &numbering),
            }
        })
        .collect();
    let count = |state| lines.iter().filter(|line| line.state == state).count();
    let counts = [lines.len(), count(State::Answered), count(State::InPart)];
    Ok(FilledChecklist {
        name,
        csv: csv(&lines),
        markdown: markdown(&checklist, &document.title, &lines, counts),
        counts,
    })
}

/// Every label of a document.
fn labels(document: &Document) -> Labels {
    fn of_section(section: &Section, out: &mut Labels) {
        out.insert(section.id.clone());
        for block in &section.blocks {
            if let Block::Section(inner) = block {
                of_section(inner, out);
            }
        }
    }
    let mut out = Labels::new();
    for section in &document.sections {
        of_section(section, &mut out);
    }
    for block in document.blocks() {
        match block {
            Block::Table(table) => drop(out.insert(table.label.clone())),
            Block::Figure(figure) => drop(out.insert(figure.label.clone())),
            _ => {}
        }
    }
    out
}

/// What is known, and what the authors have to add.
fn answer(known: &Known) -> String {
    let sentence = |text: &str| {
        let mut rest = text.trim_end_matches('.').chars();
        let head: String = rest.next().map(char::to_uppercase).into_iter().flatten().collect();
        format!("{head}{}.", rest.as_str())
    };
    match known.state() {
        State::Answered => sentence(&known.said),
        State::InPart => {
            format!("{} The authors have to say: {}.", sentence(&known.said), known.left)
        }
        State::Authors if known.left.is_empty() => "The authors have to say.".into(),
        State::Authors => format!("The authors have to say ({}).", known.left),
    }
}

/// `Section 5, Table 2`: of the places those that the page has.
fn place(known: &Known, labels: &Labels, numbering: &Numbering) -> String {
    let names: Vec<String> = known
        .at
        .iter()
        .filter(|label| labels.contains(**label))
        .filter_map(|label| numbering.name(label))
        .map(String::from)
        .collect();
    if names.is_empty() { String::new() } else { listed(&names) }
}

const HEAD: [&str; 6] = ["item", "section", "asks", "state", "answer", "place"];

fn csv(lines: &[Line]) -> String {
    let rows = lines.iter().map(|line| {
        [line.number, line.section, line.asks, line.state.word(), &line.answer, &line.place]
            .map(String::from)
    });
    escape::csv(std::iter::once(HEAD.map(String::from)).chain(rows))
}

fn markdown(checklist: &Checklist, title: &str, lines: &[Line], counts: [usize; 3]) -> String {
    let [all, answered, part] = counts;
    let mut out = format!("# {}: {}\n\n", checklist.title, markdown_text(title));
    out += &format!(
        "Of {all} items {answered} are answered from the input and {part} in part; {} are for the \
         authors alone. Numbers are those of the checklist, what an item asks is told in other \
         words: the official text is in {}. Places are those of the page.\n\n",
        all - answered - part,
        checklist.source
    );
    let titles = ["Item", "Section", "Asks", "State", "Answer", "Place"];
    let mut table = Table::new(titles.map(Column::words));
    let row = |line: &Line| {
        let cells =
            [line.number, line.section, line.asks, line.state.word(), &line.answer, &line.place];
        cells.map(Value::text).into()
    };
    table.rows = lines.iter().map(row).collect();
    out += &markdown_table(&table);
    out
}
