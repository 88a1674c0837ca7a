//! An entry in the style of this program: authors, title, where, when, link.

use biblatex::{ChunksExt, DateValue, Entry, PermissiveType, Person};

use super::runs::Run;

/// More authors than this become the first ones and "et al.".
const MOST_AUTHORS: usize = 8;

/// The reference of an entry.
pub(super) fn reference(entry: &Entry) -> Vec<Run> {
    let mut out = Vec::new();
    let people = entry.author().or_else(|_| {
        let editors = entry.editors().unwrap_or_default();
        Ok::<_, biblatex::RetrievalError>(editors.into_iter().flat_map(|(list, _)| list).collect())
    });
    let names = names(&people.unwrap_or_default());
    if !names.is_empty() {
        out.push(Run::plain(sentence(&names)));
    }
    let title = entry.title().map(ChunksExt::format_verbatim).unwrap_or_default();
    if let Some(container) = container(entry) {
        out.push(Run::plain(sentence(&title)));
        out.push(Run::italic(container));
        out.push(Run::plain(format!("{}. ", within(entry))));
    } else {
        out.push(Run::italic(title));
        out.push(Run::plain(format!(". {}", issued(entry))));
    }
    out.extend(link(entry));
    out
}

/// Text that ends in one full stop and a space.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '?', '!']) { format!("{text} ") } else { format!("{text}. ") }
}

fn names(people: &[Person]) -> String {
    let shown = if people.len() > MOST_AUTHORS { MOST_AUTHORS - 2 } else { people.len() };
    let mut list: Vec<String> = people.iter().take(shown).map(name).collect();
    if shown < people.len() {
        list.push("et al.".into());
        return list.join(", ");
    }
    let last = list.pop().unwrap_or_default();
    if list.is_empty() { last } else { format!("{} and {last}", list.join(", ")) }
}

fn name(person: &Person) -> String {
    let initials: Vec<String> =
        person.given_name.split([' ', '~']).filter(|part| !part.is_empty()).map(initial).collect();
    let parts = [initials.join(" "), person.prefix.clone(), person.name.clone()];
    let mut full: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if !person.suffix.is_empty() {
        full.push(person.suffix.clone());
    }
    full.join(" ")
}

/// `Jean-Paul` as `J.-P.`.
fn initial(given: &str) -> String {
    let parts = given.split('-').filter_map(|part| part.chars().next());
    parts.map(|c| format!("{}.", c.to_uppercase())).collect::<Vec<_>>().join("-")
}

/// The journal, proceedings or book that it stands in.
fn container(entry: &Entry) -> Option<String> {
    let found = entry.journal().or_else(|_| entry.book_title());
    found.ok().map(ChunksExt::format_verbatim).filter(|text| !text.is_empty())
}

/// ` 6(2):65–70, 1979`, after the container.
fn within(entry: &Entry) -> String {
    let mut out = String::new();
    if let Ok(volume) = entry.volume() {
        out += &format!(" {}", permissive(volume));
    }
    if let Ok(number) = entry.number().or_else(|_| entry.issue()) {
        out += &format!("({})", dashed(&number.format_verbatim()));
    }
    if let Some(pages) = entry.get("pages") {
        let pages = dashed(&pages.format_verbatim());
        out += &if out.is_empty() { format!(", p. {pages}") } else { format!(":{pages}") };
    }
    match year(entry) {
        Some(year) => format!("{out}, {year}"),
        None => out,
    }
}

/// Publisher or school and year, of what stands alone.
fn issued(entry: &Entry) -> String {
    let lists = [entry.publisher().ok(), entry.organization().ok()];
    let mut parts: Vec<String> =
        lists.into_iter().flatten().flatten().map(|chunks| chunks.format_verbatim()).collect();
    parts.extend(entry.school().ok().map(ChunksExt::format_verbatim));
    parts.extend(entry.how_published().ok().map(ChunksExt::format_verbatim));
    parts.extend(year(entry));
    parts.dedup();
    if parts.is_empty() { String::new() } else { format!("{}. ", parts.join(", ")) }
}

fn year(entry: &Entry) -> Option<String> {
    let literal = || entry.get("year").map(ChunksExt::format_verbatim);
    match entry.date() {
        Ok(PermissiveType::Typed(date)) => {
            let (DateValue::At(time)
            | DateValue::After(time)
            | DateValue::Before(time)
            | DateValue::Between(time, _)) = date.value;
            Some(time.year.to_string())
        }
        Ok(PermissiveType::Chunks(chunks)) => Some(chunks.format_verbatim()),
        Err(_) => literal(),
    }
}

fn permissive(value: PermissiveType<i64>) -> String {
    match value {
        PermissiveType::Typed(number) => number.to_string(),
        PermissiveType::Chunks(chunks) => dashed(&chunks.format_verbatim()),
    }
}

fn dashed(text: &str) -> String {
    text.replace("--", "\u{2013}").replace('-', "\u{2013}").replace("\u{2013}\u{2013}", "\u{2013}")
}

fn link(entry: &Entry) -> Option<Run> {
    if let Ok(doi) = entry.doi() {
        let doi = doi.trim().trim_start_matches("https://doi.org/").to_string();
        return Some(Run::link(format!("doi:{doi}"), format!("https://doi.org/{doi}")));
    }
    if let Ok(eprint) = entry.eprint() {
        return Some(Run::link(
            format!("arXiv:{eprint}"),
            format!("https://arxiv.org/abs/{eprint}"),
        ));
    }
    entry.url().ok().map(|url| Run::link(url.clone(), url))
}

#[cfg(test)]
mod tests {
    use super::super::library::Library;
    use super::*;

    fn text(bib: &str) -> String {
        let library = Library::read(bib, "x.bib").expect("read");
        let runs = reference(library.get("k").expect("the entry"));
        runs.iter().map(|run| run.text.as_str()).collect()
    }

    #[test]
    fn an_article_has_all_its_parts() {
        let bib = "@article{k, author={Holm, Sture and van der Laan, Jean-Paul M.}, title={A {DNA} \
                   {\\\"o}ne}, journal={J. X}, volume={6}, number={1-2}, pages={65--70}, \
                   year={1979}, doi={10.1/x}}";
        assert_eq!(
            text(bib),
            "S. Holm and J.-P. M. van der Laan. A DNA \u{f6}ne. J. X 6(1\u{2013}2):65\u{2013}70, \
             1979. doi:10.1/x"
        );
    }

    #[test]
    fn odd_entries_still_make_a_reference() {
        assert_eq!(text("@misc{k, title={Only}}"), "Only. ");
        let thesis =
            "@phdthesis{k, author={{A Group}}, title={T?}, school={Princeton}, year={1963}}";
        assert_eq!(text(thesis), "A Group. T?. Princeton, 1963. ");
        let many: Vec<String> = (0..12).map(|i| format!("Name{i}, Ann")).collect();
        let said = text(&format!("@misc{{k, title={{T}}, author={{{}}}}}", many.join(" and ")));
        assert!(said.contains("A. Name5, et al. T"), "{said}");
    }
}
