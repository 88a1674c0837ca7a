//! Citations and reference lists after CSL styles.

use hayagriva::archive::{ArchivedStyle, locales};
use hayagriva::citationberg::{FontStyle, FontWeight, IndependentStyle, Style};
use hayagriva::{
    BibliographyDriver, BibliographyRequest, CitationItem, CitationRequest, ElemChild,
    ElemChildren, ElemMeta, Formatted, Library,
};

use crate::names;
use crate::protocol::{Citations, CiteRequest, Outcome, Reference, Run};

/// Formats a text's citations.
pub(crate) fn cite(request: &CiteRequest) -> Outcome<Citations> {
    match try_cite(request) {
        Ok(citations) => Outcome::Done(citations),
        Err(reason) => Outcome::Failed(reason),
    }
}

fn try_cite(request: &CiteRequest) -> Result<Citations, String> {
    let mut style = style(&request.style)?;
    names::complete(&mut style);
    let library = hayagriva::io::from_biblatex_str(&request.bibliography).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        format!("the bibliography cannot be read: {}", errors.join("; "))
    })?;
    let locales = locales();
    let mut driver = BibliographyDriver::new();
    for group in &request.groups {
        let items = items(group, &library)?;
        driver.citation(CitationRequest::from_items(items, &style, &locales));
    }
    let rendered = driver.finish(BibliographyRequest::new(&style, None, &locales));
    let groups = rendered.citations.iter().map(|c| runs(&c.citation)).collect();
    let references = rendered.bibliography.map_or_else(Vec::new, |list| list.items);
    let references = references
        .iter()
        .map(|item| Reference {
            key: item.key.clone(),
            label: item.first_field.iter().flat_map(child_runs).collect(),
            text: runs(&item.content),
        })
        .collect();
    Ok(Citations { groups, references })
}

fn items<'a>(
    group: &[String],
    library: &'a Library,
) -> Result<Vec<CitationItem<'a, hayagriva::Entry>>, String> {
    let item = |key: &String| {
        let entry = library.get(key).ok_or_else(|| format!("there is no entry {key:?}"))?;
        Ok(CitationItem::with_entry(entry))
    };
    group.iter().map(item).collect()
}

/// A style of the archive by name, or a style in XML. Note styles put their
/// citations into footnotes, which a page does not have.
fn style(text: &str) -> Result<IndependentStyle, String> {
    if text.trim_start().starts_with('<') {
        return IndependentStyle::from_xml(text).map_err(|e| {
            format!(
                "this is no independent CSL style: {e} (a dependent style names its parent in \
                 rel=\"independent-parent\"; give that one)"
            )
        });
    }
    let Some(archived) = ArchivedStyle::by_name(text) else {
        let near: Vec<&str> = ArchivedStyle::all()
            .iter()
            .flat_map(|style| style.names())
            .copied()
            .filter(|name| name.contains(text) || text.contains(name))
            .take(8)
            .collect();
        let near = if near.is_empty() {
            "for example ieee, apa, vancouver, nature, elsevier-harvard".into()
        } else {
            format!("near it: {}", near.join(", "))
        };
        return Err(format!("there is no style {text:?}; {near}; or give a .csl file"));
    };
    match archived.get() {
        Style::Independent(style) => Ok(style),
        Style::Dependent(_) => Err(format!("the style {text:?} only names another one")),
    }
}

fn runs(children: &ElemChildren) -> Vec<Run> {
    children.0.iter().flat_map(child_runs).collect()
}

fn child_runs(child: &ElemChild) -> Vec<Run> {
    match child {
        ElemChild::Text(text) => vec![run(text, None)],
        ElemChild::Elem(elem) => {
            let mut inner = runs(&elem.children);
            if let Some(ElemMeta::Entry(item)) = elem.meta {
                for run in &mut inner {
                    run.item = Some(item);
                }
            }
            inner
        }
        ElemChild::Markup(text) => vec![Run { text: text.clone(), ..Run::default() }],
        ElemChild::Link { text, url } => vec![run(text, Some(url.clone()))],
        ElemChild::Transparent { .. } => Vec::new(),
    }
}

fn run(formatted: &Formatted, url: Option<String>) -> Run {
    Run {
        text: formatted.text.clone(),
        italic: formatted.formatting.font_style == FontStyle::Italic,
        bold: formatted.formatting.font_weight == FontWeight::Bold,
        url,
        item: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BIB: &str = "@article{holm1979, author = {Holm, Sture}, title = {A <b> simple \
        procedure}, journal = {Scand. J. Statist.}, volume = 6, pages = {65--70}, year = 1979}\n\
        @article{efron1987, author = {Efron, Bradley}, title = {Better Bootstrap}, \
        journal = {JASA}, year = 1987}";

    fn answer(style: &str, groups: &[&[&str]]) -> Outcome<Citations> {
        let groups = groups.iter().map(|g| g.iter().map(ToString::to_string).collect()).collect();
        cite(&CiteRequest { bibliography: BIB.into(), style: style.into(), groups })
    }

    fn plain(runs: &[Run]) -> String {
        runs.iter().map(|run| run.text.as_str()).collect()
    }

    #[test]
    fn styles_number_or_name_their_citations() {
        let Outcome::Done(ieee) = answer("ieee", &[&["efron1987"], &["holm1979", "efron1987"]])
        else {
            panic!("no citations")
        };
        assert_eq!(plain(&ieee.groups[0]), "[1]");
        assert_eq!(plain(&ieee.groups[1]), "[1], [2]");
        let items: Vec<usize> = ieee.groups[1].iter().filter_map(|run| run.item).collect();
        assert!(items.contains(&0) && items.contains(&1), "{:?}", ieee.groups[1]);
        assert_eq!(ieee.references[0].key, "efron1987");
        let holm = &ieee.references[1];
        assert!(plain(&holm.text).contains("S. Holm"), "{holm:?}");
        assert!(holm.text.iter().any(|run| run.italic && run.text.contains("Scand")), "{holm:?}");
        let Outcome::Done(apa) = answer("apa", &[&["holm1979"]]) else { panic!("no citations") };
        assert_eq!(plain(&apa.groups[0]), "(Holm, 1979)");
    }

    #[test]
    fn references_have_their_authors() {
        for style in ["vancouver", "vancouver-superscript", "elsevier-vancouver", "nature", "apa"] {
            let Outcome::Done(made) = answer(style, &[&["holm1979"]]) else { panic!("{style}") };
            let text = plain(&made.references[0].text);
            assert!(text.starts_with("Holm"), "{style}: {text}");
        }
    }

    #[test]
    fn unknown_styles_and_keys_are_refused_with_a_way_out() {
        let Outcome::Failed(reason) = answer("ieeee", &[]) else { panic!("a style?") };
        assert!(reason.contains("ieee"), "{reason}");
        let Outcome::Failed(reason) = answer("ieee", &[&["nobody"]]) else { panic!("a key?") };
        assert!(reason.contains("nobody"), "{reason}");
        assert!(matches!(answer("<style/>", &[]), Outcome::Failed(_)));
    }
}
