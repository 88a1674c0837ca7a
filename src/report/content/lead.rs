//! The first screen: who wins where, one figure, a few sentences, a map.

use super::arrange::{note, paragraph, section};
use super::lead_figure::lead_figure;
use super::names::{Names, level_title};
use super::verdict_map::verdict_map;
use crate::compare::answer::{Answer, Voice, agreement, answer};
use crate::compare::claims::ClaimCounts;
use crate::records::validation_gaps;
use crate::report::bound::Origin;
use crate::report::document::{Block, Section};
use crate::report::load::ReportInput;
use crate::report::text::{Text, prose};
use crate::scores::{Factor, Unit};
use crate::text::{Part, Phrase};

/// The section.
pub(super) fn lead(input: &ReportInput, names: &Names<'_>, found: Option<&Answer>) -> Section {
    let study = names.study();
    let options = &input.comparisons[0].options;
    let mut blocks = Vec::new();
    spoken(names, |voice| {
        blocks.push(Block::Lead {
            text: match found {
                Some(found) => text_of(&found.headline(voice)),
                None => nothing_compared(input),
            },
        });
        blocks.extend(options.metric.undirected().map(|why| note(&why)));
        blocks.extend(gaps(input).iter().map(|gap| note(gap)));
        if let Some(found) = found {
            blocks.extend(lead_figure(found, names, input.analysis.pooled.as_ref()));
            blocks.extend(sentences(found, input, voice));
            blocks.extend(verdict_map(found, names));
        }
    });
    if let Some(description) = study.and_then(|s| s.study.description.clone()) {
        blocks.push(paragraph(Text::markup(&description, "study.description", 1)));
    }
    section("summary", "Answer", blocks)
}

/// Says something with the names that the page has for levels, tasks and places.
fn spoken<T>(names: &Names<'_>, say: impl FnOnce(&Voice<'_>) -> T) -> T {
    let level = |name: &str| names.level(name).1;
    let task = |name: &str| level_title(&Factor::new(Factor::TASK), name, names.study());
    let place = |block: &crate::scores::Block| names.place_at(block);
    let options = &names.main.options;
    say(&Voice { options, level: &level, task: &task, place: &place })
}

/// The answer as plain sentences in the words of the page: the headline, one for each
/// pair that is told, what would decide the rest.
pub(in crate::report) fn answer_sentences(input: &ReportInput) -> Vec<String> {
    let main = &input.comparisons[0];
    let names = Names::of(main, input.study.as_ref().map(|record| &record.study));
    let Some(found) = answer(main, input.analysis.pooled.as_ref()) else {
        // What it refers to stands in the page alone.
        let words = nothing_compared(input).words();
        let words = words.replace(" (failures)", "").replace("tab-summary has", "The summary has");
        return vec![words];
    };
    spoken(&names, |voice| {
        std::iter::once(found.headline(voice))
            .chain(found.details(main, voice))
            .chain(found.outlook(main, voice))
            .map(|phrase| phrase.to_string())
            .collect()
    })
}

/// Test scores far below validation scores: they qualify whatever is said.
pub(super) fn gaps(input: &ReportInput) -> Vec<String> {
    validation_gaps(input.runs.iter().map(|run| (&run.spec, run.record.as_ref())))
}

fn sentences(found: &Answer, input: &ReportInput, voice: &Voice<'_>) -> Vec<Block> {
    let main = &input.comparisons[0];
    let mut blocks: Vec<Block> = Vec::new();
    for detail in found.details(main, voice) {
        blocks.push(paragraph(text_of(&detail)));
    }
    if let Some(outlook) = found.outlook(main, voice) {
        blocks.push(paragraph(text_of(&outlook)));
    }
    blocks.extend(claims(input));
    blocks.extend(other_metrics(input));
    blocks.extend(unit(input));
    blocks
}

/// What the claims of the study come to.
fn claims(input: &ReportInput) -> Option<Block> {
    let claims = &input.analysis.claims;
    if claims.is_empty() {
        return None;
    }
    let counts = ClaimCounts::of(claims);
    let origin = Origin::new(&["answer", "claims"]);
    let counted = |name: &str, n: usize| origin.bind(name, n, n.to_string(), "claims of the study");
    Some(paragraph(prose![
        "Of the ",
        counted("stated", counts.stated),
        if counts.stated == 1 { " claim" } else { " claims" },
        " of the study ",
        counted("supported", counts.supported),
        if counts.supported == 1 { " is" } else { " are" },
        " supported and ",
        counted("contradicted", counts.contradicted),
        " contradicted ([[tab-claims]]).",
    ]))
}

/// Whether the other metrics say the same.
fn other_metrics(input: &ReportInput) -> Option<Block> {
    let found = agreement(&input.comparisons[0], &input.comparisons[1..]);
    if found.is_empty() {
        return None;
    }
    let mut text = Text::default();
    for (at, other) in found.iter().enumerate() {
        let origin = Origin::new(&["answer", "metrics", &other.key]);
        let how = "comparisons by their verdicts";
        let bound = |name: &str, n: usize| origin.bind(name, n, n.to_string(), how);
        text.push(if at == 0 { "The verdict is the same by " } else { "; by " });
        text.push(Text::plain(&other.metric));
        text.push(prose![" in ", bound("same", other.same), " of ", bound("both", other.both)]);
        text.push(if at == 0 { " comparisons" } else { "" });
        if other.opposite > 0 {
            text.push(prose![" and the opposite in ", bound("opposite", other.opposite)]);
        }
    }
    text.push(" ([[other-metrics]]).");
    Some(paragraph(text))
}

/// What the numbers are replicated over, where that is not what people expect.
fn unit(input: &ReportInput) -> Option<Block> {
    (input.comparisons[0].unit() == Unit::Cases).then(|| {
        paragraph(
            "Test cases are the replications: intervals and p-values say what these trained models \
             would do on other cases of the kind, and nothing of what further training runs would \
             give.",
        )
    })
}

/// Where there is nothing to compare: the reason, as far as it is known.
fn nothing_compared(input: &ReportInput) -> Text {
    let main = &input.comparisons[0];
    let origin = Origin::new(&["answer"]);
    let metric = Text::plain(main.options.metric.title());
    if main.cells.iter().all(|cell| cell.mean.is_none()) {
        let n = input.problems.len().max(input.missing());
        let lost = origin.bind("missing", n, n.to_string(), "results without a value");
        if n == 0 {
            return prose!["No result has a value of ", metric, "."];
        }
        return prose![
            "No result has a value of ",
            metric,
            ": all ",
            lost,
            " are missing or failed ([[failures]])."
        ];
    }
    prose![
        "Nothing is compared: there is one level of ",
        Text::plain(main.options.factors.noun()),
        ". [[tab-summary]] has its means of ",
        metric,
        "."
    ]
}

/// A sentence with its numbers bound.
pub(super) fn text_of(phrase: &Phrase) -> Text {
    let mut text = Text::default();
    for part in &phrase.parts {
        match part {
            Part::Words(words) => text.push(Text::plain(words)),
            Part::Quantity(number) => {
                let origin = Origin::new(&number.row);
                let value = number.value.clone();
                text.push(origin.bind(number.name, value, &number.shown, &number.how));
            }
        }
    }
    text
}
